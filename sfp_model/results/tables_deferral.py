"""What it costs to decide later: the same plan with the actions of a decision shifted by a year or a biennium."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sfp_model.inputs.change import only_affected, with_shift
from sfp_model.inputs.schedule import WHOLE_PLAN
from sfp_model.model.inputs import FloatArray
from sfp_model.results.delays import early_editions, kept_on
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns

__all__ = ["DEFERRAL", "DEFERRALS", "PARTS", "deferral"]

DEFERRAL = columns(
    "decision title option months:month part period additional_constant:CHF additional_nominal:CHF "
    "absorbed_constant:CHF absorbed_nominal:CHF early_editions"
)
DEFERRALS = (12, 24)  # months: a year, a biennium
PARTS = ("one_off", "recurrent", "management", "kept_on")


def deferral(evaluation: Evaluation) -> Iterator[Row]:
    """Yield what a later answer to each decision changes against the scenario, by part and period.

    The governed actions start 12 or 24 months later; actions that wait for them follow, other decisions stay as chosen.
    Amounts are differences in CHF, in four parts:

    * ``one_off``: work done once, which moves to other periods;
    * ``recurrent``: work that comes back until the horizon, of which fewer months are left inside it;
    * ``management``: what runs as long as the programme, which a later end makes longer;
    * ``kept_on``: the months that ``recurrent`` lost, added at the other end, so that the deferred plan runs as long
      as the plan that it is compared with. They fall after the horizon and are not in the deferred plan itself.

    Summed over all periods, the first two and the last are 0 in constant prices: a delay saves nothing. In nominal
    prices they hold the rise of prices that the delay waits for. ``early_editions`` are the years in which the event,
    which stays on its dates, would be held before its design ends.
    """
    for decision in evaluation.plan.decisions.values():
        here = Evaluation.of(only_affected(evaluation.plan, decision.governs))
        for months in DEFERRALS:
            later = Evaluation.of(with_shift(here.plan, dict.fromkeys(decision.governs, float(months))))
            longer = Evaluation.of(kept_on(here, later))
            early = early_editions(evaluation.plan.event, later)
            for part in PARTS:
                amounts = {
                    f"{funding}_{prices}": _difference(here, later, longer, part, funding, prices)
                    for funding in ("additional", "absorbed")
                    for prices in ("constant", "nominal")
                }
                for p, period in enumerate(evaluation.periods):
                    yield {
                        "decision": decision.id, "title": decision.title, "option": decision.chosen, "months": months,
                        "part": part, "period": period, **{name: round(row[p], 6) for name, row in amounts.items()},
                        "early_editions": early,
                    }  # fmt: skip


def _difference(
    here: Evaluation, later: Evaluation, longer: Evaluation, part: str, funding: str, prices: str
) -> FloatArray:
    """Return by period what a part of the deferred plan takes more than the plan of the scenario."""
    plan = here.plan
    managed = {action.id for action in plan.actions.values() if action.phase == WHOLE_PLAN}
    rows = [
        i
        for i, facts in enumerate(here.facts)
        if facts.funding == funding
        and (facts.action in managed) == (part == "management")
        and (part == "management" or (facts.recurrence == "recurrent") == (part != "one_off"))
    ]
    before, after = (later, longer) if part == "kept_on" else (here, later)
    result: FloatArray = (getattr(after, prices)[rows] - getattr(before, prices)[rows]).sum(axis=0) + 0.0
    return result if rows else np.zeros(len(here.periods))
