"""``sfp sweep`` killed from outside: what was stored stays, and the same command makes the rest."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from sfp_model.results import sweep as module
from tests.conftest import ROOT

# The command itself, in a process of its own, which halts half way through writing its second file until it is killed.
HALTS = """
import sys, time
import pyarrow.parquet as pq
from sfp_model import cli

write, written = pq.write_table, []

def halts(table, place):
    write(table, place)
    written.append(place)
    if len(written) == 2:
        place.write_bytes(place.read_bytes()[:100])
        time.sleep(3600)

pq.write_table = halts
sys.argv = ["sfp", *sys.argv[1:]]
cli.main()
"""
LIMIT = 300.0  # seconds after which something is wrong, however busy the machine


def arguments(folder: Path) -> tuple[str, ...]:
    return ("sweep", str(folder), "--set", "dependence.plan=0,0.3", "--by", "programme", "--format", "json")


def halted(folder: Path, process: subprocess.Popen[bytes]) -> bool:
    """Wait until one file is whole and another half written."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end and process.poll() is None:
        sizes = {path.suffix: path.stat().st_size for path in folder.glob("*")}
        if sizes.keys() == {".parquet", ".part"} and sizes[".part"] == 100:
            return True
        time.sleep(0.02)
    return False


def test_a_killed_sweep_goes_on_where_it_was(sfp, tmp_path: Path, monkeypatch) -> None:
    """The cell that was stored is not run again, the result is that of an uninterrupted run, no half file is left."""
    code, wanted, err = sfp(*arguments(tmp_path / "whole"))
    assert code == 0, err
    folder = tmp_path / "killed"
    with subprocess.Popen(
        [sys.executable, "-c", HALTS, *arguments(folder)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            reached = halted(folder, process)
        finally:
            process.kill()
        _, said = process.communicate()
    assert reached, said.decode()
    assert process.returncode not in (0, None)
    (first,) = folder.glob("*.parquet")
    (half,) = folder.glob("*.part")
    before = first.stat()

    computed, own = [], module.simulated
    monkeypatch.setattr(module, "simulated", lambda *rest: computed.append(1) or own(*rest))
    code, found, err = sfp(*arguments(folder))
    assert code == 0, err
    assert len(computed) == 1  # of two cells
    after = first.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert found == wanted
    assert not half.exists()
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()}
    assert len(files) == 2
