"""Which actions are kept under all weightings of the gaps: exactly, over every strictly positive weighting.

Robust portfolio modelling (Liesiö, Mild & Salo 2007, doi:10.1016/j.ejor.2006.12.041) calls them core, borderline and
exterior. Here a plan counts if it is best under some weighting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt

from sfp_model.decisions.ceiling import Program
from sfp_model.decisions.ceiling_problem import MONEY, Choice, Problem
from sfp_model.decisions.ceiling_vectors import (
    Undecided,
    Whole,
    Whole64,
    common_parts,
    corners,
    weighting_for,
    whole_weights,
    within_reach,
)
from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["Answer", "Status", "over_all_weights"]

Status = Literal["kept", "depends", "dropped", "open"]
CLEAR = 1e-6  # parts of a gap; a vector is beyond others by more


@dataclass(frozen=True, eq=False)
class Answer:
    """What holds over all weightings.

    Attributes
    ----------
    status : mapping of int to str
        Action to ``kept`` (in every plan that is best under some weighting), ``dropped`` (in none), ``depends``;
        ``open`` if there were too many vectors, or too fine weights, to settle it.
    kept_at, dropped_at : mapping of int to ndarray (gap,)
        A weighting under which a best plan holds the action, or leaves it out, where there is one.
    alone : mapping of int to Choice
        Gap to a plan that closes most of it and, among those, most of the others together.
    closed : ndarray (vector, gap)
        What plans close that are best under some weighting; distinct.
    solved : int
        Programs solved to optimality.
    """

    status: Mapping[int, Status]
    kept_at: Mapping[int, FloatArray]
    dropped_at: Mapping[int, FloatArray]
    alone: Mapping[int, Choice]
    closed: FloatArray
    solved: int


def over_all_weights(
    problem: Problem, *, least: float = 0.0, program: Program | None = None, extra: FloatArray | None = None,
    known: Sequence[Choice] = (),
) -> Answer | None:  # fmt: skip
    """Return which actions are kept, dropped or dependent over all weightings ``w > least``, ``Σ w = 1``.

    Actions that close the same count the same, so that a plan is worth what its vector of closed gaps says. Every sum
    of groups is looked at, except what a proven bound rules out; each program solved is such a bound and may bring a
    new vector. A vector that a mixture of reached ones exceeds is best nowhere; any other has a weighting, under which
    the best plan is solved for. In the end every vector is reached, or is best under no weighting, or cannot be
    reached. Then programs look among the vectors that are best somewhere for plans that leave out what all hold so
    far, or hold what none does.

    Parameters
    ----------
    problem : Problem
    least : float
        Every gap has more than this weight; 0 for all strictly positive weightings. Weights of 0 would only add plans
        that are as good as others in the gaps that count and worse in one that does not.
    program : Program, optional
        Of the problem.
    extra : ndarray (year,), optional
        CHF added to the ceilings of each year, for ceilings that cannot hold.
    known : sequence of Choice
        Plans that keep the ceilings, known before; they save programs.

    Returns
    -------
    Answer or None
        ``None`` if the ceilings cannot hold.

    Raises
    ------
    UsageError
        *least* does not fit the number of gaps.
    """
    count = len(problem.gaps)
    if not 0 <= least * count < 1:
        raise UsageError(
            f"the least weight of {count} gaps lies between 0 and {1 / max(count, 1):.3g}; it is {least:g}"
        )
    if not count:
        return Answer({}, {}, {}, {}, np.zeros((0, 0)), 0)
    more = np.zeros(len(problem.years)) if extra is None else extra
    search = _Search(problem, program or Program(problem), more, least)
    if not problem.weighed:
        return (
            None if search.solve(np.ones(count, np.int64)) is None else Answer({}, {}, {}, {}, np.zeros((0, count)), 1)
        )
    for choice in known:
        search.vectors.reach(search.vector(choice))
    alone: dict[int, Choice] = {}
    for gap in range(count):
        found = search.favouring(gap)
        if found is None:
            return None
        alone[gap] = found
    search.best_at(np.ones(count, np.int64))
    try:
        settled = search.settle()
    except Undecided:
        settled = False
    status: dict[int, Status] = {
        a: "depends" if a in search.kept_at and a in search.dropped_at
        else "open" if not settled else "kept" if a in search.kept_at else "dropped"
        for a in problem.weighed
    }  # fmt: skip
    closed = np.array([search.closes(v) for v in search.vectors.reached if v.tobytes() in search.at]).reshape(-1, count)
    return Answer(status, search.kept_at, search.dropped_at, alone, closed, search.solved)


@dataclass(eq=False)
class _Search:
    """Vectors that are best under some weighting, and plans that show which actions they need.

    With a least weight *m* the criteria are ``f + c Σ f`` with ``c = m / (1 − m · gaps)``: their weightings ``u > 0``
    are the weightings ``w > m`` of the gaps.
    """

    problem: Problem
    program: Program
    extra: FloatArray
    least: float
    kept_at: dict[int, FloatArray] = field(default_factory=dict)
    dropped_at: dict[int, FloatArray] = field(default_factory=dict)
    solved: int = 0
    counts: Whole64 = field(default_factory=lambda: np.zeros((0, 0), np.int64))  # that may be reached

    def __post_init__(self) -> None:
        problem, gaps = self.problem, len(self.problem.gaps)
        self.plain, self.parts = common_parts(problem.values)
        share = Fraction(self.least).limit_denominator(1000)
        part = share / (1 - share * gaps)
        self.mixed = np.eye(gaps, dtype=np.int64) * part.denominator + part.numerator
        self.whole = self.plain @ self.mixed
        weighed = list(problem.weighed)
        units, place = np.unique(self.whole[weighed], axis=0, return_inverse=True)
        self.group = dict(zip(weighed, place.reshape(-1).tolist(), strict=True))
        sizes = np.bincount(place.reshape(-1), minlength=len(units))
        self.vectors = Whole(units, tuple(sizes.tolist()))
        self.members = [
            [i for a in weighed if self.group[a] == g for i in self.program.of_action[a]] for g in range(len(units))
        ]  # candidates of each group
        money = range(self.program.extra, self.program.extra + len(problem.years))
        self.allowed = {column: MONEY * float(chf) for column, chf in zip(money, self.extra, strict=True)}
        self.at: dict[bytes, Whole64] = {}  # weights by vector that is best under them

    def vector(self, choice: Choice) -> Whole64:
        """Return what the weighed actions of a plan close, in whole parts of the criteria."""
        kept = [a for a in self.problem.weighed if a in choice.kept]
        made: Whole64 = self.whole[kept].sum(axis=0)
        return made

    def closes(self, vector: Whole64) -> FloatArray:
        """Return the part of each gap that a plan with this vector closes, required actions included."""
        required = sorted(self.problem.required)
        sure = self.problem.values[required].sum(axis=0) if required else np.zeros(len(self.problem.gaps))
        made: FloatArray = sure + np.linalg.solve(self.mixed.T.astype(float), vector) / self.parts
        return made

    def gap_weights(self, weights: Whole64) -> FloatArray:
        """Return weights of the gaps, sum 1, from weights of the criteria."""
        made: FloatArray = (self.mixed @ weights).astype(float)
        return made / float(made.sum())

    def favouring(self, gap: int) -> Choice | None:
        """Solve with so much weight on one gap that all others together only decide between equals."""
        weights = np.ones(len(self.problem.gaps), np.int64)
        weights[gap] += int(self.whole[list(self.problem.weighed)].sum())
        return self.best_at(weights)

    def solve(
        self, weights: Whole64, *, least: int = 0, news: bool = False, among: Whole64 | None = None
    ) -> Choice | None:
        """Solve for a best plan under *weights* of the criteria, worth *least* or more; ``None`` if there is none.

        It has one of the counts *among*, if these are given: they bound how many of each group it holds. With *news*
        only plans count that leave out an action which every best plan so far holds, or hold one that none does: of
        those that are worth the same, the one with most of them.
        """
        worth = self.whole @ weights
        value = {
            i: float(worth[c.action]) for i, c in enumerate(self.problem.candidates)
            if c.action not in self.problem.required and worth[c.action]
        }  # fmt: skip
        rows: list[tuple[Mapping[int, float], float, float]] = [(value, least - 0.5, np.inf)] if least else []
        if among is not None:
            for members, low, high in zip(self.members, among.min(axis=0), among.max(axis=0), strict=True):
                rows.append((dict.fromkeys(members, 1.0), float(low), float(high)))
        objective = {i: -v for i, v in value.items()}
        if news:
            always = [a for a in self.problem.weighed if a not in self.dropped_at]
            never = [a for a in self.problem.weighed if a not in self.kept_at]
            change = {i: -1.0 for a in always for i in self.program.of_action[a]}
            change |= {i: change.get(i, 0.0) + 1.0 for a in never for i in self.program.of_action[a]}
            rows.append((change, 1.0 - len(always), np.inf))
            scale = 1.0 + len(self.problem.actions)
            objective = {i: scale * objective.get(i, 0.0) - change.get(i, 0.0) for i in {**objective, **change}}
        columns = self.program.minimise(objective, rows=rows, upper=self.allowed)
        self.solved += 1
        choice = None if columns is None else self.program.choice(columns, self.gap_weights(weights))
        return None if choice is None or weights @ self.vector(choice) < least else choice  # counted in whole numbers

    def best_at(self, weights: Whole64) -> Choice | None:
        """Solve for a best plan under strictly positive *weights* of the criteria and note what it shows."""
        choice = self.solve(weights)
        if choice is not None:
            self._note(choice, weights)
        return choice

    def _note(self, choice: Choice, weights: Whole64) -> None:
        vector, at = self.vector(choice), self.gap_weights(weights)
        self.vectors.reach(vector)
        self.at.setdefault(vector.tobytes(), weights)
        for action in self.problem.weighed:
            (self.kept_at if action in choice.kept else self.dropped_at).setdefault(action, at)

    def settle(self) -> bool:
        """Find what every action depends on; whether nothing is left open."""
        counts = within_reach(self.vectors)
        if counts is None:
            return False
        self.counts = counts
        while True:
            counts = counts[self._news(counts)]
            counts = counts[self.vectors.left(counts @ self.vectors.units)]
            weights = self._doubtful(counts @ self.vectors.units) if len(counts) else None
            if weights is None:
                return True
            most = int((np.array(self.vectors.reached) @ weights).max())
            near = counts[counts @ self.vectors.units @ weights >= most]
            rival = self.solve(weights, least=most, news=True, among=near)
            self.vectors.cuts.append((weights, most - 1 if rival is None else int(weights @ self.vector(rival))))
            if rival is not None:
                self._judge(rival)

    def _news(self, counts: Whole64) -> npt.NDArray[np.bool_]:
        """Return which *counts* leave room for news.

        That is an action left out, with all that wait for it, or one held, with all that it waits for.
        """
        sizes, found = np.array(self.vectors.sizes), np.zeros(len(counts), bool)
        for action in self.problem.weighed:
            if action not in self.dropped_at:
                found |= (counts <= sizes - self._grouped(self._with(action, follows=True))).all(axis=1)
            if action not in self.kept_at:
                found |= (counts >= self._grouped(self._with(action, follows=False))).all(axis=1)
        return found

    def _with(self, action: int, *, follows: bool) -> set[int]:
        """Return an action with those that wait for it, or with those that it waits for, whoever is between."""
        found, todo = {action}, [action]
        while todo:
            last = todo.pop()
            near = {b for b, _ in self.problem.after[last]}
            if follows:
                near = {a for a, before in enumerate(self.problem.after) if last in {b for b, _ in before}}
            todo += near - found
            found |= near
        return found

    def _grouped(self, actions: set[int]) -> Whole64:
        """Return how many weighed actions of each group there are among *actions*."""
        groups = [self.group[action] for action in actions if action in self.group]
        return np.bincount(groups, minlength=len(self.vectors.sizes)).astype(np.int64)

    def _judge(self, rival: Choice) -> None:
        """Find out whether a plan is best under some weighting; note what it shows if it is."""
        vector = self.vector(rival)
        self.vectors.reach(vector)
        weights = self.at.get(vector.tobytes())
        while weights is None:
            weights, _ = weighting_for(vector, np.array(self.vectors.reached))
            if weights is None:
                return
            least = int(weights @ vector) + 1
            near = self.counts[self.counts @ self.vectors.units @ weights >= least]
            better = self.solve(weights, least=least, among=near) if len(near) else None
            if better is not None:
                self._note(better, weights)
                weights = None
            elif len(near):
                self.counts = self.counts[self.counts @ self.vectors.units @ weights < least]
        self._note(rival, weights)

    def _doubtful(self, left: Whole64) -> Whole64 | None:
        """Return weights under which one of the vectors *left* may be best, and most of them; ``None`` if none may."""
        reached = np.array(self.vectors.reached)
        at = corners(reached)
        ahead = left @ at.T - (reached @ at.T).max(axis=0)
        beyond = (ahead > CLEAR).sum(axis=0)
        for i in np.argsort(-beyond, kind="stable"):
            if not beyond[i]:
                break
            weights = whole_weights(at[i], reached)
            if (left @ weights).max() > (reached @ weights).max():
                return weights
        for vector in left[(ahead > -CLEAR).any(axis=1)]:
            found, _ = weighting_for(vector, reached)
            if found is not None:
                return found
        return None
