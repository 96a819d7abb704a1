"""Pick and freeze: two independent samples, and the first with the factors and residuals of one group of the second.

With dependent inputs, Sobol' indices are taken of what is independent: the latent factors and each input's own
residual (Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018). The streams are those of ``streams``: sample A is what
``sample`` draws for the block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.arrays import Arrays
from sfp_model.model.inputs import FloatArray
from sfp_model.model.values import Values, View, draw
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

    def values(self, factors: FloatArray, own: FloatArray, view: View = "inside") -> Values:
        """Return the values of all inputs for scores of factors and residuals."""
        from scipy.special import ndtr

        coupling, shared = self.coupling, factors.copy()
        if coupling.root is not None:
            at = list(coupling.drivers)
            shared[at] = coupling.root @ factors[at]
        z = coupling.rest[:, None] * own
        for k in range(coupling.index.shape[1]):
            rows = np.flatnonzero(coupling.index[:, k] >= 0)
            z[rows] += coupling.weight[rows, k, None] * shared[coupling.index[rows, k]]
        return draw(self.arrays, np.clip(ndtr(z), 1e-15, 1 - 1e-15), view)

    def sample(self, which: int) -> Values:
        """Return sample A (0) or B (1)."""
        return self.values(self.factors[which], self.own[which])

    def swapped(self, factors: list[int], rows: list[int]) -> Values:
        """Return sample A with these factors and residuals from sample B."""
        mixed, own = self.factors[0].copy(), self.own[0].copy()
        mixed[factors], own[rows] = self.factors[1][factors], self.own[1][rows]
        return self.values(mixed, own)
