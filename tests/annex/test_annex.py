"""The annex itself, built from the real parameters as ``make annex`` builds it."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sfp_model.annex.build import build
from sfp_model.annex.check import check_site
from sfp_model.inputs import load_plan
from sfp_model.results import run
from sfp_model.results.breakdown import breakdown
from tests.annex.browser import DESKTOP, PHONE, Browser
from tests.annex.ranges import without_range
from tests.tools import require_tool

ROOT = Path(__file__).parent.parent.parent
SITE = ROOT / "_site-test"
# The ends of what scenarios can be; `make annex` builds them all, and the words of each are tested without a kernel.
SCENARIOS = ("baseline", "gains-estimate", "within-existing-resources")


def pages() -> tuple[str, ...]:
    """Return the pages that every scenario has: its notebooks, and the downloads."""
    found = {
        p.stem: json.loads(p.read_text(encoding="utf-8"))["metadata"]["sfp"] for p in ROOT.glob("notebooks/*.ipynb")
    }
    return (*sorted(name for name, about in found.items() if about["scope"] == "scenario"), "downloads")


PAGES = pages()


class Cells(HTMLParser):
    """The tables of a page as rows of text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.cell: list[str] | None = None
        self.below = False  # inside the range that stands below an amount
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.cell = []
        self.below = ("class", "range") in attrs if tag == "span" else self.below

    def handle_endtag(self, tag: str) -> None:
        self.below = self.below and tag != "span"
        if tag in ("td", "th") and self.cell is not None and self.tables and self.tables[-1]:
            self.tables[-1][-1].append(" ".join("".join(self.cell).split()))
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.below:
            self.cell.append(data)


@pytest.fixture(scope="module")
def site() -> Path:
    """Build what is not up to date; the embedded renderer, which every machine has."""
    report = build(ROOT / "params", ROOT / "data", SITE, renderer="embedded", root=ROOT, scenarios=list(SCENARIOS))
    return report.output


def text_of(site: Path, page: str) -> str:
    """Return the words of a page with plain spaces."""
    html = (site / page).read_text(encoding="utf-8")
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\u00a0", " ").split())


def test_every_scenario_has_every_page_a_document_and_a_workbook(site: Path) -> None:
    """All scenarios are published, each with the same pages."""
    for name in SCENARIOS:
        for page in PAGES:
            assert (site / f"annex/{name}/{page}.html").is_file(), (name, page)
        for ending in ("pdf", "xlsx"):
            assert (site / f"annex/downloads/{name}/annex-{name}.{ending}").stat().st_size > 50_000
    assert (site / "annex/compare/scenarios.html").is_file()


