"""Simulation in blocks: each a complete replicate, reduced in block order whoever computes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from functools import partial
from typing import Any, TypeVar

from sfp_model.model.arrays import Arrays
from sfp_model.model.evaluate import Outcome, evaluate
from sfp_model.model.values import View
from sfp_model.uncertainty.streams import sample

__all__ = ["run_block", "simulate"]

T = TypeVar("T")


def run_block(arrays: Arrays, seed: int, block: int, sampler: str = "lhs", view: View = "inside") -> Outcome:
    """Return the outcome of one block of draws."""
    return evaluate(arrays, sample(arrays, seed, block, sampler, view))


def _measured(arrays: Arrays, seed: int, sampler: str, view: View, measure: Callable[[Outcome], T], block: int) -> T:
    return measure(run_block(arrays, seed, block, sampler, view))


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
    executor: Executor | None = None,
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
        Takes an ``Outcome`` of ``BLOCK`` draws; by default the outcome itself. Give one that reduces when many
        blocks run, and one that can be pickled for an executor of processes.
    sampler, view : str
        See ``quantiles`` and ``model.draw``.
    executor : concurrent.futures.Executor, optional
        Computes blocks; without one they run here, one after the other. The results are the same bits.

    Yields
    ------
    object
        One per block.
    """
    numbers = range(blocks) if isinstance(blocks, int) else blocks
    work = partial(_measured, arrays, seed, sampler, view, measure)
    yield from (map(work, numbers) if executor is None else executor.map(work, numbers))
