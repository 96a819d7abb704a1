"""Boxes that are there are found, with their coverage and density."""

from __future__ import annotations

import numpy as np
import pytest

from sfp_model.decisions.discovery import discover
from sfp_model.errors import UsageError

X = np.random.default_rng(0).random((3, 20_000))


def test_a_corner_is_found() -> None:
    """The outcome occurs exactly where a > 0.7 and b ≤ 0.4; c has no part in it."""
    interest = (X[0] > 0.7) & (X[1] <= 0.4)
    box, *others = discover(["a", "b", "c"], X, interest)
    assert not others
    limits = {limit.name: limit for limit in box.limits}
    assert set(limits) == {"a", "b"}
    assert limits["a"].low == pytest.approx(0.7, abs=0.005) and limits["a"].high == np.inf
    assert limits["b"].high == pytest.approx(0.4, abs=0.005) and limits["b"].low == -np.inf
    assert limits["a"].low_at == pytest.approx(0.7, abs=0.02) and limits["a"].high_at == 1
    assert box.coverage > 0.99 and box.density > 0.99
    assert box.share == pytest.approx(0.12, abs=0.01)


def test_two_ways_to_the_outcome_are_two_boxes() -> None:
    interest = (X[0] > 0.9) | (X[1] > 0.9)
    boxes = discover(["a", "b", "c"], X, interest)
    assert sum(box.coverage for box in boxes) == pytest.approx(1, abs=0.02)
    assert all(box.density > 0.95 for box in boxes)


def test_chance_is_no_box_of_high_density() -> None:
    interest = np.random.default_rng(1).random(20_000) < 0.3
    assert all(box.density < 0.4 for box in discover(["a", "b", "c"], X, interest))


def test_never_and_always_have_no_box() -> None:
    for interest in (np.zeros(20_000, bool), np.ones(20_000, bool)):
        assert discover(["a", "b", "c"], X, interest) == []
    with pytest.raises(UsageError, match="must have shape"):
        discover(["a"], X, np.zeros(20_000, bool))
