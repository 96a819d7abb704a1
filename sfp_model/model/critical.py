"""Critical path and float of actions: the critical path method, vectorised over draws.

Kelley, J. E. (1961), Critical-path planning and scheduling: mathematical basis, *Operations Research* 9(3), 296–320,
doi:10.1287/opre.9.3.296; total and free float as in every textbook of project scheduling. The share of draws in which
an action is critical is its criticality index (Van Slyke, R. M. (1963), *Operations Research* 11(5), 839–860,
doi:10.1287/opre.11.5.839).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sfp_model.inputs.plan import Plan
from sfp_model.model.arrays import Actions
from sfp_model.model.inputs import FloatArray
from sfp_model.model.schedule import Schedule, order_of

__all__ = ["Floats", "Link", "critical_path", "floats", "links_of"]

NEAR = 1e-6  # months


@dataclass(frozen=True, slots=True)
class Link:
    """One action that comes before another.

    ``lag`` are the months between. ``typed`` links stand in the parameter files and move the successor; the others
    follow from the order of phases inside an initiative, move nothing, and count wherever the schedule keeps them.
    """

    before: int
    after: int
    lag: float = 0.0
    typed: bool = True


@dataclass(frozen=True, eq=False)
class Floats:
    """How far each action can move, in months, shape (action, draw).

    Attributes
    ----------
    total : ndarray
        Months by which it can start later without moving the end of its programme.
    free : ndarray
        Months by which it can start later without moving any other action, nor that end.
    plan : ndarray
        The same as ``total`` against the end of the whole plan.
    late_end : ndarray
        Latest end that keeps the end of the programme.
    moves : ndarray of bool (action,)
        False for what lasts as long as its programme: it has no float of its own (0 here).
    """

    total: FloatArray
    free: FloatArray
    plan: FloatArray
    late_end: FloatArray
    moves: npt.NDArray[np.bool_]

    @property
    def critical(self) -> npt.NDArray[np.bool_]:
        """Whether the action has no total float, shape (action, draw)."""
        return (self.total < NEAR) & self.moves[:, None]


def links_of(plan: Plan, actions: Actions, placed: Schedule) -> tuple[Link, ...]:
    """Return the links between actions: those typed, and the order of phases inside each initiative.

    The source works through an initiative phase by phase, so an action is taken to come after those of the phase
    before it in the same initiative, where the base schedule *placed* keeps that order.
    """
    found = [
        Link(before, after, lag)
        for after, (befores, lags) in enumerate(zip(actions.after, actions.lags, strict=True))
        for before, lag in zip(befores, lags, strict=True)
    ]
    typed = {(link.before, link.after) for link in found}
    phases = sorted(plan.settings.phases, key=lambda phase: plan.settings.phases[phase])
    entries = list(plan.actions.values())
    for initiative in plan.initiatives.values():
        members = [i for i, action in enumerate(entries) if action.initiative == initiative.id]
        steps = [[i for i in members if entries[i].phase == phase] for phase in phases]
        steps = [step for step in steps if step]
        for early, late in pairwise(steps):
            found += [
                Link(i, j, typed=False)
                for i in early
                for j in late
                if (i, j) not in typed and placed.start[j, 0] >= placed.end[i, 0] - NEAR
            ]
    return tuple(found)


def floats(actions: Actions, placed: Schedule, links: Sequence[Link]) -> Floats:
    """Return the floats of all actions by a backward pass.

    ``late end = min(end of the programme, late start of each successor − lag)`` and ``total float = late end − end``;
    ``free float = min(end of the programme, start of each successor − lag) − end``. The forward pass is
    ``model.schedule``. Work on fixed calendar dates does not move and limits nothing.

    Parameters
    ----------
    actions : Actions
    placed : Schedule
        Start and end, shape (action, draw).
    links : sequence of Link

    Returns
    -------
    Floats
    """
    moves = ~actions.spans_plan
    programme_end = np.empty_like(placed.end)
    for programme in np.unique(actions.programme):
        mine = actions.programme == programme
        last = placed.end[mine & moves] if (mine & moves).any() else placed.end[mine]
        programme_end[mine] = last.max(axis=0)
    plan_end = np.broadcast_to(placed.end[moves].max(axis=0) if moves.any() else placed.end.max(axis=0),
                               placed.end.shape)  # fmt: skip
    late, free = _backward(placed, links, programme_end)
    latest, _ = _backward(placed, links, plan_end)
    still = np.where(moves, 1.0, 0.0)[:, None]
    return Floats(
        total=(late - placed.end) * still, free=(free - placed.end) * still, plan=(latest - placed.end) * still,
        late_end=np.where(moves[:, None], late, placed.end), moves=moves,
    )  # fmt: skip


def _backward(placed: Schedule, links: Sequence[Link], deadline: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return late ends, and the ends that free float allows, both at most *deadline*."""
    size = len(placed.start)
    out: list[list[Link]] = [[] for _ in range(size)]
    before: list[tuple[int, ...]] = [()] * size
    for link in links:
        out[link.before].append(link)
        before[link.after] += (link.before,)
    late, free = deadline.copy(), deadline.copy()
    length = placed.end - placed.start
    for action in reversed(order_of(tuple(before))):
        for link in out[action]:
            early = placed.start[link.after] - link.lag
            kept = early >= placed.end[action] - NEAR
            latest = late[link.after] - length[link.after] - link.lag
            late[action] = np.where(kept, np.minimum(late[action], latest), late[action])
            free[action] = np.where(kept, np.minimum(free[action], early), free[action])
    return late, free


def critical_path(placed: Schedule, links: Sequence[Link], members: Sequence[int]) -> tuple[int, ...]:
    """Return the chain of actions of the base schedule that decides when *members* have ended, first to last.

    From the action that ends last back through the link that holds each start, typed links first; of several chains
    the one with the most actions.

    Parameters
    ----------
    placed : Schedule
        With the base schedule as its first draw.
    links : sequence of Link
    members : sequence of int
        The actions of a programme.
    """
    if not members:
        return ()
    start, end = placed.start[:, 0], placed.end[:, 0]
    holding: dict[int, list[Link]] = {}
    for link in links:
        if abs(end[link.before] + link.lag - start[link.after]) < NEAR:
            holding.setdefault(link.after, []).append(link)
    chains: dict[int, tuple[int, ...]] = {}

    def chain(action: int) -> tuple[int, ...]:
        if action not in chains:
            found = [(link.typed, len(chain(link.before)), -link.before) for link in holding.get(action, ())]
            chains[action] = (*(chain(-max(found)[2]) if found else ()), action)
        return chains[action]

    last = max(end[list(members)])
    ends = [action for action in members if end[action] >= last - NEAR]
    return max((chain(action) for action in ends), key=lambda path: (len(path), -path[-1]))
