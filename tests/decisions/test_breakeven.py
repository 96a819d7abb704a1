"""Break-even points against an independent solver, with kinks, several crossings and none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from sfp_model.decisions.breakeven import break_even
from sfp_model.errors import UsageError


@settings(max_examples=50, deadline=None)
@given(st.floats(0.1, 5), st.floats(0.5, 3), st.floats(0.2, 4))
def test_equals_brentq(fixed: float, price: float, cap: float) -> None:
    """A capped income against a fixed and a variable cost: same root as Brent's method, or none for both."""

    def result(x: np.ndarray) -> np.ndarray:
        return np.minimum(price * x, cap + 0.3 * price * x) - 0.2 * x - fixed

    found = break_even(result, 0.0, 10.0, 0.0)
    if found.best < 0:
        assert found.point is None and np.all(result(np.linspace(0, 10, 999)) < 0.02)
    else:
        assert found.point == pytest.approx(brentq(lambda x: result(np.array([x]))[0], 0.0, found.best_at), abs=1e-8)


def test_nearest_of_several() -> None:
    """With a profit between two prices the crossing nearest to the present one is the answer; both are counted."""
    found = break_even(lambda x: -(x - 2) * (x - 5), 0.0, 10.0, 4.4)
    assert found.point == pytest.approx(5.0)
    assert found.crossings == 2
    assert (found.best, found.best_at) == pytest.approx((2.25, 3.5), abs=0.08)


def test_none_and_empty_range() -> None:
    """No crossing gives none with the best there is; a range in the wrong order is refused."""
    found = break_even(lambda x: -1 - x, 0.0, 1.0, 0.5)
    assert (found.point, found.crossings, found.best, found.best_at) == (None, 0, -1.0, 0.0)
    with pytest.raises(UsageError, match="from low to high"):
        break_even(lambda x: x, 1.0, 0.0, 0.5)
