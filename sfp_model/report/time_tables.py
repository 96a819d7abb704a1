"""Tables of the page on time and work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.bands import Cells, Differences, standing
from sfp_model.report.format import number, percent
from sfp_model.report.needs_tables import price_basis
from sfp_model.report.tables import Markdown, statement, text_table
from sfp_model.report.views import in_years, listing, records, wording

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "action_floats", "by_grade", "by_sector", "effects", "fixed_lines", "levelling", "meetings", "moves", "overload",
    "peaks", "posts", "programmes", "shift_words", "work_by_quarter",
]  # fmt: skip

STATIONS = {"geneva": "Headquarters", "region": "Regions", "other": "Elsewhere", "": "No place"}
HYPHEN = "\u2011"  # does not break
KINDS = {"staff": "Staff already paid", "new": "New posts", "temporary": "Temporary assistance"}


def programmes(tables: Tables) -> Markdown:
    """Return start, end, critical path and simulated end of each programme."""
    frame = tables["schedule.programmes"]
    rows = [
        {
            "programme": row.title, "months": f"{number(row.duration)} months, to {row.end_month}",
            "path": row.critical_path.replace(";", " → "),
            "critical": f"{number(row.critical_actions) if row.critical_actions else 'none'} of {number(row.actions)}",
            "p50": _later(row.end_p50 - row.end), "p80": _later(row.end_p80 - row.end),
        }
        for row in records(frame)
    ]  # fmt: skip
    heads = {
        "programme": "Programme", "months": "As planned", "path": "Critical path", "critical": "Critical actions",
        "p50": "P50: later by, months", "p80": "P80: later by, months",
    }  # fmt: skip
    worst = float(frame[["se_end_p50", "se_end_p80"]].max().max()) if len(frame) else 0.0
    note = f"Standard errors of P50 and P80 from independent blocks of draws: at most {number(worst, 2)} months"
    return text_table(rows, heads, widths=(4, 5, 5, 3, 3, 3), right=("p50", "p80"), note=note if worst else "")


def _later(months: float) -> str:
    return number(months, 1) if abs(months) >= 0.05 else "–"


def action_floats(tables: Tables) -> Markdown:
    """Return every action with its months, what sets its start, and its floats."""
    import pandas as pd

    frame = tables["schedule.actions"]
    names = {"own start": "its own month", "programme": "its programme", "option": "a deferral"}
    shown = pd.DataFrame(
        {
            "programme": frame["programme"].map(wording),
            "action": frame["action"] + " " + frame["title"],
            "from": frame["start_month"].str.replace("-", HYPHEN),
            "to": frame["end_month"].str.replace("-", HYPHEN),
            "held": [names.get(x, f"the end of {x}") for x in frame["held_by"]],
            "total": [_float(x) for x in frame["total_float"]],
            "free": [
                "none" if free < 1e-6 < total else _float(free)
                for total, free in zip(frame["total_float"], frame["free_float"], strict=True)
            ],
            "draws": [percent(x) if x == x else "" for x in frame["criticality"]],
        }
    )
    return statement(
        shown, stub="action", group="programme",
        columns={"from": "From", "to": "To", "held": "Start set by", "total": "Total float", "free": "Free float",
                 "draws": "Critical in draws"},
        formats="text", unit="Float in months",
        notes=["Total float: months by which the action can start later and its programme still ends as planned; free "
               "float: and no other action moves. An action keeps the order of phases inside its initiative. Actions "
               "without a float last as long as their programme",
               "Floats are those of the base estimate. Critical in draws: share of simulated courses in which the "
               "action has no float; there only predecessors hold an action back, not phases. " + standing(tables)],
        source="Schedule, from the parameter files",
    )  # fmt: skip


def _float(months: float) -> str:
    if months != months:
        return ""
    return "critical" if months < 1e-6 else number(months, 0 if float(months).is_integer() else 1)


def fixed_lines(tables: Tables) -> Markdown:
    """Return the lines on calendar dates by action: what does not move when the plan does."""
    frame = tables["schedule.fixed"]
    rows = []
    for (action, before), mine in frame.groupby(["action", "before_horizon"], sort=False):
        spans = dict.fromkeys(f"{a} to {b}" for a, b in zip(mine["from"], mine["to"], strict=True))
        rows.append({
            "action": str(action), "when": listing(spans), "months": number(float(mine["person_months"].sum()), 1),
            "where": "memo, before the plan" if before else "inside the plan",
        })  # fmt: skip
    heads = {"action": "Action", "when": "Calendar months", "where": "Where it falls", "months": "Person-months"}
    return text_table(rows, heads, widths=(2, 6, 4, 2), right=("months",), note=standing(tables))


def meetings(tables: Tables) -> Markdown:
    """Return the meetings inside the plan's years, with what is known of their dates."""
    frame = tables["schedule.meetings"]
    rows = [
        {"when": row.when.replace("/", " to "), "title": row.title, "code": row.confidence, "basis": row.basis}
        for row in records(frame[frame["inside"]])
    ]
    heads = {"when": "When", "title": "Meeting", "code": "Code", "basis": "Basis"}
    return text_table(rows, heads, widths=(3, 6, 2, 8))


