"""Run one prepared notebook in a kernel of its own; called in a worker process."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sfp_model.annex.quick import import_nbformat

__all__ = ["Run", "Settings", "kernel_environment", "run"]

THREADS = [f"{name}_NUM_THREADS" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")]
IMPORTS = re.compile(r"^\s*(?:from|import)\s+\w", re.MULTILINE)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where and how a kernel runs. Times in seconds."""

    folder: str
    environment: dict[str, str]
    startup_timeout: float = 300.0
    cell_timeout: float = 900.0


@dataclass(slots=True)
class Run:
    """An executed notebook as text, what it took in seconds, and the error if there was one.

    ``cell`` is the place of the failed cell in the prepared notebook, counted from 0. ``imports`` is the time
    of the first cell with an import statement, ``cells`` that of all other cells.
    """

    text: str
    total: float = 0.0
    start: float = 0.0
    imports: float = 0.0
    cells: float = 0.0
    cell: int | None = None
    error: str = ""
    times: dict[int, float] = field(default_factory=dict)


def kernel_environment(reads: Path | None) -> dict[str, str]:
    """Return the environment of a kernel: this package on the path, one BLAS thread, the laid-out tables."""
    package = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
    environment.update(PYDEVD_DISABLE_FILE_VALIDATION="1", PYTHONIOENCODING="utf-8")
    environment.pop("SFP_READS", None)
    if reads is not None:
        environment["SFP_READS"] = str(reads)
    return environment


def _plain(text: str) -> str:
    return COLOURS.sub("", text).strip()


def _first_fault(cells: list[Any]) -> tuple[int, str] | None:
    """Return the first cell with an error or with text on standard error."""
    for index, cell in enumerate(cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return index, _plain(f"{output.ename}: {output.evalue}")
            if output.output_type == "stream" and output.name == "stderr" and output.text.strip():
                return index, f"wrote to standard error: {_plain(output.text).splitlines()[-1]}"
    return None


def run(text: str, settings: Settings) -> Run:
    """Execute a notebook with nbclient.

    Parameters
    ----------
    text : str
        The prepared notebook as JSON.
    settings : Settings
        Working folder, environment and limits of the kernel.

    Returns
    -------
    Run
        Never raises for a failing cell, a dead or late kernel: ``error`` says what happened.
    """
    nbformat = import_nbformat()
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.reads(text, as_version=4)
    begin = time.perf_counter()
    starts: dict[int, float] = {}
    result = Run("")

    def on_start(cell: Any, cell_index: int) -> None:
        starts[cell_index] = time.perf_counter()
        if len(starts) == 1:
            result.start = starts[cell_index] - begin

    def on_executed(cell: Any, cell_index: int, execute_reply: Any) -> None:
        result.times[cell_index] = time.perf_counter() - starts[cell_index]

    client = NotebookClient(
        notebook,
        timeout=settings.cell_timeout,
        startup_timeout=settings.startup_timeout,
        kernel_name=notebook.metadata.get("kernelspec", {}).get("name", "python3"),
        resources={"metadata": {"path": settings.folder}},
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # errors only: the progress on standard error is for people
        on_cell_start=on_start,
        on_cell_executed=on_executed,
    )
    try:
        client.execute(env=settings.environment)
    except CellExecutionError:
        pass  # stands in the outputs, read below
    except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
        result.cell = max(starts, default=None)
        result.error = _plain(f"{type(error).__name__}: {error}").splitlines()[0]
    fault = _first_fault(notebook.cells)
    if fault is not None and not result.error:
        result.cell, result.error = fault
    importing = next((i for i in sorted(result.times) if IMPORTS.search(notebook.cells[i].source)), None)
    result.imports = result.times.get(importing, 0.0) if importing is not None else 0.0
    result.cells = sum(result.times.values()) - result.imports
    result.text = nbformat.writes(notebook)
    result.total = time.perf_counter() - begin
    return result
