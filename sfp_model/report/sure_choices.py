"""Choices under uncertainty: value of information, scenarios on top of each other, robustness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.figures import COLOURS
from sfp_model.report.format import chf, number, percent
from sfp_model.report.sentences import money
from sfp_model.report.tables import Markdown, statement
from sfp_model.report.views import listing, records

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sfp_model.report.reads import Tables

__all__ = [
    "information_table", "information_words", "robust_table", "robust_words", "scenario_curves", "scenario_ranges",
]  # fmt: skip


_ADMISSIBLE = "Left out, because it breaks a constraint (unity with the goals of ITU, fit with the calendar)"
_TOGETHER = "all of these together"


def _left_out(tables: Tables) -> list[str]:
    """Name the event concepts that may not be chosen in this scenario and so are left out."""
    frame = tables["event.fund"]
    out = frame[~frame["admitted"]]
    if out.empty:
        return []
    return [f"{_ADMISSIBLE}: {listing(dict.fromkeys(out['title']))}"]


def information_words(tables: Tables) -> str:
    """Say between which hypothetical amounts the choice changes, and where information is worth most."""
    frame = tables["event.information"]
    if frame.empty:
        return "This scenario has no event concept to choose from."
    whole = records(frame[frame["about"] == "everything"])
    amounts: dict[str, list[str]] = {}
    for row in whole:
        amounts.setdefault(row.title, []).append(chf(row.per_point_chf) if row.per_point_chf else "nothing")
    chosen = listing(f"*{title}* at {listing(at, 'or')} a point" for title, at in amounts.items())
    top = max(whole, key=lambda row: row.value_chf)
    parts = records(frame[(frame["about"] != "everything") & (frame["per_point_chf"] == top.per_point_chf)])
    single = [row for row in parts if row.about != _TOGETHER]
    best = max(single, key=lambda row: row.value_chf, default=None)
    told = ""
    if best is not None and best.value_chf > 2 * best.se_chf:
        told = (
            f" Of the inputs tried, to know those of {best.about} (*{best.inputs}*) is worth most: "
            f"{money(best.value_chf)}"
        )
        both = next((row for row in parts if row.about == _TOGETHER), None)
        told += f"; to know all that were tried, {money(both.value_chf)}." if both is not None else "."
    return (
        f"**The best choice on average is {chosen}.** To know everything first would be worth at most "
        f"{money(top.value_chf)} over all editions (at {chf(top.per_point_chf) if top.per_point_chf else 'nothing'} a "
        f"point); no study can be worth more.{told} Amounts for a point of impact are hypothetical."
    )


def information_table(tables: Tables) -> Markdown:
    """Return EVPI and EVPPI by amount for a point of impact."""
    frame = tables["event.information"]
    if frame.empty:
        return Markdown("")
    rows = frame.assign(
        group=[f"{chf(r.per_point_chf) if r.per_point_chf else 'Nothing'} for a point of impact (hypothetical): now "
               f"{r.title}" for r in records(frame)],
        row=[r.about[0].upper() + r.about[1:] for r in records(frame)], inputs=frame["inputs"].fillna(""),
    )  # fmt: skip
    columns = {"value_chf": "Worth", "se_chf": "Standard error", "inputs": "What is known"}
    return statement(
        rows, columns=columns, stub="row", group="group", name="voi",
        formats={"value_chf": "thousands", "se_chf": "thousands", "inputs": "text"},
        unit="CHF thousands, constant prices, all editions",
        notes=[f"Payoff: net result plus the amount for each point of mean impact; {number(rows['draws'].iloc[0])} "
               "draws in independent blocks",
               "Of each part the three inputs are known that by themselves move most what separates the two best "
               "alternatives",
               "Parts do not add up: their inputs share causes, so that to know one part tells of the others; the last "
               "row of each group knows them together. A worth within two standard errors of 0 may be none",
               *_left_out(tables)],
        source="draws of every concept in its own format and place",
    )  # fmt: skip


def _plans(tables: Tables) -> pd.DataFrame:
    frame = tables["compare.sure"]
    return frame[(frame["breakdown"] == "total") & (frame["period"] == "all") & (frame["prices"] == "constant")]


def scenario_curves(tables: Tables) -> Figure:
    """Draw the S-curves of all scenarios, inside view."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots()
    frame = tables["compare.curve"]
    inside = frame[(frame["view"] == "inside") & (frame["percentile"] <= 97)]
    titles = tables["compare.scenarios"].set_index("scenario")["title"]
    styles = ("-", "--", ":", "-.", (0, (5, 1)), (0, (1, 1)))
    for i, (name, part) in enumerate(inside.groupby("scenario", sort=False)):
        nil = float(part["additional_chf"].max()) < 50
        label = f"{titles[name]}{' (nil)' if nil else ''}"
        axis.plot(part["additional_chf"], part["percentile"], color=COLOURS[i % len(COLOURS)],
                  linestyle=styles[i % len(styles)], label=label)  # fmt: skip
    axis.axhline(80, color="#7f8b99", linewidth=0.8)
    axis.annotate("P80", (0.005, 81), xycoords=("axes fraction", "data"), fontsize=8, color="#4a5563")
    axis.set(xlabel="CHF thousands", ylabel="Share of draws at or below, per cent", ylim=(0, 100))
    axis.xaxis.set_major_formatter(lambda x, _: number(x / 1000) if x else "0")
    figure.legend(loc="outside right upper", fontsize=8)
    return figure


