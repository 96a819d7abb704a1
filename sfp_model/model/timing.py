"""When money falls: cumulative profiles differenced at period edges, so that shares always sum to 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfp_model.model.inputs import FloatArray

__all__ = ["PROFILES", "Periods", "cumulative", "one_off", "recurring"]

PROFILES = ("uniform", "front", "back", "bell")
_BEFORE, _AFTER = 6, 15  # whole years outside the horizon that nominal prices tell apart
_STEPS = {"quarter": 3, "year": 12, "biennium": 24}
_INSTANT = 1e-9  # months; a duration of 0 is an instant


@dataclass(frozen=True, eq=False)
class Periods:
    """The periods of a plan: 0 before the horizon (memo), 1 … 12·years its months, the last one after it.

    Profiles are differenced on a finer scale, with whole years outside the horizon, because prices differ there;
    ``collect`` adds the fine periods up.

    Attributes
    ----------
    first_year, years : int
        The horizon.
    edges : ndarray (fine + 1,)
        Months from January of the first year; the outermost are infinite.
    starts : ndarray of int (period,)
        First fine period of each period.

    Examples
    --------
    >>> periods = Periods.of(2024, 4)
    >>> periods.count, periods.labels("year")
    (50, ('before 2024', '2024', '2025', '2026', '2027', 'after 2027'))
    """

    first_year: int
    years: int
    edges: FloatArray
    starts: npt.NDArray[np.intp]

    @staticmethod
    def of(first_year: int, years: int) -> Periods:
        """Return the periods of a horizon of *years* from *first_year*."""
        months = 12 * years
        before = -12.0 * np.arange(_BEFORE - 1, 0, -1)
        after = months + 12.0 * np.arange(1, _AFTER)
        edges = np.r_[-np.inf, before, np.arange(months + 1.0), after, np.inf]
        starts = np.r_[0, np.arange(_BEFORE, _BEFORE + months), _BEFORE + months].astype(np.intp)
        edges.flags.writeable = False
        starts.flags.writeable = False
        return Periods(first_year, years, edges, starts)

    @property
    def count(self) -> int:
        """Number of periods: months of the horizon plus two."""
        return 12 * self.years + 2

    @property
    def horizon(self) -> float:
        """End of the horizon in months."""
        return 12.0 * self.years

    @property
    def fine_years(self) -> npt.NDArray[np.int_]:
        """Calendar year of each fine period, shape (fine,)."""
        inner = np.where(np.isinf(self.edges[:-1]), self.edges[1] - 12, self.edges[:-1])
        result: npt.NDArray[np.int_] = (self.first_year + np.floor(inner / 12)).astype(np.int_)
        return result

    def collect(self, fine: FloatArray) -> FloatArray:
        """Add fine periods (last axis but one) up to periods."""
        result: FloatArray = np.add.reduceat(fine, self.starts, axis=-2)
        return result

    def reduce(self, by_period: FloatArray, time: str) -> FloatArray:
        """Add periods (last axis but one) up to *time*: period, month, quarter, year, biennium or total."""
        if time == "period":
            return by_period
        if time == "month":
            return by_period[..., 1:-1, :]
        result: FloatArray = np.add.reduceat(by_period, self._firsts(time), axis=-2)
        return result

    def column_of(self, time: str) -> npt.NDArray[np.int_]:
        """Return the column of *time* in which each period counts, −1 for none, shape (period,)."""
        if time == "period":
            return np.arange(self.count)
        if time == "month":
            return np.asarray(np.r_[-1, np.arange(self.count - 2), -1])
        return np.asarray(np.searchsorted(self._firsts(time), np.arange(self.count), side="right") - 1)

    def _firsts(self, time: str) -> list[int]:
        step = _STEPS.get(time)
        return [0] if step is None else [0, *range(1, self.count - 1, step), self.count - 1]

    def edges_of(self, time: str) -> FloatArray:
        """Return the edges of the columns of *time* in months; months come with what lies outside the horizon."""
        step = {"period": 1, "month": 1, **_STEPS}.get(time)
        if step is None:
            return np.array([-np.inf, np.inf])
        inner = np.arange(0.0, self.horizon, step)
        edges: FloatArray = np.r_[-np.inf, inner, self.horizon, np.inf]
        return edges

    def labels(self, time: str) -> tuple[str, ...]:
        """Return the names of the columns that ``reduce`` yields."""
        last = self.first_year + self.years - 1
        if time == "total":
            return ("total",)
        if time == "year":
            inner = tuple(str(year) for year in range(self.first_year, last + 1))
        elif time == "quarter":
            inner = tuple(f"{self.first_year + q // 4}-Q{q % 4 + 1}" for q in range(4 * self.years))
        elif time == "biennium":
            pairs = range(self.first_year, last + 1, 2)
            inner = tuple(str(year) if year == last else f"{year}-{year + 1}" for year in pairs)
        else:
            months = range(12 * self.years)
            inner = tuple(f"{self.first_year + month // 12}-{month % 12 + 1:02d}" for month in months)
        return inner if time == "month" else (f"before {self.first_year}", *inner, f"after {last}")


def cumulative(profile: str, u: FloatArray) -> FloatArray:
    """Return Φ(u), the share that has fallen when the fraction *u* of the duration has passed.

    ===========  ==================  ============================
    profile      Φ(u)                density
    ===========  ==================  ============================
    uniform      u                   1
    front        1 − (1 − u)²        2 (1 − u)
    back         u²                  2 u
    bell         3 u² − 2 u³         6 u (1 − u), a Beta(2, 2)
    ===========  ==================  ============================

    Parameters
    ----------
    profile : str
        One of ``PROFILES``.
    u : ndarray
        Values outside [0, 1] are cut.

    Examples
    --------
    >>> [float(cumulative(p, np.array(0.5))) for p in PROFILES]
    [0.5, 0.75, 0.25, 0.5]
    """
    u = np.clip(u, 0.0, 1.0)
    if profile == "uniform":
        return u
    if profile == "front":
        return 1 - (1 - u) ** 2
    if profile == "back":
        return u**2
    return u**2 * (3 - 2 * u)


def one_off(profile: str, begin: FloatArray, duration: FloatArray, edges: FloatArray) -> FloatArray:
    """Return the share of a one-off line in each period: ``Φ((t − begin)/duration)`` differenced at *edges*.

    Parameters
    ----------
    profile : str
        One of ``PROFILES``.
    begin, duration : ndarray (…, draw)
        Months.
    edges : ndarray (period + 1,)
        Months, the first −∞ and the last +∞.

    Returns
    -------
    ndarray (…, period, draw)
        Sums to 1 over the periods.

    Examples
    --------
    >>> edges = np.array([-np.inf, 0.0, 1.0, 2.0, np.inf])
    >>> one_off("uniform", np.array([0.5]), np.array([2.0]), edges).ravel().tolist()
    [0.0, 0.25, 0.5, 0.25]
    """
    u = (edges[:, None] - begin[..., None, :]) / np.maximum(duration, _INSTANT)[..., None, :]
    share = cumulative(profile, u)
    result: FloatArray = share[..., 1:, :] - share[..., :-1, :]
    return result


def recurring(begin: FloatArray, end: FloatArray, edges: FloatArray) -> FloatArray:
    """Return the months of [*begin*, *end*) that fall in each period, shape (…, period, draw).

    Examples
    --------
    >>> edges = np.array([-np.inf, 0.0, 1.0, 2.0, np.inf])
    >>> recurring(np.array([0.5]), np.array([2.0]), edges).ravel().tolist()
    [0.0, 0.5, 1.0, 0.0]
    """
    first = begin[..., None, :]
    cut = np.clip(edges[:, None], first, np.maximum(first, end[..., None, :]))
    result: FloatArray = cut[..., 1:, :] - cut[..., :-1, :]
    return result
