"""Run all checks: ``python -m tests`` (what ``make test`` calls).

Each stage says what it does and how long it took. A stage that passed is not run again while no file, package or
tool that it could see has changed; ``FORCE=1`` runs everything.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
STAMPS = ROOT / ".cache" / "tests.json"
TOOLS = ("chromium", "soffice", "pdftoppm", "quarto")
PYTEST = ["pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-p", "tests.order"]
STAGES: dict[str, list[str]] = {
    "ruff: rules": ["ruff", "check", "."],
    "ruff: format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "documentation": ["sphinx", "-q", "-W", "-b", "html", "docs", "docs/_build"],
    "unit tests, doctests, README, site": [*PYTEST, "sfp_model", "tests"],
    "notebooks (nbval)": [*PYTEST, "--nbval-lax", "--nbval-cell-timeout=120", "notebooks"],
}


def fingerprint() -> str:
    """Return a digest of everything that a stage can see: files, Python and the tools on the path."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    digest = hashlib.sha256(repr((sys.version, [shutil.which(t) for t in TOOLS])).encode())
    for name in sorted(filter(None, listed)):
        path = ROOT / name
        if path.is_file():
            digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def main() -> int:
    """Run the stages in order, stop at the first that fails."""
    try:
        mark = fingerprint()
        passed = json.loads(STAMPS.read_text()) if STAMPS.exists() and not os.environ.get("FORCE") else {}
    except (subprocess.CalledProcessError, FileNotFoundError, json.JSONDecodeError):
        mark, passed = "", {}  # no git: run everything
    environment = {**os.environ, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    for number, (name, command) in enumerate(STAGES.items(), 1):
        if mark and passed.get(name) == mark:
            print(f"[{number}/{len(STAGES)}] {name}: passed before, nothing changed", flush=True)
            continue
        print(f"[{number}/{len(STAGES)}] {name} …", flush=True)
        started = time.monotonic()
        done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment, check=False)
        took = time.monotonic() - started
        if done.returncode:
            print(f"[{number}/{len(STAGES)}] {name}: FAILED after {took:.0f} s", flush=True)
            return done.returncode
        print(f"[{number}/{len(STAGES)}] {name}: passed in {took:.0f} s", flush=True)
        if mark:
            passed[name] = mark
            STAMPS.parent.mkdir(exist_ok=True)
            STAMPS.write_text(json.dumps(passed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
