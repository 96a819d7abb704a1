"""Tables of the event's trade-off: fund and subsidy, frontier, ranks and profiles, levers, break-even, calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfp_model.report.bands import EVENT
from sfp_model.report.event_admissible import excluded_note
from sfp_model.report.event_inputs import evidence
from sfp_model.report.event_tables import concepts, editions_words, shown_concept
from sfp_model.report.format import chf, number
from sfp_model.report.tables import Markdown, statement, text_table

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "break_even_table", "calendar_table", "central_table", "figure", "frontier_table",
    "frontier_words", "fund_errors", "fund_table", "inputs_table", "lever_table",
    "profile_table", "rank_table", "setting_words", "step_words", "weights_table",
]  # fmt: skip

MOST = 9  # rows of the frontier on the page; all stand in the table
_MADE = "trade-off of the event, made from params/event.yml, params/tradeoff.yml and the rate card"
NO_EVENT = "No flagship event"


def fund_table(tables: Tables) -> Markdown:
    """Return net result, subsidy, opening fund required and how often a concept is the best, from the draws."""
    rows = tables["event.fund"]
    draws = int(rows["draws"].iloc[0])
    columns = {
        "net_p10_chf": "P10", "net_p50_chf": "P50", "net_p90_chf": "P90", "subsidy_mean_chf": "Mean",
        "subsidy_p50_chf": "P50 ", "subsidy_p80_chf": "P80", "no_subsidy": "none needed, %",
        "least_subsidy": "least of all, %", "required_p50_chf": "P50  ", "required_p80_chf": "P80 ",
    }  # fmt: skip
    shares = ("no_subsidy", "least_subsidy")
    formats = {name: "percent" if name in shares else "thousands" for name in columns}
    return statement(
        rows, stub="title", columns=columns, formats=formats,
        unit=f"CHF thousands, constant prices of {tables.facts()['base_year']}, sum of {editions_words(tables)}; "
             f"{number(draws)} draws",
        spanners={"Net result": list(columns)[:3], "Subsidy": list(columns)[3:8],
                  "Opening fund that would replace it": list(columns)[8:10]},
        notes=["P50, P80: half, four fifths of the draws lie below. None needed, least of all: "
               "share of the draws without a subsidy, and of those in which no other admissible concept needs less",
               excluded_note(tables),
               fund_errors(rows.to_dict("records")),
               "The balance of the fund was not found and stands at nil; the last columns say what it would "
               "have to be"],
        source=_MADE,
    )  # fmt: skip


def fund_errors(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say how exact means and percentiles of ``event.fund`` are, of each the least exact concept."""
    parts = []
    for key, words, each in (
        ("net", "net result", ("mean", "P10", "P50", "P90")), ("subsidy", "subsidy", ("mean", "P50", "P80")),
        ("required", "opening fund", ("P50", "P80")),
    ):  # fmt: skip
        worst = {at: max(row[f"se_{key}_{at.lower()}_chf"] for row in rows) for at in each}
        parts.append(f"{words} {', '.join(f'{at} {chf(error)}' for at, error in worst.items())}")
    return f"Standard errors from {rows[0]['blocks']:.0f} independent blocks, at most: {'; '.join(parts)}"


def figure(value: float, digits: int = 0) -> str:
    """Return a number for prose, where nil is 0 and not a dash.

    Examples
    --------
    >>> figure(0.0), figure(0.004, 2), figure(2.5, 1)
    ('0', '0', '2.5')
    """
    return "0" if round(value, digits) == 0 else number(value, digits)


def _fellows(value: float) -> str:
    return f"{figure(value)} {'fellowship' if round(value) == 1 else 'fellowships'}"


def _share(value: float) -> str:
    return f"{figure(100 * value)}%"


def setting_words(row: pd.Series) -> str:
    """Return a setting of the levers in words, shortest first."""
    return (
        f"fees × {figure(row['fee'], 2)}, floor price × {figure(row['price'], 2)}, {figure(row['area'])} m² on offer, "
        f"{_share(row['subsidised'])} of SME and LDC stands at their own rate, "
        f"{_fellows(row['fellowships'])}, sponsors up to {_share(row['sponsorship_cap'])} of the "
        f"cost, {figure(row['days'])} {'day' if round(row['days']) == 1 else 'days'}"
    )


