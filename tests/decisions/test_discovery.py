"""Boxes that are there are found, with their coverage and density on draws that took no part; noise has none."""

from __future__ import annotations

import numpy as np
import pytest

from sfp_model.decisions.discovery import Box, Split, discover
from sfp_model.errors import UsageError

SPLIT = Split(8, 6, 10)
X = np.random.default_rng(0).random((3, 24 * 800))
NAMES = ["a", "b", "c"]


def limits(box: Box) -> dict[str, tuple[float, float]]:
    return {limit.name: (limit.low, limit.high) for limit in box.limits}


def test_a_corner_is_found() -> None:
    """The outcome occurs exactly where a > 0.7 and b ≤ 0.4; c has no part in it."""
    box, *others = discover(NAMES, X, (X[0] > 0.7) & (X[1] <= 0.4), SPLIT)
    found = {limit.name: limit for limit in box.limits}
    assert set(found) == {"a", "b"}
    assert found["a"].low == pytest.approx(0.7, abs=0.005) and found["a"].high == np.inf
    assert found["b"].high == pytest.approx(0.4, abs=0.005) and found["b"].low == -np.inf
    assert found["a"].low_at == pytest.approx(0.7, abs=0.02) and found["a"].high_at == 1
    assert box.coverage > 0.99 and box.density > 0.99
    assert box.share == pytest.approx(0.12, abs=0.01)
    assert all("c" not in limits(other) and other.merit < box.merit for other in others)


def test_two_ways_to_the_outcome_are_two_boxes() -> None:
    """Neither has a limit in the other's input: that the first way is not taken makes the second no more telling."""
    first, second = discover(NAMES, X, (X[0] > 0.9) | (X[1] > 0.9), SPLIT)
    assert {*limits(first), *limits(second)} == {"a", "b"}
    assert len(first.limits) == len(second.limits) == 1
    assert all(box.density > 0.95 and box.coverage == pytest.approx(0.1 / 0.19, abs=0.03) for box in (first, second))


@pytest.mark.parametrize("seed", range(4))
def test_noise_has_no_box(seed: int) -> None:
    """Twenty inputs without part in the outcome: a tree finds boxes, fresh draws do not bear them out."""
    generator = np.random.default_rng(seed)
    x, interest = generator.random((20, 24 * 256)), generator.random(24 * 256) < 0.3
    assert discover([str(i) for i in range(20)], x, interest, SPLIT) == []


def test_what_is_said_holds_in_other_draws() -> None:
    """Coverage and density agree with the truth of the planted box within three of their standard errors."""
    generator = np.random.default_rng(5)
    x = generator.random((12, 24 * 512))

    def happens(u: np.ndarray) -> np.ndarray:
        return np.random.default_rng(6).random(u.shape[1]) < np.where((u[0] > 0.6) & (u[1] > 0.5), 0.7, 0.15)

    boxes = discover([str(i) for i in range(12)], x, happens(x), SPLIT)
    assert set(limits(boxes[0])) == {"0", "1"}
    other = np.random.default_rng(7).random((12, 400_000))
    occurs = happens(other)
    for box in boxes:
        inside = np.ones(other.shape[1], bool)
        for limit in box.limits:
            inside &= (other[int(limit.name)] > limit.low) & (other[int(limit.name)] <= limit.high)
        assert abs(box.density - occurs[inside].mean()) < 3.5 * box.density_error
        assert abs(box.coverage - (occurs & inside).sum() / occurs.sum()) < 3.5 * box.coverage_error
        assert abs(box.overall - occurs.mean()) < 3.5 * box.overall_error
        assert box.density - 2 * box.density_error > 0.25


def test_a_middle_slice_of_a_rising_chance_is_no_box() -> None:
    """Where the chance rises with a, slices below the upper part have less coverage and less density: left out."""
    interest = np.random.default_rng(8).random(X.shape[1]) < X[0] ** 3
    boxes = discover(NAMES, X, interest, SPLIT)
    assert boxes
    assert all(limits(box)["a"][1] == np.inf for box in boxes)


def test_an_island_has_two_ends() -> None:
    """Where cases lie between 0.4 and 0.6, the best box has both ends, for each keeps others out."""
    (low, high) = limits(discover(NAMES, X, np.abs(X[1] - 0.5) < 0.1, SPLIT)[0])["b"]
    assert low == pytest.approx(0.4, abs=0.01)
    assert high == pytest.approx(0.6, abs=0.01)


def test_never_and_always_have_no_box() -> None:
    size = X.shape[1]
    for interest in (np.zeros(size, bool), np.ones(size, bool)):
        assert discover(NAMES, X, interest, SPLIT) == []
    assert discover([], X[:0], X[0] > 0.5, SPLIT) == []
    with pytest.raises(UsageError, match="must have shape"):
        discover(["a"], X, np.zeros(size, bool), SPLIT)
    with pytest.raises(UsageError, match="100 draws cannot be cut into 24 equal blocks"):
        discover(NAMES, X[:, :100], X[0, :100] > 0.5, SPLIT)
    with pytest.raises(UsageError, match="at least 10 blocks, here 2"):
        discover(NAMES, X[:, :1000], X[0, :1000] > 0.5, Split(1, 1, 2))
