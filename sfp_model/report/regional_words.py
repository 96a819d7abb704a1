"""What the page on the regional presence and the workplace says, from the numbers of the scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.answers import span_of
from sfp_model.report.format import number, percent
from sfp_model.report.regional_tables import curve_points, things
from sfp_model.report.sentences import count, money, person_months
from sfp_model.report.views import horizon, listing, records, years_of

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "country_teams", "curve_words", "goals_words", "offices_words", "raised_words", "ramp_words", "results_words",
    "series_words",
]  # fmt: skip


def country_teams(tables: Tables, activity: str) -> str:
    """Say how the 131 country teams of the source enter the plan, from the lines of their activity."""
    needs = tables["regional_presence.needs"]
    sums = needs[needs["activity"] == activity]
    memo = sums[sums["period"].str.startswith("before")]
    inside = horizon(sums)
    cash = float(inside.loc[inside["funding"] == "additional", "constant_chf"].sum())
    time = float(inside.loc[inside["funding"] == "absorbed", "person_months"].sum())
    missions = f"missions to them have an additional need of {money(cash)}" if cash >= 50 else "no mission is paid for"
    frame = tables["regional.curve"]
    levels = tables["drivers"].set_index("driver")
    a_year = ""
    if len(frame):
        row = levels.loc[frame["driver"].iloc[0]]
        low = "" if row["lowest"] == row["highest"] else f"{row['lowest']:g} to "
        a_year = f"{low}{things(row['highest'], 'country team')} a year"
    return (
        "The source of July 2020 counts 131 UN country teams that start a common country assessment within three "
        "years, that is before the plan. Engaging with all of them is estimated at "
        f"{person_months(float(memo['person_months'].sum()))} of absorbed time, shown as a memo before the horizon. "
        f"Carrying such engagement into {span_of(tables)} is a declared assumption of this plan: it prioritizes "
        f"{a_year}, which takes {person_months(time)}, and {missions}. The estimate for the 131 is for taking part in "
        "assessments that others lead; an engagement of the plan adds analysis, drafting, follow-up and expertise from "
        "headquarters, and so takes more time."
    )


def ramp_words(tables: Tables) -> str:
    """Say in which order the regions join, and how many engagements that makes."""
    frame = tables["regional.engagement"]
    years = years_of(tables["summary.initiatives"])
    inside = frame[frame["period"].isin(years)]
    if inside.empty:
        return "In this scenario no country team is reached inside the plan's years."
    first = tables["regional.engagement"].drop_duplicates("part")
    waves = [", with ".join(part["title"]) for _, part in first.groupby("joins", sort=True)]
    reached = float(inside["number"].sum())
    cash, time = float(inside["additional_chf"].sum()), float(inside["person_months"].sum())
    order = "; then ".join(waves)
    each = f"One engagement takes {number(time / reached, 2)} person-months"
    each += f" and CHF {number(cash / reached)} of additional need" if cash >= 50 else ", and no additional money"
    return (
        f"The regions join in order: {order}. Over {span_of(tables)} this makes {number(reached)} engagements. {each}. "
        "The order is the project's; members confirm it in the regions (1.3.1.c)."
    )


def curve_words(tables: Tables) -> str:
    """Say what a further country team a year adds, and what all 131 in three years would need."""
    points = curve_points(tables)
    if len(points) < 2:
        return ""
    none, most = points.iloc[0], points.iloc[-1]
    per = (most["additional_chf"] - none["additional_chf"]) / (most["number"] - none["number"])
    time = (most["person_months"] - none["person_months"]) / (most["number"] - none["number"])
    here = points[points["chosen"]]
    now = ""
    if len(here):
        number_now, need_now = here["number"].iloc[0], here["additional_chf"].iloc[0]
        now = f"; with the {number_now:g} a year of this scenario it has {money(need_now)}"
    if abs(per) < 1:
        return (
            "In this scenario the number of country teams changes no additional need: each further one a year takes "
            f"{number(time, 1)} person-months of absorbed time over {span_of(tables)}."
        )
    return (
        "Without any country team the regional presence would have an additional need of "
        f"{money(none['additional_chf'])}{now}. The first is fixed; each further team a year adds {money(per)} over "
        f"{span_of(tables)} and {number(time, 1)} person-months of absorbed time. With {most['number']:g} a year, "
        "which "
        "would repeat the pace of the 131 in three years, the additional need is "
        f"{money(most['additional_chf'])} and the absorbed time {person_months(most['person_months'])}, worth "
        f"{money(most['absorbed_chf'])}: it asks for staff time more than for money."
    )


def offices_words(tables: Tables) -> str:
    """Say what the offices' time is spent on, and how many activities fewer would release what the plan takes."""
    account, levers = tables["regional.offices"], tables["regional.levers"]
    if account.empty or levers.empty:
        return "The account of the offices is not stated in this plan."
    fixed = float(account.loc[account["kind"] == "fixed", "person_months"].sum())
    whole = float(account["person_months"].sum())
    points = levers[~levers["planned"]]
    today, needed = float(points["today"].iloc[0]), float(points["needed_person_months"].iloc[0])
    one = points[points["number"] < today].iloc[0]
    each = float(one["released_person_months"]) / (today - float(one["number"]))
    planned = levers[levers["planned"]]
    released = float(planned["released_person_months"].sum())
    state = (
        f"This scenario drops activities and so releases {person_months(released)} over the plan's years."
        if released >= 0.05
        else "This scenario drops none: no size of it is evidenced, so nothing is released."
    )
    return (
        f"The work of the offices as it is takes about {person_months(whole)} a year, of which "
        f"{percent(fixed / whole)} is "
        f"fixed whatever is done. The plan takes up to {person_months(needed)} a year from the field staff. One "
        "activity "
        f"fewer in each office releases {person_months(each)} a year: **dropping about {number(needed / each, 1)} of "
        f"{today:g} activities in each office a year would release what the plan takes in its largest year**, and no "
        "cash. "
        f"{state}"
    )


