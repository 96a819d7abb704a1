"""Drivers with target rank correlations, repairs of impossible ones, and the correlation of lines that follows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan, scenario_names
from sfp_model.inputs.change import only_actions
from sfp_model.inputs.change_risk import without_risks
from sfp_model.model import compile
from sfp_model.uncertainty import SAMPLERS, coupling_of, one_correlation, sample
from sfp_model.uncertainty.correlation import driver_target, latent_root, nearest_correlation
from sfp_model.uncertainty.dependence import Coupling, _nets
from sfp_model.uncertainty.streams import keys_of, latent, uniforms

TARGET = {"drivers.cpi.staff": 0.6, "drivers.cpi.usd": -0.3, "drivers.staff.usd": 0.1}


def test_rank_correlations_of_drivers_are_reproduced() -> None:
    """Spearman's correlation of 65,536 draws is the target within sampling error."""
    names, matrix = driver_target(TARGET, ["cpi", "staff", "usd", "other"])
    root, repair = latent_root(names, matrix)
    assert names == ("cpi", "staff", "usd")
    assert not repair.repaired
    z = stats.norm.ppf((uniforms(keys_of(names, 0, 0), 1 << 16, True) + 0.5) / 2.0**32)
    found = stats.spearmanr((root @ z).T).statistic
    assert found == pytest.approx(matrix, abs=0.012)


def test_demand_of_the_event_shares_its_concept_and_not_the_plan() -> None:
    """Visitors, areas and packages of a concept go together, those of two concepts less, and none with the cost."""
    arrays = compile(load_plan(None, None))
    coupling, row = coupling_of(arrays), arrays.inputs.row
    visitors = row("event.demand.attendance.values.with_both")
    initiative, action = (arrays.dependence[key] for key in ("initiative", "action"))
    for name in ("sponsorship.sold_gold", "exhibition.area_sme"):
        mine = coupling.correlation(visitors, row(f"event.{name}.values.with_both"))
        assert mine == pytest.approx(initiative + action)
        other = coupling.correlation(visitors, row(f"event.{name}.values.telecom_style"))
        assert other == pytest.approx(initiative)
    assert coupling.correlation(visitors, row("event.cost.marketing.values.with_both")) == 0


def test_impossible_target_is_repaired_and_reported() -> None:
    """Three drivers cannot all move against each other: the nearest matrix is used and the change is stated."""
    names, matrix = driver_target(dict.fromkeys(TARGET, -0.9), ["cpi", "staff", "usd"])
    root, repair = latent_root(names, matrix)
    assert repair.repaired
    assert repair.used[0, 1] == pytest.approx(-6 / np.pi * np.arcsin(0.25), abs=1e-6)  # the latent −1/2
    assert np.diag(root @ root.T) == pytest.approx(1)
    assert repair.distance == pytest.approx(0.9 + repair.used[0, 1], abs=1e-9)


def test_higham_example() -> None:
    """The example of Higham (2002, section 4): ones beside the diagonal of a 3 × 3 matrix."""
    near = nearest_correlation(np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1.0]]))
    assert near == pytest.approx(np.array([[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]), abs=5e-5)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 6), st.integers(0, 1000))
def test_nearest_is_valid_and_no_valid_neighbour_is_nearer(size: int, seed: int) -> None:
    """The result is a correlation matrix, a valid matrix stays, and moving towards other valid ones gets no nearer."""
    generator = np.random.default_rng(seed)
    matrix = np.clip(generator.uniform(-1, 1, (size, size)), -1, 1)
    matrix = (matrix + matrix.T) / 2
    np.fill_diagonal(matrix, 1)
    near = nearest_correlation(matrix)
    assert np.linalg.eigvalsh(near)[0] > -1e-6
    assert np.diag(near) == pytest.approx(1)
    assert nearest_correlation(near + 0.0) == pytest.approx(near, abs=1e-5)
    best = np.linalg.norm(near - matrix)
    for _ in range(5):
        x = generator.standard_normal((size, size + 1))
        other = np.corrcoef(x)
        for step in (0.01, 0.3, 1.0):
            assert np.linalg.norm(near + step * (other - near) - matrix) >= best - 1e-5


def test_correlation_that_follows_from_factors() -> None:
    """Loadings multiply along shared factors; drivers carry their own correlation."""
    loads = [
        [("plan", 0.6), ("action/a", 0.5)],
        [("plan", 0.5), ("action/a", 0.4)],
        [("driver/cpi", 1.0)],
        [("driver/staff", 1.0)],
    ]
    coupling = Coupling.of(["plan", "driver/cpi", "driver/staff", "action/a"], loads, {"drivers.cpi.staff": 0.5})
    assert coupling.correlation(0, 1) == pytest.approx(0.6 * 0.5 + 0.5 * 0.4)
    assert coupling.correlation(2, 3) == pytest.approx(2 * np.sin(np.pi / 12))
    assert coupling.correlation(0, 2) == 0
    assert coupling.correlation(1, 1) == 1
    assert coupling.rest[2] == 0