def _frontier_shown(tables: Tables) -> tuple[pd.DataFrame, int]:
    """Return the rows of the frontier that the page prints, cheapest first, and how many there are in all.

    Kept are the ends, what stands in the file, the best without a subsidy and the first with one, and of the others as
    many as there is room for, evenly along the frontier.
    """
    rows = tables["event.frontier"]
    rows = rows[rows["overall_p80"]].sort_values(["subsidy_p80_chf", "impact_mean"], kind="stable")
    rows = rows.reset_index(drop=True)
    if len(rows) <= MOST:
        return rows, len(rows)
    kept = {round(i * (len(rows) - 1) / (MOST - 1)) for i in range(MOST)}
    free = int((rows["subsidy_p80_chf"] <= 50).sum())
    kept |= {max(free - 1, 0), min(free, len(rows) - 1)}
    return rows[rows.index.isin(kept) | (rows["kind"] == "combination")], len(rows)


def frontier_words(tables: Tables) -> str:
    """Say how much of the frontier the table shows, and what its two impacts are."""
    shown, every = _frontier_shown(tables)
    which = "all" if len(shown) == every else f"{number(len(shown))} of"
    return (
        f"@tbl-frontier shows {which} {number(every)} points that nothing betters in the mean impact of the draws and "
        "the subsidy at P80"
        + (", among them the ends and those named above" if len(shown) < every else "")
        + ". Impact stands there as the mean of the draws, with P10 to P90, and as the base estimate of @fig-frontier. "
        + excluded_note(tables).rstrip(".")
        + "."
    )


def frontier_table(tables: Tables) -> Markdown:
    """Return what nothing betters at stated confidence: impact against the subsidy at P80, cheapest first."""
    names = concepts(tables, held=False).set_index("concept")["name"]
    rows = _frontier_shown(tables)[0]
    listed = []
    for _, row in rows.iterrows():
        where = f", {row['format']}, {row['place_title']}" if row["format"] else ""
        if row["kind"] == "levers":
            levers = setting_words(row)
        else:
            levers = "as in the parameter file" if row["format"] else "–"
        listed.append(
            {
                "what": names.get(row["concept"], row["title"]) + where, "levers": levers,
                "p50": number(row["subsidy_p50_chf"] / 1000), "p80": number(row["subsidy_p80_chf"] / 1000),
                "impact": _ranged(row),
                "base": number(row["impact"], 1), "ldc": number(row["ldc_delegates"]),
            }
        )  # fmt: skip
    heads = {"what": "Event", "levers": "Levers", "p50": "Subsidy P50", "p80": "Subsidy P80",
             "impact": "Impact, mean (P10–P90)", "base": "Impact, base", "ldc": "LDC delegates, mean"}  # fmt: skip
    numbers = ("p50", "p80", "impact", "base", "ldc")
    worst = {p: chf(float(rows[f"se_subsidy_{p}_chf"].max())) for p in ("p50", "p80")} if len(rows) else {}
    note = "Standard errors of the subsidy from independent blocks, at most: " + ", ".join(
        f"{p.upper()} {error}" for p, error in worst.items()
    )
    return text_table(listed, heads, widths=(24, 36, 8, 8, 12, 8, 9), right=numbers, note=note if worst else "")


def _ranged(row: pd.Series) -> str:
    """Return the mean impact with P10 and P90; a dash where there is none."""
    if row["impact_mean"] == 0:
        return "–"
    return f"{number(row['impact_mean'], 1)} ({figure(row['impact_p10'])}–{figure(row['impact_p90'])})"


def rank_table(tables: Tables) -> Markdown:
    """Return first-rank acceptability with its standard error, expected rank and confidence factor."""
    rows = tables["event.acceptability"]
    first = rows[rows["rank"] == 1].sort_values("expected_rank", kind="stable")
    columns = {"acceptability": "First", "error": "± one standard error", "expected_rank": "Mean rank",
               "confidence": "Confidence factor"}  # fmt: skip
    formats = {"acceptability": "percent", "error": "tenths", "expected_rank": "rate", "confidence": "percent"}
    shown = first.assign(error=[f"{number(100 * e, 1)} points" if e > 0 else "–" for e in first["error"]])
    return statement(
        shown, stub="title", columns=columns, formats={**formats, "error": "text"},
        unit="Share of the draws of weights and scores; weights uniform, because nobody has stated any",
        notes=["Confidence factor: how often the concept is first under the mean of the weights that favour it. "
               "Empty: no "
               "weights put it first", excluded_note(tables)],
        source=_MADE,
    )  # fmt: skip


