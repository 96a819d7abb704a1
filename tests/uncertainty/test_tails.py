"""P10 and P90 without the draws are those of all draws, compiled or not, also where values repeat."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfp_model.uncertainty.tails import SHARES, Tails


def exact(draws: np.ndarray) -> np.ndarray:
    """Percentiles of all draws; *draws* has shape (block, series, draw)."""
    return np.quantile(draws.swapaxes(0, 1).reshape(draws.shape[1], -1), SHARES, axis=1).T


def found(draws: np.ndarray) -> Tails:
    tails = Tails()
    for block in draws:
        tails.add(block)
    return tails


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(2, 12), st.sampled_from([8, 33, 512, 1024]), st.sampled_from([0, 1, 3, 9])
)
def test_percentiles_are_exact_or_said_to_be_open(seed: int, blocks: int, size: int, steps: int) -> None:
    """Continuous values, constants, and values on few steps, as events that occur or not make them."""
    generator = np.random.default_rng(seed)
    draws = generator.normal(size=(blocks, 4, size)) * 10.0 ** generator.integers(-3, 9, size=(1, 4, 1))
    if steps:
        draws = np.floor(draws / np.abs(draws).max() * steps)
    draws[:, 3] = 7.5
    tails = found(draws)
    known = ~tails.open
    assert known[3] and np.allclose(tails.percentiles[known], exact(draws)[known], rtol=1e-12, atol=1e-9)


def test_blocks_of_the_usual_size_leave_nothing_open() -> None:
    """Ten independent blocks of 4,096 draws, with a cell that is nil in most of them."""
    generator = np.random.default_rng(5)
    draws = generator.lognormal(size=(10, 3, 4096))
    draws[:, 1] *= generator.random((10, 4096)) < 0.4
    draws[:, 2] *= generator.random((10, 4096)) < 0.05
    tails = found(draws)
    assert not tails.open.any() and np.allclose(tails.percentiles, exact(draws), rtol=1e-12)
    own = np.quantile(draws, SHARES, axis=2)  # (percentile, block, series)
    assert np.allclose(tails.errors, (own.std(axis=1, ddof=1) / np.sqrt(10)).T, rtol=1e-9, atol=1e-12)


def test_without_compiled_loops_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The NumPy path keeps and counts the same draws."""
    draws = np.random.default_rng(6).normal(size=(10, 5, 256)).round(1)
    compiled = found(draws)
    monkeypatch.setenv("SFP_KERNELS", "numpy")
    plain = found(draws)
    assert np.array_equal(compiled.percentiles, plain.percentiles) and np.array_equal(compiled.open, plain.open)
    assert np.array_equal(compiled.errors, plain.errors)


def test_blocks_that_differ_by_more_than_a_window_are_named() -> None:
    """A percentile outside what was kept is not guessed."""
    draws = np.random.default_rng(7).normal(size=(10, 1, 512))
    draws[1:] += 50.0
    assert found(draws).open.tolist() == [True]
