# mypy: disable-error-code="misc,untyped-decorator,no-any-return,no-untyped-def"
"""Compiled loops of the sampler; loads numba, so import it where it is used.

Each has a NumPy path (``streams``) that a test holds equal. Integers are 32 bits wide so that processors take eight or
sixteen at a time, and said to be so at every step, since numba widens what two of them make; tables hold each value
beside its slope, so that a draw reads one place. A draw of an input costs about 3 ns.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["around", "count", "sample", "scores"]

U = np.uint32
_TILE = 512  # draws at a time: what an input is made of stays in the cache


@njit(nogil=True, cache=True, inline="always")
def _permuted(i, p, w):
    i = U(i ^ p)
    i = U(i * U(0xE170893D))
    i = U(i ^ U(p >> U(16)))
    i = U(i ^ U(U(i & w) >> U(4)))
    i = U(i ^ U(p >> U(8)))
    i = U(i * U(0x0929EB3F))
    i = U(i ^ U(p >> U(23)))
    i = U(i ^ U(U(i & w) >> U(1)))
    i = U(i * U(U(1) | U(p >> U(27))))
    i = U(i * U(0x6935FA69))
    i = U(i ^ U(U(i & w) >> U(11)))
    i = U(i * U(0x74DCB303))
    i = U(i ^ U(U(i & w) >> U(2)))
    i = U(i * U(0x9E501CC3))
    i = U(i ^ U(U(i & w) >> U(2)))
    i = U(i * U(0xC860A3DF))
    i = U(i & w)
    i = U(i ^ U(i >> U(5)))
    return U(U(i + p) & w)


@njit(nogil=True, cache=True, inline="always")
def _mixed(x):
    x = U(x ^ U(x >> U(16)))
    x = U(x * U(0x7FEB352D))
    x = U(x ^ U(x >> U(15)))
    x = U(x * U(0x846CA68B))
    return U(x ^ U(x >> U(16)))


@njit(nogil=True, cache=True)
def _fill(first, second, bits, stratified, low, out):
    """Set *out* to the uniforms of one input from draw *low* on, as whole numbers of 32 bits."""
    w = U((1 << bits) - 1)
    up, down, own = U(32 - bits), U(bits), U(second & w)
    if stratified:
        for d in range(out.shape[0]):
            out[d] = _permuted(U(U(low + d) ^ own), first, w)
        for d in range(out.shape[0]):
            within = _mixed(U(U(U(low + d) * U(0x9E3779B9)) ^ second))
            out[d] = U(U(out[d] << up) | U(within >> down))
    else:
        for d in range(out.shape[0]):
            out[d] = _mixed(U(_mixed(U(U(U(low + d) * U(0x9E3779B9)) ^ first)) ^ second))


@njit(nogil=True, cache=True)
def _tail(u):
    """Return Φ⁻¹(u) for u below 1/4096: AS 241 (Wichura 1988, doi:10.2307/2347330), PPND16."""
    r = np.sqrt(-np.log(u))
    if r <= 5.0:
        r -= 1.6
        top = ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                  + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
               + 4.6303378461565452959) * r + 1.42343711074968357734  # fmt: skip
        low = ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                  + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
               + 2.05319162663775882187) * r + 1.0  # fmt: skip
    else:
        r -= 5.0
        top = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                  + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
               + 5.4637849111641143699) * r + 6.6579046435011037772  # fmt: skip
        low = ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                  + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
               + 0.59983220655588793769) * r + 1.0  # fmt: skip
    return -top / low


@njit(nogil=True, cache=True)
def _normal(u, nodes, out):
    """Set *out* to Φ⁻¹ of whole-number uniforms: 4,096 cells by table, the outermost two exactly."""
    for d in range(u.shape[0]):
        k = np.int32(u[d] >> U(20))
        out[d] = nodes[k, 0] + (np.int32(u[d] & U(0xFFFFF)) + 0.5) * nodes[k, 1]
    outermost = np.int32(0)
    for d in range(u.shape[0]):
        outermost += np.int32(U(u[d] + U(0x100000)) < U(0x200000))
    for d in range(u.shape[0] if outermost else 0):
        if U(u[d] + U(0x100000)) < U(0x200000):
            if u[d] < U(0x100000):
                out[d] = _tail((u[d] + 0.5) / 4294967296.0)
            else:
                out[d] = -_tail((4294967295.5 - u[d]) / 4294967296.0)


@njit(nogil=True, cache=True, inline="always")
def _reversed(x):
    x = U(U(U(x >> U(1)) & U(0x55555555)) | U(U(x & U(0x55555555)) << U(1)))
    x = U(U(U(x >> U(2)) & U(0x33333333)) | U(U(x & U(0x33333333)) << U(2)))
    x = U(U(U(x >> U(4)) & U(0x0F0F0F0F)) | U(U(x & U(0x0F0F0F0F)) << U(4)))
    x = U(U(U(x >> U(8)) & U(0x00FF00FF)) | U(U(x & U(0x00FF00FF)) << U(8)))
    return U(U(x >> U(16)) | U(x << U(16)))


@njit(nogil=True, cache=True, inline="always")
def _spread(x, word):
    x = U(x + word)
    x = U(x ^ U(x * U(0x6C50B47C)))
    x = U(x ^ U(x * U(0xB82F1E52)))
    x = U(x ^ U(x * U(0xC7AFE638)))
    return U(x ^ U(x * U(0x8D22F6E6)))


@njit(nogil=True, cache=True)
def scores(keys, digits, dimensions, shuffled, shuffles, bits, stratified, at, nodes, out):
    """Set ``out[at[r]]`` to the normal scores of a factor.

    Those of a scrambled Sobol' point (``sobol.scrambled``) where it has a dimension, a row of the reversed *digits*,
    in an order keyed by *shuffles* where *shuffled* says so; else (−1) those of its own stream.
    """
    u = np.empty(_TILE, np.uint32)
    w = U((1 << bits) - 1)
    for r in range(keys.shape[0]):
        first, second = keys[r, 0], keys[r, 1]
        for low in range(0, out.shape[1], _TILE):
            target = out[at[r], low : low + _TILE]
            own = u[: target.shape[0]]
            if dimensions[r] >= 0:
                if shuffled[r]:
                    one, two, net = shuffles[r, 0], U(shuffles[r, 1] & w), digits[dimensions[r]]
                    for d in range(own.shape[0]):
                        own[d] = net[_permuted(U(U(low + d) ^ two), one, w)]
                else:
                    own[:] = digits[dimensions[r], low : low + _TILE]
                for d in range(own.shape[0]):
                    own[d] = _reversed(_spread(_spread(own[d], first), second))
            else:
                _fill(first, second, bits, stratified, low, own)
            _normal(own, nodes, target)


@njit(nogil=True, cache=True)
def _evenly(z, u, bits, reach, phi, nodes, cell, starts):
    """Set *z* to normal scores in the same order, one in each of as many cells of equal probability.

    *phi* is Φ on a grid. Draws of z that fall into one cell take neighbouring ones as they come; the place within its
    cell is that of *u*, the uniform of the input's own stream. The last two are room to work in.
    """
    n, fine = z.shape[0], phi.shape[0]
    to_grid, top = fine / (2 * reach), fine - 1e-9
    for d in range(n):
        z[d] = min(max((z[d] + reach) * to_grid, 0.0), top)
        cell[d] = np.int32(z[d])
    for d in range(n):
        g = cell[d]
        cell[d] = min(np.int32((phi[g, 0] + (z[d] - g) * phi[g, 1]) * n), n - 1)
    starts[:] = 0
    for d in range(n):
        starts[cell[d] + 1] += 1
    for k in range(n):
        starts[k + 1] += starts[k]
    up, within = U(32 - bits), U((1 << (32 - bits)) - 1)
    for d in range(n):
        k = starts[cell[d]]
        starts[cell[d]] = k + 1
        u[d] = U(U(U(k) << up) | U(u[d] & within))
    _normal(u, nodes, z)


@njit(nogil=True, cache=True)
def _common(index, weight, factors, out):
    """Set *out* to ``Σ weight · factor``; factors stand before the places −1 of *index*."""
    used = 0
    while used < index.shape[0] and index[used] >= 0:
        used += 1
    if used == 3:
        a, b, c = factors[index[0]], factors[index[1]], factors[index[2]]
        for d in range(out.shape[0]):
            out[d] = weight[0] * a[d] + weight[1] * b[d] + weight[2] * c[d]
        return
    out[:] = 0.0
    for f in range(used):
        a = factors[index[f]]
        for d in range(out.shape[0]):
            out[d] += weight[f] * a[d]


@njit(nogil=True, cache=True, error_model="numpy")
def _value(z, jumps, steps_of, table, reach, location, scale, lower, upper, cell, out):
    """Set *out* to ``location + scale · table(z)``, cut; where the values jump, to the last step below z.

    *cell* is room to work in.
    """
    n = z.shape[0]
    if jumps:
        below, value = steps_of
        for d in range(n):
            k = 0
            while k + 1 < below.shape[0] and z[d] > below[k + 1]:
                k += 1
            out[d] = min(max(location + scale * value[k], lower), upper)
        return
    cells = table.shape[0]
    top, to_cell = cells - 1e-9, cells / (2 * reach)
    for d in range(n):  # three loops: the first and the last take many draws at a time
        x = min(max((z[d] + reach) * to_cell, 0.0), top)
        cell[d] = np.int32(x)
        z[d] = x - cell[d]
    for d in range(n):
        k = cell[d]
        out[d] = location + scale * (table[k, 0] + z[d] * table[k, 1])
    if location + scale * table[0, 0] < lower or location + scale * (table[-1, 0] + table[-1, 1]) > upper:
        for d in range(n):
            out[d] = min(max(out[d], lower), upper)


@njit(nogil=True, cache=True, error_model="numpy")
def sample(
    keys, bits, stratified, nodes, rest, mix, index, weight, factors, even, phi, reach,
    rows, tables, which, location, scale, lower, upper, step_start, step_stop, step_z, step_value, others, kept, out,
):  # fmt: skip
    """Set ``out[rows[i]]`` to the values of input i: own stream, common factors, marginal, in one pass.

    ``z = rest · ε + Σ weight · factor`` on the latent scale, spread evenly where *even* says so, then the table of the
    input's shape at z. Inputs of one *mix* have the same factors and weights and stand together. Rows *others* are set
    to what is *kept*; of nan, which nobody may read, the first draw.
    """
    for i in range(others.shape[0]):
        out[others[i], : 1 if np.isnan(kept[i]) else out.shape[1]] = kept[i]
    n = out.shape[1]
    u, z, shared = np.empty(n, np.uint32), np.empty(n), np.empty(n)
    cell, starts = np.empty(n, np.int32), np.empty(n + 1, np.int32)
    for i in range(rows.shape[0]):
        steps_of = (step_z[step_start[i] : step_stop[i]], step_value[step_start[i] : step_stop[i]])
        table = tables[max(which[i], 0)]
        own = even[i] and n > 1
        if i == 0 or mix[i] != mix[i - 1]:
            _common(index[mix[i]], weight[mix[i]], factors, shared)
        for low in range(0, n, _TILE):
            part = slice(low, min(low + _TILE, n))
            if rest[i] > 0.0:
                _fill(keys[i, 0], keys[i, 1], bits, stratified, low, u[part])
                _normal(u[part], nodes, z[part])
            else:
                z[part] = 0.0
            for d in range(part.start, part.stop):
                z[d] = rest[i] * z[d] + shared[d]
            if not own:
                _value(z[part], which[i] < 0, steps_of, table, reach, location[i], scale[i], lower[i], upper[i],
                       cell, out[rows[i], part])  # fmt: skip
        if own:
            _evenly(z, u, bits, reach, phi, nodes, cell, starts)
            _value(z, which[i] < 0, steps_of, table, reach, location[i], scale[i], lower[i], upper[i], cell,
                   out[rows[i]])  # fmt: skip


_CELLS = 256  # of a grid over a window of edges


@njit(nogil=True, cache=True)
def _nth(values, low, high, n):
    """Return the n-th smallest (from 0) of the few *values* in ]low, high], *high* where there are fewer."""
    few, many = np.empty(values.shape[0]), 0
    for d in range(values.shape[0]):
        few[many] = values[d]
        many += int((values[d] > low) & (values[d] <= high))
    if n >= many:
        return high
    if many > 32:  # most often a value that many draws share
        first = few[0]
        for d in range(many):
            if few[d] != first:
                return np.sort(few[:many])[n]
        return first
    for i in range(n + 1):
        least = i
        for d in range(i + 1, many):
            if few[d] < few[least]:
                least = d
        few[i], few[least] = few[least], few[i]
    return few[n]


@njit(nogil=True, cache=True, error_model="numpy")
def count(edges, windows, series, constant, ranks, below, ordered):
    """Add to ``below[r, k]`` how many draws of a row lie at or below its edge k, and find draws by rank.

    *windows* are first and last edge of each run of edges that lie close together; they ascend. Draws outside a window
    are only counted, and so are those at its last edge (often an atom); those inside find their edge by a grid of equal
    cells. ``ordered[r, j]`` is set to the draw of rank ``ranks[j]`` (from 0) if it lies in a window, else to nan.
    """
    size = series.shape[1]
    inside, guide = np.empty(size), np.empty(_CELLS + 1, np.int64)
    for r in range(edges.shape[0]):
        own, draws = edges[r], series[r]
        ordered[r, :] = draws[0] if constant[r] else np.nan
        if constant[r]:
            for k in range(own.shape[0]):
                below[r, k] += size if draws[0] <= own[k] else 0
            continue
        for w in range(windows.shape[0]):
            first, last = windows[w, 0], windows[w, 1]
            low, high = own[first], own[last]
            under, at_high, kept = 0, 0, 0
            for d in range(size):
                under += int(draws[d] <= low)
                at_high += int((draws[d] > low) & (draws[d] == high))
            for d in range(size):  # no branches
                inside[kept] = draws[d]
                kept += int((draws[d] > low) & (draws[d] < high))
            bins = np.zeros(last + 1 - first, np.int64)
            bins[0] = under
            to_cell = _CELLS / (high - low)
            k = first
            for c in range(_CELLS + 1):
                while k < last and int((own[k] - low) * to_cell) < c:
                    k += 1
                guide[c] = k
            for d in range(kept):
                x = inside[d]
                k = guide[min(int((x - low) * to_cell), _CELLS)]
                while own[k] < x:
                    k += 1
                bins[k - first] += 1
            k = last
            while k > first and own[k - 1] >= high:
                k -= 1
            bins[k - first] += at_high
            for k in range(1, bins.shape[0]):
                bins[k] += bins[k - 1]
            for k in range(bins.shape[0]):
                below[r, first + k] += bins[k]
            for j in range(ranks.shape[0]):
                if np.isnan(ordered[r, j]) and bins[0] <= ranks[j] < bins[-1]:
                    k = np.searchsorted(bins, ranks[j], side="right")
                    ordered[r, j] = _nth(inside[:kept], own[first + k - 1], own[first + k], ranks[j] - bins[k - 1])


@njit(nogil=True, cache=True)
def around(series, low, high, kept, counts):
    """Set ``kept`` to the draws of each series in (low, high] in order, ``counts`` to those below, at low, inside."""
    room = kept.shape[1]
    for row in range(series.shape[0]):
        a, b = low[row], high[row]
        below, equal, inside = 0, 0, 0
        for x in series[row]:
            if x < a:
                below += 1
            elif x == a:
                equal += 1
            elif x <= b:
                if inside < room:
                    kept[row, inside] = x
                inside += 1
        n = min(inside, room)
        kept[row, :n].sort()
        counts[row, 0], counts[row, 1], counts[row, 2] = below, equal, inside
