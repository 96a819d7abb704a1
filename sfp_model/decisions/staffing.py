"""What float can absorb of a plan's over-allocation, and what temporary assistance has to carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sfp_model.decisions.levelling import Levelling, Problem, level
from sfp_model.inputs.change import with_shift
from sfp_model.inputs.plan import Plan, Resource
from sfp_model.model.compile import PlanBuilder
from sfp_model.model.critical import Floats, Link
from sfp_model.model.evaluate import Outcome
from sfp_model.model.inputs import FloatArray
from sfp_model.model.staffing import MONTHS, Capacity, Demand, Group, absorbed_time, shifted

__all__ = ["Staffing", "by_group", "levelled", "price_of_month", "staffing_problem", "stand_ins"]

NEAR = 1e-6


@dataclass(frozen=True, eq=False)
class Staffing:
    """A levelling problem of a plan.

    Attributes
    ----------
    problem : Problem
    actions : tuple of str
        The movable actions, in the order of the problem.
    groups : tuple of Group
    posts : tuple of str
        Temporary positions of the rate card, one for each pool of the problem.
    """

    problem: Problem
    actions: tuple[str, ...]
    groups: tuple[Group, ...]
    posts: tuple[str, ...]


def stand_ins(plan: Plan) -> dict[str, str]:
    """Return the temporary position of the rate card that can stand in for each grade that the plan uses.

    The nearest grade of the same series (P for P), the lower of two as near; where the series has none, as for
    directors, the one with the highest rate. Empty where the rate card has no temporary position.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> found = stand_ins(load_plan())
    >>> found["P5"], found["P2"], found["G6"], found["D1"]
    ('temporary.geneva.P4', 'temporary.geneva.P3', 'temporary.geneva.G5', 'temporary.geneva.P4')
    """
    cards = [card for card in plan.resources.values() if card.post == "temporary"]
    if not cards:
        return {}
    dearest = max(cards, key=lambda card: card.rate.estimate.mode)
    grades = {card.grade for card in plan.resources.values()} | {
        path.rsplit(".", 1)[1] for path in plan.settings.values if path.startswith("capacity.by_grade.")
    }
    return {grade: _nearest(grade, cards, dearest).id for grade in sorted(grades - {""})}


def _nearest(grade: str, cards: list[Resource], dearest: Resource) -> Resource:
    series, level = grade.rstrip("0123456789"), grade.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    same = [card for card in cards if card.grade.rstrip("0123456789") == series and level]
    if not same:
        return dearest
    steps = {card.id: int(card.grade.removeprefix(series)) - int(level) for card in same}
    return min(same, key=lambda card: (abs(steps[card.id]), steps[card.id]))


def price_of_month(plan: Plan, resource: str) -> float:
    """Return what a person-month of a position costs, in CHF of the base year at the mode of its rate."""
    card = plan.resources[resource]
    _, price = PlanBuilder.of(plan).rate(resource)
    return card.rate.estimate.mode * price / 12


def by_group(demand: Demand, groups: tuple[Group, ...], draw: int = 0) -> FloatArray:
    """Return the person-months asked of each group in each quarter of the horizon, shape (group, quarter)."""
    place = {group: i for i, group in enumerate(groups)}
    out = np.zeros((len(groups), demand.months.shape[1] - 2))
    for (group, _, _), months in zip(demand.keys, demand.months, strict=True):
        out[place[group]] += months[1:-1, draw]
    return out


def staffing_problem(
    plan: Plan, outcome: Outcome, capacity: Capacity, links: tuple[Link, ...], room: Floats, step: int = 1
) -> Staffing | None:
    """Return the levelling problem of a plan, ``None`` where the rate card has no temporary position.

    An action may start up to its total float later, in steps of *step* months, but not so that its end leaves the
    horizon; the links between actions hold. What a group outside the declared shares is asked for has no capacity.

    Parameters
    ----------
    plan : Plan
    outcome : Outcome
        Its base estimate.
    capacity : Capacity
    links, room
        From ``model.critical``.
    step : int
        Months of a step; 1 for whole months.
    """
    found = stand_ins(plan)
    if not found:
        return None
    placed, names = outcome.schedule, list(plan.actions)
    most = _most(outcome, links, room)
    demand = absorbed_time(plan, outcome, shifted(placed, int(most.max(initial=0)), room.moves))
    groups = tuple(dict.fromkeys((*capacity.groups, *(group for group, _, _ in demand.keys))))
    place = {group: i for i, group in enumerate(groups)}
    shape = (demand.months.shape[2], len(groups), demand.months.shape[1] - 2)
    asked: dict[str, FloatArray] = {}
    for (group, action, _), months in zip(demand.keys, demand.months, strict=True):
        asked.setdefault(action, np.zeros(shape))[:, place[group]] += months[1:-1].T
    movable = [i for i, name in enumerate(names) if most[i] >= step]
    fixed = sum(
        (array[0] for name, array in asked.items() if name not in {names[i] for i in movable}), np.zeros(shape[1:])
    )
    offered = np.zeros(len(groups))
    offered[: len(capacity.groups)] = capacity.offered
    posts = tuple(dict.fromkeys(found.values()))
    nothing = np.zeros(shape)
    problem = Problem(
        demand=tuple(asked.get(names[i], nothing)[: most[i] + 1 : step] for i in movable),
        fixed=fixed,
        capacity=np.repeat(offered[:, None], shape[2], axis=1),
        pool=np.array([posts.index(found.get(group.grade, posts[0])) for group in groups]),
        per_post=MONTHS,
        order=tuple(
            (movable.index(link.before), movable.index(link.after), gap)
            for link, gap in _gaps(outcome, links)
            if link.before in movable and link.after in movable
        ),
        step=step,
    )
    return Staffing(problem, tuple(names[i] for i in movable), groups, posts)


def _gaps(outcome: Outcome, links: tuple[Link, ...]) -> list[tuple[Link, float]]:
    """Return the months of each link by which the first action can move alone; broken links hold nothing."""
    start, end = outcome.schedule.start[:, 0], outcome.schedule.end[:, 0]
    gaps = [(link, float(start[link.after] - link.lag - end[link.before])) for link in links]
    return [(link, gap) for link, gap in gaps if gap > -NEAR]


def _most(outcome: Outcome, links: tuple[Link, ...], room: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the whole months by which each action can be moved."""
    end, horizon = outcome.schedule.end[:, 0], outcome.arrays.periods.horizon
    inside = np.where(end <= horizon, horizon - end, 0.0)
    most = np.floor(np.minimum(room.total[:, 0], inside) + NEAR).astype(np.intp)
    for link, gap in _gaps(outcome, links):
        if most[link.after] == 0:  # it stays, so the one before it stops there
            most[link.before] = min(most[link.before], int(gap + NEAR))
    return most


def levelled(plan: Plan, outcome: Outcome, staffing: Staffing) -> tuple[Levelling, Plan, Mapping[str, int]]:
    """Return the solution, the plan that it proposes, and the months by which each action that moves is moved."""
    found = level(staffing.problem)
    moves = {
        action: shift * staffing.problem.step
        for action, shift in zip(staffing.actions, found.shifts, strict=True)
        if shift
    }
    start, own = outcome.schedule.start[:, 0], outcome.arrays.actions.start
    names = list(plan.actions)
    later = {key: float(start[names.index(key)] - own[names.index(key)]) + months for key, months in moves.items()}
    return found, with_shift(plan, later), moves
