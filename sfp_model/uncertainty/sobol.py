"""Sobol' points of the factors, scrambled anew in every block."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["digits", "scrambled"]

Words = npt.NDArray[np.uint32]


@lru_cache(maxsize=8)
def digits(dimensions: int, draws: int) -> Words:
    """Return the first *draws* points of the Sobol' sequence as reversed binary digits, shape (dimension, draws).

    Direction numbers of Joe and Kuo 2008, doi:10.1137/070709359, from scipy.
    """
    from scipy.stats.qmc import Sobol

    points = Sobol(dimensions, scramble=False, bits=32).random(draws)
    result = _reversed((points.T * 2.0**32).astype(np.uint32))
    result.flags.writeable = False
    return result


def _reversed(x: Words) -> Words:
    """Return *x* with its 32 bits in reverse order."""
    for shift, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF)):
        s, m = np.uint32(shift), np.uint32(mask)
        x = ((x >> s) & m) | ((x & m) << s)
    return (x >> np.uint32(16)) | (x << np.uint32(16))


def scrambled(keys: Words, draws: int, dimensions: Sequence[int] | None = None, orders: Words | None = None) -> Words:
    """Return Sobol' points as whole numbers of 32 bits, one dimension per key, Owen-scrambled by the key.

    Every digit is flipped by a hash of the digits above it: nested uniform scrambling (Owen 1995,
    doi:10.1007/978-1-4612-2552-2_19) by the hash of Laine and Karras 2011 (doi:10.1111/j.1467-8659.2011.01969.x), with
    the constants of Burley 2020, *Journal of Computer Graphics Techniques* 9(4). Each dimension keeps one point in each
    of *draws* equal cells, and the first dimensions are even together.

    Parameters
    ----------
    keys : ndarray of uint32 (dimension, 2)
    draws : int
        A power of two.
    dimensions : sequence of int, optional
        Which dimension each key scrambles; by default in order from the first.
    orders : ndarray of uint32 (dimension, draws), optional
        Which point of the net each draw takes. Dimensions of one order are even together; nets in orders that have
        nothing to do with each other are independent (Latin supercube sampling, Owen 1998, doi:10.1145/272991.273010).

    Returns
    -------
    ndarray of uint32 (dimension, draws)

    Examples
    --------
    >>> u = scrambled(np.array([[1, 2], [3, 4]], dtype=np.uint32), 8)
    >>> [sorted((row >> 29).tolist()) for row in u] == [list(range(8))] * 2
    True
    """
    if not len(keys):
        return np.zeros((0, draws), dtype=np.uint32)
    chosen = list(range(len(keys)) if dimensions is None else dimensions)
    x = digits(max(chosen) + 1, draws)[chosen]
    if orders is not None:
        x = np.take_along_axis(x, orders.astype(np.intp), axis=1)
    for word in (keys[:, :1], keys[:, 1:]):
        x += word
        for constant in (0x6C50B47C, 0xB82F1E52, 0xC7AFE638, 0x8D22F6E6):
            x ^= x * np.uint32(constant)
    return _reversed(x)
