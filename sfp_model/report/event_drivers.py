"""Why the concepts stand in this order, and what would change it: sentences from the draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.event_trade import figure
from sfp_model.report.format import number, percent, with_limits
from sfp_model.report.sentences import count, letters
from sfp_model.report.tables import Markdown, text_table
from sfp_model.report.views import listing

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = ["drivers_table", "lead_words", "turning_words"]


def _lower(title: str) -> str:
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def turning_words(tables: Tables, most: int = 3) -> str:
    """Say which inputs most decide which of the two cheapest concepts needs less subsidy."""
    rows = tables["event.drivers"]
    rows = rows[rows["result"] == "subsidy"].head(most)
    if rows.empty:
        return ""
    first = rows.iloc[0]
    each = listing(
        f"{_whose(row)} (more of it favours the {'latter' if row['coefficient'] > 0 else 'former'})"
        for _, row in rows.iterrows()
    )
    return (
        f"Which of *{first['title']}* and *{first['other_title']}*, the cheapest in the mean and its nearest rival, "
        f"needs less subsidy depends most on how these inputs turn out: {each}."
    )


def _whose(row: pd.Series) -> str:
    """Return an input of one of two concepts that a sentence has named, without their names."""
    for title, words in ((row["title"], "the former"), (row["other_title"], "the latter")):
        head, named, _ = row["input_title"].rpartition(f" ({title})")
        if named:
            return f"{head} of {words}"
    return str(row["input_title"])


def drivers_table(tables: Tables) -> Markdown:
    """Return the inputs behind the difference of the two best concepts, on subsidy and on impact."""
    rows = tables["event.drivers"]
    listed = [
        {
            "of": f"{'Subsidy' if row['result'] == 'subsidy' else 'Impact'}: {row['title']} less {row['other_title']}"
            if row["rank"] == 1
            else "",
            "input": row["input_title"],
            "coefficient": ("+" if row["coefficient"] > 0 else "") + with_limits(
                row["coefficient"], row["coefficient_low"], row["coefficient_high"], 2),
            "first": with_limits(
                100 * row["first_order"], 100 * row["first_order_low"], 100 * row["first_order_high"], 0),
        }
        for _, row in rows.iterrows()
    ]  # fmt: skip
    heads = {"of": "Difference of", "input": "Input", "coefficient": "Rank coefficient",
             "first": "Share of variance, %"}  # fmt: skip
    note = (
        f"In brackets 95 per cent confidence limits; {number(float(rows['draws'].iloc[0]))} draws, one of their "
        "independent blocks left out at a time. Inputs share common factors, so that shares overlap."
    ) if len(rows) else ""  # fmt: skip
    return text_table(listed, heads, widths=(26, 32, 18, 16), right=("coefficient", "first"), note=note)


def lead_words(tables: Tables) -> Markdown:
    """Say why the concept with most impact is first: which criteria, what they rest on, and what would end it."""
    rows = tables["event.lead"]
    if rows.empty:
        return Markdown("One concept at most is admissible, and there is nothing to compare it with.")
    first = rows.iloc[0]
    ahead = rows["points"].mean()
    best = rows[rows["points"] > 0].nlargest(3, "points")
    heads = rows[rows["heads"]]
    text = (
        f"*{first['title']}* has most impact in the mean of the draws, {number(ahead, 1)} points ahead of "
        f"*{first['other_title']}*. "
    )
    if len(best):
        each = listing(
            f"{_lower(row['criterion_title'])} ({number(row['points'], 1)} points)" for _, row in best.iterrows()
        )
        text += f"It gains most on {each}. "
    behind = rows[rows["points"] < -0.5]
    if len(behind):
        text += f"It is behind on {listing(_lower(t) for t in behind['criterion_title'])}. "
    if len(heads):
        text += (
            f"{letters(len(heads)).capitalize()} of {count(len(rows), 'criterion', 'criteria')} "
            f"{'rises' if len(heads) == 1 else 'rise'} with the number of delegates, so that a large event is ahead on "
            f"{'it' if len(heads) == 1 else 'them'} by its size. "
        )
    if first["switch"] == first["switch"]:
        text += (
            f"The order turns, in the base estimate, where its attendance is {figure(first['switch'], 2)} times the "
            "estimate. "
        )
    else:
        text += "In the base estimate no attendance in the range considered turns the order. "
    full = rows[rows["capped"] >= 0.1].sort_values("capped", ascending=False, kind="stable")
    if len(full):
        each = listing(f"{_lower(r['criterion_title'])} in {percent(r['capped'])}" for _, r in full.iterrows())
        text += (
            f"Its score stands at the end of the scale for {each} of the draws: beyond that more of the same counts "
            "for nothing, and the lead is understated there."
        )
    return Markdown(text.strip())
