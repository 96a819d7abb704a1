"""Values of all inputs: at the base, or at quantiles."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.model.arrays import Arrays, IntArray
from sfp_model.model.inputs import FloatArray, InputTable
from sfp_model.model.marginals import row_values

__all__ = ["Values", "View", "base", "compiled", "draw", "drawn_rows", "read_only"]

View = Literal["inside", "outside"]
_OWN_RANGES = ("quantity", "rate")  # what the outside view holds at the mode


@dataclass(frozen=True, eq=False)
class Values:
    """Realisations of the inputs.

    Attributes
    ----------
    array : ndarray (input, draw)
        Read-only.
    """

    array: FloatArray

    @property
    def draws(self) -> int:
        """Number of draws; 1 for the base estimate."""
        return int(self.array.shape[1])


def compiled() -> bool:
    """Whether compiled loops are used for draws; ``SFP_KERNELS=numpy`` in the environment says no."""
    return os.environ.get("SFP_KERNELS", "") != "numpy"


def drawn_rows(table: InputTable, view: View) -> IntArray:
    """Return the rows of the inputs that vary in *view*; see ``draw``."""
    if view not in ("inside", "outside"):
        raise UsageError(f"view {view!r} is none of inside, outside")
    held = ("overrun",) if view == "inside" else _OWN_RANGES
    kept = np.array([kind not in held for kind in table.kind], dtype=np.bool_)
    rows: IntArray = np.flatnonzero(table.varies & kept)
    return rows


def read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return *array* contiguous and not writeable: one signature of each compiled loop, whoever calls it."""
    result = np.ascontiguousarray(array).view()
    result.flags.writeable = False
    return result


def base(arrays: Arrays) -> Values:
    """Return the base estimate: every input at its mode, overrun and stretch 1, delay 0.

    Parameters
    ----------
    arrays : Arrays

    Returns
    -------
    Values
        With one draw.
    """
    array = arrays.inputs.base[:, None].copy()
    array.flags.writeable = False
    return Values(array)


def draw(arrays: Arrays, quantiles: FloatArray, view: View = "inside") -> Values:
    """Turn quantiles into values.

    Parameters
    ----------
    arrays : Arrays
    quantiles : ndarray (input, draw)
        In (0, 1); rows of inputs that do not vary are not read.
    view : {"inside", "outside"}
        Inside: the lines' own ranges, overrun 1. Outside: quantities and rates at their mode, overrun drawn.
        Never both. Delay, stretch, prices and event vary in either.

    Raises
    ------
    UsageError
        If the shape does not fit or the view is unknown.
    """
    table = arrays.inputs
    if quantiles.ndim != 2 or quantiles.shape[0] != len(table):
        raise UsageError(f"quantiles must have shape ({len(table)}, draws), not {quantiles.shape}")
    array = np.repeat(table.base[:, None], quantiles.shape[1], axis=1)
    for row in drawn_rows(table, view):
        array[row] = row_values(table, int(row), quantiles[row])
    array.flags.writeable = False
    return Values(array)
