"""Prepare notebooks with papermill, look each up in the cache, and run those that are missing in processes."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sfp_model.annex.kernel import Run, Settings, kernel_environment, run
from sfp_model.annex.notebooks import Notebook
from sfp_model.annex.quick import import_nbformat
from sfp_model.annex.reads import Reads
from sfp_model.annex.stamps import text_digest
from sfp_model.errors import AnnexError

__all__ = ["Executed", "Job", "code_hash", "default_workers", "execute_all", "prepare", "run_many"]

NO_METADATA: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook for one scenario: prepared, with what it reads and where its page goes."""

    notebook: Notebook
    scenario: str
    folder: str  # below annex/: the scenario, or "compare"
    prepared: Any  # nbformat.NotebookNode
    reads: Reads
    why: str = ""  # why it must run, if it must

    @property
    def label(self) -> str:
        """Name for messages, for example ``transformation (accelerated)``."""
        return f"{self.notebook.name} ({self.folder if not self.notebook.across else 'all scenarios'})"


@dataclass(frozen=True, slots=True)
class Executed:
    """The executed notebook of a job; ``run`` has no times when the cache had it."""

    job: Job
    notebook: Any
    run: Run | None


def prepare(path: Path, parameters: Mapping[str, str]) -> Any:
    """Inject *parameters* into a notebook without running it.

    Outputs, execution counts and papermill's own metadata are taken out, so that the same notebook with the same
    parameters is always the same text.

    Parameters
    ----------
    path : pathlib.Path
        A notebook with a cell tagged ``parameters``.
    parameters : mapping
        Name to value; each must be assigned in that cell.

    Returns
    -------
    nbformat.NotebookNode

    Raises
    ------
    AnnexError
        A parameter is not assigned in the cell tagged ``parameters`` (papermill itself would only warn).
    """
    import_nbformat()
    import papermill

    logging.getLogger("papermill").setLevel(logging.ERROR)
    known = papermill.inspect_notebook(str(path))
    for name in parameters:
        if name not in known:
            raise AnnexError(f"{path.name}: unknown parameter {name!r}; the notebook sets: {', '.join(known)}")
    node = papermill.execute_notebook(str(path), None, dict(parameters), prepare_only=True, progress_bar=False)
    node.metadata.pop("papermill", None)
    for cell in node.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if cell.metadata.get("tags") == []:
            del cell.metadata["tags"]
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if "injected-parameters" in cell.metadata.get("tags", []):
                cell.id = "injected-parameters"
    return node


def code_hash(path: Path) -> str:
    """Return the digest of the code cells of a notebook, as the cache sees them (text cells do not count)."""
    nbformat = import_nbformat()

    node = nbformat.read(path, as_version=4)
    return text_digest(*(c.source for c in node.cells if c.cell_type == "code"))


def default_workers() -> int:
    """Return the number of processes for kernels: two, or one on a machine with one processor."""
    return min(2, os.cpu_count() or 1)


def run_many(texts: Mapping[str, str], settings: Settings, workers: int) -> Iterator[tuple[str, Run]]:
    """Run notebooks in at most *workers* spawned processes and yield each when it is done.

    After a failure no further notebook is started; those that are running are waited for.
    """
    if len(texts) == 1 or workers == 1:
        for key, text in texts.items():
            result = run(text, settings)
            yield key, result
            if result.error:
                return
        return
    waiting = list(texts.items())
    with ProcessPoolExecutor(min(workers, len(texts)), mp_context=get_context("spawn")) as pool:
        running: dict[Future[Run], str] = {}
        failed = False
        try:
            while waiting or running:
                while waiting and len(running) < workers and not failed:
                    key, text = waiting.pop(0)
                    running[pool.submit(run, text, settings)] = key
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    try:
                        result = future.result()
                    except BrokenProcessPool as error:
                        key = running[future]
                        raise AnnexError(f"{key}: its process ended unexpectedly, perhaps out of memory") from error
                    failed = failed or bool(result.error)
                    yield running.pop(future), result
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _warm_fonts(cache: Path) -> None:
    """Let matplotlib build its font list once; in a kernel it would say so on standard error, which fails a cell."""
    mark = cache / f"fonts-{text_digest(sys.prefix, sys.version)}"
    if mark.exists():
        return
    command = [sys.executable, "-c", "import matplotlib.font_manager"]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def _save_failed(job: Job, result: Run, folder: Path) -> tuple[Path, int]:
    """Save a failed notebook under a banner; return where, and the number of the cell in the source notebook."""
    nbformat = import_nbformat()

    node = nbformat.reads(result.text, as_version=4)
    injected = next(i for i, c in enumerate(node.cells) if "injected-parameters" in c.metadata.get("tags", []))
    index = result.cell if result.cell is not None else 0
    number = index if index > injected else index + 1
    banner = f"# This notebook failed\n\n{job.notebook.label}, scenario {job.scenario}, cell {number}: `{result.error}`"
    node.cells.insert(0, nbformat.v4.new_markdown_cell(banner, id="failed"))
    path = folder / job.folder / job.notebook.path.name
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(node, path)
    return path, number


