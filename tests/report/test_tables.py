"""Tables and shapes of the pages."""

from __future__ import annotations

import pandas as pd
import pytest

from sfp_model.report.tables import statement, text_table
from sfp_model.report.views import in_years, listing, shares

LONG = pd.DataFrame(
    {
        "initiative": ["a", "a", "b", "b", "c"],
        "period": ["2024", "before 2024", "2025", "after 2027", "2026"],
        "chf": [1000.0, 500.0, -2000.0, 4.0, 0.0],
    }
)


def full(frame: pd.DataFrame) -> pd.DataFrame:
    """Add empty years, as result tables have them."""
    extra = pd.DataFrame({"initiative": "a", "period": ["2024", "2025", "2026", "2027"], "chf": 0.0})
    return pd.concat([frame, extra], ignore_index=True)


def test_years_across_have_biennial_sub_totals_and_memo_columns() -> None:
    """Sub-totals add their two years, memo columns stay outside the horizon's total, empty rows go."""
    table = in_years(full(LONG), "initiative", "chf")
    assert list(table.columns) == [
        "initiative", "2024", "2025", "2024–25", "2026", "2027", "2026–27", "2024–2027", "before 2024", "after 2027",
    ]  # fmt: skip
    total = table[table["initiative"] == "Total"].iloc[0]
    assert total["2024–25"] == -1000 and total["2024–2027"] == -1000 and total["before 2024"] == 500
    assert list(table["initiative"]) == ["a", "b", "Total"]


def test_statement_marks_totals_numbers_and_heads() -> None:
    """The HTML says what is a heading, a number and a total, without style block or script."""
    frame = in_years(full(LONG), "initiative", "chf")
    columns = {c: c for c in frame.columns if c != "initiative"}
    html = statement(frame, stub="initiative", columns=columns, totals=[2], source="model").text
    assert html.startswith("```{=html}\n<table") and html.rstrip().endswith("```")
    assert html.count('<tr class="total">') == 1 and 'scope="row"' in html and 'class="num"' in html
    assert "<style" not in html and "<script" not in html and "(2)" in html and "–" in html
    assert "totals may not add" in html


def test_statement_is_the_same_on_every_call() -> None:
    """No random id gets into a notebook."""
    frame = pd.DataFrame({"a": ["x"], "b": [1.0]})
    assert statement(frame, stub="a", columns={"b": "B"}).text == statement(frame, stub="a", columns={"b": "B"}).text


def test_columns_of_figures_stand_right_and_months_do_not_break() -> None:
    """Also where they come as text: shares, points, standard errors; words stay left."""
    frame = pd.DataFrame({"row": ["a", "b"], "share": ["12%", "under 1%"], "code": ["E", "R"], "chf": [1.0, 2.0]})
    html = statement(frame, columns={"share": "Share", "code": "Code", "chf": "CHF"}, stub="row").text
    assert '<td class="num">under 1%</td>' in html and '<td class="num">E</td>' not in html
    rows = [{"what": "x", "n": "3\u00a0382", "when": "2024-07 to 2024-12"}, {"what": "y", "n": "–", "when": ""}]
    text = text_table(rows, {"what": "What", "n": "Number", "when": "When"}).text
    assert text.splitlines()[1] == "|:--|--:|:--|" and "2024\u201107 to 2024\u201112" in text


def test_text_is_escaped() -> None:
    """A title with markup characters stays text."""
    frame = pd.DataFrame({"a": ["<b>"], "b": [1.0]})
    html = statement(frame, stub="a", columns={"a": "A", "b": "B"}, formats={"a": "text", "b": "number"}).text
    assert "<b>" not in html
    assert "\\|" in text_table([{"a": "x|y"}], {"a": "A"}).text


@pytest.mark.parametrize(("words", "said"), [([], "none"), (["x"], "x"), (["x", "y", "z"], "x, y and z")])
def test_listing(words: list[str], said: str) -> None:
    """Words are joined as a sentence does."""
    assert listing(words) == said


def test_shares_of_nothing_are_nothing() -> None:
    """No division by nil."""
    assert list(shares(pd.Series([0.0, 0.0]))) == [0, 0]
    assert list(shares(pd.Series([1.0, 3.0]))) == [0.25, 0.75]
