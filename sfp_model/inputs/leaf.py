"""A value in a parameter file, with its range, unit and provenance, and how it becomes a ``Value``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from sfp_model.errors import Position
from sfp_model.inputs.context import Context, Node, Problem, known_name
from sfp_model.inputs.documents import Document, text_of
from sfp_model.inputs.known import is_after, was_known
from sfp_model.inputs.plan import Confidence, Estimate, Value
from sfp_model.inputs.shape_faults import LISTED, MODELESS, shape_of, shape_problems
from sfp_model.inputs.shapes import TypedDistribution, implied_mode, percentiles

__all__ = ["Leaf", "Quantity", "Range", "SourceName", "Text", "domain", "estimate", "range_problems", "value"]

Text = Annotated[str, Field(min_length=1)]
SourceName = Annotated[str, known_name("source")]

_AT = re.compile(r"P(\d+(?:\.\d+)?)-P(\d+(?:\.\d+)?)\Z")
_DOMAINS = {"share": (0.0, 1.0), "probability": (0.0, 1.0), "correlation": (-1.0, 1.0)}


class Range(Node):
    """A fixed value; low, mode and high; or, for an empirical or discrete distribution, values."""

    value: float | None = Field(None, description="fixed value; instead of low, mode and high")
    low: float | None = Field(None, description="low end of the range")
    mode: float | None = Field(None, description="most likely value")
    high: float | None = Field(None, description="high end of the range")
    at: str | None = Field(
        None, description="percentiles at which low and high stand: P10-P90 (default), P5-P95 … or min-max"
    )
    distribution: TypedDistribution | None = Field(
        None, description="shape of the distribution; default pert; normal and lognormal need no mode"
    )
    weight: float | None = Field(None, ge=0, description="how strongly pert gathers at its mode; default 4, 0: flat")
    alpha: float | None = Field(None, gt=0, description="first shape of a beta distribution on low to high")
    beta: float | None = Field(None, gt=0, description="second shape of a beta distribution on low to high")
    values: list[float] | None = Field(
        None, min_length=1, description="observations of an empirical distribution, or values of a discrete one"
    )
    probabilities: list[float] | None = Field(None, description="chance of each of the values of a discrete one")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield what is wrong with the numbers among themselves."""
        yield from range_problems(self, context)


