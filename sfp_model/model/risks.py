"""Risk events in the compiled plan: whether each occurs, what it then costs, and by how much it delays actions.

An event is a Bernoulli input keyed by the risk's id. Its cost is a derived line, occurrence (0 or 1) times the cost if
it occurs, additional, in the initiative of each action that it meets; its delay moves the start of the action. In the
base estimate no event occurs. The cost of a response that the scenario takes is a derived line as well, and certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sfp_model.inputs.plan import Estimate, Line, Plan
from sfp_model.inputs.risk import Effect, Risk
from sfp_model.inputs.schedule import scheduled
from sfp_model.model.arrays import Actions, Lines, Profile
from sfp_model.model.inputs import FloatArray, InputBuilder

__all__ = ["RiskLine", "add_delays", "add_lines", "base_need", "derived_names", "occurrence", "risk_lines"]

_SURE = Estimate(1.0, 1.0, 1.0, "min-max")


@dataclass(frozen=True, slots=True)
class RiskLine:
    """A derived line: the cost of a risk, or of its response, in the initiative of one of its actions.

    ``share`` is the part of the risk's cost that falls on the action: 1 ÷ number of actions for amounts in CHF; for a
    cost that is a share of an action it is the additional need of that action, base-year CHF.
    """

    risk: str
    action: str
    initiative: str
    response: bool
    share: float

    @property
    def id(self) -> str:
        """Id of the line; also the name of its resource."""
        return f"risks/{self.risk}@{self.action}" + (".response" if self.response else "")

    @property
    def activity(self) -> str:
        """Derived action and activity that carry the risk lines of an initiative."""
        return f"{self.initiative}.risks"


def occurrence(probability: float) -> Estimate:
    """Return the estimate of an event: 1 with its probability, else 0; most likely taken as 0, as in the base estimate.

    Examples
    --------
    >>> from sfp_model.model.marginals import quantile
    >>> quantile(np.array([0.1, 0.69, 0.71, 0.99]), "bernoulli", 0, 0, 1, shape=occurrence(0.3).shape).tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    return Estimate(0.0, 0.0, 1.0, "min-max", "bernoulli", 0.0, 1.0, (probability,))


def risk_lines(plan: Plan) -> tuple[RiskLine, ...]:
    """Return the derived lines of the scenario; none where it gives no additional money."""
    return tuple(_lines(plan)) if "additional" in plan.settings.funding_modes else ()


def _lines(plan: Plan) -> Iterator[RiskLine]:
    need: dict[str, float] | None = None
    for risk in plan.risks.values():
        cost = risk.effect.cost
        if cost is not None:
            if cost.unit == "share" and need is None:
                need = base_need(plan)
            for action in risk.actions:
                share = (need or {}).get(action, 0.0) if cost.unit == "share" else 1 / len(risk.actions)
                yield RiskLine(risk.id, action, plan.actions[action].initiative, False, share)
        if risk.response.taken:
            for action in risk.actions:
                yield RiskLine(risk.id, action, plan.actions[action].initiative, True, 1 / len(risk.actions))


def base_need(plan: Plan) -> dict[str, float]:
    """Return the additional need of each action in the base estimate, base-year CHF, over all periods.

    Quantities and rates at their modes; a line that runs to the horizon counts the months from its start as planned.
    """
    from sfp_model.model.compile import PlanBuilder

    builder, sums = PlanBuilder.of(plan), dict.fromkeys(plan.actions, 0.0)
    spans = scheduled(plan.actions)
    for line in plan.lines.values():
        if line.funding == "additional" and plan.is_active(line):
            _, price = builder.rate(line.resource)
            unit = line.quantity.estimate.mode * line.factor * plan.resources[line.resource].rate.estimate.mode * price
            sums[line.action] += unit * _times(plan, line, spans[line.action][0])
    return sums


def _times(plan: Plan, line: Line, start: float) -> float:
    recurs = line.recurs
    if recurs is None:
        return 1.0
    left = 12.0 * plan.settings.horizon_years - plan.settings.start - start
    months = (left if recurs.until is None else recurs.until) - recurs.start
    return max(months, 0.0) / (1.0 if recurs.per == "month" else 12.0)


