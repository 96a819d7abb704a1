"""Results of a scenario: evaluated once, kept as tables under a digest of everything that they depend on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfp_model.errors import UsageError
from sfp_model.inputs.places import place_of
from sfp_model.inputs.plan import Plan
from sfp_model.inputs.trace import all_values
from sfp_model.results.table import Column, Lazy, Table

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.results.evaluation import Evaluation

__all__ = ["INDEX", "ResultSet", "code_digest", "is_kept", "keep", "run"]

INDEX = "_index.json"
VERSION = 1
_TYPES: dict[str, str] = {"text": "object", "number": "float64", "boolean": "bool"}


@dataclass(frozen=True, eq=False)
class ResultSet:
    """Tables of one scenario (or across scenarios), read from their folder when asked for.

    Attributes
    ----------
    index : mapping
        Table name to columns and hash.
    stored : Path or None
        Folder with one CSV file per table and ``_index.json``; ``None`` while only in memory.
    """

    _digest: Callable[[], str]
    index: Mapping[str, Mapping[str, Any]]
    stored: Path | None = None
    _tables: Mapping[str, Table] = field(default_factory=dict, repr=False)

    @cached_property
    def digest(self) -> str:
        """Digest of the plan and the sources of the model; worked out when it is asked for."""
        return self._digest()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tables."""
        return tuple(self.index)

    @property
    def folder(self) -> Path:
        """The folder of the tables; results in memory are written to a temporary one that ends with the process."""
        if self.stored is None:
            place = _temporary()
            _write(place, self.digest, {name: self._table(name) for name in self.names})
            object.__setattr__(self, "stored", place)
        return self.stored  # type: ignore[return-value]

    def laid_out(self, names: Iterable[str]) -> Path:
        """Return a folder that holds these tables at least; of results in memory only they are made."""
        if self.stored is not None:
            return self.stored
        place = _temporary()
        _write(place, self.digest, {name: self._table(name) for name in dict.fromkeys(names)})
        return place

    def _table(self, name: str) -> Table:
        if name not in self.index:
            raise UsageError(f"no table {name!r}; tables are {', '.join(self.names)}")
        return self._tables[name]

    def columns(self, name: str) -> tuple[Column, ...]:
        """Return the columns of a table with their units."""
        return self._table(name).columns

    def table(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a table; loads nothing heavy.

        Raises
        ------
        UsageError
            If there is no such table; names those that exist.
        """
        return self._table(name).rows()

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table as a data frame; loads pandas."""
        import pandas

        table = self._table(name)
        frame = pandas.DataFrame(list(table.cells), columns=[column.name for column in table.columns])
        return frame.astype({column.name: _TYPES[column.type] for column in table.columns})

    def hash(self, name: str) -> str:
        """Return the SHA-256 of a table's columns and content."""
        if name not in self.index:
            raise UsageError(f"no table {name!r}; tables are {', '.join(self.names)}")
        return str(self.index[name]["hash"])


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return a digest of the sources that results depend on: inputs, model, uncertainty, decisions and results."""
    package = Path(__file__).parent.parent
    found = hashlib.sha256(str(VERSION).encode())
    for room in ("inputs", "model", "uncertainty", "decisions", "results"):
        for path in sorted((package / room).glob("*.py")):
            found.update(f"{room}/{path.name}\n".encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()


def run(plan: Plan, store: Path | None = None, data: Path | None = None) -> ResultSet:
    """Evaluate a scenario once and return its tables.

    Parameters
    ----------
    plan : Plan
    store : Path, optional
        Folder that keeps results under their digest; complete ones are read instead of evaluated. A folder
        appears whole or not at all. Without it the results stay in memory.
    data : Path, optional
        Data folder, for ``first_result.yml`` and ``event_hindcast.yml``; by default the folder ``data`` beside the
        parameters.

    Returns
    -------
    ResultSet
    """
    data = data if data is not None else _beside(plan)

    def tables() -> Mapping[str, Table]:
        from sfp_model.results.evaluation import Evaluation
        from sfp_model.results.tables import all_tables

        evaluation: Evaluation = Evaluation.of(plan, data)
        return all_tables(evaluation)

    return keep(_digest_of(plan, data), tables, store)


def is_kept(plan: Plan, store: Path, data: Path | None = None) -> bool:
    """Return whether ``run`` would find the results of the scenario in *store*."""
    data = data if data is not None else _beside(plan)
    return (store / _digest_of(plan, data)()[:32] / INDEX).is_file()


def _digest_of(plan: Plan, data: Path | None) -> Callable[[], str]:
    """Return what works out the digest of all that a scenario's results depend on, once."""
    beside = [data / name for name in ("first_result.yml", "event_hindcast.yml")] if data is not None else []
    recorded = b"".join(path.read_bytes() for path in beside if path.is_file())

    @cache
    def digest() -> str:
        shown = [(key, value.position) for key, value in all_values(plan).items()]  # tables show file and line
        shown += [(key, line.position) for key, line in plan.lines.items()]
        places = "\n".join(f"{key} {place_of(position.file)}:{position.line}" for key, position in shown)
        parts = (plan.digest, plan.scenario.name, code_digest(), _sha256(places.encode()), _sha256(recorded))
        return _sha256("\n".join(parts).encode())

    return digest


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _beside(plan: Plan) -> Path | None:
    """Return the folder ``data`` beside the folder of parameters that the plan was read from, if there is one."""
    for initiative in plan.initiatives.values():
        for folder in Path(initiative.position.file).resolve().parents:
            if (folder / "base.yml").is_file():
                return folder.parent / "data"
    return None


def keep(digest: Callable[[], str], tables: Callable[[], Mapping[str, Table]], store: Path | None) -> ResultSet:
    """Return the results under *digest* from *store*, or make them and keep them there."""
    if store is None:
        made = tables()
        return ResultSet(digest, _index(made), None, made)
    place = store / digest()[:32]
    if not (place / INDEX).is_file():
        import shutil
        import tempfile

        made = tables()  # before anything is written: bad input leaves nothing behind
        store.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=store))
        try:
            _write(part, digest(), made)
            _move(part, place)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    index = json.loads((place / INDEX).read_text(encoding="utf-8"))["tables"]
    return ResultSet(digest, index, place, Lazy({name: partial(_read, place, name, index[name]) for name in index}))


