"""What a delay leaves standing: editions of the event on their dates, and recurrent work to be kept on as long."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.plan import Plan
from sfp_model.inputs.schedule import WHOLE_PLAN
from sfp_model.results.evaluation import Evaluation

__all__ = ["early_editions", "kept_on", "recurring"]


def early_editions(event: object, evaluation: Evaluation) -> str:
    """Return the years of the editions of *event* that *evaluation* holds before their design ends, "2025;2026"."""
    plan = evaluation.plan
    if not isinstance(event, EventPlan) or event.design not in plan.actions:
        return ""
    end = float(evaluation.outcome.schedule.end[list(plan.actions).index(event.design), 0])
    return ";".join(str(edition.year) for edition in event.before(end, plan.settings.horizon_start))


def recurring(plan: Plan) -> Plan:
    """Return *plan* with only the lines that come back until the horizon, those of programme management left out."""
    lines = {
        key: line
        for key, line in plan.lines.items()
        if line.recurs is not None
        and line.recurs.until is None
        and plan.actions[line.action].phase != WHOLE_PLAN
        and plan.is_active(line)
    }
    return replace(plan, lines=MappingProxyType(lines), event=None)


def kept_on(here: Evaluation, later: Evaluation) -> Plan:
    """Return the plan of *later* with what recurs running as many months as in the plan of *here*.

    The end of such a line is then counted from the later start of its action; what runs as long as the programme
    keeps the end of the horizon. The two plans may also differ in pace: a line that starts later within its action is
    kept on by that much longer.
    """
    horizon, actions = here.arrays.periods.horizon, list(here.plan.actions)
    start, stretch = here.outcome.schedule.start[:, 0], later.outcome.schedule.stretch[:, 0]
    lines = {}
    for key, line in later.plan.lines.items():
        recurs, at = line.recurs, actions.index(line.action)
        if recurs is not None and recurs.until is None and here.plan.actions[line.action].phase != WHOLE_PLAN:
            before = here.plan.lines[key].recurs
            within = 0.0 if before is None else recurs.start - before.start
            recurs = replace(recurs, until=(horizon - start[at]) / stretch[at] + within)
        lines[key] = replace(line, recurs=recurs)
    return replace(later.plan, lines=lines)
