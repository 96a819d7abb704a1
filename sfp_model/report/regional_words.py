"""What the page on the regional presence says about country teams and outcome indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.answers import span_of
from sfp_model.report.sentences import money, person_months
from sfp_model.report.tables import Markdown, text_table
from sfp_model.report.views import horizon, listing, records

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = ["country_teams", "indicators", "results_words"]


def country_teams(tables: Tables, activity: str) -> str:
    """Say how the 131 country teams of the source enter the plan, from the lines of their activity."""
    needs = tables["regional_presence.needs"]
    sums = needs[needs["activity"] == activity]
    memo = sums[sums["period"].str.startswith("before")]
    inside = horizon(sums)
    cash = float(inside.loc[inside["funding"] == "additional", "constant_chf"].sum())
    time = float(inside.loc[inside["funding"] == "absorbed", "person_months"].sum())
    missions = f"missions to them have an additional need of {money(cash)}" if cash >= 50 else "no mission is paid for"
    return (
        "The source of July 2020 counts 131 UN country teams that start a common country assessment within three "
        "years, that is before the plan. Engaging with all of them is estimated at "
        f"{person_months(float(memo['person_months'].sum()))} of absorbed time, shown as a memo before the horizon. "
        f"For {span_of(tables)} the plan assumes about one prioritized country team "
        f"for each office a year: it takes {person_months(time)}, and {missions}."
    )


def results_words(catalogue: pd.DataFrame) -> str:
    """Say, with the words of the findings, why indicators of results go with the recommendations."""
    items = catalogue.set_index("id")["title"]
    found = [f"“{items[key]}” ({key})" for key in ("PWC-F3", "PWC-LF2") if key in items.index]
    return (
        f"The review found: {listing(found)}. So money and time spent here should be judged by outcomes, not by the "
        "activities carried out. @tbl-indicators proposes one indicator for each recommendation; the indicators are "
        "the project's, and measuring them is part of the activities that are costed."
    )


def indicators(catalogue: pd.DataFrame) -> Markdown:
    """Return the outcome indicators with the recommendation they measure and the items that ask for them."""
    import json

    links = {key: json.loads(text or "{}") for key, text in zip(catalogue["id"], catalogue["links"], strict=True)}
    titles = catalogue.set_index("id")["title"]
    rows = []
    for row in records(catalogue[catalogue["kind"] == "indicator"]):
        asked = [
            key for key, relation in links.items() if row.id in relation.get("indicator", ()) and key != row.parent
        ]
        named = "; ".join(f"{key} {titles[key]}" for key in asked if key.startswith("PWC-"))
        rows.append({"recommendation": f"{row.parent} {titles[row.parent]}", "indicator": row.title, "asked": named})
    heads = {"recommendation": "Recommendation", "indicator": "Outcome indicator (ours)", "asked": "Asked for by"}
    return text_table(rows, heads)