def profile_table(tables: Tables) -> Markdown:
    """Return how often each concept is first under each hypothetical profile."""
    rows = tables["event.profiles"]
    names = concepts(tables, held=False).set_index("concept")["name"]
    wide = rows.pivot_table(index="title", columns="concept", values="first", sort=False).reset_index()
    columns = {c: names.get(c, c) for c in dict.fromkeys(rows["concept"])}
    return statement(
        wide, stub="title", columns=columns, formats="percent", unit="Share of the draws in which the concept is first",
        notes=["The profiles are hypothetical: no Member State has been asked. Their weights stand at the end "
               "of this page", excluded_note(tables)],
        source=_MADE,
    )  # fmt: skip


def weights_table(tables: Tables) -> Markdown:
    """Return the weights of the hypothetical profiles by criterion, with the central weights of the concepts beside."""
    rows = tables["event.weights"].dropna(subset="weight")
    wide = rows.pivot_table(index="criterion_title", columns="title", values="weight", sort=False).reset_index()
    order = dict.fromkeys(rows["title"])
    kinds = rows.drop_duplicates("title").set_index("title")["kind"]
    spanners = {"Hypothetical profiles (estimates)": [t for t in order if kinds[t] == "profile"],
                "Weights that put it first (mean)": [t for t in order if kinds[t] == "central"]}  # fmt: skip
    return statement(
        wide, stub="criterion_title", columns={t: t for t in order}, formats="percent", unit="Per cent; columns "
            "sum to 100",
        spanners={k: v for k, v in spanners.items() if v}, source=_MADE,
    )  # fmt: skip


def central_table(tables: Tables) -> Markdown:
    """Return the central weights of each concept that some weights put first, by criterion."""
    rows = tables["event.weights"]
    rows = rows[rows["kind"] == "central"].dropna(subset="weight")
    if rows.empty:
        return Markdown("No weights put a concept of the event first in this scenario.")
    wide = rows.pivot_table(index="criterion_title", columns="title", values="weight", sort=False).reset_index()
    return statement(
        wide, stub="criterion_title", columns={t: t for t in dict.fromkeys(rows["title"])}, formats="percent",
        unit="Per cent; columns sum to 100", source=_MADE,
    )  # fmt: skip


def lever_table(tables: Tables) -> Markdown:
    """Return what a step of each lever of the concept shown changes, up and down apart, in money and in impact."""
    rows = tables["event.levers"]
    rows = rows[rows["concept"] == shown_concept(tables)["concept"]]
    listed = []
    for _, row in rows.iterrows():
        cells = {
            "lever": row["lever_title"], "now": _amount(row["now"], row["unit"]),
            "range": f"{_amount(row['low'], row['unit'])} to {_amount(row['high'], row['unit'])}",
        }  # fmt: skip
        for way in ("up", "down"):
            moves = row[f"net_{way}_chf"] == row[f"net_{way}_chf"]
            cells[way] = f"to {_amount(row[way], row['unit'])}" if moves else "–"
            cells[f"net_{way}"] = _thousands(row[f"net_{way}_chf"]) if moves else ""
            cells[f"impact_{way}"] = _signed(row[f"impact_{way}"], 2) if moves else ""
        listed.append(cells)
    heads = {"lever": "Lever", "now": "Now", "range": "Range searched"}
    for way, words in (("up", "Step up"), ("down", "Step down")):
        heads |= {way: words, f"net_{way}": "Net result", f"impact_{way}": "Impact"}
    numbers = ("net_up", "impact_up", "net_down", "impact_down")
    return text_table(listed, heads, widths=(26, 10, 17, 12, 9, 9, 12, 9, 9), right=numbers)


def step_words(row: pd.Series, way: str) -> str:
    """Return where a step *up* or *down* leads, in words."""
    return f"at {_amount(row[way], row['unit'])} instead of {_amount(row['now'], row['unit'])}"


def _thousands(amount: float) -> str:
    return "0" if round(amount / 1000) == 0 else number(amount / 1000)


def _signed(value: float, digits: int) -> str:
    return "0" if round(value, digits) == 0 else ("+" if value > 0 else "−") + number(abs(value), digits)


def _amount(value: float, unit: str) -> str:
    if unit == "share":
        return _share(value)
    if unit == "ratio":
        return f"× {figure(value, 1)}"
    if unit == "CHF":
        return f"CHF\u00a0{figure(value)}"
    return f"{figure(value)}\u00a0{'m²' if unit == 'm2' else unit + ('s' if value != 1 else '')}"


