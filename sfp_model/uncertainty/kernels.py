# mypy: disable-error-code="misc,untyped-decorator,no-any-return,no-untyped-def"
"""Compiled loops of the sampler; loads numba, so import it where it is used.

Each has a NumPy path (``streams``) that a test holds equal. Integers are 32 bits wide so that processors take eight or
sixteen at a time; a draw of an input costs about 4 ns.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["around", "normals", "sample", "uniforms"]

U = np.uint32


@njit(nogil=True, cache=True, inline="always")
def _permuted(i, p, w):
    i = U(i ^ p)
    i = U(i * U(0xE170893D))
    i ^= p >> U(16)
    i ^= (i & w) >> U(4)
    i ^= p >> U(8)
    i = U(i * U(0x0929EB3F))
    i ^= p >> U(23)
    i ^= (i & w) >> U(1)
    i = U(i * (U(1) | (p >> U(27))))
    i = U(i * U(0x6935FA69))
    i ^= (i & w) >> U(11)
    i = U(i * U(0x74DCB303))
    i ^= (i & w) >> U(2)
    i = U(i * U(0x9E501CC3))
    i ^= (i & w) >> U(2)
    i = U(i * U(0xC860A3DF))
    i &= w
    i ^= i >> U(5)
    return U(i + p) & w


@njit(nogil=True, cache=True, inline="always")
def _mixed(x):
    x ^= x >> U(16)
    x = U(x * U(0x7FEB352D))
    x ^= x >> U(15)
    x = U(x * U(0x846CA68B))
    x ^= x >> U(16)
    return x


@njit(nogil=True, cache=True)
def _fill(first, second, bits, stratified, out):
    """Set *out* to the uniforms of one input, as whole numbers of 32 bits."""
    w = U(out.shape[0] - 1)
    up, down = U(32 - bits), U(bits)
    if stratified:
        for d in range(out.shape[0]):
            cell = _permuted(U(d) ^ (second & w), first, w)
            out[d] = (cell << up) | (_mixed(U(U(d) * U(0x9E3779B9)) ^ second) >> down)
    else:
        for d in range(out.shape[0]):
            out[d] = _mixed(_mixed(U(U(d) * U(0x9E3779B9)) ^ first) ^ second)


@njit(nogil=True, cache=True)
def uniforms(keys, bits, stratified, out):
    """Set ``out[input]`` to the uniforms of the stream *keys[input]*; see ``streams.uniforms``."""
    for r in range(keys.shape[0]):
        _fill(keys[r, 0], keys[r, 1], bits, stratified, out[r])


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
def _normal(u, nodes, steps, out):
    """Set *out* to Φ⁻¹ of whole-number uniforms: 4,096 cells by table, the outermost two exactly."""
    for d in range(u.shape[0]):
        k = np.int32(u[d] >> U(20))
        out[d] = nodes[k] + (np.int32(u[d] & U(0xFFFFF)) + 0.5) * steps[k]
    for d in range(u.shape[0]):
        if U(u[d] + U(0x100000)) < U(0x200000):
            if u[d] < U(0x100000):
                out[d] = _tail((u[d] + 0.5) / 4294967296.0)
            else:
                out[d] = -_tail((4294967295.5 - u[d]) / 4294967296.0)


@njit(nogil=True, cache=True)
def normals(u, nodes, steps, out):
    """Set *out* to the normal scores of whole-number uniforms, row by row."""
    for r in range(u.shape[0]):
        _normal(u[r], nodes, steps, out[r])


@njit(nogil=True, cache=True, error_model="numpy")
def sample(
    keys, bits, stratified, nodes, steps, rest, index, weight, factors, reach,
    rows, tables, which, location, scale, lower, upper, step_start, step_stop, step_z, step_value, out,
):  # fmt: skip
    """Set ``out[rows[i]]`` to the values of input i: own stream, common factors, marginal, in one pass.

    ``z = rest · ε + Σ weight · factor`` on the latent scale, then the table of the input's shape at z.
    """
    n = out.shape[1]
    u, z = np.empty(n, np.uint32), np.empty(n)
    cell, part = np.empty(n, np.int32), np.empty(n)
    cells = tables.shape[1] - 1
    top, to_cell = cells - 1e-9, cells / (2 * reach)
    for i in range(rows.shape[0]):
        if rest[i] > 0.0:
            _fill(keys[i, 0], keys[i, 1], bits, stratified, u)
            _normal(u, nodes, steps, z)
            for d in range(n):
                z[d] *= rest[i]
        else:
            z[:] = 0.0
        for f in range(index.shape[1]):
            if index[i, f] >= 0:
                common, b = factors[index[i, f]], weight[i, f]
                for d in range(n):
                    z[d] += b * common[d]
        target, a, s, least, most = out[rows[i]], location[i], scale[i], lower[i], upper[i]
        if which[i] < 0:
            for d in range(n):
                k = step_start[i]
                while k + 1 < step_stop[i] and z[d] > step_z[k + 1]:
                    k += 1
                target[d] = min(max(a + s * step_value[k], least), most)
            continue
        table = tables[which[i]]
        for d in range(n):
            x = min(max((z[d] + reach) * to_cell, 0.0), top)
            cell[d] = np.int32(x)
            part[d] = x - np.int32(x)
        for d in range(n):
            k = cell[d]
            target[d] = min(max(a + s * (table[k] + part[d] * (table[k + 1] - table[k])), least), most)


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
