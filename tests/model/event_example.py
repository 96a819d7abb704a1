"""The small event of docs/methods/event-example.md: round numbers, one concept, two editions."""

from __future__ import annotations

import copy
from typing import Any

import yaml

from sfp_model.inputs.context import Context
from sfp_model.inputs.documents import parse_document
from sfp_model.inputs.event import load_event
from sfp_model.inputs.event_parameters import CRITERIA, PARAMETERS, SEGMENTS
from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.faults import Faults
from sfp_model.inputs.plan import Plan
from sfp_model.model.compile import PlanBuilder
from sfp_model.model.event import Case, EventArrays, EventOutcome, compile_event, evaluate_event
from sfp_model.model.inputs import InputTable
from tests.model import plans

ABOUT = {"source": "estimate", "confidence": "E", "basis": "round number"}
RATES = {
    "room": (1000, "day"),
    "interpretation": (10000, "meeting-day"),
    "translation": (150, "page-language"),
    "fellowship": (3000, "trip"),
    "dsa": (300, "day"),
    "mission": (4000, "trip"),
    "staff_additional": (120000, "person-year"),
    "staff_absorbed": (144000, "person-year"),
}
NUMBERS: dict[str, Any] = {
    "existing.attendance": {"wsis": 1000, "ai_for_good": 500},
    "demand.attendance": 1000, "demand.area_at_attendance": 500, "demand.ldc_share": 0.2,
    "demand.overlap": 0.2, "demand.loss_wsis": 0.1,
    "demand.loss_ai_for_good": 0.05, "demand.growth": 10, "demand.saturation": 2,
    "demand.realisation": {"host": 0.45, "organiser": 0.85},
    "demand.value_proposition": 1.1, "demand.programme_effect": 0.5, "demand.programme_at_attendance": 6,
    "demand.competing": 4, "demand.competing_at_attendance": 3,
    "demand.competition": {"ict_large": 0.1, "sme_developing": 0.05}, "demand.crowding": 0.05,
    "demand.fellow_additional": 0.5,
    "formats.on_site": {"physical": 1, "hybrid": 1, "virtual": 0},
    "formats.remote": {"physical": 0, "hybrid": 0.3, "virtual": 1},
    "formats.platform": {"physical": 0, "hybrid": 1, "virtual": 1},
    **{f"formats.{name}": {"physical": 1, "hybrid": 1, "virtual": 0.5} for name in ("staff", "marketing", "rooms")},
    "formats.sponsorship": {"physical": 1, "hybrid": 1, "virtual": 0.4}, "sponsorship.visitor_effect": 0.8,
    "places.hall_in_kind": {"geneva": 0, "host": 1}, "places.missions": {"geneva": 0, "host": 10},
    "places.capacity_delegates": {"geneva": 5000, "host": 5000},
    "places.capacity_area": {"geneva": 10000, "host": 10000},
    "fees.standard": {"ict_large": 500, "sme_developing": 100}, "fees.level": 1, "fees.paying": 0.5,
    "fees.sensitivity": 0.6, "fees.scale": 500, "fees.reference": 0,
    "exhibition.price": {"commercial": 600, "sme": 250, "ldc": 120},
    "exhibition.reference_price": {"commercial": 500, "sme": 250, "ldc": 120}, "exhibition.sensitivity": 1,
    "exhibition.area_commercial": 300, "exhibition.area_sme": 100, "exhibition.area_ldc": 100,
    "exhibition.subsidised": 1, "exhibition.cross_side": 0.5, "exhibition.visitor_effect": 0.4,
    "exhibition.reference_visitors": 800, "exhibition.visitors_at_area": 1000, "exhibition.reference_area": 500,
    "exhibition.gross_factor": 2,
    "exhibition.stand_area": 10, "exhibition.stand_cost": 200, "exhibition.services": 100,
    "sponsorship.price": {"platinum": 200000, "gold": 100000, "silver": 50000, "bronze": 10000},
    "sponsorship.limit": {"platinum": 1, "gold": 2, "silver": 3, "bronze": 4},
    "sponsorship.sold_platinum": 0.5, "sponsorship.sold_gold": 3, "sponsorship.sold_silver": 1,
    "sponsorship.sold_bronze": 0, "sponsorship.cap": 0.47, "sponsorship.displaced": 0.2,
    "income.host_cash": 0, "income.voluntary": 20000, "income.voluntary_support": 0.07, "income.digital_price": 20,
    "income.digital_share": 0.1, "income.uncollected": 0.05,
    "programme.days": 2, "programme.rooms": 4, "programme.interpreted_rooms": 2, "programme.pages": 100,
    "cost.hall_rent": 4, "cost.hall_module": 100, "cost.plenary_av": 5000, "cost.post": 500,
    "cost.delegates_per_post": 300, "cost.governance": 1000, "cost.learning": 0.1, "cost.fellow_extra_days": 2,
    "cost.fellow_days": 5, "risk.cancelled": 0.02, "risk.forced_virtual": 0.06, "risk.sunk": 0.6,
    "risk.recovered": 0.25, "risk.kept_sponsorship": 0.5,
    "cost.build_up_days": 3, "cost.area_per_delegate": 2.5, "cost.hybrid_addon": 400000,
    "cost.addon_room_days": 20, "cost.languages": 5, "cost.security": 10, "cost.insurance": 0.01,
    "cost.marketing": 200000, "cost.staff_additional": 30, "cost.staff_absorbed": 24, "cost.fellowships": 20,
    "cost.shared_hall": 0.25, "cost.shared_interpretation": 0.4, "cost.shared_platform": 0.5,
    "cost.shared_staff": 0.2, "cost.shared_marketing": 0.25, "fund.opening": 50000, "fund.floor": 0,
    "impact.ldc_share": {"governments_ldc": 1}, "impact.developing_share": {"governments_ldc": 1, "sme_developing": 1},
    "impact.remote_weight": 0.3, "impact.delegates_per_sme": 2, "impact.brokered": 10, "impact.risk_share": 0.25,
    "impact.awareness_area": 500, "impact.identity": 0.5, "impact.shape": dict.fromkeys(CRITERIA, 1),
    "constraints.unity": 0.6, "constraints.least_unity": 0.3, "constraints.most_conflict": 1,
    "impact.full": dict.fromkeys(CRITERIA, 400),
}  # fmt: skip
MIXES = {
    "wsis": {"governments_developing": 0.5, "ngos": 0.5},
    "ai_for_good": {"ict_large": 1.0},
    "own": {"governments_ldc": 0.2, "ict_large": 0.5, "sme_developing": 0.3},
}


