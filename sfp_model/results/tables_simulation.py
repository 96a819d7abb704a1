"""Tables of ranges: what base estimate, P50 and P80 are, by part and year, and how sure the figures are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np

from sfp_model.decisions.contingency import allocate, spread_shares
from sfp_model.inputs.values import with_values
from sfp_model.model import compile
from sfp_model.model.inputs import FloatArray
from sfp_model.results.draws import BLOCKS, SHOWN, Block, Drawn, ranges
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.simulation import relations
from sfp_model.results.table import Row, Table, columns
from sfp_model.results.tables_gap import GAP_RANGES, gap_ranges
from sfp_model.results.tables_joint import JOINT, joint
from sfp_model.results.tables_ranges import DRAWS, RANGES, draws_of, ranges_of
from sfp_model.uncertainty import BLOCK, coupling_of, one_correlation
from sfp_model.uncertainty.between import standard_error

__all__ = ["RHO", "SIMULATION", "simulation_tables"]

RHO = (0.0, 0.2, 0.5)
FAN = (5, 10, 25, 50, 75, 80, 90, 95)
_BUILD_UP = (
    "base_chf:CHF base_at:- provision_chf:CHF p50_chf:CHF contingency_chf:CHF p80_chf:CHF expected_chf:CHF "
    "p10_chf:CHF p90_chf:CHF cvar90_chf:CHF se_expected_chf:CHF se_p10_chf:CHF se_p50_chf:CHF se_p80_chf:CHF "
    "se_p90_chf:CHF se_cvar90_chf:CHF"
)
SIMULATION = {
    "simulation.ranges": RANGES,
    "simulation.draws": DRAWS,
    "simulation.gap": GAP_RANGES,
    "simulation.totals": columns(f"breakdown programme label period prices {_BUILD_UP} draws:- blocks:-"),
    "simulation.absorbed": columns(
        "what base:person-month base_at:- expected:person-month p10:person-month p50:person-month p80:person-month "
        "p90:person-month se_expected:person-month se_p10:person-month se_p50:person-month se_p80:person-month "
        "se_p90:person-month base_quarter often_quarter often:-"
    ),
    "simulation.curve": columns("view cap:ratio percentile:- additional_chf:CHF se_chf:CHF"),
    "simulation.fan": columns(
        "period prices base_chf:CHF expected_chf:CHF " + " ".join(f"p{p}_chf:CHF" for p in FAN)
        + " se_expected_chf:CHF " + " ".join(f"se_p{p}_chf:CHF" for p in FAN)
    ),
    "simulation.convergence": columns(
        "draws:- p50_chf:CHF p80_chf:CHF own_p50_chf:CHF own_p80_chf:CHF se_p50_chf:CHF se_p80_chf:CHF"
    ),
    "simulation.rho": columns(
        "dependence rho:- expected_chf:CHF p50_chf:CHF p80_chf:CHF contingency_chf:CHF se_expected_chf:CHF "
        "se_p50_chf:CHF se_p80_chf:CHF draws:- own:bool "
        "repair:- relations"
    ),
    "simulation.views": columns(
        "view cap:ratio expected_chf:CHF p50_chf:CHF p80_chf:CHF p90_chf:CHF contingency_chf:CHF cvar90_chf:CHF "
        "se_expected_chf:CHF se_p50_chf:CHF se_p80_chf:CHF se_p90_chf:CHF se_cvar90_chf:CHF draws:- own:bool"
    ),
    "simulation.joint": JOINT,
    "simulation.contingency": columns(
        "level programme initiative period p50_chf:CHF p80_chf:CHF contingency_chf:CHF se_contingency_chf:CHF "
        "alone_chf:CHF spread_share:-"
    ),
}  # fmt: skip


def simulation_tables(evaluation: Evaluation) -> dict[str, Callable[[], Table]]:
    """Return the tables of ranges by name, each made when asked for from draws that are made once."""
    drawn = Drawn(evaluation)
    others = cache(partial(_outside, drawn))
    rows: dict[str, Callable[[], Iterator[Row]]] = {
        "ranges": partial(ranges_of, drawn), "draws": partial(draws_of, drawn), "gap": partial(gap_ranges, drawn),
        "totals": partial(_totals, drawn), "absorbed": partial(_absorbed, drawn),
        "curve": lambda: _curve(drawn, others()), "fan": partial(_fan, drawn),
        "convergence": partial(_convergence, drawn), "rho": partial(_rho, drawn),
        "views": lambda: _views(drawn, others()), "joint": partial(joint, drawn),
        "contingency": partial(_contingency, drawn),
    }  # fmt: skip
    return {
        f"simulation.{name}": lambda name=name, make=make: Table.of(SIMULATION[f"simulation.{name}"], make())  # type: ignore[misc]
        for name, make in rows.items()
    }


def _totals(drawn: Drawn) -> Iterator[Row]:
    """Yield the build-up of the plan, programmes, initiatives and categories, in total and by year."""
    years = drawn.years
    pairs = {f"{years[k]}-{years[min(k + 1, len(years) - 1)][-2:]}": [k, k + 1][: len(years) - k]
             for k in range(0, len(years), 2)}  # fmt: skip
    single = {year: [k] for k, year in enumerate(years)}
    every = {**single, **pairs, "all": list(range(len(years)))}
    no_pairs = {**single, "all": every["all"]}
    names: list[tuple[str, str, str, str, str]] = []
    parts: list[Callable[[Block], FloatArray]] = []

    def add(breakdown: str, programme: str, label: str, prices: str, period: str,
            part: Callable[[Block], FloatArray]) -> None:  # fmt: skip
        names.append((breakdown, programme, label, prices, period))
        parts.append(part)

    for prices in ("constant", "nominal"):
        for period, at in every.items():
            if prices == "constant":
                add("total", "", "", prices, period, lambda b, at=at: b.cells[:, at].sum(axis=(0, 1)))  # type: ignore[misc]
            else:
                add("total", "", "", prices, period, lambda b, at=at: b.nominal[at].sum(axis=0))  # type: ignore[misc]
    for programme in dict.fromkeys(name for name, _ in drawn.labels):
        mine = [i for i, label in enumerate(drawn.labels) if label[0] == programme]
        for period, at in no_pairs.items():
            add("programme", programme, programme, "constant", period,
                lambda b, at=at, mine=mine: b.cells[np.ix_(mine, at)].sum(axis=(0, 1)))  # type: ignore[misc]  # fmt: skip
    for i, (programme, initiative) in enumerate(drawn.labels):
        for period, at in no_pairs.items():
            add("initiative", programme, initiative, "constant", period,
                lambda b, at=at, i=i: b.cells[i, at].sum(axis=0))  # type: ignore[misc]  # fmt: skip
    for i, category in enumerate(drawn.categories):
        add("category", "", category, "constant", "all", lambda b, i=i: b.categories[i])  # type: ignore[misc]
    typed = np.array([float(part(drawn.base)[0]) for part in parts])
    found = ranges(drawn.of(lambda block: np.stack([part(block) for part in parts])), typed)
    for k, (breakdown, programme, label, prices, period) in enumerate(names):
        yield {
            "breakdown": breakdown, "programme": programme, "label": label, "period": period, "prices": prices,
            **found.row(k, typed[k]), "draws": BLOCKS * BLOCK, "blocks": BLOCKS,
        }  # fmt: skip


def _absorbed(drawn: Drawn) -> Iterator[Row]:
    """Yield absorbed person-months inside the horizon and of the quarter that takes most, whichever it is."""
    series = drawn.of(lambda block: np.stack([block.months.sum(axis=0), block.months.max(axis=0)]))
    months = drawn.base.months
    typed = np.array([float(months.sum()), float(months.max(initial=0.0))])
    found = ranges(series, typed)
    peaks = np.concatenate([block.months.argmax(axis=0) for block in drawn.blocks])
    counts = np.bincount(peaks, minlength=len(drawn.quarters)) / peaks.size
    for k, what in enumerate(("total", "peak quarter")):
        p10, p50, p80, p90 = found.percentiles[k]
        row: dict[str, object] = {
            "what": what, "base": typed[k], "base_at": found.below[k], "expected": found.expected[k], "p10": p10,
            "p50": p50, "p80": p80, "p90": p90, "se_expected": found.se_expected[k],
            **{f"se_p{p}": error for p, error in zip(SHOWN, found.se_percentiles[k], strict=True)},
        }  # fmt: skip
        if what == "peak quarter" and typed[k] > 0:
            most = int(counts.argmax())
            row |= {"base_quarter": drawn.quarters[int(months[:, 0].argmax())], "often_quarter": drawn.quarters[most],
                    "often": counts[most]}  # fmt: skip
        yield row


def _curve(drawn: Drawn, outside: dict[float, FloatArray]) -> Iterator[Row]:
    """Yield the percentiles 1 to 99 of the additional need in the inside view and, by cap, in the outside view."""
    at = np.arange(1, 100)
    for view, cap, draws in [("inside", None, drawn.total), *(("outside", cap, x) for cap, x in outside.items())]:
        amounts, errors = np.quantile(draws, at / 100), standard_error(np.quantile(draws, at / 100, axis=1).T)
        for percentile, amount, error in zip(at.tolist(), amounts, errors, strict=True):
            yield {"view": view, "cap": cap, "percentile": percentile, "additional_chf": amount, "se_chf": error}


def _fan(drawn: Drawn) -> Iterator[Row]:
    parts: dict[str, Callable[[Block], FloatArray]] = {
        "constant": lambda block: block.cells.sum(axis=0), "nominal": lambda block: block.nominal,
    }  # fmt: skip
    for prices, part in parts.items():
        series = drawn.of(part)
        flat, typed = series.reshape(len(series), -1), part(drawn.base)[:, 0]
        found = np.quantile(flat, np.array(FAN) / 100, axis=1)
        error = standard_error(np.moveaxis(np.quantile(series, np.array(FAN) / 100, axis=2), 2, 0))
        mean_error = standard_error(series.mean(axis=2).T)
        for k, year in enumerate(drawn.years):
            yield {
                "period": year, "prices": prices, "base_chf": typed[k], "expected_chf": flat[k].mean(),
                **{f"p{p}_chf": found[at, k] for at, p in enumerate(FAN)}, "se_expected_chf": mean_error[k],
                **{f"se_p{p}_chf": error[at, k] for at, p in enumerate(FAN)},
            }  # fmt: skip


def _convergence(drawn: Drawn) -> Iterator[Row]:
    """Yield P50 and P80 of each block and of all so far; the standard error once there are ten blocks."""
    own = np.quantile(drawn.total, [0.5, 0.8], axis=1)
    for k in range(BLOCKS):
        p50, p80 = np.quantile(drawn.total[: k + 1], [0.5, 0.8])
        row: dict[str, object] = {
            "draws": (k + 1) * BLOCK, "p50_chf": p50, "p80_chf": p80, "own_p50_chf": own[0, k], "own_p80_chf": own[1, k]
        }  # fmt: skip
        if k + 1 == BLOCKS:
            error = standard_error(own.T)
            row |= {"se_p50_chf": error[0], "se_p80_chf": error[1]}
        yield row


def _compared(draws: FloatArray) -> dict[str, object]:
    """Return percentiles of a total of shape (block, draw) as columns."""
    found = ranges(draws[None], np.zeros(1)).row(0, 0.0)
    kept = ("expected_chf", "p50_chf", "p80_chf", "contingency_chf", "se_expected_chf", "se_p50_chf", "se_p80_chf")
    return {key: found[key] for key in kept}


def _rho(drawn: Drawn) -> Iterator[Row]:
    """Yield P80 at one latent correlation between all cost and duration inputs, beside the plan's own dependence."""
    repair = coupling_of(drawn.arrays).repair
    changed = repair.distance if repair is not None and repair.repaired else 0.0  # of a driver's rank correlation
    own = {"dependence": "as in the plan", "draws": drawn.total.size, "own": True, "repair": changed,
           "relations": ", ".join(f"{name} {r:.2f}" for name, r in relations(drawn.arrays))}  # fmt: skip
    yield own | _compared(drawn.total)
    for rho in RHO:
        draws = drawn.compared(coupling=one_correlation(drawn.arrays, rho))
        name = f"{rho:g} between costs and durations"
        yield {"dependence": name, "rho": rho, "draws": draws.size, "own": False, "repair": changed} | _compared(draws)


