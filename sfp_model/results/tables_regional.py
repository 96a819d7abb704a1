"""Tables of what is driven by numbers of things, and of what stands beside the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from sfp_model.inputs.drivers import driver_words, multiple, with_driver
from sfp_model.inputs.places import place_of
from sfp_model.inputs.plan import Action, Activity, Line, Plan
from sfp_model.model.inputs import FloatArray
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Column, Row, columns

__all__ = ["TABLES", "account_plan"]

DRIVERS = columns(
    "driver programme title unit lowest:- highest:- today:- confidence source basis lines:- additional_chf:CHF "
    "absorbed_chf:CHF unit_additional_chf:CHF unit_absorbed_chf:CHF unit_person_months:person-month file file_line:-"
)
ENGAGEMENT = columns(
    "driver unit part title joins:month period number:- additional_chf:CHF absorbed_chf:CHF person_months:person-month"
)
CURVE = columns(
    "driver title unit number:- chosen:bool additional_chf:CHF additional_p10_chf:CHF additional_p90_chf:CHF "
    "se_additional_p10_chf:CHF se_additional_p90_chf:CHF additional_nominal_chf:CHF absorbed_chf:CHF "
    "person_months:person-month full_year_chf:CHF"
)
OFFICES = columns(
    "line kind basis confidence drivers per_office_person_months:person-month person_months:person-month chf:CHF"
)
LEVERS = columns(
    "driver title unit period number:- today:- released_person_months:person-month released_chf:CHF "
    "additional_chf:CHF needed_person_months:person-month planned:bool"
)
RAISED = columns(
    "id title activity number:- unit low_chf:CHF mode_chf:CHF high_chf:CHF start end cost_additional_chf:CHF "
    "cost_absorbed_chf:CHF confidence basis"
)
SERIES = columns(
    "activity title groups:- sessions:- guests:- held:- participants_person_months:person-month "
    "other_person_months:person-month absorbed_chf:CHF additional_chf:CHF"
)
INDICATORS = columns(
    "indicator serves title unit baseline:- baseline_note target:- target_note measured_by every method lines "
    "shared:bool additional_chf:CHF absorbed_chf:CHF file file_line:-"
)
ACCOUNT = "account"


def _inside(rows: FloatArray) -> float:
    """Return the sum of line × period amounts inside the horizon."""
    return float(rows[:, 1:-1].sum())


def _picked(evaluation: Evaluation, chosen: list[int], funding: str) -> list[int]:
    return [i for i in chosen if evaluation.facts[i].funding == funding]


def _only(plan: Plan, lines: dict[str, Line]) -> Plan:
    return replace(plan, lines=lines, event=None, risks={}, gains={})


def drivers(evaluation: Evaluation) -> Iterator[Row]:
    """Yield every driver with what its lines need inside the horizon, and what one unit (in every year) needs.

    A line that names several drivers counts under each of them: the column must not be added up.
    """
    plan = evaluation.plan
    for name, driver in plan.drivers.items():
        mine = {key: line for key, line in plan.lines.items() if name in line.per}
        rows = [i for i, facts in enumerate(evaluation.facts) if facts.line in mine]
        unit = Evaluation.of(with_driver(_only(plan, mine), name, 1.0)) if mine else None
        amounts = {f: _inside(evaluation.constant[_picked(evaluation, rows, f)]) for f in ("additional", "absorbed")}
        units = {
            f: _inside(unit.constant[_picked(unit, list(range(len(unit.facts))), f)]) if unit else 0.0
            for f in ("additional", "absorbed")
        }
        first = next(iter(driver.values.values()))
        yield {
            "driver": name, "programme": driver.programme, "title": driver.title, "unit": driver.unit,
            "lowest": min(driver.numbers), "highest": max(driver.numbers),
            "today": None if driver.today is None else driver.today.estimate.mode, "confidence": first.confidence,
            "source": first.source, "basis": first.basis, "lines": len(mine),
            "additional_chf": amounts["additional"], "absorbed_chf": amounts["absorbed"],
            "unit_additional_chf": units["additional"], "unit_absorbed_chf": units["absorbed"],
            "unit_person_months": _inside(unit.person_months) if unit else 0.0,
            "file": place_of(driver.position.file), "file_line": driver.position.line,
        }  # fmt: skip


def engagement(evaluation: Evaluation) -> Iterator[Row]:
    """Yield, for drivers with parts, how many are reached in each part and period, and what that needs.

    The number of a period is the driver's number of the year times the share of the part and of the year in which the
    part has joined; it is read from the timing weights of a line that the driver alone multiplies, once a year.
    """
    plan = evaluation.plan
    weights = evaluation.outcome.weights("year", "constant")[:, :, 0]
    groups = evaluation.arrays.lines.group
    for name, driver in plan.drivers.items():
        for part in driver.parts.values():
            rows = [
                i
                for i, facts in enumerate(evaluation.facts)
                if facts.line in plan.lines
                and name in plan.lines[facts.line].per
                and plan.lines[facts.line].part == part.id
            ]
            counted = [i for i in rows if _once_a_year(plan.lines[evaluation.facts[i].line])]
            if not counted:
                continue
            line = plan.lines[evaluation.facts[counted[0]].line]
            number = weights[groups[counted[0]]] * multiple(plan, line)[0]
            for p in np.flatnonzero(number):
                at = {f: evaluation.constant[_picked(evaluation, rows, f), p].sum() for f in ("additional", "absorbed")}
                yield {
                    "driver": name, "unit": driver.unit, "part": part.id, "title": part.title, "joins": part.joins,
                    "period": evaluation.periods[p], "number": number[p], "additional_chf": at["additional"],
                    "absorbed_chf": at["absorbed"], "person_months": evaluation.person_months[rows, p].sum(),
                }  # fmt: skip


def _once_a_year(line: Line) -> bool:
    return len(line.per) == 1 and line.recurs is not None and line.recurs.per == "year"


def curve(evaluation: Evaluation) -> Iterator[Row]:
    """Yield what the programme of a driver needs inside the horizon at each number of the driver's curve.

    Every point is the same model on the plan with that number in every year; its range is from the same draws at every
    point, without the events of the risk register. Only for drivers of lines of the plan.
    """
    from sfp_model.results.draws import BLOCKS, SMALL, inside_total
    from sfp_model.uncertainty import simulate
    from sfp_model.uncertainty.between import percentile_errors

    plan = evaluation.plan
    for name, driver in plan.drivers.items():
        if not driver.curve or not any(name in line.per for line in plan.lines.values()):
            continue
        mine = {key: line for key, line in plan.lines.items() if line.programme == driver.programme}
        points = sorted({*driver.curve, *(driver.numbers if len(set(driver.numbers)) == 1 else ())})
        for number in points:
            found = Evaluation.of(with_driver(_only(plan, mine), name, number))
            drawn = np.stack(list(simulate(found.arrays, plan.settings.seed, BLOCKS, measure=inside_total, size=SMALL)))
            low, high = np.quantile(drawn, [0.1, 0.9])
            errors = percentile_errors(drawn, (0.1, 0.9))
            cash = _picked(found, list(range(len(found.facts))), "additional")
            time = _picked(found, list(range(len(found.facts))), "absorbed")
            yearly = found.outcome.full_year((), "additional")[1]
            yield {
                "driver": name, "title": driver.title, "unit": driver.unit, "number": number,
                "chosen": set(driver.numbers) == {number}, "additional_chf": _inside(found.constant[cash]),
                "additional_p10_chf": low, "additional_p90_chf": high,
                "se_additional_p10_chf": errors[0], "se_additional_p90_chf": errors[1],
                "additional_nominal_chf": _inside(found.nominal[cash]), "absorbed_chf": _inside(found.constant[time]),
                "person_months": _inside(found.person_months[time]), "full_year_chf": float(yearly.sum()),
            }  # fmt: skip


def account_plan(plan: Plan) -> Plan | None:
    """Return the account of the work that goes on anyway as a plan of its own, from the first month of the horizon."""
    lines = plan.beside.account
    if not lines:
        return None
    first = next(iter(lines.values()))
    programme = plan.programmes[first.programme]
    initiative = programme.initiatives[0]
    sample = next(a for a in plan.actions.values() if a.programme == programme.id)
    action = Action(
        ACCOUNT, plan.beside.account_title, initiative, programme.id, None, -plan.settings.start,
        12.0 * plan.settings.horizon_years, (), "", sample.overrun_class, sample.sectors, "project", (),
        (first.activity,), first.position,
    )  # fmt: skip
    activity = Activity(
        first.activity, plan.beside.account_title, ACCOUNT, (), "project", None, tuple(lines), "carried", "",
        first.position,
    )  # fmt: skip
    moved = {key: replace(line, action=ACCOUNT, initiative=initiative) for key, line in lines.items()}
    frame = replace(plan.settings, funding_modes=("additional", "absorbed", "in_kind"))
    return replace(
        plan, settings=frame, actions={ACCOUNT: action}, activities={first.activity: activity}, lines=moved,
        decisions={}, event=None, risks={}, gains={},
    )  # fmt: skip


def _today(plan: Plan) -> Plan:
    """Return *plan* with every lever at the level before the plan."""
    for name, driver in plan.drivers.items():
        if driver.today is not None:
            plan = with_driver(plan, name, driver.today.estimate.mode)
    return plan


def offices(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the account of the offices in a year as it is today: fixed, and variable with what the levers change.

    Running cost in money (rent, utilities, contracts) was not found and is not stated.
    """
    account = account_plan(evaluation.plan)
    if account is None:
        return
    account = _today(account)
    found = Evaluation.of(account)
    levers_ = {name for name, driver in account.drivers.items() if driver.today is not None}
    for i, line in enumerate(account.lines.values()):
        base = [name for name in line.per if name not in levers_]
        number = float(np.prod([account.drivers[name].numbers[0] for name in base]))
        months = float(found.person_months[i, 1])
        yield {
            "line": line.id, "kind": "variable" if levers_ & set(line.per) else "fixed", "basis": line.quantity.basis,
            "confidence": line.quantity.confidence, "drivers": driver_words(account, line),
            "per_office_person_months": months / number if number else 0.0, "person_months": months,
            "chf": found.constant[i, 1],
        }  # fmt: skip


