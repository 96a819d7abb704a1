"""``sfp funding`` and ``sfp fit``: formats agree with the stored tables."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sfp_model import cli
from sfp_model.inputs import load_plan
from sfp_model.results import run

ROOT = Path(__file__).parent.parent


@pytest.fixture
def sfp(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Run ``sfp`` in this process; return exit code, standard output and standard error."""
    monkeypatch.chdir(ROOT)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["sfp", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return call


@pytest.mark.parametrize("show", ["gap", "sources", "units", "classes"])
def test_funding_in_three_formats(sfp, show: str) -> None:
    """JSON and CSV are the stored table, unrounded; the table names what it is and that ceilings are illustrative."""
    stored = run(load_plan(ROOT / "params", ROOT / "data")).table(f"funding.{show}")
    code, out, err = sfp("funding", "--show", show, "--format", "json")
    assert code == 0, err
    assert json.loads(out)["rows"] == stored
    code, out, _ = sfp("funding", "--show", show, "--format", "csv")
    read = list(csv.DictReader(io.StringIO(out)))
    assert len(read) == len(stored)
    number = next(k for k, v in stored[0].items() if isinstance(v, float) and v > 0)
    assert [float(row[number] or 0) for row in read] == [row[number] or 0 for row in stored]
    code, out, _ = sfp("funding", "--show", show)
    assert code == 0 and "illustrative" in out and "nominal" in out


def test_funding_where_nothing_is_needed(sfp) -> None:
    """A scenario without additional need has no gap and still reads well."""
    code, out, _ = sfp("funding", "--scenario", "within-existing-resources")
    assert code == 0 and "nan" not in out.lower()
