"""Exact P10 and P90 of thousands of series without keeping their draws."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sfp_model.model.inputs import FloatArray
from sfp_model.model.values import compiled
from sfp_model.uncertainty.between import standard_error

__all__ = ["SHARES", "Tails"]

SHARES = (0.1, 0.9)
_ROOM = 0.03  # of the pilot block's draws, on either side of its percentile
IntArray = npt.NDArray[np.int64]


class Tails:
    """P10 and P90 of all draws of several blocks, and their standard errors.

    The pilot block sets a window around each of its percentiles. Of every block, the draws inside a window are kept
    and those below it counted, so that the place of a percentile of all draws among the kept ones is known exactly
    (definition 7 of Hyndman and Fan 1996, doi:10.1080/00031305.1996.10473566). Where it falls outside the window,
    ``open`` names the series. Standard errors come from the spread of the blocks' own percentiles.

    Examples
    --------
    >>> draws = np.random.default_rng(3).normal(size=(10, 2, 256))
    >>> tails = Tails()
    >>> for block in draws:
    ...     tails.add(block)
    >>> exact = np.quantile(draws.swapaxes(0, 1).reshape(2, -1), SHARES, axis=1).T
    >>> bool(np.allclose(tails.percentiles[~tails.open], exact[~tails.open]))
    True
    """

    def __init__(self) -> None:
        self._windows: list[tuple[FloatArray, FloatArray]] = []
        self._kept: tuple[list[FloatArray], list[FloatArray]] = ([], [])
        self._counts: tuple[list[IntArray], list[IntArray]] = ([], [])  # (series, [below, at the low end, inside])
        self._own: list[FloatArray] = []
        self._sizes: list[int] = []

    def add(self, series: FloatArray) -> None:
        """Take in a block, shape (series, draw)."""
        size = series.shape[1]
        if not self._windows:
            ordered, room = np.sort(series, axis=1), max(2, int(_ROOM * size))
            for share in SHARES:
                at = int(share * (size - 1))
                self._windows.append((ordered[:, max(0, at - room)].copy(),
                                      ordered[:, min(size - 1, at + room + 1)].copy()))  # fmt: skip
        own = np.empty((len(series), len(SHARES)))
        for i, (share, (low, high)) in enumerate(zip(SHARES, self._windows, strict=True)):
            kept, counts = _around(series, low, high, 4 * max(2, int(_ROOM * size)) + 8)
            kept = kept[:, : max(1, int(counts[:, 2].max(initial=0)))]
            self._kept[i].append(kept)
            self._counts[i].append(counts)
            own[:, i] = _located(share * (size - 1), low, kept, counts)[0]
        self._own.append(own)
        self._sizes.append(size)

    def _joined(self, i: int) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
        low = self._windows[i][0]
        every = np.sort(np.concatenate(self._kept[i], axis=1), axis=1)
        counts = np.sum(self._counts[i], axis=0)
        overflow = np.any([c[:, 2] > k.shape[1] for c, k in zip(self._counts[i], self._kept[i], strict=True)], axis=0)
        values, outside = _located(SHARES[i] * (sum(self._sizes) - 1), low, every, counts)
        return values, outside | overflow

    @property
    def percentiles(self) -> FloatArray:
        """P10 and P90 of all draws, shape (series, 2)."""
        return np.stack([self._joined(i)[0] for i in range(len(SHARES))], axis=1)

    @property
    def open(self) -> npt.NDArray[np.bool_]:
        """Whether a percentile of a series fell outside its window, shape (series,)."""
        result: npt.NDArray[np.bool_] = self._joined(0)[1] | self._joined(1)[1]
        return result

    @property
    def errors(self) -> FloatArray:
        """Standard errors of P10 and P90 from the spread between blocks, shape (series, 2)."""
        return standard_error(self._own)


def _located(
    at: float, low: FloatArray, ordered: FloatArray, counts: IntArray
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return the value at a place among all draws of each series, and whether it is outside what was kept."""
    below, equal, inside = counts[:, 0], counts[:, 1], counts[:, 2]
    rows, found = np.arange(len(low)), []
    for place in (int(at), int(np.ceil(at))):
        k = place - below - equal
        value = ordered[rows, np.clip(k, 0, ordered.shape[1] - 1)]
        found.append(np.where((k < 0) | np.isinf(value), low, value))  # infinity: beyond what was kept, hence outside
    outside = (int(at) < below) | (int(np.ceil(at)) >= below + equal + inside)
    first, second = found
    return first + (at - int(at)) * (second - first), outside


def _around(series: FloatArray, low: FloatArray, high: FloatArray, room: int) -> tuple[FloatArray, IntArray]:
    """Return the draws in (low, high] in order, padded with infinity, and how many are below, at low, and inside."""
    kept, counts = np.full((len(series), room), np.inf), np.zeros((len(series), 3), dtype=np.int64)
    if compiled():
        from sfp_model.uncertainty.kernels import around

        around(np.ascontiguousarray(series), low, high, kept, counts)
        return kept, counts
    for row, (draws, a, b) in enumerate(zip(series, low, high, strict=True)):
        inside = np.sort(draws[(draws > a) & (draws <= b)])
        counts[row] = (draws < a).sum(), (draws == a).sum(), len(inside)
        kept[row, : min(room, len(inside))] = inside[:room]
    return kept, counts
