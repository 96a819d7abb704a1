"""Amounts of many draws, added up by compiled loops without an array of weights."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sfp_model.model.arrays import Arrays, IntArray
from sfp_model.model.inputs import FloatArray
from sfp_model.model.prices import escalation_multiplier
from sfp_model.model.schedule import Schedule
from sfp_model.model.values import read_only

__all__ = ["add_up"]

BoolArray = npt.NDArray[np.bool_]


def _columns(arrays: Arrays, time: str, fine: bool) -> tuple[FloatArray, IntArray]:
    """Return edges and the column of *time* in which each period between them counts, −1 for none.

    Where a number differs by year, no period spans two years.
    """
    periods = arrays.periods
    if not fine and time in ("biennium", "total") and arrays.groups.columns.driven.any():
        edges = periods.edges_of("year")
        years = np.arange(len(edges) - 1)
        column = np.zeros_like(years)
        if time == "biennium":
            column = np.where(years > periods.years, (periods.years + 1) // 2 + 1, (years + 1) // 2)
    elif not fine:
        edges = periods.edges_of(time)
        column = np.arange(len(edges) - 1, dtype=np.intp)
    else:
        edges = periods.edges
        column = np.searchsorted(periods.starts, np.arange(len(edges) - 1), side="right") - 1
        step = {"year": 12, "biennium": 24, "total": 0}.get(time)
        if step is not None:
            firsts = [0, *range(1, periods.count - 1, step), periods.count - 1] if step else [0]
            column = np.searchsorted(firsts, column, side="right") - 1
    if time == "month":
        column = np.where((column == 0) | (column == periods.count - 1), -1, column - 1)
    return edges, column.astype(np.intp)


def add_up(
    arrays: Arrays, values: FloatArray, placed: Schedule, unit: FloatArray, rows: IntArray, share: FloatArray,
    label: IntArray, labels: int, time: str, nominal: bool, derived: FloatArray,
) -> FloatArray:  # fmt: skip
    """Return the amounts of entries (line, share, label) by label and time, shape (label, time, draw).

    Parameters
    ----------
    arrays : Arrays
    values : ndarray (input, draw)
    placed : Schedule
    unit : ndarray (line, draw)
        Constant CHF, or person-months, per unit of timing weight.
    rows, share, label : ndarray (entry,)
    labels : int
        Number of labels.
    time : str
        See ``Outcome.amounts``.
    nominal : bool
        Nominal prices instead of constant ones.
    derived : ndarray (time, draw)
        Amounts of the derived group.
    """
    from sfp_model.model import kernels

    groups, form, draws = arrays.groups, arrays.groups.columns, unit.shape[1]
    edges, column = _columns(arrays, time, nominal)
    order = np.lexsort((label, arrays.lines.group[rows]))
    rows, share, label = rows[order], share[order], label[order]
    group = arrays.lines.group[rows]
    starts = np.r_[np.flatnonzero(np.r_[True, (np.diff(group) != 0) | (np.diff(label) != 0)]), len(rows)]
    planned = np.where(np.isnan(form.end), arrays.actions.duration[form.action], form.end)
    if nominal:
        price, growth, year, exchange, later = _nominal(arrays, values)
        klass, currency = groups.escalation, groups.currency
        rows_of = arrays.exchange_rows[currency]
        varies = arrays.inputs.varies
        moves = (form.action >= 0) | varies[arrays.escalation_rows[klass]] | ((rows_of >= 0) & varies[rows_of])
    else:
        price, growth, exchange = np.ones((len(column), len(groups))), np.ones((1, 1, draws)), np.ones((1, draws))
        year, later = np.zeros(len(column), dtype=np.intp), np.zeros(len(column), dtype=np.bool_)
        klass = currency = np.zeros(len(groups), dtype=np.intp)
        moves = form.action >= 0
    if form.driven.any():
        price = price * _numbers(arrays, edges)
    out = np.zeros((labels, int(column.max()) + 1, draws))
    price = np.ascontiguousarray(price.T)
    zero = int(np.searchsorted(edges, 0.0))
    step = float(edges[zero + 1] - edges[zero]) if zero + 2 < len(edges) else 0.0
    segment, segments = _segments(year, later, column)
    arguments = (
        unit, group[starts[:-1]], label[starts[:-1]], starts, rows, share,
        form.shape, form.action, form.begin, form.end, planned, form.scale, moves, klass, currency,
        placed.start, placed.stretch, arrays.periods.horizon, edges, zero, step, column, segment, segments, price,
        _integral(edges, price), growth, year, exchange, later, derived,
    )  # fmt: skip
    kernels.add_amounts(*(read_only(a) if isinstance(a, np.ndarray) else a for a in arguments), out)
    return out


def _numbers(arrays: Arrays, edges: FloatArray) -> FloatArray:
    """Return by period and group the number of the year where a driver gives one, else 1, shape (period, group)."""
    form = arrays.groups.columns
    at = np.where(np.isinf(edges[:-1]), edges[1:] - 1, edges[:-1])
    year = np.clip(np.floor(at / 12), 0, form.yearly.shape[1] - 1).astype(np.intp)
    result: FloatArray = np.where(form.driven, form.yearly.T[year], 1.0)
    return result


def _segments(year: IntArray, later: BoolArray, column: IntArray) -> tuple[IntArray, IntArray]:
    """Return the segment of each period, and of each segment its last edge, year, later, column."""
    stated = np.stack([year, later.astype(np.intp), column], axis=1)
    new = np.r_[True, (stated[1:] != stated[:-1]).any(axis=1)]
    first = np.flatnonzero(new)
    return np.cumsum(new) - 1, np.column_stack([np.r_[first[1:], len(year)], stated[first]])


def _integral(edges: FloatArray, price: FloatArray) -> FloatArray:
    """Return the integral of the price level up to each edge from the first finite one, shape (group, edge)."""
    inner = price[:, 1:-1] * np.diff(edges[1:-1])
    result = np.zeros((len(price), len(edges)))
    result[:, 2:-1] = np.cumsum(inner, axis=1)
    return result


def _nominal(arrays: Arrays, values: FloatArray) -> tuple[FloatArray, FloatArray, IntArray, FloatArray, BoolArray]:
    """Return price level (fine, group), growth (class, year, draw), year, exchange (currency, draw), later (fine,)."""
    groups, inputs = arrays.groups, arrays.inputs
    years, year = np.unique(arrays.since, return_inverse=True)
    growth = np.stack([
        escalation_multiplier(values[row], float(inputs.mode[row]), years) for row in arrays.escalation_rows
    ])  # fmt: skip
    exchange = np.ones((len(arrays.exchange_rows), values.shape[1]))
    for i, row in enumerate(arrays.exchange_rows):
        if row >= 0:
            exchange[i] = values[row] / float(inputs.mode[row])
    price = arrays.index[:, groups.escalation] * arrays.ratio[:, groups.currency]
    return price, growth, year.reshape(-1).astype(np.intp), exchange, arrays.since > 0
