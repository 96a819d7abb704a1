"""Tables of the event: results, lines, segments and impact of every concept."""

from __future__ import annotations

from collections.abc import Mapping

from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Column, Table, columns

__all__ = ["EVENT", "TRADEOFF_NAMES", "event_tables"]

TRADEOFF_NAMES = (
    "event.frontier", "event.levers", "event.acceptability", "event.weights", "event.profiles", "event.break_even",
    "event.admissible", "event.fund", "event.sponsorship", "event.calendar", "event.cancelled", "event.calendar_events",
    "event.drivers", "event.lead", "event.ranges",
)  # fmt: skip

EVENT: Mapping[str, tuple[Column, ...]] = {
    "event.results": columns(
        "concept concept_title format place edition held:bool revenue_chf:CHF earned_chf:CHF cost_direct_chf:CHF "
        "cost_staff_chf:CHF cost_chf:CHF absorbed_chf:CHF in_kind_chf:CHF cost_full_chf:CHF net_chf:CHF "
        "fund_draw_chf:CHF subsidy_chf:CHF subsidy_units:unit-year opening_required_chf:CHF "
        "ratio_earned_direct:- ratio_earned_full:- ratio_all_full:- onsite:person "
        "remote:person delegates:person ldc_delegates:person sme_exhibitors:exhibitor exhibition_m2:m² "
        "diff_revenue_chf:CHF diff_cost_chf:CHF diff_net_chf:CHF diff_delegates:person diff_ldc_delegates:person "
        "diff_smes:enterprise cost_per_ldc_chf:CHF cost_per_sme_chf:CHF chosen:bool valid:bool unity:share "
        "united:bool"
    ),
    "event.lines": columns("concept edition kind line title mode amount_chf:CHF basis source confidence"),
    "event.segments": columns("concept edition segment title attendance:person diff_attendance:person fee_chf:CHF"),
    "event.checks": columns("check concept measure value:- low:- high:- unit inside:bool basis"),
    "event.impact": columns("concept criterion title quantity:- unit judgement:bool score:-"),
}


def event_tables(evaluation: Evaluation) -> dict[str, Table]:
    """Return the tables of the event; without an event they have no rows."""
    if evaluation.arrays.event is None:
        return {name: Table.of(wanted, ()) for name, wanted in EVENT.items()}
    from sfp_model.model.event import tables

    rows = tables(evaluation.plan, evaluation.arrays.event, evaluation.outcome.event)
    return {name: Table.of(wanted, rows[name]) for name, wanted in EVENT.items()}
