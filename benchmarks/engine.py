# ruff: noqa: E402, E501
"""How fast and how exact the engine is, against what a good analyst writes in NumPy.

``python -m benchmarks.engine [--quick] [--only accuracy,million,plan,scaling,dask]``. Opponents (``reference``) and
engine run in turns in this process (the million in a process of its own, for its memory); the report goes to
``benchmarks/results/engine.md`` and the plot to ``benchmarks/results/scaling.svg``. BLAS uses one thread.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import models
from benchmarks.reference import one_factor, plan_like
from sfp_model.inputs import load_plan
from sfp_model.model import compile
from sfp_model.model.evaluate import Outcome
from sfp_model.uncertainty import BLOCK, Series, open_executor, run_block, simulate, summarise

RESULTS = Path(__file__).parent / "results"
TOTAL = Series((), "total", "full", "nominal")
PARTS = ("accuracy", "million", "plan", "scaling", "dask")


def fourteen(outcome: Outcome) -> np.ndarray:
    """Return four years, nine categories and the total of each draw, shape (14, draw)."""
    by = outcome.amounts(("category",), "year", "full", "nominal")[1]
    inside = by[:, 1:5]
    return np.concatenate([inside.sum(axis=0), by.sum(axis=1), by.sum(axis=(0, 1))[None]])


def in_turns(first: Callable[[int], Any], second: Callable[[int], Any], runs: int, clock: Callable[[], float]) -> Any:
    """Run both in turns; return least times and results of each."""
    out: tuple[list[Any], list[Any]] = ([], [])
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(runs):
        for side, work in enumerate((first, second)):
            begin = clock()
            out[side].append(work(run))
            times[side].append(clock() - begin)
    return (min(times[0]), out[0]), (min(times[1]), out[1])


def accuracy(runs: int) -> list[str]:
    """Time × squared error of P80 against both opponents, and bias."""
    rows = ["| model | ours: ms a block of 4,096, s.e. of its P80 | opponent: ms for 10,000 draws, s.e. | ratio | wanted |",
            "|---|--:|--:|--:|--:|"]  # fmt: skip
    for name, reference, build, wanted in (
        ("one_factor", one_factor, models.one_factor, 30), ("plan_like", plan_like, models.plan_like, 10),
    ):  # fmt: skip
        d = reference.inputs()
        arrays, coupling = build(d)

        def ours(run: int, arrays: Any = arrays, coupling: Any = coupling) -> float:
            return float(np.quantile(TOTAL(run_block(arrays, 1, run, coupling=coupling))[0], 0.8))

        def theirs(run: int, reference: Any = reference, d: Any = d) -> float:
            found = reference.numpy_tabulated(10_000, 100 + run, d)
            return float(np.quantile(found if found.ndim == 1 else found[-1], 0.8))

        ours(0)
        (t, p), (t0, p0) = in_turns(ours, theirs, runs, time.thread_time)
        error, error0 = np.std(p, ddof=1) / np.mean(p), np.std(p0, ddof=1) / np.mean(p0)
        ratio = t0 * error0**2 / (t * error**2)
        rows.append(f"| {name} | {1e3 * t:.1f}, {100 * error:.3f} % | {1e3 * t0:.0f}, {100 * error0:.3f} % | "
                    f"**{ratio:.0f}** | {wanted} |")  # fmt: skip
        if name == "one_factor":
            exact = one_factor.semi_analytic(0.8, d)
            many = [ours(run) for run in range(runs, 4 * runs)] + p
            bias, own = np.mean(many) / exact - 1, np.std(many, ddof=1) / np.sqrt(len(many)) / exact
    rows += ["", f"Bias of P80 against `one_factor.semi_analytic`: {100 * bias:+.4f} % (s.e. {100 * own:.4f} %); wanted: "
             f"below 0.05 %. {runs} runs of each in turns, one thread, least processor time."]  # fmt: skip
    return rows


def million_child(draws: int) -> None:
    """Simulate *draws* draws of one_factor with fourteen series on two threads; print seconds and megabytes."""
    arrays, coupling = models.one_factor(one_factor.inputs())
    run_block(arrays, 1, 0, coupling=coupling, size=64)  # loads the compiled loops
    before = _resident()
    begin = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        summary = summarise(simulate(arrays, 1, draws // BLOCK, measure=fourteen, executor=pool, coupling=coupling))
    seconds = time.perf_counter() - begin
    print(
        json.dumps(
            {
                "seconds": seconds,
                "above": _most_resident() - before,
                "p80": summary.values[-1, 5],
                "draws": summary.draws,
            }
        )
    )


def _resident() -> float:
    """Return the memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _most_resident() -> float:
    """Return the most memory that this process has had, in megabytes.

    Not ``ru_maxrss``: that starts with the memory of the process that it was started from.
    """
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def million(runs: int, draws: int) -> list[str]:
    """A million draws with fourteen series on two threads, against the opponent in chunks."""
    d = one_factor.inputs()

    def ours(_: int) -> Any:
        child = [sys.executable, "-m", "benchmarks.engine", "--million-child", str(draws)]
        found = subprocess.run(child, check=True, capture_output=True, text=True).stdout
        return json.loads(found.splitlines()[-1])

    ours(0)  # compiles what is not compiled yet
    (_, found), (t0, _) = in_turns(ours, lambda run: one_factor.chunked(draws, run, d), runs, time.perf_counter)
    t, above = min(f["seconds"] for f in found), max(f["above"] for f in found)
    return ["| draws | ours: s, MB above start | opponent: s | ratio | wanted |", "|--:|--:|--:|--:|--:|",
            f"| {found[0]['draws']:,} | {t:.2f}, {above:.0f} | {t0:.1f} | **{t / t0:.2f}** | 0.25, 120 MB |", "",
            "Two threads each; ours includes percentiles with standard errors of all series; start is the process after its "
            "imports with the compiled loops loaded."]  # fmt: skip


