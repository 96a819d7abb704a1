"""A plan that was read before comes from the cache, and only while every byte of its files is the same."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
from pathlib import Path

import pytest

from sfp_model.errors import InputError
from sfp_model.inputs import cache, load, load_plan
from sfp_model.inputs.kept import kept_plan

TINY = Path(__file__).parent.parent / "tiny"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A copy of the tiny plan, and a cache of its own."""
    monkeypatch.setenv("SFP_CACHE", str(tmp_path / "cache"))
    for name in ("params", "data"):
        shutil.copytree(TINY / name, tmp_path / name)
    return tmp_path / "params", tmp_path / "data"


def no_reading(*_: object) -> None:
    raise AssertionError("the files were read again")


def test_the_plan_is_the_same_and_is_read_once(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    first = kept_plan(*folders, "baseline")
    assert first == load_plan(*folders)
    monkeypatch.setattr(load, "load_plan", no_reading)
    again = kept_plan(*folders, "baseline")
    assert again == first
    assert again.digest == first.digest
    assert again.warnings == first.warnings
    with pytest.raises(TypeError):
        again.actions["x"] = first  # type: ignore[index]  # read-only, as it was


@pytest.mark.parametrize("change", ["a space at the end", "another file", "a file less"])
def test_any_change_of_the_files_is_another_plan(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    params, data = folders
    (data / "note.txt").write_text("a note")
    kept_plan(params, data, "baseline")
    if change == "a space at the end":
        path = params / "base.yml"
        stamp = path.stat()
        path.write_text(path.read_text(encoding="utf-8") + " \n", encoding="utf-8")
        os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # the date does not decide
    elif change == "another file":
        (data / "more.txt").write_text("more")
    else:
        (data / "note.txt").unlink()
    monkeypatch.setattr(load, "load_plan", no_reading)
    with pytest.raises(AssertionError, match="read again"):
        kept_plan(params, data, "baseline")


def test_a_plan_with_faults_is_not_kept(folders: tuple[Path, Path], tmp_path: Path) -> None:
    path = folders[0] / "base.yml"
    path.write_text(path.read_text(encoding="utf-8") + "nonsense: 1\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(InputError, match="nonsense"):
            kept_plan(*folders, "baseline")
    assert list(tmp_path.glob("cache/*")) == []


FOREIGN = pickle.dumps({"not": "a plan"})


@pytest.mark.parametrize("content", [b"", b"nonsense", FOREIGN, hashlib.sha256(FOREIGN).digest() + FOREIGN])
def test_a_damaged_cache_is_read_anew(folders: tuple[Path, Path], tmp_path: Path, content: bytes) -> None:
    plan = kept_plan(*folders, "baseline")
    (place,) = (tmp_path / "cache").glob("*.plan")
    place.write_bytes(content)
    assert kept_plan(*folders, "baseline") == plan
    assert len(place.read_bytes()) > 1000


def test_nothing_is_kept_when_switched_off(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFP_CACHE", "")
    kept_plan(*folders, "baseline")
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_is_no_fault(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SFP_CACHE", str(tmp_path / "file" / "cache"))
    assert kept_plan(*folders, "baseline").scenario.name == "baseline"


def test_the_oldest_plans_go(folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "KEEP", 2)
    for n in range(3):
        (folders[1] / "note.txt").write_text(str(n))
        kept_plan(*folders, "baseline")
        for path in (tmp_path / "cache").glob("*.plan"):  # older with each turn
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 10))
    assert len(list((tmp_path / "cache").glob("*.plan"))) == 2
