"""Each folder of tests/bad_params changes the small plan in one place and holds the exact message."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sfp_model.errors import InputError
from sfp_model.inputs import load_plan

CASES = sorted(path for path in (Path(__file__).parents[1] / "bad_params").iterdir() if path.is_dir())


def apply(case: Path, folder: Path) -> str:
    """Lay the files of *case* over *folder*; return the scenario to load."""
    scenario = "baseline"
    for path in sorted(case.rglob("*")):
        relative = path.relative_to(case)
        if path.is_dir() or relative.as_posix() == "expected.txt":
            continue
        if relative.as_posix() == "removed.txt":
            target = folder / path.read_text(encoding="utf-8").strip()
            shutil.rmtree(target) if target.is_dir() else target.unlink()
            continue
        (folder / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / relative)
        if "scenarios" in relative.parts:
            scenario = relative.stem
    return scenario


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_message(case: Path, tiny: Path) -> None:
    """The fault is reported with file, line, column, path and a message that helps, and nothing else is."""
    scenario = apply(case, tiny)
    with pytest.raises(InputError) as raised:
        load_plan("params", "data", scenario)
    assert str(raised.value) == (case / "expected.txt").read_text(encoding="utf-8").rstrip("\n")


def test_pairs_report_both_faults() -> None:
    """Every pair of faults has two lines."""
    for case in CASES:
        lines = (case / "expected.txt").read_text(encoding="utf-8").splitlines()
        assert len(lines) == (2 if case.name.startswith("pair-") or case.name == "share-outside" else 1), case.name


def test_classes_of_the_specification() -> None:
    """Every class of fault that the specification names has a folder."""
    names = {case.name for case in CASES}
    assert names >= {
        "duplicate-key",
        "unknown-key",
        "wrong-unit",
        "reversed-range",
        "share-outside",
        "unknown-resource",
        "unknown-source",
        "unknown-option",
        "unknown-predecessor",
        "cycle",
        "line-after-horizon",
        "line-before-memo",
        "not-finite",
        "not-utf8",
        "not-yaml",
        "alias-bomb",
    }
