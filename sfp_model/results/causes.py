"""The draws in which causes are looked for: one input at a time, groups swapped, and blocks for factors and boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sfp_model.decisions.sensitivity import Groups, swings
from sfp_model.inputs.plan import SUBSIDY
from sfp_model.model import Arrays, Outcome, evaluate
from sfp_model.model.evaluate import Prices
from sfp_model.model.inputs import FloatArray
from sfp_model.model.values import Values, draw, drawn_rows
from sfp_model.results.draws import inside_total
from sfp_model.results.evaluation import Seeded
from sfp_model.uncertainty.freeze import Frozen

__all__ = ["BASES", "BLOCKS", "BLOCK_SIZE", "SIZE", "Blocks", "Study", "Swings"]

BASES: tuple[Prices, ...] = ("constant", "nominal")
SIZE = 2048  # draws of each of the two samples for Sobol' indices
BLOCKS, BLOCK_SIZE = 24, 512  # for factors and boxes


def _years(outcome: Outcome) -> FloatArray:
    """Return the additional need of each year of the horizon, nominal CHF, (year, draw)."""
    result: FloatArray = outcome.amounts((), "year", "additional", "nominal")[1][0, 1:-1]
    return result


def _needs(outcome: Outcome) -> dict[Prices, FloatArray]:
    """Return the additional need inside the horizon by price basis, CHF, (draw,)."""
    return {prices: inside_total(outcome, prices) for prices in BASES}


def _subsidy(outcome: Outcome) -> FloatArray:
    """Return the subsidy to the event inside the horizon, constant CHF, (draw,)."""
    labels, amounts = outcome.amounts(("resource",), "year")
    mine = [i for i, (name,) in enumerate(labels) if name == SUBSIDY]
    result: FloatArray = amounts[mine, 1:-1].sum(axis=(0, 1))
    return result


def _net(arrays: Arrays, values: FloatArray) -> FloatArray:
    """Return the net result of all editions of the scenario's concept, constant CHF, (draw,); 0 without event."""
    own = None if arrays.event is None else arrays.event.own
    if own is None:
        return np.zeros(values.shape[1])
    from sfp_model.model.event import evaluate_event

    result: FloatArray = evaluate_event(own, values).net[0].sum(axis=0)
    return result


@dataclass(frozen=True, eq=False)
class Swings:
    """What one input, or inputs of one driver together, move from P10 to P90, all others at the base estimate.

    Attributes
    ----------
    names : tuple of str
        Driver or id of the input.
    rows : tuple of list of int
        Inputs that move together.
    ends : ndarray (input, 2)
        Values at P10 and P90; 0 and 1 for whether a risk event occurs.
    need : mapping of str to ndarray (2, name)
        Additional need inside the horizon by price basis, CHF.
    years : ndarray (year, 2, name)
        Additional need, nominal CHF.
    net : ndarray (2, name)
        Net result of the event over all editions, constant CHF.
    """

    names: tuple[str, ...]
    rows: tuple[list[int], ...]
    ends: FloatArray
    need: Mapping[Prices, FloatArray]
    years: FloatArray
    net: FloatArray


@dataclass(frozen=True, eq=False)
class Blocks:
    """Independent blocks of draws, one after the other.

    Attributes
    ----------
    factors, shared : ndarray (factor, draw)
        Normal scores of the latent factors, independent, and with the drivers correlated.
    values : ndarray (name, draw)
        Values of the first input of each of ``Swings.names``.
    need : mapping of str to ndarray (draw,)
        Additional need inside the horizon by price basis, CHF.
    years : ndarray (year, draw)
        Additional need, nominal CHF.
    subsidy : ndarray (draw,)
        Inside the horizon, constant CHF.
    """

    factors: FloatArray
    shared: FloatArray
    values: FloatArray
    need: Mapping[Prices, FloatArray]
    years: FloatArray
    subsidy: FloatArray


