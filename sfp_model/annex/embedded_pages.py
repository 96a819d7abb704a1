"""What the embedded renderer reads: Quarto's configuration, and notebooks and pages as Markdown."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sfp_model.errors import AnnexError

__all__ = ["Page", "files_of", "load_page", "notebook_markdown", "read_config"]

_HIDDEN = {"remove-cell", "parameters", "injected-parameters"}


@dataclass
class Page:
    """One input of the site: its source (relative to the root), front matter, Markdown and pictures."""

    source: str
    meta: dict[str, Any]
    markdown: str
    pictures: dict[str, bytes] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    body: str = ""
    toc: str = ""

    @property
    def url(self) -> str:
        """Address of the page relative to the site."""
        return re.sub(r"\.(ipynb|qmd|md)$", ".html", self.source)

    @property
    def title(self) -> str:
        """Title of the page; its file's name where it has none."""
        return str(self.meta.get("title") or Path(self.source).stem)


def _merge(first: Any, second: Any) -> Any:
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return {
            key: _merge(first.get(key), second.get(key)) for key in [*first, *(k for k in second if k not in first)]
        }
    if isinstance(first, list) and isinstance(second, list):
        return first + [item for item in second if item not in first]
    return first if second is None else second


def read_config(root: Path) -> dict[str, Any]:
    """``_quarto.yml`` with the files under its ``metadata-files`` merged over it (lists appended).

    Raises
    ------
    AnnexError
        A file is missing or not YAML.
    """
    config: dict[str, Any] = {}
    names = ["_quarto.yml"]
    for name in names:
        try:
            read = yaml.safe_load((root / name).read_text(encoding="utf-8")) or {}
        except (OSError, yaml.YAMLError) as error:
            raise AnnexError(f"{name}: {error}") from error
        names.extend(str(other) for other in read.pop("metadata-files", []))
        config = _merge(config, read)
    return config


def files_of(root: Path, patterns: Iterable[str]) -> list[str]:
    """Files under root for Quarto's list of patterns, in order; ``!`` takes away."""
    found: dict[str, None] = {}
    for pattern in patterns:
        bare = pattern.removeprefix("!").removeprefix("/")
        target = root / bare
        paths = sorted(target.rglob("*") if target.is_dir() else root.glob(bare))
        for path in paths:
            name = path.relative_to(root).as_posix()
            if pattern.startswith("!"):
                found.pop(name, None)
            elif path.is_file():
                found[name] = None
    return list(found)


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    match = re.match(r"\s*---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|$)(.*)", text, re.S)
    return (yaml.safe_load(match[1]) or {}, match[2]) if match else ({}, text)


def _cell_options(source: str) -> tuple[dict[str, Any], str]:
    lines = source.splitlines()
    count = next((i for i, line in enumerate(lines) if not line.startswith("#|")), len(lines))
    options = yaml.safe_load("\n".join(line[2:].removeprefix(" ") for line in lines[:count])) or {}
    return options, "\n".join(lines[count:]).strip("\n")


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _output(page: Page, output: Mapping[str, Any], options: Mapping[str, Any], cell: int, part: int) -> str:
    """Markdown of one output of a cell; pictures go to ``page.pictures``."""
    kind, data = output["output_type"], output.get("data", {})
    if kind == "stream":
        text = _text(output["text"]) if output["name"] == "stdout" else ""
        return text if options.get("output") == "asis" else _verbatim(text)
    if kind == "error":
        page.faults.append(f"cell {cell} failed: {output['ename']}: {output['evalue']}")
        return ""
    if "text/html" in data:
        page.faults.append(
            f"cell {cell} shows text/html, for which Quarto loads scripts from elsewhere; show text/markdown"
        )
        return ""
    if "text/markdown" in data:
        return _text(data["text/markdown"])
    for mime, suffix in (("image/svg+xml", "svg"), ("image/png", "png"), ("image/jpeg", "jpeg")):
        if mime in data:
            stem = options.get("label") or f"cell-{cell}"
            name = f"{Path(page.source).stem}_files/figure-html/{stem}-output-{part}.{suffix}"
            content = _text(data[mime])
            page.pictures[name] = content.encode() if suffix == "svg" else b64decode(content)
            alt = options.get("fig-alt") or ""
            alt = alt[min(part, len(alt)) - 1] if isinstance(alt, list) else alt
            return f"![]({name}){{fig-alt={json.dumps(' '.join(str(alt).split()), ensure_ascii=False)}}}"
    return _verbatim(_text(data.get("text/plain", "")))


