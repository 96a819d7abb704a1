"""The page about what could go wrong, and what could be gained: views, register, gains, in tables and words."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from sfp_model.report.format import chf_words, number, percent, thousands
from sfp_model.report.needs_tables import price_basis
from sfp_model.report.risk_register import low
from sfp_model.report.sentences import answer, count, money
from sfp_model.report.tables import Markdown, statement
from sfp_model.report.views import listing, records

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sfp_model.report.reads import Tables

__all__ = [
    "classes_table", "classes_words", "decision_words", "has_gains", "risks_answer", "views_figure", "views_table",
    "views_words",
]  # fmt: skip

VIEWS = {
    "inside": "Inside view",
    "outside": "Outside view",
    "outside_cap": "Outside view, higher cap",
}
_CLASSES = {
    "staff_and_training": "Work of staff, training",
    "process_and_it": "Processes and IT",
    "duration": "Duration",
}


def _plan(tables: Tables, view: str) -> Any:
    frame = tables["views"]
    found = frame[(frame["level"] == "plan") & (frame["view"] == view)]
    return next(iter(records(found)), None)


def has_gains(tables: Tables) -> bool:
    """Whether the scenario claims any gain."""
    return bool(tables["gains"]["claimed_constant"].sum() > 0)


def _horizon(tables: Tables) -> str:
    return tables.facts()["horizon"].replace("-", "–")


def risks_answer(tables: Tables) -> Markdown:
    """Answer what could go wrong and what could be gained."""
    return answer(_wrong(tables), _events(tables), _gain(tables))


def _wrong(tables: Tables) -> str:
    inside, outside, worse = (_plan(tables, view) for view in VIEWS)
    if inside is None or inside.base_chf < 50:
        return (
            "This scenario asks for **no additional money**, so there is no amount that could overrun. What past "
            "programmes "
            "teach would then show in time, in quality, or in work that is not done."
        )
    text = (
        f"The work itself, without the subsidy to the event, needs {chf_words(inside.base_chf)} of additional money "
        f"in the "
        f"base estimate, which is enough in only {percent(inside.base_percentile)} of the draws. The P80, "
        f"which four draws in five do not exceed, is **{chf_words(inside.p80_chf)}** in the inside view (the ranges of "
        f"the lines) and **{chf_words(outside.p80_chf)}** in the outside view (what past programmes cost in the end)"
    )
    if worse is not None:
        text += (
            f". The two disagree about the worst tenth: its mean is {chf_words(inside.cvar90_chf)} in the inside "
            f"view, {chf_words(outside.cvar90_chf)} in the outside view, and {chf_words(worse.cvar90_chf)} in the "
            "outside view if its longest tail is not cut off early"
        )
    return text + "."


def _events(tables: Tables) -> str:
    risks = tables["risks"]
    if risks.empty:
        return ""
    total, left, price = (risks[k].sum() for k in ("expected_before_chf", "expected_after_chf", "response_chf"))
    taken = int(risks["taken"].sum())
    taken_words = count(taken, "response is", "responses are").capitalize() if taken else "No response is"
    text = (
        f"{count(len(risks), 'event').capitalize()} that could hit the plan from outside stand on a register. Their "
        f"probability times their cost is {money(total)}; responses that cost {money(price)} would leave "
        f"{money(left)}, and "
        f"save time. {taken_words} part of this scenario."
    )
    if not risks["in_plan"].all():
        text += " Because the scenario gives no additional money, the cost of an event would be unfunded."
    return text


def _gain(tables: Tables) -> str:
    frame = tables["gains.break_even"]
    plans = frame[frame["level"] == "programme"]
    first = max(records(plans), key=lambda row: row.additional_chf, default=None)
    if has_gains(tables):
        gains = tables["gains"]
        return (
            f"This scenario **estimates** gains: {money(gains['claimed_constant'].sum())} claimed in "
            f"{_horizon(tables)}, of "
            f"which {money(gains['realised_constant'].sum())} are taken to stand up and "
            f"{money(gains['cashable_constant'].sum())} to leave a budget. No part of it is evidenced."
        )
    if first is None:
        return "No gain is evidenced, so none is counted; as nothing is spent, none is needed to break even."
    if first.gain_horizon_chf != first.gain_horizon_chf or not first.gain_horizon_chf:
        return "No gain is evidenced, so none is counted; the work ends too late to pay for itself inside the plan."
    return (
        f"No gain is evidenced, so none is counted. To pay for itself by the end of the plan, the largest programme, "
        f"the {low(first.title)}, would have to free {money(first.gain_horizon_chf)} a year once its work has ended"
        + (f", or {number(first.posts_horizon, 1)} posts" if first.posts_horizon == first.posts_horizon else "")
        + "."
    )


def views_table(tables: Tables) -> Markdown:
    """Return inside and outside view side by side per programme and initiative."""
    import pandas as pd

    frame = tables["views"]
    programmes = frame.drop_duplicates("programme").set_index("programme")["title"].to_dict()
    rows = []
    for (level, key), part in frame[frame["level"] != "action"].groupby(["level", "id"], sort=False):
        by = part.set_index("view")
        start = float(by["base_chf"].iloc[0])
        if level == "initiative" and start < 50 and float(by["mean_chf"].max()) < 50:
            continue
        first = part.iloc[0]
        label = {"plan": "All programmes", "programme": f"All of the {low(first['title'])}"}.get(
            level, f"{key} {first['title']}"
        )
        row = {"group": programmes.get(first["programme"], "") or "Plan", "label": label, "base": start}
        for view in VIEWS:
            for statistic in ("mean", "p50", "p80"):
                if view in by.index:
                    row[f"{view}_{statistic}"] = float(by.loc[view, f"{statistic}_chf"])
        rows.append((level, row))
    rows = [r for r in rows if r[0] != "plan"] + [r for r in rows if r[0] == "plan"]
    table = pd.DataFrame([row for _, row in rows])
    shown = [view for view in VIEWS if f"{view}_mean" in table]
    heads = {"mean": "Mean", "p50": "P50", "p80": "P80"}
    columns = {"base": "Base estimate"} | {f"{v}_{s}": words for v in shown for s, words in heads.items()}
    return statement(
        table, stub="label", group="group", columns=columns,
        spanners={VIEWS[view]: [f"{view}_{s}" for s in heads] for view in shown},
        totals=[i for i, (level, _) in enumerate(rows) if level != "initiative"], unit=price_basis(tables.facts()),
        notes=[
            "Additional need inside the horizon without the subsidy to the event, whose account has a page of its own",
            "Risk events and changes of time are drawn in every view. Percentiles of parts do not add up to those of "
            "the whole",
            *_capped(tables),
            *_errors(tables),
        ],
        source="simulation of this scenario",
    )  # fmt: skip


def _capped(tables: Tables) -> list[str]:
    row, outside = _plan(tables, "outside_cap"), _plan(tables, "outside")
    if row is None or outside.mean_chf < 50:
        return []
    low_cap, high_cap = sorted(tables["overrun.classes"]["cap"].dropna().unique())
    return [
        f"The tail of overruns is cut at {number(low_cap)} times the estimate, with the higher cap at "
        f"{number(high_cap)}. "
        "Each action by itself: sfp risks --show views --level action"
    ]


def _errors(tables: Tables) -> list[str]:
    rows = [(view, _plan(tables, view)) for view in VIEWS]
    parts = [
        f"{VIEWS[view].lower()} {thousands(row.p80_se_chf, 1)}"
        for view, row in rows
        if row is not None and row.p80_chf >= 50
    ]
    if not parts:
        return []
    first = next(row for _, row in rows if row is not None)
    return [
        f"Standard error of the P80 of all programmes, CHF thousands: {', '.join(parts)} ({number(first.blocks)} "
        f"blocks, "
        f"{number(first.draws)} draws)"
    ]


def views_words(tables: Tables) -> str:
    """Say where the two views differ most, and why."""
    frame = tables["views"]
    wide = frame[frame["level"] == "initiative"].pivot(index=["id", "title"], columns="view", values="p80_chf")
    if "outside" not in wide or not (wide["outside"] > 50).any():
        return "Neither view finds an amount in this scenario."
    gap = (wide["outside"] - wide["inside"]).sort_values(ascending=False)
    above = [f"{key} ({title.lower()}, {chf_words(x)} more)" for (key, title), x in gap.items() if x > 5_000][:3]
    below = int((gap < -50).sum())
    plan = {view: _plan(tables, view) for view in VIEWS}
    inside, outside = plan["inside"], plan["outside"]
    text = (
        f"The inside view puts the mean {percent(inside.mean_chf / inside.base_chf - 1)} above the base estimate, the "
        f"outside view {percent(outside.mean_chf / outside.base_chf - 1)}. "
    )
    if above:
        text += f"At P80 the outside view lies above the inside view most in {listing(above)}. "
    if below:
        text += f"In {count(below, 'initiative')} it asks for less than the inside view does. "
    worse = plan["outside_cap"]
    if worse is not None:
        text += (
            f"With the tail cut later the mean of all programmes is {chf_words(worse.mean_chf)} instead of "
            f"{chf_words(outside.mean_chf)}: a few very bad outcomes carry it, for the tenth of the draws that is "
            f"worst has a "
            f"mean of {chf_words(worse.cvar90_chf)} instead of {chf_words(outside.cvar90_chf)}."
        )
    return text


def views_figure(tables: Tables) -> Figure:
    """Draw base estimate and P80 in each view for the twelve initiatives with most at stake."""
    from sfp_model.report.figures import bars

    frame = tables["views"]
    frame = frame[frame["level"] == "initiative"]
    largest = frame.groupby("id")["p80_chf"].max().nlargest(12).index
    rows = [row for row in records(frame) if row.id in set(largest)]
    base = {fill(f"{row.id} {row.title}", 36): row.base_chf for row in rows}
    series = {"Base estimate": base}
    for view in VIEWS:
        found = {fill(f"{row.id} {row.title}", 36): row.p80_chf for row in rows if row.view == view}
        if found:
            series[f"P80, {low(VIEWS[view])}"] = found
    return bars(series)


def classes_table(tables: Tables) -> Markdown:
    """Return the reference classes with both caps, closed form beside simulation."""
    import pandas as pd

    frame = tables["overrun.classes"].copy()
    frame["label"] = [
        _CLASSES.get(c, c)
        + (f", {'public bodies' if shift else 'all projects'}, cap {number(cap)}" if pd.notna(cap) else "")
        for c, cap, shift in zip(frame["class"], frame["cap"], frame["shift"], strict=True)
    ]
    columns = {"actions": "Actions", "mean": "Mean", "simulated_mean": "Mean, simulated",
    "simulated_se": "Standard error",
               "p50": "P50", "p80": "P80", "share_above_1": "Above the estimate", "share_above_half": "Above 1.5 times",
               "confidence": "Code"}  # fmt: skip
    formats = {"actions": "number", "share_above_1": "percent", "share_above_half": "percent", "confidence": "text"}
    return statement(
        frame, stub="label", columns=columns, formats={c: formats.get(c, "rate") for c in columns},
        unit="Actual over estimated cost, and over estimated duration (ratio)",
        notes=["Mean in closed form; the simulated mean is over all actions of the class in the blocks of the table "
               "above",
               "A class that no line of the scenario needs is still shown: it belongs to the plan, not to the "
               "scenario"],
        source="reference classes in the parameter files; Flyvbjerg and others 2022, Mott MacDonald 2002",
    )  # fmt: skip


def classes_words(tables: Tables) -> str:
    """Say what the classes hold."""
    frame = tables["overrun.classes"]
    tailed = frame[frame["cap"].notna()].drop_duplicates("variant")
    if tailed.empty:
        return ""
    first = next(iter(records(tailed)))
    parts = [
        f"{number(row.mean, 2)} with a cap of {number(row.cap)}" for row in records(tailed) if row.shift == first.shift
    ]
    words = (
        f"Half of the projects in the class of processes and IT end at or below {number(first.p50, 2)} times their "
        f"estimate, but the mean is {listing(parts)}: it depends on where the longest tail is cut, which no sample can "
        "tell. That is why both caps are shown, and why a median or a P80 says more than the mean."
    )
    others = [row for row in records(tailed) if row.shift != first.shift]
    if others:
        words += (
            f" The class is that of public bodies, to which ITU belongs; over all projects, private ones included, the "
            f"median is {number(others[0].p50, 2)} and the mean {number(others[0].mean, 2)} with a cap of "
            f"{number(others[0].cap)}."
        )
    return words


def decision_words(tables: Tables) -> Markdown:
    """Say what the page means for the decision."""
    inside, outside, worse = (_plan(tables, view) for view in VIEWS)
    parts = []
    if inside is not None and inside.base_chf >= 50:
        higher = max(inside.p80_chf, outside.p80_chf)
        parts.append(
            "**A figure to plan with and one to approve.** Guidance on public investment plans with the P50 and "
            f"approves the P80 [@ipa2021costing; @gao2020cost]. The P50 is "
            f"{chf_words(inside.p50_chf)} or {chf_words(outside.p50_chf)}, depending on the view. Who wants to be "
            f"safe in "
            f"both approves {chf_words(higher)}, which is {chf_words(higher - inside.base_chf)} above the base "
            f"estimate."
        )
        if worse is not None and worse.cvar90_chf > outside.cvar90_chf + 50:
            parts.append(
                "**The tail is the price of systems.** What lies far above is carried by processes and IT. To start "
                "small, "
                "with a right to stop, limits it more surely than a larger reserve does."
            )
    free = [row.title for row in records(tables["risks"]) if row.response_chf < 50 and not row.taken]
    if free:
        named = f"{count(len(free), 'response costs', 'responses cost')} no cash"
        parts.append(
            f"**What can be done now.** {named[:1].upper()}{named[1:]}, only time of staff who are paid "
            "already, and could be taken at once."
        )
    parts.append(
        "**No gain should be promised**, because no size is evidenced. What would have to be true for the plan to pay "
        "for itself "
        "stands "
        "in the table; it is a question to put, not an answer."
        if not has_gains(tables)
        else "**The gains of this scenario are a test, not a promise.** They are estimates throughout."
    )
    return Markdown("\n\n".join(parts))
