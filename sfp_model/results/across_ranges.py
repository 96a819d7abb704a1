"""Ranges of every scenario side by side, and of what a scenario takes more than the first, draw by draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sfp_model.model.inputs import FloatArray
from sfp_model.results.store import ResultSet
from sfp_model.results.table import Column, Row, Table, columns
from sfp_model.uncertainty.between import standard_error

__all__ = ["range_tables"]

_FIRST = Column("scenario")
_SHOWN = ("total", "initiative")
DIFFERENCES = columns("scenario initiative measure unit base:- p10:- p90:- se_p10:- se_p90:- draws:-")


def range_tables(results: Sequence[ResultSet]) -> dict[str, Table]:
    """Return ``compare.ranges`` and ``compare.differences``.

    The first repeats ``simulation.ranges`` of the plan and its initiatives; the second holds differences to the first
    scenario in all years of the horizon, from the stored draws of each: inputs that scenarios share have the same
    draws, so that what is left is what the scenarios change. No ``initiative`` is the whole plan.
    """
    head = (_FIRST, *results[0].columns("simulation.ranges"))
    rows = (
        {"scenario": _name(result), **row}
        for result in results
        for row in result.table("simulation.ranges")
        if row["breakdown"] in _SHOWN and row["funding"] in ("additional", "absorbed")
    )
    return {"compare.ranges": Table.of(head, rows), "compare.differences": Table.of(DIFFERENCES, _differences(results))}


def _name(result: ResultSet) -> str:
    return next(str(row["value"]) for row in result.table("summary.scenario") if row["key"] == "name")


def _differences(results: Sequence[ResultSet]) -> Iterator[Row]:
    first, typed = _draws(results[0]), _base(results[0])
    for result in results[1:]:
        other, base = _draws(result), _base(result)
        for key in dict.fromkeys([*first, *other]):
            shape = (first.get(key) if key in first else other[key]).shape  # type: ignore[union-attr]
            nothing = np.zeros(shape)
            change = other.get(key, nothing) - first.get(key, nothing)
            own = np.quantile(change, [0.1, 0.9], axis=1).T
            low, high = np.quantile(change, [0.1, 0.9])
            error = standard_error(own)
            yield {
                "scenario": _name(result), "initiative": key[0], "measure": key[1],
                "unit": "person-month" if key[1] == "months" else "CHF",
                "base": base.get(key, 0.0) - typed.get(key, 0.0), "p10": low, "p90": high,
                "se_p10": error[0], "se_p90": error[1], "draws": change.size,
            }  # fmt: skip


def _draws(result: ResultSet) -> dict[tuple[str, str], FloatArray]:
    """Return the stored draws by initiative and measure, shape (block, draw)."""
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for row in result.table("simulation.draws"):
        key = (row["initiative"], row["measure"])
        found.setdefault(key, []).append((row["block"], row["draw"], row["amount"]))
    made = {}
    for key, rows in found.items():
        block, draw, amount = np.array(rows).T
        shaped = np.empty((int(block.max()) + 1, int(draw.max()) + 1))
        shaped[block.astype(int), draw.astype(int)] = amount
        made[key] = shaped
    return made


def _base(result: ResultSet) -> dict[tuple[str, str], float]:
    return {
        (row["initiative"], row["measure"]): row["base"]
        for row in result.table("simulation.ranges")
        if row["breakdown"] in _SHOWN and row["period"] == "all"
        and (row["funding"] == "additional" or row["measure"] == "months")
    }  # fmt: skip
