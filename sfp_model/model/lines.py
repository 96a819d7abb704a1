"""The cost of resource lines: quantity × factor × rate × price × overrun, shape (line, draw)."""

from __future__ import annotations

import numpy as np

from sfp_model.model.arrays import RECURRING, Arrays, IntArray
from sfp_model.model.inputs import FloatArray
from sfp_model.model.prices import escalation_multiplier, exchange_multiplier
from sfp_model.model.schedule import Schedule
from sfp_model.model.timing import PROFILES, one_off, recurring
from sfp_model.model.values import compiled, read_only

__all__ = ["FEW", "effect_factor", "line_quantities", "line_units", "price_factor", "shares"]


FEW = 16  # draws up to which NumPy is used: nothing needs compiling for a base estimate


def line_quantities(arrays: Arrays, values: FloatArray) -> FloatArray:
    """Return the quantity of each line in rate units, overrun of its action included.

    ``q[d] · factor · o[action, d]`` (design: o is 1 in the inside view). The derived line of the event has 0.

    Returns
    -------
    ndarray (line, draw)
    """
    lines = arrays.lines
    result = values[lines.quantity] * lines.factor[:, None]
    if arrays.subsidy_line >= 0:
        result[arrays.subsidy_line] = 0.0
    rows = np.full(len(lines), -1, dtype=np.intp)
    inside = lines.action < len(arrays.actions.order)
    rows[inside] = arrays.actions.overrun[lines.action[inside]]
    drawn = np.flatnonzero(rows >= 0)
    result[drawn] *= values[rows[drawn]]
    return result


def line_units(arrays: Arrays, values: FloatArray) -> FloatArray:
    """Return the constant CHF of each line per unit of its timing weight, shape (line, draw).

    ``q · r · o · base-year price``; the weight is a share for one-off lines and a number of times for
    recurring ones. The derived line of the event has 1: its weight is the amount.
    """
    lines = arrays.lines
    if values.shape[1] > FEW and compiled():
        result = _compiled_units(arrays, values)
    else:
        result = line_quantities(arrays, values) * values[lines.rate] * lines.price[:, None]
    if arrays.subsidy_line >= 0:
        result[arrays.subsidy_line] = 1.0
    return result


def _compiled_units(arrays: Arrays, values: FloatArray) -> FloatArray:
    from sfp_model.model import kernels

    result = np.empty((len(arrays.lines), values.shape[1]))
    kernels.line_units(read_only(values), *map(read_only, unit_columns(arrays)), result)
    return result


def unit_columns(arrays: Arrays) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Return rows of quantity, rate and overrun of each line, and what their product is multiplied by."""
    lines = arrays.lines
    overrun = np.full(len(lines), -1, dtype=np.intp)
    inside = lines.action < len(arrays.actions.order)
    overrun[inside] = arrays.actions.overrun[lines.action[inside]]
    return lines.quantity, lines.rate, overrun, lines.factor * lines.price


def shares(arrays: Arrays, groups: IntArray, placed: Schedule, edges: FloatArray) -> FloatArray:
    """Return the weights of timing groups between *edges*, in constant prices.

    One-off weights sum to 1. The offsets of a line stretch with its action. The derived group of the event has 0.

    Parameters
    ----------
    groups : ndarray of int (group,)
        Which groups.
    edges : ndarray (period + 1,)
        Months.

    Returns
    -------
    ndarray (group, period, draw)
    """
    form = arrays.groups.columns
    draws = placed.start.shape[1]
    out = np.zeros((len(groups), len(edges) - 1, draws))
    action, moves = form.action[groups], form.action[groups] >= 0
    start = np.where(moves[:, None], placed.start[action], 0.0)
    stretch = np.where(moves[:, None], placed.stretch[action], 1.0)
    begin = start + form.begin[groups, None] * stretch
    last = form.end[groups]
    for shape, profile in enumerate(PROFILES):
        at = np.flatnonzero(form.shape[groups] == shape)
        if len(at):
            planned = np.where(np.isnan(last[at]), arrays.actions.duration[action[at]], last[at])
            length = (planned - form.begin[groups[at]])[:, None] * stretch[at]
            out[at] = one_off(profile, begin[at], length, edges)
    at = np.flatnonzero(form.shape[groups] == RECURRING)
    if len(at):
        own = np.isnan(last[at])[:, None]
        end = np.where(own, arrays.periods.horizon, start[at] + last[at, None] * stretch[at])
        out[at] = recurring(begin[at], end, edges) * form.scale[groups[at], None, None]
        own = np.flatnonzero(form.driven[groups[at]])
        if len(own):
            row, numbers = at[own], form.yearly[groups[at[own]]]
            out[row] = _by_year(numbers, begin[row], end[own], edges) * form.scale[groups[row], None, None]
    return out


def _by_year(numbers: FloatArray, begin: FloatArray, end: FloatArray, edges: FloatArray) -> FloatArray:
    """Return the months of each year times the year's number, between *edges*.

    Outside the horizon the number of its first or last year holds. ``numbers`` has shape (group, year); ``begin`` and
    ``end`` (group, draw).
    """
    total = np.zeros((len(numbers), len(edges) - 1, begin.shape[-1]))
    years = numbers.shape[1]
    for year in range(years):
        first, last = 12.0 * year if year else -np.inf, 12.0 * (year + 1) if year < years - 1 else np.inf
        within = np.clip(edges, first, last)
        total += numbers[:, year, None, None] * recurring(begin, end, within)
    return total


def price_factor(arrays: Arrays, values: FloatArray, escalation: int, currency: int) -> FloatArray:
    """Return nominal ÷ constant price of a class and a currency in each fine period, shape (fine, draw).

    The deterministic index and exchange rate of the period, times the multipliers of the draw by year.
    """
    factor = (arrays.index[:, escalation] * arrays.ratio[:, currency])[:, None]
    row = arrays.escalation_rows[escalation]
    factor = factor * escalation_multiplier(values[row], float(arrays.inputs.mode[row]), arrays.since)
    row = arrays.exchange_rows[currency]
    if row >= 0:
        factor = factor * exchange_multiplier(values[row], arrays.since)
    result: FloatArray = factor
    return result


def effect_factor(arrays: Arrays, values: FloatArray, escalation: int, currency: int, basis: str) -> FloatArray:
    """Return what a price basis makes of one constant CHF in each fine period, shape (fine, draw).

    With e the price index of the class and x the exchange rate over its base-year rate, a nominal amount is the
    constant one and three lines of their own, none of them hidden in another::

        e·x = 1 + (e − 1) + (x − 1) + (e − 1)(x − 1)

    the price effect at base-year exchange rates, the exchange effect at base-year prices, and their interaction.

    Parameters
    ----------
    basis : str
        ``nominal``, ``price_effect``, ``exchange_effect`` or ``interaction``.

    References
    ----------
    The identity of two factors with its interaction stated. Bennet, *Journal of the Royal Statistical Society* 83
    (1920), would halve it between the two effects; here nothing is attributed by a rule that a reader has to know.
    """
    nominal = price_factor(arrays, values, escalation, currency)
    if basis == "nominal":
        return nominal
    price = price_factor(arrays, values, escalation, 0)  # currency 0 is CHF: its rate is 1
    if basis == "price_effect":
        return price - 1.0
    exchange = nominal / price
    return exchange - 1.0 if basis == "exchange_effect" else (price - 1.0) * (exchange - 1.0)
