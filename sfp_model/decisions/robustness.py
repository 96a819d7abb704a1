"""Which alternative holds up: regret, satisficing, stochastic dominance, and the most robust choice by each criterion.

Alternatives are compared on the same states (scenario × draw, common random numbers), higher results being better.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfp_model.decisions.contingency import cvar
from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["CRITERIA", "Robustness", "assess", "dominates", "regret"]

BoolArray = npt.NDArray[np.bool_]
CRITERIA: Mapping[str, str] = {
    "expected": "highest mean over all states",
    "maximin": "highest worst scenario mean",
    "p10": "highest tenth percentile over all states",
    "tail": "highest mean of the worst tenth of states",
    "regret": "lowest ninetieth percentile of regret",
    "worst_regret": "lowest greatest mean regret of a scenario",
    "satisficing": "reaches the threshold most often",
}


def regret(results: FloatArray) -> FloatArray:
    """Return what each alternative falls short of the best in the same state, ``max_a' v(a', s) − v(a, s)``.

    Source: Savage 1951, doi:10.1080/01621459.1951.10500768. In the unit of the result, never as a ratio, which has no
    meaning near zero.

    Parameters
    ----------
    results : ndarray (alternative, …)

    Returns
    -------
    ndarray
        Of the same shape, not negative; 0 for the best of each state.

    Examples
    --------
    >>> regret(np.array([[1.0, 5.0], [3.0, 4.0]])).tolist()
    [[2.0, 0.0], [0.0, 1.0]]
    """
    result: FloatArray = results.max(axis=0, keepdims=True) - results
    return result


def dominates(first: FloatArray, second: FloatArray, order: int = 1, tolerance: float = 1e-9) -> bool:
    """Return whether *first* dominates *second* stochastically.

    First order, preferred by all who like more: every quantile is at least as high, one higher. Second order,
    preferred by all who also dislike risk: every mean of the lowest share of draws is at least as high, one higher
    (Levy 1992, doi:10.1287/mnsc.38.4.555). Exact for empirical distributions of equal size.

    Parameters
    ----------
    first, second : ndarray (draw,)
        The same number of draws.
    order : {1, 2}
    tolerance : float
        Relative to the largest absolute value of both; smaller differences are rounding.

    Raises
    ------
    UsageError
        For another order, or different sizes.

    Examples
    --------
    >>> dominates(np.array([2.0, 3.0]), np.array([1.0, 3.0])), dominates(np.array([2.0, 2.0]), np.array([1.0, 3.0]))
    (True, False)
    >>> dominates(np.array([2.0, 2.0]), np.array([1.0, 3.0]), order=2)
    True
    """
    if order not in (1, 2):
        raise UsageError(f"order of dominance is 1 or 2, got {order}")
    if first.shape != second.shape:
        raise UsageError(f"dominance compares as many draws as draws, got {first.size} and {second.size}")
    difference = np.sort(first) - np.sort(second)
    if order == 2:
        difference = np.cumsum(difference) / np.arange(1, difference.size + 1)
    slack = tolerance * max(float(np.abs(first).max()), float(np.abs(second).max()), 1e-300)
    return bool((difference >= -slack).all() and (difference > slack).any())


@dataclass(frozen=True, eq=False)
class Robustness:
    """How each alternative fares; arrays of shape (alternative,) unless said.

    Attributes
    ----------
    names : tuple of str
    scores : mapping of str to ndarray
        By criterion of ``CRITERIA``; higher is better except for the two regrets. nan where not asked.
    best : mapping of str to str
        The choice of each criterion (of equal ones the first) among the alternatives that have a score.
    first, second : ndarray of bool (alternative, alternative)
        Whether the row dominates the column, first and second order.
    """

    names: tuple[str, ...]
    scores: Mapping[str, FloatArray]
    best: Mapping[str, str]
    first: BoolArray
    second: BoolArray

    @property
    def agreed(self) -> bool:
        """Whether all criteria choose the same alternative, those apart whose score it has none of."""
        chosen = {self.best[key] for key in self.best if key != "satisficing"}
        (one, *others) = chosen
        unasked = bool(np.isnan(self.scores["satisficing"][self.names.index(one)]))
        return not others and (unasked or self.best.get("satisficing") == one)

    @property
    def undominated(self) -> tuple[str, ...]:
        """Alternatives that none other dominates in the second order."""
        return tuple(name for i, name in enumerate(self.names) if not self.second[:, i].any())


def assess(names: Sequence[str], results: FloatArray, threshold: float, apart: Collection[str] = ()) -> Robustness:
    """Assess alternatives over scenarios and draws.

    Parameters
    ----------
    names : sequence of str
    results : ndarray (alternative, scenario, draw)
        Higher is better; every scenario weighs the same, for nobody has stated weights.
    threshold : float
        Result that satisfies.
    apart : collection of str
        Alternatives that are not asked whether they satisfy, because their result is the threshold by definition;
        their score is nan.

    Returns
    -------
    Robustness
    """
    if results.ndim != 3 or results.shape[0] != len(names):
        raise UsageError(f"results must have shape ({len(names)}, scenario, draw), not {results.shape}")
    count = len(names)
    flat = results.reshape(count, -1)
    lost = regret(results)
    scores: dict[str, FloatArray] = {
        "expected": flat.mean(axis=1),
        "maximin": results.mean(axis=2).min(axis=1),
        "p10": np.quantile(flat, 0.1, axis=1),
        "tail": np.array([-cvar(-row, 0.9) for row in flat]),
        "regret": np.quantile(lost.reshape(count, -1), 0.9, axis=1),
        "worst_regret": lost.mean(axis=2).max(axis=1),
        "satisficing": np.where(np.isin(names, list(apart)), np.nan, (flat >= threshold).mean(axis=1)),
    }
    best = {
        key: names[int(np.nanargmin(score) if key.endswith("regret") else np.nanargmax(score))]
        for key, score in scores.items() if not np.isnan(score).all()
    }  # fmt: skip
    orders = [
        np.array([[a != b and dominates(flat[a], flat[b], order) for b in range(count)] for a in range(count)])
        for order in (1, 2)
    ]
    return Robustness(tuple(names), scores, best, *orders)
