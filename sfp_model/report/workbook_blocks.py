"""Blocks of SUMIFS formulas over the detailed sheet of the workbook, years across with biennial sub-totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sfp_model.report.views import wording

__all__ = ["STEPS", "Blocks", "when"]

STEPS = {
    "constant_chf": "{base}",
    "price_effect_chf": "price effect",
    "exchange_effect_chf": "exchange effect",
    "interaction_chf": "interaction of price and exchange effect",
    "nominal_chf": "nominal",
}
"""Columns that lead from constant to nominal prices, in words; the first four add up to the last."""


def when(period: str) -> str | int:
    """Return a year as a number: spreadsheet programs differ in whether a text "2024" equals the number."""
    return int(period) if period.isdigit() else period


class Blocks:
    """Blocks of formulas on one sheet, one below the other.

    Parameters
    ----------
    sheet : xlsxwriter.worksheet.Worksheet
    needs : list of dict
        The rows of the sheet *Needs*.
    columns : sequence of str
        Its columns, in order.
    periods : sequence of str
        Years with the periods before and after, in order.
    styles : mapping
        Formats by name.
    """

    def __init__(
        self, sheet: Any, needs: list[dict[str, Any]], columns: Sequence[str], periods: Sequence[str],
        styles: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self._sheet, self._needs, self._styles, self._row = sheet, needs, styles, 3
        last = len(needs) + 1
        letters = {name: chr(ord("A") + i) for i, name in enumerate(columns)}
        self._reach = {name: f"Needs!${letter}$2:${letter}${last}" for name, letter in letters.items()}
        before, after = (next((p for p in periods if p.startswith(w)), None) for w in ("before", "after"))
        years = [p for p in periods if p not in (before, after)]
        self._across: list[tuple[str, list[str]]] = [(before, [before])] if before else []
        for i in range(0, len(years), 2):
            pair = years[i : i + 2]
            self._across += [(year, [year]) for year in pair]
            self._across.append((f"{pair[0]}–{pair[-1]}", pair))
        self._across.append((f"{years[0]}–{years[-1]}", years))
        if after:
            self._across.append((after, [after]))

    def head(self, title: str, note: str, widths: Sequence[float]) -> None:
        """Write title and note, and set the sheet up for print: two blocks on a page, names and heads repeated."""
        self._sheet.write(0, 0, title, self._styles["title"])
        self._sheet.write(1, 0, note, self._styles["note"])
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)
        self._sheet.set_column(len(widths), len(widths) + 10, 13)  # the longest heading, on one line
        self._sheet.freeze_panes(2, len(widths))
        self._sheet.repeat_rows(0, 1)
        wide = sum(widths) + 13 * len(self._across)  # breaks count only without fitting to the page: scale by hand
        self._sheet.set_print_scale(min(58, int(58 * 190 / wide)))

    def page_break(self) -> None:
        """Let the next block begin on a page of its own."""
        self._sheet.set_h_pagebreaks([self._row])

    def block(
        self, heading: str, heads: Sequence[str], entries: Sequence[tuple[Sequence[str], Mapping[str, str]]],
        funding: str, value: str,
    ) -> None:  # fmt: skip
        """Write one block: a row per entry (labels, conditions on columns of *Needs*), and their total.

        Each formula carries its value, for programs that show a file without calculating it.
        """
        from xlsxwriter.utility import xl_rowcol_to_cell as cell

        sheet, styles, first = self._sheet, self._styles, self._row + 2
        sheet.write(self._row, 0, heading, styles["block"])
        sheet.write_row(self._row + 1, 0, heads, styles["head"])
        labels = [when(wording(label)) for label, _ in self._across]
        sheet.write_row(self._row + 1, len(heads), labels, styles["head_number"])
        place = {label: len(heads) + i for i, (label, _) in enumerate(self._across)}
        amounts = self._amounts(tuple(entries[0][1]) if entries else (), funding, value)
        totals = dict.fromkeys(place, 0.0)
        for at, (names, conditions) in enumerate(entries, first):
            for column, name in enumerate(names):
                sheet.write(at, column, name)
            for label, parts in self._across:
                if parts == [label]:
                    formula = self._sumifs(value, {**conditions, "funding": funding, "period": label})
                else:
                    formula = "=" + "+".join(cell(at, place[part]) for part in parts)
                amount = sum(amounts.get((*conditions.values(), part), 0.0) for part in parts)
                totals[label] += amount
                sheet.write_formula(at, place[label], formula, styles["thousands"], amount)
        end = first + len(entries)
        for column in range(len(heads)):
            sheet.write(end, column, "" if column else "Total", styles["bold"])
        for label, column in place.items():
            formula = f"=SUM({cell(first, column)}:{cell(end - 1, column)})" if entries else "=0"
            sheet.write_formula(end, column, formula, styles["total"], totals[label])
        self._row = end + 2

    def _sumifs(self, value: str, conditions: Mapping[str, str]) -> str:
        tests = (f"{self._reach[c]},{v}" if v.isdigit() else f'{self._reach[c]},"{v}"' for c, v in conditions.items())
        return f"=SUMIFS({self._reach[value]}," + ",".join(tests) + ")"

    def _amounts(self, keys: tuple[str, ...], funding: str, value: str) -> dict[tuple[str, ...], float]:
        sums: dict[tuple[str, ...], float] = {}
        for need in self._needs:
            if need["funding"] == funding:
                key = (*(need[name] for name in keys), need["period"])
                sums[key] = sums.get(key, 0.0) + need[value]
        return sums
