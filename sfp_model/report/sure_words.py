"""How sure the figures are, in words: build-up from base estimate to P80, chances, and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfp_model.report.format import percent
from sfp_model.report.sentences import answer, money, person_months
from sfp_model.report.tables import Markdown
from sfp_model.report.views import listing, records

if TYPE_CHECKING:
    from sfp_model.report.reads import Tables

__all__ = [
    "build_up_words", "chance", "contingency_words", "joint_words", "meaning_words", "need_row", "sure_answer",
    "view_words",
]  # fmt: skip


def chance(share: float) -> str:
    """Return a share of the draws as words.

    Examples
    --------
    >>> [chance(x) for x in (0, 0.001, 0.256, 0.999, 1)]
    ['in no draw', 'in less than 1% of the draws', 'in 26% of the draws', 'in more than 99% of the draws', \
'in every draw']
    """
    if share in (0, 1):
        return "in every draw" if share else "in no draw"
    if share < 0.01:
        return "in less than 1% of the draws"
    return "in more than 99% of the draws" if share > 0.99 else f"in {percent(share)} of the draws"


def need_row(tables: Tables, period: str = "all", prices: str = "constant") -> Any:
    """Return the row of the whole plan in ``simulation.totals``."""
    frame = tables["simulation.totals"]
    (row,) = records(frame[(frame["breakdown"] == "total") & (frame["period"] == period) & (frame["prices"] == prices)])
    return row


def build_up_words(tables: Tables) -> str:
    """Say how the base estimate leads to P50 and P80; empty where every draw is nil."""
    row = need_row(tables)
    if row.p90_chf < 50:
        return ""
    more, held = row.provision_chf >= 0, row.base_at
    verb = "plus" if more else "less"
    return (
        f"**Base estimate {money(row.base_chf)} {verb} provision {money(abs(row.provision_chf))} = plan figure P50 "
        f"{money(row.p50_chf)}; plus contingency {money(row.contingency_chf)} = P80 {money(row.p80_chf)}** (constant "
        f"prices). The base estimate suffices {chance(held)}, P80 in four of five."
    )


def sure_answer(tables: Tables) -> Markdown:
    """Answer how sure the additional need is."""
    row, absorbed = need_row(tables), records(tables["simulation.absorbed"])[0]
    work = (
        f"**Absorbed time** is {person_months(absorbed.base)} in the base estimate, {person_months(absorbed.p50)} at "
        f"P50 and {person_months(absorbed.p80)} at P80; one draw of ten needs more than {person_months(absorbed.p90)}."
    )
    if row.p90_chf < 50:
        if row.expected_chf >= 50:
            return answer(
                f"**The additional need is nil in most draws**, {money(row.expected_chf)} on average and "
                f"{money(row.cvar90_chf)} in the worst tenth: what the scenario leaves uncertain is how much time the "
                "work takes.", work,
            )  # fmt: skip
        return answer(
            "**The additional need is nil in every draw**: the scenario gives no additional money, so what is "
            "uncertain is how much time the work takes.", work,
        )  # fmt: skip
    spread = (
        f"One draw of ten needs less than {money(row.p10_chf)} and one of ten more than {money(row.p90_chf)}; the mean "
        f"is {money(row.expected_chf)}, the mean of the worst tenth {money(row.cvar90_chf)}. In nominal prices P50 is "
        f"{money(need_row(tables, prices='nominal').p50_chf)} and P80 "
        f"{money(need_row(tables, prices='nominal').p80_chf)}."
    )
    return answer(build_up_words(tables), spread, work, _ceiling_words(tables))


def _ceiling_words(tables: Tables) -> str:
    frame = tables["simulation.joint"]
    own = frame[(frame["kind"] == "ceiling") & frame["own_ceiling"] & (frame["period"] == "all")]
    if own.empty:
        return ""
    parts = [
        f"every {row.key.split()[-1]} stays within {money(row.amount_chf)} {chance(row.probability)}"
        for row in records(own)
    ]
    return f"Against the illustrative centre ceiling, nominal: {listing(parts)}."


def contingency_words(tables: Tables) -> str:
    """Say where the contingency comes from and what diversification saves."""
    frame = tables["simulation.contingency"]
    whole = float(frame.loc[frame["level"] == "total", "contingency_chf"].iloc[0])
    if whole < 50:
        return "There is no contingency to allocate: the additional need is nil, or does not vary."
    parts = frame[(frame["level"] == "initiative") & (frame["initiative"] != "diversification")]
    top = parts.sort_values("contingency_chf", ascending=False).head(3)
    names = _titles(tables)
    saved = -float(
        frame.loc[
            (frame["level"] == "initiative") & (frame["initiative"] == "diversification"), "alone_chf"
        ].iloc[0]
    )  # fmt: skip
    first = listing(
        f"{names.get(row.initiative, row.initiative)} ({money(row.contingency_chf)}, "
        f"{percent(row.contingency_chf / whole)})" for row in records(top) if row.contingency_chf >= 50
    )  # fmt: skip
    return (
        f"**Of the contingency of {money(whole)}, most comes from {first}.** If every initiative kept a contingency "
        f"for itself, they would hold {money(whole + saved)} together: {money(saved)} more, because not everything "
        "goes wrong at once. One contingency for the plan, held in one place, is cheaper."
    )


def _titles(tables: Tables) -> dict[str, str]:
    frame = tables["summary.initiatives"].drop_duplicates("initiative")
    return {row.initiative: f"{row.initiative} {row.title}" for row in records(frame)}


def joint_words(tables: Tables) -> str:
    """Say how probable it is that cost and schedule hold together."""
    frame = tables["simulation.joint"].set_index(["kind", "key"])
    both = frame.loc[("both", "p80 and horizon")]
    inside, planned = frame.loc[("schedule", "horizon")], frame.loc[("schedule", "planned")]
    late = (
        " The planned dates are the shortest that the parameters allow for: every range of a duration starts at the "
        "plan and goes up."
        if planned["probability"] < 0.01 else ""
    )  # fmt: skip
    return (
        f"**Cost within P80 and every action ended inside the plan's years: {chance(both['probability'])}.** Every "
        f"action ends inside the plan's years {chance(inside['probability'])}, and every programme as early as "
        f"planned {chance(planned['probability'])}.{late}"
    )


def view_words(tables: Tables) -> str:
    """Compare the inside and the outside view, by cap of the tail."""
    rows = records(tables["simulation.views"])
    inside, outside = rows[0], rows[1:]
    if inside.p90_chf < 50 or not outside:
        return "There is no additional need that an outside view could compare with."
    parts = [
        f"{money(row.p80_chf)} with overruns of at most {row.cap:g} times the estimate (mean "
        f"{money(row.expected_chf)}, worst tenth {money(row.cvar90_chf)})" for row in outside
    ]  # fmt: skip
    first = outside[0]
    verdict = "above" if first.p80_chf > inside.p80_chf else "below"
    return (
        f"**P80 is {money(inside.p80_chf)} in the inside view and, in the outside view, {listing(parts)}.** The "
        f"outside view lies {verdict} the inside view at P80; its tail is what the cap decides, and the mean with it."
    )


def meaning_words(tables: Tables) -> str:
    """Say what the ranges mean for the decision."""
    row = need_row(tables)
    points = []
    if row.p90_chf >= 50:
        points.append(
            f"To vote the base estimate ({money(row.base_chf)}) is to expect that it does not suffice "
            f"{chance(1 - row.base_at)}. To vote P50 ({money(row.p50_chf)}) is an even chance; P80 "
            f"({money(row.p80_chf)}) fails in one draw of five."
        )
        points.append(
            f"A contingency of {money(row.contingency_chf)} belongs to the plan as a whole, released on evidence; "
            "spread over initiatives or years it would have to be larger."
        )
        late = [r for r in records(tables["simulation.totals"]) if r.breakdown == "total" and r.period.isdigit()
                and r.prices == "constant" and r.provision_chf < -50]  # fmt: skip
        if late:
            points.append(
                f"The provision of {listing(r.period for r in late)} is negative: draws are later than planned, and "
                "the money moves to later years. That is no saving."
            )
    points.append(
        "The ranges are estimates (code E) and so is their dependence; what no parameter describes, such as a change "
        "of mandate, is in none of these figures."
    )
    return "\n".join(f"- {point}" for point in points)
