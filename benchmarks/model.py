"""The base estimate against NumPy written by hand, and ``sfp needs`` as a process against its imports alone.

``python -m benchmarks.model`` prints the ratios and writes ``benchmarks/results/model.md``. Each pair is measured in
turn in one run; the least time of each counts.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from sfp_model import base, compile, evaluate, load_plan
from sfp_model.inputs.change import without_event
from sfp_model.model.arrays import RECURRING, Arrays

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = "import numpy, pydantic, typer, rich, yaml"


def by_hand(arrays: Arrays) -> np.ndarray:
    """Return nominal additional need by initiative and year, as one would write it for these arrays alone."""
    value, lines, actions, groups = arrays.inputs.base, arrays.lines, arrays.actions, arrays.groups.columns
    unit = value[lines.quantity] * lines.factor * value[lines.rate] * lines.price
    start, length = actions.start.copy(), actions.duration.copy()
    for i in actions.order:
        for before in actions.after[i]:
            start[i] = max(start[i], start[before] + length[before])
    for i in np.flatnonzero(actions.spans_plan):
        others = (actions.programme == actions.programme[i]) & ~actions.spans_plan
        start[i] = min(start[i], start[others].min())
        length[i] = max((start[others] + length[others]).max() - start[i], 0.0)
    stretch = np.where(actions.spans_plan, length / np.maximum(actions.duration, 1e-9), 1.0)
    fixed = groups.action < 0
    scale = np.where(fixed, 1.0, stretch[groups.action])
    origin = np.where(fixed, 0.0, start[groups.action])
    begin = origin + groups.begin * scale
    end = origin + np.where(np.isnan(groups.end), actions.duration[groups.action], groups.end) * scale
    recurring = groups.shape == RECURRING
    end = np.where(recurring & np.isnan(groups.end), arrays.periods.horizon, end)
    edges = arrays.periods.edges
    u = np.clip((edges - begin[:, None]) / np.maximum(end - begin, 1e-9)[:, None], 0, 1)
    shape = groups.shape[:, None]
    phi = np.where(
        shape == 1, 1 - (1 - u) ** 2, np.where(shape == 2, u**2, np.where(shape == 3, u * u * (3 - 2 * u), u))
    )
    weight = np.diff(phi, axis=1)
    weight[recurring] *= ((end - begin) * groups.scale)[recurring, None]
    own = np.flatnonzero(groups.driven)  # a number of its own in each year
    if len(own):
        year = np.clip((np.maximum(edges[:-1], 0.0) // 12).astype(int), 0, groups.yearly.shape[1] - 1)
        weight[own] *= groups.yearly[own][:, year]
    weight *= (arrays.index[:, arrays.groups.escalation] * arrays.ratio[:, arrays.groups.currency]).T
    months = np.add.reduceat(weight, arrays.periods.starts, axis=1)
    years = np.add.reduceat(months, [0, *range(1, months.shape[1] - 1, 12), months.shape[1] - 1], axis=1)
    cash = lines.funding == arrays.names["funding"].index("additional")
    out = np.zeros((len(arrays.names["initiative"]), years.shape[1]))
    np.add.at(out, lines.initiative[cash], unit[cash, None] * years[lines.group[cash]])
    return out


def by_model(arrays: Arrays) -> np.ndarray:
    """Return the same from the model."""
    outcome = evaluate(arrays, base(arrays))
    labels, amounts = outcome.amounts(("initiative",), "year", "additional", "nominal")
    out = np.zeros((len(arrays.names["initiative"]), amounts.shape[1]))
    for (label,), row in zip(labels, amounts[:, :, 0], strict=True):
        out[arrays.names["initiative"].index(label)] = row
    return out


def least(*calls: Callable[[], object], times: int) -> list[float]:
    """Return the least seconds of each call, all measured in turn *times* times."""
    best = [float("inf")] * len(calls)
    for _ in range(times):
        for i, call in enumerate(calls):
            begin = time.perf_counter()
            call()
            best[i] = min(best[i], time.perf_counter() - begin)
    return best


def process(*arguments: str, **environment: str) -> Callable[[], object]:
    """Return a call that runs Python in the checkout, as an installed program runs: its modules are compiled once."""
    inherited = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env={**inherited, **environment}, check=True, capture_output=True
    )


def main() -> int:
    """Print the table and write it."""
    arrays = compile(without_event(load_plan()))
    whole = compile(load_plan())
    if not np.allclose(by_hand(arrays), by_model(arrays), rtol=1e-12, atol=1e-6):
        raise SystemExit("the model and NumPy by hand disagree")
    hand, model, event = least(
        lambda: by_hand(arrays), lambda: by_model(arrays), lambda: by_model(whole), times=200
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        needs = ("-m", "sfp_model", "needs")
        calls = (
            process("-c", IMPORTS),
            process(*needs, "--format", "csv", SFP_CACHE=folder),
            process(*needs, SFP_CACHE=folder),
            process(*needs, SFP_CACHE=""),
        )
        for call in calls:  # compiles modules, keeps the plan
            call()
        floor, kept, table, cold = least(*calls, times=9)
    names = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pydantic", "typer", "rich"))
    rows = [
        ("base estimate: NumPy by hand", hand, hand),
        ("base estimate: the model, same arrays", model, hand),
        ("base estimate: the model, with all event concepts", event, hand),
        (f"process: `{IMPORTS}`", floor, floor),
        ("process: `sfp needs --format csv`, files as read before", kept, floor),
        ("process: `sfp needs`, files as read before", table, floor),
        ("process: `sfp needs`, files read anew", cold, floor),
    ]
    text = "\n".join([
        "# Base estimate and start-up",
        "",
        f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}; {names}. "
        f"{len(arrays.lines)} lines, {len(arrays.groups)} timing groups, {len(arrays.actions.order)} actions. "
        "By hand and model give the same amounts (checked in the run).",
        "",
        "| what | milliseconds | ratio |",
        "|---|--:|--:|",
        *(f"| {name} | {1e3 * seconds:.2f} | {seconds / floor_:.2f} |" for name, seconds, floor_ in rows),
        "",
    ])  # fmt: skip
    print(text)
    (ROOT / "benchmarks" / "results").mkdir(parents=True, exist_ok=True)
    (ROOT / "benchmarks" / "results" / "model.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
