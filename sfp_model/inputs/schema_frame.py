"""The form of the frame of a plan: base, rate card and scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag
from typing_extensions import TypeAliasType

from sfp_model.inputs.context import Context, Node, Problem, known_name
from sfp_model.inputs.funding import DIVISORS, funding_problems
from sfp_model.inputs.leaf import (
    Leaf,
    Range,
    SourceName,
    Text,
    domain,
    domain_problems,
    estimate,
    range_problems,
    source_problems,
)
from sfp_model.inputs.plan import Confidence, Funding
from sfp_model.inputs.schema_dependence import dependence_problems
from sfp_model.inputs.units import conversion

__all__ = ["BaseFile", "Month", "RatesFile", "ScenarioFile", "is_leaf"]

Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="month as 2024-01")]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Positive = Annotated[float, Field(gt=0)]


def is_leaf(data: Any) -> bool:
    """Whether *data* is a value with its provenance, not a group of such values."""
    if isinstance(data, Leaf):
        return True
    keys = ("value", "low", "mode", "high", "unit", "source", "basis", "confidence")
    return isinstance(data, dict) and any(key in data and not isinstance(data[key], dict) for key in keys)


def _kind(data: Any) -> str:
    return "<leaf>" if is_leaf(data) or not isinstance(data, dict) else "<group>"


if TYPE_CHECKING:
    Group = dict[str, Any]
else:
    Group = TypeAliasType(
        "Group",
        dict[
            str,
            Annotated[
                Annotated[Leaf, Tag("<leaf>")] | Annotated["Group", Tag("<group>")],
                Discriminator(_kind),
            ],
        ],
    )


def _all_modes() -> list[Funding]:
    return ["additional", "absorbed", "in_kind"]


def _above_zero(place: tuple[str, ...], part: Leaf | None) -> Iterator[Problem]:
    """Yield a value by which the model divides if it can be 0."""
    if part is not None and estimate(part).low <= 0:
        yield place, "the model divides by it; it must be above 0"


class Horizon(Node):
    """The years that the plan covers."""

    start: int = Field(description="first year of the horizon", ge=1900, le=2200)
    years: int = Field(description="number of years", ge=1, le=40)
    memo_years: int = Field(4, description="years before the horizon that the memo column shows", ge=0, le=40)


class Frame(Node):
    """Title, time and what the run knows."""

    title: Text = Field(description="title of the plan")
    agency: Text = Field(description="whose plan it is")
    horizon: Horizon = Field(description="years that the plan covers")
    start: Month = Field(description="M0, the month in which the programme starts, as 2024-01")
    base_year: int = Field(description="year of constant prices and exchange rates", ge=1900, le=2200)
    as_of: Day = Field(description="the run knows what was observed by this day, as 2021-08-31")
    seed: int = Field(description="seed of all random numbers, a whole number from 0", ge=0)
    phase_stretch: Positive = Field(1.0, description="factor on all months after M0; 1 as in the source")
    funding_modes: Annotated[list[Funding], Field(min_length=1)] = Field(
        default_factory=_all_modes,
        description="funding modes whose lines are needed in this scenario",
    )

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield a day that the calendar does not have."""
        try:
            date.fromisoformat(self.as_of)
        except ValueError:
            yield ("as_of",), f"there is no day {self.as_of}"


class Phase(Node):
    """Months after M0, before phase_stretch."""

    from_: float = Field(alias="from", description="first month after M0", ge=0)
    to: float = Field(description="month after M0 in which the phase ends", ge=0)

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield a range that runs backwards."""
        if self.from_ >= self.to:
            key = context.blamed(self.place, ("to", "from"))
            yield (key,), f"the phase ends ({self.to:g}) before it starts ({self.from_:g}); from < to"


class Named(Node):
    """Something with a title."""

    title: Text = Field(description="title in words")


class ChangeLeaf(Leaf):
    """A change in per cent a year, which may be below 0 whatever unit is typed."""

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield what is wrong with the numbers, their domain and their provenance."""
        yield from range_problems(self, context)
        yield from domain_problems(self, *domain("percent/year", self.lower, self.upper), context)
        yield from source_problems(self, context)


