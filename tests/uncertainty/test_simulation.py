"""Simulation: constant memory, percentiles with errors, stopping by precision, the same bits from every executor."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sfp_model.errors import UsageError
from sfp_model.inputs import load_plan
from sfp_model.inputs.change import without_event
from sfp_model.model import compile, draw
from sfp_model.model.schedule import schedule
from sfp_model.uncertainty import coupling_of, simulate
from sfp_model.uncertainty.executors import open_executor, ordered
from sfp_model.uncertainty.moments import input_mean
from sfp_model.uncertainty.summary import Summary, summarise, until_precise
from sfp_model.uncertainty.work import Series
from tests.uncertainty.slow import slow_series
from tests.uncertainty.test_streams import arrays

SERIES = Series(("action",), "year")


def _normal(blocks, scale=1.0):
    generator = np.random.default_rng(1)
    return (scale * generator.standard_normal((2, 1024)) + 10 for _ in blocks)


def test_percentiles_of_many_blocks_lie_within_their_bound() -> None:
    """The histogram's percentile differs from that of all draws by less than the bound that it states."""
    kept = list(_normal(range(30)))
    summary = summarise(iter(kept), (1, 10, 50, 80, 99.5))
    together = np.concatenate(kept, axis=1)
    exact = np.percentile(together, summary.percentiles, axis=1).T
    assert (np.abs(summary.values - exact) <= summary.bound).all()
    assert summary.bound[:, 1:4].max() < 0.1
    assert summary.mean == pytest.approx(together.mean(axis=1))
    assert summary.draws == 30 * 1024


def test_standard_errors_are_those_of_independent_blocks() -> None:
    """The standard error of P80 of a normal sample is √(p(1 − p)/n)/φ(z); of the mean 1/√n."""
    summary = summarise(_normal(range(200)), (80,))
    n = 200 * 1024
    assert summary.mean_error == pytest.approx(1 / np.sqrt(n), rel=0.2)
    assert summary.error[:, 0] == pytest.approx(np.sqrt(0.16 / n) / 0.27996, rel=0.2)
    with pytest.raises(UsageError, match="at least 10 blocks, here 3"):
        _ = summarise(_normal(range(3))).error


def test_atoms_stay_where_they_are() -> None:
    """Where most draws are nil the median is nil."""
    summary = summarise(
        (np.where(np.arange(64)[None] % 4, 0.0, np.arange(64.0)[None]) for _ in range(10)), (10, 50, 99)
    )
    assert summary.values[0, :2].tolist() == [0, 0]
    assert summary.values[0, 2] > 50


def test_percentiles_on_an_atom_above_a_gap() -> None:
    """A risk event with chance 0.4 costs 1 at P80; a lump in 70 % of draws is the median, whatever lies below it."""
    generator = np.random.default_rng(3)

    def block() -> np.ndarray:
        u, x = generator.random((2, 1024))
        return np.stack([
            np.where(u < 0.4, 1.0, 0.0),
            np.where(u < 0.7, 100_000.0, 1_000 * x),
            np.where(u < 0.3, x, np.where(u < 0.7, 2.0, 5.0 + x)),  # an atom between two continuous parts
            np.where(u < 0.4, -1.0, 0.0),
        ])  # fmt: skip

    kept = [block() for _ in range(12)]
    summary = summarise(iter(kept), (10, 50, 80))
    exact = np.percentile(np.concatenate(kept, axis=1), summary.percentiles, axis=1).T
    assert summary.values[0].tolist() == [0, 0, 1]
    assert summary.values[1, 1:].tolist() == [100_000, 100_000]
    assert summary.values[2, 1] == 2
    assert summary.values[3].tolist() == [-1, 0, 0]
    assert (np.abs(summary.values - exact) <= summary.bound + 1e-9).all()
    assert summary.bound.max() < 50
    assert (summary.error[0] == 0).all()


def test_an_atom_that_the_pilot_takes_for_everything() -> None:
    """Where the first block is constant, later ones may lie on either side of it."""
    blocks = [np.zeros((2, 512)) for _ in range(12)]
    for block in blocks[1:]:
        block[0, :9], block[1, :9] = -7.0, 7.0
    assert summarise(iter(blocks), (50, 80)).values.tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("percentiles", [(50.0, 80.0), (1.0, 5.0, 10.0, 50.0, 99.5), (0.0, 100.0)])
