"""The risk register on its page: numbers, owners and responses, and which event weighs most."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from sfp_model.report.bands import standing
from sfp_model.report.format import number, percent
from sfp_model.report.needs_tables import price_basis
from sfp_model.report.sentences import count, money
from sfp_model.report.tables import Markdown, statement, text_table
from sfp_model.report.views import records

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sfp_model.report.reads import Tables

__all__ = ["events_answers", "events_figure", "events_table", "events_words", "low"]


def events_table(tables: Tables) -> Markdown:
    """Return the register in numbers."""
    risks = tables["risks"].copy()
    total: dict[str, Any] = dict.fromkeys(risks.columns)
    sums = ("expected_before_chf", "response_chf", "expected_after_chf", "net_benefit_chf")
    total |= {"title": "Total"} | {c: risks[c].sum() for c in sums}
    import pandas as pd

    table = pd.concat([risks, pd.DataFrame([total])], ignore_index=True) if len(risks) else risks
    for column in (c for c in table if c.endswith("_chf") or c.startswith(("probability", "delay", "expected"))):
        table[column] = table[column].astype(float)
    columns = {
        "probability_before": "Probability", "cost_before_chf": "Cost if it "
            "occurs", "expected_before_chf": "Probability × cost",
        "delay_before": "Months if it occurs", "delay_cost_before_chf": "Cost of the delay",
        "response_chf": "Cost",
        "probability_after": "Probability", "expected_after_chf": "Probability × cost",
        "delay_after": "Months if it occurs",
        "delay_cost_after_chf": "Cost of the delay",
        "net_benefit_chf": "Net benefit",
    }  # fmt: skip
    formats = {c: "percent" if c.startswith("probability") else "decimal" if c in ("delay_before", "delay_after")
               else "thousands" for c in columns}  # fmt: skip
    return statement(
        table, stub="title", columns=columns, formats=formats,
        spanners={"Without a response": list(columns)[:5], "With the response": list(columns)[5:]},
        totals=[len(table) - 1] if len(risks) else (), unit=price_basis(tables.facts()),
        notes=["Means of estimates (code E); none of it is in the base estimate unless the response is taken, all of "
               "it in the draws. " + standing(tables),
               "Cost of the delay: what the mean delay alone adds to the additional need in all periods, if the event "
               "occurs; nil where it only shortens what recurs, which is no saving",
               "Net benefit: probability × (cost and cost of the delay) before, less the same after, less the cost of "
               "the response; what time itself is worth is not in it"],
        source="risk register in the parameter files",
    )  # fmt: skip


def events_answers(tables: Tables) -> Markdown:
    """Return the register in words: event, owner, actions, response, why this probability."""
    rows = [
        {"event": row.title, "owner": row.owner, "meets": row.actions.replace(";", ", "),
         "response": row.response + (" (taken)" if row.taken else ""), "basis": row.basis}
        for row in records(tables["risks"])
    ]  # fmt: skip
    heads = {
        "event": "Event",
        "owner": "Owner",
        "meets": "Meets",
        "response": "Response",
        "basis": "Why this probability",
    }
    return text_table(rows, heads, widths=(24, 18, 12, 24, 30))


def events_figure(tables: Tables) -> Figure:
    """Draw probability × cost before and after the response."""
    from sfp_model.report.figures import bars

    rows = sorted(records(tables["risks"]), key=lambda row: -row.expected_before_chf)
    return bars({
        "Without a response": {fill(row.title, 40): row.expected_before_chf for row in rows},
        "With the response": {fill(row.title, 40): row.expected_after_chf for row in rows},
    })  # fmt: skip


def events_words(tables: Tables) -> str:
    """Say which event weighs most, and which response pays for itself."""
    risks = tables["risks"]
    if risks.empty:
        return "The plan has no risk register."
    most = risks.loc[risks["expected_before_chf"].idxmax()]
    late = risks.loc[risks["expected_delay_before"].idxmax()]
    pays = risks[risks["net_benefit_chf"] > 50]
    chance, delay = percent(late["probability_before"]), f"{number(late['delay_before'], 1)} months"
    dear = f"{percent(most['probability_before'])} times {money(most['cost_before_chf'])}"
    text = (
        f"One event weighs most by cost and by time: “{most['title']}” ({dear}, and {chance} times {delay}). "
        if most["title"] == late["title"]
        else f"The event that weighs most by cost is “{most['title']}” ({dear}); by time it is “{late['title']}” "
        f"({chance} times {delay}). "
    )
    text += (
        f"In money alone, {count(len(pays), 'response pays', 'responses pay')} for itself or better"
        if len(pays) == 1
        else f"In money alone, {count(len(pays), 'response pays', 'responses pay')} for themselves or better"
    )
    return text + "; the others buy time, or spare a harm that is not money."


def low(title: str) -> str:
    """Return a title as it stands within a sentence.

    Examples
    --------
    >>> low("Staff move"), low("Member States agree"), low("Digital4Good event")
    ('staff move', 'Member States agree', 'Digital4Good event')
    """
    first = title.partition(" ")[0]
    kept = first == "Member" or first[:2].isupper() or any(c.isdigit() for c in first)
    return title if kept else title[:1].lower() + title[1:]