class CurrencyForm(Node):
    """A currency other than CHF."""

    series: Annotated[str, known_name("series")] | None = Field(
        None, description="series with CHF per unit; the base-year rate is its mean over the known months"
    )
    base: Leaf | None = Field(None, description="CHF per unit in the base year; instead of series")
    forecast: Leaf | None = Field(None, description="factor on the base-year rate in nominal prices, a single value")
    movement: ChangeLeaf | None = Field(
        None, description="change within a year around the rate expected, per cent on the log scale; grows with √time"
    )

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield a currency without any rate, rates that cannot divide, and a range that stands in the wrong place."""
        if self.series is None and self.base is None:
            yield (), "neither series nor base stands here; one of them is needed"
        for key in ("base", "forecast"):
            yield from _above_zero((key,), getattr(self, key))
        if self.forecast is not None and not estimate(self.forecast).fixed:
            yield (
                ("forecast",),
                "a forecast is a single value; give it as value, and how far the rate may move as movement",
            )
        if self.movement is not None and self.movement.unit != "percent/year":
            yield ("movement", "unit"), f"{self.movement.unit} does not fit a movement; use percent/year"
        elif self.movement is not None and (middle := estimate(self.movement).mode) != 0:
            yield ("movement",), f"its mode is {middle:g}; the base estimate has no movement: mode 0, or a forecast"


class EscalationForm(Named):
    """A price class."""

    series: Annotated[str, known_name("series")] | None = Field(
        None, description="series of observed yearly changes or of an index, used up to as_of"
    )
    rate: ChangeLeaf = Field(description="per cent a year after the last observation")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield a rate that is not in per cent a year."""
        if self.rate.unit != "percent/year":
            yield ("rate", "unit"), f"{self.rate.unit} does not fit an escalation; use percent/year"


class BaseFile(Node):
    """Frame of the plan. Further sections hold numbers by name, each with unit and provenance."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Group]

    version: Literal[1] = Field(description="version of the file format")
    plan: Frame = Field(description="title, time, knowledge and seed")
    phases: dict[str, Phase] = Field(description="phases in months after M0")
    programmes: dict[str, Named] = Field(description="programmes, in the order of the tables")
    sectors: dict[str, Text] = Field(description="sectors that share the cost")
    categories: dict[str, Text] = Field(description="expense categories")
    bodies: dict[str, Text] = Field(default_factory=dict, description="bodies and meetings of Member States")
    currencies: dict[str, CurrencyForm] = Field(default_factory=dict, description="currencies beside CHF")
    escalation: dict[str, EscalationForm] = Field(description="price classes")
    overrun_classes: Group = Field(default_factory=dict, description="reference classes of the outside view")
    units: Group = Field(default_factory=dict, description="working time")
    capacity: Group = Field(default_factory=dict, description="staff and what it can carry")
    funding: Group = Field(default_factory=dict, description="funding framework")
    dependence: Group = Field(default_factory=dict, description="shares of variance of common factors")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield working time and contributory units of 0, and further sections whose name is a slip of a known one."""
        for key in ("working_days_per_person_year", "hours_per_day"):
            if isinstance(leaf := self.units.get(key), Leaf):
                yield from _above_zero(("units", key), leaf)
        for key in DIVISORS:
            if isinstance(leaf := self.funding.get(key), Leaf):
                yield from _above_zero(("funding", key), leaf)
        for place, words in funding_problems(self.funding):
            yield ("funding", *place), words
        for below, words in dependence_problems(self.dependence, (*self.escalation, *self.currencies)):
            yield ("dependence", *below), words
        known = list(self.known_keys())
        for name in self.model_extra or {}:
            close = get_close_matches(name, known, n=1, cutoff=0.8)
            if close:
                yield (name,), f"unknown section; did you mean {close[0]}? known: {', '.join(known)}"

    def groups(self) -> dict[str, Any]:
        """Return every section of plain values by name."""
        named = ("units", "capacity", "funding", "dependence", "overrun_classes")
        return {name: getattr(self, name) for name in named} | dict(self.model_extra or {})


