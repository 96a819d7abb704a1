"""The form of drivers, of work that goes on beside the plan, of money to be raised and of outcome indicators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from sfp_model.inputs.context import Context, Node, Problem, known_name
from sfp_model.inputs.leaf import Leaf, SourceName, Text, source_problems
from sfp_model.inputs.plan import Confidence
from sfp_model.inputs.schema_frame import Month

__all__ = ["DriverForm", "DriverName", "IndicatorForm", "RaisedForm"]

DriverName = Annotated[str, known_name("driver")]
ItemName = Annotated[str, known_name("catalogue", "item in the catalogue")]
ActivityName = Annotated[str, known_name("activity")]
Year = Annotated[str, Field(pattern=r"^[0-9]{4}$", description="year as 2025")]
Number = Annotated[float, Field(ge=0)]


class PartForm(Node):
    """A part of a driver, such as a region; the parts join in the order in which they stand."""

    title: Text = Field(description="title in words")
    weight: Number = Field(description="its weight; its share is its weight by the sum of all")
    joins: Number = Field(0.0, description="months by which it joins later than the line says")


class DriverForm(Node):
    """A number of things that resource lines are multiplied by: a choice of the planner, hence without range."""

    title: Text = Field(description="what is counted, in words")
    unit: Text = Field(description="unit, for example office, country-team/year, session/group")
    value: Number | None = Field(None, description="the number; instead of years")
    years: dict[Year, Number] | None = Field(None, description="the number in each year of the horizon, in quotes")
    today: Number | None = Field(None, description="level before the plan, for a lever on work that goes on anyway")
    source: SourceName = Field(description="key of data/sources.yml, or estimate")
    confidence: Confidence = Field(description="R, R2, M-H, M-M, M-L or E (our estimate)")
    basis: Text = Field(description="in words: why this many")
    rests_on: list[SourceName] = Field(default_factory=list, description="further sources behind the number")
    parts: dict[str, PartForm] = Field(default_factory=dict, description="parts by key, in the order of joining")
    curve: list[Number] = Field(
        default_factory=list, description="numbers for which the results show what the plan would need"
    )

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield two ways of giving the number, none, parts without weight, and doubtful provenance."""
        yield from source_problems(self, context)
        if (self.value is None) == (self.years is None):
            have = "neither stands here" if self.value is None else "here stand both"
            yield (), f"give value, or years with one number for each year of the horizon; {have}"
        if self.parts and sum(part.weight for part in self.parts.values()) <= 0:
            yield ("parts",), "the weights of the parts sum to 0; at least one must be above 0"


class RaisedForm(Node):
    """Money that an activity is to raise from others; never part of the plan's need."""

    title: Text = Field(description="title in words")
    activity: ActivityName = Field(description="the activity that is to raise it")
    per: DriverName | None = Field(None, description="driver by whose unit the amount counts; default one in all")
    amount: Leaf = Field(description="CHF for each unit")
    from_: Month = Field(alias="from", description="first calendar month in which it is received, as 2025-01")
    to: Month = Field(description="calendar month in which it has ended, as 2028-01")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield an amount that is not in CHF, and a range that runs backwards."""
        if self.amount.unit != "CHF":
            yield ("amount", "unit"), f"{self.amount.unit} is no amount of money; use CHF"
        if self.from_ >= self.to:
            yield ("to",), f"{self.to} is not after {self.from_}; from < to (the month of `to` no longer counts)"


class MarkForm(Node):
    """A baseline or a target: a value, or why there is none."""

    value: Leaf | None = Field(None, description="the value with unit and provenance")
    not_set: Text | None = Field(None, description="why there is none; instead of value")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield both or neither."""
        if (self.value is None) == (self.not_set is None):
            yield (), "give value, or not_set with the reason"


class IndicatorForm(Node):
    """How the outcome of a recommendation is measured, by whom, and which lines carry the cost of measuring."""

    serves: ItemName = Field(description="the recommendation whose outcome it measures")
    unit: Text = Field(description="unit, for example share")
    baseline: MarkForm = Field(description="where it stands before the plan, or why that is not known")
    target: MarkForm = Field(description="where it is to stand, or why that is not set")
    measured_by: Text = Field(description="who measures")
    every: Text = Field(description="how often")
    method: Text = Field(description="how it is measured")
    lines: Annotated[list[str], Field(min_length=1)] = Field(description="resource lines that carry the measuring")