def test_links_captions_and_alternative_texts_hold(site: Path) -> None:
    """No broken link, no image without words, no table without caption, no request to anywhere else."""
    assert check_site(site) == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_transformation_table_agrees_with_the_command_line(site: Path, scenario: str) -> None:
    """Each cell of initiative × year on the page is what ``sfp needs`` gives, in CHF thousands."""
    plan = load_plan(ROOT / "params", ROOT / "data", scenario)
    cells = breakdown(plan, run(plan), ["programme", "initiative", "year"])
    page = Cells((site / f"annex/{scenario}/transformation.html").read_text(encoding="utf-8"))
    shown: dict[tuple[str, str], str] = {}
    for table in page.tables:
        heads = next((row for row in table if "2025" in row and "2024–2027" in row), None)
        if heads is None or not any(row and re.match(r"a\b", row[0]) for row in table):
            continue
        for row in table:
            found = re.match(r"(pm|[a-i])\b", row[0]) if row else None
            if found and len(row) == len(heads):
                shown.update({(found[1], head): value for head, value in zip(heads, row, strict=True)})
        break
    wanted = {(c["initiative"], c["year"]): c["chf"] for c in cells if c["programme"] == "transformation"}
    compared = 0
    for (initiative, year), chf in wanted.items():
        if (initiative, year) in shown and chf:
            printed = shown[initiative, year].replace("\u00a0", "").replace(" ", "")
            assert float(printed.strip("()").replace("–", "0")) == pytest.approx(abs(chf) / 1000, abs=0.51)
            compared += 1
    assert compared >= sum(1 for (_, year), chf in wanted.items() if chf and year.isdigit())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_downloads_agree_with_the_model_to_the_centime(site: Path, scenario: str) -> None:
    """The CSV files hold the unrounded amounts, and their sums are those of the command line."""
    plan = load_plan(ROOT / "params", ROOT / "data", scenario)
    folder = site / f"annex/downloads/{scenario}"
    for measure in ("additional", "absorbed"):
        wanted = {
            (c["programme"], c["initiative"]): c["chf"]
            for c in breakdown(plan, run(plan), ["programme", "initiative"], measure)
        }
        sums: dict[tuple[str, str], float] = {}
        with (folder / "summary.initiatives.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["period"].isdigit():
                    key = (row["programme"], row["initiative"])
                    sums[key] = sums.get(key, 0.0) + float(row[f"{measure}_constant"])
        assert all(sums[key] == pytest.approx(chf, abs=0.005) for key, chf in wanted.items())
        assert sum(sums.values()) == pytest.approx(sum(wanted.values()), abs=0.005)


@pytest.mark.parametrize("scenario", (*SCENARIOS, "compare"))
def test_every_amount_shows_its_range_or_says_where_it_is(site: Path, scenario: str) -> None:
    """Tables of money or time on every page; a new one without range and without note fails."""
    pages = [page for page in sorted((site / "annex" / scenario).glob("*.html")) if page.stem != "downloads"]
    missing = {page.name: without_range(page) for page in pages}  # the downloads are a list of files
    assert {name: tables for name, tables in missing.items() if tables} == {}


def test_a_reader_finds_the_four_answers_from_the_first_page(site: Path) -> None:
    """What is asked; 2025 and its largest part; what option B for a.1 changes; where the P-4 rate comes from."""
    first = (site / "index.html").read_text(encoding="utf-8")
    for page in ("overview", "transformation", "assumptions"):
        assert f'href="annex/baseline/{page}.html' in first
    overview = text_of(site, "annex/baseline/overview.html")
    assert "twelve decisions" in overview and "14 boxes" in overview
    plan = load_plan(ROOT / "params", ROOT / "data", "baseline")
    results = run(plan)
    amount = sum(c["chf"] for c in breakdown(plan, results, ["year"]) if c["year"] == "2025")
    assert f"2025 has an additional need of CHF {amount / 1e6:.2f} million; its largest part" in overview
    delta = sum(
        row["delta_additional"]
        for row in results.table("decisions")
        if (row["decision"], row["option"], row["period"]) == ("a.1", "B", "all")
    )
    assert delta and f" {delta / 1000:.0f} " in overview
    rates = text_of(site, "annex/baseline/assumptions.html")
    assert "218 000" in rates and "P-4" in rates and "estimate" in rates


SLIPS = re.compile(
    r"\b\w*[^aeiou\W]ys\b|\bCHFs\b|\beight s\b|\bwith With\b|\bm2\b|\blump\b(?! sum)|\b[a-z]+ [a-z]*: g[A-Z]"
    r"|\d \(\(\d|CHF 0\b(?![.,]\d| to)|\bthe the\b|Columns [a-z_]+,"
)


@pytest.mark.parametrize("scenario", (*SCENARIOS, "compare"))
def test_words_of_the_pages_hold_no_slip(site: Path, scenario: str) -> None:
    """Wrong plurals, units as typed, an amount of no francs, two brackets, files that nobody described."""
    for page in sorted((site / "annex" / scenario).glob("*.html")):
        assert [m[0] for m in SLIPS.finditer(text_of(site, f"annex/{scenario}/{page.name}"))] == [], page.name


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_sentences_begin_with_a_capital(site: Path, scenario: str) -> None:
    """Paragraphs of the pages, apart from names of files and commands, and the formulas around which words go on."""
    for page in sorted((site / "annex" / scenario).glob("*.html")):
        html = (site / f"annex/{scenario}/{page.name}").read_text(encoding="utf-8")
        small = re.findall(r"<p>([a-z][^<]{0,40})", html)
        assert [s for s in small if page.stem != "methods"] == [], page.name


def test_no_sideways_scrolling_and_no_request(site: Path) -> None:
    """Every page of the baseline at desktop and phone width in a real browser."""
    with Browser() as browser:
        for page in ("index.html", "annex/compare/scenarios.html", *(f"annex/baseline/{p}.html" for p in PAGES)):
            for width in (DESKTOP, PHONE):
                browser.open(site / page, width)
                assert not browser.overflow(), (page, width)
                assert browser.requests == [], (page, width)


def test_document_holds_the_pages_in_order(site: Path) -> None:
    """The PDF has every chapter, and states the scenario."""
    pdf = site / "annex/downloads/gains-estimate/annex-gains-estimate.pdf"
    done = subprocess.run([require_tool("pdftotext"), "-layout", str(pdf), "-"], capture_output=True, text=True)
    words = " ".join(done.stdout.split())
    assert "Scenario: " in words and "Contents" in words
    metadata = [json.loads(p.read_text(encoding="utf-8"))["metadata"]["sfp"] for p in ROOT.glob("notebooks/*.ipynb")]
    titles = [m["title"] for m in sorted(metadata, key=lambda m: float(m["order"]))]
    places = [words.rfind(f"{n} {title}") for n, title in enumerate(titles, 1)]  # the last: below the contents
    assert -1 not in places and places == sorted(places)


def test_second_build_does_nothing_and_imports_nothing_heavy(site: Path) -> None:
    """No change: nothing is executed or rendered, and neither pandas nor papermill is loaded."""
    code = (
        "import sys; from pathlib import Path; from sfp_model.annex.build import build\n"
        f"root = Path({str(ROOT)!r})\n"
        f"report = build(root / 'params', root / 'data', Path({str(SITE)!r}), renderer='embedded', root=root, "
        f"scenarios={list(SCENARIOS)!r})\n"
        "heavy = ('numpy', 'pandas', 'matplotlib', 'papermill', 'nbclient', 'pydantic', 'yaml')\n"
        "print(report.changed, list(report.executed), [m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[-2] == "False [] []"
