"""The form of ``params/event.yml``: one registry of its parameters, from which the checks and the schema are made.

A parameter is a single leaf, or a table with one provenance and a value for each concept, segment, tier, package,
place, format, event or criterion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, create_model

from sfp_model.inputs.context import Context, Node, Problem, known_name
from sfp_model.inputs.faults import unknown
from sfp_model.inputs.leaf import Leaf, Range, SourceName, Text, domain, domain_problems, source_problems
from sfp_model.inputs.plan import Confidence
from sfp_model.inputs.units import conversion

__all__ = [
    "CRITERIA", "EVENTS", "EVENT_FILE", "FORMATS", "PACKAGES", "PARAMETERS", "SEGMENTS", "TIERS", "Entry", "EventBase",
    "Parameter", "Table",
]  # fmt: skip

# Names that the formulas of the model use.
TIERS = ("commercial", "sme", "ldc")
PACKAGES = ("platinum", "gold", "silver", "bronze")
FORMATS = ("physical", "hybrid", "virtual")
EVENTS = ("wsis", "ai_for_good")
SEGMENTS = (
    "governments_ldc", "governments_developing", "governments_developed", "regulators", "ict_large",
    "other_industries", "sme_developing", "sme_developed", "development_agencies", "ngos", "academia", "youth",
)  # fmt: skip
CRITERIA = (
    "ldc_reach", "sme_voice", "regulatory_dialogue", "partnerships", "sdg_bridge", "risk_debate",
    "technology_awareness", "identity",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a parameter of the event must look like: its axis ("" for a single value), unit and meaning."""

    axis: str
    unit: str
    meaning: str
    positive: bool = False  # it divides, so 0 is refused


