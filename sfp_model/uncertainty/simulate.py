"""Simulation in blocks: each a complete replicate, reduced in block order whoever computes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from functools import partial
from typing import Any, TypeVar

from sfp_model.model.arrays import Arrays, IntArray
from sfp_model.model.evaluate import Outcome, evaluate
from sfp_model.model.values import View
from sfp_model.uncertainty.dependence import Coupling
from sfp_model.uncertainty.executors import Submits, ordered
from sfp_model.uncertainty.payload import Payload
from sfp_model.uncertainty.streams import BLOCK, sample

__all__ = ["run_block", "simulate"]

T = TypeVar("T")


def run_block(
    arrays: Arrays, seed: int, block: int, sampler: str = "lhs", view: View = "inside", *,
    coupling: Coupling | None = None, size: int = BLOCK, rows: IntArray | None = None,
) -> Outcome:  # fmt: skip
    """Return the outcome of one block of draws; arguments as in ``simulate`` and ``sample``."""
    return evaluate(arrays, sample(arrays, seed, block, sampler, view, coupling=coupling, size=size, rows=rows))


def _measured(
    payload: Payload[tuple[Arrays, Coupling | None]], seed: int, sampler: str, view: View, size: int,
    measure: Callable[[Outcome], T], block: int,
) -> T:  # fmt: skip
    arrays, coupling = payload.content
    reads = getattr(measure, "reads", None)
    rows = None if reads is None else reads(arrays)
    return measure(run_block(arrays, seed, block, sampler, view, coupling=coupling, size=size, rows=rows))


def _itself(outcome: Outcome) -> Any:
    return outcome


def simulate(
    arrays: Arrays,
    seed: int,
    blocks: int | Iterable[int],
    *,
    measure: Callable[[Outcome], Any] = _itself,
    sampler: str = "lhs",
    view: View = "inside",
    executor: Executor | Submits | None = None,
    coupling: Coupling | None = None,
    size: int = BLOCK,
) -> Iterator[Any]:
    """Yield what *measure* makes of each block's outcome, in the order of the blocks.

    Parameters
    ----------
    arrays : Arrays
    seed : int
        0 is a seed.
    blocks : int or iterable of int
        How many blocks, or which.
    measure : callable
        Takes an ``Outcome`` of *size* draws; by default the outcome itself. Give one that reduces when many
        blocks run, and one that can be pickled for an executor of processes.
    sampler, view : str
        See ``quantiles`` and ``model.draw``.
    executor : concurrent.futures.Executor or object with ``submit``, optional
        Computes blocks, a few ahead of those that are asked for, so that memory does not grow with their number;
        without one they run here, one after the other. The results are the same bits.
    coupling : Coupling, optional
        In place of the plan's.
    size : int
        Draws of a block, a power of two. Another size is another sample.

    Yields
    ------
    object
        One per block.
    """
    numbers = range(blocks) if isinstance(blocks, int) else blocks
    work = partial(_measured, Payload((arrays, coupling)), seed, sampler, view, size, measure)
    yield from ordered(work, numbers, executor)