def levers(evaluation: Evaluation) -> Iterator[Row]:
    """Yield, for each lever on the account, the time that a number below today's would release in a year; no cash.

    ``planned`` rows are the numbers of the plan by year; the others are the points of the curve in any one year.
    ``needed`` is the absorbed time that the programme takes from the staff of the same duty station, in the year, or in
    the year of the largest need. Released time stays beside the plan: it is netted from nothing.
    """
    plan, account = evaluation.plan, account_plan(evaluation.plan)
    if account is None:
        return
    needed = _needed(evaluation, account)
    before = Evaluation.of(_today(account))
    for name, driver in plan.drivers.items():
        if driver.today is None or not any(name in line.per for line in account.lines.values()):
            continue
        common = {
            "driver": name, "title": driver.title, "unit": driver.unit, "today": driver.today.estimate.mode,
            "additional_chf": 0.0,
        }  # fmt: skip
        planned = Evaluation.of(account)
        for p, (year, value) in enumerate(driver.values.items(), start=1):
            yield {
                **common, "period": year, "number": value.estimate.mode, "planned": True,
                "released_person_months": (before.person_months - planned.person_months)[:, p].sum(),
                "released_chf": (before.constant - planned.constant)[:, p].sum(), "needed_person_months": needed[p],
            }  # fmt: skip
        for number in driver.curve:
            there = Evaluation.of(with_driver(account, name, number))
            yield {
                **common, "period": "any year", "number": number, "planned": False,
                "released_person_months": (before.person_months - there.person_months)[:, 1].sum(),
                "released_chf": (before.constant - there.constant)[:, 1].sum(),
                "needed_person_months": needed[1:-1].max(),
            }  # fmt: skip


