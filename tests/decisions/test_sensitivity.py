"""Sensitivity indices against Ishigami and Sobol' g, whose values are known."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import sobol as salib_sobol
from SALib.sample import sobol as salib_sample
from SALib.test_functions import Ishigami, Sobol_G

from sfp_model.decisions.sensitivity import (
    Groups,
    first_order,
    ranker,
    ranks,
    regression,
    sobol_of_groups,
    strongest,
    swings,
)
from sfp_model.errors import UsageError

A, B = 7.0, 0.1
V1, V2, V13 = (1 + B * np.pi**4 / 5) ** 2 / 2, A**2 / 8, B**2 * np.pi**8 * (1 / 18 - 1 / 50)
ISHIGAMI = np.array([V1, V2, 0.0]) / (V1 + V2 + V13)
ISHIGAMI_TOTAL = np.array([V1 + V13, V2, V13]) / (V1 + V2 + V13)
G = np.array([0.0, 1.0, 4.5, 9.0, 99.0])
G_PART = 1 / (3 * (1 + G) ** 2)
G_FIRST = G_PART / (np.prod(1 + G_PART) - 1)
G_TOTAL = G_PART * np.array([np.prod(np.delete(1 + G_PART, i)) for i in range(5)]) / (np.prod(1 + G_PART) - 1)


def ishigami(u: np.ndarray) -> np.ndarray:
    return Ishigami.evaluate((2 * u - 1).T * np.pi, A, B)


def sobol_g(u: np.ndarray) -> np.ndarray:
    return Sobol_G.evaluate(u.T, G)


def design(function: object, dimensions: int, draws: int = 2**14) -> Groups:
    from scipy.stats import qmc

    u = qmc.Sobol(2 * dimensions, rng=np.random.default_rng(0)).random(draws).T
    a, b = u[:dimensions], u[dimensions:]

    def swapped(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.stack([
            function(np.where(np.arange(dimensions)[:, None] == i, other, one)) for i in range(dimensions)  # type: ignore[operator]
        ])  # fmt: skip

    return Groups(function(a), function(b), swapped(a, b), swapped(b, a))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("function", "first", "total"),
    [(ishigami, ISHIGAMI, ISHIGAMI_TOTAL), (sobol_g, G_FIRST, G_TOTAL)],
    ids=["ishigami", "g"],
)
def test_known_functions(function: object, first: np.ndarray, total: np.ndarray) -> None:
    """First-order and total indices lie near the known values, and these within the confidence limits or close."""
    found = sobol_of_groups(design(function, len(first)), resamples=50)
    assert found.first == pytest.approx(first, abs=0.02)
    assert found.total == pytest.approx(total, abs=0.02)
    assert np.all((found.first_low - 0.01 <= first) & (first <= found.first_high + 0.01))
    assert np.all((found.total_low - 0.01 <= total) & (total <= found.total_high + 0.01))


def test_groups_agree_with_salib() -> None:
    """Two groups of the g function: the same indices as SALib's implementation of the method."""
    names = [f"x{i}" for i in range(5)]
    problem = {"num_vars": 5, "names": names, "bounds": [[0, 1]] * 5, "groups": ["p", "p", "q", "q", "q"]}
    sample = salib_sample.sample(problem, 2**12, calc_second_order=False, seed=1)
    result = Sobol_G.evaluate(sample, G)
    theirs = salib_sobol.analyze(problem, result, calc_second_order=False, num_resamples=10, seed=1)
    parts = result.reshape(-1, 4)  # A, A with p from B, A with q from B, B
    a, b, ab = parts[:, 0], parts[:, 3], parts[:, 1:3].T
    found = sobol_of_groups(Groups(a, b, ab, ab[::-1]), resamples=10)  # B with p from A is A with q from B
    assert found.first == pytest.approx(theirs["S1"], abs=0.01)
    assert found.total == pytest.approx(theirs["ST"], abs=0.01)


@pytest.mark.parametrize(("function", "first"), [(ishigami, ISHIGAMI), (sobol_g, G_FIRST)], ids=["ishigami", "g"])
def test_first_order_from_given_draws(function: object, first: np.ndarray) -> None:
    u = np.random.default_rng(3).random((len(first), 2**15))
    assert first_order(u, function(u)) == pytest.approx(first, abs=0.02)  # type: ignore[operator]


def test_no_variance_no_index() -> None:
    still = np.ones(256)
    assert first_order(np.random.default_rng(0).random((2, 256)), still).tolist() == [0, 0]
    assert first_order(np.ones((1, 256)), np.arange(256.0)).tolist() == [0]
    found = sobol_of_groups(Groups(still, still, np.ones((2, 256)), np.ones((2, 256))), resamples=5)
    assert [*found.first, *found.total, *found.total_high] == [0] * 6


