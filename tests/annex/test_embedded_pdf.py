"""The embedded renderer's PDF: structure, page size, numbering, fonts, same bytes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from sfp_model.annex import embedded
from sfp_model.annex.embedded import render_pdf
from sfp_model.errors import AnnexError
from tests.annex.sample import code, markdown, notebook, raw_table, write_sample
from tests.tools import require_tool

CHAPTERS = [Path("annex/baseline/overview.ipynb"), Path("annex/baseline/needs.ipynb")]


def text_of(pdf: Path) -> str:
    """Text of a PDF, page breaks as form feeds."""
    program = require_tool("pdftotext")
    return subprocess.run([program, "-layout", pdf, "-"], capture_output=True, check=True).stdout.decode()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("annex"))


@pytest.fixture(scope="module")
def pdf(root: Path) -> Path:
    path = root / "annex.pdf"
    render_pdf(root, CHAPTERS, "Annex to the financial plan", "Baseline", path, front="As of **31 August 2021**.")
    return path


def test_same_input_same_bytes(root: Path, pdf: Path) -> None:
    """Nothing of the time or place of rendering is in the file."""
    again = root / "again.pdf"
    render_pdf(root, [root / c for c in CHAPTERS], "Annex to the financial plan", "Baseline", again,
               front="As of **31 August 2021**.")  # fmt: skip
    assert again.read_bytes() == pdf.read_bytes()


def test_tagged_a4_without_date(pdf: Path) -> None:
    """The file is tagged, its paper A4 (a wide table lies on its side), and it has a title and no date."""
    program = require_tool("pdfinfo")
    said = subprocess.run([program, "-l", "99", pdf], capture_output=True, check=True).stdout.decode()
    assert "Tagged:          yes" in said and "Title:           Annex to the financial plan" in said
    assert "CreationDate" not in said
    sizes = {line.split("size:")[1].strip() for line in said.splitlines() if " size:" in line and "Page" in line}
    assert {tuple(size.split()[:3:2]) for size in sizes} == {("595.276", "841.89"), ("841.89", "595.276")}


def test_front_contents_and_numbers(pdf: Path) -> None:
    """Title page, contents, numbered headings, captions numbered by chapter, references with the same numbers."""
    pages = text_of(pdf).split("\f")
    assert "Annex to the financial plan" in pages[0] and "As of 31 August 2021." in pages[0]
    assert "Contents" in pages[1] and "2.2 Method" in pages[1]
    text = "\n".join(pages[2:]).replace("\u00a0", " ")
    for piece in ("1 Overview for decision makers", "1.1 What is asked", "2.2.1 Cost of a line",
                  "Figure 1.1: Additional need by year", "see Figure 1.1, Table 1.1 and Section 1.2",
                  "Table 2.1: Rates", "See Table 2.1 and Table 2.2", "Equation 2.1 holds", "(2.1)", "References",
                  "Vose, David. 2008."):  # fmt: skip
        assert piece in text, piece
    assert "Scenario: Baseline" not in text  # links between scenarios are for the screen


def test_tables_are_whole(pdf: Path) -> None:
    """A table of raw HTML is printed with all its rows and columns, and counted once."""
    text = text_of(pdf).replace("\u00a0", " ")
    assert text.count("1,234,567") == 30 * 16
    assert [f"Table 2.{n}:" in text for n in range(1, 6)] == [True] * 4 + [False]
    assert "CHF thousands. Totals may not add." in text


def test_words_of_wide_tables_stay_on_the_page(pdf: Path) -> None:
    """No word lies outside the margins of its page."""
    program = require_tool("pdftotext")
    said = subprocess.run([program, "-bbox", pdf, "-"], capture_output=True, check=True).stdout.decode()
    right = 0.0
    for line in said.splitlines():
        if "<page" in line:
            right = float(line.split('width="')[1].split('"')[0]) - 50
        if "<word" in line:
            assert float(line.split('xMax="')[1].split('"')[0]) < right, line


def words_of(pdf: Path) -> list[tuple[str, float, float, str]]:
    """Return left and right edge and the width of the page of every word."""
    said = subprocess.run([require_tool("pdftotext"), "-bbox", pdf, "-"], capture_output=True, check=True).stdout
    words, page = [], ""
    for line in said.decode().splitlines():
        if "<page" in line:
            page = line.split('width="')[1].split('"')[0]
        if "<word" in line:
            left, right = (float(line.split(f'{edge}="')[1].split('"')[0]) for edge in ("xMin", "xMax"))
            words.append((line.split(">")[1].split("<")[0].replace("\u00a0", " "), left, right, page))
    return words


def test_columns_are_as_wide_as_their_content(tmp_path: Path) -> None:
    """A note under a table, or a long text in it, neither drives its numbers apart nor turns the page."""
    write_sample(tmp_path)
    foot = (
        '<tfoot><tr><td class="note" colspan="3">'
        + "A remark that is longer than the table. " * 3
        + "</td></tr></tfoot>"
    )
    small = raw_table(["Initiative", "2024", "2025"], [["Alpha", "11,111", "22,222"]]).replace(
        "</table>", foot + "</table>"
    )
    basis = "one officer half time for six months, as in the review of the mandates of another agency " * 2
    text = f"| Line | Amount | Basis |\n|:--|:--|:----|\n| One | 33,333 | {basis} |\n\n: Lines\n"
    cells = [code("#| tbl-cap: Small\nshow()", {"text/markdown": small}), markdown(text)]
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook("Page", *cells)), encoding="utf-8")
    render_pdf(tmp_path, [Path("a.ipynb")], "T", "S", tmp_path / "a.pdf")
    words = words_of(tmp_path / "a.pdf")
    place = {word: (left, right) for word, left, right, _ in words}
    assert {page.split(".")[0] for *_, page in words} == {"595"}
    assert 0 < place["22,222"][0] - place["11,111"][1] < 20
    assert place["11,111"][0] - place["Alpha"][1] < 40
    assert abs(place["33,333"][1] - place["Amount"][1]) < 1  # numbers stand on the right, with their heading
    assert max(right for _, _, right, _ in words) > 500  # the remark and the basis use the line


def test_title_is_not_divided_inside_a_number(tmp_path: Path) -> None:
    """The number of a document stays on one line, and a span of years has a dash."""
    write_sample(tmp_path)
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook("Page", markdown("Text."))), encoding="utf-8")
    title = "Resource requirements of the findings and recommendations in CWG-SFP-1/5, 2024-2027"
    render_pdf(tmp_path, [Path("a.ipynb")], title, "S", tmp_path / "a.pdf")
    assert "CWG-SFP-1/5, 2024–2027" in text_of(tmp_path / "a.pdf").split("\f")[0]


def test_chinese_without_a_typeface(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no Chinese typeface is at hand the column is left out, and the table says so."""
    monkeypatch.setattr(embedded, "_CHINESE_TYPEFACES", ())
    path = root / "plain.pdf"
    render_pdf(root, CHAPTERS, "Annex", "Baseline", path)
    text = " ".join(text_of(path).split())
    assert "no Chinese typeface was at hand: column “Official short title”" in text
    assert "审议职责" not in text and "Review of the mandates" in text


