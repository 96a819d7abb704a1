"""What a simulation says of many series in constant memory: means, percentiles, and how sure they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["LEAST_BLOCKS", "PERCENTILES", "Summary", "summarise", "until_precise"]

PERCENTILES = (5.0, 10.0, 25.0, 50.0, 75.0, 80.0, 90.0, 95.0)
LEAST_BLOCKS = 10  # independent randomisations behind a standard error
_BINS = 2048
_TRIFLE = 1e-12  # of the size of a value or the spread of its series


@dataclass(eq=False)
class Summary:
    """Means and percentiles of series, block by block; memory does not grow with the number of blocks' draws.

    The pilot block sets the edges of a histogram per series, at its own percentiles, so that every bin holds about as
    many draws. A percentile of all draws is interpolated within its bin; it is off by at most the width of the bin,
    which ``bound`` states. A value that many draws share keeps a bin of its own. Standard errors come from the spread
    of the blocks' own percentiles.

    Attributes
    ----------
    percentiles : tuple of float
        In per cent.
    blocks : int
        Independent randomisations so far.
    draws : int
    """

    percentiles: tuple[float, ...] = PERCENTILES
    blocks: int = 0
    draws: int = 0
    _edges: FloatArray = field(default_factory=lambda: np.zeros((0, 0)), repr=False)
    _below: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64), repr=False)
    _under: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), dtype=bool), repr=False)
    _ends: FloatArray = field(default_factory=lambda: np.zeros((0, 2)), repr=False)
    _centre: FloatArray = field(default_factory=lambda: np.zeros((0, 0)), repr=False)  # mean over blocks of their own
    _square: FloatArray = field(default_factory=lambda: np.zeros((0, 0)), repr=False)  # and squared deviations

    def add(self, series: FloatArray) -> None:
        """Add the draws of one block, shape (series, draw)."""
        ordered = np.sort(np.atleast_2d(series), axis=1)
        count, size = ordered.shape
        if not self.blocks:
            place = np.linspace(0, size - 1, min(_BINS, size)).round().astype(np.intp)
            self._edges, self._under = _with_atoms(ordered[:, place])
            self._below = np.zeros(self._edges.shape, dtype=np.int64)
            self._ends = ordered[:, [0, -1]].copy()
        elif count != len(self._edges):
            raise UsageError(f"a block of {count} series after one of {len(self._edges)}")
        for row in range(count):
            self._below[row] += np.searchsorted(ordered[row], self._edges[row], side="right")
        self._ends[:, 0] = np.minimum(self._ends[:, 0], ordered[:, 0])
        self._ends[:, 1] = np.maximum(self._ends[:, 1], ordered[:, -1])
        own = np.column_stack([ordered.mean(axis=1), *self._of_block(ordered)])
        if not self.blocks:
            self._centre, self._square = np.zeros_like(own), np.zeros_like(own)
        self.blocks += 1
        self.draws += size
        step = own - self._centre  # Welford 1962, doi:10.1080/00401706.1962.10490022
        self._centre += step / self.blocks
        self._square += step * (own - self._centre)

    def _of_block(self, ordered: FloatArray) -> Iterator[FloatArray]:
        """Yield the percentiles of a block (definition 7 of Hyndman and Fan 1996), each of shape (series,)."""
        for percentile in self.percentiles:
            place = percentile / 100 * (ordered.shape[1] - 1)
            low = int(place)
            high = min(low + 1, ordered.shape[1] - 1)
            yield ordered[:, low] + (place - low) * (ordered[:, high] - ordered[:, low])

    @property
    def mean(self) -> FloatArray:
        """Means of all draws, shape (series,)."""
        return self._centre[:, 0]

    @property
    def mean_error(self) -> FloatArray:
        """Standard errors of the means, shape (series,)."""
        return self._spread()[:, 0]

    @property
    def values(self) -> FloatArray:
        """Percentiles of all draws, shape (series, percentile)."""
        return self._located()[0]

    @property
    def bound(self) -> FloatArray:
        """Largest error of ``values`` that the histogram can have: the width of the bin, shape (series, percentile)."""
        return self._located()[1]

    @property
    def error(self) -> FloatArray:
        """Standard errors of ``values`` from the spread between blocks, shape (series, percentile)."""
        return self._spread()[:, 1:]

    def _spread(self) -> FloatArray:
        if self.blocks < LEAST_BLOCKS:
            raise UsageError(f"a standard error needs at least {LEAST_BLOCKS} blocks, here {self.blocks}")
        result: FloatArray = np.sqrt(self._square / (self.blocks - 1) / self.blocks)
        return result

    def _located(self) -> tuple[FloatArray, FloatArray]:
        values = np.empty((len(self._edges), len(self.percentiles)))
        widths = np.empty_like(values)
        for row, (edges, below, ends) in enumerate(zip(self._edges, self._below, self._ends, strict=True)):
            at = np.r_[ends[0], edges, ends[1]]
            counts = np.r_[0, below, self.draws]
            for k, percentile in enumerate(self.percentiles):
                wanted = percentile / 100 * self.draws
                right = min(max(int(np.searchsorted(counts, wanted, side="left")), 1), len(at) - 1)
                inside = counts[right] - counts[right - 1]
                if right > 1 and self._under[row, right - 2]:  # the bin holds an atom and nothing else
                    values[row, k], widths[row, k] = at[right], 0.0
                    continue
                part = (wanted - counts[right - 1]) / inside if inside else 1.0
                values[row, k] = at[right - 1] + part * (at[right] - at[right - 1])
                widths[row, k] = at[right] - at[right - 1]
        return values, widths


def _with_atoms(edges: FloatArray) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return *edges* (series, edge) with the first of each run of equal ones moved a trifle down, and which were moved.

    What is counted at or below a moved edge is then what lies strictly below the value that many draws share (an
    atom): a percentile that falls on the atom is the atom, whatever lies below it, and nothing is counted twice.
    """
    same = edges[:, 1:] == edges[:, :-1]
    first = np.zeros(edges.shape, dtype=bool)
    first[:, :-1] = same
    first[:, 1:] &= ~same
    size = np.maximum(np.abs(edges), np.ptp(edges, axis=1, keepdims=True))
    return np.where(first, edges - _TRIFLE * np.where(size > 0, size, 1.0), edges), first


