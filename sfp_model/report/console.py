"""Rows on standard output as a table for people, as CSV or as JSON for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from sfp_model.report.format import number, thousands

__all__ = ["emit", "pivot"]

Row = Mapping[str, Any]


def pivot(
    rows: Iterable[Row],
    keys: Sequence[str],
    across: str,
    value: str,
    order: Sequence[str],
    outside: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Turn long rows into one row per *keys* with a column for each entry of *order*, and a total.

    Entries of *outside* are shown, but enter no total: what lies before and after the plan.

    Examples
    --------
    >>> long = [{"i": "a", "year": "2024", "chf": 1.0}, {"i": "a", "year": "2025", "chf": 2.0}]
    >>> pivot(long, ["i"], "year", "chf", ["2024", "2025"])
    [{'i': 'a', '2024': 1.0, '2025': 2.0, 'total': 3.0}]
    """
    wide: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[k] for k in keys)
        entry = wide.setdefault(key, {**dict(zip(keys, key, strict=True)), **dict.fromkeys(order, 0.0), "total": 0.0})
        entry[row[across]] += row[value]
        entry["total"] += row[value] if row[across] not in outside else 0.0
    return list(wide.values())


def emit(
    rows: Sequence[Row],
    how: str,
    *,
    about: Mapping[str, Any],
    title: str = "",
    money: Sequence[str] = (),
    total: Sequence[str] = (),
    note: str = "",
    header: Sequence[str] = (),
    counted: Callable[[Row], bool] | None = None,
) -> None:
    """Write *rows* to standard output.

    Parameters
    ----------
    rows : sequence of mapping
        All with the same keys; amounts in CHF, unrounded.
    how : {"table", "csv", "json"}
        ``table`` shows the columns in *money* as CHF thousands; the others give full numbers.
    about : mapping
        What the rows are (scenario, measure, prices, unit …); stands beside the rows in the JSON.
    title, note : str
        Heading and footnote of the table.
    money, total : sequence of str
        Columns of amounts, and those that get a total row in the table.
    header : sequence of str
        Names of the columns, which the CSV keeps where there are no rows.
    counted : callable, optional
        Which rows enter the total row; by default all.
    """
    if how == "json":
        json.dump({**about, "rows": [dict(row) for row in rows]}, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    elif how == "csv":
        writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]) if rows else list(header), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        _table(rows, title, money, total, note, counted or (lambda _: True))


def _table(
    rows: Sequence[Row],
    title: str,
    money: Sequence[str],
    total: Sequence[str],
    note: str,
    counted: Callable[[Row], bool],
) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    if not rows:
        console.print(f"{title}: nothing to show" if title else "nothing to show")
        return
    if title:
        console.print(title, style="italic")
    table = Table(show_footer=bool(total))
    for column in rows[0]:
        numeric = column in money or all(
            isinstance(row[column], int | float) and not isinstance(row[column], bool) for row in rows
        )
        foot = (
            thousands(sum(row[column] for row in rows if counted(row)))
            if column in total
            else ("Total" if total and column == next(iter(rows[0])) else "")
        )
        table.add_column(
            _heading(column, column in money),
            justify="right" if numeric else "left",
            footer=foot,
            overflow="fold",
            no_wrap=numeric,
        )
    for row in rows:
        table.add_row(*(_text(row[column], column in money) for column in row))
    console.print(table)
    if note:
        console.print(note, style="dim")


def _heading(column: str, money: bool) -> str:
    """Return a column in words; amounts are printed as CHF thousands, which the title says where the name does not."""
    if column == "chf":
        return "CHF thousands"
    return (column.removesuffix("_chf") if money else column).replace("_", " ")


def _text(value: Any, money: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return thousands(value) if money else number(value, 0 if float(value).is_integer() else 2)
    return str(value)
