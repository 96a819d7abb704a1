"""From Plan to Arrays: active lines, their inputs, prices and timing groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.inputs.drivers import multiple
from sfp_model.inputs.plan import SUBSIDY, Action, Currency, Line, Plan, Resource, subsidy_activity
from sfp_model.inputs.schedule import WHOLE_PLAN
from sfp_model.model.arrays import Actions, Arrays, Groups, IntArray, Lines, Profile
from sfp_model.model.inputs import FloatArray, InputBuilder
from sfp_model.model.overrun import add_overrun, add_stretch
from sfp_model.model.prices import Calendar, class_index, currency_ratio, price_year_factor
from sfp_model.model.risks import RiskLine, add_delays, add_lines, derived_names, risk_lines
from sfp_model.model.schedule import option_delay, order_of
from sfp_model.model.timing import Periods

__all__ = ["CONFIDENCES", "PlanBuilder", "compile", "person_months_per", "weaker"]

CONFIDENCES = ("R", "R2", "M-H", "M-M", "M-L", "E")
FUNDINGS = ("additional", "absorbed", "in_kind")
CHF = "CHF"
T = TypeVar("T", bound=np.ndarray[Any, Any])
_PERSON_TIME = {"person-year": 12.0, "person-month": 1.0}


def weaker(first: str, second: str) -> str:
    """Return the weaker of two confidence codes.

    Examples
    --------
    >>> weaker("R", "M-M"), weaker("E", "R2")
    ('M-M', 'E')
    """
    return max(first, second, key=CONFIDENCES.index)


def person_months_per(unit: str, plan: Plan) -> float:
    """Return the person-months in one *unit*; 0 if it is not a person's time.

    Days and hours follow ``units.working_days_per_person_year`` and ``units.hours_per_day`` of the plan (215
    and 8 where it has none).
    """
    if unit in _PERSON_TIME:
        return _PERSON_TIME[unit]
    days = _number(plan, "units.working_days_per_person_year", 215.0)
    hours = _number(plan, "units.hours_per_day", 8.0)
    return {"person-day": 12 / days, "person-hour": 12 / (days * hours)}.get(unit, 0.0)


def _number(plan: Plan, path: str, otherwise: float) -> float:
    value = plan.settings.values.get(path)
    return otherwise if value is None else value.estimate.mode


@dataclass
class PlanBuilder(InputBuilder):
    """The builder of a plan's inputs; knows the rate card at base-year prices."""

    plan: Plan | None = None
    calendar: Calendar | None = None
    index: dict[str, FloatArray] = field(default_factory=dict)
    _prices: dict[str, float] = field(default_factory=dict)

    @staticmethod
    def of(plan: Plan) -> PlanBuilder:
        """Return a builder without inputs that knows the price indices of *plan*."""
        calendar = Calendar.of(plan)
        index = {
            key: class_index(item, plan.series.get(item.series or ""), calendar, plan)
            for key, item in plan.escalations.items()
        }
        return PlanBuilder(plan=plan, calendar=calendar, index=index)

    def rate(self, resource: str) -> tuple[int, float]:
        """Return the row of a rate and its factor: base-year CHF per unit = value · factor.

        The factor brings the price year to the base year with the index of the escalation class and foreign
        currency to CHF at the base-year rate.
        """
        if self.plan is None or self.calendar is None:
            raise UsageError("a builder without a plan has no rate card")
        card: Resource = self.plan.resources[resource]
        row = self.add(card.rate, "rate")
        if resource not in self._prices:
            price = price_year_factor(self.index[card.escalation], self.calendar, card.price_year)
            chf = 1.0 if card.currency == CHF else self.plan.currencies[card.currency].base.estimate.mode
            self._prices[resource] = price * chf
        return row, self._prices[resource]


