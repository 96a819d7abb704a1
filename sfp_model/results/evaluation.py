"""The one evaluation of a scenario from which all its tables are made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from sfp_model.inputs.change import without_event
from sfp_model.inputs.plan import Plan
from sfp_model.model import Arrays, Outcome, base, compile, evaluate
from sfp_model.model.compile import CONFIDENCES
from sfp_model.model.evaluate import EFFECTS, RECURRENCES
from sfp_model.model.inputs import FloatArray

__all__ = ["Evaluation", "Facts", "Seeded"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tables say of a compiled line in words."""

    line: str
    programme: str
    initiative: str
    action: str
    activity: str
    resource: str
    category: str
    funding: str
    confidence: str
    recurrence: str


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A plan, its arrays and the base outcome, with amounts by line and period.

    Attributes
    ----------
    plan : Plan
    arrays : Arrays
    outcome : Outcome
        Base estimate.
    data : Path or None
        Data folder, for what was recorded there after a first run.
    """

    plan: Plan
    arrays: Arrays
    outcome: Outcome
    data: Path | None = None

    @staticmethod
    def of(plan: Plan, data: Path | None = None, *, inactive: bool = False) -> Evaluation:
        """Evaluate the base estimate of *plan*; with *inactive* as if every line were needed."""
        arrays = compile(plan, inactive=inactive)
        return Evaluation(plan, arrays, evaluate(arrays, base(arrays)), data)

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Years of the horizon with the memo and the after column."""
        return self.arrays.periods.labels("year")

    @cached_property
    def every_line(self) -> Evaluation:
        """The same plan with every line, also those that the scenario does not need, and without the event."""
        return Evaluation.of(without_event(self.plan), inactive=True)

    @cached_property
    def constant(self) -> FloatArray:
        """Constant CHF, shape (line, period)."""
        return self._by_line("constant")

    @cached_property
    def nominal(self) -> FloatArray:
        """Nominal CHF, shape (line, period)."""
        return self._by_line("nominal")

    @cached_property
    def effects(self) -> dict[str, FloatArray]:
        """What lies between constant and nominal CHF, by effect, each of shape (line, period)."""
        return {effect: self._by_line(effect) for effect in EFFECTS}

    def _by_line(self, prices: Any) -> FloatArray:
        weights = self.outcome.weights("year", prices)[:, :, 0]
        result: FloatArray = self.outcome.line_unit * weights[self.arrays.lines.group]
        return result

    @cached_property
    def person_months(self) -> FloatArray:
        """Person-months, shape (line, period)."""
        out = np.zeros_like(self.constant)
        labels, months = self.outcome.person_months(("line",), "year")
        place = {line: i for i, line in enumerate(self.arrays.lines.ids)}
        for (line,), row in zip(labels, months, strict=True):
            out[place[line]] = row[:, 0]
        return out

    @cached_property
    def facts(self) -> tuple[Facts, ...]:
        """What each compiled line belongs to, in words."""
        lines, names = self.arrays.lines, self.arrays.names

        def named(table: str, i: int) -> str:
            return names[table][int(getattr(lines, table)[i])]

        return tuple(
            Facts(
                line, named("programme", i), named("initiative", i), named("action", i), named("activity", i),
                named("resource", i), named("category", i), named("funding", i),
                CONFIDENCES[int(lines.confidence[i])], RECURRENCES[int(lines.recurrent[i])],
            )
            for i, line in enumerate(lines.ids)
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Seeded:
    """What is drawn from a scenario under its seed."""

    evaluation: Evaluation

    @property
    def arrays(self) -> Arrays:
        """The compiled plan."""
        return self.evaluation.arrays

    @property
    def seed(self) -> int:
        """Seed of the plan."""
        return self.evaluation.plan.settings.seed
