"""Streams, Latin hypercubes, the copula and blocks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from sfp_model.errors import UsageError
from sfp_model.model import base, compile
from sfp_model.uncertainty import BLOCK, quantiles, simulate
from sfp_model.uncertainty.distributions import mean
from sfp_model.uncertainty.streams import latin, stream
from tests.model.plans import action, line, plan, resource, settings, value

SPREAD = {"low": 5, "high": 20}
ALONE = {"plan": 0.0, "initiative": 0.0, "action": 0.0}


def lines(number: int):
    return [
        line(f"x.{1 + i % 2}.1/work.{i}", "work", 10, action=f"x.{1 + i % 2}", estimate=SPREAD) for i in range(number)
    ]


def arrays(number: int = 4, **more):
    return compile(plan(lines(number), [action("x.1", 0, 6), action("x.2", 6, 6)], **more))


def test_adding_an_input_changes_nobody_elses_draws() -> None:
    """Streams are keyed by the input's id, not by its position."""
    few, many = arrays(3), arrays(6)
    a, b = quantiles(few, 0, 2), quantiles(many, 0, 2)
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
    cells = np.floor(latin(stream(0, "a", 0), BLOCK) * BLOCK)
    assert np.array_equal(np.sort(cells), np.arange(BLOCK))


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
