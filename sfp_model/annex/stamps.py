"""What a build was made from and what it made, so that a build with nothing to do sees it at once.

A file counts as unchanged when its size and modification time are those of the last build; where only the time
differs, its SHA-256 decides. Only the standard library is imported here.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["Snapshot", "file_digest", "input_files", "read_state", "snapshot", "text_digest", "tree", "write_state"]

Snapshot = dict[str, list[Any]]  # path → [size, mtime_ns, sha256]

SKIPPED = {"__pycache__", ".ipynb_checkpoints"}


def text_digest(*parts: str) -> str:
    """Return a digest of texts, kept apart from each other.

    Examples
    --------
    >>> text_digest("a", "bc") == text_digest("ab", "c")
    False
    """
    hasher = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8")
        hasher.update(f"{len(raw)}:".encode() + raw)
    return hasher.hexdigest()[:24]


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _walk(folder: Path) -> Iterable[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in SKIPPED)
        yield from (Path(here, name) for name in sorted(files))


def input_files(root: Path, params: Path, data: Path) -> list[Path]:
    """Return every file that can change the annex: parameters, data, notebooks, code, site description, lock."""
    files: list[Path] = []
    for folder in (params, data, root / "notebooks", Path(__file__).parent.parent):
        files += [f for f in _walk(folder) if f.suffix not in {".pyc", ".lock"}]
    loose = [root / "index.qmd", root / "uv.lock", root / "pyproject.toml", *sorted(root.glob("_quarto*.yml"))]
    return files + [f for f in loose if f.is_file()]


def snapshot(files: Iterable[Path], before: Mapping[str, list[Any]] | None = None) -> Snapshot:
    """Stamp *files*; a digest in *before* is taken over where size and modification time are the same."""
    before = before or {}
    stamps: Snapshot = {}
    for path in files:
        stat = path.stat()
        old = before.get(str(path))
        same = old is not None and old[0] == stat.st_size and old[1] == stat.st_mtime_ns
        digest = old[2] if same and old is not None else file_digest(path)
        stamps[str(path)] = [stat.st_size, stat.st_mtime_ns, digest]
    return stamps


def contents(stamps: Mapping[str, list[Any]]) -> dict[str, str]:
    """Return path to SHA-256, without the times."""
    return {path: entry[2] for path, entry in stamps.items()}


def tree(folder: Path) -> dict[str, list[int]]:
    """Return size and modification time of every file below *folder*, by relative path."""
    found: dict[str, list[int]] = {}
    for path in _walk(folder):
        stat = path.stat()
        found[path.relative_to(folder).as_posix()] = [stat.st_size, stat.st_mtime_ns]
    return found


def read_state(path: Path) -> dict[str, Any]:
    """Read a state file; what is missing or damaged counts as no state: everything is then looked at anew."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write a state file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(state, indent=1), encoding="utf-8")
    new.replace(path)
