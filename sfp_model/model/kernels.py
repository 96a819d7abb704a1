# mypy: disable-error-code="misc,untyped-decorator,no-any-return"
"""Compiled loops of the model; loads numba, so import it where it is used.

Each has a NumPy path that a test holds equal. No fast-math and no threads inside: the same bits for any executor.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["add_amounts", "line_units"]

_TILE = 512  # draws at a time: what is added up stays in the cache
_INSTANT = 1e-9  # as in timing
UNIFORM, FRONT, BACK = 0, 1, 2  # as in timing.PROFILES; the fourth is bell
RECURRING, DERIVED = -1, -2  # as in arrays


@njit(nogil=True, cache=True, error_model="numpy")
def line_units(values, quantity, rate, overrun, constant, out):  # type: ignore[no-untyped-def]
    """Set ``out[line] = constant · q · r · o``; a row −1 stands for 1, and for 0 of a quantity."""
    draws = values.shape[1]
    for i in range(quantity.shape[0]):
        if quantity[i] < 0:
            out[i, :] = 0.0
            continue
        q, r, c = values[quantity[i]], values[rate[i]], constant[i]
        if overrun[i] >= 0:
            o = values[overrun[i]]
            for d in range(draws):
                out[i, d] = c * q[d] * r[d] * o[d]
        else:
            for d in range(draws):
                out[i, d] = c * q[d] * r[d]


@njit(nogil=True, cache=True, error_model="numpy")
def _passed(shape, u):  # type: ignore[no-untyped-def]
    u = min(max(u, 0.0), 1.0)
    if shape == UNIFORM:
        return u
    if shape == FRONT:
        return 1 - (1 - u) * (1 - u)
    if shape == BACK:
        return u * u
    return u * u * (3 - 2 * u)


@njit(nogil=True, cache=True, error_model="numpy")
def _places(times, size, edges, zero, step, places):  # type: ignore[no-untyped-def]
    """Set the period that holds each time; from period *zero* at month 0 on they are *step* months long (0: not)."""
    fine = edges.shape[0] - 1
    inverse = 1.0 / step if step > 0 else 0.0
    for d in range(size):
        t = times[d]
        at = zero + int(t * inverse) if t >= 0.0 else 0
        if at >= fine or not edges[at] <= t < edges[at + 1]:
            low, high = 0, fine
            while high - low > 1:
                middle = (low + high) // 2
                if edges[middle] <= t:
                    low = middle
                else:
                    high = middle
            at = low
        places[d] = at


@njit(nogil=True, cache=True, error_model="numpy")
def _even(begin, end, factor, size, first, last, edges, price, passed, segment, segments, growth, w):  # type: ignore[no-untyped-def]
    """Add ``factor · ∫ price dt`` from *begin* to *end* to ``w[:, d]`` for each draw, segment by segment.

    ``passed[m]`` is the integral up to the edge m; within a segment (year, column) only the price moves.
    """
    one = edges.shape[0] == 2
    for d in range(size):
        b, e, m, n = begin[d], end[d], first[d], last[d]
        if e <= b:
            continue
        before = passed[m] + (b - edges[m]) * price[m] if m > 0 else (b if one else b - edges[1]) * price[0]
        final = passed[n] + (e - edges[n]) * price[n] if n > 0 else (e if one else e - edges[1]) * price[0]
        k, stop = segment[m], segment[n]
        while True:
            after = final if k == stop else passed[segments[k, 0]]
            column = segments[k, 2]
            if column >= 0:
                w[column, d] += (after - before) * growth[segments[k, 1], d] * factor[d]
            if k == stop:
                break
            before = after
            k += 1


@njit(nogil=True, cache=True, error_model="numpy")
def _shaped(shape, begin, end, size, first, edges, price, year, column, growth, w):  # type: ignore[no-untyped-def]
    """Add the shares of a profile that is not even to ``w[:, d]`` for each draw, period by period."""
    for d in range(size):
        before, b, e = 0.0, begin[d], end[d]
        inverse = 1.0 / (e - b)
        for m in range(first[d], edges.shape[0] - 1):
            done = _passed(shape, (edges[m + 1] - b) * inverse)
            if column[m] >= 0:
                w[column[m], d] += (done - before) * price[m] * growth[year[m], d]
            before = done
            if edges[m + 1] >= e:
                break


@njit(nogil=True, cache=True, error_model="numpy")
def _span(shape, action, months, scale, start, stretch, low, size, b, e, factor):  # type: ignore[no-untyped-def]
    """Set begin and end of a group in each draw, and its share for each month (of a recurring one its scale)."""
    begin, until, planned, horizon = months
    if action >= 0:
        from_, by = start[action, low:], stretch[action, low:]
        for d in range(size):
            b[d] = from_[d] + begin * by[d]
        if shape != RECURRING:
            for d in range(size):
                length = max((planned - begin) * by[d], _INSTANT)
                e[d] = b[d] + length
                factor[d] = 1.0 / length
        elif not np.isnan(until):
            for d in range(size):
                e[d] = max(from_[d] + until * by[d], b[d])
    else:
        b[:size] = begin
        length = max(planned - begin, _INSTANT)
        e[:size] = begin + length if shape != RECURRING else max(until, begin)
        factor[:size] = 1.0 / length
    if shape == RECURRING:
        factor[:size] = scale
        if np.isnan(until):
            for d in range(size):
                e[d] = max(horizon, b[d])


@njit(nogil=True, cache=True, error_model="numpy")
def _plain(shape, begin, end, factor, size, edges, price, column, before, w):  # type: ignore[no-untyped-def]
    """Add the shares of any profile to ``w[:, d]`` where no draw moves a price: period by period, no branches.

    Return the first column that a draw reaches, and the last one + 1.
    """
    before[:size] = 0.0
    periods = edges.shape[0] - 1
    least, most = begin[0], end[0]
    for d in range(1, size):
        least, most = min(least, begin[d]), max(most, end[d])
    first, last = 0, periods - 1
    while first < last and edges[first + 1] <= least:
        first += 1
    while last > first and edges[last] >= most:
        last -= 1
    low, high = w.shape[0], 0
    for m in range(first, last + 1):
        edge, level = edges[m + 1], price[m]
        if column[m] >= 0:
            low, high = min(low, column[m]), max(high, column[m] + 1)
        target = w[column[m]] if column[m] >= 0 else w[0]
        level = level if column[m] >= 0 else 0.0
        if shape in (RECURRING, UNIFORM):
            for d in range(size):
                after = (min(max(edge, begin[d]), end[d]) - begin[d]) * factor[d]
                target[d] += level * (after - before[d])
                before[d] = after
        else:
            for d in range(size):
                after = _passed(shape, (edge - begin[d]) * factor[d])
                target[d] += level * (after - before[d])
                before[d] = after
    return min(low, high), high


@njit(nogil=True, cache=True, error_model="numpy")
def _add_line(values, quantity, rate, overrun, constant, portion, low, size, total):  # type: ignore[no-untyped-def]
    """Add ``constant · q · r · o · portion`` to *total*, multiplied in the order of ``line_units``."""
    q, r = values[quantity, low:], values[rate, low:]
    if overrun >= 0:
        o = values[overrun, low:]
        for d in range(size):
            total[d] += constant * q[d] * r[d] * o[d] * portion
    else:
        for d in range(size):
            total[d] += constant * q[d] * r[d] * portion


@njit(nogil=True, cache=True, error_model="numpy")
def add_amounts(  # type: ignore[no-untyped-def]
    made, unit, values, quantity, rate, overrun, constant, pair_group, pair_label, pair_start, rows, share,
    shape, action, begin, until, planned, scale, moves, level,
    start, stretch, horizon, edges, zero, step, column, segment, segments, price, passed, growth, year,
    derived, plain, out,
):  # fmt: skip
    """Add up ``unit · share · weight`` by label and time; see ``Outcome.amounts``. The unit is that of lines if *made*.

    Pairs (group, label) come sorted by group; ``rows[pair_start[p]:pair_start[p + 1]]`` are the lines of pair p.
    ``price[group, m]`` is the price of a fine period, ``growth[level, year, draw]`` what a draw makes of it for a price
    class in a currency; *plain* says that it makes nothing of it and that there are few periods. Weights of groups that
    do not move with the draws are computed once.
    """
    draws, pairs, times = unit.shape[1], pair_group.shape[0], out.shape[1]
    w = np.empty((times, _TILE))
    total, b, e, factor = np.empty(_TILE), np.empty(_TILE), np.empty(_TILE), np.empty(_TILE)
    first, last = np.empty(_TILE, np.intp), np.empty(_TILE, np.intp)
    for low in range(0, draws, _TILE):
        size = min(_TILE, draws - low)
        p = 0
        while p < pairs:
            g = pair_group[p]
            a = action[g]
            w[:, :] = 0.0
            from_, to = 0, times
            if shape[g] == DERIVED:
                for t in range(times):
                    for d in range(size):
                        w[t, d] = derived[t, low + d]
            else:
                count = size if moves[g] else 1
                even = shape[g] == RECURRING or shape[g] == UNIFORM
                times_of = (begin[g], until[g], planned[g], horizon)
                _span(shape[g], a, times_of, scale[g], start, stretch, low, count, b, e, factor)
                grown = growth[level[g], :, low:]
                if plain:
                    from_, to = _plain(shape[g], b, e, factor, count, edges, price[g], column, total, w)
                elif even:
                    _places(b, count, edges, zero, step, first)
                    _places(e, count, edges, zero, step, last)
                    _even(b, e, factor, count, first, last, edges, price[g], passed[g], segment, segments, grown, w)
                else:
                    _places(b, count, edges, zero, step, first)
                    _shaped(shape[g], b, e, count, first, edges, price[g], year, column, grown, w)
                if not moves[g]:
                    for t in range(times):
                        w[t, :] = w[t, 0]
            while p < pairs and pair_group[p] == g:
                total[:] = 0.0
                for i in range(pair_start[p], pair_start[p + 1]):
                    row, portion = rows[i], share[i]
                    if not made:
                        for d in range(size):
                            total[d] += unit[row, low + d] * portion
                    elif quantity[row] < 0:
                        total[:size] += portion
                    else:
                        c, o = constant[row], overrun[row]
                        _add_line(values, quantity[row], rate[row], o, c, portion, low, size, total)
                target = out[pair_label[p]]
                for t in range(from_, to):
                    for d in range(size):
                        target[t, low + d] += total[d] * w[t, d]
                p += 1
