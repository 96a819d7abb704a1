"""Frontiers: what cannot be bettered in one objective without loss in another.

The exact set among given points, and the set that continuous levers reach, by the ε-constraint method (Haimes, Lasdon
and Wismer 1971, doi:10.1109/TSMC.1971.4308298): the most of one objective subject to at least ε of the other, for a
ladder of ε. The sub-problems are solved together, all trial points of a round in two vectorised calls: points around
each incumbent (a compass search: Kolda, Lewis and Torczon 2003, doi:10.1137/S003614450242889), and from the slopes
between them the steps of a sequential linear programme (Griffith and Stewart 1961, doi:10.1287/mnsc.7.4.379).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["Search", "epsilon_frontier", "non_dominated", "stepped"]

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]
Objectives = Callable[[FloatArray], FloatArray]


def non_dominated(points: FloatArray) -> BoolArray:
    """Return which points no other point dominates; all objectives are maximised.

    A point dominates another if it is at least as good in every objective and better in one. Points that are equal
    in all objectives stand or fall together.

    Parameters
    ----------
    points : ndarray (point, objective)

    Examples
    --------
    >>> non_dominated(np.array([[1.0, 5.0], [2.0, 4.0], [1.0, 4.0], [2.0, 4.0]])).tolist()
    [True, True, False, True]
    """
    if points.shape[1] == 2:
        return _non_dominated_pairs(points)
    kept = np.ones(len(points), dtype=np.bool_)
    for i, point in enumerate(points):
        if kept[i]:
            worse = np.all(points <= point, axis=1) & np.any(points < point, axis=1)
            kept[worse] = False
    return kept


def _non_dominated_pairs(points: FloatArray) -> BoolArray:
    """Return the same for two objectives by sorting: a point stands if its second is above all better firsts."""
    order = np.lexsort((-points[:, 1], -points[:, 0]))
    first, second = points[order, 0], points[order, 1]
    highest = np.maximum.accumulate(second)
    before = np.append(-np.inf, highest[:-1])
    new = second > before
    same = np.append(False, (np.diff(first) == 0) & (np.diff(second) == 0))
    start = np.maximum.accumulate(np.where(same, 0, np.arange(len(points))))
    kept = np.empty(len(points), dtype=np.bool_)
    kept[order] = new[start]
    return kept


@dataclass(frozen=True, eq=False)
class Search:
    """The frontier that a search found.

    Attributes
    ----------
    levers : ndarray (point, lever)
        Settings on the frontier, by rising first objective.
    values : ndarray (point, 2)
        Objectives there.
    evaluations : int
        Settings that were evaluated.
    """

    levers: FloatArray
    values: FloatArray
    evaluations: int


def epsilon_frontier(
    objectives: Objectives,
    lower: FloatArray,
    upper: FloatArray,
    *,
    starts: FloatArray,
    levels: int = 7,
    groups: int = 1,
    rounds: int = 40,
    smallest: float = 0.004,
    least_gain: float = 1e-5,
) -> Search:
    """Return the frontier of two objectives over a box of levers.

    Parameters
    ----------
    objectives : callable
        From settings (setting, lever) to objectives (setting, 2), both maximised; deterministic.
    lower, upper : ndarray (lever,)
        Bounds.
    starts : ndarray (start, lever)
        Where the search starts: each sub-problem begins at the best of them.
    levels : int
        Sub-problems: the best of either objective and, between them, ``levels - 2`` values of ε.
    groups : int
        Parts of the starts that are searched apart (multi-start); the best of all is kept.
    rounds : int
        Most rounds.
    smallest : float
        Trust region at which a sub-problem is solved, as a share of the range of each lever.
    least_gain : float
        Gain below which a round counts as without success, as a share of the length of the frontier.

    Returns
    -------
    Search
        The solutions of the sub-problems: at most *levels* points, none dominated by any point evaluated.

    Notes
    -----
    The search finds local optima; groups of starts, and that every sub-problem uses what the others have found, make
    a better one likely. Tests compare with dense enumeration and with SLSQP of SciPy.

    Examples
    --------
    The most of x + y against the most of -x: y costs nothing, so it stands at its bound everywhere.

    >>> def both(x):
    ...     return np.stack([x.sum(axis=1), -x[:, 0]], axis=1)
    >>> box = np.zeros(2), np.ones(2)
    >>> found = epsilon_frontier(both, *box, starts=np.array([[0.5, 0.5]]), levels=3)
    >>> found.levers.round(2).tolist(), found.values[[0, -1]].round(2).tolist()
    ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [[1.0, -0.0], [2.0, -1.0]])
    """
    if levels < 2 or np.any(upper < lower):
        raise UsageError("a frontier needs two levels or more and bounds in order")
    span = upper - lower
    movable = np.flatnonzero(span > 0)

    def at(unit: FloatArray) -> FloatArray:
        return objectives(lower + unit * span)

    scaled = np.divide(np.clip(starts, lower, upper) - lower, span, out=np.zeros_like(starts), where=span > 0)
    ladder, done = _Ladder(levels), 0
    for group in range(groups):
        mine = ladder if groups == 1 else _Ladder(levels)
        done += _climb(mine, at, scaled[group::groups], movable, rounds, smallest, least_gain)
        if mine is not ladder:
            ladder.update(mine.at, mine.values)
    order = np.lexsort((-ladder.values[:, 1], ladder.values[:, 0]))
    found, reached = lower + ladder.at[order] * span, ladder.values[order]
    fresh = np.append(True, np.any(np.diff(reached, axis=0) != 0, axis=1))
    return Search(found[fresh], reached[fresh], done)


def _climb(
    ladder: _Ladder,
    at: Objectives,
    starts: FloatArray,
    movable: IntArray,
    rounds: int,
    smallest: float,
    least_gain: float,
) -> int:
    """Better the incumbents from *starts* until their trust regions are small; return the settings evaluated."""
    levers = starts.shape[1]
    ladder.update(starts, at(starts))
    done = len(starts)
    steps = np.full(ladder.levels, 0.2)
    for _ in range(rounds):
        active = np.flatnonzero(steps >= smallest).tolist()
        if not active or not len(movable):
            break
        before = ladder.values.copy()
        trials = _compass(ladder.at[active], steps[active] / 8, movable)
        results = at(trials.reshape(-1, levers))
        moved = np.concatenate(
            [
                _programme(ladder, level, trials[i], results.reshape(len(active), -1, 2)[i], steps[level], movable)
                for i, level in enumerate(active)
            ]
        )
        ladder.update(trials.reshape(-1, levers), results)
        ladder.update(moved, at(moved))
        done += len(results) + len(moved)
        scale = np.ptp(ladder.values, axis=0) + 1e-300
        gained = np.any(ladder.values > before + least_gain * scale, axis=1)
        steps[active] = np.where(gained[active], steps[active], steps[active] / 2)
    return done


def _compass(centres: FloatArray, steps: FloatArray, movable: IntArray) -> FloatArray:
    """Return each centre moved up and then down along each movable lever, (centre, 2 · movable, lever)."""
    unit = np.zeros((len(movable), centres.shape[1]))
    unit[np.arange(len(movable)), movable] = 1.0
    moves = np.concatenate([unit, -unit])
    result: FloatArray = np.clip(centres[:, None, :] + steps[:, None, None] * moves, 0.0, 1.0)
    return result


def _programme(
    ladder: _Ladder, level: int, trials: FloatArray, results: FloatArray, step: float, movable: IntArray
) -> FloatArray:
    """Return the steps of the linearised sub-problem within trust regions of four sizes, (step, lever).

    Slopes up and down are kept apart, because caps and capacities make kinks. Each region is tried twice: as it is, and
    with the constraint tightened by what its curvature takes from it.
    """
    centre, half = ladder.at[level], len(movable)
    lever = np.tile(movable, 2)
    moved = np.abs(trials - centre)[np.arange(2 * half), lever]
    size = np.where(moved > 0, moved, 1.0)
    change = results - ladder.values[level]
    slopes = change / size[:, None]
    bend = np.minimum(change[:half, 1] + change[half:, 1], 0.0) / (size[:half] * size[half:])  # separable curvature
    slack = float(ladder.epsilon[level] - ladder.values[level, 1])
    room = np.concatenate([1 - centre[movable], centre[movable]])
    steps = []
    for radius in step * np.array([2.0, 1.0, 0.5, 0.25]):
        high = np.where(moved > 0, np.minimum(radius, room), 0.0)
        least = slack
        for _ in range(2):
            both = _knapsack(slopes[:, 0], slopes[:, 1], least, np.zeros(2 * half), high)
            move = both[:half] - both[half:]
            steps.append(move)
            least = slack - 0.5 * float(bend @ move**2)
    out = np.repeat(centre[None], len(steps), axis=0)
    out[:, movable] += np.array(steps)
    result: FloatArray = np.clip(out, 0.0, 1.0)
    return result


def _knapsack(gain: FloatArray, hold: FloatArray, least: float, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return d that maximises ``gain · d`` subject to ``hold · d ≥ least`` and bounds: a fractional knapsack.

    Where *least* cannot be reached, the d that comes nearest.

    Examples
    --------
    >>> one = np.ones(2)
    >>> _knapsack(np.array([2.0, 1.0]), np.array([-1.0, -1.0]), -0.5, -one, one).tolist()
    [1.0, -0.5]
    """
    step = np.where(gain > 0, high, low)
    other = np.where(gain > 0, low, high)
    missing = least - float(hold @ step)
    lifts = hold * (other - step)
    usable = np.flatnonzero(lifts > 0)
    costs = np.abs(gain * (other - step))[usable] / lifts[usable]
    for j in usable[np.argsort(costs)]:
        if missing <= 0:
            break
        part = min(1.0, missing / lifts[j])
        step[j] += part * (other[j] - step[j])
        missing -= part * lifts[j]
    return step


