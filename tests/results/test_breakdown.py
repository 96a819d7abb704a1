"""Every breakdown of the command line adds up to the plan, in every scenario, price basis and funding mode."""

from __future__ import annotations

import itertools

import pytest

from sfp_model.inputs import load_plan, scenario_names
from sfp_model.results import run
from sfp_model.results.breakdown import AMOUNTS, KEYS, added_up, periods
from sfp_model.results.needs_view import LABELS, needs_view

TIMES = ("year", "biennium")


@pytest.mark.parametrize("scenario", scenario_names())
def test_every_breakdown_adds_up(scenario: str) -> None:
    """The sum over any key, and over any key and year or biennium, is the total of the summary to the centime."""
    plan = load_plan(scenario=scenario)
    results = run(plan)
    view, by_month = needs_view(plan, results), needs_view(plan, results, months=True)
    rows = results.table("summary.initiatives")
    inside = set(periods(plan, "year")[1:-1])
    for measure, prices in itertools.product(("additional", "absorbed", "in_kind", "full"), ("constant", "nominal")):
        modes = ("additional", "absorbed", "in_kind") if measure == "full" else (measure,)
        whole = {
            period: sum(row[f"{mode}_{prices}"] for row in rows if row["period"] == period for mode in modes)
            for period in periods(plan, "year")
        }
        horizon = sum(amount for period, amount in whole.items() if period in inside)
        for key in KEYS:
            found = added_up(by_month if key == "month" else view, [key], measure, prices)
            wanted = sum(whole.values()) if key in TIMES else horizon
            assert sum(row["chf"] for row in found) == pytest.approx(wanted, abs=0.005), (key, measure, prices)
        for key in LABELS:
            found = added_up(view, [key, "year"], measure, prices)
            for period, amount in whole.items():
                part = sum(row["chf"] for row in found if row["year"] == period)
                assert part == pytest.approx(amount, abs=0.005), (key, period, measure, prices)
        found = added_up(view, ["programme", "biennium"], measure, prices)
        assert sum(row["chf"] for row in found) == pytest.approx(sum(whole.values()), abs=0.005)


@pytest.mark.parametrize("scenario", scenario_names())
@pytest.mark.parametrize("measure", ["additional", "absorbed", "full"])
def test_effects_lead_from_constant_to_nominal(scenario: str, measure: str) -> None:
    """In every breakdown constant + price effect + exchange effect + interaction = nominal to the centime."""
    plan = load_plan(scenario=scenario)
    results = run(plan)
    view, by_month = needs_view(plan, results), needs_view(plan, results, months=True)
    for key in KEYS:
        here = by_month if key == "month" else view
        found = added_up(here, [key], measure, "effects")
        nominal = {row[key]: row["chf"] for row in added_up(here, [key], measure, "nominal")}
        assert {row[key] for row in found} == set(nominal)
        for row in found:
            assert sum(row[name] for name in AMOUNTS[:-1]) == pytest.approx(row["nominal_chf"], abs=0.005)
            assert row["nominal_chf"] == pytest.approx(nominal[row[key]], abs=0.005)