def _needed(evaluation: Evaluation, account: Plan) -> FloatArray:
    """Return the absorbed person-months by period that the account's programme takes at the account's duty stations."""
    plan = evaluation.plan
    lines = list(account.lines.values())
    stations = {plan.resources[line.resource].station for line in lines}
    rows = [
        i
        for i, facts in enumerate(evaluation.facts)
        if facts.programme == lines[0].programme and facts.funding == "absorbed"
        and plan.resources[facts.resource].station in stations
    ]  # fmt: skip
    result: FloatArray = evaluation.person_months[rows].sum(axis=0)
    return result


def raised(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the money to be raised from others, with its range, beside what the activity that is to raise it needs.

    Never added to the need and never taken off it: nobody has promised it.
    """
    plan = evaluation.plan
    for item in plan.beside.raised.values():
        driver = plan.drivers.get(item.per)
        number = driver.numbers[0] if driver else 1.0
        rows = [i for i, facts in enumerate(evaluation.facts) if facts.activity == item.activity]
        estimate = item.amount.estimate
        yield {
            "id": item.id, "title": item.title, "activity": item.activity, "number": number,
            "unit": driver.unit if driver else "", "low_chf": number * estimate.low, "mode_chf": number * estimate.mode,
            "high_chf": number * estimate.high, "start": item.start, "end": item.end,
            "cost_additional_chf": evaluation.constant[_picked(evaluation, rows, "additional")].sum(),
            "cost_absorbed_chf": evaluation.constant[_picked(evaluation, rows, "absorbed")].sum(),
            "confidence": item.amount.confidence, "basis": item.amount.basis,
        }  # fmt: skip


def series(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the activities that are series of sessions: groups, sessions, guests, time and additional need.

    An activity is a series if its lines name a driver in groups and one in sessions per group.
    """
    plan = evaluation.plan
    for activity in plan.activities.values():
        lines = [plan.lines[key] for key in activity.lines]
        units = {plan.drivers[name].unit.split("/")[0]: plan.drivers[name] for line in lines for name in line.per}
        if "group" not in units or "session" not in units:
            continue
        groups, sessions = units["group"].numbers[0], units["session"].numbers[0]
        guests = units["guest"].numbers[0] if "guest" in units else None
        rows = [i for i, facts in enumerate(evaluation.facts) if facts.activity == activity.id]
        taking = [i for i in rows if _takes_part(plan, plan.lines[evaluation.facts[i].line])]
        other = [i for i in rows if i not in taking]
        yield {
            "activity": activity.id, "title": activity.title, "groups": groups, "sessions": sessions, "guests": guests,
            "held": groups * sessions, "participants_person_months": _inside(evaluation.person_months[taking]),
            "other_person_months": _inside(evaluation.person_months[other]),
            "absorbed_chf": _inside(evaluation.constant[_picked(evaluation, rows, "absorbed")]),
            "additional_chf": _inside(evaluation.constant[_picked(evaluation, rows, "additional")]),
        }  # fmt: skip


def _takes_part(plan: Plan, line: Line) -> bool:
    """Whether a line is the time of guests of a session."""
    return line.role == "participants" or any(plan.drivers[name].unit.startswith("guest") for name in line.per)


def indicators(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the outcome indicators with what measuring them needs inside the horizon.

    A line that several indicators name is shared equally among them, so that the columns add up to the lines.
    """
    plan = evaluation.plan
    named = Counter(line for item in plan.beside.indicators.values() for line in item.lines)
    for item in plan.beside.indicators.values():
        sums = {"additional": 0.0, "absorbed": 0.0}
        for facts, row in zip(evaluation.facts, evaluation.constant, strict=True):
            if facts.line in item.lines and facts.funding in sums:
                sums[facts.funding] += float(row[1:-1].sum()) / named[facts.line]
        yield {
            "indicator": item.id, "serves": item.serves, "title": item.title, "unit": item.unit,
            "baseline": None if item.baseline is None else item.baseline.estimate.mode,
            "baseline_note": item.baseline_note or (item.baseline.basis if item.baseline else ""),
            "target": None if item.target is None else item.target.estimate.mode,
            "target_note": item.target_note or (item.target.basis if item.target else ""),
            "measured_by": item.measured_by, "every": item.every, "method": item.method,
            "lines": ";".join(item.lines), "shared": any(named[line] > 1 for line in item.lines),
            "additional_chf": sums["additional"], "absorbed_chf": sums["absorbed"],
            "file": place_of(item.position.file), "file_line": item.position.line,
        }  # fmt: skip


TABLES: dict[str, tuple[tuple[Column, ...], Callable[[Evaluation], Iterator[Row]]]] = {
    "drivers": (DRIVERS, drivers),
    "regional.engagement": (ENGAGEMENT, engagement),
    "regional.curve": (CURVE, curve),
    "regional.offices": (OFFICES, offices),
    "regional.levers": (LEVERS, levers),
    "regional.raised": (RAISED, raised),
    "workplace.series": (SERIES, series),
    "indicators": (INDICATORS, indicators),
}
