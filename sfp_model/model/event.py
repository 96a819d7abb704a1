"""The flagship event, vectorised over concepts, editions and draws: from rows of the input table to the outcome.

The formulas stand in ``event_demand`` (who comes), ``event_money`` (income, cost, fund) and ``event_impact``
(mission criteria); ``docs/methods/event.md`` has them in words, ``event-example.md`` an example worked by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.inputs.event_parameters import ATTENDANCE_FROM, EVENTS, FORECASTS, PACKAGES, PARAMETERS, TIERS
from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.plan import Estimate, Plan, Value
from sfp_model.model.arrays import IntArray
from sfp_model.model.event_demand import Demand, demand_of
from sfp_model.model.event_impact import Impact, impact_of
from sfp_model.model.event_inputs import Case, Inputs
from sfp_model.model.event_levers import Levers
from sfp_model.model.event_money import COST_IDS, REVENUE_IDS, Money, money_of
from sfp_model.model.inputs import FloatArray, Kind

__all__ = [
    "Case", "EventArrays", "EventOutcome", "Levers", "RateBuilder", "compile_event", "evaluate_event",
    "own_subsidies", "tables",
]  # fmt: skip

# What a concept attracts: visitors, exhibitors and sponsors of a concept are high together.
DEMAND = frozenset(
    {"demand.attendance", *(f"exhibition.area_{tier}" for tier in TIERS), *(f"sponsorship.sold_{k}" for k in PACKAGES)}
)

_CASE_AXES = frozenset({"concept", "joint", "place", "format"})  # axes whose rows follow the case


class RateBuilder(Protocol):
    """What the compilation of an event needs of the builder of a plan."""

    def add(self, value: Value, kind: Kind = "event", *, initiative: str = "", action: str = "") -> int:
        """Register a value with the latent factors that it shares and return its row."""

    def add_estimate(
        self, key: str, estimate: Estimate, kind: Kind, *, unit: str, driver: str, base: float | None
    ) -> int:
        """Register an estimate that is no value of the file and return its row."""

    def rate(self, resource: str) -> tuple[int, float]:
        """Return the row of a rate and the base-year CHF for one unit of it."""


@dataclass(frozen=True, eq=False)
class EventArrays:
    """A compiled event: integers are rows of the input table, -1 where a concept has no such value (0).

    Attributes
    ----------
    cases : tuple of Case
        Concept, format and place, on the axis ``concept`` of all results.
    chosen : int
        Position of the scenario's concept.
    years, periods : tuple of int
        Year of each edition, and its period: 0 before the horizon, 1 … months, then one after it. Every year of the
        horizon is on the axis; where no edition is held everything is 0.
    held : tuple of bool
        Whether an edition is held in the year.
    order : tuple of float
        Editions held before; growth and learning count them.
    risk_rows : ndarray of int (edition,)
        Rows of the number that decides whether an edition is cancelled or forced on line: 1 in the base estimate.
    segments, criteria : tuple of str
        Names on these axes.
    rows, scale : mapping of str to ndarray
        Parameter (``demand.attendance``) to rows and to the factor that brings CHF to the base year; shape
        () or (case,) or the axis of the parameter.
    rates : mapping of str to (row, factor)
        Use of a resource (``interpretation``) to its rate.
    per_month : mapping of str to float
        Units of the rate in one person-month, for staff.
    partial : frozenset of str
        Parameters that some concept does not have.
    subsidy_class, subsidy_category : str
        Escalation class of the subsidy in nominal prices, and its expense category.
    """

    cases: tuple[Case, ...]
    chosen: int
    years: tuple[int, ...]
    periods: tuple[int, ...]
    held: tuple[bool, ...]
    order: tuple[float, ...]
    risk_rows: IntArray
    segments: tuple[str, ...]
    criteria: tuple[str, ...]
    rows: Mapping[str, IntArray]
    scale: Mapping[str, float]
    rates: Mapping[str, tuple[int, float]]
    per_month: Mapping[str, float]
    subsidy_class: str
    subsidy_category: str
    partial: frozenset[str]
    revenue_ids: tuple[str, ...] = REVENUE_IDS
    cost_ids: tuple[str, ...] = COST_IDS

    @cached_property
    def own(self) -> EventArrays | None:
        """The scenario's concept and the editions that it holds, nothing else; ``None`` where it holds none."""
        held = [at for at, is_held in enumerate(self.held) if is_held]
        case = self.cases[self.chosen]
        if not case.held or not held:
            return None
        risks = self.risk_rows[held]
        risks.flags.writeable = False
        rows = {name: row[..., [self.chosen]] if _by_case(name) else row for name, row in self.rows.items()}
        return replace(
            self, cases=(case,), chosen=0, rows=rows, risk_rows=risks, held=(True,) * len(held),
            years=tuple(self.years[at] for at in held), periods=tuple(self.periods[at] for at in held),
            order=tuple(self.order[at] for at in held),
            partial=frozenset(name for name, row in rows.items() if row.size and row.min() < 0),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class EventOutcome:
    """What the event brings and costs, constant base-year CHF; axes (concept, edition, draw) unless said.

    The attributes of ``demand``, ``money`` and ``impact`` are also reached directly, for example ``net``.
    """

    arrays: EventArrays
    demand: Demand
    money: Money
    impact: Impact

    @property
    def revenue(self) -> FloatArray:
        """Cash income: earned, host payment, voluntary contributions."""
        return self.money.revenue

    @property
    def cost(self) -> FloatArray:
        """Cash cost: direct and additional staff."""
        return self.money.cost

    @property
    def net(self) -> FloatArray:
        """Cash income less cash cost; the result of the portfolio less that under no event."""
        return self.money.net

    @property
    def subsidy(self) -> FloatArray:
        """What the regular budget pays, after the fund."""
        return self.money.subsidy

    @property
    def segments(self) -> FloatArray:
        """Attendance of the portfolio, (segment, concept, edition, draw)."""
        return self.demand.portfolio

    @property
    def criteria(self) -> FloatArray:
        """Quantities as portfolio difference, (criterion, concept, edition, draw)."""
        return self.impact.quantity

    @property
    def ratios(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Earned ÷ direct cost, earned ÷ full cost, all income ÷ full cost, (concept, draw), over all editions.

        nan where there is no cost.
        """
        money = self.money
        return (
            _ratio(money.earned, money.cost_direct),
            _ratio(money.earned, money.cost_full),
            _ratio(money.income_all, money.cost_full),
        )

    def subsidy_by_period(self, periods: int) -> FloatArray:
        """Return the subsidy of the chosen concept, (period, draw); see ``EventArrays.periods``."""
        return self._by_period(self.money.subsidy, periods)

    def absorbed_by_period(self, periods: int) -> FloatArray:
        """Return the absorbed staff time of the chosen concept in CHF, (period, draw); a memo item."""
        return self._by_period(self.money.cost_absorbed, periods)

    def _by_period(self, amounts: FloatArray, periods: int) -> FloatArray:
        return _by_period(self.arrays, amounts[self.arrays.chosen], periods)


def _by_period(arrays: EventArrays, chosen: FloatArray, periods: int) -> FloatArray:
    out = np.zeros((periods, chosen.shape[-1]))
    for edition, period in enumerate(arrays.periods):
        out[min(period, periods - 1)] += chosen[edition]
    return out


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    total, cost = above.sum(axis=1), below.sum(axis=1)
    result: FloatArray = np.divide(total, cost, out=np.full(total.shape, np.nan), where=cost > 0)
    return result


def compile_event(plan: Plan, builder: RateBuilder, cases: tuple[Case, ...] | None = None) -> EventArrays | None:
    """Compile the event of *plan*: register its values and find the rows of each concept.

    Parameters
    ----------
    plan : Plan
    builder : RateBuilder
        Registers values and knows the rate card at base-year prices.
    cases : tuple of Case, optional
        Which concepts to evaluate; default each concept in its own format and place.

    Returns
    -------
    EventArrays or None
        ``None`` if the plan has no event.

    Raises
    ------
    UsageError
        If a case is not among the valid combinations.
    """
    event = plan.event
    if event is None:
        return None
    if not isinstance(event, EventPlan):
        raise UsageError("the event of the plan is not an EventPlan")
    found = cases or tuple(Case(c.id, c.format, c.place) for c in event.concepts.values())
    for case in found:
        if event.concepts[case.concept].held and case.key not in event.combinations:
            raise UsageError(f"{case.concept}, {case.format}, {case.place} is not a valid combination")
    chosen = next((i for i, case in enumerate(found) if case.concept == event.concept), -1)
    rows = {name: _rows(event, name, axis.axis, found, builder) for name, axis in PARAMETERS.items()}
    mixes = [event.concepts[case.concept].mix for case in found]
    rows["mix"] = np.array(
        [[_row(event, f"mixes.{mix}", key, builder) if mix else -1 for mix in mixes] for key in event.segments],
        dtype=np.intp,
    )
    rows["existing.mix"] = np.array(
        [[_row(event, f"mixes.{name}", key, builder) for name in EVENTS] for key in event.segments], dtype=np.intp
    )
    rows["joined"] = np.array(
        [[name in event.concepts[case.concept].joined for case in found] for name in EVENTS], dtype=np.intp
    )
    rows["attendance_from"] = np.array(
        [ATTENDANCE_FROM.index(event.concepts[case.concept].attendance_from) for case in found], dtype=np.intp
    )
    for name in ("formats.remote", "formats.platform"):
        rows[f"{name}.virtual"] = np.array(_row(event, name, "virtual", builder), dtype=np.intp)
    for found_rows in rows.values():
        found_rows.flags.writeable = False
    rates = {use: builder.rate(key) for use, key in event.resources.items()}
    horizon, months = plan.settings.horizon_start, 12 * plan.settings.horizon_years
    declared = {edition.year: edition.month for edition in event.editions}
    years = sorted({*declared, *range(horizon, horizon + plan.settings.horizon_years)})
    at = [12 * (year - horizon) + declared.get(year, event.editions[0].month) for year in years]
    risks = np.array([_risk_row(year, builder) if year in declared else -1 for year in years], dtype=np.intp)
    risks.flags.writeable = False
    return EventArrays(
        cases=found,
        chosen=chosen,
        years=tuple(years),
        periods=tuple(min(max(period, 0), months + 1) for period in at),
        held=tuple(year in declared for year in years),
        order=tuple(float(sum(other < year for other in declared)) for year in years),
        risk_rows=risks,
        segments=tuple(event.segments),
        criteria=tuple(event.criteria),
        rows=rows,
        scale={
            name: _price_factor(plan, event) if parameter.unit.startswith("CHF") else 1.0
            for name, parameter in PARAMETERS.items()
        },
        rates=rates,
        per_month={use: _per_month(plan, event.resources[use]) for use in ("staff_additional", "staff_absorbed")},
        subsidy_class=event.escalation,
        subsidy_category=event.category,
        partial=frozenset(name for name, row in rows.items() if row.size and row.min() < 0),
    )


def _by_case(name: str) -> bool:
    """Whether the last axis of the rows of *name* is the concept."""
    axis = PARAMETERS[name].axis if name in PARAMETERS else ""
    return axis in _CASE_AXES or name in ("mix", "joined", "attendance_from")


def _row(event: EventPlan, parameter: str, name: str, builder: RateBuilder) -> int:
    return builder.add(event.value(parameter, name))


def _demand_row(event: EventPlan, parameter: str, concept: str, builder: RateBuilder) -> int:
    """Register what *concept* attracts: one factor for the concept, one that all concepts share, not the plan's."""
    value = event.value(parameter, concept)
    return builder.add(value, "demand", initiative="event demand", action=f"event demand {concept}")


def _risk_row(year: int, builder: RateBuilder) -> int:
    """Return the row of a uniform number of an edition, the same for all concepts; 1 in the base estimate."""
    return builder.add_estimate(
        f"event.risk.edition.{year}", Estimate(0.0, 0.5, 1.0, "min-max", "uniform", 0.0, 1.0), "event",
        unit="probability", driver=f"edition {year}", base=1.0,
    )  # fmt: skip


def _rows(event: EventPlan, name: str, axis: str, cases: tuple[Case, ...], builder: RateBuilder) -> IntArray:
    """Return the rows of a parameter: () for a single value, (case,) if it follows the case, else (axis,)."""
    if not axis:
        return np.array(_row(event, name, "", builder), dtype=np.intp)
    names = event.axes[axis]
    if axis in _CASE_AXES:
        key = "concept" if axis == "joint" else axis
        names_of_cases = [getattr(case, key) for case in cases]
        add = _demand_row if name in DEMAND else _row
        return np.array([add(event, name, n, builder) if n in names else -1 for n in names_of_cases], dtype=np.intp)
    order = {"tier": TIERS, "package": PACKAGES, "event": EVENTS, "forecast": FORECASTS}.get(axis, names)
    return np.array([_row(event, name, key, builder) for key in order], dtype=np.intp)


def _price_factor(plan: Plan, event: EventPlan) -> float:
    if event.price_year == plan.settings.base_year:
        return 1.0
    from sfp_model.model.prices import Calendar, class_index, price_year_factor

    calendar, escalation = Calendar.of(plan), plan.escalations[event.escalation]
    index = class_index(escalation, plan.series.get(escalation.series or ""), calendar, plan)
    return price_year_factor(index, calendar, event.price_year)


def _per_month(plan: Plan, resource: str) -> float:
    from sfp_model.model.compile import person_months_per

    per = plan.resources[resource].per
    months = person_months_per(per, plan)
    if not months:
        raise UsageError(f"{resource} prices staff of the event, but its unit {per} is not a person's time")
    return 1 / months


def evaluate_event(arrays: EventArrays, values: FloatArray, levers: Levers | None = None) -> EventOutcome:
    """Evaluate the event for each draw.

    Parameters
    ----------
    arrays : EventArrays
    values : ndarray (input, draw)
        Values of the input table.
    levers : Levers, optional
        Decisions that take the place of parameters; one number each, or one per draw.

    Returns
    -------
    EventOutcome
        Amounts in CHF at constant base-year prices.
    """
    inputs = Inputs(arrays, values, levers or Levers())
    demand = demand_of(inputs)
    return EventOutcome(arrays, demand, money_of(inputs, demand), impact_of(inputs, demand))


def own_subsidies(arrays: EventArrays, values: FloatArray, periods: int) -> tuple[tuple[int, FloatArray], ...]:
    """Return period and subsidy (draw,) of each edition of the scenario's concept, without evaluating the others.

    All that the plan needs of its event: ``EventOutcome.subsidy_by_period`` to rounding, for a fraction of the time.
    Empty where the scenario has no concept.
    """
    own = arrays.own
    if own is None:
        return ()
    inputs = Inputs(own, values)
    subsidy = money_of(inputs, demand_of(inputs)).subsidy[0]
    return tuple((min(period, periods - 1), subsidy[edition]) for edition, period in enumerate(own.periods))


def tables(plan: Plan, arrays: EventArrays, outcome: EventOutcome) -> dict[str, list[dict[str, object]]]:
    """Return the rows of the tables of the base estimate; see ``event_rows`` and ``event_checks``."""
    from sfp_model.model.event_checks import check_rows
    from sfp_model.model.event_rows import impact_rows, line_rows, results_rows, segment_rows

    event = plan.event
    if not isinstance(event, EventPlan):
        raise UsageError("the plan has no event")
    unit = plan.settings.values.get("funding.contributory_unit")
    return {
        "event.results": results_rows(event, arrays, outcome, unit.estimate.mode if unit else 0.0),
        "event.lines": line_rows(plan, arrays, outcome),
        "event.segments": segment_rows(event, arrays, outcome),
        "event.impact": impact_rows(event, arrays, outcome),
        "event.checks": check_rows(event, arrays, outcome),
    }
