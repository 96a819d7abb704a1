"""Price levels: a monthly index per escalation class and a monthly exchange rate per currency.

Both are deterministic. The observed part ends at ``as_of``; after it an assumption holds: the rate of the class,
and for a currency its forecast factor or, without one, its last observation known. What varies per draw is a
multiplier by year on top (``escalation_multiplier``, ``exchange_multiplier``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.known import is_change, known_at
from sfp_model.inputs.plan import Currency, Escalation, Plan, Series
from sfp_model.model.inputs import FloatArray

__all__ = [
    "Calendar", "class_index", "currency_ratio", "escalation_multiplier", "exchange_multiplier", "known",
    "price_year_factor",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calendar:
    """The months that prices are needed for: ``count`` months from January of ``first_year``.

    ``zero`` is the position of January of the first year of the horizon, on which all model months count.
    """

    first_year: int
    count: int
    zero: int

    @staticmethod
    def of(plan: Plan) -> Calendar:
        """Return a calendar from ten years before the base year to twenty-five after the horizon.

        It is longer where the rate card or the event has prices of a year further off.
        """
        settings = plan.settings
        years = [settings.base_year, *(resource.price_year for resource in plan.resources.values())]
        years += [plan.event.price_year] if isinstance(plan.event, EventPlan) else []
        first = min([settings.horizon_start, *years]) - 10
        last = max([settings.horizon_start + settings.horizon_years + 25, *(year + 1 for year in years)])
        return Calendar(first, 12 * (last - first), 12 * (settings.horizon_start - first))

    def year(self, year: int) -> slice:
        """Return the positions of the months of *year*."""
        start = 12 * (year - self.first_year)
        if not 0 <= start < self.count:
            raise UsageError(f"year {year} is outside the price calendar that starts in {self.first_year}")
        return slice(start, start + 12)

    def edge(self, as_of: str) -> int:
        """Return the position of the first month that does not end by *as_of* (``YYYY-MM-DD``).

        Examples
        --------
        >>> Calendar(2020, 60, 48).edge("2021-08-31"), Calendar(2020, 60, 48).edge("2021-08-30")
        (20, 19)
        """
        day = np.datetime64(as_of, "D") + np.timedelta64(1, "D")
        year, month = str(day.astype("datetime64[M]")).split("-")
        return 12 * (int(year) - self.first_year) + int(month) - 1


def known(series: Series, as_of: str) -> dict[str, float]:
    """Return the observations of *series* whose year or month is complete by *as_of*, in order of time.

    Examples
    --------
    >>> s = Series("x", "", "%", "", {"2020": -0.7, "2021": 0.6})
    >>> known(s, "2021-08-31")
    {'2020': -0.7}
    """
    return {period: series.values[period] for period in sorted(series.values) if known_at(period, as_of)}


def class_index(escalation: Escalation, series: Series | None, calendar: Calendar, plan: Plan) -> FloatArray:
    """Return the monthly price index of a class, its mean over the base year being 1.

    Years that the series covers by ``as_of`` stand at their annual average (mid-year); between two mid-years
    the index grows evenly (on the log scale), outside the observed years at the assumed rate g:
    ``I(m) = I(m₀) · (1 + g/100)^((m − m₀)/12)``.

    Parameters
    ----------
    escalation : Escalation
        The class; its rate in per cent a year, at its mode.
    series : Series or None
        Annual changes in per cent, or annual or monthly levels.
    calendar : Calendar
        The months wanted.

    Returns
    -------
    ndarray (calendar.count,)
    """
    growth = np.log1p(escalation.rate.estimate.mode / 100) / 12
    months = np.arange(calendar.count) + 0.5
    observed = known(series, plan.settings.as_of) if series is not None else {}
    if series is None or not observed:
        log_index = growth * months
    else:
        at, level = _anchors(series, observed, calendar)
        log_index = np.interp(months, at, level)
        log_index = np.where(months < at[0], level[0] + growth * (months - at[0]), log_index)
        log_index = np.where(months > at[-1], level[-1] + growth * (months - at[-1]), log_index)
    index = np.exp(log_index)
    result: FloatArray = index / index[calendar.year(plan.settings.base_year)].mean()
    return result


def _anchors(series: Series, observed: dict[str, float], calendar: Calendar) -> tuple[FloatArray, FloatArray]:
    """Return positions (months) and log levels of the observations; changes get the year before as anchor."""
    at: list[float] = []
    level: list[float] = []
    for period, value in observed.items():
        year, month = int(period[:4]), period[5:7]
        position = 12.0 * (year - calendar.first_year) + (int(month) - 0.5 if month else 6.0)
        if is_change(series.unit):
            if at and position - at[-1] != 12:
                raise UsageError(f"series {series.id}: annual changes have a gap before {period}")
            if not at:
                at.append(position - 12)
                level.append(0.0)
            level.append(level[-1] + float(np.log1p(value / 100)))
        else:
            level.append(float(np.log(value)))
        at.append(position)
    return np.array(at), np.array(level)


def price_year_factor(index: FloatArray, calendar: Calendar, price_year: int) -> float:
    """Return the factor that brings a price of *price_year* to the base year: 1 ÷ mean index of that year."""
    return float(1.0 / index[calendar.year(price_year)].mean())


def currency_ratio(currency: Currency, series: Series | None, calendar: Calendar, plan: Plan) -> FloatArray:
    """Return the monthly rate of a currency in nominal prices ÷ its base-year rate.

    Months observed by ``as_of`` carry their observation. Later months carry the base-year rate times the
    mode of the forecast factor; without a forecast the last observation known (no drift: the best guess of a
    random walk). Months before the first observation carry the first.

    Returns
    -------
    ndarray (calendar.count,)
        1 in every month for a currency at its base-year rate.
    """
    base = currency.base.estimate.mode
    observed = known(series, plan.settings.as_of) if series is not None else {}
    if not observed:
        return np.full(calendar.count, 1.0 if currency.forecast is None else currency.forecast.estimate.mode)
    rate = np.full(calendar.count, np.nan)
    for period, value in observed.items():
        start = 12 * (int(period[:4]) - calendar.first_year)
        at = slice(start, start + 12) if len(period) == 4 else start + int(period[5:7]) - 1
        if start >= 0:
            rate[at] = value
    positions = np.flatnonzero(~np.isnan(rate))
    filled = np.interp(np.arange(calendar.count), positions, rate[positions])
    if currency.forecast is not None:
        filled[positions[-1] + 1 :] = base * currency.forecast.estimate.mode
    result: FloatArray = filled / base
    return result


def escalation_multiplier(rate: FloatArray, mode: float, years: FloatArray) -> FloatArray:
    """Return the annual multiplier of a draw on the index: ``((1 + r)/(1 + g))^max(t, 0)``.

    Parameters
    ----------
    rate : ndarray (draw,)
        Escalation r of the draw, per cent a year.
    mode : float
        Escalation g in the index, per cent a year.
    years : ndarray (year,)
        Years t from ``as_of`` to the middle of each year.

    Examples
    --------
    >>> escalation_multiplier(np.array([2.0]), 2.0, np.array([1.0, 5.0])).ravel().tolist()
    [1.0, 1.0]
    """
    ratio = (1 + rate / 100) / (1 + mode / 100)
    result: FloatArray = ratio[None, :] ** np.maximum(years, 0.0)[:, None]
    return result


def exchange_multiplier(movement: FloatArray, years: FloatArray) -> FloatArray:
    """Return the multiplier of a draw on the exchange rate expected: ``exp(c/100 · √max(t, 0))``.

    With c normal with mean 0 and standard deviation σ (per cent), the rate of each year has the distribution that a
    random walk without drift has by then: ``ln(x/x₀) ~ N(0, σ² t)``. No model is known to forecast better than that
    (Meese and Rogoff 1983, doi:10.1016/0022-1996(83)90017-X). One c moves all years of a draw: a franc that is dear
    stays dear, and a sum over years is spread no less than the walk would spread it.

    Parameters
    ----------
    movement : ndarray (draw,)
        Change c within a year, per cent on the log scale.
    years : ndarray (year,)
        Years t from ``as_of`` to the middle of each year.

    Returns
    -------
    ndarray (year, draw)
        1 before ``as_of`` and where c is 0.

    Examples
    --------
    >>> exchange_multiplier(np.array([0.0, 8.0]), np.array([0.0, 4.0])).round(4).tolist()
    [[1.0, 1.0], [1.0, 1.1735]]
    """
    result: FloatArray = np.exp(np.sqrt(np.maximum(years, 0.0))[:, None] * movement[None, :] / 100)
    return result
