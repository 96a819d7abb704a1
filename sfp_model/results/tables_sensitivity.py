"""Tables of what moves the additional need, and of what leads to a broken ceiling or a large subsidy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from sfp_model.decisions.ceiling_plan import windows
from sfp_model.decisions.discovery import discover
from sfp_model.decisions.sensitivity import Groups, first_order, rank_regression, sobol_of_groups
from sfp_model.inputs.funding import funding_of
from sfp_model.model import Outcome, evaluate
from sfp_model.model.evaluate import Prices
from sfp_model.model.inputs import FloatArray
from sfp_model.model.values import Values, draw
from sfp_model.results.draws import inside_total
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, Table, columns
from sfp_model.results.words_inputs import input_words
from sfp_model.uncertainty.freeze import Frozen

__all__ = ["SENSITIVITY", "sensitivity_tables"]

SIZE = 1024
TOP, SCREENED, SHOWN = 25, 12, 20
BASES: tuple[Prices, ...] = ("constant", "nominal")
SENSITIVITY = {
    "sensitivity.tornado": columns(
        "prices rank:- input title kind unit low:- base:- high:- need_low_chf:CHF need_base_chf:CHF need_high_chf:CHF "
        "swing_chf:CHF share_of_range:-"
    ),
    "sensitivity.factors": columns("prices factor title coefficient:- first_order:- explained:- draws:-"),
    "sensitivity.groups": columns(
        "prices group title first:- first_low:- first_high:- total:- total_low:- total_high:- inputs:- draws:-"
    ),
    "discovery.boxes": columns(
        "case title threshold_chf:CHF share:- box:- coverage:- density:- box_share:- words inputs:- draws:-"
    ),
}  # fmt: skip


def sensitivity_tables(evaluation: Evaluation) -> dict[str, Callable[[], Table]]:
    """Return the tables by name; the draws behind them are made once."""
    study = Study(evaluation)
    rows: dict[str, Callable[[], Iterator[Row]]] = {
        "sensitivity.tornado": partial(_tornado, study), "sensitivity.factors": partial(_factors, study),
        "sensitivity.groups": partial(_groups, study), "discovery.boxes": partial(_boxes, study),
    }  # fmt: skip
    return {
        name: lambda name=name, make=make: Table.of(SENSITIVITY[name], make())  # type: ignore[misc]
        for name, make in rows.items()
    }


@dataclass(frozen=True, eq=False)
class Study:
    """Two independent samples of a scenario with their outcomes."""

    evaluation: Evaluation

    @cached_property
    def frozen(self) -> Frozen:
        """Factors and residuals of both samples."""
        return Frozen.of(self.evaluation.arrays, self.evaluation.plan.settings.seed, size=SIZE)

    @cached_property
    def samples(self) -> tuple[Values, Values]:
        """Values of the inputs."""
        return self.frozen.sample(0), self.frozen.sample(1)

    @cached_property
    def outcomes(self) -> tuple[Outcome, Outcome]:
        """Outcomes of both samples."""
        first, second = self.samples
        return evaluate(self.evaluation.arrays, first), evaluate(self.evaluation.arrays, second)

    @cached_property
    def need(self) -> dict[Prices, tuple[FloatArray, FloatArray]]:
        """Additional need inside the horizon by price basis, CHF, of both samples."""
        first, second = self.outcomes
        return {prices: (inside_total(first, prices), inside_total(second, prices)) for prices in BASES}

    def driver_title(self, key: str) -> str:
        """Title of a driver: of the first of its inputs."""
        table = self.evaluation.arrays.inputs
        return input_words(self.evaluation.plan, table, table.driver.index(key))

    @cached_property
    def values(self) -> FloatArray:
        """Values of both samples, (input, draw)."""
        return np.concatenate([sample.array for sample in self.samples], axis=1)

    @cached_property
    def groups(self) -> dict[str, tuple[list[int], list[int]]]:
        """Factors and rows of each group; every factor and every residual belongs to exactly one."""
        plan, table = self.evaluation.plan, self.evaluation.arrays.inputs
        place: dict[str, tuple[list[int], list[int]]] = {}

        def group(name: str) -> tuple[list[int], list[int]]:
            return place.setdefault(name, ([], []))

        for i, factor in enumerate(self.frozen.coupling.factors):
            kind, _, key = factor.partition("/")
            if kind == "plan":
                name = "plan"
            elif kind == "driver":
                name = (
                    "risks"
                    if key.startswith("risks.")
                    else "event"
                    if key.startswith(("edition", "event"))
                    else "prices"
                )
            else:
                name = key if kind == "initiative" else plan.actions[key].initiative if key in plan.actions else "risks"
            group(name)[0].append(i)
        for row in np.flatnonzero(table.varies):
            kind = table.kind[row]
            if table.initiative[row]:
                name = table.initiative[row]
            else:
                name = {"event": "event", "risk": "risks", "rate": "rates"}.get(kind, "prices")
            group(name)[1].append(int(row))
        return place


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
    arrays = study.evaluation.arrays
    table = arrays.inputs
    units: dict[str, list[int]] = {}
    for row in np.flatnonzero(table.varies):
        if table.kind[row] != "overrun":  # the outside view's
            units.setdefault(table.driver[row] or table.ids[row], []).append(int(row))
    ends = draw(arrays, np.tile([0.1, 0.9], (len(table), 1))).array.copy()
    for row in np.flatnonzero([key.endswith("#occurs") for key in table.ids]):
        ends[row] = 0.0, 1.0
        name = table.ids[row].removesuffix("#occurs")
        for part in ("cost", "delay"):  # what happens with it, at its most likely size
            key = f"{name}#{part}"
            units.pop(key, None)
    names, members = list(units), list(units.values())
    count = len(names)
    values = np.repeat(table.base[:, None], 2 * count + 1, axis=1)
    for k, rows in enumerate(members):
        values[rows, k], values[rows, count + k] = ends[rows, 0], ends[rows, 1]
    values.flags.writeable = False
    outcome = evaluate(arrays, Values(values))
    for prices in BASES:
        need, drawn = inside_total(outcome, prices), np.concatenate(study.need[prices])
        low, high, typed = need[:count], need[count : 2 * count], need[-1]
        swing = np.abs(high - low)
        spread = float(np.quantile(drawn, 0.9) - np.quantile(drawn, 0.1))
        for rank, k in enumerate(np.argsort(-swing, kind="stable").tolist(), start=1):
            first = members[k][0]
            driver = prices == "nominal" and table.kind[first] in ("escalation", "exchange") and swing.max() > 0
            if not driver and (rank > TOP or swing[k] <= 0.005):
                continue
            yield {
                "prices": prices, "rank": rank, "input": names[k],
                "title": input_words(study.evaluation.plan, table, first), "kind": table.kind[first],
                "unit": table.unit[first], "low": ends[first, 0], "base": table.base[first], "high": ends[first, 1],
                "need_low_chf": low[k], "need_base_chf": typed, "need_high_chf": high[k], "swing_chf": swing[k],
                "share_of_range": swing[k] / spread if spread > 0 else 0.0,
            }  # fmt: skip


def _factors(study: Study) -> Iterator[Row]:
    """Yield rank regression and given-data first-order indices of the latent factors of plan, drivers, initiatives."""
    names = study.frozen.coupling.factors
    chosen = [i for i, name in enumerate(names) if not name.startswith("action/")]
    scores = np.concatenate(study.frozen.factors, axis=1)[chosen]
    for prices in BASES:
        y = np.concatenate(study.need[prices])
        if np.ptp(y) == 0:
            continue
        coefficient, explained = rank_regression(scores, y)
        first = first_order(scores, y)
        for k in np.argsort(-np.abs(coefficient), kind="stable")[:SHOWN]:
            name = names[chosen[k]]
            key = name.partition("/")[2]
            yield {
                "prices": prices, "factor": name,
                "title": study.driver_title(key) if name.startswith("driver/") else _group_title(study, key or name),
                "coefficient": coefficient[k], "first_order": first[k], "explained": explained, "draws": y.size,
            }  # fmt: skip


def _groups(study: Study) -> Iterator[Row]:
    """Yield Sobol' indices of groups of factors and residuals with 95 per cent confidence limits."""
    arrays, groups = study.evaluation.arrays, study.groups
    swapped: dict[Prices, list[FloatArray]] = {prices: [] for prices in BASES}
    for members in groups.values():
        outcome = evaluate(arrays, study.frozen.swapped(*members))
        for prices, parts in swapped.items():
            parts.append(inside_total(outcome, prices))
    for prices, (a, b) in study.need.items():
        if np.ptp(a) == 0:
            continue
        found = sobol_of_groups(Groups(a, b, np.stack(swapped[prices])), seed=study.evaluation.plan.settings.seed)
        for k in np.argsort(-found.total, kind="stable"):
            name = list(groups)[k]
            yield {
                "prices": prices, "group": name, "title": _group_title(study, name), "first": found.first[k],
                "first_low": found.first_low[k], "first_high": found.first_high[k], "total": found.total[k],
                "total_low": found.total_low[k], "total_high": found.total_high[k], "inputs": len(groups[name][1]),
                "draws": a.size,
            }  # fmt: skip


