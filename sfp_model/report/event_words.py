"""Sentences on the flagship event: what the concepts cost and reach, what is judgement, what enters the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.event_admissible import admitted
from sfp_model.report.event_questions import firm_words, subsidy_and_reach_words, weights_and_change_words
from sfp_model.report.event_tables import (
    account_bars,
    chosen,
    concepts,
    editions_words,
    impact_points,
    least_subsidy,
    scores,
    shown_concept,
)
from sfp_model.report.format import day, number, percent
from sfp_model.report.sentences import answer, count, money, person_months
from sfp_model.report.tables import Markdown
from sfp_model.report.views import listing

if TYPE_CHECKING:
    from sfp_model.report.reads import Tables

__all__ = [
    "decision_words", "dominance_words", "event_answer", "fund_words", "inputs_by_code", "into_plan_words",
    "judgement_words", "known_later", "shown_words", "trade_off_words",
]  # fmt: skip


def event_answer(tables: Tables) -> Markdown:
    """Answer what the concept costs, which needs least subsidy, which reaches most LDC delegates, and how surely."""
    mine = chosen(tables)
    if mine["format"]:
        drawn = f" and {money(mine['fund_draw_chf'])} from the exhibition fund" if mine["fund_draw_chf"] > 50 else ""
        first = (
            f"**{mine['concept_title']}**, the concept of this scenario, earns {money(mine['revenue_chf'])} and "
            f"costs "
            f"{money(mine['cost_chf'])} in cash over {editions_words(tables)}. "
            + (f"The deficit takes **{money(mine['subsidy_chf'])} of subsidy** from the regular budget{drawn}"
               if mine["net_chf"] < -50 else "It needs **no subsidy** from the regular budget")
            + _at_best(tables)
        )  # fmt: skip
    else:
        first = (
            "This scenario holds **no flagship event**: it takes no subsidy, and WSIS Forum and AI for Good go on as "
            f"they are. The concepts are compared here all the same, over {editions_words(tables)}."
        )
    mine_drawn = tables["event.fund"][tables["event.fund"]["chosen"]]
    if not mine_drawn["admitted"].all():
        first += " **It may not be chosen**: it breaks a constraint (@tbl-admissible)."
    return answer(
        first, subsidy_and_reach_words(tables), f"{trade_off_words(tables)} {weights_and_change_words(tables)}"
    )


def _at_best(tables: Tables) -> str:
    """Say how surely the base estimate of the chosen concept is reached, and what is needed with more confidence."""
    fund = tables["event.fund"]
    mine = fund[fund["chosen"]]
    if mine.empty:
        return "."
    row = mine.iloc[0]
    return (
        f", with every input at its most likely value; {percent(1 - row['base_quantile'])} of the draws end better "
        f"than this. {money(row['subsidy_p80_chf'])} of subsidy would be enough in {percent(0.8)} of them."
    )


def trade_off_words(tables: Tables) -> str:
    """Say whether any concept pays for its full cost."""
    full = concepts(tables)["ratio_earned_full"]
    paid = int((full >= 1).sum())
    if not paid:
        return (
            f"Earned income covers {number(100 * full.min())} to {number(100 * full.max())}% of full cost: **no "
            "concept pays for itself once the time of staff and the halls are counted**. The tension between impact "
            "and "
            "commercial sustainability that Dalberg describes is there in every concept; they differ in who pays."
        )
    return (
        f"Earned income covers {number(100 * full.min())} to {number(100 * full.max())}% of full cost; "
        f"{count(paid, 'concept pays', 'concepts pay')} for everything, staff time and halls included."
    )


def dominance_words(tables: Tables) -> str:
    """Say which concepts another one beats on both net result and mean score, and where the best is not first."""
    may = set(admitted(tables["event.fund"])["concept"])
    named = concepts(tables).set_index("name")["concept"]
    points = {name: point for name, point in impact_points(tables).items() if named[name] in may}
    if not points:
        return "No concept is admissible, so that none is compared."
    best = {
        name
        for name, (net, score) in points.items()
        if not any(n >= net and s >= score and (n, s) != (net, score) for n, s in points.values())
    }
    if len(best) > 1:
        return (
            f"{listing(sorted(best, key=lambda n: points[n][0]))} are the concepts that no other one beats on both: "
            "between them, more impact is paid for with a worse net result."
        )
    only = next(iter(best))
    by_concept = scores(tables).rename(columns=concepts(tables).set_index("concept")["name"])
    titles = tables["event.impact"].drop_duplicates("criterion").set_index("criterion")["title"]
    by_concept = by_concept[list(points)]
    behind = [titles[c].lower() for c in by_concept.index if by_concept.loc[c, only] < by_concept.loc[c].max() - 0.5]
    return f"At the base estimate *{only}* has both the best net result and the best mean score." + (
        f" It is not first on {listing(behind)}." if behind else ""
    )


def inputs_by_code(tables: Tables) -> str:
    """Say how many inputs of the event carry which confidence code."""
    values = tables["parameters"]
    codes = values[values["path"].str.startswith("event.")]["confidence"].value_counts()
    if codes.empty:
        return "The event has no input of its own."
    estimated = int(codes.get("E", 0))
    others = [f"{number(n)} of code {code}" for code, n in codes.items() if code != "E"]
    return (
        f"{number(estimated)} of the {number(codes.sum())} inputs of the event model are estimates of the project "
        "(code E)" + (f"; the others are {listing(others)}." if others else ".")
    )


def into_plan_words(tables: Tables) -> str:
    """Say what of the event enters the plan total of the scenario."""
    needs = tables["flagship_event.needs"]
    needs = needs[needs["period"].str.isdigit()]
    extra = needs[needs["funding"] == "additional"]
    subsidy = extra.loc[extra["line"].str.startswith("event/"), "constant_chf"].sum()
    work = extra["constant_chf"].sum() - subsidy
    absorbed = needs[needs["funding"] == "absorbed"]
    months = absorbed["person_months"].sum()
    takes = f"takes {person_months(months)} of absorbed time"
    if work + subsidy < 50:
        return (
            "In this scenario the flagship event adds **no additional need** to the plan. The second phase of its "
            "design, "
            f"governance body included, {takes}."
        )
    more = f"needs {money(work)}" if work >= 50 else "needs no money"
    support = f"the subsidy adds {money(subsidy)}" if subsidy >= 50 else "there is no subsidy to add"
    return (
        f"In this scenario the second phase of the design, governance body included, {more} and {takes}; {support}. "
        f"The additional need of the plan so contains **{money(work + subsidy)}** for the flagship event."
    )


def known_later(tables: Tables, keys: tuple[str, ...]) -> Markdown:
    """Return what sources later than the source document say, as far as the scenario may know it."""
    sources = tables["sources"].set_index("key")
    facts = tables.facts()
    rows = [sources.loc[k] for k in keys if k in sources.index and not sources.at[k, "after_as_of"]]
    changed = sum(key.startswith("change.event.") for key in facts)
    if not rows:
        return Markdown(
            f"This scenario knows what was observed by {day(facts['as_of'])}. What happened to ITU's events "
            f"afterwards "
            "is left out here, because a plan made at that date could not have used it; the scenario *Known today* "
            "shows it."
        )
    lines = [f"* **{row['title']}** (code {row['confidence']}). {row['note'].removeprefix('Later than August 2021. ')}"
             for row in rows]  # fmt: skip
    differ = f"{count(changed, 'event input')} {'rests' if changed == 1 else 'rest'} on what came later"
    words = f"This scenario knows what was observed by {day(facts['as_of'])}; {differ}."
    return Markdown(words + " Later observations on ITU's events:\n\n" + "\n".join(lines))


def shown_words(tables: Tables) -> str:
    """Introduce the account that the page shows line by line."""
    mine, shown = chosen(tables), shown_concept(tables)
    if mine["concept"] == shown["concept"]:
        words = (
            f"@fig-account and @tbl-account show the account of **{shown['concept_title']}**, the concept of this "
            "scenario."
        )
    else:
        words = (
            "This scenario holds no flagship event. @fig-account and @tbl-account show, for information, the "
            "account of "
            f"**{shown['concept_title']}**, which needs least subsidy in the mean of the draws."
        )
    bar = account_bars(tables)["Cash"]
    gain, cost = max(bar, key=lambda k: bar[k]), min(bar, key=lambda k: bar[k])
    return (
        f"{words} Its largest source of revenue is {_line(gain)} ({money(bar[gain])}), its largest cost in cash "
        f"{_line(cost)} ({money(-bar[cost])})."
    )


def _line(title: str) -> str:
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def judgement_words(tables: Tables) -> str:
    """Say how much of the event rests on judgement."""
    impact = tables["event.impact"].drop_duplicates("criterion")
    judged = [title.lower() for title in impact.loc[impact["judgement"], "title"]]
    return (
        f"Most of this page is. The source document holds no figure on the event: {inputs_by_code(tables)} "
        f"Attendance, the "
        "sponsors who would come and what a concept takes from the WSIS Forum and AI for Good are estimates with "
        "wide "
        "ranges, and the first tables of this page hold their most likely values only. "
        f"{count(len(judged), 'criterion rests', 'criteria rest').capitalize()} on a judgement of quality "
        f"({listing(judged)}), see @tbl-judged; the quantities of the others come out of the attendance model."
    )


def _known(tables: Tables, key: str) -> bool:
    """Return whether the scenario may know a source that is later than the source document."""
    sources = tables["sources"].set_index("key")
    return key in sources.index and not bool(sources.at[key, "after_as_of"])


def decision_words(tables: Tables) -> Markdown:
    """Draw together what the page means for the decision on the event."""
    rows, least = concepts(tables), least_subsidy(tables)
    lean = rows["absorbed_chf"].min()
    leanest = listing(f"*{title}*" for title in rows.loc[rows["absorbed_chf"] < lean + 50, "concept_title"])
    mean = admitted(tables["event.fund"])["subsidy_mean_chf"]
    among = "concepts" if len(mean) == len(rows) else "admissible concepts"
    points = [
        f"Choosing among the {among} moves the expected subsidy by up to {money(mean.max() - mean.min())} over "
        f"{editions_words(tables)}. It is least with *{least['concept_title']}*"
        + (", which depends on a host country that has still to be found." if least["in_kind_chf"] > 50 else "."),
        f"The least time of staff already paid goes into {leanest} (worth "
        f"{money(lean)}{' each' if ' and ' in leanest else ''}). "
        "This cost appears in no budget line: an event that looks cheap in cash may be dear in time.",
        firm_words(tables),
        *(
            [
                "ITU Telecom was ended by the Plenipotentiary Conference of 2022, which abrogated Resolution "
                "11 (C23/34): a concept in its style would bring back what Member States have closed."
            ]
            if _known(tables, "c23-34") and (rows["concept"] == "telecom_style").any()
            else []
        ),
        "The second phase is the place to replace the largest judgements by facts: what Sector Members would pay, "
        "what "
        "a host would give, and who would move from the events that exist.",
    ]
    return Markdown("\n".join(f"* {point}" for point in points))


def fund_words(tables: Tables) -> str:
    """Say how a deficit is paid, and which of fund, hosts and donors carries an amount."""
    values = tables["parameters"].set_index("path")["mode"]
    givers = {
        "event.fund.opening": "the balance of the exhibition fund",
        "event.income.host_cash": "a payment by a host",
        "event.income.voluntary": "voluntary contributions",
    }
    held = {words: values.get(path, 0.0) for path, words in givers.items()}
    nil = [words for words, amount in held.items() if not amount]
    given = [f"{words} at {money(amount)}" for words, amount in held.items() if amount]
    return (
        "A deficit is taken from the exhibition fund down to its floor first; the rest is a subsidy from the "
        "regular budget. "
        + (f"No evidence was found of {listing(nil, 'or')}: these stand at nil and say so. " if nil else "")
        + (f"The scenario puts {listing(given)}. " if given else "")
        + (
            "The fund has been closed since (C23/34), as this scenario knows: nothing can be taken from it, and the "
            "amounts of @tbl-fund say what another reserve would have to hold. "
            if _known(tables, "c23-34")
            else ""
        )
    ).strip()
