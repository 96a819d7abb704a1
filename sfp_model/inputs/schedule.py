"""The order of actions in time: cycles, predecessors, delays of chosen options, actions that last as the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sfp_model.inputs.plan import Action, Decision

__all__ = ["WHOLE_PLAN", "cycle", "scheduled"]

WHOLE_PLAN = "plan"
"""The phase of an action that lasts as long as its programme."""


def cycle(after: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return one cycle of *after* (action to its predecessors), () if there is none.

    Examples
    --------
    >>> cycle({"a": ["b"], "b": ["c"], "c": ["b"]})
    ('b', 'c', 'b')
    >>> cycle({"a": ["b"], "b": []})
    ()
    """
    done: set[str] = set()
    for first in after:
        trail: list[str] = []
        stack: list[tuple[str, bool]] = [(first, True)]
        while stack:
            node, entering = stack.pop()
            if not entering:
                done.add(trail.pop())
            elif node in trail:
                return (*trail[trail.index(node) :], node)
            elif node not in done:
                trail.append(node)
                stack.append((node, False))
                stack.extend((before, True) for before in after.get(node, ()))
    return ()


def scheduled(
    actions: Mapping[str, Action], decisions: Mapping[str, Decision] | None = None
) -> dict[str, tuple[float, float]]:
    """Return start and end of each action in months after programme start.

    ``start = max(own start + delay, ends of predecessors + lags)``, where the delay is that of the chosen option of the
    decision that governs the action; no delays without *decisions*. An action of phase ``plan`` ends with the
    last other action of its programme. *actions* must be free of cycles.

    Parameters
    ----------
    actions : mapping of str to Action
    decisions : mapping of str to Decision, optional

    Returns
    -------
    dict of str to (start, end)
        Months after programme start.
    """
    delay = {
        action: decision.options[decision.chosen].delay
        for decision in (decisions or {}).values()
        for action in decision.governs
        if decision.chosen in decision.options
    }
    placed: dict[str, tuple[float, float]] = {}

    def place(key: str) -> tuple[float, float]:
        if key not in placed:
            action = actions[key]
            lags = action.lags or (0.0,) * len(action.after)
            ends = [place(before)[1] + lag for before, lag in zip(action.after, lags, strict=True) if before in actions]
            start = max([action.start + delay.get(key, 0.0), *ends])
            placed[key] = (start, start + action.duration)
        return placed[key]

    for key, action in actions.items():
        if action.phase != WHOLE_PLAN:
            place(key)
    for key, action in actions.items():
        if action.phase == WHOLE_PLAN:
            others = [
                placed[other][1]
                for other, item in actions.items()
                if item.programme == action.programme and item.phase != WHOLE_PLAN
            ]
            start = place(key)[0]
            placed[key] = (start, max([start, *others]))
    return {key: placed[key] for key in actions}
