"""Ranges start from the amounts of the other tables, agree with them, and differences are taken draw by draw."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

import numpy as np
import pytest

from sfp_model.inputs import load_plan
from sfp_model.inputs.change import only_affected, with_choice
from sfp_model.model import compile
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.range_series import RangeSeries
from sfp_model.results.tables_differences import FEWER, Compared
from sfp_model.uncertainty import simulate
from tests.shared import results as stored

TWO = ("baseline", "within-existing-resources")
ONE = ("baseline",)  # differences are fifty variants; the other scenarios differ by values


@cache
def ranges(scenario: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return the stored ranges by breakdown, programme, initiative, part, funding mode, measure and period."""
    keys = ("breakdown", "programme", "initiative", "part", "funding", "measure", "period")
    return {tuple(row[k] for k in keys): row for row in stored(scenario).table("simulation.ranges")}


@pytest.mark.parametrize("scenario", TWO)
def test_base_estimates_are_those_of_the_needs(scenario: str) -> None:
    """Every breakdown adds up the lines of the needs tables, by year, biennium and in all, to the centime."""
    wanted: dict[tuple[str, ...], float] = defaultdict(float)
    results, found = stored(scenario), ranges(scenario)
    programmes = list(dict.fromkeys(r["programme"] for r in results.table("summary.initiatives")))
    rows = [row for programme in programmes for row in results.table(f"{programme}.needs")]
    for r in rows:
        p, i = r["programme"], r["initiative"]
        names = [("total", "", "", ""), ("programme", p, "", ""), ("initiative", p, i, "")]
        if r["funding"] == "additional":
            names += [("category", "", "", r["category"]), ("programme_category", p, "", r["category"]),
                      ("initiative_category", p, i, r["category"]), ("sector", "", "", r["sector"]),
                      ("programme_sector", p, "", r["sector"]),
                      ("programme_recurrence", p, "", r["recurrence"])]  # fmt: skip
        periods = [r["period"]]
        if r["period"].isdigit():
            periods += ["all", "2024-25" if r["period"] < "2026" else "2026-27"]
        for name in names:
            for period in periods:
                if r["funding"] == "additional":
                    wanted[*name, "additional", "constant", period] += r["constant_chf"]
                    if name[0] in ("total", "programme", "initiative"):
                        wanted[*name, "additional", "nominal", period] += r["nominal_chf"]
                elif r["funding"] == "absorbed":
                    wanted[*name, "absorbed", "months", period] += r["person_months"]
                    if period == "all":
                        wanted[*name, "absorbed", "constant", period] += r["constant_chf"]
    assert wanted
    for key, amount in wanted.items():
        assert found[key]["base"] == pytest.approx(amount, abs=0.005), key


@pytest.mark.parametrize("scenario", TWO)
def test_ranges_are_those_of_the_page_on_ranges(scenario: str) -> None:
    """P10, P90 and the place of the base estimate are the same as in the build-up, to the centime."""
    found, compared = ranges(scenario), 0
    for row in stored(scenario).table("simulation.totals"):
        kind = row["breakdown"]
        key = (kind, row["programme"] if kind != "total" else "", row["label"] if kind == "initiative" else "",
               row["label"] if kind == "category" else "", "additional", row["prices"], row["period"])  # fmt: skip
        if key in found:
            for name, other in (("p10", "p10_chf"), ("p90", "p90_chf"), ("base", "base_chf")):
                assert found[key][name] == pytest.approx(row[other], abs=0.005), key
            assert found[key]["base_at"] == pytest.approx(row["base_at"], abs=1e-9)
            compared += 1
        else:
            assert row["p10_chf"] == row["p90_chf"] == 0
    assert compared or scenario != "baseline"


