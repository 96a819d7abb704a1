"""Attendance of past editions and what was forecast before them: ``data/event_hindcast.yml``.

Observations of any date, for the hindcast of the event only; no plan reads them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from sfp_model.errors import InputError
from sfp_model.inputs.context import Context, Node, Problem
from sfp_model.inputs.documents import read_document
from sfp_model.inputs.faults import Faults
from sfp_model.inputs.leaf import SourceName, Text
from sfp_model.inputs.plan import Confidence

__all__ = ["HINDCAST", "Forecast", "HindcastFile", "Observation", "load_hindcast"]

HINDCAST = "event_hindcast.yml"
From = Literal["host", "organiser", "before", "model"]


class ForecastForm(Node):
    """What was, or would have been, forecast."""

    origin: From = Field(alias="from", description="host, organiser, the edition before, or the event model")
    low: float | None = Field(
        None, description="number forecast, or its low end; of the edition before: its outcome", gt=0
    )
    high: float | None = Field(None, description="high end, if it was a range", gt=0)
    year: int | None = Field(None, description="year of the edition before")
    measure: Literal["onsite", "persons"] | None = Field(None, description="what the event model is asked for")
    sources: list[SourceName] = Field(description="keys of data/sources.yml", min_length=1)

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield what a forecast of this origin lacks."""
        needed = {"before": ("low", "year"), "model": ("measure",)}.get(self.origin, ("low",))
        for key in needed:
            if getattr(self, key) is None:
                yield (), f"a forecast from {self.origin} needs {key}"
        if self.low is not None and self.high is not None and self.low > self.high:
            yield ("high",), f"{self.high:g} is below low {self.low:g}; low ≤ high"


class ObservationForm(Node):
    """One outcome."""

    event: Text = Field(description="event, edition and what is counted")
    edition: Annotated[int, Field(ge=1900, le=2200)] = Field(description="year")
    outcome: float = Field(description="persons", gt=0)
    forecast: ForecastForm | None = Field(None, description="forecast before it; none if none was found")
    sources: list[SourceName] = Field(description="keys of data/sources.yml", min_length=1)
    confidence: Confidence = Field(description="confidence code of the outcome")
    note: Text = Field(description="what hit or miss says")


class HindcastFile(Node):
    """Observations in the order in which they are shown."""

    version: Literal[1] = Field(description="version of the file format")
    observations: list[ObservationForm] = Field(description="outcomes, each with one forecast")


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was forecast: a number or a range, the outcome of the edition before, or a measure of the event model."""

    origin: str
    low: float
    high: float
    year: int
    measure: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """An outcome and the forecast before it."""

    event: str
    edition: int
    outcome: float
    forecast: Forecast | None
    sources: tuple[str, ...]
    confidence: str
    note: str


def load_hindcast(data: Path | None, sources: Collection[str]) -> tuple[Observation, ...]:
    """Return the observations of the folder *data*; none if it has no such file.

    Parameters
    ----------
    data : Path or None
    sources : collection of str
        Keys of ``sources.yml``.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    if data is None or not (data / HINDCAST).is_file():
        return ()
    faults = Faults()
    document = read_document(data / HINDCAST, faults)
    context = Context(faults, names={"source": sources})
    file = None if document is None else context.validate(HindcastFile, document)
    if faults.errors or file is None:
        raise InputError(faults.errors)
    return tuple(
        Observation(
            node.event, node.edition, node.outcome, _forecast(node.forecast), tuple(node.sources), node.confidence,
            node.note,
        )
        for node in file.observations
    )  # fmt: skip


def _forecast(node: ForecastForm | None) -> Forecast | None:
    if node is None:
        return None
    low = node.low or 0.0
    return Forecast(
        node.origin, low, low if node.high is None else node.high, node.year or 0, node.measure or "",
        tuple(node.sources),
    )  # fmt: skip
