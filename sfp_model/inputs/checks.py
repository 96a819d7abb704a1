"""Checks across files: who governs what, which option a line names, cycles, and what falls outside the horizon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from sfp_model.inputs.build_work import Work
from sfp_model.inputs.context import Context
from sfp_model.inputs.documents import Document, text_of
from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.faults import known
from sfp_model.inputs.known import is_change
from sfp_model.inputs.overlay import Overlay
from sfp_model.inputs.plan import Line, Series, Settings
from sfp_model.inputs.schedule import cycle, scheduled
from sfp_model.inputs.schema_frame import BaseFile

__all__ = [
    "check_catalogue",
    "check_choices",
    "check_editions",
    "check_options",
    "check_order",
    "check_series",
    "check_subsidy",
    "check_timing",
]


def check_order(work: Work, context: Context) -> bool:
    """Report actions that wait for each other in a circle; whether there are none."""
    found = cycle({key: action.after for key, action in work.actions.items()})
    if not found:
        return _check_leads(work, context)
    document, place = work.places[("action", found[0])]
    text = f"the actions wait for each other in a circle: {' → '.join(found)}"
    context.error(document, (*place, "after"), text)
    return False


def _check_leads(work: Work, context: Context) -> bool:
    """Report overlaps that are longer than the predecessor: the action would not come after it at all."""
    right = True
    for key, action in work.actions.items():
        for index, (before, lag) in enumerate(zip(action.after, action.lags, strict=False)):
            length = work.actions[before].duration if before in work.actions else 0.0
            if 0 < length < -lag:
                document, place = work.places[("action", key)]
                text = f"an overlap of {-lag:g} months is longer than {before}, which lasts {length:g}"
                context.error(document, (*place, "after", index, "lag"), text)
                right = False
    return right


def check_options(work: Work, context: Context) -> None:
    """Report actions that two decisions govern, and lines whose options no decision offers."""
    governing: dict[str, str] = {}
    for key, decision in work.decisions.items():
        document, place = work.places[("decision", key)]
        for index, action in enumerate(decision.governs):
            other = governing.setdefault(action, key)
            if other != key:
                text = f"{action} is already governed by decision {other}; one decision governs an action"
                context.error(document, (*place, "governs", index), text)
    all_read = set(work.decisions) == set(context.names.get("decision", {0}))
    for line in work.lines.values():
        document, place = work.places[("line", line.id)]
        for index, option in enumerate(line.options):
            owner = governing.get(line.action)
            if owner is None and not all_read:
                continue  # the decision has faults of its own
            if owner is None:
                text = f"'{option}' is named, but no decision governs {line.action}; leave options out"
            elif option not in work.decisions[owner].options:
                options = work.decisions[owner].options
                text = f"there is no option '{option}' of decision {owner}; {known(option, options)}"
            else:
                continue
            context.error(document, (*place, "options", index), text)


def check_choices(work: Work, overlay: Overlay, context: Context) -> None:
    """Report choices of the scenario that no decision offers."""
    for decision, (option, document) in overlay.choose.items():
        place = ("choose", decision)
        if decision not in work.decisions and decision in context.names.get("decision", {decision}):
            continue  # it has faults of its own
        if decision not in work.decisions:
            text = f"there is no decision '{decision}'; {known(decision, work.decisions)}"
            context.error(document, place, text, key=True)
        elif option not in work.decisions[decision].options:
            options = work.decisions[decision].options
            text = f"there is no option '{option}' of decision {decision}; {known(option, options)}"
            context.error(document, place, text)


def check_timing(work: Work, settings: Settings, context: Context) -> None:
    """Report lines that start outside memo column and horizon; warn where a delay of an option pushes them out."""
    end = 12.0 * settings.horizon_years
    typed, delayed = scheduled(work.actions), scheduled(work.actions, work.decisions)
    pushed: set[str] = set()
    for line in work.lines.values():
        document, place = work.places[("line", line.id)]
        start = _start(line, settings.start + typed[line.action][0])
        key = "recurs" if line.recurs is not None else "timing"
        spot = (*place, key) if (line.recurs is not None or line.timing != type(line.timing)()) else place
        if line.timing.absolute is not None:
            spot = (*spot, "from")
        problem = _outside(start, settings)
        if problem:
            context.error(document, spot, problem)
        elif _start(line, settings.start + delayed[line.action][0]) >= end:
            pushed.add(line.action)
        _warn_of_length(work, line, context)
    for action in sorted(pushed):
        document, place = work.places[("action", action)]
        text = "lines start after the horizon under the chosen options; their cost stands in the column after it"
        context.warn(document, place, text)


def _start(line: Line, action: float) -> float:
    if line.timing.absolute is not None:
        return line.timing.absolute[0]
    return action + (line.recurs.start if line.recurs is not None else line.timing.offset)


def _outside(start: float, settings: Settings) -> str | None:
    first, years = settings.horizon_start, settings.horizon_years
    if start >= 12 * years:
        return f"the line starts in {_month(start, first)}, after the horizon {first}–{first + years - 1}"
    if start < -12 * settings.memo_years:
        memo = first - settings.memo_years
        return f"the line starts in {_month(start, first)}, before the memo column, which reaches back to {memo}-01"
    return None


def _month(months: float, first_year: int) -> str:
    whole = int(months // 1)
    return f"{first_year + whole // 12}-{whole % 12 + 1:02d}"


def _warn_of_length(work: Work, line: Line, context: Context) -> None:
    duration, timing = work.actions[line.action].duration, line.timing
    if line.recurs is not None or timing.absolute is not None:
        return
    last = timing.offset + (timing.duration or 0.0)
    if last > duration + 1e-9:
        document, place = work.places[("line", line.id)]
        text = f"the line ends in month {last:g} of an action that lasts {duration:g} months"
        context.warn(document, (*place, "timing"), text)


def check_subsidy(document: Document, event: EventPlan, settings: Settings, context: Context) -> None:
    """Warn of an event whose subsidy would be additional need in a scenario that gives none."""
    concept = event.concepts.get(event.concept)
    if concept is not None and concept.held and "additional" not in settings.funding_modes:
        text = f"{event.concept} may need a subsidy, which is additional money that plan.funding_modes leaves out"
        context.warn(document, ("concept",), text)


def check_editions(document: Document, event: EventPlan, work: Work, settings: Settings, context: Context) -> None:
    """Warn of editions that would be held before the action that designs them ends."""
    if event.design not in work.actions:
        return  # none is named, or it has faults of its own
    end = settings.start + scheduled(work.actions, work.decisions)[event.design][1]
    for edition in event.before(end, settings.horizon_start):
        place = ("editions", "years", [e.year for e in event.editions].index(edition.year))
        text = (
            f"the edition of {edition.year}-{edition.month:02d} is held before {event.design} ends "
            f"({_month(end - 1e-9, settings.horizon_start)}); editions do not move with the plan"
        )
        context.warn(document, place, text)


def check_series(document: Document, form: BaseFile, series: Mapping[str, Series], context: Context) -> None:
    """Report series from which no price index or exchange rate can be made: values not above 0, gaps in changes."""
    users = [("escalation", key, item.series) for key, item in form.escalation.items()]
    users += [("currencies", key, item.series) for key, item in form.currencies.items()]
    for section, key, name in users:
        if name is not None and name in series:
            problem = _unusable(series[name], section == "escalation" and is_change(series[name].unit))
            if problem:
                context.error(document, (section, key, "series"), f"series {name}: {problem}")


def _unusable(series: Series, changes: bool) -> str | None:
    least = -100.0 if changes else 0.0
    for period, value in series.values.items():
        if value <= least:
            return f"{text_of(value)} in {period} is not above {least:g}"
    for before, after in pairwise(series.values) if changes else ():
        if len(after) > 4:
            return "changes in per cent must be those of years"
        if int(after) != int(before) + 1:
            return f"changes in per cent have a gap before {after}"
    return None


def check_catalogue(raw: Mapping[str, Any], document: Any, context: Context) -> None:
    """Report items of the catalogue with the same id."""
    for index, key, first in _doubled(raw):
        context.error(document, ("items", index, "id"), f"{key} already is the id of items[{first}]")


def _doubled(raw: Mapping[str, Any]) -> Iterator[tuple[int, str, int]]:
    items = raw.get("items")
    seen: dict[str, int] = {}
    for index, item in enumerate(items if isinstance(items, list) else []):
        key = item.get("id") if isinstance(item, dict) else None
        if isinstance(key, str):
            if key in seen:
                yield index, key, seen[key]
            seen.setdefault(key, index)
