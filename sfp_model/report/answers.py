"""The answers at the head of the pages, written from the tables of the scenario at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfp_model.report.anchors import activity_anchor, page_of
from sfp_model.report.bands import Bands, between, standing
from sfp_model.report.decision_tables import boxes, chosen_options, other_option_words, questions
from sfp_model.report.format import chf_words, number, percent, thousands
from sfp_model.report.line_tables import initiative_links
from sfp_model.report.needs_tables import NOT_STORED, of_programmes
from sfp_model.report.provenance import evidence
from sfp_model.report.sentences import answer, by_code, count, money, option_words, person_months, tiles
from sfp_model.report.sure_words import build_up_words, need_row
from sfp_model.report.tables import Markdown, text_table
from sfp_model.report.views import horizon, listing, programme_needs, records, wording, years_of

if TYPE_CHECKING:
    from sfp_model.report.reads import Tables

__all__ = [
    "absorbed_words",
    "concentration",
    "envelope_sentence",
    "envelope_table",
    "first_year",
    "guest_words",
    "initiatives_answer",
    "key_figures",
    "options_answer",
    "overview_answer",
    "recurrent_words",
    "span_of",
    "subsidy_words",
    "year_words",
    "years",
]

_ENVELOPE = {
    "one_off": "This scenario: initiatives of the source, one-off",
    "one_off_with_management": "This scenario: with programme management, one-off",
    "first_result_one_off": "First result of the baseline: initiatives of the source, one-off",
    "first_result_one_off_with_management": "First result of the baseline: with programme management, one-off",
    "prior_low": "Prior, low end",
    "prior_centre": "Prior, centre",
    "prior_high": "Prior, high end",
}


def _totals(tables: Tables, programmes: Sequence[str] = ()) -> dict[str, float]:
    inside = horizon(of_programmes(tables, programmes))
    return {name: float(inside[name].sum()) for name in inside.columns if inside[name].dtype.kind == "f"}


def span_of(tables: Tables) -> str:
    """Return the years of the horizon as words."""
    years = years_of(tables["summary.initiatives"])
    return f"{years[0]}–{years[-1]}"


def key_figures(tables: Tables) -> Markdown:
    """Return the tiles at the head of the overview."""
    facts, total, span = tables.facts(), _totals(tables), span_of(tables)
    again = float(tables["summary.recurrent"]["full_year_additional"].sum())
    sure = need_row(tables)
    frame = of_programmes(tables)
    first = float(frame.loc[frame["period"] == span[:4], "additional_constant"].sum())
    return tiles(
        [
            (
                money(total["additional_constant"]),
                f"additional need {span}, base estimate in constant prices of {facts['base_year']}"
                + (f"; {money(total['additional_nominal'])} nominal" if first >= 50 else ""),
            ),
            *(
                [(money(sure.p80_chf), f"P80: four draws of five need no more; P50 is {money(sure.p50_chf)}")]
                if sure.p90_chf >= 50
                else []
            ),
            *(
                [
                    (
                        money(first),
                        f"of it in {span[:4]}, the first year{between(Bands(tables).get('total', period=span[:4]))}",
                    )
                ]
                if first >= 50
                else []
            ),
            (
                person_months(total["person_months"]),
                f"of absorbed time {span}, worth {money(total['absorbed_constant'])}"
                f"{between(Bands(tables, 'absorbed').get('total'))}",
            ),
            (
                money(again),
                f"additional need that recurs in each full year after {span[-4:]}"
                f"{between(Bands(tables).get('total', period='full year'))}",
            ),
        ]
    )


def overview_answer(tables: Tables, year: str) -> Markdown:
    """Answer what is asked and what it takes."""
    facts, total, span = tables.facts(), _totals(tables), span_of(tables)
    first = (
        f"**Member States are asked to take {count(tables['decisions']['decision'].nunique(), 'decision')}**, which "
        f"the source puts in {count(boxes(tables['catalogue']), 'box', 'boxes')} (@tbl-decisions). "
        f"{questions(tables)} The scenario *{facts['title']}* takes "
        f"{option_words(chosen_options(tables['decisions']))}."
    )
    whole = ("total", "", "", "")
    months = person_months(total["person_months"])
    months += between(Bands(tables, "absorbed", "months").get(*whole), work=True)
    worth = money(total["absorbed_constant"])
    if total["additional_constant"] < 50:
        return answer(
            first,
            f"**There is no additional need in {span}**: the scenario works with the staff that ITU has. It absorbs "
            f"{months} of their time, worth {worth}. {_firmness(tables, 'absorbed')} What is then reduced or not "
            "done is listed in @sec-undone.",
        )
    second = (
        f"**The additional need of {span} is {money(total['additional_constant'])}** in constant prices of "
        f"{facts['base_year']}{between(Bands(tables).get(*whole))}, {money(total['additional_nominal'])} nominal"
        f"{between(Bands(tables, measure='nominal').get(*whole))}. Beside it, {months} of staff "
        f"already paid are absorbed, worth {worth}; they are not added to the additional need."
    )
    sure = build_up_words(tables)
    sure += " [How sure are we?](sure.ipynb) shows where the range comes from." if sure else ""
    return answer(first, second, sure, year_words(tables, year), _firmness(tables, "additional"))


def _firmness(tables: Tables, measure: str) -> str:
    """Say on which confidence code an amount rests, and why."""
    frame = tables["summary.confidence"]
    codes = frame.groupby("confidence")[f"{measure}_constant"].sum()
    whole = "additional need" if measure == "additional" else "absorbed time"
    if list(codes[codes > 0].index) != ["E"]:
        return f"Of the {whole}, {by_code(codes)}."
    behind = evidence(tables)[measure]
    named = float(behind[["both", "rate", "quantity"]].sum() / behind.sum())
    return (
        f"All of the {whole} counts as an estimate (code E): an amount takes the weaker code of its quantity and its "
        "rate, and none has both from a document. "
        f"{f'For {percent(named)}' if named < 0.9995 else 'For all'} of it, quantity, rate or both rest on a named "
        "source (@sec-evidence)."
    )


def year_words(tables: Tables, year: str) -> str:
    """Say what a year needs and what its largest part is."""
    frame = of_programmes(tables)
    mine = frame[frame["period"] == year]
    whole = float(mine["additional_constant"].sum())
    if whole < 50:
        return f"**{year}** has no additional need."
    by = mine.groupby("programme")["additional_constant"].sum()
    programme, part = str(by.idxmax()), float(by.max())
    inside = mine[mine["programme"] == programme].set_index("label")["additional_constant"]
    text = (
        f"**{year} has an additional need of {money(whole)}; its largest part is for the programme "
        f"{wording(programme)}** ({money(part)}, {percent(part / whole)})"
    )
    if (inside >= 50).sum() > 1:
        label = str(inside.idxmax())
        text += f", most of all for [{label}]({initiative_links(tables)[label]}) ({money(float(inside.max()))})"
    drawn = Bands(tables).get("total", period=year)
    if drawn is not None and drawn.p90 > drawn.p10:
        where = "below" if whole < drawn.p10 else "above" if whole > drawn.p90 else ""
        text += f". In the simulation the year takes {money(drawn.p10)} to {money(drawn.p90)} (P10–P90)"
        if where:
            later = "brings work of the years before into it" if where == "below" else "moves work out of it"
            text += f"; the base estimate lies {where} this range, because delay {later}"
    return f"{text}. {_largest_item(tables, year)}"


def _largest_item(tables: Tables, year: str) -> str:
    """Name the largest resource line of a year."""
    needs = programme_needs(tables, *tables["summary.initiatives"]["programme"].unique())
    chosen = needs[(needs["period"] == year) & (needs["funding"] == "additional")]
    sums = chosen.groupby("line")["constant_chf"].sum()
    line, amount = str(sums.idxmax()), float(sums.max())
    row = records(chosen[chosen["line"] == line])[0]
    if line == "event/subsidy":
        named = "the subsidy from the regular budget to the flagship event"
    else:
        activities = tables[f"{row.programme}.activities"].set_index("activity")["title"]
        where = f"{page_of(row.programme)}#{activity_anchor(row.activity)}"
        named = f"a resource line of [“{activities[row.activity]}” ({row.activity})]({where})"
    return f"The largest single item of the year is {named}: {money(amount)}."


def absorbed_words(tables: Tables) -> str:
    """Say what the absorbed time amounts to."""
    total, years = _totals(tables), years_of(tables["summary.initiatives"])
    frame = horizon(of_programmes(tables)).groupby("programme", sort=False)["person_months"].sum()
    months = total["person_months"]
    if months < 0.05:
        return "No time of staff already paid is absorbed."
    peak = horizon(of_programmes(tables)).groupby("period")["person_months"].sum()
    return (
        f"Staff already paid give {person_months(months)}"
        f"{between(Bands(tables, 'absorbed', 'months').get('total'), work=True)} in {years[0]}–{years[-1]}, as much as "
        f"{number(months / (12 * len(years)), 0)} people working on nothing else in all {count(len(years), 'year')}. "
        f"{wording(str(frame.idxmax()))} takes {percent(frame.max() / months)} of it. The heaviest year is "
        f"{peak.idxmax()}, with {person_months(peak.max())}, or {number(peak.max() / 12, 0)} people. "
        f"At the cost of their grades the time is worth {money(total['absorbed_constant'])}. "
        "Whether other work can wait for it is a question for management, not a sum that this annex can settle."
    )


def recurrent_words(tables: Tables, programmes: Sequence[str] = ()) -> str:
    """Say what goes on after the horizon."""
    frame, last = tables["summary.recurrent"], years_of(tables["summary.initiatives"])[-1]
    if programmes:
        frame = frame[frame["programme"].isin(programmes)]
    key = Bands(tables).whole(programmes) or NOT_STORED
    titles = of_programmes(tables).drop_duplicates("initiative").set_index("initiative")["label"]
    cash, time = float(frame["full_year_additional"].sum()), float(frame["full_year_absorbed"].sum())
    tail = f"The absorbed time that goes on is worth {money(time)} a year."
    if cash < 50:
        return f"After {last}, nothing recurs as additional need. {tail}"
    largest = frame[frame["full_year_additional"] >= 50].nlargest(3, "full_year_additional")
    parts = [f"{titles[row.initiative]} ({money(row.full_year_additional)})" for row in records(largest)]
    names = f"the largest parts are {listing(parts)}" if len(parts) > 1 else f"all of it is for {parts[0]}"
    return (
        f"After {last}, {money(cash)} a year recurs as additional need unless something is stopped"
        f"{between(Bands(tables).get(*key, period='full year'))}; {names}. {tail} "
        "Lines with an end of their own are one-off here, even where they span years."
    )


def envelope_table(tables: Tables) -> Markdown:
    """Return the one-off additional need of the transformation beside the prior and the first result."""
    rows = [
        {
            "label": _ENVELOPE.get(row.key, wording(row.key)),
            "amount": thousands(row.value_chf),
            "note": row.note[:1].upper() + row.note[1:],
        }
        for row in records(tables["envelope"])
    ]
    heads = {"label": "", "amount": "One-off additional need, CHF thousands", "note": "Note"}
    drawn = Bands(tables).get("programme_recurrence", "transformation", part="one_off")
    return text_table(rows, heads, note=standing(tables) if drawn is None else
                      "In the simulation, one-off additional need with programme management inside the plan's years is "
                      f"{money(drawn.p10)} to {money(drawn.p90)} (P10–P90). {standing(tables)}")  # fmt: skip


def envelope_sentence(tables: Tables) -> str:
    """Say where the one-off additional need of the transformation stands in the prior."""
    values = tables["envelope"].set_index("key")["value_chf"]
    plan, managed = float(values["one_off"]), float(values["one_off_with_management"])
    low, centre, high = (float(values[f"prior_{key}"]) for key in ("low", "centre", "high"))
    bounds = f"{chf_words(low)} to {chf_words(high)} with its centre at {chf_words(centre)}"
    if managed < 50:
        return (
            f"Before any line was typed, a prior of {bounds} was set for the one-off additional need of the "
            "transformation plan. This scenario has none, so there is nothing to compare."
        )
    place = "below" if managed < low else "above" if managed > high else "inside"
    first = values.get("first_result_one_off_with_management", values.get("first_result_one_off"))
    text = (
        f"Before any line was typed, a prior of {bounds} was set for the one-off additional need of the transformation "
        f"plan. The lines of this scenario add up to {money(plan)}, or {money(managed)} with programme management: "
        f"{place} the prior and {percent(abs(managed / centre - 1))} {'above' if managed > centre else 'below'} its "
        "centre. What recurs until the end of the horizon is not in this comparison."
    )
    if first is not None:
        same = abs(float(first) - managed) < 50
        text += " The first result, recorded before any parameter was changed because of it, stands beside it" + (
            " and is the same." if same else "."
        )
    return text


def subsidy_words(tables: Tables) -> str:
    """Say what the chosen event concept takes from the regular budget."""
    event = tables["event.results"]
    chosen = event[event["chosen"] & (event["edition"] == "total")]
    if chosen.empty or chosen.iloc[0]["concept"] == "none":
        return (
            "This scenario holds no flagship event, so there is no subsidy. "
            "The WSIS Forum and the AI for Good summit take place all the same."
        )
    row, editions = chosen.iloc[0], event[event["chosen"] & event["held"] & (event["edition"] != "total")]["edition"]
    text = (
        f"The scenario holds *{row['concept_title']}* ({row['format'].replace('_', ' ')}, "
        f"{row['place'].replace('_', ' ').capitalize()}), {count(len(editions), 'edition')} in "
        f"{listing(editions)}. Its revenue is {money(row['revenue_chf'])} and its cash cost {money(row['cost_chf'])}. "
    )
    if row["subsidy_chf"] >= 50:
        subsidy = f"**{money(row['subsidy_chf'])}**, which is part of the additional need"
        text += f"The regular budget gives a subsidy of {subsidy}"
    else:
        text += "It needs no subsidy from the regular budget"
    if abs(row["fund_draw_chf"]) >= 50:
        text += f", after {money(row['fund_draw_chf'])} from the exhibition fund"
    own = ". Revenue and cost of the event are an account of its own; neither they"
    time = f" nor the time of staff already paid that it takes (worth {money(row['absorbed_chf'])})"
    return text + own + (time if row["absorbed_chf"] >= 50 else " nor its fund") + " enter a table on this page."


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def initiatives_answer(tables: Tables, programmes: Sequence[str], what: str) -> Markdown:
    """Answer what some programmes take: totals, year by year, largest parts, after the horizon."""
    facts, total, span = tables.facts(), _totals(tables, programmes), span_of(tables)
    frame = of_programmes(tables, programmes)
    inside = horizon(frame)
    key = Bands(tables).whole(list(dict.fromkeys(frame["programme"]))) or NOT_STORED
    spread = between(Bands(tables, "absorbed", "months").get(*key), work=True)
    months = (
        f"{person_months(total['person_months'])}{spread} of absorbed time, worth {money(total['absorbed_constant'])}"
    )
    full = tables["summary.recurrent"]
    again = float(full.loc[full["programme"].isin(programmes), "full_year_additional"].sum())
    memo = float(frame.loc[frame["period"].str.startswith("before"), "absorbed_constant"].sum())
    before = (
        f" What the source places before {span[:4]} is shown as a memo: absorbed time worth {money(memo)}."
        if memo >= 50
        else ""
    )
    if total["additional_constant"] < 50:
        nothing = f"**In the scenario *{facts['title']}*, {_lower(what)} has no additional need in {span}.**"
        return answer(f"{nothing} It takes {months}.{before}")
    years = inside.groupby("period")["additional_constant"].sum()
    by = inside.groupby("label", sort=False)["additional_constant"].sum().nlargest(3)
    by = by[by > 0]
    names = listing(f"{label} ({money(value)})" for label, value in by.items())
    largest = f"The largest initiatives are {names}." if len(by) > 1 else f"All of it is for {by.index[0]}."
    first = (
        f"**{what} has an additional need of {money(total['additional_constant'])} in {span}** in constant prices "
        f"of {facts['base_year']}{between(Bands(tables).get(*key))}, {money(total['additional_nominal'])} nominal"
        f"{between(Bands(tables, measure='nominal').get(*key))}, and takes {months}. "
        f"In the base estimate, {years.idxmax()} is the year with the largest additional need "
        f"({money(years.max())}, {percent(years.max() / years.sum())} of the total)."
    )
    recurs = (
        f"After {span[-4:]}, {money(again)} a year recurs{between(Bands(tables).get(*key, period='full year'))}."
        if again >= 50
        else f"Nothing recurs as additional need after {span[-4:]}."
    )
    return answer(first, f"{largest} {recurs}{before}")


def options_answer(tables: Tables, *decisions: str) -> Markdown:
    """Say what the other option of each decision changes."""
    from sfp_model.report.decision_tables import option_modes

    return answer(*(other_option_words(tables, decision) for decision in decisions), option_modes(tables.facts()))


def years(tables: Tables) -> list[str]:
    """Return the years of the horizon."""
    return years_of(tables["summary.initiatives"])


def first_year(tables: Tables) -> int:
    """Return the first year of the horizon."""
    return int(years(tables)[0])


def guest_words(tables: Tables, programmes: Sequence[str]) -> str:
    """Say how much of the absorbed time is given by people who do not work on the plan themselves."""
    inside = horizon(programme_needs(tables, *programmes))
    worked = inside[inside["funding"] == "absorbed"]
    guests = worked[worked["resource"].str.endswith(".mix")]
    whole, part = float(worked["person_months"].sum()), float(guests["person_months"].sum())
    if part < 0.05:
        return ""
    by = worked.groupby("initiative")["person_months"].sum()
    most = guests.groupby("initiative")["person_months"].sum() / by
    over = sorted(str(key) for key in most.index[most > 0.5])
    more = f"; in {listing(over)} it is more than half" if over else ""
    return (
        f"Of this time, {percent(part / whole)} is counted at the average grade of all staff: learners, guests of "
        f"workshops, reviewers and people in pilots, who give it up beside their own work{more}."
    )


def concentration(tables: Tables, programmes: Sequence[str]) -> str:
    """Say how much of the additional need its largest lines make up."""
    inside = horizon(programme_needs(tables, *programmes))
    sums = inside[inside["funding"] == "additional"].groupby("line")["constant_chf"].sum()
    if sums.sum() < 50:
        return "No line of this scenario is additional need."
    top = float(sums.nlargest(10).sum())
    return (
        f"The ten largest lines of additional need make up {percent(top / sums.sum())} of it; the programme has "
        f"{count(len(sums), 'such line')} in all. It is these ten that are worth checking first."
    )