def shift_words(shift: float) -> str:
    """Return a later start in words.

    Examples
    --------
    >>> shift_words(0), shift_words(6)
    ('As planned', '6 months later')
    """
    return f"{number(shift)} months later" if shift else "As planned"


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(
        start=frame["start_shift"].map(shift_words),
        pace=[
            f"{number(x * 100)}% of the time" + " †" * bool(early)
            for x, early in zip(frame["stretch"], frame["early_editions"], strict=True)
        ],
    )


def _edition_notes(frame: pd.DataFrame) -> list[str]:
    """Say in which of the rows the event, which stays on its dates, would be held before its design ends."""
    cases = frame.drop_duplicates(["start_shift", "stretch"])["early_editions"]
    years = sorted({year for early in cases for year in early.split(";") if year})
    if not years:
        return []
    some = f"the edition of {listing(years, 'or')}"
    return [
        f"† Editions of the event stay on their dates, and so does their subsidy: in these {int((cases != '').sum())} "
        f"of {len(cases)} rows {some} would be held before the event is designed"
    ]


def _fewer(tables: Tables) -> str:
    """Say why the range of the plan itself is not quite that of other pages."""
    draws = tables["simulation.differences"]["draws"]
    if draws.empty:
        return ""
    return (
        f". The ranges are of {number(float(draws.max()))} draws, fewer than those of the plan on other pages, and so "
        "differ from them a little"
    )


def effects(tables: Tables) -> Markdown:
    """Return additional need by year for other starts and paces."""
    frame = _cells(tables["schedule.effects"])
    table = in_years(frame, ["start", "pace"], "additional_constant", total="", keep=True)
    columns = {c: str(c) for c in table.columns if c not in ("start", "pace")}
    paces, drawn = frame.drop_duplicates(["start", "pace"]), Differences(tables, "paced")
    ranges = {
        (i, column): pair
        for i, row in enumerate(records(paces))
        for column in columns
        if (pair := drawn.pair(row.start_shift, row.stretch, period=column)) is not None
    }
    return statement(
        table, group="start", stub="pace", columns=columns, unit=price_basis(tables.facts()), ranges=ranges,
        notes=["Every row is the same model with another start and pace; 100% as planned is the scenario itself"
               + _fewer(tables),
               "What recurs runs to the end of the horizon: a later start pays for fewer months of it, which is no "
               "saving in a full year", *_edition_notes(frame)],
        source="Schedule, from the parameter files",
    )  # fmt: skip


def peaks(tables: Tables) -> Markdown:
    """Return the busiest quarter of absorbed time and the difference in additional need for other starts and paces."""
    frame = _cells(tables["schedule.peaks"])
    amounts, change = Differences(tables, "paced"), Differences(tables, "pace")
    after = next(p for p in tables["schedule.effects"]["period"] if p.startswith("after"))
    ranges: Cells = {}
    for i, row in enumerate(records(frame)):
        key = (row.start_shift, row.stretch)
        cells = {"additional_horizon": amounts.pair(*key), "additional_after": amounts.pair(*key, period=after),
                 "delta_additional": change.pair(*key, period="every")}  # fmt: skip
        ranges |= {(i, column): pair for column, pair in cells.items() if pair is not None}
    return statement(
        frame, group="start", stub="pace", ranges=ranges,
        columns={"peak_quarter": "Busiest quarter", "peak_person_months": "Absorbed in it, person-months",
                 "additional_horizon": "Inside the plan", "additional_after": "After it",
                 "delta_additional": "Against the scenario", "kept_on": "To keep on as long"},
        formats={"peak_person_months": "decimal", "additional_horizon": "thousands", "additional_after": "thousands",
                 "delta_additional": "thousands", "kept_on": "thousands"},
        spanners={"Additional need": ["additional_horizon", "additional_after", "delta_additional", "kept_on"]},
        notes=["To keep on as long: the months that recurrent work loses by a later start, paid after the plan's "
               "years; it is in no other column. Brackets there: recurrent work that starts sooner runs longer",
               "Against the scenario and to keep on, added: what another start or pace costs. A delay saves nothing of "
               "the work itself; a longer plan is managed longer",
               standing(tables, "The quarter and what is kept on rest on the base estimate"),
               *_edition_notes(frame)],
        unit=price_basis(tables.facts()), source="Schedule, from the parameter files",
    )  # fmt: skip


