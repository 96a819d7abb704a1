"""What moves the additional need, and which combinations lead to a broken ceiling: tables, a figure, words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.figures import COLOURS
from sfp_model.report.format import number, percent, with_limits
from sfp_model.report.sentences import money
from sfp_model.report.tables import Markdown, statement, text_table
from sfp_model.report.views import listing, records
from sfp_model.results.words_inputs import range_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sfp_model.report.reads import Tables

__all__ = [
    "box_words", "boxes_table", "drivers_table", "drivers_words", "factors_table", "groups_table", "moves_words",
    "tornado_figure", "tornado_table",
]  # fmt: skip

_LARGEST, _BEST = 12, 3
NIL = "The additional need does not vary in this scenario: nothing moves it."


def _of(tables: Tables, name: str, prices: str = "constant") -> pd.DataFrame:
    frame = tables[f"sensitivity.{name}"]
    return frame[frame["prices"] == prices].reset_index(drop=True)


def moves_words(tables: Tables) -> str:
    """Say which groups explain the spread, and which single input swings most."""
    groups, swings = records(_of(tables, "groups")), records(_of(tables, "tornado"))
    if not groups or not swings:
        return NIL
    parts = listing(
        f"{_lower(row.title.removesuffix(' (plan)'))} ({percent(row.first)})" for row in groups[:3] if row.first > 0
    )
    first = swings[0]
    way = "not occurring to occurring" if first.input.endswith("#occurs") else "P10 to P90"
    return (
        f"**Most of the variance of the additional need comes from {parts}.** What all estimates share is the common "
        "factor of the plan: whether estimates of this kind are too low or too high together. Of single inputs, "
        f"*{first.title}* swings it most: from {way} it moves the additional need from "
        f"{money(first.need_low_chf)} to {money(first.need_high_chf)}."
    )


def tornado_figure(tables: Tables) -> Figure:
    """Draw the largest swings as bars around the base estimate."""
    import matplotlib.pyplot as plt

    rows = records(_of(tables, "tornado"))[:_LARGEST]
    figure, axis = plt.subplots(figsize=(7.2, 1.0 + 0.28 * max(len(rows), 3)))
    if not rows:
        axis.set(xticks=[], yticks=[])
        axis.annotate("nothing moves it", (0.5, 0.5), xycoords="axes fraction", ha="center", color="#4a5563")
        return figure
    for y, row in enumerate(rows):
        for end, colour in ((row.need_low_chf, COLOURS[4]), (row.need_high_chf, COLOURS[5])):
            axis.barh(y, end - row.need_base_chf, left=row.need_base_chf, height=0.6, color=colour)
    axis.axvline(rows[0].need_base_chf, color="#333333", linewidth=0.8)
    axis.set_yticks(range(len(rows)), [_short(row.title) for row in rows], fontsize=8)
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
    axis.grid(axis="x", visible=True)
    axis.set_xlabel("Additional need, CHF thousands")
    axis.xaxis.set_major_formatter(lambda x, _: number(x / 1000))
    handles = [plt.Rectangle((0, 0), 1, 1, color=COLOURS[i]) for i in (4, 5)]
    figure.legend(handles, ["Input at P10", "Input at P90, or event occurs"], loc="outside lower center", ncols=2,
                  fontsize=8.5)  # fmt: skip
    return figure


def _short(title: str, most: int = 58) -> str:
    return title if len(title) <= most else title[: title.rfind(" ", 0, most)] + " …"


def tornado_table(tables: Tables) -> Markdown:
    """Return the largest swings with the values of the inputs."""
    frame = _of(tables, "tornado")
    if frame.empty:
        return Markdown(NIL)
    rows = frame.assign(
        at=[range_words(r.low, r.high, r.unit) for r in records(frame)],
    )
    columns = {"at": "P10 to P90 of the input", "need_low_chf": "Need at P10", "need_high_chf": "Need at P90",
               "swing_chf": "Swing", "share_of_range": "Swing, share of P10–P90 of the need"}  # fmt: skip
    formats = {**dict.fromkeys(columns, "thousands"), "at": "text", "share_of_range": "percent"}
    return statement(
        rows, columns=columns, stub="title", formats=formats, name="tornado",
        unit="CHF thousands, constant prices, all years",
        notes=["One input at a time, all others at the base estimate; a risk event goes from not occurring to "
               "occurring at its most likely size"],
        source="model, ranges from the parameter files",
    )  # fmt: skip


def _drivers(tables: Tables) -> pd.DataFrame:
    frame = _of(tables, "tornado", "nominal")
    return frame[frame["kind"].isin(["escalation", "exchange"])]


def drivers_words(tables: Tables) -> str:
    """Say what price classes and exchange rates move in nominal prices, beside what moves both price bases."""
    frame = _drivers(tables)
    groups = [row for row in records(_of(tables, "groups", "nominal")) if row.group == "prices"]
    if frame.empty or not groups:
        return (
            "In constant prices no price class and no exchange rate counts; in nominal prices none varies in this "
            "scenario."
        )
    moving = [row for row in records(frame) if row.swing_chf > 0]
    still = [row.title for row in records(frame) if not row.swing_chf]
    text = (
        "In constant prices no price class and no exchange rate counts. In nominal prices they are drivers that many "
        f"lines share; together they make up {_part(groups[0].first)} of the variance of the nominal "
        "additional need."
    )
    if moving:
        first = moving[0]
        text += (
            f" The largest, *{first.title}*, moves it by {money(first.swing_chf)} from P10 to P90, and is number "
            f"{number(first.rank)} among all inputs."
        )
    if still:
        text += f" Nothing of it depends on {listing(f'*{title}*' for title in still)}."
    return text


def _part(share: float) -> str:
    """Return a share of the variance with a decimal.

    >>> _part(0.008), _part(0.0), _part(0.0002)
    ('0.8%', 'less than 0.1%', 'less than 0.1%')
    """
    return percent(share, 1) if share >= 0.0005 else "less than 0.1%"


def drivers_table(tables: Tables) -> Markdown:
    """Return the swing of the nominal need with each price class and exchange rate."""
    frame = _drivers(tables)
    if frame.empty:
        return Markdown("")
    rows = frame.assign(at=[range_words(r.low, r.high, r.unit) for r in records(frame)])
    columns = {"at": "P10 to P90 of the driver", "need_low_chf": "Need at P10", "need_high_chf": "Need at P90",
               "swing_chf": "Swing", "share_of_range": "Swing, share of P10–P90 of the need"}  # fmt: skip
    formats = {**dict.fromkeys(columns, "thousands"), "at": "text", "share_of_range": "percent"}
    return statement(
        rows, columns=columns, stub="title", formats=formats, name="drivers",
        unit="CHF thousands, nominal prices, all years",
        notes=["One driver at a time, all others at the base estimate; in the draws the drivers are correlated "
               "(see the assumptions)",
               "Exchange rates: change within a year on the log scale; after t years √t times as much"],
        source="model, ranges from the parameter files",
    )  # fmt: skip


def groups_table(tables: Tables) -> Markdown:
    """Return Sobol' indices of groups with confidence limits."""
    frame = _of(tables, "groups")
    if frame.empty:
        return Markdown(NIL)
    nominal = {r.group: f"{100 * r.total:.1f}" for r in records(_of(tables, "groups", "nominal"))}
    rows = frame.assign(
        one=[with_limits(100 * r.first, 100 * r.first_low, 100 * r.first_high, 1) for r in records(frame)],
        all=[with_limits(100 * r.total, 100 * r.total_low, 100 * r.total_high, 1) for r in records(frame)],
        nominal=[nominal.get(r.group, "–") for r in records(frame)],
    )
    return statement(
        rows, columns={"inputs": "Inputs", "one": "First order", "all": "Total", "nominal": "Total, nominal"},
        stub="title", formats={"inputs": "number", "one": "text", "all": "text", "nominal": "text"}, name="groups",
        unit="Per cent of the variance of the additional need in constant prices, with 95 per cent confidence limits, "
             "and in nominal prices",
        notes=["First order: by itself. Total: with its interactions; it is never less",
               "The indices are of latent factors and of each input's own residual, which are independent; an input "
               "that shares the plan's factor is explained there first",
               f"{number(2 * float(frame['draws'].iloc[0]))} draws in two samples; limits by the bootstrap"],
        source="two samples of the model with each group swapped between them",
    )  # fmt: skip