def test_series_agree_with_the_model_draw_by_draw() -> None:
    """A handful of series of every measure against the outcome's own sums in the same draws."""
    evaluation = Evaluation.of(load_plan())
    series = RangeSeries(evaluation)
    outcome = next(simulate(evaluation.arrays, 3, 1, size=64))
    drawn, names = series(outcome), series.names
    place = {(n[0], n[1], n[2].breakdown, n[2].programme, n[2].initiative, n[2].part, n[3]): i
             for i, n in enumerate(names)}  # fmt: skip
    for prices in ("constant", "nominal"):
        labels, amounts = outcome.amounts(("programme", "initiative"), "year", "additional", prices)  # type: ignore[arg-type]
        for label, row in zip(labels, amounts, strict=True):
            whole = drawn[place["additional", prices, "initiative", *label, "", "all"]]
            assert np.allclose(whole, row[1:-1].sum(axis=0))
    labels, amounts = outcome.amounts(("sector",), "biennium")
    for (sector,), row in zip(labels, amounts, strict=True):
        assert np.allclose(drawn[place["additional", "constant", "sector", "", "", sector, "2026-27"]], row[2])
    labels, months = outcome.person_months(("initiative", "funding"), "year")
    at = labels.index(("h", "absorbed"))
    assert np.allclose(
        drawn[place["absorbed", "months", "initiative", "transformation", "h", "", "2025"]], months[at, 2]
    )
    labels, yearly = outcome.full_year(("programme",), "absorbed")
    for (programme,), row in zip(labels, yearly, strict=True):
        assert np.allclose(drawn[place["absorbed", "constant", "programme", programme, "", "", "full year"]], row)


@pytest.mark.parametrize("scenario", ONE)
def test_differences_start_from_the_tables_of_differences(scenario: str) -> None:
    """Options, deferrals, starts and paces: the base estimate of a range is the amount of the table beside it."""
    found = {
        (
            r["question"],
            r["decision"],
            r["option"],
            r["months"],
            r["stretch"],
            r["funding"],
            r["measure"],
            r["period"],
        ): r
        for r in stored(scenario).table("simulation.differences")
    }
    wanted: dict[tuple[Any, ...], float] = defaultdict(float)
    for r in stored(scenario).table("decisions"):
        if not r["chosen"]:
            key = ("option", r["decision"], r["option"], None, None)
            period = "every" if r["period"] == "all" else r["period"]
            for funding in ("additional", "absorbed"):
                wanted[*key, funding, "constant", period] += r[f"delta_{funding}"]
    for r in stored(scenario).table("decisions.deferral"):
        key = ("deferral", r["decision"], r["option"], r["months"], None)
        for funding in ("additional", "absorbed"):
            wanted[*key, funding, "constant", "every"] += r[f"{funding}_constant"]
        wanted[*key, "additional", "nominal", "every"] += r["additional_nominal"]
    for r in stored(scenario).table("schedule.effects"):
        wanted["paced", "", "", r["start_shift"], r["stretch"], "additional", "constant", r["period"]] += r[
            "additional_constant"
        ]
    for key, amount in wanted.items():
        assert found.get(key, {"base_chf": 0.0})["base_chf"] == pytest.approx(amount, abs=0.01), key
    assert all(r["p10_chf"] <= r["p90_chf"] for r in found.values())


def test_a_difference_is_taken_in_the_same_draws() -> None:
    """Two separate simulations, subtracted draw by draw, give the stored range; their ranges subtracted do not."""
    evaluation = Evaluation.of(load_plan())
    plan = only_affected(evaluation.plan, evaluation.plan.decisions["a.1"].governs)
    both = []
    for variant in (plan, with_choice(plan, "a.1", "B")):
        drawn = simulate(compile(variant), evaluation.plan.settings.seed, 10, size=FEWER,
                         measure=lambda o: o.amounts((), "year")[1][0, 1:-1].sum(axis=0))  # fmt: skip
        both.append(np.concatenate(list(drawn)))
    low, high = np.quantile(both[1] - both[0], [0.1, 0.9])
    (row,) = (r for r in stored("baseline").table("simulation.differences")
              if (r["question"], r["decision"], r["funding"], r["measure"], r["period"])
              == ("option", "a.1", "additional", "constant", "all"))  # fmt: skip
    assert row["p10_chf"] == pytest.approx(low, abs=0.01) and row["p90_chf"] == pytest.approx(high, abs=0.01)
    apart = np.diff(np.quantile(both, [0.1, 0.9], axis=1), axis=1).ravel()
    assert abs(apart - [low, high]).max() > 1000


def test_what_differs_in_no_draw_has_no_row() -> None:
    """A variant that is the plan itself differs by nothing."""
    evaluation = Evaluation.of(load_plan())
    compared = Compared(evaluation)
    amounts = compared.of(only_affected(evaluation.plan, evaluation.plan.decisions["DS"].governs))
    assert list(compared.differences(amounts, amounts, question="option")) == []
