"""The checks of a site find what they are for, and nothing else."""
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from sfp_model.annex.check import check_site, links_of

SOUND = """<!DOCTYPE html><html lang="en"><head><title>T</title><link rel="stylesheet" href="a.css"></head>
<body><h1 id="top-of-page">T</h1><a href="#top-of-page">x</a> <a href="sub/">y</a> <a href="sub/index.html?q=1#here">z</a>
<a href="https://example.org">out</a> <a href="mailto:a@example.org">mail</a><img src="a%20b.svg" alt="">
<img src="data:image/png;base64,AA" alt="Dot"><figure><figcaption>C</figcaption><table><tr><td>1</td></tr></table></figure>
<table><caption>C</caption></table><table aria-label="C"></table><svg><title>no page title</title></svg>BODY</body></html>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a b.svg").write_text("<svg/>")
    (tmp_path / "a.css").write_text("body { background: url(data:image/png;base64,AA) }")
    (tmp_path / "sub/index.html").write_text('<html lang="en"><title>S</title><h1 id="here">S</h1></html>')
    (tmp_path / "index.html").write_text(SOUND.replace("BODY", ""))
    return tmp_path


def test_sound(site: Path) -> None:
    """Links in, out and to oneself, empty alternative texts and three kinds of caption are fine."""
    assert check_site(site) == []


QUARTO = """<div id="quarto-search-results"></div><header id="quarto-header" class="headroom fixed-top"><nav class="navbar">
<a class="navbar-brand" href="./index.html"><span class="navbar-title">T</span></a><div id="quarto-search" class="" title="Search"></div>
<button class="navbar-toggler" data-bs-toggle="collapse" data-bs-target="#navbarCollapse" aria-label="Toggle navigation"></button>
<a class="nav-link dropdown-toggle" href="#" id="nav-menu-scenarios" role="link" data-bs-toggle="dropdown">Scenarios</a>
</nav></header><nav id="TOC" role="doc-toc"><h2 id="toc-title">On this page</h2><ul><li><a href="#tbl-x" id="toc-tbl-x" class="nav-link"
data-scroll-target="#tbl-x">x</a></li></ul></nav><a href="" class="quarto-reader-toggle"></a><a href="javascript:void(0)">t</a>
<script id="quarto-search-options" type="application/json">{"language": {"search-label": "<img src='https://cdn.example/x.png'>"}}</script>
<div id="cell-tbl-x" class="cell" data-execution_count="5"><div id="tbl-x" class="cell-output cell-output-display quarto-float anchored">
<figure class="quarto-float quarto-float-tbl figure"><figcaption class="quarto-float-caption-top" id="tbl-x-caption-0ceaefa1">Table&nbsp;1: C
</figcaption><div aria-describedby="tbl-x-caption-0ceaefa1"><table class="statement caption-top table" data-quarto-postprocess="true"><tfoot><tr>
<td>n</td></tr></tfoot></table></div></figure></div></div><p><a href="#tbl-x" class="quarto-xref">Table 1</a></p>
<script>const x = "<a href='https://cdn.example/y'>"; window.document.addEventListener("DOMContentLoaded", function () {});</script>"""


def test_what_quarto_puts_around_a_page(site: Path) -> None:
    """Its bar, menus without a target, contents, search and floats (as of 1.9) are sound."""
    (site / "index.html").write_text(SOUND.replace("BODY", QUARTO))
    assert check_site(site) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<div class="cell-output cell-output-stderr">', "shows a warning or an error of a cell"),
        ('<a href="gone.html">', "broken link gone.html"),
        ('<a href="../up.html">', "broken link ../up.html"),
        ('<a href="sub/#gone">', "broken link sub/#gone: no such place on that page"),
        ('<script src="gone.js"></script>', "broken link gone.js"),
        ('<img src="a%20b.svg">', "image a%20b.svg has no alternative text"),
        ('<script src="https://cdn.example/x.js"></script>', "requests https://cdn.example/x.js"),
        ('<link rel="stylesheet" href="//cdn.example/x.css">', "requests //cdn.example/x.css"),
        ('<img alt="" src="http://cdn.example/x.png">', "requests http://cdn.example/x.png"),
        ("<style>@import 'https://fonts.example/f';</style>", "requests https://fonts.example/f"),
        ('<p style="background: url(https://cdn.example/b.png)">', "requests https://cdn.example/b.png"),
        ('<p id="top-of-page">', "id top-of-page occurs 2 times"),
        ("<table><tr><td>1</td></tr></table>", "table number 4 has no caption"),
        ("<strong>?@fig-x</strong>", "unresolved reference @fig-x"),
        ('<span class="citation">(<strong>key?</strong>)</span>', "missing citation @key"),
    ],
)
def test_each_fault(site: Path, body: str, fault: str) -> None:
    """One fault, one line."""
    (site / "index.html").write_text(SOUND.replace("BODY", body))
    assert check_site(site) == [f"index.html: {fault}"]


@pytest.mark.parametrize(
    ("old", "fault"),
    [("<title>T</title>", "has no title"), (' lang="en"', "has no language"), ("h1", "has no main heading")],
)
def test_what_every_page_has(site: Path, old: str, fault: str) -> None:
    """Title, language and main heading are required."""
    (site / "index.html").write_text(SOUND.replace("BODY", "").replace(old, "p" if old == "h1" else ""))
    assert check_site(site) == [f"index.html: {fault}"]


def test_style_sheets(site: Path) -> None:
    """A web font in a style sheet is a request to elsewhere."""
    (site / "a.css").write_text('@font-face { src: url("https://fonts.example/a.woff2") }')
    assert check_site(site) == ["a.css: requests https://fonts.example/a.woff2"]


def test_files_written_later(site: Path) -> None:
    """Links to files that are announced are sound."""
    (site / "index.html").write_text(SOUND.replace("BODY", '<a href="manifest.json">m</a>'))
    assert check_site(site) == ["index.html: broken link manifest.json"]
    assert check_site(site, also=["manifest.json"]) == []


def test_links_of() -> None:
    """Links and what is loaded are listed as written."""
    assert links_of('<a href="a.html#b"><img src="c.svg" alt="" srcset="d.svg 2x"></a>') == [
        "a.html#b",
        "c.svg",
        "d.svg",
    ]
