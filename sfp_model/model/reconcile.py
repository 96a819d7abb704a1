"""Do the parts add up? Every level of the breakdown against the next, and every cut against the total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sfp_model.model.evaluate import EFFECTS, MEASURES, Measure, Outcome, Prices
from sfp_model.model.inputs import FloatArray

__all__ = ["Check", "Mismatch", "checks", "reconcile"]

_LEVELS = ("line", "activity", "action", "initiative", "programme")
_CUTS = ("category", "sector", "confidence", "resource", "recurrence")


@dataclass(frozen=True, slots=True)
class Check:
    """Two ways to the same amount; ``left`` and ``right`` per row and draw, in CHF."""

    name: str
    measure: str
    prices: str
    labels: tuple[str, ...]
    left: FloatArray
    right: FloatArray


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An amount that differs between two ways to it: what, where, in which draw, by how much (CHF)."""

    check: str
    measure: str
    prices: str
    label: str
    draw: int
    left: float
    right: float

    @property
    def difference(self) -> float:
        """Left less right, CHF."""
        return self.left - self.right

    def __str__(self) -> str:
        where = f"{self.check} ({self.measure}, {self.prices}) {self.label}".strip()
        return f"{where}, draw {self.draw}: {self.left:.2f} ≠ {self.right:.2f}, {self.difference:+.2f} CHF"


def checks(outcome: Outcome) -> Iterator[Check]:
    """Yield every check: levels, cuts, time and funding modes in both price bases, and what lies between these."""
    for prices in ("constant", "nominal"):
        for measure in MEASURES:
            yield from _levels(outcome, measure, prices)
            yield from _cuts(outcome, measure, prices)
            yield from _times(outcome, measure, prices)
        yield _fundings(outcome, prices)
    for measure in MEASURES:
        yield from _effects(outcome, measure)


def reconcile(outcome: Outcome, tolerance: float = 0.005) -> list[Mismatch]:
    """Return the rows that do not add up, for every draw; none in a sound model.

    Compared: lines = activities = actions = initiatives = programmes, and the same total by category, sector,
    confidence, resource, recurrence, year, biennium, month and funding mode, in constant and nominal prices; and
    constant + price effect + exchange effect + interaction = nominal per programme, initiative and line and year.

    Parameters
    ----------
    outcome : Outcome
        Of the base estimate or of draws.
    tolerance : float
        CHF; differences up to 1e-9 of the amount are rounding in any case.

    Returns
    -------
    list of Mismatch
    """
    found = []
    for check in checks(outcome):
        scale = np.maximum(np.abs(check.left), np.abs(check.right))
        wrong = ~(np.abs(check.left - check.right) <= np.maximum(tolerance, 1e-9 * scale))
        for row, draw in zip(*np.nonzero(wrong), strict=True):
            left, right = float(check.left[row, draw]), float(check.right[row, draw])
            where = check.name, check.measure, check.prices, check.labels[row]
            found.append(Mismatch(*where, int(draw), left, right))
    return found


def _flat(labels: tuple[tuple[str, ...], ...], times: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(" ".join((*label, time)) for label in labels for time in times)


def _rows(amounts: FloatArray) -> FloatArray:
    return amounts.reshape(-1, amounts.shape[-1])


def _levels(outcome: Outcome, measure: Measure, prices: Prices) -> Iterator[Check]:
    """Add each level up to the next with the parents that the lines name."""
    years = outcome.arrays.periods.labels("year")
    for below, above in pairwise(_LEVELS):
        pairs, parts = outcome.amounts((below, above), "year", measure, prices)
        wholes, right = outcome.amounts((above,), "year", measure, prices)
        single, _ = outcome.amounts((below,), "total", measure, prices)
        if len(single) != len(pairs):  # a part with two parents would be counted in both
            seen = {label[0] for label in single}
            yield Check(
                f"one {above} per {below}", measure, prices, ("count",),
                np.array([[float(len(seen))]]), np.array([[float(len(pairs))]]),
            )  # fmt: skip
        left = np.zeros_like(right)
        for pair, part in zip(pairs, parts, strict=True):
            left[wholes.index((pair[1],))] += part
        yield Check(f"{below} = {above}", measure, prices, _flat(wholes, years), _rows(left), _rows(right))


def _cuts(outcome: Outcome, measure: Measure, prices: Prices) -> Iterator[Check]:
    years = outcome.arrays.periods.labels("year")
    _, right = outcome.amounts((), "year", measure, prices)
    for cut in (*_LEVELS, *_CUTS):
        _, parts = outcome.amounts((cut,), "year", measure, prices)
        yield Check(f"{cut} = total", measure, prices, _flat(((),), years), parts.sum(axis=0), right[0])


def _times(outcome: Outcome, measure: Measure, prices: Prices) -> Iterator[Check]:
    _, total = outcome.amounts((), "total", measure, prices)
    for time in ("period", "year", "biennium"):
        _, parts = outcome.amounts((), time, measure, prices)
        yield Check(f"{time} = total", measure, prices, ("all",), parts.sum(axis=1), total[0])
    _, months = outcome.amounts((), "month", measure, prices)
    _, years = outcome.amounts((), "year", measure, prices)
    yield Check("month = year", measure, prices, ("horizon",), months.sum(axis=1), years[:, 1:-1].sum(axis=1))
    if prices == "constant":
        lines = outcome.arrays.lines
        chosen = np.ones(len(lines), bool)
        if measure != "full":
            chosen = lines.funding == outcome.arrays.names["funding"].index(measure)
        direct = outcome.line_total[chosen].sum(axis=0, keepdims=True)
        yield Check("line totals = total", measure, prices, ("all",), direct, total[0])


def _effects(outcome: Outcome, measure: Measure) -> Iterator[Check]:
    years = outcome.arrays.periods.labels("year")
    for level in ("line", "initiative", "programme"):
        labels, right = outcome.amounts((level,), "year", measure, "nominal")
        parts = (outcome.amounts((level,), "year", measure, prices)[1] for prices in ("constant", *EFFECTS))
        left = sum(parts, np.zeros_like(right))
        name = f"{level}: constant + effects = nominal"
        yield Check(name, measure, "nominal", _flat(labels, years), _rows(left), _rows(right))


def _fundings(outcome: Outcome, prices: Prices) -> Check:
    _, full = outcome.amounts((), "year", "full", prices)
    parts = sum(outcome.amounts((), "year", mode, prices)[1][0] for mode in MEASURES[:-1])
    years = outcome.arrays.periods.labels("year")
    return Check("funding modes = full", "full", prices, years, np.asarray(parts), full[0])
