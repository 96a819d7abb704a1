"""Random streams keyed by (seed, input, block), and quantiles of all inputs for one block.

An input that two plans share has the same draws in both, and adding one changes nobody else's. A block of 4,096
draws is a complete Latin hypercube of its own: blocks are independent replicates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.arrays import Arrays
from sfp_model.model.inputs import FloatArray
from sfp_model.uncertainty.dependence import couple

__all__ = ["BLOCK", "SAMPLERS", "latin", "plain", "quantiles", "stream"]

BLOCK = 4096


def stream(seed: int, key: str, block: int) -> np.random.Generator:
    """Return the generator of the input *key* in *block*: Philox, seeded by seed, hash of the key, and block.

    The hash is 128 bits of BLAKE2b, so it does not depend on the process or the platform. ``seed=0`` is a seed.

    Raises
    ------
    UsageError
        If seed or block is negative.

    Examples
    --------
    >>> bool(stream(0, "a", 0).random() == stream(0, "a", 0).random())
    True
    """
    if seed < 0 or block < 0:
        raise UsageError(f"seed and block must not be negative, got {seed=} {block=}")
    digest = hashlib.blake2b(key.encode(), digest_size=16).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *words, block])))


def latin(generator: np.random.Generator, draws: int) -> FloatArray:
    """Return one Latin hypercube column: one uniform point in each of *draws* equal cells, in random order.

    Source: McKay, Beckman and Conover 1979, doi:10.2307/1268522.
    """
    result: FloatArray = (generator.permutation(draws) + generator.random(draws)) / draws
    return np.clip(result, 1e-15, 1 - 1e-15)


def plain(generator: np.random.Generator, draws: int) -> FloatArray:
    """Return independent uniform draws."""
    return np.clip(generator.random(draws), 1e-15, 1 - 1e-15)


SAMPLERS: Mapping[str, Callable[[np.random.Generator, int], FloatArray]] = {"lhs": latin, "random": plain}


def quantiles(
    arrays: Arrays,
    seed: int,
    block: int,
    sampler: str = "lhs",
    dependence: Mapping[str, float] | None = None,
) -> FloatArray:
    """Return the quantiles of all inputs for one block of draws.

    Parameters
    ----------
    arrays : Arrays
    seed : int
        0 is a seed.
    block : int
        Number of the block, from 0.
    sampler : {"lhs", "random"}
    dependence : mapping, optional
        Shares of variance of the latent factors in place of the plan's; see ``dependence.loadings``.

    Returns
    -------
    ndarray (input, BLOCK)
        In (0, 1); 0.5 for inputs that do not vary.

    Raises
    ------
    UsageError
        For an unknown sampler, or a plan that does not state its dependence.
    """
    if sampler not in SAMPLERS:
        raise UsageError(f"sampler {sampler!r} is none of {', '.join(SAMPLERS)}")
    table, sample = arrays.inputs, SAMPLERS[sampler]
    out = np.full((len(table), BLOCK), 0.5)
    for row in np.flatnonzero(table.varies):
        out[row] = sample(stream(seed, table.ids[row], block), BLOCK)

    def factor(key: str) -> FloatArray:
        return sample(stream(seed, f"factor/{key}", block), BLOCK)

    return couple(out, table, arrays.dependence if dependence is None else dependence, factor)
