"""Levelling against brute force on random plans, and its answers by hand."""

from __future__ import annotations

from itertools import product
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfp_model.decisions.levelling import Problem, level, measure
from sfp_model.decisions.staffing import by_group, levelled, staffing_problem, stand_ins
from sfp_model.inputs import load_plan
from sfp_model.inputs.plan import Plan
from sfp_model.model import base, compile, evaluate
from sfp_model.model.critical import floats, links_of
from sfp_model.model.evaluate import Outcome
from sfp_model.model.staffing import Capacity, Group, absorbed_time
from tests.model.plans import action, line, plan, resource


def posts(problem: Problem, shifts: tuple[int, ...]) -> int:
    """Return the temporary posts that *shifts* take, cell by cell and without the code under test."""
    groups, periods = problem.fixed.shape
    found = 0
    for pool in set(problem.pool.tolist()):
        most = 0
        for period in range(periods):
            over = 0.0
            for group in range(groups):
                if problem.pool[group] == pool:
                    asked = problem.fixed[group, period]
                    asked += sum(d[s][group, period] for d, s in zip(problem.demand, shifts, strict=True))
                    over += max(0.0, asked - problem.capacity[group, period])
            most = max(most, ceil(over / problem.per_post - 1e-6))
        found += most
    return found


def best(problem: Problem) -> tuple[int, int]:
    """Return the fewest posts and then the smallest total shift, by trying everything."""
    found = []
    for shifts in product(*(range(len(demand)) for demand in problem.demand)):
        if all((shifts[i] - shifts[j]) * problem.step <= gap + 1e-6 for i, j, gap in problem.order):
            found.append((posts(problem, shifts), sum(shifts)))
    return min(found)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to seven actions with up to three places each (four, if there are no more than four), in three groups."""
    size = draw(st.integers(1, 7))
    places = [draw(st.integers(1, 3 if size > 4 else 4)) for _ in range(size)]
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    base_demand = random.integers(0, 5, (size, 3)) * random.choice([0.5, 1.0], (size, 1))
    starts, demand = random.integers(0, 3, size), []
    for i, count in enumerate(places):
        own = np.zeros((count, 3, 5))
        for shift in range(count):
            own[shift, :, min(starts[i] + shift, 4)] = base_demand[i]
        demand.append(own)
    order = tuple(
        (i, j, float(random.integers(0, 3))) for i in range(size) for j in range(i + 1, size) if random.random() < 0.2
    )
    return Problem(
        tuple(demand),
        random.integers(0, 3, (3, 5)).astype(float),
        np.repeat(random.integers(1, 6, (3, 1)), 5, axis=1).astype(float),
        random.integers(0, 2, 3),
        3.0,
        order,
        draw(st.sampled_from([1, 1, 3])),
    )


@settings(max_examples=200, deadline=None)
@given(problems())
def test_levelling_equals_brute_force(problem: Problem) -> None:
    """The fewest temporary posts and then the smallest total shift, on 200 random plans."""
    found = level(problem)
    assert (sum(found.posts), sum(found.shifts)) == best(problem)
    assert all((found.shifts[i] - found.shifts[j]) * problem.step <= gap for i, j, gap in problem.order)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan of up to five actions, some of which wait for others, with absorbed time and lags."""
    size = draw(st.integers(2, 5))
    names = [f"x.{i + 1}" for i in range(size)]
    actions, lines = [], []
    for i, name in enumerate(names):
        before = tuple(b for b in names[:i] if draw(st.integers(0, 3)) == 0)
        lags = tuple(float(draw(st.integers(-1, 2))) for _ in before)
        start, length = draw(st.integers(0, 5)), draw(st.integers(2, 5))
        actions.append(action(name, float(start), float(length), after=before, lags=lags))
        for grade in draw(st.sampled_from([("P4",), ("P3",), ("P4", "P3")])):
            amount = float(draw(st.integers(1, 6)))
            lines.append(line(f"{name}.1/staff.{grade}", f"staff.{grade}", amount, action=name, funding="absorbed"))
    cards = [
        resource(key, 1200.0, "person-month", grade=grade, station="geneva", post=post)
        for key, grade, post in [
            ("staff.P4", "P4", "new"), ("staff.P3", "P3", "new"), ("temporary.P4", "P4", "temporary"),
            ("temporary.P3", "P3", "temporary"),
        ]
    ]  # fmt: skip
    return plan(lines, actions, cards)


