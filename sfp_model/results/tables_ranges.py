"""The range of every amount that the pages show by year: P10 and P90 of the same draws as all other ranges."""

from __future__ import annotations

from collections.abc import Iterator

from sfp_model.results.draws import Drawn
from sfp_model.results.table import Row, columns

__all__ = ["DRAWS", "RANGES", "draws_of", "ranges_of"]

RANGES = columns(
    "breakdown programme initiative part funding measure unit period base:- base_at:- p10:- p90:- se_p10:- se_p90:-"
)
DRAWS = columns("initiative measure block:- draw:- amount:-")
_UNITS = {"constant": "CHF", "nominal": "CHF", "months": "person-month"}


def ranges_of(drawn: Drawn) -> Iterator[Row]:
    """Yield base estimate, P10 and P90 of every series; rows that are 0 in every sense are left out.

    ``base_at`` is the share of the draws at or below the base estimate, the percentile at which it stands.

    ``measure`` is the price basis, or ``months`` for person-months. Periods are years and biennia, the columns before
    and after the horizon, ``all`` for the years of the horizon together, and ``full year`` for what recurs after it.
    Percentiles do not add: the range of a sum is its own row.
    """
    tails = drawn.tails
    for (funding, measure, cut, period), base, below, (p10, p90), (low, high) in zip(
        drawn.series.names, tails.typed.tolist(), tails.below.tolist(), tails.percentiles.tolist(),
        tails.errors.tolist(), strict=True,
    ):  # fmt: skip
        if base or p10 or p90:
            yield {
                "breakdown": cut.breakdown, "programme": cut.programme, "initiative": cut.initiative, "part": cut.part,
                "funding": funding, "measure": measure, "unit": _UNITS[measure], "period": period, "base": base,
                "base_at": below, "p10": p10, "p90": p90, "se_p10": low, "se_p90": high,
            }  # fmt: skip


def draws_of(drawn: Drawn) -> Iterator[Row]:
    """Yield the first draws of each block by initiative and in all (no initiative), sums of the years of the horizon.

    ``measure`` is constant or nominal (additional need, CHF) or months (absorbed time). Inputs that two scenarios
    share have the same draws in both, so that amounts of the same block and draw can be subtracted.
    """
    for place, row in zip(drawn.series.kept, drawn.tails.first, strict=True):
        _, measure, cut, _ = drawn.series.names[place]
        for block, draws in enumerate(row.tolist()):
            for draw, amount in enumerate(draws):
                yield {"initiative": cut.initiative, "measure": measure, "block": block, "draw": draw,
                       "amount": round(amount, 2)}  # fmt: skip
