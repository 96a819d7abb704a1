"""The same plan with other numbers, by path: what a sweep changes without writing a scenario for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from sfp_model.errors import UsageError
from sfp_model.inputs.digest import digest
from sfp_model.inputs.plan import Estimate, Plan, Value

__all__ = ["settable", "with_values"]


def settable(plan: Plan) -> dict[str, Value]:
    """Return the numbers that ``with_values`` can change, by path: settings, rates, quantities, price classes."""
    found = {f"rates.{key}": card.rate for key, card in plan.resources.items()}
    found |= {line.quantity.path.replace("#", "."): line.quantity for line in plan.lines.values()}
    found |= {f"escalation.{key}.rate": item.rate for key, item in plan.escalations.items()}
    found |= {f"currencies.{key}.forecast": c.forecast for key, c in plan.currencies.items() if c.forecast is not None}
    return found | dict(plan.settings.values)


def _moved(value: Value, mode: float) -> Value:
    """Return *value* with another mode; low and high keep their ratio to it, or become it where the mode was 0."""
    old = value.estimate
    if old.distribution in ("discrete", "empirical"):
        raise UsageError(f"{value.path} is {old.distribution}: it has values, no mode that a sweep could move")
    if not old.lower <= mode <= old.upper:
        raise UsageError(f"{value.path}: {mode:g} is outside {old.lower:g} to {old.upper:g}")
    if old.fixed or old.mode == 0:
        return replace(value, estimate=Estimate(mode, mode, mode, "min-max", "pert", old.lower, old.upper))
    ends = sorted((old.low * mode / old.mode, old.high * mode / old.mode))
    low, high = (min(max(end, old.lower), old.upper) for end in ends)
    return replace(value, estimate=replace(old, low=low, mode=mode, high=high))


def with_values(plan: Plan, numbers: Mapping[str, float]) -> Plan:
    """Return *plan* with other modes, by path; ranges keep their ratio to the mode.

    Parameters
    ----------
    plan : Plan
    numbers : mapping of str to float
        Paths as in the ``set`` of a scenario, for example ``rates.staff.geneva.P4`` or ``dependence.plan``.

    Raises
    ------
    UsageError
        If a path does not exist or cannot be moved; names the nearest.
    """
    known = settable(plan)
    for path in numbers:
        if path not in known:
            near = get_close_matches(path, known, n=1, cutoff=0.7)
            hint = (
                f"did you mean {near[0]}?"
                if near
                else "a path is, for example, dependence.plan or rates.staff.geneva.P4"
            )
            raise UsageError(f"no number {path!r} that can be set; {hint}")
    if not numbers:
        return plan
    moved = {path: _moved(known[path], float(mode)) for path, mode in numbers.items()}

    def each(items: Mapping[str, Any], path: str, field: str) -> Mapping[str, Any]:
        return MappingProxyType({
            key: replace(item, **{field: moved[path.format(key)]}) if path.format(key) in moved else item
            for key, item in items.items()
        })  # fmt: skip

    lines = {
        key: replace(line, quantity=moved[at]) if (at := line.quantity.path.replace("#", ".")) in moved else line
        for key, line in plan.lines.items()
    }
    values = {key: moved.get(key, value) for key, value in plan.settings.values.items()}
    return replace(
        plan,
        settings=replace(plan.settings, values=MappingProxyType(values)),
        lines=MappingProxyType(lines),
        resources=each(plan.resources, "rates.{}", "rate"),
        escalations=each(plan.escalations, "escalation.{}.rate", "rate"),
        currencies=each(plan.currencies, "currencies.{}.forecast", "forecast"),
        digest=digest((plan.digest, "values", repr(sorted((path, float(mode)) for path, mode in numbers.items())))),
    )
