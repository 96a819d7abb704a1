"""Lay the executed notebooks out as pages and describe them to the renderer in ``_annex.yml``."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sfp_model.annex.evaluate import Evaluated, Scenario
from sfp_model.annex.execute import Executed
from sfp_model.annex.notebooks import Notebook
from sfp_model.annex.quick import import_nbformat

__all__ = ["ACROSS", "annex_description", "chapters", "links", "text_page", "with_links", "write_tree"]

ACROSS = "compare"
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


def _write_if_other(path: Path, content: bytes) -> None:
    if not (path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def write_tree(folder: Path, texts: Mapping[str, str], files: Mapping[str, Path]) -> None:
    """Make *folder* hold exactly *texts* and copies of *files*; what is the same already is not touched."""
    keep = {folder / name for name in (*texts, *files)}
    for name, text in texts.items():
        _write_if_other(folder / name, text.encode("utf-8"))
    for name, file in files.items():
        _write_if_other(folder / name, file.read_bytes())
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in keep:
            path.unlink()


def chapters(notebooks: Sequence[Notebook], scenario: str) -> list[str]:
    """Return the chapters of one scenario's PDF: its notebooks in order, those across scenarios included."""
    return [f"annex/{ACROSS if n.across else scenario}/{n.name}.ipynb" for n in notebooks]


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
            "chapters": ["index.qmd", *chapters(notebooks, pdf_scenario)],
        },
    }
    head = "# Written by the annex pipeline at every build; _quarto.yml names it under metadata-files.\n"
    plain = json.loads(json.dumps(description))  # no object twice: Quarto's reader is spared YAML aliases
    return head + str(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110))
