"""From paragraph to franc: every item of the source document with what answers it, and why the rest has no amount."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sfp_model.report.anchors import activity_anchor, page_of
from sfp_model.report.bands import standing
from sfp_model.report.format import thousands
from sfp_model.report.sentences import answer, count, money
from sfp_model.report.tables import Markdown, statement, text_table
from sfp_model.report.views import listing

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "SECTIONS", "amount_words", "chain_table", "coverage_table", "indicator_table", "item_table", "items",
    "slips_table", "strength_table", "trace_answer",
]  # fmt: skip

PROGRAMMES = ("transformation", "regional_presence", "workplace", "flagship_event")
_OPTIONS = ("option_box", "option_item")
# Part of the page → (report, kinds); an empty tuple of kinds takes what no other part of the report does.
SECTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mck-initiatives": ("SRC-A", ("initiative", "phase_cell")),
    "mck-actions": ("SRC-A", ("recommendation", "action", "sub_action")),
    "mck-options": ("SRC-A", _OPTIONS),
    "mck-findings": ("SRC-A", ()),
    "pwc-work": ("SRC-B", ("recommendation", "leaf_action")),
    "pwc-options": ("SRC-B", _OPTIONS),
    "pwc-findings": ("SRC-B", ()),
    "ds": ("SRC-C", ()),
    "dal-work": ("SRC-D", ("recommendation", "workstream")),
    "dal-options": ("SRC-D", _OPTIONS),
    "dal-findings": ("SRC-D", ()),
    "project": ("project", ()),
    "rest": ("", ()),
}


def items(tables: Tables) -> pd.DataFrame:
    """Return the trace of every item with the report that it belongs to and the part of the page that shows it."""
    catalogue = tables["catalogue"].set_index("id")
    parents = catalogue["parent"]

    def root(item: str) -> str:
        while parents.get(item, ""):
            item = parents[item]
        return item

    reports = {report for report, _ in SECTIONS.values()}
    frame = tables["trace"]
    other = _not_chosen(tables)
    left = frame["item"].isin(other) | frame["item"].str.rpartition(".")[0].isin(other)
    nothing = {"status": "context", "reason": "Not chosen in this scenario", "activities": ""}
    frame = frame.assign(**{column: frame[column].mask(left, value) for column, value in nothing.items()})
    for column in ("additional_constant", "absorbed_constant"):
        frame[column] = frame[column].mask(left, 0.0)
    project = frame["item"].map(catalogue["assigned_by"]) == "project"
    roots = frame["item"].map(root)
    frame = frame.assign(report=roots.where(roots.isin(reports), "").where(~project, "project"))
    parts = []
    for report, kind in zip(frame["report"], frame["kind"], strict=True):
        mine = {name: kinds for name, (of, kinds) in SECTIONS.items() if of == report}
        named = next((name for name, kinds in mine.items() if kind in kinds), None)
        parts.append(named or next(name for name, kinds in mine.items() if not kinds))
    return frame.assign(part=parts)


def _actions(tables: Tables) -> dict[str, str]:
    """Return the action of every activity; the subsidy of the event stands for itself."""
    found: dict[str, str] = {}
    for programme in PROGRAMMES:
        table = tables[f"{programme}.activities"]
        found |= dict(zip(table["activity"], table["action"], strict=True))
    return found


def _pages(tables: Tables) -> dict[str, str]:
    """Return the address of every activity's lines."""
    return {
        name: f"{page_of(programme)}#{activity_anchor(name)}"
        for programme in PROGRAMMES
        for name in tables[f"{programme}.activities"]["activity"]
    }


def _answered_by(activities: str, action_of: Mapping[str, str], links: Mapping[str, str]) -> str:
    """Name up to six activities with links to their lines, else their actions, else how many there are."""
    names = [name for name in activities.split(";") if name]
    if len(names) <= 6:
        return ", ".join(f"[{name}]({links[name]})" if name in links else name for name in names)
    actions = list(dict.fromkeys(action_of.get(name, name) for name in names))
    size = count(len(names), "activity", "activities")
    return f"{', '.join(actions)} ({size})" if len(actions) <= 6 else f"{count(len(actions), 'action')} ({size})"


def item_table(tables: Tables, part: str) -> Markdown:
    """Return the items of one part of the page: item, place, what answers it or why nothing does, amounts."""
    action_of, links = _actions(tables), _pages(tables)
    frame = items(tables)
    rows = []
    for row in frame[frame["part"] == part].itertuples():
        by = _answered_by(row.activities, action_of, links)
        if row.status in ("context", "no_cost"):
            by = f"{row.reason}{'. Answered by ' + by if by else ''}" if row.reason else by
        elif row.status.startswith("before"):
            by = f"{by}: {row.status.replace('_', ' ')} only"
        chinese = f" [{row.title_zh}]{{lang=zh}}" if row.title_zh else ""
        rows.append(
            {"item": f"**{row.item}** {row.title}{chinese}", "place": row.paragraph, "by": by,
             "additional": _amount(row.additional_constant, by), "absorbed": _amount(row.absorbed_constant, by)}
        )  # fmt: skip
    heads = {"item": "Item", "place": "Place in the source", "by": "Answered by, or why nothing is needed",
             "additional": "Additional", "absorbed": "Absorbed"}  # fmt: skip
    note = standing(tables) if any(row["additional"] + row["absorbed"] for row in rows) else ""
    return text_table(rows, heads, widths=(34, 22, 28, 10, 10), right=["additional", "absorbed"], note=note)


