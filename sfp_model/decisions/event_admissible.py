"""Which combinations of the event may be chosen at all: unity with ITU's goals, and fit with the calendar.

Both are constraints and no scores: what breaks one is left out of every comparison, however well it scores. Unity is
judged with a range, so that a combination may fulfil it in some draws and not in others; the calendar is the conflict
index of the declared month (``event_calendar``), one number. A combination is admitted where it fulfils both in at
least the declared share of the draws: a chance constraint (Charnes and Cooper 1959, doi:10.1287/mnsc.6.1.73).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfp_model.decisions.event_calendar import conflicts
from sfp_model.decisions.event_study import Study
from sfp_model.model.inputs import FloatArray

__all__ = ["Admission", "admission"]

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Admission:
    """Whether one combination may be chosen.

    Attributes
    ----------
    unity, least_unity : ndarray (draw,)
        Judged unity with the goals of ITU, and the least that is admissible.
    index, most : float
        Conflict index of the month of the editions, and the most that is admissible, base estimate.
    confidence : float
        Share of the draws in which a combination that is admitted fulfils both.
    """

    unity: FloatArray
    least_unity: FloatArray
    index: float
    most: float
    confidence: float

    @property
    def united(self) -> BoolArray:
        """Whether unity is reached, (draw,)."""
        result: BoolArray = self.unity >= self.least_unity
        return result

    @property
    def fits(self) -> bool:
        """Whether the month of the editions fits the calendar."""
        return self.index <= self.most

    @property
    def allowed(self) -> BoolArray:
        """Whether both constraints hold, (draw,)."""
        return self.united & self.fits

    @property
    def share(self) -> float:
        """Share of the draws in which both hold."""
        return float(self.allowed.mean())

    @property
    def admitted(self) -> bool:
        """Whether both hold in as many draws as is asked for."""
        return self.share >= self.confidence


def admission(study: Study, case: int, values: FloatArray) -> Admission:
    """Return whether the combination *case* is admissible, for the draws *values* of the inputs, (input, draw).

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> from sfp_model.model import compile
    >>> plan = load_plan(None, None)
    >>> study = Study.of(plan, compile(plan))
    >>> found = admission(study, study.concepts["telecom_style"], study.drawn(size=512))
    >>> found.fits, 0 < found.share < 1
    (True, True)
    """
    event, rows = study.event, study.arrays[case].rows
    joined = event.concepts[study.cases[case].concept].joined
    years = [edition.year for edition in event.editions]
    return Admission(
        unity=values[rows["constraints.unity"][0]],
        least_unity=values[int(rows["constraints.least_unity"])],
        index=conflicts(study.trade, years, joined)[event.editions[0].month - 1].index,
        most=event.value("constraints.most_conflict").estimate.mode,
        confidence=study.trade.admissible.estimate.mode,
    )
