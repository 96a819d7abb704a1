"""Funding: sources and gap are the additional need; units and classes follow from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfp_model.inputs import load_plan, scenario_names
from sfp_model.inputs.plan import Plan
from sfp_model.model.funding import Supply, fund, pair_up
from sfp_model.results import run
from sfp_model.results.breakdown import breakdown
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.tables_funding import gap
from tests.model import plans

CENTIME = 0.005


@cache
def results(scenario: str):
    """Return plan and results of a scenario."""
    plan = load_plan(scenario=scenario)
    return plan, run(plan)


@pytest.mark.parametrize("scenario", scenario_names())
@pytest.mark.parametrize("kind", ["year", "biennium"])
def test_sources_and_gap_are_the_nominal_additional_need(scenario: str, kind: str) -> None:
    """By year and biennium, for each ceiling, to the centime, against what ``sfp needs`` gives."""
    plan, found = results(scenario)
    needs = {row[kind]: row["chf"] for row in breakdown(plan, found, [kind], "additional", "nominal")}
    rows = [row for row in found.table("funding.gap") if row["kind"] == kind]
    assert {row["ceiling"] for row in rows} == {"low", "centre", "high"}
    for row in rows:
        need = needs.get(row["period"], 0.0)
        assert row["additional_chf"] == pytest.approx(need, abs=CENTIME)
        assert row["regular_chf"] + row["sources_chf"] + row["gap_chf"] == pytest.approx(need, abs=CENTIME)
        assert row["regular_chf"] <= row["ceiling_chf"] + CENTIME


@pytest.mark.parametrize("scenario", scenario_names())
def test_drawn_by_source_adds_up_to_the_gap_table(scenario: str) -> None:
    """The sources table and the gap table hold the same money; no source without evidence gives any."""
    _, found = results(scenario)
    drawn: dict[tuple[str, str], float] = defaultdict(float)
    for row in found.table("funding.sources"):
        drawn[row["kind"], row["period"]] += row["drawn_chf"]
        if row["evidence"] == "none found":
            assert row["stated_chf"] == row["available_chf"] == row["drawn_chf"] == 0
    for row in found.table("funding.gap"):
        if row["ceiling"] == "centre" and row["kind"] != "plan":
            paid = drawn[row["kind"], row["period"]]
            assert paid + row["gap_chf"] == pytest.approx(row["additional_chf"], abs=CENTIME)


@pytest.mark.parametrize("scenario", scenario_names())
def test_timing_between_the_years_of_a_biennium_explains_the_difference(scenario: str) -> None:
    """Gaps of two years are the gap of their biennium and what timing alone adds; never less."""
    _, found = results(scenario)
    for level in ("low", "centre", "high"):
        rows = [row for row in found.table("funding.gap") if row["ceiling"] == level]
        years = pair_up(np.array([row["gap_chf"] for row in rows if row["kind"] == "year"]))
        for total, row in zip(years, (r for r in rows if r["kind"] == "biennium"), strict=True):
            assert total == pytest.approx(row["gap_chf"] + row["timing_chf"], abs=CENTIME)
            assert row["timing_chf"] >= -CENTIME


def test_units_and_classes_by_hand() -> None:
    """CHF 1 million a year is 3.14 units, CHF 2 915 a unit of Member States and CHF 2 469 a unit-equivalent."""
    _, found = results("baseline")
    rows = {row["class"]: row for row in found.table("funding.classes") if row["measure"] == "CHF 1 million"}
    assert rows["1"]["per_unit_chf"] == pytest.approx(1e6 / 343)
    assert rows["1"]["per_equivalent_chf"] == pytest.approx(1e6 / 405)
    assert rows["1/16"]["now_chf"] == 19_875 and rows["40"]["now_chf"] == 12_720_000
    assert rows["40"]["per_unit_chf"] == pytest.approx(40 * 1e6 / 343)
    need = next(r for r in found.table("funding.units") if (r["measure"], r["period"]) == ("additional need", "2024"))
    assert need["units"] == pytest.approx(need["amount_chf"] / 318_000)
    assert need["share"] == pytest.approx(need["amount_chf"] / (652e6 / 4))


def funded(amount: float, unit: str, support: float, need: float = 100.0) -> list[dict]:
    """Return the gap rows of a plan that needs *need* in 2024 and has one source."""
    values = {
        "funding.ceiling_share": plans.value("funding.ceiling_share", 0.1, unit="share"),
        "funding.biennial_budget": plans.value("funding.biennial_budget", 1000, unit="CHF/biennium"),
        "funding.sources.voluntary": plans.value("funding.sources.voluntary", amount, unit=unit),
        "funding.support_cost.voluntary": plans.value("funding.support_cost.voluntary", support, unit="share"),
    }
    frame = plans.settings()
    small: Plan = plans.plan(
        [plans.line("x.1.1/work", "work", need / 1000)], settings=replace(frame, values={**frame.values, **values})
    )
    return [row for row in gap(Evaluation.of(small)) if row["ceiling"] == "centre"]


def test_support_cost_by_hand() -> None:
    """Of CHF 22.60 given with 13 per cent support cost, CHF 20 pay for the plan."""
    rows = {row["period"]: row for row in funded(22.6, "CHF/year", 0.13)}
    assert rows["2024"]["regular_chf"] == pytest.approx(50)
    assert rows["2024"]["sources_chf"] == pytest.approx(20)
    assert rows["2024"]["gap_chf"] == pytest.approx(30)
    assert rows["2024"]["to_raise_chf"] == pytest.approx(33.9)
    assert rows["2024-2025"]["gap_chf"] == pytest.approx(0)
    assert rows["2024-2025"]["timing_chf"] == pytest.approx(30)


def test_a_stock_is_drawn_once() -> None:
    """CHF 60 once, with CHF 50 in the regular budget of the year: CHF 50 drawn, nothing left over to draw twice."""
    rows = {row["period"]: row for row in funded(60, "CHF", 0.0, need=300)}
    assert rows["2024"]["sources_chf"] == pytest.approx(60)
    assert rows["plan"]["regular_chf"] + rows["plan"]["sources_chf"] + rows["plan"]["gap_chf"] == pytest.approx(300)


amounts = st.floats(0, 1e6)


@given(
    st.lists(st.tuples(amounts, amounts, amounts, amounts), min_size=1, max_size=6),
    st.lists(st.tuples(st.booleans(), st.floats(0, 0.3)), max_size=1),
    amounts,
)
@settings(max_examples=60, deadline=None)
def test_no_source_gives_more_than_it_has(periods, extra, stock) -> None:
    """Everything balances, in order, and a stock is never overdrawn."""
    need, ceiling, first, second = (np.array(column) for column in zip(*periods, strict=True))
    support = extra[0][1] if extra else 0.0
    found = fund(need, ceiling, [Supply(first, stock, support), Supply(second)])
    assert np.allclose(found.regular + found.drawn.sum(axis=0) + found.gap, need)
    assert (found.gap >= -1e-6).all() and (found.drawn >= -1e-6).all()
    paid = (found.drawn[0] + found.support[0]).sum()
    assert paid <= first.sum() + stock + 1e-3
    later = found.drawn[1] > 1e-6
    assert np.allclose(found.drawn[0][later], found.available[0][later])
