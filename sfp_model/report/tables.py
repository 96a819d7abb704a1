"""Financial tables in one house style: great_tables builds them, the site's style sheet dresses them.

A table leaves as Markdown with a raw HTML block: Quarto then needs no script from elsewhere, numbers and captions
work through ``#| label: tbl-…`` and ``#| tbl-cap: …``, and the PDF gets the same table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from sfp_model.report.format import NIL, number, percent, thousands

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RANGE_NOTE", "SURE", "Cells", "Markdown", "Span", "spread", "statement", "text_table"]

_FORMATS: dict[str, Callable[[float], str]] = {
    "thousands": thousands,
    "number": number,
    "decimal": lambda x: number(x, 1),
    "rate": lambda x: number(x, 2),
    "rate4": lambda x: number(x, 4),
    "price": lambda x: number(x, 0 if abs(x) >= 20 or float(x).is_integer() else 2),
    "percent": percent,
    "text": str,
}


_FIGURE = re.compile(r"(under |over )?[(−+]?\d[\d\u00a0]*(\.\d+)?\)?%?( points)?")
_BELOW, _END = "\ue000", "\ue001"  # around a range until great_tables has escaped the text of the cells
SURE = "sure.ipynb"
RANGE_NOTE = (
    "Small figures: P10–P90 of the simulation; they do not add up, because of the "
    f"[diversification]({SURE}#sec-contingency) between the parts of a sum"
)
OUTSIDE = (
    "An amount outside its range is one that the simulation seldom meets: the base estimate knows neither delay nor "
    "event"
)


class Markdown:
    """A piece of Markdown that a notebook shows as such, also when it is the value of the last line of a cell."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_markdown_(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__


class Span(NamedTuple):
    """P10 and P90 of an amount, and the base estimate that they belong to, which a test compares with the cell."""

    low: float
    high: float
    base: float | None = None


Cells = dict[tuple[int, str], Span]  # row and column of a table → range


def statement(
    frame: pd.DataFrame,
    *,
    columns: Mapping[str, str],
    formats: Mapping[str, str] | str = "thousands",
    stub: str | None = None,
    group: str | None = None,
    spanners: Mapping[str, Sequence[str]] | None = None,
    totals: Sequence[int] = (),
    unit: str = "CHF thousands",
    source: str = "",
    notes: Sequence[str] = (),
    links: Mapping[str, str] | None = None,
    ranges: Cells | None = None,
    sure: str = SURE,
    name: str = "table",
) -> Markdown:
    """Return a financial table.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per printed row, numbers unrounded.
    columns : mapping of str to str
        Columns to print, in order, with their headings.
    formats : mapping of str to str, or str
        Per column or for all number columns: ``thousands``, ``number``, ``decimal``, ``rate``, ``rate4``, ``price``,
        ``percent``, ``text``.
    stub, group : str, optional
        Columns that label rows and groups of rows.
    spanners : mapping of str to sequence of str, optional
        Headings above several columns.
    totals : sequence of int
        Positions of total rows, printed bold with a rule above.
    unit, source : str
        Printed under the table with the note that totals may not add.
    notes : sequence of str
        Further notes.
    links : mapping of str to str, optional
        Label of a row → address that it leads to.
    ranges : dict of (int, str) to Span, optional
        Row and column of a cell → P10 and P90 of its amount, in the unit of the column, printed below it. A range
        that prints as the amount itself is left out: such a cell depends on no uncertain input.
    sure : str
        The page on ranges, seen from the page of the table.
    name : str
        Fixed id, so that the output is the same on every run.

    Returns
    -------
    Markdown
        Shown by a notebook as a table with heading cells for rows and columns.

    Examples
    --------
    >>> import pandas as pd
    >>> table = statement(pd.DataFrame({"item": ["a"], "chf": [1234567.0]}), stub="item", columns={"chf": "2024"})
    >>> "1\\u00a0235" in table.text and "CHF thousands" in table.text
    True
    """
    from great_tables import GT, loc, style
    from great_tables import html as raw

    shown = _shown(frame, [c for c in (group, stub) if c], list(columns), formats, ranges or {})
    table = GT(shown, rowname_col=stub, groupname_col=group, id=name).cols_label(**dict(columns))
    right = [c for c in columns if _numeric(frame[c]) or _figures(shown[c])]
    for align, members in (("right", right), ("left", [c for c in columns if c not in right])):
        table = table.cols_align(align=align, columns=members) if members else table
    for label, below in (spanners or {}).items():
        table = table.tab_spanner(label=label, columns=list(below))
    for place in (loc.body, *((loc.stub,) if stub else ())) if totals else ():
        table = table.tab_style(style.text(weight="bold"), place(rows=list(totals)))
    about = (
        _about(frame, list(columns), ranges) if any(_BELOW in x for c in columns for x in shown[c].astype(str)) else ()
    )
    for note in _foot(unit, (*about, *notes), source, bool(totals)):
        table = table.tab_source_note(raw(_linked(note.replace(f"({SURE}#", f"({sure}#"))))
    return Markdown("```{=html}\n" + _finished(_semantic(table.as_raw_html()), links or {}) + "\n```\n")


