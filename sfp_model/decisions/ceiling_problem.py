"""The ceiling problem in words of the plan: candidates, spans, ceilings; and what a choice of candidates is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = [
    "CENTIME", "EPSILON", "MONEY", "MORE", "SAME", "SCALE", "Candidate", "Choice", "Problem", "Span", "Window",
    "checked", "equal_weights",
]  # fmt: skip

SCALE = 1000.0  # of the objective: HiGHS stops at an absolute gap of 1e-6
MONEY = 1e-3  # CHF to CHF thousands, so that the solver's tolerance of 1e-6 is less than a centime
CENTIME = 0.005
EPSILON = 1e-9
SAME = 1e-6  # values that differ by less are equal
MORE = 5e-5  # of the gaps; money that closes less than that more buys nothing (0.005 percentage points)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to do an action: an option and a start date.

    Attributes
    ----------
    action : int
    option : str
        Of the decision that governs the action; ``""`` where the start alone is chosen.
    start, end : float
        Months on the scale of the horizon.
    delay : float
        Months after the start that the scenario has.
    cost : tuple of float
        Additional need by year, nominal CHF, from the model.
    changed : bool
        The option is another than the scenario's.
    """

    action: int
    option: str
    start: float
    end: float
    delay: float
    cost: tuple[float, ...]
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """What runs as long as a programme does: its cost depends on the last end of the actions *members*.

    ``cost`` maps each possible last end to the additional need by year.
    """

    name: str
    members: tuple[int, ...]
    cost: Mapping[float, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Window:
    """A ceiling: the additional need of the years *years* (by position) may not exceed *limit*, nominal CHF."""

    name: str
    years: tuple[int, ...]
    limit: float


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be chosen.

    Attributes
    ----------
    actions : tuple of str
    values : ndarray (action, gap)
        Part of each gap that the action closes; 0 for actions that close none.
    gaps, years : tuple of str
    candidates : tuple of Candidate
    after : tuple of tuple of (int, float)
        Predecessors of each action and the months to wait after their end. An action needs all of them.
    required : frozenset of int
        Actions that are kept in any case.
    together : tuple of tuple of int
        Actions whose options are one choice, because one decision governs them.
    spans : tuple of Span
    fixed : tuple of float
        Additional need by year that no choice changes.
    windows : tuple of Window
    """

    actions: tuple[str, ...]
    values: FloatArray
    gaps: tuple[str, ...]
    years: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    after: tuple[tuple[tuple[int, float], ...], ...]
    required: frozenset[int] = frozenset()
    together: tuple[tuple[int, ...], ...] = ()
    spans: tuple[Span, ...] = ()
    fixed: tuple[float, ...] = ()
    windows: tuple[Window, ...] = ()

    @cached_property
    def weighed(self) -> tuple[int, ...]:
        """Actions that close a gap and are not kept in any case: those between which is chosen."""
        return tuple(a for a in range(len(self.actions)) if a not in self.required and self.values[a].any())

    def cost(self, chosen: Sequence[Candidate]) -> FloatArray:
        """Return the additional need by year of what is fixed, the candidates *chosen* and the spans they make."""
        total = np.array(self.fixed or (0.0,) * len(self.years))
        for candidate in chosen:
            total = total + np.array(candidate.cost)
        for span in self.spans:
            ends = [candidate.end for candidate in chosen if candidate.action in span.members]
            if ends:
                total = total + np.array(span.cost[max(ends)])
        return total

    def closed(self, chosen: Sequence[Candidate]) -> FloatArray:
        """Return the part of each gap that *chosen* closes."""
        rows = [candidate.action for candidate in chosen]
        result: FloatArray = self.values[rows].sum(axis=0) if rows else np.zeros(len(self.gaps))
        return result


@dataclass(frozen=True, eq=False)
class Choice:
    """A solution.

    Attributes
    ----------
    chosen : tuple of Candidate
        In the order of the actions.
    need : ndarray (year,)
        Additional need, nominal CHF.
    closed : ndarray (gap,)
        Part of each gap closed.
    value : float
        ``weights · closed``.
    extra : ndarray (year,)
        What had to be added to the ceilings by year, nominal CHF; 0 where the ceilings hold.
    """

    chosen: tuple[Candidate, ...]
    need: FloatArray
    closed: FloatArray
    value: float
    extra: FloatArray

    @cached_property
    def kept(self) -> frozenset[int]:
        """Actions that are kept."""
        return frozenset(candidate.action for candidate in self.chosen)


def equal_weights(problem: Problem) -> FloatArray:
    """Return the weighting under which every gap counts alike."""
    return np.full(len(problem.gaps), 1 / max(len(problem.gaps), 1))


def checked(weights: FloatArray, count: int) -> FloatArray:
    """Return *weights* if they are on the simplex of *count* gaps.

    Raises
    ------
    UsageError
        They are not; shows them.
    """
    made = np.asarray(weights, dtype=float)
    if made.shape != (count,) or (made < -EPSILON).any() or abs(made.sum() - 1) > 1e-6:
        shown = ", ".join(f"{w:g}" for w in made.ravel())
        raise UsageError(f"weights are {count} numbers from 0 that sum to 1; these are {shown}")
    result: FloatArray = np.maximum(made, 0.0)
    return result
