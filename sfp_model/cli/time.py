"""Commands about time and work: schedule, staffing."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sfp_model.cli.common import Data, Format, How, Params, Scenario, app, plan_of, results_of, write
from sfp_model.errors import UsageError

if TYPE_CHECKING:
    from sfp_model.inputs.plan import Plan

__all__ = ["KEYS", "schedule", "staffing", "work_by"]


class Scheduled(StrEnum):
    """Which table of the schedule."""

    actions = "actions"
    programmes = "programmes"
    links = "links"
    meetings = "meetings"
    fixed = "fixed"
    effects = "effects"
    peaks = "peaks"


class Staffed(StrEnum):
    """Which table of staffing."""

    work = "work"
    capacity = "capacity"
    overload = "overload"
    levelling = "levelling"
    moves = "moves"
    cases = "cases"
    posts = "posts"


TITLES = {
    "actions": "Actions in time, months from January of the first year",
    "programmes": "Programmes and their critical paths, months from January of the first year",
    "links": "What comes before what",
    "meetings": "Meetings of the governing bodies as known on the day that the scenario knows",
    "fixed": "Lines on calendar dates, which move neither with the plan nor with their action; CHF thousands",
    "effects": "Additional need by start and pace, constant prices, CHF thousands",
    "peaks": "Busiest quarter of absorbed time and additional need by start and pace, CHF thousands",
    "work": "Person-months",
    "capacity": "Staff groups asked for more than the released share of their time, person-months a quarter",
    "overload": "Over-allocation by quarter, group and action, person-months",
    "levelling": "What float can absorb, and what temporary posts would have to carry",
    "moves": "Actions that levelling may move, months",
    "cases": "Needs by year as planned and levelled, constant prices, CHF thousands",
    "posts": "New and temporary posts, and existing posts that recurrent work goes on binding; CHF thousands",
}
COLUMNS = {
    "actions": {
        "action": "action", "start_month": "from", "end_month": "to", "after": "after", "total_float": "float",
        "free_float": "free", "critical": "critical", "criticality": "in draws",
        "additional_constant": "additional need", "person_months": "person-months",
    },
    "programmes": {
        "title": "programme", "start": "start", "end": "end", "end_month": "to", "critical_path": "critical path",
        "critical_actions": "critical actions", "actions": "actions", "end_p50": "end, P50", "end_p80": "end, P80",
        "se_end_p80": "s.e. P80",
    },
    "meetings": {
        "title": "meeting", "when": "when", "confidence": "code", "inside": "in the horizon", "basis": "basis",
    },
    "capacity": {
        "sector": "sector", "station": "station", "grade": "grade", "period": "quarter", "time": "time",
        "capacity": "released", "work": "work", "participants": "participants", "over": "above",
        "break_even_rate": "break-even rate", "levelled_over": "above, levelled",
    },
    "levelling": {
        "case": "case", "title": "temporary position", "posts": "posts", "over": "person-months above",
        "rate": "CHF a person-month", "additional_constant": "additional need, thousands",
        "whole_constant": "in whole posts, thousands",
        "peak_quarter": "busiest quarter",
    },
    "moves": {
        "action": "action", "programme": "programme", "float": "float", "moved": "moved", "start_month": "from",
        "new_start_month": "new from", "end_month": "to", "new_end_month": "new to",
    },
    "overload": {
        "period": "quarter", "sector": "sector", "station": "station", "grade": "grade", "action": "action",
        "role": "role", "person_months": "person-months", "demand": "demand", "capacity": "capacity", "over": "over",
        "break_even_rate": "break-even rate",
    },
}  # fmt: skip
MONEY = ("additional_constant", "whole_constant", "absorbed_constant", "constant_chf", "additional_horizon",
         "additional_after", "delta_additional", "kept_on", "full_year")  # fmt: skip
HIDDEN = ("title", "source", "rests_on")
NAMED = ("programme", "action", "resource", "sector")  # shown by their titles
CROWDED = 16  # columns beyond which there is no room for titles
STATIONS = {"geneva": "Geneva", "region": "Regions", "other": "Elsewhere"}
SHARES = ("break_even_rate", "criticality", "release_rate")
KEYS = ("programme", "action", "resource", "grade", "station", "sector", "funding", "role", "kind", "quarter", "year")
DELAY = (
    "A delay is not a saving. Kept on: the months that recurrent work loses by it, to be paid after the plan's years "
    "so that it runs as long as in the scenario; it is in no other column. Early editions: the event stays on its "
    "dates, as does its subsidy, and would be held before its design ends."
)
RELEASE = (
    "Staff groups are derived from declared shares, all estimates. The break-even rate is the share of its time that a "
    "group would have to be released for the plan."
)
STAND_IN = (
    "The nearest temporary position of the rate card stands in for each grade; nobody can learn in another's place, so "
    "it takes over other work of those who take part. Its price is not part of the plan's additional need."
)
NOTES = {
    "effects": DELAY,
    "peaks": DELAY,
    "capacity": RELEASE,
    "overload": RELEASE,
    "levelling": STAND_IN,
    "actions": "Float: months by which the action may slip before its programme ends later; free: before another "
    "action starts later. In draws: share in which the action is critical. All columns are in the CSV.",
}


@app.command()
def schedule(
    show: Annotated[Scheduled, typer.Option("--show", help="Which table.")] = Scheduled.actions,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """When: actions with their float, critical paths, meetings, fixed dates, effect of start and pace."""
    from sfp_model.report.console import pivot

    plan, results = results_of(params, data, scenario)
    rows = results.table(f"schedule.{show.value}")
    note = NOTES.get(show.value, "")
    if how is Format.table and show is Scheduled.effects:
        order = list(dict.fromkeys(str(row["period"]) for row in rows))
        keys = ["start_shift", "stretch", "start_month", "end_month", "early_editions"]
        kept = pivot(rows, keys, "period", "kept_on", order)
        wide = pivot(rows, keys, "period", "additional_constant", order)
        rows = [row | {"kept on": late["total"]} for row, late in zip(wide, kept, strict=True)]
        _write(plan, rows, how, show.value, scenario, money=[*order, "total", "kept on"], note=note)
        return
    _write(plan, rows, how, show.value, scenario, note=note)


@app.command()
def staffing(
    show: Annotated[Staffed, typer.Option("--show", help="Which table.")] = Staffed.work,
    by: Annotated[str, typer.Option("--by", metavar="KEY,…", help="Breakdown of work, see below.")] = "kind,grade,year",
    step: Annotated[int, typer.Option("--step", min=1, help="Months by which levelling moves actions.")] = 1,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """With whose time: person-months, capacity, over-allocation, levelling, posts.

    Keys: programme, action, resource, grade, station, sector, funding, role, kind, quarter, year.
    """
    if show is Staffed.work:
        _work([key.strip() for key in by.split(",") if key.strip()], params, data, scenario, how)
        return
    if show in (Staffed.levelling, Staffed.moves, Staffed.cases, Staffed.capacity) and step != 1:
        from sfp_model.results.evaluation import Evaluation
        from sfp_model.results.tables_time import time_tables

        plan = plan_of(params, data, scenario)
        rows = time_tables(Evaluation.of(plan, data), step)[f"staffing.{show.value}"]().rows()
    else:
        plan, results = results_of(params, data, scenario)
        rows = results.table(f"staffing.{show.value}")
    if how is Format.table and show is Staffed.capacity:
        rows = [row for row in rows if row["over"]]
    if how is Format.table and show is Staffed.levelling:
        used = {row["resource"] for row in rows if row["over"]}
        rows = [row for row in rows if row["resource"] in used]
    _write(plan, rows, how, show.value, scenario, note=NOTES.get(show.value, ""))


def work_by(rows: Sequence[dict[str, Any]], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Add up rows of ``staffing.quarters`` by *keys*; without a key of time what lies outside the plan is left out."""
    timed = "quarter" in keys or "year" in keys
    sums: dict[tuple[str, ...], dict[str, float]] = {}
    for row in rows:
        period = str(row["period"])
        if not timed and not period[0].isdigit():
            continue
        named = row | {"quarter": period, "year": period.split("-Q")[0]}
        part = sums.setdefault(
            tuple(str(named[k]) for k in keys), {"person_months": 0.0, "days": 0.0, "constant_chf": 0.0}
        )
        for name in part:
            part[name] += float(row[name])
    found: list[dict[str, Any]] = [{**dict(zip(keys, key, strict=True)), **part} for key, part in sums.items()]
    if "grade" in keys:
        first = {key: list(dict.fromkeys(row[key] for row in found)) for key in keys if key != "grade"}
        found.sort(key=lambda row: [_by_grade(row[k]) if k == "grade" else (first[k].index(row[k]), 0) for k in keys])
    return found


