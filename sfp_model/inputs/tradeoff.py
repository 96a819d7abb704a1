"""Read ``params/tradeoff.yml``."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from sfp_model.inputs.context import Context
from sfp_model.inputs.documents import Document, Place
from sfp_model.inputs.event_file import Table
from sfp_model.inputs.leaf import Leaf, domain, estimate, own_position, value
from sfp_model.inputs.plan import Value
from sfp_model.inputs.schema_tradeoff import TRADEOFF_FILE
from sfp_model.inputs.tradeoff_plan import MOVED, SEARCHED, OtherEvent, Profile, TradeOff

__all__ = ["load_tradeoff"]


def load_tradeoff(document: Document, context: Context) -> TradeOff | None:
    """Return what *document* states; report every fault to *context*.

    Returns
    -------
    TradeOff or None
        ``None`` if the file cannot be used.
    """
    before = len(context.faults.errors)
    file: Any = context.validate(TRADEOFF_FILE, document)
    if file is None or len(context.faults.errors) > before or document.broken:
        return None
    found: dict[str, Value] = {}

    def leaf(node: Leaf, *place: str) -> Value:
        made = value(document, node, ".".join(("tradeoff", *place)))
        found[made.path] = made
        return made

    def table(node: Table, title: str, *place: str) -> MappingProxyType[str, Value]:
        cells = {name: _cell(document, node, title, (*place, "values", name)) for name in node.values}
        found.update({cell.path: cell for cell in cells.values()})
        return MappingProxyType(cells)

    levers = {name: getattr(file.levers, name) for name in SEARCHED}
    ranges = {name: getattr(file.break_even, name) for name in MOVED}
    at = ("calendar", "events")
    return TradeOff(
        levers=MappingProxyType({name: leaf(node, "levers", name) for name, node in levers.items()}),
        steps=MappingProxyType({name: float(node.step) for name, node in levers.items()}),
        break_even=MappingProxyType({name: leaf(node, "break_even", name) for name, node in ranges.items()}),
        profiles=MappingProxyType(
            {
                key: Profile(key, node.title, table(node.weights, f"weight, {node.title}", "profiles", key, "weights"))
                for key, node in file.profiles.items()
            }
        ),
        admissible=leaf(file.admissible, "admissible"),
        near=leaf(file.calendar.near, "calendar", "near"),
        events=MappingProxyType(
            {
                key: OtherEvent(
                    key, node.title, node.existing or "", node.binding, tuple(node.years),
                    table(node.months, f"{node.title}, month", *at, key, "months"),
                    leaf(node.shared, *at, key, "shared"),
                )
                for key, node in file.calendar.events.items()
            }
        ),
        values=MappingProxyType(found),
    )  # fmt: skip


def _cell(document: Document, node: Table, title: str, place: Place) -> Value:
    name = str(place[-1])
    leaf = node.leaf(name)
    return Value(
        path=".".join(("tradeoff", *map(str, place))), estimate=estimate(leaf, *domain(leaf.unit)), unit=leaf.unit,
        source=leaf.source, confidence=leaf.confidence, basis=leaf.basis, position=own_position(document, place),
        rests_on=tuple(leaf.rests_on), title=f"{title}, {name}",
    )  # fmt: skip
