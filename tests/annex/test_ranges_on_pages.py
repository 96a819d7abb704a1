"""The check of ranges on pages finds a table without one, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.annex.ranges import without_range

FIGURE = (
    "<figure><figcaption>Table 1: {caption}</figcaption><table><thead><tr><th>{head}</th></tr></thead>{rest}</figure>"
)
BODY = "<tbody><tr><td>{amount}</td></tr></tbody>"


def page(tmp_path: Path, rest: str, caption: str = "Additional need, CHF thousands", head: str = "2024") -> Path:
    path = tmp_path / "page.html"
    path.write_text(f"<main>{FIGURE.format(caption=caption, head=head, rest=rest)}</main>", encoding="utf-8")
    return path


def test_an_amount_without_range_is_found(tmp_path: Path) -> None:
    """A new table of money needs a range or a note."""
    assert without_range(page(tmp_path, BODY.format(amount="1 200") + "</table>")) == [
        "Table 1: Additional need, CHF thousands"
    ]


@pytest.mark.parametrize(
    "rest",
    [
        BODY.format(amount='1 200<br><span class="range">900–1 500</span>') + "</table>",
        BODY.format(amount="1 200")
        + '<tfoot><tr><td><a href="sure.html#sec-build-up">ranges</a></td></tr></tfoot></table>',
        BODY.format(amount="1 200") + '</table><p>Its range: <a href="../baseline/sure.html">How sure are we?</a></p>',
        BODY.format(amount="–") + "</table>",
    ],
)
def test_a_range_a_note_or_nil_is_in_order(tmp_path: Path, rest: str) -> None:
    """Ranges in cells, a note in or below the table, or nothing that could have a range."""
    assert without_range(page(tmp_path, rest)) == []


def test_words_counts_and_percentiles_are_in_order(tmp_path: Path) -> None:
    """No money and no time; or percentiles as columns."""
    assert without_range(page(tmp_path, BODY.format(amount="12") + "</table>", "Items of the source")) == []
    assert without_range(page(tmp_path, BODY.format(amount="12") + "</table>", head="P50 P80")) == []
