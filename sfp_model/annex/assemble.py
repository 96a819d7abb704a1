"""Lay the executed notebooks out as pages and describe them to the renderer in ``_annex.yml``."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sfp_model.annex.evaluate import Evaluated, Scenario
from sfp_model.annex.execute import Executed
from sfp_model.annex.notebooks import Notebook
from sfp_model.annex.quick import import_nbformat

__all__ = [
    *("ACROSS", "PRINT", "annex_description", "chapters", "for_print", "labels_of", "links", "print_chapters"),
    *("print_paths", "text_page", "with_links", "write_if_other", "write_tree"),
]

ACROSS = "compare"
PRINT = "annex-print"
LABEL = r"(?:[Ff]ig|[Tt]bl|[Ee]q|[Ss]ec|[Ll]st)-[\w-]*\w"
DEFINED = re.compile(rf"^#\| *label: *[\"']?({LABEL})|\{{#({LABEL})", re.M)
USED = re.compile(rf"((?:#|@)|^#\| *label: *[\"']?)({LABEL})", re.M)
LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\((?![a-z]+:)(?:\.\./([\w-]+)/)?([^)\s#]*)(?:#([^)\s]+))?\)")
RAW_LINK = re.compile(r'<a\s[^>]*href="(?![a-z]+:)[^"]*"[^>]*>(.*?)</a>', re.S)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def links(notebook: Notebook, here: str, scenarios: Sequence[Scenario], across: Sequence[Notebook], first: str) -> str:
    """Return the line with links to the same page in the other scenarios, as Markdown shown on the site only.

    Parameters
    ----------
    notebook : Notebook
        The notebook of this page.
    here : str
        Folder of this page: the name of its scenario, or ``compare``.
    scenarios : sequence of Scenario
        In the order of the menu; the current one is bold.
    across : sequence of Notebook
        Notebooks over all scenarios.
    first : str
        Notebook to which a page across scenarios links in each scenario.
    """
    target = first if notebook.across else notebook.name
    parts = [f"**{s.title}**" if s.name == here else f"[{s.title}](../{s.name}/{target}.ipynb)" for s in scenarios]
    parts += [
        f"**{n.title}**" if notebook.name == n.name else f"[{n.title}](../{ACROSS}/{n.name}.ipynb)" for n in across
    ]
    text = " · ".join(parts)
    return f'::: {{.scenario-links .same-page .content-visible when-format="html"}}\nScenario: {text}\n:::'


def _after_front_matter(cells: Sequence[Any]) -> int:
    if cells and cells[0].cell_type in {"raw", "markdown"} and cells[0].source.lstrip().startswith("---"):
        return 1
    return 0


def with_links(node: Any, line: str) -> Any:
    """Return a copy of an executed notebook with *line* as a text cell after its front matter."""
    nbformat = import_nbformat()

    node = copy.deepcopy(node)
    cell = nbformat.v4.new_markdown_cell(line, id="scenario-links")
    node.cells.insert(_after_front_matter(node.cells), cell)
    return node


def _texts(node: Any) -> Iterable[tuple[Any, str]]:
    """Everything in a notebook that the renderer reads as text, as (holder, key)."""
    for cell in node.cells:
        yield cell, "source"
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):
                yield output.data, "text/markdown"


def _options(cell_type: str, text: str) -> tuple[str, str]:
    """Part the options at the head of a code cell from its code; all other text is option-like throughout."""
    if cell_type != "code":
        return text, ""
    lines = text.splitlines(keepends=True)
    count = next((i for i, line in enumerate(lines) if not line.startswith("#|")), len(lines))
    return "".join(lines[:count]), "".join(lines[count:])


def labels_of(node: Any) -> set[str]:
    """Return the labels of figures, tables, equations and sections that a notebook defines."""
    texts = [_options(holder.get("cell_type", ""), holder[key])[0] for holder, key in _texts(node)]
    return {a or b for text in texts for a, b in DEFINED.findall(text)}


def for_print(node: Any, name: str, scenario: str, labels: Mapping[str, set[str]]) -> Any:
    """Return a copy of a notebook as a chapter of Quarto's PDF.

    All chapters are one document there: a label that two notebooks use is an error of Typst ("occurs multiple times"),
    so every label names its notebook, ``tbl-needs`` becomes ``tbl-event-needs``. A link to a place in another chapter
    follows; any other link to a page or file of the site leads nowhere from a PDF and keeps only its words.

    Parameters
    ----------
    node : notebook
        With its outputs.
    name, scenario : str
        Names of the notebook and of the scenario.
    labels : mapping
        The labels that each chapter defines, by the name of its notebook.
    """
    linked: set[str] = set()  # names that already are those of the PDF

    def own(match: re.Match[str]) -> str:
        lead, label = match[1], match[2]
        known = label[0].lower() + label[1:] in labels.get(name, ()) and label not in linked
        kind, _, rest = label.partition("-")
        return f"{lead}{kind}-{name}-{rest}" if known else match[0]

    def link(match: re.Match[str]) -> str:
        words, folder, file, label = match.groups()
        other = file.removesuffix(".ipynb") or name
        if folder in (None, scenario, ACROSS) and label in labels.get(other, ()):
            kind, _, rest = label.partition("-")
            linked.add(f"{kind}-{other}-{rest}")
            return f"[{words}](#{kind}-{other}-{rest})"
        return str(words)

    node = copy.deepcopy(node)
    for holder, key in _texts(node):
        head, code = _options(holder.get("cell_type", ""), holder[key])
        holder[key] = USED.sub(own, LINK.sub(link, RAW_LINK.sub(r"\1", head))) + code
    return node


def text_page(title: str, body: str, *, subtitle: str = "") -> str:
    """Return a notebook without code as JSON: front matter and one text cell."""
    head = ["---", f"title: {json.dumps(title, ensure_ascii=False)}"]
    head += [f"subtitle: {json.dumps(subtitle, ensure_ascii=False)}"] if subtitle else []
    cells = [
        {"cell_type": "raw", "id": "front-matter", "metadata": {}, "source": "\n".join([*head, "---"])},
        {"cell_type": "markdown", "id": "text", "metadata": {}, "source": body},
    ]
    content = {"cells": cells, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def executed_pages(executed: Iterable[Executed], scenarios: Sequence[Scenario]) -> dict[str, str]:
    """Return path below ``annex/`` → notebook as JSON, for every executed notebook with its line of links."""
    nbformat = import_nbformat()

    executed = list(executed)
    notebooks = list(dict.fromkeys(e.job.notebook for e in executed))
    across = [n for n in notebooks if n.across]
    first = next((n.name for n in notebooks if not n.across), "")
    pages = {}
    for item in executed:
        job = item.job
        line = links(job.notebook, job.folder, scenarios if first else (), across, first)
        pages[f"{job.folder}/{job.notebook.name}.ipynb"] = nbformat.writes(with_links(item.notebook, line)) + "\n"
    return pages


def print_chapters(executed: Iterable[Executed], scenarios: Sequence[Scenario]) -> dict[str, str]:
    """Return path below ``annex-print/`` → notebook as JSON, for every chapter of every scenario's PDF by Quarto."""
    nbformat = import_nbformat()

    executed = list(executed)
    chapters = {}
    for scenario in scenarios:
        own = [e for e in executed if e.job.folder in (scenario.name, ACROSS)]
        labels = {e.job.notebook.name: labels_of(e.notebook) for e in own}
        for item in own:
            name = item.job.notebook.name
            node = for_print(item.notebook, name, scenario.name, labels)
            chapters[f"{scenario.name}/{name}.ipynb"] = nbformat.writes(node) + "\n"
    return chapters


