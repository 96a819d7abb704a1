"""A tiny project with two notebooks and a model of three lines, for the tests of the pipeline."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sfp_model.annex.evaluate import Model

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
COLUMNS = {
    "needs": [{"name": "line", "type": "text"}, {"name": "chf", "type": "number"}],
    "facts": [{"name": "key", "type": "text"}, {"name": "value", "type": "text"}],
    "compare.needs": [{"name": "scenario", "type": "text"}, {"name": "chf", "type": "number"}],
}
READ = """import os
from pathlib import Path
folder = Path(os.environ["SFP_READS"]) / reads_digest
print(scenario, sorted(f.name for f in folder.iterdir()))"""


@dataclass(frozen=True)
class Results:
    """What the pipeline needs of a result set."""

    folder: Path

    def hash(self, name: str) -> str:
        return hashlib.sha256((self.folder / f"{name}.csv").read_bytes()).hexdigest()[:16]


def write_results(folder: Path, tables: dict[str, str]) -> Results:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    index = {"tables": {name: {"columns": COLUMNS[name]} for name in tables}}
    (folder / "_index.json").write_text(json.dumps(index), encoding="utf-8")
    return Results(folder)


def tiny_model() -> Model:
    """Read ``params/<scenario>.json``: the need of one line and a fact."""

    def load(params: Path, data: Path, name: str) -> Any:
        values = json.loads((params / f"{name}.json").read_text(encoding="utf-8"))
        info = SimpleNamespace(name=name, title=name.capitalize(), author="tests", rationale="a test")
        settings = SimpleNamespace(title="Tiny annex", as_of="2021-08-31", seed=0)
        digest = hashlib.sha256(json.dumps(values).encode()).hexdigest()
        return SimpleNamespace(scenario=info, settings=settings, digest=digest, values=values)

    def run(plan: Any, store: Path, data: Path) -> Results:
        tables = {"needs": f"line,chf\nx,{plan.values['need']}\n", "facts": f"key,value\nfact,{plan.values['fact']}\n"}
        return write_results(store / f"{plan.scenario.name}-{plan.digest}", tables)

    def compare(results: list[Any]) -> Results:
        rows = [(r.folder / "needs.csv").read_text(encoding="utf-8").splitlines()[1] for r in results]
        text = "scenario,chf\n" + "\n".join(rows) + "\n"
        return write_results(results[0].folder.parent / "compare", {"compare.needs": text})

    def workbook(results: Any, path: Path) -> None:
        path.write_bytes(b"a workbook")

    def names(params: Path) -> list[str]:
        found = {f.stem for f in params.glob("*.json")}
        return sorted(found, key=lambda n: (n != "baseline", n))

    return Model(names, load, run, compare, workbook)


def code(source: str, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "code", "id": f"c{abs(hash(source)) % 10**8}", "metadata": metadata, "source": source,
            "execution_count": None, "outputs": []}  # fmt: skip


def text(source: str, kind: str = "markdown") -> dict[str, Any]:
    return {"cell_type": kind, "id": f"t{abs(hash(source)) % 10**8}", "metadata": {}, "source": source}


def write_notebook(path: Path, sfp: dict[str, Any] | None, cells: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = KERNEL | ({"sfp": sfp} if sfp is not None else {})
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path


PARAMETERS = code('scenario = "baseline"\nreads_digest = ""', tags=["parameters"])


def front(title: str) -> dict[str, Any]:
    return text(f"---\ntitle: {title}\n---", "raw")


def tiny_project(root: Path) -> Path:
    """Lay out parameters, data, two notebooks and a site description in *root*."""
    for name, need in (("baseline", 1), ("faster", 2)):
        (root / "params").mkdir(exist_ok=True, parents=True)
        (root / "params" / f"{name}.json").write_text(json.dumps({"need": need, "fact": "one"}), encoding="utf-8")
    (root / "data").mkdir()
    (root / "data" / "prices.csv").write_text("period,value\n2021,1\n", encoding="utf-8")
    own = {"title": "First page", "order": 1, "scope": "scenario", "reads": ["needs"]}
    all_of_them = {"title": "Side by side", "order": 2, "scope": "across", "reads": ["compare.needs"]}
    cells = [front("First page"), text("Some text."), PARAMETERS, code(READ)]
    write_notebook(root / "notebooks" / "first.ipynb", own, cells)
    cells = [front("Side by side"), text("More text."), PARAMETERS, code(READ)]
    write_notebook(root / "notebooks" / "side.ipynb", all_of_them, cells)
    (root / "_quarto.yml").write_text(
        "project:\n  type: website\n  render: [index.qmd, 'annex/**/*.ipynb']\n  resources: ['annex/downloads/**']\n"
        "metadata-files: [_annex.yml]\nlang: en\nexecute: {echo: false}\nwebsite: {title: Tiny}\n"
        "format: {html: {toc: true}}\n",
        encoding="utf-8",
    )
    (root / "index.qmd").write_text(
        "---\ntitle: Tiny annex\n---\n\nTo the [first page](annex/baseline/first.ipynb).\n", encoding="utf-8"
    )
    return root
