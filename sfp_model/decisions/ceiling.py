"""What fits under ceilings: exact choice of actions, options and start dates.

The problem is a multiple-choice knapsack with several budgets, precedence and a cost of the programme's span. It is
stated as a mixed-integer linear program and solved to proven optimality by HiGHS (scipy.optimize.milp; Huangfu & Hall
2018, doi:10.1007/s12532-017-0130-5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sfp_model.decisions.ceiling_problem import (
    CENTIME,
    EPSILON,
    MONEY,
    MORE,
    SAME,
    SCALE,
    Choice,
    Problem,
    Span,
    checked,
    equal_weights,
)
from sfp_model.decisions.solver import solved
from sfp_model.model.inputs import FloatArray

__all__ = ["Program", "best", "least_extra", "least_for_more"]


@dataclass(eq=False)
class Program:
    """The mixed-integer program of a problem: columns are candidates, ends of spans, options, extra money by year."""

    problem: Problem
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        problem = self.problem
        self.size = len(problem.candidates)
        self.of_action: list[list[int]] = [[] for _ in problem.actions]
        for i, candidate in enumerate(problem.candidates):
            self.of_action[candidate.action].append(i)
        self.costs = [dict(enumerate(c.cost)) for c in problem.candidates]
        self.never = self._dominated()
        self._choose()
        self._order()
        for members in problem.together:
            self._options(members)
        for span in problem.spans:
            self._span(span)
        self.extra = self.size  # first column of extra money
        self.binaries = self.size
        self.size += len(problem.years)
        self._windows()

    def _dominated(self) -> list[int]:
        """Return candidates that another way to do the action at the same time is cheaper than in every year.

        Not where one decision governs several actions: their options are one choice.
        """
        candidates, tied = self.problem.candidates, {a for members in self.problem.together for a in members}
        found: list[int] = []
        for action, places in enumerate(self.of_action):
            for i in () if action in tied else places:
                mine = candidates[i]
                for other in (candidates[j] for j in places if j != i and j not in found):
                    same = (other.start, other.end, other.delay) == (mine.start, mine.end, mine.delay)
                    level = other.cost == mine.cost and other.changed and not mine.changed  # then the scenario's stays
                    if same and not level and all(a <= b for a, b in zip(other.cost, mine.cost, strict=True)):
                        found.append(i)
                        break
        return found

    def _choose(self) -> None:
        for action, places in enumerate(self.of_action):
            needed = 1.0 if action in self.problem.required else 0.0
            self.rows.append((dict.fromkeys(places, 1.0), needed, 1.0))

    def _order(self) -> None:
        """Who starts by a month has predecessors that end in time for it; one row for each such month."""
        candidates = self.problem.candidates
        for action, before in enumerate(self.problem.after):
            for other, lag in before:
                ends = sorted({candidates[j].end for j in self.of_action[other]})
                in_time: dict[int, list[int]] = {}  # by how many ends are in time
                for i in self.of_action[action]:
                    latest = candidates[i].start - lag + EPSILON
                    in_time.setdefault(sum(end <= latest for end in ends), []).append(i)
                early: list[int] = []
                for count, members in sorted(in_time.items()):
                    early += members
                    fits = [j for j in self.of_action[other] if candidates[j].end in ends[:count]]
                    self.rows.append((dict.fromkeys(early, 1.0) | dict.fromkeys(fits, -1.0), -np.inf, 0.0))

    def _options(self, members: Sequence[int]) -> None:
        candidates = self.problem.candidates
        names = dict.fromkeys(candidates[i].option for action in members for i in self.of_action[action])
        columns = {name: self._column() for name in names}
        self.rows.append((dict.fromkeys(columns.values(), 1.0), -np.inf, 1.0))
        for action in members:
            for name, column in columns.items():
                same = [i for i in self.of_action[action] if candidates[i].option == name]
                self.rows.append(({**dict.fromkeys(same, 1.0), column: -1.0}, -np.inf, 0.0))

    def _column(self, cost: Sequence[float] = ()) -> int:
        self.costs.append(dict(enumerate(cost)))
        self.size += 1
        return self.size - 1

    def _span(self, span: Span) -> None:
        """The span ends where the last kept member ends: one end, no earlier than any, and reached by one."""
        candidates = self.problem.candidates
        members = [i for action in span.members for i in self.of_action[action]]
        columns = {end: self._column(cost) for end, cost in sorted(span.cost.items())}
        self.rows.append((dict.fromkeys(columns.values(), 1.0), -np.inf, 1.0))
        for action in span.members:
            for end in sorted({candidates[i].end for i in self.of_action[action]}):
                later = [column for other, column in columns.items() if other >= end]
                same = [i for i in self.of_action[action] if candidates[i].end >= end]
                self.rows.append(({**dict.fromkeys(later, 1.0), **dict.fromkeys(same, -1.0)}, 0.0, np.inf))
        for end, column in columns.items():
            reached = [i for i in members if candidates[i].end == end]
            self.rows.append(({column: 1.0, **dict.fromkeys(reached, -1.0)}, -np.inf, 0.0))

    def _windows(self) -> None:
        fixed = self.problem.fixed or (0.0,) * len(self.problem.years)
        for window in self.problem.windows:
            row = {i: MONEY * sum(cost.get(y, 0.0) for y in window.years) for i, cost in enumerate(self.costs)}
            row |= {self.extra + y: -1.0 for y in window.years}
            limit = MONEY * (window.limit - sum(fixed[y] for y in window.years))
            self.rows.append((row, -np.inf, limit))

    def value_row(self, weights: FloatArray) -> dict[int, float]:
        """Return the value of each candidate under *weights*, scaled."""
        worth = SCALE * self.problem.values @ weights
        return {i: float(worth[c.action]) for i, c in enumerate(self.problem.candidates) if worth[c.action]}

    def minimise(
        self, objective: Mapping[int, float], *, rows: Sequence[tuple[Mapping[int, float], float, float]] = (),
        extra: float = 0.0, more: int = 0, whole: Sequence[int] = (), upper: Mapping[int, float] | None = None,
    ) -> FloatArray | None:  # fmt: skip
        """Return the columns of the least objective, proven; ``None`` if nothing is feasible.

        Parameters
        ----------
        objective : mapping of column to coefficient
        rows : sequence of (coefficients, least, most)
            Further constraints.
        extra : float
            Most extra money of a year, CHF.
        more : int
            Further columns at the end, continuous from 0 to 1 unless named in *whole* or *upper*.
        whole : sequence of int
            Further columns that are integers.
        upper : mapping of column to float, optional
            Their upper bounds; ``inf`` allowed.
        """
        from scipy.sparse import csr_array

        count = self.size + more
        cost = np.zeros(count)
        for column, number in objective.items():
            cost[column] = number
        every = [*self.rows, *rows]
        at = [(r, c, v) for r, (coefficients, _, _) in enumerate(every) for c, v in coefficients.items() if v]
        r, c, v = zip(*at, strict=True) if at else ((), (), ())
        matrix = csr_array((np.array(v, float), (np.array(r, int), np.array(c, int))), shape=(len(every), count))
        most = np.ones(count)
        most[self.never] = 0.0
        most[self.extra : self.extra + len(self.problem.years)] = extra * MONEY
        for column, bound in (upper or {}).items():
            most[column] = bound
        integral: npt.NDArray[np.int_] = np.zeros(count, dtype=int)
        integral[: self.binaries] = 1
        integral[list(whole)] = 1
        low, high = [row[1] for row in every], [row[2] for row in every]
        return solved(cost, matrix, low, high, integral=integral, upper=most)

    def choice(self, columns: FloatArray, weights: FloatArray) -> Choice:
        """Return the solution that *columns* state, its need and value counted anew."""
        problem = self.problem
        chosen = tuple(problem.candidates[i] for i in np.flatnonzero(columns[: len(problem.candidates)] > 0.5))
        chosen = tuple(sorted(chosen, key=lambda candidate: candidate.action))
        extra = columns[self.extra : self.extra + len(problem.years)] / MONEY
        closed = problem.closed(chosen)
        return Choice(
            chosen, problem.cost(chosen), closed, float(weights @ closed), np.where(extra < CENTIME, 0, extra)
        )


def best(
    problem: Problem, weights: FloatArray | None = None, *, extra: float = 0.0, program: Program | None = None
) -> Choice | None:
    """Return the plan that closes most under the ceilings; ``None`` if the ceilings cannot hold.

    Among plans of the same value: most actions kept, then fewest months of delay, then least additional need, then
    fewest options other than the scenario's. Each step is solved to proven optimality under the results of the steps
    before.

    Parameters
    ----------
    problem : Problem
    weights : ndarray (gap,), optional
        Of the gaps, non-negative, sum 1; equal by default.
    extra : float
        CHF that may be added to the ceilings in all, in the years in which they are worth most.
    program : Program, optional
        Of the problem, if it was made before.

    Returns
    -------
    Choice or None
    """
    weights = equal_weights(problem) if weights is None else checked(weights, len(problem.gaps))
    program = program or Program(problem)
    candidates = range(len(problem.candidates))
    years = range(len(problem.years))
    rows: list[tuple[Mapping[int, float], float, float]] = []
    if extra:
        rows.append(({program.extra + y: 1.0 for y in years}, 0.0, extra * MONEY))
    spent = {i: MONEY * sum(cost.values()) for i, cost in enumerate(program.costs) if cost}
    every = -float(len({candidate.action for candidate in problem.candidates}))
    steps: tuple[tuple[Mapping[int, float], float, float], ...] = (  # objective; what a later step may give up; bound
        ({i: -v for i, v in program.value_row(weights).items()}, SCALE * SAME, -np.inf),
        (dict.fromkeys(candidates, -1.0), 0.5, every),
        ({i: problem.candidates[i].delay for i in candidates}, 0.01, 0.0),
        (spent, MONEY * CENTIME, -np.inf),
        ({i: float(problem.candidates[i].changed) for i in candidates}, 0.0, 0.0),
    )
    found: FloatArray | None = None
    for step, slack, bound in steps:
        if not any(step.values()) and found is not None:
            continue
        if found is None or sum(v * round(found[i]) for i, v in step.items()) > bound:  # else it cannot be better
            found = program.minimise(step, rows=rows, extra=extra)
        if found is None:
            return None
        reached = sum(v * round(found[i]) for i, v in step.items())
        rows.append((step, -np.inf, reached + slack))
    return None if found is None else program.choice(found, weights)


def least_extra(
    problem: Problem, everything: bool = False, *, program: Program | None = None
) -> tuple[FloatArray, Choice] | None:
    """Return the smallest relaxation of the ceilings under which the problem has a solution, by year.

    The sum over the years (L1) is as small as can be; a franc added in a year raises every ceiling that holds the year.
    Among the plans that need no more than that, the one that closes most (gaps weighted alike) is given.

    Parameters
    ----------
    problem : Problem
    everything : bool
        All actions that close a gap have to be kept, in the best option and at the best time.
    program : Program, optional

    Returns
    -------
    (extra, choice) or None
        CHF by year, 0 where the ceilings hold; ``None`` if no amount of money helps.
    """
    program = program or Program(problem)
    years = range(len(problem.years))
    rows: list[tuple[Mapping[int, float], float, float]] = []
    if everything:
        rows = [(dict.fromkeys(program.of_action[a], 1.0), 1.0, 1.0) for a in problem.weighed]
    amount = {program.extra + y: 1.0 for y in years}
    found = program.minimise(amount, rows=rows, extra=np.inf)
    if found is None:
        return None
    least = float(sum(found[column] for column in amount))
    rows.append((amount, 0.0, least + MONEY * CENTIME))
    weights = equal_weights(problem)
    worth = () if everything else (({i: -v for i, v in program.value_row(weights).items()}, SCALE * SAME),)
    steps: tuple[tuple[Mapping[int, float], float], ...] = (
        *worth,  # with everything it is the same whatever is chosen
        ({i: c.delay for i, c in enumerate(problem.candidates)}, 0.01),
        ({program.extra + y: 1.0 + y * 1e-3 for y in years}, 0.0),  # the earliest years that do
    )
    for step, slack in steps:
        again = program.minimise(step, rows=rows, extra=np.inf)
        if again is None:
            break
        found = again
        rows.append((step, -np.inf, sum(v * found[i] for i, v in step.items()) + slack))
    choice = program.choice(found, weights)
    return choice.extra, choice


def least_for_more(
    problem: Problem, value: float, weights: FloatArray | None = None, *, program: Program | None = None
) -> float | None:
    """Return the smallest sum added to the ceilings that buys a plan worth more than *value*; ``None`` if none does.

    ``min Σ_y r_y`` under ``w · f(x) ≥ value + MORE``; the money may go to any years. Where the ceilings cannot hold,
    the sum contains their smallest relaxation.

    Parameters
    ----------
    problem : Problem
    value : float
        Part of the gaps that is closed already.
    weights : ndarray (gap,), optional
        As in ``best``.
    program : Program, optional

    Returns
    -------
    float or None
        CHF.
    """
    weights = equal_weights(problem) if weights is None else checked(weights, len(problem.gaps))
    program = program or Program(problem)
    amount = {program.extra + y: 1.0 for y in range(len(problem.years))}
    row = program.value_row(weights)
    found = program.minimise(amount, rows=[(row, SCALE * (value + MORE), np.inf)], extra=np.inf)
    return None if found is None else float(sum(found[column] for column in amount)) / MONEY