def _work(keys: list[str], params: Params, data: Data, scenario: str, how: Format) -> None:
    from sfp_model.report.console import pivot
    from sfp_model.report.format import number

    for key in keys:
        if key not in KEYS:
            raise UsageError(f"breakdown {key!r} is none of {', '.join(KEYS)}")
    plan, results = results_of(params, data, scenario)
    time = next((key for key in ("quarter", "year") if key in keys), None)
    stored = results.table("staffing.quarters")
    beside: dict[str, float] = {}
    for row in stored:
        if not (period := str(row["period"]))[0].isdigit():
            beside[period] = beside.get(period, 0.0) + float(row["person_months"])
    rows = work_by(stored, keys)
    if how is Format.table and time and len(keys) > 1:
        order = sorted({row[time] for row in rows}, key=_in_time)
        others = [key for key in keys if key != time]
        wide = pivot([row for row in rows if row["person_months"]], others, time, "person_months", order, set(beside))
        rows = [{k: number(v, 1) if k not in others else v for k, v in row.items()} for row in wide]
    parts = ", ".join(f"{name} {number(months, 1)}" for name, months in beside.items() if months)
    _write(
        plan,
        rows,
        how,
        "work",
        scenario,
        note="Consultants work by the day and have no person-months; see the CSV. Mix: people of several "
        "grades, at their mean cost." + (f" Person-months in no total: {parts}." if parts else ""),
    )


