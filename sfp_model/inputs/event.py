"""The flagship event as planners wrote it: concepts, editions, segments and every number with its provenance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sfp_model.inputs.context import Context, Node
from sfp_model.inputs.documents import Document, text_of
from sfp_model.inputs.event_file import EVENT_FILE, EventBase, Table
from sfp_model.inputs.event_parameters import (
    CRITERIA,
    EVENTS,
    FORECASTS,
    FORMATS,
    PACKAGES,
    PARAMETERS,
    SEGMENTS,
    TIERS,
    Parameter,
)  # fmt: skip
from sfp_model.inputs.event_plan import Band, Concept, Criterion, Edition, EventPlan, Segment
from sfp_model.inputs.faults import known, unknown
from sfp_model.inputs.leaf import Leaf, domain, estimate, own_position, value
from sfp_model.inputs.plan import Value

__all__ = ["EVENT_FILE", "load_event"]


def load_event(document: Document, context: Context) -> EventPlan | None:
    """Return the event that *document* states; report every fault to *context*.

    Parameters
    ----------
    document : Document
        ``event.yml`` with the settings of the scenario applied.
    context : Context
        Names and dates known; collects the faults.

    Returns
    -------
    EventPlan or None
        ``None`` if the file cannot be used.
    """
    file = context.validate(EVENT_FILE, document)
    if file is None:
        return None
    return _Loader(document, context, file).load()


@dataclass(slots=True)
class _Loader:
    document: Document
    context: Context
    file: EventBase

    def load(self) -> EventPlan | None:
        before = len(self.context.faults.errors)
        file = self.file
        axes = self._axes()
        concepts = {
            key: Concept(
                key, node.title, tuple(node.catalogue), node.format or "", node.where or "",
                tuple(node.joined), node.mix or "", node.attendance_from,
            )
            for key, node in file.concepts.items()
        }  # fmt: skip
        self._fixed_names()
        self._names(axes)
        combinations = tuple(self._combinations(axes))
        self._chosen(concepts, combinations)
        values = dict(self._values(axes))
        self._contracts(values)
        self._shares_of_competition(values)
        if len(self.context.faults.errors) > before or self.document.broken:
            return None
        resources: Node = self._section("cost").resources  # type: ignore[attr-defined]
        event = EventPlan(
            concept=file.concept,
            concepts=MappingProxyType(concepts),
            editions=tuple(Edition(year, file.editions.month) for year in file.editions.years),
            combinations=combinations,
            places=MappingProxyType(dict(self._places())),
            segments=MappingProxyType(
                {key: Segment(key, node.title, tuple(node.findings)) for key, node in file.segments.items()}
            ),
            criteria=MappingProxyType(
                {
                    key: Criterion(key, node.title, node.unit, node.judgement, tuple(node.findings), node.measure)
                    for key, node in file.criteria.items()
                }
            ),
            mixes=tuple(file.mixes),
            axes=MappingProxyType(axes),
            resources=MappingProxyType(resources.model_dump()),
            bands=MappingProxyType(
                {
                    key: Band(node.low, node.high, node.unit, node.basis)
                    for key, node in ((key, getattr(file.checks, key)) for key in type(file.checks).model_fields)
                }
            ),
            price_year=file.price_year,
            escalation=file.escalation,
            category=file.category,
            values=MappingProxyType(values),
            design=file.editions.after or "",
        )
        self._plausible(event)
        return event

    def _section(self, name: str) -> Node:
        section: Node = getattr(self.file, name)
        return section

    def _places(self) -> Mapping[str, str]:
        titles: Mapping[str, str] = self._section("places").titles  # type: ignore[attr-defined]
        return titles

    def _axes(self) -> dict[str, tuple[str, ...]]:
        held = {key: node for key, node in self.file.concepts.items() if node.format is not None}
        return {
            "concept": tuple(held),
            "joint": tuple(key for key, node in held.items() if node.joined),
            "segment": tuple(self.file.segments),
            "tier": TIERS,
            "package": PACKAGES,
            "place": tuple(self._places()),
            "format": FORMATS,
            "event": EVENTS,
            "forecast": FORECASTS,
            "criterion": tuple(self.file.criteria),
        }

    def _known(self, place: tuple[str | int, ...], what: str, name: str, names: Iterable[str]) -> None:
        if name not in (names := list(names)):
            self.context.error(self.document, place, unknown(what, name, names))

    def _names(self, axes: Mapping[str, tuple[str, ...]]) -> None:
        """Check every name that a concept uses."""
        for key, node in self.file.concepts.items():
            place = ("concepts", key)
            if node.format is None:
                for other, name in (("place", node.where), ("mix", node.mix)):
                    if name is not None:
                        self.context.error(self.document, (*place, other), "a concept without a format holds no event")
                continue
            self._known((*place, "format"), "format", node.format, axes["format"])
            needed = (("place", node.where, axes["place"]), ("mix", node.mix, tuple(self.file.mixes)))
            for other, name, names in needed:
                if name is None:
                    self.context.error(self.document, place, f"{other} is missing; {known('', names)}", key=True)
                else:
                    self._known((*place, other), other, name, names)
            for index, joined in enumerate(node.joined):
                self._known((*place, "joined", index), "existing event", joined, EVENTS)

    def _fixed_names(self) -> None:
        """Check the names of segments and criteria, which the formulas know."""
        for name in self.file.segments:
            self._known(("segments", name), "segment of the model called", name, SEGMENTS)
        for name in self.file.criteria:
            self._known(("criteria", name), "criterion of the model called", name, CRITERIA)
        for name in SEGMENTS:
            if name not in self.file.segments:
                self.context.error(self.document, ("segments",), f"{name} is missing; the model needs it", key=True)

    def _combinations(self, axes: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
        in_kind: Table = self._section("places").hall_in_kind  # type: ignore[attr-defined]
        on_site: Table = self._section("formats").on_site  # type: ignore[attr-defined]
        hosts = {name for name in in_kind.values if estimate(in_kind.leaf(name)).high > 0}
        virtual = {name for name in on_site.values if estimate(on_site.leaf(name)).high == 0}
        for concept, formats in self.file.combinations.items():
            self._known(("combinations", concept), "concept that holds an event", concept, axes["concept"])
            for form, places in formats.items():
                self._known(("combinations", concept, form), "format", form, axes["format"])
                for index, name in enumerate(places):
                    place = ("combinations", concept, form, index)
                    self._known(place, "place", name, axes["place"])
                    if form in virtual and name in hosts:
                        self.context.error(self.document, place, f"a virtual event has no host, so not {name}")
                    yield concept, form, name

    def _chosen(self, concepts: Mapping[str, Concept], combinations: tuple[tuple[str, str, str], ...]) -> None:
        self._known(("concept",), "concept", self.file.concept, concepts)
        for key, concept in concepts.items():
            if concept.held and (key, concept.format, concept.place) not in combinations:
                valid = ", ".join(f"{form} in {place}" for name, form, place in combinations if name == key)
                self.context.error(
                    self.document, ("concepts", key, "format"),
                    f"{concept.format} in {concept.place} is not among the combinations of {key}: {valid or 'none'}",
                )  # fmt: skip

    def _values(self, axes: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, Value]]:
        for name, parameter in PARAMETERS.items():
            section, _, key = name.partition(".")
            node = getattr(self._section(section), key)
            yield from self._parameter(name, node, parameter, axes.get(parameter.axis, ()))
        share = Parameter("segment", "share", "share among delegates")
        for mix, table in self.file.mixes.items():
            yield from self._parameter(f"mixes.{mix}", table, share, axes["segment"])
            total = sum(estimate(table.leaf(name)).mode for name in table.values)
            if abs(total - 1) > 1e-6:
                message = f"the shares sum to {text_of(round(total, 6))}; they must sum to 1"
                self.context.error(self.document, ("mixes", mix, "values"), message)

    def _parameter(
        self, name: str, node: Leaf | Table, parameter: Parameter, names: tuple[str, ...]
    ) -> Iterator[tuple[str, Value]]:
        place = tuple(name.split("."))
        if node.unit != parameter.unit:
            self.context.error(self.document, (*place, "unit"), f"'{node.unit}' is not the unit {parameter.unit}")
        if isinstance(node, Leaf):
            leaf_value = value(self.document, node, f"event.{name}", title=parameter.meaning)
            self._positive(place, leaf_value, parameter)
            yield f"event.{name}", leaf_value
            return
        for missing in [other for other in names if other not in node.values]:
            self.context.error(self.document, (*place, "values"), f"{missing} is missing", key=True)
        for cell in node.values:
            below = (*place, "values", cell)
            if cell not in names:
                self.context.error(self.document, below, f"unknown key; {known(cell, names)}", key=True)
                continue
            leaf, path = node.leaf(cell), f"event.{name}.values.{cell}"
            table_value = Value(
                path=path, estimate=estimate(leaf, *domain(leaf.unit)), unit=leaf.unit, source=leaf.source,
                confidence=leaf.confidence, basis=leaf.basis, position=own_position(self.document, below),
                rests_on=tuple(leaf.rests_on), title=f"{parameter.meaning}, {cell}",
            )  # fmt: skip
            self._positive(below, table_value, parameter)
            yield path, table_value

    def _positive(self, place: tuple[str, ...], found: Value, parameter: Parameter) -> None:
        if parameter.positive and found.estimate.low <= 0:
            self.context.error(self.document, place, f"{parameter.meaning} divides; it must be above 0")

    def _contracts(self, values: Mapping[str, Value]) -> None:
        """Refuse effects of visitors and exhibitors on each other that together may have no balance.

        θ φ < 1 at their highest values is the contraction bound of the model's fixed point.
        """
        found = [values.get(f"event.exhibition.{name}") for name in ("cross_side", "visitor_effect")]
        bounds = [min(v.estimate.upper, _highest(v)) for v in found if v is not None]
        if len(bounds) == 2 and bounds[0] * bounds[1] >= 1:
            self.context.error(
                self.document, ("exhibition", "visitor_effect"),
                f"exhibitors draw visitors with exponent up to {text_of(bounds[0])} and visitors draw exhibitors with "
                f"up to {text_of(bounds[1])}: their product must be below 1, or no number of visitors is in balance; "
                "lower one of them",
            )  # fmt: skip

    def _shares_of_competition(self, values: Mapping[str, Value]) -> None:
        """Refuse a competing event that takes everybody: fewer of them would then bring no finite attendance."""
        for path, found in values.items():
            loses = path.startswith(("event.demand.competition.", "event.demand.ldc_share."))
            if (loses or path == "event.demand.crowding") and found.estimate.high >= 1:
                message = f"{text_of(found.estimate.high)} would take everybody; it must be below 1"
                self.context.error(self.document, tuple(path.split(".")[1:]), message)

    def _plausible(self, event: EventPlan) -> None:
        """Warn of fees, prices and shares outside their bands."""
        fee_range = self._section("fees").range  # type: ignore[attr-defined]
        for concept in event.axes["concept"]:
            level = event.value("fees.level", concept).estimate.mode
            for segment in event.axes["segment"]:
                fee = level * event.value("fees.standard", segment).estimate.mode
                if not fee_range.low <= fee <= fee_range.high:
                    self.context.error(
                        self.document, ("fees", "standard", "values", segment),
                        f"a fee of CHF {fee:g} ({concept}) is outside the range {fee_range.low:g} to "
                        f"{fee_range.high:g} over which the demand holds",
                    )  # fmt: skip
        for tier, key in (("commercial", "floor_price"), ("sme", "sme_price")):
            price, band = event.value("exhibition.price", tier), event.bands[key]
            if not band.low <= price.estimate.mode <= band.high:
                message = f"CHF {price.estimate.mode:g} is outside {band.low:g} to {band.high:g}: {band.basis}"
                self.context.warn(self.document, ("exhibition", "price", "values", tier), message)
        band = event.bands["ldc_share"]
        for mix in {concept.mix for concept in event.concepts.values() if concept.held}:
            share = sum(
                event.value(f"mixes.{mix}", segment).estimate.mode
                * event.value("impact.ldc_share", segment).estimate.mode
                for segment in event.axes["segment"]
            )
            if not band.low <= share <= band.high:
                message = f"{share:.3f} of the delegates are from least developed countries, outside "
                message += f"{band.low:g} to {band.high:g}: {band.basis}"
                self.context.warn(self.document, ("mixes", mix), message)


def _highest(found: Value) -> float:
    """Return the highest value that a draw may have; beyond ``high`` only where it stands at a percentile."""
    return found.estimate.high if found.estimate.fixed or found.estimate.at == "min-max" else found.estimate.upper
