"""Inputs and latent factors in planners' words, and their ranges."""

from __future__ import annotations

import math

from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.plan import Plan
from sfp_model.inputs.trace import all_values
from sfp_model.model.inputs import InputTable

__all__ = ["factor_words", "input_words", "limit_words", "range_words"]

_OF_ACTION = {"stretch": "Duration of {}, against the plan", "delay": "Delay of {}", "overrun": "Overrun of {}"}
_COUNTED = ("person-month", "day", "month", "delegate", "trip", "seat", "package")
_OF_RISK = {"occurs": "Risk event: {}", "cost": "Cost of the risk event: {}", "delay": "Delay by the risk event: {}"}


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
    concept = key.rpartition(".")[2]
    if isinstance(plan.event, EventPlan) and concept in plan.event.concepts:
        whose = "event as planned" if concept == plan.event.concept else plan.event.concepts[concept].title
        words = f"{words.removesuffix(', ' + concept.replace('_', ' '))} ({whose})"
    return words[:1].upper() + words[1:]


def factor_words(plan: Plan, name: str) -> str:
    """Return what a latent factor of the plan, an initiative, or the demand for the event is."""
    kind, _, key = name.partition("/")
    if kind == "plan":
        return "the factor that all estimates share"
    if key in plan.initiatives:
        return f"the factor that the estimates of {key} {plan.initiatives[key].title} share"
    concept = key.removeprefix("event demand").strip()
    if not key.startswith("event demand"):
        return f"the factor that the estimates of {key} share"
    concepts = plan.event.concepts if isinstance(plan.event, EventPlan) else {}
    return f"demand for {concepts[concept].title}" if concept in concepts else "demand for the event, whatever concept"


def limit_words(
    plan: Plan, table: InputTable, name: str, low: float, high: float, low_at: float, high_at: float
) -> str:
    """Say a range of an input or of a latent factor, with where its ends stand among the draws, as a clause.

    Parameters
    ----------
    name : str
        Id of an input, or name of a factor (``plan``, ``initiative/…``, ``action/…``).
    low, high : float
        Infinite where open; normal scores for a factor.
    low_at, high_at : float
        Shares of draws at or below the ends.
    """
    below, above = f"{100 * low_at:.0f}", f"{100 * high_at:.0f}"
    if name not in table.ids:
        words = factor_words(plan, name)
        if math.isinf(high):
            return f"{words} is in its upper {100 * (1 - low_at):.0f}%"
        if math.isinf(low):
            return f"{words} is in its lower {above}%"
        return f"{words} is between its P{below} and P{above}"
    row = table.row(name)
    if name.endswith("#occurs"):
        event = input_words(plan, table, row).removeprefix("Risk event: ")
        return f"the risk event “{event}” {'occurs' if math.isinf(high) else 'does not occur'}"
    words, unit = _lower(input_words(plan, table, row)), table.unit[row]
    first, last = _amount(low, unit), _amount(high, unit)
    if math.isinf(high):
        return f"{words} is above {first} (its P{below})"
    if math.isinf(low):
        return f"{words} is at most {last} (its P{above})"
    return f"{words} is between {first} and {last} (its P{below} and P{above})"


def _lower(words: str) -> str:
    """Return words for the middle of a sentence; a name of several capitals stays.

    Examples
    --------
    >>> _lower("Unit cost: Travel"), _lower("CHF per USD")
    ('unit cost: Travel', 'CHF per USD')
    """
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _amount(value: float, unit: str) -> str:
    """Write an amount with its unit; a share as per cent.

    Examples
    --------
    >>> _amount(0.123, "share"), _amount(12345.6, "CHF").replace("\\u00a0", " "), _amount(2.5, "person-month")
    ('12.3%', 'CHF 12 346', '2.5 person-months')
    """
    if math.isinf(value):
        return ""
    if unit in ("share", "probability"):
        return f"{100 * value:.1f}%"
    if unit.startswith("percent"):
        return f"{value:.1f}%{unit.removeprefix('percent').replace('/', ' a ')}"
    unit = unit.replace("m2", "m²").replace("lump", "lump sum")
    digits = 0 if abs(value) >= 100 or value == round(value) else 2 if abs(value) < 10 else 1
    text = f"{value:,.{digits}f}"
    text = (text.rstrip("0").rstrip(".") if "." in text else text).replace(",", "\u00a0")
    if unit.startswith("CHF"):
        return f"CHF\u00a0{text}{unit.removeprefix('CHF')}"
    return f"{text} {unit}s" if unit in _COUNTED else f"{text} {unit}".strip()


def range_words(low: float, high: float, unit: str) -> str:
    """Write the two ends of a range with their unit said once; a risk event, which occurs or not, as no and yes.

    Examples
    --------
    >>> range_words(0.246, 0.473, "share"), range_words(60, 130, "seat"), range_words(0, 1, "event")
    ('24.6% to 47.3%', '60 to 130 seats', 'no to yes')
    >>> range_words(5118, 7882, "CHF/seat").replace("\\u00a0", " "), range_words(-10.3, 10.3, "percent/year")
    ('CHF 5 118 to 7 882 per seat', '−10.3% to 10.3% a year')
    """
    if unit == "event" and {low, high} <= {0.0, 1.0}:
        return " to ".join("no" if x == 0 else "yes" for x in (low, high))
    first, last = (_amount(x, unit).replace("-", "−") if unit.startswith("percent") else _amount(x, unit)
                   for x in (low, high))  # fmt: skip
    if unit.startswith("CHF"):
        last = last.removeprefix("CHF\u00a0").replace("/", " per ")
        return f"{first.partition('/')[0]} to {last}"
    after = last.rpartition("%")[2] if "%" in last else last[len(last.split(" ")[0]) :]
    return f"{first.removesuffix(after)} to {last}"
