"""Tables of ranges: build-up, contingency, chances, views, dependence, absorbed time, event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.event_trade import fund_errors
from sfp_model.report.format import chf, months, number, percent, thousands
from sfp_model.report.tables import Markdown, statement
from sfp_model.report.views import records, wording

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "absorbed_table", "build_up_table", "contingency_table", "event_range_table", "joint_table", "parts_table",
    "precision_note", "rho_table", "views_table",
]  # fmt: skip

_BUILD_UP = {  # with soft hyphens: ten columns stand on a page
    "base_chf": "Base esti\u00admate", "provision_chf": "Provi\u00adsion", "p50_chf": "P50",
    "contingency_chf": "Contin\u00adgency", "p80_chf": "P80", "expected_chf": "Ex\u00adpected",
    "p10_chf": "P10", "p90_chf": "P90", "cvar90_chf": "CVaR₉₀",
}  # fmt: skip
_NOTE = "Percentiles do not add: each row is a percentile of its own amount in the draws"
_VIEWS = "simulation of all inputs in each view; ranges, reference classes and dependence from the parameter files"
_SOURCE = "simulation of all inputs, inside view; ranges and dependence from the parameter files"


def precision_note(tables: Tables) -> str:
    """State draws and standard errors of the total."""
    frame = tables["simulation.totals"]
    row = frame[(frame["breakdown"] == "total") & (frame["period"] == "all")].iloc[0]
    drawn = f"{number(row['draws'])} draws in {number(row['blocks'])} independent blocks"
    if row["p90_chf"] < 50:
        return f"{drawn}, nil in nearly all of them"
    names = {"expected": "mean", "p10": "P10", "p50": "P50", "p80": "P80", "p90": "P90", "cvar90": "CVaR₉₀"}
    errors = [f"{words} {chf(row[f'se_{key}_chf'])}" for key, words in names.items()]
    return f"{drawn}; standard errors of the total: {', '.join(errors)}"


def _statement(frame: pd.DataFrame, tables: Tables, name: str, totals: list[int], group: str | None = None) -> Markdown:
    frame = frame.assign(at=[percent(x) if x > 0 else "0%" for x in frame["base_at"]])
    columns = {"base_chf": "Base esti\u00admate", "at": "Draws at or below", **_BUILD_UP}
    return statement(
        frame, columns=columns, formats={**dict.fromkeys(_BUILD_UP, "thousands"), "at": "text"}, stub="row",
        group=group, totals=totals, notes=[_NOTE, precision_note(tables)], source=_SOURCE, name=name,
        unit="CHF thousands, constant prices" if name != "build-up" else "CHF thousands",
    )  # fmt: skip


def build_up_table(tables: Tables) -> Markdown:
    """Return base estimate, provision, P50, contingency and P80 by year, biennium and in all."""
    frame = tables["simulation.totals"]
    rows = frame[frame["breakdown"] == "total"].copy()
    rows["row"] = ["All years" if p == "all" else p.replace("-", "–") for p in rows["period"]]
    rows["group"] = [f"{wording(p)} prices" if p == "constant" else "Nominal" for p in rows["prices"]]
    totals = [i for i, p in enumerate(rows["period"]) if not p.isdigit()]
    return _statement(rows, tables, "build-up", totals, "group")


def parts_table(tables: Tables) -> Markdown:
    """Return the build-up of programmes, initiatives and categories, all years."""
    frame = tables["simulation.totals"]
    rows = frame[(frame["period"] == "all") & (frame["prices"] == "constant")].copy()
    titles = tables["summary.initiatives"].drop_duplicates("initiative").set_index("initiative")["title"]
    facts = tables.facts()
    heads = {"programme": "By programme", "initiative": "By initiative", "category": "By expense category"}
    rows = rows[rows["breakdown"].isin(list(heads))]
    rows["row"] = [
        f"{label} {titles[label]}" if kind == "initiative" else facts.get(f"category.{label}", wording(label))
        for kind, label in zip(rows["breakdown"], rows["label"], strict=True)
    ]
    rows["group"] = [heads[kind] for kind in rows["breakdown"]]
    return _statement(rows, tables, "parts", [], "group")


def contingency_table(tables: Tables) -> Markdown:
    """Return the contingency by initiative and year with the diversification line."""
    import pandas as pd

    frame = tables["simulation.contingency"]
    titles = tables["summary.initiatives"].drop_duplicates("initiative").set_index("initiative")["title"]
    years = list(dict.fromkeys(frame.loc[frame["level"] == "year", "period"]))
    years = [year for year in years if year != "all"]
    wide = frame[(frame["level"] == "cell") & (frame["period"] != "all")].pivot(
        index="initiative", columns="period", values="contingency_chf"
    )
    made = []
    for row in records(frame[frame["level"] == "initiative"]):
        if row.initiative == "diversification":
            continue
        own = {year: float(wide.at[row.initiative, year]) for year in years}
        made.append({"row": f"{row.initiative} {titles[row.initiative]}", **own, "all": row.contingency_chf,
                     "se": row.se_contingency_chf, "alone": row.alone_chf, "share": row.spread_share})  # fmt: skip
    total = frame[frame["level"] == "total"].iloc[0]
    saved = frame[(frame["level"] == "initiative") & (frame["initiative"] == "diversification")].iloc[0]
    by_year = frame[frame["level"] == "year"].set_index("period")["contingency_chf"]
    made.append({"row": "Diversification", **dict.fromkeys(years, float("nan")), "all": float("nan"),
                 "se": float("nan"), "alone": saved["alone_chf"], "share": float("nan")})  # fmt: skip
    made.append({"row": "Plan", **{year: float(by_year[year]) for year in years}, "all": total["contingency_chf"],
                 "se": total["se_contingency_chf"], "alone": total["contingency_chf"],
                 "share": float(sum(m["share"] for m in made[:-1]))})  # fmt: skip
    columns = {
        **{year: year for year in years}, "all": "All years", "se": "Standard error", "alone": "If kept alone",
        "share": "Share of the standard deviation",
    }  # fmt: skip
    return statement(
        pd.DataFrame(made), columns=columns, stub="row", totals=[len(made) - 1], name="contingency",
        formats={**dict.fromkeys([*years, "all", "se", "alone"], "thousands"), "share": "percent"},
        unit="CHF thousands, constant prices",
        notes=[
            "A part's contingency is its mean in draws where the plan is at P80, less its mean where the plan is at "
            "P50; it can be negative in a year that a late draw empties",
            "If kept alone: P80 less P50 of the part by itself; diversification is what the parts save together",
        ],
        source=_SOURCE,
    )  # fmt: skip


def _chance(value: float) -> str:
    if 0 < value < 0.005:
        return "under 1%"
    if 0.995 < value < 1:
        return "over 99%"
    return percent(value) if value else "0%"


def joint_table(tables: Tables) -> Markdown:
    """Return statements on cost, schedule, both and ceilings with their probability."""
    frame = tables["simulation.joint"]
    shown = frame[(frame["kind"] != "ceiling") | frame["own_ceiling"] | (frame["period"] == "all")]
    heads = {"cost": "Cost, constant prices", "schedule": "Schedule", "both": "Cost and schedule in the same draw",
             "ceiling": "Illustrative ceilings, nominal"}  # fmt: skip
    rows = shown.assign(
        group=[heads[k] for k in shown["kind"]],
        amount=["" if x != x else thousands(x) for x in shown["amount_chf"]],
        end_at=["" if x != x else months(x) for x in shown["end"]],
        chance=[_chance(x) for x in shown["probability"]],
        error=[f"{100 * x:.2f}" for x in shown["se"]],
        apart=["" if x != x else _chance(x) for x in shown["if_independent"]],
    )
    return statement(
        rows, stub="statement", group="group", formats="text", name="joint", unit="",
        columns={"amount": "Amount, CHF thousands", "end_at": "Month from the start", "chance": "Share of draws",
                 "error": "Standard error, points", "apart": "If cost and schedule were independent"},
        notes=["Ceilings are illustrative; none is published for the plan"], source=_SOURCE,
    )  # fmt: skip


def views_table(tables: Tables) -> Markdown:
    """Return inside and outside view side by side."""
    frame = tables["simulation.views"]
    rows = frame.assign(
        row=["Inside: the lines' own ranges" if v == "inside" else f"Outside: overruns capped at {c:g} times"
             for v, c in zip(frame["view"], frame["cap"], strict=True)]
    )  # fmt: skip
    columns = {"expected_chf": "Expected", "p50_chf": "P50", "p80_chf": "P80", "p90_chf": "P90",
               "contingency_chf": "Contingency", "cvar90_chf": "CVaR₉₀", "se_p50_chf": "P50 ",
               "se_p80_chf": "P80 ", "se_p90_chf": "P90 ", "se_cvar90_chf": "CVaR₉₀ ",
               "draws": "Draws"}  # fmt: skip
    formats = {**dict.fromkeys(columns, "thousands"), "draws": "number"}
    return statement(rows, columns=columns, stub="row", formats=formats, name="views", source=_VIEWS,
                     spanners={"Standard error of": ["se_p50_chf", "se_p80_chf", "se_p90_chf", "se_cvar90_chf"]},
                     notes=["With the subsidy to the event, whose account no reference class describes; other inputs "
                            "(delays, prices, risk events) vary in every view"],
                     unit="CHF thousands, constant prices, all years")  # fmt: skip


def rho_table(tables: Tables) -> Markdown:
    """Return P50 and P80 at several correlations between all cost and duration inputs."""
    frame = tables["simulation.rho"]
    rows = frame.assign(row=["As in the plan" if own else f"ρ = {r:g} between costs and durations"
                             for own, r in zip(frame["own"], frame["rho"], strict=True)])  # fmt: skip
    columns = {"expected_chf": "Expected", "p50_chf": "P50", "p80_chf": "P80", "contingency_chf": "Contingency",
               "se_p50_chf": "P50 ", "se_p80_chf": "P80 ", "draws": "Draws"}  # fmt: skip
    formats = {**dict.fromkeys(columns, "thousands"), "draws": "number"}
    notes = ["Demand for the event, risk events, prices and exchange rates keep their own dependence in every row"]
    follows = ", ".join(text for text in frame["relations"] if text)
    if follows:
        notes.append(f"Correlation that follows from the plan's factors, on the latent scale: {follows}")
    changed = float(frame["repair"].max()) if len(frame) else 0.0
    if changed > 0:
        notes.append("The rank correlations asked for between prices and exchange rates contradict each other; the "
                     f"nearest that can be are used, changed by at most {changed:.3f}")  # fmt: skip
    return statement(rows, columns=columns, stub="row", formats=formats, name="rho", source=_SOURCE, notes=notes,
                     spanners={"Standard error of": ["se_p50_chf", "se_p80_chf"]},
                     unit="CHF thousands, constant prices, all years; ρ on the latent scale")  # fmt: skip


def absorbed_table(tables: Tables) -> Markdown:
    """Return absorbed person-months and their peak quarter."""
    frame = tables["simulation.absorbed"]
    rows = frame.assign(
        row=["All quarters of the plan" if w == "total" else "Quarter that takes most" for w in frame["what"]],
        at=[percent(x) if x > 0 else "0%" for x in frame["base_at"]],
        when=["" if not q else f"{q}, most often {o} ({percent(s)})" for q, o, s in
              zip(frame["base_quarter"].fillna(""), frame["often_quarter"].fillna(""), frame["often"], strict=True)],
    )  # fmt: skip
    columns = {"base": "Base estimate", "at": "Share of draws at or below it", "expected": "Expected", "p10": "P10",
               "p50": "P50", "p80": "P80", "p90": "P90", "when": "Which quarter"}  # fmt: skip
    formats = {**dict.fromkeys(columns, "number"), "at": "text", "when": "text"}
    said = [
        f"{where}: " + ", ".join(f"P{p} {number(row[f'se_p{p}'], 2)}" for p in (10, 50, 80, 90))
        for where, (_, row) in zip(
            ("of all quarters", "of the quarter that takes most"), frame.iterrows(), strict=False
        )
    ]
    return statement(rows, columns=columns, stub="row", formats=formats, name="absorbed", source=_SOURCE,
                     notes=[f"Standard errors, person-months, {'; '.join(said)}"] if said else [],
                     unit="Person-months of staff already paid")  # fmt: skip


def event_range_table(tables: Tables) -> Markdown:
    """Return net result, subsidy and fund required of each concept as ranges."""
    frame = tables["event.fund"]
    titles = frame["title"] + [" (this scenario)" if c else "" for c in frame["chosen"]]
    rows = frame.assign(row=titles, none=[_chance(x) for x in frame["no_subsidy"]])
    columns = {
        "net_p10_chf": "P10", "net_p50_chf": "P50", "net_p90_chf": "P90", "net_mean_chf": "Mean",
        "subsidy_mean_chf": "Mean ", "subsidy_p80_chf": "P80", "none": "Draws without",
        "required_p50_chf": "P50 ", "required_p80_chf": "P80 ",
    }  # fmt: skip
    notes = []
    if len(frame):
        notes = [f"{number(float(frame['draws'].iloc[0]))} draws", fund_errors(frame.to_dict("records"))]
    formats = {**dict.fromkeys(columns, "thousands"), "none": "text"}
    return statement(rows, columns=columns, stub="row", formats=formats, name="event-ranges", notes=notes,
                     spanners={"Net result": [c for c in columns if c.startswith("net_")],
                               "Subsidy": ["subsidy_mean_chf", "subsidy_p80_chf", "none"],
                               "Fund required": ["required_p50_chf", "required_p80_chf"]},
                     unit="CHF thousands, constant prices, all editions",
                     source="event model, every input drawn")  # fmt: skip
