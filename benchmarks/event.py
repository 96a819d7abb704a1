"""How long the event takes for 10,000 draws of all valid combinations and four editions, and how that grows.

``python -m benchmarks.event [--draws N] [--repeats N]``. The opponent is what NumPy takes to draw two arrays of shape
(segments, combinations, editions, draws) and multiply them. Writes ``benchmarks/results/event.md``.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from sfp_model.inputs import load_plan
from sfp_model.inputs.event_plan import Edition, EventPlan
from sfp_model.model import compile
from sfp_model.model.compile import PlanBuilder
from sfp_model.model.event import Case, EventArrays, EventOutcome, compile_event
from sfp_model.model.event_blocks import BLOCK_DRAWS, in_blocks
from sfp_model.uncertainty.streams import BLOCK, sample

ROOT = Path(__file__).resolve().parent.parent
YEARS = range(2024, 2028)
LIMIT = 8.0


class Event:
    """The event of the baseline with every valid combination, held in every year, and its inputs."""

    def __init__(self) -> None:
        plan = load_plan(ROOT / "params", ROOT / "data")
        event = plan.event
        if not isinstance(event, EventPlan):
            raise SystemExit("the plan has no event")
        month = event.editions[0].month
        self.plan = replace(plan, event=replace(event, editions=tuple(Edition(year, month) for year in YEARS)))
        self.cases = tuple(Case(*key) for key in event.combinations)
        self.segments = len(event.segments)
        self.builder = PlanBuilder.of(self.plan)
        self.arrays = self.compiled(self.cases)
        self.own = replace(compile(plan), inputs=self.builder.freeze())

    def compiled(self, cases: tuple[Case, ...]) -> EventArrays:
        """Return the event with *cases* only."""
        found = compile_event(self.plan, self.builder, cases)
        if found is None:
            raise SystemExit("the plan has no event")
        return found

    def drawn(self, draws: int) -> Any:
        """Return values of the inputs, (input, draw): blocks of the simulation, the last one as large as needed."""
        seed, blocks = self.plan.settings.seed, []
        for block, size in enumerate(sizes(draws)):
            blocks.append(sample(self.own, seed, block, size=size).array)
        return np.concatenate(blocks, axis=1)[:, :draws]


def sizes(draws: int) -> list[int]:
    """Return the sizes of the blocks that hold *draws*: full ones, then the least power of two that is enough."""
    full, rest = divmod(draws, BLOCK)
    return [BLOCK] * full + ([1 << (rest - 1).bit_length()] if rest else [])


def kept(outcome: EventOutcome) -> tuple[Any, ...]:
    """Return what a decision reads of a block: net result, subsidy, fund, ratios, scores, persons."""
    money, impact = outcome.money, outcome.impact
    return outcome.net, outcome.subsidy, money.opening_required, outcome.ratios, impact.scores, impact.ldc_delegates


def evaluated(arrays: EventArrays, values: Any) -> None:
    """Evaluate in blocks; results of a block are dropped as a reduction would drop them."""
    for _ in in_blocks(arrays, values, kept):
        pass


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the least processor time of *repeats* runs, after one that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def peak(work: Callable[[], object]) -> float:
    """Return the most memory that *work* holds at a time, MB."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return most


def measure(draws: int, repeats: int) -> tuple[str, float]:
    """Return the report as Markdown, and the ratio to the opponent."""
    event = Event()
    shape = (event.segments, len(event.cases), len(YEARS), draws)

    def opponent() -> object:
        generator = np.random.default_rng(0)
        return generator.random(shape) * generator.random(shape)

    values = event.drawn(draws)
    plain = seconds(opponent, repeats)
    alone = seconds(lambda: evaluated(event.arrays, values), repeats)
    inputs = seconds(lambda: event.drawn(draws), repeats)
    by_draws = [(n, seconds(lambda n=n: evaluated(event.arrays, values[:, :n]), repeats), # type: ignore[misc]
                 peak(lambda n=n: evaluated(event.arrays, values[:, :n])))  # type: ignore[misc]
                for n in (draws // 8, draws // 4, draws // 2, draws)]  # fmt: skip
    by_cases = []
    for count in (len(event.cases) // 4, len(event.cases) // 2, len(event.cases)):
        arrays = event.compiled(event.cases[:count])
        by_cases.append((count, seconds(lambda arrays=arrays: evaluated(arrays, values), repeats)))  # type: ignore[misc]
    lines = [
        "# The event: all valid combinations, four editions",
        "",
        f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}, numpy "
        f"{version('numpy')}; processor time of one thread, least of {repeats}. {draws:,} draws, {len(event.cases)} "
        f"combinations, {len(YEARS)} editions, {event.segments} segments, {len(event.own.inputs)} inputs; blocks of "
        f"{BLOCK_DRAWS} draws. Ratio 1 is drawing two arrays {shape} and multiplying them; at most {LIMIT:g} is "
        "allowed.",
        "",
        "| what | seconds | ratio |",
        "|---|--:|--:|",
        f"| NumPy: draw two arrays and multiply | {plain:.3f} | 1.0 |",
        f"| evaluate the event | {alone:.3f} | {alone / plain:.1f} |",
        f"| draw its inputs as well, coupled, in blocks of {', '.join(f'{size:,}' for size in sizes(draws))} | "
        f"{alone + inputs:.3f} | "
        f"{(alone + inputs) / plain:.1f} |",
        "",
        f"The opponent holds {3 * np.prod(shape) * 8 / 1e6:,.0f} MB at a time, values of the inputs "
        f"{values.nbytes / 1e6:,.0f} MB. Growth with draws, and memory of the evaluation beside the inputs:",
        "",
        "| draws | seconds | microseconds a draw | memory, MB |",
        "|--:|--:|--:|--:|",
        *(f"| {n:,} | {t:.3f} | {1e6 * t / n:.1f} | {m:.0f} |" for n, t, m in by_draws),
        "",
        "| combinations | seconds | milliseconds a combination |",
        "|--:|--:|--:|",
        *(f"| {count} | {t:.3f} | {1e3 * t / count:.1f} |" for count, t in by_cases),
        "",
    ]
    return "\n".join(lines), (alone + inputs) / plain


def main(arguments: list[str] | None = None) -> int:
    """Print the report, write it to ``benchmarks/results/event.md``; 1 if the limit is passed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args(arguments)
    report, ratio = measure(chosen.draws, chosen.repeats)
    print(report)
    results = ROOT / "benchmarks" / "results"
    results.mkdir(parents=True, exist_ok=True)
    (results / "event.md").write_text(report, encoding="utf-8")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
