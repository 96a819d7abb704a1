"""Tables of the event's trade-off: frontier, levers, acceptability, weights, break-even, fund, calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from sfp_model.decisions.event_analysis import BLOCKS, Analysis, Drawn
from sfp_model.decisions.event_study import Study
from sfp_model.decisions.frontier import Search, non_dominated
from sfp_model.inputs.digest import digest
from sfp_model.inputs.tradeoff_plan import MOVED, SEARCHED
from sfp_model.model.inputs import FloatArray
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Column, Row, Table, columns
from sfp_model.results.tables_tradeoff_drivers import DRIVERS, DRIVERS_ROWS
from sfp_model.results.tables_tradeoff_ranges import RANGES, RANGES_ROWS, SENSES
from sfp_model.results.tables_tradeoff_what_if import WHAT_IF_ROWS
from sfp_model.uncertainty.between import percentile_errors, standard_error

__all__ = ["TRADEOFF", "analysis_of", "tradeoff_table"]

NONE = "none"

TRADEOFF: Mapping[str, tuple[Column, ...]] = {
    "event.frontier": columns(
        "kind concept title format place place_title admissible:share admitted:bool point:- "
        "fee:- price:- area:m² subsidised:- fellowships:trip "
        "sponsorship_cap:- days:day impact:- net_chf:CHF impact_mean:- impact_p10:- impact_p90:- ldc_delegates:person "
        "subsidy_mean_chf:CHF subsidy_p50_chf:CHF subsidy_p80_chf:CHF no_subsidy:- se_impact_p10:- se_impact_p90:- "
        "se_subsidy_p50_chf:CHF se_subsidy_p80_chf:CHF best_net:bool best_p50:bool "
        "best_p80:bool overall_net:bool overall_p80:bool own:bool chosen:bool"
    ),
    "event.levers": columns(
        "concept title lever lever_title unit now:- low:- high:- step:- up:- net_up_chf:CHF impact_up:- down:- "
        "net_down_chf:CHF impact_down:-"
    ),
    "event.acceptability": columns(
        "concept title rank:- acceptability:- error:- expected_rank:- confidence:- admissible:share admitted:bool"
    ),
    "event.weights": columns("kind name title criterion criterion_title weight:- basis"),
    "event.profiles": columns("profile title concept concept_title first:- error:- score:-"),
    "event.break_even": columns(
        "concept title format place place_title quantity quantity_title unit now:- low:- high:- point:- "
        "crossings:- first:- last:- surety:share best_chf:CHF "
        "best_at:- net_chf:CHF editions:- own:bool"
    ),
    "event.admissible": columns(
        "concept title format place place_title unity:share least_unity:share united:share index:- most:- fits:bool "
        "admissible:share confidence:share admitted:bool reason own:bool chosen:bool"
    ),
    "event.fund": columns(
        "concept title format place base_net_chf:CHF base_quantile:share net_mean_chf:CHF "
        "net_p10_chf:CHF net_p50_chf:CHF net_p90_chf:CHF "
        "subsidy_mean_chf:CHF subsidy_p50_chf:CHF subsidy_p80_chf:CHF no_subsidy:- required_p50_chf:CHF "
        "required_p80_chf:CHF pays_earned_direct:- pays_earned_full:- pays_all_full:- ratio_earned_direct:- "
        "ratio_earned_full:- ratio_all_full:- ldc_mean:person ldc_p10:person ldc_p90:person least_subsidy:- most_ldc:- "
        "admissible:share admitted:bool draws:- blocks:- se_net_mean_chf:CHF se_net_p10_chf:CHF se_net_p50_chf:CHF "
        "se_net_p90_chf:CHF se_subsidy_mean_chf:CHF se_subsidy_p50_chf:CHF se_subsidy_p80_chf:CHF "
        "se_required_p50_chf:CHF se_required_p80_chf:CHF se_ldc_mean:person se_ldc_p10:person se_ldc_p90:person "
        "chosen:bool"
    ),
    "event.sponsorship": columns(
        "concept title cap:- sponsorship_chf:CHF net_chf:CHF subsidy_chf:CHF impact:- wanted_share:share now:bool"
    ),
    "event.calendar": columns(
        "concept title month:- month_name index:- met:- lost:- taken:- delegates:person net_chf:CHF admissible:bool "
        "events now:bool"
    ),
    "event.cancelled": columns(
        "concept title edition what chance:- planned_net_chf:CHF net_chf:CHF diff_net_chf:CHF diff_subsidy_chf:CHF "
        "diff_impact:- diff_ldc_delegates:person"
    ),
    "event.calendar_events": columns(
        "event title binding:bool years month month_name share:- shared:- confidence source basis"
    ),
    **DRIVERS, **RANGES,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Shared:
    """A study under the digest of what it depends on: scenarios that leave the event as it is share its answers."""

    name: str
    without_choice: str
    study: Study

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shared) and other.name == self.name


@lru_cache(maxsize=4)
def _analysis(shared: _Shared) -> Analysis:
    return Analysis(shared.study, _searched(shared.without_choice))


@lru_cache(maxsize=4)
def _searched(without_choice: str) -> dict[int, Search]:
    return {}


@lru_cache(maxsize=64)
def _table(shared: _Shared, name: str) -> Table:
    return Table.of(TRADEOFF[name], _ROWS[name](_analysis(shared)))


def _study(evaluation: Evaluation) -> _Shared | None:
    plan = evaluation.plan
    if evaluation.arrays.event is None or plan.tradeoff is None:
        return None
    study = Study.of(plan, evaluation.arrays)
    table, first = study.inputs, study.arrays[0]
    content = (
        plan.tradeoff, study.seed, table.ids, table.distribution, dict(study.plan_arrays.dependence),
        [column.tolist() for column in (table.low, table.mode, table.high, table.base)],
        dict(first.scale), [list(pair) for pair in first.rates.values()], dict(first.per_month),
    )  # fmt: skip
    rest = digest((replace(study.event, concept=""), content))
    return _Shared(digest((study.event.concept, rest)), rest, study)


def analysis_of(evaluation: Evaluation) -> Analysis | None:
    """Return the analysis of the scenario's event; ``None`` without an event or without ranges for its levers."""
    shared = _study(evaluation)
    return None if shared is None else _analysis(shared)