def scenario_ranges(tables: Tables) -> Markdown:
    """Return the build-up of each scenario."""
    titles = tables["compare.scenarios"].set_index("scenario")["title"]
    frame = _plans(tables)
    rows = frame.assign(row=[titles[name] for name in frame["scenario"]])
    columns = {
        "base_chf": "Base estimate", "provision_chf": "Provision", "p50_chf": "P50", "contingency_chf": "Contingency",
        "p80_chf": "P80", "p10_chf": "P10", "p90_chf": "P90", "cvar90_chf": "CVaR₉₀",
    }  # fmt: skip
    return statement(rows, columns=columns, stub="row", name="scenario-ranges",
                     unit="CHF thousands, constant prices, all years",
                     source="simulation of each scenario with the same draws, inside view")  # fmt: skip


def _question(question: str, per_point: float) -> str:
    if question != "concept":
        return f"Option for {question}"
    worth = f"{chf(per_point)} for a point of impact (hypothetical)" if per_point else "net result alone"
    return f"Event concept, {worth}"


def robust_words(tables: Tables) -> str:
    """Say for each question whether all criteria agree, and where they do not."""
    points = []
    scores = tables["compare.robust"]
    for (question, per_point), part in tables["compare.robust_choices"].groupby(
        ["question", "per_point_chf"], sort=False
    ):
        head = f"- **{_question(question, per_point)}**: "
        rows = records(part)
        pays = ""
        if question == "concept":  # asked of the events that are held, not of holding none
            mine = scores[(scores["question"] == question) & (scores["per_point_chf"] == per_point)]
            pays = listing(
                f"*{row.title}* pays for itself in {percent(row.score) if row.score else 'none'} of the states"
                for row in records(mine[mine["best"] & (mine["criterion"] == "satisficing")])
            )
            pays = f" Of the events held, {pays}, more often than any other." if pays != "none" else ""
            rows = [row for row in rows if row.criterion != "satisficing"]
        by: dict[str, list[str]] = {}
        for row in rows:
            by.setdefault(row.title, []).append(row.words)
        said = "; ".join(f"*{title}* by {listing(words)}" for title, words in by.items())
        if len(by) == 1:
            said = f"every criterion chooses *{rows[0].title}*"
        points.append(f"{head}{said}.{pays}")
    return "\n".join(points)


def robust_table(tables: Tables) -> Markdown:
    """Return the best alternative of each criterion with its score, and who is dominated."""
    frame = tables["compare.robust"]
    best = frame[frame["best"]]
    rows = best.assign(
        group=[_question(r.question, r.per_point_chf) for r in records(best)],
        row=[r.words[0].upper() + r.words[1:] for r in records(best)],
        shown=[percent(r.score) if r.unit == "share" else _thousand(r.score) for r in records(best)],
        error=[f"{100 * r.se:.1f} points" if r.unit == "share" else number(r.se / 1000, 1) for r in records(best)],
    )
    beaten = {
        r.title for r in records(frame[(frame["question"] != "concept") | (frame["per_point_chf"] == 0)])
        if r.dominated_second
    }  # fmt: skip
    choices = tables["compare.robust_choices"]
    notes = [
        f"{number(float(choices['scenarios'].max()))} scenarios of the same weight, "
        f"{number(float(choices['draws'].max()))} draws each in {number(float(choices['blocks'].max()))} independent "
        "blocks, common random numbers",
        "An event pays for itself where its net result and what its impact is worth come to 0 or more; no event comes "
        "to exactly 0 and is not asked. The threshold of an option is the median additional need, which counts with "
        "the sign turned",
    ]
    if (frame["question"] == "concept").any():
        held = dict.fromkeys(frame.loc[frame["question"] == "concept", "title"])
        notes.append(
            f"Compared are the event concepts that keep both constraints (unity with the goals of ITU, fit with the "
            f"calendar) in every scenario: {listing(held)}; a page of one scenario may compare others"
        )
    if beaten:
        notes.append(f"On money alone dominated in the second order: {listing(sorted(beaten))}")
    return statement(rows, columns={"title": "Best alternative", "shown": "Score", "error": "Standard error"},
                     stub="row", group="group", formats="text", name="robust", notes=notes,
                     unit="CHF thousands, or share of draws",
                     source="draws of each scenario")  # fmt: skip


def _thousand(amount: float) -> str:
    return number(amount / 1000) if amount else "–"