def _by_grade(grade: str) -> tuple[int, int]:
    """Return the place of a grade: directors, professionals, general service, each from the top; a mix last."""
    place = "DPG".find(grade[:1]) if grade else -1
    return (place, -int(grade[1:])) if place >= 0 and grade[1:].isdigit() else (3 if grade else 4, 0)


def _in_time(period: str) -> tuple[int, str]:
    return (0 if period.startswith("before") else 2 if period.startswith("after") else 1), period


def _write(
    plan: Plan,
    rows: Sequence[dict[str, Any]],
    how: Format,
    show: str,
    scenario: str,
    *,
    money: Sequence[str] = (),
    note: str = "",
) -> None:
    from sfp_model.report.format import percent
    from sfp_model.results.needs_view import in_words

    columns = COLUMNS.get(show, {key: key for key in rows[0] if key not in HIDDEN}) if rows and not money else None
    crowded = len(columns or (rows[0] if rows else ())) > CROWDED

    def cell(column: str, value: Any) -> Any:
        if column in SHARES and value is not None:
            return percent(value, 1)
        if column == "station":
            return STATIONS.get(value, value)
        return in_words(plan, column, value) if column in NAMED and not crowded else value

    about = {"show": show}
    write(rows, how, scenario, TITLES[show], about=about, columns=columns, cell=cell, money=money or MONEY, note=note)
