"""The form of ``params/tradeoff.yml``: ranges of levers, hypothetical weights, calendar of other events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from sfp_model.inputs.context import Context, Node, Problem
from sfp_model.inputs.documents import text_of
from sfp_model.inputs.event_file import Table
from sfp_model.inputs.event_parameters import CRITERIA, EVENTS
from sfp_model.inputs.faults import unknown
from sfp_model.inputs.leaf import Leaf, Text, estimate
from sfp_model.inputs.tradeoff_plan import MONTHS, MOVED, SEARCHED

__all__ = ["TRADEOFF_FILE", "CalendarNode", "EventNode", "LeverNode", "ProfileNode", "TradeOffBase"]


class LeverNode(Leaf):
    """The range of a lever."""

    step: float = Field(description="move whose worth is shown, in the unit of the lever", gt=0)


class Shares(Table):
    """Shares by name that sum to 1."""

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield another unit and a sum that is not 1."""
        yield from super().problems(context)
        if self.unit != "share":
            yield ("unit",), f"'{self.unit}' is not the unit share"
        total = sum(estimate(self.leaf(name)).mode for name in self.values)
        if abs(total - 1) > 1e-6:
            yield ("values",), f"the shares sum to {text_of(round(total, 6))}; they must sum to 1"


class Weights(Shares):
    """Weights by criterion."""

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield names that are no criterion of the model."""
        yield from super().problems(context)
        for name in self.values:
            if name not in CRITERIA:
                yield ("values", name), unknown("criterion", name, CRITERIA)


class Months(Shares):
    """Shares by month."""

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield names that are no month."""
        yield from super().problems(context)
        for name in self.values:
            if name not in MONTHS:
                yield ("values", name), unknown("month", name, MONTHS)


class ProfileNode(Node):
    """A hypothetical profile of weights."""

    title: Text = Field(description="short title")
    weights: Weights = Field(description="weight by criterion; they sum to 1, those left out are 0")


class EventNode(Node):
    """A major event of ITU beside the flagship."""

    title: Text = Field(description="short title")
    existing: Literal[EVENTS] | None = Field(  # type: ignore[valid-type]
        None, description="which event of the event model it is"
    )
    binding: bool = Field(description="whether Member States must attend, so that the flagship loses the delegate")
    years: list[Annotated[int, Field(ge=1900, le=2200)]] = Field(description="years in which it is held")
    months: Months = Field(description="share of its editions, or chance, by month")
    shared: Leaf = Field(description="part of the flagship's delegates whom it wants too")


class CalendarNode(Node):
    """The calendar."""

    near: Leaf = Field(description="what a neighbouring month counts for")
    events: dict[str, EventNode] = Field(description="events by name")


class TradeOffBase(Node):
    """Ranges of levers, profiles of weights and calendar."""

    version: Literal[1] = Field(description="version of the file format")
    admissible: Leaf = Field(description="share of the draws in which a combination must fulfil the constraints")
    profiles: dict[str, ProfileNode] = Field(description="hypothetical weights by name")
    calendar: CalendarNode = Field(description="ITU's other major events")


_LEVERS: dict[str, Any] = {name: (LeverNode, Field(description=f"range of {name}")) for name in SEARCHED}
_RANGES: dict[str, Any] = {name: (Leaf, Field(description=f"range of {name}")) for name in MOVED}
_SECTIONS: dict[str, Any] = {
    "levers": (
        create_model("LeversNode", __base__=Node, **_LEVERS),
        Field(description="how far a search may move each lever"),
    ),
    "break_even": (
        create_model("BreakEvenNode", __base__=Node, **_RANGES),
        Field(description="in which range a break-even is looked for"),
    ),
}
TRADEOFF_FILE: type[TradeOffBase] = create_model("TradeOffFile", __base__=TradeOffBase, **_SECTIONS)