class Leaf(Range):
    """A number with unit, source, confidence code and the basis in words."""

    title: str = Field("", description="what the number is, in words")
    unit: Text = Field(description="unit, for example CHF/unit/year, share, percent/year, day")
    source: SourceName = Field(description="key of data/sources.yml, or estimate")
    confidence: Confidence = Field(description="R, R2, M-H, M-M, M-L or E (our estimate)")
    basis: Text = Field(description="in words: where the figure comes from")
    rests_on: list[SourceName] = Field(
        default_factory=list, description="further sources that informed an estimate (confidence E)"
    )
    lower: float | None = Field(None, description="lower bound of the domain; default 0")
    upper: float | None = Field(None, description="upper bound of the domain; default none, 1 for a share")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield what is wrong with the numbers, their domain and their provenance."""
        yield from range_problems(self, context)
        yield from domain_problems(self, *domain(self.unit, self.lower, self.upper), context)
        yield from source_problems(self, context)


def _kind(data: Any) -> str:
    return "<range>" if isinstance(data, dict | Range) else "<number>"


Quantity = Annotated[
    Annotated[float, Tag("<number>")] | Annotated[Range, Tag("<range>")],
    Discriminator(_kind),
]


def range_problems(part: Range, context: Context) -> Iterator[Problem]:
    """Yield the faults of *part* in order, keys and form of ``at``."""
    if any(context.is_broken((*part.place, key)) for key in ("value", "low", "mode", "high")):
        return
    shape = list(shape_problems(part))
    yield from shape
    if part.distribution in LISTED or shape:
        return
    ends = [key for key in ("low", "mode", "high") if getattr(part, key) is not None]
    if part.value is not None and ends:
        yield ("value",), f"give either value or low, mode and high; not both: here also {', '.join(ends)}"
    elif part.value is None:
        needed = ["low", "high"] if part.distribution in MODELESS else ["low", "mode", "high"]
        missing = [key for key in needed if key not in ends]
        if missing:
            have = f" beside {', '.join(ends)}" if ends else ""
            gap = f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing{have}"
            yield (), f"{gap}; give value, or low, mode and high"
    low, mode, high = part.low, part.mode, part.high
    if low is not None and mode is not None and low > mode:
        key = context.blamed(part.place, ("low", "mode"))
        words = f"{text_of(low)} is above mode {text_of(mode)}"
        if key == "mode":
            words = f"{text_of(mode)} is below low {text_of(low)}"
        yield (key,), f"{words}; low ≤ mode ≤ high"
    if mode is not None and high is not None and mode > high:
        key = context.blamed(part.place, ("high", "mode"))
        words = f"{text_of(high)} is below mode {text_of(mode)}"
        if key == "mode":
            words = f"{text_of(mode)} is above high {text_of(high)}"
        yield (key,), f"{words}; low ≤ mode ≤ high"
    if mode is None and low is not None and high is not None and low > high:
        key = context.blamed(part.place, ("low", "high"))
        yield (key,), f"low {text_of(low)} is above high {text_of(high)}; low ≤ high"
    if part.at is not None and not _at_is_right(part.at):
        yield (
            ("at",),
            f"'{part.at}' is not a pair of percentiles; write P10-P90 (0 to 100, around 50) or min-max",
        )


def _at_is_right(at: str) -> bool:
    match = _AT.match(at)
    if at == "min-max":
        return True
    return bool(match) and 0 <= float(match[1]) < 50 < float(match[2]) <= 100 if match else False


def domain(unit: str, lower: float | None = None, upper: float | None = None) -> tuple[float, float]:
    """Return the bounds within which a value of *unit* lies: 0 and 1 for a share, else 0 and up.

    Examples
    --------
    >>> domain("share")
    (0.0, 1.0)
    >>> domain("percent/year")
    (-100.0, inf)
    """
    least, most = _DOMAINS.get(unit, (-100.0 if unit.startswith("percent/") else 0.0, inf))
    return least if lower is None else lower, most if upper is None else upper


def domain_problems(part: Range, lower: float, upper: float, context: Context) -> Iterator[Problem]:
    """Yield the numbers of *part* that lie outside ``lower`` to ``upper``."""
    share = " a share lies between 0 and 1" if (lower, upper) == (0.0, 1.0) else ""
    floor = " this value is 0 or more" if lower == 0 else " the key lower of this value, or its unit, sets that bound"
    ceiling = " the key upper of this value, or its unit, sets that bound"
    numbers = [((key,), getattr(part, key)) for key in ("value", "low", "mode", "high")]
    numbers += [(("values", i), number) for i, number in enumerate(part.values or ())]  # type: ignore[misc]
    for key, number in numbers:
        if number is None:
            continue
        if number < lower:
            yield key, f"{text_of(number)} is below {text_of(lower)};{share or floor}"
        elif number > upper:
            yield key, f"{text_of(number)} is above {text_of(upper)};{share or ceiling}"


def source_problems(part: Any, context: Context) -> Iterator[Problem]:
    """Yield what is wrong between source, confidence and the date up to which the run knows the world."""
    if part.source == "estimate" and part.confidence != "E":
        yield (
            ("confidence",),
            f"{part.confidence} needs a source that can be read; an estimate has confidence E",
        )
    date = context.source_dates.get(part.source, "")
    if date and part.confidence != "E" and is_after(date, context.as_of):
        yield (
            ("source",),
            f"{part.source} is of {date}, after {context.as_of} (as_of): it was not known then; use an earlier "
            "source, or an estimate (source: estimate, confidence: E) that rests on one",
        )
    elif not _was_known(part.source, context):
        yield ("source",), _not_observed(part.source, context)
    for index, key in enumerate(getattr(part, "rests_on", None) or ()):
        if not _was_known(key, context):
            yield ("rests_on", index), _not_observed(key, context)


def _was_known(key: str, context: Context) -> bool:
    date = context.source_dates.get(key, "")
    return not date or was_known(date, context.source_observed.get(key, ""), context.as_of)


def _not_observed(key: str, context: Context) -> str:
    seen = context.source_observed.get(key)
    when = f", observed up to {seen}" if seen else ""
    return (
        f"{key} is of {context.source_dates[key]}{when}: not known on {context.as_of} (as_of); rest on what was known "
        "then, and name this source in a scenario with a later as_of. If it reports what was observed before, its "
        "record in sources.yml says so (observed)"
    )


def estimate(part: Range | float, lower: float = 0.0, upper: float = inf) -> Estimate:
    """Return the estimate that *part* states.

    Examples
    --------
    >>> estimate(740).fixed
    True
    """
    if not isinstance(part, Range):
        return Estimate(float(part), float(part), float(part), "min-max", "pert", lower, upper)
    if part.value is not None:
        number = float(part.value)
        return Estimate(number, number, number, "min-max", "pert", lower, upper)
    if next(shape_problems(part), None):  # reported as a fault; building goes on to find the others
        return Estimate(0.0, 0.0, 0.0, "min-max", "pert", lower, upper)
    kind, shape = part.distribution or "pert", shape_of(part)
    if kind in LISTED:
        low, high, at = min(part.values or ()), max(part.values or ()), "min-max"
    else:
        low, high = float(part.low or 0.0), float(part.high or 0.0)
        at = part.at or ("min-max" if kind in ("uniform", "beta") else "P10-P90")
    mode = implied_mode(kind, low, high, *percentiles(at), shape) if part.mode is None else float(part.mode)
    return Estimate(low, mode, high, at, kind, lower, upper, shape)


def value(document: Document, leaf: Leaf, path: str, *, title: str = "") -> Value:
    """Return *leaf*, which stands in *document*, as a ``Value`` with the address *path*."""
    return Value(
        path=path,
        estimate=estimate(leaf, *domain(leaf.unit, leaf.lower, leaf.upper)),
        unit=leaf.unit,
        source=leaf.source,
        confidence=leaf.confidence,
        basis=leaf.basis,
        position=own_position(document, leaf.place),
        rests_on=tuple(leaf.rests_on),
        title=leaf.title or title,
    )


def own_position(document: Document, place: tuple[str | int, ...]) -> Position:
    """Return where the value at *place* was written: by a scenario, if one set a part of it."""
    for set_place, setting in reversed(document.overridden.items()):
        if set_place[: len(place)] == place:
            return setting.document.position(setting.place, key=True)
    return document.position(place, key=True)
