"""Gains: ramp, realisation, present value and payback against closed forms; nothing in the baseline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan, scenario_names
from sfp_model.inputs.plan import Plan
from sfp_model.inputs.risk import Gain
from sfp_model.model import compile
from sfp_model.model.gains import ramped
from sfp_model.results import run
from sfp_model.results.appraisal import payback, present_value
from tests.model.plans import HERE, Recurrence, action, line, plan, resource, settings, value
from tests.shared import results as stored


def small(claimed: float = 0.5, *, rate: float = 0.1, **more) -> Plan:
    """x.1 costs 10,000 in 2024 and 1,200 a year from month 6; half a post of 120,000 is claimed after it."""
    cards = [resource("work", 1000, "day"), resource("month", 100, "month"), resource("post", 120_000, "person-year")]
    lines = [line("x.1.1/work", "work", 10), line("x.1.1/month", "month", 1, recurs=Recurrence(6))]
    numbers = {"savings.realisation": 0.5, "savings.discount_rate": rate, "savings.appraisal_years": 6,
               "savings.process_share": 0.1, "capacity.staff_total": 100}  # fmt: skip
    frame = settings()
    values = {**frame.values, **{key: value(key, number, unit="share") for key, number in numbers.items()}}
    gain = Gain(
        "post", "Half a post", "post", "x.1", "x", "post", 1.0,
        value("gains.post.claimed", claimed, unit="person-year"), value("gains.post.lag", 6, unit="month"),
        value("gains.post.ramp", 12, unit="month"), value("gains.post.cashable", 0.8, unit="share"), HERE,
    )  # fmt: skip
    made = plan(lines, [action("x.1", 0, 6)], cards, settings=replace(frame, values=values), gains={"post": gain})
    return replace(made, **more)


def test_ramp_is_the_integral_of_the_share_in_effect() -> None:
    """Against a fine sum, for starts before, within and after the periods."""
    edges = np.arange(0.0, 61.0, 12.0)
    fine = (np.arange(60_000) + 0.5) / 1000
    for start, ramp in ((-5.0, 12.0), (7.5, 18.0), (30.0, 0.0), (70.0, 6.0)):
        share = np.clip((fine - start) / ramp, 0, 1) if ramp else (fine >= start).astype(float)
        expected = share.reshape(5, 12_000).sum(axis=1) / 1000
        found = ramped(np.array([start]), np.array([ramp]), edges)[:, 0]
        assert found == pytest.approx(expected, abs=2e-3)


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.floats(-24, 72), st.floats(0, 36), st.integers(1, 12))
def test_ramp_adds_up_over_any_periods(start: float, ramp: float, parts: int) -> None:
    """Months of effect do not depend on where the periods are cut."""
    whole = ramped(np.array([start]), np.array([ramp]), np.array([0.0, 48.0]))[0, 0]
    cut = ramped(np.array([start]), np.array([ramp]), np.linspace(0, 48, parts + 1))[:, 0]
    assert cut.sum() == pytest.approx(whole, abs=1e-9)
    assert (cut >= 0).all()


def test_present_value_of_an_annuity() -> None:
    """Closed form of n equal flows in mid-year: (1 − v^n)/r · (1 + r)^½; no rate, no discount."""
    for rate in (0.02, 0.1):
        closed = (1 - (1 + rate) ** -8) / rate * (1 + rate) ** 0.5
        assert present_value(np.ones((8, 1)), rate)[0] == pytest.approx(closed)
    assert present_value(np.array([1.0, 2.0]), 0.0) == pytest.approx(3)
    with pytest.raises(UsageError, match="above −1"):
        present_value(np.ones(2), -1.0)


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=8))
def test_payback_equals_a_walk_through_the_years(flows: list[float]) -> None:
    """The last time at which the running sum turns to 0 or more, by brute force on a fine grid."""
    found = float(payback(np.array(flows)[:, None])[0])
    edges = np.r_[0.0, np.cumsum(flows)]
    if edges[-1] < 0:
        assert found == np.inf
        return
    grid = np.linspace(0, len(flows), 8000 * len(flows) + 1)
    short = np.flatnonzero(np.interp(grid, np.arange(len(edges)), edges) < -1e-9)
    expected = grid[short[-1]] if len(short) else 0.0
    assert found == pytest.approx(expected, abs=2e-3) or abs(np.interp(found, np.arange(len(edges)), edges)) < 0.02


def test_gains_by_year_worked_by_hand() -> None:
    """From month 12 over 12 months: half of 2025, all of 2026 and 2027; 60,000 × 0.5 × 0.8 in a full year."""
    rows = {row["period"]: row for row in run(small()).table("gains")}
    assert [rows[y]["claimed_constant"] for y in ("2024", "2025", "2026")] == pytest.approx([0, 30_000, 60_000])
    assert rows["2025"]["realised_constant"] == pytest.approx(15_000)
    assert rows["2026"]["cashable_constant"] == pytest.approx(24_000)
    assert rows["2026"]["cashable_nominal"] == pytest.approx(24_000)
    assert rows["2024"]["begins_month"] == 12


def test_net_present_value_worked_by_hand() -> None:
    """Costs 10,600, then 1,200 a year; gains 0, 12,000, then 24,000 a year; 10 per cent, six years."""
    costs = np.array([10_600, 1_200, 1_200, 1_200, 1_200, 1_200.0])
    saved = np.array([0, 12_000, 24_000, 24_000, 24_000, 24_000.0])
    expected = sum((g - c) / 1.1 ** (t + 0.5) for t, (c, g) in enumerate(zip(costs, saved, strict=True)))
    rows = {(row["level"], row["id"]): row for row in run(small()).table("gains.npv")}
    row = rows["initiative", "x"]
    assert row["npv_chf"] == pytest.approx(expected)
    assert row["cost_pv_chf"] == pytest.approx(sum(c / 1.1 ** (t + 0.5) for t, c in enumerate(costs)))
    assert row["payback_years"] == pytest.approx(1 + 10_600 / 10_800)
    assert row["mean_chf"] == pytest.approx(expected)  # nothing varies
    assert row["probability_positive"] == 1
    assert row["blocks"] >= 10
    assert rows["programme", "transformation"]["npv_chf"] == pytest.approx(expected)


def test_break_even_worked_by_hand() -> None:
    """CHF 14,200 inside the horizon over 3.5 years left; 1,200 a year after; posts of 120,000; 10 person-years."""
    made = small(0.0)
    rows = {(row["level"], row["id"]): row for row in run(made).table("gains.break_even")}
    row = rows["action", "x.1"]
    assert row["additional_chf"] == pytest.approx(10_000 + 42 * 100)
    assert row["years_left"] == pytest.approx(3.5)
    assert row["gain_horizon_chf"] == pytest.approx(14_200 / 3.5)
    assert row["posts_horizon"] == pytest.approx(14_200 / 3.5 / 120_000)
    assert row["process_share_horizon"] == pytest.approx(14_200 / 3.5 / 120_000 / 10)
    assert row["claimed_horizon_chf"] == pytest.approx(14_200 / 3.5 / 0.5)
    assert row["full_year_chf"] == pytest.approx(1_200)
    assert row["posts_full_year"] == pytest.approx(0.01)
    assert row["contract_days_horizon"] is None
    assert rows["programme", "transformation"]["additional_chf"] == rows["initiative", "x"]["additional_chf"]


def test_a_gain_that_is_not_claimed_is_nowhere() -> None:
    """No input, no amount, no net present value."""
    made = small(0.0)
    assert compile(made).gains is None
    assert not any(key.startswith("gains.") for key in compile(made).inputs.ids)
    assert sum(row["claimed_constant"] for row in run(made).table("gains")) == 0
    assert run(made).table("gains.npv") == []


def test_work_that_ends_with_the_horizon_has_no_time_to_pay_back() -> None:
    """There is no gain needed, because none would be enough."""
    made = small(0.0, actions={"x.1": action("x.1", 40, 8)})
    (row,) = [r for r in run(made).table("gains.break_even") if r["level"] == "action"]
    assert row["years_left"] == 0
    assert row["gain_horizon_chf"] is None


@pytest.mark.parametrize("scenario", scenario_names())
def test_break_even_agrees_with_needs(scenario: str) -> None:
    """Only the labelled scenario has gains; the need to be earned back is that of the tables, less the subsidy."""
    made = load_plan(scenario=scenario)
    results = run(made)
    claimed = sum(row["claimed_constant"] for row in results.table("gains"))
    assert (claimed > 0) == (scenario == "gains-estimate")
    assert all(gain.claimed.confidence == "E" for gain in made.gains.values())
    rows = results.table("gains.break_even")
    needs: dict[str, float] = {}
    for programme in {row["programme"] for row in rows}:
        for row in results.table(f"{programme}.needs"):
            plain = row["funding"] == "additional" and row["period"].isdigit() and row["line"] != "event/subsidy"
            needs[programme] = needs.get(programme, 0.0) + row["constant_chf"] * plain
    for level in ("programme", "initiative", "action"):
        for programme, need in needs.items():
            parts = [r["additional_chf"] for r in rows if r["level"] == level and r["programme"] == programme]
            assert sum(parts) == pytest.approx(need, abs=0.005)


def test_a_realised_gain_is_a_source_of_funds_once() -> None:
    """It feeds the source `gains` in its year, lowers the gap, and leaves needs as they are."""
    made, without = (stored(name) for name in ("gains-estimate", "baseline"))
    gained: dict[str, float] = {}
    for row in made.table("gains"):
        gained[row["period"]] = gained.get(row["period"], 0.0) + row["cashable_nominal"]
    sources = [row for row in made.table("funding.sources") if row["source"] == "gains" and row["kind"] == "year"]
    assert {row["period"]: row["available_chf"] for row in sources} == pytest.approx(gained)
    assert {row["evidence"] for row in sources} == {"estimate of the scenario"}
    gap = {name: {(r["ceiling"], r["kind"], r["period"]): r for r in results.table("funding.gap")}
           for name, results in (("made", made), ("without", without))}  # fmt: skip
    for key, row in gap["made"].items():
        assert row["additional_chf"] == pytest.approx(gap["without"][key]["additional_chf"])
        total = row["regular_chf"] + row["sources_chf"] + row["gap_chf"]
        assert total == pytest.approx(row["additional_chf"], abs=0.005)
    assert sum(r["drawn_chf"] for r in sources) <= sum(gained.values()) + 0.005
    assert all(r["available_chf"] == 0 for r in without.table("funding.sources") if r["source"] == "gains")
