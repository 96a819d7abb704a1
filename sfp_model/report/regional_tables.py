"""Tables of the page on the regional presence and the workplace, and of needs by strategic goal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfp_model.report.bands import standing
from sfp_model.report.format import number, thousands
from sfp_model.report.tables import Markdown, Span, statement, text_table
from sfp_model.report.views import records, years_of

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "curve_points", "curve_table", "drivers_table", "engagement_table", "goals_table", "indicators", "levers_table",
    "offices_table", "raised_table", "series_table", "things",
]  # fmt: skip


BESIDE = (
    "Base estimate of an account beside the plan, which no draw holds; its inputs are on the page "
    "[Assumptions and provenance](assumptions.ipynb)"
)


def things(count: float, unit: str) -> str:
    """Return a number of a driver's unit in words, ``4 sessions per group``."""
    from sfp_model.inputs.drivers import things as words

    return words(count, unit)


def _constant(tables: Tables, what: str = "CHF thousands") -> str:
    return f"{what}, constant prices of {tables.facts()['base_year']}"


def drivers_table(tables: Tables, programme: str) -> Markdown:
    """Return the drivers of a programme: number, what one more in every year needs, code and basis."""
    frame = tables["drivers"]
    rows = []
    for row in records(frame[frame["programme"] == programme]):
        value = things(row.highest, row.unit)
        if row.lowest != row.highest:
            value = f"{row.lowest:g} to {value}"
        rows.append(
            {
                "what": row.title,
                "value": value,
                "cash": thousands(row.unit_additional_chf, 1) if row.lines else "beside the plan",
                "time": _few(row.unit_person_months) if row.lines else "beside the plan",
                "code": row.confidence,
                "basis": row.basis[:1].upper() + row.basis[1:],
            }
        )
    heads = {
        "what": "What is counted",
        "value": "Number",
        "cash": "One more: additional, CHF thousands",
        "time": "One more: absorbed, person-months",
        "code": "Code",
        "basis": "Basis",
    }
    return text_table(rows, heads, widths=(20, 16, 10, 10, 6, 40), right=("cash", "time"), note=standing(tables))


def _few(months: float) -> str:
    return number(months, 2 if months >= 0.05 else 4)


def engagement_table(tables: Tables) -> Markdown:
    """Return the country teams reached by region and year, with what they need inside the horizon."""
    import pandas as pd

    years = years_of(tables["summary.initiatives"])
    frame = tables["regional.engagement"]
    frame = frame[frame["period"].isin(years)]
    order = list(dict.fromkeys(frame["title"]))
    reached = frame.pivot_table(index="title", columns="period", values="number", aggfunc="sum").reindex(order)
    reached = reached.reindex(columns=years).fillna(0.0)
    sums = frame.groupby("title")[["additional_chf", "absorbed_chf", "person_months"]].sum().reindex(order)
    table = pd.concat([reached, sums], axis=1).assign(all=reached.sum(axis=1)).reset_index()
    whole = table.drop(columns="title").sum(numeric_only=True).to_dict()
    table.loc[len(table)] = {"title": "All regions", **whole}
    columns = {year: year for year in years} | {
        "all": "All years", "additional_chf": "Additional, CHF thousands", "person_months": "Absorbed, person-months",
    }  # fmt: skip
    return statement(
        table, stub="title", columns=columns, totals=[len(table) - 1], unit=_constant(tables),
        formats=dict.fromkeys(columns, "decimal") | {"additional_chf": "thousands"},
        spanners={"Country teams reached": [*years, "all"], "What they need inside the plan's years": [
            "additional_chf", "person_months"]},
        notes=["A region that joins within a year counts for its part of the year",
               "The teams of a year are divided among the regions as the offices are; no split by region was found",
               standing(tables)],
        source="Country teams by region (table regional.engagement)",
    )  # fmt: skip


def curve_points(tables: Tables) -> pd.DataFrame:
    """Return the curve of the first driver that has one, in order of its number."""
    frame = tables["regional.curve"]
    first = frame["driver"].iloc[0] if len(frame) else ""
    return frame[frame["driver"] == first].sort_values("number")