def _outside(drawn: Drawn) -> dict[float, FloatArray]:
    """Return the total in the outside view, by cap of the tail of overruns: as in the plan, and the higher one."""
    plan, values = drawn.evaluation.plan, drawn.evaluation.plan.settings.values
    caps = {path: values[path.removesuffix("cap") + "high_cap"].estimate.mode
            for path in values if path.startswith("overrun_classes.") and path.endswith(".cap")
            and path.removesuffix("cap") + "high_cap" in values}  # fmt: skip
    if not caps:
        return {}
    first = max(values[path].estimate.mode for path in caps)
    found = {first: drawn.compared(view="outside")}
    wider = max(caps.values())
    if wider != first:
        found[wider] = drawn.compared(arrays=compile(with_values(plan, caps)), view="outside")
    return found


def _views(drawn: Drawn, outside: dict[float, FloatArray]) -> Iterator[Row]:
    for view, cap, draws in [("inside", None, drawn.total), *(("outside", cap, x) for cap, x in outside.items())]:
        found = ranges(draws[None], np.zeros(1)).row(0, 0.0)
        kept = ("expected_chf", "p50_chf", "p80_chf", "p90_chf", "contingency_chf", "cvar90_chf", "se_expected_chf",
                "se_p50_chf", "se_p80_chf", "se_p90_chf", "se_cvar90_chf")  # fmt: skip
        yield {"view": view, "cap": cap, "draws": draws.size, "own": view == "inside", **{k: found[k] for k in kept}}


