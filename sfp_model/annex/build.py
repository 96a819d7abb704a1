"""Build the annex: one call from parameter files to the published site.

A build with nothing to do reads stamps and answers; it imports only the standard library.
"""

from __future__ import annotations

import csv
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfp_model.annex import stamps, swap
from sfp_model.annex.progress import Progress
from sfp_model.annex.project import Project
from sfp_model.annex.render import Renderer, choose, find_quarto, render_pdf, render_site

if TYPE_CHECKING:
    from sfp_model.annex.evaluate import Model, Scenario
    from sfp_model.annex.pipeline import Prepared

__all__ = ["BuildReport", "build", "prepare_only"]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    ``executed`` names the notebooks that were run, with the reason in ``why``; ``durations`` are in seconds.
    """

    changed: bool
    output: Path
    renderer: str
    executed: tuple[str, ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    cached: int = 0
    pages: int = 0
    seconds: float = 0.0
    durations: Mapping[str, float] = field(default_factory=dict)

    @property
    def first_page(self) -> Path:
        """The page to open."""
        return self.output / "index.html"

    @property
    def message(self) -> str:
        """The report as text."""
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """Return the report as lines of text."""
        if not self.changed:
            return [f"nothing has changed since the last build ({self.seconds:.2f} s)", f"open {self.first_page}"]
        lines = [f"{label}: {self.why[label]}" for label in self.executed]
        count = f"{len(self.executed)} notebooks run, {self.cached} unchanged"
        done = f"{count}; {self.pages} pages by {self.renderer} in {self.seconds:.1f} s"
        return [*lines, done, f"open {self.first_page}"]


@dataclass(slots=True)
class _Now:
    """The stamps of this moment and the keys that follow from them."""

    state: dict[str, Any]
    files: stamps.Snapshot
    digests: dict[str, str]
    prepared: str
    site: str


def _now(project: Project, scenarios: Sequence[str] | None, renderer: str) -> _Now:
    state = stamps.read_state(project.state)
    found = stamps.input_files(project.root, project.params, project.data)
    files = stamps.snapshot(found, state.get("files"))
    digests = stamps.contents(files)
    python = f"{sys.version_info[:3]} {sys.prefix}"
    key = project.key(digests, scenarios, python, str(project.params), str(project.data))
    program = find_quarto() if renderer != "embedded" else None
    look = f"{program} {Path(program).stat().st_mtime_ns}" if program else "no quarto"
    return _Now(state, files, digests, key, stamps.text_digest(key, renderer, look, str(project.output)))


def _site_is_current(project: Project, now: _Now) -> bool:
    site = now.state.get("site", {})
    if site.get("key") != now.site or not project.output.is_dir() or swap.leftovers(project.output):
        return False
    return bool(stamps.tree(project.output) == site.get("tree"))


def build(
    params: Path | None = None,
    data: Path | None = None,
    output: Path | None = None,
    scenarios: Sequence[str] | None = None,
    renderer: str = "auto",
    *,
    root: Path | None = None,
    workers: int | None = None,
    quiet: bool = False,
    model: Model | None = None,
) -> BuildReport:
    """Build the annex, doing only what is needed.

    Parameters
    ----------
    params, data : pathlib.Path, optional
        Folders of the plan; default ``params`` and ``data`` of the checkout.
    output : pathlib.Path, optional
        Folder of the site, replaced as a whole; default ``_site`` of the checkout.
    scenarios : sequence of str, optional
        Scenarios to publish, the baseline always among them; default all.
    renderer : {"auto", "quarto", "embedded"}
        ``auto`` takes Quarto where it is found.
    root : pathlib.Path, optional
        Folder with ``_quarto.yml`` and ``notebooks``; default the checkout that one stands in.
    workers : int, optional
        Processes for kernels; default two, or one on a machine with one processor.
    quiet : bool
        Say nothing on standard error.
    model : Model, optional
        Functions of the rooms below; default those of this package.

    Returns
    -------
    BuildReport

    Raises
    ------
    InputError
        The parameter files or the declarations of the notebooks hold faults.
    UsageError
        A scenario, renderer or folder does not exist.
    AnnexError
        A notebook failed (named with cell and error) or a page is wrong; the last good site stays in place.
    """
    begin = time.perf_counter()
    project = Project.of(params, data, output, root)
    now = _now(project, scenarios, renderer)
    if _site_is_current(project, now):
        return _unchanged(project, now, begin)
    progress = Progress(quiet=quiet)
    with swap.locked(project.lock, say=progress.say):
        recovered = swap.recover(project.output)
        if recovered:
            progress.say(recovered)
        now = _now(project, scenarios, renderer)
        if _site_is_current(project, now):  # another build did it meanwhile
            return _unchanged(project, now, begin)
        chosen = choose(renderer)
        progress.say(f"rendering with {chosen}: {chosen.why}")
        return _build(project, now, scenarios, chosen, progress, workers, model, begin)


def _unchanged(project: Project, now: _Now, begin: float) -> BuildReport:
    if now.files != now.state.get("files"):  # same content, other times: remember them
        stamps.write_state(project.state, now.state | {"files": now.files})
    seconds = time.perf_counter() - begin
    site = now.state["site"]
    return BuildReport(False, project.output, site["renderer"], cached=site["notebooks"], seconds=seconds)


def _build(
    project: Project,
    now: _Now,
    scenarios: Sequence[str] | None,
    renderer: Renderer,
    progress: Progress,
    workers: int | None,
    model: Model | None,
    begin: float,
) -> BuildReport:
    from sfp_model.annex import manifest, pipeline
    from sfp_model.annex.evaluate import real_model

    model = model or real_model()
    prepared = pipeline.run_notebooks(
        project, scenarios, model, now.state.get("jobs", {}), inputs=now.prepared, say=progress.say, workers=workers
    )
    now.state["jobs"] = now.state.get("jobs", {}) | prepared.jobs
    stamps.write_state(project.state, now.state)
    with prepared.timed("pdf"):
        pdfs = _make_pdfs(project, prepared, model, renderer, now.digests, progress)
    with prepared.timed("assemble"):
        pages = 1 + pipeline.assemble_all(project, prepared, model, renderer=str(renderer), pdfs=pdfs)
    fresh = swap.staging(project.output)
    try:
        with prepared.timed("site"), progress.step(f"rendering {pages} pages"):
            render_site(renderer, project.root, fresh, project.cache, pages=pages, also=["manifest.json"])
        facts = manifest.make(
            prepared.evaluated.scenarios, prepared.executed, root=project.root, renderer=str(renderer),
            lock=prepared.lock, report=prepared.report, inputs=now.prepared, durations=prepared.durations,
        )  # fmt: skip
        manifest.write(fresh / "manifest.json", facts)
        swap.swap_in(project.output)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    site = {"key": now.site, "tree": stamps.tree(project.output), "renderer": str(renderer),
            "notebooks": len(prepared.executed)}  # fmt: skip
    done = {"key": now.prepared, "tree": pipeline.annex_tree(project)}
    stamps.write_state(project.state, now.state | {"files": now.files, "site": site, "prepared": done})
    ran = [e.job for e in prepared.executed if e.run is not None]
    seconds = time.perf_counter() - begin
    times = dict(prepared.durations) | pipeline.kernel_times(prepared.executed)
    return BuildReport(
        True, project.output, str(renderer), tuple(j.label for j in ran), {j.label: j.why for j in ran},
        len(prepared.executed) - len(ran), pages, seconds, times,
    )  # fmt: skip


def _front(scenario: Any) -> str:
    """Return what stands at the foot of a PDF's title page, as Markdown."""
    from sfp_model.report.format import day

    known = scenario.results.folder / "summary.scenario.csv"
    rows = csv.reader(known.read_text(encoding="utf-8").splitlines()) if known.is_file() else ()
    agency = next((row[1] for row in rows if row[:1] == ["agency"]), "")
    facts = [
        *([("Agency", agency)] if agency else []),
        ("Scenario", f"{scenario.title}, by the {scenario.author}"),
        ("Information as of", day(str(scenario.as_of))),
        ("Seed", str(scenario.seed)),
        ("Digest of the plan", f"`{scenario.digest[:16]}`"),
    ]
    return "\n".join(["| | |", "|:--|:--|", *(f"| {name} | {text.replace('|', ' ')} |" for name, text in facts)])


