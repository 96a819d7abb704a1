"""Tables of the event choice and of options in draws: payoffs, and what it would be worth to know more first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from sfp_model.decisions.event_analysis import BLOCKS as DRAWN
from sfp_model.decisions.event_analysis import Analysis
from sfp_model.decisions.event_study import Study, impact_of
from sfp_model.decisions.information import worth
from sfp_model.decisions.sensitivity import swings
from sfp_model.inputs.change import with_choice
from sfp_model.model import compile
from sfp_model.model.inputs import FloatArray
from sfp_model.model.values import draw
from sfp_model.results.draws import inside_total
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns
from sfp_model.results.tables_tradeoff import analysis_of
from sfp_model.results.words_inputs import input_words
from sfp_model.uncertainty import simulate
from sfp_model.uncertainty.between import standard_error

__all__ = ["EVERYTHING", "INFORMATION", "NONE", "PAYOFFS", "PER_POINT", "TOGETHER", "information", "payoffs"]

TELLING = 3
BLOCKS, STORED = 10, 64  # blocks whose payoffs are stored one by one, and the draws of each
PER_POINT = (0.0, 20_000.0, 50_000.0, 100_000.0)  # hypothetical CHF for a point of impact
NONE, EVERYTHING, TOGETHER = "none", "everything", "all of these together"
PARTS = {
    "demand": ("demand",), "exhibition and fees": ("exhibition", "fees"), "sponsorship and income":
    ("sponsorship", "income"), "cost": ("cost",),
}  # fmt: skip
INFORMATION = columns(
    "per_point_chf:CHF choice title expected_chf:CHF se_expected_chf:CHF about inputs value_chf:CHF se_chf:CHF draws:-"
)
PAYOFFS = columns("question alternative title draw:- block:- payoff_chf:CHF impact:- taken:bool")


@dataclass(frozen=True, eq=False)
class _Choice:
    """Every concept in its own format and place, and no event."""

    analysis: Analysis

    @property
    def study(self) -> Study:
        return self.analysis.study

    @property
    def cases(self) -> Mapping[str, int]:
        """Case of each concept that fulfils the constraints surely enough: no other is a choice."""
        return self.analysis.admitted

    @cached_property
    def names(self) -> tuple[str, ...]:
        return (*self.cases, NONE)

    @cached_property
    def net(self) -> FloatArray:
        """Net result, (concept, draw), in the draws of ``event.fund``."""
        return self._of("net")

    @cached_property
    def impact(self) -> FloatArray:
        """Impact, (concept, draw), in the same draws."""
        return self._of("impact")

    def _of(self, result: str) -> FloatArray:
        found = [getattr(self.analysis.drawn[case], result) for case in self.cases.values()]
        return np.stack([*found, np.zeros(self.analysis.values.shape[1])])

    def drawn(self, block: int, size: int) -> tuple[FloatArray, FloatArray]:
        """Return net result and impact of one block of *size* draws."""
        values = self.study.drawn(block, size)
        net, impact = (np.zeros((len(self.names), size)) for _ in range(2))
        for i, case in enumerate(self.cases.values()):
            outcome = self.study.in_draws(case, values)
            net[i], impact[i] = outcome.net[0].sum(axis=0), impact_of(outcome)
        return net, impact

    def title(self, name: str) -> str:
        return "No flagship event" if name == NONE else self.study.event.concepts[name].title

    @cached_property
    def moved(self) -> dict[str, FloatArray]:
        """Net result and impact of each concept with one input at P10 and at P90, the others at the base estimate.

        Of shape (2, 2, input): net result, impact; low, high. An input that does not move a concept is no news of it.
        """
        table, arrays = self.study.inputs, self.study.plan_arrays
        ends = draw(arrays, np.tile([0.1, 0.9], (len(table), 1))).array

        def results(case: int, values: FloatArray) -> FloatArray:
            outcome = self.study.in_draws(case, values)
            return np.stack([outcome.net[0].sum(axis=0), impact_of(outcome)])

        return {
            name: swings(partial(results, case), table.base, ends[:, 0], ends[:, 1], [[row] for row in self.rows])
            for name, case in self.cases.items()
        }

    @cached_property
    def rows(self) -> list[int]:
        """Inputs of the event that vary."""
        table = self.study.inputs
        return [int(r) for r in np.flatnonzero(table.varies) if table.ids[r].startswith("event.")]

    def telling(self, prefixes: tuple[str, ...], per_point: float, best: Sequence[str]) -> list[int]:
        """Return the inputs of a part that by themselves move most what separates the two best alternatives."""
        apart = np.zeros((2, len(self.rows)))
        for name, sign in zip(best, (1, -1), strict=False):
            if name != NONE:
                net, impact = self.moved[name]
                apart += sign * (net + per_point * impact)
        swing = np.abs(apart[1] - apart[0])
        mine = [self.study.inputs.ids[row].split(".")[1] in prefixes for row in self.rows]
        order = [k for k in np.argsort(-swing, kind="stable") if mine[k] and swing[k] > 0.005]
        return [self.rows[k] for k in order[:TELLING]]


def _choice(evaluation: Evaluation) -> _Choice | None:
    analysis = analysis_of(evaluation)
    return None if analysis is None else _Choice(analysis)


def information(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the value of perfect information on everything and on some of the event's inputs, by CHF per point.

    The payoff is the net result of all editions plus a hypothetical amount for each point of impact; no event has 0.
    Of each part its most telling inputs are known; then those of all parts together. Inputs that move neither of the
    two best alternatives are none of these. Standard errors by leaving out one of the independent blocks at a time;
    chance and the cost of the regression can make inputs without worth slightly negative.
    """
    choice = _choice(evaluation)
    if choice is None:
        return
    values = choice.analysis.values
    for per_point in PER_POINT:
        payoff = choice.net + per_point * choice.impact
        order = [choice.names[k] for k in np.argsort(-payoff.mean(axis=1), kind="stable")]
        head = {
            "per_point_chf": per_point, "choice": order[0], "title": choice.title(order[0]),
            "expected_chf": payoff.mean(axis=1).max(), "draws": payoff.shape[1],
            "se_expected_chf": standard_error(payoff[choice.names.index(order[0])].reshape(DRAWN, -1).mean(axis=1)),
        }  # fmt: skip
        found = {part: choice.telling(prefixes, per_point, order[:2]) for part, prefixes in PARTS.items()}
        found = {part: rows for part, rows in found.items() if rows}
        if len(found) > 1:
            found[TOGETHER] = [row for rows in found.values() for row in rows]
        known: dict[str, list[int] | None] = {EVERYTHING: None, **found}
        for about, some in known.items():
            own = worth(payoff, None if some is None else values[some], blocks=DRAWN)
            words = [input_words(evaluation.plan, choice.study.inputs, row) for row in some or ()]
            yield head | {
                "about": about, "inputs": "; ".join(words) if about != TOGETHER else f"the {len(words)} above",
                "value_chf": own.value, "se_chf": own.error,
            }  # fmt: skip


