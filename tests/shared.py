"""Results of the repository's own scenarios, evaluated once for all tests that one process runs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sfp_model.inputs import Plan, load_plan
from sfp_model.report.reads import Tables, declared_reads, notebook_path
from sfp_model.results import ResultSet, run
from sfp_model.results.part import Part
from sfp_model.results.store import is_kept

__all__ = ["open_tables", "results", "run_once"]

ROOT = Path(__file__).parent.parent


@cache
def results(scenario: str = "baseline") -> ResultSet:
    """Return the results of a scenario: those that the site of the tests has kept, else each table when asked for.

    Kept results are those of the same parameters, data and model by their digest (tests/results/test_store.py).
    """
    plan, store, data = _plan(scenario), ROOT / "results", ROOT / "data"
    return run(plan, store if is_kept(plan, store, data) else None, data)


def open_tables(notebook: str, scenario: str = "baseline") -> Tables:
    """Open what a notebook declares, as ``report.open_tables`` does."""
    declared = declared_reads(notebook_path(notebook))
    return Tables(results(scenario).laid_out(Part.parse(name).table for name in declared), declared, notebook)


def run_once(plan: Plan, store: Path | None = None, data: Path | None = None) -> ResultSet:
    """Do what ``run`` does; a plan of the repository that is as it was read is not evaluated again."""
    name = plan.scenario.name
    if store is None and data is None and (ROOT / f"params/scenarios/{name}.yml").is_file() and plan == _plan(name):
        return results(name)
    return run(plan, store, data)


@cache
def _plan(scenario: str) -> Plan:
    return load_plan(ROOT / "params", ROOT / "data", scenario)
