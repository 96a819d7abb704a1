from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sfp_model.errors import InputError
from sfp_model.inputs import Plan, load_plan

TINY = Path(__file__).parents[1] / "tiny"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small plan, with the working folder in it."""
    for name in ("params", "data"):
        shutil.copytree(TINY / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def edit(tiny: Path) -> Callable[..., None]:
    """Replace text in a file of the small plan."""

    def replace(file: str, old: str, new: str) -> None:
        path = tiny / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


@pytest.fixture
def faults(tiny: Path) -> Callable[..., list[str]]:
    """Faults of the small plan as it stands now."""

    def read(scenario: str = "baseline") -> list[str]:
        try:
            load_plan("params", "data", scenario)
        except InputError as error:
            return [str(fault) for fault in error.faults]
        return []

    return read


@pytest.fixture
def plan(tiny: Path) -> Plan:
    return load_plan("params", "data")
