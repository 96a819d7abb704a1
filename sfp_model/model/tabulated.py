"""All varying inputs of a plan as tables on the latent scale: what a compiled sampler reads."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from sfp_model.model.arrays import IntArray
from sfp_model.model.inputs import FloatArray, InputTable
from sfp_model.model.marginals import CELLS, Margin, latent_table, margin_of
from sfp_model.model.values import View, drawn_rows

__all__ = ["Tabulated", "tabulate"]


@dataclass(frozen=True, eq=False)
class Tabulated:
    """Varying inputs of a view, one entry each; ``value = location + scale · table(z)``, cut to the domain.

    Attributes
    ----------
    rows : ndarray of int (drawn,)
        Rows of the input table.
    tables : ndarray (shape, CELLS + 1)
        Unit shapes on the latent grid; inputs of one shape share a table.
    which : ndarray of int (drawn,)
        Table of each input, −1 where values jump.
    location, scale, lower, upper : ndarray (drawn,)
    step_start, step_stop : ndarray of int (drawn,)
        Where the steps of a jumping input stand in ``step_z`` and ``step_value``: its value is that of the last step
        whose z lies below.
    """

    rows: IntArray
    tables: FloatArray
    which: IntArray
    location: FloatArray
    scale: FloatArray
    lower: FloatArray
    upper: FloatArray
    step_start: IntArray
    step_stop: IntArray
    step_z: FloatArray
    step_value: FloatArray


_made: WeakKeyDictionary[InputTable, dict[str, Tabulated]] = WeakKeyDictionary()


def tabulate(inputs: InputTable, view: View) -> Tabulated:
    """Return the tables of the inputs that vary in *view*; kept as long as *inputs* lives."""
    kept = _made.setdefault(inputs, {})
    if view not in kept:
        kept[view] = _tabulate(inputs, drawn_rows(inputs, view))
    return kept[view]


def _steps(margin: Margin) -> tuple[list[float], list[float]]:
    """Return where a jumping distribution takes each of its values on the latent scale: above −∞, above z₁, …"""
    from scipy.special import ndtri

    from sfp_model.inputs.shapes import cumulated

    if margin.distribution == "bernoulli":
        return [-np.inf, float(ndtri(1 - margin.shape[0]))], [0.0, 1.0]
    values, sums = cumulated(margin.shape)
    return [-np.inf, *map(float, ndtri(np.minimum(sums[:-1], 1.0)))], list(values)


def _tabulate(inputs: InputTable, rows: IntArray) -> Tabulated:
    margins = [margin_of(inputs, int(row)) for row in rows]
    shapes: dict[Margin, int] = {}
    which = np.full(len(rows), -1, dtype=np.intp)
    starts, stops = np.zeros(len(rows), dtype=np.intp), np.zeros(len(rows), dtype=np.intp)
    step_z: list[float] = []
    step_value: list[float] = []
    for i, margin in enumerate(margins):
        if margin.stepped:
            z, values = _steps(margin)
            starts[i], stops[i] = len(step_z), len(step_z) + len(z)
            step_z += z
            step_value += values
        else:
            unit = Margin(margin.distribution, 0.0, 1.0, margin.shape, margin.mixture)
            which[i] = shapes.setdefault(unit, len(shapes))
    uncut = np.isin(rows, list(inputs.mixtures))
    return Tabulated(
        rows=rows,
        tables=np.array([latent_table(shape) for shape in shapes]).reshape(len(shapes), CELLS + 1),
        which=which,
        location=np.array([margin.location for margin in margins]),
        scale=np.array([margin.scale for margin in margins]),
        lower=np.where(uncut, -np.inf, inputs.lower[rows]),
        upper=np.where(uncut, np.inf, inputs.upper[rows]),
        step_start=starts,
        step_stop=stops,
        step_z=np.array(step_z),
        step_value=np.array(step_value),
    )
