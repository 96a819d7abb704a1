"""Pick and freeze: two independent samples, and the first with the factors and residuals of one group of the second.

With dependent inputs, Sobol' indices are taken of what is independent: the latent factors and each input's own
residual (Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018). The streams are those of ``streams``: sample A is what
``streams.sample`` draws for the block.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.arrays import Arrays, IntArray
from sfp_model.model.inputs import FloatArray
from sfp_model.model.marginals import row_values
from sfp_model.model.values import Values, draw, drawn_rows
from sfp_model.uncertainty.dependence import Coupling, coupling_of
from sfp_model.uncertainty.streams import keys_of, uniforms

__all__ = ["Frozen"]


@dataclass(frozen=True, eq=False)
class Frozen:
    """Normal scores of factors and residuals in two blocks.

    Attributes
    ----------
    arrays : Arrays
    coupling : Coupling
    factors : tuple of ndarray (factor, draw)
        In sample A and B, independent of each other; drivers are correlated afterwards.
    own : tuple of ndarray (input, draw)
        Residuals; 0 where an input does not vary.
    """

    arrays: Arrays
    coupling: Coupling
    factors: tuple[FloatArray, FloatArray]
    own: tuple[FloatArray, FloatArray]

    @staticmethod
    def of(arrays: Arrays, seed: int, blocks: tuple[int, int] = (0, 1), size: int = 2048) -> Frozen:
        """Draw two blocks of Latin hypercubes."""
        if blocks[0] == blocks[1]:
            raise UsageError(f"pick and freeze needs two blocks that differ, got {blocks}")
        coupling, table = coupling_of(arrays), arrays.inputs
        rows = np.flatnonzero(table.varies)
        names = [f"factor/{name}" for name in coupling.factors]

        def scores(keys: list[str], block: int) -> FloatArray:
            from scipy.special import ndtri

            z: FloatArray = ndtri((uniforms(keys_of(keys, seed, block), size, True) + 0.5) / 2.0**32)
            return z

        def residuals(block: int) -> FloatArray:
            z = np.zeros((len(table), size))
            z[rows] = scores([table.ids[row] for row in rows], block)
            return z

        first, second = blocks
        return Frozen(arrays, coupling, (scores(names, first), scores(names, second)),
                      (residuals(first), residuals(second)))  # fmt: skip

    def shared(self, which: int) -> FloatArray:
        """Return the normal scores of all factors in sample A (0) or B (1), drivers correlated, (factor, draw)."""
        return self._correlated(self.factors[which])

    def _correlated(self, factors: FloatArray) -> FloatArray:
        scores = factors.copy()
        if self.coupling.root is not None:
            at = list(self.coupling.drivers)
            scores[at] = self.coupling.root @ factors[at]
        return scores

    def _quantiles(self, factors: FloatArray, own: FloatArray, rows: IntArray) -> FloatArray:
        """Return the quantiles of some inputs for scores of factors and residuals, (row, draw)."""
        from scipy.special import ndtr

        coupling, shared = self.coupling, self._correlated(factors)
        z = coupling.rest[rows, None] * own[rows]
        for k in range(coupling.index.shape[1]):
            index = coupling.index[rows, k]
            has = np.flatnonzero(index >= 0)
            z[has] += coupling.weight[rows[has], k, None] * shared[index[has]]
        result: FloatArray = np.clip(ndtr(z), 1e-15, 1 - 1e-15)
        return result

    @cached_property
    def samples(self) -> tuple[Values, Values]:
        """Values of the inputs in sample A and B, inside view."""
        rows = np.arange(len(self.arrays.inputs))
        first, second = (
            draw(self.arrays, self._quantiles(f, o, rows)) for f, o in zip(self.factors, self.own, strict=True)
        )
        return first, second

    def swapped(self, factors: list[int], rows: list[int], which: int = 0) -> Values:
        """Return sample A (0) or B (1) with these factors and residuals from the other one.

        Only the inputs that they reach are computed again.
        """
        table, other = self.arrays.inputs, 1 - which
        mixed, own = self.factors[which].copy(), self.own[which].copy()
        mixed[factors], own[rows] = self.factors[other][factors], self.own[other][rows]
        reached = set(factors)
        if self.coupling.root is not None:  # a driver moves those that are correlated with it
            at = self.coupling.drivers
            reached |= {at[i] for i, j in zip(*np.nonzero(self.coupling.root), strict=True) if at[j] in reached}
        touched = np.flatnonzero(np.isin(self.coupling.index, sorted(reached)).any(axis=1))
        moving = np.intersect1d(np.union1d(touched, rows), drawn_rows(table, "inside")).astype(np.intp)
        array = self.samples[which].array.copy()
        for row, quantile in zip(moving, self._quantiles(mixed, own, moving), strict=True):
            array[row] = row_values(table, int(row), quantile)
        array.flags.writeable = False
        return Values(array)
