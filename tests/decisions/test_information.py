"""The value of information against closed forms and against nested Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sfp_model.decisions.information import evpi, evppi, worth
from sfp_model.errors import UsageError


def loss(mean: float, spread: float) -> float:
    """E max(0, m + s Z) less max(0, m): what knowing a normal payoff is worth."""
    return spread * stats.norm.pdf(mean / spread) + mean * stats.norm.cdf(mean / spread) - max(0.0, mean)


def case(draws: int, seed: int = 0, mean: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Nothing, or a payoff m + 2 x + y with standard normal x and y."""
    x = np.random.default_rng(seed).standard_normal((2, draws))
    return np.stack([np.zeros(draws), mean + 2 * x[0] + x[1]]), x


def test_linear_normal_case_in_closed_form() -> None:
    payoff, x = case(200_000)
    assert evpi(payoff) == pytest.approx(loss(0.3, np.sqrt(5)), abs=0.01)
    assert evppi(payoff, x[:1]) == pytest.approx(loss(0.3, 2.0), abs=0.02)
    assert evppi(payoff, x[1:]) == pytest.approx(loss(0.3, 1.0), abs=0.02)
    assert evppi(payoff, x) == pytest.approx(loss(0.3, np.sqrt(5)), abs=0.02)


def test_a_product_of_inputs_by_nested_simulation() -> None:
    """Payoff x · y − 0.2 with uniform inputs: given x its mean is x/2 − 0.2, of which the positive part is taken."""
    u = np.random.default_rng(1).random((2, 100_000))
    payoff = np.stack([np.zeros(u.shape[1]), u[0] * u[1] - 0.2])
    generator = np.random.default_rng(2)
    outer = generator.random(2000)
    inner = (outer[:, None] * generator.random((1, 2000)) - 0.2).mean(axis=1)  # nested Monte Carlo
    nested = np.maximum(inner, 0).mean() - max(inner.mean(), 0)
    known = 0.25 * (1 - 0.16) - 0.2 * 0.6 - 0.05  # ∫ of x/2 − 0.2 from 0.4 to 1, less the mean
    assert nested == pytest.approx(known, abs=0.01)
    assert evppi(payoff, u[:1]) == pytest.approx(known, abs=0.005)


def test_what_does_not_matter_is_worth_nothing() -> None:
    payoff, _ = case(50_000)
    noise = np.random.default_rng(9).standard_normal((1, 50_000))
    assert evppi(payoff, noise) == pytest.approx(0, abs=0.03)
    assert evppi(payoff, np.ones((1, 50_000))) == pytest.approx(0, abs=0.03)
    dominated = np.stack([payoff[1], payoff[1] - 1])
    assert evpi(dominated) == pytest.approx(0)


def test_standard_errors_cover() -> None:
    """The closed forms lie within a few standard errors, and these are about the spread between whole samples."""
    payoff, x = case(16 * 2048)
    everything, part = worth(payoff, blocks=16), worth(payoff, x[:1], blocks=16)
    assert abs(everything.value - loss(0.3, np.sqrt(5))) < 3.5 * everything.error
    assert abs(part.value - loss(0.3, 2.0)) < 3.5 * part.error
    assert everything.value == pytest.approx(evpi(payoff))
    assert part.value == pytest.approx(evppi(payoff, x[:1]))
    again = [evppi(*(z[:1] if i else z for i, z in enumerate(case(2000, seed)))) for seed in range(40)]
    assert worth(*(z[:1] if i else z for i, z in enumerate(case(2000)))).error == pytest.approx(np.std(again), rel=0.6)


def test_knowing_more_is_worth_more_and_no_more_than_everything() -> None:
    """Parts that go together overlap: each tells of the other, so that they add up to more than both."""
    generator = np.random.default_rng(3)
    shared = generator.standard_normal(8_000)
    x = np.stack([shared, shared]) + 0.3 * generator.standard_normal((2, 8_000))
    payoff = np.stack([np.zeros(8_000), x.sum(axis=0)])
    first, second, both = (worth(payoff, known).value for known in (x[:1], x[1:], x))
    assert both == pytest.approx(worth(payoff).value, abs=0.05)
    assert max(first, second) < both < first + second


def test_wrong_blocks_and_draws_are_refused() -> None:
    with pytest.raises(UsageError, match="at least 10 blocks, here 2"):
        worth(case(64)[0], blocks=2)
    with pytest.raises(UsageError, match="64 draws cannot be cut into 10 equal blocks"):
        worth(case(64)[0])
    with pytest.raises(UsageError, match="got 5 and 4"):
        evppi(np.zeros((2, 4)), np.zeros((1, 5)))
