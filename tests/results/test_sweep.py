"""Sweeps: a full design, the same draws in every cell, Parquet that is taken up where it stopped."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan
from sfp_model.inputs.values import settable, with_values
from sfp_model.results import sweep as module
from sfp_model.results.simulation import Run
from sfp_model.results.sweep import design, sweep

RUN = Run(("programme",), "total", "additional", "constant", 40_960, 0.0, "lhs", "inside", 5)


def _load(name: str):
    from sfp_model.inputs.change import without_event

    return without_event(load_plan(None, None, name))


def test_sweep_resumes(tmp_path: Path, monkeypatch) -> None:
    """A run that stops after one cell goes on with the second; nothing is computed twice, nothing is half written."""
    plan = _load("baseline")
    path = next(key for key in settable(plan) if key.startswith("rates.consultant"))
    mode = settable(plan)[path].estimate.mode
    cells = design(["baseline"], {path: [mode, 2 * mode]})
    first = next(sweep(cells, _load, RUN, tmp_path))
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
    assert both[1][-1]["mean_chf"] > both[0][-1]["mean_chf"]
    list(sweep(cells, _load, RUN, tmp_path))
    assert computed == [1]
    files = sorted(tmp_path.iterdir())
    assert [file.suffix for file in files] == [".parquet"] * 2
    assert sum(pq.read_table(file).num_rows for file in files) == len(both[0]) + len(both[1])


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