@dataclass(frozen=True, eq=False)
class Study(Seeded):
    """Draws of a scenario, inside view, under its seed; each kind is made once, when it is asked for."""

    @cached_property
    def frozen(self) -> Frozen:
        """Factors and residuals of two samples."""
        return Frozen.of(self.arrays, self.seed, size=SIZE)

    @cached_property
    def groups(self) -> dict[str, tuple[list[int], list[int]]]:
        """Factors and rows of each group; every factor and every residual belongs to exactly one."""
        plan, table = self.evaluation.plan, self.arrays.inputs
        place: dict[str, tuple[list[int], list[int]]] = {}
        for i, factor in enumerate(self.frozen.coupling.factors):
            kind, _, key = factor.partition("/")
            if kind == "plan":
                name = "plan"
            elif kind == "driver":
                risks = key.startswith("risks.")
                name = "risks" if risks else "event" if key.startswith(("edition", "event")) else "prices"
            elif kind == "initiative":
                name = key
            elif key in plan.actions:
                name = plan.actions[key].initiative
            else:  # of a concept's demand, or of actions that the scenario does not have
                name = "event demand" if key.startswith("event demand") else "risks"
            place.setdefault(name, ([], []))[0].append(i)
        for row in drawn_rows(table, "inside"):
            of = {"event": "event", "risk": "risks", "rate": "rates"}.get(table.kind[row], "prices")
            place.setdefault(table.initiative[row] or of, ([], []))[1].append(int(row))
        return place

    @cached_property
    def swapped(self) -> dict[Prices, Groups]:
        """Additional need inside the horizon by price basis, CHF, of both samples and with each group swapped."""
        a, b = (_needs(evaluate(self.arrays, sample)) for sample in self.frozen.samples)
        ab, ba = (
            [_needs(evaluate(self.arrays, self.frozen.swapped(*group, which))) for group in self.groups.values()]
            for which in (0, 1)
        )
        return {
            prices: Groups(a[prices], b[prices], *(np.stack([need[prices] for need in x]) for x in (ab, ba)))
            for prices in BASES
        }

    @cached_property
    def one_by_one(self) -> Swings:
        """Every input that varies, inputs of one driver together; a risk event with its most likely cost and delay."""
        arrays, table = self.arrays, self.arrays.inputs
        units: dict[str, list[int]] = {}
        for row in drawn_rows(table, "inside"):
            units.setdefault(table.driver[row] or table.ids[row], []).append(int(row))
        ends = draw(arrays, np.tile([0.1, 0.9], (len(table), 1))).array.copy()
        for row in np.flatnonzero([key.endswith("#occurs") for key in table.ids]):
            ends[row] = 0.0, 1.0
            for part in ("cost", "delay"):  # they move with the event
                units.pop(f"{table.ids[row].removesuffix('#occurs')}#{part}", None)

        def results(values: FloatArray) -> FloatArray:
            outcome = evaluate(arrays, Values(values))
            return np.stack([*_needs(outcome).values(), _net(arrays, values), *_years(outcome)])

        found = swings(results, table.base, ends[:, 0], ends[:, 1], list(units.values()))
        need = dict(zip(BASES, found, strict=False))
        return Swings(tuple(units), tuple(units.values()), ends, need, found[len(BASES) + 1 :], found[len(BASES)])

    @cached_property
    def base_need(self) -> dict[Prices, float]:
        """Base estimate of the additional need inside the horizon by price basis, CHF."""
        return {prices: float(need[0]) for prices, need in _needs(self.evaluation.outcome).items()}

    @cached_property
    def base_subsidy(self) -> float:
        """Base estimate of the subsidy inside the horizon, constant CHF."""
        return float(_subsidy(self.evaluation.outcome)[0])

    @cached_property
    def blocks(self) -> Blocks:
        """Blocks that are none of the two samples."""
        first = [rows[0] for rows in self.one_by_one.rows]
        parts, needs = [], []
        for k in range(2, 2 + BLOCKS, 2):
            frozen = Frozen.of(self.arrays, self.seed, (k, k + 1), BLOCK_SIZE)
            for which, sample in enumerate(frozen.samples):
                outcome = evaluate(self.arrays, sample)
                needs.append(_needs(outcome))
                parts.append((frozen.factors[which], frozen.shared(which), sample.array[first], _years(outcome),
                              _subsidy(outcome)))  # fmt: skip
        factors, shared, values, years, subsidy = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
        need = {prices: np.concatenate([own[prices] for own in needs]) for prices in BASES}
        return Blocks(factors, shared, values, need, years, subsidy)
