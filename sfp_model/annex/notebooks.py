"""Find the notebooks of the annex and check what each one declares about itself."""

from __future__ import annotations

import ast
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sfp_model.errors import Fault, InputError, Position, UsageError
from sfp_model.results.part import Part

__all__ = ["PARAMETERS", "Notebook", "check_tables", "discover"]

PARAMETERS = ("scenario", "reads_digest")
KEYS = ("title", "order", "scope", "reads")
SCOPES = ("scenario", "across")
RESERVED = ("downloads",)


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook of the annex with what it declares under ``sfp`` in its metadata.

    ``scope`` is ``"scenario"`` (once per scenario) or ``"across"`` (once, over all scenarios).
    """

    name: str
    path: Path
    title: str
    order: float
    scope: str
    reads: tuple[str, ...]
    label: str  # the path as shown to the user

    @property
    def across(self) -> bool:
        """Whether it looks at all scenarios at once."""
        return self.scope == "across"


def _near(word: str, words: Iterable[str]) -> str:
    words = list(words)
    close = get_close_matches(word, words, 1, 0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(words))}"


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _parameter_faults(cells: list[dict[str, Any]]) -> Iterable[tuple[str, str]]:
    tagged = [c for c in cells if "parameters" in c.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        yield "cells", f"one cell tagged 'parameters' is needed, {len(tagged)} found"
        return
    try:
        body = ast.parse(_source(tagged[0])).body
    except SyntaxError as error:
        yield "parameters", f"the cell is not Python: {error.msg}"
        return
    names = [t.id for s in body if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)]
    for name in names:
        if name not in PARAMETERS:
            yield "parameters", f"unknown parameter {name!r}{_near(name, PARAMETERS)}"
    for name in PARAMETERS:
        if name not in names:
            yield "parameters", f"the parameter {name!r} is missing; the cell sets {' and '.join(PARAMETERS)}"


def _metadata_faults(declared: Any) -> Iterable[tuple[str, str]]:
    if not isinstance(declared, dict):
        yield "metadata.sfp", "is missing; a notebook declares title, order, scope and reads there"
        return
    for key in declared:
        if key not in KEYS:
            yield f"metadata.sfp.{key}", f"unknown key{_near(key, KEYS)}"
    if not (isinstance(declared.get("title"), str) and declared["title"].strip()):
        yield "metadata.sfp.title", "a text is needed"
    if isinstance(declared.get("order"), bool) or not isinstance(declared.get("order"), (int, float)):
        yield "metadata.sfp.order", f"a number is needed, found {declared.get('order')!r}"
    if declared.get("scope") not in SCOPES:
        yield "metadata.sfp.scope", f"{declared.get('scope')!r} is neither {SCOPES[0]!r} nor {SCOPES[1]!r}"
    reads = declared.get("reads")
    if not (isinstance(reads, list) and reads and all(isinstance(r, str) for r in reads)):
        yield "metadata.sfp.reads", "a list of at least one table name is needed"
    elif wrong := [text for text in reads if not _is_part(text)]:
        yield "metadata.sfp.reads", f"{', '.join(wrong)}: write table or table[column=pattern|pattern]"
    elif len(set(reads)) < len(reads):
        yield "metadata.sfp.reads", f"named twice: {', '.join(sorted({r for r in reads if reads.count(r) > 1}))}"


def _is_part(text: str) -> bool:
    try:
        Part.parse(text)
    except UsageError:
        return False
    return True


def _faults(content: dict[str, Any], name: str) -> Iterable[tuple[str, str]]:
    yield from _metadata_faults(content.get("metadata", {}).get("sfp"))
    if not content.get("metadata", {}).get("kernelspec", {}).get("name"):
        yield "metadata.kernelspec", "is missing; save the notebook once in JupyterLab with a Python kernel"
    yield from _parameter_faults(content["cells"])
    for number, cell in enumerate(content["cells"], 1):
        if cell["cell_type"] == "code" and not _source(cell).strip():
            yield f"cell {number}", "the code cell is empty; remove it"
    if name in RESERVED:
        yield "", f"the name {name!r} is taken by a page that the annex makes itself"


def discover(folder: Path) -> tuple[Notebook, ...]:
    """Return the notebooks in *folder*, in the order that they declare.

    Raises
    ------
    InputError
        With every fault of every notebook: metadata that is missing, unknown or wrong, parameters other than
        ``scenario`` and ``reads_digest``, empty code cells, no notebook at all.
    """
    found: list[Notebook] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.ipynb")):
        label = f"{folder.name}/{path.name}"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            bad = [Fault(Position(label), where, text) for where, text in _faults(content, path.stem)]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            faults.append(Fault(Position(label), "", f"is not a notebook: {type(error).__name__}: {error}"))
            continue
        faults += bad
        if not bad:
            sfp = content["metadata"]["sfp"]
            reads = tuple(sfp["reads"])
            found.append(Notebook(path.stem, path, sfp["title"], sfp["order"], sfp["scope"], reads, label))
    if not found and not faults:
        faults.append(Fault(Position(str(folder)), "", "there is no notebook (*.ipynb) here"))
    if faults:
        raise InputError(faults)
    return tuple(sorted(found, key=lambda n: (n.order, n.name)))


def check_tables(notebooks: Iterable[Notebook], scenario: Collection[str], across: Collection[str]) -> None:
    """Check that every declared table exists.

    Raises
    ------
    InputError
        A notebook declares a table that its scope does not offer; names the nearest one.
    """
    faults = []
    for notebook in notebooks:
        known = across if notebook.across else scenario
        for table in (Part.parse(text).table for text in notebook.reads):
            if table not in known:
                text = f"there is no table {table!r}{_near(table, known)}"
                faults.append(Fault(Position(notebook.label), "metadata.sfp.reads", text))
    if faults:
        raise InputError(faults)
