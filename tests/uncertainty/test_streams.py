"""Streams, Latin hypercubes, the copula and blocks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr, ndtri

from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan
from sfp_model.model import base, compile, draw, evaluate
from sfp_model.uncertainty import BLOCK, SAMPLERS, quantiles, simulate
from sfp_model.uncertainty.dependence import Coupling, coupling_of
from sfp_model.uncertainty.distributions import mean
from sfp_model.uncertainty.sobol import scrambled
from sfp_model.uncertainty.streams import _factor_normals, keys_of, latent, sample, stream, uniforms
from tests.model.plans import (
    Currency,
    Escalation,
    Recurrence,
    Timing,
    action,
    line,
    plan,
    resource,
    settings,
    value,
)  # fmt: skip

SPREAD = {"low": 5, "high": 20}
ALONE = {"plan": 0.0, "initiative": 0.0, "action": 0.0}


def lines(number: int):
    return [
        line(f"x.{1 + i % 2}.1/work.{i}", "work", 10, action=f"x.{1 + i % 2}", estimate=SPREAD) for i in range(number)
    ]


def arrays(number: int = 4, **more):
    return compile(plan(lines(number), [action("x.1", 0, 6), action("x.2", 6, 6)], **more))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_adding_an_input_changes_nobody_elses_draws(sampler: str) -> None:
    """Common random numbers: streams are keyed by the input's id, not by its position."""
    few, many = arrays(3), arrays(6)
    a, b = quantiles(few, 0, 2, sampler), quantiles(many, 0, 2, sampler)
    for row, key in enumerate(few.inputs.ids):
        assert np.array_equal(a[row], b[many.inputs.row(key)])


def test_zero_is_a_seed_and_seeds_differ() -> None:
    """Seed 0 repeats itself; another seed, block or input is another stream."""
    assert np.array_equal(quantiles(arrays(), 0, 0), quantiles(arrays(), 0, 0))
    first = stream(0, "a", 0).random()
    assert len({first, stream(1, "a", 0).random(), stream(0, "b", 0).random(), stream(0, "a", 1).random()}) == 4
    with pytest.raises(UsageError, match="negative"):
        stream(-1, "a", 0)


def test_latin_fills_every_cell() -> None:
    """Each of the 4,096 cells holds one point."""
    for row in uniforms(keys_of(["a", "b"], 0, 0), BLOCK, True) >> 20:
        assert np.array_equal(np.sort(row), np.arange(BLOCK))


def test_margins_stay_uniform() -> None:
    """Coupling changes how inputs move together, not each one's distribution."""
    for row in quantiles(arrays(), 5, 0)[:4]:
        if row.std() > 0:
            found = np.quantile(row, [0.05, 0.25, 0.5, 0.75, 0.95])
            assert found == pytest.approx([0.05, 0.25, 0.5, 0.75, 0.95], abs=0.02)


def test_latent_correlations() -> None:
    """0.6 within an action, 0.3 within an initiative, and 0.6 between cost and duration of an action."""
    classes = {"overrun_classes.duration.factor": value("overrun_classes.duration.factor", 1.2, 1, 2, at="min-max")}
    frame = replace(settings(), values={**settings().values, **classes})
    made = arrays(settings=frame)
    z = ndtri(np.concatenate([quantiles(made, 0, block) for block in range(4)], axis=1))
    rows = [made.inputs.row(f"x.{a}.1/work.{i}#quantity") for a, i in ((1, 0), (1, 2), (2, 1))]
    stretch = made.inputs.row("x.1#stretch")
    assert np.corrcoef(z[rows[0]], z[rows[1]])[0, 1] == pytest.approx(0.6, abs=0.03)
    assert np.corrcoef(z[rows[0]], z[rows[2]])[0, 1] == pytest.approx(0.3, abs=0.03)
    assert np.corrcoef(z[rows[0]], z[stretch])[0, 1] == pytest.approx(0.6, abs=0.03)


def test_independence_must_be_said() -> None:
    """A plan without dependence parameters is refused; zeros are accepted."""
    bare = compile(plan(lines(2), [action("x.1", 0, 6), action("x.2", 6, 6)], settings=settings(values={})))
    with pytest.raises(UsageError, match=r"dependence\.plan is not set"):
        quantiles(bare, 0, 0)
    rows = [row for row, kind in enumerate(bare.inputs.kind) if kind == "quantity"]
    z = ndtri(quantiles(bare, 0, 0, dependence=ALONE)[rows])
    assert abs(np.corrcoef(z)[0, 1]) < 0.05


def test_impossible_shares_are_refused() -> None:
    """Shares of variance cannot exceed 1."""
    with pytest.raises(UsageError, match="at most 1"):
        quantiles(arrays(), 0, 0, dependence={"plan": 0.5, "initiative": 0.4, "action": 0.3})