def _not_chosen(tables: Tables) -> set[str]:
    """Return the items of the source that stand for options which this scenario did not choose."""
    decisions = tables["decisions"]

    def named(frame: pd.DataFrame) -> set[str]:
        return {item for text in frame["catalogue"] for item in text.split(";") if item}

    return named(decisions[~decisions["chosen"]]) - named(decisions[decisions["chosen"]])


def _amount(amount: float, by: str) -> str:
    return thousands(amount) if by and abs(amount) >= 50 else "–"


def coverage_table(tables: Tables) -> Markdown:
    """Return by report how many items ask for work, how they are answered, and what the work needs."""
    import pandas as pd

    frame, titles = items(tables), tables["catalogue"].set_index("id")["title"]
    amounts = frame.set_index("item")
    rows = []
    for report in [r for r in dict.fromkeys(of for of, _ in SECTIONS.values()) if r]:
        mine = frame[frame["report"] == report]
        if mine.empty:
            continue
        own = report in amounts.index
        rows.append(
            {"label": titles.get(report, "Added by the project"), "items": len(mine), **_statuses(mine),
             "additional": amounts.at[report, "additional_constant"] if own else None,
             "absorbed": amounts.at[report, "absorbed_constant"] if own else None}
        )  # fmt: skip
    rest = frame[frame["report"] == ""]
    if len(rest):
        rows.append({"label": "The document itself", "items": len(rest), **_statuses(rest)})
    whole = pd.concat([tables[f"{p}.activities"] for p in PROGRAMMES], ignore_index=True)
    needs = pd.concat([tables[f"{p}.needs"] for p in PROGRAMMES], ignore_index=True)
    needs = needs[needs["period"].str.isdigit()].groupby("funding")["constant_chf"].sum()
    rows.append(
        {"label": "All items; the plan", "items": len(frame), **_statuses(frame),
         "additional": needs.get("additional", 0.0), "absorbed": needs.get("absorbed", 0.0)}
    )  # fmt: skip
    table = pd.DataFrame(rows).astype({"additional": float, "absorbed": float})
    columns = {"items": "Items", "costed": "Costed", "before": "Before the plan", "no_cost": "Work without cost",
               "context": "Ask for no work", "additional": "Additional need", "absorbed": "Absorbed "
               "time"}  # fmt: skip
    return statement(
        table, stub="label", columns=columns, totals=[len(table) - 1],
        formats={c: "thousands" if c in ("additional", "absorbed") else "number" for c in columns},
        spanners={"Number of items": list(columns)[:5], "CHF thousands": ["additional", "absorbed"]},
        unit=f"Amounts in CHF thousands, constant prices of {tables.facts()['base_year']}, inside the horizon",
        notes=["Amounts are of all work that answers a report, each activity once; absorbed time is a memo item",
               standing(tables),
               f"The plan has {count(len(whole), 'activity', 'activities')}"],
        source="catalogue of the source document and resource lines of this scenario",
    )  # fmt: skip


def _statuses(frame: pd.DataFrame) -> dict[str, int]:
    held = frame["status"].where(~frame["status"].str.startswith("before"), "before").value_counts()
    return {status: int(held.get(status, 0)) for status in ("costed", "before", "no_cost", "context")}


def trace_answer(tables: Tables) -> Markdown:
    """Answer whether every item of the source is answered, and whether every activity answers one."""
    import pandas as pd

    frame = items(tables)
    source = frame[frame["report"] != "project"]
    status = _statuses(source)
    work = len(source) - status["context"]
    whole = pd.concat([tables[f"{p}.activities"] for p in PROGRAMMES], ignore_index=True)
    served = {name for text in frame["activities"] for name in text.split(";")}
    lonely = [a for a in whole["activity"] if a not in served]
    others = []
    if status["before"]:
        others.append(f"{count(status['before'], 'item is', 'items are')} answered before the plan only")
    if status["no_cost"]:
        others.append(f"{count(status['no_cost'], 'item needs', 'items need')} no resources, with the reason given")
    first = (
        f"The source document has **{len(source)} items**; {count(work, 'item asks', 'items ask')} for work and "
        f"{'all' if status['costed'] == work else status['costed']} of these are answered by activities with an "
        f"amount"
        + (f"; {listing(others)}" if others else "")
        + f". The other {status['context']} ask for no work of their own (findings, headings, context, options not "
        "chosen), each with its reason."
    )
    ours = int((whole["assigned_by"] == "project").sum())
    second = (
        f"In the other direction, the plan has {count(len(whole), 'activity', 'activities')}: {len(whole) - ours} "
        f"are in the "
        f"source, {ours} were added by the project where the source gives one short text or none, and are marked so. "
        + ("Every activity answers an item." if not lonely else
           f"{count(len(lonely), 'activity answers', 'activities answer')} no item: {listing(lonely)}.")
    )  # fmt: skip
    return answer(first, second)


