"""Scenario discovery: which combinations of inputs lead to an outcome, as boxes that can be said in words.

A classification tree (CART, Breiman et al. 1984, by scikit-learn) cuts the space of inputs; its nodes are boxes.
Coverage is the share of all cases of interest that lie in a box, density the share of the box's draws that are of
interest (Bryant and Lempert 2010, doi:10.1016/j.techfore.2009.08.002). A tree finds boxes in noise as well, so it is
grown on some blocks of draws, its limits are tested on others, and coverage and density are stated of blocks that took
no part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfp_model.decisions.leave_out import leave_one_out
from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["Box", "Limit", "Split", "discover"]

BoolArray = npt.NDArray[np.bool_]
Ranges = Mapping[int, tuple[float, float]]
ERRORS = 2.0  # standard errors that a difference has to exceed


@dataclass(frozen=True, slots=True)
class Split:
    """Into how many equal blocks the draws fall: to grow the tree, to test its limits, and to state the boxes of."""

    grow: int
    test: int
    state: int

    @property
    def blocks(self) -> int:
        """All blocks."""
        return self.grow + self.test + self.state


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
    """A combination of inputs, with what fresh draws say of it and standard errors.

    ``share`` of all draws lie in it; ``overall`` is the share of all draws that are of interest.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    share: float
    overall: float
    coverage_error: float
    density_error: float
    overall_error: float

    @property
    def merit(self) -> float:
        """The harmonic mean of coverage and density (F₁, van Rijsbergen 1979): low if either is."""
        return 2 * self.coverage * self.density / (self.coverage + self.density)


def discover(
    names: Sequence[str], inputs: FloatArray, interest: BoolArray, split: Split, *, depth: int = 3,
    least_share: float = 0.02, seed: int = 0,
) -> list[Box]:  # fmt: skip
    """Return the boxes in which the outcome is more frequent than overall, best first.

    Best is the highest harmonic mean of coverage and density. An end is dropped unless the draws that it keeps out
    hold fewer cases than those that it lets in, by two standard errors, in the blocks for the test; a box unless its
    density exceeds the overall share by two standard errors in the blocks that it is stated of, and where another box
    has more coverage and more density, by two standard errors each.

    Parameters
    ----------
    names : sequence of str
        Of the inputs.
    inputs : ndarray (input, draw)
    interest : ndarray of bool (draw,)
        Where the outcome occurs.
    split : Split
        Blocks of draws, in order; at least ten to state boxes of.
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
        If shapes or blocks do not fit.
    """
    if inputs.shape != (len(names), interest.size):
        raise UsageError(f"inputs must have shape ({len(names)}, {interest.size}), not {inputs.shape}")
    if interest.size % split.blocks:
        raise UsageError(f"{interest.size} draws cannot be cut into {split.blocks} equal blocks")
    size = interest.size // split.blocks
    grow, test = slice(0, split.grow * size), slice(split.grow * size, (split.grow + split.test) * size)
    fresh = slice(test.stop, interest.size)
    if not len(names) or any(interest[part].all() or not interest[part].any() for part in (grow, fresh)):
        return []
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(
        max_depth=depth, min_samples_leaf=max(1, int(least_share * interest[grow].size)), random_state=seed
    ).fit(inputs[:, grow].T, interest[grow])
    kept: dict[tuple[tuple[int, float, float], ...], Ranges] = {}
    for ranges in _nodes(tree.tree_):
        tested = _tested(ranges, inputs[:, test], interest[test])
        kept[tuple((row, *tested[row]) for row in sorted(tested))] = tested
    stated = (
        _stated(names, inputs[:, fresh], interest[fresh], dict(sorted(ranges.items())), split.state)
        for ranges in kept.values() if ranges
    )  # fmt: skip
    found = [box for box in stated if box is not None]
    return sorted((box for box in found if not any(_beaten(box, by) for by in found)), key=lambda box: -box.merit)


