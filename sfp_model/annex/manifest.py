"""The manifest: what the annex was built from, with what, when, and what was run for it."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sfp_model.annex.evaluate import Scenario
from sfp_model.annex.execute import Executed

__all__ = ["commit_of", "make", "page", "write"]

PACKAGES = (
    *("sfp_model", "numpy", "pandas", "matplotlib", "great_tables"),
    *("papermill", "nbclient", "pypandoc_binary", "typst"),
)


def commit_of(root: Path) -> str | None:
    """Return the commit of the checkout, with ``+changes`` if files differ from it; ``None`` outside git."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, timeout=30)
        return done.stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def make(
    scenarios: Sequence[Scenario],
    executed: Sequence[Executed],
    *,
    root: Path,
    renderer: str,
    lock: str,
    report: str,
    inputs: str,
    durations: Mapping[str, float],
) -> dict[str, Any]:
    """Return the manifest as a mapping; durations in seconds, time of the build in UTC."""
    ran = [{"notebook": e.job.notebook.name, "scenario": e.job.scenario, "why": e.job.why,
            "seconds": round(e.run.total, 2)} for e in executed if e.run is not None]  # fmt: skip
    return {
        "version": 1,
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit_of(root),
        "renderer": renderer,
        "versions": _versions(),
        "digests": {"inputs": inputs, "report": report, "lock": lock},
        "scenarios": [
            {"name": s.name, "title": s.title, "as_of": s.as_of, "seed": s.seed, "digest": s.digest} for s in scenarios
        ],
        "notebooks": [
            {
                "notebook": e.job.notebook.name,
                "scenario": e.job.scenario,
                "reads_digest": e.job.reads.digest,
                "tables": dict(e.job.reads.tables),
            }
            for e in executed
        ],
        "executed": ran,
        "from_cache": len(executed) - len(ran),
        "durations": {key: round(value, 2) for key, value in durations.items()},
    }


def page(manifest: Mapping[str, Any]) -> str:
    """Return the manifest as Markdown for the page "How this annex was built"."""
    lines = [
        f"Built on {manifest['built']} from commit `{manifest['commit'] or 'unknown (not in a git checkout)'}` "
        f"by {manifest['renderer']}. The numbers on every page come from the scenarios below; two sites with the same "
        "digests show the same numbers. The same facts for machines: [manifest.json](../downloads/manifest.json).",
        "",
        "## Scenarios",
        "",
        "| Scenario | Information as of | Seed | Digest of the plan |",
        "|---|---|---|---|",
        *(f"| {s['title']} | {s['as_of']} | {s['seed']} | `{s['digest'][:16]}` |" for s in manifest["scenarios"]),
        "",
        ": Scenarios with their digests {#tbl-scenarios}",
        "",
        "## Notebooks run for this build",
        "",
    ]
    if manifest["executed"]:
        lines += ["| Notebook | Scenario | Why | Seconds |", "|---|---|---|--:|"]
        for ran in manifest["executed"]:
            lines.append(f"| {ran['notebook']} | {ran['scenario']} | {ran['why']} | {ran['seconds']:.1f} |")
        lines += ["", ": Notebooks that were run {#tbl-executed}", ""]
    else:
        lines += ["None: the declared tables of every notebook were those of an earlier build.", ""]
    lines += [
        f"Unchanged since an earlier build and taken from the cache: {manifest['from_cache']}.",
        "",
        "## Software",
        "",
        "| package | version |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in manifest["versions"].items()),
        "",
        ": Versions of the software {#tbl-versions}",
        "",
        f"Digest of all input files `{manifest['digests']['inputs'][:16]}`, of the report's sources "
        f"`{manifest['digests']['report'][:16]}`, of the lock file `{manifest['digests']['lock'][:16]}`.",
        "",
    ]
    return "\n".join(lines)


def write(path: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
