from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sfp_model.inputs import Plan, load_plan
from sfp_model.inputs.meetings import period_of
from sfp_model.inputs.schedule import scheduled

MEETING = """
  {key}:
    title: A meeting
    body: Council
    when: "{when}"
    source: {source}
    confidence: {confidence}
    basis: as always
"""


def write(tiny: Path, *meetings: str) -> None:
    (tiny / "data/meetings.yml").write_text("version: 1\nmeetings:" + "".join(meetings), encoding="utf-8")


def test_meetings_come_in_order_of_time(tiny: Path) -> None:
    """Meetings are placed on the months of the horizon and sorted; the precision is that of what was typed."""
    write(
        tiny,
        MEETING.format(key="late", when="2025", source="estimate", confidence="E"),
        MEETING.format(key="early", when="2023-11-20/2023-12-15", source="book", confidence="R"),
        MEETING.format(key="mid", when="2024-Q2", source="estimate", confidence="E"),
    )
    meetings = load_plan("params", "data").meetings
    assert [meeting.id for meeting in meetings] == ["early", "mid", "late"]
    assert [meeting.precision for meeting in meetings] == ["day", "quarter", "year"]
    assert meetings[0].start == pytest.approx(-2 + 19 / 30)
    assert meetings[0].end == pytest.approx(-1 + 15 / 31)


def test_a_plan_without_meetings_has_none(tiny: Path) -> None:
    """The file is optional."""
    assert load_plan("params", "data").meetings == ()


def test_a_date_that_was_not_known_is_refused(tiny: Path, faults: Callable[..., list[str]]) -> None:
    """A source later than as_of cannot date a meeting, as it cannot give any other value."""
    write(tiny, MEETING.format(key="x", when="2025", source="later", confidence="R"))
    (fault,) = faults()
    assert "data/meetings.yml:7:13: x.source: later is of" in fault


@pytest.mark.parametrize("when", ["2024-02-30/2024-03-01", "2024-03-02/2024-03-01"])
def test_impossible_days(when: str) -> None:
    """There are no other days than those of the calendar, and time runs forwards."""
    with pytest.raises(ValueError, match="2024-0"):
        period_of(when, 2024)


def test_lags_are_read_and_stretch_with_the_plan(edit: Callable[..., None], plan: Plan) -> None:
    """A lag comes between predecessor and successor, an overlap brings them closer; both stretch as months do."""
    edit("params/reform/a.yml", "after: [a.1]", "after: [{action: a.1, lag: 2}]")
    read = load_plan("params", "data")
    assert read.actions["a.2"].after == ("a.1",)
    assert scheduled(read.actions)["a.2"] == (8, 14)
    assert scheduled(read.actions)["a.pm"] == (0, 14)
    edit("params/base.yml", "phase_stretch: 1", "phase_stretch: 1.5")
    assert scheduled(load_plan("params", "data").actions)["a.2"] == (12, 21)
    early = {**plan.actions, "a.2": replace(plan.actions["a.2"], start=0.0, lags=(-2.0,))}
    assert scheduled(early)["a.2"] == (4, 10)
