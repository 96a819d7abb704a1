"""Country teams, offices, series, indicators and goals: the tables agree with the needs and with paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sfp_model.inputs import Plan, load_plan, scenario_names
from sfp_model.inputs.drivers import with_driver
from sfp_model.inputs.plan import CatalogueItem
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Table
from sfp_model.results.tables_goals import GOALS, goals
from sfp_model.results.tables_regional import TABLES

TEAMS, LEVER = "regional.drivers.teams", "regional.drivers.activities"


def table(evaluation: Evaluation, name: str) -> list[dict[str, Any]]:
    columns, rows = TABLES[name]
    return Table.of(columns, rows(evaluation)).rows()


@pytest.fixture(scope="module", params=scenario_names())
def evaluation(request: pytest.FixtureRequest) -> Evaluation:
    return Evaluation.of(load_plan(scenario=request.param))


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan()


def inside(evaluation: Evaluation, funding: str, lines: set[str] | None = None, programme: str = "") -> float:
    return sum(
        float(row[1:-1].sum())
        for facts, row in zip(evaluation.facts, evaluation.constant, strict=True)
        if facts.funding == funding
        and (lines is None or facts.line in lines)
        and (not programme or facts.programme == programme)
    )


def test_engagement_adds_up_to_its_lines(evaluation: Evaluation) -> None:
    """Regions and years add up to the lines that the country teams multiply, to the centime."""
    rows = table(evaluation, "regional.engagement")
    lines = {key for key, line in evaluation.plan.lines.items() if TEAMS in line.per}
    for funding, column in (("additional", "additional_chf"), ("absorbed", "absorbed_chf")):
        assert sum(row[column] for row in rows) == pytest.approx(inside(evaluation, funding, lines), abs=0.005)


def test_regions_ramp_to_the_number_of_the_plan(plan: Plan) -> None:
    """By hand: 6 of 13 teams from month 6, 11 from month 12, all from month 18."""
    rows = table(Evaluation.of(plan), "regional.engagement")
    years = {year: sum(r["number"] for r in rows if r["period"] == year) for year in ("2024", "2025", "2026", "2027")}
    assert years == pytest.approx({"2024": 3, "2025": 12, "2026": 13, "2027": 13})


def test_the_curve_is_a_straight_line_through_the_scenario(evaluation: Evaluation) -> None:
    """Need is a fixed part and a part per team; the scenario's own number gives the need of the summary."""
    rows = table(evaluation, "regional.curve")
    first, last = rows[0], rows[-1]
    assert [row["number"] for row in rows] == sorted(row["number"] for row in rows)
    for column in ("additional_chf", "additional_nominal_chf", "absorbed_chf", "person_months", "full_year_chf"):
        slope = (last[column] - first[column]) / (last["number"] - first["number"])
        for row in rows:
            assert row[column] == pytest.approx(first[column] + slope * (row["number"] - first["number"]), abs=0.005)
    (chosen,) = [row for row in rows if row["chosen"]]
    assert chosen["additional_chf"] == pytest.approx(inside(evaluation, "additional", programme="regional_presence"))
    assert chosen["absorbed_chf"] == pytest.approx(inside(evaluation, "absorbed", programme="regional_presence"))


def test_margin_of_a_driver_is_the_slope_of_the_model(plan: Plan) -> None:
    """What one more of each driver needs is what the plan needs with one more of it."""
    here = Evaluation.of(plan)
    for row in table(here, "drivers"):
        driver = plan.drivers[row["driver"]]
        if driver.yearly and len(set(driver.numbers)) > 1:
            continue
        more = Evaluation.of(with_driver(plan, driver.id, driver.numbers[0] + 1))
        for funding, column in (("additional", "unit_additional_chf"), ("absorbed", "unit_absorbed_chf")):
            assert inside(more, funding) - inside(here, funding) == pytest.approx(row[column], abs=0.005), driver.id


def test_a_lever_releases_time_and_no_cash(plan: Plan) -> None:
    """Fewer activities release offices × dropped × days, fixed time stays, and the plan's need does not move."""
    here = Evaluation.of(plan)
    there = Evaluation.of(with_driver(plan, LEVER, 18))
    assert there.constant.sum() == here.constant.sum()
    assert table(there, "regional.offices") == table(here, "regional.offices")
    for evaluation, dropped in ((here, 0), (there, 2)):
        for row in (row for row in table(evaluation, "regional.levers") if row["planned"]):
            assert row["released_person_months"] == pytest.approx(13 * dropped * 44 * 12 / 215)
            assert row["additional_chf"] == 0
    for row in (row for row in table(here, "regional.levers") if not row["planned"]):
        assert row["released_person_months"] == pytest.approx(13 * (20 - row["number"]) * 44 * 12 / 215)
    kinds = {row["kind"]: row["person_months"] for row in table(here, "regional.offices")}
    assert kinds == pytest.approx({"fixed": 13 * 24, "variable": 13 * 20 * 44 * 12 / 215})


