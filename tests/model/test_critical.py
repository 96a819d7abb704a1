"""The critical path method against a textbook case, the longest path by brute force, and draws one by one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfp_model.inputs import load_plan
from sfp_model.inputs.plan import Plan
from sfp_model.model import base, compile, evaluate
from sfp_model.model.arrays import Actions
from sfp_model.model.critical import critical_path, floats, links_of
from sfp_model.model.schedule import Schedule, schedule
from sfp_model.uncertainty.simulate import run_block
from tests.model.plans import action, plan

TEXTBOOK = {"A": (3, ""), "B": (5, ""), "C": (6, "A"), "D": (2, "B"), "E": (2, "BC"), "F": (1, "CD")}


def build(spec: dict[str, tuple[float, tuple[str, ...], tuple[float, ...]]]) -> tuple[Plan, Actions, Schedule]:
    made = plan([], [action(k, 0.0, float(d), after=a, lags=lags) for k, (d, a, lags) in spec.items()])
    arrays = compile(made)
    return made, arrays.actions, evaluate(arrays, base(arrays)).schedule


def test_textbook_case() -> None:
    """Six activities with known floats: A–C–E is critical and lasts eleven months.

    Forward pass: A 0–3, B 0–5, C 3–9, D 5–7, E 9–11, F 9–10. Backward from 11: E 11, F 11, C 9, D 10, B 8 (D must
    start by 8), A 3.
    """
    spec = {k: (float(d), tuple(a), ()) for k, (d, a) in TEXTBOOK.items()}
    made, actions, placed = build(spec)
    links = links_of(made, actions, placed)
    room = floats(actions, placed, links)
    total = dict(zip(made.actions, room.total[:, 0], strict=True))
    assert placed.end.max() == 11
    assert total == pytest.approx({"A": 0, "B": 3, "C": 0, "D": 3, "E": 0, "F": 1})
    free = dict(zip(made.actions, room.free[:, 0], strict=True))
    assert free == pytest.approx({"A": 0, "B": 0, "C": 0, "D": 2, "E": 0, "F": 1})
    path = critical_path(placed, links, range(6))
    assert [list(made.actions)[i] for i in path] == ["A", "C", "E"]


@st.composite
def networks(draw: st.DrawFn) -> dict[str, tuple[float, tuple[str, ...], tuple[float, ...]]]:
    size = draw(st.integers(1, 7))
    names = [f"x.{i}" for i in range(size)]
    found: dict[str, tuple[float, tuple[str, ...], tuple[float, ...]]] = {}
    for i, name in enumerate(names):
        before = tuple(b for b in names[:i] if draw(st.booleans()))
        lags = tuple(float(draw(st.integers(-1, 2))) for _ in before)
        found[name] = (float(draw(st.integers(1, 6))), before, lags)
    return found


def paths(spec: dict[str, tuple[float, tuple[str, ...], tuple[float, ...]]]) -> list[tuple[str, ...]]:
    """Return every path of the network, each from a first action to any other."""
    found: list[tuple[str, ...]] = []

    def back(trail: tuple[str, ...]) -> None:
        found.append(trail)
        for before in spec[trail[0]][1]:
            back((before, *trail))

    for name in spec:
        back((name,))
    return found


def length(spec: dict[str, tuple[float, tuple[str, ...], tuple[float, ...]]], path: tuple[str, ...]) -> float:
    lags = sum(spec[b][2][spec[b][1].index(a)] for a, b in pairwise(path))
    return sum(spec[name][0] for name in path) + lags


@settings(max_examples=60, deadline=None)
@given(networks())
def test_the_longest_path_by_brute_force(spec: dict[str, tuple[float, tuple[str, ...], tuple[float, ...]]]) -> None:
    """The end is the longest path; an action's float is what the longest path through it leaves to that end."""
    made, actions, placed = build(spec)
    links = links_of(made, actions, placed)
    room = floats(actions, placed, links)
    every = paths(spec)
    longest = max(length(spec, path) for path in every)
    assert placed.end.max() == pytest.approx(longest)
    for i, name in enumerate(spec):
        through = max(length(spec, path) for path in every if name in path)
        assert room.total[i, 0] == pytest.approx(longest - through)
        assert -1e-9 <= room.free[i, 0] <= room.total[i, 0] + 1e-9


@settings(max_examples=40, deadline=None)
@given(networks(), st.data())
def test_float_is_what_an_action_can_be_delayed_by(
    spec: dict[str, tuple[float, tuple[str, ...], tuple[float, ...]]], data: st.DataObject
) -> None:
    """Delayed by its total float the end stays; a month more and the end moves a month. Free float moves nobody."""
    made, actions, placed = build(spec)
    room = floats(actions, placed, links_of(made, actions, placed))
    i = data.draw(st.integers(0, len(spec) - 1))

    def moved(months: float) -> Schedule:
        start = actions.start.copy()
        start[i] = placed.start[i, 0] + months
        return schedule(replace(actions, start=start), np.zeros((1, 1)))

    assert moved(room.total[i, 0]).end.max() == pytest.approx(placed.end.max())
    assert moved(room.total[i, 0] + 1).end.max() == pytest.approx(placed.end.max() + 1)
    others = np.arange(len(spec)) != i
    assert moved(room.free[i, 0]).start[others] == pytest.approx(placed.start[others])


def test_draws_are_worked_one_by_one() -> None:
    """Floats of a block of draws are those of each draw alone, with the delays of that draw."""
    made = load_plan()
    arrays = compile(replace(made, event=None))
    placed = run_block(arrays, 1, 0).schedule
    links = links_of(made, arrays.actions, evaluate(arrays, base(arrays)).schedule)
    room = floats(arrays.actions, placed, links)
    assert (room.total > -1e-6).all()
    for draw in (0, 17, 4095):
        one = Schedule(*(part[:, draw : draw + 1] for part in (placed.start, placed.stretch, placed.end)))
        alone = floats(arrays.actions, one, links)
        assert alone.total[:, 0] == pytest.approx(room.total[:, draw])
        assert alone.free[:, 0] == pytest.approx(room.free[:, draw])
    for programme in np.unique(arrays.actions.programme):
        mine = arrays.actions.programme == programme
        assert room.critical[mine].any(axis=0).all()


def test_the_order_of_phases_counts_where_the_schedule_keeps_it() -> None:
    """An action of phase P1 has no float beyond the start of P2 of its initiative; across initiatives it has."""
    actions = [
        action("x.1", 0, 6, phase="P1"), action("x.2", 6, 6, phase="P2"),
        action("y.1", 0, 6, phase="P1", initiative="y"),
    ]  # fmt: skip
    made = plan([], actions)
    made = replace(made, initiatives={**made.initiatives, "y": replace(made.initiatives["x"], id="y")})
    arrays = compile(made)
    placed = evaluate(arrays, base(arrays)).schedule
    links = links_of(made, arrays.actions, placed)
    assert [(link.before, link.after, link.typed) for link in links] == [(0, 1, False)]
    assert floats(arrays.actions, placed, links).total[:, 0].tolist() == [0, 0, 6]
    late = Schedule(placed.start, placed.stretch, placed.end + np.array([[2.0], [0], [0]]))
    assert floats(arrays.actions, late, links).total[:, 0].tolist() == [4, 0, 6]
