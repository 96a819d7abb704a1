"""Random streams keyed by (seed, input, block), and the quantiles or values of all inputs for one block.

An input that two plans share has the same draws in both, and adding one changes nobody else's. A block is a complete
replicate of its own, randomised independently of the others: a Latin hypercube, or a scrambled Sobol' net of the
factors with Latin hypercubes of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.model.arrays import Arrays, IntArray
from sfp_model.model.inputs import FloatArray
from sfp_model.model.marginals import REACH
from sfp_model.model.values import Values, View, compiled, draw, drawn_rows, read_only
from sfp_model.uncertainty.dependence import Coupling, coupling_of
from sfp_model.uncertainty.prepared import Prepared, evenly_spread, hash_of, hashes_of, net_hashes, prepare, with_slopes
from sfp_model.uncertainty.sobol import digits, scrambled

__all__ = ["BLOCK", "SAMPLERS", "keys_of", "latent", "quantiles", "sample", "stream", "uniforms"]

BLOCK = 4096
SAMPLERS = ("lhs", "random", "sobol")
Words = npt.NDArray[np.uint32]
_BITS = 12  # cells of the table of normal scores: 4,096, as many as a block has draws


def stream(seed: int, key: str, block: int) -> np.random.Generator:
    """Return a generator for *key* in *block*: Philox, seeded by seed, hash of the key, and block.

    For random numbers beside those of the inputs. The hash is 128 bits of BLAKE2b, so it does not depend on the
    process or the platform. ``seed=0`` is a seed.

    Raises
    ------
    UsageError
        If seed or block is negative.

    Examples
    --------
    >>> bool(stream(0, "a", 0).random() == stream(0, "a", 0).random())
    True
    """
    _check(seed, block)
    digest = blake2b(key.encode(), digest_size=16).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *words, block])))


def _check(seed: int, block: int) -> None:
    if seed < 0 or block < 0:
        raise UsageError(f"seed and block must not be negative, got {seed=} {block=}")


def keys_of(names: Sequence[str], seed: int, block: int) -> Words:
    """Return the 64-bit key of each stream as two words: a hash of the name mixed with one of seed and block.

    The mixer is that of SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195).

    Returns
    -------
    ndarray of uint32 (name, 2)
    """
    return _keys(hashes_of(names), seed, block)


def _keys(hashes: npt.NDArray[np.uint64], seed: int, block: int) -> Words:
    _check(seed, block)
    x = hashes ^ np.uint64(hash_of(f"{seed}/{block}"))
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return np.stack([x & np.uint64(0xFFFFFFFF), x >> np.uint64(32)], axis=-1).astype(np.uint32)


def _permuted(i: Words, p: Words, w: np.uint32) -> Words:
    """Return the place of cell *i* in a permutation of 0 … w keyed by *p* (Kensler 2013, Pixar memo 13-01)."""
    u = np.uint32
    i = (i ^ p) * u(0xE170893D)
    i ^= p >> u(16)
    i ^= (i & w) >> u(4)
    i ^= p >> u(8)
    i *= u(0x0929EB3F)
    i ^= p >> u(23)
    i ^= (i & w) >> u(1)
    i *= u(1) | (p >> u(27))
    i *= u(0x6935FA69)
    i ^= (i & w) >> u(11)
    i *= u(0x74DCB303)
    i ^= (i & w) >> u(2)
    i *= u(0x9E501CC3)
    i ^= (i & w) >> u(2)
    i *= u(0xC860A3DF)
    i &= w
    i ^= i >> u(5)
    return (i + p) & w


def _mixed(x: Words) -> Words:
    """Return a 32-bit mix of *x* (Wellons 2018, "lowbias32")."""
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def uniforms(keys: Words, draws: int, stratified: bool) -> Words:
    """Return the uniform numbers of each stream as whole numbers of 32 bits, shape (stream, draws).

    Stratified: one point in each of *draws* equal cells, in an order keyed by the stream (McKay, Beckman and Conover
    1979, doi:10.2307/1268522). *draws* is a power of two.

    Examples
    --------
    >>> u = uniforms(keys_of(["a"], 0, 0), 8, True)
    >>> sorted((u[0] >> 29).tolist())
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    first, second = keys[:, :1], keys[:, 1:]
    d = np.arange(draws, dtype=np.uint32)[None, :]
    spread = d * np.uint32(0x9E3779B9)
    if not stratified:
        return _mixed(_mixed(spread ^ first) ^ second)
    w, bits = np.uint32(draws - 1), _bits(draws)
    if bits == 0:
        return _mixed(spread ^ second)
    cell = _permuted(d ^ (second & w), first, w)
    return (cell << np.uint32(32 - bits)) | (_mixed(spread ^ second) >> np.uint32(bits))