def tradeoff_table(evaluation: Evaluation, name: str) -> Table:
    """Return one table of ``TRADEOFF``; without rows where there is no event."""
    shared = _study(evaluation)
    return Table.of(TRADEOFF[name], ()) if shared is None else _table(shared, name)


def _frontier(analysis: Analysis) -> Iterator[Row]:
    """Yield holding no event, every combination, and the lever settings on the frontiers within them.

    ``best_…`` marks the exact non-dominated set among no event and the combinations as they are, for impact against
    net result and against the subsidy at P50 and P80; ``overall_…`` the set that lever settings belong to as well.
    Combinations that are not admitted are listed and belong to neither.
    """
    study = analysis.study
    none = {"kind": NONE, "concept": NONE, "title": "No flagship event", "impact": 0.0, "net_chf": 0.0}
    free = {"admissible": 1.0, "admitted": True}
    rows: list[dict[str, Any]] = [{**none, **free, **_in_draws(None), "chosen": study.event.concept == NONE}]
    for case in range(len(study.cases)):
        impact, net = analysis.base[case]
        rows.append(_point(analysis, case, "combination", 0, study.now(case), (impact, net), analysis.drawn[case]))
    for case in searched_cases(analysis):
        found = analysis.search(case)
        for point, (setting, values) in enumerate(zip(found.levers, found.values, strict=True), 1):
            drawn = analysis.with_levers(case, setting)
            rows.append(_point(analysis, case, "levers", point, setting, values, drawn))
    for key in ("net", "p50", "p80"):
        _mark(rows, f"best_{key}", key, [row["admitted"] and row["kind"] != "levers" for row in rows])
        if key != "p50":
            _mark(rows, f"overall_{key}", key, [row["admitted"] for row in rows])
    yield from rows


def _mark(rows: list[dict[str, Any]], name: str, key: str, among: list[bool]) -> None:
    """Mark in *name* the rows that none of those *among* betters in impact and in what *key* says."""
    if key == "net":
        points = [(row["impact"], row["net_chf"]) for row in rows]
    else:
        points = [(row["impact_mean"], -row[f"subsidy_{key}_chf"]) for row in rows]
    places = np.flatnonzero(among)
    best = set(places[non_dominated(np.array(points)[places])].tolist())
    for at, row in enumerate(rows):
        row[name] = at in best


