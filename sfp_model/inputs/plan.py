"""The Plan: the validated, frozen content of the parameter and data folders for one scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sfp_model.errors import Fault, Position
from sfp_model.inputs.beside import Beside, Driver
from sfp_model.inputs.declared import CatalogueItem, Confidence, Series, Source
from sfp_model.inputs.shapes import Distribution

if TYPE_CHECKING:
    from sfp_model.inputs.risk import Gain, Risk

__all__ = [
    "SUBSIDY", "Action", "Activity", "CatalogueItem", "Confidence", "Currency", "Decision", "Escalation", "Estimate",
    "Funding", "Initiative", "Line", "Option", "Plan", "Programme", "Recurrence", "Resource", "ScenarioInfo",
    "Series", "Settings", "Source", "Timing", "Value", "subsidy_activity",
]  # fmt: skip

SUBSIDY = "event/subsidy"
EVENT_PROGRAMME = "flagship_event"

Funding = Literal["additional", "absorbed", "in_kind"]
Profile = Literal["uniform", "front", "back", "bell"]
Post = Literal["", "new", "temporary"]
Role = Literal["work", "participants"]
Languages = Literal["", "interpretation", "translation"]
Station = Literal["", "geneva", "region", "other"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Low, mode and high of an uncertain input and the percentiles at which low and high stand.

    ``at`` is ``"min-max"`` or ``"P<low>-P<high>"``, for example ``"P10-P90"``. A fixed value has
    low = mode = high. ``lower`` and ``upper`` bound the domain (0 and 1 for a share). ``shape`` holds what else a
    distribution needs: λ of PERT (none: 4), α and β of beta, the probability of bernoulli, (value, probability, …)
    of discrete, the values of empirical.
    """

    low: float
    mode: float
    high: float
    at: str = "P10-P90"
    distribution: Distribution = "pert"
    lower: float = 0.0
    upper: float = float("inf")
    shape: tuple[float, ...] = ()

    @property
    def fixed(self) -> bool:
        """Whether the estimate is a single value."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Value:
    """An estimate with its unit and provenance.

    ``path`` is the address in the parameter files and the id under which draws are keyed, for example
    ``a.1.1/staff.geneva.P4#quantity`` or ``rates/staff.geneva.P4``.
    ``rests_on`` names further sources that informed an estimate (codes ``E``). ``title`` says what it is.
    """

    path: str
    estimate: Estimate
    unit: str
    source: str
    confidence: Confidence
    basis: str
    position: Position
    rests_on: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a one-off line falls.

    ``offset`` and ``duration`` are months within the action (``None``: all) and stretch with the plan. ``absolute``
    is (start, end) in months from January of the first year, may be negative (memo column), and does not move.
    """

    profile: Profile = "uniform"
    offset: float = 0.0
    duration: float | None = None
    absolute: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A line that comes back until the horizon: its quantity is per month or per year.

    ``start`` is in months after the start of the action; ``until`` (same origin) is ``None`` for the horizon.
    A recurrence with ``until`` is one-off money in the sense of the tables; without it, it is recurrent.
    """

    start: float
    per: Literal["month", "year"] = "month"
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One resource line: resource, quantity, unit, timing, funding mode.

    ``factor`` converts the unit of the quantity into the unit of the rate's denominator (design: one
    conversion factor per line, at load). ``options`` are the options of the action's decision under which the
    line is needed (empty: all). ``sectors`` are shares that sum to 1. ``body`` is the body or meeting of Member States
    that the line is for, if any.
    """

    id: str
    activity: str
    action: str
    initiative: str
    programme: str
    resource: str
    quantity: Value
    factor: float
    funding: Funding
    timing: Timing
    recurs: Recurrence | None
    options: tuple[str, ...]
    sectors: Mapping[str, float]
    position: Position
    role: Role = "work"
    body: str = ""
    per: tuple[str, ...] = ()  # drivers: the quantity is for one unit of each
    part: str = ""  # part of a driver (a region) that the line is for


@dataclass(frozen=True, slots=True)
class Activity:
    """A piece of work under an action. Either has lines or says why it costs nothing."""

    id: str
    title: str
    action: str
    serves: tuple[str, ...]
    assigned_by: Literal["source", "project"]
    no_cost: str | None
    lines: tuple[str, ...]
    without_additional: Literal["carried", "reduced", "not_done"]
    without_additional_reason: str
    position: Position


@dataclass(frozen=True, slots=True)
class Action:
    """An action with its place in time: ``start`` and ``duration`` in months after programme start."""

    id: str
    title: str
    initiative: str
    programme: str
    phase: str | None
    start: float
    duration: float
    after: tuple[str, ...]
    timing_in_source: str
    overrun_class: str
    sectors: Mapping[str, float]
    assigned_by: Literal["source", "project"]
    serves: tuple[str, ...]
    activities: tuple[str, ...]
    position: Position
    lags: tuple[float, ...] = ()  # months between the end of each predecessor and the start; () for none


