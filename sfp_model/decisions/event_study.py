"""The event evaluated for every valid combination of concept, format and place: at levers, in draws, and as callables.

Every combination is compiled by itself, so that a search or a draw costs only what is asked for; the rows of the
input table are shared, so that all combinations see the same draws (common random numbers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.plan import Plan
from sfp_model.inputs.tradeoff_plan import SEARCHED, TradeOff
from sfp_model.model import Arrays
from sfp_model.model.compile import PlanBuilder
from sfp_model.model.event import Case, EventArrays, EventOutcome, compile_event, evaluate_event
from sfp_model.model.event_levers import Levers
from sfp_model.model.inputs import FloatArray, InputTable
from sfp_model.uncertainty.streams import BLOCK, sample, stream

__all__ = ["Study", "impact_of"]


def impact_of(outcome: EventOutcome) -> FloatArray:
    """Return the mean score over the criteria, (draw,), of an outcome with one case.

    It is the expected value under weights that are uniform over the simplex, whose mean gives every criterion the same.
    """
    result: FloatArray = outcome.impact.scores[:, 0].mean(axis=0)
    return result


@dataclass(frozen=True, eq=False)
class Study:
    """All valid combinations of one plan.

    Attributes
    ----------
    event, trade : EventPlan, TradeOff
    cases : tuple of Case
        Valid combinations in the order of the file; ``none`` is not among them: its results and its impact are 0 by
        definition.
    arrays : tuple of EventArrays
        One per case.
    none : EventArrays or None
        Of holding no event, whom it reaches is what the other events reach; ``None`` where no concept is that.
    plan_arrays : Arrays
        Of the plan, with the table of inputs of all cases; serves to draw.
    """

    event: EventPlan
    trade: TradeOff
    cases: tuple[Case, ...]
    arrays: tuple[EventArrays, ...]
    none: EventArrays | None
    plan_arrays: Arrays
    seed: int

    @staticmethod
    def of(plan: Plan, arrays: Arrays) -> Study:
        """Compile every combination of *plan*, whose arrays are *arrays*.

        Raises
        ------
        UsageError
            If the plan has no event, or nothing says how far its levers go.
        """
        event, trade = plan.event, plan.tradeoff
        if not isinstance(event, EventPlan) or not isinstance(trade, TradeOff):
            raise UsageError("a trade-off needs an event and params/tradeoff.yml")
        builder = PlanBuilder.of(plan)
        cases = tuple(Case(*key) for key in event.combinations)
        found = [compile_event(plan, builder, (case,)) for case in cases]
        compiled = tuple(item for item in found if item is not None)
        nothing = tuple(Case(c.id, c.format, c.place) for c in event.concepts.values() if not c.held)[:1]
        none = compile_event(plan, builder, nothing) if nothing else None
        return Study(event, trade, cases, compiled, none, replace(arrays, inputs=builder.freeze()), plan.settings.seed)

    @property
    def inputs(self) -> InputTable:
        """The table of inputs of all combinations."""
        return self.plan_arrays.inputs

    def title(self, case: int) -> str:
        """Return the title of the concept of a case."""
        return self.event.concepts[self.cases[case].concept].title

    def own(self, concept: str) -> int | None:
        """Return the case of *concept* in its own format and place; ``None`` where it holds no event."""
        node = self.event.concepts[concept]
        wanted = Case(concept, node.format, node.place)
        return self.cases.index(wanted) if wanted in self.cases else None

    @cached_property
    def concepts(self) -> Mapping[str, int]:
        """Case of each concept that holds an event, in its own format and place."""
        found = {key: self.own(key) for key in self.event.concepts}
        return {key: case for key, case in found.items() if case is not None}

    @cached_property
    def base(self) -> FloatArray:
        """The base estimate, (input, 1)."""
        return self.inputs.base[:, None]

    def drawn(self, block: int = 0, size: int = BLOCK) -> FloatArray:
        """Return the values of one block of *size* draws, a Latin hypercube of its own, (input, draw)."""
        return sample(self.plan_arrays, self.seed, block, size=size).array

    def uniform(self, key: str, rows: int, draws: int, block: int = 0) -> FloatArray:
        """Return independent uniform numbers for something that is no input of the model, (row, draw)."""
        return np.stack([stream(self.seed, f"{key}/{row}", block).random(draws) for row in range(rows)])

    def at_base(self, case: int, levers: Levers | None = None, settings: int = 1) -> EventOutcome:
        """Evaluate the base estimate for *settings* settings of the levers."""
        values = np.repeat(self.base, settings, axis=1)
        return evaluate_event(self.arrays[case], values, levers)

    def in_draws(self, case: int, values: FloatArray, levers: Levers | None = None) -> EventOutcome:
        """Evaluate draws."""
        return evaluate_event(self.arrays[case], values, levers)

    def without(self, values: FloatArray) -> EventOutcome | None:
        """Evaluate draws of holding no event; ``None`` where no concept is that."""
        return None if self.none is None else evaluate_event(self.none, values)

    def ldc_before(self, values: FloatArray) -> FloatArray:
        """Return the delegates from least developed countries whom the other events reach, all years, (draw,)."""
        outcome = self.without(values)
        if outcome is None:
            return np.full(values.shape[1], np.nan)
        result: FloatArray = outcome.impact.ldc_delegates[0].sum(axis=0)
        return result

    def objectives(self, case: int, settings: FloatArray) -> FloatArray:
        """Return impact and net result of all editions at lever settings, (setting, 2); see ``bounds``."""
        levers = Levers.of({name: settings[:, i] for i, name in enumerate(SEARCHED)})
        found = self.at_base(case, levers, len(settings))
        return np.stack([impact_of(found), found.net[0].sum(axis=0)], axis=1)

    def bounds(self, case: int) -> tuple[FloatArray, FloatArray]:
        """Return the least and most of each lever, in the order of ``SEARCHED``.

        Of no use where nothing stands on site: there the levers of the exhibition keep one value.
        """
        ranges = [self.trade.levers[name].estimate for name in SEARCHED]
        low, high = np.array([r.low for r in ranges]), np.array([r.high for r in ranges])
        if self.now(case)[SEARCHED.index("area")] == 0:
            for name in ("price", "area", "subsidised", "fellowships"):
                at = SEARCHED.index(name)
                low[at] = high[at] = self.now(case)[at]
        return low, high

    def now(self, case: int) -> FloatArray:
        """Return the present setting of each lever; the area is what the exhibitors take."""
        event, key = self.event, self.cases[case].concept
        area = float(self.at_base(case).demand.area.sum(axis=0).max())  # of the edition with most
        present = {
            "fee": 1.0,
            "price": 1.0,
            "area": area,
            "subsidised": event.value("exhibition.subsidised").estimate.mode,
            "fellowships": event.value("cost.fellowships", key).estimate.mode,
            "sponsorship_cap": event.value("sponsorship.cap").estimate.mode,
            "days": event.value("programme.days", key).estimate.mode,
        }
        return np.array([present[name] for name in SEARCHED])
