"""Lines that count per driver: linear in it, summed over years, and ramped by part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfp_model.inputs.beside import Driver, Part
from sfp_model.inputs.drivers import with_driver
from sfp_model.inputs.plan import Plan
from sfp_model.model import base, compile, evaluate
from sfp_model.model.values import Values
from tests.model.plans import HERE, Recurrence, action, line, plan, value
from tests.model.plans import settings as settings_of

NUMBERS = st.floats(0, 50)
YEARS = ("2024", "2025", "2026", "2027")


def driver(name: str, numbers: tuple[float, ...], **parts: Part) -> Driver:
    keys = YEARS if len(numbers) == 4 else ("",)
    values = {key: value(f"d.{name}.{key}", number) for key, number in zip(keys, numbers, strict=True)}
    return Driver(f"d.{name}", name, name, "transformation", values, None, parts, (), HERE)


def total(made: Plan, time: str = "total") -> np.ndarray:
    arrays = compile(made)
    return evaluate(arrays, base(arrays)).amounts((), time)[1][0, :, 0]


def small(numbers: tuple[float, ...], per: str = "year", start: float = 0.0) -> Plan:
    """Return a plan with a fixed line, one per office, and one per team and office that recurs."""
    lines = [
        line("x.1.1/work", "work", 3),
        line("x.1.1/work.office", "work", 2, per=("d.office",)),
        line("x.1.1/work.team", "work", 1, per=("d.team", "d.office"), recurs=Recurrence(start, per)),  # type: ignore[arg-type]
    ]
    drivers = {"d.office": driver("office", (2.0,)), "d.team": driver("team", numbers)}
    return plan(lines, [action("x.1", 0, 12)], drivers=drivers)


@given(n=NUMBERS)
@settings(max_examples=25, deadline=None)
def test_cost_is_a_fixed_part_and_a_part_per_unit(n: float) -> None:
    """Need is fixed + variable × teams, and fixed + variable × offices."""
    made = small((1.0, 1.0, 1.0, 1.0))
    for name in ("d.team", "d.office"):
        none, one, here = (total(with_driver(made, name, x))[0] for x in (0.0, 1.0, n))
        assert here == pytest.approx(none + n * (one - none), abs=1e-6)
    # by hand: 3 days fixed, 2 for each of 2 offices, and 4 years × n × 2 offices, at CHF 1,000 a day
    assert total(with_driver(made, "d.team", n))[0] == pytest.approx(1000 * (3 + 4 + 8 * n))


@given(numbers=st.tuples(*[NUMBERS] * 4), start=st.floats(0, 40), per=st.sampled_from(["month", "year"]))
@settings(max_examples=25, deadline=None)
def test_each_year_counts_with_its_number(numbers: tuple[float, ...], start: float, per: str) -> None:
    """A year has its months from the start times its number; months, years, biennia and total agree."""
    made = small(numbers, per, start)
    made = replace(made, lines={"x.1.1/work.team": made.lines["x.1.1/work.team"]})
    months = [min(12.0, max(0.0, 12.0 * (year + 1) - start)) for year in range(4)]
    expected = [1000 * 2 * n * m * (1 if per == "month" else 1 / 12) for n, m in zip(numbers, months, strict=True)]
    years = total(made, "year")
    assert years[1:-1] == pytest.approx(expected, abs=1e-6)
    assert years[0] == years[-1] == 0
    for time in ("total", "biennium", "period"):
        assert total(made, time).sum() == pytest.approx(sum(expected), abs=1e-6)
    assert total(made, "biennium")[1:-1] == pytest.approx([sum(expected[:2]), sum(expected[2:])], abs=1e-6)


def test_parts_join_in_order_and_add_up() -> None:
    """From the month in which the last part has joined, the parts add up to the driver's number."""
    parts = {"north": Part("north", "North", 0.75, 0.0), "south": Part("south", "South", 0.25, 18.0)}
    lines = [
        line(f"x.1.1/work.{key}", "work", 1, per=("d.team",), part=key, recurs=Recurrence(6 + part.joins, "year"))
        for key, part in parts.items()
    ]
    made = plan(lines, drivers={"d.team": driver("team", (4.0, 4.0, 8.0, 8.0), **parts)})
    # 2024: half a year of 3; 2025: a year of 3; 2026: a year of 6 and of 2; 2027: all 8
    assert total(made, "year")[1:-1] == pytest.approx([1500, 3000, 8000, 8000])


def test_a_year_after_the_horizon_is_like_the_last_one() -> None:
    """What recurs costs in a full year what it costs with the number of the last year."""
    made = small((1.0, 2.0, 3.0, 5.0))
    arrays = compile(made)
    _, amounts = evaluate(arrays, base(arrays)).full_year(())
    assert amounts[0, 0] == pytest.approx(1000 * 5 * 2)


def test_outside_the_horizon_the_nearest_year_holds() -> None:
    """What runs past the horizon, or begins before it, counts there with the last or the first number."""
    made = small((1.0, 2.0, 3.0, 5.0))
    only = replace(made.lines["x.1.1/work.team"], recurs=Recurrence(0, "year", 54.0))
    early = replace(made, lines={only.id: only}, settings=settings_of(start=-6.0))
    # half a year of 1 before, years of 1, 2, 3, 5 and nothing after: 54 months from half a year before
    assert total(early, "year") == pytest.approx([1000, 2000, 4000, 6000, 10_000, 0])
    late = replace(made, lines={only.id: only}, settings=settings_of(start=6.0))
    assert total(late, "year") == pytest.approx([0, 1000, 4000, 6000, 10_000, 10_000])


def test_many_draws_count_like_one() -> None:
    """The compiled loops, which many draws take, give what the base estimate gives, at every time and price basis."""
    made = small((1.0, 2.0, 3.0, 5.0), start=7.0)
    arrays = compile(made)
    one, many = (evaluate(arrays, Values(base(arrays).array.repeat(n, axis=1))) for n in (1, 40))
    for time in ("period", "month", "year", "biennium", "total"):
        for prices in ("constant", "nominal"):
            expected = one.amounts((), time, "full", prices)[1]  # type: ignore[arg-type]
            assert many.amounts((), time, "full", prices)[1] == pytest.approx(expected.repeat(40, axis=2))  # type: ignore[arg-type]


def test_draws_share_the_quantity_of_parts() -> None:
    """Lines of the parts of one driver are one input: what an engagement takes is the same unknown in each region."""
    parts = {"north": Part("north", "North", 0.5, 0.0), "south": Part("south", "South", 0.5, 0.0)}
    shared = value("x.1.1/work#quantity", 2.0, 1.0, 4.0)
    lines = [
        replace(
            line(f"x.1.1/work.{key}", "work", 2, per=("d.team",), part=key, recurs=Recurrence(0, "year")),
            quantity=shared,
        )
        for key in parts
    ]
    made = plan(lines, drivers={"d.team": driver("team", (4.0,) * 4, **parts)})
    arrays = compile(made)
    assert arrays.inputs.ids.count("x.1.1/work#quantity") == 1
    values = base(arrays).array.repeat(2, axis=1)
    values[arrays.inputs.row("x.1.1/work#quantity")] = [2.0, 3.0]
    amounts = evaluate(arrays, Values(values)).amounts(("line",), "total")[1][:, 0, :]
    assert amounts[:, 1] == pytest.approx(1.5 * amounts[:, 0])