@dataclass(frozen=True, slots=True)
class Initiative:
    """A group of actions: ``a`` to ``i`` of the transformation, ``1.1`` to ``1.4`` of the regional review …"""

    id: str
    title: str
    programme: str
    actions: tuple[str, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Programme:
    """The widest group of the work breakdown."""

    id: str
    title: str
    initiatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that Member States can give. ``delay`` shifts the governed actions, in months."""

    id: str
    title: str
    catalogue: tuple[str, ...]
    delay: float = 0.0
    presupposes: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A question put to Member States, ``short`` in few words; ``chosen`` is the option of this scenario."""

    id: str
    title: str
    options: Mapping[str, Option]
    chosen: str
    governs: tuple[str, ...]  # action ids
    position: Position
    short: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A position of the rate card. ``rate.unit`` is ``<currency>/<unit>``; ``price_year`` is its price level.

    ``grade`` and ``station`` say whose time it is: a staff grade (``mix`` for an average) at a duty station; people
    who are no staff (consultants) have a station without a grade, things have neither. ``post`` is what an additional
    line of it means: a ``new`` post, a ``temporary`` one, or none. ``languages`` says whether it counts against the
    ceiling for languages, as interpretation or translation.
    """

    id: str
    title: str
    rate: Value
    currency: str
    per: str
    price_year: int
    category: str
    escalation: str
    position: Position
    grade: str = ""
    station: Station = ""
    post: Post = ""
    languages: Languages = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A price class: observed index from a series up to ``as_of``, the rate (per cent a year) after it."""

    id: str
    title: str
    rate: Value
    series: str | None


@dataclass(frozen=True, slots=True)
class Currency:
    """CHF per unit of the currency.

    ``base`` is the rate of the base year, ``forecast`` a fixed factor on it in nominal prices, and ``movement`` the
    change within a year, per cent on the log scale, around what is expected (see ``model.prices``).
    """

    id: str
    base: Value
    series: str | None
    forecast: Value | None
    movement: Value | None = None


@dataclass(frozen=True, slots=True)
class ScenarioInfo:
    """Who made the scenario and why, and what it changes (``changes``: path to text of the new value)."""

    name: str
    title: str
    author: str
    rationale: str
    extends: str | None
    chosen: Mapping[str, str]
    changes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """The plan's frame. Months count from January of ``horizon_start``; ``start`` is M0 on that scale."""

    title: str
    agency: str
    horizon_start: int
    horizon_years: int
    start: float
    base_year: int
    as_of: str
    seed: int
    phase_stretch: float
    phases: Mapping[str, tuple[float, float]]
    funding_modes: tuple[str, ...]
    sectors: Mapping[str, str]
    categories: Mapping[str, str]
    values: Mapping[str, Value]  # every other number of base.yml by path, e.g. ``funding.contributory_unit``
    bodies: Mapping[str, str] = field(default_factory=dict)  # bodies and meetings of Member States
    memo_years: int = 4  # years before the horizon that the memo column shows


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one scenario needs, in the order of the files; see design of the house in docs."""

    scenario: ScenarioInfo
    settings: Settings
    programmes: Mapping[str, Programme]
    initiatives: Mapping[str, Initiative]
    actions: Mapping[str, Action]
    activities: Mapping[str, Activity]
    lines: Mapping[str, Line]
    decisions: Mapping[str, Decision]
    resources: Mapping[str, Resource]
    escalations: Mapping[str, Escalation]
    currencies: Mapping[str, Currency]
    catalogue: Mapping[str, CatalogueItem]
    sources: Mapping[str, Source]
    series: Mapping[str, Series]
    event: object  # sfp_model.inputs.event_plan.EventPlan
    warnings: tuple[Fault, ...]
    digest: str
    anomalies: tuple[tuple[str, str], ...] = ()  # (where, note): slips of the source document
    tradeoff: object = None  # sfp_model.inputs.tradeoff_plan.TradeOff
    assigned_relations: tuple[str, ...] = ()  # relations of the catalogue that the project assigned
    meetings: tuple[Any, ...] = ()  # sfp_model.inputs.meetings.Meeting, in order of time
    risks: Mapping[str, Risk] = field(default_factory=dict)
    gains: Mapping[str, Gain] = field(default_factory=dict)
    drivers: Mapping[str, Driver] = field(default_factory=dict)
    beside: Beside = field(default_factory=Beside)

    def decision_of(self, action: str) -> Decision | None:
        """Return the decision that governs *action*, if any."""
        return next((d for d in self.decisions.values() if action in d.governs), None)

    def is_active(self, line: Line) -> bool:
        """Whether *line* is needed under the chosen options and the funding modes of the scenario."""
        if line.funding not in self.settings.funding_modes:
            return False
        without = self.activities[line.activity].without_additional
        if "additional" not in self.settings.funding_modes and without == "not_done":
            return False
        if not line.options:
            return True
        decision = self.decision_of(line.action)
        return decision is not None and decision.chosen in line.options


def subsidy_activity(plan: Plan) -> tuple[str, str]:
    """Return the initiative that carries the event's subsidy and the id of the derived activity.

    The first initiative of the programme ``flagship_event``, or the plan's last if it has no such programme.
    """
    programme = plan.programmes.get(EVENT_PROGRAMME)
    initiative = programme.initiatives[0] if programme and programme.initiatives else list(plan.initiatives)[-1]
    return initiative, f"{initiative}.subsidy"
