"""Small plans made by hand, for tests whose answers can be worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sfp_model.errors import Position
from sfp_model.inputs.plan import (
    Action,
    Activity,
    Currency,
    Decision,
    Escalation,
    Estimate,
    Initiative,
    Line,
    Option,
    Plan,
    Programme,
    Recurrence,
    Resource,
    ScenarioInfo,
    Series,
    Settings,
    Source,
    Timing,
    Value,
)  # fmt: skip

HERE = Position("plan.yml", 1, 1)


def value(path: str, mode: float, low: float | None = None, high: float | None = None, **more: Any) -> Value:
    unit = more.pop("unit", "CHF")
    estimate = Estimate(mode if low is None else low, mode, mode if high is None else high, **more)
    return Value(path, estimate, unit, "estimate", "E", "by hand", HERE)


def resource(key: str, rate: float, per: str, **more: Any) -> Resource:
    fields = {"currency": "CHF", "price_year": 2021, "category": "contractual", "escalation": "flat"} | more
    estimate = fields.pop("estimate", {})
    return Resource(key, key, value(f"rates/{key}", rate, **estimate), per=per, position=HERE, **fields)


def line(key: str, card: str, quantity: float, **more: Any) -> Line:
    activity, action = key.split("/")[0], more.pop("action", "x.1")
    fields: dict[str, Any] = {
        "factor": 1.0, "funding": "additional", "timing": Timing(), "recurs": None, "options": (),
        "sectors": {"GS": 1.0}, "initiative": "x", "programme": "transformation",
    }  # fmt: skip
    fields |= more
    estimate = fields.pop("estimate", {})
    return Line(key, activity, action, resource=card, position=HERE,
                quantity=value(f"{key}#quantity", quantity, **estimate), **fields)  # fmt: skip


def action(key: str, start: float, duration: float, **more: Any) -> Action:
    fields: dict[str, Any] = {
        "phase": None, "after": (), "timing_in_source": "", "overrun_class": "soft", "sectors": {"GS": 1.0},
        "assigned_by": "source", "serves": (), "initiative": "x", "programme": "transformation",
    } | more  # fmt: skip
    return Action(key, key, start=start, duration=duration, activities=(f"{key}.1",), position=HERE, **fields)


def settings(**more: Any) -> Settings:
    values = {
        f"dependence.{k}": value(f"dependence.{k}", v)
        for k, v in {"plan": 0.15, "initiative": 0.15, "action": 0.3, "cost_duration": 0.6}.items()
    }
    fields: dict[str, Any] = {
        "title": "Small plan", "agency": "Agency", "horizon_start": 2024, "horizon_years": 4, "start": 0.0,
        "base_year": 2021, "as_of": "2021-08-31", "seed": 0, "phase_stretch": 1.0,
        "phases": {"P1": (0.0, 6.0), "P2": (6.0, 12.0)}, "funding_modes": ("additional", "absorbed", "in_kind"),
        "sectors": {"GS": "General Secretariat", "BR": "Bureau"},
        "categories": {"staff": "Staff costs", "contractual": "Contractual services"}, "values": values,
    } | more  # fmt: skip
    return Settings(**fields)


def plan(
    lines: list[Line], actions: list[Action] | None = None, cards: list[Resource] | None = None, **more: Any
) -> Plan:
    actions = actions or [action("x.1", 0, 6)]
    cards = cards or [resource("work", 1000, "day")]
    frame = more.pop("settings", settings())
    activities = {
        a: Activity(a, a, act.id, (), "source", None if any(ln.activity == a for ln in lines) else "no cost",
                    tuple(ln.id for ln in lines if ln.activity == a), "carried", "", HERE)
        for act in actions for a in act.activities
    }  # fmt: skip
    flat = Escalation("flat", "Flat", value("escalation.flat.rate", 0, unit="percent/year"), None)
    fields: dict[str, Any] = {
        "scenario": ScenarioInfo("baseline", "Baseline", "a planner", "test", None, {}, {}),
        "settings": frame,
        "programmes": {"transformation": Programme("transformation", "Transformation", ("x",))},
        "initiatives": {"x": Initiative("x", "X", "transformation", tuple(a.id for a in actions), HERE)},
        "actions": {a.id: a for a in actions},
        "activities": activities,
        "lines": {ln.id: ln for ln in lines},
        "decisions": {},
        "resources": {card.id: card for card in cards},
        "escalations": {"flat": flat},
        "currencies": {},
        "catalogue": {},
        "sources": {"estimate": Source("estimate", "Our estimate", "2021", "E")},
        "series": {},
        "event": None,
        "warnings": (),
        "digest": "0" * 64,
    }
    return replace(Plan(**fields), **more)


__all__ = [
    "HERE", "Currency", "Decision", "Escalation", "Option", "Recurrence", "Series", "Timing", "action", "line",
    "plan", "resource", "settings", "value",
]  # fmt: skip