def raised_words(tables: Tables) -> str:
    """Say what the programme documents are to raise, apart from the need, and what would repay their cost."""
    words = []
    for row in records(tables["regional.raised"]):
        cost = row.cost_additional_chf + row.cost_absorbed_chf
        words.append(
            f"{row.title}: the estimate is {money(row.mode_chf)} ({money(row.low_chf)} to {money(row.high_chf)}). "
            f"Writing the documents takes {_cash(row.cost_additional_chf)} and absorbed time worth "
            f"{money(row.cost_absorbed_chf)}: they raise more than they take from {money(cost)} on."
        )
    end = "It is money for projects that nobody has promised, so it is **neither added to the need nor taken off it**."
    return " ".join([*words, end]) if words else "No money to be raised from others is stated in this plan."


def _cash(amount: float) -> str:
    return f"{money(amount)} of additional need" if amount >= 50 else "no additional need"


def series_words(tables: Tables) -> str:
    """Say how many workshops are held, with how much of the time of those who take part."""
    frame = tables["workplace.series"]
    held, time = float(frame["held"].sum()), float(frame["participants_person_months"].sum())
    cash = float(frame["additional_chf"].sum())
    if held < 0.5 or time < 0.05:
        return "No workshop is held inside the plan's years in this scenario."
    paid = (
        f"Outside facilitators have an additional need of {money(cash)}" if cash >= 50 else "No facilitator is paid for"
    )
    return (
        f"{count(len(frame), 'series', 'series').capitalize()} with {number(held)} sessions are planned. The time of "
        "those "
        f"who take part is counted: {person_months(time)}. {paid}. How many workshops the contract in place covers "
        "is not "
        "public; these are counted as added."
    )


def results_words(tables: Tables) -> str:
    """Say, with the words of the findings, why indicators of results go with the recommendations."""
    items = tables["catalogue"].set_index("id")["title"]
    found = [f"“{items[key]}” ({key})" for key in ("PWC-F3", "PWC-LF2") if key in items.index]
    frame = tables["indicators"]
    unset = int(frame["baseline"].isna().sum())
    cash, time = float(frame["additional_chf"].sum()), float(frame["absorbed_chf"].sum())
    if unset == len(frame):
        marks = (
            "No source gives a baseline or a target for any of them, so all are shown as not set: who measures has to "
            "set them before the work begins"
        )
    else:
        marks = f"For {unset} of them no source gives a baseline; the table says that it is not set"
    return (
        f"The review found: {listing(found)}. So money and time spent here should be judged by outcomes, not by the "
        f"activities carried out. @tbl-indicators gives {count(len(frame), 'indicator')}, one for each "
        "recommendation; they "
        f"are the project's. {marks}. Measuring takes {_cash(cash)} and absorbed time worth "
        f"{money(time)} inside the plan's years, all of it in lines that are already costed; a line that serves "
        "several "
        "indicators is shared equally among them."
    )


def goals_words(tables: Tables) -> str:
    """Say by which strategic goal the needs can be added up, or why they cannot."""
    frame, items = tables["goals"], tables["catalogue"]
    linked = frame[frame["goal"] != ""]
    rest = frame[frame["goal"] == ""]
    apart = float(rest["additional_chf"].sum())
    if len(linked):
        return (
            f"The needs are added up by {count(len(linked), 'strategic goal')}; {money(apart)} of additional need "
            "serves "
            "items that are linked to none."
        )
    everything = f"all {money(apart)} of additional need stand" if apart >= 50 else "all of the absorbed time stands"
    named = _mentions(items)
    return (
        f"**The needs cannot be added up by strategic goal from the source.** {count(len(named), 'item').capitalize()} "
        f"of it speak of strategic goals ({listing(named)}), but it names none of them, and it links no initiative, "
        "action or recommendation to one: the catalogue holds no item of kind *goal* and no link to one. So "
        f"{everything} without a goal. What is missing: the list of goals of the strategic plan for the same years, "
        "and "
        "for each action the goal that it serves. Where both are entered in the catalogue (kind *goal*, relation "
        "*goal*), the table is made."
    )


def _mentions(items: pd.DataFrame) -> list[str]:
    texts = items["title_zh"] + " " + items["title"]
    found = items[texts.str.contains("战略目标|总体目标|strategic goal", case=False, regex=True)]
    return [f"{row.id} {row.title}" for row in records(found)]
