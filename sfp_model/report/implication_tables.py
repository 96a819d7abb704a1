"""Programme budget implications as a budget committee reads them, languages, posts, and deferral in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.ballot import waiting
from sfp_model.report.bands import Bands, Cells, Differences, Span, standing
from sfp_model.report.format import percent
from sfp_model.report.needs_tables import price_basis
from sfp_model.report.sentences import money, person_months
from sfp_model.report.tables import Markdown, statement
from sfp_model.report.views import in_years, listing, records

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "deferral_table",
    "implications_by_year",
    "implications_table",
    "languages_table",
    "languages_words",
    "posts_table",
    "posts_words",
]

_REST = "Put to no decision"


def _labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with a label of the decision, in the order of the decisions."""
    named = frame["decision"] + " " + frame["short"]
    return frame.assign(label=named.where(frame["decision"] != "", _REST))


def _titles(tables: Tables) -> dict[str, str]:
    frame = tables["implications"].drop_duplicates("decision")
    return {row.decision: f"{row.decision} {row.short}" if row.decision else _REST for row in records(frame)}


def implications_table(tables: Tables) -> Markdown:
    """Return requirement, absorbable and additional per decision, with the parts of the additional need and posts."""
    frame = _labelled(tables["implications"])
    inside = frame[frame["period"].str.isdigit()]
    columns = {
        "requirement_constant": "Require\u00adment", "absorbable_constant": "Absorb\u00adable",
        "in_kind_constant": "In kind", "additional_constant": "Addi\u00adtional", "one_off_constant": "One-off",
        "recurrent_constant": "Re\u00adcurrent", "languages_constant": "Lan\u00adguages", "bodies_constant": "Bodies",
        "absorbed_months": "Ab\u00adsorbed", "over_months": "Above the share",
        "new_months": "New", "temporary_months": "Tem\u00adporary",
    }  # fmt: skip
    table = inside.groupby("label", sort=False)[list(columns)].sum().reset_index()
    for rare in ("in_kind_constant", "over_months", "new_months"):
        if not table[rare].abs().sum():
            table = table.drop(columns=rare)
            del columns[rare]
    table.loc[len(table)] = {"label": "Total", **table[list(columns)].sum().to_dict()}
    months = [c for c in columns if c.endswith("_months")]
    parts = ["one_off_constant", "recurrent_constant", "languages_constant", "bodies_constant"]
    above = [
        "Above the share: absorbed months of groups and quarters that are asked for more than the released share of "
        "their time (an estimate), by the actions of the decision; the page on time says what would carry them"
    ]
    above = above if "over_months" in columns else []
    return statement(
        table, stub="label", columns=columns, totals=[len(table) - 1], unit=price_basis(tables.facts()),
        ranges=_ranges(tables, list(inside["decision"].drop_duplicates())),
        formats={c: "decimal" if c in months else "thousands" for c in columns},
        spanners={"Of the additional need": parts, "Work-months": months},
        notes=["Sums of the plan's years. Requirement: full cost = absorbable + in kind + additional; absorbable: time "
               "of staff already paid, never added to cash",
               "Languages (interpretation, translation) and bodies (what falls on bodies of Member States) overlap; "
               "both are parts of one-off and recurrent. They, in kind and posts stand at the base estimate",
               *above],
        source="Resource lines by the decision that governs their action",
    )  # fmt: skip


def _ranges(tables: Tables, decisions: list[str]) -> Cells:
    """Return the ranges of what each decision requires, the total row last."""
    cash = Bands(tables)
    measured = {
        "requirement_constant": Bands(tables, "full"), "absorbable_constant": Bands(tables, "absorbed"),
        "additional_constant": cash, "absorbed_months": Bands(tables, "absorbed", "months"),
    }  # fmt: skip
    found: Cells = {}
    for i, decision in enumerate([*decisions, None]):
        key = ("total", "") if decision is None else ("decision", decision)
        cells = {column: bands.get(key[0], part=key[1]) for column, bands in measured.items()}
        for kind in ("one_off", "recurrent"):
            name, part = ("recurrence", kind) if decision is None else ("decision_recurrence", f"{decision}|{kind}")
            cells[f"{kind}_constant"] = cash.get(name, part=part)
        found |= {(i, column): Span(row.p10, row.p90, row.base) for column, row in cells.items() if row is not None}
    return found