def _bits(draws: int) -> int:
    bits = draws.bit_length() - 1
    if draws < 1 or draws != 1 << bits or bits > 20:
        raise UsageError(f"a block has a power of two of draws, at most 1,048,576, not {draws}")
    return bits


@cache
def _nodes() -> FloatArray:
    """Return Φ⁻¹ at the lower end of each cell, and its slope, shape (cell, 2)."""
    from scipy.special import ndtri

    nodes: FloatArray = ndtri(np.arange(1, 1 << _BITS) / (1 << _BITS))
    nodes = np.r_[nodes[0] - 0.5, nodes, nodes[-1] + 0.5]  # the outermost cells are not read
    return with_slopes(nodes, 1 << (32 - _BITS))


@cache
def _phi() -> FloatArray:
    """Return Φ on a grid from −REACH to REACH, and its slope, shape (cell, 2)."""
    from scipy.special import ndtr

    return with_slopes(ndtr(np.linspace(-REACH, REACH, 2049)))


def _cells(z: FloatArray) -> IntArray:
    """Return in which of as many cells of equal probability as there are draws each normal score lies."""
    phi, draws = _phi(), z.shape[1]
    at = np.clip((z + REACH) * (len(phi) / (2 * REACH)), 0.0, len(phi) - 1e-9)
    grid = at.astype(np.intp)
    return np.asarray(np.minimum(((phi[grid, 0] + (at - grid) * phi[grid, 1]) * draws).astype(np.intp), draws - 1))


def _normals(u: Words) -> FloatArray:
    """Return Φ⁻¹ of whole-number uniforms: linear within 4,096 cells, exact in the outermost two."""
    from scipy.special import ndtri

    nodes, slopes = _nodes().T
    cell = (u >> np.uint32(32 - _BITS)).astype(np.intp)
    z: FloatArray = nodes[cell] + ((u & np.uint32((1 << (32 - _BITS)) - 1)) + 0.5) * slopes[cell]
    low, high = cell == 0, cell == (1 << _BITS) - 1
    z[low] = ndtri((u[low] + 0.5) / 2.0**32)
    z[high] = -ndtri((2.0**32 - 0.5 - u[high]) / 2.0**32)
    return z


def _factor_normals(coupling: Coupling, seed: int, block: int, sampler: str, size: int) -> FloatArray:
    """Return the normal scores of all factors, drivers correlated, shape (factor, size)."""
    keys = keys_of([f"factor/{name}" for name in coupling.factors], seed, block)
    if sampler == "sobol":
        dimensions = np.array(coupling.dimensions)
        net = dimensions >= 0
        u = np.empty((len(keys), size), dtype=np.uint32)
        u[net] = scrambled(keys[net], size, dimensions[net].tolist(), _orders(coupling, net, seed, block, size))
        u[~net] = uniforms(keys[~net], size, stratified=True)
    else:
        u = uniforms(keys, size, sampler != "random")
    return _correlated(coupling, _normals(u))


def _orders(coupling: Coupling, chosen: npt.NDArray[np.bool_], seed: int, block: int, size: int) -> Words:
    """Return the order in which the factors' nets are gone through, shape (factor, size): keyed by the net's name."""
    hashes = net_hashes(coupling)[chosen]
    order = np.broadcast_to(np.arange(size, dtype=np.uint32), (len(hashes), size)).copy()
    if _bits(size):
        own, w = hashes > 0, np.uint32(size - 1)
        keys = _keys(hashes[own], seed, block)
        order[own] = _permuted(order[own] ^ (keys[:, 1:] & w), keys[:, :1], w)
    return order


def _correlated(coupling: Coupling, z: FloatArray) -> FloatArray:
    """Return independent normal scores of the factors with those of the drivers correlated, in place."""
    if coupling.root is not None:
        at = list(coupling.drivers)
        z[at] = coupling.root @ z[at]
    return z


def _compiled_factors(
    coupling: Coupling, ready: Prepared, seed: int, block: int, sampler: str, size: int
) -> FloatArray:
    """Return ``_factor_normals`` from compiled loops; factors that no input reads are not set."""
    from sfp_model.uncertainty import kernels

    z = np.empty((len(coupling.factors), size))
    most = int(ready.dimensions.max(initial=-1))
    net = digits(most + 1, size) if most >= 0 else np.zeros((0, size), np.uint32)
    before = (_keys(ready.factor_hashes, seed, block), net, ready.dimensions, ready.net_hashes > 0,
              _keys(ready.net_hashes, seed, block), _bits(size), sampler != "random",
              ready.factors, _nodes())  # fmt: skip
    kernels.scores(*(read_only(a) if isinstance(a, np.ndarray) else a for a in before), z)
    return _correlated(coupling, z)