def _shown(
    frame: pd.DataFrame,
    labels: list[str],
    columns: list[str],
    formats: Mapping[str, str] | str,
    ranges: Mapping[Any, Any],
) -> pd.DataFrame:
    """Return the cells of a table as text, with ranges below those that have one."""
    shown = frame[list(dict.fromkeys([*labels, *columns]))].reset_index(drop=True).copy()
    for column in columns:
        how = formats if isinstance(formats, str) else formats.get(column, "text")
        if how == "thousands" and not _numeric(shown[column]):
            how = "text"
        cells = [_cell(value, how) for value in shown[column]]
        shown[column] = [_with_range(text, ranges.get((i, column)), how) for i, text in enumerate(cells)]
    return shown


def _finished(html: str, links: Mapping[str, str]) -> str:
    """Return the table with its ranges in small print, spans of years unbroken, and links in its labels."""
    html = html.replace(_BELOW, '<br><span class="range">').replace(_END, "</span>")
    html = re.sub(r">(\d{4}–\d{2,4})</th>", r'><span class="years">\1</span></th>', html)
    for label, address in links.items():
        cell = f">{escape(label, quote=False)}</th>"
        html = html.replace(cell, f'><a href="{escape(address)}">{cell[1:-5]}</a></th>')
    return html


def text_table(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, str],
    *,
    widths: Sequence[int] = (),
    right: Sequence[str] = (),
    label: str = "",
    caption: str = "",
    note: str = "",
) -> Markdown:
    """Return a plain pipe table of words (wraps well in the PDF).

    Parameters
    ----------
    rows, columns
        Cells by column, and columns with their headings in order.
    widths : sequence of int
        Relative widths of the columns; without them they are equal.
    right : sequence of str
        Columns of numbers.
    label, caption : str
        For a table made together with others in one cell; else the cell carries ``label`` and ``tbl-cap``.
    note : str
        Printed below the table.

    Examples
    --------
    >>> print(text_table([{"a": "x|y"}], {"a": "Item"}))
    | Item |
    |:--|
    | x\\|y |
    """
    wide = widths or [3] * len(columns)
    right = [c for c in columns if c in right or _figures(row[c] for row in rows)]
    rules = ("-" * (n - 1) + ":" if c in right else ":" + "-" * (n - 1) for c, n in zip(columns, wide, strict=True))
    lines = ["| " + " | ".join(columns.values()) + " |", "|" + "|".join(rules) + "|"]
    for row in rows:
        cells = (_unbroken(str(row[c])).replace("|", "\\|").replace("\n", " ") for c in columns)
        lines.append("| " + " | ".join(cells) + " |")
    if caption:
        lines += ["", f": {caption}" + (f" {{#{label}}}" if label else "")]
    if note:
        lines += ["", "::: {.table-note}", note if note.endswith((".", "?)")) else f"{note}.", ":::"]
    return Markdown("\n".join(lines))


def _figures(cells: Iterable[Any]) -> bool:
    """Whether cells hold nothing but figures, with or without a sign, brackets, per cent or points.

    >>> _figures(["12%", "under 1%", "–", ""]), _figures(["A", "1"]), _figures(["", "–"]), _figures(["2024"])
    (True, False, False, True)
    """
    texts = [str(cell).partition(_BELOW)[0] for cell in cells]
    shown = [text for text in texts if text not in ("", NIL)]
    return bool(shown) and all(_FIGURE.fullmatch(text) for text in shown)


