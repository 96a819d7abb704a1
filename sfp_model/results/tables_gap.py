"""The range of what a ceiling, other sources and the gap are, from the draws of the additional need."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sfp_model.model.inputs import FloatArray
from sfp_model.results.draws import BLOCKS, Drawn
from sfp_model.results.table import Row, columns
from sfp_model.results.tables_funding import Frame
from sfp_model.uncertainty.between import standard_error

__all__ = ["GAP_RANGES", "gap_ranges"]

GAP_RANGES = columns("ceiling kind period measure base_chf:CHF p10_chf:CHF p90_chf:CHF se_p10_chf:CHF se_p90_chf:CHF")


def gap_ranges(drawn: Drawn) -> Iterator[Row]:
    """Yield the ranges of the amounts of ``funding.gap`` and of an average year, nominal CHF.

    Every draw of the additional need is met by ceiling and sources as the base estimate is; ceilings, sources and
    gains stay at what the parameters state. The plan is the sum of its biennia.
    """
    frame = Frame(drawn.evaluation)
    need = np.concatenate([block.nominal for block in drawn.blocks], axis=1)
    every = np.concatenate([frame.need[:, None], need], axis=1)  # the base estimate first
    years = len(frame.years)
    for level in frame.frame.ceilings:
        for kind in ("year", "biennium"):
            ceilings, found = frame.funded(kind, level, every)
            measures = {
                "additional": found.need, "regular": found.regular, "sources": found.drawn.sum(axis=0),
                "gap": found.gap, "unused": ceilings[:, None] - found.regular,
            }  # fmt: skip
            for measure, amounts in measures.items():
                for period, row in zip(frame.periods(kind), amounts, strict=True):
                    yield _row(row, ceiling=level, kind=kind, period=period, measure=measure)
                if kind == "biennium":
                    whole = amounts.sum(axis=0)
                    yield _row(whole, ceiling=level, kind="plan", period="plan", measure=measure)
                    average = whole / years
                    yield _row(average, ceiling=level, kind="average", period="average year", measure=measure)


def _row(amounts: FloatArray, **names: object) -> Row:
    """Return the range of amounts whose first entry is the base estimate and whose others are the draws in order."""
    own = np.quantile(amounts[1:].reshape(BLOCKS, -1), [0.1, 0.9], axis=1).T
    low, high = np.quantile(amounts[1:], [0.1, 0.9])
    error = standard_error(own)
    return {**names, "base_chf": amounts[0], "p10_chf": low, "p90_chf": high, "se_p10_chf": error[0],
            "se_p90_chf": error[1]}  # fmt: skip
