"""What is left when the work is done: the first full year after it, and the lines that go on after the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sfp_model.report.anchors import activity_link
from sfp_model.report.bands import Bands, Cells, Span, standing
from sfp_model.report.format import day, thousands
from sfp_model.report.needs_tables import of_programmes, price_basis
from sfp_model.report.sentences import count, money
from sfp_model.report.tables import Markdown, statement, text_table
from sfp_model.report.views import records, wording, years_of

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = ["full_year_table", "full_year_words", "tail_table", "tail_words"]


def _of(tables: Tables, name: str, programmes: Sequence[str]) -> pd.DataFrame:
    frame = tables[name]
    return frame[frame["programme"].isin(programmes)] if programmes else frame


def full_year_words(tables: Tables, programmes: Sequence[str] = ()) -> str:
    """Say which year is the first full one after the last phase, and what recurs in it."""
    frame = _of(tables, "recurrent.year", programmes)
    year, last = str(frame["year"].iloc[0]), str(frame["last_month"].iloc[0])
    horizon = years_of(tables["summary.initiatives"])[-1]
    if not year:
        return f"The last phase ends in {day(last)}, so that no full year after it is left inside the plan."
    recurs, nominal = (float(frame[c].sum()) for c in ("additional_recurrent", "additional_recurrent_nominal"))
    absorbed, rest = float(frame["absorbed_recurrent"].sum()), float(frame["additional_one_off"].sum())
    after = float(frame["full_year_additional"].sum())
    text = f"The last phase ends in {day(last)}, so **{year} is the first full year after it**. "
    if recurs < 50:
        text += "No additional need recurs in it"
    else:
        text += f"In it, {money(recurs)} of additional need recurs ({money(nominal)} nominal)"
    text += (
        f"; {money(absorbed)} of absorbed time goes on"
        if recurs < 50
        else f", with absorbed time worth {money(absorbed)}"
    )
    if rest >= 50:
        text += f"; {money(rest)} of one-off additional need still falls in that year"
    text += "."
    if abs(after - recurs) >= 50:
        text += f" In a full year after {horizon}, when every line has started, it is {money(after)}."
    return text


def full_year_table(tables: Tables, programmes: Sequence[str] = ()) -> Markdown:
    """Return the first full year after the last phase and a full year after the plan, by initiative."""
    frame = _of(tables, "recurrent.year", programmes)
    names = of_programmes(tables, programmes).drop_duplicates("initiative").set_index("initiative")["label"]
    year, last = str(frame["year"].iloc[0]), years_of(tables["summary.initiatives"])[-1]
    head = f"In {year}" if year else "In the plan"
    columns = {
        "additional_recurrent": "Recurrent", "additional_recurrent_nominal": "Recurrent, nominal",
        "additional_one_off": "One-off", "full_year_additional": f"A year after {last}",
        "absorbed_recurrent": "Recurrent ", "absorbed_one_off": "One-off ",
        "full_year_absorbed": f"A year after {last} ",
    }  # fmt: skip
    table = frame.assign(label=frame["initiative"].map(names))[["label", *columns]].reset_index(drop=True)
    some = (table[list(columns)] != 0).any(axis=1)
    kept, table = frame.reset_index(drop=True)[some], table[some].reset_index(drop=True)
    table.loc[len(table)] = {"label": "Total", **table[list(columns)].sum().to_dict()}
    additional = [c for c in columns if "additional" in c]
    ranges: Cells = {}
    for funding in ("additional", "absorbed"):
        bands = Bands(tables, funding)
        mine = list(of_programmes(tables, programmes)["programme"].unique())
        keys = [*(("initiative", row.programme, row.initiative, "") for row in records(kept)), bands.whole(mine)]
        for i, key in enumerate(keys):
            row = bands.get(*key, period="full year") if key else None
            if row is not None:
                ranges[i, f"full_year_{funding}"] = Span(row.p10, row.p90, row.base)
    return statement(
        table, stub="label", columns=columns, totals=[len(table) - 1], unit=price_basis(tables.facts()), ranges=ranges,
        spanners={f"Additional need ({head[:1].lower()}{head[1:]})": additional,
                  "Absorbed time (memo)": [c for c in columns if c not in additional]},
        notes=[f"The first full year after the last phase is {year}" if year else "No full year is left in the plan",
               f"A year after {last}: every recurrent line, also those that start later", standing(tables)],
        source="Resource lines, from the parameter files",
    )  # fmt: skip


def tail_table(tables: Tables, programmes: Sequence[str] = ()) -> Markdown:
    """Return the additional lines that go on after the plan: since when, until when, what a year takes."""
    frame, last = _of(tables, "recurrent.tail", programmes), years_of(tables["summary.initiatives"])[-1]
    frame = frame[frame["funding"] == "additional"]
    if frame.empty:
        return Markdown(f"No line of additional need goes on after {last} in this scenario.")
    names = frame["activity"] + frame["resource"]
    twice = set(names[names.duplicated()])
    rows = [
        {
            "line": f"{activity_link(row.programme, row.activity)}: {row.resource_title}" + _which(row, twice)
            + (f" ({row.post} post)" if row.post else ""),
            "since": day(row.begins) if row.begins else "with the event",
            "until": "not set" if row.ends == "open" else day(row.ends) if row.ends else "with the event",
            "year": thousands(row.full_year_constant), "next": thousands(row.next_year_nominal),
            "after": thousands(row.after_constant),
        }
        for row in records(frame)
    ]  # fmt: skip
    heads = {
        "line": "Activity and resource", "since": "Since", "until": "Until", "year": "A full year",
        "next": f"{int(last) + 1}, nominal", "after": f"Left over after {last}",
    }  # fmt: skip
    return text_table(rows, heads, widths=(34, 14, 12, 12, 12, 12), right=("year", "next", "after"),
                      note=standing(tables))  # fmt: skip


def _which(row: Any, twice: set[str]) -> str:
    """Return what tells a line from others of its activity with the same resource: the end of its id.

    >>> from types import SimpleNamespace as Row
    >>> row = Row(activity="x", resource="travel.mission", line="x/travel.mission.arab_states")
    >>> _which(row, {"xtravel.mission"}), _which(row, set())
    (' (Arab States)', '')
    """
    name = row.line.rpartition("/")[2].removeprefix(row.resource).strip(".")
    if row.activity + row.resource not in twice or not name:
        return ""
    return f" ({name.upper() if len(name) < 4 else wording(name).title()})"


def tail_words(tables: Tables, programmes: Sequence[str] = ()) -> str:
    """Say which lines go on after the plan, for how long, and what is not known about them."""
    frame, last = _of(tables, "recurrent.tail", programmes), years_of(tables["summary.initiatives"])[-1]
    cash = frame[frame["funding"] == "additional"]
    recurs, left = cash[cash["recurrence"] == "recurrent"], cash[cash["recurrence"] != "recurrent"]
    time = frame[(frame["funding"] == "absorbed") & (frame["recurrence"] == "recurrent")]
    parts = []
    if len(recurs):
        year, later = money(float(recurs["full_year_constant"].sum())), money(float(recurs["next_year_nominal"].sum()))
        parts.append(
            f"{count(len(recurs), 'line')} of additional need {'goes' if len(recurs) == 1 else 'go'} on after {last}: "
            f"{year} a year, or {later} at the prices of {int(last) + 1}."
        )
        parts[0] = parts[0][:1].upper() + parts[0][1:]
    else:
        parts.append(f"No line of additional need recurs after {last}.")
    if len(left):
        amount = money(float(left["after_constant"].sum()))
        parts.append(f"One-off work that ends after {last} takes another {amount} then.")
    posts = recurs[recurs["post"] != ""]
    parts.append(
        f"{count(len(posts), 'of them is a post', 'of them are posts')} that remain{'s' if len(posts) == 1 else ''}."
        if len(posts)
        else "No post that the plan asks for remains."
        if len(recurs)
        else ""
    )
    if len(time):
        parts.append(
            f"{'Beside them' if len(recurs) else 'However'}, {count(len(time), 'line')} of absorbed time "
            f"{'goes' if len(time) == 1 else 'go'} on, worth "
            f"{money(float(time['full_year_constant'].sum()))} a year."
        )
    if len(recurs):
        parts.append(
            "How long they last is not known: neither the source nor a decision sets an end, and prices, the number of "
            "users and the terms of licences after the plan are open. They end when somebody ends them."
        )
    return " ".join(part for part in parts if part)