def latent(
    arrays: Arrays, seed: int, block: int, sampler: str = "lhs", *, coupling: Coupling | None = None, size: int = BLOCK
) -> FloatArray:
    """Return the latent normal variables of all inputs for one block, shape (input, size); see ``quantiles``."""
    _known(sampler)
    _bits(size)
    table = arrays.inputs
    coupling = coupling_of(arrays) if coupling is None else coupling
    factors = _factor_normals(coupling, seed, block, sampler, size)
    rows = np.flatnonzero(table.varies)
    z = np.zeros((len(table), size))
    own = rows[coupling.rest[rows] > 0]
    z[own] = _normals(uniforms(keys_of([table.ids[row] for row in own], seed, block), size, sampler != "random"))
    z[own] *= coupling.rest[own, None]
    for k in range(coupling.index.shape[1]):
        shared = rows[coupling.index[rows, k] >= 0]
        z[shared] += coupling.weight[shared, k, None] * factors[coupling.index[shared, k]]
    even = np.flatnonzero(evenly_spread(arrays, coupling, sampler)) if size > 1 else np.zeros(0, dtype=np.intp)
    place = np.argsort(np.argsort(_cells(z[even]), axis=1, kind="stable"), axis=1).astype(np.uint32)
    within = uniforms(keys_of([table.ids[row] for row in even], seed, block), size, True) & np.uint32(2**32 // size - 1)
    z[even] = _normals((place << np.uint32(32 - _bits(size))) | within)
    return z


def quantiles(
    arrays: Arrays, seed: int, block: int, sampler: str = "lhs", dependence: Mapping[str, float] | None = None, *,
    size: int = BLOCK,
) -> FloatArray:  # fmt: skip
    """Return the quantiles of all inputs for one block of draws.

    Parameters
    ----------
    arrays : Arrays
    seed : int
        0 is a seed.
    block : int
        Number of the block, from 0.
    sampler : {"lhs", "random", "sobol"}
    dependence : mapping, optional
        Shares of variance of the latent factors in place of the plan's; see ``dependence.loadings``.
    size : int
        Draws of the block, a power of two.

    Returns
    -------
    ndarray (input, size)
        In (0, 1); 0.5 for inputs that do not vary.

    Raises
    ------
    UsageError
        For an unknown sampler, or a plan that does not state its dependence.
    """
    from scipy.special import ndtr

    coupling = None if dependence is None else coupling_of(arrays, dependence)
    z = latent(arrays, seed, block, sampler, coupling=coupling, size=size)
    result: FloatArray = np.clip(ndtr(z), 1e-15, 1 - 1e-15)
    return result


def sample(
    arrays: Arrays, seed: int, block: int, sampler: str = "lhs", view: View = "inside", *,
    coupling: Coupling | None = None, size: int = BLOCK, rows: IntArray | None = None,
) -> Values:  # fmt: skip
    """Return the values of all inputs for one block: ``draw(arrays, quantiles(…))`` in one compiled pass.

    The two agree to rounding (a test holds it); this one never makes quantiles.

    Parameters
    ----------
    rows : ndarray of int, optional
        The only inputs that will be read (``model.reading``): the others that vary are not drawn. Their first draw is
        nan, so that whoever reads one notices; the rest of it is not set, to spare the memory. Every input has its own
        stream, so that this changes nobody's draws.

    Returns
    -------
    Values
    """
    from scipy.special import ndtr

    _known(sampler)
    bits = _bits(size)
    if not compiled():
        z = latent(arrays, seed, block, sampler, coupling=coupling, size=size)
        values = draw(arrays, np.clip(ndtr(z), 1e-15, 1 - 1e-15), view)
        return values if rows is None else _only(values, np.setdiff1d(drawn_rows(arrays.inputs, view), rows))
    from sfp_model.uncertainty import kernels

    coupling = coupling_of(arrays) if coupling is None else coupling
    ready = prepare(arrays, coupling, sampler, view, rows)
    array = np.empty((len(arrays.inputs), size))
    kernels.sample(
        read_only(_keys(ready.hashes, seed, block)), bits, sampler != "random", read_only(_nodes()), *ready.loads,
        read_only(_compiled_factors(coupling, ready, seed, block, sampler, size)), ready.even, read_only(_phi()), REACH,
        *ready.margins, array,
    )  # fmt: skip
    array.flags.writeable = False
    return Values(array)


def _only(values: Values, unread: IntArray) -> Values:
    array = values.array.copy()
    array[unread, 0] = np.nan
    array.flags.writeable = False
    return Values(array)


def _known(sampler: str) -> None:
    if sampler not in SAMPLERS:
        raise UsageError(f"sampler {sampler!r} is none of {', '.join(SAMPLERS)}")
