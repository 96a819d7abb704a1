"""What of the event is out of the ordinary: plausibility bands, and whether its fixed point was reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sfp_model.errors import Fault
from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.plan import Plan
from sfp_model.model.event_balance import ITERATIONS
from sfp_model.model.inputs import FloatArray

if TYPE_CHECKING:
    from sfp_model.model.event import EventArrays, EventOutcome

__all__ = ["check_rows", "contraction_bound", "event_warnings", "plausibility"]

Row = dict[str, object]
FIXED_POINT = "fixed_point"
TOLERANCE = 1e-9  # largest relative residual of the fixed point


def contraction_bound(event: EventPlan) -> float:
    """Return the bound on the contraction of one round: θ φ at their highest values."""
    first, second = (event.value(f"exhibition.{name}").estimate.high for name in ("cross_side", "visitor_effect"))
    return first * second


def _measures(event: EventPlan, arrays: EventArrays, outcome: EventOutcome) -> Iterator[tuple[str, str, str, float]]:
    """Yield band, concept, what is measured, and its value, for each concept that holds an event."""
    money = outcome.money
    edition = arrays.held.index(True)
    everything = slice(None)

    def mean(amounts: FloatArray, at: int, part: int | slice) -> float:
        return float(np.atleast_2d(amounts[at, part]).sum(axis=0).mean())

    for index, case in enumerate(arrays.cases):
        if not case.held:
            continue
        if case.concept == "telecom_style":
            income = mean(money.revenue, index, edition)
            cost = mean(money.cost, index, edition) + mean(money.cost_absorbed, index, edition)
            yield "telecom_revenue", case.concept, "income of the first edition", income
            yield "telecom_cost", case.concept, "cost of the first edition with staff", cost
        income, net = mean(money.revenue, index, everything), mean(money.net, index, everything)
        if income > 0:
            yield "margin", case.concept, "net result by cash income, all editions", net / income
        given = mean(money.income_all, index, everything) - mean(money.earned, index, everything)
        delegates = mean(outcome.demand.persons_own, index, everything)
        if delegates > 0:
            public = (mean(money.subsidy, index, everything) + given) / delegates
            yield "public_support", case.concept, "subsidy, host and donors for each delegate on site or remote", public
    for key, tier, words in (("floor_price", "commercial", "commercial"), ("sme_price", "sme", "SME")):
        yield key, "", f"price of {words} floor", event.value("exhibition.price", tier).estimate.mode
    for mix in dict.fromkeys(event.concepts[case.concept].mix for case in arrays.cases if case.held):
        share = sum(
            event.value(f"mixes.{mix}", name).estimate.mode * event.value("impact.ldc_share", name).estimate.mode
            for name in event.segments
        )
        yield "ldc_share", "", f"delegates from least developed countries, mix {mix}", share


def check_rows(event: EventPlan, arrays: EventArrays, outcome: EventOutcome) -> list[Row]:
    """Return ``event.checks``: each measured value with its band, and the residual of the fixed point."""
    rows: list[Row] = []
    for key, concept, what, value in _measures(event, arrays, outcome):
        band = event.bands[key]
        rows.append(
            {
                "check": key, "concept": concept, "measure": what, "value": value, "low": band.low, "high": band.high,
                "unit": band.unit, "inside": band.low <= value <= band.high, "basis": band.basis,
            }
        )  # fmt: skip
    residual, bound = outcome.demand.residual, contraction_bound(event)
    rows.append(
        {
            "check": FIXED_POINT, "concept": "", "measure": "largest relative change of visitors in the last round",
            "value": residual, "low": 0.0, "high": TOLERANCE, "unit": "share", "inside": residual <= TOLERANCE,
            "basis": f"{ITERATIONS} rounds; one round contracts by at most {bound:.3g}",
        }
    )  # fmt: skip
    return rows


def plausibility(event: EventPlan, arrays: EventArrays, outcome: EventOutcome) -> tuple[Fault, ...]:
    """Return a warning for each result of the base estimate that leaves its band.

    What can be seen without the model (prices, shares) is told when the file is read. Totals of past events are
    estimates; they are never an input.
    """
    places = {"telecom_revenue": "demand.attendance", "telecom_cost": "demand.attendance"}
    found: list[Fault] = []
    for row in check_rows(event, arrays, outcome):
        key, concept = str(row["check"]), str(row["concept"])
        if row["inside"] or key in ("floor_price", "sme_price", "ldc_share"):
            continue
        at = event.value(places.get(key, "demand.attendance"), concept) if concept else None
        at = at or event.value("exhibition.visitor_effect")
        value, low, high = (float(row[name]) for name in ("value", "low", "high"))  # type: ignore[arg-type]
        shown = f"{value:,.0f}, outside {low:,.0f} to {high:,.0f}" if str(row["unit"]).startswith("CHF") else (
            f"{value:.3g}, outside {low:.3g} to {high:.3g}"
        )  # fmt: skip
        unit = "CHF " if str(row["unit"]).startswith("CHF") else ""
        message = f"{concept + ': ' if concept else ''}{row['measure']} is {unit}{shown}: {row['basis']}"
        found.append(Fault(at.position, f"event.checks.{key}", message, "warning"))
    return tuple(found)


def event_warnings(plan: Plan) -> tuple[Fault, ...]:
    """Return the warnings of ``plausibility`` for the base estimate of the event of *plan*; none without an event."""
    if not isinstance(plan.event, EventPlan):
        return ()
    from sfp_model.model.compile import PlanBuilder
    from sfp_model.model.event import compile_event, evaluate_event

    builder = PlanBuilder.of(plan)
    arrays = compile_event(plan, builder)
    if arrays is None:
        return ()
    return plausibility(plan.event, arrays, evaluate_event(arrays, builder.freeze().base[:, None]))
