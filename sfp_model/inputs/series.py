"""Time series from CSV files, cut at the date up to which a run knows the world."""

from __future__ import annotations

import csv
import re
from math import isfinite
from pathlib import Path
from types import MappingProxyType

from sfp_model.errors import Position
from sfp_model.inputs.documents import shown_file, text_of
from sfp_model.inputs.faults import Faults
from sfp_model.inputs.known import known_at
from sfp_model.inputs.plan import Series
from sfp_model.inputs.schema_data import SeriesForm

__all__ = ["read_series"]

_PERIOD = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]))?\Z")


def read_series(key: str, form: SeriesForm, data: Path, as_of: str, faults: Faults) -> Series:
    """Read one series; report the faults of its rows; keep what was known at *as_of*."""
    path = data / form.file
    file = shown_file(path)
    values: dict[str, float] = {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        faults.error(Position(file), f"series.{key}", "this file is missing")
        text = "period,value"
    except (OSError, UnicodeDecodeError):
        faults.error(Position(file), f"series.{key}", "this file cannot be read as UTF-8 text")
        text = "period,value"
    try:
        rows = list(csv.reader(text.splitlines()))
    except csv.Error as error:
        faults.error(Position(file), f"series.{key}", f"this file cannot be read as CSV: {error}")
        rows = [["period", "value"]]
    if not rows or rows[0] != ["period", "value"]:
        shown = ",".join(rows[0]) if rows else "nothing"
        faults.error(Position(file), f"series.{key}", f"the first line is '{text_of(shown)}'; it must be period,value")
        rows = []
    for number, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        problem = _row(row, values)
        if problem:
            faults.error(Position(file, number), f"series.{key}", problem)
    if len({len(period) for period in values}) > 1:
        faults.error(Position(file), f"series.{key}", "years and months are mixed; use one kind of period")
    kept = {period: values[period] for period in sorted(values) if known_at(period, as_of)}
    return Series(key, form.title, form.unit, form.source, MappingProxyType(kept))


def _row(row: list[str], values: dict[str, float]) -> str | None:
    if len(row) != 2:
        return f"{len(row)} columns; two are needed: period,value"
    period, text = row[0].strip(), row[1].strip()
    if not _PERIOD.match(period):
        return f"'{text_of(period)}' is no period; write 2021 or 2021-08"
    if period in values:
        return f"{period} stands twice"
    try:
        number = float(text)
    except ValueError:
        return f"'{text_of(text)}' is not a number"
    if not isfinite(number):
        return f"{text_of(text)} is not a finite number"
    values[period] = number
    return None
