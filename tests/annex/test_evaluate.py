"""Scenarios evaluated side by side are those evaluated one after the other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sfp_model.annex.evaluate import Model, evaluate
from sfp_model.errors import UsageError

NAMES = ("baseline", "other", "third")


@dataclass(frozen=True)
class Found:
    """Results of a scenario: one file."""

    folder: Path

    def hash(self, name: str) -> str:
        return hashlib.sha256((self.folder / f"{name}.csv").read_bytes()).hexdigest()


def load(params: Path, data: Path, name: str) -> Any:
    scenario = SimpleNamespace(title=name.title(), author="tests", rationale="a test")
    settings = SimpleNamespace(title="Tiny", as_of="2021-08-31", seed=0)
    return SimpleNamespace(name=name, scenario=scenario, settings=settings, digest=name)


def run(plan: Any, store: Path, data: Path) -> Found:
    folder = store / plan.name
    if not (folder / "facts.csv").is_file():
        if (data / f"{plan.name}.broken").is_file():
            raise UsageError(f"{plan.name} cannot be evaluated")
        folder.mkdir(parents=True)
        (folder / "facts.csv").write_text(f"name\n{plan.name}\n", encoding="utf-8")
    return Found(folder)


def is_kept(plan: Any, store: Path, data: Path) -> bool:
    return (store / plan.name / "facts.csv").is_file()


def model(**other: Any) -> Model:
    parts = {
        "scenario_names": lambda params: NAMES, "load": load, "run": run, "compare": lambda results: results[0],
        "workbook": lambda results, path: None, "is_kept": is_kept,
    }  # fmt: skip
    return Model(**{**parts, **other})


def test_side_by_side_equals_one_after_the_other(tmp_path: Path) -> None:
    """The same scenarios in the same order with the same results, each announced once; kept ones are not run again."""
    said: list[str] = []
    one = evaluate(tmp_path, tmp_path, None, tmp_path / "one", model())
    two = evaluate(tmp_path, tmp_path, None, tmp_path / "two", model(), workers=2, say=said.append)
    assert [(s.name, s.title, s.results.hash("facts")) for s in one.scenarios] == [
        (s.name, s.title, s.results.hash("facts")) for s in two.scenarios
    ]
    assert [s.name for s in two.scenarios] == list(NAMES)
    assert len(said) == 3
    assert all(sum(f" {name} " in line for line in said) == 1 for name in NAMES)
    evaluate(tmp_path, tmp_path, None, tmp_path / "two", model(), workers=2, say=said.append)
    assert len(said) == 3


def test_a_fault_is_the_same_in_processes(tmp_path: Path) -> None:
    """What one scenario cannot do is said as without processes, and the others are kept."""
    (tmp_path / "other.broken").touch()
    for workers in (1, 2):
        with pytest.raises(UsageError, match="other cannot be evaluated"):
            evaluate(tmp_path, tmp_path, None, tmp_path / f"{workers}", model(), workers=workers)
    assert is_kept(load(tmp_path, tmp_path, "third"), tmp_path / "2", tmp_path)
