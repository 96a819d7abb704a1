"""Amounts of many draws, added up by compiled loops without an array of weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sfp_model.model.arrays import Arrays, IntArray
from sfp_model.model.inputs import FloatArray
from sfp_model.model.lines import unit_columns
from sfp_model.model.prices import escalation_multiplier, exchange_multiplier
from sfp_model.model.schedule import Schedule
from sfp_model.model.values import read_only

__all__ = ["Layout", "add_up", "lay_out"]

_FEW_PERIODS = 20  # up to which going through all of them beats looking for those that a draw meets


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
    elif fine:
        edges = periods.edges
        column = periods.column_of(time)[np.searchsorted(periods.starts, np.arange(len(edges) - 1), side="right") - 1]
    else:
        edges = periods.edges_of(time)
        column = periods.column_of(time) if time == "month" else np.arange(len(edges) - 1)
    return edges, column.astype(np.intp)


@dataclass(frozen=True, eq=False)
class Layout:
    """What adding up is the same for in every block: entries in the order of their groups, periods and their columns.

    Attributes
    ----------
    labels, columns : int
        Of the result.
    nominal : bool
    lines, entries, periods : tuple
        Arguments of ``kernels.add_amounts``: how a line is multiplied; which lines make an entry, and when; edges,
        columns and prices.
    year : ndarray of int (fine,)
        Of each fine period, for what a draw makes of its price.
    few : bool
        Whether to go through all periods.
    """

    labels: int
    columns: int
    nominal: bool
    lines: tuple[Any, ...]
    entries: tuple[Any, ...]
    periods: tuple[Any, ...]
    year: IntArray
    few: bool


def lay_out(
    arrays: Arrays, rows: IntArray, share: FloatArray, label: IntArray, labels: int, time: str, nominal: bool
) -> Layout:
    """Return the layout of entries (line, share, label) by label and time.

    Parameters
    ----------
    arrays : Arrays
    rows, share, label : ndarray (entry,)
    labels : int
        Number of labels.
    time : str
        See ``Outcome.amounts``.
    nominal : bool
        Nominal prices instead of constant ones.
    """
    groups, form = arrays.groups, arrays.groups.columns
    edges, column = _columns(arrays, time, nominal)
    order = np.lexsort((label, arrays.lines.group[rows]))
    rows, share, label = rows[order], share[order], label[order]
    group = arrays.lines.group[rows]
    starts = np.r_[np.flatnonzero(np.r_[True, (np.diff(group) != 0) | (np.diff(label) != 0)]), len(rows)]
    planned = np.where(np.isnan(form.end), arrays.actions.duration[form.action], form.end)
    if nominal:
        price, level, year = _nominal(arrays)
        rows_of = arrays.exchange_rows[groups.currency]
        varies = arrays.inputs.varies
        varied = varies[arrays.escalation_rows[groups.escalation]] | ((rows_of >= 0) & varies[rows_of])
        moves = (form.action >= 0) | varied
    else:
        price = np.ones((len(column), len(groups)))
        level, year = np.zeros(len(groups), dtype=np.intp), np.zeros(len(column), dtype=np.intp)
        moves = form.action >= 0
    if form.driven.any():
        price = price * _numbers(arrays, edges)
    price = np.ascontiguousarray(price.T)
    zero = int(np.searchsorted(edges, 0.0))
    step = float(edges[zero + 1] - edges[zero]) if zero + 2 < len(edges) else 0.0
    segment, segments = _segments(year, column)
    entries = (group[starts[:-1]], label[starts[:-1]], starts, rows, share, form.shape, form.action, form.begin,
               form.end, planned, form.scale, moves, level)  # fmt: skip
    return Layout(
        labels, int(column.max()) + 1, nominal, _ready(unit_columns(arrays)), _ready(entries),
        _ready((arrays.periods.horizon, edges, zero, step, column, segment, segments, price, _integral(edges, price))),
        read_only(year), not nominal and len(column) <= _FEW_PERIODS,
    )  # fmt: skip


def _ready(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(read_only(a) if isinstance(a, np.ndarray) else a for a in arguments)


def add_up(
    arrays: Arrays, layout: Layout, values: FloatArray, placed: Schedule, unit: FloatArray | None, derived: FloatArray
) -> FloatArray:
    """Return the amounts of the entries of a layout by label and time, shape (label, time, draw).

    Parameters
    ----------
    arrays : Arrays
    layout : Layout
    values : ndarray (input, draw)
    placed : Schedule
    unit : ndarray (line, draw), optional
        What a line has per unit of timing weight, for example person-months; by default constant CHF, multiplied here
        so that no array of all lines is needed.
    derived : ndarray (time, draw)
        Amounts of the derived group.
    """
    from sfp_model.model import kernels

    draws = values.shape[1]
    growth = _growth(arrays, values) if layout.nominal else np.ones((1, 1, draws))
    out = np.zeros((layout.labels, layout.columns, draws))
    kernels.add_amounts(
        unit is None, read_only(np.zeros((0, draws)) if unit is None else unit), read_only(values), *layout.lines,
        *layout.entries, read_only(placed.start), read_only(placed.stretch), *layout.periods, read_only(growth),
        layout.year, read_only(derived), layout.few, out,
    )  # fmt: skip
    return out


def _numbers(arrays: Arrays, edges: FloatArray) -> FloatArray:
    """Return by period and group the number of the year where a driver gives one, else 1, shape (period, group)."""
    form = arrays.groups.columns
    at = np.where(np.isinf(edges[:-1]), edges[1:] - 1, edges[:-1])
    year = np.clip(np.floor(at / 12), 0, form.yearly.shape[1] - 1).astype(np.intp)
    result: FloatArray = np.where(form.driven, form.yearly.T[year], 1.0)
    return result


def _segments(year: IntArray, column: IntArray) -> tuple[IntArray, IntArray]:
    """Return the segment of each period, and of each segment its last edge, year, column."""
    stated = np.stack([year, column], axis=1)
    new = np.r_[True, (stated[1:] != stated[:-1]).any(axis=1)]
    first = np.flatnonzero(new)
    return np.cumsum(new) - 1, np.column_stack([np.r_[first[1:], len(year)], stated[first]])


def _integral(edges: FloatArray, price: FloatArray) -> FloatArray:
    """Return the integral of the price level up to each edge from the first finite one, shape (group, edge)."""
    inner = price[:, 1:-1] * np.diff(edges[1:-1])
    result = np.zeros((len(price), len(edges)))
    result[:, 2:-1] = np.cumsum(inner, axis=1)
    return result


def _levels(arrays: Arrays) -> tuple[IntArray, IntArray]:
    """Return the price levels (class, currency), shape (level, 2), and that of each group."""
    groups = arrays.groups
    pairs, level = np.unique(np.stack([groups.escalation, groups.currency], axis=1), axis=0, return_inverse=True)
    return pairs, level.reshape(-1).astype(np.intp)


def _nominal(arrays: Arrays) -> tuple[FloatArray, IntArray, IntArray]:
    """Return price (fine, group), level of each group, year (fine,)."""
    _, year = np.unique(arrays.since, return_inverse=True)
    price = arrays.index[:, arrays.groups.escalation] * arrays.ratio[:, arrays.groups.currency]
    return price, _levels(arrays)[1], year.reshape(-1).astype(np.intp)


def _growth(arrays: Arrays, values: FloatArray) -> FloatArray:
    """Return what each draw makes of the price of a level in a year, (level, year, draw)."""
    inputs, years = arrays.inputs, np.unique(arrays.since)
    pairs = _levels(arrays)[0]
    growth = np.empty((len(pairs), len(years), values.shape[1]))
    for k, (klass, currency) in enumerate(pairs):
        row = arrays.escalation_rows[klass]
        growth[k] = escalation_multiplier(values[row], float(inputs.mode[row]), years)
        if (row := arrays.exchange_rows[currency]) >= 0:
            growth[k] *= exchange_multiplier(values[row], years)
    return growth
