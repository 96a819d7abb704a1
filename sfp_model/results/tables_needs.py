"""Tables of one programme: needs by line, sector and period; lines; activities; actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from sfp_model.inputs.drivers import driver_words
from sfp_model.inputs.places import place_of
from sfp_model.inputs.plan import Plan
from sfp_model.model.compile import weaker
from sfp_model.model.evaluate import PRICES
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns

__all__ = [
    "ACTIONS",
    "ACTIVITIES",
    "LINES",
    "NEEDS",
    "actions",
    "activities",
    "calendar_month",
    "lines",
    "monthly",
    "needs",
]

NEEDS = columns(
    "line programme initiative action activity resource category sector funding confidence recurrence period "
    "constant_chf:CHF price_effect_chf:CHF exchange_effect_chf:CHF interaction_chf:CHF nominal_chf:CHF "
    "person_months:person-month"
)
LINES = columns(
    "line activity action initiative resource resource_title funding options active:bool quantity_low:- "
    "quantity_mode:- quantity_high:- at unit drivers factor:- rate_low:CHF rate_mode:CHF rate_high:CHF rate_unit "
    "confidence quantity_confidence rate_confidence source basis recurrence base_chf:CHF full_year_chf:CHF path "
    "file file_line:-"
)
ACTIVITIES = columns(
    "activity title action initiative serves assigned_by no_cost additional_chf:CHF absorbed_chf:CHF before_chf:CHF "
    "after_chf:CHF without_additional reason"
)
ACTIONS = columns(
    "action title initiative phase start_month:month end_month:month start end after timing_in_source overrun_class "
    "assigned_by decision"
)


def calendar_month(first_year: int, month: float) -> str:
    """Return the calendar month of a month on the horizon's scale.

    Examples
    --------
    >>> calendar_month(2024, 0), calendar_month(2024, 13.5), calendar_month(2024, -1)
    ('2024-01', '2025-02', '2023-12')
    """
    whole = int(np.floor(month + 1e-9))
    return f"{first_year + whole // 12}-{whole % 12 + 1:02d}"


def needs(evaluation: Evaluation, programme: str) -> Iterator[Row]:
    """Yield one row per active line, sector with a share, and period with an amount."""
    sectors = evaluation.arrays.names["sector"]
    shares = evaluation.arrays.lines.sectors
    constant = evaluation.constant
    measures = {"constant_chf": constant, "nominal_chf": evaluation.nominal, "person_months": evaluation.person_months}
    measures |= {f"{name}_chf": amounts for name, amounts in evaluation.effects.items()}
    for i, facts in enumerate(evaluation.facts):
        if facts.programme != programme:
            continue
        own: dict[str, object] = {
            "line": facts.line, "programme": programme, "initiative": facts.initiative, "action": facts.action,
            "activity": facts.activity, "resource": facts.resource, "category": facts.category,
            "funding": facts.funding, "confidence": facts.confidence, "recurrence": facts.recurrence,
        }  # fmt: skip
        periods = np.flatnonzero(constant[i]).tolist()
        amounts = {name: row[i].tolist() for name, row in measures.items()}
        for s in np.flatnonzero(shares[i]).tolist():
            share = float(shares[i, s])
            for p in periods:
                of_period = {name: row[p] * share for name, row in amounts.items()}
                yield {**own, "sector": sectors[s], "period": evaluation.periods[p], **of_period}


def monthly(evaluation: Evaluation, programme: str) -> Iterator[Row]:
    """Yield one row per active line, sector with a share, and month of the horizon with an amount."""
    arrays, outcome = evaluation.arrays, evaluation.outcome
    months, sectors, shares = arrays.periods.labels("month"), arrays.names["sector"], arrays.lines.sectors
    measures = {
        f"{basis}_chf": outcome.line_unit * outcome.weights("month", basis)[:, :, 0][arrays.lines.group]
        for basis in PRICES
    }
    for i, facts in enumerate(evaluation.facts):
        if facts.programme != programme:
            continue
        own = asdict(facts)
        amounts = {name: row[i].tolist() for name, row in measures.items()}
        for s in np.flatnonzero(shares[i]).tolist():
            share = float(shares[i, s])
            for p in np.flatnonzero(measures["constant_chf"][i]).tolist():
                of_month = {name: row[p] * share for name, row in amounts.items()}
                yield {**own, "sector": sectors[s], "period": months[p], **of_month}


def lines(evaluation: Evaluation, programme: str) -> Iterator[Row]:
    """Yield every line of the programme, also those that the scenario does not need, with what they would cost."""
    plan = evaluation.plan
    full = evaluation.every_line
    compiled = full.arrays.lines
    total = full.constant.sum(axis=1)
    yearly = full.outcome.line_unit[:, 0] * compiled.per_year
    for i, line in enumerate(plan.lines.values()):
        if line.programme != programme:
            continue
        card, quantity = plan.resources[line.resource], line.quantity
        price = float(compiled.price[i])
        rate = card.rate.estimate
        yield {
            "line": line.id, "activity": line.activity, "action": line.action, "initiative": line.initiative,
            "resource": line.resource, "resource_title": card.title, "funding": line.funding,
            "options": ";".join(line.options), "active": plan.is_active(line),
            "quantity_low": quantity.estimate.low, "quantity_mode": quantity.estimate.mode,
            "quantity_high": quantity.estimate.high, "at": quantity.estimate.at, "unit": quantity.unit,
            "drivers": driver_words(plan, line), "factor": line.factor,
            "rate_low": rate.low * price, "rate_mode": rate.mode * price,
            "rate_high": rate.high * price, "rate_unit": f"CHF/{card.per}",
            "confidence": weaker(quantity.confidence, card.rate.confidence),
            "quantity_confidence": quantity.confidence, "rate_confidence": card.rate.confidence,
            "source": quantity.source, "basis": quantity.basis,
            "recurrence": "recurrent" if compiled.recurrent[i] else "one_off", "base_chf": total[i],
            "full_year_chf": yearly[i], "path": quantity.path, "file": place_of(line.position.file),
            "file_line": line.position.line,
        }  # fmt: skip


def activities(evaluation: Evaluation, programme: str) -> Iterator[Row]:
    """Yield the activities of the programme with their amounts in constant prices."""
    plan, constant = evaluation.plan, evaluation.constant
    sums: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    for i, facts in enumerate(evaluation.facts):
        inside = constant[i, 1:-1].sum()
        part = np.array([
            inside * (facts.funding == "additional"), inside * (facts.funding == "absorbed"),
            constant[i, 0], constant[i, -1],
        ])  # fmt: skip
        sums[facts.activity] = sums.get(facts.activity, np.zeros(4)) + part
    for activity in plan.activities.values():
        action = plan.actions[activity.action]
        if action.programme != programme:
            continue
        additional, absorbed, before, after = sums.get(activity.id, np.zeros(4))
        yield {
            "activity": activity.id, "title": activity.title, "action": activity.action,
            "initiative": action.initiative, "serves": ";".join(activity.serves),
            "assigned_by": activity.assigned_by, "no_cost": activity.no_cost, "additional_chf": additional,
            "absorbed_chf": absorbed, "before_chf": before, "after_chf": after,
            "without_additional": activity.without_additional, "reason": activity.without_additional_reason,
        }  # fmt: skip


def actions(evaluation: Evaluation, programme: str) -> Iterator[Row]:
    """Yield the actions of the programme in time; months count from programme start, end excluded."""
    plan: Plan = evaluation.plan
    placed, first = evaluation.outcome.schedule, plan.settings.horizon_start
    for i, action in enumerate(plan.actions.values()):
        if action.programme != programme:
            continue
        start, end = float(placed.start[i, 0]), float(placed.end[i, 0])
        decision = plan.decision_of(action.id)
        yield {
            "action": action.id, "title": action.title, "initiative": action.initiative, "phase": action.phase,
            "start_month": start - plan.settings.start, "end_month": end - plan.settings.start,
            "start": calendar_month(first, start), "end": calendar_month(first, max(start, end - 1e-6)),
            "after": ";".join(action.after), "timing_in_source": action.timing_in_source,
            "overrun_class": action.overrun_class, "assigned_by": action.assigned_by,
            "decision": decision.id if decision else "",
        }  # fmt: skip