def plan(runs: int) -> list[str]:
    """P50 and P80 by initiative and year of the real plan, against 5,000 draws of plan_like."""
    arrays = compile(load_plan(None, None))
    d = plan_like.inputs()
    series, blocks = Series(("initiative",), "year"), 18

    def ours(run: int) -> Any:
        with ThreadPoolExecutor(2) as pool:
            numbers = range(blocks * run, blocks * run + blocks)
            found = simulate(arrays, 1, numbers, measure=series, executor=pool, sampler="sobol")
            summary = summarise(found, (50, 80))
            return summary, summary.values, summary.error

    spent: tuple[list[float], list[float]] = ([], [])

    def timed(side: int, work: Callable[[int], Any], run: int) -> Any:
        begin = time.process_time()
        result = work(run)
        spent[side].append(time.process_time() - begin)
        return result

    ours(0)
    (t, found), (t0, _) = in_turns(
        lambda run: timed(0, ours, run),
        lambda run: timed(1, lambda seed: plan_like.numpy_tabulated(5_000, seed, d), run), runs, time.perf_counter,
    )  # fmt: skip
    cpu, cpu0 = min(spent[0]), min(spent[1])
    found = [summary for summary, _, _ in found]
    labels, columns = series.labels(run_block(arrays, 1, 0, size=64))
    shape = (len(labels), len(columns), 2)
    values = np.mean([f.values for f in found], axis=0).reshape(shape)
    stated = np.sqrt(np.mean([f.error**2 for f in found], axis=0)).reshape(shape)
    seen = np.std([f.values for f in found], axis=0, ddof=1).reshape(shape)
    # A programme is as large as its own P50 or P80: percentiles of its cells do not add up to it.
    whole = summarise(simulate(arrays, 1, blocks, measure=Series(("programme",), "total")), (50, 80)).values
    programmes = [key for (key,) in Series(("programme",), "total").labels(run_block(arrays, 1, 0, size=64))[0]]
    belongs = dict(zip(arrays.lines.initiative.tolist(), arrays.lines.programme.tolist(), strict=True))
    names = arrays.names
    own = np.array([
        programmes.index(names["programme"][belongs[names["initiative"].index(key)]]) for (key,) in labels
    ])  # fmt: skip
    part = values / whole[own][:, None, :]
    plan_part = values / whole.sum(axis=0)
    relative = np.divide(stated, values, out=np.zeros(shape), where=values > 0)
    large, over_plan, small = part > 0.01, plan_part > 0.01, (part <= 0.01) & (values > 0)

    def cell(at: Any, chosen: Any) -> str:
        i, j, k = np.unravel_index(np.argmax(np.where(chosen, at, -1.0)), shape)
        return (f"{labels[i][0]} {columns[j]} {('P50', 'P80')[k]}, CHF {values[i, j, k]:,.0f}, {100 * part[i, j, k]:.2f} % of "
                f"its programme, s.e. CHF {stated[i, j, k]:,.0f} or {100 * relative[i, j, k]:.2f} %")  # fmt: skip

    ratio = float(np.sqrt(np.mean((seen[large] / stated[large]) ** 2)))
    return ["| draws | ours, two threads: s (processor time) | opponent, 5,000 draws: s (processor time) | ratio | "
            "processor time ÷ 2 threads, ratio | largest s.e. of a cell above 1 % of its programme | largest s.e. below, "
            "CHF |", "|--:|--:|--:|--:|--:|--:|--:|",
            f"| {blocks} × {BLOCK:,} | {t:.3f} ({cpu:.3f}) | {t0:.3f} ({cpu0:.3f}) | **{t / t0:.2f}** (wanted: 1) | "
            f"{cpu / 2 / cpu0:.2f} | "
            f"**{100 * relative[large].max():.2f} %** (wanted: 0.5 %) | {stated[small].max():,.0f} |", "",
            f"Standard errors from the spread of {blocks} independent blocks, root mean square over {runs} runs; the runs' "
            f"own results spread {ratio:.2f} times as much. Of {int(large.sum())} cells above 1 % of their programme "
            f"{int((relative[large] <= 0.005).sum())} are known to 0.5 %, of {int(over_plan.sum())} above 1 % of all programmes "
            f"{int((relative[over_plan] <= 0.005).sum())} (largest {100 * relative[over_plan].max():.2f} %). Largest above: "
            f"{cell(relative, large)}. Largest cell below, relative: {cell(relative, small)}. A programme is as large as its own "
            "P50 or P80, memo years included: percentiles of cells do not add.", "",
            f"{len(labels)} initiatives × {len(columns)} columns, {len(arrays.lines)} lines, "
            f"{int(arrays.inputs.varies.sum())} varying inputs, {len(series.reads(arrays))} of them and of the fixed ones read "
            "by additional need and therefore drawn; the event's subsidy with its market in every draw. Ours includes the "
            "threads' start, percentiles and standard errors."]  # fmt: skip


