"""Sentences of the page on funding, from the scenario's tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sfp_model.report.format import chf, number, percent
from sfp_model.report.sentences import answer, count, letters, money
from sfp_model.report.tables import Markdown
from sfp_model.report.views import listing, records

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ceiling_words", "closed_words", "funding_answer", "joint_words", "meaning_words", "next_words",
    "relaxation_words", "source_words", "unit_words", "weight_words",
]  # fmt: skip

Frames = Mapping[str, "pd.DataFrame"]
NIL = 0.5
NOTHING = 5e-5  # of the gaps; no more than that is nothing


def _plan(t: Frames, level: str = "centre") -> Any:
    rows = t["funding.gap"]
    return records(rows[(rows["ceiling"] == level) & (rows["kind"] == "plan")])[0]


def _years(t: Frames) -> list[Any]:
    rows = t["funding.gap"]
    return records(rows[(rows["ceiling"] == "centre") & (rows["kind"] == "year")])


def _ceiling(t: Frames) -> float:
    rows = t["funding.gap"]
    return float(rows[(rows["ceiling"] == "centre") & (rows["kind"] == "biennium")]["ceiling_chf"].iloc[0])


def funding_answer(t: Frames) -> Markdown:
    """Answer the page's question: who pays, and what fits."""
    return answer(_who_pays(t), _what_fits(t))


def _who_pays(t: Frames) -> str:
    plan = _plan(t)
    if plan.additional_chf < NIL:
        return (
            "**Nobody has to pay more.** This scenario has no additional need, so that every ceiling holds and "
            "nothing is to "
            "be funded; what it takes is time of staff already paid."
        )
    start = (
        f"The plan's additional need is {money(plan.additional_chf)} in nominal prices. Under an **illustrative** "
        "ceiling "
        f"of {money(_ceiling(t))} a biennium (none is published) the regular budget carries {money(plan.regular_chf)}"
    )
    sources = f" and other sources {money(plan.sources_chf)}" if plan.sources_chf >= NIL else ""
    if plan.gap_chf < NIL:
        return f"**It can be paid.** {start}{sources}: there is no gap in the base estimate{_spread(t)}."
    none = "" if sources else " No other source of money is evidenced."
    average = next(r for r in records(t["funding.units"]) if (r.measure, r.period) == ("gap", "average year"))
    return (
        f"**{money(plan.gap_chf)} has no payer{_spread(t)}.** {start}{sources}; the rest is a gap.{none} Spread over "
        "four years it is "
        f"{number(average.units, 1)} contributory units, or {percent(average.share, 1)} of the financial plan (E)."
    )


def _spread(t: Frames) -> str:
    """Return the range of the gap of the plan in brackets."""
    rows = [r for r in records(t["simulation.gap"]) if (r.ceiling, r.period, r.measure) == ("centre", "plan", "gap")]
    return f" (P10–P90: {money(rows[0].p10_chf)} to {money(rows[0].p90_chf)})" if rows else ""


def _weighed(t: Frames) -> pd.DataFrame:
    rows = t["ceiling.selection"]
    return rows[rows["weighed"]]


def _what_fits(t: Frames) -> str:
    rows = _weighed(t)
    if rows.empty:
        return ""
    kept, later = rows[rows["kept"]], rows[rows["kept"] & (rows["delay"] > 0)]
    left = rows[~rows["kept"]]
    if kept.empty:
        return f"**No action that closes a gap fits** under the same ceiling, half of it in each year. {why_none(t)}"
    if left.empty and later.empty:
        return f"**Everything fits**: all {count(len(rows), 'action')} that close a gap of the source start as planned."
    started = f", {letters(len(later))} of them later than planned" if len(later) else ", all as planned"
    dropped = ""
    if len(left):
        dropped = f" What does not fit: {listing(f'{r.action} ({r.title})' for r in records(left))}."
    return (
        f"**{len(kept)} of {len(rows)} actions fit** under the same ceiling, half of it in each "
        f"year{started}.{dropped} "
        f"{_held(t)}"
    ).strip()


