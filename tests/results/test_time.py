"""Tables of schedule and staffing agree with the tables of needs, and with each other, in every scenario."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sfp_model.inputs import load_plan, scenario_names
from sfp_model.inputs.change import with_pace
from sfp_model.model import base, compile, evaluate
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Table
from sfp_model.results.tables import all_tables

SCENARIOS = scenario_names()


@cache
def tables(scenario: str) -> Any:
    return all_tables(Evaluation.of(load_plan(scenario=scenario)))


def sums(rows: Iterable[dict[str, Any]], key: Callable[[dict[str, Any]], Any], value: str) -> dict[Any, float]:
    found: dict[Any, float] = defaultdict(float)
    for row in rows:
        if row[value]:
            found[key(row)] += row[value]
    return dict(found)


def rows(table: Table) -> list[dict[str, Any]]:
    return table.rows()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_quarters_add_up_to_the_needs(scenario: str) -> None:
    """Person-months and CHF by action, sector, funding and year are those of the tables of needs."""
    made = tables(scenario)
    needs = [row for p in load_plan(scenario=scenario).programmes for row in rows(made[f"{p}.needs"])]
    quarters = rows(made["staffing.quarters"])

    def place(row: dict[str, Any]) -> tuple[Any, ...]:
        return row["action"], row["resource"], row["sector"], row["funding"], row["period"].split("-Q")[0]

    assert sums(quarters, place, "person_months") == pytest.approx(sums(needs, place, "person_months"))
    shown = {place(row) for row in quarters}
    paid = {key: chf for key, chf in sums(needs, place, "constant_chf").items() if key in shown}
    assert sums(quarters, place, "constant_chf") == pytest.approx(paid)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_capacity_and_overload_hold_all_absorbed_time(scenario: str) -> None:
    """What groups are asked for is the absorbed time of the horizon; over-allocation names all of its actions."""
    made = tables(scenario)
    capacity = rows(made["staffing.capacity"])
    absorbed = [row for row in rows(made["staffing.quarters"]) if row["funding"] == "absorbed"]
    inside = [row for row in absorbed if "-Q" in row["period"]]
    by_role = sums(inside, lambda row: row["role"], "person_months")
    assert sum(row["work"] for row in capacity) == pytest.approx(by_role["work"])
    assert sum(row["participants"] for row in capacity) == pytest.approx(by_role["participants"])
    overload = rows(made["staffing.overload"])
    group = lambda row: (row["period"], row["sector"], row["station"], row["grade"])  # noqa: E731
    over = {group(row): row for row in capacity if row["over"] > 0}
    named = sums(overload, group, "person_months")
    assert named == pytest.approx({key: row["demand"] for key, row in over.items()})
    asked = rows(made["implications"])
    assert sum(r["over_months"] for r in asked) == pytest.approx(sum(row["over"] for row in over.values()))
    assert all(r["over_months"] <= r["absorbed_months"] + 1e-9 for r in asked)
    for row in over.values():
        assert row["break_even_rate"] * row["time"] == pytest.approx(row["demand"])
        assert row["over"] == pytest.approx(row["demand"] - row["capacity"])


@pytest.mark.parametrize("scenario", ["baseline", "within-existing-resources"])
def test_levelling_moves_within_float_and_needs_no_more_posts(scenario: str) -> None:
    """The tables before and after agree with capacity; no action moves beyond its float; what is left has a price."""
    made = tables(scenario)
    moves, levelling = rows(made["staffing.moves"]), rows(made["staffing.levelling"])
    assert all(0 <= row["moved"] <= row["float"] + 1e-6 for row in moves)
    for case, column in (("as planned", "over"), ("levelled", "levelled_over")):
        mine = [row for row in levelling if row["case"] == case]
        total = sum(row[column] for row in rows(made["staffing.capacity"]))
        assert sum(row["over"] for row in mine) == pytest.approx(total, abs=1e-4)
        assert all(row["additional_constant"] == pytest.approx(row["over"] * row["rate"]) for row in mine)
        assert all(row["over"] <= row["whole_months"] + 1e-4 for row in mine)
        assert all(row["whole_months"] % 3 == 0 and row["whole_months"] >= 3 * row["posts"] for row in mine)
    posts = sums(levelling, lambda row: row["case"], "posts")
    assert posts.get("levelled", 0) < posts["as planned"]


def test_start_and_pace_are_those_of_the_settings(tmp_path: Path) -> None:
    """A changed start and pace give the plan that the same settings of a scenario give; no change gives the plan."""
    text = Path("params/scenarios/baseline.yml").read_text(encoding="utf-8")
    shutil.copytree("params", tmp_path / "params")
    shutil.copytree("data", tmp_path / "data")
    late = text.replace("set: {}", "set: {plan.start: 2024-07, plan.phase_stretch: 1.25}").replace(
        "extends: null", "extends: baseline"
    )
    (tmp_path / "params/scenarios/late.yml").write_text(late, encoding="utf-8")
    typed = compile(load_plan(tmp_path / "params", tmp_path / "data", "late"))
    made = compile(with_pace(load_plan(), 6, 1.25))
    ours, theirs = (evaluate(arrays, base(arrays)).amounts(("line",), "period", "full")[1] for arrays in (made, typed))
    assert ours == pytest.approx(theirs)


def test_effects_of_no_change_are_the_scenario() -> None:
    """The cell without shift and stretch holds the scenario; a later start moves cash and never adds one-off cash."""
    made = tables("baseline")
    effects = rows(made["schedule.effects"])
    needs = sums(rows(made["summary.initiatives"]), lambda row: row["period"], "additional_constant")
    own = [row for row in effects if row["start_shift"] == 0 and row["stretch"] == 1]
    assert sums(own, lambda row: row["period"], "additional_constant") == pytest.approx(needs)
    first = {(r["start_shift"], r["stretch"]): r["additional_constant"] for r in effects if r["period"] == "2024"}
    assert all(first[0, s] > first[3, s] > first[6, s] > first[12, s] for s in (0.75, 1.0, 1.25, 1.5))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_schedule_is_complete(scenario: str) -> None:
    """Every action stands in the schedule; a critical path ends with its programme and has no float."""
    made, plan = tables(scenario), load_plan(scenario=scenario)
    actions = {row["action"]: row for row in rows(made["schedule.actions"])}
    assert list(actions) == list(plan.actions)
    assert all(row["criticality"] is None or 0 <= row["criticality"] <= 1 for row in actions.values())
    for row in rows(made["schedule.programmes"]):
        path = row["critical_path"].split(";")
        assert actions[path[-1]]["end"] == pytest.approx(row["end"])
        key = "plan_float" if row["programme"] == "plan" else "total_float"
        assert all(actions[action][key] == pytest.approx(0) for action in path)
    fixed = rows(made["schedule.fixed"])
    assert len(fixed) == sum(row["fixed_lines"] for row in actions.values())
