from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sfp_model.inputs import load_plan


def scenario(tiny: Path, body: str, name: str = "own") -> None:
    text = f"version: 1\ntitle: t\nauthor: a\nrationale: r\n{body}\n"
    (tiny / "params/scenarios" / f"{name}.yml").write_text(text, encoding="utf-8")


def test_chain_of_scenarios(tiny: Path) -> None:
    """A scenario has the choices and settings of those that it extends, and its own over them."""
    plan = load_plan("params", "data", "late")
    assert dict(plan.scenario.chosen) == {"a.1": "B", "R": "defer"}
    assert plan.settings.start == 6
    consultant = plan.lines["a.1.1/consultant"].quantity
    assert consultant.estimate.mode == 30 and consultant.estimate.at == "P10-P90"
    assert str(consultant.position) == "params/scenarios/separate.yml:8:3"
    assert plan.resources["staff.P4"].rate.estimate.mode == 200_000
    assert plan.scenario.changes["rates.staff.P4.rate.mode"] == "200000"
    assert plan.scenario.changes["a.1.1/consultant.quantity"] == "low 20, mode 30, high 50"


@pytest.mark.parametrize(
    ("path", "new", "read"),
    [
        ("plan.phase_stretch", "1.5", lambda plan: plan.settings.phase_stretch == 1.5),
        ("phases.P2.to", "18", lambda plan: plan.settings.phases["P2"] == (6, 18)),
        ("escalation.staff.rate.mode", "2", lambda plan: plan.escalations["staff"].rate.estimate.mode == 2),
        ("a.2.start", "9", lambda plan: plan.actions["a.2"].start == 9),
        ("a.1.1/consultant.timing.offset", "1", lambda plan: plan.lines["a.1.1/consultant"].timing.offset == 1),
        ("a.1.1/staff.P4.sectors", "{BR: 1}", lambda plan: dict(plan.lines["a.1.1/staff.P4"].sectors) == {"BR": 1}),
        ("1.1.1.a.title", "Note", lambda plan: plan.activities["1.1.1.a"].title == "Note"),
        (
            "dependence.plan",
            "{value: 0.1, unit: share, source: estimate, confidence: E, basis: b}",
            lambda plan: plan.settings.values["dependence.plan"].estimate.mode == 0.1,
        ),
    ],
)
def test_paths(tiny: Path, path: str, new: str, read: Callable[..., bool]) -> None:
    """Any parameter can be set by its path, also one that the file leaves at its default."""
    scenario(tiny, f"set: {{{path}: {new}}}")
    assert read(load_plan("params", "data", "own"))


def test_nearer_setting_wins(tiny: Path) -> None:
    """A whole value set by a base scenario can be changed in part by the one that extends it."""
    scenario(tiny, "extends: separate\nset: {a.1.1/consultant.quantity.mode: 25}")
    quantity = load_plan("params", "data", "own").lines["a.1.1/consultant"].quantity
    assert (quantity.estimate.low, quantity.estimate.mode) == (20, 25)
    assert quantity.position.file == "params/scenarios/own.yml"


def test_fault_stands_where_it_was_set(tiny: Path, faults: Callable[..., list[str]]) -> None:
    """A fault inside a whole value that a scenario sets has the position of its own line and column."""
    scenario(tiny, "set:\n  a.1.1/consultant.quantity: {low: 20, mode: 10, high: 50}")
    assert faults("own") == [
        "params/scenarios/own.yml:6:36: set.a.1.1/consultant.quantity.low: 20 is above mode 10; low ≤ mode ≤ high"
    ]


def test_changed_number_that_still_cites_a_source(tiny: Path) -> None:
    """A number that a scenario changes no longer comes from the source that stands beside it."""
    scenario(tiny, "set: {funding.contributory_unit.value: 300000}")
    (warning,) = load_plan("params", "data", "own").warnings
    assert "still cites book (R)" in warning.message


def test_whole_sections_are_refused(tiny: Path, faults: Callable[..., list[str]]) -> None:
    """A scenario sets values, not sections or whole lines."""
    scenario(tiny, "set: {funding: {}, a.1.1/consultant: {}}")
    assert [fault.partition(": ")[2] for fault in faults("own")] == [
        "set.funding: funding is a whole section; set what stands below it",
        "set.a.1.1/consultant: a.1.1/consultant is a whole resource line; set one of its keys, "
        "for example a.1.1/consultant.quantity",
    ]