def why_none(t: Frames) -> str:
    """Say why a ceiling holds no action at all; empty where it holds one."""
    rows = t["ceiling.selection"]
    if rows[rows["weighed"]]["kept"].any():
        return ""
    managed = rows[~rows["weighed"] & (rows["start"] == "") & ~rows["kept"]]["title"].str.lower()
    least = t["ceiling.next"]
    least = least[least["smallest"]]
    brings = f" brings {listing(managed)} with it as long as it lasts, and" if len(managed) else ""
    needs = f": at least {chf(least['extra_chf'].iloc[0])} more is needed" if len(least) else ""
    return f"The first action that is kept{brings} needs more money than the ceilings leave beside what stays{needs}."


def _held(t: Frames) -> str:
    rows = t["ceiling.years"]
    last = rows[rows["period"] == "all"]
    if last.empty:
        return ""
    share = float(last["share_within"].iloc[0])
    words = percent(share) if share >= 0.005 else "less than 1%"
    return (
        "That is by the base estimate: in the simulation all years stay within their ceilings in "
        f"{words} of the outcomes."
    )


def source_words(t: Frames) -> str:
    """Say how many sources are evidenced."""
    rows = t["funding.sources"].drop_duplicates("source")
    others = rows[rows["source"] != "regular_budget"]
    found = others[others["stated_chf"] > 0]
    support = others[others["support_share"] > 0]
    said = (
        f"Beside the regular budget there are {count(len(others), 'source')} in the order in which they would be "
        "drawn; "
        f"{_evidenced(len(found))} evidence. A source without evidence is 0: it may exist, but nobody has shown it."
    )
    assumed = others[others["evidence"].str.startswith("estimate")]
    if len(assumed):
        every = t["funding.sources"]
        drawn = every[every["source"].isin(assumed["source"]) & (every["kind"] == "biennium")]["drawn_chf"].sum()
        names = listing(f"{title[:1].lower()}{title[1:]}" for title in assumed["title"])
        said += f" The exception is an estimate that this scenario makes: {names}, of which {money(drawn)} is drawn."
    plan = _plan(t)
    if len(support) and plan.gap_chf >= NIL:
        row = records(support)[0]
        said += (
            f" To close the gap with {row.title.lower()} alone, {money(plan.to_raise_chf)} would have to be given: "
            f"{money(plan.support_cost_chf)} of it is support cost ({percent(row.support_share)})."
        )
    return said


def _evidenced(n: int) -> str:
    return "none of them has" if n == 0 else "one of them has" if n == 1 else f"{n} of them have"


def unit_words(t: Frames) -> str:
    """Say what CHF 1 million means, and the average gap for the smallest and the largest class."""
    rows = t["funding.classes"].rename(columns={"class": "name"})
    one = {r.measure: r for r in records(rows[rows["units"] == 1])}
    if "CHF 1 million" not in one:
        return ""
    row = one["CHF 1 million"]
    said = (
        f"CHF 1 million a year is {chf(row.per_unit_chf)} for each unit of Member States, or "
        f"{chf(row.per_equivalent_chf)} "
        "for each unit-equivalent if Sector Members carry their part."
    )
    gaps = [r for r in records(rows[rows["measure"] == "gap"]) if r.amount_chf >= NIL]
    if gaps:
        low, high = min(gaps, key=lambda r: r.units), max(gaps, key=lambda r: r.units)
        share = high.per_unit_chf / high.now_chf if high.now_chf else 0.0
        said += (
            f" If Member States carried the average gap by their units, a member of class {low.name} would pay "
            f"{chf(low.per_unit_chf)} a year more and one of class {high.name} {chf(high.per_unit_chf)}, each "
            f"{percent(share, 1)} more than today."
        )
    return said


