"""Gains on the pages: what it would take to break even, the labelled estimate, and its net present value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.bands import standing
from sfp_model.report.format import chf, chf_words, number, percent, thousands
from sfp_model.report.needs_tables import price_basis
from sfp_model.report.risk_register import low
from sfp_model.report.sentences import money
from sfp_model.report.tables import Markdown, statement, text_table
from sfp_model.report.views import listing, records

if TYPE_CHECKING:
    from sfp_model.report.reads import Tables

__all__ = ["break_even_table", "gain_words", "gains_by_year", "npv_table", "npv_words"]


def break_even_table(tables: Tables, *levels: str) -> Markdown:
    """Return the gain needed to break even, by programme and initiative, or by action."""
    frame = tables["gains.break_even"]
    frame = frame[frame["level"].isin(levels)].copy()
    titles = tables["gains.break_even"]
    names = titles[titles["level"] == "programme"].set_index("id")["title"]
    frame["group"] = frame["programme"].map(names).fillna(frame["programme"])
    whole = (frame["level"] == "programme").to_numpy()
    frame["label"] = [
        "All of it" if level == "programme" else f"{key} {title}"
        for level, key, title in zip(frame["level"], frame["id"], frame["title"], strict=True)
    ]
    columns = {
        "additional_chf": "Additional need", "years_left": "Years left", "gain_horizon_chf": "Gain a year",
        "posts_horizon": "or posts", "contract_days_horizon": "or contract days", "process_share_horizon": "or of all "
            "process hours",
        "claimed_horizon_chf": "To be claimed", "full_year_chf": "Cost of a full year", "posts_full_year": "or posts ",
    }  # fmt: skip
    formats = {"years_left": "decimal", "posts_horizon": "decimal", "contract_days_horizon": "number",
               "process_share_horizon": "percent1", "posts_full_year": "decimal"}  # fmt: skip
    shown = frame.copy()
    shown["process_share_horizon"] = [
        "" if x != x or x is None else percent(float(x), 1) for x in frame["process_share_horizon"].astype(float)
    ]
    formats["process_share_horizon"] = "text"
    for column in columns:
        if column != "process_share_horizon":
            shown[column] = shown[column].astype(float)
    return statement(
        shown.reset_index(drop=True), stub="label", group="group", columns=columns,
        formats={c: formats.get(c, "thousands") for c in columns},
        spanners={"To pay for itself by the end of the plan": list(columns)[2:7], "After the plan": list(columns)[7:]},
        totals=[i for i, flag in enumerate(whole) if flag], unit=price_basis(tables.facts()),
        notes=["All process hours: those that all staff spend in internal processes, an estimated share of working "
               "time (code E, savings.process_share); one yardstick for every row",
               "Years left: from the end of the work to the end of the plan; no gain is enough where none are left",
               "Gain a year: additional need inside the plan over the years left, undiscounted, as money that leaves "
               "a budget",
               "To be claimed: the gain over the share of claimed savings that national auditors found to stand up",
               "The subsidy to the event is weighed against impact on its own page and left out here",
               standing(tables, "Break-even rests on the base estimate")],
        source="base estimate of this scenario; yardsticks in the parameter files",
    )  # fmt: skip


def gain_words(tables: Tables) -> str:
    """Say how much the plan would have to save, against what yardstick."""
    frame = tables["gains.break_even"]
    rows = [
        row for row in records(frame[frame["level"] == "programme"]) if row.gain_horizon_chf == row.gain_horizon_chf
    ]
    rows = [row for row in rows if row.gain_horizon_chf is not None]
    if not rows:
        return "Nothing is spent that a gain inside the plan could pay for."
    parts = [
        f"{number(row.posts_horizon, 1)} posts for the {low(row.title)} "
        f"({percent(row.process_share_horizon, 1)} of those hours)"
        for row in rows
        if row.posts_horizon == row.posts_horizon and row.process_share_horizon == row.process_share_horizon
    ]  # fmt: skip
    lasting = [row for row in rows if row.full_year_chf >= 50]
    text = "To pay for itself before the plan ends, from the end of its work on, a programme would have to free posts, "
    text += "or as large a part of the hours that all staff spend in internal processes: "
    text = text + f"{listing(parts)}. " if parts else ""
    if lasting:
        amounts = [f"{chf_words(row.full_year_chf)} for the {low(row.title)}" for row in lasting]
        text += f"What recurs after the plan would have to be carried each year as well: {listing(amounts)}."
    return text


def gains_by_year(tables: Tables) -> Markdown:
    """Return the estimated gains by year: claimed, realised, cashable."""
    import pandas as pd

    frame = tables["gains"]
    frame = frame[frame.groupby("gain")["claimed_constant"].transform("sum") > 0]
    if frame.empty:
        return Markdown(
            "No gain is claimed in this scenario, because none is evidenced. The file `gains` under Downloads holds "
            "what was looked at, each with 0."
        )
    years = list(dict.fromkeys(frame["period"]))
    rows = []
    for _, part in frame.groupby("gain", sort=False):
        by, first = part.set_index("period"), part.iloc[0]
        rows.append({"label": first["title"], **{y: by.loc[y, "cashable_constant"] for y in years},
                     **{k: part[f"{k}_constant"].sum() for k in ("claimed", "realised", "cashable")}})  # fmt: skip
    table = pd.DataFrame(rows)
    table.loc[len(table)] = {"label": "**Total**", **table.drop(columns="label").sum().to_dict()}
    columns = {y: y for y in years} | {"claimed": "Claimed", "realised": "Stands up", "cashable": "Leaves a budget"}
    shown = [
        {"label": row["label"], **{column: thousands(row[column]) for column in columns}}
        for row in table.to_dict("records")
    ]
    basis = price_basis(tables.facts())
    return text_table(
        shown, {"label": "Gain"} | columns, widths=(34, *(9 for _ in columns)), right=list(columns), label="tbl-gains",
        note=standing(tables),
        caption=f"Estimated gains: money that leaves a budget by year; claimed, standing up and leaving a budget in "
                f"all. {basis}",
    )  # fmt: skip


def npv_words(tables: Tables) -> str:
    """Say what the net present value is, or why there is none."""
    frame = tables["gains.npv"]
    if frame.empty:
        return (
            "No gain is claimed in this scenario, so gains have **no net present value and no payback**. Both stand on "
            "this page under the scenario *Gains as estimated*, and nowhere else."
        )
    rows = list(records(frame[frame["level"] == "programme"]))
    parts = []
    for row in rows:
        back = (
            "not paid back"
            if row.payback_years != row.payback_years
            else f"paid back after {number(row.payback_years, 1)} years"
        )
        parts.append(
            f"the {low(row.title)} brings {money(row.gain_pv_chf)} of gains against {money(row.cost_pv_chf)} of cost: "
            f"{back} in the base estimate, and worth more than it costs in "
            f"{percent(row.probability_positive) if row.probability_positive >= 0.005 else 'none'} of the draws"
        )
    first = rows[0]
    return (
        f"Over {number(first.years)} years at a real rate of {percent(first.rate)}, {listing(parts)}. Every size is "
        f"an estimate "
        "of the project."
    )


def npv_table(tables: Tables) -> Markdown:
    """Return net present value and payback by programme and initiative."""
    frame = tables["gains.npv"]
    if frame.empty:
        return Markdown("")
    frame = frame.copy()
    whole = (frame["level"] == "programme").to_numpy()
    frame["label"] = [
        f"**{t}**" if w else f"{k} {t}" for w, k, t in zip(whole, frame["id"], frame["title"], strict=True)
    ]
    columns = {
        "cost_pv_chf": "Cost", "gain_pv_chf": "Gains", "npv_chf": "NPV", "payback_years": "Payback, years",
        "mean_chf": "Mean", "mean_se_chf": "Standard error", "p10_chf": "P10", "p50_chf": "P50", "p80_chf": "P80",
        "probability_positive": "Above nil",
    }  # fmt: skip
    rows = []
    for row in frame.to_dict("records"):
        back, chance = row["payback_years"], row["probability_positive"]
        cells = {c: thousands(row[c]) for c in columns if c not in ("payback_years", "probability_positive")}
        cells["payback_years"] = number(back, 1) if back is not None and back == back else "none"
        cells["probability_positive"] = percent(chance)
        rows.append({"label": row["label"], **cells})
    basis = price_basis(tables.facts())
    return text_table(
        rows, {"label": "Part of the plan"} | columns, widths=(30, *(9 for _ in columns)), right=list(columns),
        label="tbl-npv",
        caption=f"Present values and payback of estimated gains (base estimate), and the net present value simulated. "
                f"{basis}",
        note="Standard errors at most: " + ", ".join(
            f"{p.upper()} {chf(float(frame[f'se_{p}_chf'].max()))}" for p in ("p10", "p50", "p80")),
    )  # fmt: skip