def content(**changes: Any) -> dict[str, Any]:
    """Return the example as the data of an event file; *changes* by parameter, dots written as ``__``."""
    joint = "joint"
    data: dict[str, Any] = {
        "version": 1, "concept": joint, "price_year": 2021, "escalation": "flat",
        "editions": {"years": [2025, 2026], "month": 7},
        "concepts": {
            "none": {"title": "No event"},
            joint: {"title": "Joint", "format": "hybrid", "place": "geneva", "joined": ["wsis"], "mix": "own"},
        },
        "combinations": {joint: {"hybrid": ["geneva", "host"], "physical": ["geneva", "host"], "virtual": ["geneva"]}},
        "segments": {key: {"title": key} for key in SEGMENTS},
        "mixes": {key: _table("share", {s: mix.get(s, 0) for s in SEGMENTS}) for key, mix in MIXES.items()},
        "criteria": {
            key: {"title": key, "unit": "unit", "judgement": False, "measure": "as in the model"} for key in CRITERIA
        },
        "checks": {
            key: {"low": -(10**9), "high": 10**9, "unit": "CHF", "basis": "wide"}
            for key in (
                "telecom_revenue", "telecom_cost", "floor_price", "sme_price", "margin", "public_support", "ldc_share",
            )
        },
        "places": {"titles": {"geneva": "Geneva", "host": "Host"}}, "fees": {"range": {"low": 0, "high": 2000}},
        "cost": {"resources": {key: key for key in RATES}},
    }  # fmt: skip
    numbers = {**NUMBERS, **{key.replace("__", "."): value for key, value in changes.items()}}
    for name, number in numbers.items():
        section, _, key = name.partition(".")
        parameter = PARAMETERS[name]
        if not parameter.axis:
            node: dict[str, Any] = {"value": number, "unit": parameter.unit, **ABOUT}
        elif parameter.axis in ("concept", "joint"):
            node = _table(parameter.unit, {joint: number})
        elif parameter.axis == "segment":
            node = _table(parameter.unit, {s: number.get(s, 0) for s in SEGMENTS})
        else:
            node = _table(parameter.unit, number)
        data.setdefault(section, {})[key] = node
    return copy.deepcopy(data)


def _table(unit: str, values: dict[str, float]) -> dict[str, Any]:
    return {"unit": unit, **ABOUT, "values": values}


def load(data: dict[str, Any], **known: Any) -> tuple[EventPlan | None, Faults]:
    """Return the event that *data* states, and the faults found; *known* is what the context knows."""
    faults = Faults()
    document = parse_document(yaml.safe_dump(data, sort_keys=False).encode(), "event.yml", faults)
    assert document is not None
    document.prefix = "event"
    return load_event(document, Context(faults, **known)), faults


def small_plan(**changes: Any) -> Plan:
    """Return a plan without lines that has the example as its event."""
    event, faults = load(content(**changes))
    assert not faults.errors, faults.errors
    cards = [plans.resource(key, rate, per) for key, (rate, per) in RATES.items()]
    return plans.plan([], cards=cards, event=event)


def compiled(plan: Plan, cases: tuple[Case, ...] | None = None) -> tuple[EventArrays, InputTable]:
    """Return the compiled event of *plan* and its inputs."""
    builder = PlanBuilder.of(plan)
    arrays = compile_event(plan, builder, cases)
    assert arrays is not None
    return arrays, builder.freeze()


def outcome(cases: tuple[Case, ...] | None = None, **changes: Any) -> EventOutcome:
    """Return the base estimate of the example."""
    arrays, table = compiled(small_plan(**changes), cases)
    return evaluate_event(arrays, table.base[:, None])