class RateLeaf(Range):
    """The rate itself; its unit is the currency per unit of the resource."""

    unit: str | None = Field(None, description="left out, or <currency>/<unit> of the resource")
    source: SourceName = Field(description="key of data/sources.yml, or estimate")
    confidence: Confidence = Field(description="R, R2, M-H, M-M, M-L or E (our estimate)")
    basis: Text = Field(description="in words: where the figure comes from")
    rests_on: list[SourceName] = Field(default_factory=list, description="further sources behind the figure")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield what is wrong with the numbers and their provenance."""
        yield from range_problems(self, context)
        yield from domain_problems(self, 0.0, float("inf"), context)
        yield from source_problems(self, context)


class ResourceForm(Named):
    """A position of the rate card."""

    rate: RateLeaf = Field(description="price of one unit")
    unit: Text = Field(description="what one unit is: person-year, day, seat, trip …")
    currency: Annotated[str, known_name("currency")] = Field(description="currency of the rate")
    price_year: int = Field(description="year of whose prices the rate is", ge=1900, le=2200)
    category: Annotated[str, known_name("category")] = Field(description="expense category")
    escalation: Annotated[str, known_name("escalation", "escalation class")] = Field(description="price class")
    grade: Annotated[str, Field(pattern=r"^([A-Z]{1,4}[0-9]{1,2}|mix)$")] | None = Field(
        None, description="staff grade as P4, mix for an average of grades; left out where it is no staff time"
    )
    station: Literal["geneva", "region", "other"] | None = Field(
        None, description="where the person works: geneva, region or other; left out for things"
    )
    post: Literal["new", "temporary"] | None = Field(
        None, description="what an additional line of it means: a new or a temporary post; left out for none"
    )
    languages: Literal["interpretation", "translation"] | None = Field(
        None, description="counts against the ceiling for languages as interpretation or translation"
    )

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield a unit of the rate that says something else than currency and unit, and half a description of staff."""
        needed = f"{self.currency}/{self.unit}"
        if self.rate.unit is not None and self.rate.unit != needed:
            yield ("rate", "unit"), f"{self.rate.unit} does not fit; leave it out or write {needed}"
        if self.grade and not self.station:
            yield ("grade",), "a grade needs a duty station; add station: geneva, region or other"
        doubted = context.is_broken((*self.place, "unit"))
        if self.grade and conversion(self.unit, "person-year") is None and not doubted:
            yield ("grade",), f"{self.unit} is no person's time; a grade needs a unit such as person-year"
        if self.post and not self.grade:
            yield ("post",), "a post needs a grade; add grade, or leave post out"


class RatesFile(Node):
    """The rate card."""

    version: Literal[1] = Field(description="version of the file format")
    resources: dict[str, ResourceForm] = Field(description="resources by key, for example staff.geneva.P4")


class ScenarioFile(Node):
    """A named overlay on the parameters."""

    own_paths: ClassVar[bool] = True

    version: Literal[1] = Field(description="version of the file format")
    title: Text = Field(description="title of the scenario")
    author: Text = Field(description="who made it")
    rationale: Text = Field(description="why it is of interest")
    extends: str | None = Field(
        None, description="scenario that this one changes; null for the plan as it stands in the files"
    )
    choose: dict[str, str] = Field(default_factory=dict, description="decision to option")
    set: dict[str, Any] = Field(default_factory=dict, description="path of a parameter to its new value")
