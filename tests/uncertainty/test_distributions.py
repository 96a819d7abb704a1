"""Means, variances and percentiles against closed forms, also skewed, at an end, and degenerate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfp_model.errors import UsageError
from sfp_model.model.inputs import Mixture
from sfp_model.uncertainty.distributions import (
    mean,
    mixture,
    mixture_mean,
    pert,
    triangular,
    uniform,
    variance,
)  # fmt: skip

GRID = (np.arange(200_000) + 0.5) / 200_000
SHAPES = [(0, 5, 10), (0, 3, 10), (0, 0, 10), (0, 10, 10), (-4, 1, 2)]
IT = Mixture((0.6, 1.0, 1.5, 2.0), (0.6, 0.22, 0.074), 1.3, 10.0)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("name", "function"), [("pert", pert), ("triangular", triangular)])
@pytest.mark.parametrize("at", ["min-max", "P10-P90", "P5-P80"])
def test_mean_and_variance(shape, name, function, at) -> None:
    """Numerical moments of the quantile function equal the closed form."""
    values = function(GRID, *shape, at)
    assert values.mean() == pytest.approx(mean(name, *shape, at), abs=2e-4)
    assert values.var() == pytest.approx(variance(name, *shape, at), rel=1e-3)


def test_uniform_moments() -> None:
    """Middle and span² / 12."""
    assert uniform(GRID, 2, 6).mean() == pytest.approx(4)
    assert uniform(GRID, 2, 6).var() == pytest.approx(variance("uniform", 2, 2, 6, "min-max"), rel=1e-4)


@given(st.floats(0, 1), st.floats(0.01, 1e6), st.sampled_from(["pert", "triangular"]))
def test_percentiles_stand_where_they_were_typed(share: float, span: float, name: str) -> None:
    """Low is P10 and high is P90 of what is drawn, wherever the mode lies between them."""
    function = {"pert": pert, "triangular": triangular}[name]
    low, high = 7.0, 7.0 + span
    found = function(np.array([0.1, 0.9]), low, min(low + share * span, high), high)
    assert found == pytest.approx([low, high], rel=1e-5, abs=1e-5 * span)


def test_degenerate_is_constant() -> None:
    """A fixed value is itself at every quantile and has no variance."""
    assert pert(np.array([0.01, 0.99]), 3, 3, 3).tolist() == [3, 3]
    assert variance("pert", 3, 3, 3) == 0


def test_reversed_range_is_refused() -> None:
    """The error shows the values."""
    with pytest.raises(UsageError, match=r"low=9 ≤ mode=5 ≤ high=1"):
        triangular(GRID, 9, 5, 1)


def test_mixture_of_it_overruns() -> None:
    """Mean by closed form, median and P80 as in the evidence (1.37 by simulation, 0.93, 1.45)."""
    values = mixture(GRID, IT)
    assert values.mean() == pytest.approx(mixture_mean(IT), rel=1e-4)
    assert np.quantile(values, [0.5, 0.8]) == pytest.approx([0.93, 1.45], abs=0.01)
    assert values.max() == 10
    assert (np.diff(values) >= 0).all()
