"""Tables of ranges add up, start from the base estimate of the other tables, and say what can be true."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sfp_model.decisions.contingency import cvar
from sfp_model.inputs import load_plan, scenario_names
from sfp_model.model import compile
from sfp_model.results.draws import ranges
from sfp_model.results.simulation import Run, at_correlations, repaired
from sfp_model.results.tables_simulation import SIMULATION
from sfp_model.uncertainty import coupling_of
from tests.shared import results as stored

SCENARIOS = scenario_names()
TWO = ("baseline", "within-existing-resources")  # the others differ by values, and a draw costs time


def rows(scenario: str, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stored(scenario).table(name)
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_build_up_starts_from_the_needs_and_adds_up(scenario: str) -> None:
    """The base estimates are those of the tables of needs; base + provision = P50; P50 + contingency = P80."""
    needs: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows(scenario, "summary.initiatives"):
        if row["period"].isdigit():
            for key in (("total", ""), ("programme", row["programme"]), ("initiative", row["initiative"])):
                needs[*key, row["period"]] += row["additional_constant"]  # type: ignore[index]
                needs[*key, "all"] += row["additional_constant"]  # type: ignore[index]
    for row in rows(scenario, "simulation.totals"):
        place = (row["breakdown"], row["label"], row["period"])
        if row["prices"] == "constant" and place in needs:
            assert row["base_chf"] == pytest.approx(needs[place], abs=0.01)  # type: ignore[index]
        assert row["base_chf"] + row["provision_chf"] == pytest.approx(row["p50_chf"], abs=0.01)
        assert row["p50_chf"] + row["contingency_chf"] == pytest.approx(row["p80_chf"], abs=0.01)
        ordered = [row[key] for key in ("p10_chf", "p50_chf", "p80_chf", "p90_chf", "cvar90_chf")]
        assert ordered == sorted(ordered)
        assert row["expected_chf"] <= row["cvar90_chf"] + 0.01


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_allocations_add_up_to_the_plan(scenario: str) -> None:
    """Cells, initiatives and years add up to P50, P80 and contingency of the plan, alone with diversification."""
    plan = next(r for r in rows(scenario, "simulation.totals") if r["breakdown"] == "total" and r["period"] == "all")
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows(scenario, "simulation.contingency"):
        for key in ("p50_chf", "p80_chf", "contingency_chf", "alone_chf", "spread_share"):
            sums[row["level"]][key] += row[key]
    assert set(sums) == {"cell", "initiative", "year", "total"}
    for level in sums.values():
        for key in ("p50_chf", "p80_chf", "contingency_chf"):
            assert level[key] == pytest.approx(plan[key], abs=0.01)
        assert level["alone_chf"] == pytest.approx(plan["contingency_chf"], abs=0.01)
        assert level["spread_share"] == pytest.approx(1.0 if plan["p90_chf"] > plan["p10_chf"] else 0.0)


@pytest.mark.parametrize("scenario", TWO)
def test_the_same_total_in_every_table(scenario: str) -> None:
    """P50 and P80 of the plan are the same in totals, curve, convergence, dependence and views; years as in the fan."""
    totals = {(r["breakdown"], r["period"], r["prices"]): r for r in rows(scenario, "simulation.totals")}
    plan = totals["total", "all", "constant"]
    curve = {r["percentile"]: r["additional_chf"] for r in rows(scenario, "simulation.curve") if r["view"] == "inside"}
    last = rows(scenario, "simulation.convergence")[-1]
    for percentile, key in ((50, "p50_chf"), (80, "p80_chf")):
        same = [curve[percentile], last[key], rows(scenario, "simulation.rho")[0][key],
                rows(scenario, "simulation.views")[0][key]]  # fmt: skip
        assert same == pytest.approx([plan[key]] * 4, abs=0.01)
    for row in rows(scenario, "simulation.fan"):
        year = totals["total", row["period"], row["prices"]]
        assert [row[k] for k in ("base_chf", "p50_chf", "p90_chf")] == pytest.approx(
            [year[k] for k in ("base_chf", "p50_chf", "p90_chf")], abs=0.01
        )


@pytest.mark.parametrize("scenario", TWO)
def test_absorbed_time_starts_from_the_needs(scenario: str) -> None:
    """The base estimate of absorbed time is that of the summary."""
    months = sum(r["person_months"] for r in rows(scenario, "summary.initiatives") if r["period"].isdigit())
    total, peak = rows(scenario, "simulation.absorbed")
    assert total["base"] == pytest.approx(months)
    assert 0 < peak["p50"] < total["p50"]


@pytest.mark.parametrize("scenario", TWO)
def test_joint_statements_are_bounded_by_their_parts(scenario: str) -> None:
    """Both hold at most as often as each, and at least as often as the two must overlap; all years as the rarest."""
    table = rows(scenario, "simulation.joint")
    found = {(r["kind"], r["key"]): r["probability"] for r in table if r["period"] == "all"}
    pairs = {"base and planned": ("base", "planned"), "p80 and p80": ("p80", "p80"),
             "p80 and horizon": ("p80", "horizon")}  # fmt: skip
    for both, (cost, time) in pairs.items():
        first, second = found["cost", cost], found["schedule", time]
        assert max(0.0, first + second - 1) - 1e-9 <= found["both", both] <= min(first, second) + 1e-9
    for name in ("low year", "centre year", "high year", "centre biennium"):
        single = [r["probability"] for r in table if r["key"] == name and r["period"] != "all"]
        assert found["ceiling", name] <= min(single) + 1e-9
    assert found["ceiling", "low year"] <= found["ceiling", "centre year"] <= found["ceiling", "high year"]
    if scenario == "baseline":
        assert found["cost", "p80"] == pytest.approx(0.8, abs=1e-3)


def test_more_correlation_needs_more_contingency() -> None:
    """P80 less P50 rises with the correlation, far beyond its standard error; a wider cap moves the worst tenth."""
    table = rows("baseline", "simulation.rho")
    wide = [r["contingency_chf"] for r in table if not r["own"]]
    assert np.all(np.diff(wide) > 4 * max(r["se_p80_chf"] for r in table))
    first, second = (r for r in rows("baseline", "simulation.views") if r["view"] == "outside")
    assert second["cap"] > first["cap"]
    assert second["cvar90_chf"] > first["cvar90_chf"]


def test_tables_have_the_declared_columns() -> None:
    """Every declared table is stored."""
    for name, wanted in SIMULATION.items():
        assert [c.name for c in wanted] == list(rows("baseline", name)[0])


def test_standard_errors_are_those_of_blocks() -> None:
    """Every percentile, mean and CVaR has a standard error: the spread of ten blocks' own values over √10."""
    series = np.random.default_rng(2).lognormal(size=(3, 10, 257))
    found = ranges(series, np.zeros(3))
    for k in range(3):
        row = found.row(k, 0.0)
        own = {f"p{p}": np.quantile(series[k], p / 100, axis=1) for p in (10, 50, 80, 90)}
        own |= {"expected": series[k].mean(axis=1), "cvar90": np.array([cvar(block) for block in series[k]])}
        for name, values in own.items():
            assert row[f"se_{name}_chf"] == pytest.approx(values.std(ddof=1) / np.sqrt(10))


