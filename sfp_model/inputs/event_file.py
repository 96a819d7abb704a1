"""The form of ``params/event.yml``: one registry of its parameters, from which the checks and the schema are made.

A parameter is a single leaf, or a table with one provenance and a value for each concept, segment, tier, package,
place, format, event or criterion.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, create_model

from sfp_model.inputs.context import Context, Node, Problem, known_name
from sfp_model.inputs.event_parameters import PARAMETERS
from sfp_model.inputs.faults import unknown
from sfp_model.inputs.leaf import Leaf, Range, SourceName, Text, domain, domain_problems, source_problems
from sfp_model.inputs.plan import Confidence
from sfp_model.inputs.units import conversion

__all__ = ["EVENT_FILE", "Entry", "EventBase", "Table"]


class Entry(Range):
    """A value of a table; may carry its own provenance."""

    source: SourceName | None = Field(None, description="key of data/sources.yml, instead of the table's")
    confidence: Confidence | None = Field(None, description="confidence code, instead of the table's")
    basis: Text | None = Field(None, description="in words, instead of the table's")
    rests_on: list[SourceName] | None = Field(None, description="sources that informed an estimate")
    unit: Text | None = Field(None, description="unit, if repeated; must be that of the table")


def _kind(data: Any) -> str:
    return "<range>" if isinstance(data, dict | Range) else "<number>"


Cell = Annotated[
    Annotated[float, Tag("<number>")] | Annotated[Entry, Tag("<range>")],
    Discriminator(_kind),
]


class Table(Node):
    """Values of one parameter by concept, segment or another axis, with one provenance."""

    unit: Text = Field(description="unit of all values")
    source: SourceName = Field(description="key of data/sources.yml, or estimate")
    confidence: Confidence = Field(description="R, R2, M-H, M-M, M-L or E (our estimate)")
    basis: Text = Field(description="in words: where the figures come from")
    at: str | None = Field(None, description="percentiles at which low and high stand, for all values")
    distribution: Literal["pert", "triangular", "uniform"] | None = Field(None, description="for all values")
    rests_on: list[SourceName] = Field(default_factory=list, description="sources that informed estimates")
    values: dict[str, Cell] = Field(description="value by name")

    def leaf(self, name: str) -> Leaf:
        """Return the value of *name* as a leaf, the table's provenance filled in."""
        cell = self.values[name]
        entry = cell if isinstance(cell, Entry) else Entry(value=float(cell))
        own = entry.source is not None
        rests = entry.rests_on if entry.rests_on is not None else ([] if own else self.rests_on)
        ranged = entry.value is None
        return Leaf(
            value=entry.value, low=entry.low, mode=entry.mode, high=entry.high,
            at=(entry.at or self.at) if ranged else None,
            distribution=(entry.distribution or self.distribution) if ranged else None,
            unit=entry.unit or self.unit, source=entry.source or self.source,
            confidence=entry.confidence or self.confidence, basis=entry.basis or self.basis, rests_on=rests,
        )  # fmt: skip

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield faults of provenance and of values outside the domain of the unit."""
        yield from source_problems(self, context)
        for name, cell in self.values.items():
            leaf = self.leaf(name)
            for below, message in domain_problems(leaf, *domain(self.unit), context):
                yield ("values", name, *(below if isinstance(cell, Entry) else ())), message
            if isinstance(cell, Entry):
                for below, message in source_problems(leaf, context):
                    if getattr(cell, str(below[0])) is not None:  # what the table says is reported once, there
                        yield ("values", name, *below), message
                if cell.unit is not None and cell.unit != self.unit:
                    yield ("values", name, "unit"), f"'{cell.unit}' is not the unit of the table, {self.unit}"


class ConceptNode(Node):
    """One design of the event."""

    title: Text = Field(description="short title")
    catalogue: list[Text] = Field(default_factory=list, description="options of the model's list it stands for")
    format: str | None = Field(None, description="physical, hybrid or virtual; none for no event")
    where: str | None = Field(None, alias="place", description="where it is held; none for no event")
    joined: list[str] = Field(default_factory=list, description="existing events it is held with")
    mix: str | None = Field(None, description="mix of segments among its delegates")
    attendance_from: Literal["outcomes", "host", "organiser"] = Field(
        "outcomes", description="what the attendance was stated from; a host's or organiser's forecast is cut down"
    )


class SegmentNode(Node):
    """A group of stakeholders."""

    title: Text = Field(description="short title")
    findings: list[Annotated[str, known_name("catalogue")]] = Field(
        default_factory=list, description="items of the source"
    )


class CriterionNode(SegmentNode):
    """A mission criterion."""

    unit: Text = Field(description="unit of the quantity")
    judgement: bool = Field(description="whether the quantity rests on a judgement")
    measure: Text = Field(description="what is measured, in words")


class EditionsNode(Node):
    """The yearly holdings."""

    years: list[Annotated[int, Field(ge=1900, le=2200)]] = Field(description="years, in order", min_length=1)
    month: int = Field(description="month of the event, 1 to 12", ge=1, le=12)
    after: Annotated[str, known_name("action")] | None = Field(
        None, description="action in which the event is designed; an edition before its end is a warning"
    )

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield years that are out of order."""
        if list(self.years) != sorted(set(self.years)):
            yield ("years",), "the years of the editions must rise; each once"


