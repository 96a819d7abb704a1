"""Renew ``uv.lock`` and its hashed export for pip: ``python -m tests.lock``; ``--check`` only compares."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXPORT = [
    "export",
    "--frozen",
    "--all-groups",
    "--no-group",
    "peers",  # only benchmarks.peers needs it
    "--no-emit-project",
    "--no-header",
    "--format",
    "requirements-txt",
]


def uv(*arguments: str) -> str:
    """Run the environment's uv in the checkout and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "uv", "--quiet", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def main() -> None:
    """Lock and export, or with ``--check`` say whether the export is current."""
    requirements = ROOT / "requirements.txt"
    if "--check" not in sys.argv:
        uv("lock")
        requirements.write_text(uv(*EXPORT), encoding="utf-8")
    elif uv(*EXPORT) != requirements.read_text(encoding="utf-8"):
        sys.exit("requirements.txt does not match uv.lock; run `make lock`")


if __name__ == "__main__":
    main()