@pytest.mark.parametrize("scenario", TWO)
def test_every_percentile_has_a_standard_error(scenario: str) -> None:
    """Beside each percentile of ranges, dependence, absorbed time, event, schedule and gains stands its error."""
    for name, amount in (("fan", "p80_chf"), ("views", "p80_chf"), ("rho", "p50_chf"), ("absorbed", "p90")):
        for row in rows(scenario, f"simulation.{name}"):
            assert 0 <= row[f"se_{amount}"] <= 0.1 * abs(row[amount]) + 1
    for row in rows(scenario, "simulation.curve"):
        assert 0 <= row["se_chf"] <= 0.1 * row["additional_chf"] + 1
    for row in rows(scenario, "event.fund"):
        for name in ("net_mean", "net_p10", "net_p50", "net_p90", "subsidy_mean", "subsidy_p80", "required_p80"):
            assert row[f"se_{name}_chf"] > 0
        assert 0 < row["se_ldc_p10"] < 0.05 * row["ldc_p10"] and 0 < row["se_ldc_p90"] < 0.05 * row["ldc_p90"]
    for row in rows(scenario, "event.frontier"):
        assert (row["se_impact_p90"] > 0) == (row["impact_p90"] > 0)
        assert 0 <= row["se_subsidy_p80_chf"] <= 0.05 * row["subsidy_p80_chf"] + 50_000
    for row in rows(scenario, "schedule.programmes"):
        assert 0 < row["se_end_p50"] < 0.3 and 0 < row["se_end_p80"] < 0.3
    for row in rows(scenario, "regional.curve"):
        assert 0 <= row["se_additional_p90_chf"] <= 0.05 * row["additional_p90_chf"]
    for row in rows("gains-estimate", "gains.npv"):
        assert all(0 < row[f"se_{p}_chf"] < 0.05 * abs(row[f"{p}_chf"]) for p in ("p10", "p50", "p80"))


def test_dependence_says_what_was_repaired() -> None:
    """Correlations of drivers that contradict each other are repaired, and the tables and notes say by how much."""
    assert {row["repair"] for row in rows("baseline", "simulation.rho")} == {0.0}
    arrays = compile(load_plan())
    pairs = ("prices.staff", "prices.USD", "staff.USD")
    torn = replace(arrays, dependence=dict(arrays.dependence) | {f"drivers.{pair}": -0.9 for pair in pairs})
    assert repaired(arrays) == ""
    assert "contradict each other" in repaired(torn)
    assert coupling_of(torn).repair.repaired


def test_the_bar_of_several_correlations_goes_forward() -> None:
    """Blocks add up over the cases, and what is expected in all is the same throughout."""
    told: list[tuple[int, int]] = []
    run_ = Run((), "total", "additional", "constant", 1, 0.0, "lhs", "inside", 5)
    at_correlations(load_plan(), run_, [0.0], told=lambda done, _, expected: told.append((done, expected)))
    assert told == [(k + 1, 20) for k in range(20)]
