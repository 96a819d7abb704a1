"""Regret, dominance and the choice of each criterion, on cases with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sfp_model.decisions.robustness import assess, dominates, regret
from sfp_model.errors import UsageError

U = (np.arange(5000) + 0.5) / 5000


def test_textbook_regret() -> None:
    """Savage's table: regret is read down the columns, in the unit of the result."""
    results = np.array([[10.0, 4.0, -2.0], [6.0, 6.0, 1.0], [-1e-9, 0.0, 3.0]])
    assert regret(results).tolist() == [[0, 2, 5], [4, 0, 2], [10 + 1e-9, 6, 0]]


def test_normals_dominate_as_theory_says() -> None:
    """Equal spread, higher mean: first order. Equal mean, less spread: second order only."""
    low, high = stats.norm.ppf(U), stats.norm.ppf(U) + 0.1
    assert dominates(high, low) and not dominates(low, high)
    wide = 2 * stats.norm.ppf(U)
    assert not dominates(low, wide) and not dominates(wide, low)
    assert dominates(low, wide, 2) and not dominates(wide, low, 2)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=1, max_size=8))
def test_first_order_implies_second_and_all_increasing_utilities(pairs: list[tuple[int, int]]) -> None:
    """First order equals: every step function of the result has at least the same mean, by brute force."""
    a, b = np.array(pairs, dtype=float).T
    steps = [((a > t).mean(), (b > t).mean()) for t in np.arange(-6, 6) + 0.5]
    brute = all(x >= y for x, y in steps) and any(x > y for x, y in steps)
    assert dominates(a, b) == brute
    if brute:
        assert dominates(a, b, 2)
    limits = [(np.minimum(a, t).mean(), np.minimum(b, t).mean()) for t in np.arange(-5, 6)]
    second = all(x >= y - 1e-12 for x, y in limits) and any(x > y + 1e-12 for x, y in limits)
    assert dominates(a, b, 2) == second


def test_criteria_disagree_where_they_should() -> None:
    """A gamble with the best mean, a safe choice with the best worst case, and a poor one."""
    gamble = np.stack([np.where(U < 0.7, 10.0, -5.0), np.where(U < 0.4, 10.0, -5.0)])
    safe = np.full((2, U.size), 2.0)
    poor = np.full((2, U.size), -6.0)
    found = assess(["gamble", "safe", "poor"], np.stack([gamble, safe, poor]), threshold=0.0)
    assert found.best["expected"] == "gamble"  # mean of 5.5 and 1
    assert found.best["regret"] == "gamble"  # loses 7 in 45 per cent of states, the safe choice 8 in the others
    assert {found.best[key] for key in ("maximin", "p10", "tail", "satisficing")} == {"safe"}
    assert not found.agreed
    assert found.first[0, 2] and found.first[1, 2] and not found.first[2].any()
    assert found.undominated == ("gamble", "safe")
    assert found.scores["worst_regret"].tolist() == pytest.approx([0.6 * 7, 0.7 * 8, 0.7 * 16 + 0.3 * 8])


def test_what_is_the_threshold_by_definition_is_not_asked() -> None:
    """Nothing pays exactly 0, and would satisfy a threshold of 0 always; the events are compared among themselves."""
    nothing, often, seldom = np.zeros(U.size), np.where(U < 0.4, 1.0, -3.0), np.where(U < 0.1, 9.0, -3.0)
    results = np.stack([nothing, often, seldom])[:, None, :]
    found = assess(["none", "often", "seldom"], results, 0.0, ("none",))
    assert found.best["satisficing"] == "often" and found.best["expected"] == "none"
    assert np.isnan(found.scores["satisficing"][0])
    assert found.scores["satisficing"][1:].tolist() == pytest.approx([0.4, 0.1])
    assert found.agreed  # all that ask it choose none
    assert assess(["none", "often", "seldom"], results, 0.0).best["satisficing"] == "none"
    assert "satisficing" not in assess(["none"], results[:1], 0.0, ("none",)).best


def test_one_best_in_all_is_agreed() -> None:
    found = assess(["a", "b"], np.stack([np.ones((2, 8)), np.zeros((2, 8))]), threshold=0.5)
    assert found.agreed and found.best["regret"] == "a" and found.undominated == ("a",)


def test_wrong_shapes_and_orders_are_refused() -> None:
    with pytest.raises(UsageError, match=r"shape \(2, scenario, draw\), not \(2, 3\)"):
        assess(["a", "b"], np.zeros((2, 3)), 0)
    with pytest.raises(UsageError, match="order of dominance is 1 or 2, got 3"):
        dominates(U, U, 3)
    with pytest.raises(UsageError, match="got 2 and 3"):
        dominates(np.zeros(2), np.zeros(3))