def _read(place: Path, name: str, entry: Mapping[str, Any]) -> Table:
    wanted = tuple(Column(c["name"], c["type"], c["unit"]) for c in entry["columns"])
    return Table.read(wanted, (place / f"{name}.csv").read_text(encoding="utf-8"))


def _move(part: Path, place: Path) -> None:
    part.chmod(0o755)
    if place.exists() and not (place / INDEX).is_file():
        import shutil

        shutil.rmtree(place)
    try:
        os.rename(part, place)  # noqa: PTH104 - refuses a folder that is there, unlike replace on some systems
    except OSError:
        if not (place / INDEX).is_file():
            raise  # else another process kept the same results in the meantime


def _index(tables: Mapping[str, Table]) -> Lazy[dict[str, Any]]:
    def entry(name: str) -> dict[str, Any]:
        table = tables[name]
        return {
            "columns": [{"name": c.name, "type": c.type, "unit": c.unit} for c in table.columns],
            "rows": len(table),
            "hash": table.hash,
        }

    return Lazy({name: partial(entry, name) for name in tables})


def _temporary() -> Path:
    import atexit
    import shutil
    import tempfile

    place = Path(tempfile.mkdtemp(prefix="sfp-results-"))
    atexit.register(shutil.rmtree, place, True)
    return place


def _write(place: Path, digest: str, tables: Mapping[str, Table]) -> None:
    for name, table in tables.items():
        (place / f"{name}.csv").write_text(table.csv, encoding="utf-8", newline="\n")
    index = {"digest": digest, "tables": dict(_index(tables))}
    (place / INDEX).write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