def searched_cases(analysis: Analysis) -> list[int]:
    """Return the combinations whose levers are searched: every one that is admitted."""
    return [case for case, found in enumerate(analysis.admissions) if found.admitted]


def _admissible(analysis: Analysis) -> Iterator[Row]:
    """Yield whether each combination may be chosen, by which constraint it is left out, and how surely."""
    study = analysis.study
    for case, (key, found) in enumerate(zip(study.cases, analysis.admissions, strict=True)):
        value = study.event.value("constraints.unity", key.concept).estimate.mode
        reasons = ["calendar"] if not found.fits else []
        reasons += ["unity"] if float(found.united.mean()) < found.confidence else []
        yield {
            "concept": key.concept, "title": study.title(case), "format": key.format, "place": key.place,
            "place_title": study.event.places.get(key.place, key.place), "unity": value,
            "least_unity": study.event.value("constraints.least_unity").estimate.mode,
            "united": float(found.united.mean()), "index": found.index, "most": found.most, "fits": found.fits,
            "admissible": found.share, "confidence": found.confidence, "admitted": found.admitted,
            "reason": " ".join(reasons), "own": study.concepts.get(key.concept) == case,
            "chosen": study.concepts.get(key.concept) == case and study.event.concept == key.concept,
        }  # fmt: skip


def _point(
    analysis: Analysis, case: int, kind: str, point: int, setting: FloatArray, values: Sequence[float], drawn: Drawn
) -> dict[str, Any]:
    study = analysis.study
    key = study.cases[case]
    own = study.concepts.get(key.concept) == case
    return {
        "kind": kind, "concept": key.concept, "title": study.title(case), "format": key.format, "place": key.place,
        "place_title": study.event.places.get(key.place, key.place),
        "admissible": analysis.admissions[case].share, "admitted": analysis.admissions[case].admitted,
        "point": point, **dict(zip(SEARCHED, (float(x) for x in setting), strict=True)),
        "impact": float(values[0]), "net_chf": float(values[1]), **_in_draws(drawn), "own": own,
        "chosen": own and kind == "combination" and study.event.concept == key.concept,
    }  # fmt: skip


def _in_draws(drawn: Drawn | None) -> dict[str, float]:
    if drawn is None:
        names = ("impact_mean", "impact_p10", "impact_p90", "ldc_delegates", "subsidy_mean_chf", "subsidy_p50_chf",
                 "subsidy_p80_chf", "se_impact_p10", "se_impact_p90", "se_subsidy_p50_chf",
                 "se_subsidy_p80_chf")  # fmt: skip
        return {**dict.fromkeys(names, 0.0), "no_subsidy": 1.0}
    low, high = np.quantile(drawn.impact, [0.1, 0.9])
    middle, upper = np.quantile(drawn.subsidy, [0.5, 0.8])
    errors = percentile_errors(drawn.impact.reshape(BLOCKS, -1), (0.1, 0.9))
    subsidy_errors = percentile_errors(drawn.subsidy.reshape(BLOCKS, -1), (0.5, 0.8))
    return {
        "impact_mean": float(drawn.impact.mean()), "impact_p10": float(low), "impact_p90": float(high),
        "ldc_delegates": float(drawn.ldc.mean()), "subsidy_mean_chf": float(drawn.subsidy.mean()),
        "subsidy_p50_chf": float(middle), "subsidy_p80_chf": float(upper),
        "no_subsidy": float((drawn.subsidy <= 0).mean()),
        "se_impact_p10": errors[0], "se_impact_p90": errors[1],
        "se_subsidy_p50_chf": subsidy_errors[0], "se_subsidy_p80_chf": subsidy_errors[1],
    }  # fmt: skip


