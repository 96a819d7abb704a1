"""The risk register: probability × effect, before and after the response."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sfp_model.inputs.change_risk import with_response
from sfp_model.inputs.plan import Estimate, Plan
from sfp_model.inputs.risk import Effect, Risk
from sfp_model.model import compile, evaluate
from sfp_model.model.inputs import FloatArray, percentiles
from sfp_model.model.marginals import quantile
from sfp_model.model.risks import base_need
from sfp_model.model.values import Values
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns
from sfp_model.uncertainty.distributions import mean

__all__ = ["RISKS", "expected_value", "risks"]

RISKS = columns(
    "risk title owner actions serves probability_before:- cost_before_chf:CHF expected_before_chf:CHF "
    "delay_before:month expected_delay_before:month delay_adds_chf:CHF delay_after_horizon_chf:CHF "
    "delay_cost_before_chf:CHF response taken:bool response_chf:CHF probability_after:- cost_after_chf:CHF "
    "expected_after_chf:CHF delay_after:month expected_delay_after:month delay_cost_after_chf:CHF "
    "net_benefit_chf:CHF in_plan:bool basis confidence path"
)
_NODES = 20_000


def expected_value(estimate: Estimate) -> float:
    """Return the mean of an estimate: in closed form, or by the midpoint rule where its domain cuts it.

    Examples
    --------
    >>> round(expected_value(Estimate(0, 3, 9, "min-max")), 6)
    3.5
    """
    if estimate.fixed:
        return estimate.mode
    shape = estimate.distribution, estimate.low, estimate.mode, estimate.high
    low, high = quantile(np.array([0.0, 1.0]), *shape, *percentiles(estimate.at), estimate.shape)
    if estimate.lower <= low and high <= estimate.upper:
        return mean(*shape, estimate.at, shape=estimate.shape)
    nodes = (np.arange(_NODES) + 0.5) / _NODES
    values = quantile(nodes, *shape, *percentiles(estimate.at), estimate.shape)
    return float(np.clip(values, estimate.lower, estimate.upper).mean())


def _cost(plan: Plan, risk: Risk, effect: Effect) -> float:
    """Return the mean cost in CHF if the event occurs."""
    if effect.cost is None:
        return 0.0
    size = 1.0
    if effect.cost.unit == "share":
        need = base_need(plan)
        size = sum(need[action] for action in risk.actions)
    return expected_value(effect.cost.estimate) * size


def _delay(effect: Effect) -> float:
    return 0.0 if effect.delay is None else expected_value(effect.delay.estimate)


def _moved(plan: Plan) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return what the mean delay of each event alone changes, before and after its response.

    Each as additional need inside and after the horizon: one draw per event and delay, every other input at its base
    value, constant CHF.
    """
    for risk in plan.risks.values():  # so that the delay before the response is an input also where it is taken
        plan = with_response(plan, risk.id, False)
    arrays = compile(plan)
    found = [risk for risk in plan.risks.values() if risk.before.delay is not None]
    values = np.repeat(arrays.inputs.base[:, None], 2 * len(found) + 1, axis=1)
    for place, risk in enumerate(found):
        draws = slice(2 * place + 1, 2 * place + 3)
        values[arrays.inputs.row(f"risks.{risk.id}#delay"), draws] = _delay(risk.before), _delay(risk.response.after)
        values[arrays.inputs.row(f"risks.{risk.id}#occurs"), draws] = 1.0
    values.flags.writeable = False
    outcome = evaluate(arrays, Values(values))
    labels, amounts = outcome.amounts(("resource",), "year")
    keep = [i for i, (name,) in enumerate(labels) if not name.startswith("risks/")]
    total = amounts[keep].sum(axis=0)
    sums = np.array([total[1:-1].sum(axis=0), total[-1]])
    change = (sums - sums[:, :1]).T
    return {risk.id: (change[2 * place + 1], change[2 * place + 2]) for place, risk in enumerate(found)}


def risks(evaluation: Evaluation) -> Iterator[Row]:
    """Yield every risk with probability × effect before and after its response.

    Costs are means in constant CHF. ``delay_adds_chf`` is what the mean delay, if the event occurs, adds to the
    additional need inside the horizon (work that lasts longer, less what recurs for a shorter time and what moves out),
    ``delay_after_horizon_chf`` what it moves past it; both as the scenario has the response. ``delay_cost_before_chf``
    and ``delay_cost_after_chf`` are what the mean delay costs in all periods, at least 0: what recurs for less time is
    no saving. ``net_benefit_chf`` is probability × (cost + cost of the delay) before, less the same after, less the
    cost of the response. ``in_plan`` is false where the scenario gives no additional money: the cost is then unfunded.
    """
    plan = evaluation.plan
    moved = _moved(plan) if any(r.before.delay is not None for r in plan.risks.values()) else {}
    none = np.zeros(2), np.zeros(2)
    for risk in plan.risks.values():
        before, after, response = risk.before, risk.response.after, risk.response
        chance = before.probability.estimate.mode, after.probability.estimate.mode
        cost = _cost(plan, risk, before), _cost(plan, risk, after)
        delay = _delay(before), _delay(after)
        price = expected_value(response.cost.estimate)
        changes = moved.get(risk.id, none)
        late = [max(0.0, float(change.sum())) for change in changes]
        adds, later = map(float, changes[response.taken])
        left = chance[0] * (cost[0] + late[0]) - chance[1] * (cost[1] + late[1])
        yield {
            "risk": risk.id, "title": risk.title, "owner": risk.owner, "actions": ";".join(risk.actions),
            "serves": ";".join(risk.serves), "probability_before": chance[0], "cost_before_chf": cost[0],
            "expected_before_chf": chance[0] * cost[0], "delay_before": delay[0],
            "expected_delay_before": chance[0] * delay[0], "delay_adds_chf": adds, "delay_after_horizon_chf": later,
            "delay_cost_before_chf": late[0], "delay_cost_after_chf": late[1],
            "response": response.title, "taken": response.taken, "response_chf": price,
            "probability_after": chance[1], "cost_after_chf": cost[1], "expected_after_chf": chance[1] * cost[1],
            "delay_after": delay[1], "expected_delay_after": chance[1] * delay[1],
            "net_benefit_chf": left - price,
            "in_plan": "additional" in plan.settings.funding_modes, "basis": before.probability.basis,
            "confidence": before.probability.confidence, "path": before.probability.path,
        }  # fmt: skip
