"""Summary tables: by initiative, month, confidence; recurrent cost; the scenario; reconciliation."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from sfp_model.model import checks
from sfp_model.model.evaluate import FUNDING_MODES, Measure, Prices
from sfp_model.model.inputs import FloatArray
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns
from sfp_model.results.tables_implications import implications
from sfp_model.results.tables_needs import calendar_month

__all__ = [
    "CONFIDENCE", "INITIATIVES", "MONTHS", "RECONCILIATION", "RECURRENT", "SCENARIO", "by_confidence",
    "initiatives", "months", "reconciliation", "recurrent", "scenario",
]  # fmt: skip

INITIATIVES = columns(
    "programme initiative title period additional_constant:CHF absorbed_constant:CHF in_kind_constant:CHF "
    "additional_nominal:CHF absorbed_nominal:CHF in_kind_nominal:CHF person_months:person-month"
)
MONTHS = columns("programme initiative month additional_constant:CHF absorbed_constant:CHF additional_nominal:CHF")
CONFIDENCE = columns("programme confidence additional_constant:CHF absorbed_constant:CHF")
RECURRENT = columns("programme initiative full_year_additional:CHF/year full_year_absorbed:CHF/year")
SCENARIO = columns("key value")
RECONCILIATION = columns("check left_chf:CHF right_chf:CHF difference_chf:CHF")


def _table(
    evaluation: Evaluation, by: tuple[str, ...], time: str, measure: Measure, prices: Prices
) -> dict[tuple[str, ...], FloatArray]:
    labels, amounts = evaluation.outcome.amounts(by, time, measure, prices)
    return {label: row[:, 0] for label, row in zip(labels, amounts, strict=True)}


def initiatives(evaluation: Evaluation) -> Iterator[Row]:
    """Yield every initiative and period, also where nothing falls; person-months are those of absorbed time."""
    plan, periods = evaluation.plan, evaluation.periods
    nothing = np.zeros(len(periods))
    sums = {
        (measure, prices): _table(evaluation, ("initiative",), "year", measure, prices)
        for measure in FUNDING_MODES
        for prices in ("constant", "nominal")
    }
    months: dict[tuple[str, ...], FloatArray] = {}
    for facts, worked in zip(evaluation.facts, evaluation.person_months, strict=True):
        if facts.funding == "absorbed":
            months[facts.initiative,] = months.get((facts.initiative,), nothing) + worked
    for initiative in plan.initiatives.values():
        key = (initiative.id,)
        for p, period in enumerate(periods):
            yield {
                "programme": initiative.programme, "initiative": initiative.id, "title": initiative.title,
                "period": period,
                **{f"{m}_{prices}": part.get(key, nothing)[p] for (m, prices), part in sums.items()},
                "person_months": months.get(key, nothing)[p],
            }  # fmt: skip


def months(evaluation: Evaluation) -> Iterator[Row]:
    """Yield every initiative and month of the horizon."""
    names = evaluation.arrays.periods.labels("month")
    nothing = np.zeros(len(names))
    by = ("initiative",)
    additional = _table(evaluation, by, "month", "additional", "constant")
    absorbed = _table(evaluation, by, "month", "absorbed", "constant")
    nominal = _table(evaluation, by, "month", "additional", "nominal")
    for initiative in evaluation.plan.initiatives.values():
        key = (initiative.id,)
        for m, month in enumerate(names):
            yield {
                "programme": initiative.programme, "initiative": initiative.id, "month": month,
                "additional_constant": additional.get(key, nothing)[m],
                "absorbed_constant": absorbed.get(key, nothing)[m],
                "additional_nominal": nominal.get(key, nothing)[m],
            }  # fmt: skip


def by_confidence(evaluation: Evaluation) -> Iterator[Row]:
    """Yield programme and confidence code (the weaker of quantity and rate), sums inside the horizon."""
    by = ("programme", "confidence")
    additional = _table(evaluation, by, "year", "additional", "constant")
    absorbed = _table(evaluation, by, "year", "absorbed", "constant")
    for programme in evaluation.arrays.names["programme"]:
        for code in evaluation.arrays.names["confidence"]:
            key = (programme, code)
            if key in additional or key in absorbed:
                yield {
                    "programme": programme, "confidence": code,
                    "additional_constant": additional[key][1:-1].sum() if key in additional else 0.0,
                    "absorbed_constant": absorbed[key][1:-1].sum() if key in absorbed else 0.0,
                }  # fmt: skip


def recurrent(evaluation: Evaluation) -> Iterator[Row]:
    """Yield initiatives with recurrent lines: cost of a full year, constant prices."""
    outcome = evaluation.outcome
    sums = {}
    for measure in ("additional", "absorbed"):
        labels, amounts = outcome.full_year(("programme", "initiative"), measure)
        sums[measure] = {label: float(row[0]) for label, row in zip(labels, amounts, strict=True)}
    for initiative in evaluation.plan.initiatives.values():
        key = (initiative.programme, initiative.id)
        if key in sums["additional"] or key in sums["absorbed"]:
            yield {
                "programme": key[0], "initiative": key[1],
                "full_year_additional": sums["additional"].get(key, 0.0),
                "full_year_absorbed": sums["absorbed"].get(key, 0.0),
            }  # fmt: skip


def scenario(evaluation: Evaluation) -> Iterator[Row]:
    """Yield what the scenario is: who, why, the frame, the chosen options and the changes."""
    plan = evaluation.plan
    info, frame = plan.scenario, plan.settings
    last = frame.horizon_start + frame.horizon_years - 1
    pairs: dict[str, object] = {
        "name": info.name, "title": info.title, "author": info.author, "rationale": info.rationale,
        "extends": info.extends or "", "plan": frame.title, "agency": frame.agency,
        "horizon": f"{frame.horizon_start}-{last}", "start": calendar_month(frame.horizon_start, frame.start),
        "as_of": frame.as_of, "base_year": frame.base_year, "phase_stretch": f"{frame.phase_stretch:g}",
        "seed": frame.seed, "funding_modes": ", ".join(frame.funding_modes),
    }  # fmt: skip
    pairs |= {f"category.{key}": title for key, title in frame.categories.items()}
    pairs |= {f"sector.{key}": title for key, title in frame.sectors.items()}
    for decision in plan.decisions.values():
        pairs[f"chosen.{decision.id}"] = decision.chosen
    concept = getattr(plan.event, "concept", None)
    if concept is not None:
        pairs["event.concept"] = concept
    for path, text in info.changes.items():
        pairs[f"change.{path}"] = text
    for key, value in pairs.items():
        yield {"key": key, "value": str(value)}


def reconciliation(evaluation: Evaluation) -> Iterator[Row]:
    """Yield each check that the parts add up, with the largest difference of its rows; decisions add up as well."""
    for check in checks(evaluation.outcome):
        left, right = check.left.sum(), check.right.sum()
        worst = float(np.abs(check.left - check.right).max(initial=0.0))
        name = f"{check.name} ({check.measure}, {check.prices})"
        yield {"check": name, "left_chf": left, "right_chf": right, "difference_chf": round(worst, 6)}
    wholes: list[Row] = list(implications(evaluation))
    named: tuple[tuple[Measure, str], ...] = (
        ("additional", "additional"), ("absorbed", "absorbable"), ("in_kind", "in_kind"), ("full", "requirement"),
    )  # fmt: skip
    bases: tuple[Prices, ...] = ("constant", "nominal")
    for (measure, column), prices in product(named, bases):
        _, amounts = evaluation.outcome.amounts((), "year", measure, prices)
        sums = dict.fromkeys(evaluation.periods, 0.0)
        for row in wholes:
            sums[str(row["period"])] += float(str(row[f"{column}_{prices}"]))
        parts, total = np.array(list(sums.values())), amounts[0, :, 0]
        yield {
            "check": f"decision = total ({measure}, {prices})", "left_chf": parts.sum(), "right_chf": total.sum(),
            "difference_chf": round(float(np.abs(parts - total).max(initial=0.0)), 6),
        }  # fmt: skip