def test_typefaces_are_those_inside_typst() -> None:
    """The typefaces that the PDF names need no font of the machine."""
    import typst

    inside = set(typst.Fonts(include_system_fonts=False).families())
    assert set(embedded._typefaces(chinese=False)) <= inside


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("See @fig-gone.", "a.ipynb: unresolved reference @fig-gone"),
        ("See @gone2020.", "missing citation @gone2020"),
        ("![A picture](gone.png){fig-alt='x'}", "a.ipynb: image gone.png does not exist"),
    ],
)
def test_faults(tmp_path: Path, cell: str, message: str) -> None:
    """The PDF fails on what the site fails on."""
    write_sample(tmp_path)
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook("Page", markdown(cell))), encoding="utf-8")
    with pytest.raises(AnnexError, match=message):
        render_pdf(tmp_path, [Path("a.ipynb")], "T", "S", tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_wide_table_inside_a_callout(tmp_path: Path) -> None:
    """Where a page cannot be turned, the type gets smaller instead."""
    write_sample(tmp_path)
    table = raw_table([f"Column {n}" for n in range(14)], [["1,234,567"] * 14])
    cells = [markdown("::: {.callout-note}\n\n" + table + "\n:::"),
             code("t", {"text/markdown": "::: {.panel-tabset}\n## A\n\n" + table + "\n\n## B\nx\n:::"})]  # fmt: skip
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook("Page", *cells)), encoding="utf-8")
    render_pdf(tmp_path, [Path("a.ipynb")], "T", "S", tmp_path / "a.pdf")
    assert text_of(tmp_path / "a.pdf").count("1,234,567") == 28