def ceiling_words(t: Frames) -> str:
    """Say what is compared and what the choice does with dates, options and management."""
    rows = _weighed(t)
    later = rows[rows["kept"] & (rows["delay"] > 0)]
    managed = t["ceiling.selection"]
    managed = managed[~managed["weighed"] & (managed["start"] == "") & managed["kept"]]
    said = [
        f"{count(len(rows), 'action').capitalize()} close gaps of the source and can be compared; each may be left "
        "out, start "
        "as planned, a year later or a biennium later, or be done under another option. All other actions stay as "
        "they are, "
        "and their additional need comes first."
    ]
    if len(later):
        said.append(
            f"{count(len(later), 'action').capitalize()} {'waits' if len(later) == 1 else 'wait'}: a later start "
            "moves one-off "
            "money and saves none, while what recurs is paid for fewer months inside the plan."
        )
    for row in records(managed):
        if row.chosen_chf > row.proposed_chf + NIL:
            said.append(
                f"The longer programme has its price: {row.title.lower()} needs {money(row.chosen_chf)} instead of "
                f"{money(row.proposed_chf)}."
            )
    options = rows[rows["kept"] & (rows["option"] != "")]
    if len(options):
        chosen = listing(f"{r.option} for {r.action}" for r in records(options))
        said.append(
            f"Options are {chosen}: the links to gaps do not tell options apart, so that the one with the lower "
            "additional need is taken, and the scenario's where they need the same."
        )
    return " ".join(said)


def joint_words(t: Frames) -> str:
    """Say how sure it is that the chosen plan keeps its ceilings."""
    rows = t["ceiling.years"]
    singles, last = rows[rows["period"] != "all"], rows[rows["period"] == "all"]
    if last.empty:
        return ""
    weakest = records(singles.sort_values("share_within"))[0]
    if float(last["share_within"].iloc[0]) >= 0.995:
        return "The chosen plan keeps every ceiling in practically all simulated outcomes."
    share = percent(weakest.share_within) if weakest.share_within >= 0.005 else "less than 1%"
    return (
        "The optimiser fills each ceiling to the brim with base estimates, and estimates tend to be exceeded: "
        f"{weakest.period} "
        f"stays within its ceiling in {share} of the simulated outcomes. A plan that has to hold needs a provision "
        "under "
        "the ceiling; this one shows what is at most possible."
    )


def closed_words(t: Frames) -> str:
    """Say what favoured means."""
    rows = t["ceiling.gaps"]
    if rows.empty:
        return ""
    return (
        "The value of an action is the part of the gaps that it closes: an initiative closes a gap in equal parts with "
        "the others linked to it, an action its initiative in equal parts. The links are the project's, not the "
        "source's. *Favoured* means that this gap comes first, and the others together only decide between plans that "
        "close as much of it."
    )


def weight_words(t: Frames) -> str:
    """Say what holds over all weightings."""
    rows = t["ceiling.weights"]
    if rows.empty:
        return ""
    parts = {key: rows[rows["status"] == key] for key in ("kept", "depends", "dropped")}
    least = float(rows["least_weight"].iloc[0])
    counts = f"more than {percent(least, 1)}" if least else "something, however little"
    said = (
        f"Over **all** weightings in which every gap counts for {counts}, "
        f"{len(parts['kept'])} of {len(rows)} actions are in every best plan"
    )
    if 0 < len(parts["kept"]) <= 10 and len(parts["kept"]) < len(rows):
        said += f" ({listing(parts['kept']['action'])})"
    if len(parts["depends"]):
        verb = "depends" if len(parts["depends"]) == 1 else "depend"
        said += f"; {count(len(parts['depends']), 'action')} {verb} on the weights"
    if len(parts["dropped"]):
        verb = "is" if len(parts["dropped"]) == 1 else "are"
        said += f"; {listing(parts['dropped']['action'])} {verb} in none"
    still = rows[rows["status"] == "open"]
    if len(still):
        return said + f"; for {listing(still['action'])} it is open, because there were too many cases to settle."
    zero = (
        "" if least else " A weight of zero adds nothing but ties: plans that differ only in a gap that does not count."
    )
    return said + f". This is proven, not sampled.{zero}"


