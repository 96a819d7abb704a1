"""Evaluate every published scenario once, and once across scenarios, through the house's one way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfp_model.annex.reads import ResultFolder
from sfp_model.errors import UsageError

__all__ = ["Evaluated", "Model", "Scenario", "evaluate", "real_model"]


@dataclass(frozen=True, slots=True)
class Model:
    """The functions of the rooms below that the pipeline calls; a test may put simpler ones in their place."""

    scenario_names: Callable[[Path], Sequence[str]]
    load: Callable[[Path, Path, str], Any]  # → Plan
    run: Callable[[Any, Path, Path], Any]  # plan, store, data → ResultSet
    compare: Callable[[list[Any]], Any]
    workbook: Callable[[Any, Path], object]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A published scenario: its results and the facts that the manifest states."""

    name: str
    title: str
    author: str
    rationale: str
    as_of: str
    seed: int
    digest: str
    results: ResultFolder


@dataclass(frozen=True, slots=True)
class Evaluated:
    """All scenarios of a build and the result set across them."""

    title: str
    scenarios: tuple[Scenario, ...]
    across: ResultFolder


def real_model() -> Model:
    """Return the model of this package."""
    from sfp_model.inputs import load_plan, scenario_names
    from sfp_model.report import workbook
    from sfp_model.results import compare, run

    return Model(scenario_names, load_plan, run, compare, workbook.write)


def chosen(known: Sequence[str], wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Return the scenarios to publish, in the order of *known*; the baseline is always among them.

    Raises
    ------
    UsageError
        A wanted scenario does not exist; names those that do.
    """
    if wanted is None:
        return tuple(known)
    for name in wanted:
        if name not in known:
            raise UsageError(f"there is no scenario {name!r}; there are: {', '.join(known)}")
    return tuple(name for name in known if name in wanted or name == "baseline")


def evaluate(params: Path, data: Path, wanted: Sequence[str] | None, store: Path, model: Model) -> Evaluated:
    """Load and evaluate the wanted scenarios (all by default) and compare them."""
    scenarios, title = [], ""
    for name in chosen(model.scenario_names(params), wanted):
        plan = model.load(params, data, name)
        info, settings = plan.scenario, plan.settings
        title = title or f"{settings.title}"
        results = model.run(plan, store, data)
        facts = (info.title, info.author, info.rationale, settings.as_of, settings.seed, plan.digest)
        scenarios.append(Scenario(name, *facts, results))
    return Evaluated(title, tuple(scenarios), model.compare([s.results for s in scenarios]))
