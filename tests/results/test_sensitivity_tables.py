"""Sensitivity and discovery on the real plan: groups partition what is random, swings are those of the model."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from sfp_model.decisions.ceiling_problem import Window
from sfp_model.inputs import load_plan
from sfp_model.model import Values, evaluate
from sfp_model.results.causes import BASES, BLOCK_SIZE, SIZE, Study
from sfp_model.results.draws import inside_total
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.tables_discovery import SPLIT, boxes
from sfp_model.results.tables_sensitivity import _factor_title, sensitivity_tables
from sfp_model.results.words_inputs import limit_words
from sfp_model.uncertainty import quantiles, run_block


@cache
def study(scenario: str = "baseline") -> Study:
    return Study(Evaluation.of(load_plan(scenario=scenario)))


@cache
def tables(scenario: str = "baseline"):  # type: ignore[no-untyped-def]
    return {name: make().rows() for name, make in sensitivity_tables(study(scenario).evaluation).items()}


def of(name: str, prices: str = "constant") -> list[dict[str, Any]]:
    """Return the rows of a table in one price basis."""
    return [row for row in tables()[f"sensitivity.{name}"] if row["prices"] == prices]


def test_sample_a_is_what_the_engine_draws() -> None:
    """Pick and freeze draws from the streams of the engine."""
    from sfp_model.model.values import draw

    evaluation = study().evaluation
    wanted = draw(evaluation.arrays, quantiles(evaluation.arrays, evaluation.plan.settings.seed, 0, size=SIZE))
    moved = study().frozen.samples[0].array
    spread = np.maximum(np.ptp(wanted.array, axis=1, keepdims=True), 1e-12)
    assert np.quantile(np.abs(moved - wanted.array) / spread, 0.99) < 1e-4  # the engine reads a table


def test_groups_hold_every_factor_and_residual_once() -> None:
    """Swapping all groups together gives the other sample, and swapping none changes nothing."""
    frozen, groups = study().frozen, study().groups
    factors = [i for members, _ in groups.values() for i in members]
    rows = [i for _, members in groups.values() for i in members]
    assert sorted(factors) == list(range(len(frozen.coupling.factors)))
    table = frozen.arrays.inputs
    drawn = [row for row in np.flatnonzero(table.varies) if table.kind[row] != "overrun"]
    assert sorted(rows) == drawn
    for which in (0, 1):
        assert np.array_equal(frozen.swapped(factors, rows, which).array, frozen.samples[1 - which].array)
        assert np.array_equal(frozen.swapped([], [], which).array, frozen.samples[which].array)


def test_a_driver_moves_those_that_correlate_with_it() -> None:
    """The first of two correlated drivers moves the second's inputs, the second not the first's."""
    frozen = study().frozen
    first, second = frozen.coupling.drivers[:2]
    table = frozen.arrays.inputs
    mine = [table.driver.index(frozen.coupling.factors[i].partition("/")[2]) for i in (first, second)]
    for factor, moved in ((first, [True, True]), (second, [False, True])):
        change = frozen.swapped([factor], []).array != frozen.samples[0].array
        assert change[mine].any(axis=1).tolist() == moved
    titles = [_factor_title(study(), factor) for factor in (first, second)]
    assert "beyond" not in titles[0]
    assert titles[1].endswith(f", beyond what goes with: {titles[0]}")


@pytest.mark.parametrize("prices", BASES)
def test_indices_of_groups_add_up_to_about_one(prices: str) -> None:
    """First orders of a partition add up to at most 1, totals to at least 1, within sampling error; sorted as shown."""
    rows = of("groups", prices)
    assert 0.93 < sum(r["first"] for r in rows) < 1.03
    assert 0.97 < sum(r["total"] for r in rows) < 1.15
    assert [r["first"] for r in rows] == sorted((r["first"] for r in rows), reverse=True)
    for row in rows:
        assert row["first_low"] <= row["first"] <= row["first_high"]
        assert row["total_low"] <= row["total"] <= row["total_high"]
        assert row["first"] <= row["total"] + 1e-12


@pytest.mark.parametrize("prices", BASES)
def test_factors_have_limits_that_hold_their_indices(prices: str) -> None:
    """The plan's own index agrees with that of its group, which comes from other draws by another estimator."""
    rows = of("factors", prices)
    for row in rows:
        assert row["coefficient_low"] < row["coefficient"] < row["coefficient_high"]
        assert row["first_order_low"] < row["first_order"] < row["first_order_high"]
    plan = rows[0]
    group = next(r for r in of("groups", prices) if r["group"] == "plan")
    assert plan["factor"] == "plan"
    assert plan["first_order_low"] < group["first_high"] and group["first_low"] < plan["first_order_high"]
    assert 0.5 < plan["explained"] < 1


