# ruff: noqa: E402, E501
"""The reference models in libraries that a planner could pick instead, beside this engine and plain NumPy.

``python -m benchmarks.peers [--runs N] [--only openturns,…]`` needs the group ``peers``
(``uv sync --group peers``, or ``pip install --group peers``); a peer that is not installed is named and left out. All
runs stand in this process and in turns, one thread; the table goes to ``benchmarks/results/peers.md``.

A peer draws the inputs that are correlated, which is what it is for; what is left (delays, price growth, risk events,
timing, the sum) is NumPy, the same for all, so that no peer pays for a formula that NumPy does better.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENTURNS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("TQDM_DISABLE", "1")  # ema_workbench draws a bar for every run

import argparse
import importlib
import logging
import platform
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from benchmarks import models
from benchmarks.reference import one_factor, plan_like
from sfp_model.uncertainty import BLOCK, Series, run_block

RESULTS = Path(__file__).parent / "results" / "peers.md"
TOTAL = Series((), "total", "full", "nominal")
Marginal = tuple[str, float, float, float]  # triangular or pert with minimum, mode, maximum
Draw = Callable[[int, int], np.ndarray]  # (draws, seed) → values, shape (input, draw)


def ranks(latent: np.ndarray) -> np.ndarray:
    """Return the rank correlations that a Gaussian copula with this correlation has (Kruskal 1958)."""
    result: np.ndarray = 6 / np.pi * np.arcsin(latent / 2)
    np.fill_diagonal(result, 1.0)
    return result


def openturns(marginals: Sequence[Marginal], latent: np.ndarray) -> Draw:
    import openturns as ot

    ot.TBB.Disable()

    def of(kind: str, low: float, mode: float, high: float) -> Any:
        if kind == "triangular":
            return ot.Triangular(low, mode, high)
        span = high - low
        return ot.Beta(1 + 4 * (mode - low) / span, 1 + 4 * (high - mode) / span, low, high)

    matrix = ot.CorrelationMatrix([row.tolist() for row in latent])
    joint = ot.JointDistribution([of(*m) for m in marginals], ot.NormalCopula(matrix))

    def draw(draws: int, seed: int) -> np.ndarray:
        ot.RandomGenerator.SetSeed(seed)
        return np.asarray(joint.getSample(draws)).T

    return draw


def squigglepy(marginals: Sequence[Marginal], latent: np.ndarray) -> Draw:
    import squigglepy as sq

    wanted = ranks(latent).tolist()

    def draw(draws: int, seed: int) -> np.ndarray:
        sq.set_seed(seed)
        made = [(sq.triangular if kind == "triangular" else sq.pert)(*ends) for kind, *ends in marginals]
        joined = sq.correlate(tuple(made), wanted, tolerance=None)
        return np.stack([sq.sample(one, n=draws) for one in joined])

    return draw


def probabilit(marginals: Sequence[Marginal], latent: np.ndarray) -> Draw:
    from probabilit.distributions import PERT, Triangular
    from probabilit.modeling import Avg

    nodes = [(Triangular if kind == "triangular" else PERT)(*ends) for kind, *ends in marginals]
    top = Avg(*nodes).correlate(*nodes, corr_mat=ranks(latent))

    def draw(draws: int, seed: int) -> np.ndarray:
        top.sample(draws, random_state=seed, method="lhs", correlator="imanconover")
        return np.stack([node.samples_ for node in nodes])

    return draw


def chaospy(marginals: Sequence[Marginal], latent: np.ndarray) -> Draw:
    import chaospy as cp

    def of(kind: str, low: float, mode: float, high: float) -> Any:
        if kind == "triangular":
            return cp.Triangle(low, mode, high)
        span = high - low  # its own PERT has the wrong mean where it is not symmetric
        return cp.Beta(1 + 4 * (mode - low) / span, 1 + 4 * (high - mode) / span, low, high)

    joint = cp.Nataf(cp.J(*(of(*m) for m in marginals)), latent)

    def draw(draws: int, seed: int) -> np.ndarray:
        return np.asarray(joint.sample(draws, rule="random", seed=seed))

    return draw


def ema_workbench(d: dict[str, Any]) -> Callable[[int, int], np.ndarray]:
    """Return totals of one_factor: factor and residuals are parameters, the model is called once for each draw."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ema_workbench as ema
    from scipy import stats

    logging.getLogger("EMA").setLevel(logging.ERROR)
    names = ["z", *(f"x{i}" for i in range(2 * one_factor.LINES))]
    width = d["q_high"] - d["q_low"]
    cut = (d["q_mode"] - d["q_low"]) / width

    def total(**values: float) -> dict[str, float]:
        x = np.array([values[name] for name in names[1:]])
        u = special.ndtr(np.sqrt(1 - one_factor.RHO) * x + np.sqrt(one_factor.RHO) * values["z"])
        first, second = u[: one_factor.LINES], u[one_factor.LINES :]
        q = d["q_low"] + width * np.where(first < cut, np.sqrt(first * cut), 1 - np.sqrt((1 - first) * (1 - cut)))
        r = d["r_low"] + d["r_span"] * special.betaincinv(d["alpha"], d["beta"], second)
        return {"total": float((q * r * d["k"]).sum())}

    model = ema.Model("onefactor", function=total)
    model.uncertainties = [ema.RealParameter.from_dist(name, stats.norm()) for name in names]
    model.outcomes = [ema.ScalarOutcome("total")]

    def draw(draws: int, seed: int) -> np.ndarray:
        np.random.seed(seed)  # noqa: NPY002 - the library draws from the global generator
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, found = ema.perform_experiments(model, scenarios=draws, uncertainty_sampling=ema.Samplers.LHS)
        return np.asarray(found["total"])

    return draw


