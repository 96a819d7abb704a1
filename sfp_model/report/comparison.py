"""Scenarios side by side: totals, differences to the first scenario, what is not done, prices, event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfp_model.report.bands import Bands, Cells, Span
from sfp_model.report.format import chf_words, day, thousands
from sfp_model.report.sentences import answer, count, money, more_or_less, person_months
from sfp_model.report.tables import SURE, Markdown, statement, text_table
from sfp_model.report.views import biennial, horizon, listing, records, wording

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "absorbed",
    "by_programme",
    "differences",
    "event_concepts",
    "known_later",
    "known_later_words",
    "not_done",
    "not_done_words",
    "rationales",
    "scenarios_answer",
    "totals",
]

_SOURCE = "Comparison of the scenarios, each evaluated by itself from the parameter files"
_WHOLE = ("total", "", "", "")
_LEVELS = {"reduced": "reduced", "not_done": "not done"}


def _years(frame: pd.DataFrame) -> list[str]:
    return [c.removeprefix("additional_") for c in frame.columns if c.removeprefix("additional_").isdigit()]


def _unit(prices: str = "constant prices of the base year") -> str:
    return f"CHF thousands, {prices}"


def rationales(tables: Tables) -> Markdown:
    """Return what each scenario is and why it exists."""
    rows = [
        {"title": row.title, "rationale": row.rationale, "as_of": f"to {day(row.as_of)}"}
        for row in records(tables["compare.scenarios"])
    ]
    heads = {"title": "Scenario", "rationale": "What it assumes and why", "as_of": "What is known"}
    return text_table(rows, heads, widths=(20, 60, 16))


def totals(tables: Tables, prices: str = "constant") -> Markdown:
    """Return the additional need by scenario and year in constant or nominal prices."""
    frame = tables["compare.initiatives"]
    inside = horizon(frame).groupby(["scenario", "period"], sort=False)[f"additional_{prices}"].sum().unstack("period")
    table = biennial(inside, list(inside.columns))
    outside = frame[frame["period"].str.startswith("after")]
    after = outside.groupby("scenario", sort=False)[f"additional_{prices}"].sum()
    if after.abs().sum() >= 0.5:
        table["after the horizon"] = after
    scenarios = tables["compare.scenarios"].set_index("scenario")
    if prices == "constant":
        table["full_year"] = scenarios["additional_full_year"]
    table.insert(0, "title", scenarios["title"])
    heads = {c: str(c) for c in table.columns if c != "title"}
    if prices == "constant":
        heads["full_year"] = "A full year after"
    unit = _unit("nominal" if prices == "nominal" else "constant prices of the base year")
    notes = ["Each figure is rounded by itself; totals may not add"]
    ranges: Cells = {}
    for i, scenario in enumerate(inside.index):
        bands = _bands(tables, str(scenario), "additional", prices)
        ranges |= {(i, c): pair for (_, c), pair in bands.cells([_WHOLE], list(heads)).items()}
        year = bands.get("total", period="full year")
        if year is not None:
            ranges[i, "full_year"] = Span(year.p10, year.p90, year.base)
    return statement(table, stub="title", columns=heads, unit=unit, source=_SOURCE, notes=notes, ranges=ranges,
                     sure=_sure(tables))  # fmt: skip


def _bands(tables: Tables, scenario: str, funding: str, measure: str) -> Bands:
    """Return the ranges of one scenario."""
    frame = tables["compare.ranges"]
    return Bands({"simulation.ranges": frame[frame["scenario"] == scenario]}, funding, measure)


def _sure(tables: Tables) -> str:
    """Return the page on ranges of the first scenario."""
    return f"../{tables['compare.scenarios']['scenario'].iloc[0]}/{SURE}"


def _change(tables: Tables, scenario: str, initiative: str, measure: str) -> Span | None:
    """Return the range of what a scenario takes more than the first, draw by draw."""
    frame = tables["compare.differences"]
    found = frame[(frame["scenario"] == scenario) & (frame["initiative"] == initiative) & (frame["measure"] == measure)]
    if found.empty:
        return None
    return Span(float(found["p10"].iloc[0]), float(found["p90"].iloc[0]), float(found["base"].iloc[0]))


def by_programme(tables: Tables) -> pd.DataFrame:
    """Return additional need inside the horizon, scenarios down and programmes across, for a figure."""
    from textwrap import fill

    inside = horizon(tables["compare.initiatives"])
    wide = inside.groupby(["scenario", "programme"], sort=False)["additional_constant"].sum().unstack("programme")
    titles = tables["compare.scenarios"].set_index("scenario")["title"]
    spans = {}
    for name in wide.index:
        row = _bands(tables, str(name), "additional", "constant").get("total")
        if row is not None:
            spans[fill(titles[name], 12, break_long_words=False)] = (row.p10, row.p90)
    wide.index = [fill(titles[name], 12, break_long_words=False) for name in wide.index]
    wide = wide.rename(columns=wording)
    wide.attrs["ranges"] = spans
    return wide


def absorbed(tables: Tables) -> Markdown:
    """Return absorbed time by scenario: person-months by year, and its value."""
    inside = horizon(tables["compare.initiatives"])
    months = inside.groupby(["scenario", "period"], sort=False)["person_months"].sum().unstack("period")
    years = list(months.columns)
    scenarios = tables["compare.scenarios"].set_index("scenario")
    months[f"{years[0]}–{years[-1]}"] = months[years].sum(axis=1)
    months["value"] = scenarios["absorbed_constant"]
    months.insert(0, "title", scenarios["title"])
    columns = {c: str(c) for c in months.columns if c not in ("title", "value")}
    ranges: Cells = {}
    for i, name in enumerate(months.index):
        found = _bands(tables, str(name), "absorbed", "months").cells([_WHOLE], list(columns))
        ranges |= {(i, c): pair for (_, c), pair in found.items()}
        worth = _bands(tables, str(name), "absorbed", "constant").get("total")
        if worth is not None:
            ranges[i, "value"] = Span(worth.p10, worth.p90, worth.base)
    return statement(
        months, stub="title", ranges=ranges, sure=_sure(tables), columns={**columns, "value": "Value, CHF thousands"},
        formats={**dict.fromkeys(columns, "number"), "value": "thousands"},
        unit="Person-months; value in CHF thousands, constant prices of the base year", source=_SOURCE,
        spanners={"Absorbed time (memo)": [*columns, "value"]},
        notes=["Each figure is rounded by itself; totals may not add"],
    )  # fmt: skip


def differences(tables: Tables, value: str = "additional_constant") -> Markdown:
    """Return what each scenario adds to the first, by initiative, inside the horizon."""
    frame, scenarios = horizon(tables["compare.initiatives"]), tables["compare.scenarios"]
    keys = ["programme", "initiative", "title"]
    wide = frame.groupby([*keys, "scenario"], sort=False)[value].sum().unstack("scenario")
    first, *others = scenarios["scenario"]
    table = wide[others].sub(wide[first], axis=0).round(2).mask(lambda x: x.abs() < 0.005, 0.0)
    table.insert(0, "base", wide[first])
    table = table.reset_index()
    table["label"] = table["initiative"] + " " + table["title"]
    table["programme"] = table["programme"].map(wording)
    numbers = ["base", *others]
    table.loc[len(table)] = {"programme": "Together", "label": "Total", **table[numbers].sum().to_dict()}
    titles = dict(zip(scenarios["scenario"], scenarios["title"], strict=True))
    decimal = value == "person_months"
    measure = "months" if decimal else "constant"
    base = _bands(tables, first, "absorbed" if decimal else "additional", measure)
    names = [*table["initiative"][:-1], ""]
    ranges: Cells = {}
    for i, name in enumerate(names):
        programme = str(wide.reset_index()["programme"].iloc[i]) if name else ""
        row = base.get("initiative" if name else "total", programme, name)
        cells = {"base": None if row is None else Span(row.p10, row.p90, row.base)}
        cells |= {other: _change(tables, str(other), name, measure) for other in others}
        ranges |= {(i, c): pair for c, pair in cells.items() if pair is not None}
    subsidy = ["The flagship event includes its subsidy from the regular budget"]
    return statement(
        table, stub="label", group="programme", columns={"base": titles[first], **{o: titles[o] for o in others}},
        formats="decimal" if decimal else "thousands", totals=[len(table) - 1],
        unit="Person-months of absorbed time" if decimal else _unit(), source=_SOURCE,
        spanners={f"Difference to {titles[first]}": others}, ranges=ranges, sure=_sure(tables),
        notes=["Brackets: the scenario takes less", *([] if decimal else subsidy)],
    )  # fmt: skip


def scenarios_answer(tables: Tables) -> Markdown:
    """Say how far the scenarios lie apart and which moves what."""
    frame = tables["compare.scenarios"]
    years = _years(frame)
    span, first = f"{years[0]}–{years[-1]}", frame.iloc[0]
    base = float(first["additional_constant"])
    head = (
        f"**{count(len(frame), 'scenario').capitalize()} stand side by side. {first['title']} has an additional need "
        f"of {money(base)} in {span}** in constant prices of the base year, and absorbs "
        f"{person_months(first['person_months'])}. Against it:"
    )
    items = []
    for row in frame.iloc[1:].to_dict("records"):
        change = row["additional_constant"] - base
        if row["additional_constant"] < 50:
            need = "has no additional need at all"
        elif abs(change) < 50:
            need = "has the same additional need"
        else:
            need = f"has {more_or_less(change)} additional need ({money(row['additional_constant'])})"
        shift = {y: row[f"additional_{y}"] - first[f"additional_{y}"] for y in years}
        large = sorted((y for y in years if abs(shift[y]) >= 50), key=lambda y: -abs(shift[y]))[:2]
        moves = [f"{y} is {chf_words(abs(shift[y]))} {'higher' if shift[y] > 0 else 'lower'}" for y in sorted(large)]
        when = f"; {listing(moves)}" if moves and row["additional_constant"] >= 50 else ""
        when += _both_ways(tables, row["scenario"], str(first["scenario"])) if abs(change) >= 50 else ""
        work = row["person_months"] - first["person_months"]
        time = "the same absorbed time"
        if abs(work) >= 0.5:
            time = f"{person_months(abs(work))} {'more' if work > 0 else 'less'} absorbed time"
        alike = abs(change) < 50 and abs(work) < 0.5
        items.append(f"- *{row['title']}* {need}{when}" + (f" and {time}." if alike else f". It takes {time}."))
    return answer(head, "\n".join(items))


def _both_ways(tables: Tables, scenario: str, first: str) -> str:
    """Say which initiatives take more and which less, where a difference hides both."""
    frame = horizon(tables["compare.initiatives"])
    sums = frame.pivot_table(index=["initiative", "title"], columns="scenario", values="additional_constant",
                             aggfunc="sum", sort=False)  # fmt: skip
    change = sums[scenario] - sums[first]
    more, less = change[change >= 50], change[change <= -50]
    if more.empty or less.empty:
        return ""

    def named(part: pd.Series[float]) -> str:
        one = " ".join(part.index[0]) if len(part) == 1 else listing(str(name) for name, _ in part.index)
        return f"{one} {'takes' if len(part) == 1 else 'take'} {money(abs(float(part.sum())))}"

    return f". Behind it, {named(more)} more and {named(less)} less"


def not_done_words(tables: Tables) -> str:
    """Say what is reduced or not done where a scenario gives no additional money."""
    frame = tables["compare.not_done"] if "compare.not_done" in set(tables) else tables["not_done"]
    if frame.empty:
        return "No activity is reduced or left out for want of additional money."
    counts = frame["level"].value_counts()
    parts = [
        f"{count(int(counts[level]), 'activity', 'activities')} {'is' if counts[level] == 1 else 'are'} {words}"
        for level, words in _LEVELS.items()
        if level in counts
    ]
    out = [f"“{row.title}” ({row.activity})" for row in records(frame[frame["level"] == "not_done"])]
    named = f" Not done at all: {listing(out)}." if out else ""
    dropped, kept = frame["additional_dropped_chf"].sum(), frame["absorbed_kept_chf"].sum()
    return (
        f"Without additional money, {listing(parts)}. They drop {money(dropped)} of additional need and still take "
        f"absorbed time worth {money(kept)} (constant prices of the base year).{named} For an activity that is "
        "reduced, the absorbed time is that of the full activity: how much of it a smaller version would free is not "
        "estimated. @tbl-not-done gives the reason for each."
    )


def not_done(frame: pd.DataFrame, label: str = "tbl-not-done") -> Markdown:
    """Return the activities that are reduced or not done with the reason; nothing where there is none."""
    if frame.empty:
        return Markdown("")
    ordered = frame.assign(last=frame["level"] != "not_done").sort_values("last", kind="stable")
    rows = [
        {
            "activity": f"{row['activity']} {row['title']}", "level": _LEVELS[row["level"]], "reason": row["reason"],
            "dropped": thousands(row["additional_dropped_chf"]), "kept": thousands(row["absorbed_kept_chf"]),
        }
        for row in ordered.to_dict("records")
    ]  # fmt: skip
    heads = {
        "activity": "Activity", "level": "Without additional money", "reason": "What that means",
        "dropped": "Additional need dropped", "kept": "Absorbed time kept",
    }  # fmt: skip
    caption = (
        "Activities that are reduced or not done without additional money, CHF thousands in constant prices of the "
        "base year, all periods. Source: parameter files, what the author of each activity states"
    )
    where = f"../{frame['scenario'].iloc[0]}/{SURE}" if "scenario" in frame else SURE
    note = f"Base estimate of what the baseline does; ranges of what this scenario takes: [How sure are we?]({where})"
    return text_table(rows, heads, caption=caption, label=label, note=note)


def _later(tables: Tables) -> pd.DataFrame:
    frame = tables["compare.scenarios"]
    later: pd.DataFrame = frame[frame["as_of"] > frame["as_of"].iloc[0]]
    return later


def known_later(tables: Tables) -> Markdown:
    """Return additional need of scenarios that know later prices beside the first, constant and nominal."""
    import pandas as pd

    scenarios, frame = tables["compare.scenarios"], horizon(tables["compare.initiatives"])
    names = [scenarios["scenario"].iloc[0], *_later(tables)["scenario"]]
    rows = []
    for prices in ("constant", "nominal"):
        by = frame.groupby(["scenario", "period"], sort=False)[f"additional_{prices}"].sum().unstack("period")
        words = "Constant prices of the base year" if prices == "constant" else "Nominal"
        for name in names:
            title = scenarios.set_index("scenario").loc[name, "title"]
            rows.append({"group": words, "label": title, **by.loc[name].to_dict(), "plan": by.loc[name].sum()})
        for name in names[1:]:
            change = by.loc[name] - by.loc[names[0]]
            rows.append({"group": words, "label": "Difference", **change.to_dict(), "plan": change.sum()})
    table = pd.DataFrame(rows)
    years = [c for c in table.columns if c.isdigit()]
    columns = {**{y: y for y in years}, "plan": f"{years[0]}–{years[-1]}"}
    return statement(table, stub="label", group="group", columns=columns, unit="CHF thousands", source=_SOURCE,
                     ranges=_known_ranges(tables, names, list(columns)), sure=_sure(tables))  # fmt: skip


def _known_ranges(tables: Tables, names: Sequence[str], columns: Sequence[str]) -> Cells:
    """Return the ranges of the rows of :func:`known_later`: scenarios by year, differences in all years."""
    found: Cells = {}
    at = 0
    for prices in ("constant", "nominal"):
        for name in names:
            bands = _bands(tables, name, "additional", prices)
            for column in columns:
                row = bands.get("total", period="all" if column == "plan" else column)
                if row is not None:
                    found[at, column] = Span(row.p10, row.p90, row.base)
            at += 1
        for name in names[1:]:
            pair = _change(tables, name, "", prices)
            if pair is not None:
                found[at, "plan"] = pair
            at += 1
    return found


def known_later_words(tables: Tables) -> str:
    """Say what knowing later prices and exchange rates changes."""
    first, later = tables["compare.scenarios"].iloc[0], _later(tables)
    if later.empty:
        return "No scenario knows more than the first one."
    parts = []
    for row in later.to_dict("records"):
        constant = row["additional_constant"] - first["additional_constant"]
        nominal = row["additional_nominal"] - first["additional_nominal"]
        subsidy = row["subsidy_event_chf"] - first["subsidy_event_chf"]
        tail = f" The event's subsidy is {more_or_less(subsidy)}." if abs(subsidy) >= 50 else ""
        parts.append(
            f"*{row['title']}* reads prices, exchange rates and a few other values up to {day(row['as_of'])} instead "
            f"of {day(first['as_of'])}. The additional need is then {more_or_less(constant)} in constant prices and "
            f"{more_or_less(nominal)} nominal.{tail} In constant prices the change comes from exchange rates and from "
            "the index that brings rates of other years to the base year; in nominal prices the inflation that was "
            "observed since is added."
        )
    return " ".join(parts)


def event_concepts(tables: Tables) -> Markdown:
    """Return the event concept of each scenario with its net result and the subsidy."""
    frame = tables["compare.event"]
    chosen = frame[frame["chosen"] & (frame["edition"] == "total")].copy()
    titles = tables["compare.scenarios"].set_index("scenario")["title"]
    chosen["label"] = chosen["scenario"].map(titles)
    columns = {
        "concept_title": "Concept", "revenue_chf": "Revenue", "cost_chf": "Cash cost", "net_chf": "Net result",
        "fund_draw_chf": "From the fund", "subsidy_chf": "Subsidy", "absorbed_chf": "Absorbed time (memo)",
    }  # fmt: skip
    notes = ["All editions inside the horizon; brackets are a deficit. Only the subsidy enters the additional need",
             f"Base estimate; the ranges of every concept are on the page [How sure are we?]({SURE}#sec-event) of each "
             "scenario"]  # fmt: skip
    return statement(chosen, stub="label", columns=columns, unit=_unit(), notes=notes, source=_SOURCE,
                     sure=_sure(tables))  # fmt: skip