def curve_table(tables: Tables) -> Markdown:
    """Return what the programme needs at each number of country teams a year."""
    points = curve_points(tables)
    points["label"] = [f"{row.number:g}" + (" (this scenario)" if row.chosen else "") for row in records(points)]
    columns = {
        "additional_chf": "Additional, constant", "additional_nominal_chf": "Additional, nominal",
        "full_year_chf": "Additional in a full year afterwards", "absorbed_chf": "Absorbed (memo)",
        "person_months": "Absorbed, person-months",
    }  # fmt: skip
    return statement(
        points, stub="label", columns=columns,
        formats=dict.fromkeys(columns, "thousands") | {"person_months": "number"},
        unit=_constant(tables, "CHF thousands, whole regional presence inside the plan's years"),
        ranges={(i, "additional_chf"): Span(row.additional_p10_chf, row.additional_p90_chf, row.additional_chf)
                for i, row in enumerate(records(points))},
        notes=["Each row is the whole model with that number of teams in every year, once all regions have joined; the "
               "other columns stand at the base estimate. The ranges of this table hold no event of the risk register",
               standing(tables)],
        source="Curve of the country teams (table regional.curve)",
    )  # fmt: skip


def offices_table(tables: Tables) -> Markdown:
    """Return the time of the offices in a year as it is today: fixed and variable."""
    frame = tables["regional.offices"]
    table = frame.assign(label=[f"{row.kind.capitalize()}: {row.drivers}" for row in records(frame)])
    table = table[["label", "per_office_person_months", "person_months", "chf", "basis"]].reset_index(drop=True)
    table["basis"] = [text[:1].upper() + text[1:] for text in table["basis"]]
    whole = {c: float(table[c].sum()) for c in ("per_office_person_months", "person_months", "chf")}
    table.loc[len(table)] = {"label": "All of it", "basis": "", **whole}
    return statement(
        table, stub="label",
        columns={"per_office_person_months": "Of one office, person-months", "person_months": "Of all, person-months",
                 "chf": "Of all, CHF thousands", "basis": "Basis"},
        formats={"per_office_person_months": "decimal", "person_months": "number", "chf": "thousands", "basis": "text"},
        totals=[len(table) - 1], unit=_constant(tables, "A year as it is today; CHF thousands"),
        notes=["Staff already paid; the times and the number of activities are estimates (E)",
               "Rent, utilities and contracts of the offices were not found and are not stated", BESIDE],
        source="Account of the offices (table regional.offices)",
    )  # fmt: skip


def levers_table(tables: Tables) -> Markdown:
    """Return what fewer activities in each office would release in a year, beside what the plan takes."""
    frame = tables["regional.levers"]
    table = frame[~frame["planned"]].assign(
        label=lambda x: [things(n, u) for n, u in zip(x["number"], x["unit"], strict=True)],
        dropped=lambda x: x["today"] - x["number"],
        covered=lambda x: x["released_person_months"] / x["needed_person_months"].where(x["needed_person_months"] > 0),
    )
    return statement(
        table, stub="label",
        columns={"dropped": "Dropped", "released_person_months": "Released, person-months",
                 "released_chf": "Released, CHF thousands (memo)", "additional_chf": "Cash released",
                 "covered": "Times what the plan takes in its largest year"},
        formats={"dropped": "decimal", "released_person_months": "number", "released_chf": "thousands",
                 "additional_chf": "thousands", "covered": "decimal"},
        unit=_constant(tables, "In a year; CHF thousands"),
        notes=["Released time is netted from nothing: it is staff already paid who can do something else", BESIDE],
        source="Levers on the work of the offices (table regional.levers)",
    )  # fmt: skip


def raised_table(tables: Tables) -> Markdown:
    """Return the money to be raised, apart from the need."""
    rows = [
        {
            "what": row.title, "how": f"{things(row.number, row.unit)}, from {row.start} to the month before {row.end}",
            "range": f"{thousands(row.mode_chf)} ({thousands(row.low_chf) if row.low_chf else '0'} to "
            f"{thousands(row.high_chf)})",
            "cost": f"{thousands(row.cost_additional_chf)} and {thousands(row.cost_absorbed_chf)}",
            "code": row.confidence, "basis": row.basis[:1].upper() + row.basis[1:],
        }
        for row in records(tables["regional.raised"])
    ]  # fmt: skip
    heads = {
        "what": "Money to be raised from others", "how": "On what, and when",
        "range": "Estimate, most likely (P10 to P90), CHF thousands",
        "cost": "Additional need and absorbed time to get there, CHF thousands",
        "code": "Code", "basis": "Basis",
    }  # fmt: skip
    return text_table(rows, heads, widths=(18, 18, 14, 16, 6, 30))