@pytest.mark.parametrize("prices", BASES)
def test_a_swing_is_that_of_the_model(prices: str) -> None:
    """The first bar of the tornado, evaluated by itself."""
    first = of("tornado", prices)[0]
    arrays = study().evaluation.arrays
    for end, need in (("low", "need_low_chf"), ("high", "need_high_chf")):
        values = arrays.inputs.base[:, None].copy()
        values[arrays.inputs.row(first["input"])] = first[end]
        assert inside_total(evaluate(arrays, Values(values)), prices)[0] == pytest.approx(first[need])  # type: ignore[arg-type]
    swings = [r["swing_chf"] for r in of("tornado", prices)]
    assert swings == sorted(swings, reverse=True)
    assert first["need_base_chf"] == pytest.approx(inside_total(study().evaluation.outcome, prices)[0])  # type: ignore[arg-type]


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
    """Every box is denser than all draws by two standard errors; its coverage follows from density and share."""
    rows = tables()["discovery.boxes"]
    assert {r["case"].split()[0] for r in rows} == {"ceiling", "subsidy"}
    for row in rows:
        assert row["share"] <= 0.5
        assert row["draws"] == SPLIT.state * BLOCK_SIZE
        assert row["density"] - row["share"] > 2 * row["se_density"] - 2 * row["se_share"]
        assert row["coverage"] == pytest.approx(row["density"] * row["box_share"] / row["share"])
    for case in {r["case"] for r in rows}:
        mine = [r for r in rows if r["case"] == case]
        merit = [2 / (1 / r["coverage"] + 1 / r["density"]) for r in mine]
        assert merit == sorted(merit, reverse=True)
        assert [r["box"] for r in mine] == list(range(1, len(mine) + 1))


def test_what_is_said_of_the_plan_holds_in_the_engine() -> None:
    """The best box of the centre ceiling, checked on a block of the engine that discovery never saw."""
    row = next(r for r in tables()["discovery.boxes"] if r["case"].startswith("ceiling centre"))
    found = study().evaluation
    spent = run_block(found.arrays, found.plan.settings.seed, 100).amounts((), "year", "additional", "nominal")[1][
        0, 1:-1
    ]
    first = int(row["case"].split()[-1][:4]) - found.plan.settings.horizon_start
    broken = spent[first : first + 2].sum(axis=0) > row["threshold_chf"]
    share = broken.mean() if row["title"].endswith("broken") else 1 - broken.mean()
    assert share == pytest.approx(row["share"], abs=0.02)


def test_only_what_can_move_an_outcome_is_a_cause() -> None:
    """No box names staff time that is absorbed, and the factor of all estimates is among the causes of a ceiling."""
    found = study().evaluation
    words = " ".join(r["words"] for r in tables()["discovery.boxes"])
    for line, lot in zip(found.arrays.lines.ids, found.arrays.lines.funding, strict=True):
        if found.arrays.names["funding"][lot] != "additional" and line in found.arrays.inputs.ids:
            said = limit_words(found.plan, found.arrays.inputs, line, 0.0, np.inf, 0.0, 1.0)
            assert said.partition(" is above")[0] not in words
    ceilings = [r for r in tables()["discovery.boxes"] if r["case"].startswith("ceiling")]
    assert all("that all estimates share" in r["words"] for r in ceilings if r["box"] == 1)


def test_thresholds_that_are_asked_for() -> None:
    """A ceiling and a subsidy of one's own; what nearly never or nearly always happens has a row without box."""
    window = Window("2026-2027", (2, 3), 3_000_000.0)
    rows = list(boxes(study(), [window], 1_000_000.0))
    assert {r["case"] for r in rows} == {"ceiling 2026-2027", "subsidy"}
    years, subsidy = study().blocks.years, study().blocks.subsidy
    for row in rows:
        happens = years[2:].sum(axis=0) > 3e6 if row["case"] != "subsidy" else subsidy > 1e6
        share = min(happens.mean(), 1 - happens.mean())
        assert row["share"] == pytest.approx(share, abs=0.02)
        assert row["threshold_chf"] == (3e6 if row["case"] != "subsidy" else 1e6)
    (alone,) = boxes(study(), above=1e9)
    assert alone["share"] == 0 and "box" not in alone


def test_ranges_are_said_in_words() -> None:
    found = study().evaluation
    plan, table = found.plan, found.arrays.inputs

    def said(name: str, low: float, high: float) -> str:
        return limit_words(plan, table, name, low, high, 0.25, 0.7).replace("\u00a0", " ")

    assert said("plan", 0.3, np.inf) == "the factor that all estimates share is in its upper 75%"
    assert (
        said("initiative/h", -np.inf, 1)
        == "the factor that the estimates of h Talent programmes share is in its lower 70%"
    )
    assert said("initiative/event demand", 0, 1).endswith("is between its P25 and P70")
    risk = next(key for key in table.ids if key.endswith("#occurs"))
    assert said(risk, 0.5, np.inf).endswith("” occurs") and said(risk, -np.inf, 0.5).endswith("” does not occur")
    rate = next(key for key, kind in zip(table.ids, table.kind, strict=True) if kind == "rate")
    assert " is above CHF 1 000" in said(rate, 1000.0, np.inf) and "(its P25)" in said(rate, 1000.0, np.inf)


def test_nothing_moves_a_need_that_is_nil() -> None:
    """Without additional money all four tables are empty."""
    assert all(rows == [] for rows in tables("within-existing-resources").values())