def _scaled(lines: int, actions: int) -> dict[str, Any]:
    """Return inputs like plan_like's with as many lines and actions, by repeating them."""
    d, g = plan_like.inputs(), np.random.default_rng(7)
    take, many = np.arange(lines) % plan_like.LINES, np.arange(actions) % plan_like.ACTIONS
    action = np.sort(np.r_[np.arange(actions), g.integers(0, actions, lines - actions)])
    out = {key: d[key][take] for key in ("q_low", "q_mode", "q_high", "r_low", "r_span", "q_mode", "klass")}
    out["r_mode"] = models.rate_modes()[take]
    out |= {"start": d["start"][many], "duration": d["duration"][many], "action": action}
    return out | {key: d[key] for key in ("risk_p", "risk_median", "risk_sigma")}


def scaling(runs: int) -> list[str]:
    """Time and memory against lines, actions and draws; writes the plot."""
    import tracemalloc

    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "sfp"
    import matplotlib.pyplot as plt

    cases = {
        "lines": [(n, (n, 54, 1024)) for n in (300, 600, 1200, 2400)],
        "actions": [(n, (1200, n, 1024)) for n in (54, 108, 216, 432)],
        "draws": [(n, (300, 54, n)) for n in (1024, 2048, 4096, 8192, 16384)],
    }
    rows = ["| against | from, to | exponent of time | exponent of memory |", "|---|--:|--:|--:|"]
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.2), layout="constrained")
    for axis, (name, points) in zip(axes, cases.items(), strict=True):
        sizes, times, peaks = [], [], []
        for size, (lines, actions, draws) in points:
            arrays, coupling = models.plan_like(_scaled(lines, actions))

            def work(arrays: Any = arrays, coupling: Any = coupling, draws: int = draws) -> None:
                TOTAL(run_block(arrays, 1, 0, coupling=coupling, size=draws))

            work()
            tracemalloc.start()
            work()
            peaks.append(tracemalloc.get_traced_memory()[1] / 2**20)
            tracemalloc.stop()
            least = np.inf
            for _ in range(2 * runs):
                begin = time.thread_time()
                work()
                least = min(least, time.thread_time() - begin)
            times.append(1e3 * least)
            sizes.append(size)
        slopes = [np.polyfit(np.log(sizes), np.log(y), 1)[0] for y in (times, peaks)]
        rows.append(f"| {name} | {sizes[0]:,} to {sizes[-1]:,} | {slopes[0]:.2f} | {slopes[1]:.2f} |")
        axis.loglog(sizes, times, "o-", label="time, ms")
        axis.loglog(sizes, peaks, "s--", label="peak memory, MB")
        axis.loglog(sizes, [times[0] * s / sizes[0] for s in sizes], ":", color="grey", label="linear")
        axis.set_xlabel(name)
    axes[0].legend(frameon=False)
    RESULTS.mkdir(exist_ok=True)
    figure.savefig(RESULTS / "scaling.svg", metadata={"Date": None})
    return [*rows, "", "![Time and memory of a block against lines, actions and draws](scaling.svg)", "",
            "One block of the model plan_like; an exponent of 1 is linear."]  # fmt: skip


