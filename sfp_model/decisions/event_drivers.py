"""What moves the order of the event's concepts: inputs behind a difference of two of them, criteria behind a lead.

The two concepts are compared draw by draw (common random numbers), so that what moves both alike drops out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sfp_model.decisions.breakeven import break_even
from sfp_model.decisions.event_analysis import BLOCKS, Analysis
from sfp_model.decisions.event_study import impact_of
from sfp_model.decisions.sensitivity import Strongest, strongest
from sfp_model.model.event_levers import Levers
from sfp_model.model.inputs import FloatArray

__all__ = ["Lead", "contenders", "drivers", "lead"]


@dataclass(frozen=True, eq=False)
class Lead:
    """By criterion, (criterion,): how a case is ahead of another in the mean of the draws.

    Attributes
    ----------
    points : ndarray
        Difference of the scores; their mean is the lead.
    capped : ndarray
        Share of the draws in which the first case stands at the end of the scale.
    heads : ndarray of bool
        Whether its score moves with the number of delegates.
    switch : float or None
        Factor on the attendance of the first case at which both have the same impact, base estimate; ``None`` where no
        factor of the range does.
    """

    points: FloatArray
    capped: FloatArray
    heads: npt.NDArray[np.bool_]
    switch: float | None


def contenders(analysis: Analysis, result: str) -> tuple[int, int] | None:
    """Return the case that is best on *result*, ``subsidy`` or ``impact``, in the mean of the draws, and its rival.

    The rival is the one that is best most often among the others; among those that never are, the next in the mean.
    Concepts that are not admitted are left out. ``None`` with fewer than two.
    """
    cases = list(analysis.admitted.values())
    if len(cases) < 2:
        return None
    sign = 1.0 if result == "subsidy" else -1.0
    found = sign * np.stack([getattr(analysis.drawn[case], result) for case in cases])
    allowed = np.stack([analysis.admissions[case].allowed for case in cases])
    open_ = np.where(allowed, found, np.inf)
    mean, best = found.mean(axis=1), (allowed & (open_ <= open_.min(axis=0))).mean(axis=1)
    first = int(mean.argmin())
    others = sorted((at for at in range(len(cases)) if at != first), key=lambda at: (-best[at], mean[at]))
    return cases[first], cases[others[0]]


def drivers(analysis: Analysis, result: str, pair: tuple[int, int], most: int = 5) -> Strongest:
    """Return the inputs behind the difference of *result* between the cases of *pair*, as rows of the input table.

    A coefficient is positive where more of the input raises the first case against the second. The first-order indices
    are of the inputs themselves, which share common factors, so that they overlap.
    """
    first, second = (getattr(analysis.drawn[case], result) for case in pair)
    moving = np.flatnonzero(np.ptp(analysis.values, axis=1) > 0)
    found = strongest(analysis.values[moving], first - second, BLOCKS, most)
    return replace(found, rows=moving[found.rows])


def lead(analysis: Analysis, pair: tuple[int, int]) -> Lead:
    """Return by which criteria the first case of *pair* is ahead on impact, and when it would no longer be."""
    study, (first, second) = analysis.study, pair
    one, other = analysis.drawn[first].scores, analysis.drawn[second].scores
    moved = study.at_base(first, Levers.of({"attendance": np.array([0.9, 1.0])}), 2).impact.scores[:, 0]
    rival = float(impact_of(study.at_base(second))[0])
    span = study.trade.break_even["attendance"].estimate

    def ahead(factors: FloatArray) -> FloatArray:
        found = study.at_base(first, Levers.of({"attendance": factors}), len(factors))
        result: FloatArray = impact_of(found) - rival
        return result

    return Lead(
        points=(one - other).mean(axis=1),
        capped=(one >= 100 - 1e-9).mean(axis=1),
        heads=np.abs(moved[:, 0] - moved[:, 1]) > 1e-9,
        switch=break_even(ahead, span.low, span.high, 1.0).point,
    )
