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

from benchmarks.reference import by_hand
from sfp_model import base, compile, evaluate, load_plan
from sfp_model.inputs.change import without_event
from sfp_model.model.arrays import Arrays

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = "import numpy, pydantic, typer, rich, yaml"


def by_model(arrays: Arrays) -> np.ndarray:
    """Return nominal additional need by initiative and year from the model; see ``by_hand.need``."""
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
    whole = compile(load_plan())
    work = compile(without_event(load_plan()))
    for arrays in (whole, work):
        if not np.allclose(by_hand.need(arrays), by_model(arrays), rtol=1e-9, atol=1e-6):
            raise SystemExit("the model and NumPy by hand disagree")
    hand, model, hand_work, model_work = least(
        lambda: by_hand.need(whole), lambda: by_model(whole), lambda: by_hand.need(work), lambda: by_model(work),
        times=200,
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
        ("base estimate of the whole plan: NumPy by hand", hand, hand),
        ("base estimate of the whole plan: the model", model, hand),
        ("the same without the event: NumPy by hand", hand_work, hand_work),
        ("the same without the event: the model", model_work, hand_work),
        (f"process: `{IMPORTS}`", floor, floor),
        ("process: `sfp needs --format csv`, files as read before", kept, floor),
        ("process: `sfp needs`, files as read before", table, floor),
        ("process: `sfp needs`, files read anew", cold, floor),
    ]
    text = "\n".join([
        "# Base estimate and start-up",
        "",
        f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}; {names}. "
        f"{len(whole.lines)} lines, {len(whole.groups)} timing groups, {len(whole.actions.order)} actions. "
        "By hand and model give the same amounts of nominal additional need by initiative and year, the subsidy of the "
        "chosen concept included (checked in the run).",
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
