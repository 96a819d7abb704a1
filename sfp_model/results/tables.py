"""All tables of a scenario by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any

from sfp_model.results import tables_decisions as d
from sfp_model.results import tables_deferral as late
from sfp_model.results import tables_event_past as p
from sfp_model.results import tables_funding as f
from sfp_model.results import tables_gains as g
from sfp_model.results import tables_goals as goal
from sfp_model.results import tables_implications as pbi
from sfp_model.results import tables_inputs as i
from sfp_model.results import tables_needs as n
from sfp_model.results import tables_regional as regional
from sfp_model.results import tables_risk as r
from sfp_model.results import tables_summary as s
from sfp_model.results import tables_tail as tail
from sfp_model.results import tables_trace as t
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Column, Lazy, Row, Table
from sfp_model.results.tables_event import EVENT, TRADEOFF_NAMES, event_tables
from sfp_model.results.tables_time import time_tables
from sfp_model.results.tables_views import NAMES as VIEW_NAMES
from sfp_model.results.tables_views import view_tables

__all__ = ["all_tables"]

CEILING_NAMES = (
    "ceiling.selection", "ceiling.years", "ceiling.gaps", "ceiling.weights", "ceiling.next", "ceiling.relaxation",
)  # fmt: skip


def all_tables(evaluation: Evaluation) -> Mapping[str, Table]:
    """Return every table of the scenario: four per programme, summaries, decisions, inputs, trace, event.

    Each is made when it is asked for, so that a command that needs four tables does not wait for forty.
    """
    event = cache(partial(event_tables, evaluation))
    made: dict[str, Callable[[], Table]] = {name: lambda name=name: event()[name] for name in EVENT}  # type: ignore[misc]

    def traded(name: str) -> Table:
        from sfp_model.results.tables_tradeoff import tradeoff_table  # needs the decisions, which most commands do not

        return tradeoff_table(evaluation, name)

    made |= {name: partial(traded, name) for name in TRADEOFF_NAMES}

    view = cache(partial(view_tables, evaluation))
    made |= {name: lambda name=name: view()[name] for name in VIEW_NAMES}  # type: ignore[misc]

    def add(name: str, columns: tuple[Column, ...], rows: Callable[..., Iterable[Row]], *details: str) -> None:
        made[name] = lambda: Table.of(columns, rows(evaluation, *details))

    for programme in evaluation.plan.programmes:
        add(f"{programme}.needs", n.NEEDS, n.needs, programme)
        add(f"{programme}.lines", n.LINES, n.lines, programme)
        add(f"{programme}.activities", n.ACTIVITIES, n.activities, programme)
        add(f"{programme}.actions", n.ACTIONS, n.actions, programme)
    add("summary.initiatives", s.INITIATIVES, s.initiatives)
    add("summary.months", s.MONTHS, s.months)
    add("summary.confidence", s.CONFIDENCE, s.by_confidence)
    add("summary.recurrent", s.RECURRENT, s.recurrent)
    add("summary.scenario", s.SCENARIO, s.scenario)
    add("summary.reconciliation", s.RECONCILIATION, s.reconciliation)
    add("risks", r.RISKS, r.risks)
    add("gains", g.GAINS, g.gains)
    add("gains.break_even", g.BREAK_EVEN, g.break_even)
    add("gains.npv", g.NPV, g.npv)
    add("decisions", d.DECISIONS, d.decisions)
    add("decisions.deferral", late.DEFERRAL, late.deferral)
    add("implications", pbi.IMPLICATIONS, pbi.implications)
    add("implications.posts", pbi.POSTS, pbi.posts)
    add("implications.languages", pbi.LANGUAGES, pbi.languages)
    add("implications.ceiling", pbi.CEILING, pbi.ceiling)
    add("recurrent.year", tail.FULL_YEAR, tail.full_year)
    add("recurrent.tail", tail.TAIL, tail.tail)
    add("envelope", d.ENVELOPE, d.envelope)
    add("not_done", d.NOT_DONE, d.not_done)
    add("funding.sources", f.SOURCES, f.sources)
    add("funding.gap", f.GAP, f.gap)
    add("funding.units", f.UNITS, f.units)
    add("funding.classes", f.CLASSES, f.classes)
    fitted = cache(partial(_fit, evaluation))
    made.update({name: partial(_ceiling, fitted, name) for name in CEILING_NAMES})
    add("parameters", i.PARAMETERS, i.parameters)
    add("sources", i.SOURCES, i.sources)
    add("prices", i.PRICES, i.prices)
    add("rates", i.RATES, i.rates)
    add("catalogue", i.CATALOGUE, i.catalogue)
    add("anomalies", i.ANOMALIES, i.anomalies)
    add("observations", i.OBSERVATIONS, i.observations)
    add("trace", t.TRACE, t.trace)
    add("event.payback", p.PAYBACK, p.payback_rows)
    add("event.hindcast", p.HINDCAST_COLUMNS, p.hindcast_rows)
    add("goals", goal.GOALS, goal.goals)
    for name, (columns, rows) in regional.TABLES.items():
        add(name, columns, rows)
    made |= time_tables(evaluation)
    return Lazy(made)


def _fit(evaluation: Evaluation) -> Any:
    from sfp_model.results.tables_ceiling import fit_of  # needs a solver, which most commands do not

    return fit_of(evaluation.plan)


def _ceiling(fitted: Callable[[], Any], name: str) -> Table:
    from sfp_model.results.tables_ceiling import ceiling_table

    return ceiling_table(fitted(), name)
