# mypy: disable-error-code="misc,untyped-decorator,no-any-return"
"""Compiled loops of the model; loads numba, so import it where it is used.

Each has a NumPy path that a test holds equal. No fast-math and no threads inside: the same bits for any executor.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["add_amounts", "line_units"]

_TILE = 512  # draws at a time: what is added up stays in the cache
_INSTANT = 1e-9
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
def _first(edges, begin):  # type: ignore[no-untyped-def]
    low, high = 0, edges.shape[0] - 1
    while high - low > 1:
        middle = (low + high) // 2
        if edges[middle] <= begin:
            low = middle
        else:
            high = middle
    return low


@njit(nogil=True, cache=True, error_model="numpy")
def add_amounts(  # type: ignore[no-untyped-def]
    unit, pair_group, pair_label, pair_start, rows, share,
    shape, action, begin, until, planned, scale, moves, klass, currency,
    start, stretch, horizon, edges, column, price, growth, year, exchange, later, derived, out,
):  # fmt: skip
    """Add up ``unit · share · weight`` by label and time; see ``Outcome.amounts``.

    Pairs (group, label) come sorted by group; ``rows[pair_start[p]:pair_start[p + 1]]`` are the lines of pair p.
    ``price[m, group]`` is the level of a fine period, ``growth[klass, year, draw]`` and ``exchange[currency, draw]``
    what a draw makes of it. Weights of groups that do not move with the draws are computed once.
    """
    draws, pairs, times = unit.shape[1], pair_group.shape[0], out.shape[1]
    fine = edges.shape[0] - 1
    w = np.empty((times, _TILE))
    total = np.empty(_TILE)
    for low in range(0, draws, _TILE):
        size = min(_TILE, draws - low)
        p = 0
        while p < pairs:
            g = pair_group[p]
            a = action[g]
            w[:, :] = 0.0
            if shape[g] == DERIVED:
                for t in range(times):
                    for d in range(size):
                        w[t, d] = derived[t, low + d]
            else:
                count = size if moves[g] else 1
                for d in range(count):
                    at = low + d
                    from_, s = 0.0, 1.0
                    if a >= 0:
                        from_, s = start[a, at], stretch[a, at]
                    b = from_ + begin[g] * s
                    if shape[g] == RECURRING:
                        length = (horizon if np.isnan(until[g]) else from_ + until[g] * s) - b
                        if length <= 0.0:
                            continue
                    else:
                        length = max((planned[g] - begin[g]) * s, _INSTANT)
                    end, before, x = b + length, 0.0, exchange[currency[g], at]
                    for m in range(_first(edges, b), fine):
                        edge = edges[m + 1]
                        if shape[g] == RECURRING:
                            part = min(edge, end) - max(edges[m], b)
                        else:
                            done = _passed(shape[g], (edge - b) / length)
                            part = done - before
                            before = done
                        if column[m] >= 0:
                            level = price[m, g] * growth[klass[g], year[m], at] * scale[g]
                            w[column[m], d] += part * (level * x if later[m] else level)
                        if edge >= end:
                            break
                if not moves[g]:
                    for t in range(times):
                        w[t, :] = w[t, 0]
            while p < pairs and pair_group[p] == g:
                total[:] = 0.0
                for i in range(pair_start[p], pair_start[p + 1]):
                    row, portion = rows[i], share[i]
                    for d in range(size):
                        total[d] += unit[row, low + d] * portion
                target = out[pair_label[p]]
                for t in range(times):
                    for d in range(size):
                        target[t, low + d] += total[d] * w[t, d]
                p += 1
