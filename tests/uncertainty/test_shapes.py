"""Every distribution against scipy.stats and its closed-form moments; what is impossible is refused with values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sfp_model.errors import UsageError
from sfp_model.model.inputs import Mixture
from sfp_model.model.marginals import CELLS, REACH, Margin, fit, latent_table, margin_values, quantile
from sfp_model.uncertainty import distributions as d
from sfp_model.uncertainty.moments import moments

Q = np.linspace(0.001, 0.999, 201)
GRID = (np.arange(400_000) + 0.5) / 400_000
MIXTURE = Mixture((0.6, 1.0, 1.5, 2.0), (0.6, 0.22, 0.074), 1.3, 10.0)


def _pert(low: float, mode: float, high: float, weight: float):
    span = high - low
    return stats.beta(1 + weight * (mode - low) / span, 1 + weight * (high - mode) / span, loc=low, scale=span)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (d.pert(Q, 2, 3, 10, "min-max"), _pert(2, 3, 10, 4)),
        (d.pert(Q, 2, 2, 10, "min-max", weight=2), _pert(2, 2, 10, 2)),
        (d.pert(Q, 2, 10, 10, "min-max", weight=9.5), _pert(2, 10, 10, 9.5)),
        (d.triangular(Q, 2, 3, 10, "min-max"), stats.triang(1 / 8, loc=2, scale=8)),
        (d.uniform(Q, 3, 7, "P10-P90"), stats.uniform(2.5, 5)),
        (d.normal(Q, 8, 12, "P5-P80"), stats.norm(8 + 4 * 1.6448536 / (1.6448536 + 0.8416212), 4 / 2.4864748)),
        (d.lognormal(Q, 1, 4), stats.lognorm(np.log(2) / 1.2815516, scale=2)),
        (d.beta(Q, 0.6, 3, 1, 5), stats.beta(0.6, 3, loc=1, scale=4)),
        (d.beta(Q, 2, 5), stats.beta(2, 5)),
    ],
)  # fmt: skip
def test_values_agree_with_scipy(values, expected) -> None:
    """The quantile function is that of scipy.stats, written down independently."""
    assert values == pytest.approx(expected.ppf(Q), rel=1e-6, abs=1e-9)


def _mixture(of: Mixture):
    """Return the distribution function of a mixture, written with scipy's uniform and Pareto distributions."""
    tail = 1 - sum(of.shares)
    pieces = [(share, stats.uniform(a, b - a)) for share, a, b in zip(of.shares, of.edges, of.edges[1:], strict=False)]

    def cdf(x):
        body = sum(share * piece.cdf(x) for share, piece in pieces)
        return np.where(x >= of.cap, 1.0, body + tail * stats.pareto(of.shape, scale=of.edges[-1]).cdf(x))

    return cdf


def test_discrete_and_bernoulli_are_those_of_scipy() -> None:
    """Values at quantiles are those of ``rv_discrete`` and ``bernoulli``, in whatever order they are typed."""
    values, chances = (0.0, 4.0, 9.0), (0.5, 0.4, 0.1)
    expected = stats.rv_discrete(values=(values, chances))
    margin = fit("discrete", 0, 0, 9, 0, 1, (0.0, 0.5, 4.0, 0.4, 9.0, 0.1))
    assert np.array_equal(margin_values(margin, Q + 1e-4), expected.ppf(Q + 1e-4))
    assert np.array_equal(d.discrete(Q + 1e-4, {9: 0.1, 0: 0.5, 4: 0.4}), expected.ppf(Q + 1e-4))
    assert moments(margin) == pytest.approx((expected.mean(), expected.var()))
    assert np.array_equal(d.bernoulli(Q + 1e-4, 0.3), stats.bernoulli(0.3).ppf(Q + 1e-4))


@pytest.mark.parametrize("observed", [(3.0, 1.0, 8.0, 4.0), (0.7, 0.9, 1.0, 1.2, 5.0, 5.5)])
def test_empirical_is_the_histogram_of_scipy(observed) -> None:
    """Between sorted observations as many draws in each gap: ``rv_histogram`` with a bin from each to the next."""
    edges = np.sort(observed)
    expected = stats.rv_histogram((np.ones(len(edges) - 1), edges), density=False)
    margin = fit("empirical", edges[0], edges[1], edges[-1], 0, 1, tuple(observed))
    assert margin_values(margin, Q) == pytest.approx(expected.ppf(Q), rel=1e-9)
    assert moments(margin) == pytest.approx((expected.mean(), expected.var()), rel=1e-9)


@pytest.mark.parametrize("of", [MIXTURE, Mixture((0.6, 2.0), (0.8,), 2.0, 10.0), Mixture((0.6, 2.0), (0.8,), 1.0, 3.0)])
def test_mixture_is_uniform_and_pareto_of_scipy(of: Mixture) -> None:
    """The distribution function at each value drawn is its quantile, and 1 from the cap on."""
    values = margin_values(Margin("mixture", 0, 1, mixture=of), Q)
    below = values < of.cap
    assert _mixture(of)(values[below]) == pytest.approx(Q[below], abs=1e-9)
    assert below.any()
    assert (Q[~below] >= 1 - (1 - sum(of.shares)) * (of.edges[-1] / of.cap) ** of.shape - 1e-9).all()


