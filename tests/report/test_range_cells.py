"""Every range on a page belongs to the amount above it, in every kind of table."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd
import pytest

import sfp_model.report.tables as house
from sfp_model.report import (
    answers,
    ballot,
    comparison,
    cross_tables,
    decision_tables,
    funding_tables,
    implication_tables,
    needs_tables,
    price_tables,
    regional_tables,
    tail_tables,
    time_tables,
)
from sfp_model.report.bands import Bands, between, standing
from sfp_model.report.reads import Tables, declared_reads, notebook_path
from sfp_model.results import compare, run
from sfp_model.results.part import Part
from tests.report.test_pages import SLIPS
from tests.shared import open_tables

BOTH = ("regional_presence", "workplace")
REST = (*BOTH, "flagship_event")


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[pd.DataFrame, dict[Any, Any], str]]]:
    """Collect amounts, ranges and HTML of every table that is made."""
    found: list[tuple[pd.DataFrame, dict[Any, Any], str]] = []
    made = house.statement

    def statement(frame: pd.DataFrame, **options: Any) -> Any:
        table = made(frame, **options)
        found.append((frame.reset_index(drop=True), options.get("ranges") or {}, table.text))
        return table

    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("sfp_model.report.") and hasattr(module, "statement"):
            monkeypatch.setattr(module, "statement", statement)
    yield found


def check(printed: list[tuple[pd.DataFrame, dict[Any, Any], str]]) -> int:
    """Compare each range's own base estimate with its cell, to the centime; return how many there were."""
    compared = 0
    for frame, ranges, html in printed:
        for (row, column), span in ranges.items():
            if column in frame and span.base is not None:
                shown = frame.loc[row, column]
                assert shown != shown or float(shown) == pytest.approx(span.base, abs=0.02), (column, row, html[-900:])
                compared += 1
        if 'class="range"' in html:
            assert "they do not add up" in html and "sure.ipynb#sec-contingency" in html
    return compared


def test_ranges_belong_to_their_amounts_in_the_baseline(printed: list[Any]) -> None:
    """Needs by every breakdown, options, decisions, deferral, funding, starts, and a page about two programmes."""
    t = open_tables("overview")
    every = tuple(t["summary.initiatives"]["programme"].unique())
    for prices in ("constant", "nominal"):
        needs_tables.by_programme(t, "additional", prices=prices)
    for table in (
        price_tables.effects_by_year, cross_tables.by_sector, needs_tables.codes, cross_tables.recurrence_by_year,
        tail_tables.full_year_table, decision_tables.decisions_table,
    ):  # fmt: skip
        table(t)
    needs_tables.by_category(t, every)
    cross_tables.initiative_by_category(t, REST)
    needs_tables.absorbed_months(t, (), ("programme_label",))
    needs_tables.recurrence(t, ())
    t = open_tables("regional")
    for table in (needs_tables.by_initiative, needs_tables.by_category, needs_tables.recurrence):
        table(t, BOTH)
    needs_tables.absorbed_months(t, BOTH, ("programme_label", "label"))
    regional_tables.curve_table(t)
    t = open_tables("transformation")
    for table in (needs_tables.by_initiative, price_tables.effects_by_initiative, needs_tables.by_category):
        table(t, ("transformation",))
    cross_tables.initiative_by_category(t, ("transformation",))
    decision_tables.options_by_year(t, "a.1", "b.1")
    t = open_tables("decisions")
    for table in (
        ballot.ballot, decision_tables.options_by_year, implication_tables.implications_table,
        implication_tables.implications_by_year, implication_tables.deferral_table,
    ):  # fmt: skip
        table(t)
    t = open_tables("funding")
    for table in (funding_tables.gap_table, funding_tables.level_table, funding_tables.unit_table):
        table(t)
    t = open_tables("time")
    time_tables.effects(t)
    time_tables.peaks(t)
    assert check(printed) > 900


@cache
def across() -> Tables:
    """Open the page across two scenarios."""
    declared = declared_reads(notebook_path("scenarios"))
    found = compare([run(house_plan(name)) for name in ("baseline", "within-existing-resources")])
    return Tables(found.laid_out(Part.parse(name).table for name in declared), declared, "scenarios")


def house_plan(name: str) -> Any:
    from sfp_model.inputs import load_plan

    return load_plan(scenario=name)


def test_ranges_belong_to_their_amounts_across_scenarios(printed: list[Any]) -> None:
    """Totals, and differences between scenarios, with links into the first scenario's page on ranges."""
    t = across()
    comparison.totals(t)
    comparison.totals(t, "nominal")
    comparison.differences(t)
    comparison.differences(t, "person_months")
    comparison.absorbed(t)
    assert all("../baseline/sure.ipynb" in html for _, ranges, html in printed if ranges)
    for frame, ranges, _ in printed:
        for (row, column), span in ranges.items():
            shown = frame.reset_index(drop=True).loc[row, column] if column in frame else span.base
            assert float(shown) == pytest.approx(span.base, abs=0.02), (row, column)


def test_a_sum_that_is_not_stored_has_no_range() -> None:
    """Programmes that are neither one, nor a run in the plan's order, nor all."""
    bands = Bands(open_tables("overview"))
    assert bands.whole(["transformation", "workplace"]) is None
    assert bands.whole(BOTH) == ("programmes", "", "", "regional_presence|workplace")
    assert bands.whole(()) == bands.whole(("transformation", *REST)) == ("total", "", "", "")


@pytest.mark.parametrize("scenario", ["baseline", "within-existing-resources"])
def test_sentences_state_ranges_and_read_well(scenario: str) -> None:
    """The answers give P10–P90 where there is something to give; a scenario without need says nothing of it."""
    t = open_tables("transformation", scenario)
    text = answers.initiatives_answer(t, ("transformation",), "The transformation plan").text
    words = [text, standing(t), answers.options_answer(t, "a.1", "b.1").text,
             answers.overview_answer(open_tables("overview", scenario), "2025").text,
             ballot.each_decision(open_tables("decisions", scenario)).text]  # fmt: skip
    assert not any(SLIPS.search(" ".join(part.split())) for part in words)
    assert "P10–P90" in text and "How sure are we?" in standing(t)
    assert ("additional need lie at or below it" in standing(t)) == (scenario == "baseline")
    assert between(None) == ""
