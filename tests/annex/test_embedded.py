"""The embedded renderer's pages hold what ``_quarto.yml`` and the notebooks promise."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sfp_model.annex import embedded
from sfp_model.annex.check import check_site
from sfp_model.annex.embedded import render_site
from sfp_model.annex.embedded_pages import files_of, notebook_markdown, read_config
from sfp_model.errors import AnnexError
from tests.annex.sample import SVG, code, markdown, notebook, raw_table, write_sample


class Outline(HTMLParser):
    """Texts by tag and class, links and ids of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {}
        self.links: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self._open: list[list[Any]] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        self.ids += [at["id"] or ""] if "id" in at else []
        if tag not in ("meta", "link", "img", "input", "hr", "br", "col"):
            self._open.append(
                [[tag, *(f"{tag}.{c}" for c in (at.get("class") or "").split())], "", at.get("href") or ""]
            )

    def handle_data(self, data: str) -> None:
        for entry in self._open:
            entry[1] += data

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            names, text, href = self._open.pop()
            text = " ".join(text.split())
            for name in names:
                self.texts.setdefault(name, []).append(text)
            if href:
                self.links.append((text, href))
            if names[0] == tag:
                break


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_sample(tmp_path_factory.mktemp("annex"))
    render_site(root, root / "out")
    return root / "out"


