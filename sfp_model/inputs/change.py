"""The same plan with one thing changed: another option, other starts, fewer actions, no event.

Every function returns a new Plan under a digest of its own; nothing is read again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from sfp_model.errors import UsageError
from sfp_model.inputs.digest import digest
from sfp_model.inputs.plan import Plan
from sfp_model.inputs.schedule import WHOLE_PLAN

__all__ = ["only_affected", "with_choice", "with_shift", "without_actions", "without_event"]


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


def _known(plan: Plan, actions: Collection[str]) -> None:
    for key in actions:
        if key not in plan.actions:
            raise UsageError(f"no action {key!r}; actions are {', '.join(plan.actions)}")
