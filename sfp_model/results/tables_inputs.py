"""Tables of what was typed: parameters, sources, prices, rate card, catalogue."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from sfp_model.inputs.known import is_after
from sfp_model.inputs.places import place_of
from sfp_model.inputs.plan import Plan
from sfp_model.inputs.trace import all_values
from sfp_model.model.compile import PlanBuilder
from sfp_model.model.prices import Calendar, class_index, currency_ratio, known
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns

__all__ = [
    "ANOMALIES", "CATALOGUE", "OBSERVATIONS", "PARAMETERS", "PRICES", "RATES", "SOURCES", "anomalies", "catalogue",
    "observations",
    "parameters",
    "prices", "rates", "sources",
]  # fmt: skip

PARAMETERS = columns(
    "path title low:- mode:- high:- at distribution unit source confidence basis rests_on file file_line:-"
)
SOURCES = columns("key title date confidence licence reference note used_by:- after_as_of:bool")
PRICES = columns("year:- kind name title value:- unit observed:bool")
RATES = columns(
    "resource title rate_low:- rate_mode:- rate_high:- currency per price_year:- base_year_chf:CHF category escalation "
    "confidence source basis grade station post"
)
CATALOGUE = columns("id kind title title_zh paragraph parent links assigned_by note")
ANOMALIES = columns("where note")
OBSERVATIONS = columns("series title unit period value:- source")


def parameters(evaluation: Evaluation) -> Iterator[Row]:
    """Yield every number of the plan, with the mean of a series where that is the base-year exchange rate."""
    for value in all_values(evaluation.plan).values():
        estimate = value.estimate
        yield {
            "path": value.path, "title": value.title, "low": estimate.low, "mode": estimate.mode, "high": estimate.high,
            "at": "" if estimate.fixed else estimate.at,
            "distribution": "fixed" if estimate.fixed else estimate.distribution,
            "unit": value.unit, "source": value.source, "confidence": value.confidence, "basis": value.basis,
            "rests_on": ";".join(value.rests_on), "file": place_of(value.position.file),
            "file_line": value.position.line,
        }  # fmt: skip


def sources(evaluation: Evaluation) -> Iterator[Row]:
    """Yield every source with the number of values and series that cite it or rest on it."""
    plan = evaluation.plan
    uses: Counter[str] = Counter()
    for value in all_values(plan).values():
        uses.update({value.source, *value.rests_on})
    uses.update(series.source for series in plan.series.values())
    for meeting in plan.meetings:
        uses.update({meeting.source, *meeting.rests_on})
    for source in plan.sources.values():
        yield {
            "key": source.id, "title": source.title, "date": source.date, "confidence": source.confidence,
            "licence": source.licence, "reference": source.reference, "note": source.note,
            "used_by": uses[source.id], "after_as_of": is_after(source.date, plan.settings.as_of),
        }  # fmt: skip


def prices(evaluation: Evaluation) -> Iterator[Row]:
    """Yield annual means of each price index (base year = 1) and each exchange rate (CHF), to the horizon's end.

    ``observed`` says that the whole year was known at as_of.
    """
    plan = evaluation.plan
    frame, calendar = plan.settings, Calendar.of(plan)
    years = range(min(frame.base_year, 2018), frame.horizon_start + frame.horizon_years)
    for key, escalation in plan.escalations.items():
        series = plan.series.get(escalation.series or "")
        index = class_index(escalation, series, calendar, plan)
        seen = _complete_years(plan, escalation.series)
        for year in years:
            yield {
                "year": year, "kind": "index", "name": key, "title": escalation.title,
                "value": index[calendar.year(year)].mean(), "unit": f"{frame.base_year} = 1", "observed": year in seen,
            }  # fmt: skip
    for key, currency in plan.currencies.items():
        if key == "CHF":
            continue
        series = plan.series.get(currency.series or "")
        ratio = currency_ratio(currency, series, calendar, plan) * currency.base.estimate.mode
        seen = _complete_years(plan, currency.series)
        for year in years:
            yield {
                "year": year, "kind": "exchange", "name": key, "title": f"CHF per {key}",
                "value": ratio[calendar.year(year)].mean(), "unit": f"CHF/{key}", "observed": year in seen,
            }  # fmt: skip


def _complete_years(plan: Plan, name: str | None) -> set[int]:
    series = plan.series.get(name or "")
    if series is None:
        return set()
    count = Counter(period[:4] for period in known(series, plan.settings.as_of))
    annual = all(len(period) == 4 for period in series.values)
    return {int(year) for year, number in count.items() if annual or number == 12}


def rates(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the rate card as typed, with the mode in base-year CHF."""
    plan = evaluation.plan
    builder = PlanBuilder.of(plan)
    for card in plan.resources.values():
        _, price = builder.rate(card.id)
        rate = card.rate.estimate
        yield {
            "resource": card.id, "title": card.title, "rate_low": rate.low, "rate_mode": rate.mode,
            "rate_high": rate.high, "currency": card.currency, "per": card.per, "price_year": card.price_year,
            "base_year_chf": rate.mode * price,
            "category": card.category, "escalation": card.escalation, "confidence": card.rate.confidence,
            "source": card.rate.source, "basis": card.rate.basis, "grade": card.grade, "station": card.station,
            "post": card.post,
        }  # fmt: skip


def catalogue(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the items of the source document; ``links`` is a JSON object of relation to ids."""
    for item in evaluation.plan.catalogue.values():
        yield {
            "id": item.id, "kind": item.kind, "title": item.title, "title_zh": item.title_zh,
            "paragraph": item.paragraph, "parent": item.parent,
            "links": json.dumps({k: list(v) for k, v in item.links.items()}, ensure_ascii=False) if item.links else "",
            "assigned_by": item.assigned_by, "note": item.note,
        }  # fmt: skip


def observations(evaluation: Evaluation) -> Iterator[Row]:
    """Yield every observation that the scenario knows at as_of."""
    for series in evaluation.plan.series.values():
        for period, value in series.values.items():
            yield {
                "series": series.id, "title": series.title, "unit": series.unit, "period": period, "value": value,
                "source": series.source,
            }  # fmt: skip


def anomalies(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the slips of the source document: where they stand and how they are read; noted, never repaired."""
    for where, note in evaluation.plan.anomalies:
        yield {"where": where, "note": note}
