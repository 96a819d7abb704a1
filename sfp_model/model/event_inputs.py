"""Values of the event by parameter name, shaped for the formulas: (…, concept, draw)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sfp_model.model.event_levers import Levers
from sfp_model.model.inputs import FloatArray

if TYPE_CHECKING:
    from sfp_model.model.event import EventArrays

__all__ = ["Case", "Inputs"]


@dataclass(frozen=True, slots=True)
class Case:
    """A concept in a format and a place; both are empty where no event is held."""

    concept: str
    format: str
    place: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Concept, format, place."""
        return self.concept, self.format, self.place

    @property
    def held(self) -> bool:
        """Whether an event is held."""
        return bool(self.format)


@dataclass(frozen=True, eq=False)
class Inputs:
    """Reads values of one evaluation by the name that the parameter has in the file."""

    arrays: EventArrays
    values: FloatArray
    levers: Levers = field(default_factory=Levers)

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.values.shape[1])

    @property
    def editions(self) -> int:
        """Number of editions."""
        return len(self.arrays.years)

    def __call__(self, parameter: str) -> FloatArray:
        """Return *parameter*, shape (draw,), (concept, draw) or (axis, draw); 0 where a concept has none."""
        rows = self.arrays.rows[parameter]
        found = np.where((rows >= 0)[..., None], self.values[rows], 0.0)
        return self.levers.applied(parameter, found * self.arrays.scale.get(parameter, 1.0))

    def rate(self, use: str) -> FloatArray:
        """Return the base-year CHF for one unit of a resource, (draw,)."""
        row, factor = self.arrays.rates[use]
        result: FloatArray = self.values[row] * factor
        return result

    @property
    def joined(self) -> FloatArray:
        """1 where a concept is held with an existing event, (event, concept, 1)."""
        result: FloatArray = self.arrays.rows["joined"].astype(np.float64)[..., None]
        return result

    @property
    def held(self) -> FloatArray:
        """1 where an event is held, (concept, 1)."""
        return np.array([[float(case.held)] for case in self.arrays.cases])

    def segment(self, name: str) -> int:
        """Return the position of a segment."""
        return self.arrays.segments.index(name)
