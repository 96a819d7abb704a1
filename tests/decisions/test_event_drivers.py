"""What moves the order of the event's concepts: against the definitions and by evaluation again."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from sfp_model.decisions.event_drivers import contenders, drivers, lead
from sfp_model.decisions.event_study import impact_of
from sfp_model.inputs import load_plan
from sfp_model.model.event_levers import Levers
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.tables_tradeoff import analysis_of


@cache
def analysis() -> Any:
    return analysis_of(Evaluation.of(load_plan()))


def test_the_first_has_the_best_mean_and_the_rival_is_best_most_often() -> None:
    """The pair on subsidy: least in the mean, and of the others the one that is cheapest in most draws."""
    found = analysis()
    first, rival = contenders(found, "subsidy")
    subsidy = {case: found.drawn[case].subsidy for case in found.admitted.values()}
    assert min(subsidy, key=lambda case: subsidy[case].mean()) == first
    subsidy = {case: np.where(found.admissions[case].allowed, amounts, np.inf) for case, amounts in subsidy.items()}
    least = np.min(list(subsidy.values()), axis=0)
    wins = {case: (amounts <= least).mean() for case, amounts in subsidy.items() if case != first}
    assert wins[rival] == max(wins.values())


@pytest.mark.parametrize("result", ["subsidy", "impact"])
def test_a_driver_moves_the_difference_in_its_direction(result: str) -> None:
    """In the draws with most of the strongest input the difference is larger, or smaller, as its sign says."""
    found = analysis()
    pair = contenders(found, result)
    moved = drivers(found, result, pair)
    assert (np.diff(np.abs(moved.coefficient)) <= 1e-12).all() and 0 < moved.explained <= 1
    gap = getattr(found.drawn[pair[0]], result) - getattr(found.drawn[pair[1]], result)
    x = found.values[moved.rows[0]]
    low, high = gap[x <= np.quantile(x, 0.25)].mean(), gap[x >= np.quantile(x, 0.75)].mean()
    assert np.sign(high - low) == np.sign(moved.coefficient[0])


def test_the_switch_makes_both_equal() -> None:
    """At the switching attendance the leader has the impact of the next; the points add up to its lead."""
    found = analysis()
    first, rival = contenders(found, "impact")
    ahead = lead(found, (first, rival))
    gap = found.drawn[first].impact.mean() - found.drawn[rival].impact.mean()
    assert ahead.points.mean() == pytest.approx(gap)
    other = float(impact_of(found.study.at_base(rival))[0])
    if ahead.switch is not None:
        mine = found.study.at_base(first, Levers.of({"attendance": np.array([ahead.switch])}))
        assert float(impact_of(mine)[0]) == pytest.approx(other, abs=0.05)
    else:
        span = found.study.trade.break_even["attendance"].estimate
        mine = found.study.at_base(first, Levers.of({"attendance": np.linspace(span.low, span.high, 50)}), 50)
        assert np.unique(np.sign(impact_of(mine) - other)).size == 1
