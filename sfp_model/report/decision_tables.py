"""What Member States are asked to decide, and what the other option of each decision changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sfp_model.report.anchors import activity_link
from sfp_model.report.bands import Cells, Differences, between, standing
from sfp_model.report.format import chf_words, thousands
from sfp_model.report.needs_tables import price_basis
from sfp_model.report.sentences import count, more_or_less
from sfp_model.report.tables import Markdown, statement, text_table
from sfp_model.report.views import in_years, listing, records, years_of

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "boxes",
    "chosen_options",
    "decisions_table",
    "deferral_meaning",
    "deferral_words",
    "option_lines",
    "option_modes",
    "options_by_year",
    "other_option_words",
    "other_options",
    "questions",
]


def boxes(catalogue: pd.DataFrame) -> int:
    """Return in how many boxes the source puts options to Member States."""
    return int((catalogue["kind"] == "option_box").sum())


def questions(tables: Tables) -> str:
    """Say what the decisions are about: those with options in words, the others by the report that they come from."""
    catalogue, decisions = tables["catalogue"].set_index("id"), tables["decisions"]
    rows = list(records(decisions.drop_duplicates(["decision", "option"])))
    lettered = [row for row in rows if row.option == "A"]
    parts = [f"{_lower(row.title)} ({row.decision})" for row in lettered]
    text = f"They choose between an option A and an option B for {listing(parts)}. " if parts else ""
    reports: dict[str, list[str]] = {}
    for row in rows:
        if row.option == "adopt":
            box = next((b for b in row.catalogue.split(";") if b in catalogue.index), "")
            while box and catalogue.at[box, "parent"]:
                box = catalogue.at[box, "parent"]
            reports.setdefault(catalogue.at[box, "title"] if box else "the source", []).append(row.decision)
    named = [f"{count(len(ids), 'decision')} under *{report}* ({', '.join(ids)})" for report, ids in reports.items()]
    return text + (f"They adopt or defer the rest: {listing(named)}." if named else "")


def chosen_options(decisions: pd.DataFrame) -> list[tuple[str, str]]:
    """Return each decision with the option that the scenario chose."""
    chosen = decisions[decisions["chosen"]].drop_duplicates("decision")
    return list(zip(chosen["decision"], chosen["option"], strict=True))


def other_options(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return one row per option that is not chosen, with what it changes inside and after the horizon."""
    years, rows = years_of(decisions), []
    for (decision, option), part in decisions[~decisions["chosen"]].groupby(["decision", "option"], sort=False):
        chosen = decisions[(decisions["decision"] == decision) & decisions["chosen"]].iloc[0]
        inside, after = part[part["period"].isin(years)], part[part["period"].str.startswith("after")]
        first = part.iloc[0]
        row = {"decision": decision, "title": first["title"]}
        row |= {"option": option, "option_title": first["option_title"]}
        row |= {"chosen_option": chosen["option"], "chosen_title": chosen["option_title"]}
        for measure in ("additional", "absorbed"):
            row[measure] = round(inside[f"delta_{measure}"].sum(), 2)
            row[f"after_{measure}"] = round(after[f"delta_{measure}"].sum(), 2)
        rows.append(row)
    import pandas as pd

    return pd.DataFrame(rows)


def _named(option: pd.Series[str], title: pd.Series[str]) -> pd.Series[str]:
    name = option.where(option.str.len() == 1, option.str.capitalize()) + ": " + title
    return name.where(option != "defer", "Defer: " + title.str.lower())


def decisions_table(tables: Tables) -> Markdown:
    """Return the decisions with the option chosen here and what the other option would change."""
    table = other_options(tables["decisions"])
    table["label"] = table["decision"] + " " + table["title"]
    table["chosen_words"] = _named(table["chosen_option"], table["chosen_title"])
    table["words"] = _named(table["option"], table["option_title"])
    columns = {
        "chosen_words": "Chosen in this scenario", "words": "Other option",
        "additional": "Additional need", "absorbed": "Absorbed time (memo)",
        "after_additional": "Additional need after the plan",
    }  # fmt: skip
    if not table["after_additional"].abs().sum() >= 50:
        del columns["after_additional"]
    drawn = Differences(tables, "option")
    ranges: Cells = {}
    for i, row in enumerate(records(table)):
        for column, funding, period in (("additional", "additional", "all"), ("absorbed", "absorbed", "all"),
                                        ("after_additional", "additional", _after(tables))):  # fmt: skip
            pair = drawn.pair(row.decision, row.option, funding=funding, period=period)
            if pair is not None:
                ranges[i, column] = pair
    return statement(
        table, stub="label", columns=columns, unit=price_basis(tables.facts()), ranges=ranges,
        spanners={"Difference if the other is taken": [c for c in columns if not c.endswith("words")]},
        notes=["One decision is changed at a time; differences of several changes need not add",
               "The subsidy to the event depends on the concept held, not on these decisions",
               "Brackets: the other option takes less. What is deferred past the plan's years is not saved"],
        source="Comparison of options in this scenario; titles from the parameter files",
    )  # fmt: skip


def _after(tables: Tables) -> str:
    """Return the name of the period after the horizon."""
    return next((str(p) for p in tables["decisions"]["period"] if str(p).startswith("after")), "")


def _one(option: str, title: str) -> str:
    return f"{option} ({title[:1].lower()}{title[1:]})" if len(option) > 1 else f"option {option} ({title})"


