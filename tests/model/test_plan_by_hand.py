"""The model against the whole plan written by hand in NumPy, the event's subsidy included."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.model import by_model
from benchmarks.reference import by_hand
from sfp_model.inputs import load_plan, scenario_names
from sfp_model.model import compile


@pytest.mark.parametrize("scenario", scenario_names())
def test_the_model_agrees_with_numpy_by_hand(scenario: str) -> None:
    """Nominal additional need by initiative and year is the same to rounding in every scenario."""
    arrays = compile(load_plan(scenario=scenario))
    found = by_hand.need(arrays)
    assert found == pytest.approx(by_model(arrays), rel=1e-9, abs=1e-6)
    if arrays.event is not None and arrays.event.own is not None:
        assert np.all(by_hand.subsidy(arrays) > 0)
