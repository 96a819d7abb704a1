"""All tables of a scenario by name."""

from __future__ import annotations

from sfp_model.results import tables_decisions as d
from sfp_model.results import tables_inputs as i
from sfp_model.results import tables_needs as n
from sfp_model.results import tables_summary as s
from sfp_model.results import tables_trace as t
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Table
from sfp_model.results.tables_event import event_tables

__all__ = ["all_tables"]


def all_tables(evaluation: Evaluation) -> dict[str, Table]:
    """Return every table of the scenario: four per programme, summaries, decisions, inputs, trace, event."""
    made: dict[str, Table] = {}
    for programme in evaluation.plan.programmes:
        made[f"{programme}.needs"] = Table.of(n.NEEDS, n.needs(evaluation, programme))
        made[f"{programme}.lines"] = Table.of(n.LINES, n.lines(evaluation, programme))
        made[f"{programme}.activities"] = Table.of(n.ACTIVITIES, n.activities(evaluation, programme))
        made[f"{programme}.actions"] = Table.of(n.ACTIONS, n.actions(evaluation, programme))
    made["summary.initiatives"] = Table.of(s.INITIATIVES, s.initiatives(evaluation))
    made["summary.months"] = Table.of(s.MONTHS, s.months(evaluation))
    made["summary.confidence"] = Table.of(s.CONFIDENCE, s.by_confidence(evaluation))
    made["summary.recurrent"] = Table.of(s.RECURRENT, s.recurrent(evaluation))
    made["summary.scenario"] = Table.of(s.SCENARIO, s.scenario(evaluation))
    made["summary.reconciliation"] = Table.of(s.RECONCILIATION, s.reconciliation(evaluation))
    made["decisions"] = Table.of(d.DECISIONS, d.decisions(evaluation))
    made["envelope"] = Table.of(d.ENVELOPE, d.envelope(evaluation))
    made["not_done"] = Table.of(d.NOT_DONE, d.not_done(evaluation))
    made["parameters"] = Table.of(i.PARAMETERS, i.parameters(evaluation))
    made["sources"] = Table.of(i.SOURCES, i.sources(evaluation))
    made["prices"] = Table.of(i.PRICES, i.prices(evaluation))
    made["rates"] = Table.of(i.RATES, i.rates(evaluation))
    made["catalogue"] = Table.of(i.CATALOGUE, i.catalogue(evaluation))
    made["anomalies"] = Table.of(i.ANOMALIES, i.anomalies(evaluation))
    made["trace"] = Table.of(t.TRACE, t.trace(evaluation))
    return made | event_tables(evaluation)