def _make_pdfs(
    project: Project,
    prepared: Prepared,
    model: Model,
    renderer: Renderer,
    digests: Mapping[str, str],
    progress: Progress,
) -> dict[str, Path]:
    """Make the PDF of each scenario whose pages changed; the others are kept from an earlier build."""
    from concurrent.futures import ThreadPoolExecutor

    from sfp_model.annex import assemble, downloads, pipeline
    from sfp_model.annex.execute import default_workers

    keys = pipeline.pdf_keys(project, prepared, str(renderer), digests)
    kept = project.cache / "files"
    todo = [s for s in prepared.evaluated.scenarios if not (kept / f"{keys[s.name]}.pdf").exists()]
    if todo:
        pipeline.assemble_all(project, prepared, model, renderer=str(renderer), pdfs={})

    def make(scenario: Scenario) -> None:
        titles = (prepared.evaluated.title, f"Scenario: {scenario.title}")
        chapters = assemble.chapters(prepared.notebooks, scenario.name)
        pdf = partial(render_pdf, renderer, project.root, scenario.name, chapters, titles, _front(scenario))
        if renderer.name == "quarto":  # which takes the chapters from the site's description
            text = assemble.annex_description(prepared.evaluated, prepared.notebooks, scenario.name)
            project.description.write_text(text, encoding="utf-8")
        progress.say(f"PDF of {scenario.title}")
        downloads.kept_file(kept, keys[scenario.name], ".pdf", pdf)

    with ThreadPoolExecutor(1 if renderer.name == "quarto" else default_workers()) as pool:
        list(pool.map(make, todo))  # programs outside Python do the work
    return {name: kept / f"{key}.pdf" for name, key in keys.items()}


