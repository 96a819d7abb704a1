"""Frontiers against enumeration, and the search over levers against a dense grid and against SciPy."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from sfp_model.decisions.frontier import epsilon_frontier, non_dominated, stepped
from sfp_model.errors import UsageError

SMALL = st.integers(0, 4)  # few values, so that points tie and repeat


def enumerated(points: list[tuple[int, ...]]) -> list[bool]:
    """Return the same by comparing every pair, written from the definition."""
    return [
        not any(
            all(b >= a for a, b in zip(mine, other, strict=True))
            and any(b > a for a, b in zip(mine, other, strict=True))
            for other in points
        )
        for mine in points
    ]


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 4).flatmap(lambda n: st.lists(st.tuples(*[SMALL] * n), min_size=1, max_size=24)))
def test_equals_enumeration(points: list[tuple[int, ...]]) -> None:
    """The non-dominated set of 100 random small cases is that of comparing every pair."""
    assert non_dominated(np.array(points, float)).tolist() == enumerated(points)


def curved(seed: int) -> tuple[np.ndarray, ...]:
    """Return a random trade-off in two levers: concave gains, one of them with a kink, at a convex cost."""
    random = np.random.default_rng(seed)
    return random.uniform(0.5, 2, 2), random.uniform(0.2, 1.5, 2), random.uniform(0.3, 0.9, 2)


def objectives_of(seed: int) -> Callable[[np.ndarray], np.ndarray]:
    gain, cost, kink = curved(seed)

    def objectives(x: np.ndarray) -> np.ndarray:
        first = (gain * np.minimum(np.sqrt(x), np.sqrt(kink) + 0.1 * (x - kink))).sum(axis=1)
        second = -(cost * x**1.5).sum(axis=1) + 0.2 * x[:, 0] * x[:, 1]
        return np.stack([first, second], axis=1)

    return objectives


def best_of_grid(objectives: Callable[[np.ndarray], np.ndarray], epsilon: float, side: int = 201) -> float:
    """Return the most of the first objective subject to the second, by dense enumeration."""
    axis = np.linspace(0, 1, side)
    values = objectives(np.array(list(itertools.product(axis, axis))))
    return float(values[values[:, 1] >= epsilon, 0].max())


def test_search_reaches_enumeration_on_100_random_cases() -> None:
    """On 100 random small trade-offs no point of a grid of 1,681 settings betters the search by one per cent."""
    axis = np.linspace(0, 1, 41)
    grid = np.array(list(itertools.product(axis, axis)))
    for seed in range(100, 200):
        objectives = objectives_of(seed)
        starts = np.random.default_rng(seed).random((24, 2))
        found = epsilon_frontier(objectives, np.zeros(2), np.ones(2), starts=starts, levels=4, smallest=0.01, groups=2)
        values = objectives(grid)
        for first, second in found.values:
            best = values[values[:, 1] >= second, 0].max(initial=-np.inf)
            assert best - first <= 0.01 * np.ptp(values[:, 0]), seed


@pytest.mark.parametrize("seed", range(5))
def test_search_reaches_dense_enumeration(seed: int) -> None:
    """No point of a grid of 40,401 settings betters a point of the search by more than half a per cent."""
    objectives = objectives_of(seed)
    starts = np.random.default_rng(seed).random((32, 2))
    found = epsilon_frontier(objectives, np.zeros(2), np.ones(2), starts=starts, levels=6, groups=4)
    spread = np.ptp(found.values[:, 0])
    for first, second in found.values:
        assert best_of_grid(objectives, second) - first <= 0.005 * spread
    assert non_dominated(found.values).all()
    assert len(found.values) >= 4


@pytest.mark.parametrize("seed", range(3))
def test_search_equals_slsqp(seed: int) -> None:
    """The ε-constraint problems agree with SLSQP of SciPy from many starts, on a smooth problem in four levers."""
    random = np.random.default_rng(seed)
    gain, cost = random.uniform(0.5, 2, 4), random.uniform(0.5, 2, 4)

    def objectives(x: np.ndarray) -> np.ndarray:
        return np.stack([np.log1p(3 * x) @ gain, -(x**2) @ cost], axis=1)

    starts = random.random((64, 4))
    found = epsilon_frontier(objectives, np.zeros(4), np.ones(4), starts=starts, levels=5)
    for first, second in found.values[1:-1]:
        floor = {"type": "ineq", "fun": lambda x, e=second: objectives(x[None])[0, 1] - e}
        solved = max(
            -minimize(lambda x: -objectives(x[None])[0, 0], start, method="SLSQP", bounds=[(0, 1)] * 4,
                      constraints=[floor]).fun
            for start in starts[:3]
        )  # fmt: skip
        assert first == pytest.approx(solved, rel=0.004)


def test_fixed_levers_and_bad_ladder() -> None:
    """Levers without range stay; a ladder of one level is refused."""
    objectives = objectives_of(0)
    found = epsilon_frontier(objectives, np.array([0.3, 0.4]), np.array([0.3, 0.4]), starts=np.zeros((1, 2)))
    assert found.levers.tolist() == [[0.3, 0.4]]
    with pytest.raises(UsageError, match="two levels"):
        epsilon_frontier(objectives, np.zeros(2), np.ones(2), starts=np.zeros((1, 2)), levels=1)


def test_steps_up_and_down_stand_apart() -> None:
    """A step changes the objectives by the difference to the present; it ends at the bound, nan where none is left."""

    def objectives(x: np.ndarray) -> np.ndarray:
        return np.stack([x[:, 0] ** 2 + x[:, 2], -x[:, 1]], axis=1)

    low, high = np.array([0.0, 0.0, 1.0]), np.array([4.0, 4.0, 1.0])
    up, down = stepped(objectives, np.array([3.5, 0.0, 1.0]), np.full(3, 1.0), low, high)
    assert up[0] == pytest.approx([4.0**2 - 3.5**2, 0.0]) and down[0] == pytest.approx([2.5**2 - 3.5**2, 0.0])
    assert up[1] == pytest.approx([0.0, -1.0]) and np.isnan(down[1]).all()
    assert np.isnan(up[2]).all() and np.isnan(down[2]).all()