def implications_by_year(tables: Tables, prices: str = "constant") -> Markdown:
    """Return the additional need of each decision by year, with biennial sub-totals."""
    frame = _labelled(tables["implications"])
    table = in_years(frame, "label", f"additional_{prices}", keep=True)
    columns = {c: str(c) for c in table.columns if c != "label"}
    outside = [c for c in columns if not c[:1].isdigit()]
    keys = [("decision", "", "", str(key)) for key in frame["decision"].drop_duplicates()]
    return statement(
        table, stub="label", columns=columns, totals=[len(table) - 1], unit=price_basis(tables.facts(), prices),
        ranges=Bands(tables, "additional", prices).cells([*keys, ("total", "", "", "")], list(columns)),
        spanners={"Memo, outside the plan": outside} if outside else None,
        source="Resource lines by the decision that governs their action",
    )  # fmt: skip


def posts_table(tables: Tables) -> Markdown:
    """Return the work-months that new posts and temporary assistance are asked for, by decision, grade and station."""
    import pandas as pd

    frame, titles = tables["implications.posts"], _titles(tables)
    frame = frame[(frame["post"] != "existing") & frame["period"].str.isdigit()]
    if frame.empty:
        return Markdown("No new post and no temporary assistance is asked for in this scenario.")
    frame = frame.assign(
        group=frame["decision"].map(titles),
        label=frame["title"] + ", " + frame["recurrence"].map({"one_off": "for a time", "recurrent": "remains"}),
    )
    wide = frame.groupby(["group", "label"], sort=False)[["person_months", "constant_chf"]].sum().reset_index()
    total = {"group": "Together", "label": "Total", **wide[["person_months", "constant_chf"]].sum().to_dict()}
    table = pd.concat([wide, pd.DataFrame([total])], ignore_index=True)
    return statement(
        table, stub="label", group="group", totals=[len(table) - 1], unit=price_basis(tables.facts()),
        columns={"person_months": "Work-months", "constant_chf": "Additional need"},
        formats={"person_months": "decimal", "constant_chf": "thousands"}, notes=[standing(tables)],
        source="Resource lines; posts from the rate card",
    )  # fmt: skip


def posts_words(tables: Tables) -> str:
    """Say which posts are asked for, and whether any remains after the plan."""
    frame = tables["implications.posts"]
    inside = frame[frame["period"].str.isdigit()]
    asked = inside[inside["post"] != "existing"]
    by = asked.groupby("post")["person_months"].sum()
    absorbed = float(inside.loc[inside["funding"] == "absorbed", "person_months"].sum())
    existing = f"Staff of existing posts give {person_months(absorbed)}."
    if asked.empty:
        return f"{existing} No decision asks for a new post or for temporary assistance in this scenario."
    parts = []
    if by.get("new", 0.0) > 0:
        parts.append(f"{person_months(float(by['new']))} of new posts")
    if by.get("temporary", 0.0) > 0:
        parts.append(f"{person_months(float(by['temporary']))} of temporary assistance")
    stays = asked[asked["recurrence"] == "recurrent"]
    after = (
        f"{person_months(float(stays['person_months'].sum()))} of it is on lines that recur: posts that remain."
        if len(stays)
        else "No post remains after the work is done."
    )
    return f"{existing} Beside them, the decisions ask for {listing(parts)}. {after}"


def languages_table(tables: Tables) -> Markdown:
    """Return interpretation, translation and other costs of bodies of Member States, by decision and body."""
    import pandas as pd

    frame, titles = tables["implications.languages"], _titles(tables)
    frame = frame[(frame["funding"] == "additional") & frame["period"].str.isdigit()]
    if frame.empty:
        return Markdown("No additional need for languages or for bodies of Member States arises in this scenario.")
    body = frame["body_title"].where(frame["body_title"] != "", "No body: texts for staff, partners and the public")
    frame = frame.assign(group=frame["decision"].map(titles), label=body, kind=frame["languages"].replace("", "other"))
    wide = frame.pivot_table(index=["group", "label"], columns="kind", values="constant_chf", aggfunc="sum", sort=False)
    wide = wide.reindex(columns=["interpretation", "translation", "other"]).fillna(0.0)
    wide["total"] = wide.sum(axis=1)
    nominal = frame.groupby(["group", "label"], sort=False)["nominal_chf"].sum()
    table = wide.assign(nominal=nominal).reset_index()
    numbers = ["interpretation", "translation", "other", "total", "nominal"]
    total = {"group": "Together", "label": "Total", **table[numbers].sum().to_dict()}
    table = pd.concat([table, pd.DataFrame([total])], ignore_index=True)
    columns = {
        "interpretation": "Interpretation", "translation": "Translation", "other": "Rooms, travel, secretaries",
        "total": "Together", "nominal": "Together, nominal",
    }  # fmt: skip
    return statement(
        table, stub="label", group="group", columns=columns, totals=[len(table) - 1], unit=price_basis(tables.facts()),
        notes=["Sums of the plan's years; a meeting day has interpretation in six languages",
               "Interpretation at the flagship event is in the account of the event and not here", standing(tables)],
        source="Resource lines marked as languages or for a body of Member States",
    )  # fmt: skip


