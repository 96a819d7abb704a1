"""Tables of the event choice and of options in draws: payoffs, and what it would be worth to know more first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sfp_model.decisions.event_admissible import admission
from sfp_model.decisions.event_study import Study, impact_of
from sfp_model.decisions.information import evpi, evppi
from sfp_model.inputs.change import with_choice
from sfp_model.model import compile
from sfp_model.model.inputs import FloatArray
from sfp_model.results.draws import inside_total
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns
from sfp_model.results.words_inputs import input_words
from sfp_model.uncertainty import run_block

__all__ = ["INFORMATION", "NONE", "PAYOFFS", "PER_POINT", "information", "payoffs"]

BLOCKS, SIZE, TELLING = 10, 512, 3
PER_POINT = (0.0, 20_000.0, 50_000.0, 100_000.0)  # hypothetical CHF for a point of impact
NONE = "none"
PARTS = {
    "demand": ("demand",), "exhibition and fees": ("exhibition", "fees"), "sponsorship and income":
    ("sponsorship", "income"), "cost": ("cost",),
}  # fmt: skip
INFORMATION = columns("per_point_chf:CHF choice title expected_chf:CHF about inputs value_chf:CHF se_chf:CHF draws:-")
PAYOFFS = columns("question alternative title draw:- payoff_chf:CHF impact:- taken:bool")


@dataclass(frozen=True, eq=False)
class _Choice:
    """Every concept in its own format and place, and no event, in blocks of draws of their own."""

    study: Study

    @cached_property
    def cases(self) -> dict[str, int]:
        """Case of each concept that fulfils the constraints surely enough: no other is a choice."""
        values = np.concatenate([self.study.drawn(block, SIZE) for block in range(BLOCKS)], axis=1)
        found = self.study.concepts
        return {key: case for key, case in found.items() if admission(self.study, case, values).admitted}

    @cached_property
    def names(self) -> tuple[str, ...]:
        return (*self.cases, NONE)

    @cached_property
    def blocks(self) -> list[tuple[FloatArray, FloatArray, FloatArray]]:
        """Net result and impact, (concept, draw), and inputs, (input, draw), of each block."""
        made = []
        for block in range(BLOCKS):
            values = self.study.drawn(block, SIZE)
            net, impact = (np.zeros((len(self.names), SIZE)) for _ in range(2))
            for i, case in enumerate(self.cases.values()):
                outcome = self.study.in_draws(case, values)
                net[i], impact[i] = outcome.net[0].sum(axis=0), impact_of(outcome)
            made.append((net, impact, values))
        return made

    def title(self, name: str) -> str:
        return "No flagship event" if name == NONE else self.study.event.concepts[name].title

    def telling(self, prefixes: tuple[str, ...], payoff: FloatArray, values: FloatArray) -> list[int]:
        """Return the inputs of a part that correlate most with what separates the two best alternatives."""
        table = self.study.inputs
        rows = [r for r in np.flatnonzero(table.varies) if table.ids[r].split(".")[:1] == ["event"]
                and table.ids[r].split(".")[1] in prefixes]  # fmt: skip
        first, second = np.argsort(-payoff.mean(axis=1), kind="stable")[:2]
        apart = payoff[first] - payoff[second]
        if not rows or np.ptp(apart) == 0:
            return []
        centred = values[rows] - values[rows].mean(axis=1, keepdims=True)
        spread = np.sqrt((centred**2).sum(axis=1))
        strength = np.abs(centred @ (apart - apart.mean())) / np.where(spread > 0, spread, np.inf)
        return [int(rows[k]) for k in np.argsort(-strength, kind="stable")[:TELLING] if strength[k] > 0]


def _choice(evaluation: Evaluation) -> _Choice | None:
    if evaluation.arrays.event is None or evaluation.plan.tradeoff is None:
        return None
    return _Choice(Study.of(evaluation.plan, evaluation.arrays))


def information(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the value of perfect information on everything and on parts of the event's inputs, by CHF per point.

    The payoff is the net result of all editions plus a hypothetical amount for each point of impact; no event has 0.
    A part is represented by its three most telling inputs. Standard errors from ten independent blocks;
    chance and the cost of the regression can make a part without worth slightly negative.
    """
    choice = _choice(evaluation)
    if choice is None:
        return
    for per_point in PER_POINT:
        paid = [net + per_point * impact for net, impact, _ in choice.blocks]
        everything = np.concatenate(paid, axis=1)
        best = int(np.argmax(everything.mean(axis=1)))
        head = {
            "per_point_chf": per_point, "choice": choice.names[best], "title": choice.title(choice.names[best]),
            "expected_chf": everything[best].mean(), "draws": BLOCKS * SIZE,
        }  # fmt: skip
        own = np.array([evpi(payoff) for payoff in paid])
        yield head | {"about": "everything", "value_chf": own.mean(), "se_chf": own.std(ddof=1) / np.sqrt(BLOCKS)}
        values = np.concatenate([block[2] for block in choice.blocks], axis=1)
        for part, prefixes in PARTS.items():
            rows = choice.telling(prefixes, everything, values)
            if not rows:
                continue
            value, error = _part(everything, values[rows])
            words = "; ".join(input_words(evaluation.plan, choice.study.inputs, row) for row in rows)
            yield head | {"about": part, "inputs": words, "value_chf": value, "se_chf": error}


def _part(payoff: FloatArray, inputs: FloatArray) -> tuple[float, float]:
    """Return the value of information on *inputs* from all draws, and its standard error.

    From all draws, because the regression costs value where draws are few; the error by leaving out one block at a
    time (Efron 1982, doi:10.1137/1.9781611970319).
    """
    block = np.arange(payoff.shape[1]) // SIZE
    left = np.array([evppi(payoff[:, block != k], inputs[:, block != k]) for k in range(BLOCKS)])
    error = float(np.sqrt((BLOCKS - 1) / BLOCKS * ((left - left.mean()) ** 2).sum()))
    return evppi(payoff, inputs), error


def payoffs(evaluation: Evaluation) -> Iterator[Row]:
    """Yield what each concept and each option of a two-option decision pays in the first block of draws.

    ``concept``: net result of all editions, with the impact beside it. A decision: additional need inside the horizon,
    constant CHF, with the sign turned, so that more is better. Draws of one number share their inputs across
    alternatives and scenarios. Every draw is stored, because regret is a difference within a draw: percentiles of each
    alternative would not tell it.
    """
    plan, choice = evaluation.plan, _choice(evaluation)
    if choice is not None and plan.event is not None:
        net, impact, _ = choice.blocks[0]
        for i, name in enumerate(choice.names):
            for d in range(SIZE):
                yield {"question": "concept", "alternative": name, "title": choice.title(name), "draw": d,
                       "payoff_chf": net[i, d], "impact": impact[i, d],
                       "taken": name == choice.study.event.concept}  # fmt: skip
    for decision in plan.decisions.values():
        if set(decision.options) & {"adopt", "defer"}:
            continue
        for option in decision.options:
            arrays = compile(with_choice(plan, decision.id, option))
            need = inside_total(run_block(arrays, plan.settings.seed, 0, size=SIZE))
            for d in range(SIZE):
                yield {"question": decision.id, "alternative": option, "title": f"Option {option} for {decision.id}",
                       "draw": d, "payoff_chf": -need[d], "taken": option == decision.chosen}  # fmt: skip
