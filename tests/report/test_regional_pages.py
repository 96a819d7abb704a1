"""What the page on regional presence and workplace says reads well in every scenario."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sfp_model.report import regional_words
from sfp_model.report.reads import Tables
from tests.report.test_pages import SCENARIOS, SLIPS
from tests.shared import open_tables


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(
    ("notebook", "sentences"),
    [
        ("traceability", regional_words.goals_words),
        ("regional", lambda tables: regional_words.country_teams(tables, "1.3.1.x")),
        ("regional", regional_words.ramp_words),
        ("regional", regional_words.curve_words),
        ("regional", regional_words.offices_words),
        ("regional", regional_words.raised_words),
        ("regional", regional_words.results_words),
        ("regional", regional_words.series_words),
    ],
)
def test_sentences_read_well(scenario: str, notebook: str, sentences: Callable[[Tables], str]) -> None:
    """No sentence shows a missing number, a doubled stop or a nil that an amount is said to be."""
    text = sentences(open_tables(notebook, scenario))
    found = SLIPS.search(text)
    assert found is None, text[max(0, found.start() - 40) : found.end() + 40]
    assert text
