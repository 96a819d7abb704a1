"""What a simulation says of many series in constant memory: means, percentiles, and how sure they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray
from sfp_model.model.values import compiled, read_only

__all__ = ["LEAST_BLOCKS", "PERCENTILES", "Summary", "summarise", "until_precise"]

PERCENTILES = (5.0, 10.0, 25.0, 50.0, 75.0, 80.0, 90.0, 95.0)
IntArray = npt.NDArray[np.intp]
Counts = npt.NDArray[np.int64]
LEAST_BLOCKS = 10  # independent randomisations behind a standard error
_EDGES = 513  # around each percentile
_TRIFLE = 1e-12  # of the size of a value or the spread of its series
_WITHIN = 6.0  # standard errors of a percentile of a block within which it is looked at closely


@dataclass(eq=False)
class Summary:
    """Means and percentiles of series, block by block; memory does not grow with the number of blocks' draws.

    The pilot block sets the edges of a histogram per series, at its own draws within six standard errors of each
    percentile that is asked for; what lies between two such windows is one bin. A percentile of all draws is
    interpolated within its bin; it is off by at most the width of the bin, which ``bound`` states. A value that many
    draws share keeps a bin of its own. Standard errors come from the spread of the blocks' own percentiles.

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
    _below: Counts = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64), repr=False)
    _under: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), dtype=bool), repr=False)
    _windows: IntArray = field(default_factory=lambda: np.zeros((0, 2), dtype=np.intp), repr=False)
    _ends: FloatArray = field(default_factory=lambda: np.zeros((0, 2)), repr=False)
    _centre: FloatArray = field(default_factory=lambda: np.zeros((0, 0)), repr=False)  # mean over blocks of their own
    _square: FloatArray = field(default_factory=lambda: np.zeros((0, 0)), repr=False)  # and squared deviations

    def add(self, series: FloatArray) -> None:
        """Add the draws of one block, shape (series, draw).

        Raises
        ------
        UsageError
            If a block has another number of series than the first, or a draw is not a number: what its series read
            was not drawn.
        """
        series = np.atleast_2d(series)
        count, size = series.shape
        mean = series.mean(axis=1)
        if np.isnan(mean).any():
            raise UsageError("a draw is not a number: its series reads an input that it does not name (Series.reads)")
        least, most = series.min(axis=1), series.max(axis=1)
        if not self.blocks:
            places, self._windows = _windows(self.percentiles, size)
            self._edges, self._under = _with_atoms(np.sort(series, axis=1)[:, places])
            self._below = np.zeros(self._edges.shape, dtype=np.int64)
            self._ends = np.stack([least, most], axis=1)
        elif count != len(self._edges):
            raise UsageError(f"a block of {count} series after one of {len(self._edges)}")
        ranks = self._ranks(size)
        found = _counted(self._edges, self._windows, series, least == most, ranks, self._below)
        self._ends[:, 0] = np.minimum(self._ends[:, 0], least)
        self._ends[:, 1] = np.maximum(self._ends[:, 1], most)
        own = np.column_stack([mean, *self._of_block(found, ranks, size)])
        if not self.blocks:
            self._centre, self._square = np.zeros_like(own), np.zeros_like(own)
        self.blocks += 1
        self.draws += size
        step = own - self._centre  # Welford 1962, doi:10.1080/00401706.1962.10490022
        self._centre += step / self.blocks
        self._square += step * (own - self._centre)

    def _ranks(self, size: int) -> IntArray:
        """Return the ranks, from 0, of the draws of a block between which its percentiles lie."""
        places = np.array(self.percentiles) / 100 * (size - 1)
        return np.unique(np.minimum(np.r_[places, places + 1].astype(np.intp), size - 1))

    def _of_block(self, ordered: FloatArray, ranks: IntArray, size: int) -> Iterator[FloatArray]:
        """Yield the percentiles of a block (definition 7 of Hyndman and Fan 1996), each of shape (series,)."""
        for percentile in self.percentiles:
            place = percentile / 100 * (size - 1)
            low, high = np.searchsorted(ranks, [int(place), min(int(place) + 1, size - 1)])
            yield ordered[:, low] + (place - int(place)) * (ordered[:, high] - ordered[:, low])

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

    def precision(self, percentile: float, series: int | None = None) -> float:
        """Return how well a percentile is known: (standard error + bound) ÷ value, the worst of *series* or of all.

        0 for a value that is the same in all draws.
        """
        at, rows = self.percentiles.index(float(percentile)), slice(None) if series is None else [series]
        value = np.abs(self.values[rows, at])
        off = self.error[rows, at] + self.bound[rows, at]
        ratio = np.divide(off, value, out=np.where(off > 0, np.inf, 0.0), where=value != 0)
        return float(ratio.max(initial=0.0))

    def blocks_for(self, percentile: float, relative: float, series: int | None = None) -> float:
        """Return about how many blocks it takes until ``precision`` is *relative*; infinite for a value of 0.

        The standard error falls with the root of the number of blocks; the bound of the histogram stays. Where it
        takes more than half of what is wanted, the blocks until the standard error is half of it.
        """
        at, rows = self.percentiles.index(float(percentile)), slice(None) if series is None else [series]
        error, wanted = self.error[rows, at], relative * np.abs(self.values[rows, at])
        room = np.maximum(wanted - self.bound[rows, at], wanted / 2)
        need = np.divide(error, room, out=np.where(error > 0, np.inf, 0.0), where=room > 0)
        return float(self.blocks * np.square(need).max(initial=0.0))

    def _spread(self) -> FloatArray:
        if self.blocks < LEAST_BLOCKS:
            raise UsageError(f"a standard error needs at least {LEAST_BLOCKS} blocks, here {self.blocks}")
        result: FloatArray = np.sqrt(self._square / (self.blocks - 1) / self.blocks)
        return result

    def _located(self) -> tuple[FloatArray, FloatArray]:
        rows = np.arange(len(self._edges))
        at = np.column_stack([self._ends[:, 0], self._edges, self._ends[:, 1]])
        counts = np.column_stack([np.zeros(len(rows), np.int64), self._below, np.full(len(rows), self.draws)])
        values = np.empty((len(rows), len(self.percentiles)))
        widths = np.empty_like(values)
        for k, percentile in enumerate(self.percentiles):
            rank = percentile / 100 * (self.draws - 1) + 1
            low = (counts < int(rank)).sum(axis=1)  # counts ascend: the first that reaches the rank
            high = (counts < min(int(rank) + 1, self.draws)).sum(axis=1)
            left, right = np.maximum(low, 1) - 1, np.maximum(high, 1)  # bins that hold both neighbours of the rank
            lower, upper = at[rows, left], at[rows, right]
            # a bin may hold an atom and nothing else
            alone = (right == left + 1) & (left > 0) & self._under[rows, np.maximum(left, 1) - 1]
            many = np.where(alone, 1, counts[rows, right] - counts[rows, left])
            part = (rank - counts[rows, left]) / many
            values[:, k] = np.where(alone, upper, lower + part * (upper - lower))
            widths[:, k] = np.where(alone, 0.0, upper - lower)
        return values, widths