def factors_table(tables: Tables) -> Markdown:
    """Return rank regression and first-order indices of latent factors with confidence limits."""
    frame = _of(tables, "factors")
    if frame.empty:
        return Markdown(NIL)
    top = frame.head(10)
    rows = top.assign(
        slope=[with_limits(r.coefficient, r.coefficient_low, r.coefficient_high, 2) for r in records(top)],
        first=[with_limits(100 * r.first_order, 100 * r.first_order_low, 100 * r.first_order_high, 1)
               for r in records(top)],
    )  # fmt: skip
    return statement(
        rows, columns={"slope": "Rank regression coefficient", "first": "First order from given draws, per cent"},
        stub="title", formats="text", name="factors", unit="With 95 per cent confidence limits",
        notes=[f"The factors explain {percent(float(frame['explained'].iloc[0]))} of the variance of the ranks; the "
               "rest is the lines' own", "Of drivers that correlate, the later one is what the earlier one does not "
               "explain", f"{number(float(frame['draws'].iloc[0]))} draws; limits by leaving out a twelfth of them at "
               "a time"],
        source="draws of the model in independent blocks",
    )  # fmt: skip


def box_words(tables: Tables) -> str:
    """Say for each outcome which combination leads to it: the best by the harmonic mean of coverage and density."""
    frame = tables["discovery.boxes"]
    if frame.empty:
        return (
            "No illustrative ceiling of a biennium is broken in some draws and kept in others, and no subsidy varies: "
            "there is nothing to tell apart."
        )
    points = []
    for _, part in frame.groupby("case", sort=False):
        best = records(part)[0]
        head = f"- **{best.title}** in {percent(best.share)} of the draws."
        if not best.words:
            points.append(f"{head} No combination of causes tells them apart.")
            continue
        points.append(
            f"{head} Where {best.words}, this happens in {percent(best.density)} of the draws; "
            f"{percent(best.coverage)} of all cases lie there."
        )
    if any("that all estimates share" in words for words in frame["words"]):
        points.append(
            "\nIn the upper 30% of the factor that all estimates share, for example, are the three draws of ten in "
            "which estimates of every kind come out highest together; in its lower part those in which they come out "
            "lowest."
        )
    draws = number(float(frame["draws"].iloc[0]))
    points.append(
        f"\nThese shares, and their standard errors in the table, are of {draws} draws that took no part in finding "
        "the combinations."
    )
    return "\n".join(points)


def _lower(words: str) -> str:
    """Return words for the middle of a sentence; a name of several capitals stays."""
    return words if words[1:2].isupper() else words[0].lower() + words[1:]


def boxes_table(tables: Tables) -> Markdown:
    """Return the best boxes of each outcome, with standard errors."""
    frame = tables["discovery.boxes"]
    rows = [
        {"title": f"{r.title} ({percent(r.share)})", "words": r.words[0].upper() + r.words[1:],
         "coverage": f"{percent(r.coverage)} (±\u00a0{100 * r.se_coverage:.1f})",
         "density": f"{percent(r.density)} (±\u00a0{100 * r.se_density:.1f})", "share": percent(r.box_share)}
        for r in records(frame[frame["box"] <= _BEST])
    ]  # fmt: skip
    if not rows:
        return Markdown("")
    return text_table(
        rows, {"title": "Outcome (share of all draws)", "words": "Where it is frequent", "coverage": "Coverage",
               "density": "Density", "share": "Share of draws"}, widths=(8, 18, 5, 5, 4),
        right=("coverage", "density", "share"),
    )  # fmt: skip
