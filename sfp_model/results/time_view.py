"""What the tables of schedule and staffing are made from, each part computed once when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from sfp_model.decisions.levelling import Levelling
from sfp_model.decisions.staffing import Staffing, levelled, staffing_problem
from sfp_model.inputs.change import with_pace, without_event
from sfp_model.inputs.plan import Plan
from sfp_model.model import compile
from sfp_model.model.critical import Floats, Link, floats, links_of
from sfp_model.model.inputs import FloatArray
from sfp_model.model.schedule import Schedule
from sfp_model.model.staffing import Capacity, Demand, absorbed_time, capacity_of
from sfp_model.results.evaluation import Evaluation

__all__ = ["BLOCKS", "STEP", "Level", "TimeView"]

BLOCKS, SIZE = 16, 256  # independent Latin hypercubes of schedules: their spread gives the standard errors
STEP = 1  # months: the tables level by whole months; larger steps are quicker and never better


@dataclass(frozen=True, eq=False)
class Level:
    """A plan before and after levelling."""

    staffing: Staffing
    found: Levelling
    moves: Mapping[str, int]
    after: Evaluation


@dataclass(frozen=True, eq=False)
class TimeView:
    """Schedule and staffing of an evaluation."""

    evaluation: Evaluation
    step: int = STEP
    _paced: dict[tuple[float, float], Evaluation] = field(default_factory=dict, repr=False)
    kept: dict[str, FloatArray] = field(default_factory=dict, repr=False)

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.evaluation.plan

    @property
    def placed(self) -> Schedule:
        """The base schedule."""
        return self.evaluation.outcome.schedule

    @property
    def quarters(self) -> tuple[str, ...]:
        """Quarters of the horizon, with what falls before and after it as the first and the last."""
        return self.evaluation.arrays.periods.labels("quarter")

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Links between actions, by their places in the plan."""
        return links_of(self.plan, self.evaluation.arrays.actions, self.placed)

    @cached_property
    def room(self) -> Floats:
        """Floats of the base schedule."""
        return floats(self.evaluation.arrays.actions, self.placed, self.links)

    @cached_property
    def drawn(self) -> tuple[Schedule, Floats]:
        """Schedule and floats in ``BLOCKS`` blocks of draws: the stretches and delays of the simulation, no costs."""
        from sfp_model.uncertainty.simulate import run_block

        bare = replace(without_event(self.plan), lines=MappingProxyType({}))
        arrays = compile(bare)
        parts = [run_block(arrays, self.plan.settings.seed, k, size=SIZE).schedule for k in range(BLOCKS)]
        placed = Schedule(
            *(np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("start", "stretch", "end"))
        )
        return placed, floats(arrays.actions, placed, self.links)

    @cached_property
    def demand(self) -> Demand:
        """Absorbed time by group, action and role."""
        return absorbed_time(self.plan, self.evaluation.outcome)

    @cached_property
    def capacity(self) -> Capacity | None:
        """Time of the staff groups, ``None`` where the plan declares none."""
        return capacity_of(self.plan)

    @cached_property
    def levelling(self) -> Level | None:
        """The plan levelled; ``None`` without capacity or without temporary positions on the rate card."""
        if self.capacity is None:
            return None
        outcome = self.evaluation.outcome
        staffing = staffing_problem(self.plan, outcome, self.capacity, self.links, self.room, self.step)
        if staffing is None:
            return None
        found, proposed, moves = levelled(self.plan, outcome, staffing)
        after = Evaluation.of(proposed, self.evaluation.data) if moves else self.evaluation
        return Level(staffing, found, moves, after)

    def paced(self, months: float, stretch: float) -> Evaluation:
        """Return the plan started *months* later and *stretch* times as long."""
        if not months and stretch == 1:
            return self.evaluation
        key = (months, stretch)
        if key not in self._paced:
            self._paced[key] = Evaluation.of(with_pace(self.plan, months, stretch), self.evaluation.data)
        return self._paced[key]

    def members(self, programme: str) -> list[int]:
        """Return the places of the actions of a programme that have a length of their own."""
        return [
            i
            for i, action in enumerate(self.plan.actions.values())
            if action.programme == programme and self.room.moves[i]
        ]

    def by_quarter(self) -> FloatArray:
        """Return person-months of each line by quarter, shape (line, period)."""
        labels, months = self.evaluation.outcome.person_months(("line",), "quarter")
        place = {line: i for i, line in enumerate(self.evaluation.arrays.lines.ids)}
        out = np.zeros((len(place), len(self.quarters)))
        for (line,), row in zip(labels, months, strict=True):
            out[place[line]] = row[:, 0]
        return out