def summarise(results: Iterable[FloatArray], percentiles: Sequence[float] = PERCENTILES) -> Summary:
    """Return the summary of the series that blocks yield, for example from ``simulate``.

    Parameters
    ----------
    results : iterable of ndarray (series, draw)
        One per block; not kept.
    percentiles : sequence of float
        In per cent.

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> found = summarise((generator.standard_normal((1, 4096)) for _ in range(10)), [50, 80])
    >>> bool(abs(found.values[0, 1] - 0.8416) < 4 * found.error[0, 1])
    True
    """
    summary = Summary(tuple(float(p) for p in percentiles))
    for result in results:
        summary.add(result)
    return summary


def until_precise(
    blocks: Callable[[range], Iterable[FloatArray]], percentile: float, relative: float, *,
    percentiles: Sequence[float] = PERCENTILES, most: int = 10_000, series: int | None = None,
    step: int = LEAST_BLOCKS, told: Callable[[Summary, float], None] | None = None,
) -> Summary:  # fmt: skip
    """Return the summary of as many blocks as it takes until a percentile is known well enough.

    Parameters
    ----------
    blocks : callable
        Yields the series of the blocks of a range, for example ``lambda numbers: simulate(…, numbers, …)``.
    percentile : float
        In per cent; added to *percentiles* if it is not among them.
    relative : float
        Wanted standard error ÷ value, for example 0.005.
    most : int
        Blocks after which it stops anyway; the error is in the summary.
    series : int, optional
        The series that must be known; by default all whose percentile is not 0.
    step : int
        Blocks added at a time.
    told : callable, optional
        Called after every step with the summary and the largest relative error.

    Raises
    ------
    UsageError
        If *relative* is not above 0, or *most* too few for a standard error.
    """
    if relative <= 0 or most < LEAST_BLOCKS:
        raise UsageError(f"must have relative > 0 and at least {LEAST_BLOCKS} blocks, got {relative=} {most=}")
    wanted = tuple(dict.fromkeys([*map(float, percentiles), float(percentile)]))
    at = wanted.index(float(percentile))
    summary, done = Summary(wanted), 0
    while done < most:
        for result in blocks(range(done, min(done + max(step, LEAST_BLOCKS), most))):
            summary.add(result)
        done = summary.blocks
        value, error = summary.values[:, at], summary.error[:, at]
        ratio = np.divide(error, np.abs(value), out=np.zeros_like(error), where=value != 0)
        reached = float(ratio.max() if series is None else ratio[series])
        if told is not None:
            told(summary, reached)
        if reached <= relative:
            break
    return summary
