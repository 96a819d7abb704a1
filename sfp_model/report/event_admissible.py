"""Which concepts may be chosen at all: the constraints of unity and calendar in words, notes and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfp_model.report.format import number, percent
from sfp_model.report.tables import Markdown, text_table
from sfp_model.report.views import listing

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = ["admissible_table", "admissible_words", "admitted", "excluded_note"]

NAMES = {"unity": "unity with the goals of ITU", "calendar": "fit with the calendar"}


def admitted(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table of the trade-off whose concept may be chosen."""
    return frame[frame["admitted"]]


def _own(tables: Tables) -> pd.DataFrame:
    rows = tables["event.admissible"]
    return rows[rows["own"]]


def _month(tables: Tables) -> str:
    rows = tables["event.calendar"]
    return str(rows.loc[rows["now"], "month_name"].iloc[0])


def _why(row: Any, month: str) -> str:
    """Return which constraint a concept breaks, with the measure and its limit."""
    reasons = []
    if "calendar" in row.reason:
        reasons.append(
            f"a delegate is wanted at {number(row.index_, 2)} other ITU events in or near {month}, "
            f"above the {number(row.most, 2)} allowed"
        )
    if "unity" in row.reason:
        reasons.append(
            f"its judged unity with the goals of ITU reaches {number(row.least_unity, 2)} in {percent(row.united)} of "
            f"the draws only, not in {percent(row.confidence)}"
        )
    return listing(reasons)


def _rows(tables: Tables) -> list[Any]:
    return list(_own(tables).rename(columns={"index": "index_"}).itertuples(index=False))


def excluded_note(tables: Tables) -> str:
    """Return which concepts a table leaves out and why, as one sentence for its notes."""
    rows, month = _rows(tables), _month(tables)
    out = [f"{row.title} ({_why(row, month)})" for row in rows if not row.admitted]
    part = [
        f"{row.title} in {percent(1 - row.united)} of the draws"
        for row in rows if row.admitted and row.admissible < 1
    ]  # fmt: skip
    words = f"Not admissible and left out: {listing(out)}. " if out else ""
    words += f"Not counted where unity is missed: {listing(part)}." if part else ""
    return (
        words.strip() or "Every concept fulfils both constraints, unity and calendar, in every draw: none is left out"
    )


def admissible_words(tables: Tables) -> str:
    """Answer which concepts may be chosen at all."""
    rows, month = _rows(tables), _month(tables)
    if not rows:
        return "This scenario knows no concept of the event."
    first = rows[0]
    rule = (
        "Unity with the goals of ITU and fit with the calendar are constraints, not scores: no impact makes up for "
        "them. A concept may be chosen where, in at least "
        f"{percent(first.confidence)} of the draws, its unity, a judgement from 0 to 1, reaches "
        f"{number(first.least_unity, 2)}, and a delegate is wanted at no more than {number(first.most, 2)} other ITU "
        f"events in or near {month}."
    )
    out = [row for row in rows if not row.admitted]
    if not out:
        answer = "**Every concept may be chosen.** "
    elif len(out) == len(rows):
        answer = "**No concept may be chosen**, so that only holding no flagship event is left. "
    else:
        answer = f"**{listing(row.title for row in out)} may not be chosen** in this scenario. "
    for row in out:
        answer += f"*{row.title}*: {_why(row, month)}. "
    part = [row for row in rows if row.admitted and row.admissible < 1]
    for row in part:
        answer += (
            f"*{row.title}* misses unity in {percent(1 - row.united)} of the draws; it takes no rank and is not the "
            "cheapest in these. "
        )
    near = min((row for row in rows if row.admitted), key=lambda row: row.most - row.index_, default=None)
    if near is not None and not out:
        answer += f"Nearest to the limit of the calendar is *{near.title}* with {number(near.index_, 2)}. "
    elif any("calendar" in row.reason for row in out):
        answer += "What breaks the calendar could be held in another month (@tbl-calendar). "
    return answer + rule


def admissible_table(tables: Tables) -> Markdown:
    """Return both constraints for each concept, with measure, limit and verdict."""
    month = _month(tables)
    listed = [
        {
            "concept": row.title,
            "unity": f"{number(row.unity, 2)} (at least {number(row.least_unity, 2)})", "united": percent(row.united),
            "index": f"{number(row.index_, 2)} (at most {number(row.most, 2)})",
            "verdict": "may be chosen" if row.admitted else "**left out**: " + listing(
                NAMES[reason] for reason in row.reason.split()),
        }
        for row in _rows(tables)
    ]  # fmt: skip
    heads = {"concept": "Concept", "unity": "Unity, most likely value", "united": "Unity holds, % of draws",
             "index": f"Conflict index in {month}", "verdict": "Verdict"}  # fmt: skip
    return text_table(listed, heads, widths=(30, 18, 12, 18, 22), right=("united",))
