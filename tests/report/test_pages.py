"""What the pages on event, assumptions, traceability and methods show: complete, and equal to the results."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest

from sfp_model.inputs import load_plan, scenario_names
from sfp_model.report import (
    assumption_words,
    ballot,
    event_evidence,
    event_tables,
    event_words,
    gain_tables,
    implication_tables,
    method_tables,
    price_tables,
    provenance,
    risk_register,
    risk_words,
    tail_tables,
    trace_tables,
)
from sfp_model.report.format import thousands
from sfp_model.report.reads import Tables, declared_reads, notebook_path
from sfp_model.results import compare, run
from tests.shared import open_tables, results

SCENARIOS = scenario_names()
SLIPS = re.compile(r"\b(nan|None|NaT|n/a|one editions)\b|  |\.\.|/home/|CHF\u00a0–")


def test_each_item_of_the_source_is_shown_once() -> None:
    """Every item of the catalogue belongs to exactly one part of the traceability page."""
    tables = open_tables("traceability")
    shown = [trace_tables.item_table(tables, part).text.count("\n| **") for part in trace_tables.SECTIONS]
    assert sum(shown) == len(tables["catalogue"])


def test_options_not_chosen_carry_no_amount() -> None:
    """An option that the scenario did not choose shows no amount, although its activities have one."""
    items = trace_tables.items(open_tables("traceability")).set_index("item")
    assert items.at["OPT-a.1-B.1", "additional_constant"] == 0
    assert items.at["OPT-a.1-A", "absorbed_constant"] > 0


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_evidence_adds_up_to_the_plan(scenario: str) -> None:
    """The amounts by evidence are those by confidence code."""
    tables = open_tables("assumptions", scenario)
    sums, codes = provenance.evidence(tables), tables["summary.confidence"]
    for measure in ("additional", "absorbed"):
        assert sums[measure].sum() == pytest.approx(codes[f"{measure}_constant"].sum())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_bars_of_the_account_add_up_to_the_net_result(scenario: str) -> None:
    """The bars leave out only lines that round to nothing."""
    tables = open_tables("event", scenario)
    bars = event_tables.account_bars(tables)["Cash"]
    assert sum(bars.values()) == pytest.approx(event_tables.shown_concept(tables)["net_chf"], abs=500)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(
    ("notebook", "sentences"),
    [
        ("event", event_words.event_answer),
        ("event", event_words.into_plan_words),
        ("event", event_words.decision_words),
        ("event-evidence", event_evidence.evidence_answer),
        ("event-evidence", event_evidence.misses_words),
        ("event-evidence", event_evidence.reached_words),
        ("event-evidence", event_evidence.meaning_words),
        ("decisions", ballot.ballot_answer),
        ("decisions", ballot.each_decision),
        ("decisions", implication_tables.posts_words),
        ("decisions", implication_tables.languages_words),
        ("overview", price_tables.effects_words),
        ("overview", tail_tables.full_year_words),
        ("overview", tail_tables.tail_words),
        ("assumptions", assumption_words.assumptions_answer),
        ("assumptions", assumption_words.declared),
        ("traceability", trace_tables.trace_answer),
        ("methods", method_tables.methods_answer),
        ("methods", method_tables.example),
        ("methods", gain_tables.npv_words),
        ("risks", risk_words.risks_answer),
        ("risks", risk_words.views_words),
        ("risks", risk_words.classes_words),
        ("risks", risk_words.decision_words),
        ("risks", risk_register.events_words),
        ("risks", gain_tables.gain_words),
        ("risks", gain_tables.gains_by_year),
    ],
)
def test_sentences_read_well_in_every_scenario(
    scenario: str, notebook: str, sentences: Callable[[Tables], object]
) -> None:
    """No sentence shows a missing number, a machine's path or a plural of one."""
    text = str(sentences(open_tables(notebook, scenario)))
    found = SLIPS.search(text)
    assert found is None, text[max(0, found.start() - 40) : found.end() + 40]


def test_files_are_named_from_beside_the_parameters(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Results name files the same from any working folder."""
    from sfp_model.inputs import default_folders

    params, data = (folder.resolve() for folder in default_folders())
    here = run(load_plan(params, data)).table("parameters")
    monkeypatch.chdir(str(tmp_path))
    there = run(load_plan(params, data)).table("parameters")
    assert here == there
    assert {str(row["file"]).split("/")[0] for row in here} == {"params"}
    assert pd.DataFrame(here)["file"].str.startswith("params/").all()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_ballot_adds_up_to_the_plan(scenario: str) -> None:
    """The one page to vote from ends with the additional need of the plan, and names every decision once."""
    tables = open_tables("decisions", scenario)
    text = ballot.ballot(tables).text
    overview = open_tables("overview", scenario)["summary.initiatives"]
    inside = overview[overview["period"].str.isdigit()]
    whole = thousands(float(inside["additional_constant"].sum()))
    total = text[text.index(">Total<") :]
    assert f">{whole}<" in total
    for decision in tables["decisions"]["decision"].unique():
        assert text.count(f'href="#{ballot.anchor(decision)}"') == 1
        assert f"{{#{ballot.anchor(decision)}}}" in str(ballot.each_decision(tables))


def test_hindcast_page_reads_well() -> None:
    """Words and tables of the hindcast, which is read once across scenarios."""
    from sfp_model.report import hindcast_words

    across = compare([results(name) for name in ("baseline", "known-today")])
    reads = declared_reads(notebook_path("hindcast"))
    tables = {name: across.frame(name) for name in reads}
    for show in (
        hindcast_words.hindcast_answer,
        hindcast_words.finance_words,
        hindcast_words.lesson_words,
    ):
        text = str(show(tables))  # type: ignore[arg-type]
        found = SLIPS.search(text)
        assert found is None, text[max(0, found.start() - 40) : found.end() + 40]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_tables_of_risks_and_gains_have_no_holes(scenario: str) -> None:
    """Cells hold numbers, words or nothing, also where amounts are nil."""
    tables = open_tables("risks", scenario)
    shown = [show(tables) for show in (risk_words.views_table, risk_words.classes_table, risk_register.events_table)]
    shown += [gain_tables.break_even_table(tables, "programme", "initiative"), gain_tables.gains_by_year(tables)]
    shown += [gain_tables.break_even_table(tables, "action"), gain_tables.npv_table(open_tables("methods", scenario))]
    for table in shown:
        assert not re.search(r"\b(nan|None|n/a)\b", str(table))
