"""Tables of the schedule: actions with their float, links, programmes, meetings, fixed dates, start and pace."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sfp_model.inputs.schedule import WHOLE_PLAN
from sfp_model.model.critical import NEAR, critical_path
from sfp_model.model.inputs import FloatArray
from sfp_model.model.schedule import option_delay
from sfp_model.results.delays import early_editions, kept_on, recurring
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns
from sfp_model.results.tables_needs import calendar_month
from sfp_model.results.time_view import BLOCKS, TimeView
from sfp_model.uncertainty.between import percentile_errors

__all__ = [
    "ACTIONS", "EFFECTS", "FIXED", "LINKS", "MEETINGS", "PEAKS", "PROGRAMMES", "SHIFTS", "STRETCHES", "actions",
    "effects", "fixed", "links", "meetings", "peaks", "programmes",
]  # fmt: skip

ACTIONS = columns(
    "action title programme initiative phase start:month end:month duration:month start_month end_month after "
    "held_by total_float:month free_float:month plan_float:month critical:bool criticality:- end_p80:month "
    "se_end_p80:month fixed_lines:- additional_constant:CHF person_months:person-month"
)
LINKS = columns("before after lag:month typed:bool slack:month")
PROGRAMMES = columns(
    "programme title start:month end:month duration:month end_month critical_path critical_actions:- actions:- "
    "end_p50:month end_p80:month se_end_p50:month se_end_p80:month"
)
MEETINGS = columns(
    "meeting title body when precision start:month end:month inside:bool confidence source basis rests_on"
)
FIXED = columns(
    "line action from to before_horizon:bool additional_constant:CHF absorbed_constant:CHF person_months:person-month"
)
EFFECTS = columns(
    "start_shift:month stretch:- start_month end_month period additional_constant:CHF absorbed_constant:CHF "
    "person_months:person-month kept_on:CHF early_editions"
)
PEAKS = columns(
    "start_shift:month stretch:- peak_quarter peak_person_months:person-month additional_horizon:CHF "
    "additional_after:CHF delta_additional:CHF kept_on:CHF early_editions"
)
SHIFTS = (0, 3, 6, 12)
STRETCHES = (0.75, 1.0, 1.25, 1.5)


def actions(view: TimeView) -> Iterator[Row]:
    """Yield every action in time with its floats; months count from January of the first year of the horizon.

    ``held_by`` says what decides its start: a predecessor, the delay of an option, or its own month. ``criticality``
    is the share of draws in which it is critical, ``end_p80`` the end that four draws of five keep.
    """
    plan, placed, room = view.plan, view.placed, view.room
    first = plan.settings.horizon_start
    drawn, drawn_room = view.drawn
    names = list(plan.actions)
    months = _by_action(view.evaluation, "absorbed", view.evaluation.person_months)
    money = _by_action(view.evaluation, "additional", view.evaluation.constant)
    for i, action in enumerate(plan.actions.values()):
        start, end = float(placed.start[i, 0]), float(placed.end[i, 0])
        moves = bool(room.moves[i])
        lags = action.lags or (0.0,) * len(action.after)
        yield {
            "action": action.id, "title": action.title, "programme": action.programme,
            "initiative": action.initiative, "phase": action.phase, "start": start, "end": end,
            "duration": end - start, "start_month": calendar_month(first, start),
            "end_month": calendar_month(first, max(start, end - NEAR)),
            "after": ";".join(f"{before}{lag:+g}" if lag else before
                              for before, lag in zip(action.after, lags, strict=True)),
            "held_by": _held_by(view, i, names), "total_float": room.total[i, 0] if moves else None,
            "free_float": room.free[i, 0] if moves else None, "plan_float": room.plan[i, 0] if moves else None,
            "critical": bool(room.critical[i, 0]),
            "criticality": float(drawn_room.critical[i].mean()) if moves else None,
            "end_p80": float(np.quantile(drawn.end[i], 0.8)),
            "se_end_p80": percentile_errors(drawn.end[i].reshape(BLOCKS, -1), (0.8,))[0],
            "fixed_lines": sum(
                line.action == action.id and line.timing.absolute is not None and plan.is_active(line)
                for line in plan.lines.values()
            ),
            "additional_constant": money.get(action.id, 0.0), "person_months": months.get(action.id, 0.0),
        }  # fmt: skip


def _by_action(evaluation: Evaluation, funding: str, amounts: FloatArray) -> dict[str, float]:
    sums: dict[str, float] = {}
    for facts, row in zip(evaluation.facts, amounts, strict=True):
        if facts.funding == funding:
            sums[facts.action] = sums.get(facts.action, 0.0) + float(row[1:-1].sum())
    return sums


def _held_by(view: TimeView, i: int, names: list[str]) -> str:
    action = view.plan.actions[names[i]]
    if action.phase == WHOLE_PLAN:
        return "programme"
    placed = view.placed
    for link in view.links:
        if link.typed and link.after == i:
            late = float(placed.start[i, 0]) > float(view.evaluation.arrays.actions.start[i]) + NEAR
            if late and abs(placed.end[link.before, 0] + link.lag - placed.start[i, 0]) < NEAR:
                return names[link.before]
    return "option" if option_delay(view.plan, action.id) else "own start"


def links(view: TimeView) -> Iterator[Row]:
    """Yield what comes before what; ``typed`` links move the successor, the others are the order of phases."""
    names, placed = list(view.plan.actions), view.placed
    for link in view.links:
        yield {
            "before": names[link.before], "after": names[link.after], "lag": link.lag, "typed": link.typed,
            "slack": placed.start[link.after, 0] - link.lag - placed.end[link.before, 0],
        }  # fmt: skip


def programmes(view: TimeView) -> Iterator[Row]:
    """Yield start, end and critical path of each programme, and of the whole plan."""
    plan, placed = view.plan, view.placed
    drawn, _ = view.drawn
    names = list(plan.actions)
    groups = {key: (item.title, view.members(key)) for key, item in plan.programmes.items()}
    groups["plan"] = ("Whole plan", [i for _, members in groups.values() for i in members])
    for key, (title, members) in groups.items():
        if not members:
            continue
        end = float(placed.end[members, 0].max())
        ends = drawn.end[members].max(axis=0)
        errors = percentile_errors(ends.reshape(BLOCKS, -1), (0.5, 0.8))
        room = view.room.plan if key == "plan" else view.room.total
        yield {
            "programme": key, "title": title, "start": placed.start[members, 0].min(), "end": end,
            "duration": end - float(placed.start[members, 0].min()),
            "end_month": calendar_month(plan.settings.horizon_start, end - NEAR),
            "critical_path": ";".join(names[i] for i in critical_path(placed, view.links, members)),
            "critical_actions": int((room[members, 0] < NEAR).sum()), "actions": len(members),
            "end_p50": float(np.quantile(ends, 0.5)), "end_p80": float(np.quantile(ends, 0.8)),
            "se_end_p50": errors[0], "se_end_p80": errors[1],
        }  # fmt: skip


def meetings(view: TimeView) -> Iterator[Row]:
    """Yield the meetings of the governing bodies; months count from January of the first year of the horizon."""
    horizon = view.evaluation.arrays.periods.horizon
    for meeting in view.plan.meetings:
        yield {
            "meeting": meeting.id, "title": meeting.title, "body": meeting.body, "when": meeting.when,
            "precision": meeting.precision, "start": meeting.start, "end": meeting.end,
            "inside": 0 <= meeting.start < horizon, "confidence": meeting.confidence, "source": meeting.source,
            "basis": meeting.basis, "rests_on": ";".join(meeting.rests_on),
        }  # fmt: skip


def fixed(view: TimeView) -> Iterator[Row]:
    """Yield the lines on calendar dates: they move neither with the plan nor with their action."""
    evaluation, first = view.evaluation, view.plan.settings.horizon_start
    for i, facts in enumerate(evaluation.facts):
        line = view.plan.lines.get(facts.line)
        if line is None or line.timing.absolute is None:
            continue
        start, end = line.timing.absolute
        yield {
            "line": line.id, "action": line.action, "from": calendar_month(first, start),
            "to": calendar_month(first, end - NEAR), "before_horizon": end <= 0,
            "additional_constant": evaluation.constant[i].sum() * (facts.funding == "additional"),
            "absorbed_constant": evaluation.constant[i].sum() * (facts.funding == "absorbed"),
            "person_months": evaluation.person_months[i].sum(),
        }  # fmt: skip


def effects(view: TimeView) -> Iterator[Row]:
    """Yield needs by year for other starts and other paces, each by the same model.

    ``kept_on`` is the additional need of the months that what recurs loses by a later start, added at the other end;
    it is not in the amounts. ``early_editions`` are the years in which the event, which stays on its dates, would be
    held before its design ends.
    """
    for shift, stretch, evaluation in _paces(view):
        first = evaluation.plan.settings.horizon_start
        amounts = {funding: _sums(evaluation, funding, evaluation.constant) for funding in ("additional", "absorbed")}
        months = _sums(evaluation, "absorbed", evaluation.person_months)
        placed = evaluation.outcome.schedule
        longer, early = _kept_on(view, evaluation), early_editions(view.plan.event, evaluation)
        for p, period in enumerate(evaluation.periods):
            yield {
                "start_shift": shift, "stretch": stretch,
                "start_month": calendar_month(first, evaluation.plan.settings.start),
                "end_month": calendar_month(first, float(placed.end.max()) - NEAR), "period": period,
                "additional_constant": amounts["additional"][p], "absorbed_constant": amounts["absorbed"][p],
                "person_months": months[p], "kept_on": longer[p], "early_editions": early,
            }  # fmt: skip


def peaks(view: TimeView) -> Iterator[Row]:
    """Yield the busiest quarter of absorbed time and the additional need for other starts and paces.

    ``delta_additional`` compares all periods with the scenario as it is; what looks like a saving there is work that
    recurs for fewer months, which ``kept_on`` adds back.
    """
    own = float(_sums(view.evaluation, "additional", view.evaluation.constant).sum())
    for shift, stretch, evaluation in _paces(view):
        labels, found = evaluation.outcome.person_months(("funding",), "quarter")
        months = sum((row[1:-1, 0] for (funding,), row in zip(labels, found, strict=True) if funding == "absorbed"),
                     np.zeros(len(view.quarters) - 2))  # fmt: skip
        money = _sums(evaluation, "additional", evaluation.constant)
        busiest = int(months.argmax())
        yield {
            "start_shift": shift, "stretch": stretch,
            "peak_quarter": view.quarters[1 + busiest] if months[busiest] > 0 else "",
            "peak_person_months": months[busiest], "additional_horizon": money[1:-1].sum(),
            "additional_after": money[-1], "delta_additional": money.sum() - own,
            "kept_on": _kept_on(view, evaluation).sum(), "early_editions": early_editions(view.plan.event, evaluation),
        }  # fmt: skip


def _kept_on(view: TimeView, later: Evaluation) -> FloatArray:
    """Return constant CHF by period that *later* needs more to keep recurrent work on as long as the scenario does."""
    if later is view.evaluation:
        return np.zeros(len(later.periods))
    if later.plan.digest not in view.kept:  # two tables ask for it
        short = Evaluation.of(recurring(later.plan))
        longer = Evaluation.of(kept_on(view.evaluation, short))
        more = _sums(longer, "additional", longer.constant) - _sums(short, "additional", short.constant)
        view.kept[later.plan.digest] = more.round(6)
    return view.kept[later.plan.digest]


def _paces(view: TimeView) -> Iterator[tuple[int, float, Evaluation]]:
    for shift in SHIFTS:
        for stretch in STRETCHES:
            yield shift, stretch, view.paced(shift, stretch)


def _sums(evaluation: Evaluation, funding: str, amounts: FloatArray) -> FloatArray:
    mine = np.array([facts.funding == funding for facts in evaluation.facts], dtype=bool)
    result: FloatArray = amounts[mine].sum(axis=0)
    return result