PEERS: dict[str, tuple[Callable[..., Any], str, int]] = {
    "openturns": (openturns, "random, normal copula", 4096),
    "squigglepy": (squigglepy, "random, Iman–Conover", 2048),
    "probabilit": (probabilit, "Latin hypercube, Iman–Conover", 2048),
    "chaospy": (chaospy, "random, Nataf", 256),
    "ema_workbench": (ema_workbench, "Latin hypercube, factor as a parameter", 256),
}
LEFT_OUT = {
    "openturns": "nothing: all marginals and the copula are there.",
    "squigglepy": "a Gaussian copula; dependence is a target of rank correlations that Iman–Conover reaches roughly, "
    "and it needs the matrix of all inputs with one another.",
    "probabilit": "a Gaussian copula; dependence is a target of correlations that Iman–Conover reaches roughly (a search "
    "over permutations after it, the default, gave the same P80s), and it needs the matrix of all inputs with one another.",
    "chaospy": "its own PERT where it is not symmetric (`PERT(0, 3, 10)` has the mean 4.11 instead of 3.67): Beta is used.",
    "ema_workbench": "dependence between parameters: factor and residuals are parameters and the model applies them. It "
    "calls the model once for each draw and is meant for models that take long; plan_like is left out, for it would say "
    "the same once more.",
}


def bounds(d: dict[str, Any], rate_mode: np.ndarray) -> list[Marginal]:
    """Return the marginals of quantities and rates of a reference model."""
    high = d["r_low"] + d["r_span"]
    quantities = [("triangular", *map(float, x)) for x in zip(d["q_low"], d["q_mode"], d["q_high"], strict=True)]
    rates = [("pert", *map(float, x)) for x in zip(d["r_low"], rate_mode, high, strict=True)]
    return [*quantities, *rates]  # type: ignore[list-item]


def one_factor_with(make: Callable[..., Draw], d: dict[str, Any]) -> Callable[[int, int], np.ndarray]:
    """Return totals of reference model 1 with inputs drawn by a peer."""
    latent = np.full((2 * one_factor.LINES,) * 2, one_factor.RHO)
    np.fill_diagonal(latent, 1.0)
    draw = make(bounds(d, d["r_low"] + d["r_span"] * (d["alpha"] - 1) / 4), latent)

    def total(draws: int, seed: int) -> np.ndarray:
        x = draw(draws, seed)
        return d["k"] @ (x[: one_factor.LINES] * x[one_factor.LINES :])

    return total


def plan_like_with(make: Callable[..., Draw], d: dict[str, Any]) -> Callable[[int, int], np.ndarray]:
    """Return totals of reference model 2: correlated quantities, rates and stretches by a peer, the rest by NumPy."""
    action, count = d["action"], len(d["start"])
    at = np.r_[action, action]
    plan, own, act = plan_like.PLAN, plan_like.INITIATIVE, plan_like.ACTION
    loads = np.zeros((2 * len(action) + count, 1 + plan_like.INITIATIVES + count))
    lines = np.arange(2 * len(action))
    loads[lines, 0] = np.sqrt(plan)
    loads[lines, 1 + d["initiative"][at]] = np.sqrt(own)
    loads[lines, 1 + plan_like.INITIATIVES + at] = np.sqrt(act)
    loads[2 * len(action) + np.arange(count), 1 + plan_like.INITIATIVES + np.arange(count)] = np.sqrt(0.6)
    latent = loads @ loads.T
    np.fill_diagonal(latent, 1.0)
    stretches: list[Marginal] = [("triangular", 1.0, 1.2, 2.0)] * count
    draw = make([*bounds(d, models.rate_modes()), *stretches], latent)

    def total(draws: int, seed: int) -> np.ndarray:
        x, g = draw(draws, seed), np.random.default_rng(seed)
        q, r, stretch = np.split(x, [len(action), 2 * len(action)])
        growth = 1 + np.array([0.015, 0.01, 0.02])[:, None] + 0.01 * g.standard_normal((plan_like.CLASSES, draws))
        begin = d["start"][:, None] + g.gamma(1.5, 1.0, (count, draws))
        length = d["duration"][:, None] * stretch
        passed = np.clip((plan_like.EDGES[:, None, None] - begin) / length, 0, 1)
        share = np.diff(passed, axis=0)
        cost, out = q * r, np.zeros(draws)
        for year in range(5):
            out += (cost * share[year][action] * (growth**year)[d["klass"]]).sum(axis=0)
        hit = g.random((plan_like.RISKS, draws)) < d["risk_p"][:, None]
        size = d["risk_median"][:, None] * np.exp(
            d["risk_sigma"][:, None] * g.standard_normal((plan_like.RISKS, draws))
        )
        return out + (hit * size).sum(axis=0)

    return total


