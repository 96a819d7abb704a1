"""The page on ranges reads well in every scenario and says the amounts of its tables."""

from __future__ import annotations

import pytest

from sfp_model.report import answers, sure_tables, sure_words
from sfp_model.report.sentences import money
from tests.report.test_pages import SLIPS
from tests.shared import open_tables


@pytest.mark.parametrize("scenario", ["baseline", "within-existing-resources"])
def test_words_and_tables_of_ranges(scenario: str) -> None:
    """No slips; the answer names P50 and P80 where there is a need, and says nil where there is none."""
    t = open_tables("sure", scenario)
    words = [sure_words.sure_answer(t).text, sure_words.contingency_words(t), sure_words.joint_words(t),
             sure_words.view_words(t), sure_words.meaning_words(t), sure_tables.precision_note(t)]  # fmt: skip
    for text in words:
        assert not SLIPS.search(text), text
    for table in (
        sure_tables.build_up_table, sure_tables.parts_table, sure_tables.contingency_table, sure_tables.joint_table,
        sure_tables.views_table, sure_tables.rho_table, sure_tables.absorbed_table, sure_tables.event_range_table,
    ):  # fmt: skip
        assert not SLIPS.search(" ".join(table(t).text.split("<tbody", 1)[1].split())), table
    row = sure_words.need_row(t)
    if scenario == "baseline":
        assert money(row.p80_chf) in words[0]
        assert money(row.p50_chf) in words[0]
    else:
        assert "nil in every draw" in words[0]


def test_the_overview_states_the_build_up_in_its_answer() -> None:
    """Base estimate, provision, P50, contingency and P80 stand in the first box."""
    t = open_tables("overview")
    row, text = sure_words.need_row(t), answers.overview_answer(t, "2025").text
    for amount in (row.base_chf, row.provision_chf, row.p50_chf, row.contingency_chf, row.p80_chf):
        assert money(amount) in text
