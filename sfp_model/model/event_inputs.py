"""Values of the event by parameter name, shaped for the formulas: (…, concept, draw)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sfp_model.errors import UsageError
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
        """Number of editions on the axis, those that are not held included."""
        return len(self.arrays.years)

    def __call__(self, parameter: str) -> FloatArray:
        """Return *parameter*, shape (draw,), (concept, draw) or (axis, draw); 0 where a concept has none."""
        rows = self.arrays.rows[parameter]
        if parameter in self.arrays.partial:
            found = self.values[rows]
            found[rows < 0] = 0.0
        elif rows.size == 1:  # a view: nothing is copied
            at = int(rows.flat[0])
            found = self.values[at] if rows.ndim == 0 else self.values[at : at + 1].reshape(*rows.shape, -1)
        else:
            found = self.values[rows]
        scale = self.arrays.scale.get(parameter, 1.0)
        return self.levers.applied(parameter, found if scale == 1.0 else found * scale, self.arrays.segments)

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

    @cached_property
    def held(self) -> FloatArray:
        """1 where a concept holds an edition, (concept, edition, 1)."""
        concepts = np.array([float(case.held) for case in self.arrays.cases])
        return concepts[:, None, None] * np.array(self.arrays.held, dtype=np.float64)[:, None]

    @cached_property
    def cancelled(self) -> FloatArray:
        """1 where an edition is cancelled: a risk event of the draw, or a lever; (edition, draw)."""
        return self._event("cancelled", 0.0, self("risk.cancelled"))

    @cached_property
    def online(self) -> FloatArray:
        """1 where an edition that would be on site is forced on line, (concept, edition, draw)."""
        low = self("risk.cancelled")
        forced = self._event("forced_virtual", low, low + self("risk.forced_virtual")) * (1 - self.cancelled)
        return forced * (self("formats.on_site") > 0)[:, None, :] * self.held

    def _event(self, lever: str, low: FloatArray | float, high: FloatArray) -> FloatArray:
        """Return 1 where the number of an edition lies from *low* to *high*, or the lever names its year."""
        years = getattr(self.levers, lever)
        if unknown := [year for year in years if year not in self.arrays.years]:
            raise UsageError(f"lever {lever}: there is no edition of {unknown[0]}; editions: {self.arrays.years}")
        rows = self.arrays.risk_rows
        number = self.values[rows]  # 1 in the base estimate: no event
        if rows.min(initial=0) < 0:
            number[rows < 0] = 1.0
        high = np.minimum(high, 1.0)
        happens = (number >= low) & (number < high)
        if years:
            happens |= np.isin(self.arrays.years, years)[:, None]
        result: FloatArray = happens.astype(np.float64)
        return result

    @cached_property
    def on_site(self) -> FloatArray:
        """Part of the demand that an edition has on site as it turns out, (concept, edition, draw)."""
        planned = self("formats.on_site")[:, None, :] * self.held
        result: FloatArray = planned * (1 - self.cancelled - self.online)
        return result

    @cached_property
    def takes_place(self) -> FloatArray:
        """1 where an edition is held in some form as it turns out, (concept, edition, draw)."""
        return self.held * (1 - self.cancelled)

    def segment(self, name: str) -> int:
        """Return the position of a segment."""
        return self.arrays.segments.index(name)
