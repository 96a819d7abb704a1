"""Tables of what moves the additional need, in both price bases: one input at a time, latent factors, groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from sfp_model.decisions.sensitivity import sobol_of_groups, strongest
from sfp_model.results.causes import SIZE, Study
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, Table, columns
from sfp_model.results.tables_discovery import DISCOVERY, boxes
from sfp_model.results.words_inputs import input_words

__all__ = ["SENSITIVITY", "sensitivity_tables"]

TOP, SHOWN, LEFT_OUT = 25, 20, 12
SENSITIVITY = {
    "sensitivity.tornado": columns(
        "prices rank:- input title kind unit low:- base:- high:- need_low_chf:CHF need_base_chf:CHF need_high_chf:CHF "
        "swing_chf:CHF share_of_range:-"
    ),
    "sensitivity.factors": columns(
        "prices factor title coefficient:- coefficient_low:- coefficient_high:- first_order:- first_order_low:- "
        "first_order_high:- explained:- draws:-"
    ),
    "sensitivity.groups": columns(
        "prices group title first:- first_low:- first_high:- total:- total_low:- total_high:- inputs:- draws:-"
    ),
    "discovery.boxes": DISCOVERY,
}  # fmt: skip


def sensitivity_tables(evaluation: Evaluation) -> dict[str, Callable[[], Table]]:
    """Return the tables by name; the draws behind them are made once."""
    study = Study(evaluation)
    rows: dict[str, Callable[[], Iterator[Row]]] = {
        "sensitivity.tornado": partial(_tornado, study), "sensitivity.factors": partial(_factors, study),
        "sensitivity.groups": partial(_groups, study), "discovery.boxes": partial(boxes, study),
    }  # fmt: skip
    return {
        name: lambda name=name, make=make: Table.of(SENSITIVITY[name], make())  # type: ignore[misc]
        for name, make in rows.items()
    }


def _group_title(study: Study, name: str) -> str:
    known = {
        "plan": "What all estimates share (plan)", "risks": "Risk events", "event": "The event's account",
        "event demand": "Demand and income of the event", "rates": "Unit costs",
        "prices": "Price and exchange rates",
    }  # fmt: skip
    initiatives = study.evaluation.plan.initiatives
    return known.get(name, f"{name} {initiatives[name].title}" if name in initiatives else name)


def _tornado(study: Study) -> Iterator[Row]:
    """Yield the largest swings of the additional need as one input goes from P10 to P90, all others at the base.

    Inputs of one driver move together. A risk event moves from not occurring to occurring. Drivers of prices are in the
    nominal part whatever their swing.
    """
    table, moved = study.arrays.inputs, study.one_by_one
    for prices, (low, high) in moved.need.items():
        swing = np.abs(high - low)
        if not swing.any():
            continue
        p10, p90 = np.quantile(study.blocks.need[prices], [0.1, 0.9])
        for rank, k in enumerate(np.argsort(-swing, kind="stable").tolist(), start=1):
            first = moved.rows[k][0]
            driver = prices == "nominal" and table.kind[first] in ("escalation", "exchange")
            if not driver and (rank > TOP or swing[k] <= 0.005):
                continue
            yield {
                "prices": prices, "rank": rank, "input": moved.names[k],
                "title": input_words(study.evaluation.plan, table, first), "kind": table.kind[first],
                "unit": table.unit[first], "low": moved.ends[first, 0], "base": table.base[first],
                "high": moved.ends[first, 1], "need_low_chf": low[k], "need_base_chf": study.base_need[prices],
                "need_high_chf": high[k], "swing_chf": swing[k],
                "share_of_range": swing[k] / (p90 - p10) if p90 > p10 else 0.0,
            }  # fmt: skip


def _factors(study: Study) -> Iterator[Row]:
    """Yield rank regression and given-data first-order indices of the latent factors of plan, drivers, initiatives.

    With 95 per cent confidence limits by Student's t from leaving out one twelfth of the draws at a time.
    """
    names = study.frozen.coupling.factors
    chosen = [i for i, name in enumerate(names) if not name.startswith("action/")]
    for prices, y in study.blocks.need.items():
        if np.ptp(y) == 0:
            continue
        found = strongest(study.blocks.factors[chosen], y, LEFT_OUT, SHOWN)
        for k, row in enumerate(found.rows):
            yield {
                "prices": prices, "factor": names[chosen[row]], "title": _factor_title(study, chosen[row]),
                "coefficient": found.coefficient[k], "coefficient_low": found.coefficient_low[k],
                "coefficient_high": found.coefficient_high[k], "first_order": found.first[k],
                "first_order_low": found.first_low[k], "first_order_high": found.first_high[k],
                "explained": found.explained, "draws": y.size,
            }  # fmt: skip


def _factor_title(study: Study, factor: int) -> str:
    """Name a factor; of correlated drivers a later one is what the earlier ones leave unexplained."""
    coupling, table, plan = study.frozen.coupling, study.arrays.inputs, study.evaluation.plan

    def driver(of: int) -> str:
        return input_words(plan, table, table.driver.index(coupling.factors[of].partition("/")[2]))

    kind, _, key = coupling.factors[factor].partition("/")
    if kind != "driver":
        return _group_title(study, key or kind)
    if coupling.root is None or factor not in coupling.drivers:
        return driver(factor)
    at = coupling.drivers.index(factor)
    before = [driver(coupling.drivers[j]) for j in range(at) if coupling.root[at, j]]
    return f"{driver(factor)}, beyond what goes with: {'; '.join(before)}" if before else driver(factor)


def _groups(study: Study) -> Iterator[Row]:
    """Yield Sobol' indices of groups of factors and residuals with 95 per cent confidence limits, by first order."""
    if not any(np.ptp(need) for need in study.blocks.need.values()):
        return
    for prices, results in study.swapped.items():
        found = sobol_of_groups(results, seed=study.seed)
        for k in np.argsort(-found.first, kind="stable"):
            name = list(study.groups)[k]
            yield {
                "prices": prices, "group": name, "title": _group_title(study, name), "first": found.first[k],
                "first_low": found.first_low[k], "first_high": found.first_high[k], "total": found.total[k],
                "total_low": found.total_low[k], "total_high": found.total_high[k],
                "inputs": len(study.groups[name][1]), "draws": SIZE,
            }  # fmt: skip
