"""What an estimate says of its distribution beside low, mode and high, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sfp_model.errors import UsageError
from sfp_model.inputs.context import Problem
from sfp_model.inputs.shapes import implied_mode, percentiles

__all__ = ["LISTED", "MODELESS", "shape_of", "shape_problems"]

LISTED = ("discrete", "empirical")  # given by values instead of low, mode and high
MODELESS = ("uniform", "normal", "lognormal", "beta")  # mode follows from the rest
_KEYS = {"weight": ("pert",), "alpha": ("beta",), "beta": ("beta",), "values": LISTED, "probabilities": ("discrete",)}
_SLACK = 0.01  # as in model.marginals: a typed mode may be rounded


def shape_of(part: Any) -> tuple[float, ...]:
    """Return what ``Estimate.shape`` holds for the range *part*."""
    kind = part.distribution or "pert"
    if kind == "pert":
        return () if part.weight is None else (float(part.weight),)
    if kind == "beta":
        return float(part.alpha), float(part.beta)
    if kind == "discrete":
        return tuple(float(x) for pair in zip(part.values, part.probabilities, strict=True) for x in pair)
    return tuple(sorted(map(float, part.values))) if kind == "empirical" else ()


def shape_problems(part: Any) -> Iterator[Problem]:
    """Yield keys that do not belong to the distribution, missing ones, and shapes that cannot be."""
    kind = part.distribution or "pert"
    for key, kinds in _KEYS.items():
        if getattr(part, key) is not None and kind not in kinds:
            yield (key,), f"{key} belongs to distribution {' or '.join(kinds)}, not to {kind}"
    missing = [key for key, kinds in _KEYS.items() if kind in kinds and key != "weight" and getattr(part, key) is None]
    if missing:
        yield (), f"distribution {kind} needs {' and '.join(missing)}"
        return
    if kind in LISTED:
        yield from _listed(part, kind)
    elif kind in ("normal", "lognormal", "beta") and None not in (part.low, part.high) and part.low <= part.high:
        yield from _implied(part, kind)


def _listed(part: Any, kind: str) -> Iterator[Problem]:
    ends = [key for key in ("value", "low", "high") if getattr(part, key) is not None]
    if ends:
        yield (ends[0],), f"distribution {kind} has values; leave {' and '.join(ends)} out"
    if kind == "empirical":
        return
    if len(part.values) != len(part.probabilities):
        yield ("probabilities",), f"{len(part.probabilities)} probabilities for {len(part.values)} values"
    elif min(part.probabilities) < 0 or abs(sum(part.probabilities) - 1) > 1e-9:
        yield ("probabilities",), f"must be 0 or more and add up to 1, here {sum(part.probabilities):g}"


def _implied(part: Any, kind: str) -> Iterator[Problem]:
    try:
        at = percentiles(part.at or ("min-max" if kind == "beta" else "P10-P90"))
        if kind == "beta" and at != (0.0, 1.0):
            yield ("at",), "low and high of a beta distribution are its minimum and maximum; write at: min-max"
            return
        found = implied_mode(kind, part.low, part.high, *at, shape_of(part))
    except UsageError as error:
        if part.mode is None or kind != "beta":
            yield ("distribution",), str(error)
        return
    if part.mode is not None and abs(found - part.mode) > _SLACK * (part.high - part.low):
        yield (
            ("mode",),
            f"{part.mode:g} is not the mode of this {kind} distribution, {found:.4g}; leave mode out, or use pert",
        )
