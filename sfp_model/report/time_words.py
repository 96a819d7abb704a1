"""What the page on time and work says: answers made from the tables of the scenario at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.format import day, number, percent
from sfp_model.report.sentences import answer, count, money, person_months
from sfp_model.report.tables import Markdown
from sfp_model.report.views import listing, records

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = [
    "decision_words", "effect_words", "fixed_words", "level_words", "meeting_words", "overload_words", "post_words",
    "start_year", "time_answer", "work_words",
]  # fmt: skip


def start_year(tables: Tables) -> int:
    """Return the first year of the horizon."""
    return int(tables.facts()["horizon"][:4])


def _whole(tables: Tables) -> pd.Series[float]:
    frame = tables["schedule.programmes"]
    return frame[frame["programme"] == "plan"].iloc[0]


def _absorbed(tables: Tables) -> pd.Series[float]:
    """Return absorbed person-months by quarter of the horizon."""
    frame = tables["staffing.quarters"]
    mine = frame[(frame["funding"] == "absorbed") & frame["period"].str.contains("-Q")]
    return mine.groupby("period")["person_months"].sum()


def _quarter(period: str) -> str:
    names = {"1": "first", "2": "second", "3": "third", "4": "fourth"}
    return f"the {names[period[-1]]} quarter of {period[:4]}"


def time_answer(tables: Tables) -> Markdown:
    """Answer when the plan runs, whose time it takes, and what float can do about it."""
    facts, whole = tables.facts(), _whole(tables)
    paths = [
        f"{row.title} ends in {day(row.end_month)} ({row.critical_path.replace(';', ' → ')})"
        for row in records(tables["schedule.programmes"])
        if row.programme != "plan"
    ]
    late = float(whole["end_p80"] - whole["end"])
    first = (
        f"**The plan starts in {day(facts['start'])} and its last action ends in {day(str(whole['end_month']))}.** "
        f"What decides the end of each programme, by the actions on its critical path: {listing(paths)}. If "
        "durations run as in comparable programmes and risk events occur as the register says, the last action ends up "
        f"to {number(late, 0)} months later in four of five simulated courses."
    )
    quarters = _absorbed(tables)
    if quarters.sum() < 0.05:
        return answer(first, "**No time of staff already paid is absorbed.**")
    busiest = str(quarters.idxmax())
    second = (
        f"**It absorbs {person_months(float(quarters.sum()))} of staff already paid inside the plan's years; "
        "the busiest "
        f"quarter is {_quarter(busiest)}, with {person_months(float(quarters.max()))}** "
        f"({number(float(quarters.max()) / 3)} people full time)."
    )
    return answer(first, second, overload_words(tables), level_words(tables))


def overload_words(tables: Tables) -> str:
    """Say which staff group is asked for most above what it can release, and the rate that would suffice."""
    frame = tables["staffing.capacity"]
    if not len(frame):
        return "No staff numbers are declared, so absorbed time cannot be held against a capacity."
    rate = float(frame["release_rate"].iloc[0])
    over = frame[frame["over"] > 0]
    if not len(over):
        return (
            f"**No staff group is asked for more than {percent(rate)} of its time in any quarter**, the share that is "
            "taken to be released (an estimate, as are the sizes of the groups)."
        )
    worst = over.loc[over["over"].idxmax()]
    groups = over.groupby(["sector", "station", "grade"]).ngroups
    named = tables["staffing.overload"]
    mine = named[
        (named[["period", "sector", "station", "grade"]] == worst[["period", "sector", "station", "grade"]]).all(axis=1)
    ]
    heavy = mine.groupby("action")["person_months"].sum().nlargest(2)
    return (
        f"**If each staff group releases {percent(rate)} of its time, {count(groups, 'group')} "
        f"{'is' if groups == 1 else 'are'} over-allocated in at least one quarter, over "
        f"{count(over['period'].nunique(), 'quarter')} in all.** "
        f"The largest gap is that of {worst['grade']} in {worst['sector']} in {_quarter(str(worst['period']))}: "
        f"{number(float(worst['demand']), 1)} person-months asked, {number(float(worst['capacity']), 1)} "
        "released, the largest "
        f"parts for {listing(str(a) for a in heavy.index)}. To break even, this group would have to release "
        f"{percent(float(worst['break_even_rate']))} of its time. The sizes of groups and the rate are estimates."
    )


def level_words(tables: Tables) -> str:
    """Say what levelling achieves and what is left to pay for."""
    frame = tables["staffing.levelling"]
    if not len(frame):
        return ""
    sums = frame.groupby("case")[["posts", "over", "additional_constant", "whole_constant"]].sum()
    before, after = sums.loc["as planned"], sums.loc["levelled"]
    if before["posts"] < 0.5:
        return "No temporary post is needed to carry what staff cannot release."
    moved = int((tables["staffing.moves"]["moved"] > 0).sum())
    if moved == 0:
        return (
            f"No move within float lessens the {count(int(before['posts']), 'temporary post')} that this would "
            "take; at "
            f"the rate card they would cost {money(float(before['additional_constant']))}, on top of the "
            "additional need."
        )
    left = (
        f"what remains above capacity ({person_months(float(after['over']))}) would cost "
        f"{money(float(after['additional_constant']))} in temporary assistance by the month, "
        f"{money(float(after['whole_constant']))} in whole posts by the quarter, on top of the additional need"
        if after["posts"] > 0.5
        else "nothing remains above capacity that would need temporary assistance"
    )
    return (
        f"**Moving {count(moved, 'action')} within {'its' if moved == 1 else 'their'} float brings the temporary posts "
        f"that this would take from {number(float(before['posts']))} to "
        f"{number(float(after['posts'])) if after['posts'] else 'none'}** without moving the end of a "
        f"programme; {left}."
    )


def effect_words(tables: Tables) -> str:
    """Say what a later start and a slower pace change."""
    years, peaks = tables["schedule.effects"], tables["schedule.peaks"]
    first = str(start_year(tables))
    cell = {
        (shift, stretch): float(mine.loc[mine["period"] == first, "additional_constant"].sum())
        for (shift, stretch), mine in years.groupby(["start_shift", "stretch"])
    }
    peak = {(row.start_shift, row.stretch): row.peak_person_months for row in records(peaks)}
    fast, own, slow = min(s for _, s in peak), (0.0, 1.0), max(s for _, s in peak)
    work = (
        f"The busiest quarter absorbs {person_months(peak[own])} as planned, {person_months(peak[0.0, fast])} "
        "if all takes "
        f"{percent(fast)} of the time, and {person_months(peak[0.0, slow])} if it takes {percent(slow)}."
    )
    if cell[own] < 50:
        return f"The first year has no additional need that a later start could move. {work}"
    return (
        f"A start six months later moves {money(cell[own] - cell[6.0, 1.0])} out of {first}; a start twelve "
        "months later "
        f"moves {money(cell[own] - cell[12.0, 1.0])}. {work}"
    )


def fixed_words(tables: Tables) -> str:
    """Say what does not move when the plan does."""
    frame = tables["schedule.fixed"]
    if not len(frame):
        return "Every line moves with its action: none is on a calendar date."
    before = frame[frame["before_horizon"]]
    inside = len(frame) - len(before)
    return (
        f"{count(len(frame), 'resource line').capitalize()} {'is' if len(frame) == 1 else 'are'} on calendar "
        "dates and move "
        f"neither with the plan nor with their action: {number(len(before)) if len(before) else 'none'} before "
        "the plan "
        f"({person_months(float(before['person_months'].sum()))}, memo) and {count(inside, 'line')} inside it. "
        "Meetings do "
        "not move either."
    )


def meeting_words(tables: Tables) -> str:
    """Say which meetings fall before the end of the plan's actions."""
    frame, end = tables["schedule.meetings"], float(_whole(tables)["end"])
    inside = frame[frame["inside"] & (frame["start"] < end)]
    known = inside[inside["confidence"] != "E"]
    if not len(inside):
        return "No meeting of a governing body is placed in the time of the plan."
    return (
        f"{count(len(inside), 'meeting').capitalize()} of governing bodies fall between the start of the "
        "plan's years and "
        f"the end of its last action. On the day up to which this scenario knows the world, "
        f"{count(len(known), 'of them had a date', 'of them had dates')} in a document; the others are placed "
        "by estimate, "
        "on no more than their quarter."
    )


