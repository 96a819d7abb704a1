"""From checked files to the frame of the plan: settings, prices, rate card, catalogue, sources, series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from types import MappingProxyType
from typing import Any, TypeVar

from sfp_model.inputs.context import Context
from sfp_model.inputs.documents import Document
from sfp_model.inputs.leaf import Leaf, estimate, own_position, value
from sfp_model.inputs.meetings import Meeting, period_of
from sfp_model.inputs.plan import (
    CatalogueItem,
    Currency,
    Escalation,
    Estimate,
    Resource,
    Series,
    Settings,
    Source,
    Value,
)
from sfp_model.inputs.schema_data import CatalogueFile, MeetingsFile, SourcesFile
from sfp_model.inputs.schema_frame import BaseFile, RatesFile

__all__ = [
    "catalogue",
    "currencies",
    "escalations",
    "frozen",
    "meetings",
    "month_index",
    "resources",
    "settings",
    "sources",
]

T = TypeVar("T")


def frozen(items: Mapping[str, T]) -> Mapping[str, T]:
    """Return a read-only view of a copy of *items*."""
    return MappingProxyType(dict(items))


def month_index(month: str, first_year: int) -> float:
    """Return *month* in months after January of *first_year*.

    Examples
    --------
    >>> month_index("2024-07", 2024), month_index("2021-10", 2024)
    (6.0, -27.0)
    """
    year, number = (int(part) for part in month.split("-"))
    return float(12 * (year - first_year) + number - 1)


def settings(document: Document, form: BaseFile) -> Settings:
    """Return the frame of the plan."""
    plan = form.plan
    values: dict[str, Value] = {}
    for path, leaf in _leaves("", form.groups()):
        values[path] = value(document, leaf, path)
    return Settings(
        title=plan.title,
        agency=plan.agency,
        horizon_start=plan.horizon.start,
        horizon_years=plan.horizon.years,
        start=month_index(plan.start, plan.horizon.start),
        base_year=plan.base_year,
        as_of=plan.as_of,
        seed=plan.seed,
        phase_stretch=float(plan.phase_stretch),
        phases=frozen({key: (float(part.from_), float(part.to)) for key, part in form.phases.items()}),
        funding_modes=tuple(dict.fromkeys(plan.funding_modes)),
        sectors=frozen(form.sectors),
        categories=frozen(form.categories),
        bodies=frozen(form.bodies),
        values=frozen(values),
        memo_years=plan.horizon.memo_years,
    )


def _leaves(path: str, group: Mapping[str, Any]) -> Iterator[tuple[str, Leaf]]:
    for key, part in group.items():
        below = f"{path}.{key}" if path else key
        if isinstance(part, Leaf):
            yield below, part
        elif isinstance(part, Mapping):
            yield from _leaves(below, part)


def sources(form: SourcesFile) -> Mapping[str, Source]:
    """Return the sources by key."""
    return frozen(
        {
            key: Source(key, item.title, item.date, item.confidence, item.licence, item.reference, item.note)
            for key, item in form.sources.items()
        }
    )


def catalogue(form: CatalogueFile) -> Mapping[str, CatalogueItem]:
    """Return the items of the source document by id."""
    return frozen(
        {
            item.id: CatalogueItem(
                id=item.id,
                kind=item.kind,
                title=item.title,
                title_zh=item.title_zh,
                paragraph=item.paragraph,
                parent=item.parent,
                links=frozen({relation: tuple(ids) for relation, ids in item.links.items()}),
                alias_of=item.alias_of,
                assigned_by=item.assigned_by,
                note=item.note,
                no_cost=item.no_cost,
            )
            for item in form.items
        }
    )


def meetings(document: Document | None, form: MeetingsFile | None, first_year: int) -> tuple[Meeting, ...]:
    """Return the meetings of the governing bodies in order of time; none where there is no such file."""
    if document is None or form is None:
        return ()
    found = [
        Meeting(
            key, item.title, item.body, item.when, *period_of(item.when, first_year), item.source, item.confidence,
            item.basis, tuple(item.rests_on), document.position(item.place, key=True),
        )
        for key, item in form.meetings.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda meeting: (meeting.start, meeting.end)))


def escalations(document: Document, form: BaseFile) -> Mapping[str, Escalation]:
    """Return the price classes."""
    return frozen(
        {
            key: Escalation(
                key,
                item.title,
                value(document, item.rate, f"escalation.{key}.rate", title=item.title),
                item.series,
            )
            for key, item in form.escalation.items()
        }
    )


def currencies(
    document: Document, form: BaseFile, series: Mapping[str, Series], data: SourcesFile | None, context: Context
) -> Mapping[str, Currency]:
    """Return the currencies; the base-year rate is the mean of the base year's known observations."""
    result = {}
    for key, item in form.currencies.items():
        forecast = movement = None
        if item.forecast is not None:
            forecast = value(document, item.forecast, f"currencies.{key}.forecast", title=f"{key}: forecast factor")
        if item.movement is not None:
            movement = value(
                document, item.movement, f"currencies.{key}.movement", title=f"CHF per {key}: change within a year"
            )
        if item.base is not None:
            base: Value | None = value(
                document, item.base, f"currencies.{key}.base", title=f"CHF per {key} in {form.plan.base_year}"
            )
        else:
            base = _mean(key, document, form, series.get(item.series or ""), data, context)
        if base is not None:
            result[key] = Currency(key, base, item.series, forecast, movement)
    return frozen(result)


def _mean(
    key: str,
    document: Document,
    form: BaseFile,
    series: Series | None,
    data: SourcesFile | None,
    context: Context,
) -> Value | None:
    if series is None:
        return None
    year = str(form.plan.base_year)
    known = {period: number for period, number in series.values.items() if period[:4] == year}
    place = ("currencies", key, "series")
    if not known:
        text = f"{series.id} has no observation of the base year {year} that was known on {form.plan.as_of} (as_of)"
        context.error(document, place, text)
        return None
    mean = sum(known.values()) / len(known)
    confidence = data.series[series.id].confidence if data and series.id in data.series else "E"
    return Value(
        path=f"currencies.{key}.base",
        estimate=Estimate(mean, mean, mean, "min-max", "pert", 0.0, inf),
        unit=f"CHF/{key}",
        source=series.source,
        confidence=confidence,
        basis=f"mean of {min(known)} to {max(known)} in series {series.id}",
        position=document.position(place[:-1], key=True),
        title=f"CHF per {key} in {year}",
    )


def resources(document: Document, form: RatesFile) -> Mapping[str, Resource]:
    """Return the rate card."""
    result = {}
    for key, item in form.resources.items():
        rate = item.rate
        result[key] = Resource(
            id=key,
            title=item.title,
            rate=Value(
                path=f"rates/{key}",
                estimate=estimate(rate),
                unit=f"{item.currency}/{item.unit}",
                source=rate.source,
                confidence=rate.confidence,
                basis=rate.basis,
                position=own_position(document, rate.place),
                rests_on=tuple(rate.rests_on),
                title=item.title,
            ),
            currency=item.currency,
            per=item.unit,
            price_year=item.price_year,
            category=item.category,
            escalation=item.escalation,
            position=document.position(item.place, key=True),
            grade=item.grade or "",
            station=item.station or "",
            post=item.post or "",
            languages=item.languages or "",
        )
    return frozen(result)
