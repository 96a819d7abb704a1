"""Checks of the section ``dependence``: shares of common factors, and rank correlations of drivers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sfp_model.inputs.context import Problem
from sfp_model.inputs.documents import text_of
from sfp_model.inputs.faults import known
from sfp_model.inputs.leaf import Leaf, estimate

__all__ = ["dependence_problems"]

_SHARES = ("plan", "initiative", "action")
_KEYS = (*_SHARES, "cost_duration", "drivers")


def dependence_problems(group: Mapping[str, Any], names: Iterable[str]) -> Iterator[Problem]:
    """Yield what no draw could honour: (place below ``dependence``, message).

    Whether all correlations of drivers can hold together is another question: a matrix that is none is repaired, and
    ``sfp validate`` says to what.

    Parameters
    ----------
    group : mapping
        The section, of ``Leaf`` and groups of them.
    names : iterable of str
        What may be a driver: price classes and currencies.
    """
    for key in group:
        if key not in _KEYS:
            yield (key,), f"unknown key; {known(key, _KEYS)}"
    for key in _KEYS:
        if key in group and isinstance(group[key], Leaf) == (key == "drivers"):
            yield (key,), "correlations by driver are needed here" if key == "drivers" else "a value is needed here"
    sizes = {key: estimate(group[key]).mode for key in _KEYS if isinstance(group.get(key), Leaf)}
    p, i, a = (sizes.get(key, 0.0) for key in _SHARES)
    if p + i + a > 1 + 1e-12:
        last = next(key for key in reversed(_SHARES) if key in sizes)
        yield (last,), f"the shares of plan, initiative and action add up to {text_of(p + i + a)}; at most 1"
    elif a > 0 and p + i + (sizes.get("cost_duration", p + i + a) - p - i) ** 2 / a > 1 + 1e-12:
        yield ("cost_duration",), f"{text_of(sizes['cost_duration'])} cannot be reached beside the other shares"
    if isinstance(group.get("drivers"), dict):
        yield from _drivers(group["drivers"], list(names))


def _drivers(rows: Mapping[str, Any], names: list[str]) -> Iterator[Problem]:
    seen: set[frozenset[str]] = set()
    for first, row in rows.items():
        if isinstance(row, Leaf):
            yield ("drivers", first), "with which other driver? write the other one's name below it"
            continue
        for place, name in ((("drivers", first), first), *((("drivers", first, other), other) for other in row)):
            if name not in names:
                yield place, f"there is no price class or currency '{name}'; {known(name, names)}"
        for second, leaf in row.items():
            problem = _pair(first, second, leaf, seen)
            if problem:
                yield ("drivers", first, second), problem
            seen.add(frozenset((first, second)))


def _pair(first: str, second: str, leaf: Any, seen: set[frozenset[str]]) -> str:
    if not isinstance(leaf, Leaf):
        return "a value is needed here"
    if first == second:
        return "a driver correlates with itself at 1; leave it out"
    if frozenset((first, second)) in seen:
        return f"it already stands as drivers.{second}.{first}; a correlation is the same both ways"
    if leaf.unit != "correlation":
        return f"its unit is {leaf.unit}; a correlation has the unit correlation, from -1 to 1"
    size = estimate(leaf)
    if not size.fixed:
        return "a correlation is a single value; give it as value"
    widened = leaf.lower is not None or leaf.upper is not None  # else its unit bounds it, which is told
    return f"{text_of(size.mode)} is no correlation; from -1 to 1" if widened and abs(size.mode) > 1 else ""
