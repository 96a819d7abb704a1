"""The page on the flagship event: questions answered from the results, in every kind of scenario."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import Any

import matplotlib as mpl
import pytest

from sfp_model.report import (
    event_admissible,
    event_conditions,
    event_drivers,
    event_figures,
    event_inputs,
    event_questions,
    event_tables,
    event_trade,
    event_words,
)
from sfp_model.report.event_words import event_answer
from sfp_model.report.format import with_limits
from sfp_model.report.sentences import money
from tests.shared import open_tables

mpl.use("Agg")

# The other scenarios leave the event as it is: the same tables.
SCENARIOS = ("baseline", "known-today", "within-existing-resources")
WORDS = (
    event_answer, event_questions.pays_words, event_questions.fund_draws_words, event_questions.buys_words,
    event_questions.best_words, event_questions.firm_words, event_conditions.standalone_words,
    event_conditions.sponsorship_words, event_conditions.date_words, event_conditions.cancelled_words,
    event_drivers.lead_words, event_drivers.turning_words, event_trade.frontier_words,
    event_admissible.admissible_words,
)  # fmt: skip


@cache
def tables(scenario: str) -> Any:
    return open_tables("event", scenario)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_answers_read_well(scenario: str) -> None:
    """No answer is empty, holds a missing number or a dash for nil, or ends without a full stop."""
    for function in WORDS:
        text = str(function(tables(scenario)))
        assert len(text) > 60, function.__name__
        assert not re.search(r"\bnan\b|\bNone\b|\binf\b| – |×\s*–|\s{3,}\S", text), (function.__name__, text)
        assert text.rstrip().rstrip(":").rstrip()[-1] in ".:", function.__name__


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_a_concept_reaches_has_its_range(scenario: str) -> None:
    """Every ratio, number of persons and score stands above its P10 and P90."""
    found = tables(scenario)
    rows = len(event_tables.concepts(found))
    criteria = len(event_tables.scores(found)) + 1
    for table, cells in (
        (event_tables.ratio_table, 3 * rows), (event_tables.reach_table, 5 * rows),
        (event_tables.impact_table, criteria * rows),
    ):  # fmt: skip
        assert str(table(found).text).count('class="range"') >= cells - 5, table.__name__  # those that print as one


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_answers_are_those_of_the_tables(scenario: str) -> None:
    """The concept with least subsidy and the one that reaches most are those of the draws, with their amounts."""
    found, text = tables(scenario), str(event_answer(tables(scenario)))
    fund = found["event.fund"].query("admitted")
    least, most = fund.loc[fund["subsidy_mean_chf"].idxmin()], fund.loc[fund["ldc_mean"].idxmax()]
    mean = money(least["subsidy_mean_chf"])
    assert f"**{least['title']}** needs the least subsidy: in the mean of the draws {mean}" in text
    assert money(least["subsidy_p50_chf"]) in text and money(least["subsidy_p80_chf"]) in text
    assert most["title"] in text and f"{most['ldc_mean']:,.0f}".replace(",", "\u00a0") in text


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_all_answers_name_one_concept_with_least_subsidy(scenario: str) -> None:
    """Answer, decision, firmness and the account shown agree on which concept needs least subsidy."""
    found = tables(scenario)
    fund = found["event.fund"].query("admitted")
    least = fund.loc[fund["subsidy_mean_chf"].idxmin(), "title"]
    assert f"**{least}** needs the least subsidy" in str(event_answer(found))
    assert f"It is least with *{least}*" in str(event_words.decision_words(found))
    assert event_questions.firm_words(found).startswith(f"That *{least}* is the cheapest")
    assert event_tables.least_subsidy(found)["concept_title"] == least
    if not event_tables.chosen(found)["format"]:
        assert f"**{least}**, which needs least subsidy" in event_words.shown_words(found)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_sponsorship_is_told_as_the_model_has_it(scenario: str) -> None:
    """What the cap costs is a difference of net results; a cap binds where the sweep starts to move."""
    found = tables(scenario)
    text = str(event_conditions.sponsorship_words(found))
    for _, rows in found["event.sponsorship"].groupby("concept"):
        rows = rows.sort_values("cap")
        free, now = rows["net_chf"].max(), rows[rows["now"]].iloc[0]
        if free - now["net_chf"] > 50:
            assert money(free - now["net_chf"]) in text
        slack = rows[rows["cap"] > now["wanted_share"] + 1e-9]["sponsorship_chf"]
        bound = rows[rows["cap"] < now["wanted_share"] - 1e-9]["sponsorship_chf"]
        assert slack.empty or slack.max() - slack.min() < 0.01
        assert bound.empty or (bound < rows["sponsorship_chf"].max() - 0.01).all() or slack.empty


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_tables_and_figures_are_made(scenario: str) -> None:
    """Every table has rows; every figure names every concept that is held."""
    import matplotlib.pyplot as plt

    found = tables(scenario)
    for name in event_trade.__all__:
        if name.endswith("_table"):
            assert len(str(getattr(event_trade, name)(found)).splitlines()) > 3, name
    names = set(event_tables.concepts(found)["name"])
    for name in ("frontier", "ratios", "ranks", "fund"):
        figure = getattr(event_figures, name)(found)
        axis = figure.axes[0]
        shown = {text.get_text() for text in (*axis.texts, *axis.get_yticklabels())}
        assert names <= {text.removesuffix(" (not admissible)") for text in shown}, name
    months = {label.get_text() for label in event_figures.calendar(found).axes[0].get_yticklabels()}
    assert {"January", "December"} <= months and len(months) == 12
    assert "Net result" in {t.get_text() for t in event_figures.waterfall(found).axes[0].get_yticklabels()}
    plt.close("all")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_points_that_the_prose_quotes_stand_in_the_table(scenario: str) -> None:
    """The frontier table keeps the best without subsidy, the first with one and the last; it says how many it shows."""
    found = tables(scenario)
    printed = str(event_trade.frontier_table(found))
    rows = found["event.frontier"]
    rows = rows[rows["overall_p80"]].sort_values(["subsidy_p80_chf", "impact_mean"])
    paid, free = rows[rows["subsidy_p80_chf"] > 50], rows[rows["subsidy_p80_chf"] <= 50]
    for row in (*free.tail(1).itertuples(), *paid.head(1).itertuples(), *paid.tail(1).itertuples()):
        line = f"| {row.impact_mean:.1f} (" if row.impact_mean else "No flagship event"
        assert line in printed
    assert f" {len(rows)} points" in event_trade.frontier_words(found)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_lead_is_that_of_the_first_concept(scenario: str) -> None:
    """The concept whose lead is explained is the one with most impact in the mean, which leads the ranks too."""
    found = tables(scenario)
    ranks = found["event.acceptability"]
    first = ranks.loc[ranks["expected_rank"].idxmin(), "title"]  # skips what takes no rank
    assert str(event_drivers.lead_words(found)).startswith(f"*{first}* has most impact")
    least = event_tables.least_subsidy(found)["concept_title"]
    assert f"Which of *{least}* and" in event_drivers.turning_words(found)


def test_what_moves_the_order_shows_its_confidence_limits() -> None:
    """Each row of the table of drivers prints both indices with their limits; the note says of what."""
    found = tables("baseline")
    text, rows = str(event_drivers.drivers_table(found)), found["event.drivers"]
    for row in rows.to_dict("records"):
        assert with_limits(row["coefficient"], row["coefficient_low"], row["coefficient_high"], 2) in text
        first = (100 * row[f"first_order{end}"] for end in ("", "_low", "_high"))
        assert f"| {with_limits(*first, 0)} |" in text
    assert "95 per cent confidence limits" in text


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_is_left_out_is_named_with_its_reason(scenario: str) -> None:
    """Words, table and notes name exactly the concepts that may not be chosen; the frontier prints none of them."""
    found = tables(scenario)
    rows = found["event.admissible"].query("own")
    words, note = event_admissible.admissible_words(found), event_admissible.excluded_note(found)
    listed = str(event_admissible.admissible_table(found))
    names = event_tables.concepts(found).set_index("concept")["name"]
    for row in rows.itertuples():
        assert (f"*{row.title}*: " in words) == (not row.admitted)
        assert (f"{row.title} (" in note) == (not row.admitted)
        assert row.admitted or f"| {names[row.concept]}, " not in str(event_trade.frontier_table(found))
    assert listed.count("left out") == (~rows["admitted"]).sum()
    assert note in str(event_trade.rank_table(found)) and note in str(event_trade.fund_table(found))


def test_every_input_of_the_event_has_its_evidence_or_the_word_estimate() -> None:
    """Each parameter of the concept shown stands once with its place; its evidence is a source or says estimate."""
    found = tables("baseline")
    concept = event_tables.shown_concept(found)["concept"]
    others = set(event_tables.concepts(found)["concept"]) - {concept}
    values = found["parameters"]
    values = values[values["path"].str.startswith("event.")]
    mine = values[[path.split(".")[-1] not in others for path in values["path"]]]
    cells = re.findall(
        r"<tr><th scope=\"row\">(.+?)</th><td>(.+?)</td><td>(.+?)</td><td>(.+?) <code>",
        str(event_inputs.event_inputs(found, concept)),
    )
    assert len(cells) == len(mine)
    titles = set(found["sources"]["title"])
    for (title, amount, evidence, basis), row in zip(cells, mine.itertuples(), strict=True):
        assert title and amount and len(basis) > 10 and "_" not in title, row.path
        named = evidence.startswith("Estimate") or any(escape(name) in evidence for name in titles)
        assert named and evidence.endswith(f"({row.confidence})"), row.path
        assert (row.confidence == "E") <= evidence.startswith("Estimate"), row.path
        assert evidence.count("informed by") == bool(row.rests_on and row.confidence == "E"), row.path


def test_every_input_of_the_trade_off_is_listed() -> None:
    """Each number of params/tradeoff.yml stands on the page with its code, in the list or among the weights."""
    found = tables("baseline")
    listed = str(event_trade.inputs_table(found))
    values = found["parameters"]
    values = values[values["path"].str.startswith("tradeoff.")]
    assert set(values["confidence"]) <= {"E", "R", "R2", "M-M"}
    for _, row in values[~values["path"].str.contains("profiles")].iterrows():
        assert row["basis"] in listed, row["path"]
