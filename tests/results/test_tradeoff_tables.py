"""The trade-off of the event: its tables agree with each other, with the event's own, and with independent solvers."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq, minimize

from sfp_model.decisions.event_analysis import WHOLE, Analysis
from sfp_model.decisions.event_drivers import contenders
from sfp_model.decisions.smaa import simplex
from sfp_model.inputs import load_plan, scenario_names
from sfp_model.inputs.tradeoff_plan import MOVED, SEARCHED
from sfp_model.model.event_levers import LEVERS, Levers
from sfp_model.results import run
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.tables_event import TRADEOFF_NAMES
from sfp_model.results.tables_tradeoff import TRADEOFF, analysis_of, searched_cases
from tests.shared import results

SCENARIOS = scenario_names()


@cache
def analysis() -> Analysis:
    found = analysis_of(Evaluation.of(load_plan()))
    assert found is not None
    return found


def table(name: str, scenario: str = "baseline") -> pd.DataFrame:
    frame: pd.DataFrame = results(scenario).frame(name)
    return frame


def test_names_of_tables_and_levers() -> None:
    """Every table that is announced is made; levers that the file ranges over are levers of the model."""
    assert tuple(TRADEOFF) == TRADEOFF_NAMES
    assert set(SEARCHED) | set(MOVED) <= set(LEVERS)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_agrees_with_the_event_to_the_centime(scenario: str) -> None:
    """Net result and score of each concept in its own format and place are those of event.results and event.impact."""
    totals = table("event.results", scenario).query("edition == 'total'").set_index("concept")
    scores = table("event.impact", scenario).groupby("concept")["score"].mean()
    points = table("event.frontier", scenario).query("kind == 'combination' and own")
    assert len(points) == (totals["format"] != "").sum()
    for row in points.itertuples():
        assert row.net_chf == pytest.approx(totals.at[row.concept, "net_chf"], abs=0.005)
        assert row.impact == pytest.approx(scores[row.concept])
        assert row.chosen == totals.at[row.concept, "chosen"]
    sponsorship = table("event.sponsorship", scenario).query("now").set_index("concept")
    calendar = table("event.calendar", scenario).query("now").set_index("concept")
    for concept in points["concept"]:
        assert sponsorship.at[concept, "net_chf"] == pytest.approx(totals.at[concept, "net_chf"], abs=0.005)
        assert calendar.at[concept, "net_chf"] == pytest.approx(totals.at[concept, "net_chf"], abs=0.005)
        assert calendar.at[concept, "delegates"] == pytest.approx(totals.at[concept, "onsite"])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_frontier_is_not_dominated(scenario: str) -> None:
    """No row betters a row on its frontier, and every other row is bettered by one on it; subsidies rise with P."""
    rows = table("event.frontier", scenario)
    assert (rows["subsidy_p80_chf"] >= rows["subsidy_p50_chf"] - 1e-6).all()
    for mark, first, second, sign, among in (
        ("best_net", "impact", "net_chf", 1, rows["kind"] != "levers"),
        ("best_p50", "impact_mean", "subsidy_p50_chf", -1, rows["kind"] != "levers"),
        ("best_p80", "impact_mean", "subsidy_p80_chf", -1, rows["kind"] != "levers"),
        ("overall_net", "impact", "net_chf", 1, rows["kind"] != ""),
        ("overall_p80", "impact_mean", "subsidy_p80_chf", -1, rows["kind"] != ""),
    ):
        points = rows[among & rows["admitted"]]
        a, b = points[first].to_numpy(), sign * points[second].to_numpy()
        better = (a[None] >= a[:, None]) & (b[None] >= b[:, None]) & ((a[None] > a[:, None]) | (b[None] > b[:, None]))
        assert (better.any(axis=1) == ~points[mark].to_numpy()).all(), mark
        assert not rows.loc[~rows["admitted"], mark].any(), mark


def test_shares_sum_to_one() -> None:
    """Rank acceptabilities, profiles and central weights are shares of a whole."""
    ranks = table("event.acceptability")
    by_concept = ranks.groupby("concept")
    assert by_concept["acceptability"].sum().to_numpy() == pytest.approx(by_concept["admissible"].first().to_numpy())
    places = ranks.groupby("rank")["acceptability"].sum()  # the last rank is empty where a concept may not be chosen
    assert places.iloc[0] == pytest.approx(1) and (places.diff().dropna() <= 1e-9).all()
    assert places.sum() == pytest.approx(by_concept["admissible"].first().sum())
    assert table("event.profiles").groupby("profile")["first"].sum().to_numpy() == pytest.approx(1)
    weights = table("event.weights").dropna(subset="weight").groupby(["kind", "name"])["weight"].sum()
    assert weights.to_numpy() == pytest.approx(1)
    fund = table("event.fund")
    assert fund["least_subsidy"].sum() == pytest.approx(1)
    assert fund["most_ldc"].sum() == pytest.approx(1)


def test_ranges_are_those_of_the_fund_where_both_say_it() -> None:
    """Ratios and LDC delegates have the percentiles of ``event.fund``; the base estimate of most lies inside."""
    ranges, fund = table("event.ranges"), table("event.fund").set_index("concept")
    assert set(ranges["concept"]) == set(fund.index) and len(ranges) == len(fund) * ranges["quantity"].nunique()
    for row in ranges.itertuples():
        if row.quantity.startswith("ratio_"):
            assert row.p50 == pytest.approx(fund.at[row.concept, row.quantity])
        if row.quantity == "diff_ldc_delegates":
            stated = fund.loc[row.concept, ["ldc_p10", "ldc_p90", "se_ldc_p10", "se_ldc_p90"]].tolist()
            assert [row.p10, row.p90, row.se_p10, row.se_p90] == pytest.approx(stated)
        if row.quantity == "score_mean":
            assert row.p10 < row.p50 < row.p90
    assert (ranges[["se_p10", "se_p90"]] >= 0).all(axis=None) and (ranges["p10"] <= ranges["p90"]).all()


@pytest.mark.parametrize("quantity", MOVED)
def test_break_even_equals_brentq(quantity: str) -> None:
    """Each break-even of the model equals Brent's method; where there is none, no setting of a fine grid has one."""
    rows = table("event.break_even").query("quantity == @quantity")
    for case, row in enumerate(rows.itertuples()):

        def net(x: float | np.ndarray, at: int = case) -> Any:
            settings = np.atleast_1d(np.asarray(x, float))
            found = analysis().study.at_base(at, Levers(**{quantity: settings}), settings.size).net[0].sum(axis=0)
            return found if np.ndim(x) else float(found[0])

        grid = np.linspace(row.low, row.high, 977)
        values = net(grid)
        if np.isnan(row.point):
            assert (values < 0).all() or (values > 0).all()
        else:
            # Halls are let in whole parts, so that the net result has steps and may cross zero more than once near by:
            # Brent's method is asked for the crossing around the point.
            near = 1e-5 * max(1.0, row.high)
            assert brentq(net, row.point - near, row.point + near) == pytest.approx(row.point, abs=near)
            assert (np.sign(values[:-1]) != np.sign(values[1:])).any()


