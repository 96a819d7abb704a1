"""Table of what the draws say of each event concept beside money: ratios, whom it reaches, scores on impact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from sfp_model.decisions.event_analysis import BLOCKS, Analysis
from sfp_model.decisions.event_study import impact_of
from sfp_model.inputs.event_parameters import CRITERIA
from sfp_model.model.event import EventOutcome
from sfp_model.model.inputs import FloatArray
from sfp_model.results.table import Column, Row, columns
from sfp_model.uncertainty.between import percentile_errors

__all__ = ["RANGES", "RANGES_ROWS", "SENSES"]

RANGES: Mapping[str, tuple[Column, ...]] = {
    "event.ranges": columns(
        "concept title quantity unit p10:- p50:- p90:- se_p10:- se_p50:- se_p90:- draws:- blocks:-"
    ),
}
SENSES = ("earned_direct", "earned_full", "all_full")  # of ``EventOutcome.ratios``
_AT = (10, 50, 90)


def _quantities(outcome: EventOutcome, before: EventOutcome) -> Iterator[tuple[str, str, FloatArray]]:
    """Yield name, unit and draws of what is measured over all editions, beside an outcome without an event."""
    for sense, ratio in zip(SENSES, outcome.ratios, strict=True):
        yield f"ratio_{sense}", "share", ratio[0]
    demand, impact = outcome.demand, outcome.impact
    every = np.ones((len(demand.willing), 1))
    for name, unit, amounts in (
        ("diff_delegates", "person", demand.persons - before.demand.persons),
        ("diff_ldc_delegates", "person", impact.ldc_delegates - before.impact.ldc_delegates),
        ("remote", "person", demand.remote_of(every)),
        ("sme_exhibitors", "exhibitor", impact.sme_exhibitors),
        ("exhibition_m2", "m²", demand.area.sum(axis=0)),
    ):  # fmt: skip
        yield name, unit, amounts[0].sum(axis=0)
    for criterion, score in zip(CRITERIA, impact.scores[:, 0], strict=True):
        yield f"score_{criterion}", "point", score
    yield "score_mean", "point", impact_of(outcome)


def _ranges(analysis: Analysis) -> Iterator[Row]:
    """Yield P10, P50 and P90 of each quantity of each concept in its own format and place, with standard errors."""
    study, values = analysis.study, analysis.values
    before = study.without(values)
    if before is None:
        return
    for concept, case in study.concepts.items():
        head = {"concept": concept, "title": study.event.concepts[concept].title}
        for quantity, unit, draws in _quantities(study.in_draws(case, values), before):
            found = np.quantile(draws, [at / 100 for at in _AT])
            errors = percentile_errors(draws.reshape(BLOCKS, -1), [at / 100 for at in _AT])
            yield {
                **head, "quantity": quantity, "unit": unit, **{f"p{at}": x for at, x in zip(_AT, found, strict=True)},
                **{f"se_p{at}": x for at, x in zip(_AT, errors, strict=True)}, "draws": draws.size, "blocks": BLOCKS,
            }  # fmt: skip


RANGES_ROWS: Mapping[str, Callable[[Analysis], Iterator[Row]]] = {"event.ranges": _ranges}