def test_compiled_counts_are_those_of_numpy(percentiles, monkeypatch) -> None:
    """Counts, percentiles of blocks and standard errors are the same bits without compiled loops; also with atoms."""
    kept = [np.concatenate([block, np.maximum(block, 10.0), np.full((1, 1024), 3.0)]) for block in _normal(range(12))]
    kept[5] = kept[5] + 0.8  # a block whose percentiles lie outside the pilot's windows
    fast = summarise(iter(kept), percentiles)
    monkeypatch.setenv("SFP_KERNELS", "numpy")
    plain = summarise(iter(kept), percentiles)
    assert np.array_equal(fast._below, plain._below)
    for name in ("values", "bound", "mean", "error"):
        assert np.array_equal(getattr(fast, name), getattr(plain, name)), name
    own = np.stack([np.percentile(block, percentiles, axis=1).T for block in kept])
    assert plain.error == pytest.approx(own.std(axis=0, ddof=1) / np.sqrt(len(kept)))


def test_stops_by_precision() -> None:
    """Blocks are added until error and bound of the histogram are small enough together, and not beyond."""
    told: list[tuple[int, float, int]] = []
    generator = np.random.default_rng(1)

    def blocks(numbers):
        return (generator.standard_normal((2, 4096)) + 10 for _ in numbers)

    summary = until_precise(blocks, 80, 0.0008, told=lambda s, *more: told.append((s.blocks, *more)))
    reached = [precision for _, precision, _ in told]
    assert reached[-1] <= 0.0008 < min(reached[:-1])
    at = summary.percentiles.index(80)
    assert ((summary.error + summary.bound)[:, at] / summary.values[:, at]).max() == reached[-1]
    assert told[-1][2] == summary.blocks
    assert summary.blocks / 3 < told[1][2] < 3 * summary.blocks  # blocks to expect, from the first twenty
    assert until_precise(blocks, 80, 0.0002, most=20).blocks == 20
    few = until_precise(lambda n: (generator.standard_normal((1, 64)) + 10 for _ in n), 80, 0.002)
    error, bound = few.error[0, few.percentiles.index(80)], few.bound[0, few.percentiles.index(80)]
    value = few.values[0, few.percentiles.index(80)]
    assert error <= 0.001 * value < bound  # the histogram is too coarse: no use in going on
    assert few.precision(80) > 0.002
    with pytest.raises(UsageError, match="relative > 0"):
        until_precise(_normal, 80, 0)


def test_memory_does_not_grow_with_blocks() -> None:
    """A summary after a hundred blocks is as large as after ten, and at most eight tasks wait per pair of workers."""
    few, many = summarise(_normal(range(10))), summarise(_normal(range(100)))
    assert few._below.nbytes + few._edges.nbytes == many._below.nbytes + many._edges.nbytes
    assert not [name for name, kept in vars(Summary()).items() if isinstance(kept, list)]
    started: list[int] = []

    class Pool:
        workers = 2

        def submit(self, function, item):
            started.append(item)
            return type("F", (), {"result": lambda _: function(item), "cancel": lambda _: None})()

    found = ordered(abs, range(100), Pool())
    next(found)
    assert len(started) == 9


def _mean_weights(made, points: int = 2048, rules: int = 4) -> np.ndarray:
    """Return the mean timing weight of each group by quadrature over when actions start and how long they take.

    One-off lines weigh 1 whenever they fall. What recurs weighs the months from its begin to its end or the horizon.
    The rule is scipy's Sobol' points over delays, stretches and risk events, not the engine's draws.
    """
    actions, form, inputs = made.actions, made.groups.columns, made.inputs
    rows = sorted({int(r) for r in (*actions.stretch, *actions.delay) if r >= 0}
                  | {row for _, *pair in actions.risks for row in pair})  # fmt: skip
    months = np.zeros(len(form.shape))
    for rule in range(rules):
        nodes = np.full((len(inputs), points), 0.5)
        nodes[rows] = np.clip(stats.qmc.Sobol(len(rows), seed=rule).random(points).T, 1e-9, 1 - 1e-9)
        placed = schedule(actions, draw(made, nodes).array)
        start, stretch = placed.start[form.action], placed.stretch[form.action]
        ends = np.where(np.isnan(form.end)[:, None], made.periods.horizon, start + form.end[:, None] * stretch)
        months += np.maximum(ends - (start + form.begin[:, None] * stretch), 0.0).mean(axis=1) / rules
    assert (form.yearly == form.yearly[:, :1]).all()  # the same number every year
    return np.where(form.shape >= 0, 1.0, months * np.where(form.driven, form.yearly[:, 0], 1.0) * form.scale)