def payoffs(evaluation: Evaluation) -> Iterator[Row]:
    """Yield what each concept and each option of a two-option decision pays in ten independent blocks of 64 draws.

    ``concept``: net result of all editions, with the impact beside it. A decision: additional need inside the horizon,
    constant CHF, with the sign turned, so that more is better. Draws of one number share their inputs across
    alternatives and scenarios. Every draw is stored, because regret is a difference within a draw: percentiles of each
    alternative would not tell it.
    """
    plan, choice = evaluation.plan, _choice(evaluation)
    if choice is not None and plan.event is not None:
        parts = [choice.drawn(block, STORED) for block in range(BLOCKS)]
        net, impact = (np.concatenate([part[k] for part in parts], axis=1) for k in (0, 1))
        for i, name in enumerate(choice.names):
            for d in range(BLOCKS * STORED):
                yield {"question": "concept", "alternative": name, "title": choice.title(name), "draw": d,
                       "block": d // STORED, "payoff_chf": net[i, d], "impact": impact[i, d],
                       "taken": name == choice.study.event.concept}  # fmt: skip
    for decision in plan.decisions.values():
        if set(decision.options) & {"adopt", "defer"}:
            continue
        for option in decision.options:
            arrays = compile(with_choice(plan, decision.id, option))
            need = np.concatenate(list(simulate(arrays, plan.settings.seed, BLOCKS, measure=inside_total, size=STORED)))
            for d in range(BLOCKS * STORED):
                yield {"question": decision.id, "alternative": option, "title": f"Option {option} for {decision.id}",
                       "draw": d, "block": d // STORED, "payoff_chf": -need[d],
                       "taken": option == decision.chosen}  # fmt: skip
