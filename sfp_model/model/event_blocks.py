"""The event in blocks of draws, so that memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import TypeVar

import numpy as np

from sfp_model.model.event import EventArrays, EventOutcome, evaluate_event
from sfp_model.model.event_levers import LEVERS, Levers
from sfp_model.model.inputs import FloatArray

__all__ = ["BLOCK_DRAWS", "in_blocks"]

BLOCK_DRAWS = 512  # arrays of a block stay in the cache of a processor
T = TypeVar("T")


def in_blocks(
    arrays: EventArrays,
    values: FloatArray,
    measure: Callable[[EventOutcome], T],
    levers: Levers | None = None,
    size: int = BLOCK_DRAWS,
) -> Iterator[T]:
    """Yield what *measure* makes of the outcome of each block of draws, in order.

    Draws do not see each other, so that the blocks put together are the outcome of all draws at once; only what
    *measure* keeps stays in memory.

    Parameters
    ----------
    arrays : EventArrays
    values : ndarray (input, draw)
    measure : callable
        Takes the ``EventOutcome`` of a block.
    levers : Levers, optional
        One number each, or one per draw.
    size : int
        Draws of a block.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> from sfp_model.model import base, compile
    >>> arrays = compile(load_plan(None, None))
    >>> values = np.repeat(base(arrays).array, 5, axis=1)
    >>> net = np.concatenate(list(in_blocks(arrays.event, values, lambda found: found.net, size=2)), axis=-1)
    >>> net.shape[-1], bool((net == evaluate_event(arrays.event, values).net).all())
    (5, True)
    """
    for start in range(0, values.shape[1], size):
        part = slice(start, start + size)
        yield measure(evaluate_event(arrays, values[:, part], _part(levers, part)))


def _part(levers: Levers | None, part: slice) -> Levers | None:
    """Return the levers of a block of draws."""
    if levers is None:
        return None
    names = [field.name for field in fields(levers) if field.name in (*LEVERS, "conflict")]
    cut = {name: getattr(levers, name)[part] for name in names if np.ndim(getattr(levers, name)) == 1}
    fees = {key: fee if fee is None or np.ndim(fee) == 0 else np.asarray(fee)[part] for key, fee in
            levers.fee_by_segment.items()}  # fmt: skip
    return replace(levers, **cut, fee_by_segment=fees)
