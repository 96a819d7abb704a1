"""Break-even points: where a result crosses zero as one quantity is moved through its range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["BreakEven", "break_even"]


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where a result crosses zero.

    Attributes
    ----------
    point : float or None
        The crossing nearest to the present setting; ``None`` where the result keeps its sign in the whole range.
    crossings : int
        How often the result crosses zero in the range: with more than one, more is not always better.
    best, best_at : float
        The largest result in the range and where it stands.
    first, last : float or None
        Lowest and highest crossing.
    """

    point: float | None
    crossings: int
    best: float
    best_at: float
    first: float | None = None
    last: float | None = None


def break_even(
    result: Callable[[FloatArray], FloatArray],
    low: float,
    high: float,
    now: float,
    *,
    grid: int = 64,
    rounds: int = 6,
) -> BreakEven:
    """Return where *result* is zero between *low* and *high*.

    The range is cut into *grid* cells in one vectorised call; every cell with a change of sign is cut again, *rounds*
    times in all, so that the point is known to ``(high - low) / grid ** rounds``. Bracketing needs no derivative and
    is not misled by the kinks that caps and capacities make.

    Parameters
    ----------
    result : callable
        Vectorised. Where it jumps across zero, as with halls let in whole parts, the point is the place of the jump.
    low, high, now : float
        Range and present setting.

    Raises
    ------
    UsageError
        If the range is empty.

    Examples
    --------
    >>> found = break_even(lambda x: x**2 - 2, 0.0, 2.0, 1.0)
    >>> round(found.point, 9), found.crossings
    (1.414213562, 1)
    >>> break_even(lambda x: -1 - x, 0.0, 2.0, 1.0).point is None
    True
    """
    if high < low:
        raise UsageError(f"the range of a break-even runs from low to high, not from {low} to {high}")
    at = np.linspace(low, high, grid + 1)
    values = result(at)
    top = int(np.argmax(values))
    cells = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    zeros = [float(x) for x in at[values == 0]]
    for cell in cells:
        zeros.append(_refined(result, float(at[cell]), float(at[cell + 1]), grid, rounds - 1))
    point = min(zeros, key=lambda x: abs(x - now)) if zeros else None
    first, last = (min(zeros), max(zeros)) if zeros else (None, None)
    return BreakEven(point, len(zeros), float(values[top]), float(at[top]), first, last)


def _refined(result: Callable[[FloatArray], FloatArray], low: float, high: float, grid: int, rounds: int) -> float:
    for _ in range(rounds):
        at = np.linspace(low, high, grid + 1)
        values = result(at)
        if np.any(values == 0):
            return float(at[values == 0][0])
        cell = int(np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)[0])
        low, high = float(at[cell]), float(at[cell + 1])
    at = np.array([low, high])
    ends = result(at)
    return float(low - ends[0] * (high - low) / (ends[1] - ends[0]))  # straight in the last cell
