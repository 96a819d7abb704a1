"""A sweep: scenarios × values of parameters, each simulated and stored as Parquet, taken up where it stopped."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from sfp_model.errors import UsageError
from sfp_model.inputs.cache import code_digest
from sfp_model.inputs.digest import digest
from sfp_model.inputs.plan import Plan
from sfp_model.inputs.values import with_values
from sfp_model.results.simulation import Run, Told, simulated
from sfp_model.uncertainty import Submits

__all__ = ["Cell", "design", "sweep"]

ROOMS = ("inputs", "model", "uncertainty", "decisions", "results")  # whose sources decide what a cell holds


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of a sweep: a scenario and the numbers that are set in it."""

    scenario: str
    numbers: tuple[tuple[str, float], ...]


def design(scenarios: Sequence[str], axes: Mapping[str, Sequence[float]]) -> list[Cell]:
    """Return every combination of scenarios and values (a full factorial design), in order.

    Examples
    --------
    >>> len(design(["baseline", "stretched"], {"dependence.plan": [0, 0.2, 0.4]}))
    6
    """
    if not scenarios or any(not values for values in axes.values()):
        raise UsageError("a sweep needs at least one scenario, and one value for each parameter")
    points = list(product(*axes.values()))
    return [Cell(name, tuple(zip(axes, map(float, point), strict=True))) for name in scenarios for point in points]


def sweep(
    cells: Sequence[Cell], load: Callable[[str], Plan], run: Run, folder: Path,
    pool: Executor | Submits | None = None, told: Told = lambda done, words, expected: None,
) -> Iterator[list[dict[str, Any]]]:  # fmt: skip
    """Simulate every cell and yield its rows; cells whose file is there are read, not computed.

    Parameters
    ----------
    cells : sequence of Cell
    load : callable
        Returns the plan of a scenario.
    run : Run
        The same seed and draws in every cell, so that differences between cells are not noise.
    folder : Path
        One Parquet file per cell, named by a digest of plan, run and program: a changed parameter file, seed, number
        of draws or version makes new files. A file is written under another name and then renamed, so an interruption
        leaves none half written; one that cannot be read is made again.
    pool
        See ``simulated``.
    told : callable
        Called with the blocks done, the cells stored in words, and all blocks of the cells that were not stored before.

    Yields
    ------
    list of dict
        Rows of a cell in the order of *cells*: scenario, the numbers set, and what ``simulated`` gives.
    """
    folder.mkdir(parents=True, exist_ok=True)
    program = code_digest(ROOMS).hex()
    plans = {name: load(name) for name in dict.fromkeys(cell.scenario for cell in cells)}

    def located(cell: Cell) -> tuple[Plan, Path]:
        plan = with_values(plans[cell.scenario], dict(cell.numbers))
        return plan, folder / f"{digest((plan.digest, cell.scenario, repr(run), program))[:20]}.parquet"

    missing = {path for _, path in map(located, cells) if _stored(path) is None}
    stored, done, all_ = len(cells) - len(missing), 0, len(missing) * run.blocks
    for cell in cells:
        plan, path = located(cell)
        rows = None if path in missing else _stored(path)
        if rows is None:
            words, before = f"{stored} of {len(cells)} cells", done
            told(done, words, all_)

            def counted(blocks: int, _: str, __: int, words: str = words, before: int = before) -> None:
                told(before + blocks, words, all_)

            found = simulated(plan, run, pool, counted)
            rows = [{"scenario": cell.scenario, **dict(cell.numbers), **row} for row in found.rows]
            _store(rows, path)
            missing.discard(path)
            stored, done = stored + 1, done + run.blocks
        yield rows


def _stored(path: Path) -> list[dict[str, Any]] | None:
    """Return the rows of a file; ``None`` if there is none, or it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.exists():
        return None
    try:
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    except (pa.ArrowException, OSError) as fault:
        logging.getLogger("sfp").warning("%s cannot be read and is made again: %s", path, str(fault).splitlines()[0])
        return None
    return rows


def _store(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Write *rows* whole or not at all, and remove what an interrupted run left of the same cell."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fresh = path.with_suffix(f".{os.getpid()}.part")
    try:
        pq.write_table(pa.Table.from_pylist(list(rows)), fresh)
        fresh.replace(path)
    finally:
        for left in path.parent.glob(f"{path.stem}.*.part"):
            left.unlink(missing_ok=True)
