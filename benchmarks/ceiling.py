"""Time to proven optimality of the ceiling problem from 50 to 300 actions: ``python -m benchmarks.ceiling``.

Random problems of the form that plans give: initiatives of six actions, gaps that a third of the initiatives close,
predecessors, three start dates, two options for every fifth action, management that grows with the span, one ceiling
for each of four years at 45 per cent of the largest need of a year as proposed (half of that in the last two years).
The report goes to ``benchmarks/results/ceiling.md``; ratios are to 50 actions.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from sfp_model.decisions.ceiling import Program
from sfp_model.decisions.ceiling_problem import Candidate, Problem, Span, Window, equal_weights

ROOT = Path(__file__).resolve().parent.parent
SIZES = (50, 100, 200, 300)
SEEDS = (0, 1, 2)
YEARS = 4
STARTS = (0.0, 12.0, 24.0)


def random_problem(count: int, seed: int) -> Problem:
    """Return a problem of *count* actions whose costs and links are drawn under *seed*."""
    draw = np.random.default_rng((seed, count))
    groups = max(count // 6, 1)
    gaps = 6
    links = np.zeros((groups, gaps), bool)
    for gap in range(gaps):  # a third of the initiatives close each gap
        links[draw.permutation(groups)[: max(groups // 3, 1)], gap] = True
    shares = links / np.maximum(links.sum(axis=0), 1)
    values = np.array([shares[a % groups] for a in range(count)]) / np.array(
        [[np.sum(np.arange(count) % groups == a % groups)] for a in range(count)]
    )
    candidates, total = [], np.zeros(YEARS)
    for a in range(count):
        first, length = float(draw.integers(0, 4) * 3), float(draw.integers(2, 5) * 3)
        once, yearly = draw.lognormal(4.0, 1.2), draw.lognormal(2.0, 1.0) * (draw.random() < 0.3)
        for option, dearer in (("A", 1.0), ("B", 1.4)) if a % 5 == 0 else (("", 1.0),):
            for delay in STARTS:
                start, end = first + delay, first + delay + length
                cost = [0.0] * YEARS
                for month in range(int(start), min(int(end), 12 * YEARS)):
                    cost[month // 12] += 1000 * dearer * once / length
                for month in range(int(start), 12 * YEARS):
                    cost[month // 12] += 1000 * yearly / 12
                candidates.append(Candidate(a, option, start, end, delay, tuple(cost)))
                if delay == 0 and option != "B":
                    total += np.array(cost)
    after = tuple(
        ((int(draw.integers(max(a - 6, 0), a)), 0.0),) if a and draw.random() < 0.2 else () for a in range(count)
    )
    ends = sorted({c.end for c in candidates})
    managed = 1000 * count / 2
    cost_of = {end: tuple(managed * min(max(end - 12 * y, 0.0), 12.0) / 12 for y in range(YEARS)) for end in ends}
    limits = tuple(Window(str(2024 + y), (y,), float(0.45 * total.max() * (1 if y < 2 else 0.5))) for y in range(YEARS))
    return Problem(
        tuple(f"x.{a}" for a in range(count)), values, tuple(f"G{g}" for g in range(gaps)),
        tuple(str(2024 + y) for y in range(YEARS)), tuple(candidates), after,
        spans=(Span("pm", tuple(range(count)), cost_of),), windows=limits,
    )  # fmt: skip


def solve(problem: Problem) -> tuple[float, int]:
    """Return processor seconds to the proven optimum and how many actions it keeps."""
    begin = time.process_time()
    program = Program(problem)
    found = program.minimise({i: -v for i, v in program.value_row(equal_weights(problem)).items()})
    seconds = time.process_time() - begin
    if found is None:
        raise SystemExit("the problem has no solution")
    return seconds, len(program.choice(found, equal_weights(problem)).kept)


def main() -> int:
    """Print the table and write it to ``benchmarks/results/ceiling.md``."""
    os.environ["SFP_CACHE"] = ""  # no answer of an earlier run
    solve(random_problem(12, 0))  # imports
    rows, first = [], 0.0
    for count in SIZES:
        timed = []
        for seed in SEEDS:
            timed.append(solve(random_problem(count, seed)))
            print(f"{count} actions, seed {seed}: {timed[-1][0]:.2f} s, keeps {timed[-1][1]}", file=sys.stderr)
        seconds = float(np.median([s for s, _ in timed]))
        first = first or seconds
        problem = random_problem(count, SEEDS[0])
        size = Program(problem)
        kept = ", ".join(str(k) for _, k in timed)
        rows.append(f"| {count} | {size.binaries} | {len(size.rows)} | {kept} | {min(s for s, _ in timed):.2f} | "
                    f"{seconds:.2f} | {max(s for s, _ in timed):.2f} | {seconds / first:.1f} |")  # fmt: skip
    machine = f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    lines = [
        "# The ceiling problem: seconds to proven optimality",
        "",
        f"{machine}; scipy {version('scipy')}, numpy {version('numpy')}. Each size {len(SEEDS)} random problems; "
        "processor seconds of one thread, gap 0; the ratio is that of the medians, to 50 actions.",
        "",
        "| actions | binaries | rows | kept | least s | median s | most s | ratio |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|",
        *rows,
        "",
    ]
    report = "\n".join(lines)
    print(report)
    results = ROOT / "benchmarks" / "results"
    results.mkdir(parents=True, exist_ok=True)
    (results / "ceiling.md").write_text(report, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
