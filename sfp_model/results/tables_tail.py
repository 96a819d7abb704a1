"""What is left when the work is done: a full year after the last phase, and the tail after the horizon."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from sfp_model.model.lines import price_factor
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns
from sfp_model.results.tables_implications import decided_by
from sfp_model.results.tables_needs import calendar_month

__all__ = ["FULL_YEAR", "TAIL", "full_year", "settled", "tail"]

FULL_YEAR = columns(
    "programme initiative last_month year additional_recurrent:CHF additional_recurrent_nominal:CHF "
    "additional_one_off:CHF absorbed_recurrent:CHF absorbed_one_off:CHF full_year_additional:CHF/year "
    "full_year_absorbed:CHF/year"
)
TAIL = columns(
    "line decision programme initiative action activity resource resource_title funding recurrence post begins ends "
    "full_year_constant:CHF/year next_year_nominal:CHF after_constant:CHF after_nominal:CHF"
)


def settled(evaluation: Evaluation) -> tuple[float, str]:
    """Return the month in which the last phase ends, and the first calendar year that is wholly after it.

    In months from January of the first year of the horizon. In the source the last phase ends with month 18. The year
    is "" where none is left inside the horizon.
    """
    frame = evaluation.plan.settings
    end = frame.start + max((last for _, last in frame.phases.values()), default=0.0) * frame.phase_stretch
    year = math.ceil(end / 12 - 1e-9)
    return end, str(frame.horizon_start + year) if year < frame.horizon_years else ""


def full_year(evaluation: Evaluation) -> Iterator[Row]:
    """Yield per initiative what the first full year after the last phase takes, and a full year after the horizon.

    The year is that of ``settled``; constant CHF unless nominal is said. ``full_year`` is the yearly amount of every
    recurrent line, also of those that start later than that year.
    """
    end, year = settled(evaluation)
    first = evaluation.plan.settings.horizon_start
    at = evaluation.periods.index(year) if year else None
    per_year = evaluation.outcome.line_unit[:, 0] * evaluation.arrays.lines.per_year
    for initiative in evaluation.plan.initiatives.values():
        sums: dict[str, float] = {}
        for i, facts in enumerate(evaluation.facts):
            if facts.initiative != initiative.id or facts.funding == "in_kind":
                continue
            recurrent = facts.recurrence == "recurrent"
            name = f"{facts.funding}_{facts.recurrence}"
            sums[name] = sums.get(name, 0.0) + (evaluation.constant[i, at] if at is not None else 0.0)
            if recurrent and facts.funding == "additional" and at is not None:
                nominal = "additional_recurrent_nominal"
                sums[nominal] = sums.get(nominal, 0.0) + evaluation.nominal[i, at]
            if recurrent:
                key = f"full_year_{facts.funding}"
                sums[key] = sums.get(key, 0.0) + float(per_year[i])
        amounts = {c.name: sums.get(c.name, 0.0) for c in FULL_YEAR if c.type == "number"}
        yield {
            "programme": initiative.programme, "initiative": initiative.id,
            "last_month": calendar_month(first, end - 1e-6), "year": year, **amounts,
        }  # fmt: skip


def tail(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the lines that go on after the horizon: recurrent ones, and one-off ones that end after it.

    A recurrent line has no end that anybody set (``ends`` is ``open``); its nominal amount is that of the first year
    after the horizon. What a one-off line still takes after the horizon stands in ``after_…``.
    """
    plan, arrays = evaluation.plan, evaluation.arrays
    first, lines = plan.settings.horizon_start, arrays.lines
    year = first + plan.settings.horizon_years
    fine = int(np.flatnonzero(arrays.periods.fine_years == year)[0])
    unit, decided = evaluation.outcome.line_unit[:, 0], decided_by(evaluation)
    for i, facts in enumerate(evaluation.facts):
        card = plan.resources.get(facts.resource)
        recurrent, after = bool(lines.recurrent[i]), float(evaluation.constant[i, -1])
        if not recurrent and abs(after) < 0.005:
            continue
        begin, end = _span(evaluation, i)
        price = price_factor(arrays, evaluation.outcome.values.array, int(lines.escalation[i]), int(lines.currency[i]))
        yearly = float(unit[i] * lines.per_year[i])
        yield {
            "line": facts.line, "decision": decided[i], "programme": facts.programme,
            "initiative": facts.initiative, "action": facts.action, "activity": facts.activity,
            "resource": facts.resource, "resource_title": card.title if card else facts.resource,
            "funding": facts.funding, "recurrence": facts.recurrence,
            "post": card.post if card and facts.funding == "additional" else "",
            "begins": calendar_month(first, begin) if math.isfinite(begin) else "",
            "ends": "open" if recurrent else calendar_month(first, end - 1e-6) if math.isfinite(end) else "",
            "full_year_constant": yearly, "next_year_nominal": yearly * float(price[fine, 0]),
            "after_constant": after, "after_nominal": float(evaluation.nominal[i, -1]),
        }  # fmt: skip


def _span(evaluation: Evaluation, i: int) -> tuple[float, float]:
    """Return first and last month of a line on the horizon's scale; not finite where it has no months of its own."""
    arrays, placed = evaluation.arrays, evaluation.outcome.schedule
    profile = arrays.groups.profile[int(arrays.lines.group[i])]
    if profile.kind == "derived":
        return math.nan, math.nan
    if profile.kind == "absolute":
        return profile.begin, profile.begin if profile.end is None else profile.end
    start, stretch = float(placed.start[profile.action, 0]), float(placed.stretch[profile.action, 0])
    begin = start + profile.begin * stretch
    if profile.end is not None:
        return begin, start + profile.end * stretch
    if profile.kind == "recurring":
        return begin, math.inf
    return begin, float(placed.end[profile.action, 0])