def options_by_year(tables: Tables, *decisions: str) -> Markdown:
    """Return what each option of the given decisions (all without) takes against the chosen one, by year."""
    import pandas as pd

    frame = tables["decisions"]
    frame = frame[(frame["decision"].isin(decisions) | (not decisions)) & (frame["period"] != "all")]
    rows, names = [], []
    for _, part in frame[~frame["chosen"]].groupby(["decision", "option"], sort=False):
        first = part.iloc[0]
        here = frame[frame["chosen"] & (frame["decision"] == first["decision"])].iloc[0]
        group = (
            f"{first['decision']} {first['title']}: {_one(first['option'], first['option_title'])} instead of "
            f"{_one(here['option'], here['option_title'])}"
        )
        for measure, label in (
            ("delta_additional", "Additional\u00a0need"),
            ("delta_absorbed", "Absorbed\u00a0time (memo)"),
        ):
            names.append((first["decision"], first["option"], measure.removeprefix("delta_")))
            rows.append(part.assign(group=group, label=label, amount=part[measure].round(2)))
    table = in_years(pd.concat(rows, ignore_index=True), ["group", "label"], "amount", total="", keep=True)
    columns = {c: str(c) for c in table.columns if c not in ("group", "label")}
    outside = [c for c in columns if not c[:1].isdigit()]
    inside = [c for c in columns if c not in outside]
    drawn = Differences(tables, "option")
    ranges: Cells = {}
    for i, (decision, option, funding) in enumerate(names):
        for column in columns:
            pair = drawn.pair(decision, option, funding=funding, period=column)
            if pair is not None:
                ranges[i, column] = pair
    return statement(
        table, stub="label", group="group", columns=columns, unit=price_basis(tables.facts()), ranges=ranges,
        spanners={"Difference to the chosen option": inside, **({"Memo": outside} if outside else {})},
        source="Comparison of options in this scenario",
    )  # fmt: skip


def other_option_words(tables: Tables, decision: str) -> str:
    """Say what the option that was not chosen would change."""
    frame, drawn = other_options(tables["decisions"]), Differences(tables, "option")
    parts = []
    for row in records(frame[frame["decision"] == decision]):
        text = (
            f"For {decision}, this scenario takes option {row.chosen_option} ({_lower(row.chosen_title)}). "
            f"Option {row.option} ({_lower(row.option_title)}) would take "
            f"{more_or_less(row.additional, 'additional need')}"
            f"{between(drawn.get(decision, row.option))} and {more_or_less(row.absorbed, 'absorbed time')} "
            "inside the plan's years"
        )
        mine = _part(tables, decision, row.option)
        years = [r.period for r in records(mine) if r.period.isdigit() and abs(r.delta_additional) >= 50]
        if years:
            text += f", the additional need {'all ' if len(years) == 1 else ''}in {listing(years)}"
        memo = mine.loc[mine["period"].str.startswith("before"), "delta_absorbed"].sum()
        if abs(memo) >= 50:
            text += f"; in the years before, {chf_words(abs(memo))} {'more' if memo > 0 else 'less'} absorbed time"
        supposes = str(mine["presupposes"].iloc[0])
        parts.append(text + "." + (f" It presupposes that {supposes}." if supposes else ""))
    return " ".join(parts)


def _part(tables: Tables, decision: str, option: str) -> pd.DataFrame:
    frame = tables["decisions"]
    return frame[(frame["decision"] == decision) & (frame["option"] == option)]


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def option_lines(tables: Tables) -> Markdown:
    """Return the resource lines of the transformation that exist under one option only."""
    lines, decisions = tables["transformation.lines"], tables["decisions"]
    rows = []
    for row in records(lines[(lines["options"] != "") & lines["action"].isin(decisions["decision"])]):
        here = "yes" if row.active else "no"
        rows.append(
            {
                "activity": activity_link("transformation", row.activity),
                "option": row.options.replace(";", ", "), "what": row.resource_title,
                "funding": row.funding.replace("_", " "), "amount": thousands(row.base_chf), "here": here,
                "basis": row.basis,
            }
        )  # fmt: skip
    heads = {
        "activity": "Activity", "option": "Only under option", "what": "Resource", "funding": "Funding mode",
        "amount": "Base estimate, CHF thousands", "here": "Counted here", "basis": "Basis",
    }  # fmt: skip
    return text_table(
        rows, heads, note=standing(tables) + ". The range of what they change together is in @tbl-options"
    )


def option_modes(facts: Mapping[str, str]) -> str:
    """Say what a scenario without additional money means for options, else nothing."""
    if "additional" in facts["funding_modes"]:
        return ""
    return (
        "This scenario gives no additional money, so an option differs here only in the time of staff that it takes; "
        "what it would need as additional money is in the scenarios that allow it."
    )


def deferral_meaning(decisions: pd.DataFrame) -> str:
    """Say how to read the differences that a deferral makes."""
    frame = other_options(decisions)
    deferred = frame[frame["option"] == "defer"]
    if deferred.empty:
        return ""
    text = "**What it means.** A deferral moves one-off money to later years and saves none of it."
    if (deferred["additional"] < -50).any():
        text += (
            " Where @tbl-decisions shows less additional need for a deferral, recurrent work starts later and so runs "
            "for fewer months inside the plan; its yearly amount afterwards is the same."
        )
    dearer = list(deferred.loc[deferred["additional"] > 50, "decision"])
    if dearer:
        text += (
            f" Where it shows more ({listing(dearer)}), the work itself takes the same, but programme management goes "
            "on until the deferred action ends and has to be paid for all that time."
        )
    return text


def deferral_words(decisions: pd.DataFrame) -> str:
    """Name the decisions whose deferral would move most additional need out of the plan's years."""
    frame = other_options(decisions)
    deferred = frame[(frame["option"] == "defer") & (frame["additional"] < -50)].nsmallest(2, "additional")
    if deferred.empty:
        return ""
    return listing(f"{row.decision} ({chf_words(-row.additional)})" for row in records(deferred))