def test_search_against_dense_enumeration_of_the_model() -> None:
    """No setting on a grid of 12,000 over five levers betters the frontier of the chosen concept by more than 2 %."""
    found = analysis()
    case = found.study.concepts["with_both"]
    low, high = found.study.bounds(case)
    search = found.search(case)
    axes = [np.linspace(low[i], high[i], 5 if i in (3, 5) else 7) for i in range(len(SEARCHED))]
    for fixed in (2, 6):  # area on offer where it does not bind; days as they are
        axes[fixed] = np.array([high[fixed] if fixed == 2 else found.study.now(case)[fixed]])
    grid = np.array(list(itertools.product(*axes)))
    values = np.concatenate([found.study.objectives(case, part) for part in np.array_split(grid, 8)])
    spread = np.ptp(search.values[:, 0])
    order = np.argsort(search.values[:, 1])
    for impact, net in search.values:
        above = values[values[:, 1] >= net]
        if len(above):
            assert above[:, 0].max() - impact <= 0.02 * spread
    assert len(order) >= 4


def test_search_against_slsqp_of_the_model() -> None:
    """A point of the frontier equals what SLSQP of SciPy finds for the same ε from several starts, within 2 %."""
    found = analysis()
    case = found.study.concepts["with_wsis"]
    low, high = found.study.bounds(case)
    search = found.search(case)
    target = search.values[len(search.values) // 2]
    scale = abs(target[1]) + 1

    def both(unit: np.ndarray) -> np.ndarray:
        return found.study.objectives(case, (low + np.clip(unit, 0, 1) * (high - low))[None])[0]

    best = -np.inf
    for start in (search.levers[len(search.values) // 2], found.study.now(case)):
        solved = minimize(
            lambda x: -both(x)[0], (start - low) / (high - low), method="SLSQP", bounds=[(0, 1)] * len(low),
            constraints=[{"type": "ineq", "fun": lambda x: (both(x)[1] - target[1]) / scale}], options={"maxiter": 25},
        )  # fmt: skip
        value = both(solved.x)
        if value[1] >= target[1] - 1e-3 * scale:
            best = max(best, value[0])
    assert best - target[0] <= 0.02 * np.ptp(search.values[:, 0])


def test_every_admitted_combination_is_searched() -> None:
    """The levers of all that may be chosen move, and of nothing else."""
    found, rows = analysis(), table("event.frontier")
    may = {found.study.cases[case].key for case in searched_cases(found)}
    assert may == {(r.concept, r.format, r.place) for r in table("event.admissible").query("admitted").itertuples()}
    levers = rows.query("kind == 'levers'")
    assert {(r.concept, r.format, r.place) for r in levers.itertuples()} == may


def test_levers_that_are_counted_are_whole_numbers() -> None:
    """Fellowships and days of every point found and of every step are whole; its values are the model's there."""
    found = analysis()
    at = [SEARCHED.index(name) for name in WHOLE]
    for case in searched_cases(found):
        search = found.search(case)
        low, high = found.study.bounds(case)
        assert (search.levers[:, at] == np.round(search.levers[:, at])).all()
        assert (search.levers >= low - 1e-9).all() and (search.levers <= high + 1e-9).all()
        assert found.study.objectives(case, search.levers) == pytest.approx(search.values)
    steps = table("event.levers").query("lever in @WHOLE")
    for column in ("now", "up", "down"):
        assert (steps[column] == steps[column].round()).all()


def test_on_line_is_no_dearer_than_on_site() -> None:
    """No virtual event costs more than the same concept on site; its net result may still be the worst."""
    found = analysis().study
    cost: dict[str, dict[str, list[float]]] = {}
    for case, key in enumerate(found.cases):
        full = found.at_base(case).money.cost_full.sum()
        cost.setdefault(key.concept, {}).setdefault(key.format, []).append(float(full))
    compared = [forms for forms in cost.values() if "virtual" in forms]
    assert len(compared) >= 3
    for forms in compared:
        assert max(forms["virtual"]) < min(min(forms["physical"]), min(forms["hybrid"]))
        assert min(forms["physical"]) < min(forms["hybrid"])  # remote participants cost a platform


def test_free_events_work_in_every_combination() -> None:
    """Without a fee there is no fee income, and a finite number of delegates, no fewer than with one, in every draw."""
    found = analysis()
    for case in range(len(found.study.cases)):
        free, paid = (found.study.in_draws(case, found.values[:, :64], Levers(fee=fee)) for fee in (0.0, 1.0))
        assert not free.money.revenue_lines[free.arrays.revenue_ids.index("fees")].any()
        assert np.isfinite(free.net).all() and np.isfinite(free.demand.onsite).all()
        assert (free.demand.onsite >= paid.demand.onsite - 1e-9).all()


def test_no_setting_drawn_betters_the_frontier_of_any_combination() -> None:
    """Of 600 settings drawn at random over all levers none has 3 % more impact at the same net result, in any case."""
    found = analysis()
    for case in searched_cases(found):
        low, high = found.study.bounds(case)
        drawn = low + np.random.default_rng(case).random((600, len(low))) * (high - low)
        values, search = found.study.objectives(case, drawn), found.search(case)
        best = search.values[:, 0].max() - search.values[:, 0].min()
        for impact, net in search.values:
            above = values[values[:, 1] >= net, 0]
            assert not len(above) or above.max() - impact <= 0.03 * best, found.study.cases[case]


def test_constraints_leave_combinations_out_of_everything() -> None:
    """By unity: asked for in 95 % of the draws, Telecom-style falls out of frontier, fund and the order of concepts."""
    plan = load_plan()
    assert plan.tradeoff is not None
    sure = replace(plan.tradeoff.admissible, estimate=replace(plan.tradeoff.admissible.estimate, low=0.95, mode=0.95,
                   high=0.95))  # fmt: skip
    found = analysis_of(Evaluation.of(replace(plan, tradeoff=replace(plan.tradeoff, admissible=sure))))
    assert found is not None
    loose = analysis()
    assert set(loose.admitted) - set(found.admitted) == {"telecom_style"}
    out = {case for case, key in enumerate(found.study.cases) if key.concept == "telecom_style"}
    assert out == set(range(len(found.study.cases))) - set(searched_cases(found))
    assert contenders(loose, "impact")[0] in out and contenders(found, "impact")[0] not in out  # type: ignore[index]


def test_shares_count_only_draws_in_which_a_concept_may_be_chosen() -> None:
    """Cheapest, most LDC delegates and first rank, by going through the draws one by one."""
    found = analysis()
    cases = found.study.concepts
    weights = simplex(found.study.uniform("event/weights", len(found.study.event.criteria), found.values.shape[1]))
    first, least, most = (dict.fromkeys([*cases, "none"], 0.0) for _ in range(3))
    draws = found.values.shape[1]
    for d in range(draws):
        may = [key for key, case in cases.items() if found.admissions[case].unity[d] >= 0.3]
        drawn = {key: found.drawn[cases[key]] for key in may}
        value = {key: float(weights[:, d] @ one.scores[:, d]) for key, one in drawn.items()} | {"none": 0.0}
        first[max(value, key=lambda key: value[key])] += 1 / draws
        least[min(may, key=lambda key: (drawn[key].subsidy[d], -drawn[key].net[d]))] += 1 / draws
        most[max(may, key=lambda key: drawn[key].ldc[d])] += 1 / draws
    ranks = table("event.acceptability").query("rank == 1").set_index("concept")["acceptability"]
    fund = table("event.fund").set_index("concept")
    for key in cases:
        assert ranks[key] == pytest.approx(first[key], abs=1e-9)
        assert fund.at[key, "least_subsidy"] == pytest.approx(least[key], abs=1e-9)
        assert fund.at[key, "most_ldc"] == pytest.approx(most[key], abs=1e-9)


def test_a_month_that_clashes_is_not_admissible() -> None:
    """Known today WSIS Forum and AI for Good stand in July: what is held apart from them may not be held then."""
    rows = table("event.admissible", "known-today").query("own").set_index("concept")
    now = table("event.calendar", "known-today").query("now").set_index("concept")
    assert rows["fits"].to_dict() == (now["index"] <= rows["most"]).to_dict() == now["admissible"].to_dict()
    assert not rows.at["standalone", "fits"] and rows.at["with_both", "fits"]
    assert (rows["index"] == now["index"]).all()
    ranks = table("event.acceptability", "known-today").query("concept == 'standalone'")
    assert (ranks["acceptability"] == 0).all() and ranks["expected_rank"].isna().all()


def test_calendar_moves_with_joined_events() -> None:
    """An event that the concept is held with is no conflict; a month without other events takes nothing."""
    rows = table("event.calendar")
    alone, both = rows.query("concept == 'standalone'"), rows.query("concept == 'with_both'")
    assert (both["index"].to_numpy() <= alone["index"].to_numpy()).all()
    assert alone["index"].sum() > both["index"].sum()
    free = alone[alone["index"] == 0]
    assert (free["lost"] == 0).all() and (free["taken"] == 0).all()


def test_without_an_event_tables_are_empty() -> None:
    """A plan without an event has these tables without rows."""
    from sfp_model.inputs.change import without_event

    found = run(without_event(load_plan()))
    assert all(not found.table(name) for name in TRADEOFF_NAMES)
