"""Which tables of a page show amounts or time without saying how uncertain they are."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

__all__ = ["without_range"]

_ABOUT = re.compile(
    r"CHF|person-months|work-months|in months|, months|by, months|stated in three ways|Persons reached|Score from",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"\bP(10|50|80|90)\b|\branges?\b|\bLow\b.*\bHigh\b|\bstandard error\b|\bdraws\b|\bquantile\b", re.IGNORECASE
)


def without_range(page: Path) -> list[str]:
    """Return the captions of tables of money, time or what the event reaches with neither a range nor where it is.

    A table is in order if its cells carry ranges, if its headings name percentiles, bounds or standard errors, or if
    it, or the note below it, leads to the page on ranges (or to the inputs with theirs). A table of nothing but nil
    needs none, and words and counts are no amounts.
    """
    html = page.read_text(encoding="utf-8")
    found = []
    for match in re.finditer(r"<table.*?</table>", html, re.DOTALL):
        table = match[0]
        opened, closed = html.rfind("<figure", 0, match.start()), html.rfind("</figure>", 0, match.start())
        start = opened if opened > closed else match.start()
        stop = html.find("</figure>", match.end()) if start == opened else match.end()
        whole = html[start:stop]
        below = re.match(r"</figure>\s*<div class=\"table-note\">.*?</div>", html[stop:], re.DOTALL)
        whole += below[0] if below else ""  # the note of a table of words stands below its figure
        if len(re.findall("<table", whole)) > 1:  # a cell that made several tables
            whole = html[match.start() : html.find("<table", match.end()) if stop > match.end() else stop]
        head = _text("".join(re.findall(r"<thead.*?</thead>", table, re.DOTALL)))
        body = _text("".join(re.findall(r"<td.*?</td>", table.partition("<tfoot")[0], re.DOTALL)))
        caption = _text("".join(re.findall(r"<figcaption.*?</figcaption>", html[start:stop], re.DOTALL)[:1]))
        foot = _text("".join(re.findall(r"<tfoot.*?</tfoot>", table, re.DOTALL)))
        if not _ABOUT.search(" ".join((caption, head, foot))) or not re.search(r"[1-9]", body):
            continue
        told = 'class="range"' in table or _SHOWN.search(head) or _SHOWN.search(caption)
        if not told and not re.search(r'href="[^"]*(sure|assumptions)\.html', whole[whole.find("</thead>") :]):
            found.append(
                caption or _text(re.sub(r".*?aria-label=\"([^\"]*)\".*", r"\1", table, flags=re.DOTALL)) or head
            )
    return found


def _text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