def prepare_only(
    *, root: Path | None = None, pdf_scenario: str = "baseline", quiet: bool = False, model: Model | None = None
) -> bool:
    """Do everything before rendering, for ``quarto render`` and ``quarto preview``; return whether anything was done.

    PDFs are not made here: those of an earlier build are linked where their pages are still the same.
    """
    project = Project.of(None, None, None, root)
    progress = Progress(quiet=quiet)
    with swap.locked(project.lock, say=progress.say):
        now = _now(project, None, "auto")
        from sfp_model.annex import pipeline

        done = now.state.get("prepared", {})
        same_chapters = done.get("pdf_scenario", "baseline") == pdf_scenario
        if done.get("key") == now.prepared and same_chapters and done.get("tree") == pipeline.annex_tree(project):
            return False
        from sfp_model.annex.evaluate import real_model

        model = model or real_model()
        jobs = now.state.get("jobs", {})
        prepared = pipeline.run_notebooks(project, None, model, jobs, inputs=now.prepared, say=progress.say)
        name = str(choose("auto"))
        keys = pipeline.pdf_keys(project, prepared, name, now.digests)
        pdfs = {s: p for s, key in keys.items() if (p := project.cache / "files" / f"{key}.pdf").exists()}
        pipeline.assemble_all(project, prepared, model, renderer=name, pdfs=pdfs, pdf_scenario=pdf_scenario)
        done = {"key": now.prepared, "tree": pipeline.annex_tree(project), "pdf_scenario": pdf_scenario}
        state = now.state | {"files": now.files, "prepared": done, "jobs": jobs | prepared.jobs}
        stamps.write_state(project.state, state)
        return True