class FeeRange(Node):
    """The fees over which the demand holds."""

    low: float = Field(description="least fee, CHF", ge=0)
    high: float = Field(description="highest fee, CHF", gt=0)


class BandNode(Node):
    """A plausibility band; leaving it is a warning."""

    low: float = Field(description="low end")
    high: float = Field(description="high end")
    unit: Text = Field(description="unit")
    basis: Text = Field(description="in words: where the band comes from")


RESOURCE_UNITS = {
    "room": "day", "interpretation": "meeting-day", "translation": "page-language", "fellowship": "trip", "dsa": "day",
    "mission": "trip", "staff_additional": "person-month", "staff_absorbed": "person-month",
}  # fmt: skip


class ResourcesNode(Node):
    """Positions of the rate card that price quantities of the event."""

    room: Annotated[str, known_name("resource")] = Field(description="a conference room for a day")
    interpretation: Annotated[str, known_name("resource")] = Field(description="a meeting day in six languages")
    translation: Annotated[str, known_name("resource")] = Field(description="a page into one language")
    fellowship: Annotated[str, known_name("resource")] = Field(description="a fellow's trip")
    dsa: Annotated[str, known_name("resource")] = Field(description="a day of a fellow's subsistence")
    mission: Annotated[str, known_name("resource")] = Field(description="a staff mission")
    staff_additional: Annotated[str, known_name("resource")] = Field(description="temporary staff")
    staff_absorbed: Annotated[str, known_name("resource")] = Field(description="staff already paid")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield resources whose rate is not for the unit in which the model counts."""
        for use, unit in RESOURCE_UNITS.items():
            name = getattr(self, use)
            per = context.rate_units.get(name)
            if per is not None and conversion(unit, per) is None:
                yield (use,), f"{name} is priced per {per}; the event counts {unit}"


class ChecksNode(Node):
    """Plausibility bands."""

    telecom_revenue: BandNode = Field(description="income of a Telecom-style edition")
    telecom_cost: BandNode = Field(description="cost of a Telecom-style edition with staff, without the venue")
    floor_price: BandNode = Field(description="price of commercial floor")
    sme_price: BandNode = Field(description="price of floor for SMEs")
    margin: BandNode = Field(description="net result by cash income of an edition")
    public_support: BandNode = Field(description="what public sources give to one edition, in cash and in kind")
    ldc_share: BandNode = Field(description="delegates from least developed countries among a concept's own")


class EventBase(Node):
    """The flagship event: what is not a number."""

    version: Literal[1] = Field(description="version of the schema")
    concept: Text = Field(description="chosen concept")
    price_year: int = Field(description="price level of the CHF amounts", ge=1900, le=2200)
    escalation: Annotated[str, known_name("escalation")] = Field(description="price class of the event")
    category: str = Field("contractual", description="expense category of the subsidy from the regular budget")
    editions: EditionsNode = Field(description="yearly holdings")
    concepts: dict[str, ConceptNode] = Field(description="designs of the event, by name")
    combinations: dict[str, dict[str, list[str]]] = Field(description="valid format and places by concept")
    segments: dict[str, SegmentNode] = Field(description="groups of stakeholders")
    mixes: dict[str, Table] = Field(description="shares of the segments among delegates")
    criteria: dict[str, CriterionNode] = Field(description="mission criteria")
    checks: ChecksNode = Field(description="plausibility bands")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield an expense category of the subsidy that the plan does not have, also if it is the default."""
        categories = context.names.get("category")
        if categories is not None and self.category not in categories:
            yield ("category",), unknown("category", self.category, categories)


_EXTRA: dict[str, dict[str, Any]] = {
    "places": {"titles": (dict[str, Text], Field(description="title of each place"))},
    "fees": {"range": (FeeRange, Field(description="fees over which the demand holds"))},
    "cost": {"resources": (ResourcesNode, Field(description="positions of the rate card"))},
}


def _event_file() -> type[EventBase]:
    sections: dict[str, dict[str, Any]] = {}
    for name, parameter in PARAMETERS.items():
        section, _, key = name.partition(".")
        kind = Table if parameter.axis else Leaf
        sections.setdefault(section, dict(_EXTRA.get(section, {})))[key] = (
            kind,
            Field(description=f"{parameter.meaning} ({parameter.unit})"),
        )
    fields: dict[str, Any] = {
        section: (
            create_model(f"Event{section.title()}", __base__=Node, **keys),
            Field(description=f"parameters of {section}"),
        )
        for section, keys in sections.items()
    }
    return create_model("EventFile", __base__=EventBase, **fields)


EVENT_FILE = _event_file()
