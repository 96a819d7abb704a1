"""The flagship event: concepts side by side, the account of one of them, and what enters the plan total."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from sfp_model.report.bands import EVENT, Bands, standing
from sfp_model.report.format import number
from sfp_model.report.sentences import count
from sfp_model.report.tables import Cells, Markdown, Span, statement, text_table
from sfp_model.report.views import in_years

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "account_bars", "account_table", "chosen", "concepts", "editions_words", "impact_points", "impact_table",
    "into_plan",
    "judged_table", "least_subsidy", "money_table", "ratio_table", "reach_table", "scores", "shown_concept",
]  # fmt: skip

_SOURCE = "{}, made from params/event.yml and the rate card; every input stands at the end of this page"


def concepts(tables: Tables, *, held: bool = True) -> pd.DataFrame:
    """Return the totals over all editions by concept, with a short name; *held*: without *no event*."""
    rows = tables["event.results"]
    rows = rows[(rows["edition"] == "total") & rows["valid"]]
    rows = rows[rows["format"] != ""] if held else rows
    return rows.assign(name=[_short(title) for title in rows["concept_title"]]).reset_index(drop=True)


def _short(title: str) -> str:
    """Return a concept's title without the name that all of them share.

    >>> _short("Digital4Good with the WSIS Forum"), _short("Stand-alone Digital4Good event")
    ('With the WSIS Forum', 'Stand-alone event')
    """
    words = title.replace("Digital4Good ", "")
    return words[:1].upper() + words[1:]


def chosen(tables: Tables) -> pd.Series:
    """Return the totals of the concept that the scenario chose."""
    rows = concepts(tables, held=False)
    return rows[rows["chosen"]].iloc[0]


def least_subsidy(tables: Tables) -> pd.Series:
    """Return the admissible concept with the smallest expected subsidy, the mean of the draws; of all if none is.

    Among equals the one with the best net result.

    All sentences on the least subsidy ask here: the base estimate stands above the middle of the draws, and one answer
    from it beside another from the draws would contradict.
    """
    every = tables["event.fund"]
    may = every[every["admitted"]]
    fund = (may if len(may) else every).sort_values(
        ["subsidy_mean_chf", "net_mean_chf"], ascending=[True, False], kind="stable"
    )
    rows = concepts(tables)
    return rows[rows["concept"] == fund["concept"].iloc[0]].iloc[0]


def shown_concept(tables: Tables) -> pd.Series:
    """Return the chosen concept, or where no event is held the one that needs least subsidy."""
    mine = chosen(tables)
    return mine if mine["format"] else least_subsidy(tables)


def _editions(tables: Tables) -> list[str]:
    rows = tables["event.results"]
    return [e for e in dict.fromkeys(rows.loc[rows["held"], "edition"]) if e != "total"]


def editions_words(tables: Tables) -> str:
    """Return how many editions are held, and in which years."""
    years = _editions(tables)
    return f"{count(len(years), 'edition')} ({years[0]}–{years[-1]})" if len(years) > 1 else f"one edition ({years[0]})"


def _basis(tables: Tables) -> str:
    return f"CHF thousands, constant prices of {tables.facts()['base_year']}, sum of {editions_words(tables)}"


def money_table(tables: Tables) -> Markdown:
    """Return revenue, cost, net result and subsidy by concept, its place among the draws, and what is beside cash."""
    drawn = tables["event.fund"].set_index("concept")
    found, rows = drawn["base_quantile"], concepts(tables, held=False).reset_index(drop=True)
    rows = rows.assign(place_in_draws=[f"P{100 * found[c]:.0f}" if c in found else "–" for c in rows["concept"]])
    columns = {
        "revenue_chf": "Revenue", "cost_chf": "Cost in cash", "net_chf": "Net result",
        "place_in_draws": "at", "fund_draw_chf": "Fund",
        "subsidy_chf": "Subsidy", "absorbed_chf": "Staff already paid", "in_kind_chf": "Halls in kind",
    }  # fmt: skip
    ranges = {(i, "net_chf"): Span(drawn.at[c, "net_p10_chf"], drawn.at[c, "net_p90_chf"])
              for i, c in enumerate(rows["concept"]) if c in drawn.index}  # fmt: skip
    return statement(
        rows, stub="concept_title", columns=columns, unit=_basis(tables), ranges=ranges,
        formats={c: "text" if c == "place_in_draws" else "thousands" for c in columns},
        spanners={"Account of the event": list(columns)[:4], "Paid by": ["fund_draw_chf", "subsidy_chf"],
                  "Beside cash (memo)": ["absorbed_chf", "in_kind_chf"]},
        notes=["Difference against no flagship event; brackets are deficits. WSIS Forum and AI for Good are held under "
               "every concept and their own budgets are not counted",
               "at: share of the draws whose net result is no better than this base estimate; above P50 the estimate "
               "is more favourable than the middle of the draws"],
        source=_SOURCE.format("event model"),
    )  # fmt: skip


def _drawn(tables: Tables, cells: Mapping[tuple[int, str], tuple[str, str]]) -> Cells:
    """Return the ranges of cells (row, column) that each hold a quantity of a concept (concept, quantity)."""
    stored = {(row.concept, row.quantity): Span(row.p10, row.p90) for row in tables["event.ranges"].itertuples()}
    return {cell: stored[of] for cell, of in cells.items() if of in stored}


def _drawn_by_concept(tables: Tables, quantities: Iterable[str]) -> Cells:
    """Return the ranges of a table with concepts down and quantities across."""
    keys = enumerate(concepts(tables)["concept"])
    return _drawn(tables, {(i, name): (key, name) for (i, key), name in product(keys, quantities)})


def _drawn_note(tables: Tables) -> str:
    rows = tables["event.ranges"]
    if rows.empty:
        return "Base estimate"
    return f"Base estimate; small figures: P10–P90 of {number(rows['draws'].iloc[0])} draws; standard errors in the CSV"


def ratio_table(tables: Tables) -> Markdown:
    """Return commercial sustainability stated in three ways, by concept."""
    columns = {
        "ratio_earned_direct": "Earned income ÷ direct cost",
        "ratio_earned_full": "Earned income ÷ full cost",
        "ratio_all_full": "All income ÷ full cost",
    }
    return statement(
        concepts(tables), stub="concept_title", columns=columns, formats="percent", unit="Per cent",
        ranges=_drawn_by_concept(tables, columns),
        notes=["Earned: exhibition, sponsorship, fees, services. All income: hosts and donors too, in cash and in kind",
               "Direct cost: cash without staff. Full cost: temporary staff, staff already paid and halls in kind "
               "too", _drawn_note(tables)],
        source=_SOURCE.format("event model"),
    )  # fmt: skip


def reach_table(tables: Tables) -> Markdown:
    """Return persons and exhibitors reached, as portfolio difference."""
    columns = {
        "diff_delegates": "Persons reached", "diff_ldc_delegates": "of them from LDCs",
        "remote": "Remote participants of the event",
        "sme_exhibitors": "SME and LDC exhibitors", "exhibition_m2": "Exhibition, m²",
    }  # fmt: skip
    return statement(
        concepts(tables), stub="concept_title", columns=columns, formats="number",
        unit=f"Persons, exhibitors and m² net, base estimate, sum of {editions_words(tables)}",
        notes=["Persons reached by ITU's events under the concept less those reached without it, on site "
               "and remote; whoever comes to two of the events counts once. LDCs: least developed countries",
               _drawn_note(tables)],
        ranges=_drawn_by_concept(tables, columns),
        source=_SOURCE.format("event model"),
    )  # fmt: skip


def scores(tables: Tables) -> pd.DataFrame:
    """Return impact scores with criteria down and the concepts that are held across."""
    impact = tables["event.impact"]
    wide = impact.pivot_table(index="criterion", columns="concept", values="score", sort=False)
    return wide[[c for c in concepts(tables)["concept"] if c in wide]]


def impact_table(tables: Tables) -> Markdown:
    """Return scores by criterion and concept with their mean."""
    names = concepts(tables).set_index("concept")["name"]
    points = scores(tables)
    titles = tables["event.impact"].drop_duplicates("criterion").set_index("criterion")
    table = points.assign(
        label=[titles.at[c, "title"] + (" *" if titles.at[c, "judgement"] else "") for c in points.index]
    ).reset_index(drop=True)
    table.loc[len(table)] = {"label": "Mean, equal weights", **points.mean().to_dict()}
    quantities = enumerate(f"score_{criterion}" for criterion in (*points.index, "mean"))
    cells = {(i, concept): (concept, name) for (i, name), concept in product(quantities, points)}
    return statement(
        table, stub="label", columns={c: names[c] for c in points}, formats="number",
        unit="Score from −100 to 100; 0 is no difference to holding no flagship event",
        notes=["* rests on a judgement, not on a quantity that the model measures",
               "The mean gives every criterion the same weight for want of others; weights are for Member States",
               _drawn_note(tables)],
        ranges=_drawn(tables, cells),
        source=_SOURCE.format("event model"),
    )  # fmt: skip


def impact_points(tables: Tables) -> dict[str, tuple[float, float]]:
    """Return net result (CHF) and mean score by concept, for the figure."""
    means = scores(tables).mean()
    return {row["name"]: (row["net_chf"], means[row["concept"]]) for _, row in concepts(tables).iterrows()}


def _account(tables: Tables, concept: str) -> pd.DataFrame:
    lines = tables["event.lines"]
    return lines[lines["concept"] == concept]


def account_bars(tables: Tables) -> dict[str, dict[str, float]]:
    """Return the cash lines of the concept shown, revenue up and cost down, for the figure (CHF)."""
    lines = _account(tables, shown_concept(tables)["concept"])
    lines = lines[(lines["edition"] == "total") & (lines["mode"] == "cash") & (lines["amount_chf"].abs() > 50)]
    sign = {"revenue": 1.0, "cost": -1.0}
    return {"Cash": {row.title: sign[row.kind] * row.amount_chf for row in lines.itertuples()}}


def account_table(tables: Tables) -> Markdown:
    """Return the account of the concept shown: lines by edition with sub-totals and the net result."""
    import pandas as pd

    mine, years = shown_concept(tables), _editions(tables)
    lines = _account(tables, mine["concept"])
    lines = lines[(lines["amount_chf"].abs() > 50) | (lines["mode"] == "cash") & (lines["kind"] == "revenue")]
    results = tables["event.results"].set_index(["concept", "edition"]).loc[mine["concept"]]
    rows: list[dict[str, object]] = []
    totals: list[int] = []
    groups = (
        ("Revenue", "revenue", ("cash",), "revenue_chf", "Revenue"),
        ("Cost in cash", "cost", ("cash",), "cost_chf", "Cost in cash"),
        ("Result", "", (), "net_chf", "Net result"),
        ("Beside cash (memo)", "cost", ("absorbed", "in_kind"), "", ""),
    )
    for group, kind, modes, total, words in groups:
        part = lines[(lines["kind"] == kind) & lines["mode"].isin(modes)]
        for _, line in part.groupby("line", sort=False):
            amounts = line.set_index("edition")["amount_chf"]
            rows.append({"group": group, "label": line["title"].iloc[0], "code": line["confidence"].iloc[0],
                         **{y: float(amounts.get(y, 0.0)) for y in [*years, "total"]}})  # fmt: skip
        if total:
            totals.append(len(rows))
            rows.append({"group": group, "label": words, "code": "",
                         **{y: float(results.at[y, total]) for y in [*years, "total"]}})  # fmt: skip
    return statement(
        pd.DataFrame(rows), stub="label", group="group", totals=totals, unit=_basis(tables).split(", sum")[0],
        columns={**{y: y for y in years}, "total": "Sum", "code": "Code"}, formats="thousands",
        notes=["Revenue lines without evidence stand at nil and stay visible", EVENT],
        source=_SOURCE.format("event model"),
    )  # fmt: skip


def judged_table(tables: Tables) -> Markdown:
    """Return the criteria with the quantity behind each and whether it is a judgement."""
    impact = tables["event.impact"]
    mine = shown_concept(tables)["concept"]
    rows = [
        {
            "criterion": row.title,
            "quantity": _quantity(row.quantity, row.unit),
            "kind": "judgement" if row.judgement else "measured by the model",
        }
        for row in impact[impact["concept"] == mine].itertuples()
    ]
    heads = {"criterion": "Criterion", "quantity": "Quantity of one edition, as scored", "kind": "What it rests on"}
    return text_table(rows, heads, widths=(34, 22, 22))


def _quantity(value: float, unit: str) -> str:
    if unit == "share":
        return f"{number(value, 2)} of 1"
    return f"{number(value, 0 if abs(value) >= 20 else 1)} {unit}{'' if abs(value) == 1 else 's'}"


def into_plan(tables: Tables) -> Markdown:
    """Return what the programme adds to the plan by action and year: phase 2 and the subsidy."""
    import pandas as pd

    needs = tables["flagship_event.needs"]
    actions = tables["flagship_event.actions"].set_index("action")["title"]
    named = [f"{a} {actions[a]}" if a in actions.index else "Subsidy from the regular budget" for a in needs["action"]]
    needs = needs.assign(label=named)
    periods = list(dict.fromkeys(tables["summary.initiatives"]["period"]))
    parts = []
    for mode, words in (("additional", "Additional need"), ("absorbed", "Absorbed time (memo)")):
        part = needs[needs["funding"] == mode]
        if part.empty:
            table = in_years(needs.assign(constant_chf=0.0).head(1), "label", "constant_chf", periods=periods)
        else:
            table = in_years(part, "label", "constant_chf", total=f"{words}, total", periods=periods)
        parts.append(table.assign(group=words, label=table["label"].replace("Total", f"{words}, total")))
    table = pd.concat(parts, ignore_index=True).fillna(0.0)
    columns = {c: str(c) for c in table.columns if c not in ("group", "label")}
    totals = [i for i, label in enumerate(table["label"]) if label.endswith(", total")]
    whole = ("programme", "flagship_event", "", "")
    rows = [whole if label == "Additional need, total" else None for label in table["label"]]
    return statement(
        table, stub="label", group="group", columns=columns, totals=totals,
        ranges=Bands(tables).cells(rows, list(columns)),
        unit=f"CHF thousands, constant prices of {tables.facts()['base_year']}",
        notes=["Absorbed time is never added to the additional need", standing(tables)],
        source="resource lines of this scenario, made from params/flagship.yml, and the event model",
    )  # fmt: skip