def test_simulated_mean_meets_the_closed_form() -> None:
    """Means are linear: the expected total is the sum of the lines' means, whatever the dependence."""
    made = arrays(4)
    totals = [float(block.line_total.sum(axis=0).mean()) for block in simulate(made, 0, 2)]
    assert np.mean(totals) == pytest.approx(4 * 1000 * mean("pert", 5, 10, 20), rel=5e-3)


def test_blocks_come_in_order_from_any_executor() -> None:
    """Threads give the same bits in the same order."""
    made = arrays(2)
    here = [o.line_total for o in simulate(made, 7, 3)]
    with ThreadPoolExecutor(2) as pool:
        there = [o.line_total for o in simulate(made, 7, 3, executor=pool)]
    assert all(np.array_equal(a, b) for a, b in zip(here, there, strict=True))


def test_base_has_no_overrun() -> None:
    """The base estimate is what was typed: modes, with overrun factor 1."""
    classes = {"overrun_classes.soft.factor": value("overrun_classes.soft.factor", 1.1, 0.9, 1.6, at="min-max")}
    frame = replace(settings(), values={**settings().values, **classes})
    made = arrays(1, settings=frame)
    assert base(made).array[made.inputs.row("x.1#overrun"), 0] == 1
    assert made.inputs.kind.count("overrun") == 2


def test_rates_are_shared_by_lines() -> None:
    """All lines of a resource draw its rate together: one input."""
    cards = [resource("work", 1000, "day", estimate={"low": 800, "high": 1500})]
    made = compile(plan(lines(3), [action("x.1", 0, 6), action("x.2", 6, 6)], cards))
    assert made.inputs.kind.count("rate") == 1


def _timed():
    """Return the arrays of a plan with stretch, overrun, drivers, and lines of every timing."""
    classes = {
        "overrun_classes.duration.factor": value("overrun_classes.duration.factor", 1.2, 1, 2, at="min-max"),
        "overrun_classes.soft.factor": value("overrun_classes.soft.factor", 1.1, 0.9, 1.6, at="min-max"),
    }
    frame = replace(settings(), values={**settings().values, **classes})
    rate = value("escalation.flat.rate", 1, -1, 4, lower=-100, unit="percent/year", at="min-max")
    flat = Escalation("flat", "Flat", rate, None)
    movement = value("currencies.USD.movement", 0, -10, 10, distribution="normal", lower=-100, unit="percent/year")
    dollar = Currency("USD", value("currencies.USD.base", 0.9), None, None, movement)
    timings = [Timing(p, offset=o) for p, o in zip(("uniform", "front", "back", "bell"), (0, 1, 2, 0), strict=True)]
    made = [line(f"x.1.1/work.{p.profile}", "work", 10, estimate=SPREAD, timing=p) for p in timings]
    made += [
        line("x.2.1/work.fixed", "work", 3, action="x.2", timing=Timing("front", absolute=(-9.5, 20.25))),
        line("x.2.1/trip.ever", "trip", 9, action="x.2", estimate=SPREAD, recurs=Recurrence(1.5), funding="absorbed"),
        line(
            "x.2.1/trip.until",
            "trip",
            3,
            action="x.2",
            recurs=Recurrence(0.5, "year", 9.0),
            sectors={"GS": 0.3, "BR": 0.7},
        ),
    ]
    cards = [
        resource("work", 1000, "day", estimate={"low": 800, "high": 1500}),
        resource("trip", 700, "trip", currency="USD"),
    ]
    return compile(plan(made, [action("x.1", 0, 7.5), action("x.2", 6, 14, after=("x.1",))], cards,
                        settings=frame, escalations={"flat": flat}, currencies={"USD": dollar}))  # fmt: skip


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("view", ["inside", "outside"])
def test_compiled_sampler_meets_the_quantile_interface(sampler: str, view: str) -> None:
    """One compiled pass gives the values that the model makes of the sampler's quantiles."""
    made = _timed()
    compiled = sample(made, 3, 1, sampler, view, size=1024).array
    plain = draw(made, quantiles(made, 3, 1, sampler, size=1024), view).array
    assert compiled == pytest.approx(plain, rel=1e-9)


def test_numpy_path_is_the_same(monkeypatch) -> None:
    """Without compiled loops the draws and all amounts are the same."""
    made = _timed()
    compiled = evaluate(made, sample(made, 3, 1, size=512))
    keys = [((), "period"), (("action", "sector"), "year"), (("category",), "biennium"), ((), "month"), ((), "total"),
            (("initiative",), "quarter")]  # fmt: skip
    wanted = [compiled.amounts(by, time, "full", prices) for by, time in keys for prices in ("constant", "nominal")]
    months = compiled.person_months()[1]
    monkeypatch.setenv("SFP_KERNELS", "numpy")
    plain = evaluate(made, sample(made, 3, 1, size=512))
    found = [plain.amounts(by, time, "full", prices) for by, time in keys for prices in ("constant", "nominal")]
    for (labels, a), (other, b) in zip(wanted, found, strict=True):
        assert labels == other
        assert a == pytest.approx(b, rel=1e-8, abs=1e-6)
    assert months == pytest.approx(plain.person_months()[1])


