"""Random ceiling problems, and their answers by trying everything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from sfp_model.decisions.ceiling_problem import Candidate, Problem, Span, Window

YEARS = 2


@dataclass
class Everything:
    """All plans of a problem that its order, options and requirements allow."""

    need: np.ndarray  # (plan, year)
    closed: np.ndarray  # (plan, gap)
    kept: np.ndarray  # (plan, action)
    delay: np.ndarray  # (plan,)

    def within(self, problem: Problem, extra: np.ndarray | float = 0.0) -> np.ndarray:
        """Return which plans keep the ceilings."""
        more = np.zeros(len(problem.years)) + extra
        fits = np.ones(len(self.need), bool)
        for window in problem.windows:
            years = list(window.years)
            fits &= self.need[:, years].sum(axis=1) <= window.limit + more[years].sum() + 1e-6
        return fits

    def over(self, problem: Problem) -> np.ndarray:
        """Return the least sum of extra money of each plan; for windows that are single years or all of them."""
        by_year = np.zeros_like(self.need)
        whole = np.zeros(len(self.need))
        for window in problem.windows:
            years = list(window.years)
            beyond = np.maximum(self.need[:, years].sum(axis=1) - window.limit, 0)
            if len(years) == 1:
                by_year[:, years[0]] = np.maximum(by_year[:, years[0]], beyond)
            else:
                whole = np.maximum(whole, beyond)
        return np.maximum(by_year.sum(axis=1), whole)


def everything(problem: Problem) -> Everything:
    """Try every combination of candidates."""
    ways = [[-1] for _ in problem.actions]
    for i, candidate in enumerate(problem.candidates):
        ways[candidate.action].append(i)
    grid = np.stack(np.meshgrid(*ways, indexing="ij"), axis=-1).reshape(-1, len(ways))
    nothing = Candidate(0, "", 0.0, -np.inf, 0.0, (0.0,) * len(problem.years))
    table = [*problem.candidates, nothing]
    start, end, delay = (np.array([getattr(c, name) for c in table]) for name in ("start", "end", "delay"))
    cost = np.array([c.cost for c in table])
    option = np.array([c.option for c in table])
    kept = grid >= 0
    right = np.ones(len(grid), bool)
    for action in problem.required:
        right &= kept[:, action]
    for action, before in enumerate(problem.after):
        for other, lag in before:
            in_time = kept[:, other] & (end[grid[:, other]] + lag <= start[grid[:, action]] + 1e-9)
            right &= ~kept[:, action] | in_time
    for members in problem.together:
        for a in members:
            for b in members:
                right &= ~(kept[:, a] & kept[:, b]) | (option[grid[:, a]] == option[grid[:, b]])
    grid, kept = grid[right], kept[right]
    need = cost[grid].sum(axis=1) + np.array(problem.fixed or [0.0] * len(problem.years))
    for span in problem.spans:
        last = end[grid[:, list(span.members)]].max(axis=1)
        ends = np.array(sorted(span.cost))
        costs = np.array([span.cost[e] for e in ends])
        some = np.isfinite(last)
        need[some] += costs[np.searchsorted(ends, last[some])]
    return Everything(need, kept @ problem.values, kept, delay[grid].sum(axis=1))


def statuses(problem: Problem, plans: Everything, least: float) -> dict[int, str]:
    """Classify every action over all weightings ``w > least`` by a linear program for each set of closed gaps."""
    fits = plans.within(problem)
    closed, kept = np.round(plans.closed[fits], 9), plans.kept[fits]
    vectors, place = np.unique(closed, axis=0, return_inverse=True)
    place = place.reshape(-1)
    gaps = vectors.shape[1]
    seen: dict[int, set[bool]] = {a: set() for a in problem.weighed}
    for i, vector in enumerate(vectors):
        found = linprog(  # the weights of this vector that are furthest above the least
            [*np.zeros(gaps), -1.0], A_ub=np.vstack([
                np.hstack([vectors - vector, np.zeros((len(vectors), 1))]),
                np.hstack([-np.eye(gaps), np.ones((gaps, 1))]),
            ]), b_ub=[*np.zeros(len(vectors)), *np.full(gaps, -least)],
            A_eq=[[*np.ones(gaps), 0.0]], b_eq=[1.0], bounds=[(0, 1)] * gaps + [(None, None)],
        )  # fmt: skip
        if found.status == 0 and found.fun < -1e-7:
            for a in problem.weighed:
                seen[a] |= set(kept[place == i][:, a].tolist())
    return {a: "depends" if len(s) > 1 else "kept" if True in s else "dropped" for a, s in seen.items()}


@st.composite
def problems(draw: st.DrawFn, actions: int = 7, starts: int = 3, gaps: int = 3) -> Problem:
    """Draw a problem: predecessors with lags, options, several starts, a span, fixed need, ceilings and their sum."""
    count = draw(st.integers(1, actions))
    whole = st.integers(0, 9)
    candidates = []
    for a in range(count):
        length = draw(st.integers(1, 6))
        first = draw(st.integers(0, 3))
        for option in ("A", "B") if a < 2 and draw(st.booleans()) else ("A",):
            for k in range(draw(st.integers(1, starts))):
                cost = tuple(float(draw(whole)) for _ in range(YEARS))
                start = float(first + 3 * k)
                candidates.append(Candidate(a, option, start, start + length, 3.0 * k, cost))
    after = tuple(
        tuple((b, float(draw(st.integers(0, 2)))) for b in draw(st.sets(st.integers(0, a - 1), max_size=1)))
        if a and draw(st.booleans()) else ()
        for a in range(count)
    )  # fmt: skip
    width = draw(st.integers(1, gaps))
    values = np.array([[draw(st.sampled_from([0, 0, 1, 2, 3])) for _ in range(width)] for _ in range(count)]) / 12
    spans = ()
    if draw(st.booleans()):
        members = tuple(sorted(draw(st.sets(st.integers(0, count - 1), min_size=1))))
        ends = sorted({c.end for c in candidates if c.action in members})
        spans = (Span("pm", members, {e: tuple(float(draw(whole)) for _ in range(YEARS)) for e in ends}),)
    limits = [Window(str(y), (y,), float(draw(st.integers(0, 25)))) for y in range(YEARS)]
    if draw(st.booleans()):
        limits.append(Window("both", tuple(range(YEARS)), float(draw(st.integers(0, 40)))))
    required = draw(st.sets(st.integers(0, count - 1), max_size=1)) if draw(st.booleans()) else set()
    return Problem(
        tuple(f"x.{a}" for a in range(count)), values, tuple(f"G{g}" for g in range(width)), ("2024", "2025"),
        tuple(candidates), after, frozenset(required), ((0, 1),) if count > 1 and draw(st.booleans()) else (), spans,
        tuple(float(draw(st.integers(0, 3))) for _ in range(YEARS)), tuple(limits),
    )  # fmt: skip
