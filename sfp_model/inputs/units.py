"""Units of quantities: families within which conversion is possible, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FAMILIES", "conversion", "fitting", "unit_problem", "with_working_time"]

Families = Mapping[str, Mapping[str, float]]

FAMILIES: Families = {
    "person-time": {"person-year": 1.0, "person-month": 12.0, "person-day": 215.0, "person-hour": 1720.0},
    "day": {"day": 1.0},
    "seat": {"seat": 1.0},
    "seat-time": {"seat-year": 1.0, "seat-month": 12.0},
    "trip": {"trip": 1.0},
    "page": {"page": 1.0},
    "page-language": {"page-language": 1.0},
    "meeting-day": {"meeting-day": 1.0},
    "lump": {"lump": 1.0},
    "item": {"item": 1.0},
    "CHF": {"CHF": 1000.0, "kCHF": 1.0},
}
"""How many of each unit make one of the family's first unit (kCHF for money)."""


def with_working_time(days: float, hours: float) -> Families:
    """Return the families with *days* of work in a person-year and *hours* in a day.

    Examples
    --------
    >>> with_working_time(200, 7.5)["person-time"]["person-hour"]
    1500.0
    """
    time = {**FAMILIES["person-time"], "person-day": days, "person-hour": days * hours}
    return {**FAMILIES, "person-time": time}


def _family(unit: str, families: Families) -> Mapping[str, float]:
    return next((members for members in families.values() if unit in members), {unit: 1.0})


def fitting(unit: str, families: Families = FAMILIES) -> tuple[str, ...]:
    """Return the units that can be converted into *unit*; a unit of no family fits only itself.

    Examples
    --------
    >>> fitting("seat-year")
    ('seat-year', 'seat-month')
    """
    return tuple(_family(unit, families))


def conversion(unit: str, into: str, families: Families = FAMILIES) -> float | None:
    """Return the factor by which a quantity in *unit* becomes one in *into*, ``None`` if they do not fit.

    Examples
    --------
    >>> conversion("person-month", "person-year") * 12
    1.0
    >>> conversion("day", "seat") is None
    True
    """
    family = _family(into, families)
    return family[into] / family[unit] if unit in family else None


def unit_problem(unit: str, into: str, resource: str) -> str | None:
    """Return the message if a quantity in *unit* does not fit a rate per *into*, else ``None``.

    Examples
    --------
    >>> unit_problem("day", "seat", "training.online")
    'day does not fit the rate of training.online, which is per seat; use seat'
    """
    if conversion(unit, into) is not None:
        return None
    return f"{unit} does not fit the rate of {resource}, which is per {into}; use {' or '.join(fitting(into))}"
