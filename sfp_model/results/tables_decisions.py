"""Tables for decisions: options side by side, the prior envelope, and what is not done without new money."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sfp_model.inputs.change import only_affected, with_choice, without_event
from sfp_model.model.inputs import FloatArray
from sfp_model.results.delays import early_editions, kept_on, recurring
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns

__all__ = ["DECISIONS", "ENVELOPE", "FIRST_RESULT", "NOT_DONE", "decisions", "envelope", "not_done"]

DECISIONS = columns(
    "decision title option option_title chosen:bool presupposes catalogue delay:month period additional_constant:CHF "
    "absorbed_constant:CHF delta_additional:CHF delta_absorbed:CHF additional_nominal:CHF delta_nominal:CHF "
    "kept_on_constant:CHF kept_on_nominal:CHF early_editions"
)
ENVELOPE = columns("key value_chf:CHF note")
NOT_DONE = columns("activity title level reason additional_dropped_chf:CHF absorbed_kept_chf:CHF")
FIRST_RESULT = "first_result.yml"
TRANSFORMATION = "transformation"


def _sums(
    evaluation: Evaluation, funding: str, actions: Collection[str] | None = None, prices: str = "constant"
) -> FloatArray:
    """Return CHF by period of a funding mode, of all lines or those of *actions*."""
    rows = [
        i
        for i, facts in enumerate(evaluation.facts)
        if facts.funding == funding and (actions is None or facts.action in actions)
    ]
    result: FloatArray = getattr(evaluation, prices)[rows].sum(axis=0)
    return result


def decisions(evaluation: Evaluation) -> Iterator[Row]:
    """Yield each option's amounts of the governed actions by period and in all, other decisions as chosen.

    Every option is evaluated by the same model. Differences are against the option that the scenario chose and
    include actions that wait for the governed ones and programme management, which runs until the last action of its
    programme ends. The period ``all`` holds every period, memo and after included: a deferral moves one-off money and
    saves none, what recurs until the horizon runs shorter, and a longer programme is managed longer. ``kept_on`` is the
    additional need of the months that what recurs loses by the delay of an option, added at the other end so that it
    runs as long as under the chosen one; it is not in the difference. ``early_editions`` are the years in which the
    event, which stays on its dates, would be held before its design ends.
    """
    for decision in evaluation.plan.decisions.values():
        affected = only_affected(evaluation.plan, decision.governs)
        found = {key: Evaluation.of(with_choice(affected, decision.id, key)) for key in decision.options}
        chosen = found[decision.chosen]
        spans = [(name, slice(p, p + 1)) for p, name in enumerate(evaluation.periods)]
        for key, option in decision.options.items():
            amounts = [_sums(found[key], funding, decision.governs) for funding in ("additional", "absorbed")]
            deltas = [_sums(found[key], f) - _sums(chosen, f) for f in ("additional", "absorbed")]
            nominal = _sums(found[key], "additional", decision.governs, "nominal")
            longer = _kept_on(chosen, found[key]) if option.delay != decision.options[decision.chosen].delay else {}
            early = early_editions(evaluation.plan.event, found[key])
            dearer = _sums(found[key], "additional", None, "nominal") - _sums(chosen, "additional", None, "nominal")
            for period, pick in (*spans, ("all", slice(None))):
                yield {
                    "decision": decision.id, "title": decision.title, "option": key, "option_title": option.title,
                    "chosen": key == decision.chosen, "presupposes": option.presupposes,
                    "catalogue": ";".join(option.catalogue), "delay": option.delay, "period": period,
                    "additional_constant": amounts[0][pick].sum(), "absorbed_constant": amounts[1][pick].sum(),
                    "delta_additional": deltas[0][pick].sum(), "delta_absorbed": deltas[1][pick].sum(),
                    "additional_nominal": nominal[pick].sum(), "delta_nominal": dearer[pick].sum(),
                    **{f"kept_on_{p}": longer[p][pick].sum() if longer else 0.0 for p in ("constant", "nominal")},
                    "early_editions": early,
                }  # fmt: skip


def _kept_on(here: Evaluation, later: Evaluation) -> dict[str, FloatArray]:
    """Return CHF by period that *later* needs more to keep recurrent work on as long as *here*, by prices."""
    short = Evaluation.of(recurring(later.plan))
    longer = Evaluation.of(kept_on(here, short))
    prices = ("constant", "nominal")
    return {p: (_sums(longer, "additional", prices=p) - _sums(short, "additional", prices=p)).round(6) for p in prices}


def envelope(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the one-off additional need of the transformation plan beside the prior and the first result.

    One-off: lines that do not run to the horizon; all periods; constant prices.
    """
    plan = evaluation.plan
    managed = {
        i.id for i in plan.initiatives.values() if all(plan.actions[a].assigned_by == "project" for a in i.actions)
    }
    whole = without = 0.0
    for facts, row in zip(evaluation.facts, evaluation.constant, strict=True):
        if facts.programme == TRANSFORMATION and facts.funding == "additional" and facts.recurrence == "one_off":
            whole += float(row.sum())
            without += 0.0 if facts.initiative in managed else float(row.sum())
    yield {
        "key": "one_off", "value_chf": without,
        "note": "one-off additional need of the initiatives of the source, all periods, constant prices",
    }  # fmt: skip
    yield {
        "key": "one_off_with_management", "value_chf": whole,
        "note": "the same with programme management, which the project added",
    }  # fmt: skip
    for key in ("low", "centre", "high"):
        value = plan.settings.values.get(f"funding.envelope_{key}")
        if value is not None:
            yield {"key": f"prior_{key}", "value_chf": value.estimate.mode, "note": value.basis}
    yield from _first_result(evaluation.data)


def _first_result(data: Path | None) -> Iterator[Row]:
    """Yield what the first run gave, if it was recorded: ``date``, ``values: {key: CHF}``, ``note``."""
    path = data / FIRST_RESULT if data is not None else None
    if path is None or not path.is_file():
        return
    import yaml

    record: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    note = " ".join(str(record.get("note", "")).split())
    for key, amount in record.get("values", {}).items():
        yield {
            "key": f"first_result_{key}", "value_chf": float(amount), "note": f"first result, {record['date']}: {note}"
        }  # fmt: skip


def not_done(evaluation: Evaluation) -> Iterator[Row]:
    """Yield activities that are reduced or not done because the scenario gives no additional money.

    Dropped is the additional need that the same plan has with every funding mode, all periods; kept is what the
    scenario still carries as absorbed time.
    """
    plan = evaluation.plan
    if "additional" in plan.settings.funding_modes:
        return
    modes = ("additional", *plan.settings.funding_modes)
    full = Evaluation.of(without_event(replace(plan, settings=replace(plan.settings, funding_modes=modes))))
    dropped, kept = _by_activity(full, "additional"), _by_activity(evaluation, "absorbed")
    for activity in plan.activities.values():
        if activity.without_additional != "carried":
            yield {
                "activity": activity.id, "title": activity.title, "level": activity.without_additional,
                "reason": activity.without_additional_reason,
                "additional_dropped_chf": dropped.get(activity.id, 0.0),
                "absorbed_kept_chf": kept.get(activity.id, 0.0),
            }  # fmt: skip


def _by_activity(evaluation: Evaluation, funding: str) -> dict[str, float]:
    sums: dict[str, float] = {}
    for facts, amount in zip(evaluation.facts, np.sum(evaluation.constant, axis=1), strict=True):
        if facts.funding == funding:
            sums[facts.activity] = sums.get(facts.activity, 0.0) + float(amount)
    return sums
