"""Contingency adds up, and equals its closed form where there is one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sfp_model.decisions.contingency import allocate, cvar, given_total, spread_shares
from sfp_model.errors import UsageError
from sfp_model.results.draws import ranges

Z80 = stats.norm.ppf(0.8)


def normal_blocks(covariance: np.ndarray, blocks: int = 16, draws: int = 4096) -> list[np.ndarray]:
    root = np.linalg.cholesky(covariance)
    generator = np.random.default_rng(7)
    return [10.0 + root @ generator.standard_normal((len(covariance), draws)) for _ in range(blocks)]


def test_joint_normal_parts_share_the_contingency_by_covariance() -> None:
    """E[Xᵢ | X = x] is linear for joint normal parts: contingency cov(Xᵢ, X) ÷ sd(X) · z₀.₈."""
    covariance = np.array([[4.0, 1.0, 0.0], [1.0, 1.0, -0.3], [0.0, -0.3, 2.0]])
    found = allocate(normal_blocks(covariance))
    wanted = covariance.sum(axis=1) / np.sqrt(covariance.sum()) * Z80
    assert np.all(np.abs(found.contingency - wanted) < 4 * found.error + 1e-9)
    assert np.all(found.error < 0.03)
    assert found.alone == pytest.approx(np.sqrt(np.diag(covariance)) * Z80, abs=0.02)
    assert found.diversification == pytest.approx(found.alone.sum() - np.sqrt(covariance.sum()) * Z80, abs=0.03)


def test_comonotone_parts_need_no_diversification() -> None:
    x = np.random.default_rng(1).lognormal(size=(12, 4096))
    found = allocate([np.stack([block, 3 * block]) for block in x])
    assert found.diversification == pytest.approx(0, abs=2e-3 * found.contingency.sum())
    assert found.contingency[1] == pytest.approx(3 * found.contingency[0])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.sampled_from([0.1, 0.5, 0.8, 0.95]))
def test_parts_add_up_to_the_percentile(seed: int, parts: int, at: float) -> None:
    """Whatever the distribution, the conditional means add up to the percentile of the sum."""
    x = np.random.default_rng(seed).gamma(0.7, size=(parts, 500)) * 1000
    assert given_total(x, at).sum() == pytest.approx(np.quantile(x.sum(axis=0), at))


def test_parts_that_do_not_vary_keep_their_value() -> None:
    fixed = np.full((1, 400), 5.0)
    assert given_total(fixed, 0.8).tolist() == pytest.approx([5.0])
    moving = np.vstack([fixed, np.linspace(0, 1, 400)[None, :]])
    assert given_total(moving, 0.8) == pytest.approx([5.0, 0.8], abs=0.01)


def test_tail_mean_of_a_normal() -> None:
    """CVaR of the standard normal: φ(z) ÷ (1 − level)."""
    u = (np.arange(200_000) + 0.5) / 200_000
    wanted = stats.norm.pdf(stats.norm.ppf(0.9)) / 0.1
    assert cvar(stats.norm.ppf(u), 0.9) == pytest.approx(wanted, abs=1e-3)
    assert cvar(np.array([3.0]), 0.9) == 3.0
    with pytest.raises(UsageError, match=r"level must lie in \[0, 1\), got 1"):
        cvar(np.zeros(3), 1)


def test_build_up_adds_up() -> None:
    """Base + provision + contingency = P80; percentiles and the place of the base are those of the distribution."""
    x = np.random.default_rng(3).gamma(2.0, size=(1, 10, 2000))
    row = ranges(x, np.array([1.0])).row(0, 1.0)
    assert row["base_chf"] + row["provision_chf"] + row["contingency_chf"] == pytest.approx(row["p80_chf"])
    assert row["base_at"] == pytest.approx(stats.gamma(2).cdf(1.0), abs=0.02)
    assert abs(row["p80_chf"] - stats.gamma(2).ppf(0.8)) < 4 * row["se_p80_chf"]
    assert row["cvar90_chf"] > row["p90_chf"] > row["p80_chf"]


def test_shares_of_the_standard_deviation_add_up() -> None:
    (block,) = normal_blocks(np.array([[4.0, 1.0], [1.0, 1.0]]), 1, 50_000)
    assert spread_shares(block) == pytest.approx([5 / 7, 2 / 7], abs=0.02)
    assert spread_shares(np.ones((2, 4))).tolist() == [0, 0]


def test_few_blocks_have_no_standard_error() -> None:
    with pytest.raises(UsageError, match="at least 10 blocks, here 3"):
        allocate([np.ones((1, 100))] * 3)
