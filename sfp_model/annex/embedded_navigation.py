"""What the pages of the embedded renderer share: navigation, neighbours, scenarios and the search index."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, relpath
from typing import Any

from sfp_model.annex.embedded_pages import Page, files_of

__all__ = ["Site", "search_index"]


class Site:
    """What the pages share: titles, navigation bar, sidebars, neighbours, scenarios."""

    def __init__(self, root: Path, config: Mapping[str, Any], pages: Sequence[Page]) -> None:
        self.website = config.get("website", {})
        self.sources = {page.source: page for page in pages}
        urls = [page.url for page in pages]
        self.home = "index.html" if "index.html" in urls else (urls or [""])[0]
        bars = self.website.get("sidebar") or []
        self.sidebars = [
            (bar, self._flat(root, bar.get("contents", []))) for bar in ([bars] if isinstance(bars, dict) else bars)
        ]
        self.root = root

    def _flat(self, root: Path, contents: Any) -> list[str]:
        """Sources in a sidebar's contents, in order, with patterns resolved."""
        found: list[str] = []
        for item in contents if isinstance(contents, list) else [contents]:
            if isinstance(item, str):
                found += [n for n in files_of(root, [item]) if n in self.sources] if "*" in item else [item]
            else:
                found += self._flat(root, item.get("contents", [])) + ([item["href"]] if "href" in item else [])
        return found

    def sidebar_of(self, page: Page) -> tuple[Mapping[str, Any], list[str]] | None:
        """The first sidebar that holds the page, with its pages in order."""
        return next(((bar, flat) for bar, flat in self.sidebars if page.source in flat), None)

    def link(self, page: Page, item: Any, text: str | None = None) -> str:
        """HTML of one entry: a path or ``{text, href}``, relative to the page."""
        href = item if isinstance(item, str) else item.get("href", "")
        target = self.sources.get(href.partition("#")[0])
        text = text or (None if isinstance(item, str) else item.get("text")) or (target.title if target else href)
        if not re.match(r"[a-z]+:|//", href):
            fragment = href.partition("#")[1] + href.partition("#")[2]
            href = relpath(target.url if target else href.removeprefix("/"), dirname(page.url) or ".") + fragment
        here = ' aria-current="page"' if target is page else ""
        return f'<a href="{html.escape(href)}"{here}>{html.escape(str(text))}</a>'

    def navbar(self, page: Page) -> str:
        """HTML of the navigation bar's entries."""
        bar = self.website.get("navbar") or {}
        parts = [self._entry(page, item) for side in ("left", "right") for item in bar.get(side) or []]
        return "\n".join(parts)

    def _entry(self, page: Page, item: Any) -> str:
        if isinstance(item, str) or "menu" not in item:
            return self.link(page, item)
        rows = ["<hr>" if isinstance(x, dict) and re.fullmatch("-+", str(x.get("text", ""))) else self.link(page, x)
                for x in item["menu"]]  # fmt: skip
        return _menu(str(item.get("text", "")), rows)

    def sidebar(self, page: Page) -> str:
        """HTML of the page's sidebar; empty without one."""
        found = self.sidebar_of(page)
        if not found:
            return ""
        title = f'<p class="nav-title">{html.escape(str(found[0]["title"]))}</p>' if found[0].get("title") else ""
        return title + self._list(page, found[0].get("contents", []))

    def _list(self, page: Page, contents: Any) -> str:
        rows = []
        for item in contents if isinstance(contents, list) else [contents]:
            if isinstance(item, str) and "*" in item:
                rows += [f"<li>{self.link(page, name)}</li>" for name in self._flat(self.root, item)]
            elif isinstance(item, dict) and ("section" in item or "contents" in item):
                name = item.get("section", item.get("text", ""))
                head = self.link(page, {**item, "text": name}) if "href" in item else html.escape(str(name))
                rows.append(f'<li><p class="nav-section">{head}</p>{self._list(page, item.get("contents", []))}</li>')
            elif isinstance(item, str) or "href" in item:
                rows.append(f"<li>{self.link(page, item)}</li>")
        return f"<ul>{''.join(rows)}</ul>"

    def pagination(self, page: Page) -> str:
        """HTML of the links to the pages before and after in the sidebar."""
        found = self.sidebar_of(page)
        flat = [source for source in (found[1] if found else []) if source in self.sources]
        if page.source not in flat:
            return ""
        at = flat.index(page.source)
        before = [self.link(page, flat[at - 1], f"← {self.sources[flat[at - 1]].title}")] if at else ["<span></span>"]
        after = [self.link(page, s, f"{self.sources[s].title} →") for s in flat[at + 1 : at + 2]]
        return f'<nav class="pagination" aria-label="Previous and next page">{"".join(before + after)}</nav>'


def _menu(text: str, rows: Sequence[str]) -> str:
    return (
        f'<details class="menu"><summary>{html.escape(text)} <span aria-hidden="true">▾</span></summary>'
        f"<div>{''.join(rows)}</div></details>"
    )


class _Sections(HTMLParser):
    """Text of a page, cut at its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[tuple[str, list[str], list[str]]] = [("", [], [])]  # id, heading, text
        self._heading = False
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "annotation"):
            self._silent += 1
        identity = dict(attrs).get("id")
        if re.fullmatch("h[1-6]", tag) and identity:
            self._heading = True
            self.sections.append((identity, [], []))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "annotation"):
            self._silent -= 1
        if re.fullmatch("h[1-6]", tag):
            self._heading = False

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            _, heading, text = self.sections[-1]
            (heading if self._heading else text).append(data)


def search_index(site: Site, pages: Sequence[Page]) -> str:
    """JavaScript that holds ``[url, page, group, section, text]`` of every section; read when a reader searches."""
    rows = []
    for page in pages:
        parser = _Sections()
        parser.feed(page.body)
        found = site.sidebar_of(page)
        group = str(found[0].get("title") or "") if found else ""
        for anchor, heading, text in parser.sections:
            if heading or text or not anchor:
                words = (" ".join(" ".join(part).split()) for part in (heading, text))
                rows.append([page.url + (f"#{anchor}" if anchor else ""), page.title, group, *words])
    return "window.SFP_SEARCH=" + json.dumps(rows, ensure_ascii=False, separators=(",", ":")) + ";\n"