def small_capacity(months: float) -> Capacity:
    groups = (Group("GS", "geneva", "P4"), Group("GS", "geneva", "P3"))
    return Capacity(groups, np.full(2, months), np.full(2, 10 * months), 0.1)


def outcome_of(made: Plan) -> Outcome:
    arrays = compile(made)
    return evaluate(arrays, base(arrays))


@settings(max_examples=200, deadline=None)
@given(plans(), st.sampled_from([0.5, 1.5, 3.0]))
def test_a_levelled_plan_is_the_best_that_float_allows(made: Plan, months: float) -> None:
    """Plans by brute force over shifted plans, each evaluated by the model: same posts, same shift, same end."""
    outcome, capacity = outcome_of(made), small_capacity(months)
    links = links_of(made, outcome.arrays.actions, outcome.schedule)
    room = floats(outcome.arrays.actions, outcome.schedule, links)
    staffing = staffing_problem(made, outcome, capacity, links, room)
    assert staffing is not None
    found, proposed, moves = levelled(made, outcome, staffing)
    assert (sum(found.posts), sum(found.shifts)) == best(staffing.problem)
    after = outcome_of(proposed)
    start = after.schedule.start[:, 0] - outcome.schedule.start[:, 0]
    assert dict(zip(made.actions, start, strict=True)) == pytest.approx({k: moves.get(k, 0) for k in made.actions})
    assert after.schedule.end.max() == outcome.schedule.end.max()
    demand = by_group(absorbed_time(proposed, after), staffing.groups)
    assert np.maximum(demand - staffing.problem.capacity, 0) == pytest.approx(found.over, abs=1e-6)


def test_two_actions_by_hand() -> None:
    """Two actions of three months that need the same officer all the time: one moves into the next quarter."""
    lines = [
        line(f"{a}.1/staff.P4", "staff.P4", 3.0, action=a, funding="absorbed") for a in ("x.1", "x.2")
    ] + [line("x.3.1/staff.P4", "staff.P4", 0.5, action="x.3", funding="absorbed")]  # fmt: skip
    cards = [
        resource("staff.P4", 1200.0, "person-month", grade="P4", station="geneva", post="new"),
        resource("temporary.P4", 1000.0, "person-month", grade="P4", station="geneva", post="temporary"),
    ]
    made = plan(lines, [action("x.1", 0, 3), action("x.2", 0, 3), action("x.3", 6, 3)], cards)
    outcome = outcome_of(made)
    links = links_of(made, outcome.arrays.actions, outcome.schedule)
    room = floats(outcome.arrays.actions, outcome.schedule, links)
    capacity = Capacity((Group("GS", "geneva", "P4"),), np.ones(1), np.array([30.0]), 0.1)
    staffing = staffing_problem(made, outcome, capacity, links, room)
    assert staffing is not None
    assert measure(staffing.problem, [0, 0]).posts == (1,)
    found, _, moves = levelled(made, outcome, staffing)
    assert found.posts == (0,)
    assert sum(moves.values()) == 3


def test_what_does_not_fit_at_all_stays_above_capacity() -> None:
    """An action without float keeps its over-allocation, which temporary posts have to carry."""
    problem = Problem((), np.array([[7.0, 0.0]]), np.array([[3.0, 3.0]]), np.array([0]))
    found = level(problem)
    assert found.posts == (2,)
    assert found.over.tolist() == [[4.0, 0.0]]


def test_who_stands_in_for_whom() -> None:
    """The nearest grade of the same series; nobody where the rate card has no temporary position."""
    found = stand_ins(load_plan())
    assert found["P4"] == "temporary.geneva.P4"
    assert found["P3"] == "temporary.geneva.P3"
    assert found["G4"] == found["G7"] == "temporary.geneva.G5"
    assert found["mix"] == "temporary.geneva.P4"
    assert stand_ins(plan([])) == {}