@pytest.mark.parametrize(
    ("margin", "expected"),
    [
        (fit("pert", 2, 3, 10), None),
        (fit("pert", 2, 3, 10, 0, 1, (7.0,)), _pert(2, 3, 10, 7)),
        (fit("triangular", 2, 3, 10), stats.triang(1 / 8, loc=2, scale=8)),
        (fit("uniform", 2, 3, 10), stats.uniform(2, 8)),
        (fit("normal", 8, 10, 12, 0.1, 0.9), stats.norm(10, 2 / 1.2815516)),
        (fit("lognormal", 1, 1.4927, 4, 0.1, 0.9), stats.lognorm(np.log(2) / 1.2815516, scale=2)),
        (fit("beta", 1, 1, 5, 0, 1, (0.6, 3.0)), stats.beta(0.6, 3, loc=1, scale=4)),
        (fit("bernoulli", 0, 0, 1, 0, 1, (0.3,)), stats.bernoulli(0.3)),
        (fit("discrete", 0, 0, 9, 0, 1, (0.0, 0.5, 4.0, 0.4, 9.0, 0.1)), None),
        (fit("empirical", 1, 3, 8, 0, 1, (3.0, 1.0, 8.0, 4.0)), None),
        (Margin("mixture", 0, 1, mixture=MIXTURE), None),
        (Margin("mixture", 0, 1, mixture=Mixture((0.6, 2.0), (0.8,), 2.0, 10.0)), None),
        (Margin("mixture", 0, 1, mixture=Mixture((0.6, 2.0), (0.8,), 1.0, 10.0)), None),
    ],
)
def test_moments_are_closed_forms(margin, expected) -> None:
    """Mean and variance equal the numerical moments of the quantile function, and scipy's where it has them."""
    values = margin_values(margin, GRID)
    mean, variance = moments(margin)
    assert values.mean() == pytest.approx(mean, rel=2e-4)
    assert values.var() == pytest.approx(variance, rel=3e-3)
    if expected is not None:
        assert (mean, variance) == pytest.approx(expected.stats("mv"), rel=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1), st.floats(0.5, 30), st.sampled_from(["pert", "triangular"]))
def test_table_meets_the_inverse(cut: float, weight: float, kind: str) -> None:
    """The table on the latent scale and its interpolation err by less than 2e-5 of the span."""
    margin = fit(kind, 0.0, cut, 1.0, 0.0, 1.0, (weight,) if kind == "pert" else ())
    q = (np.arange(2000) + 0.5) / 2000
    exact = np.concatenate([margin_values(margin, part) for part in np.array_split(q, 10)])
    assert np.abs(margin_values(margin, q) - exact).max() < 2e-5
    assert (np.diff(latent_table(margin)) >= 0).all()
    assert len(latent_table(margin)) == CELLS + 1


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1), st.floats(0.5, 40), st.floats(-3, 9), st.sampled_from([("P1", "P99"), ("P20", "P60")]))
def test_extreme_asymmetry(cut: float, weight: float, size: float, at: tuple[str, str]) -> None:
    """Wherever the mode lies, also at an end, for narrow and wide shapes, low and high stand where they were typed."""
    span = 10.0**size
    low, high = float(at[0][1:]) / 100, float(at[1][1:]) / 100
    found = quantile(np.array([low, high]), "pert", 1.0, min(1 + cut * span, 1 + span), 1 + span, low, high, (weight,))
    assert found == pytest.approx([1, 1 + span], rel=1e-6, abs=1e-6 * span)


def test_steps_are_not_smoothed() -> None:
    """Discrete values come with exactly their probabilities; the event happens at the upper quantiles."""
    found = d.discrete(GRID, {5: 0.25, 1: 0.25, 3: 0.5})
    assert [(found == v).mean() for v in (1, 3, 5)] == pytest.approx([0.25, 0.5, 0.25], abs=1e-5)
    assert set(np.unique(d.bernoulli(GRID, 0.07))) == {0.0, 1.0}
    assert d.bernoulli(GRID, 0.07).mean() == pytest.approx(0.07, abs=1e-5)
    assert d.bernoulli(Q, 1.0).all()
    assert not d.bernoulli(Q, 0.0).any()


def test_degenerate() -> None:
    """Low equal to high is that value, whatever the shape; one observation is itself."""
    for values in (d.normal(Q, 3, 3), d.lognormal(Q, 3, 3), d.uniform(Q, 3, 3), d.empirical(Q, [3])):
        assert values == pytest.approx(np.full(len(Q), 3.0))
    assert REACH > 6


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: d.pert(Q, 9, 5, 1), r"low=9 ≤ mode=5 ≤ high=1"),
        (lambda: d.pert(Q, 1, 5, 9, weight=-1), r"weight=-1"),
        (lambda: d.normal(Q, 1, 5, "min-max"), r"no minimum low=1 "),
        (lambda: d.lognormal(Q, -1, 5), r"above 0, got low=-1"),
        (lambda: d.lognormal(Q, 5, 1), r"low=.* ≤ high="),
        (lambda: d.beta(Q, 0, 2), r"\(0\.0, 2\.0\)"),
        (lambda: d.bernoulli(Q, 1.2), r"\(1\.2,\)"),
        (lambda: d.discrete(Q, {1: 0.5, 2: 0.6}), r"\(0\.5, 0\.6\)"),
        (lambda: d.empirical(Q, []), r"at least one value"),
        (lambda: fit("normal", 8.0, 9.0, 12.0, 0.1, 0.9), r"mode at 10, not at mode=9\.0"),
        (lambda: fit("lognormal", 1.0, 2.0, 4.0, 0.1, 0.9), r"mode at 1\.49.*not at mode=2\.0"),
        (lambda: fit("gamma", 1.0, 2.0, 4.0), r"'gamma' is none of pert"),
    ],
)
def test_impossible_ones_are_refused(call, words: str) -> None:
    """The error shows the values that cannot be."""
    with pytest.raises(UsageError, match=words):
        call()