def derived_names(lines: tuple[RiskLine, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the derived actions (also activities), and the derived resources, of the lines."""
    return tuple(dict.fromkeys(line.activity for line in lines)), tuple(line.id for line in lines)


def _occurs(risk: Risk, effect: Effect, builder: InputBuilder) -> int:
    """Register whether the event occurs; it does not in the base estimate, however likely it is."""
    key = f"risks.{risk.id}#occurs"
    return builder.add_estimate(key, occurrence(effect.probability.estimate.mode), "risk", unit="event", driver=key)


def _if_occurs(risk: Risk, effect: Effect, kind: str, builder: InputBuilder) -> int:
    value = effect.cost if kind == "cost" else effect.delay
    if value is None:
        raise ValueError(f"risk {risk.id} has no {kind}")
    key = f"risks.{risk.id}#{kind}"
    return builder.add_estimate(key, value.estimate, "risk", unit=value.unit, driver=key)


def add_delays(plan: Plan, actions: Actions, builder: InputBuilder) -> Actions:
    """Return *actions* with the delays that risk events bring."""
    place = {key: i for i, key in enumerate(plan.actions)}
    found = [
        (place[action], _occurs(risk, risk.effect, builder), _if_occurs(risk, risk.effect, "delay", builder))
        for risk in plan.risks.values()
        if risk.effect.delay is not None
        for action in risk.actions
    ]
    return replace(actions, risks=tuple(found)) if found else actions


def add_lines(
    plan: Plan, derived: tuple[RiskLine, ...], lines: Lines, builder: InputBuilder,
    names: Mapping[str, tuple[str, ...]], groups: dict[tuple[Profile, int, int], int],
) -> Lines:  # fmt: skip
    """Return *lines* with the derived lines of the risk register behind them.

    A line falls evenly over the action that it meets, and moves with it. Its action is a derived one, so that no
    overrun factor of a reference class applies: the event lies outside the class.
    """
    if not derived:
        return lines
    at = {table: {name: i for i, name in enumerate(entries)} for table, entries in names.items()}
    rows, sectors = [], np.zeros((len(derived), len(names["sector"])))
    for number, line in enumerate(derived):
        risk, action = plan.risks[line.risk], plan.actions[line.action]
        klass = at["escalation"][risk.escalation]
        key = (Profile(at["action"][line.action], "one_off"), klass, 0)
        rows.append(_quantities(risk, line, builder) | {
            "factor": line.share, "price": 1.0, "person_months": 0.0, "recurrent": False, "per_year": 0.0,
            "programme": at["programme"][action.programme], "initiative": at["initiative"][line.initiative],
            "action": at["action"][line.activity], "activity": at["activity"][line.activity],
            "category": at["category"][risk.category], "funding": at["funding"]["additional"],
            "confidence": at["confidence"]["E"], "resource": at["resource"][line.id],
            "escalation": klass, "currency": 0, "group": groups.setdefault(key, len(groups)),
        })  # fmt: skip
        for sector, share in action.sectors.items():
            sectors[number, at["sector"][sector]] = share
    return _appended(lines, tuple(line.id for line in derived), rows, sectors)


def _quantities(risk: Risk, line: RiskLine, builder: InputBuilder) -> dict[str, Any]:
    """Return the rows of quantity and rate: event × cost if it occurs, or one response × its cost."""
    if line.response:
        sure = builder.add_estimate(f"risks.{risk.id}#response", _SURE, "risk", unit="response")
        cost = risk.response.cost
        return {"quantity": sure, "rate": builder.add_estimate(cost.path, cost.estimate, "risk", unit=cost.unit)}
    return {
        "quantity": _occurs(risk, risk.effect, builder),
        "rate": _if_occurs(risk, risk.effect, "cost", builder),
    }


def _appended(lines: Lines, ids: tuple[str, ...], rows: list[dict[str, Any]], sectors: FloatArray) -> Lines:
    """Return *lines* with further rows; fields that the rows do not name are 0."""
    made: dict[str, Any] = {"ids": (*lines.ids, *ids), "sectors": np.vstack([lines.sectors, sectors])}
    for field in fields(Lines):
        if field.name not in made:
            old = getattr(lines, field.name)
            made[field.name] = np.concatenate([old, np.array([row.get(field.name, 0) for row in rows], old.dtype)])
    for name, array in made.items():
        if name != "ids":
            array.flags.writeable = False
    return Lines(**made)
