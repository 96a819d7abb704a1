"""SMAA-2 against closed forms: acceptability is an area of the simplex of weights; and against a published example."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfp_model.decisions.smaa import rank_shares, simplex, smaa
from sfp_model.errors import UsageError

DRAWS = 100_000


def weights_of(criteria: int, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    return simplex(np.random.default_rng(seed).random((criteria, draws)))


def fixed(scores: list[list[float]], draws: int = DRAWS) -> np.ndarray:
    return np.broadcast_to(np.array(scores)[:, :, None], (*np.shape(scores), draws))


def polygon_share(rows: np.ndarray, first: int) -> tuple[float, np.ndarray]:
    """Return the share of the triangle of weights where *first* is best, and its centroid: by cutting the triangle.

    Sutherland–Hodgman clipping with the half-planes ``(s_first - s_other) · w ≥ 0``; exact but for rounding.
    """
    corners = [np.eye(3)[i] for i in range(3)]
    for other in range(len(rows)):
        if other == first:
            continue
        normal, kept = rows[first] - rows[other], []
        for i, here in enumerate(corners):
            before = corners[i - 1]
            a, b = float(normal @ before), float(normal @ here)
            if a * b < 0:
                kept.append(before + (here - before) * a / (a - b))
            if b >= 0:
                kept.append(here)
        corners = kept
        if len(corners) < 3:
            return 0.0, np.full(3, np.nan)
    flat = np.array(corners)[:, :2]
    turned = np.roll(flat, -1, axis=0)
    cross = flat[:, 0] * turned[:, 1] - turned[:, 0] * flat[:, 1]
    area = cross.sum() / 2
    centre = ((flat + turned) * cross[:, None]).sum(axis=0) / (6 * area) if area else np.full(2, np.nan)
    return abs(area) / 0.5, np.append(centre, 1 - centre.sum())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=2, unique=True))
def test_two_criteria_equal_length_of_an_interval(rows: list[tuple[int, int]]) -> None:
    """With two alternatives and two criteria the first is best on an interval of the first weight."""
    (a, b), (c, d) = rows
    slope, at_zero = (a - c) - (b - d), b - d  # advantage of the first alternative: at_zero + slope · w
    edge = -at_zero / slope if slope else np.inf
    if slope > 0:
        share = 1 - min(max(edge, 0), 1)
    else:
        share = min(max(edge, 0), 1) if slope else float(at_zero > 0)
    found = smaa(fixed([[a, b], [c, d]], 20_000), weights_of(2, 20_000))
    assert found.ranks[0, 0] == pytest.approx(share, abs=0.015)
    assert found.ranks[1, 1] == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize("seed", range(6))
def test_three_criteria_equal_area_of_a_polygon(seed: int) -> None:
    """With three criteria acceptability is a share of a triangle's area and the central weights its centroid."""
    rows = np.random.default_rng(seed).integers(0, 10, (4, 3)).astype(float)
    found = smaa(fixed(rows.tolist()), weights_of(3))
    for first in range(4):
        share, centre = polygon_share(rows, first)
        assert found.ranks[first, 0] == pytest.approx(share, abs=4.5 * np.sqrt(0.25 / DRAWS))
        if share > 0.02:
            assert found.central[first] == pytest.approx(centre, abs=0.01)
            assert found.confidence[first] == 1  # scores are certain: first under its own centroid


def test_equal_halves() -> None:
    """The best in one of three equal criteria each are first in a third of the simplex."""
    found = smaa(fixed(np.eye(3).tolist()), weights_of(3))
    assert found.ranks == pytest.approx(np.full((3, 3), 1 / 3), abs=0.006)
    assert found.central == pytest.approx((np.full((3, 3), 7) + 15 * np.eye(3)) / 36, abs=0.006)  # E max = 11/18
    assert found.expected_rank == pytest.approx([2, 2, 2], abs=0.01)


def test_weights_are_uniform_over_the_simplex() -> None:
    """Moments of the uniform (Dirichlet) distribution: mean 1/n, variance (n − 1) / (n² (n + 1)), sums of 1."""
    found = weights_of(8)
    assert found.sum(axis=0) == pytest.approx(np.ones(DRAWS))
    assert found.mean(axis=1) == pytest.approx(np.full(8, 1 / 8), abs=0.002)
    assert found.var(axis=1) == pytest.approx(np.full(8, 7 / (64 * 9)), rel=0.03)


