"""What fits under ceilings equals what trying everything gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfp_model.decisions.ceiling import best, least_extra, least_for_more
from sfp_model.decisions.ceiling_problem import Candidate, Problem, Window, checked, equal_weights
from sfp_model.decisions.ceiling_vectors import Undecided, corners, whole_weights
from sfp_model.decisions.ceiling_weights import over_all_weights
from sfp_model.errors import UsageError
from tests.decisions.ceilings import everything, problems, statuses

RANDOM = 200


def top(problem: Problem, weights: np.ndarray, fits: np.ndarray, plans) -> tuple[float, int, float, float]:
    """Return value, actions kept, delay and need of the best plan that fits, in this order of importance."""
    rows = np.flatnonzero(fits)
    value = plans.closed[rows] @ weights
    rows = rows[value >= value.max() - 1e-6]
    kept = plans.kept[rows].sum(axis=1)
    rows = rows[kept == kept.max()]
    rows = rows[plans.delay[rows] <= plans.delay[rows].min() + 1e-9]
    need = plans.need[rows].sum(axis=1).min()
    i = rows[0]
    return float(plans.closed[i] @ weights), int(plans.kept[i].sum()), float(plans.delay[i]), float(need)


@given(problems(), st.integers(0, 2**32 - 1))
@settings(max_examples=RANDOM, deadline=None)
def test_choice_equals_trying_everything(problem: Problem, seed: int) -> None:
    """Value, number kept, delay and need are those of the best of all plans; no plan where none fits."""
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(problem.gaps)))
    plans = everything(problem)
    fits = plans.within(problem)
    found = best(problem, weights)
    assert (found is None) == (not fits.any())
    if found is not None:
        answer = top(problem, weights, fits, plans)
        delay = sum(candidate.delay for candidate in found.chosen)
        assert (found.value, len(found.kept), delay, found.need.sum()) == pytest.approx(answer, abs=1e-6)
        assert all(found.need[list(w.years)].sum() <= w.limit + 0.005 for w in problem.windows)


@given(problems(), st.booleans())
@settings(max_examples=RANDOM, deadline=None)
def test_smallest_relaxation_equals_trying_everything(problem: Problem, all_of_them: bool) -> None:
    """The sum over the years is the least of all plans, it is enough, and it is nil where the ceilings hold."""
    plans = everything(problem)
    able = plans.kept[:, list(problem.weighed)].all(axis=1) if all_of_them else np.ones(len(plans.need), bool)
    found = least_extra(problem, all_of_them)
    assert (found is None) == (not able.any())
    if found is not None:
        extra, choice = found
        least = plans.over(problem)[able].min()
        assert extra.sum() == pytest.approx(least, abs=1e-3)
        assert all(
            choice.need[list(w.years)].sum() <= w.limit + extra[list(w.years)].sum() + 0.01 for w in problem.windows
        )
        fits = able & (plans.over(problem) <= least + 1e-6)
        assert choice.value == pytest.approx((plans.closed[fits] @ equal_weights(problem)).max(), abs=1e-6)


@given(problems(), st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_extra_money_is_spent_where_it_is_worth_most(problem: Problem, amount: int) -> None:
    """The next francs buy what the best plan within reach is worth."""
    plans = everything(problem)
    fits = plans.over(problem) <= amount + 1e-6
    found = best(problem, extra=float(amount))
    assert (found is None) == (not fits.any())
    if found is not None:
        assert found.value == pytest.approx((plans.closed[fits] @ equal_weights(problem)).max(), abs=1e-6)
        assert found.extra.sum() <= amount + 0.01


@given(problems(), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_smallest_sum_that_buys_more_equals_trying_everything(problem: Problem, seed: int) -> None:
    """The least sum of all plans that are worth more; none where none is; and it does buy more."""
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(problem.gaps)))
    plans = everything(problem)
    fits = plans.within(problem)
    value = float((plans.closed[fits] @ weights).max()) if fits.any() else 0.0
    more = plans.closed @ weights >= value + 5e-5
    found = least_for_more(problem, value, weights)
    assert (found is None) == (not more.any())
    if found is not None:
        assert found == pytest.approx(plans.over(problem)[more].min(), abs=1e-3)
        bought = best(problem, weights, extra=found + 0.01)
        assert bought is not None and bought.value >= value + 4e-5


@given(problems(), st.sampled_from([0.0, 0.0, 0.05, 0.2]))
@settings(max_examples=RANDOM, deadline=None)
def test_actions_over_all_weightings_equal_trying_everything(problem: Problem, least: float) -> None:
    """Kept under all strictly positive weights, dependent, dropped: by a linear program for each set of closed gaps."""
    plans = everything(problem)
    answer = over_all_weights(problem, least=least)
    assert (answer is None) == (not plans.within(problem).any())
    if answer is not None:
        assert answer.status == statuses(problem, plans, least)
        fits = plans.within(problem)
        for held, found in ((True, answer.kept_at), (False, answer.dropped_at)):
            for action, weights in found.items():
                assert weights.sum() == pytest.approx(1) and (weights > least - 1e-9).all()
                value = plans.closed[fits] @ weights
                assert value[plans.kept[fits][:, action] == held].max() == pytest.approx(value.max(), abs=1e-9)


def test_weights_as_small_as_it_takes() -> None:
    """A plan that is best only where one gap weighs a thousandth of another counts: there is no least weight."""
    values = np.array([[1.0, 0.0], [0.999, 0.001], [0.0, 0.5]])
    candidates = tuple(Candidate(a, "", 0.0, 1.0, 0.0, (cost,)) for a, cost in enumerate((2.0, 2.0, 9.0)))
    problem = Problem(
        ("x", "y", "z"), values, ("A", "B"), ("2024",), candidates, ((), (), ()), windows=(Window("2024", (0,), 2.0),)
    )
    assert over_all_weights(problem).status == {0: "depends", 1: "depends", 2: "dropped"}
    assert over_all_weights(problem, least=0.499).status == {0: "depends", 1: "depends", 2: "dropped"}
    tilted = replace(problem, values=np.array([[1.0, 0.0], [0.99, 0.0001], [0.0, 0.5]]))
    assert over_all_weights(tilted).status[1] == "depends"  # above B : A = 100, that is less than a hundredth for A
    assert over_all_weights(tilted, least=0.02).status[1] == "dropped"


def test_too_many_sums_leave_the_rest_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is seen to depend depends; what is not is said to be open, not guessed."""
    monkeypatch.setattr("sfp_model.decisions.ceiling_vectors.LIMIT", 1)
    values = np.array([[1.0, 0.0], [0.0, 1.0], [0.2, 0.2]])
    candidates = tuple(Candidate(a, "", 0.0, 1.0, 0.0, (2.0,)) for a in range(3))
    problem = Problem(
        ("x", "y", "z"), values, ("A", "B"), ("2024",), candidates, ((), (), ()), windows=(Window("2024", (0,), 2.0),)
    )
    assert over_all_weights(problem).status == {0: "depends", 1: "depends", 2: "open"}


