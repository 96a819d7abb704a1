"""The workbook, recalculated by LibreOffice, agrees with the model."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from sfp_model.report import workbook
from sfp_model.report.views import wording
from sfp_model.results import ResultSet
from tests.shared import results as stored
from tests.tools import require_tool

ROOT = Path(__file__).parent.parent.parent
CROSSED = ("Categories", "Sectors", "Recurrence", "Prices")


@pytest.fixture(scope="module")
def results() -> ResultSet:
    """Return the results of a scenario with money in every corner."""
    return stored("separate-reviews")


@pytest.fixture(scope="module")
def written(results: ResultSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workbook as the annex writes it."""
    path = tmp_path_factory.mktemp("workbook") / "annex.xlsx"
    workbook.write(results, path)
    return path


def test_workbook_is_the_same_file_from_the_same_results(results: ResultSet, written: Path, tmp_path: Path) -> None:
    """No time of writing gets into it, and no partial file stays."""
    again = tmp_path / "again.xlsx"
    workbook.write(results, again)
    assert again.read_bytes() == written.read_bytes()
    assert list(tmp_path.iterdir()) == [again]


def test_formulas_carry_their_values(results: ResultSet, written: Path) -> None:
    """A viewer that does not calculate shows the figures all the same."""
    wanted = {
        (m, r["programme"], f"{r['initiative']} {r['title']}", r["period"]): r[m]
        for r in results.table("summary.initiatives")
        for m in ("additional_constant", "additional_nominal", "absorbed_constant")
    }
    assert blocks(openpyxl.load_workbook(written, data_only=True)["Summary"], wanted) == 3


def test_summary_holds_formulas_and_needs_holds_every_row(results: ResultSet, written: Path) -> None:
    """Sums are formulas over the detailed sheet, so that a planner can see and change them."""
    book = openpyxl.load_workbook(written)
    assert book.sheetnames == [
        "About", "Summary", *CROSSED, "Needs", "Lines", "Decisions", "Implications", "Deferral", "Tail",
        "Ranges", "Differences", "Event", "Parameters", "Sources",
    ]  # fmt: skip
    formulas = [c.value for row in book["Summary"].iter_rows() for c in row if str(c.value).startswith("=")]
    assert len(formulas) > 300 and any("SUMIFS" in f for f in formulas)
    rows = sum(len(results.table(f"{p}.needs")) for p in workbook.PROGRAMMES)
    assert book["Needs"].max_row == rows + 1