def test_published_example() -> None:
    """Heparin against enoxaparin: the figures that the R package smaa 0.3 prints for its example data.

    Its data are draws; here the same rates of proximal and distal thrombosis and of bleeding are drawn as beta
    variables from the counts of the trial behind them (Geerts et al. 1996, doi:10.1056/NEJM199609053351003), on the
    scales 0–0.25, 0.15–0.40 and 0–0.10. Hence agreement within 0.015, not to the digit.
    """
    counts = {"heparin": ((20, 136), (40, 136), (1, 136)), "enoxaparin": ((8, 129), (32, 129), (5, 129))}
    scales = ((0.0, 0.25), (0.15, 0.40), (0.0, 0.10))
    random = np.random.default_rng(1)
    scores = np.array(
        [
            [(high - random.beta(k, n - k, DRAWS)) / (high - low)
             for (k, n), (low, high) in zip(rows, scales, strict=True)]
            for rows in counts.values()
        ]
    )  # fmt: skip
    found = smaa(scores, weights_of(3))
    assert found.ranks[:, 0] == pytest.approx([0.3504, 0.6496], abs=0.015)
    assert found.central[0] == pytest.approx([0.1865, 0.2772, 0.5363], abs=0.015)
    assert found.central[1] == pytest.approx([0.4073, 0.3641, 0.2285], abs=0.015)
    assert found.confidence == pytest.approx([0.6682, 0.8956], abs=0.015)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=1, max_size=5))
def test_rank_shares_with_ties(rows: list[list[int]]) -> None:
    """Rows and columns sum to 1 whatever ties; equal alternatives have equal shares; the mean rank is the mid-rank."""
    values = np.array(rows, float)
    shares = rank_shares(values)
    assert shares.sum(axis=0) == pytest.approx(np.ones(len(rows)))
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    above = (values[None] > values[:, None]).sum(axis=1)
    level = (values[None] == values[:, None]).sum(axis=1)
    middle = (above + (level + 1) / 2).mean(axis=1)
    assert shares @ np.arange(1, len(rows) + 1) == pytest.approx(middle)


def test_dominated_alternative_has_no_weights() -> None:
    """What is never first has no central weights and no confidence factor; shapes that do not fit are refused."""
    found = smaa(fixed([[1, 1], [0, 0]], 10), weights_of(2, 10))
    assert found.ranks.tolist() == [[1, 0], [0, 1]]
    assert np.isnan(found.central[1]).all() and np.isnan(found.confidence[1])
    assert (found.error == 0).all()
    with pytest.raises(UsageError, match="do not share"):
        smaa(fixed([[1, 1]], 10), weights_of(3, 10))


def test_constraints_against_a_closed_form() -> None:
    """Of two that are each best in one of two criteria, the first may be chosen in a third of the draws only.

    There it is first where its weight is above 2/3, a third of the simplex: 1/9 of all; the second has the rest.
    """
    draws = 90_000
    allowed = np.ones((2, draws), dtype=bool)
    allowed[0] = np.arange(draws) % 3 == 0
    found = smaa(fixed([[1, 0], [0, 2]], draws), weights_of(2, draws), 10, allowed)
    assert found.ranks[:, 0] == pytest.approx([1 / 9, 8 / 9], abs=0.005)
    assert found.ranks.sum(axis=1) == pytest.approx([1 / 3, 1])
    assert found.central[0] == pytest.approx([5 / 6, 1 / 6], abs=0.005)  # as without the constraint
    assert found.confidence == pytest.approx([1 / 3, 1])
    assert found.expected_rank == pytest.approx([5 / 3, 10 / 9], abs=0.01)


def test_what_may_never_be_chosen_has_no_rank() -> None:
    """It has neither rank, nor weights, nor confidence, and the others stand as if it were not there."""
    scores, weights = fixed([[3, 3], [1, 0], [0, 1]], 4_000), weights_of(2, 4_000)
    allowed = np.ones((3, 4_000), dtype=bool)
    allowed[0] = False
    found, without = smaa(scores, weights, 10, allowed), smaa(scores[1:], weights, 10)
    assert (found.ranks[0] == 0).all() and np.isnan(found.expected_rank[0]) and np.isnan(found.confidence[0])
    assert found.ranks[1:, :2] == pytest.approx(without.ranks) and (found.ranks[1:, 2] == 0).all()
    assert found.central[1:] == pytest.approx(without.central)
    with pytest.raises(UsageError, match="no alternative may be chosen"):
        smaa(scores, weights, 10, np.zeros((3, 4_000), dtype=bool))
