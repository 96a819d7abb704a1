"""Evaluate every published scenario once, and once across scenarios, through the house's one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sfp_model.annex.reads import ResultFolder
from sfp_model.errors import UsageError

__all__ = ["Evaluated", "Model", "Scenario", "evaluate", "real_model"]


@dataclass(frozen=True, slots=True)
class Model:
    """The functions of the rooms below that the pipeline calls; a test may put simpler ones in their place.

    With ``is_kept`` scenarios are evaluated side by side: ``load`` and ``run`` are then functions of a module, which
    another process can import.
    """

    scenario_names: Callable[[Path], Sequence[str]]
    load: Callable[[Path, Path, str], Any]  # → Plan
    run: Callable[[Any, Path, Path], Any]  # plan, store, data → ResultSet
    compare: Callable[[list[Any]], Any]
    workbook: Callable[[Any, Path], object]
    is_kept: Callable[[Any, Path, Path], bool] | None = None  # plan, store, data


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
    from sfp_model.results.store import is_kept

    return Model(scenario_names, load_plan, run, compare, workbook.write, is_kept)


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


def evaluate(
    params: Path, data: Path, wanted: Sequence[str] | None, store: Path, model: Model, *,
    workers: int = 1, say: Callable[[str], None] = lambda line: None,
) -> Evaluated:  # fmt: skip
    """Load and evaluate the wanted scenarios (all by default) and compare them.

    Parameters
    ----------
    params, data : Path
    wanted : sequence of str, optional
    store : Path
        Folder that keeps results.
    model : Model
    workers : int
        Processes that evaluate what *store* does not hold yet; the results are the same.
    say : callable
        Receives lines of progress.
    """
    plans = {name: model.load(params, data, name) for name in chosen(model.scenario_names(params), wanted)}
    if model.is_kept is not None and workers > 1:
        missing = [name for name, plan in plans.items() if not model.is_kept(plan, store, data)]
        for done, name in enumerate(_side_by_side(model, params, data, store, missing, workers), 1):
            say(f"  scenario {name} evaluated ({done} of {len(missing)})")
    scenarios = []
    for name, plan in plans.items():
        info, settings = plan.scenario, plan.settings
        results = model.run(plan, store, data)  # reads what was kept; what failed elsewhere fails here as well
        facts = (info.title, info.author, info.rationale, settings.as_of, settings.seed, plan.digest)
        scenarios.append(Scenario(name, *facts, results))
    title = next((f"{plan.settings.title}" for plan in plans.values()), "")
    return Evaluated(title, tuple(scenarios), model.compare([s.results for s in scenarios]))


def _side_by_side(
    model: Model, params: Path, data: Path, store: Path, names: Sequence[str], workers: int
) -> Iterator[str]:
    """Evaluate scenarios into *store* in spawned processes and yield the name of each that is done.

    Whatever goes wrong in one of them is left to the caller, which evaluates again what is missing and so meets the
    same fault in its own process.
    """
    if len(names) < 2:
        return
    with ProcessPoolExecutor(min(workers, len(names)), mp_context=get_context("spawn")) as pool:
        try:
            running = {pool.submit(_kept, model.load, model.run, params, data, store, name): name for name in names}
            for future in as_completed(running):
                if future.exception() is None:
                    yield running[future]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _kept(load: Callable[..., Any], run: Callable[..., Any], params: Path, data: Path, store: Path, name: str) -> None:
    """Evaluate one scenario into *store*, in a process of its own."""
    run(load(params, data, name), store, data)