def dask(seconds: float, turns: int) -> list[str]:
    """Two Dask workers against one, each with one thread, on a job of so many seconds, in turns."""
    arrays, coupling = models.plan_like(plan_like.inputs())
    series = Series((), "year", "full", "nominal")
    summarise(simulate(arrays, 1, 10, measure=series, coupling=coupling))  # loads the compiled loops
    begin = time.perf_counter()
    summarise(simulate(arrays, 1, 10, measure=series, coupling=coupling))
    blocks = max(40, int(seconds / ((time.perf_counter() - begin) / 10)))
    runs: dict[int, list[tuple[float, float, Any]]] = {1: [], 2: []}
    for _ in range(turns):
        for workers, kept in runs.items():
            kept.append(_on_dask(workers, blocks, arrays, series, coupling))
    times = {workers: [run[0] for run in kept] for workers, kept in runs.items()}
    (first, share), (second, shares) = (min((run[0], run[1]) for run in runs[workers]) for workers in (1, 2))
    results = [run[2] for kept in runs.values() for run in kept]
    same = all(np.array_equal(result.values, results[0].values) for result in results)
    listed = " and ".join(", ".join(f"{t:.1f}" for t in times[workers]) + " s" for workers in (1, 2))
    return ["| blocks | one worker: s | two workers: s | ratio | wanted |", "|--:|--:|--:|--:|--:|",
            f"| {blocks:,} | {first:.1f} | {second:.1f} | **{first / second:.2f}** | 1.7 |", "",
            f"Scheduler and workers as processes on loopback, one thread each; {turns} runs of each in turns, least times "
            f"(all: {listed}); same results to the bit: {same}. Client and scheduler take {100 * share:.0f} % of the "
            f"processor time of one worker, {100 * shares:.0f} % of that of two, beside them on the same two "
            "processors."]  # fmt: skip


def _on_dask(workers: int, blocks: int, arrays: Any, series: Series, coupling: Any) -> tuple[float, float, Any]:
    """Simulate on so many workers; return seconds, processor time of client and scheduler ÷ that of workers, result."""
    from distributed import Client

    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "scheduler.json")
        command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                   "--no-dashboard", "--scheduler-file", file]  # fmt: skip
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started = [subprocess.Popen(command, **quiet)]
        try:
            for _ in range(workers):
                started.append(subprocess.Popen(
                    [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", file, "--nthreads", "1",
                     "--no-nanny", "--no-dashboard"], **quiet))  # fmt: skip
            while not Path(file).exists():
                time.sleep(0.1)
            with Client(scheduler_file=file, set_as_default=False) as client:
                client.wait_for_workers(workers)
                address = client.scheduler.address
            with open_executor("dask", address=address) as pool:
                list(simulate(arrays, 1, 4 * workers, measure=series, coupling=coupling, executor=pool))  # warm
                begin, own, spent = time.perf_counter(), time.process_time(), _processor(started)
                found = summarise(simulate(arrays, 1, blocks, measure=series, coupling=coupling, executor=pool))
                seconds, spent = time.perf_counter() - begin, _processor(started) - spent
                return seconds, (time.process_time() - own + spent[0]) / spent[1:].sum(), found
        finally:
            for process in reversed(started):
                process.kill()
                process.wait()


def _processor(processes: list[subprocess.Popen[bytes]]) -> np.ndarray:
    """Return the processor time of each process so far, seconds."""
    import psutil

    return np.array([sum(psutil.Process(process.pid).cpu_times()[:2]) for process in processes])


TITLES = {
    "accuracy": "Speed at equal standard error of P80", "million": "A million draws with fourteen series",
    "plan": "The real plan, by initiative and year", "scaling": "Time and memory against size", "dask": "Two Dask workers",
}  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Print the report and write it; parts that were not run keep their last result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer runs; for trying out, not for the record")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas")
    parser.add_argument("--million-child", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.million_child:
        million_child(chosen.million_child)
        return 0
    quick = chosen.quick
    work: dict[str, Callable[[], list[str]]] = {
        "accuracy": lambda: accuracy(10 if quick else 40), "million": lambda: million(1 if quick else 3, 2**18 if quick else 2**20),
        "plan": lambda: plan(4 if quick else 24), "scaling": lambda: scaling(2 if quick else 4),
        "dask": lambda: dask(10 if quick else 60, 1 if quick else 3),
    }  # fmt: skip
    store = RESULTS / "engine.json"
    kept = json.loads(store.read_text(encoding="utf-8")) if store.exists() else {}
    for part in chosen.only.split(","):
        kept[part] = work[part]()
        print("\n".join([f"## {TITLES[part]}", "", *kept[part], ""]), flush=True)
    names = ("numpy", "scipy", "numba", "distributed")
    head = f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}; " + ", ".join(
        f"{name} {version(name)}" for name in names
    )
    if quick:
        return 0
    RESULTS.mkdir(exist_ok=True)
    store.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    parts = [line for part in PARTS if part in kept for line in (f"## {TITLES[part]}", "", *kept[part], "")]
    (RESULTS / "engine.md").write_text("\n".join(["# The engine", "", head, "", *parts]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
