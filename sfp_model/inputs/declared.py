"""What the data folder declares: series, sources and the items of the source document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["CatalogueItem", "Confidence", "Series", "Source"]

Confidence = Literal["R", "R2", "M-H", "M-M", "M-L", "E"]


@dataclass(frozen=True, slots=True)
class Series:
    """A time series of ``data/series``: period (``2021`` or ``2021-08``) to value, with unit and source."""

    id: str
    title: str
    unit: str
    source: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Source:
    """Where values come from: title, date of publication (ISO, may be a year), licence, reference key."""

    id: str
    title: str
    date: str
    confidence: Confidence
    licence: str = ""
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """An item of the source document: id, our short English title, official Chinese short title, paragraph.

    ``links`` maps a relation (``gap``, ``initiative``, ``action``, ``decision``, ``indicator`` …) to ids.
    ``alias_of`` names the action that a phase cell repeats; ``cost`` says whether activities are expected.
    """

    id: str
    kind: str
    title: str
    title_zh: str
    paragraph: str
    parent: str | None = None
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alias_of: str | None = None
    assigned_by: Literal["source", "project"] = "source"
    note: str = ""
    no_cost: str = ""