def _levers(analysis: Analysis) -> Iterator[Row]:
    study = analysis.study
    for concept, case in study.concepts.items():
        worth, now = analysis.margins(case), study.now(case)
        for at, name in enumerate(SEARCHED):
            range_ = study.trade.levers[name]
            yield {
                "concept": concept, "title": study.title(case), "lever": name, "lever_title": range_.title,
                "unit": range_.unit, "now": now[at], "low": range_.estimate.low, "high": range_.estimate.high,
                "step": study.trade.steps[name],
                "up": min(now[at] + study.trade.steps[name], range_.estimate.high), "net_up_chf": worth[0, at, 1],
                "impact_up": worth[0, at, 0],
                "down": max(now[at] - study.trade.steps[name], range_.estimate.low), "net_down_chf": worth[1, at, 1],
                "impact_down": worth[1, at, 0],
            }  # fmt: skip


def _named(analysis: Analysis) -> list[tuple[str, str]]:
    """Return id and title of the alternatives of SMAA, holding no event last."""
    held = [(key, analysis.study.title(case)) for key, case in analysis.study.concepts.items()]
    return [*held, (NONE, "No flagship event")]


def _acceptability(analysis: Analysis) -> Iterator[Row]:
    found = analysis.acceptability(analysis.study.concepts)
    for at, (concept, title) in enumerate(_named(analysis)):
        case = analysis.study.concepts.get(concept)
        may = None if case is None else analysis.admissions[case]
        for rank in range(found.ranks.shape[1]):
            yield {
                "concept": concept, "title": title, "rank": rank + 1, "acceptability": found.ranks[at, rank],
                "error": found.error[at, rank], "expected_rank": found.expected_rank[at],
                "confidence": found.confidence[at], "admissible": 1.0 if may is None else may.share,
                "admitted": may is None or may.admitted,
            }  # fmt: skip


def _weights(analysis: Analysis) -> Iterator[Row]:
    """Yield hypothetical profiles, and the central weights of every concept that is best under some weights."""
    criteria = analysis.study.event.criteria
    for profile in analysis.study.trade.profiles.values():
        basis = next(iter(profile.weights.values())).basis
        for key, criterion in criteria.items():
            weight = profile.weights[key].estimate.mode if key in profile.weights else 0.0
            yield {
                "kind": "profile", "name": profile.id, "title": profile.title, "criterion": key,
                "criterion_title": criterion.title, "weight": weight, "basis": basis,
            }  # fmt: skip
    found = analysis.acceptability(analysis.study.concepts)
    for at, (concept, title) in enumerate(_named(analysis)):
        for j, (key, criterion) in enumerate(criteria.items()):
            yield {
                "kind": "central", "name": concept, "title": title, "criterion": key,
                "criterion_title": criterion.title, "weight": found.central[at, j],
                "basis": "mean of the uniform weights that put it first",
            }  # fmt: skip


def _profiles(analysis: Analysis) -> Iterator[Row]:
    study = analysis.study
    criteria = list(study.event.criteria)
    known: dict[str, tuple[str, FloatArray | None]] = {
        "uniform": ("All weights alike (uniform over the simplex)", None)
    }
    for profile in study.trade.profiles.values():
        weights = [profile.weights[key].estimate.mode if key in profile.weights else 0.0 for key in criteria]
        known[profile.id] = profile.title, np.array(weights)
    for key, (title, used) in known.items():
        found = analysis.acceptability(study.concepts, used)
        flat = np.full(len(criteria), 1 / len(criteria)) if used is None else used
        for at, (concept, concept_title) in enumerate(_named(analysis)):
            score = 0.0 if concept == NONE else float((flat @ analysis.drawn[study.concepts[concept]].scores).mean())
            yield {
                "profile": key, "title": title, "concept": concept, "concept_title": concept_title,
                "first": found.ranks[at, 0], "error": found.error[at, 0], "score": score,
            }  # fmt: skip


def _break_even(analysis: Analysis) -> Iterator[Row]:
    study = analysis.study
    for case, key in enumerate(study.cases):
        found = analysis.break_evens(case)
        for name in MOVED:
            range_, point = study.trade.break_even[name], found[name]
            own = study.concepts.get(key.concept) == case
            sure = own and point.point is not None
            yield {
                "concept": key.concept, "title": study.title(case), "format": key.format, "place": key.place,
                "place_title": study.event.places.get(key.place, key.place),
                "quantity": name, "quantity_title": range_.title, "unit": range_.unit,
                "now": 0.0 if name == "host_cash" else 1.0, "low": range_.estimate.low, "high": range_.estimate.high,
                "point": point.point, "crossings": point.crossings, "best_chf": point.best, "best_at": point.best_at,
                "first": point.first, "last": point.last,
                "surety": analysis.surety(case, name, float(point.point or 0.0)) if sure else None,
                "net_chf": analysis.base[case, 1], "editions": sum(study.arrays[case].held),
                "own": own,
            }  # fmt: skip


