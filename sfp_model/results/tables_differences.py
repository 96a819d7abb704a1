"""The range of what another answer, a later answer, another start or pace changes: differences draw by draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, partial

import numpy as np

from sfp_model.inputs.change import only_affected, with_choice, with_pace, with_shift, without_event
from sfp_model.inputs.plan import Plan
from sfp_model.model import Arrays, Outcome, base, compile, evaluate
from sfp_model.model.inputs import FloatArray
from sfp_model.results.delays import kept_on
from sfp_model.results.draws import BLOCKS
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns
from sfp_model.results.tables_deferral import DEFERRALS
from sfp_model.results.tables_schedule import SHIFTS, STRETCHES
from sfp_model.uncertainty import simulate
from sfp_model.uncertainty.between import standard_error

__all__ = ["DIFFERENCES", "EVERY", "Compared", "differences"]

FEWER = 256  # draws of a block: differences under common random numbers vary less than amounts
EVERY = "every"  # all periods, those before and after the horizon included
DIFFERENCES = columns(
    "question decision option months:month stretch:- funding measure period base_chf:CHF p10_chf:CHF p90_chf:CHF "
    "se_p10_chf:CHF se_p90_chf:CHF draws:-"
)
Amounts = Mapping[
    tuple[str, str], FloatArray
]  # (funding, measure) → (period, block, draw); the first block is the base
Kind = tuple[str, str]
_CASH: tuple[Kind, ...] = (("additional", "constant"),)
_WORK: tuple[Kind, ...] = (*_CASH, ("absorbed", "constant"))
_KINDS: tuple[Kind, ...] = (*_WORK, ("additional", "nominal"))


class Compared:
    """Amounts of variants of a plan in the same draws.

    The draws of an input are keyed by its id, so that two variants share them draw by draw; a difference then holds no
    more noise than the variants differ. Ten blocks of 256 draws each.

    Parameters
    ----------
    evaluation : Evaluation
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    def of(self, plan: Plan, kinds: tuple[Kind, ...] = _KINDS) -> Amounts:
        """Return the amounts of *plan* by the funding modes and measures asked for, base estimate and draws."""
        arrays: Arrays = compile(plan)
        measure = partial(_measured, kinds)
        typed = measure(evaluate(arrays, base(arrays)))
        drawn = list(simulate(arrays, self._evaluation.plan.settings.seed, BLOCKS, measure=measure, size=FEWER))
        return {
            kind: np.stack([np.repeat(typed[kind], FEWER, axis=1), *(block[kind] for block in drawn)], axis=1)
            for kind in kinds
        }

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Years with memo and after, biennia, all years of the horizon, every period."""
        years = self._evaluation.periods
        inner = years[1:-1]
        pairs = tuple(f"{inner[k]}-{inner[min(k + 1, len(inner) - 1)][-2:]}" for k in range(0, len(inner), 2))
        return (*years, *pairs, "all", EVERY)

    def rows(self, amounts: FloatArray, **names: object) -> Iterator[Row]:
        """Yield base estimate, P10 and P90 of amounts of shape (year, block, draw) by period; nil ones are left out."""
        inner = amounts[1:-1]
        pairs = [inner[k : k + 2].sum(axis=0) for k in range(0, len(inner), 2)]
        series = [*amounts, *pairs, inner.sum(axis=0), amounts.sum(axis=0)]
        for period, draws in zip(self.periods, series, strict=True):
            shown = np.where(np.abs(draws) < 1e-6, 0.0, draws)
            if shown.any():
                low, high = np.quantile(shown[1:], [0.1, 0.9])
                error = standard_error(np.quantile(shown[1:], [0.1, 0.9], axis=1).T)
                yield {
                    **names, "period": period, "base_chf": shown[0, 0], "p10_chf": low, "p90_chf": high,
                    "se_p10_chf": error[0], "se_p90_chf": error[1], "draws": shown[1:].size,
                }  # fmt: skip

    def differences(self, here: Amounts, there: Amounts, **names: object) -> Iterator[Row]:
        """Yield the rows of what *there* takes more than *here*."""
        for funding, measure in there:
            change = there[funding, measure] - here[funding, measure]
            yield from self.rows(change, **names, funding=funding, measure=measure)


def _measured(kinds: tuple[Kind, ...], outcome: Outcome) -> dict[Kind, FloatArray]:
    return {
        (funding, measure): outcome.amounts((), "year", funding, measure)[1][0]  # type: ignore[arg-type]
        for funding, measure in kinds
    }


def differences(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the ranges of differences, by question.

    * ``option``: another option of a decision against the one taken (``decisions``);
    * ``deferral``: a decision ``months`` later, with what recurs kept on as long, against now (``decisions.deferral``),
      and ``deferred``: the same without what is kept on, for the column inside the plan's years;
    * ``pace``: another start (``months`` later) and pace (``stretch``) against the scenario, and ``paced``: the
      amounts themselves, with the event's subsidy, which stays on its dates (``schedule.effects``).
    """
    compared = Compared(evaluation)
    yield from _decisions(evaluation, compared)
    yield from _paces(evaluation, compared)


def _decisions(evaluation: Evaluation, compared: Compared) -> Iterator[Row]:
    for decision in evaluation.plan.decisions.values():
        plan = only_affected(evaluation.plan, decision.governs)
        here, typed = compared.of(plan, _WORK), Evaluation.of(plan)
        as_long = compared.of(kept_on(typed, typed))  # in every draw for as many months as the deferred plan
        for key in decision.options:
            if key != decision.chosen:
                there = compared.of(with_choice(plan, decision.id, key), _WORK)
                yield from compared.differences(here, there, question="option", decision=decision.id, option=key)
        for months in DEFERRALS:
            later = with_shift(plan, dict.fromkeys(decision.governs, float(months)))
            longer = compared.of(kept_on(typed, Evaluation.of(later)))
            names: dict[str, object] = {"decision": decision.id, "option": decision.chosen, "months": months}
            yield from compared.differences(as_long, longer, question="deferral", **names)
            yield from compared.differences(here, compared.of(later, _CASH), question="deferred", **names)


def _paces(evaluation: Evaluation, compared: Compared) -> Iterator[Row]:
    bare = without_event(evaluation.plan)
    here, whole = compared.of(bare, _CASH), compared.of(evaluation.plan, _CASH)
    kind = ("additional", "constant")
    subsidy = whole[kind] - here[kind]
    for months in SHIFTS:
        for stretch in STRETCHES:
            same = not months and stretch == 1.0
            there = here if same else compared.of(with_pace(bare, months, stretch), _CASH)
            names: dict[str, object] = {"months": months, "stretch": stretch}
            yield from compared.rows(there[kind] + subsidy, question="paced", funding=kind[0], measure=kind[1], **names)
            if not same:
                yield from compared.differences(here, there, question="pace", **names)