def write_if_other(path: Path, content: bytes) -> None:
    """Write a file unless it holds *content* already: ``quarto preview`` renders again what was written anew."""
    if not (path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def write_tree(folder: Path, texts: Mapping[str, str], files: Mapping[str, Path]) -> None:
    """Make *folder* hold exactly *texts* and copies of *files*; what is the same already is not touched."""
    keep = {folder / name for name in (*texts, *files)}
    for name, text in texts.items():
        write_if_other(folder / name, text.encode("utf-8"))
    for name, file in files.items():
        write_if_other(folder / name, file.read_bytes())
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in keep:
            path.unlink()


def chapters(notebooks: Sequence[Notebook], scenario: str) -> list[str]:
    """Return the chapters of one scenario's PDF: its notebooks in order, those across scenarios included."""
    return [f"annex/{ACROSS if n.across else scenario}/{n.name}.ipynb" for n in notebooks]


def print_paths(notebooks: Sequence[Notebook], scenario: str) -> list[str]:
    """Return the same chapters as Quarto reads them."""
    return [f"{PRINT}/{scenario}/{n.name}.ipynb" for n in notebooks]


def annex_description(evaluated: Evaluated, notebooks: Sequence[Notebook], pdf_scenario: str = "baseline") -> str:
    """Return the generated part of the site description: scenario menu, sidebars, chapters of the PDF.

    Parameters
    ----------
    evaluated : Evaluated
        The published scenarios.
    notebooks : sequence of Notebook
        In reading order.
    pdf_scenario : str
        Whose notebooks are the chapters of the book profile.
    """
    import yaml

    own = [n for n in notebooks if not n.across]
    across = [{"text": n.title, "href": f"annex/{ACROSS}/{n.name}.ipynb"} for n in notebooks if n.across]
    first = own[0].name if own else "downloads"
    menu = [{"text": s.title, "href": f"annex/{s.name}/{first}.ipynb"} for s in evaluated.scenarios]
    about = {"text": "How this annex was built", "href": "annex/about/build.ipynb"}
    sidebars: list[dict[str, Any]] = []
    for scenario in evaluated.scenarios:
        pages = [{"text": n.title, "href": f"annex/{scenario.name}/{n.name}.ipynb"} for n in own]
        pages.append({"text": "Downloads", "href": f"annex/{scenario.name}/downloads.ipynb"})
        sidebars.append({"id": scenario.name, "title": scenario.title, "contents": pages})
    sidebars.append({"id": "all-scenarios", "title": "All scenarios", "contents": [*across, about]})
    downloads = {"text": "Downloads", "href": f"annex/{evaluated.scenarios[0].name}/downloads.ipynb"}
    subtitle = next(s.title for s in evaluated.scenarios if s.name == pdf_scenario)
    description = {
        "website": {
            "navbar": {"left": [{"text": "Scenarios", "menu": menu}, *across, downloads], "right": [about]},
            "sidebar": sidebars,
        },
        "book": {
            "title": evaluated.title,
            "subtitle": f"Scenario: {subtitle}",
            "chapters": ["index.qmd", *print_paths(notebooks, pdf_scenario)],
        },
    }
    head = "# Written by the annex pipeline at every build; _quarto.yml names it under metadata-files.\n"
    plain = json.loads(json.dumps(description))  # no object twice: Quarto's reader is spared YAML aliases
    return head + str(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110))
