"""Result tables of the event: one dictionary per row, means over draws (the base estimate has one draw)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.plan import Plan, Value
from sfp_model.model.event_impact import held_part
from sfp_model.model.event_money import COST_MODE, REVENUE_MODE
from sfp_model.model.inputs import FloatArray

if TYPE_CHECKING:
    from sfp_model.model.event import EventArrays, EventOutcome

__all__ = ["impact_rows", "line_rows", "results_rows", "segment_rows"]

Row = dict[str, object]
TOTAL = "total"

# Line of the account → title, parameters (rates of the card as ``@use``) whose provenance it carries.
LINES: dict[str, tuple[str, tuple[str, ...]]] = {
    "exhibition_commercial": (
        "Exhibition, commercial tier",
        ("exhibition.area_commercial", "exhibition.price:commercial"),
    ),
    "exhibition_sme": ("Exhibition, SME tier", ("exhibition.area_sme", "exhibition.price:sme")),
    "exhibition_ldc": ("Exhibition, LDC tier", ("exhibition.area_ldc", "exhibition.price:ldc")),
    "sponsorship": ("Sponsorship", ("sponsorship.sold_gold", "sponsorship.price:gold")),
    "fees": ("Delegate fees", ("fees.level", "fees.paying")),
    "subscriptions": ("Digital subscriptions", ("income.digital_price",)),
    "services": ("Services to exhibitors", ("exhibition.services",)),
    "uncollected": ("Receivables not collected", ("income.uncollected",)),
    "displaced": ("Sponsorship lost by WSIS Forum and AI for Good", ("sponsorship.displaced",)),
    "insurance_claims": ("Insurance claims after a cancelled edition", ("risk.recovered",)),
    "host_cash": ("Host country, cash", ("income.host_cash",)),
    "voluntary": ("Voluntary contributions", ("income.voluntary",)),
    "host_in_kind": ("Host country, halls in kind", ("places.hall_in_kind", "cost.hall_rent")),
    "hall": ("Halls, build-up included", ("cost.hall_rent",)),
    "rooms": ("Conference rooms and equipment", ("programme.rooms", "@room")),
    "plenary": ("Sound, screens and technicians of the plenary hall", ("cost.plenary_av",)),
    "stands": ("Stands of SME and LDC exhibitors", ("exhibition.stand_cost",)),
    "platform": ("Platform and streaming", ("cost.hybrid_addon",)),
    "interpretation": ("Interpretation in six languages", ("programme.interpreted_rooms", "@interpretation")),
    "translation": ("Translation", ("programme.pages", "@translation")),
    "fellowships": ("Fellowships, ticket and subsistence", ("cost.fellowships", "@fellowship", "@dsa")),
    "missions": ("Staff missions", ("places.missions", "@mission")),
    "marketing": ("Marketing and sales", ("cost.marketing",)),
    "security": ("Security and badges", ("cost.security",)),
    "posts": ("Registration, information and first aid", ("cost.post",)),
    "insurance": ("Insurance", ("cost.insurance",)),
    "governance": ("Governance body, beside what the plan pays", ("cost.governance",)),
    "voluntary_support": ("Support cost of voluntary contributions", ("income.voluntary_support",)),
    "staff_additional": ("Temporary staff", ("cost.staff_additional", "@staff_additional")),
    "staff_absorbed": ("Staff already paid", ("cost.staff_absorbed", "@staff_absorbed")),
    "hall_in_kind": ("Halls given by the host", ("places.hall_in_kind", "cost.hall_rent")),
}
CONFIDENCES = ("R", "R2", "M-H", "M-M", "M-L", "E")


def _mean(amounts: FloatArray) -> float:
    return float(amounts.mean())


def _editions(arrays: EventArrays, *, every: bool = False) -> Iterator[tuple[str, slice]]:
    """Yield the editions that are held, with *every* those of other years too, and all of them together."""
    for edition, year in enumerate(arrays.years):
        if every or arrays.held[edition]:
            yield str(year), slice(edition, edition + 1)
    yield TOTAL, slice(0, len(arrays.years))


def _none(arrays: EventArrays) -> int | None:
    return next((index for index, case in enumerate(arrays.cases) if not case.held), None)


def _ratio(above: FloatArray, below: FloatArray) -> float | str:
    """Return the mean over draws of a ratio of sums over editions, "" where there is no cost."""
    over = below.sum(axis=0)
    if not np.any(over > 0):
        return ""
    return float(np.divide(above.sum(axis=0), over, out=np.zeros_like(over), where=over > 0).mean())


def _per(amount: float, number: float) -> float | str:
    """Return *amount* for each, "" where there is none to divide by."""
    return amount / number if number > 0 else ""


def results_rows(event: EventPlan, arrays: EventArrays, outcome: EventOutcome, contributory_unit: float) -> list[Row]:
    """Return ``event.results``: one row per concept and year and one for all years; CHF, constant prices.

    Columns that start with ``diff_`` are the portfolio under the concept less the portfolio under no event. The
    subsidy is also stated in contributory units for one year. The cost for each LDC delegate and for each SME served
    is the full cost divided by those whom the concept adds; empty where it adds none.
    """
    money, demand, impact = outcome.money, outcome.demand, outcome.impact
    none = _none(arrays)
    persons, remote = demand.persons, demand.remote_of(np.ones((len(arrays.segments), 1)))
    before = demand.untouched.sum(axis=(0, 1))
    ldc_before = impact.ldc_delegates[none] if none is not None else np.full_like(impact.ldc_delegates[0], np.nan)
    rows: list[Row] = []
    for index, case in enumerate(arrays.cases):
        for label, part in _editions(arrays, every=True):

            def total(amounts: FloatArray, at: int = index, span: slice = part) -> float:
                return _mean(amounts[at, span].sum(axis=0))

            ldc = _mean((impact.ldc_delegates[index, part] - ldc_before[part]).sum(axis=0))
            rows.append(
                {
                    "concept": case.concept, "concept_title": event.concepts[case.concept].title,
                    "format": case.format, "place": case.place, "edition": label,
                    "held": case.held and (label == TOTAL or arrays.held[part.start]),
                    "revenue_chf": total(money.revenue), "earned_chf": total(money.earned),
                    "cost_direct_chf": total(money.cost_direct), "cost_staff_chf": total(money.cost_staff),
                    "cost_chf": total(money.cost), "absorbed_chf": total(money.cost_absorbed),
                    "in_kind_chf": total(money.cost_in_kind), "cost_full_chf": total(money.cost_full),
                    "net_chf": total(money.net), "fund_draw_chf": total(money.fund_draw),
                    "subsidy_chf": total(money.subsidy),
                    "subsidy_units": total(money.subsidy) / contributory_unit if contributory_unit else "",
                    "opening_required_chf": _mean(money.opening_required[index]) if label == TOTAL else "",
                    "ratio_earned_direct": _ratio(money.earned[index, part], money.cost_direct[index, part]),
                    "ratio_earned_full": _ratio(money.earned[index, part], money.cost_full[index, part]),
                    "ratio_all_full": _ratio(money.income_all[index, part], money.cost_full[index, part]),
                    "onsite": total(demand.onsite), "remote": total(remote),
                    "delegates": total(persons), "ldc_delegates": total(impact.ldc_delegates),
                    "sme_exhibitors": total(impact.sme_exhibitors),
                    "exhibition_m2": total(demand.area.sum(axis=0)),
                    "diff_revenue_chf": total(money.revenue), "diff_cost_chf": total(money.cost),
                    "diff_net_chf": total(money.net),
                    "diff_delegates": total(persons - before),
                    "diff_ldc_delegates": ldc, "diff_smes": total(impact.smes_served),
                    "cost_per_ldc_chf": _per(total(money.cost_full), ldc),
                    "cost_per_sme_chf": _per(total(money.cost_full), total(impact.smes_served)),
                    "chosen": index == arrays.chosen,
                    "valid": not case.held or case.key in event.combinations,
                    "unity": _mean(impact.unity[index]) if case.held else "",
                    "united": bool(impact.united[index].all()),
                }
            )  # fmt: skip
    return rows


def _provenance(plan: Plan, event: EventPlan, names: Sequence[str], concept: str) -> tuple[str, str, str]:
    """Return basis, source and the weakest confidence of the parameters behind a line."""
    found: list[Value] = []
    case = event.concepts[concept]
    for name in names:
        parameter, _, key = name.partition(":")
        if parameter.startswith("@"):
            found.append(plan.resources[event.resources[parameter[1:]]].rate)
            continue
        for option in (key, concept, case.place, case.format, ""):
            path = f"event.{parameter}.values.{option}" if option else f"event.{parameter}"
            if path in event.values:
                found.append(event.values[path])
                break
    basis = "; ".join(dict.fromkeys(value.basis for value in found))
    source = ", ".join(dict.fromkeys(value.source for value in found))
    return basis, source, max((value.confidence for value in found), key=CONFIDENCES.index)


def line_rows(plan: Plan, arrays: EventArrays, outcome: EventOutcome) -> list[Row]:
    """Return ``event.lines``: income and cost by line, edition and concept that holds an event, zero lines included.

    ``mode`` is cash, absorbed or in_kind; only cash enters the net result.
    """
    event = plan.event
    if not isinstance(event, EventPlan):
        return []
    rows: list[Row] = []
    accounts = (
        ("revenue", arrays.revenue_ids, outcome.money.revenue_lines, REVENUE_MODE),
        ("cost", arrays.cost_ids, outcome.money.cost_lines, COST_MODE),
    )
    for index, case in enumerate(arrays.cases):
        if not case.held:
            continue
        for label, part in _editions(arrays):
            for kind, ids, amounts, modes in accounts:
                for position, line in enumerate(ids):
                    title, names = LINES[line]
                    basis, source, confidence = _provenance(plan, event, names, case.concept)
                    rows.append(
                        {
                            "concept": case.concept, "edition": label, "kind": kind, "line": line, "title": title,
                            "mode": modes[line], "amount_chf": _mean(amounts[position, index, part].sum(axis=0)),
                            "basis": basis, "source": source, "confidence": confidence,
                        }
                    )  # fmt: skip
    return rows


def segment_rows(event: EventPlan, arrays: EventArrays, outcome: EventOutcome) -> list[Row]:
    """Return ``event.segments``: persons reached by ITU's events, by segment, and the concept's fee."""
    demand = outcome.demand
    before = demand.untouched.sum(axis=0)  # (segment, draw)
    return [
        {
            "concept": case.concept, "edition": str(year), "segment": key, "title": segment.title,
            "attendance": _mean(demand.portfolio[at, index, edition]),
            "diff_attendance": _mean(demand.portfolio[at, index, edition] - before[at]),
            "fee_chf": _mean(demand.fee[at, index]),
        }
        for index, case in enumerate(arrays.cases)
        for edition, year in enumerate(arrays.years)
        if arrays.held[edition]
        for at, (key, segment) in enumerate(event.segments.items())
    ]  # fmt: skip


def impact_rows(event: EventPlan, arrays: EventArrays, outcome: EventOutcome) -> list[Row]:
    """Return ``event.impact``: quantity (mean of the editions held, portfolio difference) and score by criterion."""
    impact = outcome.impact
    held = held_part(arrays.held)
    return [
        {
            "concept": case.concept, "criterion": key, "title": event.criteria[key].title,
            "quantity": _mean(impact.quantity[at, index, held]), "unit": event.criteria[key].unit,
            "judgement": event.criteria[key].judgement, "score": _mean(impact.scores[at, index]),
        }
        for index, case in enumerate(arrays.cases)
        for at, key in enumerate(arrays.criteria)
    ]  # fmt: skip
