"""Who pays: additional need against a ceiling, then sources in order; what is left is the gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sfp_model.model.inputs import FloatArray

__all__ = ["Funded", "Supply", "fund", "pair_up"]


@dataclass(frozen=True, slots=True)
class Supply:
    """What one source can give.

    Attributes
    ----------
    flow : ndarray (period,)
        CHF of each period; what is not drawn in its period lapses.
    stock : float
        CHF once, drawn until used up.
    support : float
        Support cost as a share of what the source pays for: of a franc given, 1 ÷ (1 + support) pays for the plan.
    """

    flow: FloatArray
    stock: float = 0.0
    support: float = 0.0


@dataclass(frozen=True, eq=False)
class Funded:
    """How each period's need is met; all arrays nominal CHF. With needs of many draws, each has a last axis draw.

    Attributes
    ----------
    need : ndarray (period,)
    regular : ndarray (period,)
        Carried by the regular budget within the ceiling.
    available, drawn, support : ndarray (source, period)
        What a source can pay for, net of support cost; what it pays for; the support cost that comes on top.
    gap : ndarray (period,)
    """

    need: FloatArray
    regular: FloatArray
    available: FloatArray
    drawn: FloatArray
    support: FloatArray
    gap: FloatArray


def fund(need: FloatArray, ceiling: FloatArray, supplies: Sequence[Supply]) -> Funded:
    """Draw on the regular budget within the ceiling, then on the sources in their order.

    ``need = regular + Σ drawn + gap`` holds in every period. A source with support cost *s* that gives *G* pays for
    ``G ÷ (1 + s)``; support cost is ``s`` times what it pays for and is no part of the need.

    Parameters
    ----------
    need : ndarray (period,) or (period, draw)
        Additional need, nominal CHF.
    ceiling : ndarray (period,)
        What the regular budget may carry.
    supplies : sequence of Supply

    Returns
    -------
    Funded

    Examples
    --------
    >>> import numpy as np
    >>> found = fund(np.array([100.0, 40.0]), np.array([60.0, 60.0]),
    ...              [Supply(np.zeros(2), stock=10), Supply(np.array([22.6, 22.6]), support=0.13)])
    >>> found.regular.tolist(), found.drawn.round(6).tolist(), found.gap.round(6).tolist()
    ([60.0, 40.0], [[10.0, 0.0], [20.0, 0.0]], [10.0, 0.0])
    """
    regular = np.minimum(need, ceiling.reshape(-1, *(1,) * (need.ndim - 1)))
    left = need - regular
    shape = (len(supplies), *need.shape)
    available, drawn, support = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    stocks = [np.full(need.shape[1:], supply.stock) for supply in supplies]
    for period in range(len(need)):
        for i, supply in enumerate(supplies):
            net = (float(supply.flow[period]) + stocks[i]) / (1 + supply.support)
            taken = np.minimum(net, left[period])
            available[i, period], drawn[i, period], support[i, period] = net, taken, taken * supply.support
            beyond_flow = np.maximum(taken * (1 + supply.support) - float(supply.flow[period]), 0.0)
            stocks[i] = np.maximum(stocks[i] - beyond_flow, 0.0)
            left[period] = left[period] - taken
    return Funded(need, regular, available, drawn, support, left)


def pair_up(years: FloatArray) -> FloatArray:
    """Return sums of biennia: years two by two from the first, a last single year by itself.

    Examples
    --------
    >>> import numpy as np
    >>> pair_up(np.array([1.0, 2.0, 3.0])).tolist()
    [3.0, 3.0]
    """
    return np.array([years[i : i + 2].sum(axis=0) for i in range(0, len(years), 2)])