def _unbroken(text: str) -> str:
    """Keep months and quarters of a year on one line; addresses and code stay as they are.

    >>> _unbroken("2024-07 to 2024-12"), _unbroken("`a-2024-07`"), _unbroken("2024-07-01")
    ('2024‑07 to 2024‑12', '`a-2024-07`', '2024-07-01')
    """
    return text if "`" in text or "](" in text else re.sub(r"\b(\d{4})-(\d{2}|Q\d)\b(?!-)", "\\1\u2011\\2", text)


def _numeric(values: pd.Series[Any]) -> bool:
    return values.dtype.kind in "iuf"


def _cell(value: Any, how: str) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if how == "text":
        return escape(str(value), quote=False)
    return _FORMATS[how](float(value))


def spread(low: float, high: float, how: str = "thousands") -> str:
    """Return a range from P10 to P90 as a table prints it.

    Examples
    --------
    >>> spread(0, 12_400), spread(-3_000, 2_000)
    ('0–12', '(3) to 2')
    """
    first, second = ("0" if x == 0 else _FORMATS[how](float(x)) for x in (low, high))
    return f"{first} to {second}" if "(" in first + second else f"{first}–{second}"


def _about(frame: pd.DataFrame, columns: Sequence[str], ranges: Cells | None) -> tuple[str, ...]:
    """Return the notes on ranges: how to read them, and what an amount outside its own means, where there is one."""
    amounts = {c: frame[c].tolist() for c in columns if _numeric(frame[c])}
    out = any(c in amounts and not _inside(float(amounts[c][i]), pair) for (i, c), pair in (ranges or {}).items())
    return (RANGE_NOTE, OUTSIDE) if out else (RANGE_NOTE,)


def _inside(value: float, pair: Span) -> bool:
    """Whether an amount lies in its range, give or take a five-hundredth of it."""
    room = 0.002 * max(abs(pair[0]), abs(pair[1]))
    return value != value or pair[0] - room <= value <= pair[1] + room


def _with_range(text: str, pair: Span | None, how: str) -> str:
    if pair is None or not text:
        return text
    plain = text if text != NIL else "0"
    words = spread(pair.low, pair.high, how)
    if words in (f"{plain}–{plain}", f"{plain} to {plain}"):
        return text
    return f"{text}{_BELOW}{words}{_END}"


def _linked(note: str) -> str:
    """Return a note with the links of Markdown as those of HTML."""
    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r'<a href="\2">\1</a>', note)


def _foot(unit: str, notes: Sequence[str], source: str, totals: bool) -> list[str]:
    lines = [f"{unit}." if unit else ""]
    if totals:
        lines[0] += " Each figure is rounded by itself; totals may not add."
    lines += [note if note.endswith(".") else f"{note}." for note in notes]
    if source:
        lines.append(f"Source: {source}" + ("" if source.endswith(".") else "."))
    return [line.strip() for line in lines if line.strip()]


def _semantic(html: str) -> str:
    """Keep the table itself: without the style block, the wrapper and the classes of great_tables' own theme."""
    table = html[html.index("<table") : html.rindex("</table>") + len("</table>")]
    table = re.sub(r"<table[^>]*>", '<table class="statement">', table, count=1)
    table = re.sub(r' (?:data-quarto-[a-z-]+|headers|id)="[^"]*"', "", table)
    keep = {
        "statement": "statement",
        "gt_right": "num",
        "gt_total": "total",
        "gt_group_heading": "group",
        "gt_sourcenote": "note",
    }
    names = lambda m: " ".join(keep[c] for c in m[1].split() if c in keep)  # noqa: E731
    table = re.sub(r' class="([^"]*)"', lambda m: f' class="{names(m)}"' if names(m) else "", table)
    table = re.sub(r"<tr>(?=\s*<t[hd] style=\"font-weight: bold;\")", '<tr class="total">', table)
    table = table.replace(' style="font-weight: bold;"', "")
    return re.sub(r"\n\s*\n", "\n", table)