def languages_words(tables: Tables) -> str:
    """Compare the additional need for languages with the only ceiling that was found."""
    values = tables["implications.ceiling"].set_index("key")
    nominal = float(values.at["languages_nominal", "value"])
    spoken = tables["implications.languages"]
    spoken = spoken[(spoken["funding"] == "additional") & spoken["period"].str.isdigit()]
    bodies = float(spoken.loc[spoken["body"] != "", "nominal_chf"].sum())
    if nominal < 50:
        text = "The answers taken here need no additional interpretation and no additional translation"
    else:
        text = (
            f"Interpretation and translation take {money(nominal)} of the additional need (nominal). What falls on "
            f"bodies and meetings of Member States, languages and other costs together, is {money(bodies)}"
        )
    if "ceiling" not in values.index:
        return f"{text}. No ceiling for languages is known to compare it with."
    ceiling, basis = float(values.at["ceiling", "value"]), str(values.at["ceiling", "note"])
    known = (
        f"the only one that was found is {money(ceiling)} for the whole organization ({basis[:1].lower()}{basis[1:]})"
    )
    if nominal < 50 or "share" not in values.index:
        return f"{text}. For comparison with a ceiling, {known}."
    share = float(values.at["share", "value"])
    return (
        f"{text}. Of ceilings for languages, {known}; the need of this plan would be "
        f"**{percent(share, 2 if share < 0.01 else 1)}** of it. The ceiling is one of other years, so this is a "
        "yardstick and not a test; whether the language services have room for the work is not known either."
    )


def deferral_table(tables: Tables) -> Markdown:
    """Return what waiting a year and a biennium takes, part by part, in constant and nominal prices."""
    frame, titles = waiting(tables), _titles(tables)
    frame = frame.assign(
        group=frame["decision"].map(titles),
        label=frame["months"].map({12.0: "A year later", 24.0: "A biennium later"}).fillna("Later"),
        work=(frame["one_off_constant"] + frame["recurrent_constant"]).round(2),
        prices=(frame["nominal"] - frame["constant"]).round(2),
    )
    columns = {
        "inside": "In the plan's years", "work": "Work, one-off and recurrent",
        "kept_on_constant": "Kept on after the plan", "management_constant": "Programme management",
        "constant": "Waiting, constant", "prices": "Prices and exchange", "nominal": "Waiting, nominal",
        "absorbed": "Absorbed time (memo)",
    }  # fmt: skip
    later, inside = Differences(tables, "deferral"), Differences(tables, "deferred")
    ranges: Cells = {}
    for i, row in enumerate(records(frame)):
        key = (row.decision, row.months)
        cells = {
            "inside": inside.pair(*key), "constant": later.pair(*key, period="every"),
            "nominal": later.pair(*key, measure="nominal", period="every"),
            "absorbed": later.pair(*key, funding="absorbed", period="every"),
        }  # fmt: skip
        ranges |= {(i, column): pair for column, pair in cells.items() if pair is not None}
    return statement(
        frame, stub="label", group="group", columns=columns, unit=price_basis(tables.facts()), ranges=ranges,
        spanners={"Over all periods": [c for c in columns if c not in ("inside", "absorbed")]},
        notes=["Differences to deciding now, additional need; brackets: less",
               "Kept on: what recurs runs as many months as without the delay; this falls after the plan",
               "Waiting = work + kept on + management; a difference in the plan's years alone is no saving"],
        source="The same plan with the governed actions shifted by 12 and 24 months",
    )  # fmt: skip