def chain_table(tables: Tables) -> Markdown:
    """Return the gaps with the themes that open them, the initiatives that close them, and what these need."""
    frame = items(tables).set_index("item")
    links = _links(tables)
    rows = []
    for gap in frame.index[frame["kind"] == "gap"]:
        themes = [item for item, to in links.items() if gap in to.get("gap", ())]
        closed = links.get(gap, {}).get("initiative", ())
        rows.append(
            {"themes": "; ".join(frame.at[t, "title"] for t in themes), "gap": f"**{gap}** {frame.at[gap, 'title']}",
             "initiatives": "; ".join(f"{i.removeprefix('INI-')} {frame.at[i, 'title']}" for i in closed),
             "additional": thousands(frame.at[gap, "additional_constant"]),
             "absorbed": thousands(frame.at[gap, "absorbed_constant"])}
        )  # fmt: skip
    heads = {"themes": "Theme", "gap": "Gap", "initiatives": "Initiatives that close it", "additional": "Additional",
             "absorbed": "Absorbed"}  # fmt: skip
    return text_table(rows, heads, widths=(22, 26, 32, 10, 10), right=["additional", "absorbed"],
                      note=standing(tables))  # fmt: skip


def indicator_table(tables: Tables) -> Markdown:
    """Return recommendations with the findings behind them, the outcome indicator and what they need."""
    frame = items(tables).set_index("item")
    links = _links(tables)
    rows = []
    for item in frame.index:
        measures = links.get(item, {}).get("indicator", ())
        if frame.at[item, "kind"] != "recommendation" or not measures:
            continue
        behind = [k for k, to in links.items() if k != item and item in to.get("recommendation", ())]
        rows.append(
            {"item": f"**{item}** {frame.at[item, 'title']}", "behind": "; ".join(frame.at[k, "title"] for k in behind),
             "measure": "; ".join(frame.at[k, "title"] for k in measures if k in frame.index),
             "additional": thousands(frame.at[item, "additional_constant"]),
             "absorbed": thousands(frame.at[item, "absorbed_constant"])}
        )  # fmt: skip
    heads = {"item": "Recommendation", "behind": "Findings, principles and limits behind it",
             "measure": "Outcome indicator (ours)", "additional": "Additional", "absorbed": "Absorbed"}  # fmt: skip
    return text_table(rows, heads, widths=(24, 32, 24, 10, 10), right=["additional", "absorbed"],
                      note=standing(tables))  # fmt: skip


def strength_table(tables: Tables) -> Markdown:
    """Return the strengths of the organization with the initiatives that must not damage them."""
    frame = items(tables).set_index("item")
    rows = []
    for item, to in _links(tables).items():
        if "must_not_damage" in to:
            named = (f"{i.removeprefix('INI-')} {frame.at[i, 'title']}" for i in to["must_not_damage"])
            points = frame[frame.index.str.startswith(f"{item}.")]["title"]
            rows.append({"item": f"**{item}** {frame.at[item, 'title']} [{frame.at[item, 'title_zh']}]{{lang=zh}}",
                         "points": "; ".join(points), "initiatives": "; ".join(named)})  # fmt: skip
    heads = {
        "item": "Strength",
        "points": "What the source says of it",
        "initiatives": "Initiatives that could damage it",
    }
    return text_table(rows, heads, widths=(34, 28, 34))


def slips_table(tables: Tables) -> Markdown:
    """Return the slips of the source document, as noted and not repaired."""
    rows = [{"where": row.where, "note": row.note} for row in tables["anomalies"].itertuples()]
    return text_table(rows, {"where": "Where", "note": "What was noted, and how it is read"}, widths=(18, 72))


def _links(tables: Tables) -> dict[str, dict[str, Sequence[str]]]:
    catalogue = tables["catalogue"]
    return {row.id: json.loads(row.links) for row in catalogue.itertuples() if row.links}


def amount_words(tables: Tables) -> str:
    """Say how the amounts of items relate to the total of the plan."""
    frame = items(tables).set_index("item")
    reports = [of for of in dict.fromkeys(of for of, _ in SECTIONS.values()) if of in frame.index]
    total = frame.loc[reports, "additional_constant"].sum()
    return (
        "An item carries the amounts of all activities that answer it: those that serve it, those of items below "
        "it, and "
        "those to which its links lead. Items overlap, so **amounts must not be added up** down a table. Taken once "
        "each, "
        f"the activities that answer the {count(len(reports), 'report')} have an additional need of {money(total)}."
    )