def _work(tables: Tables) -> pd.DataFrame:
    frame = tables["staffing.quarters"]
    return frame.assign(
        period=frame["period"].str.split("-Q").str[0], place=frame["station"].map(STATIONS),
        label=[KINDS.get(k, "Consultants") for k in frame["kind"]],
    )  # fmt: skip


def by_grade(tables: Tables) -> Markdown:
    """Return person-months by kind, duty station and grade and year; participants apart."""
    frame = _work(tables)
    frame = frame[frame["person_months"] > 0]
    frame = frame.assign(
        group=[f"{a}, {b.lower()}" for a, b in zip(frame["label"], frame["place"], strict=True)],
        row=[
            "Participants (learners, guests, reviewers)" if r == "participants" else "All grades" if g == "mix" else g
            for g, r in zip(frame["grade"], frame["role"], strict=True)
        ],
    )
    order = ["D2", "D1", "P5", "P4", "P3", "P2", "G7", "G6", "G5", "G4", "All grades"]
    rank = {name: i for i, name in enumerate(order)}
    frame = frame.sort_values(["kind", "station", "row"], kind="stable",
                              key=lambda c: c.map(rank).fillna(99) if c.name == "row" else c)  # fmt: skip
    table = in_years(frame, ["group", "row"], "person_months")
    last = len(table) - 1
    table.loc[last, ["group", "row"]] = ["Together", "Total"]
    columns = {c: str(c) for c in table.columns if c not in ("group", "row")}
    return statement(
        table, group="group", stub="row", columns=columns, formats="decimal", totals=[last], unit="Person-months",
        notes=["All grades: time of staff of every grade who do the work, such as pilot teams and change agents",
               standing(tables)],
        source="Staffing, from the parameter files",
    )  # fmt: skip


def by_sector(tables: Tables) -> Markdown:
    """Return person-months by sector and duty station and year, and the days of consultants."""
    frame = _work(tables)
    staff = frame[frame["person_months"] > 0]
    facts = tables.facts()
    rows = [facts.get(f"sector.{sector}", str(sector)) for sector in staff["sector"]]
    staff = staff.assign(row=rows, group=staff["place"]).sort_values("group", kind="stable")
    table = in_years(staff, ["group", "row"], "person_months")
    last = len(table) - 1
    table.loc[last, ["group", "row"]] = ["Together", "Total"]
    columns = {c: str(c) for c in table.columns if c not in ("group", "row")}
    days = float(frame["days"].sum())
    notes = [f"Beside them, consultants work {number(days)} days"] if days >= 0.5 else ["No consultant is paid for"]
    return statement(
        table, group="group", stub="row", columns=columns, formats="decimal", totals=[last], unit="Person-months",
        notes=[*notes, standing(tables)], source="Staffing, from the parameter files",
    )  # fmt: skip


def work_by_quarter(tables: Tables) -> pd.DataFrame:
    """Return absorbed person-months with quarters down and sectors across, participants as a column of their own."""
    frame = tables["staffing.quarters"]
    frame = frame[(frame["funding"] == "absorbed") & frame["period"].str.contains("-Q")]
    column = frame["sector"].where(frame["role"] == "work", "Participants")
    wide = frame.assign(column=column).pivot_table(
        index="period", columns="column", values="person_months", aggfunc="sum", fill_value=0.0
    )
    order = [*(s for s in dict.fromkeys(tables["staffing.capacity"]["sector"]) if s in wide), "Participants"]
    return wide[[c for c in order if c in wide]]


