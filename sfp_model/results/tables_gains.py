"""Gains: how large they would have to be, what a labelled scenario estimates, and what that is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sfp_model.inputs.plan import Plan
from sfp_model.inputs.risk import Gain
from sfp_model.model.compile import PlanBuilder, person_months_per
from sfp_model.model.evaluate import Outcome
from sfp_model.model.gains import REALISATION, gain_units, gained, nominal_gain
from sfp_model.model.inputs import FloatArray
from sfp_model.results.appraisal import payback, present_value
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns
from sfp_model.uncertainty.between import percentile_errors, standard_error
from sfp_model.uncertainty.simulate import simulate

__all__ = ["BLOCKS", "BREAK_EVEN", "DRAWS", "GAINS", "NPV", "break_even", "gains", "npv"]

BREAK_EVEN = columns(
    "level id title programme additional_chf:CHF full_year_chf:CHF/year years_left:year gain_horizon_chf:CHF/year "
    "posts_horizon:post contract_days_horizon:day/year process_share_horizon:- claimed_horizon_chf:CHF/year "
    "posts_full_year:post contract_days_full_year:day/year process_share_full_year:-"
)
GAINS = columns(
    "gain title kind initiative action resource begins_month:month period claimed_constant:CHF realised_constant:CHF "
    "cashable_constant:CHF cashable_nominal:CHF confidence basis path"
)
NPV = columns(
    "level id title years:year rate:- cost_pv_chf:CHF gain_pv_chf:CHF npv_chf:CHF payback_years:year mean_chf:CHF "
    "mean_se_chf:CHF p10_chf:CHF p50_chf:CHF p80_chf:CHF se_p10_chf:CHF se_p50_chf:CHF se_p80_chf:CHF "
    "probability_positive:- blocks:-"
)
BLOCKS, DRAWS = 10, 1024  # randomisations, as many as a standard error needs
_DAYS = 215.0


@dataclass(frozen=True, slots=True)
class _Yardsticks:
    """What a gain in CHF a year is measured with; ``None`` where the plan declares no such thing."""

    post: float | None  # CHF a year
    contract: float | None  # CHF a day
    process: float | None  # person-years in the processes concerned
    realised: float | None  # share of a claim that stands up

    @staticmethod
    def of(plan: Plan) -> _Yardsticks:
        values, builder = plan.settings.values, PlanBuilder.of(plan)

        def price(kind: str, unit: float | None) -> float | None:
            gain: Gain | None = next((g for g in plan.gains.values() if g.kind == kind), None)
            if gain is None:
                return None
            _, chf = builder.rate(gain.resource)
            card = plan.resources[gain.resource]
            months = person_months_per(card.per, plan)
            return card.rate.estimate.mode * chf * (12 / months if unit is None and months else 1.0)

        staff, share = values.get("capacity.staff_total"), values.get("savings.process_share")
        process = staff.estimate.mode * share.estimate.mode if staff and share else None
        stands = values.get(REALISATION)
        return _Yardsticks(
            price("post", None), price("contract", 1.0), process, stands.estimate.mode if stands else None
        )

    def measures(self, chf: float | None, when: str) -> dict[str, float | None]:
        """Return *chf* a year in posts, days of contract, and as a share of process hours."""
        posts = _ratio(chf, self.post)
        return {
            f"posts_{when}": posts, f"contract_days_{when}": _ratio(chf, self.contract),
            f"process_share_{when}": _ratio(posts, self.process),
        }  # fmt: skip


def _ratio(amount: float | None, by: float | None) -> float | None:
    return None if amount is None or not by else amount / by


def _by_action(evaluation: Evaluation) -> dict[str, tuple[float, float, float]]:
    """Return additional need inside the horizon, of a full year after it, and months left from the end of the work."""
    plan, outcome = evaluation.plan, evaluation.outcome
    need, yearly = dict.fromkeys(plan.actions, 0.0), dict.fromkeys(plan.actions, 0.0)
    for facts, row in zip(evaluation.facts, evaluation.constant, strict=True):
        if facts.funding == "additional" and facts.action in need:
            need[facts.action] += float(row[1:-1].sum())
    labels, amounts = outcome.full_year(("action",), "additional")
    for (action,), row in zip(labels, amounts, strict=True):
        if action in yearly:
            yearly[action] += float(row[0])
    left = evaluation.arrays.periods.horizon - outcome.schedule.end[:, 0]
    return {key: (need[key], yearly[key], float(left[i])) for i, key in enumerate(plan.actions)}


def break_even(evaluation: Evaluation) -> Iterator[Row]:
    """Yield what each action, initiative and programme would have to save each year to pay for its additional need.

    *Horizon*: a gain in full from the end of the work that has paid back, by the end of the horizon, what was spent
    inside it (constant prices, undiscounted): ``need ÷ years left``; none where the work ends with it or later.
    *Full year*: a gain that carries what recurs after the horizon. ``claimed``: what would have to be claimed if only
    the usual share of claimed savings stands up. The subsidy to the event is no work that ends, and is left out.
    """
    plan, found, by = evaluation.plan, _by_action(evaluation), _Yardsticks.of(evaluation.plan)
    for programme in plan.programmes.values():
        inside = [key for i in programme.initiatives for key in plan.initiatives[i].actions]
        yield from _row("programme", programme.id, programme.title, programme.id, [found[k] for k in inside], by)
        for key in programme.initiatives:
            initiative = plan.initiatives[key]
            parts = [found[action] for action in initiative.actions]
            yield from _row("initiative", key, initiative.title, programme.id, parts, by)
            for action in initiative.actions:
                yield from _row("action", action, plan.actions[action].title, programme.id, [found[action]], by)


def _row(
    level: str, key: str, title: str, programme: str, parts: list[tuple[float, float, float]], by: _Yardsticks
) -> Iterator[Row]:
    need, yearly = sum(p[0] for p in parts), sum(p[1] for p in parts)
    if abs(need) < 0.005 and abs(yearly) < 0.005:
        return
    years = max(min((p[2] for p in parts if p[0] or p[1]), default=0.0) / 12, 0.0)
    gain = need / years if years > 1e-9 else None
    yield {
        "level": level, "id": key, "title": title, "programme": programme, "additional_chf": need,
        "full_year_chf": yearly, "years_left": years, "gain_horizon_chf": gain, **by.measures(gain, "horizon"),
        "claimed_horizon_chf": _ratio(gain, by.realised), **by.measures(yearly, "full_year"),
    }  # fmt: skip


def gains(evaluation: Evaluation) -> Iterator[Row]:
    """Yield every gain and year of the horizon: claimed, realised, and what of it can leave a budget (base estimate).

    Nothing is claimed where nothing is evidenced: the rows then hold 0. A source of funds is ``cashable_nominal``.
    """
    plan, outcome = evaluation.plan, evaluation.outcome
    years, made = evaluation.periods[1:-1], evaluation.arrays.gains
    rows = _amounts(outcome) if made is not None else {}
    ends = dict(zip(plan.actions, outcome.schedule.end[:, 0], strict=True))
    for gain in plan.gains.values():
        amounts = rows.get(gain.id, np.zeros((4, len(years))))
        for year, period in enumerate(years):
            claimed, realised, cashable, nominal = amounts[:, year]
            yield {
                "gain": gain.id, "title": gain.title, "kind": gain.kind, "initiative": gain.initiative,
                "action": gain.action, "resource": gain.resource,
                "begins_month": float(ends[gain.action]) + gain.lag.estimate.mode - plan.settings.start,
                "period": period, "claimed_constant": claimed, "realised_constant": realised,
                "cashable_constant": cashable, "cashable_nominal": nominal,
                "confidence": gain.claimed.confidence, "basis": gain.claimed.basis, "path": gain.claimed.path,
            }  # fmt: skip


def _amounts(outcome: Outcome) -> dict[str, FloatArray]:
    years = gained(outcome)[:, :, 0]
    units = [unit[:, :1] * years for unit in gain_units(outcome)]
    nominal = nominal_gain(outcome, gain_units(outcome)[2])[:, :, 0]
    return {key: np.stack([*(u[i] for u in units), nominal[i]]) for i, key in enumerate(outcome.arrays.gains.ids)}


@dataclass(frozen=True, slots=True)
class _Appraise:
    """Costs and cashable gains by year of the appraisal, for each part of the plan; measures one block of draws."""

    parts: tuple[tuple[str, str, tuple[str, ...]], ...]  # level, id, initiatives
    years: int
    rate: float

    def flows(self, outcome: Outcome) -> tuple[FloatArray, FloatArray]:
        """Return costs and gains, (part, year, draw), constant CHF."""
        horizon = outcome.arrays.periods.years
        labels, amounts = outcome.amounts(("initiative",), "year", "additional")
        cost = dict(zip((label[0] for label in labels), amounts, strict=True))
        names, recurring = outcome.full_year(("initiative",), "additional")
        yearly = dict(zip((label[0] for label in names), recurring, strict=True))
        units = gain_units(outcome)[2][:, None, :] * gained(
            outcome, np.linspace(0.0, 12.0 * self.years, self.years + 1)
        )
        initiative = outcome.arrays.gains.initiative
        costs = np.zeros((len(self.parts), self.years, outcome.draws))
        saved = np.zeros_like(costs)
        for p, (_, _, members) in enumerate(self.parts):
            for key in members:
                if key in cost:
                    inside = min(horizon, self.years)
                    costs[p, :inside] += cost[key][1 : inside + 1]
                    if self.years > horizon:
                        costs[p, horizon] += cost[key][-1]  # moved past the horizon: taken to fall in the year after
                if key in yearly and self.years > horizon:
                    costs[p, horizon:] += yearly[key]
            saved[p] = units[[i for i, key in enumerate(initiative) if key in members]].sum(axis=0)
        return costs, saved

    def __call__(self, outcome: Outcome) -> FloatArray:
        """Return the net present value of each part, (part, draw)."""
        costs, saved = self.flows(outcome)
        return present_value(np.moveaxis(saved - costs, 1, 0), self.rate)


def npv(evaluation: Evaluation) -> Iterator[Row]:
    """Yield net present value and payback of the initiatives and programmes with claimed gains; none without gains.

    Real rate, constant prices, middle of the year, over ``savings.appraisal_years`` from the first year of the horizon;
    what recurs is paid until then, what moves past the horizon falls in the year after it. The base estimate beside the
    simulation (inside view, events drawn): mean with its standard error over blocks, percentiles, P(NPV > 0).
    """
    plan, arrays = evaluation.plan, evaluation.arrays
    values = plan.settings.values
    if arrays.gains is None or "savings.discount_rate" not in values or "savings.appraisal_years" not in values:
        return
    with_gain = {plan.gains[key].initiative for key in arrays.gains.ids}
    parts = [
        *(("programme", p.id, p.initiatives) for p in plan.programmes.values() if with_gain & set(p.initiatives)),
        *(("initiative", i.id, (i.id,)) for i in plan.initiatives.values() if i.id in with_gain),
    ]
    rate = values["savings.discount_rate"].estimate.mode
    years = round(values["savings.appraisal_years"].estimate.mode)
    measure = _Appraise(tuple(parts), years, rate)
    costs, saved = measure.flows(evaluation.outcome)
    pv = [present_value(np.moveaxis(flow, 1, 0), rate)[:, 0] for flow in (costs, saved)]
    blocks = np.stack(
        list(simulate(arrays, plan.settings.seed, BLOCKS, measure=measure, size=DRAWS))
    )  # (block, part, draw)
    for p, (level, key, _) in enumerate(parts):
        drawn = blocks[:, p]
        means = drawn.mean(axis=1)
        years_until = float(payback(saved[p] - costs[p])[0])
        low, middle, high = np.quantile(drawn, (0.1, 0.5, 0.8))
        title = plan.programmes[key].title if level == "programme" else plan.initiatives[key].title
        yield {
            "level": level, "id": key, "title": title, "years": years, "rate": rate, "cost_pv_chf": pv[0][p],
            "gain_pv_chf": pv[1][p], "npv_chf": pv[1][p] - pv[0][p],
            "payback_years": years_until if np.isfinite(years_until) else None, "mean_chf": means.mean(),
            "mean_se_chf": float(standard_error(means)), "p10_chf": low, "p50_chf": middle, "p80_chf": high,
            **dict(zip(("se_p10_chf", "se_p50_chf", "se_p80_chf"), percentile_errors(drawn, (0.1, 0.5, 0.8)),
                       strict=True)),
            "probability_positive": float((drawn > 0).mean()), "blocks": len(blocks),
        }  # fmt: skip