PARAMETERS: dict[str, Parameter] = {
    "existing.attendance": Parameter("event", "delegate", "delegates on site of the events that happen anyway"),
    "demand.attendance": Parameter("concept", "delegate", "delegates on site of the first edition"),
    "demand.area_at_attendance": Parameter("concept", "m2", "exhibition that the attendance supposes"),
    "demand.overlap": Parameter("concept", "share", "delegates who would have come to the other events"),
    "demand.loss_wsis": Parameter("concept", "share", "delegates that the WSIS Forum loses"),
    "demand.loss_ai_for_good": Parameter("concept", "share", "delegates that AI for Good loses"),
    "demand.growth": Parameter("", "percent/year", "growth from edition to edition"),
    "demand.fellow_additional": Parameter("", "share", "fellows who would not have come otherwise"),
    "formats.on_site": Parameter("format", "share", "part of the demand that comes on site"),
    "formats.remote": Parameter("format", "ratio", "remote participants for each delegate"),
    "formats.platform": Parameter("format", "ratio", "part of the hybrid add-on"),
    "places.hall_in_kind": Parameter("place", "share", "part of the halls that the host gives"),
    "places.missions": Parameter("place", "trip", "staff missions to one edition"),
    "places.capacity_delegates": Parameter("place", "delegate", "most delegates at one time"),
    "places.capacity_area": Parameter("place", "m2", "most net exhibition area"),
    "fees.standard": Parameter("segment", "CHF/delegate", "standard fee"),
    "fees.level": Parameter("concept", "ratio", "part of the standard fee that is charged"),
    "fees.paying": Parameter("", "share", "delegates of a segment with a fee who pay it"),
    "fees.sensitivity": Parameter("", "ratio", "elasticity at the scale fee, positive"),
    "fees.scale": Parameter("", "CHF/delegate", "fee at which the elasticity holds", True),
    "fees.reference": Parameter("", "CHF/delegate", "fee at which attendance is stated"),
    "exhibition.price": Parameter("tier", "CHF/m2", "price of bare floor"),
    "exhibition.reference_price": Parameter("tier", "CHF/m2", "price at which areas are stated", True),
    "exhibition.sensitivity": Parameter("", "ratio", "elasticity at the reference price, positive"),
    "exhibition.area_commercial": Parameter("concept", "m2", "net area of the commercial tier"),
    "exhibition.area_sme": Parameter("concept", "m2", "net area of the SME tier"),
    "exhibition.area_ldc": Parameter("concept", "m2", "net area of the LDC tier"),
    "exhibition.cross_side": Parameter("", "exponent", "strength of exhibitors on visitors"),
    "exhibition.reference_area": Parameter("", "m2", "area of half strength", True),
    "exhibition.gross_factor": Parameter("", "ratio", "hall area for each m² of stands"),
    "exhibition.stand_area": Parameter("", "m2", "area of one SME or LDC exhibitor", True),
    "exhibition.stand_cost": Parameter("", "CHF/m2", "modular stand of SME and LDC exhibitors"),
    "exhibition.services": Parameter("", "CHF/m2", "margin on services to exhibitors"),
    "sponsorship.price": Parameter("package", "CHF", "price of a package"),
    "sponsorship.limit": Parameter("package", "package", "most packages offered"),
    "sponsorship.sold_platinum": Parameter("concept", "package", "platinum packages taken up"),
    "sponsorship.sold_gold": Parameter("concept", "package", "gold packages taken up"),
    "sponsorship.sold_silver": Parameter("concept", "package", "silver packages taken up"),
    "sponsorship.sold_bronze": Parameter("concept", "package", "bronze packages taken up"),
    "sponsorship.cap": Parameter("", "share", "most that sponsors carry of the cash cost"),
    "sponsorship.displaced": Parameter("concept", "share", "sponsorship that the other events lose"),
    "income.host_cash": Parameter("", "CHF", "payment of a host country for one edition"),
    "income.voluntary": Parameter("", "CHF", "voluntary contributions to one edition"),
    "income.voluntary_support": Parameter("", "share", "support cost of voluntary contributions"),
    "income.uncollected": Parameter("", "share", "invoices that are not paid"),
    "programme.days": Parameter("concept", "day", "days of one edition"),
    "programme.rooms": Parameter("concept", "room", "conference rooms"),
    "programme.interpreted_rooms": Parameter("concept", "room", "rooms with interpretation"),
    "programme.pages": Parameter("concept", "page", "pages translated"),
    "cost.hall_rent": Parameter("", "CHF/m2/day", "hall rent"),
    "cost.build_up_days": Parameter("", "day", "days of build-up and dismantling"),
    "cost.area_per_delegate": Parameter("", "m2/delegate", "conference area for each delegate"),
    "cost.hybrid_addon": Parameter("", "CHF", "platform and streaming of the reference size"),
    "cost.addon_room_days": Parameter("", "room-day", "reference size of the add-on", True),
    "cost.languages": Parameter("", "language", "languages translated into"),
    "cost.security": Parameter("", "CHF/delegate/day", "security and badges"),
    "cost.insurance": Parameter("", "share", "insurance, of the direct cost"),
    "cost.marketing": Parameter("concept", "CHF", "marketing and sales"),
    "cost.staff_additional": Parameter("concept", "person-month", "temporary staff"),
    "cost.staff_absorbed": Parameter("concept", "person-month", "time of staff already paid"),
    "cost.fellowships": Parameter("concept", "trip", "fellows"),
    "cost.shared_hall": Parameter("joint", "share", "hall and room days that joined events pay"),
    "cost.shared_interpretation": Parameter("joint", "share", "interpreter days that joined events pay"),
    "cost.shared_platform": Parameter("joint", "share", "platform that joined events pay"),
    "cost.shared_staff": Parameter("joint", "share", "staff time that joined events give"),
    "cost.shared_marketing": Parameter("joint", "share", "marketing that joined events do"),
    "fund.opening": Parameter("", "CHF", "opening balance of the exhibition fund"),
    "fund.floor": Parameter("", "CHF", "least balance of the fund"),
    "impact.ldc_share": Parameter("segment", "share", "delegates from least developed countries"),
    "impact.developing_share": Parameter("segment", "share", "delegates from developing countries"),
    "impact.remote_weight": Parameter("", "share", "weight of a remote participant"),
    "impact.delegates_per_sme": Parameter("", "ratio", "delegates of one enterprise", True),
    "impact.brokered": Parameter("", "partnership/1000 delegates", "partnerships that follow"),
    "impact.risk_share": Parameter("", "share", "interpreted sessions on risk and policy"),
    "impact.awareness_area": Parameter("", "m2", "exhibition of half effect", True),
    "impact.identity": Parameter("concept", "share", "judged identity"),
    "impact.full": Parameter("criterion", "quantity", "quantity that scores 100", True),
}


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
    "room": "day", "interpretation": "meeting-day", "translation": "page-language", "fellowship": "trip",
    "mission": "trip", "staff_additional": "person-month", "staff_absorbed": "person-month",
}  # fmt: skip


class ResourcesNode(Node):
    """Positions of the rate card that price quantities of the event."""

    room: Annotated[str, known_name("resource")] = Field(description="a conference room for a day")
    interpretation: Annotated[str, known_name("resource")] = Field(description="a meeting day in six languages")
    translation: Annotated[str, known_name("resource")] = Field(description="a page into one language")
    fellowship: Annotated[str, known_name("resource")] = Field(description="a fellow's trip")
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