def test_weights_that_are_no_whole_numbers_leave_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vector is never taken as best nowhere only because its weights could not be checked."""

    def undecided(*_: object) -> None:
        raise Undecided("too fine")

    monkeypatch.setattr("sfp_model.decisions.ceiling_weights.weighting_for", undecided)
    values = np.array([[3.0, 0.0], [0.0, 3.0], [2.0, 2.0]]) / 9
    candidates = tuple(Candidate(a, "", 0.0, 1.0, 0.0, (2.0,)) for a in range(3))
    problem = Problem(
        ("x", "y", "z"), values, ("A", "B"), ("2024",), candidates, ((), (), ()), windows=(Window("2024", (0,), 2.0),)
    )
    assert set(over_all_weights(problem).status.values()) <= {"depends", "open"}


def test_corners_hold_every_change_of_the_best() -> None:
    """Between two corners the same vectors are best; whole weights make the same vectors best."""
    vectors = np.array([[60, 0, 10], [0, 60, 10], [35, 35, 0], [0, 0, 40]])
    found = corners(vectors)
    assert found.sum(axis=1) == pytest.approx(1)
    for weights in found:
        worth, whole = vectors @ weights, vectors @ whole_weights(weights, vectors)
        level = np.flatnonzero(np.isclose(worth, worth.max(), atol=1e-6))
        assert len({int(whole[i]) for i in level}) == 1 and whole[level[0]] == whole.max()


def test_weights_off_the_simplex_are_refused() -> None:
    """Weights sum to 1, are not negative and are as many as gaps."""
    for wrong in ([0.5, 0.6], [1.5, -0.5], [1.0]):
        with pytest.raises(UsageError, match="sum to 1"):
            checked(np.array(wrong), 2)


def test_a_least_weight_that_cannot_be_is_refused() -> None:
    """Three gaps cannot each have half of the weight."""
    problem = Problem(("x",), np.ones((1, 3)), ("A", "B", "C"), ("2024",), (), ((),))
    with pytest.raises(UsageError, match="least weight"):
        over_all_weights(problem, least=0.5)
