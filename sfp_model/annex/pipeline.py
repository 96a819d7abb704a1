"""Prepare, match, execute, assemble: everything before rendering."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sfp_model.annex import assemble, downloads, manifest, reads
from sfp_model.annex.evaluate import Evaluated, Model, evaluate
from sfp_model.annex.execute import Executed, Job, code_hash, default_workers, execute_all, prepare
from sfp_model.annex.notebooks import Notebook, check_tables, discover
from sfp_model.annex.project import Project
from sfp_model.annex.stamps import text_digest, tree

__all__ = ["Prepared", "annex_tree", "assemble_all", "kernel_times", "pdf_keys", "run_notebooks"]

Say = Callable[[str], None]


@dataclass(slots=True)
class Prepared:
    """What rendering needs: scenarios, notebooks in order, executed notebooks, digests, and times in seconds."""

    evaluated: Evaluated
    notebooks: tuple[Notebook, ...]
    executed: list[Executed]
    report: str
    lock: str
    inputs: str
    jobs: dict[str, Any]  # label → code and reads, to say next time why a notebook runs
    durations: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Any:
        """Add the time of the block to the duration *name*."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.durations[name] = self.durations.get(name, 0.0) + time.perf_counter() - begin


def _reason(now: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    if not before:
        return "not run before"
    reasons = []
    if now["code"] != before.get("code"):
        reasons.append("its code changed")
    new, old = now["reads"], before.get("reads", {})
    tables = old.get("tables", {})
    changed = [name for name, value in new["tables"].items() if tables.get(name) != value]
    if changed:
        reasons.append(f"changed: {', '.join(changed)}")
    reasons += ["sfp_model/report changed"] if new["report"] != old.get("report") else []
    reasons += ["the lock file changed"] if new["lock"] != old.get("lock") else []
    return "; ".join(reasons) or "no longer in the cache"


def _jobs(project: Project, found: Sequence[Notebook], evaluated: Evaluated, hashes: tuple[str, str],
          before: Mapping[str, Any]) -> tuple[list[Job], dict[str, Any]]:  # fmt: skip
    report, lock = hashes
    jobs: list[Job] = []
    described: dict[str, Any] = {}
    for notebook in found:
        code = code_hash(notebook.path)
        places = [("all", assemble.ACROSS, evaluated.across)] if notebook.across else [
            (s.name, s.name, s.results) for s in evaluated.scenarios]  # fmt: skip
        for scenario, folder, results in places:
            read = reads.reads_of(notebook, results, report, lock)
            reads.lay_out(read, results, project.cache / "reads")
            prepared = prepare(notebook.path, {"scenario": scenario, "reads_digest": read.digest})
            job = Job(notebook, scenario, folder, prepared, read)
            described[job.label] = {"code": code, "reads": read.as_dict()}
            why = _reason(described[job.label], before.get(job.label))
            jobs.append(Job(notebook, scenario, folder, prepared, read, why))
    return jobs, described


def run_notebooks(project: Project, scenarios: Sequence[str] | None, model: Model, before: Mapping[str, Any], *,
                  inputs: str, say: Say, workers: int | None = None) -> Prepared:  # fmt: skip
    """Evaluate the scenarios and execute the notebooks whose declared tables, code or environment changed.

    Parameters
    ----------
    project : Project
        Folders.
    scenarios : sequence of str, optional
        The scenarios to publish; all by default.
    model : Model
        The functions of the rooms below.
    before : mapping
        ``jobs`` of the last build.
    inputs : str
        Digest of all input files, for the manifest.
    say : callable
        Receives lines of progress.
    workers : int, optional
        Processes for scenarios, then for kernels.
    """
    begin = time.perf_counter()
    found = discover(project.root / "notebooks")
    evaluated = evaluate(
        project.params, project.data, scenarios, project.root / "results", model,
        workers=workers or default_workers(), say=say,
    )  # fmt: skip
    first = evaluated.scenarios[0].results
    check_tables(found, reads.table_names(first), reads.table_names(evaluated.across))
    report = reads.report_hash(Path(__file__).parent.parent / "report")
    prepared = Prepared(evaluated, found, [], report, reads.lock_hash(project.root), inputs, {})
    prepared.durations["model"] = time.perf_counter() - begin
    with prepared.timed("prepare"):
        jobs, prepared.jobs = _jobs(project, found, evaluated, (report, prepared.lock), before)
    with prepared.timed("execute"):
        failed = project.root / "annex-failed"
        prepared.executed = execute_all(jobs, project.cache, failed, workers=workers, say=say)
    reads.prune(project.cache / "reads", {job.reads.digest for job in jobs})
    return prepared


def pdf_keys(project: Project, prepared: Prepared, renderer: str, digests: Mapping[str, str]) -> dict[str, str]:
    """Return for each scenario the digest of all that its PDF is made from."""
    pages = assemble.executed_pages(prepared.executed, prepared.evaluated.scenarios)
    look = [
        f"{Path(path).name}={digest}"
        for path, digest in sorted(digests.items())
        if Path(path).name.startswith(("_quarto", "index.qmd", "references"))
        or Path(path).is_relative_to(Path(__file__).parent)
    ]
    keys = {}
    for scenario in prepared.evaluated.scenarios:
        own = [pages[c.removeprefix("annex/")] for c in assemble.chapters(prepared.notebooks, scenario.name)]
        front = (scenario.title, scenario.as_of, str(scenario.seed), scenario.digest, prepared.evaluated.title)
        keys[scenario.name] = text_digest(renderer, *look, *front, *own)
    return keys


def assemble_all(project: Project, prepared: Prepared, model: Model, *, renderer: str, pdfs: Mapping[str, Path],
                 pdf_scenario: str = "baseline") -> int:  # fmt: skip
    """Write ``annex/`` and ``_annex.yml``; return the number of pages below ``annex/``.

    Parameters
    ----------
    renderer : str
        Named on the page that says how the annex was built.
    pdfs : mapping
        Scenario to its PDF, for those that exist; only these are linked.
    pdf_scenario : str
        Whose notebooks are the chapters of the book profile.
    """
    evaluated = prepared.evaluated
    if _one_page_only() and not any(e.run for e in prepared.executed):  # an edited text does not take the PDFs away
        kept_pdfs = {s.name: project.pages / f"downloads/{s.name}/annex-{s.name}.pdf" for s in evaluated.scenarios}
        pdfs = {name: path for name, path in kept_pdfs.items() if path.is_file()} | dict(pdfs)
    texts = assemble.executed_pages(prepared.executed, evaluated.scenarios)
    files: dict[str, Path] = {}
    for scenario in evaluated.scenarios:
        key = text_digest(downloads.results_digest(scenario.results), prepared.report, scenario.digest)
        make = partial(model.workbook, scenario.results)
        offered = downloads.table_files(scenario.results)
        workbook = downloads.kept_file(project.cache / "files", key, ".xlsx", make)
        offered[f"annex-{scenario.name}.xlsx"] = workbook
        if scenario.name in pdfs:
            offered[f"annex-{scenario.name}.pdf"] = pdfs[scenario.name]
        body = downloads.page(scenario, offered)
        texts[f"{scenario.name}/downloads.ipynb"] = assemble.text_page("Downloads", body, subtitle=scenario.title)
        files |= {f"downloads/{scenario.name}/{name}": path for name, path in offered.items()}
    across = downloads.table_files(evaluated.across)
    files |= {f"downloads/{assemble.ACROSS}/{name}": path for name, path in across.items()}
    facts = manifest.make(
        evaluated.scenarios, prepared.executed, root=project.root, renderer=renderer, lock=prepared.lock,
        report=prepared.report, inputs=prepared.inputs, durations=prepared.durations,
    )  # fmt: skip
    kept = project.cache / "manifest.json"
    facts = _kept_facts(kept, facts)
    manifest.write(kept, facts)
    files["downloads/manifest.json"] = kept
    texts["about/build.ipynb"] = assemble.text_page("How this annex was built", manifest.page(facts))
    assemble.write_tree(project.pages, texts, files)
    assemble.write_tree(project.print_pages, assemble.print_chapters(prepared.executed, evaluated.scenarios), {})
    description = assemble.annex_description(evaluated, prepared.notebooks, pdf_scenario)
    assemble.write_if_other(project.description, description.encode("utf-8"))
    return sum(name.endswith(".ipynb") for name in texts)


def _one_page_only() -> bool:
    """Whether Quarto started this to render one page anew, as ``quarto preview`` does, and not the whole site."""
    return "QUARTO_PROJECT_OUTPUT_DIR" in os.environ and not os.environ.get("QUARTO_PROJECT_RENDER_ALL")


def _kept_facts(path: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of an earlier build where Quarto renders one page anew and the results are the same.

    Else every edited text would give the page "How this annex was built" another time, and `quarto preview` would
    render the whole site again.
    """
    if not _one_page_only() or not path.is_file():
        return facts
    before: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    same = ("renderer", "versions", "scenarios", "notebooks")
    return before if all(before.get(key) == facts[key] for key in same) else facts


def kernel_times(executed: Sequence[Executed]) -> dict[str, float]:
    """Return the seconds that kernels took to start, to import and to run the other cells, summed over notebooks."""
    runs = [e.run for e in executed if e.run is not None]
    return {
        "kernel start": sum(r.start for r in runs),
        "imports": sum(r.imports for r in runs),
        "cells": sum(r.cells for r in runs),
    }


def annex_tree(project: Project) -> dict[str, Any]:
    """Return the stamps of everything that was assembled; what Quarto leaves beside the notebooks does not count."""
    stat = project.description.stat() if project.description.exists() else None
    head: dict[str, Any] = {"_annex.yml": [stat.st_size, stat.st_mtime_ns] if stat else None}
    found = tree(project.pages) if project.pages.is_dir() else {}
    if project.print_pages.is_dir():
        found |= {f"{assemble.PRINT}/{name}": stamp for name, stamp in tree(project.print_pages).items()}
    return head | {n: s for n, s in found.items() if n.endswith(".ipynb") or n.startswith("downloads/")}
