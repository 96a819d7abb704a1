"""How long the annex takes: cold, after one value changed, and with no change, against the same notebooks run plainly.

``python -m benchmarks.annex [--scenario NAME …] [--renderer auto|quarto|embedded]``. Works on a copy of the checkout's
parameters, data and notebooks in a temporary folder; nothing in the checkout is touched except the report
``benchmarks/results/annex.md``.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from sfp_model.annex.build import BuildReport, build
from sfp_model.annex.kernel import Run, Settings, kernel_environment, run

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("params", "data", "notebooks", "_quarto.yml", "_quarto-pdf.yml", "index.qmd", "uv.lock", "pyproject.toml")
PARTS = ("kernel start", "imports", "cells")
QUANTITY = re.compile(r"(quantity: \{low: [\d.]+, mode: )([\d.]+)(, high: )([\d.]+)")


def copy_project(target: Path) -> None:
    """Copy what a build needs; the house style lies where the site description names it."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name)
        elif source.is_file():
            shutil.copyfile(source, target / name)
    assets = Path("sfp_model", "report", "assets")
    shutil.copytree(ROOT / assets, target / assets)


def change_one_value(params: Path) -> str:
    """Raise the mode of the first ranged quantity of one initiative; return what was changed."""
    for path in sorted((params / "transformation").glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        found = QUANTITY.search(text)
        if found:
            mode = round((float(found[2]) + float(found[4])) / 2, 3)
            new = f"{found[1]}{mode:g}{found[3]}{found[4]}"
            path.write_text(text[: found.start()] + new + text[found.end() :], encoding="utf-8")
            return f"{path.name}: mode {found[2]} → {mode:g}"
    raise SystemExit("no ranged quantity found in params/transformation")


def run_plainly(root: Path, executed: list[tuple[Path, str, str]]) -> list[Run]:
    """Run the same notebooks one after the other in this process, as a loop over nbclient would."""
    import nbformat

    from sfp_model.annex.execute import prepare

    settings = Settings(str(root / "notebooks"), kernel_environment(root / ".cache/annex/reads"))
    runs = []
    for path, scenario, digest in executed:
        node = prepare(path, {"scenario": scenario, "reads_digest": digest})
        result = run(nbformat.writes(node), settings)
        if result.error:
            raise SystemExit(f"{path.name} ({scenario}): {result.error}")
        runs.append(result)
        print(f"plainly {len(runs)}/{len(executed)} {path.name} ({scenario}) {result.total:.1f} s", file=sys.stderr)
    return runs


def _row(name: str, seconds: float, plain: float, report: BuildReport | None, parts: dict[str, float]) -> str:
    rendering = parts.get("pdf", 0.0) + parts.get("site", 0.0)
    cells = [name, f"{seconds:.2f}", f"{seconds / plain:.3f}", str(len(report.executed)) if report else "all"]
    cells += [f"{parts.get(part, 0.0):.1f}" for part in PARTS]
    cells += [f"{parts.get('execute', 0.0):.1f}", f"{rendering:.1f}"]
    return "| " + " | ".join(cells) + " |"


def measure(scenarios: list[str] | None, renderer: str) -> str:
    """Build cold, again, and after one value; return the report as Markdown."""
    import json

    with tempfile.TemporaryDirectory(prefix="sfp-annex-") as folder:
        root = Path(folder)
        copy_project(root)
        cold = build(scenarios=scenarios, renderer=renderer, root=root)
        none = build(scenarios=scenarios, renderer=renderer, root=root, quiet=True)
        manifest = json.loads((cold.output / "manifest.json").read_text(encoding="utf-8"))
        listed = [(root / "notebooks" / f"{n['notebook']}.ipynb", n["scenario"], n["reads_digest"])
                  for n in manifest["notebooks"]]  # fmt: skip
        begin = time.perf_counter()
        runs = run_plainly(root, listed)
        plain = time.perf_counter() - begin
        changed = change_one_value(root / "params")
        one = build(scenarios=scenarios, renderer=renderer, root=root)
    if none.changed:
        raise SystemExit("the second build did something although nothing had changed")
    totals = dict(zip(PARTS, (sum(r.start for r in runs), sum(r.imports for r in runs), sum(r.cells for r in runs)),
                      strict=True)) | {"execute": plain}  # fmt: skip
    names = ("numpy", "pandas", "matplotlib", "papermill", "nbclient", "jupyter-cache")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    lines = [
        "# The annex: cold, one value, no change",
        "",
        f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}; {versions}. "
        f"{len(listed)} notebooks ({len(manifest['scenarios'])} scenarios), {cold.pages} pages by {cold.renderer}. "
        f"One value: {changed}. Ratio 1 is running the same notebooks plainly one after the other, without rendering.",
        "",
        "| build | seconds | ratio | notebooks run | kernel start | imports | cells | all running | rendering |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
        _row("plainly, one after the other", plain, plain, None, totals),
        _row("cold", cold.seconds, plain, cold, dict(cold.durations)),
        _row("one value changed", one.seconds, plain, one, dict(one.durations)),
        _row("no change", none.seconds, plain, none, {}),
        "",
        'Kernel start, imports and cells are sums over all kernels, two of which run at a time; "all running" is the '
        "time on the clock from the look into the cache to the last notebook. Rendering includes the PDFs. Seconds.",
        "",
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Print the report and write it to ``benchmarks/results/annex.md``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenario", action="append", help="default: all scenarios")
    parser.add_argument("--renderer", default="auto")
    chosen = parser.parse_args(arguments)
    report = measure(chosen.scenario, chosen.renderer)
    print(report)
    results = ROOT / "benchmarks" / "results"
    results.mkdir(parents=True, exist_ok=True)
    (results / "annex.md").write_text(report, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