def test_mean_of_the_real_plan_without_dependence() -> None:
    """The simulated mean is the sum over lines of mean quantity × mean rate × mean timing weight, none of them drawn.

    Of what is one-off, of what recurs, of cash, and of all lines together. The event is left out: its subsidy is what a
    deficit leaves after the fund, not a product of means. Its account has closed forms of its own in tests/model.
    """
    made = compile(without_event(load_plan(None, None)))
    alone = coupling_of(made, dict.fromkeys(("plan", "initiative", "action", "cost_duration"), 0.0))
    outcomes = list(simulate(made, 9, 24, coupling=alone, size=1024))
    lines, inputs = made.lines, made.inputs
    q = np.array([input_mean(inputs, int(row)) for row in lines.quantity])
    r = np.array([input_mean(inputs, int(row)) for row in lines.rate])
    closed = q * r * lines.factor * lines.price * _mean_weights(made)[lines.group]
    one_off = made.groups.columns.shape[lines.group] >= 0
    cash = lines.funding == made.names["funding"].index("additional")
    for chosen in (one_off, ~one_off, cash, np.ones(len(lines), dtype=bool)):
        simulated = [float(o.line_total[chosen].sum(axis=0).mean()) for o in outcomes]
        error = np.std(simulated, ddof=1) / np.sqrt(len(simulated))
        assert error < 2e-4 * closed[chosen].sum()
        assert abs(np.mean(simulated) - closed[chosen].sum()) < 4 * error
    totals = [float(o.amounts((), "total", "full")[1].mean()) for o in outcomes]
    assert np.mean(totals) == pytest.approx(np.mean(simulated))  # what the tables show is the sum of these lines


def test_every_executor_gives_the_same_bits() -> None:
    """Threads and processes yield what this process yields, in the same order."""
    made = arrays(4)
    here = list(simulate(made, 7, 6, measure=SERIES, size=256))
    for kind, workers in (("threads", 2), ("processes", 2)):
        with open_executor(kind, workers) as pool:
            there = list(simulate(made, 7, 6, measure=SERIES, size=256, executor=pool))
        assert all(np.array_equal(a, b) for a, b in zip(here, there, strict=True))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("cloud",), "'cloud' is none of here, threads, processes, dask"),
        (("threads", 0), "at least 1, got 0"),
        (("threads", 2, "tcp://x"), "belongs to executor dask"),
        (("dask",), "needs the address of a scheduler"),
    ],
)
def test_executors_that_cannot_be(arguments, words: str) -> None:
    """The error says what is possible."""
    with pytest.raises(UsageError, match=words), open_executor(*arguments):
        pass


@contextmanager
def _cluster(folder: Path, workers: int):
    """Start a Dask scheduler and workers as processes of their own on loopback; yield address and workers."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    dask, file = [sys.executable, "-m", "distributed.cli.dask_scheduler"], folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    started = [subprocess.Popen([*dask, "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file",
                                 str(file)], **quiet)]  # fmt: skip
    try:
        for number in range(workers):
            started.append(subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file), "--nthreads", "1",
                 "--no-nanny", "--no-dashboard", "--local-directory", str(folder / str(number))], **quiet))  # fmt: skip
        from distributed import Client

        deadline = time.monotonic() + 120
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=120)
            address = client.scheduler.address
        yield address, started[1:]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _commands_on_a_cluster(sfp, address: str, folder: Path) -> None:
    """Run commands here and on the cluster: what they print is the same."""
    there = ("--executor", "dask", "--address", address)
    for command in (("simulate", "--by", ""), ("sweep", "{}", "--set", "dependence.plan=0,0.3")):
        found = []
        for kind, where in (("here", ("--executor", "here")), ("cluster", there)):
            arguments = [part.format(folder / kind) for part in command]
            code, out, _ = sfp(*arguments, "--format", "csv", *where)
            assert code == 0
            found.append(out)
        assert found[0] == found[1]
        assert "p80_chf" in found[0]
    assert len(list((folder / "cluster").glob("*.parquet"))) == 2


@pytest.mark.filterwarnings("ignore")
def test_dask_gives_the_same_bits_also_when_a_worker_dies(tmp_path: Path, sfp) -> None:
    """A real scheduler and two workers; one is killed in mid-run; the bits are those of this process.

    Those of the real plan as well, and what ``sfp simulate`` and ``sfp sweep`` print with ``--executor dask``.
    """
    pytest.importorskip("distributed")
    made = arrays(3)
    here = list(simulate(made, 7, 34, measure=slow_series, size=256))
    plan = compile(load_plan(None, None))
    real = list(simulate(plan, 7, 3, measure=SERIES, size=256))
    with _cluster(tmp_path, 2) as (address, workers), open_executor("dask", address=address) as cluster:
        for a, b in zip(real, simulate(plan, 7, 3, measure=SERIES, size=256, executor=cluster), strict=True):
            assert np.array_equal(a, b)
        _commands_on_a_cluster(sfp, address, tmp_path)
        there = []
        assert cluster.together(34) == 2  # tasks of two blocks
        for number, result in enumerate(simulate(made, 7, 34, measure=slow_series, size=256, executor=cluster)):
            there.append(result)
            if number == 3:
                workers[0].kill()
    assert len(there) == 34
    assert all(np.array_equal(a, b) for a, b in zip(here, there, strict=True))
