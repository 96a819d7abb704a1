"""Levelling: move actions by whole months within their float so that the fewest temporary posts are needed.

An integer programme, solved exactly by HiGHS through ``scipy.optimize.milp`` (Huangfu, Q. and Hall, J. A. J. (2018),
*Mathematical Programming Computation* 10, 119–142, doi:10.1007/s12532-017-0130-5). Resource levelling as such is in
Demeulemeester, E. L. and Herroelen, W. S. (2002), *Project Scheduling*, doi:10.1007/b101924.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sfp_model.decisions.solver import solved
from sfp_model.errors import UsageError
from sfp_model.model.arrays import IntArray
from sfp_model.model.inputs import FloatArray

__all__ = ["Levelling", "Problem", "level", "measure"]

NEAR = 1e-6  # person-months; less is no over-allocation


@dataclass(frozen=True, eq=False)
class Problem:
    """What can be moved, what it takes, and what there is.

    Attributes
    ----------
    demand : tuple of ndarray (shift, group, period)
        Person-months that each movable action takes if it starts 0, 1 … steps later.
    fixed : ndarray (group, period)
        Person-months of everything else.
    capacity : ndarray (group, period)
        Person-months that each group has.
    pool : ndarray of int (group,)
        Kind of temporary post that can stand in for the group.
    per_post : float
        Person-months that one temporary post works in a period.
    order : tuple of (int, int, float)
        Pairs of movable actions with the months between them: the first may be moved at most that much further
        than the second.
    step : int
        Months of a step.
    """

    demand: tuple[FloatArray, ...]
    fixed: FloatArray
    capacity: FloatArray
    pool: IntArray
    per_post: float = 3.0
    order: tuple[tuple[int, int, float], ...] = ()
    step: int = 1


@dataclass(frozen=True, eq=False)
class Levelling:
    """Where the actions are put.

    Attributes
    ----------
    shifts : tuple of int
        Steps by which each movable action starts later.
    posts : tuple of int
        Temporary posts of each pool: the most that a period needs.
    over : ndarray (group, period)
        Person-months above capacity that remain.
    """

    shifts: tuple[int, ...]
    posts: tuple[int, ...]
    over: FloatArray


def measure(problem: Problem, shifts: Sequence[int]) -> Levelling:
    """Return what *shifts* leave above capacity, and the temporary posts that it takes.

    ``over = max(0, demand − capacity)`` by group and period; ``posts = max over periods of ⌈over of the pool ÷ person-
    months of a post⌉``.

    Examples
    --------
    >>> demand = np.array([[[4.0, 0.0]], [[0.0, 4.0]]])
    >>> problem = Problem((demand,), np.array([[2.0, 0.0]]), np.array([[3.0, 3.0]]), np.array([0]))
    >>> measure(problem, [0]).posts, measure(problem, [1]).posts
    ((1,), (1,))
    >>> measure(problem, [1]).over.tolist()
    [[0.0, 1.0]]
    """
    total = problem.fixed + sum((d[s] for d, s in zip(problem.demand, shifts, strict=True)), 0 * problem.fixed)
    over = np.maximum(total - problem.capacity, 0.0)
    over[over < NEAR] = 0.0
    posts = []
    for pool in range(int(problem.pool.max(initial=-1)) + 1):
        needed = over[problem.pool == pool].sum(axis=0) / problem.per_post
        posts.append(int(np.ceil(needed - NEAR).max(initial=0)))
    return Levelling(tuple(int(s) for s in shifts), tuple(posts), over)


def level(problem: Problem) -> Levelling:
    """Return the shifts with the fewest temporary posts, then the smallest total shift, then the least overload.

    One integer programme: a binary for each action and step, person-months above capacity for each group and period,
    an integer for each pool. Weights that no sum of lesser aims can reach keep the aims in their order. Loads scipy.

    Raises
    ------
    UsageError
        If the pairs in ``order`` leave no place for an action, or the solver gives up.

    Examples
    --------
    >>> demand = np.array([[[4.0, 0.0]], [[0.0, 4.0]]])
    >>> problem = Problem((demand,), np.array([[1.0, 0.0]]), np.array([[4.0, 4.0]]), np.array([0]))
    >>> level(problem).shifts
    (1,)
    """
    still = measure(problem, [0] * len(problem.demand))
    if not sum(len(d) - 1 for d in problem.demand) or not sum(still.posts):
        return still
    return measure(problem, _solve(problem))


def _solve(problem: Problem) -> tuple[int, ...]:
    programme = _Programme(problem)
    programme.solve()
    return tuple(programme.shifts())


class _Programme:
    """The integer programme: steps first, then person-months above capacity, then posts by pool.

    A step is a binary that says that an action is moved at least that far: ``y₁ ≥ y₂ ≥ …``. Branching on a step halves
    the places of an action, where one binary for each place would only rule one of them out.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.sizes = [len(d) - 1 for d in problem.demand]
        self.first = np.concatenate([[0], np.cumsum(self.sizes)]).astype(int)
        most = problem.fixed + sum((d.max(axis=0) for d in problem.demand), 0 * problem.fixed)
        self.cells = np.argwhere(most > problem.capacity + NEAR)
        self.pools = int(problem.pool.max()) + 1
        self.steps = int(self.first[-1])
        self.count = self.steps + len(self.cells) + self.pools
        self.rows: list[FloatArray] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.best: FloatArray = np.zeros(self.count)
        worst = float((most - problem.capacity)[tuple(self.cells.T)].sum())
        self.costs = self._row()  # a post outweighs all steps, a step all person-months: the aims in their order
        self.costs[-self.pools :] = self.steps + 2.0
        self.costs[: self.steps] = 1.0
        self.costs[self.steps : -self.pools] = 1 / (1.0 + worst)
        self._one_after_another()
        self._overload()
        self._in_order()

    def _row(self) -> FloatArray:
        return np.zeros(self.count)

    def _add(self, row: FloatArray, low: float, high: float) -> None:
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def _one_after_another(self) -> None:
        for first, size in zip(self.first, self.sizes, strict=False):
            for step in range(first, first + size - 1):
                row = self._row()
                row[step], row[step + 1] = 1.0, -1.0
                self._add(row, 0.0, np.inf)

    def _overload(self) -> None:
        """``over ≥ demand − capacity`` in each cell; ``posts · months of a post ≥ over`` of a pool in each period."""
        problem = self.problem
        by_pool: dict[tuple[int, int], FloatArray] = {}
        for k, (group, period) in enumerate(self.cells):
            row, at = self._row(), self.steps + k
            unmoved = problem.fixed[group, period] - problem.capacity[group, period]
            for i, demand in enumerate(problem.demand):
                row[self.first[i] : self.first[i + 1]] = -np.diff(demand[:, group, period])
                unmoved += demand[0, group, period]
            row[at] = 1.0
            self._add(row, float(unmoved), np.inf)
            by_pool.setdefault((int(problem.pool[group]), int(period)), self._row())[at] = -1.0
        for (pool, _), row in by_pool.items():
            row[self.count - self.pools + pool] = problem.per_post
            self._add(row, 0.0, np.inf)

    def _in_order(self) -> None:
        """If the first action is moved by ``s``, the second is moved by at least ``s − gap``."""
        for i, j, gap in self.problem.order:
            for size in range(1, self.sizes[i] + 1):
                needed = int(np.ceil(size - gap / self.problem.step - NEAR))
                if needed < 1:
                    continue
                row = self._row()
                row[self.first[i] + size - 1] = 1.0
                if needed <= self.sizes[j]:
                    row[self.first[j] + needed - 1] = -1.0
                self._add(row, -np.inf, 0.0)

    def solve(self) -> None:
        """Find the optimum of the three aims in their order; ``UsageError`` if there is none."""
        from scipy.sparse import csr_array

        integral = np.ones(self.count, dtype=int)
        integral[self.steps : -self.pools] = 0
        upper = np.full(self.count, np.inf)
        upper[: self.steps] = 1.0
        found = solved(self.costs, csr_array(np.array(self.rows)), self.low, self.high, integral=integral, upper=upper)
        if found is None:
            raise UsageError("the actions cannot be placed: their order leaves no room")
        self.best = found

    def shifts(self) -> list[int]:
        """Return how many steps each action is moved in the last solution."""
        taken = np.round(self.best[: self.steps]).astype(int)
        return [int(taken[a:b].sum()) for a, b in pairwise(self.first)]
