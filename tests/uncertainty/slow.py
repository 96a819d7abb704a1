"""A measure that takes its time, so that a worker can be stopped in mid-run."""

from __future__ import annotations

import time

from sfp_model.model import Outcome
from sfp_model.model.inputs import FloatArray
from sfp_model.uncertainty.work import Series


def slow_series(outcome: Outcome) -> FloatArray:
    """Return the total of each draw after a pause."""
    time.sleep(0.05)
    return Series()(outcome)
