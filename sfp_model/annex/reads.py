"""What a notebook may read: its declared tables, laid out under a digest that says when it must run again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from sfp_model.annex.notebooks import Notebook
from sfp_model.annex.stamps import SKIPPED, file_digest, text_digest
from sfp_model.results.part import Part

__all__ = ["Reads", "ResultFolder", "lay_out", "lock_hash", "reads_of", "report_hash", "table_names"]


class ResultFolder(Protocol):
    """What the pipeline needs of a result set: its folder with ``_index.json`` and a hash per table."""

    @property
    def folder(self) -> Path:
        """Folder with one CSV file per table and ``_index.json``."""
        ...

    def hash(self, name: str) -> str:
        """Digest of the content of a table."""
        ...


@dataclass(frozen=True, slots=True)
class Reads:
    """The parts of a notebook's injected digest: hashes of its tables, of the report's sources, of the lock file."""

    tables: Mapping[str, str]
    report: str
    lock: str

    @property
    def digest(self) -> str:
        """Digest over all parts, in the order of the table names."""
        return text_digest(*(f"{name}={value}" for name, value in sorted(self.tables.items())), self.report, self.lock)

    def as_dict(self) -> dict[str, Any]:
        """Return the parts for a state file."""
        return asdict(self)


def report_hash(folder: Path) -> str:
    """Return the digest of the sources in *folder* (``sfp_model/report``), names included."""
    files = sorted(f for f in folder.rglob("*") if f.is_file() and not SKIPPED & set(f.parts))
    return text_digest(*(f"{f.relative_to(folder).as_posix()} {file_digest(f)}" for f in files))


def lock_hash(root: Path) -> str:
    """Return the digest of ``uv.lock``; without one, ``"no lock file"``."""
    lock = root / "uv.lock"
    return file_digest(lock)[:24] if lock.is_file() else "no lock file"


def _index(results: ResultFolder) -> dict[str, Any]:
    index: dict[str, Any] = json.loads((results.folder / "_index.json").read_text(encoding="utf-8"))
    return index


def table_names(results: ResultFolder) -> tuple[str, ...]:
    """Return the names of the tables of a result set, in its order."""
    return tuple(_index(results)["tables"])


def reads_of(notebook: Notebook, results: ResultFolder, report: str, lock: str) -> Reads:
    """Return what *notebook* reads from *results*: the hash of each table, or of the declared part of it."""
    return Reads({name: _part_hash(Part.parse(name), results) for name in notebook.reads}, report, lock)


def _part_hash(part: Part, results: ResultFolder) -> str:
    return text_digest(_part_text(part, results)) if part.column else results.hash(part.table)


def _part_text(part: Part, results: ResultFolder) -> str:
    return part.of_csv((results.folder / f"{part.table}.csv").read_text(encoding="utf-8"))


def lay_out(reads: Reads, results: ResultFolder, cache: Path) -> Path:
    """Lay the declared tables out in ``<cache>/<digest>`` (and nothing else) and return that folder."""
    folder = cache / reads.digest
    if folder.exists():
        return folder
    building = cache / f"{reads.digest}.building"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    parts = {part.table: part for part in map(Part.parse, reads.tables)}
    tables = {name: entry for name, entry in _index(results)["tables"].items() if name in parts}
    (building / "_index.json").write_text(json.dumps({"tables": tables}, indent=1), encoding="utf-8")
    for name, part in parts.items():
        (building / f"{name}.csv").write_text(_part_text(part, results), encoding="utf-8", newline="\n")
    building.replace(folder)
    return folder


def prune(cache: Path, keep: set[str], limit: int = 200) -> None:
    """Remove the oldest laid-out folders beyond *limit*, never one of *keep*."""
    folders = sorted((f for f in cache.glob("*") if f.is_dir() and f.name not in keep), key=lambda f: f.stat().st_mtime)
    for folder in folders[: max(0, len(folders) - limit)]:
        shutil.rmtree(folder, ignore_errors=True)
