"""All tables of a scenario by name; the module of a table is imported when one of its tables is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import import_module
from typing import Any

from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Lazy, Table
from sfp_model.results.tables_event import EVENT, TRADEOFF_NAMES, event_tables

__all__ = ["CEILING_NAMES", "all_tables"]

_OF_PROGRAMME: Mapping[str, tuple[str, str]] = {  # columns and rows in tables_needs
    "needs": ("NEEDS", "needs"),
    "lines": ("LINES", "lines"),
    "activities": ("ACTIVITIES", "activities"),
    "actions": ("ACTIONS", "actions"),
}
_ONE_BY_ONE: Mapping[str, tuple[str, str, str]] = {  # module, columns, function that yields the rows
    "summary.initiatives": ("tables_summary", "INITIATIVES", "initiatives"),
    "summary.months": ("tables_summary", "MONTHS", "months"),
    "summary.confidence": ("tables_summary", "CONFIDENCE", "by_confidence"),
    "summary.recurrent": ("tables_summary", "RECURRENT", "recurrent"),
    "summary.scenario": ("tables_summary", "SCENARIO", "scenario"),
    "summary.reconciliation": ("tables_summary", "RECONCILIATION", "reconciliation"),
    "risks": ("tables_risk", "RISKS", "risks"),
    "gains": ("tables_gains", "GAINS", "gains"),
    "gains.break_even": ("tables_gains", "BREAK_EVEN", "break_even"),
    "gains.npv": ("tables_gains", "NPV", "npv"),
    "decisions": ("tables_decisions", "DECISIONS", "decisions"),
    "simulation.differences": ("tables_differences", "DIFFERENCES", "differences"),
    "decisions.deferral": ("tables_deferral", "DEFERRAL", "deferral"),
    "implications": ("tables_implications", "IMPLICATIONS", "implications"),
    "implications.posts": ("tables_implications", "POSTS", "posts"),
    "implications.languages": ("tables_implications", "LANGUAGES", "languages"),
    "implications.ceiling": ("tables_implications", "CEILING", "ceiling"),
    "recurrent.year": ("tables_tail", "FULL_YEAR", "full_year"),
    "recurrent.tail": ("tables_tail", "TAIL", "tail"),
    "envelope": ("tables_decisions", "ENVELOPE", "envelope"),
    "not_done": ("tables_decisions", "NOT_DONE", "not_done"),
    "funding.sources": ("tables_funding", "SOURCES", "sources"),
    "funding.gap": ("tables_funding", "GAP", "gap"),
    "funding.units": ("tables_funding", "UNITS", "units"),
    "funding.classes": ("tables_funding", "CLASSES", "classes"),
}
CEILING_NAMES = (
    "ceiling.selection", "ceiling.years", "ceiling.gaps", "ceiling.weights", "ceiling.next", "ceiling.relaxation",
)  # fmt: skip
_AFTER: Mapping[str, tuple[str, str, str]] = {
    "parameters": ("tables_inputs", "PARAMETERS", "parameters"),
    "sources": ("tables_inputs", "SOURCES", "sources"),
    "prices": ("tables_inputs", "PRICES", "prices"),
    "rates": ("tables_inputs", "RATES", "rates"),
    "catalogue": ("tables_inputs", "CATALOGUE", "catalogue"),
    "anomalies": ("tables_inputs", "ANOMALIES", "anomalies"),
    "observations": ("tables_inputs", "OBSERVATIONS", "observations"),
    "trace": ("tables_trace", "TRACE", "trace"),
    "event.payback": ("tables_event_past", "PAYBACK", "payback_rows"),
    "event.hindcast": ("tables_event_past", "HINDCAST_COLUMNS", "hindcast_rows"),
    "goals": ("tables_goals", "GOALS", "goals"),
}
_VIEWS = ("views", "overrun.classes")
_REGIONAL = (
    "drivers", "regional.engagement", "regional.curve", "regional.offices", "regional.levers", "regional.raised",
    "workplace.series", "indicators",
)  # fmt: skip
_SIMULATION = (
    "simulation.ranges", "simulation.draws", "simulation.gap", "simulation.totals", "simulation.absorbed",
    "simulation.curve", "simulation.fan",
    "simulation.convergence", "simulation.rho", "simulation.views", "simulation.joint", "simulation.contingency",
)  # fmt: skip
_SENSITIVITY = ("sensitivity.tornado", "sensitivity.factors", "sensitivity.groups", "discovery.boxes")
_INFORMATION: Mapping[str, tuple[str, str, str]] = {
    "event.information": ("tables_information", "INFORMATION", "information"),
    "robust.payoffs": ("tables_information", "PAYOFFS", "payoffs"),
}
_TIME = (
    "schedule.actions", "schedule.links", "schedule.programmes", "schedule.meetings", "schedule.fixed",
    "schedule.effects", "schedule.peaks", "staffing.quarters", "staffing.capacity", "staffing.overload",
    "staffing.levelling", "staffing.moves", "staffing.cases", "staffing.posts",
)  # fmt: skip


def all_tables(evaluation: Evaluation) -> Mapping[str, Table]:
    """Return every table of the scenario: four per programme, summaries, decisions, inputs, trace, event.

    Each is made when it is asked for, and no module of tables is imported before, so that a command that needs four
    tables waits neither for a hundred nor for what they are made with.
    """

    def one(module: str, columns: str, rows: str, *details: str) -> Table:
        found = _module(module)
        return Table.of(getattr(found, columns), getattr(found, rows)(evaluation, *details))

    event = cache(partial(event_tables, evaluation))
    view = cache(lambda: _module("tables_views").view_tables(evaluation))
    time = cache(lambda: _module("tables_time").time_tables(evaluation))
    drawn = cache(lambda: _module("tables_simulation").simulation_tables(evaluation))
    causes = cache(lambda: _module("tables_sensitivity").sensitivity_tables(evaluation))
    fitted = cache(lambda: _module("tables_ceiling").fit_of(evaluation.plan))
    made: dict[str, Callable[[], Table]] = {name: lambda name=name: event()[name] for name in EVENT}  # type: ignore[misc]
    made |= {name: partial(_traded, evaluation, name) for name in TRADEOFF_NAMES}
    made |= {name: lambda name=name: view()[name] for name in _VIEWS}  # type: ignore[misc]
    for programme in evaluation.plan.programmes:
        for name, (columns, rows) in _OF_PROGRAMME.items():
            made[f"{programme}.{name}"] = partial(one, "tables_needs", columns, rows, programme)
    made |= {name: partial(one, *recipe) for name, recipe in _ONE_BY_ONE.items()}
    made |= {name: lambda name=name: _module("tables_ceiling").ceiling_table(fitted(), name) for name in CEILING_NAMES}  # type: ignore[misc]
    made |= {name: partial(one, *recipe) for name, recipe in _AFTER.items()}
    made |= {name: partial(_regional, evaluation, name) for name in _REGIONAL}
    made |= {name: lambda name=name: time()[name]() for name in _TIME}  # type: ignore[misc]
    made |= {name: lambda name=name: drawn()[name]() for name in _SIMULATION}  # type: ignore[misc]
    made |= {name: lambda name=name: causes()[name]() for name in _SENSITIVITY}  # type: ignore[misc]
    made |= {name: partial(one, *recipe) for name, recipe in _INFORMATION.items()}
    return Lazy(made)


def _module(name: str) -> Any:
    return import_module(f"sfp_model.results.{name}")


def _regional(evaluation: Evaluation, name: str) -> Table:
    columns, rows = _module("tables_regional").TABLES[name]
    return Table.of(columns, rows(evaluation))


def _traded(evaluation: Evaluation, name: str) -> Table:
    table: Table = _module("tables_tradeoff").tradeoff_table(evaluation, name)
    return table