def _beaten(box: Box, by: Box) -> bool:
    """Whether another box has clearly more coverage and clearly more density."""
    wider = by.coverage - box.coverage > ERRORS * float(np.hypot(box.coverage_error, by.coverage_error))
    return wider and by.density - box.density > ERRORS * float(np.hypot(box.density_error, by.density_error))


def _inside(ranges: Ranges, inputs: FloatArray) -> BoolArray:
    inside = np.ones(inputs.shape[1], dtype=np.bool_)
    for row, (low, high) in ranges.items():
        inside &= (inputs[row] > low) & (inputs[row] <= high)
    return inside


def _tested(ranges: Ranges, inputs: FloatArray, interest: BoolArray) -> Ranges:
    """Drop one end after the other that does not tell cases apart, the least telling first."""
    kept = dict(ranges)
    while kept:
        inside = _inside(kept, inputs)
        wider = [_without(kept, row, side) for row, ends in kept.items() for side in (0, 1) if np.isfinite(ends[side])]
        telling = [_apart(interest[inside], interest[_inside(other, inputs) & ~inside]) for other in wider]
        least = int(np.argmin(telling))
        if telling[least] > ERRORS:
            return kept
        kept = wider[least]
    return kept


def _without(ranges: Ranges, row: int, side: int) -> dict[int, tuple[float, float]]:
    """Return ranges with one end of an input open; without the input where both are."""
    low, high = ranges[row]
    left = (-np.inf, high) if side == 0 else (low, np.inf)
    return {r: left if r == row else ends for r, ends in ranges.items() if r != row or np.isfinite(left).any()}


def _apart(inside: BoolArray, outside: BoolArray) -> float:
    """Return by how many standard errors cases are more frequent inside than outside."""
    if not inside.size or not outside.size:
        return -np.inf
    p, q = inside.mean(), outside.mean()
    both = (inside.sum() + outside.sum()) / (inside.size + outside.size)
    error = float(np.sqrt(both * (1 - both) * (1 / inside.size + 1 / outside.size)))
    return float(p - q) / error if error > 0 else 0.0


def _stated(names: Sequence[str], inputs: FloatArray, interest: BoolArray, ranges: Ranges, blocks: int) -> Box | None:
    """Return the box as fresh draws have it; ``None`` if cases are not clearly more frequent in it."""
    inside = _inside(ranges, inputs)
    both = inside & interest

    def shares(kept: BoolArray) -> list[float]:
        all_, cases, drawn = both[kept].sum(), interest[kept].sum(), inside[kept].sum()
        overall = cases / kept.sum()
        density = all_ / drawn if drawn else 0.0
        return [all_ / cases if cases else 0.0, density, overall, density - overall]

    (coverage, density, overall, above), errors = leave_one_out(shares, interest.size, blocks)
    if above <= ERRORS * errors[3]:
        return None
    limits = tuple(
        Limit(names[row], low, high, float((inputs[row] <= low).mean()), float((inputs[row] <= high).mean()))
        for row, (low, high) in ranges.items()
    )
    return Box(limits, float(coverage), float(density), float(inside.mean()), float(overall),
               *(float(error) for error in errors[:3]))  # fmt: skip


def _nodes(tree: object) -> Iterator[Ranges]:
    """Yield the limits of every node (input to range) but the root."""
    left, right = tree.children_left, tree.children_right  # type: ignore[attr-defined]
    feature, cut = tree.feature, tree.threshold  # type: ignore[attr-defined]
    open_ = [(0, dict[int, tuple[float, float]]())]
    while open_:
        node, limits = open_.pop()
        if limits:
            yield limits
        if left[node] == right[node]:
            continue
        row, at = int(feature[node]), float(cut[node])
        low, high = limits.get(row, (-np.inf, np.inf))
        open_.append((int(left[node]), {**limits, row: (low, min(high, at))}))
        open_.append((int(right[node]), {**limits, row: (max(low, at), high)}))
