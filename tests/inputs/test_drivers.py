"""Drivers: a planner edits one number, and every line that it multiplies follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan
from sfp_model.inputs.drivers import multiple, with_driver
from sfp_model.inputs.trace import all_values, find

DRIVERS = """drivers:
  offices: {title: Offices, unit: office, value: 13, source: estimate, confidence: E, basis: counted}
  teams:
    title: Teams
    unit: team/year
    years: {"2024": 3, "2025": 6, "2026": 9, "2027": 12}
    source: estimate
    confidence: E
    basis: assumed
    parts: {north: {title: North, weight: 2}, south: {title: South, weight: 1, joins: 6}}
initiatives:
"""


def test_a_line_stands_for_each_part(edit: Callable[..., None]) -> None:
    """Parts share one quantity, join in their order, and their multiples add up to the driver's number."""
    edit("params/regions.yml", "initiatives:\n", DRIVERS)
    edit("params/regions.yml", "                unit: person-hour\n",
         "                unit: person-hour\n                per: [offices, teams]\n"
         "                recurs: {from: 1, per: year}\n")  # fmt: skip
    plan = load_plan("params", "data")
    lines = [plan.lines[f"1.1.1.a/staff.P4.{part}"] for part in ("north", "south")]
    assert [line.quantity.path for line in lines] == ["1.1.1.a/staff.P4#quantity"] * 2
    assert [line.recurs.start for line in lines if line.recurs] == [1, 7]
    found = [multiple(plan, line) for line in lines]
    assert sum(factor for factor, _ in found) == pytest.approx(13)
    assert {yearly for _, yearly in found} == {(3, 6, 9, 12)}


def test_a_scenario_sets_one_year(edit: Callable[..., None]) -> None:
    """A scenario changes a year of a driver by its address, and the trace finds the number with its place."""
    edit("params/regions.yml", "initiatives:\n", DRIVERS)
    edit("params/scenarios/late.yml", "set:\n", "set:\n  regions.drivers.teams.years.2025: 20\n")
    plan = load_plan("params", "data", "late")
    assert plan.drivers["regions.drivers.teams"].numbers == (3, 20, 9, 12)
    value = all_values(plan)["regions.drivers.teams.years.2025"]
    assert value.position.file.endswith("late.yml")
    assert find(plan, "regions.drivers.teams").kind == "driver"
    assert find(plan, "regions.drivers.teams.years.2025").value == value


def test_another_number_is_another_plan() -> None:
    """With another number the plan has another digest; unknown drivers and negative numbers are refused."""
    plan = load_plan()
    other = with_driver(plan, "regional.drivers.teams", 20)
    assert set(other.drivers["regional.drivers.teams"].numbers) == {20}
    assert other.digest != plan.digest
    with pytest.raises(UsageError, match="no driver"):
        with_driver(plan, "regional.drivers.team", 20)
    with pytest.raises(UsageError, match="below 0"):
        with_driver(plan, "regional.drivers.teams", -1)


def test_what_stands_beside_the_plan_is_not_in_it() -> None:
    """No line of the account of the offices is a line of the plan; its numbers are found like any other."""
    plan = load_plan()
    assert plan.beside.account
    assert not set(plan.beside.account) & set(plan.lines)
    values = all_values(plan)
    assert all(line.quantity.path in values for line in plan.beside.account.values())
    assert all(item.amount.path in values for item in plan.beside.raised.values())