def _from_cache(cache: Any, job: Job) -> Any | None:
    try:
        # cell metadata is not part of the key: take it from the prepared notebook, not from the cached one
        return cache.merge_match_into_notebook(job.prepared, cell_meta=NO_METADATA)[1]
    except KeyError:
        return None


def execute_all(
    jobs: Sequence[Job],
    cache_folder: Path,
    failed_folder: Path,
    *,
    workers: int | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Executed]:
    """Return every job's executed notebook, from the cache where the cache has it.

    Parameters
    ----------
    jobs : sequence of Job
        Prepared notebooks; all notebooks lie in one folder, which is the kernels' working folder.
    cache_folder : pathlib.Path
        Holds ``notebooks`` (a jupyter-cache) and ``reads`` (the laid-out tables).
    failed_folder : pathlib.Path
        Where a failed notebook is saved with a banner.
    workers : int, optional
        Processes; default two, or one on a machine with one processor.
    say : callable
        Receives a line per notebook that runs, with the reason and the time.

    Raises
    ------
    AnnexError
        A cell raised an error or wrote to standard error, or a kernel died; names notebook, cell and error.
    """
    nbformat = import_nbformat()
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    cache = get_cache(str(cache_folder / "notebooks"))
    hits = {i: node for i, job in enumerate(jobs) if (node := _from_cache(cache, job)) is not None}
    misses = {str(i): job for i, job in enumerate(jobs) if i not in hits}
    shutil.rmtree(failed_folder, ignore_errors=True)
    runs: dict[int, Run] = {}
    if misses:
        say(f"{len(misses)} of {len(jobs)} notebooks to run, {len(hits)} unchanged")
        for job in misses.values():
            say(f"  {job.label}: {job.why or 'not in the cache'}")
        _warm_fonts(cache_folder)
    settings = Settings(str(jobs[0].notebook.path.parent), kernel_environment(cache_folder / "reads")) if jobs else None
    failures: list[str] = []
    texts = {key: nbformat.writes(job.prepared) for key, job in misses.items()}
    if settings is not None and texts:
        for count, (key, result) in enumerate(run_many(texts, settings, workers or default_workers()), 1):
            job = misses[key]
            if result.error:
                path, number = _save_failed(job, result, failed_folder)
                where = f"{job.notebook.label}, scenario {job.scenario}, cell {number}"
                failures.append(f"{where}: {result.error} (saved with its outputs as {path})")
                continue
            node = nbformat.reads(result.text, as_version=4)
            data = {"execution_seconds": round(result.total, 3)}
            cache.cache_notebook_bundle(CacheBundleIn(node, job.label, data=data), overwrite=True)
            hits[int(key)], runs[int(key)] = node, result
            say(f"  [{count}/{len(misses)}] {job.label}: {result.total:.1f} s")
    if failures:
        raise AnnexError("\n".join(failures))
    return [Executed(job, hits[i], runs.get(i)) for i, job in enumerate(jobs)]
