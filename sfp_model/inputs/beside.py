"""Drivers, which multiply resource lines, and what stands beside the plan without being part of its need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sfp_model.errors import Position

if TYPE_CHECKING:
    from sfp_model.inputs.plan import Line, Value

__all__ = ["Beside", "Driver", "Indicator", "Part", "Raised"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a driver, such as a region: its share, and the months by which it joins later than the first."""

    id: str
    title: str
    share: float
    joins: float


@dataclass(frozen=True, slots=True)
class Driver:
    """A number of things that a planner decides on: country teams a year, offices, groups of a workshop series.

    ``values`` has one fixed value under ``""``, or one per year of the horizon (``"2025"``). ``today`` is the level
    before the plan, where the driver is a lever on work that goes on anyway. ``parts`` join in their order. ``curve``
    are the numbers for which results show what the plan would need.
    """

    id: str
    title: str
    unit: str
    programme: str
    values: Mapping[str, Value]
    today: Value | None
    parts: Mapping[str, Part]
    curve: tuple[float, ...]
    position: Position

    @property
    def yearly(self) -> bool:
        """Whether the number differs by calendar year."""
        return "" not in self.values

    @property
    def numbers(self) -> tuple[float, ...]:
        """The number, or those of the years in order."""
        return tuple(value.estimate.mode for value in self.values.values())


@dataclass(frozen=True, slots=True)
class Raised:
    """Money that an activity is to raise from others: reported apart, never added to or netted from the need.

    ``amount`` is CHF per unit of the driver ``per`` (one in all where it is empty), received from ``start`` to ``end``
    (calendar months, end excluded).
    """

    id: str
    title: str
    activity: str
    per: str
    amount: Value
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """How the outcome of a recommendation is measured. ``None``: no source gives it; the note says so.

    ``lines`` are the resource lines with which measuring is paid or absorbed; an amount of a line that several
    indicators name is shared equally among them.
    """

    id: str
    serves: str
    title: str
    unit: str
    baseline: Value | None
    baseline_note: str
    target: Value | None
    target_note: str
    measured_by: str
    every: str
    method: str
    lines: tuple[str, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the plan: work that goes on anyway, money to be raised, outcome indicators."""

    account: Mapping[str, Line] = field(default_factory=dict)
    account_title: str = ""
    raised: Mapping[str, Raised] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
