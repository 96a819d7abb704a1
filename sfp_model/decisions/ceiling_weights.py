"""Which actions are kept under all weightings of the gaps: exactly, by looking for the weighting that disproves it.

Robust portfolio modelling (Liesiö, Mild & Salo 2007, doi:10.1016/j.ejor.2006.12.041) calls them core, borderline and
exterior. Here a plan counts if it is best under some weighting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from sfp_model.decisions.ceiling import Program
from sfp_model.decisions.ceiling_problem import MONEY, SAME, SCALE, Choice, Problem
from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["LEAST_WEIGHT", "Answer", "Status", "over_all_weights"]

LEAST_WEIGHT = 0.001
"""Least weight of a gap where all weightings count."""
Status = Literal["kept", "depends", "dropped"]


@dataclass(frozen=True, eq=False)
class Answer:
    """What holds over all weightings.

    Attributes
    ----------
    status : mapping of int to str
        Action to ``kept`` (in every plan that is best under some weighting), ``dropped`` (in none), ``depends``.
    kept_at, dropped_at : mapping of int to ndarray (gap,)
        A weighting under which a best plan holds the action, or leaves it out, where there is one.
    alone : mapping of int to Choice
        Gap to a best plan when that gap has nearly all the weight.
    closed : ndarray (plan, gap)
        What the best plans that were met close; distinct.
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
    problem: Problem, *, least: float = LEAST_WEIGHT, program: Program | None = None, extra: FloatArray | None = None
) -> Answer | None:
    """Return which actions are kept, dropped or dependent over all weightings ``w ≥ least``, ``Σ w = 1``.

    Plans that are best under some weightings show at once for many actions that they depend on the weights. For the
    rest (in every best plan so far, or in none), one program looks for a weighting *w* and a plan *x* that leaves out
    one of the former or holds one of the latter, with ``w · f(x) ≥ w · f(k)`` for every plan *k* known; products of a
    weight and a binary are linear exactly. If there is none, the rest is proven. Otherwise the best plan is solved for
    under the weighting that suits *x* most; it either is no better than *x*, which then is the disproof, or becomes
    known. Each round settles an action or adds one of finitely many plans, so that the answer is exact (values closer
    than 1e-6 are equal).

    Parameters
    ----------
    problem : Problem
    least : float
        Least weight of a gap: every gap counts for something, so that ties between plans that differ only in gaps
        without weight do not decide.
    program : Program, optional
        Of the problem.
    extra : ndarray (year,), optional
        CHF added to the ceilings of each year, for ceilings that cannot hold.

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
    search = _Search(
        problem, least, program or Program(problem), np.zeros(len(problem.years)) if extra is None else extra
    )
    if not count:
        return Answer({}, {}, {}, {}, np.zeros((0, 0)), 0)
    alone: dict[int, Choice] = {}
    for gap in range(count):
        weights = np.full(count, least)
        weights[gap] += 1 - least * count
        found = search.best_at(weights)
        if found is None:
            return None
        alone[gap] = found
    search.best_at(np.full(count, 1 / count))
    while search.always or search.never:
        if not search.disprove():
            break
    status: dict[int, Status] = {
        a: "dropped" if a not in search.kept_at else "kept" if a not in search.dropped_at else "depends"
        for a in problem.weighed
    }
    closed = np.unique(np.round([choice.closed for choice in search.plans], 9), axis=0)
    return Answer(status, search.kept_at, search.dropped_at, alone, closed, search.solved)


@dataclass(eq=False)
class _Search:
    """Plans that are best under some weighting, and the weightings that showed it."""

    problem: Problem
    least: float
    program: Program
    extra: FloatArray
    plans: list[Choice] = field(default_factory=list)
    kept_at: dict[int, FloatArray] = field(default_factory=dict)
    dropped_at: dict[int, FloatArray] = field(default_factory=dict)
    solved: int = 0

    def __post_init__(self) -> None:
        groups: dict[bytes, list[int]] = {}
        for action in self.problem.weighed:
            groups.setdefault(self.problem.values[action].tobytes(), []).append(action)
        self.groups = list(groups.values())  # actions that close the same count the same
        required = sorted(self.problem.required)
        self.sure = self.problem.values[required].sum(axis=0) if required else np.zeros(len(self.problem.gaps))
        money = range(self.program.extra, self.program.extra + len(self.problem.years))
        self.allowed = {column: MONEY * float(chf) for column, chf in zip(money, self.extra, strict=True)}

    @property
    def always(self) -> list[int]:
        """Actions that every best plan so far holds."""
        return [action for action in self.problem.weighed if action not in self.dropped_at]

    @property
    def never(self) -> list[int]:
        """Actions that no best plan so far holds."""
        return [action for action in self.problem.weighed if action not in self.kept_at]

    def best_at(self, weights: FloatArray) -> Choice | None:
        """Solve for a best plan under *weights* and note what it shows; ``None`` if there is none."""
        objective = {i: -v for i, v in self.program.value_row(weights).items()}
        columns = self.program.minimise(objective, upper=self.allowed)
        self.solved += 1
        if columns is None:
            return None
        choice = self.program.choice(columns, weights)
        self._note(choice, weights)
        return choice

    def _note(self, choice: Choice, weights: FloatArray) -> None:
        for action in self.problem.weighed:
            (self.kept_at if action in choice.kept else self.dropped_at).setdefault(action, weights)
        if not any(np.allclose(choice.closed, plan.closed, atol=SAME) for plan in self.plans):
            self.plans.append(choice)

    def disprove(self) -> bool:
        """Look for a weighting that shows more; whether there may be another."""
        rival = self._adversary()
        if rival is None:
            return False
        learned = False  # a plan that was not known before
        while True:
            weights, ahead = self._most_for(rival)
            if ahead < -SAME:
                return learned  # known plans now beat the rival; if none is new, the solver's tolerance let it through
            known = len(self.plans)
            top = self.best_at(weights)
            if top is None or float(weights @ rival.closed) >= top.value - SAME:
                self._note(rival, weights)
                return True
            if len(self.plans) == known:
                return learned
            learned = True

    def _most_for(self, rival: Choice) -> tuple[FloatArray, float]:
        """Return the weights under which *rival* is furthest ahead of the best known plans, and by how much."""
        from scipy.optimize import linprog

        gaps = len(self.problem.gaps)
        known = np.array([plan.closed for plan in self.plans])
        found = linprog(
            [*-rival.closed, 1.0],
            A_ub=np.hstack([known, -np.ones((len(known), 1))]), b_ub=np.zeros(len(known)),
            A_eq=[[*np.ones(gaps), 0.0]], b_eq=[1.0],
            bounds=[(self.least, 1.0)] * gaps + [(None, None)], method="highs",
        )  # fmt: skip
        weights = np.maximum(found.x[:gaps], self.least)
        return weights / weights.sum(), -float(found.fun)

    def _adversary(self) -> Choice | None:
        """Return a plan that no known plan beats under every weighting, and that settles an action.

        It leaves out one of ``always`` or holds one of ``never``; ``None`` if there is no such plan.

        Columns after those of the program: ``u = w − least`` by gap, θ, and per group and count its binary *y* (at
        least so many kept) and ``u · y`` for each gap that it closes. Weights count in thousandths, so that the
        tolerance of the solver is small against them.
        """
        problem, program, gaps = self.problem, self.program, len(self.problem.gaps)
        least, free = SCALE * self.least, SCALE * (1 - self.least * gaps)
        first = program.size
        theta, following = first + gaps, first + gaps + 1
        upper = (
            {first + g: free for g in range(gaps)} | {theta: SCALE * float(self.problem.values.sum())} | self.allowed
        )
        rows: list[tuple[Mapping[int, float], float, float]] = []
        rows.append(({first + g: 1.0 for g in range(gaps)}, free, free))
        ahead: dict[int, float] = {theta: -1.0} | {first + g: float(self.sure[g]) for g in range(gaps)}
        whole: list[int] = []
        for members in self.groups:
            vector = problem.values[members[0]]
            held = [i for action in members for i in program.of_action[action]]
            steps = range(following, following + len(members))
            following += len(members)
            whole += steps
            rows.append(({**dict.fromkeys(steps, 1.0), **dict.fromkeys(held, -1.0)}, 0.0, 0.0))
            rows += [({a: 1.0, b: -1.0}, 0.0, np.inf) for a, b in pairwise(steps)]
            for column in steps:
                ahead[column] = least * float(vector.sum())
                for g in np.flatnonzero(vector).tolist():
                    rows.append(({following: 1.0, first + g: -1.0}, -np.inf, 0.0))
                    rows.append(({following: 1.0, column: -free}, -np.inf, 0.0))
                    upper[following] = free
                    ahead[following] = float(vector[g])
                    following += 1
        for plan in self.plans:
            row = {theta: 1.0} | {first + g: -float(plan.closed[g]) for g in range(gaps)}
            rows.append((row, least * float(plan.closed.sum()), np.inf))
        rows.append((ahead, -SCALE * SAME - least * float(self.sure.sum()), np.inf))
        out = {i: -1.0 for action in self.always for i in program.of_action[action]}
        into = {i: 1.0 for action in self.never for i in program.of_action[action]}
        rows.append((out | into, 1.0 - len(self.always), np.inf))
        columns = program.minimise({}, rows=rows, more=following - first, whole=whole, upper=upper)
        self.solved += 1
        return None if columns is None else program.choice(columns, np.full(gaps, 1 / gaps))
