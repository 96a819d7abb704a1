"""A tidy table: named columns with type and unit, rows, and its CSV form that reads back to the same values."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from sfp_model.errors import UsageError

__all__ = ["Cell", "Column", "Lazy", "Row", "Table", "columns"]

Cell = str | float | bool | None
Row = Mapping[str, object]
V = TypeVar("V")
Type = Literal["text", "number", "boolean"]


@dataclass(frozen=True, slots=True)
class Column:
    """Name, type and unit of a column (``CHF``, ``person-month``, ``""`` for text or a pure number)."""

    name: str
    type: Type = "text"
    unit: str = ""


def columns(text: str) -> tuple[Column, ...]:
    """Return columns from a short notation: ``name`` is text, ``name:bool``, ``name:CHF``, ``name:-`` a pure number.

    Examples
    --------
    >>> [(c.name, c.type, c.unit) for c in columns("line chosen:bool amount:CHF row:-")]
    [('line', 'text', ''), ('chosen', 'boolean', ''), ('amount', 'number', 'CHF'), ('row', 'number', '')]
    """
    made = []
    for part in text.split():
        name, _, unit = part.partition(":")
        kind: Type = "text" if not unit else "boolean" if unit == "bool" else "number"
        made.append(Column(name, kind, "" if unit in ("", "bool", "-") else unit))
    return tuple(made)


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(float(cell))
    return str(cell)


def _read(text: str, kind: Type) -> Cell:
    if kind == "text":
        return text
    if kind == "boolean":
        return text == "True"
    return float(text) if text else None


@dataclass(frozen=True, eq=False)
class Table:
    """Rows under fixed columns. Amounts are unrounded.

    Examples
    --------
    >>> table = Table.of(columns("name amount:CHF"), [{"name": "a", "amount": 0.1 + 0.2}])
    >>> Table.read(table.columns, table.csv).rows() == table.rows()
    True
    """

    columns: tuple[Column, ...]
    cells: tuple[tuple[Cell, ...], ...]

    @staticmethod
    def of(wanted: tuple[Column, ...], rows: Iterable[Row]) -> Table:
        """Make a table from mappings; a missing number is empty, a missing text ``""``; further keys are refused."""
        names = {column.name for column in wanted}
        typed = [(column.name, _TYPED[column.type]) for column in wanted]
        made: list[tuple[Cell, ...]] = []
        for row in rows:
            if not names.issuperset(row):
                unknown = sorted(set(row) - names)
                raise UsageError(f"columns {unknown} are not declared; declared are {sorted(names)}")
            made.append(tuple([cell(row.get(name)) for name, cell in typed]))
        return Table(wanted, tuple(made))

    @staticmethod
    def read(wanted: tuple[Column, ...], text: str) -> Table:
        """Read a table back from its CSV text."""
        body = list(csv.reader(io.StringIO(text)))[1:]
        kinds = [column.type for column in wanted]
        return Table(wanted, tuple(tuple(map(_read, line, kinds)) for line in body))

    @property
    def csv(self) -> str:
        """The table as CSV; floats keep all their digits."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([column.name for column in self.columns])
        writer.writerows([_written(cell) for cell in line] for line in self.cells)
        return out.getvalue()

    @property
    def hash(self) -> str:
        """SHA-256 of columns and content."""
        head = repr([(c.name, c.type, c.unit) for c in self.columns])
        return hashlib.sha256((head + "\n" + self.csv).encode()).hexdigest()

    def rows(self) -> list[dict[str, Cell]]:
        """Return the rows as mappings."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, line, strict=True)) for line in self.cells]

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)


def _number(cell: object) -> Cell:
    if cell is None or cell == "":
        return None
    number = float(cell)  # type: ignore[arg-type]
    return None if number != number else number + 0.0  # no NaN, no −0.0


def _text(cell: object) -> Cell:
    return cell if type(cell) is str else "" if cell is None else str(cell)


_TYPED: Mapping[Type, Callable[[object], Cell]] = {"text": _text, "number": _number, "boolean": bool}


class Lazy(Mapping[str, V]):
    """A mapping whose values are made when they are first asked for.

    Examples
    --------
    >>> squares = Lazy({n: (lambda n=n: n * n) for n in (2, 3)})
    >>> list(squares), squares[3], 4 in squares
    ([2, 3], 9, False)
    """

    def __init__(self, recipes: Mapping[str, Callable[[], V]]) -> None:
        self._recipes = recipes
        self._made: dict[str, V] = {}

    def __getitem__(self, name: str) -> V:
        if name not in self._made:
            self._made[name] = self._recipes[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._recipes  # without making the value, as Mapping would

    def __iter__(self) -> Iterator[str]:
        return iter(self._recipes)

    def __len__(self) -> int:
        return len(self._recipes)
