"""How often a resource line counts: the drivers that it names; and the same plan with another number of a driver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod
from types import MappingProxyType

from sfp_model.errors import UsageError
from sfp_model.inputs.digest import digest
from sfp_model.inputs.plan import Estimate, Line, Plan, Value

__all__ = ["driver_values", "driver_words", "multiple", "things", "with_driver"]


def multiple(plan: Plan, line: Line) -> tuple[float, tuple[float, ...]]:
    """Return by how much a line counts: a factor for all of it, and factors by year of the horizon (empty: none).

    The product of the drivers that the line names in ``per``; for a line of a part, times the part's share.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> plan = load_plan()
    >>> multiple(plan, plan.lines["a.1.1/staff.geneva.P4"])
    (1.0, ())
    """
    if not line.per:
        return 1.0, ()
    drivers = [plan.drivers[name] for name in line.per]
    share = prod(driver.parts[line.part].share for driver in drivers if line.part in driver.parts)
    factor = share * prod(driver.numbers[0] for driver in drivers if not driver.yearly)
    yearly = [driver.numbers for driver in drivers if driver.yearly]
    return float(factor), tuple(float(prod(numbers)) for numbers in zip(*yearly, strict=True))


def things(number: float, unit: str) -> str:
    """Return a number of a driver's unit in words.

    Examples
    --------
    >>> things(6, "region"), things(4, "session/group"), things(20, "activity/office/year")
    ('6 regions', '4 sessions per group', '20 activities per office per year')
    """
    what, *per = unit.split("/")
    if number != 1:
        what = f"{what[:-1]}ies" if what.endswith("y") and what[-2:-1] not in "aeou" else f"{what}s"
    return " per ".join([f"{number:g} {what}", *per])


def driver_words(plan: Plan, line: Line) -> str:
    """Return in words how often a line counts; empty for a line without drivers.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> plan = load_plan()
    >>> driver_words(plan, plan.lines["1.2.2.c/staff.region.P4"])
    '2.5 documents × 6 regions'
    """
    words = []
    for name in line.per:
        driver = plan.drivers[name]
        low, high = min(driver.numbers), max(driver.numbers)
        text = things(high, driver.unit) if low == high else f"{low:g} to {things(high, driver.unit)}"
        part = driver.parts.get(line.part)
        words.append(f"{text} ({part.title} {part.share:.0%})" if part is not None else text)
    return " × ".join(words)


def with_driver(plan: Plan, name: str, number: float) -> Plan:
    """Return *plan* with another number of a driver, the same in every year.

    Raises
    ------
    UsageError
        If there is no such driver, or the number is below 0.
    """
    if name not in plan.drivers:
        raise UsageError(f"no driver {name!r}; drivers are {', '.join(plan.drivers) or 'not in this plan'}")
    if not number >= 0:
        raise UsageError(f"{number:g} {plan.drivers[name].unit} is below 0; a driver is 0 or more")
    driver = plan.drivers[name]
    fixed = Estimate(number, number, number, "min-max")
    values = {year: replace(value, estimate=fixed) for year, value in driver.values.items()}
    drivers = MappingProxyType({**plan.drivers, name: replace(driver, values=MappingProxyType(values))})
    return replace(plan, drivers=drivers, digest=digest((plan.digest, "driver", name, repr(number))))


def driver_values(plan: Plan) -> Iterator[Value]:
    """Yield every number of the drivers and of what stands beside the plan."""
    for driver in plan.drivers.values():
        yield from driver.values.values()
        if driver.today is not None:
            yield driver.today
    yield from (line.quantity for line in plan.beside.account.values())
    yield from (item.amount for item in plan.beside.raised.values())
    for indicator in plan.beside.indicators.values():
        yield from (mark for mark in (indicator.baseline, indicator.target) if mark is not None)
