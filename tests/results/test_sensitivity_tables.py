"""Sensitivity and discovery on the real plan: groups partition what is random, swings are those of the model."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sfp_model.inputs import load_plan
from sfp_model.model import Values, evaluate
from sfp_model.results.draws import inside_total
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.tables_sensitivity import BASES, SIZE, Study, sensitivity_tables
from sfp_model.uncertainty import quantiles


@cache
def study(scenario: str = "baseline") -> Study:
    return Study(Evaluation.of(load_plan(scenario=scenario)))


@cache
def tables(scenario: str = "baseline"):  # type: ignore[no-untyped-def]
    return {name: make().rows() for name, make in sensitivity_tables(study(scenario).evaluation).items()}


def test_sample_a_is_what_the_engine_draws() -> None:
    """Pick and freeze draws from the streams of the engine."""
    from sfp_model.model.values import draw

    evaluation = study().evaluation
    wanted = draw(evaluation.arrays, quantiles(evaluation.arrays, evaluation.plan.settings.seed, 0, size=SIZE))
    moved = study().samples[0].array
    spread = np.maximum(np.ptp(wanted.array, axis=1, keepdims=True), 1e-12)
    assert np.quantile(np.abs(moved - wanted.array) / spread, 0.99) < 1e-4  # the engine reads a table


def test_groups_hold_every_factor_and_residual_once() -> None:
    """Swapping all groups together gives sample B."""
    frozen, groups = study().frozen, study().groups
    factors = [i for members, _ in groups.values() for i in members]
    rows = [i for _, members in groups.values() for i in members]
    assert sorted(factors) == list(range(len(frozen.coupling.factors)))
    assert len(set(rows)) == len(rows) == int(frozen.arrays.inputs.varies.sum())
    assert np.array_equal(frozen.swapped(factors, rows).array, frozen.sample(1).array)


def test_indices_of_groups_add_up_to_about_one() -> None:
    """First orders of a partition add up to at most 1, totals to at least 1, within sampling error."""
    for prices in BASES:
        rows = [row for row in tables()["sensitivity.groups"] if row["prices"] == prices]
        assert 0.8 < sum(r["first"] for r in rows) < 1.15
        assert 0.9 < sum(r["total"] for r in rows) < 1.4
    for row in tables()["sensitivity.groups"]:
        assert row["first_low"] <= row["first"] <= row["first_high"]
        assert row["total_low"] <= row["total"] <= row["total_high"]


def test_a_swing_is_that_of_the_model() -> None:
    """The first bar of the tornado, evaluated by itself."""
    first = tables()["sensitivity.tornado"][0]
    arrays = study().evaluation.arrays
    for end, need in (("low", "need_low_chf"), ("high", "need_high_chf")):
        values = arrays.inputs.base[:, None].copy()
        values[arrays.inputs.row(first["input"])] = first[end]
        assert inside_total(evaluate(arrays, Values(values)))[0] == pytest.approx(first[need])
    for prices in BASES:
        swings = [r["swing_chf"] for r in tables()["sensitivity.tornado"] if r["prices"] == prices]
        assert swings == sorted(swings, reverse=True)


def test_prices_and_exchange_rates_move_nominal_needs_only() -> None:
    """Price classes and currencies stand in the nominal tornado, not in the constant one; their group has a share."""
    kinds = ("escalation", "exchange")
    found = {(r["prices"], r["input"]): r for r in tables()["sensitivity.tornado"] if r["kind"] in kinds}
    assert set(found) == {("nominal", key) for key in ("staff", "prices", "USD", "EUR")}
    dollars = study().evaluation.outcome.amounts(("currency",), "year", "additional", "nominal")
    amount = dollars[1][dollars[0].index(("USD",)), 1:-1, 0]
    years = np.arange(2024, 2024 + len(amount)) + 0.5 - 2021 - 8 / 12  # from the end of August 2021 to mid-year
    row = found["nominal", "USD"]
    by_hand = amount @ (np.exp(row["high"] / 100 * np.sqrt(years)) - np.exp(row["low"] / 100 * np.sqrt(years)))
    assert row["swing_chf"] == pytest.approx(by_hand, rel=1e-9)
    assert found["nominal", "EUR"]["swing_chf"] == 0
    group = {r["prices"]: r for r in tables()["sensitivity.groups"] if r["group"] == "prices"}
    assert group["constant"]["total"] == 0 < group["nominal"]["total"]


def test_boxes_tell_cases_apart() -> None:
    """Every box is denser than all draws, its coverage follows from density and share."""
    rows = tables()["discovery.boxes"]
    assert {r["case"].split()[0] for r in rows} == {"ceiling", "subsidy"}
    for row in rows:
        assert row["density"] > row["share"]
        assert row["coverage"] == pytest.approx(row["density"] * row["box_share"] / row["share"])
        assert " above " in row["words"] or " at most " in row["words"] or " between " in row["words"]


def test_nothing_moves_a_need_that_is_nil() -> None:
    """Without additional money all four tables are empty."""
    assert all(rows == [] for rows in tables("within-existing-resources").values())
