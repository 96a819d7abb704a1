"""What must be true, and what if: a stand-alone event that breaks even, capped sponsors, another date, no edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.event_tables import shown_concept
from sfp_model.report.event_trade import figure, setting_words
from sfp_model.report.format import number, percent
from sfp_model.report.sentences import money
from sfp_model.report.tables import Markdown
from sfp_model.report.views import listing

if TYPE_CHECKING:
    from sfp_model.report.reads import Tables

__all__ = ["cancelled_words", "date_words", "sponsorship_words", "standalone_words"]


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def standalone_words(tables: Tables, concept: str = "standalone") -> Markdown:
    """Answer what must be true for the stand-alone event to break even."""
    rows = tables["event.break_even"]
    rows = rows[rows["concept"] == concept]
    if rows.empty:
        return Markdown("This scenario knows no stand-alone event.")
    own = rows[rows["own"]]
    gap = -own["net_chf"].iloc[0] / own["editions"].iloc[0]
    if gap <= 0:
        return Markdown(
            f"The {_lower(own['title'].iloc[0])} breaks even as it is, with {money(-gap)} to spare per edition."
        )
    solved, missed = [], []
    for _, row in own[own["quantity"] != "host_cash"].iterrows():
        if row["point"] == row["point"]:
            solved.append(f"{_lower(row['quantity_title'])} at {number(row['point'], 2)} times the estimate")
        else:
            best = -row["best_chf"] / row["editions"]
            missed.append(f"{_lower(row['quantity_title'])} (a deficit of {money(best)} per edition is the best)")
    text = f"In its own format and place it lacks {money(gap)} per edition. "
    text += f"It breaks even with {listing(solved, 'or')}. " if solved else ""
    if missed:
        text += f"No setting within the range considered closes the gap by moving only {listing(missed, 'or')}. "
    attendance = own[own["quantity"] == "attendance"].iloc[0]
    if attendance["point"] != attendance["point"] and attendance["best_at"] < 1:
        text += "More delegates do not help: each costs more in halls, security and places than he or she pays. "
    hosts = rows[(rows["quantity"] == "host_cash") & rows["point"].notna() & (rows["point"] > 0)].sort_values("point")
    if len(hosts):
        host = hosts.iloc[0]
        text += (
            f"What does is a host: with a payment of {money(host['point'])} per edition, beside the halls in "
            f"kind, it breaks "
            f"even as a {host['format']} event ({host['place_title']}). "
        )
    frontier = tables["event.frontier"]
    frontier = frontier[frontier["concept"] == concept]
    reach = frontier[frontier["kind"] == "levers"].sort_values("net_chf")
    if len(reach):
        top = reach.iloc[-1]
        left = -top["net_chf"] / own["editions"].iloc[0]
        present = frontier[frontier["own"] & (frontier["kind"] == "combination")]["impact"].iloc[0]
        text += f"All levers together ({setting_words(top)}) "
        text += "reach break-even" if left <= 0 else f"leave {money(left)} per edition to be found"
        text += f", at {number(top['impact'])} points of impact instead of {number(present)}."
    return Markdown(text)


def sponsorship_words(tables: Tables) -> Markdown:
    """Answer what is lost when sponsorship is capped."""
    rows = tables["event.sponsorship"]
    present = float(rows[rows["now"]]["cap"].iloc[0])
    points, dear = [], []
    for title, group in rows.groupby("title", sort=False):
        group = group.sort_values("cap")
        now, none, free = group[group["now"]].iloc[0], group.iloc[0], group.loc[group["net_chf"].idxmax()]
        lost = free["net_chf"] - now["net_chf"]
        wanted = float(now["wanted_share"])
        if wanted > present and lost > 50:
            dear.append(f"*{title}* {money(lost)} of net result against a cap of {percent(free['cap'])}")
        where = (
            f"sponsors offer at most {percent(wanted)} of the cash cost of an edition, so that a lower cap binds"
            if wanted > 0
            else "no sponsor is expected"
        )
        change = now["net_chf"] - none["net_chf"]
        points.append(
            f"* *{title}*: {where}; without any sponsor the net result "
            + (f"falls by {money(change)}." if change > 50 else "does not fall.")
        )
    lead = (
        f"The cap of {percent(present)} of the cash cost costs {listing(dear)}. " if dear
        else f"The cap of {percent(present)} of the cash cost costs nothing in the base estimate: fewer sponsors are "
             "expected than it allows. "
    )  # fmt: skip
    return Markdown(
        lead + "It protects the agenda, and its price is money, not reach; sponsors enter no criterion of impact.\n\n"
        + "\n".join(points)
    )  # fmt: skip


def date_words(tables: Tables) -> Markdown:
    """Answer whether the date should move."""
    rows = tables["event.calendar"]
    shown = shown_concept(tables)
    mine = rows[rows["concept"] == shown["concept"]]
    now = mine[mine["now"]].iloc[0]
    best = mine.sort_values(["index", "month"], kind="stable").iloc[0]
    free = mine[mine["index"] <= best["index"] + 0.02]
    gain = best["delegates"] - now["delegates"]
    cash = best["net_chf"] - now["net_chf"]
    text = (
        f"*{shown['concept_title']}* in {now['month_name']}: a delegate is wanted at {figure(now['index'], 2)} "
        f"other ITU events "
        f"in or near that month, and {figure(100 * now['lost'], 1)}% of the delegates are lost to them"
        + (f" ({now['events'].replace('; ', ', ')})" if now["events"] else "")
        + f"; from others the event takes {figure(100 * now['taken'], 1)}% of its own number. "
    )
    if now["index"] <= best["index"] + 0.02:
        text += "No month is freer, so the date should stay. "
    else:
        text += (
            f"Freest is {listing(free['month_name'], 'or')}, with an index of {figure(best['index'], 2)}: "
            f"{number(gain)} more delegates on site over all editions, and a net result "
            + (f"{money(abs(cash))} {'better' if cash > 0 else 'worse'}" if abs(cash) > 50 else "that is the same")
            + ". "
        )
        alone = rows[rows["concept"] == "standalone"].set_index("month")["index"]
        joins = bool((alone - mine.set_index("month")["index"]).abs().max() > 1e-9) if len(alone) else False
        small = abs(gain) < 0.05 * now["delegates"]
        text += (
            "That is within the uncertainty of attendance: a reason to move only if it costs nothing else. " if small
            else f"That is worth a move, if the halls {'and the joined events ' if joins else ''}can follow. "
        )  # fmt: skip
    worst = mine.sort_values("index").iloc[-1]
    text += f"To be avoided is {worst['month_name']} (index {figure(worst['index'], 2)}). "
    closed, limit = mine[~mine["admissible"]], float(tables["event.admissible"]["most"].iloc[0])
    if len(closed):
        text += (
            f"Not admissible, because a delegate is wanted at more than {figure(limit, 2)} other ITU events there: "
            f"{listing(closed['month_name'])}. "
        )
    alone = rows[(rows["concept"] == "standalone") & rows["now"]]
    here = alone.iloc[0] if len(alone) else now
    if here["index"] > now["index"] + 0.02:
        text += (
            f"Held alone the event would meet {figure(here['index'], 2)} of them in {here['month_name']}, "
            f"because WSIS Forum "
            "and AI for Good would then be competitors. "
        )
    return Markdown(text.strip())


def cancelled_words(tables: Tables) -> Markdown:
    """Answer what happens if an edition is cancelled, or forced on line."""
    rows = tables["event.cancelled"]
    shown = shown_concept(tables)
    mine = rows[rows["concept"] == shown["concept"]]
    points = []
    for what, words in (("cancelled", "is cancelled"), ("forced_virtual", "is forced on line")):
        part = mine[mine["what"] == what]
        worst = part.loc[part["diff_net_chf"].idxmin()]
        change = worst["diff_net_chf"]
        money_words = (
            f"the net result of all editions {'falls' if change < 0 else 'rises'} by {money(abs(change))}"
            if abs(change) > 50 else "the net result stays the same"
        )  # fmt: skip
        points.append(
            f"* If the edition of {worst['edition']} {words} (chance {percent(worst['chance'])} a year, an "
            f"estimate), {money_words} "
            f"and the subsidy {_by(worst['diff_subsidy_chf'])}; impact falls by "
            f"{number(-worst['diff_impact'], 1)} points in the mean "
            f"of the editions, and {number(-worst['diff_ldc_delegates'])} LDC delegates are not reached."
        )
    dear = rows[rows["what"] == "cancelled"].groupby("title", sort=False)["diff_net_chf"].min().sort_values()
    last = f"Dearest to cancel is *{dear.index[0]}* ({money(-dear.iloc[0])} for one edition)"
    last += f", least so *{dear.index[-1]}* ({money(abs(dear.iloc[-1]))})." if len(dear) > 1 else "."
    return Markdown(
        f"For *{shown['concept_title']}*, the dearest edition of each kind:\n\n" + "\n".join(points)
        + f"\n\n{last} Neither happens in the base estimate; the draws contain both, so P50 and P80 above allow "
          f"for them."
    )  # fmt: skip


def _by(change: float) -> str:
    """Return a change of an amount in words.

    >>> _by(10.0), _by(-250_000.0).replace("\u00a0", " ")
    ('stays the same', 'falls by CHF 250 000')
    """
    if abs(change) < 50:
        return "stays the same"
    return f"{'rises' if change > 0 else 'falls'} by {money(abs(change))}"