def test_time_needed_is_that_of_field_staff(plan: Plan) -> None:
    """The absorbed time beside the lever is that of staff in the regions in the needs."""
    evaluation = Evaluation.of(plan)
    rows = {row["period"]: row for row in table(evaluation, "regional.levers") if row["planned"]}
    for p, period in enumerate(evaluation.periods):
        if period in rows:
            expected = sum(
                evaluation.person_months[i, p]
                for i, facts in enumerate(evaluation.facts)
                if facts.programme == "regional_presence" and facts.resource.startswith("staff.region")
            )
            assert rows[period]["needed_person_months"] == pytest.approx(expected)


def test_money_to_be_raised_is_not_in_the_plan(plan: Plan) -> None:
    """Twice the money to be raised changes no need."""
    (key,) = plan.beside.raised
    item = plan.beside.raised[key]
    estimate = replace(item.amount.estimate, low=0.0, mode=1.8e6, high=5.4e6)
    beside = replace(plan.beside, raised={key: replace(item, amount=replace(item.amount, estimate=estimate))})
    here, there = Evaluation.of(plan), Evaluation.of(replace(plan, beside=beside))
    assert there.constant.sum() == here.constant.sum()
    (before,), (after,) = table(here, "regional.raised"), table(there, "regional.raised")
    assert after["mode_chf"] == 2 * before["mode_chf"] == pytest.approx(2 * 2.5 * 900_000)
    assert after["cost_additional_chf"] == before["cost_additional_chf"] > 0


def test_measuring_adds_up_to_its_lines(evaluation: Evaluation) -> None:
    """Lines that several indicators share are counted once; no baseline or target is there without a source."""
    rows = table(evaluation, "indicators")
    lines = {line for row in rows for line in row["lines"].split(";")}
    assert lines <= set(evaluation.plan.lines)
    for funding, column in (("additional", "additional_chf"), ("absorbed", "absorbed_chf")):
        assert sum(row[column] for row in rows) == pytest.approx(inside(evaluation, funding, lines), abs=0.005)
    for row in rows:
        assert row["baseline_note"] and row["target_note"]
    wanted = {key for key, item in evaluation.plan.actions.items() if item.programme == "regional_presence"}
    assert {row["serves"] for row in rows} == wanted


def test_series_are_groups_sessions_and_guests(plan: Plan) -> None:
    """By hand: six groups of middle management in four half-days of 15 guests are 180 person-days."""
    rows = {row["activity"]: row for row in table(Evaluation.of(plan), "workplace.series")}
    assert set(rows) == {"DS-1.3", "DS-3.2", "DS-3.3", "DS-3.4", "DS-3.5"}
    middle = rows["DS-3.3"]
    assert (middle["groups"], middle["sessions"], middle["guests"], middle["held"]) == (6, 4, 15, 24)
    assert middle["participants_person_months"] == pytest.approx(180 * 12 / 215)


def test_goals_add_up_to_the_plan(evaluation: Evaluation) -> None:
    """Without links all of it stands without a goal."""
    (row,) = Table.of(GOALS, goals(evaluation)).rows()
    assert (row["goal"], row["items"]) == ("", 0)
    assert row["additional_chf"] == pytest.approx(inside(evaluation, "additional"))
    assert row["absorbed_chf"] == pytest.approx(inside(evaluation, "absorbed"))


def test_goals_share_what_serves_two(plan: Plan) -> None:
    """With goals in the catalogue, an activity counts for each goal of its items in equal parts."""
    made = {key: CatalogueItem(key, "goal", f"Goal {key}", "", "") for key in ("G1", "G2")}
    catalogue = {**plan.catalogue, **made}
    catalogue["1.1.1"] = replace(catalogue["1.1.1"], links={"goal": ("G1", "G2")})
    catalogue["1.3.2"] = replace(catalogue["1.3.2"], links={"goal": ("G2",)})
    evaluation = Evaluation.of(replace(plan, catalogue=catalogue))
    rows = {row["goal"]: row for row in Table.of(GOALS, goals(evaluation)).rows()}
    action = {
        key: inside(evaluation, "additional", {ln.id for ln in plan.lines.values() if ln.action == key})
        for key in ("1.1.1", "1.3.2")
    }
    assert rows["G1"]["additional_chf"] == pytest.approx(action["1.1.1"] / 2)
    assert rows["G2"]["additional_chf"] == pytest.approx(action["1.1.1"] / 2 + action["1.3.2"])
    assert sum(row["additional_chf"] for row in rows.values()) == pytest.approx(inside(evaluation, "additional"))
