"""Inputs in planners' words."""

from __future__ import annotations

from sfp_model.inputs.plan import Plan
from sfp_model.inputs.trace import all_values
from sfp_model.model.inputs import InputTable

__all__ = ["input_words"]

_OF_ACTION = {"stretch": "Duration of {}, against the plan", "delay": "Delay of {}", "overrun": "Overrun of {}"}
_OF_RISK = {"occurs": "Event: {}", "cost": "Cost of the event: {}", "delay": "Delay by the event: {}"}


def input_words(plan: Plan, table: InputTable, row: int) -> str:
    """Return what an input is: line and resource, unit cost, duration of an action, risk event, or title of a value."""
    key, kind = table.ids[row], table.kind[row]
    owner, _, part = key.partition("#")
    if kind in _OF_ACTION and owner in plan.actions:
        return _OF_ACTION[kind].format(f"{owner} {plan.actions[owner].title}")
    if owner in plan.lines:
        line = plan.lines[owner]
        card = plan.resources.get(line.resource)
        return f"Quantity in {line.activity}: {card.title if card else line.resource}"
    if owner.startswith("risks.") and part in _OF_RISK:
        name = owner.removeprefix("risks.")
        return _OF_RISK[part].format(plan.risks[name].title if name in plan.risks else name)
    if kind == "rate":
        name = owner.removeprefix("rates/")
        return f"Unit cost: {plan.resources[name].title if name in plan.resources else name}"
    if kind == "escalation":
        title = plan.escalations[table.driver[row]].title if table.driver[row] in plan.escalations else owner
        return f"Rise of prices: {title}"
    if table.driver[row].startswith("edition "):
        return f"Chance that decides the risks of {table.driver[row]}"
    value = all_values(plan).get(key)
    title = value.title if value is not None and value.title else key.removeprefix("event.").replace(".values", "")
    words = title.replace(".", ", ").replace("_", " ")
    return words[:1].upper() + words[1:]
