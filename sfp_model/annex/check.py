"""Checks of a rendered site, whoever rendered it: links, anchors, pictures, captions, requests to elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, normpath
from urllib.parse import unquote

__all__ = ["check_site", "links_of"]

_OUTSIDE = re.compile(r"(?:https?:)?//", re.I)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_LOADED = {"script": "src", "img": "src", "source": "src", "iframe": "src", "video": "src", "audio": "src",
           "embed": "src", "track": "src", "object": "data", "image": "href", "use": "href"}  # fmt: skip
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_CSS_REQUEST = re.compile(r"""(?:url\(\s*['"]?|@import\s+['"])\s*((?:https?:)?//[^'")\s]+)""", re.I)


@dataclass
class _Holder:
    """A figure or table, and whether it has a caption; a table may borrow that of the figure around it."""

    name: str
    captioned: bool = False
    figure: _Holder | None = None


class _Reader(HTMLParser):
    """What the checks need to know of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.faults: list[str] = []
        self.tables: list[_Holder] = []
        self.headings = 0
        self.title = self.lang = ""
        self._figures: list[_Holder] = []
        self._inside: list[_Holder] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if "id" in at:
            self.ids[at["id"]] += 1
        self._requests(tag, at)
        if tag == "html":
            self.lang = at.get("lang", "")
        elif tag == "h1":
            self.headings += 1
        elif tag == "img" and "alt" not in at:
            self.faults.append(f"image {at.get('src', '')[:80]} has no alternative text")
        elif tag == "figure":
            self._figures.append(_Holder(at.get("id", "")))
        elif tag == "table":
            named = bool(at.get("aria-label") or at.get("aria-labelledby") or at.get("role") == "presentation")
            figure = self._figures[-1] if self._figures else None
            self._inside.append(_Holder(at.get("id") or f"number {len(self.tables) + 1}", named, figure))
            self.tables.append(self._inside[-1])
        elif tag in ("figcaption", "caption"):
            for holder in (self._figures if tag == "figcaption" else self._inside)[-1:]:
                holder.captioned = True
        if "quarto-unresolved-ref" in at.get("class", ""):
            self.faults.append("unresolved reference")
        if {"cell-output-stderr", "cell-output-error"} & set(at.get("class", "").split()):
            self.faults.append("shows a warning or an error of a cell")
        if tag not in _VOID:
            self._open.append((tag, at.get("class", "")))

    def _requests(self, tag: str, at: dict[str, str]) -> None:
        if tag == "a" and "href" in at:
            self.links.append(at["href"])
        if tag == "link" and at.get("href") and at.get("rel") not in ("canonical", "next", "prev", "alternate"):
            self.loads.append(at["href"])
        if tag in _LOADED and at.get(_LOADED[tag]):
            self.loads.append(at[_LOADED[tag]])
        if not at.get("srcset", "").startswith("data:"):
            self.loads += [part.split()[0] for part in at.get("srcset", "").split(",") if part.strip()]
        self.loads += _CSS_REQUEST.findall(at.get("style", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._inside:
            self._inside.pop()
        if tag == "figure" and self._figures:
            self._figures.pop()
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == tag:
                del self._open[index:]
                break

    def handle_data(self, data: str) -> None:
        tag = self._open[-1][0] if self._open else ""
        if tag == "title" and not any(name == "svg" for name, _ in self._open):
            self.title += data
        if tag == "style":
            self.loads += _CSS_REQUEST.findall(data)
        if tag == "strong" and any("citation" in of.split() for _, of in self._open) and data.endswith("?"):
            self.faults.append(f"missing citation @{data[:-1]}")
        if tag == "strong" and re.match(r"\?@(fig|tbl|eq|sec)-", data):
            self.faults.append(f"unresolved reference {data[1:]}")


def links_of(text: str) -> list[str]:
    """Targets of a page's links and of what it loads, in order, as written.

    Examples
    --------
    >>> links_of('<a href="a.html#b">A</a> <img src="c.svg" alt="C">')
    ['a.html#b', 'c.svg']
    """
    reader = _Reader()
    reader.feed(text)
    return reader.links + reader.loads


def _own_faults(reader: _Reader) -> list[str]:
    faults = list(reader.faults)
    faults += [f"id {name} occurs {count} times" for name, count in reader.ids.items() if count > 1]
    faults += [f"requests {load}" for load in reader.loads if _OUTSIDE.match(load)]
    faults += [
        f"table {table.name} has no caption"
        for table in reader.tables
        if not (table.captioned or (table.figure and table.figure.captioned))
    ]
    present = {"title": bool(reader.title.strip()), "language": bool(reader.lang), "main heading": reader.headings > 0}
    return faults + [f"has no {thing}" for thing, there in present.items() if not there]


def _broken(page: str, reader: _Reader, ids: dict[str, set[str]], files: set[str]) -> list[str]:
    """Links of a page to files that are not in the site, or to anchors that are not on their page."""
    faults = []
    for link in dict.fromkeys(reader.links + reader.loads):
        if _OUTSIDE.match(link) or _SCHEME.match(link):
            continue
        path, _, anchor = link.partition("#")
        path = unquote(path.partition("?")[0])
        joined = path.lstrip("/") if path.startswith("/") else f"{dirname(page) or '.'}/{path}"
        target = normpath(joined) if path else page
        target = next((t for t in (target, normpath(f"{target}/index.html")) if t in files), target)
        if target not in files:
            faults.append(f"broken link {link}")
        elif anchor and target in ids and unquote(anchor) not in ids[target] | {"top"}:
            faults.append(f"broken link {link}: no such place on that page")
    return faults


def check_site(out: Path, *, also: Iterable[str] = ()) -> list[str]:
    """Faults of the pages under a folder, one line each; an empty list for a sound site.

    Every internal link and anchor resolves, every picture has an alternative text (it may be empty for decoration),
    nothing is requested from elsewhere (links for readers may lead outside), ids are unique, every page has a title,
    a language and a main heading, every table has a caption, and no reference or citation is left unresolved.

    Parameters
    ----------
    out : Path
        Folder of the site.
    also : iterable of str
        Paths relative to ``out`` that will be written later.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     page = '<html lang="en"><title>T</title><h1>T</h1><a href="gone.html">x</a></html>'
    ...     _ = (Path(folder) / "index.html").write_text(page)
    ...     check_site(Path(folder))
    ['index.html: broken link gone.html']
    """
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} | set(also)
    readers = {}
    for name in sorted(n for n in files if n.endswith(".html") and (out / n).is_file()):
        readers[name] = _Reader()
        readers[name].feed((out / name).read_text(encoding="utf-8"))
    ids = {name: set(reader.ids) for name, reader in readers.items()}
    faults = [
        f"{name}: {fault}"
        for name, reader in readers.items()
        for fault in _own_faults(reader) + _broken(name, reader, ids, files)
    ]
    for name in sorted(n for n in files if n.endswith(".css") and (out / n).is_file()):
        text = (out / name).read_text(encoding="utf-8", errors="replace")
        faults += [f"{name}: requests {load}" for load in _CSS_REQUEST.findall(text)]
    return faults