def overload(tables: Tables, most: int = 20) -> Markdown:
    """Return the over-allocated groups and quarters with the break-even rate and the actions that weigh most."""
    frame = tables["staffing.overload"]
    keys = ["period", "sector", "station", "grade"]
    heads = {
        "period": "Quarter", "group": "Staff group", "demand": "Asked", "capacity": "Released", "over": "Above",
        "rate": "Break-even rate", "actions": "Actions that ask most (person-months)",
    }  # fmt: skip
    rows = []
    for (period, sector, station, grade), mine in frame.groupby(keys, sort=False):
        sums = mine.groupby("action")["person_months"].sum().nlargest(4)
        rate = float(mine["break_even_rate"].iloc[0])
        rows.append({
            "period": period, "group": f"{sector} {grade}, {STATIONS[str(station)].lower()}",
            "demand": number(float(mine["demand"].iloc[0]), 1), "capacity": number(float(mine["capacity"].iloc[0]), 1),
            "over": number(float(mine["over"].iloc[0]), 1), "size": float(mine["over"].iloc[0]),
            "rate": percent(rate, 1) if rate == rate else "no such staff",
            "actions": ", ".join(f"{a} {number(float(x), 1)}" for a, x in sums.items()),
        })  # fmt: skip
    largest = sorted(rows, key=lambda row: -float(str(row["size"])))[:most]
    shown = [row for row in rows if row in largest]
    return text_table(shown, heads, widths=(2, 4, 2, 2, 2, 2, 7), right=("demand", "capacity", "over", "rate"),
                      note=standing(tables))  # fmt: skip


def levelling(tables: Tables) -> Markdown:
    """Return temporary posts, person-months above capacity and their price, as planned and levelled."""
    frame = tables["staffing.levelling"]
    frame = frame.assign(case=frame["case"].str.capitalize())
    shown = frame[(frame["over"] > 0) | (frame.groupby("resource")["over"].transform("sum") > 0)].copy()
    numbers = ["posts", "over", "additional_constant", "whole_constant"]
    totals = shown.groupby("case", sort=False)[numbers].sum().reset_index()
    parts = []
    for case in totals["case"]:
        parts += shown[shown["case"] == case].to_dict("records")
        parts.append({**totals[totals["case"] == case].iloc[0].to_dict(), "title": "Together", "peak_quarter": ""})
    import pandas as pd

    table = pd.DataFrame(parts, columns=["case", "title", *numbers, "peak_quarter"])
    return statement(
        table, group="case", stub="title",
        columns={"posts": "Temporary posts", "over": "Person-months above capacity",
                 "additional_constant": "At the rate of the post", "whole_constant": "As whole posts by quarter",
                 "peak_quarter": "Busiest quarter"},
        formats={"posts": "number", "over": "decimal", "additional_constant": "thousands",
                 "whole_constant": "thousands"},
        totals=[i for i, row in enumerate(parts) if row["title"] == "Together"],
        unit=price_basis(tables.facts()),
        notes=["The nearest temporary position of the rate card stands in for each grade; the price is not part of the "
               "plan's additional need. Positions at headquarters stand in for staff in the regions too",
               "Nobody can learn in another's place: for participants, the position takes over their other work",
               "Actions move by whole months within their float; the ends of the programmes stay",
               standing(tables, "Levelling rests on the base estimate")],
        source="Staffing, from the parameter files",
    )  # fmt: skip


def moves(tables: Tables) -> Markdown:
    """Return the actions that levelling moves."""
    frame = tables["staffing.moves"]
    rows = [
        {
            "action": f"{row.action} {row.title}", "from": f"{row.start_month} to {row.end_month}",
            "to": f"{row.new_start_month} to {row.new_end_month}", "moved": number(row.moved),
            "float": number(row.float),
        }
        for row in records(frame[frame["moved"] > 0])
    ]  # fmt: skip
    heads = {
        "action": "Action", "from": "As planned", "to": "Levelled", "moved": "Moved, months", "float": "Float, months",
    }  # fmt: skip
    return text_table(rows, heads, widths=(6, 3, 3, 2, 2), right=("moved", "float"),
                      note=standing(tables, "Levelling rests on the base estimate"))  # fmt: skip


def posts(tables: Tables) -> Markdown:
    """Return new and temporary posts, and the existing posts that recurrent work goes on binding."""
    frame = tables["staffing.posts"]
    kinds = {"new": "New posts", "temporary": "Temporary assistance", "existing": "Existing staff bound by what recurs"}
    frame = frame.assign(
        group=frame["kind"].map(kinds), span=frame["first_quarter"] + " to " + frame["last_quarter"],
        actions=frame["actions"].str.replace(";", ", "),
    )  # fmt: skip
    return statement(
        frame, group="group", stub="title",
        columns={"span": "From, to", "person_months": "Person-months", "posts": "Posts, at most",
                 "posts_after": "Posts after the plan", "constant_chf": "Inside the plan", "full_year": "A full year"},
        formats={"person_months": "decimal", "posts": "decimal", "posts_after": "decimal", "constant_chf": "thousands",
                 "full_year": "thousands"},
        unit=price_basis(tables.facts()),
        notes=["Posts in full-time equivalents; existing staff are absorbed time, a memo item, and no post is added "
               "for it", standing(tables)],
        source="Staffing, from the parameter files",
    )  # fmt: skip
