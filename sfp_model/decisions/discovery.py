"""Scenario discovery: which combinations of inputs lead to an outcome, as boxes that can be said in words.

A classification tree (CART, Breiman et al. 1984, by scikit-learn) cuts the space of inputs; the leaves in which the
outcome is frequent are boxes. Coverage is the share of all cases of interest that lie in a box, density the share of
the box's draws that are of interest (Bryant and Lempert 2010, doi:10.1016/j.techfore.2009.08.002).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["Box", "Limit", "discover"]


@dataclass(frozen=True, slots=True)
class Limit:
    """One side of a box: an input, its range (infinite where open) and the quantiles of the ends among the draws."""

    name: str
    low: float
    high: float
    low_at: float
    high_at: float


@dataclass(frozen=True, slots=True)
class Box:
    """A combination of inputs; ``share`` of all draws lie in it."""

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    share: float


def discover(
    names: Sequence[str], inputs: FloatArray, interest: npt.NDArray[np.bool_], *, depth: int = 3,
    least_share: float = 0.02, seed: int = 0,
) -> list[Box]:  # fmt: skip
    """Return the boxes in which the outcome is more frequent than overall, by falling density.

    Parameters
    ----------
    names : sequence of str
        Of the inputs.
    inputs : ndarray (input, draw)
    interest : ndarray of bool (draw,)
        Where the outcome occurs.
    depth : int
        Most limits of a box.
    least_share : float
        Least share of draws in a box.
    seed : int
        Decides between cuts that are equally good.

    Returns
    -------
    list of Box
        Empty if the outcome always or never occurs, or no cut tells the cases apart.

    Raises
    ------
    UsageError
        If shapes do not fit.
    """
    if inputs.shape != (len(names), interest.size):
        raise UsageError(f"inputs must have shape ({len(names)}, {interest.size}), not {inputs.shape}")
    if interest.all() or not interest.any():
        return []
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(
        max_depth=depth, min_samples_leaf=max(1, int(least_share * interest.size)), random_state=seed
    ).fit(inputs.T, interest)
    overall = float(interest.mean())
    found = []
    for limits, leaf in _leaves(tree.tree_, len(names)):
        inside = np.ones(interest.size, dtype=bool)
        for row, (low, high) in limits.items():
            inside &= (inputs[row] > low) & (inputs[row] <= high)
        density = float(interest[inside].mean()) if inside.any() else 0.0
        if density <= overall or leaf == 0:
            continue
        shown = tuple(
            Limit(names[row], low, high, float((inputs[row] <= low).mean()), float((inputs[row] <= high).mean()))
            for row, (low, high) in sorted(limits.items())
        )
        found.append(Box(shown, float(interest[inside].sum() / interest.sum()), density, float(inside.mean())))
    return sorted(found, key=lambda box: (-box.density, -box.coverage))


def _leaves(tree: object, inputs: int) -> list[tuple[dict[int, tuple[float, float]], int]]:
    """Return the limits of every leaf (input to range) with its node."""
    left, right = tree.children_left, tree.children_right  # type: ignore[attr-defined]
    feature, cut = tree.feature, tree.threshold  # type: ignore[attr-defined]
    done, open_ = [], [(0, dict[int, tuple[float, float]]())]
    while open_:
        node, limits = open_.pop()
        if left[node] == right[node]:
            done.append((limits, node))
            continue
        row, at = int(feature[node]), float(cut[node])
        low, high = limits.get(row, (-np.inf, np.inf))
        open_.append((int(left[node]), {**limits, row: (low, min(high, at))}))
        open_.append((int(right[node]), {**limits, row: (max(low, at), high)}))
    return done
