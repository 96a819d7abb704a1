"""The sample annex in a real browser, at desktop and phone width, from files and without a network."""
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sfp_model.annex.embedded import render_site
from tests.annex.browser import DESKTOP, PHONE, Browser
from tests.annex.sample import write_sample

PAGES = ["index.html", "annex/baseline/overview.html", "annex/baseline/needs.html"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_sample(tmp_path_factory.mktemp("annex"))
    render_site(root, root / "out")
    return root / "out"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("page", PAGES)
def test_no_sideways_scrolling_and_no_request(browser: Browser, site: Path, page: str, width: int) -> None:
    """Nobody must scroll the page sideways, and nothing is asked of anywhere else."""
    browser.open(site / page, width)
    assert browser.overflow() == []
    assert browser.requests == []


def test_overflow_is_noticed(browser: Browser, tmp_path: Path) -> None:
    """The probe itself works."""
    page = tmp_path / "wide.html"
    page.write_text('<meta name="viewport" content="width=device-width"><div style="width: 900px">wide</div>')
    browser.open(page, PHONE)
    assert "page is" in browser.overflow()[-1]


def test_wide_table_scrolls_in_its_own_box(browser: Browser, site: Path) -> None:
    """On a phone a wide table is reached by scrolling its box."""
    browser.open(site / "annex/baseline/needs.html", PHONE)
    assert browser.evaluate(
        "[...document.querySelectorAll('.table-scroll')].some((b) => b.scrollWidth > b.clientWidth)"
    )


def test_menu_on_a_phone(browser: Browser, site: Path) -> None:
    """Sidebar and bar are folded away until the menu is opened."""
    browser.open(site / "annex/baseline/overview.html", PHONE)
    shown = "getComputedStyle(document.querySelector('.sidebar')).display"
    assert browser.evaluate(shown) == "none"
    browser.evaluate("document.querySelector('.menu-button').click()")
    assert browser.evaluate(shown) != "none"
    assert browser.evaluate("document.querySelector('.menu-button').getAttribute('aria-expanded')") == "true"


def test_search_from_files(browser: Browser, site: Path) -> None:
    """A reader who types finds the section, the current scenario first, without a server."""
    browser.open(site / "annex/accelerated/overview.html")
    hits = browser.evaluate("""(async () => {
        const input = document.getElementById("search");
        input.focus(); input.value = "mandates reviewers"; input.dispatchEvent(new Event("input"));
        const box = document.getElementById("search-results");
        for (let i = 0; i < 100 && box.hidden; i++) await new Promise((r) => setTimeout(r, 20));
        return [...box.querySelectorAll("a")].map((a) => a.getAttribute("href")); })()""")
    assert hits[0] == "../../annex/accelerated/needs.html#lines"
    assert "../../annex/baseline/needs.html#lines" in hits


def test_tabs(browser: Browser, site: Path) -> None:
    """Tabs show one panel at a time and answer to the arrow keys."""
    browser.open(site / "annex/baseline/overview.html")
    panels = "[...document.querySelectorAll('.tab')].map((p) => p.hidden)"
    assert browser.evaluate(panels) == [False, True]
    browser.evaluate(
        "document.querySelector('[role=tab]').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}))"
    )
    assert browser.evaluate(panels) == [True, False]
    assert browser.evaluate("document.activeElement.textContent") == "Nominal prices"


def test_contrast_of_text(browser: Browser, site: Path) -> None:
    """Text stands out from its ground by at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    browser.open(site / "annex/baseline/overview.html")
    weak = browser.evaluate("""(() => {
        const rgb = (c) => { const p = document.createElement("canvas").getContext("2d"); p.fillStyle = c; p.fillRect(0, 0, 1, 1);
          return [...p.getImageData(0, 0, 1, 1).data]; };
        const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
          if (c[3] === 255) return c.slice(0, 3); } return [255, 255, 255]; };
        const bad = [];
        for (const e of document.querySelectorAll("p, a, summary, td, th, li, figcaption, span, code, h1, h2, button")) {
          if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !e.offsetParent) continue;
          const [a, b] = [light(rgb(getComputedStyle(e).color).slice(0, 3)), light(ground(e))].sort((x, y) => y - x);
          if ((a + 0.05) / (b + 0.05) < 4.5) bad.push(e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 30));
        }
        return bad; })()""")
    assert weak == []