def test_impossible_loadings_and_targets_are_refused() -> None:
    """Squared loadings cannot exceed 1, correlations lie in −1 to 1, a target has ones on its diagonal."""
    with pytest.raises(UsageError, match="loadings of input 1 exceed 1"):
        Coupling.of(["plan"], [[("plan", 0.6)], [("plan", 1.1)]])
    with pytest.raises(UsageError, match=r"drivers\.cpi\.usd.*got 1\.2"):
        driver_target({"drivers.cpi.usd": 1.2}, ["cpi", "usd"])
    with pytest.raises(UsageError, match="symmetric"):
        nearest_correlation(np.array([[1, 0.5], [0.2, 1]]))


def test_drivers_of_the_real_plan() -> None:
    """Price classes of the plan move together by the rank correlation that base.yml states."""
    made = compile(load_plan(None, None))
    rows = [made.inputs.row(f"escalation.{key}.rate") for key in ("prices", "staff")]
    values = np.concatenate([sample(made, 0, block).array[rows] for block in range(4)], axis=1)
    stated = made.dependence["drivers.prices.staff"]
    assert stats.spearmanr(*values).statistic == pytest.approx(stated, abs=0.03)
    assert not coupling_of(made).repair.repaired


def test_one_correlation_is_between_all_costs_and_durations() -> None:
    """At ρ = 0.5 every cost and duration input correlates at 0.5 with a line; the rest keeps the plan's dependence."""
    arrays = compile(load_plan(None, None))
    own, one, table = coupling_of(arrays), one_correlation(arrays, 0.5), arrays.inputs
    line = next(row for row in range(len(table)) if table.kind[row] == "quantity" and table.varies[row])
    cost = [row for row in range(len(table)) if table.varies[row] and row != line
            and table.kind[row] != "demand" and not table.driver[row]]  # fmt: skip
    assert {round(one.correlation(line, row), 9) for row in cost} == {0.5}
    assert {"stretch", "delay", "rate", "overrun"} & {table.kind[row] for row in cost}
    rest = [row for row in range(len(table)) if table.varies[row] and row not in set(cost) and row != line]
    for first in rest:
        assert one.correlation(line, first) == 0
        for second in rest[:: len(rest) // 7]:
            assert one.correlation(first, second) == pytest.approx(own.correlation(first, second))
    prices, staff = (table.row(f"escalation.{name}.rate") for name in ("prices", "staff"))
    assert one.correlation(prices, staff) == pytest.approx(own.correlation(prices, staff)) != 0
    with pytest.raises(UsageError, match="between 0 and 1, got 2"):
        one_correlation(arrays, 2)


def test_scenarios_share_their_draws_with_every_sampler() -> None:
    """Common random numbers: what two scenarios of this project share has the same draws, also in Sobol' blocks."""
    plans = {name: compile(load_plan(scenario=name)) for name in scenario_names()}
    first = plans.pop("baseline")
    for sampler in SAMPLERS:
        known = dict(zip(first.inputs.ids, latent(first, 3, 1, sampler, size=64), strict=True))
        for name, arrays in plans.items():
            assert arrays.dependence == first.dependence, name
            drawn, table = latent(arrays, 3, 1, sampler, size=64), arrays.inputs
            both = [row for row, key in enumerate(table.ids) if key in known and table.varies[row]
                    and first.inputs.varies[first.inputs.row(key)]]  # fmt: skip
            assert len(both) > 600, name
            for row in both:
                assert np.array_equal(drawn[row], known[table.ids[row]]), (name, sampler, table.ids[row])


def test_adding_work_and_risks_moves_nobody_elses_sobol_draws() -> None:
    """An action, a risk event or the last initiative more changes nobody's draws; an initiative in between those after.

    The actions' factors have keyed numbers and risk events nets of their own, not a dimension of the common net.
    """
    whole = load_plan(None, None)
    less = only_actions(without_risks(whole), [key for key in whole.actions if key != "b.1"])
    arrays, few = compile(whole), compile(less)
    z, other, moved = latent(arrays, 3, 1, "sobol", size=64), latent(few, 3, 1, "sobol", size=64), []
    for row, key in enumerate(few.inputs.ids):
        if few.inputs.varies[row] and key in arrays.inputs.ids and arrays.inputs.varies[arrays.inputs.row(key)]:
            assert np.array_equal(other[row], z[arrays.inputs.row(key)]), key
            moved.append(key)
    assert len(moved) > 500
    risk = [f"driver/risks.x#{part}" for part in ("cost", "delay", "occurs")]
    names = ["plan", "driver/cpi", *risk, "driver/other", "driver/usd", "initiative/a", "initiative/b", "action/a.1"]
    dimensions, nets = _nets(Coupling.of(names, [], {"drivers.cpi.usd": 0.1}))
    assert dimensions == (0, 1, 2, 1, 0, -1, 2, 16, 17, -1)
    assert nets == ("", "", *["driver/risks.x"] * 3, *[""] * 5)
    assert _nets(Coupling.of(["plan", "initiative/a", "action/a.1"], []))[0] == (0, 16, -1)