def compile(plan: Plan, *, inactive: bool = False) -> Arrays:  # the builtin is not used here
    """Compile a plan into arrays.

    Only active lines are compiled (chosen options, funding modes of the scenario). If the plan has an event,
    its subsidy from the regular budget enters as the derived line ``event/subsidy`` (see ``subsidy_activity``;
    additional; price class and expense category of the event file; first sector; confidence E). Events of the risk
    register enter as derived lines behind it, 0 in the base estimate (see ``model.risks``).

    Parameters
    ----------
    plan : Plan
    inactive : bool
        Compile lines that the scenario does not need as well, to show what they would cost.

    Returns
    -------
    Arrays

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> arrays = compile(load_plan(None, None))
    >>> bool(np.allclose(arrays.lines.sectors.sum(axis=1), 1))
    True
    """
    builder = PlanBuilder.of(plan)
    calendar, index = Calendar.of(plan), builder.index
    active = [line for line in plan.lines.values() if inactive or plan.is_active(line)]
    event = _event(plan, builder)
    risks = risk_lines(plan)
    names = _names(plan, event, risks)
    groups: dict[tuple[Profile, int, int], int] = {}
    lines = _lines(plan, active, builder, names, groups, event)
    lines = add_lines(plan, risks, lines, builder, names, groups)
    actions = add_delays(plan, _actions(plan, names, builder), builder)
    escalation_rows = [builder.add(e.rate, "escalation", driver=key) for key, e in plan.escalations.items()]
    exchange_rows = [-1] + [
        builder.add(c.movement, "exchange", driver=key) if c.movement is not None else -1
        for key, c in _foreign(plan).items()
    ]
    gains = _gains(plan, builder, names)
    periods = Periods.of(plan.settings.horizon_start, plan.settings.horizon_years)
    ratios = [np.ones(calendar.count)] + [
        currency_ratio(c, plan.series.get(c.series or ""), calendar, plan) for c in _foreign(plan).values()
    ]
    return Arrays(
        digest=plan.digest,
        names=names,
        inputs=builder.freeze(),
        lines=lines,
        groups=Groups(
            tuple(key[0] for key in groups), _ints(key[1] for key in groups), _ints(key[2] for key in groups)
        ),
        actions=actions,
        periods=periods,
        index=_on_periods(list(index.values()), calendar, periods),
        ratio=_on_periods(ratios, calendar, periods),
        since=_years_since(plan, calendar, periods),
        escalation_rows=_ints(escalation_rows),
        exchange_rows=_ints(exchange_rows),
        dependence=_dependence(plan),
        event=event,
        subsidy_line=len(active) if event is not None else -1,
        gains=gains,
    )


def _foreign(plan: Plan) -> dict[str, Currency]:
    return {key: currency for key, currency in plan.currencies.items() if key != CHF}


def _event(plan: Plan, builder: PlanBuilder) -> Any:
    if plan.event is None:
        return None
    from sfp_model.model.event import compile_event

    return compile_event(plan, builder)


def _gains(plan: Plan, builder: PlanBuilder, names: Mapping[str, tuple[str, ...]]) -> Any:
    if not any(gain.claimed.estimate.high > 0 for gain in plan.gains.values()):
        return None
    from sfp_model.model.gains import add_gains

    return add_gains(plan, builder, names["currency"])


def _names(plan: Plan, event: object | None, risks: tuple[RiskLine, ...]) -> dict[str, tuple[str, ...]]:
    activities, resources = derived_names(risks)
    subsidy = (SUBSIDY,) if event is not None else ()
    derived = (*(subsidy_activity(plan)[1] for _ in subsidy), *activities)
    return {
        "programme": tuple(plan.programmes),
        "initiative": tuple(plan.initiatives),
        "action": tuple(plan.actions) + derived,
        "activity": tuple(plan.activities) + derived,
        "category": tuple(plan.settings.categories),
        "sector": tuple(plan.settings.sectors),
        "funding": FUNDINGS,
        "confidence": CONFIDENCES,
        "resource": tuple(plan.resources) + subsidy + resources,
        "escalation": tuple(plan.escalations),
        "currency": (CHF, *_foreign(plan)),
    }


def _profile(line: Line, action: int, yearly: tuple[float, ...] = ()) -> Profile:
    timing, recurs = line.timing, line.recurs
    if recurs is not None:
        scale = 1.0 if recurs.per == "month" else 1 / 12
        return Profile(action, "recurring", "uniform", recurs.start, recurs.until, scale, yearly)
    if timing.absolute is not None:
        return Profile(-1, "absolute", timing.profile, *timing.absolute)
    end = None if timing.duration is None else timing.offset + timing.duration
    return Profile(action, "one_off", timing.profile, timing.offset, end)


def _per_year(line: Line, yearly: tuple[float, ...]) -> float:
    """Return how often a recurrent line falls in a year after the horizon; its driver stays as in the last year."""
    last = yearly[-1] if yearly else 1.0
    return last * (12.0 if line.recurs is not None and line.recurs.per == "month" else 1.0)


def _lines(
    plan: Plan, active: list[Line], builder: PlanBuilder, names: Mapping[str, tuple[str, ...]],
    groups: dict[tuple[Profile, int, int], int], event: Any,
) -> Lines:  # fmt: skip
    at = {table: {name: i for i, name in enumerate(entries)} for table, entries in names.items()}
    rows: list[dict[str, float | int | bool]] = []
    sectors = np.zeros((len(active) + (event is not None), len(names["sector"])))
    for number, line in enumerate(active):
        card = plan.resources[line.resource]
        rate, price = builder.rate(line.resource)
        action = at["action"][line.action]
        recurrent = line.recurs is not None and line.recurs.until is None
        times, yearly = multiple(plan, line)
        key = (_profile(line, action, yearly), at["escalation"][card.escalation], at["currency"][card.currency])
        rows.append({
            "quantity": builder.add(line.quantity, "quantity", initiative=line.initiative, action=line.action),
            "rate": rate,
            "factor": line.factor * times,
            "price": price,
            "person_months": line.factor * times * person_months_per(card.per, plan),
            "programme": at["programme"][line.programme],
            "initiative": at["initiative"][line.initiative],
            "action": action,
            "activity": at["activity"][line.activity],
            "category": at["category"][card.category],
            "funding": at["funding"][line.funding],
            "confidence": CONFIDENCES.index(weaker(line.quantity.confidence, card.rate.confidence)),
            "resource": at["resource"][line.resource],
            "escalation": key[1],
            "currency": key[2],
            "group": groups.setdefault(key, len(groups)),
            "recurrent": recurrent,
            "per_year": _per_year(line, yearly) if recurrent else 0.0,
        })  # fmt: skip
        for sector, share in line.sectors.items():
            sectors[number, at["sector"][sector]] = share
    if event is not None:
        rows.append(_subsidy(plan, event, at, groups))
        sectors[-1, 0] = 1.0
    ids = (*(line.id for line in active), *((SUBSIDY,) if event is not None else ()))
    return Lines(ids=ids, sectors=_frozen(sectors), **_columns(rows))