def _verbatim(text: str, language: str = "") -> str:
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text) or [""]))
    return f"{fence}{language}\n{text.rstrip()}\n{fence}" if text.strip() else ""


def _code_cell(page: Page, cell: Mapping[str, Any], number: int, echo: bool) -> str:
    options, code = _cell_options(_text(cell["source"]))
    if options.get("include") is False:
        return ""
    blocks = []
    if options.get("echo", echo) and code:
        shown = _verbatim(code, "python")
        blocks.append(f"<details class='code'><summary>Code</summary>\n\n{shown}\n\n</details>"
                      if options.get("code-fold") else shown)  # fmt: skip
    outputs = [_output(page, o, options, number, part) for part, o in enumerate(cell.get("outputs", []), 1)]
    shown = "\n\n".join(text for text in outputs if text)
    if options.get("output") is not False and shown:
        label = str(options.get("label", ""))
        caption = options.get("tbl-cap" if label.startswith("tbl-") else "fig-cap") or options.get("tbl-cap")
        if label.startswith(("fig-", "tbl-")) or caption:
            identity = f"#{label}" if label else ".captioned"
            tail = f"\n\n{' '.join(str(caption).split())}" if caption else ""
            shown = f":::::: {{{identity}}}\n\n{shown}{tail}\n\n::::::"
        blocks.append(shown)
    return "\n\n".join(blocks)


def notebook_markdown(notebook: Mapping[str, Any], source: str, *, echo: bool = True) -> Page:
    """A page from an executed notebook, as Quarto reads it.

    Parameters
    ----------
    notebook : mapping
        The notebook's JSON (format 4).
    source : str
        Its path relative to the root of the site, with forward slashes.
    echo : bool
        Whether code is shown where a cell does not say (``execute: echo``).

    Examples
    --------
    >>> front = {"cell_type": "raw", "source": "---\\ntitle: Needs\\n---"}
    >>> cells = [front, {"cell_type": "markdown", "source": "Text"}]
    >>> page = notebook_markdown({"cells": cells}, "annex/needs.ipynb")
    >>> page.title, page.url, page.markdown
    ('Needs', 'annex/needs.html', 'Text')
    """
    page, blocks = Page(source, {}, ""), []
    for number, cell in enumerate(notebook["cells"], 1):
        text = _text(cell["source"])
        if number == 1 and cell["cell_type"] in ("raw", "markdown") and text.lstrip().startswith("---"):
            page.meta, text = _front_matter(text)
            echo = page.meta.get("execute", {}).get("echo", echo)
        if _HIDDEN & set(cell.get("metadata", {}).get("tags", [])):
            continue
        blocks.append(_code_cell(page, cell, number, echo) if cell["cell_type"] == "code" else text.strip())
    page.markdown = "\n\n".join(block for block in blocks if block)
    return page


def load_page(root: Path, source: str, config: Mapping[str, Any]) -> Page:
    """A page from a notebook or a ``.qmd`` file; its first main heading is its title where front matter has none."""
    text = (root / source).read_text(encoding="utf-8")
    if source.endswith(".ipynb"):
        page = notebook_markdown(json.loads(text), source, echo=config.get("execute", {}).get("echo", True))
    else:
        page = Page(source, *_front_matter(text))
    first = re.match(r"\s*# (.+?)(?: \{[^}]*\})?\n", page.markdown + "\n")
    if "title" not in page.meta and first:
        page.meta["title"], page.markdown = first[1], (page.markdown + "\n")[first.end():]  # fmt: skip
    return page
