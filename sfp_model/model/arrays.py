"""What a compiled plan is: read-only arrays and tables of names. No YAML, no units, no Plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sfp_model.model.inputs import FloatArray, InputTable
from sfp_model.model.timing import PROFILES, Periods

__all__ = ["DERIVED", "RECURRING", "Actions", "Arrays", "Forms", "Groups", "IntArray", "Lines", "Profile"]

IntArray = npt.NDArray[np.intp]
RECURRING, DERIVED = -1, -2  # shapes of groups that have no profile between start and end
_SHAPE = {"recurring": RECURRING, "derived": DERIVED}


@dataclass(frozen=True, eq=False)
class Lines:
    """Active resource lines as columns; integers point into the name tables of ``Arrays``.

    Attributes
    ----------
    ids : tuple of str
    quantity, rate : ndarray of int (line,)
        Rows of the input table (−1 for the derived line).
    factor : ndarray (line,)
        Rate units per quantity unit.
    price : ndarray (line,)
        Base-year CHF per unit of the rate's currency and price year.
    person_months : ndarray (line,)
        Person-months per quantity unit; 0 where the resource is not a person's time.
    programme, initiative, action, activity, category, funding, confidence, resource, escalation, currency, group
        ndarray of int (line,)
    recurrent : ndarray of bool (line,)
        Runs to the horizon.
    per_year : ndarray (line,)
        Times that the quantity falls in a year after the horizon: 12 or 1 for recurrent lines (times the number of
        the last year, where a driver gives it by year), 0 for others.
    sectors : ndarray (line, sector)
        Shares that sum to 1.
    """

    ids: tuple[str, ...]
    quantity: IntArray
    rate: IntArray
    factor: FloatArray
    price: FloatArray
    person_months: FloatArray
    programme: IntArray
    initiative: IntArray
    action: IntArray
    activity: IntArray
    category: IntArray
    funding: IntArray
    confidence: IntArray
    resource: IntArray
    escalation: IntArray
    currency: IntArray
    group: IntArray
    recurrent: npt.NDArray[np.bool_]
    per_year: FloatArray
    sectors: FloatArray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Profile:
    """One way in which lines of an action fall in time (months; see ``inputs.plan.Timing``).

    ``kind`` is ``one_off`` (relative to the action), ``absolute`` (fixed months ``begin`` to ``end``), ``recurring``
    (from ``begin`` after the start of the action to ``end``, ``None``: the horizon) or ``derived`` (the event).
    ``scale`` is the quantity's number per month, 1 or 1/12, of a recurring line; ``yearly`` multiplies it by year of
    the horizon (empty: 1 in each).
    """

    action: int
    kind: str
    shape: str = "uniform"
    begin: float = 0.0
    end: float | None = None
    scale: float = 1.0
    yearly: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Forms:
    """Profiles of timing groups as columns, each of shape (group,).

    ``shape`` is the place in ``PROFILES`` of a one-off profile, ``RECURRING``, or ``DERIVED``; ``end`` is nan where the
    profile has none. ``driven`` marks those with a number for each year of the horizon, ``yearly`` (group, year).
    """

    action: IntArray
    shape: IntArray
    begin: FloatArray
    end: FloatArray
    scale: FloatArray
    driven: npt.NDArray[np.bool_]
    yearly: FloatArray


@dataclass(frozen=True, eq=False)
class Groups:
    """Timing groups: lines that share profile, escalation class and currency, hence all timing weights."""

    profile: tuple[Profile, ...]
    escalation: IntArray
    currency: IntArray

    @cached_property
    def columns(self) -> Forms:
        """The profiles as columns."""
        shape = [_SHAPE.get(p.kind, PROFILES.index(p.shape)) for p in self.profile]
        years = max((len(p.yearly) for p in self.profile), default=0)
        return Forms(
            np.array([p.action for p in self.profile], dtype=np.intp),
            np.array(shape, dtype=np.intp),
            np.array([p.begin for p in self.profile]),
            np.array([np.nan if p.end is None else p.end for p in self.profile]),
            np.array([p.scale for p in self.profile]),
            np.array([bool(p.yearly) for p in self.profile], dtype=np.bool_),
            np.array([p.yearly or (1.0,) * years for p in self.profile], dtype=np.float64).reshape(len(shape), years),
        )

    @cached_property
    def priced(self) -> tuple[tuple[int, int, IntArray], ...]:
        """Each escalation class and currency that occur together, with their groups in order."""
        pairs = list(zip(self.escalation.tolist(), self.currency.tolist(), strict=True))
        return tuple(
            (*pair, np.flatnonzero((self.escalation == pair[0]) & (self.currency == pair[1])))
            for pair in dict.fromkeys(pairs)
        )

    def __len__(self) -> int:
        return len(self.profile)


@dataclass(frozen=True, eq=False)
class Actions:
    """Actions in time, in an order in which predecessors come first (``order``).

    Attributes
    ----------
    start, duration : ndarray (action,)
        Months on the scale of the horizon, delay of the chosen option included.
    after : tuple of tuple of int
        Predecessors.
    lags : tuple of tuple of float
        Months between the end of each predecessor and the start; they do not stretch with a draw.
    spans_plan : ndarray of bool (action,)
        Runs as long as the plan does (phase ``plan``).
    overrun, delay, stretch : ndarray of int (action,)
        Rows of the input table, −1 for none.
    risks : tuple of (action, occurs, months)
        Risk events that delay an action: its place and the rows of the input table that say whether and how long.
    """

    start: FloatArray
    duration: FloatArray
    after: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]
    programme: IntArray
    spans_plan: npt.NDArray[np.bool_]
    overrun: IntArray
    delay: IntArray
    stretch: IntArray
    lags: tuple[tuple[float, ...], ...] = ()
    risks: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Arrays:
    """A compiled plan.

    Attributes
    ----------
    digest : str
        Of the plan that it was compiled from.
    names : mapping of str to tuple of str
        Name tables: programme, initiative, action, activity, category, sector, funding, confidence, resource,
        escalation, currency.
    inputs : InputTable
    lines, groups, actions : Lines, Groups, Actions
    periods : Periods
    index : ndarray (fine period, escalation)
        Price index, 1 in the base year.
    ratio : ndarray (fine period, currency)
        Nominal ÷ base-year exchange rate.
    since : ndarray (fine period,)
        Years from ``as_of`` to the middle of the year of each fine period.
    escalation_rows, exchange_rows : ndarray of int
        Rows of the input table per class and per currency (−1: none).
    dependence : mapping of str to float
        Shares of variance of the latent factors: plan, initiative, action, cost_duration.
    event : object or None
        ``EventArrays`` of ``model.event``.
    subsidy_line : int
        Line whose amounts come from the event, −1 for none.
    gains : object or None
        ``GainArrays`` of ``model.gains``; ``None`` where nothing is claimed.
    """

    digest: str
    names: Mapping[str, tuple[str, ...]]
    inputs: InputTable
    lines: Lines
    groups: Groups
    actions: Actions
    periods: Periods
    index: FloatArray
    ratio: FloatArray
    since: FloatArray
    escalation_rows: IntArray
    exchange_rows: IntArray
    dependence: Mapping[str, float]
    event: Any
    subsidy_line: int
    gains: Any = None