def _fund(analysis: Analysis) -> Iterator[Row]:
    """Yield what the simulation says of each concept in its own format and place, and how often it is the best."""
    study = analysis.study
    drawn = {key: analysis.drawn[case] for key, case in study.concepts.items()}
    may = [analysis.admissions[case] for case in study.concepts.values()]
    allowed = np.stack([one.allowed for one in may])
    subsidies = np.stack([one.subsidy - 1e-9 * one.net for one in drawn.values()])  # among equals the better result
    subsidies[~allowed] = np.inf
    reach = np.where(allowed, np.stack([one.ldc for one in drawn.values()]), -np.inf)
    least = (allowed & (subsidies == subsidies.min(axis=0))).mean(axis=1)
    most = (allowed & (reach == reach.max(axis=0))).mean(axis=1)
    base = [float(analysis.base[case, 1]) for case in study.concepts.values()]
    for at, (concept, one) in enumerate(drawn.items()):
        case = study.cases[study.concepts[concept]]
        net, ldc = np.quantile(one.net, [0.1, 0.5, 0.9]), np.quantile(one.ldc, [0.1, 0.9])
        subsidy, required = np.quantile(one.subsidy, [0.5, 0.8]), np.quantile(one.required, [0.5, 0.8])
        yield {
            "concept": concept, "title": study.event.concepts[concept].title, "format": case.format,
            "place": case.place, "base_net_chf": base[at],
            "base_quantile": (one.net <= base[at] + 1e-6).mean(), "net_mean_chf": one.net.mean(),
            "net_p10_chf": net[0], "net_p50_chf": net[1], "net_p90_chf": net[2],
            "subsidy_mean_chf": one.subsidy.mean(), "subsidy_p50_chf": subsidy[0],
            "subsidy_p80_chf": subsidy[1], "no_subsidy": (one.subsidy <= 0).mean(),
            "required_p50_chf": required[0], "required_p80_chf": required[1],
            **{f"pays_{sense}": float(np.mean(one.ratios[i] >= 1)) for i, sense in enumerate(SENSES)},
            **{f"ratio_{sense}": float(np.median(one.ratios[i])) for i, sense in enumerate(SENSES)},
            "ldc_mean": one.ldc.mean(), "ldc_p10": ldc[0], "ldc_p90": ldc[1], "least_subsidy": least[at],
            "most_ldc": most[at], "admissible": may[at].share, "admitted": may[at].admitted, "draws": one.net.size,
            "blocks": BLOCKS, "chosen": concept == study.event.concept,
            **_errors("net", one.net, (10, 50, 90), mean=True), **_errors("subsidy", one.subsidy, (50, 80), mean=True),
            **_errors("required", one.required, (50, 80)), **_errors("ldc", one.ldc, (10, 90), mean=True, unit=""),
        }  # fmt: skip


def _errors(
    name: str, draws: FloatArray, percentiles: Sequence[int], mean: bool = False, unit: str = "_chf"
) -> dict[str, float]:
    """Return standard errors of percentiles (and the mean) from the spread between the blocks of *draws*."""
    own = draws.reshape(BLOCKS, -1)
    errors = percentile_errors(own, [p / 100 for p in percentiles])
    found = dict(zip((f"p{p}" for p in percentiles), errors, strict=True))
    found |= {"mean": float(standard_error(own.mean(axis=1)))} if mean else {}
    return {f"se_{name}_{key}{unit}": error for key, error in found.items()}


_ROWS = {
    "event.frontier": _frontier, "event.levers": _levers, "event.acceptability": _acceptability,
    "event.weights": _weights, "event.profiles": _profiles, "event.break_even": _break_even, "event.fund": _fund,
    "event.admissible": _admissible,
    **WHAT_IF_ROWS, **DRIVERS_ROWS, **RANGES_ROWS,
}  # fmt: skip
