"""Actions in time: delays of chosen options, predecessors, and the delay and stretch of a draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.inputs.plan import Plan
from sfp_model.model.arrays import Actions
from sfp_model.model.inputs import FloatArray

__all__ = ["Schedule", "event_delays", "option_delay", "order_of", "schedule"]


@dataclass(frozen=True, eq=False)
class Schedule:
    """Start, stretch and end of each action per draw; months on the scale of the horizon.

    Attributes
    ----------
    start, stretch, end : ndarray (action, draw)
        ``end = start + duration · stretch``.
    """

    start: FloatArray
    stretch: FloatArray
    end: FloatArray


def option_delay(plan: Plan, action: str) -> float:
    """Return the delay in months that the chosen option of the action's decision brings."""
    decision = plan.decision_of(action)
    return 0.0 if decision is None else decision.options[decision.chosen].delay


def order_of(after: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """Return the actions with predecessors first, else in their own order; ``UsageError`` on a cycle.

    Examples
    --------
    >>> order_of(((2,), (), (1,)))
    (1, 2, 0)
    """
    done: list[int] = []
    left = list(range(len(after)))
    while left:
        ready = [action for action in left if all(before in done for before in after[action])]
        if not ready:
            raise UsageError(f"actions {left} wait for each other")
        done.extend(ready)
        left = [action for action in left if action not in ready]
    return tuple(done)


def event_delays(actions: Actions, values: FloatArray) -> dict[int, FloatArray]:
    """Return the months by which risk events delay actions, per action that one may delay; delays add up."""
    found: dict[int, FloatArray] = {}
    for action, occurs, months in actions.risks:
        late = values[occurs] * values[months]
        found[action] = found[action] + late if action in found else late
    return found


def schedule(actions: Actions, values: FloatArray) -> Schedule:
    """Place every action in time: ``start = max(own start + delay, ends of predecessors + lags)``.

    Delay is that of the draw and of the risk events that occur in it. An action that spans the plan runs as long as its
    programme does: it starts at its own start or with the first other action, whichever is earlier (putting off the
    decision that governs it does not leave the others unmanaged), and ends with the last: delays of chosen options,
    waiting and stretches of the draw make it longer. Its stretch is that length over its duration, which is the length
    of the programme before any of them.

    Parameters
    ----------
    actions : Actions
    values : ndarray (input, draw)

    Returns
    -------
    Schedule
    """
    draws = values.shape[1]
    size = len(actions.order)
    start = np.repeat(actions.start[:, None], draws, axis=1)
    end, stretch = np.empty((size, draws)), np.ones((size, draws))
    at = np.flatnonzero(actions.delay >= 0)
    start[at] += values[actions.delay[at]]
    for action in np.flatnonzero(actions.stretch >= 0).tolist():
        stretch[action] = values[actions.stretch[action]]
    for action, late in event_delays(actions, values).items():
        start[action] += late
    length = actions.duration[:, None] * stretch
    for action in actions.order:
        own = start[action]
        for i, before in enumerate(actions.after[action]):
            lag = actions.lags[action][i] if actions.lags else 0.0
            np.maximum(own, end[before] + lag, out=own)
        np.add(own, length[action], out=end[action])
    for action in np.flatnonzero(actions.spans_plan).tolist():
        others = (actions.programme == actions.programme[action]) & ~actions.spans_plan
        if others.any() and actions.duration[action] > 0:
            start[action] = np.minimum(start[action], start[others].min(axis=0))
            length = np.maximum(end[others].max(axis=0) - start[action], 0.0)
            stretch[action] = length / actions.duration[action]
            end[action] = start[action] + length
    return Schedule(start, stretch, end)