class _Ladder:
    """The incumbents of all sub-problems; ε is spread between the ends that are known so far."""

    def __init__(self, levels: int) -> None:
        self.levels = levels
        self.at: FloatArray = np.empty((0, 0))
        self.values: FloatArray = np.empty((0, 2))
        self.epsilon: FloatArray = np.empty(0)
        self._seen: FloatArray | None = None
        self._results: FloatArray = np.empty((0, 2))

    def update(self, points: FloatArray, results: FloatArray) -> None:
        """Take in evaluated points; every sub-problem keeps the best of all that were ever evaluated."""
        if self._seen is not None:
            points = np.concatenate([self._seen, points])
            results = np.concatenate([self._results, results])
        kept = non_dominated(results)
        self._seen, self._results = points[kept], results[kept]
        first, second = self._results[:, 0], self._results[:, 1]
        self.epsilon = np.linspace(second[np.argmax(first)], second.max(), self.levels)
        self.epsilon[-1] = second.max()
        room = 1e-9 * (np.ptp(second) + 1e-300)
        pick = [int(np.argmax(np.where(second >= e - room, first, -np.inf))) for e in self.epsilon]
        self.at, self.values = self._seen[pick], self._results[pick]


def stepped(
    objectives: Objectives, at: FloatArray, steps: FloatArray, lower: FloatArray, upper: FloatArray
) -> FloatArray:
    """Return the change of the objectives for a step of each lever up and for one down, (2, lever, objective).

    A step ends at the bound; a lever that cannot move that way has nan. Both are told, because caps and capacities make
    kinks: what is gained by one step need not be lost by the opposite one.

    Examples
    --------
    >>> def both(x):
    ...     return np.stack([3 * x[:, 0], -(x[:, 0] ** 2)], axis=1)
    >>> stepped(both, np.array([1.0]), np.array([1.0]), np.zeros(1), np.full(1, 2.0)).tolist()
    [[[3.0, -3.0]], [[-3.0, 1.0]]]
    """
    up = np.minimum(at + np.diag(steps), upper)
    down = np.maximum(at - np.diag(steps), lower)
    values = objectives(np.concatenate([at[None], up, down]))
    change = (values[1:] - values[0]).reshape(2, len(at), -1)
    moved = np.stack([np.diag(up) - at, at - np.diag(down)])
    result: FloatArray = np.where(moved[..., None] > 0, change, np.nan)
    return result
