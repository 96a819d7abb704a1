"""Ranges on the page of decisions: cells of the ballot, and what waiting costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sfp_model.report.bands import Bands, Cells, Differences, Span, differences

if TYPE_CHECKING:
    from sfp_model.report.reads import Tables

__all__ = ["ballot_ranges", "waiting_range"]


def ballot_ranges(
    tables: Tables, decisions: Sequence[str], other: Mapping[str, str], kept: Sequence[str], waits: Sequence[str],
    cashless: bool,
) -> Cells:  # fmt: skip
    """Return the ranges of the cells of the ballot, the total row last."""
    cash, months = Bands(tables), Bands(tables, "absorbed", "months")
    keys = [*(("decision", "", "", key) for key in decisions), ("total", "", "", "")]
    found = cash.cells(keys, kept)
    for i, key in enumerate(keys):
        for column, row in (("again", cash.get(*key, period="full year")), ("months", months.get(*key))):
            if row is not None:
                found[i, column] = Span(row.p10, row.p90, row.base)
    option, later = Differences(tables, "option"), Differences(tables, "deferral")
    funding, measure = ("absorbed", "constant") if cashless else ("additional", "nominal")
    for i, decision in enumerate(decisions):
        pairs = {"difference": option.pair(decision, other.get(decision, ""), funding=funding)}
        pairs |= {
            column: later.pair(decision, float(column.removeprefix("wait_")), funding=funding, measure=measure,
                               period="every")
            for column in waits
        }  # fmt: skip
        found |= {(i, column): pair for column, pair in pairs.items() if pair is not None}
    return found


def waiting_range(tables: Tables, decision: str) -> str:
    """Say between what amounts a year of waiting lies, and why the base estimate may lie above; nothing for nothing."""
    row = Differences(tables, "deferral").get(decision, 12.0, measure="nominal", period="every")
    if row is None or max(abs(row.p10_chf), abs(row.p90_chf)) < 1000:
        return ""
    text = f" In the simulation, a year of waiting takes {differences(row.p10_chf, row.p90_chf)} (P10–P90)"
    if row.base_chf > row.p90_chf:
        text += ": the base estimate is seldom met, because in most draws another action ends later anyway"
    return text + "."