def next_words(t: Frames) -> str:
    """Say what the smallest sum buys that buys anything, and what the next CHF 100 000 buys."""
    rows = t["ceiling.next"]
    if rows.empty:
        return ""
    round_sums = rows[~rows["smallest"]]
    row = records(round_sums[round_sums["extra_chf"] == round_sums["extra_chf"].min()])[0]
    least = records(rows[rows["smallest"]])
    if not least:
        if row.value_before >= 1 - NOTHING:
            return "Every gap is closed already: more money closes nothing more."
        return "No sum of money closes more of the gaps: what is left out does not fit into the time of the plan."
    gain = row.value - row.value_before
    buys = f"closes {number(100 * gain, 1)} percentage points more of the gaps" if gain > NOTHING else "buys nothing"
    first = least[0]
    more = number(100 * (first.value - first.value_before), 1)
    return (
        f"The smallest sum that buys the next action is **{chf(first.extra_chf)}**: it {changes(first)}, which closes "
        f"{more} percentage points more of the gaps. Another {chf(row.extra_chf)}, placed where it is worth most, "
        f"{buys}."
    )


def changes(row: Any) -> str:
    """Say which actions more money adds, drops and moves."""
    parts = (("adds", row.added), ("drops", row.dropped), ("moves", row.moved))
    return listing(f"{verb} {listing(names.split(';'))}" for verb, names in parts if names)


def relaxation_words(t: Frames) -> str:
    """Say by how much the ceilings would have to be raised."""
    rows = t["ceiling.relaxation"]
    sums = rows[rows["period"] == "all"].set_index("case")["extra_chf"]
    said = []
    outside = float(sums.get("only what is not chosen", 0.0))
    if outside >= NIL:
        said.append(
            f"The ceilings cannot hold: what is outside the choice exceeds them by {money(outside)}. The choice "
            "above is made "
            "under ceilings raised by just that."
        )
        if why := why_none(t):
            said.append(why)
    proposed, every = (float(sums.get(k, 0.0)) for k in ("as proposed", "every action, at its best date"))
    if proposed < NIL:
        said.append("The plan as proposed fits: no ceiling has to be raised.")
    else:
        each = rows[(rows["case"] == "every action, at its best date") & (rows["period"] != "all")]
        where = listing(f"{chf(r.extra_chf)} in {r.period}" for r in records(each) if r.extra_chf >= NIL)
        said.append(
            f"As proposed, the plan exceeds the ceilings of its years by {money(proposed)} in all. With every "
            "action at its "
            f"best date the smallest sum that has to be added is {money(every)}" + (f": {where}." if where else ".")
        )
    return " ".join(said)


def meaning_words(t: Frames) -> Markdown:
    """Say what it means for the decision."""
    plan = _plan(t)
    points = [
        "The ceilings are illustrative: with another one the gap and the choice are others. The levels in the table of "
        "biennia show by how much; `sfp fit --ceiling …` answers for any."
    ]
    if plan.timing_chf >= NIL:
        points.append(
            f"{money(plan.timing_chf)} of the gaps of years is timing inside a biennium: allowing money to move "
            "between the "
            "two years of a biennium closes it without new money."
        )
    if plan.gap_chf >= NIL:
        points.append(
            "Until a source is shown, adopting the whole plan means a gap. It can be closed by contributions, by "
            "voluntary "
            "funds with their support cost, by later starts, or by leaving actions out; each has its table above."
        )
    points.append(
        "Only additional need is compared with ceilings. Time of staff already paid comes on top and has no payer "
        "to find."
    )
    return Markdown("\n".join(f"- {point}" for point in points))
