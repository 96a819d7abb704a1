"""What the blocks of a simulation share, made once: which inputs are drawn, their factors and margins as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from sfp_model.model.arrays import Arrays, IntArray
from sfp_model.model.inputs import FloatArray
from sfp_model.model.values import View, read_only
from sfp_model.uncertainty.dependence import Coupling

__all__ = ["Prepared", "evenly_spread", "hash_of", "hashes_of", "net_hashes", "prepare", "with_slopes"]

_SETTINGS = 16  # of sampler, view, dependence and inputs read, that are kept ready for a plan
BoolArray = npt.NDArray[np.bool_]


@lru_cache(maxsize=1 << 16)
def hash_of(key: str) -> int:
    """Return a hash of 64 bits of *key*; it does not depend on the process or the platform."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")


def hashes_of(names: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return ``hash_of`` each name."""
    return np.array([hash_of(name) for name in names], dtype=np.uint64)


def with_slopes(table: FloatArray, cells: float = 1.0) -> FloatArray:
    """Return the lower end of each cell of tables and its slope, ``(…, cell, 2)``: a draw then reads one place.

    Examples
    --------
    >>> with_slopes(np.array([0.0, 2.0, 6.0])).tolist()
    [[0.0, 2.0], [2.0, 4.0]]
    """
    return np.ascontiguousarray(np.stack([table[..., :-1], np.diff(table) / cells], axis=-1))


def evenly_spread(arrays: Arrays, coupling: Coupling, sampler: str) -> BoolArray:
    """Return which inputs are spread evenly after the factors came in: when actions take place, in Sobol' blocks.

    A Latin hypercube with dependence (Packham and Schmidt 2010, *Journal of Computational Finance* 13(3),
    doi:10.2139/ssrn.1269633): a latent variable gives way to an even one in the same order. What falls into a year only
    if an action is late depends on little else.
    """
    table = arrays.inputs
    timed = np.isin(np.array(table.kind), ("delay", "stretch"))
    return np.asarray(timed & table.varies & (coupling.rest > 0) & (sampler == "sobol"), dtype=np.bool_)


def net_hashes(coupling: Coupling) -> npt.NDArray[np.uint64]:
    """Return a hash of the name of each factor's own Sobol' net, 0 for the common one."""
    return np.array([hash_of(f"net/{name}") if name else 0 for name in coupling.nets], dtype=np.uint64)


@dataclass(frozen=True, eq=False)
class Prepared:
    """What all blocks of a simulation share: which inputs are drawn, and what the compiled loops read of them.

    Attributes
    ----------
    factors : ndarray of int
        Factors that the inputs read.
    factor_hashes, hashes : ndarray of uint64
        Of the names of these factors, and of the ids of the inputs.
    dimensions : ndarray of int
        Of a Sobol' net, −1 for none; one per factor.
    net_hashes : ndarray of uint64
        Of the names of the factors' nets; 0 for the one that starts with the plan's factor, which keeps its order.
    loads, margins : tuple
        Arguments of ``kernels.sample`` before and after its factors.
    even : ndarray of bool
        See ``evenly_spread``.
    """

    factors: IntArray
    factor_hashes: npt.NDArray[np.uint64]
    dimensions: IntArray
    net_hashes: npt.NDArray[np.uint64]
    hashes: npt.NDArray[np.uint64]
    loads: tuple[Any, ...]
    even: npt.NDArray[np.bool_]
    margins: tuple[Any, ...]


_made: WeakKeyDictionary[Arrays, dict[tuple[Any, ...], Prepared]] = WeakKeyDictionary()


def prepare(arrays: Arrays, coupling: Coupling, sampler: str, view: View, rows: IntArray | None) -> Prepared:
    """Return what blocks share, made once as long as *arrays* lives."""
    made = _made.setdefault(arrays, {})
    key = (coupling, sampler, view, None if rows is None else rows.tobytes())
    found = made.get(key)
    if found is None:  # two threads may make it, and make the same
        if len(made) >= _SETTINGS:
            made.clear()
        found = made[key] = _settled(arrays, coupling, sampler, view, rows)
    return found


def _settled(arrays: Arrays, coupling: Coupling, sampler: str, view: View, rows: IntArray | None) -> Prepared:
    from sfp_model.model.tabulated import tabulate

    table, t = arrays.inputs, tabulate(arrays.inputs, view)
    at = np.arange(len(t.rows)) if rows is None else np.flatnonzero(np.isin(t.rows, rows))
    loads = np.concatenate([coupling.index[t.rows[at]], coupling.weight[t.rows[at]]], axis=1)
    _, first, mix = np.unique(loads, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(mix.reshape(-1), kind="stable")  # inputs of one mix together, so that it is made once
    index, weight = coupling.index[t.rows[at[first]]], coupling.weight[t.rows[at[first]]]
    at, mix = at[order], mix.reshape(-1)[order]
    drawn = t.rows[at]
    kept = table.base.copy()
    kept[t.rows] = np.nan
    others = np.setdiff1d(np.arange(len(table)), drawn)
    factors = np.union1d(index[index >= 0], np.array(coupling.drivers, dtype=np.intp)).astype(np.intp)
    dimensions = (
        np.array(coupling.dimensions, dtype=np.intp)[factors] if sampler == "sobol" else np.full_like(factors, -1)
    )
    margins = (
        drawn, with_slopes(t.tables), t.which[at], t.location[at], t.scale[at], t.lower[at], t.upper[at],
        t.step_start[at], t.step_stop[at], t.step_z, t.step_value, others, kept[others],
    )  # fmt: skip
    even = evenly_spread(arrays, coupling, sampler)[drawn]
    return Prepared(
        factors, hashes_of([f"factor/{coupling.factors[i]}" for i in factors]), dimensions,
        net_hashes(coupling)[factors],
        hashes_of([table.ids[row] for row in drawn]),
        tuple(map(read_only, (coupling.rest[drawn], mix, index, weight))),
        read_only(even),
        tuple(map(read_only, margins)),
    )  # fmt: skip