def test_ranges_stand_beside_the_amounts(results: ResultSet, written: Path) -> None:
    """Every stored range is in the workbook, with the base estimate of the sheet Needs."""
    book = openpyxl.load_workbook(written, data_only=True)
    rows = list(book["Ranges"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(results.table("simulation.ranges"))
    needs = book["Needs"].iter_rows(min_row=2, values_only=True)
    heads = list(workbook._NEEDS)
    total = sum(
        row[heads.index("constant_chf")] for row in needs
        if row[heads.index("funding")] == "additional" and str(row[heads.index("period")]).isdigit()
    )  # fmt: skip
    (whole,) = (r for r in rows if r[0] == "Total" and r[4:7] == ("Additional need", "constant prices", "all years"))
    assert whole[7] == pytest.approx(total, abs=0.01) and whole[9] < whole[10]
    assert book["Differences"].max_row == len(results.table("simulation.differences")) + 1


def test_recalculated_summary_equals_the_model(results: ResultSet, written: Path, tmp_path: Path) -> None:
    """Every cell of the three blocks, computed by LibreOffice, is the model's amount to the centime.

    One amount is changed by CHF 1 000 first, and saving with openpyxl drops the stored values: what agrees was
    calculated anew.
    """
    office = require_tool("libreoffice")
    book = openpyxl.load_workbook(written)
    heads = list(workbook._NEEDS)
    changed = next(r for r in book["Needs"].iter_rows(min_row=2) if r[heads.index("funding")].value == "additional")
    changed[heads.index("constant_chf")].value += 1000
    spoiled = {name: changed[heads.index(name)].value for name in ("programme", "initiative", "period")}
    written = tmp_path / "changed.xlsx"
    book.save(written)
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), str(written)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    calculated = openpyxl.load_workbook(tmp_path / "out" / written.name, data_only=True)
    sheet = calculated["Summary"]
    wanted: dict[tuple[str, str, str, str], float] = {}
    for row in results.table("summary.initiatives"):
        for measure in ("additional_constant", "additional_nominal", "absorbed_constant"):
            key = (measure, row["programme"], f"{row['initiative']} {row['title']}", row["period"])
            wanted[key] = row[measure]
    place = next(k for k in wanted if k[0] == "additional_constant" and k[1] == spoiled["programme"]
                 and k[2].split(" ")[0] == spoiled["initiative"] and k[3] == str(spoiled["period"]))  # fmt: skip
    wanted[place] += 1000
    assert blocks(sheet, wanted) == 3
    for name in CROSSED:
        assert crossed(calculated[name], results, 1000) == (5 if name == "Prices" else 2)


def test_crossed_sheets_carry_the_plan(results: ResultSet, written: Path) -> None:
    """By category, Sector, recurrence and price effect, the stored values add up to the plan."""
    book = openpyxl.load_workbook(written, data_only=True)
    for name in CROSSED:
        assert crossed(book[name], results, 0) == (5 if name == "Prices" else 2)


def crossed(sheet: Any, results: ResultSet, changed: float) -> int:
    """Compare the totals of each block with the plan by year, and its rows with the totals; return how many blocks."""
    needs = [
        row
        for programme in workbook.PROGRAMMES
        for row in results.table(f"{programme}.needs")
        if row["funding"] == "additional" and row["period"].isdigit()
    ]
    columns = [f"{key}_chf" for key in ("constant", "price_effect", "exchange_effect", "interaction", "nominal")]
    columns = columns if sheet.title == "Prices" else [columns[0], columns[-1]]
    table = [[c.value for c in row] for row in sheet.iter_rows()]
    starts = [i for i, row in enumerate(table) if row[0] == "Programme"]
    for start, column in zip(starts, columns, strict=True):
        end = next(i for i in range(start, len(table)) if table[i][0] == "Total")
        at = table[start].index("2024–2027")
        whole = sum(row[column] for row in needs) + (changed if column == "constant_chf" else 0)
        assert table[end][at] == pytest.approx(whole, abs=0.01)
        assert sum(row[at] for row in table[start + 1 : end]) == pytest.approx(table[end][at], abs=0.01)
        biennia = table[start].index("2024–2025"), table[start].index("2026–2027")
        assert sum(table[end][b] for b in biennia) == pytest.approx(whole, abs=0.01)
    return len(starts)


def blocks(sheet: Any, wanted: dict[tuple[str, str, str, str], float]) -> int:
    """Compare each block of the summary with the model, totals included; return how many there are."""
    measures = iter(("additional_constant", "additional_nominal", "absorbed_constant"))
    table = [[c.value for c in row] for row in sheet.iter_rows()]
    count = 0
    seen: set[tuple[str, str, str, str]] = set()
    for i, row in enumerate(table):
        if row[0] != "Programme":
            continue
        measure, count = next(measures), count + 1
        heads = {str(label): column for column, label in enumerate(row) if label}
        programmes = {wording(name): name for name in workbook.PROGRAMMES}
        body = []
        for line in table[i + 1 :]:
            if line[0] == "Total":
                total = line
                break
            body.append(line)
        assert len(body) == len({(k[1], k[2]) for k in wanted})
        for line in body:
            for label, column in heads.items():
                key = (measure, programmes[line[0]], line[1], label[:1].lower() + label[1:])
                if key in wanted:
                    assert line[column] == pytest.approx(wanted[key], abs=0.005)
                    seen.add(key)
        for label, column in heads.items():
            if label not in ("Programme", "Initiative"):
                assert total[column] == pytest.approx(sum(line[column] for line in body), abs=0.01)
        whole = sum(v for k, v in wanted.items() if k[0] == measure and k[3].isdigit())
        assert total[heads["2024–2027"]] == pytest.approx(whole, abs=0.01)
    assert seen == set(wanted)
    return count


def test_a_reader_learns_what_the_file_is(results: ResultSet, written: Path) -> None:
    """The first sheet names plan, scenario, price basis and date; headings are words with units; years are numbers."""
    book = openpyxl.load_workbook(written)
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert about["Scenario"] == "Member States ask for separate reviews"
    assert about["Information as of"] == "31 August 2021"
    assert about["Price basis"].startswith("Constant prices of 2021")
    assert set(book.sheetnames) - {"About"} <= set(about)
    assert any("option B" in str(text) for text in about.values())
    heads = [cell.value for cell in book["Needs"][1]]
    assert "Amount, CHF, constant prices of 2021" in heads and not any("_" in head for head in heads)
    years = [c for c in book["Needs"][2] if c.value == 2024]
    assert years and years[0].number_format == "General"


def _columns(sheet: Any) -> range:
    """Return the numbers of the columns in use; a group of alike columns names only its first."""
    for group in list(sheet.column_dimensions.values()):
        for i in range(group.min, group.max + 1):
            sheet.column_dimensions[get_column_letter(i)].width = group.width
    return range(1, sheet.max_column + 1)


def test_every_sheet_is_ready_for_print(written: Path) -> None:
    """Landscape, as broad as the paper, headings on every page and in sight."""
    for sheet in openpyxl.load_workbook(written):
        assert sheet.page_setup.orientation == "landscape"
        fitted = sheet.sheet_properties.pageSetUpPr
        if sheet.title in ("Summary", *CROSSED):
            wide = sum(sheet.column_dimensions[get_column_letter(i)].width for i in _columns(sheet))
            assert sheet.page_setup.scale * wide <= 58 * 200  # of a landscape page, in widths of a figure
        else:
            assert fitted.fitToPage
        if sheet.title != "About":
            assert sheet.print_title_rows and sheet.freeze_panes