def work_words(tables: Tables) -> str:
    """Say how much of the absorbed time is that of participants."""
    frame = tables["staffing.quarters"]
    mine = frame[(frame["funding"] == "absorbed") & frame["period"].str.contains("-Q")]
    whole, guests = (
        float(mine["person_months"].sum()),
        float(mine.loc[mine["role"] == "participants", "person_months"].sum()),
    )
    days = float(frame.loc[frame["kind"] == "consultant", "days"].sum())
    outside = f"Consultants work {number(days)} days." if days >= 0.5 else "No consultant is paid for."
    if whole < 0.05:
        return f"No time is absorbed. {outside}"
    return (
        f"Of the absorbed time inside the plan's years, {percent(guests / whole)} is that of participants "
        "(learners, guests "
        f"of workshops, respondents, reviewers): {person_months(guests)}, counted beside the time of those who do the "
        f"work. {outside}"
    )


def post_words(tables: Tables) -> str:
    """Say which posts remain after the plan."""
    frame = tables["staffing.posts"]
    paid = frame[frame["kind"] != "existing"]
    new = frame[frame["kind"] == "new"]
    bound = float(frame.loc[frame["kind"] == "existing", "posts_after"].sum())
    words = (
        f"The plan pays for {person_months(float(paid['person_months'].sum()))} of temporary assistance"
        if len(paid) and not len(new)
        else f"The plan pays for {person_months(float(paid['person_months'].sum()))} of new posts and "
        "temporary assistance"
        if len(paid)
        else "The plan pays for no new post and no temporary assistance, so that none remains after it"
    )
    remain = float(paid["posts_after"].sum())
    rest = f"{number(remain, 1)} posts remain after it" if remain >= 0.05 else "no new post remains after it"
    binds = (
        f"What recurs goes on binding the time of {number(bound, 1)} existing posts in a full year, spread "
        "over many people."
        if bound >= 0.05
        else "No recurrent work binds existing posts afterwards."
    )
    return f"**{words}; {rest}.** {binds}" if len(paid) else f"**{words}.** {binds}"


def decision_words(tables: Tables) -> Markdown:
    """Say what schedule and staffing mean for the decision."""
    points = [
        "A delay is not a saving: it moves cash and absorbed time into later years and pays for fewer months of what "
        "recurs before the horizon ends (@tbl-effects).",
        "The sooner the plan has to be done, the higher the quarter of most absorbed time (@tbl-peaks).",
    ]
    frame = tables["staffing.levelling"]
    left = float(frame.loc[frame["case"] == "levelled", "additional_constant"].sum()) if len(frame) else 0.0
    if left >= 50:
        points.append(
            f"Who adopts the plan without releasing more staff time accepts that {money(left)} of temporary "
            "assistance is "
            "asked for later, or that other work stands still (@tbl-overload, @tbl-levelling)."
        )
    else:
        points.append("The staff time that the plan asks for can be released under the assumptions stated.")
    points.append("Every size of a staff group is an estimate: figures by grade and Sector should be asked for "
    "before the "
                  "rates are relied upon.")  # fmt: skip
    return Markdown("\n".join(f"- {point}" for point in points))
