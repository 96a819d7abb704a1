"""The questions of the event's trade-off, answered in prose from the results of the scenario at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.event_admissible import admissible_words, admitted
from sfp_model.report.event_drivers import turning_words
from sfp_model.report.event_tables import chosen, editions_words, least_subsidy, shown_concept
from sfp_model.report.event_trade import setting_words, step_words
from sfp_model.report.format import number, percent
from sfp_model.report.sentences import count, money
from sfp_model.report.tables import Markdown
from sfp_model.report.views import listing

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "best_words", "buys_words", "change_words", "firm_words", "fund_draws_words", "pays_words",
    "subsidy_and_reach_words", "weights_and_change_words",
]  # fmt: skip

_SENSES = (
    ("earned_direct", "what it earns covers its direct cost (suppliers)"),
    ("earned_full", "what it earns covers its full cost, staff included"),
    ("all_full", "all income, hosts and donors included, covers its full cost"),
)


def _star(titles: object) -> str:
    return listing(f"*{title}*" for title in titles)  # type: ignore[attr-defined]


def _odds(share: float) -> str:
    """Return a share of the draws in words.

    >>> _odds(0.0), _odds(0.003), _odds(0.31), _odds(1.0)
    ('in no draw', 'in fewer than 1% of the draws', 'in 31% of the draws', 'in every draw')
    """
    if share <= 0:
        return "in no draw"
    if share >= 1:
        return "in every draw"
    if share < 0.01:
        return "in fewer than 1% of the draws"
    return f"in {percent(share)} of the draws" if share <= 0.99 else "in more than 99% of the draws"


def subsidy_and_reach_words(tables: Tables) -> str:
    """Say which concept needs least subsidy, which reaches most LDC delegates, and how sure that is."""
    fund = admitted(tables["event.fund"])
    if fund.empty:
        return admissible_words(tables)
    least = fund[fund["concept"] == least_subsidy(tables)["concept"]].iloc[0]
    surest = fund.sort_values("least_subsidy", ascending=False, kind="stable").iloc[0]
    most = fund.sort_values("ldc_mean", ascending=False, kind="stable").iloc[0]
    subsidy = (
        f"{_among(tables)} **{least['title']}** needs the least subsidy: in the mean of the draws "
        f"{money(least['subsidy_mean_chf'])} ({money(least['subsidy_p50_chf'])} at P50, "
        f"{money(least['subsidy_p80_chf'])} at P80). It is the cheapest {_odds(least['least_subsidy'])}"
    )
    if surest["title"] != least["title"]:
        subsidy += f"; *{surest['title']}* is so more often ({percent(surest['least_subsidy'])})"
    same = most["title"] == least["title"]
    reach = (
        f"{'It also' if same else '**' + most['title'] + '**'} reaches most delegates from least developed "
        f"countries, LDCs: "
        f"{number(most['ldc_mean'])} more than without an event over {editions_words(tables)}, in the mean of the "
        f"draws (P10 to P90: {number(most['ldc_p10'])} to "
        f"{number(most['ldc_p90'])}), and more than any other {_odds(most['most_ldc'])}."
    )
    host = least_subsidy(tables)
    if host["in_kind_chf"] > 50:
        reach += f" The former supposes a host country that gives halls worth {money(host['in_kind_chf'])}."
        reach = reach.replace("The former", "It") if same else reach
    return f"{subsidy}. {reach}"


def _among(tables: Tables) -> str:
    """Say how many concepts are compared, and that others are not admissible."""
    every = tables["event.fund"]
    may = admitted(every)
    if len(may) == len(every):
        return f"Of {count(len(every), 'concept')}"
    return f"Of {count(len(may), 'admissible concept')} (@tbl-admissible leaves out {number(len(every) - len(may))})"


def weights_and_change_words(tables: Tables) -> str:
    """Say which concept is first on impact under all weights, and what would change the order most."""
    top = _first(tables).iloc[0]
    return (
        f"Over all weights of the criteria **{top['title']}** is first on impact {_odds(top['acceptability'])}. "
        f"{turning_words(tables)} {change_words(tables)}"
    )


def firm_words(tables: Tables) -> str:
    """Say how firm the order of the concepts is."""
    fund = admitted(tables["event.fund"])
    if fund.empty:
        return "No concept is admissible, so that none has to be ordered."
    mine = fund["concept"] == least_subsidy(tables)["concept"]
    least = fund[mine].iloc[0]
    rest = fund[~mine].sort_values("least_subsidy", ascending=False, kind="stable")
    text = f"That *{least['title']}* is the cheapest holds {_odds(least['least_subsidy'])}"
    if len(rest) and rest.iloc[0]["least_subsidy"] >= 0.1:
        text += f"; *{rest.iloc[0]['title']}* is {_odds(rest.iloc[0]['least_subsidy'])}"
    wide = (fund["subsidy_p80_chf"] - fund["subsidy_p50_chf"]).max()
    return (
        f"{text}. The ranges of the inputs are wide: a subsidy agreed at P80 instead of P50 is up to "
        f"{money(wide)} dearer. "
        "Order and money should be read together."
    )


def _first(tables: Tables) -> pd.DataFrame:
    rows = tables["event.acceptability"]
    return rows[rows["rank"] == 1].sort_values("acceptability", ascending=False, kind="stable")


def change_words(tables: Tables) -> str:
    """Say what would change the concept shown most: the levers that move money and impact most."""
    shown = shown_concept(tables)
    levers = tables["event.levers"]
    levers = levers[levers["concept"] == shown["concept"]]
    moves = [
        (row[f"net_{way}_chf"], row[f"impact_{way}"], f"{_lower(row['lever_title'])} {step_words(row, way)}")
        for _, row in levers.iterrows()
        for way in ("up", "down")
        if row[f"net_{way}_chf"] == row[f"net_{way}_chf"]
    ]
    if not moves:
        return ""
    cash, gain = max(moves), max(moves, key=lambda move: move[1])
    words = f"Of the single steps of @tbl-levers for *{shown['concept_title']}* "
    if cash[0] <= 50 and gain[1] <= 0:
        return words + "none improves the net result or the impact."
    parts = [f"{cash[2]} saves most ({money(cash[0])})"] if cash[0] > 50 else []
    parts += [f"{gain[2]} adds most impact ({number(gain[1], 1)} points, net result "
              f"{money(abs(gain[0]))} {'better' if gain[0] > 0 else 'worse'})"] if gain[1] > 0.05 else []  # fmt: skip
    return words + listing(parts) + "." if parts else words + "none changes much."


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def pays_words(tables: Tables) -> Markdown:
    """Answer which concepts pay for themselves, in which of the three senses."""
    fund = tables["event.fund"]
    points = []
    for key, words in _SENSES:
        ratio, odds = f"ratio_{key}", f"pays_{key}"
        likely = fund[fund[odds] >= 0.5]
        best = fund.loc[fund[ratio].idxmax()]
        if len(likely) == len(fund):
            said = (
                f"every concept, in half of the draws or more; least surely *{fund.loc[fund[odds].idxmin(), 'title']}*"
            )
            said += f" ({_odds(fund[odds].min())})"
        elif len(likely):
            each = listing(f"*{row['title']}* ({_odds(row[odds])})" for _, row in likely.iterrows())
            said = f"more likely than not {each}"
        else:
            said = (
                f"none; nearest is *{best['title']}*, which covers {percent(best[ratio])} (P50) and gets there "
                f"{_odds(best[odds])}"
            )
        points.append(f"* *{words[0].upper()}{words[1:]}*: {said}.")
    cash = fund[fund["no_subsidy"] >= 0.5]
    last = (
        f"In cash, which is what the regular budget sees, {_star(cash['title'])} "
        f"{'needs' if len(cash) == 1 else 'need'} no subsidy in half of the draws or more."
        if len(cash)
        else f"In cash, which is what the regular budget sees, no concept goes without a subsidy in half of the draws; "
        f"*{fund.loc[fund['no_subsidy'].idxmax(), 'title']}* does so {_odds(fund['no_subsidy'].max())}."
    )
    return Markdown("\n".join(points) + "\n\n" + last)


def fund_draws_words(tables: Tables) -> str:
    """Say how wide the subsidy is, and what balance the fund would need."""
    fund = tables["event.fund"]
    shown = shown_concept(tables)["concept"]
    mine = fund[fund["concept"] == shown].iloc[0]
    wide = mine["net_p90_chf"] - mine["net_p10_chf"]
    text = (
        f"For *{mine['title']}* eight draws of ten put the net result within a span of {money(wide)}. "
        f"A subsidy is needed {_odds(1 - mine['no_subsidy'])}"
    )
    if mine["required_p80_chf"] > 50:
        text += (
            f"; an opening balance of the exhibition fund of {money(mine['required_p50_chf'])} would replace it with a "
            f"confidence of 50%, {money(mine['required_p80_chf'])} with one of 80%. No balance was found, so "
            f"none is counted"
        )
    return text + "."


def buys_words(tables: Tables) -> Markdown:
    """Answer what subsidy buys what: price of reach and of impact by concept, and the steps along the frontier."""
    fund = admitted(tables["event.fund"])
    prices = fund[(fund["ldc_mean"] > 0.5) & (fund["subsidy_mean_chf"] > 50)]
    points = []
    if len(prices):
        each = (prices["subsidy_mean_chf"] / prices["ldc_mean"]).sort_values()
        low, high = prices.loc[each.index[0], "title"], prices.loc[each.index[-1], "title"]
        text = f"* A further delegate from a least developed country costs {money(each.iloc[0])} of expected subsidy "
        text += f"with *{low}*"
        points.append(text + (f", {money(each.iloc[-1])} with *{high}*." if high != low else "."))
    rows = tables["event.frontier"]
    best = rows[rows["overall_p80"]].sort_values(["subsidy_p80_chf", "impact_mean"])
    free = best[best["subsidy_p80_chf"] <= 50]
    held = free[free["format"] != ""]
    if len(held):
        top = held.iloc[-1]
        points.append(
            f"* Without any subsidy at P80 the most that can be had is {number(top['impact_mean'])} points of "
            f"impact and "
            f"{number(top['ldc_delegates'])} LDC delegates: *{top['title']}* with {setting_words(top)}."
        )
    paid = best[best["subsidy_p80_chf"] > 50]
    for _, row in paid.iloc[[0, -1]].drop_duplicates().iterrows() if len(paid) else ():
        how = "as in the parameter file" if row["kind"] == "combination" else setting_words(row)
        points.append(
            f"* {money(row['subsidy_p80_chf'])} (P80) buys {number(row['impact_mean'])} points and "
            f"{number(row['ldc_delegates'])} LDC delegates: *{row['title']}*, {row['format']}, "
            f"{row['place_title']}, {how}."
        )
    mine = chosen(tables)
    if mine["format"]:
        own = rows[rows["chosen"]].iloc[0]
        text = f"* The concept of this scenario, *{own['title']}*, "
        if not own["admitted"]:
            text += "is not admissible, so that it stands on no frontier."
        elif own["overall_p80"]:
            text += "stands on the frontier: nothing examined gives more impact for its subsidy at P80."
        else:
            better = best[best["subsidy_p80_chf"] <= own["subsidy_p80_chf"]].iloc[-1]
            text += (
                f"stands inside the frontier: for no more subsidy at P80 *{better['title']}* ({better['format']}, "
                f"{better['place_title']}) reaches {number(better['impact_mean'])} points instead of "
                f"{number(own['impact_mean'])}."
            )
        points.append(text)
    return Markdown("\n".join(points) or "No concept needs a subsidy, so none buys anything.")


def best_words(tables: Tables) -> Markdown:
    """Answer which concept is best under which weights."""
    first = _first(tables)
    top = first.iloc[0]
    text = (
        f"Nobody has been asked for weights, so every set of weights is taken as equally likely. Under them "
        f"**{top['title']}** is first {_odds(top['acceptability'])}"
        + (f" (standard error {number(100 * top['error'], 1)} points)" if 0 < top["acceptability"] < 1 else "")
        + "."
    )
    rest = first[(first["acceptability"] > 0.005) & (first["concept"] != top["concept"])]
    if len(rest):
        text += (
            " Others are first more rarely: "
            + listing(f"*{row['title']}* ({percent(row['acceptability'])})" for _, row in rest.iterrows())
            + "."
        )
    weights = tables["event.weights"]
    for _, row in rest.head(2).iterrows():
        central = weights[(weights["kind"] == "central") & (weights["name"] == row["concept"])].nlargest(2, "weight")
        text += (
            f" *{row['title']}* needs weight on {listing(_lower(t) for t in central['criterion_title'])} "
            f"(together {percent(central['weight'].sum())} in the mean of the weights that favour it); even "
            f"then it is first "
            f"in only {percent(row['confidence'])} of the draws of the scores."
            if row["confidence"] < 0.5 else
            f" *{row['title']}* is the choice of those who weigh "
            f"{listing(_lower(t) for t in central['criterion_title'])} "
            f"most (together {percent(central['weight'].sum())}; confidence factor {percent(row['confidence'])})."
        )  # fmt: skip
    profiles = tables["event.profiles"]
    profiles = profiles[profiles["profile"] != "uniform"]
    lead = profiles.loc[profiles.groupby("profile", sort=False)["first"].idxmax()]
    winners = dict.fromkeys(lead["concept_title"])
    if len(winners) == 1:
        low, high = percent(lead["first"].min()), percent(lead["first"].max())
        text += (
            f" All {count(len(lead), 'hypothetical profile')} lead to the same: *{next(iter(winners))}* is first in "
            f"{low if low == high else f'{low} to {high}'} of the draws."
        )
    else:
        text += (
            " The hypothetical profiles differ: "
            + "; ".join(
                f"*{_lower(row['title'])}* leads to *{row['concept_title']}* ({percent(row['first'])})"
                for _, row in lead.iterrows()
            )
            + "."
        )
    second = tables["event.acceptability"].groupby("title", sort=False)["expected_rank"].first().dropna().sort_values()
    return Markdown(
        text
        + " "
        + _left_out(tables)
        + f"In the mean of all weights the order is {listing(f'{t} ({number(r, 1)})' for t, r in second.items())} "
        "(mean rank, where a concept may be chosen). Impact alone decides here; the subsidy stands on the other axis "
        "of @fig-frontier."
    )


def _left_out(tables: Tables) -> str:
    """Say which concepts take no rank, or none in some draws, because a constraint is broken."""
    text = ""
    for _, row in tables["event.fund"].sort_values("admissible", kind="stable").iterrows():
        if row["admissible"] == 0:
            text += f"*{row['title']}* takes no rank, because it may not be chosen (@tbl-admissible). "
        elif row["admissible"] < 1:
            text += (
                f"*{row['title']}* takes no rank {_odds(1 - row['admissible'])}, those in which it may not be chosen "
                "(@tbl-admissible). "
            )
    return text
