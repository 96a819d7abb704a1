"""The page on funding: complete, equal to the results, and readable where amounts are nil or ceilings cannot hold."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from sfp_model.decisions.ceiling_plan import windows
from sfp_model.inputs import load_plan
from sfp_model.report import funding_tables, funding_words
from sfp_model.report.format import thousands
from sfp_model.report.reads import Tables, declared_reads, notebook_path
from sfp_model.results.store import keep
from sfp_model.results.table import Table
from sfp_model.results.tables import CEILING_NAMES
from sfp_model.results.tables_ceiling import Fit, ceiling_table
from tests.shared import results

SLIPS = re.compile(r"\b(nan|None|NaT|n/a)\b|  |\.\.|/home/|CHF\u00a0–")
CASES = [
    ("baseline", 1_000_000.0),
    ("baseline", 700_000.0),
    ("baseline", 400_000.0),
    ("baseline", 9e6),
    ("within-existing-resources", 1e6),
]


@cache
def folder(scenario: str, ceiling: float) -> Path:
    """Return the tables of the page under a ceiling a year, with two start dates to be quick."""
    plan = load_plan(scenario=scenario)
    found = results(scenario)
    fit = Fit(plan, windows(plan, ceiling), step=24)
    made: dict[str, Table] = {name: ceiling_table(fit, name) for name in CEILING_NAMES}
    declared = (str(read).partition("[")[0] for read in declared_reads(notebook_path("funding")))
    for name in (name for name in declared if name not in made):
        made[name] = Table.of(found.columns(name), found.table(name))
    return keep(lambda: f"{scenario} {ceiling}", lambda: made, None).folder


def tables(scenario: str, ceiling: float) -> Tables:
    """Open what the notebook declares."""
    return Tables(folder(scenario, ceiling), declared_reads(notebook_path("funding")), "funding")


@pytest.mark.parametrize(("scenario", "ceiling"), CASES)
def test_every_sentence_and_table_reads_well(scenario: str, ceiling: float) -> None:
    """No missing number, no doubled space, whatever the ceiling."""
    t = tables(scenario, ceiling)
    for name in funding_words.__all__:
        text = str(getattr(funding_words, name)(t))
        found = SLIPS.search(text)
        assert found is None, f"{name}: {text[max(0, found.start() - 40) : found.end() + 40]}"
    for name in funding_tables.__all__:
        assert getattr(funding_tables, name)(t) is not None


def test_page_shows_the_gap_of_the_results() -> None:
    """The table and the answer hold the stored amounts."""
    t = tables("baseline", 1_000_000.0)
    rows = t["funding.gap"]
    plan = rows[(rows["ceiling"] == "centre") & (rows["kind"] == "plan")].iloc[0]
    assert thousands(plan["gap_chf"]) in funding_tables.gap_table(t).text
    assert "illustrative" in funding_words.funding_answer(t).text


def test_ceilings_that_cannot_hold_are_said() -> None:
    """Below what is outside the choice, the smallest relaxation is said in words."""
    assert "cannot hold" in funding_words.relaxation_words(tables("baseline", 400_000.0))
    assert "brings programme management" in funding_words.relaxation_words(tables("baseline", 400_000.0))
    assert "fits: no ceiling" in funding_words.relaxation_words(tables("baseline", 9e6))


def test_a_ceiling_without_any_action_is_explained() -> None:
    """The answer says that none fits, why, and what the first would take."""
    t = tables("baseline", 700_000.0)
    said = funding_words.funding_answer(t).text
    assert "No action that closes a gap fits" in said and "brings programme management" in said
    assert "smallest sum that buys the next action" in funding_words.next_words(t)
    assert "the smallest sum that buys anything" in funding_tables.next_table(t).text
