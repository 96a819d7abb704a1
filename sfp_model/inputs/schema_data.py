"""The form of what was declared once: catalogue of the source document, sources, series."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from sfp_model.inputs.context import Context, Node, Problem, known_name
from sfp_model.inputs.leaf import SourceName, Text, source_problems
from sfp_model.inputs.meetings import WHEN, period_of
from sfp_model.inputs.plan import Confidence

__all__ = ["CatalogueFile", "ItemForm", "MeetingsFile", "SourcesFile"]

ItemName = Annotated[str, known_name("catalogue", "item in the catalogue")]
Date = Annotated[str, Field(pattern=r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$")]


class ItemForm(Node):
    """An item of the source document."""

    id: Text = Field(description="id, as in the source where it gives one")
    kind: Text = Field(description="what it is: gap, initiative, action, option_box, recommendation …")
    title: Text = Field(description="short English title of our own")
    title_zh: str = Field("", description="official Chinese short title")
    paragraph: str = Field("", description="place in the source, in words")
    parent: ItemName | None = Field(None, description="item that this one belongs to")
    links: dict[str, list[Annotated[str, known_name("linked", "item, action or decision")]]] = Field(
        default_factory=dict, description="relation to ids"
    )
    alias_of: Annotated[str, known_name("linked", "item, action or decision")] | None = Field(
        None, description="action that this phase cell repeats"
    )
    assigned_by: Literal["source", "project"] = Field("source", description="who placed the item here")
    note: str = Field("", description="slips of the source and remarks")
    no_cost: str = Field("", description="why no activity serves the item")


class Anomaly(Node):
    """A slip of the source, noted and not repaired."""

    where: Text = Field(description="where it stands")
    note: Text = Field(description="what is odd")


class CatalogueFile(Node):
    """Every item of the source document."""

    version: Literal[1] = Field(description="version of the file format")
    items: list[ItemForm] = Field(description="items in the order of the source")
    anomalies: list[Anomaly] = Field(default_factory=list, description="slips of the source")
    assigned_relations: list[str] = Field(default_factory=list, description="relations that the project assigned")


class SourceForm(Node):
    """Where values come from."""

    title: Text = Field(description="title of the document or data set")
    date: Date = Field(description="date of publication, as 2021, 2021-08 or 2021-08-25, in quotes")
    observed: Date | None = Field(
        None, description="last period that is read in it, where it came out later than it was observed; in quotes"
    )
    confidence: Confidence = Field(description="confidence code of what is read in it")
    licence: str = Field("", description="terms under which it is used")
    reference: str = Field("", description="key of data/references.bib")
    url: str = Field("", description="where it can be read")
    note: str = Field("", description="remarks")


class SeriesForm(Node):
    """A time series in a CSV file with the header period,value."""

    file: Text = Field(description="file, seen from the data folder")
    title: Text = Field(description="what is counted")
    unit: Text = Field(description="unit of the values")
    source: SourceName = Field(description="key of the section sources")
    confidence: Confidence = Field("R", description="confidence code of the values")
    licence: str = Field("", description="terms under which it is used")
    note: str = Field("", description="remarks")


class SourcesFile(Node):
    """Sources and series."""

    version: Literal[1] = Field(description="version of the file format")
    sources: dict[str, SourceForm] = Field(description="sources by key")
    series: dict[str, SeriesForm] = Field(default_factory=dict, description="time series by key")


class MeetingForm(Node):
    """One session of a governing body."""

    title: Text = Field(description="what is held")
    body: Text = Field(description="governing body")
    when: Annotated[str, Field(pattern=WHEN)] = Field(
        description="what is known of its date: 2022-09-26/2022-10-14, 2024-06, 2024-Q2 or 2024, in quotes"
    )
    source: SourceName = Field(description="key of data/sources.yml, or estimate")
    confidence: Confidence = Field(description="R, R2, M-H, M-M, M-L or E (our estimate)")
    basis: Text = Field(description="in words: why then")
    rests_on: list[SourceName] = Field(default_factory=list, description="further sources behind the date")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield days that the calendar does not have, a range that runs backwards, and what is wrong of the source."""
        yield from source_problems(self, context)
        try:
            period_of(self.when, 2000)
        except ValueError as error:
            yield ("when",), f"{error}; write the first and the last day, as 2022-09-26/2022-10-14"


class MeetingsFile(Node):
    """Meetings of the governing bodies."""

    version: Literal[1] = Field(description="version of the file format")
    meetings: dict[str, MeetingForm] = Field(description="meetings by id, in order of time")