def series_table(tables: Tables) -> Markdown:
    """Return the series of workshops by group of staff."""
    import pandas as pd

    frame = tables["workplace.series"]
    table = frame.assign(label=frame["activity"] + " " + frame["title"]).reset_index(drop=True)
    whole = {c: float(table[c].sum()) for c in (
        "groups", "held", "participants_person_months", "other_person_months", "additional_chf")}  # fmt: skip
    table = pd.concat([table, pd.DataFrame([{"label": "All series", **whole}])], ignore_index=True)
    return statement(
        table, stub="label",
        columns={"groups": "Groups", "sessions": "Sessions per group", "guests": "Guests per session",
                 "held": "Sessions held", "participants_person_months": "Participants' time",
                 "other_person_months": "Preparation", "additional_chf": "Additional"},
        formats={**dict.fromkeys(("groups", "sessions", "guests", "held"), "number"),
                 "participants_person_months": "decimal", "other_person_months": "decimal",
                 "additional_chf": "thousands"},
        spanners={"Absorbed, person-months": ["participants_person_months", "other_person_months"]},
        totals=[len(table) - 1], unit=_constant(tables),
        notes=["The numbers of groups, sessions and guests are drivers: a planner changes one and all lines follow",
               standing(tables)],
        source="Series of workshops (table workplace.series)",
    )  # fmt: skip


def indicators(tables: Tables) -> Markdown:
    """Return the outcome indicators: baseline, target, who measures, and what carries the measuring."""
    titles = tables["catalogue"].set_index("id")["title"]
    rows = [
        {
            "indicator": f"**{row.serves} {titles.get(row.serves, '')}** {row.title}",
            "marks": f"**Baseline:** {_mark(row.baseline, row.unit, row.baseline_note)}. "
            f"**Target:** {_mark(row.target, row.unit, row.target_note)}.",
            "who": f"{row.measured_by[:1].upper()}{row.measured_by[1:]}, {row.every}: {row.method}",
            "cost": _cost(row),
        }
        for row in records(tables["indicators"])
    ]
    heads = {
        "indicator": "Recommendation and outcome indicator (ours)", "marks": "Baseline and target",
        "who": "Who measures, how often, how", "cost": "Cost of measuring, CHF thousands",
    }  # fmt: skip
    return text_table(rows, heads, widths=(26, 32, 26, 18), note=standing(tables))


def _mark(value: float, unit: str, note: str) -> str:
    return f"not set: {note}" if value != value else f"{value:g} {unit}: {note}"


def _cost(row: Any) -> str:
    parts = []
    if row.additional_chf >= 50:
        parts.append(f"{thousands(row.additional_chf)} additional")
    if row.absorbed_chf >= 50:
        parts.append(f"{thousands(row.absorbed_chf)} absorbed")
    activities = sorted({line.split("/")[0] for line in row.lines.split(";")})
    where = " and ".join(f"[{a}](regional.ipynb#activity-{a})" for a in activities)
    return f"{' and '.join(parts) or 'Nothing'} in {where}"


def goals_table(tables: Tables) -> Markdown:
    """Return the needs by strategic goal, with what no goal is linked to."""
    frame = tables["goals"]
    table = frame.assign(label=[f"{row.goal} {row.title}".strip() for row in records(frame)])
    return statement(
        table, stub="label",
        columns={"items": "Items linked", "additional_chf": "Additional", "absorbed_chf": "Absorbed (memo)"},
        formats={"items": "number", "additional_chf": "thousands", "absorbed_chf": "thousands"},
        unit=_constant(tables, "CHF thousands inside the plan's years"),
        notes=[standing(tables)], source="Needs by strategic goal (table goals)",
    )  # fmt: skip