def _subsidy(
    plan: Plan, event: Any, at: Mapping[str, Mapping[str, int]], groups: dict[tuple[Profile, int, int], int]
) -> dict[str, float | int | bool]:
    initiative, activity = subsidy_activity(plan)
    programme = at["programme"][plan.initiatives[initiative].programme]
    klass = at["escalation"][event.subsidy_class]
    key = (Profile(-1, "derived"), klass, 0)
    return {
        "quantity": -1, "rate": -1, "factor": 1.0, "price": 1.0, "person_months": 0.0,
        "programme": programme, "initiative": at["initiative"][initiative], "action": at["action"][activity],
        "activity": at["activity"][activity],
        "category": at["category"][event.subsidy_category],
        "funding": 0, "confidence": CONFIDENCES.index("E"), "resource": at["resource"][SUBSIDY],
        "escalation": klass, "currency": 0, "group": groups.setdefault(key, len(groups)),
        "recurrent": False, "per_year": 0.0,
    }  # fmt: skip


def _columns(rows: list[dict[str, float | int | bool]]) -> dict[str, Any]:
    kinds: dict[str, type] = {
        "factor": float,
        "price": float,
        "person_months": float,
        "per_year": float,
        "recurrent": bool,
    }
    fields = [name for name in Lines.__dataclass_fields__ if name not in ("ids", "sectors")]
    return {name: _frozen(np.array([row[name] for row in rows], dtype=kinds.get(name, np.intp))) for name in fields}


def _actions(plan: Plan, names: Mapping[str, tuple[str, ...]], builder: PlanBuilder) -> Actions:
    entries: list[Action] = list(plan.actions.values())
    place = {action.id: i for i, action in enumerate(entries)}
    after = tuple(tuple(place[before] for before in action.after) for action in entries)
    programmes = names["programme"]
    return Actions(
        start=_frozen(np.array([plan.settings.start + a.start + option_delay(plan, a.id) for a in entries])),
        duration=_frozen(np.array([a.duration for a in entries])),
        after=after,
        order=order_of(after),
        programme=_ints(programmes.index(a.programme) for a in entries),
        spans_plan=_frozen(np.array([a.phase == WHOLE_PLAN for a in entries], dtype=np.bool_)),
        overrun=_ints(add_overrun(plan, a, builder) for a in entries),
        delay=_ints(-1 for _ in entries),
        stretch=_ints(add_stretch(plan, a, builder) for a in entries),
        lags=tuple(a.lags or (0.0,) * len(a.after) for a in entries),
    )


def _on_periods(monthly: list[FloatArray], calendar: Calendar, periods: Periods) -> FloatArray:
    """Return the mean over the months of each fine period, shape (fine, column)."""
    edges = periods.edges.copy()
    edges[0], edges[-1] = edges[1] - 12, edges[-2] + 12
    cuts = (edges + calendar.zero).astype(int)
    months = np.array(monthly, dtype=np.float64).reshape(len(monthly), -1)[:, : cuts[-1]]
    return _frozen((np.add.reduceat(months, cuts[:-1], axis=1) / np.diff(cuts)).T.copy())


def _years_since(plan: Plan, calendar: Calendar, periods: Periods) -> FloatArray:
    known = calendar.edge(plan.settings.as_of) - calendar.zero
    middle = 12.0 * (periods.fine_years - periods.first_year) + 6
    return _frozen(np.maximum((middle - known) / 12, 0.0))


def _dependence(plan: Plan) -> dict[str, float]:
    keys = ("plan", "initiative", "action", "cost_duration")
    values = plan.settings.values
    shares = {key: values[f"dependence.{key}"].estimate.mode for key in keys if f"dependence.{key}" in values}
    start = "dependence.drivers."
    return shares | {
        key.removeprefix("dependence."): value.estimate.mode for key, value in values.items() if key.startswith(start)
    }


def _ints(values: Iterable[int]) -> IntArray:
    return _frozen(np.array(list(values), dtype=np.intp))


def _frozen(array: T) -> T:
    array.flags.writeable = False
    return array
