"""The same plan with one thing changed: another option, other starts, fewer actions, no event.

Every function returns a new Plan under a digest of its own; nothing is read again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from sfp_model.errors import UsageError
from sfp_model.inputs.digest import digest
from sfp_model.inputs.plan import Action, Line, Plan
from sfp_model.inputs.schedule import WHOLE_PLAN

__all__ = [
    "only_actions", "only_affected", "with_choice", "with_pace", "with_shift", "without_actions", "without_event",
]  # fmt: skip


def with_choice(plan: Plan, decision: str, option: str) -> Plan:
    """Return *plan* with another option chosen; lines and delays follow when it is compiled.

    Raises
    ------
    UsageError
        If there is no such decision or option.
    """
    if decision not in plan.decisions:
        raise UsageError(f"no decision {decision!r}; decisions are {', '.join(plan.decisions)}")
    question = plan.decisions[decision]
    if option not in question.options:
        raise UsageError(f"decision {decision} has no option {option!r}; it has {', '.join(question.options)}")
    if option == question.chosen:
        return plan
    decisions = MappingProxyType({**plan.decisions, decision: replace(question, chosen=option)})
    return replace(plan, decisions=decisions, digest=digest((plan.digest, "choose", decision, option)))


def without_event(plan: Plan) -> Plan:
    """Return *plan* without its event, for comparisons that the event does not enter."""
    return replace(plan, event=None, digest=digest((plan.digest, "without event")))


def with_shift(plan: Plan, months: Mapping[str, float]) -> Plan:
    """Return *plan* with actions starting *months* later (earlier where negative) than their own start.

    Successors wait as always; what runs as long as the plan follows.

    Raises
    ------
    UsageError
        If there is no such action.
    """
    _known(plan, months)
    moved = {key: replace(plan.actions[key], start=plan.actions[key].start + m) for key, m in months.items() if m}
    if not moved:
        return plan
    part = sorted((key, plan.actions[key].start) for key in moved) + sorted((key, a.start) for key, a in moved.items())
    actions = MappingProxyType({**plan.actions, **moved})
    return replace(plan, actions=actions, digest=digest((plan.digest, "shift", repr(part))))


def only_affected(plan: Plan, governed: Collection[str]) -> Plan:
    """Return *plan* with only the lines that a change of the actions *governed* can move; no event.

    These are the lines of these actions, of actions that wait for them, and of what runs as long as their programmes.

    Raises
    ------
    UsageError
        If there is no such action.
    """
    _known(plan, governed)
    actions = set(governed)
    while more := {a.id for a in plan.actions.values() if actions & set(a.after)} - actions:
        actions |= more
    programmes = {plan.actions[action].programme for action in actions}
    actions |= {a.id for a in plan.actions.values() if a.phase == WHOLE_PLAN and a.programme in programmes}
    lines = MappingProxyType({key: line for key, line in plan.lines.items() if line.action in actions})
    part = digest((plan.digest, "only", repr(sorted(governed))))
    return replace(without_event(plan), lines=lines, digest=part)


def with_pace(plan: Plan, months: float = 0.0, stretch: float = 1.0) -> Plan:
    """Return *plan* started *months* later and *stretch* times as long, as its settings would do.

    What counts from programme start stretches: starts, durations and lags of actions, and the months of lines within
    them. Calendar-fixed lines and the delays of options stay.

    Raises
    ------
    UsageError
        If *stretch* is not above 0.
    """
    if stretch <= 0:
        raise UsageError(f"a plan cannot be stretched by {stretch:g}; the factor must be above 0")
    if not months and stretch == 1:
        return plan
    settings = replace(
        plan.settings, start=plan.settings.start + months, phase_stretch=plan.settings.phase_stretch * stretch
    )
    actions = {
        key: replace(a, start=a.start * stretch, duration=a.duration * stretch, lags=tuple(x * stretch for x in a.lags))
        for key, a in plan.actions.items()
    }
    lines = {key: _stretched(line, stretch) for key, line in plan.lines.items()} if stretch != 1 else plan.lines
    return replace(
        plan,
        settings=settings,
        actions=MappingProxyType(actions),
        lines=MappingProxyType(dict(lines)),
        digest=digest((plan.digest, "pace", months, stretch)),
    )


def _stretched(line: Line, stretch: float) -> Line:
    if line.recurs is not None:
        until = None if line.recurs.until is None else line.recurs.until * stretch
        return replace(line, recurs=replace(line.recurs, start=line.recurs.start * stretch, until=until))
    timing = line.timing
    if timing.absolute is not None:
        return line
    duration = None if timing.duration is None else timing.duration * stretch
    return replace(line, timing=replace(timing, offset=timing.offset * stretch, duration=duration))


def without_actions(plan: Plan, dropped: Collection[str]) -> Plan:
    """Return *plan* without the resource lines of the actions *dropped*; the actions stay, without lines.

    Raises
    ------
    UsageError
        If there is no such action.
    """
    _known(plan, dropped)
    if not dropped:
        return plan
    lines = MappingProxyType({key: line for key, line in plan.lines.items() if line.action not in dropped})
    return replace(plan, lines=lines, digest=digest((plan.digest, "without", repr(sorted(dropped)))))


def only_actions(plan: Plan, kept: Collection[str]) -> Plan:
    """Return *plan* with the actions *kept* and no others: nobody waits for the rest, nothing is managed for them.

    Risks and gains of the others go with them. What lasts as long as its programme goes where no other action of the
    programme is kept.

    Raises
    ------
    UsageError
        If there is no such action.
    """
    _known(plan, kept)
    at_work = {plan.actions[key].programme for key in kept if plan.actions[key].phase != WHOLE_PLAN}
    left = {
        key: _waiting_for(action, kept)
        for key, action in plan.actions.items()
        if key in kept and (action.phase != WHOLE_PLAN or action.programme in at_work)
    }
    if len(left) == len(plan.actions):
        return plan
    lines = MappingProxyType({key: line for key, line in plan.lines.items() if line.action in left})
    risks = {
        key: replace(risk, actions=tuple(action for action in risk.actions if action in left))
        for key, risk in plan.risks.items()
        if any(action in left for action in risk.actions)
    }
    gains = {key: gain for key, gain in plan.gains.items() if gain.action in left}
    part = digest((plan.digest, "only actions", repr(sorted(left))))
    return replace(
        plan, actions=MappingProxyType(left), lines=lines, risks=MappingProxyType(risks),
        gains=MappingProxyType(gains), digest=part,
    )  # fmt: skip


def _waiting_for(action: Action, kept: Collection[str]) -> Action:
    places = [i for i, before in enumerate(action.after) if before in kept]
    if len(places) == len(action.after):
        return action
    lags = tuple(action.lags[i] for i in places) if action.lags else ()
    return replace(action, after=tuple(action.after[i] for i in places), lags=lags)


def _known(plan: Plan, actions: Collection[str]) -> None:
    for key in actions:
        if key not in plan.actions:
            raise UsageError(f"no action {key!r}; actions are {', '.join(plan.actions)}")