def _cases(study: Study) -> Iterator[tuple[str, str, float, npt.NDArray[np.bool_]]]:
    """Yield outcomes of interest: ceilings of a biennium that some draws break and some keep; a subsidy above P80."""
    plan = study.evaluation.plan
    spent = np.concatenate([o.amounts((), "year", "additional", "nominal")[1][0, 1:-1] for o in study.outcomes], axis=1)
    for name, amount in funding_of(plan).ceilings.items():
        for window in windows(plan, None, amount):
            broken = spent[list(window.years)].sum(axis=0) > window.limit + 0.01
            if 0.02 <= broken.mean() <= 0.98:
                title = f"The {name} ceiling of {window.name.replace('-', '–')} is broken"
                yield f"ceiling {name} {window.name}", title, window.limit, broken
    subsidies = []
    for outcome in study.outcomes:
        labels, amounts = outcome.amounts(("resource",), "year")
        mine = [i for i, (name,) in enumerate(labels) if "subsidy" in name]
        subsidies.append(amounts[mine][:, 1:-1].sum(axis=(0, 1)) if mine else np.zeros(outcome.draws))
    subsidy = np.concatenate(subsidies)
    limit = float(np.quantile(subsidy, 0.8))
    if np.ptp(subsidy) > 0 and (subsidy > limit).mean() >= 0.02:
        yield "subsidy", "The subsidy to the event is above its P80", limit, subsidy > limit