def one_page(tmp_path: Path, *cells: dict[str, Any], files: dict[str, str] | None = None) -> Path:
    """Render a site of one notebook; the page."""
    (tmp_path / "_quarto.yml").write_text("project: {render: [a.ipynb]}\nwebsite: {title: T}\nbibliography: r.bib\n")
    (tmp_path / "r.bib").write_text("@book{vose2008risk, author={Vose, D.}, title={Risk}, year={2008}}")
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook("Page", *cells)), encoding="utf-8")
    for name, text in (files or {}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    render_site(tmp_path, tmp_path / "out")
    return tmp_path / "out" / "a.html"


def faults(tmp_path: Path, *cells: dict[str, Any]) -> list[str]:
    """Lines of the error that a notebook with these cells gives."""
    with pytest.raises(AnnexError) as caught:
        one_page(tmp_path, *cells)
    return str(caught.value).splitlines()


def test_one_page_for_each_input(site: Path) -> None:
    """Every file that `project.render` lists becomes a page at Quarto's address, and resources are copied."""
    pages = {p.relative_to(site).as_posix() for p in site.rglob("*.html")}
    names = ("overview", "needs")
    assert pages == {"index.html"} | {f"annex/{s}/{n}.html" for s in ("baseline", "accelerated") for n in names}
    assert (site / "downloads/needs.csv").is_file()


def test_sound_site(site: Path) -> None:
    """The renderer's own pages pass the checks that any rendered site must pass."""
    assert check_site(site) == []


def test_title_block(site: Path) -> None:
    """Title and subtitle come from the front matter; the window's title names the site; the language is declared."""
    page = Outline(site / "annex/baseline/overview.html")
    assert page.texts["h1"] == ["Overview for decision makers"]
    assert page.texts["p.subtitle"] == ["Scenario baseline"]
    assert page.texts["title"] == ["Overview for decision makers – Annex to the financial plan"]
    assert '<html lang="en-GB"' in (site / "annex/baseline/overview.html").read_text()


def test_navigation(site: Path) -> None:
    """Entries of `_quarto.yml` and `_annex.yml` stand in the bar and in the sidebar of the page's scenario."""
    page = Outline(site / "annex/baseline/needs.html")
    assert ("Start", "../../index.html") in page.links
    assert ("Accelerated", "../accelerated/overview.html") in page.links
    assert page.texts["p.nav-title"] == ["Baseline"]
    assert page.texts["p.nav-section"] == ["Programmes"]
    assert ("Overview for decision makers", "overview.html") in page.links
    other = Outline(site / "annex/accelerated/needs.html")
    assert other.texts["p.nav-title"] == ["Accelerated (12 months)"]
    assert 'aria-current="page">Transformation plan: needs' in (site / "annex/baseline/needs.html").read_text()
    assert "p.nav-title" not in Outline(site / "index.html").texts


def test_contents_of_the_page(site: Path) -> None:
    """Headings are numbered and listed; those of a tabset are not."""
    page = Outline(site / "annex/baseline/needs.html")
    assert page.texts["h2"] == ["1 Lines", "2 Method"]
    assert page.texts["h3"] == ["2.1 Cost of a line"]
    assert ("2.1 Cost of a line", "#cost-of-a-line") in page.links
    overview = Outline(site / "annex/baseline/overview.html")
    assert overview.texts["h3.tab-title"] == ["Constant prices", "Nominal prices"]
    assert not any(text == "Constant prices" for text, _ in overview.links)


def test_captions_and_references(site: Path) -> None:
    """Figures, tables and equations are numbered page by page, and references carry the same numbers."""
    page = Outline(site / "annex/baseline/overview.html")
    assert page.texts["figcaption"] == ["Figure 1: Additional need by year", "Table 1: Additional need by year, CHF"]
    for text, anchor in (("Figure 1", "#fig-years"), ("Table 1", "#tbl-years"), ("Section 2", "#sec-effect")):
        assert (text, anchor) in page.links and anchor[1:] in page.ids
    assert ("1", "#tbl-years") in page.links
    needs = Outline(site / "annex/baseline/needs.html")
    assert [c.split(":")[0] for c in needs.texts["figcaption"]] == [f"Table {n}" for n in range(1, 5)]
    assert ("Equation 1", "#eq-cost") in needs.links and needs.texts["span.equation-number"] == ["(1)"]


def test_links_between_notebooks(site: Path) -> None:
    """Links to notebooks lead to their pages, anchors kept."""
    page = Outline(site / "annex/baseline/overview.html")
    assert ("All lines", "needs.html#tbl-lines") in page.links
    assert ("Accelerated", "../accelerated/overview.html") in page.links
    assert ("Methods", "../../annex/baseline/needs.html#sec-method") in page.links


def test_citations(site: Path) -> None:
    """Works cited are listed under a heading of their own, on pages that cite."""
    page = Outline(site / "annex/baseline/overview.html")
    assert "Vose, David. 2008. Risk Analysis. 3rd ed. Wiley." in page.texts["div.csl-entry"]
    assert page.texts["h2"][-1] == "References"
    assert "References" not in Outline(site / "annex/baseline/needs.html").texts["h2"]


def test_callouts(site: Path) -> None:
    """A callout carries its title, from the attribute or its first heading; a collapsed one can be opened."""
    page = Outline(site / "annex/baseline/overview.html")
    assert page.texts["p.callout-title"] == ["Warning No monetary figure in the source"]
    assert page.texts["summary.callout-title"] == ["Note How to read ranges"]


def test_hidden_cells_and_streams(site: Path) -> None:
    """Injected parameters, code and stderr are not shown; what was printed is."""
    text = (site / "annex/baseline/overview.html").read_text()
    assert "reads_digest" not in text and "plot()" not in text and "a warning" not in text
    assert "checked 12 lines" in text


def test_pictures(site: Path) -> None:
    """A figure is a file of its own with the alternative text of its cell."""
    text = (site / "annex/baseline/overview.html").read_text()
    source = re.search(r'<img src="([^"]+)" alt="([^"]+)"', text)
    assert source and source[2] == "Two bars: 2024 is &quot;higher&quot; than 2025"
    assert (site / "annex/baseline" / source[1]).read_text() == SVG


def test_search_index(site: Path) -> None:
    """Each section can be found: address, page, scenario, heading, text."""
    text = (site / "assets/search_index.js").read_text(encoding="utf-8")
    rows = json.loads(text.removeprefix("window.SFP_SEARCH=").rstrip().rstrip(";"))
    found = [row for row in rows if "a.1.1/staff.geneva.P4.7" in row[4]]
    assert [row[:4] for row in found if row[2] == "Baseline"] == [
        ["annex/baseline/needs.html#lines", "Transformation plan: needs", "Baseline", "1 Lines"]
    ]


def test_cache_gives_the_same_page(tmp_path: Path) -> None:
    """A second build takes bodies from the cache, needs no Pandoc for them, and gives the same site."""
    root = write_sample(tmp_path)
    render_site(root, root / "one", cache=root / "cache")
    kept = {path.name: path.stat().st_mtime_ns for path in (root / "cache").iterdir()}
    render_site(root, root / "two", cache=root / "cache")
    assert kept == {path.name: path.stat().st_mtime_ns for path in (root / "cache").iterdir()}
    for path in (root / "one").rglob("*.*"):
        assert path.read_bytes() == (root / "two" / path.relative_to(root / "one")).read_bytes()


FIGURE = {"image/svg+xml": SVG}


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (markdown("See @fig-gone."), "a.ipynb: unresolved reference @fig-gone"),
        (markdown("See @gone2020."), "a.ipynb: missing citation @gone2020"),
        (code("#| label: fig-x\n#| fig-cap: C\nplot()", FIGURE), "has no alternative text (fig-alt)"),
        (markdown("![](a.svg)"), "a.ipynb: image a.svg has no alternative text (fig-alt)"),
        (markdown("[x](gone.ipynb)"), "a.html: broken link gone.html"),
        (markdown("[x](#gone)"), "a.html: broken link #gone: no such place on that page"),
        (markdown("```{=html}\n<a href='gone.csv'>x</a>\n```"), "a.html: broken link gone.csv"),
        (markdown("![alt text](gone.png)"), "a.ipynb: image gone.png has no alternative text (fig-alt)"),
        (code("t", {"text/html": "<b>x</b>"}), "shows text/html, for which Quarto loads scripts from elsewhere"),
        (code("t", {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": []}),
         "a.ipynb: cell 3 failed: KeyError: 'x'"),
        (markdown("# A {#sec-a}\n\n# B {#sec-a}"), "Duplicate identifier 'sec-a'"),
        (markdown("::: {#tbl-a}\nx\n\nC\n:::\n\n::: {#tbl-a}\nx\n\nC\n:::"), "label tbl-a is used twice"),
        (code("t", {"text/markdown": raw_table(["a"], [["1"]])}), "a.html: table number 1 has no caption"),
        (markdown('```{=html}\n<script src="https://cdn.example/x.js"></script>\n```'),
         "a.html: requests https://cdn.example/x.js"),
        (markdown("$$ \\nosuchcommand{ $$"), "Could not convert TeX math"),
        (markdown("[@fig-x; @vose2008risk]"), "a cross-reference and a citation stand in one bracket"),
    ],
)  # fmt: skip
def test_faults(tmp_path: Path, cell: dict[str, Any], message: str) -> None:
    """Each fault of a page fails the build and names the page."""
    assert any(message in line for line in faults(tmp_path, cell))


def test_all_faults_at_once(tmp_path: Path) -> None:
    """Faults are collected, not reported one by one."""
    lines = faults(tmp_path, markdown("@fig-one and @tbl-two"), markdown("@sec-three"))
    assert len(lines) == 3


def test_echo_and_output_options(tmp_path: Path) -> None:
    """Cell options decide what is shown."""
    out = {"output_type": "stream", "name": "stdout", "text": "printed\n"}
    page = one_page(
        tmp_path,
        code("#| echo: true\nshown_code()", out),
        code("#| echo: false\nhidden_code()", out),
        code("#| output: false\nsilent()", {"output_type": "stream", "name": "stdout", "text": "unwanted"}),
        code("#| include: false\nabsent()"),
        code("#| output: asis\nraw()", {"output_type": "stream", "name": "stdout", "text": "**strong**"}),
        code("removed()", tags=("remove-cell",)),
    )
    text = page.read_text()
    assert "shown_code()" in text and "hidden_code" not in text and "silent()" in text and "unwanted" not in text
    assert "absent" not in text and "<strong>strong</strong>" in text and "removed" not in text


def test_conditional_content(tmp_path: Path) -> None:
    """What is for the PDF alone is not on the page."""
    page = one_page(
        tmp_path,
        markdown('::: {.content-visible when-format="typst"}\nprint only\n:::\n\n'
                 '::: {.content-hidden when-format="html"}\nnot here\n:::\n\n'
                 '::: {.content-visible when-format="html"}\nscreen only\n\n## Seen here\n\n## And here\n:::'),
    )  # fmt: skip
    text = page.read_text()
    assert (
        "screen only" in text
        and '<a href="#seen-here">' in text
        and "print only" not in text
        and "not here" not in text
    )


def test_references_in_code_stay(tmp_path: Path) -> None:
    """References are resolved on the syntax tree: text that only looks like one is left alone."""
    assert "@fig-x" in one_page(tmp_path, markdown("Write `@fig-x` to refer.")).read_text()


def test_front_matter_and_options_of_a_notebook() -> None:
    """The notebook's front matter is read, not printed."""
    page = notebook_markdown(notebook("T: a title", markdown("Text")), "annex/a.ipynb")
    assert (page.title, page.markdown, page.url) == ("T: a title", "Text", "annex/a.html")


def test_configuration_is_merged(tmp_path: Path) -> None:
    """The generated file adds entries and wins where both speak; lists are appended."""
    (tmp_path / "_quarto.yml").write_text("metadata-files: [b.yml]\nwebsite: {title: A, navbar: {left: [x]}}")
    (tmp_path / "b.yml").write_text("website: {title: B, navbar: {left: [y]}}")
    assert read_config(tmp_path)["website"] == {"title": "B", "navbar": {"left": ["x", "y"]}}
    (tmp_path / "b.yml").unlink()
    with pytest.raises(AnnexError, match=r"b\.yml"):
        read_config(tmp_path)


def test_patterns(tmp_path: Path) -> None:
    """Patterns list files in order, and an exclamation mark takes away."""
    for name in ("a/x.csv", "a/y.csv", "z.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert files_of(tmp_path, ["z.txt", "a/*.csv", "!a/y.csv"]) == ["z.txt", "a/x.csv"]
    assert files_of(tmp_path, ["a"]) == ["a/x.csv", "a/y.csv"]


def test_light_import() -> None:
    """Neither Pandoc's nor Typst's package is imported before a page is rendered."""
    source = Path(embedded.__file__).read_text(encoding="utf-8")
    assert not re.search(r"^(import|from) (pypandoc|typst)", source, re.M)