def _windows(percentiles: Sequence[float], size: int) -> tuple[IntArray, IntArray]:
    """Return which of *size* ordered draws of the pilot block are edges, and first and last edge of each window."""
    spans: list[list[float]] = []
    for percentile in sorted(percentiles):
        part = percentile / 100
        half = max(_WITHIN * float(np.sqrt(part * (1 - part) * size)), 8.0)
        low, high = max(part * (size - 1) - half, 0.0), min(part * (size - 1) + half, size - 1.0)
        if spans and low <= spans[-1][1]:
            spans[-1] = [spans[-1][0], max(high, spans[-1][1])]
        else:
            spans.append([low, high])
    places = [np.unique(np.linspace(low, high, _EDGES).round().astype(np.intp)) for low, high in spans]
    stops = np.cumsum([len(place) for place in places], dtype=np.intp)
    starts = stops - np.array([len(place) for place in places], dtype=np.intp)
    return np.concatenate([*places, np.zeros(0, np.intp)]), np.stack([starts, stops - 1], axis=1)


def _counted(
    edges: FloatArray, windows: IntArray, series: FloatArray, constant: npt.NDArray[np.bool_], ranks: IntArray,
    below: Counts,
) -> FloatArray:  # fmt: skip
    """Add to *below* how many draws lie at or below each edge, and return the draws of *ranks*, (series, rank)."""
    if compiled():
        from sfp_model.uncertainty import kernels

        found = np.empty((len(series), len(ranks)))
        kernels.count(*map(read_only, (edges, windows, series, constant, ranks)), below, found)
        rows = np.flatnonzero(np.isnan(found).any(axis=1))
        found[rows] = np.partition(series[rows], ranks, axis=1)[:, ranks]
        return found
    for row, draws in enumerate(series):
        bins = np.bincount(np.searchsorted(edges[row], draws), minlength=edges.shape[1] + 1)
        below[row] += np.cumsum(bins)[:-1]
    return np.partition(series, ranks, axis=1)[:, ranks]


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
    step: int = LEAST_BLOCKS, told: Callable[[Summary, float, int], None] | None = None,
) -> Summary:  # fmt: skip
    """Return the summary of as many blocks as it takes until a percentile is known well enough.

    Known is what ``Summary.precision`` says: standard error and bound of the histogram together. Whoever asks must
    look at it: it stops short of *relative* after *most* blocks, or where the histogram is too coarse: the standard
    error is half of what is wanted, and the two together are still above.

    Parameters
    ----------
    blocks : callable
        Yields the series of the blocks of a range, for example ``lambda numbers: simulate(…, numbers, …)``.
    percentile : float
        In per cent; added to *percentiles* if it is not among them.
    relative : float
        Wanted precision, for example 0.005.
    most : int
        Blocks after which it stops anyway.
    series : int, optional
        The series that must be known; by default all.
    step : int
        Blocks added at a time.
    told : callable, optional
        Called after every step with the summary, its precision, and the number of blocks to expect in all.

    Raises
    ------
    UsageError
        If *relative* is not above 0, or *most* too few for a standard error.
    """
    if relative <= 0 or most < LEAST_BLOCKS:
        raise UsageError(f"must have relative > 0 and at least {LEAST_BLOCKS} blocks, got {relative=} {most=}")
    wanted = tuple(dict.fromkeys([*map(float, percentiles), float(percentile)]))
    summary, done = Summary(wanted), 0
    while done < most:
        for result in blocks(range(done, min(done + max(step, LEAST_BLOCKS), most))):
            summary.add(result)
        done = summary.blocks
        reached, need = summary.precision(percentile, series), summary.blocks_for(percentile, relative, series)
        if told is not None:
            told(summary, reached, done if reached <= relative else int(min(max(need, done + 1), most)))
        if reached <= relative or need <= done or np.isinf(need):
            break
    return summary