def test_seed_zero_is_a_seed() -> None:
    data = design(sobol_g, 5, 256)
    zero, again, one = (sobol_of_groups(data, resamples=20, seed=s).first_low for s in (0, 0, 1))
    assert zero.tolist() == again.tolist() != one.tolist()


def test_rank_regression_of_a_monotone_product() -> None:
    """Independent inputs of a monotone function: squares of the coefficients add up to R²."""
    u = np.random.default_rng(5).random((3, 4000))
    coefficient, explained = regression(ranks(u), ranks(np.exp(2 * u[0]) - u[1]))
    assert explained > 0.9
    assert coefficient[0] > 0.8 > 0 > coefficient[1]
    assert coefficient[2] == pytest.approx(0, abs=0.03)
    assert (coefficient**2).sum() == pytest.approx(explained, abs=0.02)


def test_rank_regression_needs_draws() -> None:
    with pytest.raises(UsageError, match="3 inputs needs more draws than that, got 4"):
        regression(np.zeros((3, 4)), np.zeros(4))
    coefficient, explained = regression(ranks(np.vstack([np.ones(9), np.arange(9.0)])), ranks(np.arange(9.0)))
    assert coefficient == pytest.approx([0, 1])
    assert explained == pytest.approx(1)


def test_first_order_never_exceeds_total_and_small_indices_have_small_errors() -> None:
    """With few draws as well; without interaction both are the same, and an input of 1 per cent is seen."""
    for seed in range(5):
        u = np.random.default_rng(seed).random((2, 5, 256))

        def swap(one: np.ndarray, other: np.ndarray, function: object) -> np.ndarray:
            return np.stack([function(np.where(np.arange(5)[:, None] == i, other, one)) for i in range(5)])  # type: ignore[operator]

        for function in (sobol_g, lambda x: np.array([10.0, 1.0, 1.0, 1.0, 0.0]) @ x):
            found = sobol_of_groups(
                Groups(function(u[0]), function(u[1]), swap(*u, function), swap(*u[::-1], function)), resamples=50
            )
            assert np.all(found.first <= found.total + 1e-12)
            assert np.all(found.first_high <= found.total_high + 1e-12)
        assert found.first == pytest.approx(found.total)
        assert found.first[1:4] == pytest.approx(1 / 103, abs=0.003)  # the last function adds up


def test_ranks_of_kept_draws_are_theirs_alone() -> None:
    """Sorted once, the ranks of any part of the draws are those that sorting it gives, also of equal values."""
    generator = np.random.default_rng(5)
    x = np.vstack([generator.random(200), generator.integers(0, 2, 200), generator.integers(0, 9, 200), np.ones(200)])
    of = ranker(x)
    for kept in (generator.random((5, 200)) < 0.7, np.ones((1, 200), dtype=bool)):
        for mask in kept:
            assert of(mask) == pytest.approx(ranks(x[:, mask]))


def test_confidence_limits_cover_known_indices() -> None:
    """Sum of normal inputs: first order wᵢ²/Σw², coefficient Spearman's 6/π asin(ρᵢ/2); inside in about 95 of 100."""
    weight = np.array([1.0, 3.0, 2.0])
    part = weight**2 / 14
    slope = 6 / np.pi * np.arcsin(np.sqrt(part) / 2)  # Pearson 1907, of two normal variables
    runs, inside, error, drawn = 100, np.zeros(2), np.zeros(2), []
    for seed in range(runs):
        x = np.random.default_rng(seed).normal(size=(3, 1200))
        found = strongest(x, weight @ x, 12, 3)
        assert found.rows.tolist() == [1, 2, 0]
        drawn.append(np.stack([found.coefficient, found.first]))
        for at, (low, high, true) in enumerate((
            (found.coefficient_low, found.coefficient_high, slope[[1, 2, 0]]),
            (found.first_low, found.first_high, part[[1, 2, 0]]),
        )):  # fmt: skip
            inside[at] += np.mean((low <= true) & (true <= high)) / runs
            error[at] += np.mean(high - low) / runs / 2 / 2.201  # t of 11 degrees of freedom
    assert (inside >= 0.9).all() and (inside <= 0.99).all(), inside
    assert error == pytest.approx(np.std(drawn, axis=0).mean(axis=1), rel=0.15)


def test_swings_move_inputs_of_a_group_together_and_all_others_stay() -> None:
    base, low, high = np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 1.0]), np.array([5.0, 4.0, 9.0])
    found = swings(lambda v: v.sum(axis=0), base, low, high, [[2], [0], [0, 2]])
    assert found.tolist() == [[4, 5, 3], [12, 10, 16]]
    both = swings(lambda v: np.stack([v[0], v[1]]), base, low, high, [[0]])
    assert both.tolist() == [[[0], [5]], [[2], [2]]]