def test_sobol_spreads_times_evenly_after_the_factors_came_in() -> None:
    """In a Sobol' block one draw of each stretch lies in each cell, in the order that the copula gives."""
    made = _timed()
    rows = [i for i, kind in enumerate(made.inputs.kind) if kind == "stretch" and made.inputs.varies[i]]
    assert rows
    size = 64
    even = [quantiles(made, 5, b, "sobol", size=size)[rows] for b in range(200)]
    for q in even:
        assert (np.sort(np.floor(q * size), axis=1) == np.arange(size)).all()
    # cost and duration of an action correlate as stated, within sampling error: 200 independent blocks
    cost = next(i for i, key in enumerate(made.inputs.kind) if key == "quantity" and made.inputs.action[i] == "x.1"
                and made.inputs.varies[i])  # fmt: skip
    row = next(i for i in rows if made.inputs.action[i] == "x.1")
    own = []
    for b in range(200):
        z = latent(made, 5, b, "sobol", size=size)
        own.append(np.mean(z[cost] * z[row]))
    stated = made.dependence["cost_duration"]
    assert abs(np.mean(own) - stated) < 4 * np.std(own, ddof=1) / np.sqrt(200) + 0.01


def test_streams_do_not_correlate() -> None:
    """Correlations between 200 streams scatter as those of independent numbers do, and no two streams are alike."""
    for stratified in (True, False):
        u = uniforms(keys_of([f"input {i}" for i in range(200)], 0, 0), 1024, stratified) / 2.0**32
        found = np.corrcoef(u)[np.triu_indices(200, 1)] * 32
        assert found.std() == pytest.approx(1, abs=0.03)
        assert np.abs(found).max() < 5.5


def test_sobol_fills_boxes_of_the_first_factors() -> None:
    """The first two factors put one point in every box of area 1/4096, whatever its sides, in every block."""
    made = arrays()
    for block in (0, 5):
        u = scrambled(keys_of(["plan", "initiative/x", "action/x.1"], 1, block), BLOCK)
        for bits in range(13):
            box = (u[0] >> np.uint32(20 + bits) << np.uint32(bits)) | (u[1].astype(np.uint64) >> np.uint64(32 - bits))
            assert len(np.unique(box)) == BLOCK
    rows = [made.inputs.row(f"x.1.1/work.{i}#quantity") for i in (0, 2)]
    assert np.corrcoef(latent(made, 0, 0, "sobol")[rows])[0, 1] == pytest.approx(0.6, abs=0.03)


def test_the_parts_of_a_risk_event_fill_boxes_together() -> None:
    """Occurrence and delay of a risk event put a point in every box; two events have nothing to do with each other."""
    made = compile(load_plan(None, None))
    coupling = coupling_of(made)
    at = {name: coupling.factors.index(f"driver/risks.{name}") for name in (
        "building-moves#occurs", "building-moves#delay", "reviews-not-agreed#occurs")}  # fmt: skip
    together, apart = [], []
    for block in range(40):
        z = _factor_normals(coupling, 1, block, "sobol", 256)
        first, second, other = (np.floor(ndtr(z[row]) * 16).astype(int) for row in at.values())
        together.append(len(np.unique(16 * first + second)))
        apart.append(len(np.unique(16 * first + other)))
    assert together == [256] * 40  # one draw in each of 16 × 16 boxes
    generator, cell = np.random.default_rng(0), np.arange(256) // 16
    random = [len(np.unique(16 * cell + generator.permutation(cell))) for _ in range(400)]
    assert np.mean(apart) == pytest.approx(np.mean(random), abs=5 * np.std(random) / np.sqrt(40))


def test_normal_scores() -> None:
    """Scores of whole-number uniforms are Φ⁻¹, also in the tails."""
    made = arrays(1)
    alone = Coupling.of([], [[]] * len(made.inputs))
    row = made.inputs.row("x.1.1/work.0#quantity")
    z = np.sort(np.concatenate([latent(made, 0, block, coupling=alone)[row] for block in range(64)]))
    middle = slice(2000, -2000)
    assert z[middle] == pytest.approx(ndtri((np.arange(len(z)) + 0.5) / len(z))[middle], abs=0.02)
    assert (z.mean(), z.std()) == pytest.approx((0, 1), abs=1e-3)
    assert stats.kstest(z[z < ndtri(1 / 4096)], lambda x: ndtr(x) * 4096).pvalue > 0.001


def test_block_sizes_are_powers_of_two() -> None:
    """A block is a complete net or hypercube, so its size is a power of two."""
    assert quantiles(arrays(), 0, 0, size=8).shape[1] == 8
    with pytest.raises(UsageError, match="power of two"):
        quantiles(arrays(), 0, 0, size=1000)
    with pytest.raises(UsageError, match="none of lhs, random, sobol"):
        quantiles(arrays(), 0, 0, "halton")