@dataclass(frozen=True)
class Contender:
    """Somebody who gives totals of draws: name, how it samples, draws of a run, and the function."""

    name: str
    how: str
    draws: int
    totals: Callable[[int, int], np.ndarray]


def contenders(model: str, wanted: Sequence[str]) -> list[Contender]:
    """Return engine, NumPy and the peers that are installed, for a reference model."""
    reference: Any = one_factor if model == "one_factor" else plan_like
    d = reference.inputs()
    arrays, coupling = (models.one_factor if model == "one_factor" else models.plan_like)(d)

    def ours(draws: int, seed: int) -> np.ndarray:
        return TOTAL(run_block(arrays, 1, seed, coupling=coupling, size=draws))[0]

    def plain(draws: int, seed: int) -> np.ndarray:
        found = reference.numpy_tabulated(draws, seed, d)
        return found if found.ndim == 1 else found[-1]

    found = [
        Contender("this engine", "Latin hypercube", BLOCK, ours),
        Contender("NumPy (reference)", "random, tabulated inverses", 10_000, plain),
    ]
    for name in wanted:
        make, how, draws = PEERS[name]
        if name == "ema_workbench":
            if model == "one_factor":
                found.append(Contender(name, how, draws, make(d)))
            continue
        with_peer = one_factor_with if model == "one_factor" else plan_like_with
        found.append(Contender(name, how, draws, with_peer(make, d)))
    return found


def installed(names: Sequence[str]) -> list[str]:
    """Return the peers that can be imported; say which cannot."""
    found = []
    for name in names:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                importlib.import_module(name)
            found.append(name)
        except ImportError as error:
            print(f"{name} is not installed: {error}", file=sys.stderr)
    return found


def measure(model: str, wanted: Sequence[str], runs: int) -> list[str]:
    """Return the table of a model: time × squared standard error of P80, all in turns."""
    sides = contenders(model, wanted)
    times: dict[str, list[float]] = {side.name: [] for side in sides}
    found: dict[str, list[float]] = {side.name: [] for side in sides}
    sides[0].totals(BLOCK, 0)
    for run in range(runs):
        for side in sides:
            begin = time.process_time()
            totals = side.totals(side.draws, 1 + run)
            times[side.name].append(time.process_time() - begin)
            found[side.name].append(float(np.quantile(totals, 0.8)))
    exact = (
        one_factor.semi_analytic(0.8, one_factor.inputs()) if model == "one_factor" else np.mean(found["this engine"])
    )
    rows = ["| | how it samples | draws of a run | ms a run | s.e. of its P80 | P80 against the check | ms for a s.e. of "
            "0.5 % | times ours |", "|---|---|--:|--:|--:|--:|--:|--:|"]  # fmt: skip
    first = 0.0
    for side in sides:
        t, p = float(np.median(times[side.name])), np.array(found[side.name])
        error = p.std(ddof=1) / p.mean()
        cost = t * (error / 0.005) ** 2
        first = first or cost
        rows.append(f"| {side.name} | {side.how} | {side.draws:,} | {1e3 * t:,.0f} | {100 * error:.2f} % | "
                    f"{100 * (p.mean() / exact - 1):+.2f} % | {1e3 * cost:,.1f} | {cost / first:,.0f} |")  # fmt: skip
    check = "`one_factor.semi_analytic`" if model == "one_factor" else "the mean of the engine's own P80s"
    return [*rows, "", f"{runs} runs of each in turns, processor time, median. The check is {check}; a mean of {runs} runs is "
            f"itself known to the standard error ÷ {np.sqrt(runs):.1f}. Where P80 differs by more than that, more draws do "
            "not cure it, and the last two columns do not count it."]  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Print the tables and write them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=10, help="runs of each; fewer than ten give no standard error")
    parser.add_argument("--only", default=",".join(PEERS), help="peers, with commas")
    chosen = parser.parse_args(arguments)
    wanted = installed(chosen.only.split(","))
    text = ["# Peers", "", (__doc__ or "").partition("\n\n")[2].rpartition("\n\n")[2].strip(), ""]
    for model in ("one_factor", "plan_like"):
        text += [f"## {model}", "", *measure(model, wanted, chosen.runs), ""]
        print("\n".join(text[-(len(PEERS) + 12) :]), flush=True)
    text += ["## What could not be expressed", "", *(f"* **{name}**: {LEFT_OUT[name]}" for name in PEERS), ""]
    about = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "numba", *wanted))
    text += [f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}; {about}. Rerun with "
             "`python -m benchmarks.peers`.", ""]  # fmt: skip
    if set(wanted) == set(PEERS):
        RESULTS.write_text("\n".join(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
