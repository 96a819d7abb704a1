"""The flagship event of a plan: frozen content of ``params/event.yml`` for one scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sfp_model.errors import UsageError
from sfp_model.inputs.faults import known
from sfp_model.inputs.plan import Value

__all__ = ["Band", "Concept", "Criterion", "Edition", "EventPlan", "Segment"]


@dataclass(frozen=True, slots=True)
class Concept:
    """A design of the event; ``format`` and ``place`` are empty where no event is held.

    ``attendance_from`` says what its attendance was stated from: outcomes of past events, or a forecast of a host or
    of an organiser, which is realised in part only.
    """

    id: str
    title: str
    catalogue: tuple[str, ...]
    format: str
    place: str
    joined: tuple[str, ...]
    mix: str
    attendance_from: str = "outcomes"

    @property
    def held(self) -> bool:
        """Whether the concept holds an event."""
        return bool(self.format)


@dataclass(frozen=True, slots=True)
class Edition:
    """One yearly holding, in a calendar month (1 to 12)."""

    year: int
    month: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A group of stakeholders and the findings of the source that name it."""

    id: str
    title: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A mission criterion; ``judgement`` says that its quantity rests on a judged number."""

    id: str
    title: str
    unit: str
    judgement: bool
    findings: tuple[str, ...]
    measure: str


@dataclass(frozen=True, slots=True)
class Band:
    """A plausibility band: leaving it is a warning."""

    low: float
    high: float
    unit: str
    basis: str


@dataclass(frozen=True, slots=True)
class EventPlan:
    """The event of one scenario.

    Attributes
    ----------
    concept : str
        The chosen concept; its subsidy enters the plan total.
    combinations : tuple of (concept, format, place)
        All that are valid.
    axes : mapping of str to tuple of str
        Names on each axis of the tables: concept (those that hold an event), joint, segment, tier, package,
        place, format, event, criterion.
    resources : mapping of str to str
        Use (``interpretation`` …) to position of the rate card.
    values : mapping of str to Value
        Every number of the file by its address, for example ``event.demand.attendance.values.standalone``.
    design : str
        Action in which the event is designed; "" where none is named.
    """

    concept: str
    concepts: Mapping[str, Concept]
    editions: tuple[Edition, ...]
    combinations: tuple[tuple[str, str, str], ...]
    places: Mapping[str, str]
    segments: Mapping[str, Segment]
    criteria: Mapping[str, Criterion]
    mixes: tuple[str, ...]
    axes: Mapping[str, tuple[str, ...]]
    resources: Mapping[str, str]
    bands: Mapping[str, Band]
    price_year: int
    escalation: str
    category: str
    values: Mapping[str, Value]
    design: str = ""

    def before(self, end: float, first_year: int) -> tuple[Edition, ...]:
        """Return the editions held before month *end*, counted from January of *first_year*.

        An edition stands on its date: it moves neither with the plan nor with the action that designs it. A concept
        that holds no event has no editions.
        """
        if not self.concepts[self.concept].held:
            return ()
        return tuple(e for e in self.editions if 12 * (e.year - first_year) + e.month - 1 < end - 1e-9)

    def value(self, parameter: str, name: str = "") -> Value:
        """Return the value of *parameter* (``demand.attendance``), of *name* on its axis if it is a table.

        Raises
        ------
        UsageError
            If there is no such value.
        """
        path = f"event.{parameter}.values.{name}" if name else f"event.{parameter}"
        try:
            return self.values[path]
        except KeyError:
            raise UsageError(f"no event value {path}; {known(path, self.values)}") from None
