"""The reference models as peers are given them: the formulas around a peer are those of the references."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from benchmarks import peers
from benchmarks.reference import one_factor, plan_like


def by_numpy(marginals, latent):  # type: ignore[no-untyped-def]
    """A peer made of NumPy: Gaussian copula by Cholesky, exact inverses."""
    root = np.linalg.cholesky(latent)
    low, mode, high = (np.array([m[k] for m in marginals])[:, None] for k in (1, 2, 3))
    pert = np.array([m[0] == "pert" for m in marginals])

    def draw(draws: int, seed: int) -> np.ndarray:
        u = special.ndtr(root @ np.random.default_rng(seed).standard_normal((len(root), draws)))
        width, cut = high - low, (mode - low) / (high - low)
        out = low + width * np.where(u < cut, np.sqrt(u * cut), 1 - np.sqrt((1 - u) * (1 - cut)))
        p = 1 + 4 * cut[pert], 1 + 4 * (1 - cut[pert])
        out[pert] = low[pert] + width[pert] * special.betaincinv(*p, u[pert])
        return out

    return draw


def test_one_factor_around_a_peer() -> None:
    """P80 is that of the semi-analytic check within four standard errors of the draws."""
    d = one_factor.inputs()
    total = peers.one_factor_with(by_numpy, d)(800, 1)
    exact = one_factor.semi_analytic(0.8, d, nodes=200)
    assert np.quantile(total, 0.8) == pytest.approx(exact, rel=4 * 0.008)


def test_plan_like_around_a_peer() -> None:
    """Mean, spread and P80 are those of the reference in NumPy."""
    d = plan_like.inputs()
    mine, other = peers.plan_like_with(by_numpy, d)(800, 1), plan_like.numpy_tabulated(2000, 2, d)[-1]
    assert mine.mean() == pytest.approx(other.mean(), rel=0.02)
    assert mine.std() == pytest.approx(other.std(), rel=0.1)
    assert np.quantile(mine, 0.8) == pytest.approx(np.quantile(other, 0.8), rel=0.03)


def test_ranks_of_a_copula() -> None:
    """The rank correlation of a latent correlation of 1 is 1, of 0.3 about 0.288."""
    assert peers.ranks(np.array([[1, 0.3], [0.3, 1.0]])).round(3).tolist() == [[1.0, 0.288], [0.288, 1.0]]
