"""Tables of what moves the order of the event's concepts: inputs behind the first two, criteria behind the lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sfp_model.decisions.event_analysis import Analysis
from sfp_model.decisions.event_drivers import contenders, drivers, lead
from sfp_model.results.table import Column, Row, columns

__all__ = ["DRIVERS", "DRIVERS_ROWS"]

DRIVERS: Mapping[str, tuple[Column, ...]] = {
    "event.drivers": columns(
        "result concept title other other_title rank:- input input_title coefficient:- coefficient_low:- "
        "coefficient_high:- first_order:share first_order_low:share first_order_high:share explained:share draws:-"
    ),
    "event.lead": columns(
        "concept title other other_title criterion criterion_title points:- capped:share heads:bool switch:-"
    ),
}
RESULTS = ("subsidy", "impact")


def _pair(analysis: Analysis, result: str) -> tuple[tuple[int, int], Row] | None:
    pair = contenders(analysis, result)
    if pair is None:
        return None
    study = analysis.study
    names = {
        "concept": study.cases[pair[0]].concept, "title": study.title(pair[0]),
        "other": study.cases[pair[1]].concept, "other_title": study.title(pair[1]),
    }  # fmt: skip
    return pair, names


def _title(analysis: Analysis, name: str) -> str:
    """Return what an input is, with the concepts named as people name them."""
    event = analysis.study.event
    if name.startswith("event.risk.edition."):
        return f"whether the edition of {name.rsplit('.', 1)[1]} can be held as planned"
    value = event.values.get(name)
    title = value.title if value is not None and value.title else name
    head, comma, key = title.rpartition(", ")
    known = event.concepts.get(key)
    return f"{head} ({known.title})" if comma and known is not None else title.replace("_", " ")


def _drivers(analysis: Analysis) -> Iterator[Row]:
    """Yield for subsidy and impact the inputs behind the difference of the two best concepts, strongest first.

    With 95 per cent confidence limits by Student's t from leaving out one of the independent blocks at a time.
    """
    ids = analysis.study.inputs.ids
    for result in RESULTS:
        found = _pair(analysis, result)
        if found is None:
            continue
        pair, names = found
        moved = drivers(analysis, result, pair)
        for at, row in enumerate(moved.rows):
            yield {
                "result": result, **names, "rank": at + 1, "input": ids[row],
                "input_title": _title(analysis, ids[row]), "coefficient": moved.coefficient[at],
                "coefficient_low": moved.coefficient_low[at], "coefficient_high": moved.coefficient_high[at],
                "first_order": moved.first[at], "first_order_low": moved.first_low[at],
                "first_order_high": moved.first_high[at], "explained": moved.explained,
                "draws": analysis.values.shape[1],
            }  # fmt: skip


def _lead(analysis: Analysis) -> Iterator[Row]:
    """Yield by criterion how the concept with most impact is ahead of the next in the mean of the draws."""
    found = _pair(analysis, "impact")
    if found is None:
        return
    pair, names = found
    ahead = lead(analysis, pair)
    for at, (key, criterion) in enumerate(analysis.study.event.criteria.items()):
        yield {
            **names, "criterion": key, "criterion_title": criterion.title, "points": ahead.points[at],
            "capped": ahead.capped[at], "heads": bool(ahead.heads[at]), "switch": ahead.switch,
        }  # fmt: skip


DRIVERS_ROWS: Mapping[str, Callable[[Analysis], Iterator[Row]]] = {"event.drivers": _drivers, "event.lead": _lead}
