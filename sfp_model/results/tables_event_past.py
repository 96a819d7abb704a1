"""Tables of the event beside its account: payback of the second phase of the design, and the hindcast of attendance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.hindcast import Forecast, load_hindcast
from sfp_model.inputs.plan import SUBSIDY
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns

__all__ = ["HINDCAST_COLUMNS", "PAYBACK", "hindcast_rows", "payback_rows"]

PAYBACK = columns(
    "concept concept_title second_phase_chf:CHF absorbed_chf:CHF edition net_chf:CHF cumulative_chf:CHF paid_back:bool "
    "payback needed_chf:CHF"
)
HINDCAST_COLUMNS = columns(
    "event edition outcome:person forecast_from forecast p10:person p50:person p90:person quantile:- in_sample:bool "
    "source confidence note"
)
NONE = "none"
WORDS = {"host": "host", "organiser": "organiser", "before": "the edition before", "model": "the event model"}


def payback_rows(evaluation: Evaluation) -> Iterator[Row]:
    """Yield ``event.payback``: net results added up against the additional need of the second phase of the design.

    The second phase is what is done once before the first edition: the one-off lines of the programme that carries the
    subsidy (phase 2 of the design). ``payback`` is the first edition by whose end the net results have paid for it, or
    ``none`` inside the horizon; ``needed_chf`` the mean net result of an edition with which they would. Net results
    are differences to holding no event; constant CHF.
    """
    event, arrays, outcome = evaluation.plan.event, evaluation.arrays.event, evaluation.outcome.event
    if arrays is None or not isinstance(event, EventPlan):
        return
    programme = next(facts.programme for facts in evaluation.facts if facts.line == SUBSIDY)
    phase = {"additional": 0.0, "absorbed": 0.0}
    for facts, amounts in zip(evaluation.facts, evaluation.constant, strict=True):
        once = facts.recurrence == "one_off" and facts.line != SUBSIDY and facts.programme == programme
        if once and facts.funding in phase:
            phase[facts.funding] += float(amounts.sum())
    held = [edition for edition, is_held in enumerate(arrays.held) if is_held]
    for index, case in enumerate(arrays.cases):
        if not case.held:
            continue
        net = outcome.net[index, held].mean(axis=-1)
        total = np.cumsum(net)
        paid = [str(arrays.years[held[i]]) for i in np.flatnonzero(total >= phase["additional"])]
        for position, edition in enumerate(held):
            yield {
                "concept": case.concept, "concept_title": event.concepts[case.concept].title,
                "second_phase_chf": phase["additional"], "absorbed_chf": phase["absorbed"],
                "edition": str(arrays.years[edition]), "net_chf": float(net[position]),
                "cumulative_chf": float(total[position]) - phase["additional"],
                "paid_back": bool(total[position] >= phase["additional"]), "payback": paid[0] if paid else NONE,
                "needed_chf": phase["additional"] / len(held),
            }  # fmt: skip


def hindcast_rows(evaluation: Evaluation) -> Iterator[Row]:
    """Yield ``event.hindcast``: past outcomes, the distribution of their forecast, and the quantile of the outcome.

    Empty columns where no forecast was found. No share of hits is computed: few points, some in-sample.
    """
    plan = evaluation.plan
    observations = load_hindcast(evaluation.data, plan.sources)
    if not observations or not isinstance(plan.event, EventPlan):
        return
    from sfp_model.decisions.event_hindcast import hindcast

    for found in hindcast(plan, evaluation.arrays, observations):
        seen = found.observation
        yield {
            "event": seen.event, "edition": str(seen.edition), "outcome": seen.outcome,
            "forecast_from": WORDS[seen.forecast.origin] if seen.forecast else NONE,
            "forecast": _words(seen.forecast), "p10": found.p10, "p50": found.p50, "p90": found.p90,
            "quantile": found.quantile, "in_sample": found.in_sample, "source": ", ".join(seen.sources),
            "confidence": seen.confidence, "note": seen.note,
        }  # fmt: skip


def _words(forecast: Forecast | None) -> str:
    if forecast is None:
        return "none was found"
    if forecast.origin == "model":
        return "on site" if forecast.measure == "onsite" else "on site and remote"
    number = f"{forecast.low:,.0f}" if forecast.low == forecast.high else f"{forecast.low:,.0f} to {forecast.high:,.0f}"
    return number.replace(",", " ") + (f" in {forecast.year}" if forecast.year else "")