def _boxes(study: Study) -> Iterator[Row]:
    """Yield boxes of inputs in which an outcome is frequent, said in words; inputs screened by rank correlation."""
    from scipy.stats import rankdata

    table, plan = study.evaluation.arrays.inputs, study.evaluation.plan
    rows = np.array([r for r in np.flatnonzero(table.varies) if table.kind[r] != "overrun"])
    if not len(rows):
        return
    ranks = rankdata(study.values[rows], axis=1)
    ranks -= ranks.mean(axis=1, keepdims=True)
    spread = np.sqrt((ranks**2).sum(axis=1))
    for case, title, limit, interest in _cases(study):
        centred = interest - interest.mean()
        strength = np.abs(ranks @ centred) / np.where(spread > 0, spread, np.inf)
        chosen = rows[np.argsort(-strength, kind="stable")[:SCREENED]]
        names = [input_words(plan, table, int(row)) for row in chosen]
        for number, box in enumerate(discover(names, study.values[chosen], interest, seed=0), start=1):
            units = {name: table.unit[row] for name, row in zip(names, chosen, strict=True)}
            words = " and ".join(_limit_words(x.name, units[x.name], x.low, x.high) for x in box.limits)
            yield {
                "case": case, "title": title, "threshold_chf": limit, "share": interest.mean(), "box": number,
                "coverage": box.coverage, "density": box.density, "box_share": box.share, "words": words,
                "inputs": len(box.limits), "draws": interest.size,
            }  # fmt: skip


def _limit_words(name: str, unit: str, low: float, high: float) -> str:
    """Say a range of an input.

    Examples
    --------
    >>> _limit_words("Growth", "share", 0.2, float("inf"))
    'Growth above 0.2 share'
    """
    unit = f" {unit}" if unit else ""
    if np.isinf(high):
        return f"{name} above {low:.4g}{unit}"
    if np.isinf(low):
        return f"{name} at most {high:.4g}{unit}"
    return f"{name} between {low:.4g} and {high:.4g}{unit}"
