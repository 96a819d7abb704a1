"""Tables and the figure of the page on funding: sources, gap, units, classes, and what fits under a ceiling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sfp_model.report.bands import Cells, Span, standing
from sfp_model.report.format import chf, number, percent, thousands
from sfp_model.report.funding_words import NOTHING, changes
from sfp_model.report.tables import SURE, Markdown, statement, text_table
from sfp_model.report.views import records

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = [
    "class_table", "closed_table", "fit_years", "gap_figure", "gap_table", "level_table", "next_table",
    "relaxation_table", "selection_table", "source_table", "unit_table", "weight_table",
]  # fmt: skip

Frames = Mapping[str, "pd.DataFrame"]
STATUS = {
    "kept": "kept under all weights", "depends": "depends on the weights", "dropped": "dropped under all weights",
    "open": "not settled",
}  # fmt: skip
LEVELS = {"low": "Low", "centre": "Centre", "high": "High"}
FIXED = (
    "Ceilings and contributions are taken as stated and have no range; that of the need is on the page "
    f"[How sure are we?]({SURE}#sec-build-up)"
)
CHOICE = "The choice rests on the base estimate"
NO_ADD = "The gaps of two years may exceed that of their biennium: money unused in one year may serve the other"


def _periods(t: Frames, level: str = "centre") -> pd.DataFrame:
    """Return the gap of years, each biennium after its years, and the plan."""
    rows = t["funding.gap"]
    rows = rows[rows["ceiling"] == level]
    years = rows[rows["kind"] == "year"]
    order: dict[str, int] = {}
    for _, pair in rows[rows["kind"] == "biennium"].iterrows():
        first, last = pair["period"].split("-")[0], pair["period"].split("-")[-1]
        inside = [p for p in years["period"] if first <= p <= last and p not in order]
        for period in (*inside, pair["period"]):
            order.setdefault(period, len(order))
    order["plan"] = len(order)
    return rows.sort_values("period", key=lambda names: names.map(order)).reset_index(drop=True)


def gap_table(t: Frames) -> Markdown:
    """Additional need, ceiling, regular budget, other sources and gap by year with biennial sub-totals."""
    rows = _periods(t)
    rows["label"] = [p if k == "year" else f"Biennium {p}" if k == "biennium" else "Plan" for p, k in
                     zip(rows["period"], rows["kind"], strict=True)]  # fmt: skip
    columns = {
        "additional_chf": "Additional need", "ceiling_chf": "Illustrative ceiling", "regular_chf": "Regular budget",
        "sources_chf": "Other sources", "gap_chf": "Gap", "unused_chf": "Unused",
    }  # fmt: skip
    totals = [i for i, kind in enumerate(rows["kind"]) if kind != "year"]
    drawn = _drawn(t)
    keys = [("centre", kind, period) for kind, period in zip(rows["kind"], rows["period"], strict=True)]
    ranges = {(i, column): drawn[*key, measure] for i, key in enumerate(keys) for column in columns
              if (*key, measure := column.removesuffix("_chf")) in drawn}  # fmt: skip
    return statement(rows, stub="label", columns=columns, totals=totals, unit="CHF thousands, nominal", ranges=ranges,
                     notes=(NO_ADD, "The plan is the sum of its biennia", FIXED), name="gap")  # fmt: skip


def _drawn(t: Frames) -> dict[tuple[str, str, str, str], Span]:
    """Return P10 and P90 by ceiling, kind of period, period and measure."""
    rows = records(t["simulation.gap"])
    return {
        (row.ceiling, row.kind, row.period, row.measure): Span(row.p10_chf, row.p90_chf, row.base_chf) for row in rows
    }


def level_table(t: Frames) -> Markdown:
    """The gap of each biennium and the plan under the low, centre and high illustrative ceiling."""
    rows = t["funding.gap"]
    rows = rows[rows["kind"] != "year"]
    made = []
    for period in dict.fromkeys(rows["period"]):
        part = rows[rows["period"] == period].set_index("ceiling")
        entry: dict[str, Any] = {"label": "Plan" if period == "plan" else f"Biennium {period}",
                                 "need": part["additional_chf"].iloc[0]}  # fmt: skip
        entry |= {level: part.at[level, "gap_chf"] for level in part.index}
        made.append(entry)
    import pandas as pd

    frame, drawn = pd.DataFrame(made), _drawn(t)
    ranges: Cells = {}
    for i, period in enumerate(dict.fromkeys(rows["period"])):
        kind = "plan" if period == "plan" else "biennium"
        cells = {"need": ("centre", kind, period, "additional")}
        cells |= {level: (level, kind, period, "gap") for level in LEVELS}
        ranges |= {(i, column): drawn[key] for column, key in cells.items() if key in drawn}
    pairs = rows[rows["kind"] == "biennium"].drop_duplicates("ceiling").set_index("ceiling")["ceiling_chf"]
    columns = {"need": "Additional need"}
    columns |= {key: f"{words} ({thousands(pairs[key])})" for key, words in LEVELS.items() if key in pairs}
    return statement(
        frame, stub="label", columns=columns, spanners={"Gap under a ceiling of": [c for c in columns if c != "need"]},
        totals=[len(frame) - 1], unit="CHF thousands, nominal; illustrative ceilings, for a biennium, in brackets",
        ranges=ranges,
        name="levels",
    )  # fmt: skip


def gap_figure(t: Frames) -> Figure:
    """Draw what the regular budget, other sources and the gap are of each year, with the ceiling as a line."""
    import matplotlib.pyplot as plt

    from sfp_model.report.figures import COLOURS

    rows = _periods(t)
    rows = rows[rows["kind"] == "year"].reset_index(drop=True)
    figure, axis = plt.subplots()
    bottom, drawn = rows["additional_chf"] * 0, _drawn(t)
    parts = (("regular_chf", "Regular budget within the ceiling", COLOURS[0]),
             ("sources_chf", "Other sources", COLOURS[2]), ("gap_chf", "Gap", COLOURS[1]))  # fmt: skip
    for column, label, colour in parts:
        axis.bar(rows["period"], rows[column] / 1e3, bottom=bottom / 1e3, label=label, color=colour, width=0.6)
        bottom = bottom + rows[column]
    for i, row in enumerate(records(rows)):
        label = "Illustrative ceiling of the year" if i == 0 else ""
        axis.hlines(row.ceiling_chf / 1e3, i - 0.42, i + 0.42, color="#d55e00", linestyle="--", label=label)
        span = drawn.get(("centre", "year", row.period, "additional"))
        if span is not None and span.high > span.low:
            label = "P10–P90 of the additional need" if i == 0 else ""
            axis.plot([i + 0.36] * 2, [span.low / 1e3, span.high / 1e3], color="#333333", marker="_", label=label)
        axis.annotate(thousands(row.additional_chf), (i, row.additional_chf / 1e3), ha="center", va="bottom",
                      xytext=(0, 2), textcoords="offset points")  # fmt: skip
    axis.set_ylabel("CHF thousands, nominal")
    axis.yaxis.set_major_formatter(lambda x, _: number(x) if x else "0")
    figure.legend(loc="outside right upper", fontsize=8.5)
    return figure


def source_table(t: Frames) -> Markdown:
    """Sources in order, with evidence and what they pay for over the plan."""
    rows = t["funding.sources"]
    rows = rows[rows["kind"] == "biennium"]
    made = []
    for row in records(rows.drop_duplicates("source")):
        drawn = rows.loc[rows["source"] == row.source, "drawn_chf"].sum()
        extra = f", {percent(row.support_share)} support cost" if row.support_share else ""
        made.append({
            "title": row.title + extra,
            "stated": f"{thousands(row.stated_chf)} a {row.unit.removeprefix('CHF/')}" if row.stated_chf else "–",
            "drawn": thousands(drawn), "evidence": row.evidence.replace(";", ", "), "basis": row.basis,
        })  # fmt: skip
    columns = {
        "title": "Source, in order", "stated": "Stated, CHF thousands", "drawn": "Drawn, CHF thousands",
        "evidence": "Evidence", "basis": "Basis",
    }  # fmt: skip
    return text_table(made, columns, widths=(5, 3, 3, 3, 9), right=("stated", "drawn"), note=standing(t))


def unit_table(t: Frames) -> Markdown:
    """Need and gap of each year and the average year, in units, per cent of the plan and per unit."""
    rows = t["funding.units"].copy()
    rows["measure"] = rows["measure"].str.capitalize()
    columns = {
        "amount_chf": "CHF thousands", "units": "Contributory units", "share": "Per cent of the plan",
        "per_unit_chf": "Unit of a Member State", "per_equivalent_chf": "Unit-equivalent",
    }  # fmt: skip
    rows["share"] *= 100
    formats = {"amount_chf": "thousands", "units": "rate", "share": "rate", "per_unit_chf": "number",
               "per_equivalent_chf": "number"}  # fmt: skip
    totals = [i for i, period in enumerate(rows["period"]) if period == "average year"]
    return statement(rows, stub="period", group="measure", columns=columns, formats=formats, totals=totals,
                     ranges=_in_units(t, rows, list(columns)),
                     spanners={"CHF a year for each": ["per_unit_chf", "per_equivalent_chf"]}, unit="",
                     notes=("Nominal. Per cent of a quarter of the estimated four-year plan (E)", FIXED),
                     name="units")  # fmt: skip


def _average(t: Frames, measure: str) -> Span | None:
    """Return P10 and P90 of need or gap in an average year."""
    key = ("centre", "average", "average year", "additional" if measure == "additional need" else "gap")
    return _drawn(t).get(key)


def _in_units(t: Frames, rows: pd.DataFrame, columns: list[str]) -> Cells:
    """Return the ranges of amounts in other units: every column is the amount times the same factor in each row."""
    whole = rows[rows["amount_chf"] > 0]
    if whole.empty:
        return {}
    factors = {c: float(whole[c].iloc[0] / whole["amount_chf"].iloc[0]) for c in columns}
    found: Cells = {}
    drawn = _drawn(t)
    for i, row in enumerate(records(rows)):
        measure = row.measure.lower()
        key = ("centre", "year", row.period, "additional" if measure == "additional need" else "gap")
        pair = _average(t, measure) if row.period == "average year" else drawn.get(key)
        if pair is not None:
            found |= {(i, c): Span(pair.low * factor, pair.high * factor) for c, factor in factors.items()}
    return found


def class_table(t: Frames) -> Markdown:
    """What CHF 1 million, the average need and the average gap mean for classes of contribution."""
    rows = t["funding.classes"]
    names = {"CHF 1 million": "million", "additional need": "need", "gap": "gap"}
    wide = rows.drop_duplicates("class")[["class", "now_chf"]].reset_index(drop=True)
    for measure, key in names.items():
        part = rows[rows["measure"] == measure].set_index("class")
        for column, short in (("per_unit_chf", "unit"), ("per_equivalent_chf", "all")):
            wide[f"{key}_{short}"] = [part.at[name, column] for name in wide["class"]]
    both = {"unit": "Member States", "all": "all"}
    columns = {"now_chf": "Contribution today"}
    columns |= {f"{key}_{short}": words for key in names.values() for short, words in both.items()}
    spanners = {
        "CHF 1 million a year, over": ["million_unit", "million_all"],
        "Average additional need, over": ["need_unit", "need_all"],
        "Average gap, over": ["gap_unit", "gap_all"],
    }
    note = (
        "Classes are in contributory units: both ends of the scale and examples between; the full list was not read (E)"
    )
    ranges: Cells = {}
    for measure, key in names.items():
        pair, amount = _average(t, measure), rows.loc[rows["measure"] == measure, "amount_chf"]
        if measure != "CHF 1 million" and pair is not None and len(amount) and amount.iloc[0] > 0:
            for column in (f"{key}_unit", f"{key}_all"):
                for i, value in enumerate(wide[column]):
                    part = value / amount.iloc[0]
                    ranges[i, column] = Span(pair.low * part, pair.high * part)
    return statement(wide, stub="class", columns=columns, formats="number", spanners=spanners, unit="CHF a year",
                     ranges=ranges,
                     notes=(note, FIXED), name="classes")  # fmt: skip


def selection_table(t: Frames) -> Markdown:
    """The actions between which is chosen: kept or not, option, start, delay, need."""
    rows = t["ceiling.selection"]
    status = t["ceiling.weights"].set_index("action")["status"]
    made = []
    for row in records(rows[rows["weighed"]]):
        later = f"{number(row.delay)} months later" if row.kept and row.delay else "as planned" if row.kept else ""
        made.append({
            "action": f"**{row.action}** {row.title}", "kept": "yes" if row.kept else "no",
            "option": f"{row.option}, changed" if row.option_changed else row.option,
            "start": f"{row.start}, {later}" if row.kept else "", "chosen": thousands(row.chosen_chf),
            "proposed": thousands(row.proposed_chf), "status": STATUS[status[row.action]],
        })  # fmt: skip
    columns = {
        "action": "Action", "kept": "Kept", "option": "Option", "start": "Start", "chosen": "Chosen",
        "proposed": "Proposed", "status": "Over all weightings",
    }  # fmt: skip
    return text_table(
        made, columns, widths=(9, 2, 2, 5, 3, 3, 5), right=("chosen", "proposed"), note=standing(t, CHOICE)
    )


def fit_years(t: Frames) -> Markdown:
    """Ceiling, proposed, outside the choice, chosen, unused; share of draws within."""
    rows = t["ceiling.years"].copy()
    rows["label"] = rows["period"].replace("all", "All years")
    rows["share_within"] *= 100
    columns = {
        "ceiling_chf": "Illustrative ceiling", "proposed_chf": "As proposed", "outside_chf": "Outside the choice",
        "chosen_chf": "Chosen, in all", "unused_chf": "Unused", "share_within": "Draws within, %",
    }  # fmt: skip
    formats = dict.fromkeys(columns, "thousands") | {"share_within": "number"}
    note = (
        "Draws within: share of the simulated outcomes in which the ceiling holds; in the last row all ceilings at once"
    )
    return statement(rows, stub="label", columns=columns, formats=formats, totals=[len(rows) - 1],
                     unit="CHF thousands, nominal, additional need", notes=(note, standing(t, CHOICE)),
                     name="years")  # fmt: skip


def closed_table(t: Frames) -> Markdown:
    """Gaps and the part of each that is closed, and could be if it had most of the weight."""
    made = [
        {
            "gap": f"**{row.gap}** {row.title}", "closed": percent(row.closed) if row.closed else "none",
            "favoured": percent(row.closed_favoured) if row.closed_favoured else "none",
            "kept": number(row.kept_favoured),
        }
        for row in records(t["ceiling.gaps"])
    ]  # fmt: skip
    columns = {"gap": "Gap of the source", "closed": "Closed", "favoured": "Closed when favoured",
               "kept": "Actions then kept"}  # fmt: skip
    return text_table(made, columns, widths=(8, 2, 3, 3), right=("closed", "favoured", "kept"))


def weight_table(t: Frames) -> Markdown:
    """Actions that depend on the weights or are dropped, and the gaps whose favour keeps them."""
    made = []
    for row in records(t["ceiling.weights"]):
        if row.status != "kept":
            gaps = row.kept_favouring.split(";") if row.kept_favouring else []
            named = "any of them" if len(gaps) == len(t["ceiling.gaps"]) else ", ".join(gaps) or "none of them"
            made.append({"action": f"**{row.action}** {row.title}", "status": STATUS[row.status], "gaps": named})
    if not made:
        made.append({"action": "Every action", "status": STATUS["kept"], "gaps": "any of them"})
    columns = {"action": "Action", "status": "Over all weightings", "gaps": "Kept when this gap is favoured"}
    return text_table(made, columns, widths=(8, 4, 6))


def next_table(t: Frames) -> Markdown:
    """What more money buys, and where it is placed: the smallest sum that buys anything first, then round sums."""
    made = []
    rows = t["ceiling.next"].sort_values(["smallest", "extra_chf"], ascending=[False, True])
    for (smallest, extra), part in rows.groupby(["smallest", "extra_chf"], sort=False):
        first = records(part)[0]
        placed = [f"{chf(r.placed_chf)} in {r.period}" for r in records(part) if r.placed_chf >= 0.5]
        gain = first.value - first.value_before
        made.append({
            "extra": chf(float(str(extra))) + (", the smallest sum that buys anything" if smallest else ""),
            "placed": "; ".join(placed) or "nowhere",
            "gain": f"{number(100 * gain, 1)} percentage points" if gain > NOTHING else "nothing more",
            "said": changes(first) if first.added or first.dropped or first.moved else "nothing",
        })  # fmt: skip
    columns = {"extra": "More money", "placed": "Placed where it is worth most", "gain": "Closes more",
               "said": "What changes"}  # fmt: skip
    relaxed = float(rows["relaxation_chf"].max()) if len(rows) else 0.0
    before = (
        f"The ceilings cannot hold: the smallest relaxation, {chf(relaxed)}, comes first and is in what is placed. "
        if relaxed >= 0.5
        else ""
    )
    return text_table(made, columns, widths=(4, 6, 3, 6), note=before + standing(t, CHOICE))


def relaxation_table(t: Frames) -> Markdown:
    """The smallest relaxation of the ceilings by year, for the plan as proposed and for every action."""
    rows = t["ceiling.relaxation"]
    wide = rows.pivot(index="case", columns="period", values="extra_chf").reindex(list(dict.fromkeys(rows["case"])))
    wide = wide[[*dict.fromkeys(rows["period"])]].reset_index()
    names = {"as proposed": "The plan as proposed", "every action, at its best date": "Every action, at its best date",
             "only what is not chosen": "Only what is outside the choice"}  # fmt: skip
    wide["case"] = wide["case"].map(names)
    columns = {period: "Sum" if period == "all" else period for period in wide.columns if period != "case"}
    return statement(wide, stub="case", columns=columns, unit="CHF thousands that would have to be added, nominal",
                     notes=(standing(t, CHOICE),), name="relaxation")  # fmt: skip
