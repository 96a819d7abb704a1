"""Sweeps: a full design, the same draws in every cell, Parquet that is taken up where it stopped."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan
from sfp_model.inputs.values import settable, with_values
from sfp_model.results import sweep as module
from sfp_model.results.simulation import Run
from sfp_model.results.sweep import Cell, design, sweep
from sfp_model.uncertainty.executors import open_executor

RUN = Run(("programme",), "total", "additional", "constant", 40_960, 0.0, "lhs", "inside", 5)


@cache
def _load(name: str):
    from sfp_model.inputs.change import without_event

    return without_event(load_plan(None, None, name))


def test_sweep_resumes(tmp_path: Path, monkeypatch) -> None:
    """A run that stops after one cell goes on with the second; nothing is computed twice, nothing is half written."""
    plan = _load("baseline")
    path = next(key for key in settable(plan) if key.startswith("rates.consultant"))
    mode = settable(plan)[path].estimate.mode
    cells = design(["baseline"], {path: [mode, 2 * mode]})
    seen: list[tuple[int, str, int]] = []
    going = sweep(cells, _load, RUN, tmp_path, told=lambda *told: seen.append(told))
    first = next(going)
    going.close()
    assert seen[-1] == (RUN.blocks, "0 of 2 cells", 2 * RUN.blocks)
    assert len(list(tmp_path.iterdir())) == 1
    computed: list[int] = []
    own = module.simulated
    monkeypatch.setattr(module, "simulated", lambda *a: computed.append(1) or own(*a))
    told: list[tuple[int, str, int]] = []
    both = list(sweep(cells, _load, RUN, tmp_path, told=lambda *seen: told.append(seen)))
    assert told[0] == (0, "1 of 2 cells", RUN.blocks)  # the cell that is stored has no part in the estimated end
    assert told[-1] == (RUN.blocks, "1 of 2 cells", RUN.blocks)
    assert computed == [1]
    assert both[0] == first
    assert both[0][-1][path] == mode
    assert both[1][0]["mean_chf"] > both[0][0]["mean_chf"]
    list(sweep(cells, _load, RUN, tmp_path))
    assert computed == [1]
    files = sorted(tmp_path.iterdir())
    assert [file.suffix for file in files] == [".parquet"] * 2
    assert sum(pq.read_table(file).num_rows for file in files) == len(both[0]) + len(both[1])


def _two() -> tuple[list[Cell], str]:
    plan = _load("baseline")
    path = next(key for key in settable(plan) if key.startswith("rates.consultant"))
    mode = settable(plan)[path].estimate.mode
    return design(["baseline"], {path: [mode, 2 * mode]}), path


def test_an_interruption_inside_a_cell_loses_that_cell_only(tmp_path: Path, monkeypatch) -> None:
    """Stopped while a cell is computed or written, the next run computes what is missing and leaves nothing behind."""
    cells, _ = _two()
    own, write, computed = module.simulated, pq.write_table, []

    def stops(plan, *rest):
        computed.append(plan.digest)
        if len(computed) == 2:
            raise KeyboardInterrupt
        return own(plan, *rest)

    monkeypatch.setattr(module, "simulated", stops)
    with pytest.raises(KeyboardInterrupt):
        list(sweep(cells, _load, RUN, tmp_path))
    assert [file.suffix for file in tmp_path.iterdir()] == [".parquet"]

    def breaks(table, place):
        write(table, place)
        place.write_bytes(place.read_bytes()[:50])
        raise KeyboardInterrupt

    monkeypatch.setattr(pq, "write_table", breaks)
    with pytest.raises(KeyboardInterrupt):
        list(sweep(cells, _load, RUN, tmp_path))
    assert [file.suffix for file in tmp_path.iterdir()] == [".parquet"]
    monkeypatch.setattr(pq, "write_table", write)
    found = list(sweep(cells, _load, RUN, tmp_path))
    assert computed == [computed[0], computed[1], computed[1], computed[1]]
    assert [file.suffix for file in tmp_path.iterdir()] == [".parquet"] * 2
    assert found == list(sweep(cells, _load, RUN, tmp_path))


def test_damaged_files_are_made_again(tmp_path: Path, caplog) -> None:
    """A file that cannot be read is computed anew and said so; what a killed run left of the cell is removed."""
    cells, path = _two()
    first = list(sweep(cells[:1], _load, RUN, tmp_path))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    left = file.with_suffix(".12345.part")
    left.write_bytes(b"half")
    assert list(sweep(cells[:1], _load, RUN, tmp_path)) == first
    assert "made again" in caplog.text
    assert not left.exists()
    assert pq.read_table(file).num_rows == len(first[0])
    assert first[0][0][path] > 0


def test_another_version_or_run_makes_files_of_its_own(tmp_path: Path, monkeypatch) -> None:
    """Sources of the program, seed, and values are part of a file's name: what an older model stored is not reused."""
    cells, _ = _two()
    list(sweep(cells[:1], _load, RUN, tmp_path))
    list(sweep(cells[:1], _load, replace(RUN, seed=6), tmp_path))
    assert len(list(tmp_path.iterdir())) == 2
    monkeypatch.setattr(module, "code_digest", lambda rooms: b"another")
    list(sweep(cells[:1], _load, RUN, tmp_path))
    assert len(list(tmp_path.iterdir())) == 3


def test_threads_store_the_same_sweep(tmp_path: Path) -> None:
    """Whoever computes, the rows are the same; every scenario of a sweep is simulated with the one seed of the run."""
    cells = [*_two()[0], *design(["stretched"], {})]
    here = list(sweep(cells, _load, RUN, tmp_path / "here"))
    with open_executor("threads", 2) as pool:
        assert list(sweep(cells, _load, RUN, tmp_path / "threads", pool)) == here
    alone = module.simulated(_load("stretched"), RUN)
    assert [{"scenario": "stretched", **row} for row in alone.rows] == here[-1]


def test_values_keep_their_ratio() -> None:
    """A moved mode takes low and high along; a new digest; other numbers stay; impossible ones are refused."""
    plan = _load("baseline")
    line = next(line for line in plan.lines.values() if not line.quantity.estimate.fixed)
    path, old = line.quantity.path.replace("#", "."), line.quantity.estimate
    moved = with_values(plan, {path: 1.5 * old.mode, "dependence.plan": 0.2})
    new = moved.lines[line.id].quantity.estimate
    assert (new.low, new.mode, new.high) == pytest.approx((1.5 * old.low, 1.5 * old.mode, 1.5 * old.high))
    assert moved.settings.values["dependence.plan"].estimate.mode == 0.2
    assert moved.digest != plan.digest
    assert with_values(plan, {}) is plan
    with pytest.raises(UsageError, match=r"did you mean dependence\.plan"):
        with_values(plan, {"dependence.plam": 1})
    with pytest.raises(UsageError, match="outside 0 to 1"):
        with_values(plan, {"dependence.plan": 2})
    with pytest.raises(UsageError, match="at least one scenario"):
        design([], {})