def _contingency(drawn: Drawn) -> Iterator[Row]:
    """Yield the contingency by initiative and year, by initiative, by year and of the plan.

    Each level adds up to P50, P80 and contingency of the plan. The row ``diversification`` of a level is what its
    parts would need more if each kept a contingency by itself; subtracted from ``alone_chf`` it leaves that of the
    plan. ``spread_share`` is of the standard deviation only.
    """
    pairs, years = [(label[0], label[1]) for label in drawn.labels], drawn.years
    levels: dict[str, tuple[list[tuple[str, str, str]], list[FloatArray]]] = {
        "cell": (
            [(programme, name, year) for programme, name in pairs for year in years],
            [b.cells.reshape(-1, b.cells.shape[-1]) for b in drawn.blocks],
        ),
        "initiative": (
            [(programme, name, "all") for programme, name in pairs],
            [b.cells.sum(axis=1) for b in drawn.blocks],
        ),
        "year": ([("", "", year) for year in years], [b.cells.sum(axis=0) for b in drawn.blocks]),
        "total": ([("", "", "all")], [b.cells.sum(axis=(0, 1))[None] for b in drawn.blocks]),
    }
    for level, (names, blocks) in levels.items():
        found = allocate(blocks)
        shares = spread_shares(np.concatenate(blocks, axis=1))
        for k, (programme, initiative, period) in enumerate(names):
            yield {
                "level": level, "programme": programme, "initiative": initiative, "period": period,
                "p50_chf": found.p50[k], "p80_chf": found.p80[k], "contingency_chf": found.contingency[k],
                "se_contingency_chf": found.error[k], "alone_chf": found.alone[k], "spread_share": shares[k],
            }  # fmt: skip
        if level != "total":
            yield {"level": level, "initiative": "diversification", "period": "all", "p50_chf": 0.0, "p80_chf": 0.0,
                   "contingency_chf": 0.0, "se_contingency_chf": 0.0, "alone_chf": -found.diversification,
                   "spread_share": 0.0}  # fmt: skip