def break_even_table(tables: Tables) -> Markdown:
    """Return the break-even points of each concept in its own format and place, *none* where there is none."""
    rows = tables["event.break_even"]
    rows = rows[rows["own"]]
    listed = []
    for title, group in rows.groupby("title", sort=False):
        cells = {
            "concept": str(title),
            "gap": number(min(0.0, group["net_chf"].iloc[0]) / group["editions"].iloc[0] / -1000),
        }
        for _, row in group.iterrows():
            cells[row["quantity"]] = _point(row, host=bool(row["place"] == "geneva"))
        listed.append(cells)
    heads = {"concept": "Concept", "attendance": "Attendance", "fee": "Fees", "price": "Floor price",
             "host_cash": "Payment by a host, CHF thousands", "gap": "Deficit of one edition, CHF "
                 "thousands"}  # fmt: skip
    return text_table(listed, heads, widths=(30, 12, 10, 12, 16, 16), right=("gap",))


def _point(row: pd.Series, *, host: bool) -> str:
    """Return a break-even in words: no host in Geneva, none, an interval, or a bound; with how sure the draws are."""
    if row["quantity"] == "host_cash" and host:
        return "no host there"
    if row["point"] != row["point"]:
        return "none"
    between = row["crossings"] > 1 and row["first"] < row["best_at"] < row["last"]
    if row["unit"] == "CHF":
        words = figure(row["point"] / 1000)
    elif between:
        words = f"× {figure(row['first'], 2)} to {figure(row['last'], 2)}"
    else:
        words = f"× {figure(row['point'], 2)}"
    side = "" if between else "at most " if row["best_at"] < row["point"] else "at least "
    return f"{side}{words} ({_share(row['surety'])})"


def calendar_table(tables: Tables) -> Markdown:
    """Return the candidate months of the concept shown: conflict, delegates lost and taken, net result."""
    rows = tables["event.calendar"]
    rows = rows[rows["concept"] == shown_concept(tables)["concept"]]
    rows = rows.assign(
        month_name=[n + (" (plan)" if now else "") for n, now in zip(rows["month_name"], rows["now"], strict=True)]
    )
    columns = {"index": "Conflict index", "lost": "Lost to others", "taken": "Taken from "
        "others", "delegates": "Delegates on site",
               "net_chf": "Net result"}  # fmt: skip
    return statement(
        rows, stub="month_name", columns=columns,
        formats={"index": "rate", "lost": "percent", "taken": "percent", "delegates": "number", "net_chf": "thousands"},
        unit=f"Shares of the event's delegates; delegates and CHF thousands, sum of {editions_words(tables)}",
        notes=["Index: other ITU events at which a delegate is wanted in or near the month, in the mean of the "
               "editions", EVENT],
        source="params/tradeoff.yml (dates, each with its source and code) and the event model",
    )  # fmt: skip


def inputs_table(tables: Tables) -> Markdown:
    """Return every input of the trade-off: ranges of levers and break-evens, and the calendar with its codes."""
    values = tables["parameters"]
    values = values[values["path"].str.startswith("tradeoff.") & ~values["path"].str.startswith("tradeoff.profiles.")]
    titles = tables["event.calendar_events"].drop_duplicates("event").set_index("event")["title"]
    sources = dict(zip(tables["sources"]["key"], tables["sources"]["title"], strict=True))
    listed: list[dict[str, str]] = []
    months: dict[str, list[str]] = {}
    for _, row in values.iterrows():
        parts = row["path"].split(".")
        if parts[1:3] == ["calendar", "events"]:
            event, kind = parts[3], parts[4]
            if kind == "months":
                months.setdefault(event, []).append(f"{parts[-1].capitalize()} {_share(row['mode'])}")
                if len(months[event]) > 1:
                    listed[-1]["value"] = ", ".join(months[event])
                    continue
                what, value = f"{titles[event]}: months", months[event][0]
            else:
                what, value = f"{titles[event]}: shared delegates", _share(row["mode"])
        elif row["low"] != row["high"]:
            use = "break-even" if parts[1] == "break_even" else "lever"
            what = f"{row['title']} ({use})"
            value = f"{_amount(row['low'], row['unit'])} to {_amount(row['high'], row['unit'])}"
        else:
            what, value = _CALENDAR[parts[-1]], _share(row["mode"])
        known = f"{evidence(row, sources)} ({row['confidence']})"
        listed.append({"what": what, "value": value, "code": known, "basis": row["basis"]})
    heads = {"what": "Input", "value": "Value or range", "code": "Evidence", "basis": "Basis"}
    return text_table(listed, heads, widths=(26, 20, 26, 50))


_CALENDAR = {
    "admissible": "Share of the draws in which the constraints must hold",
    "near": "What a neighbouring month counts for",
}
