"""The commands about the flagship event: results, frontier, acceptability, break-even, calendar."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sfp_model.cli.common import Data, Format, How, Params, Scenario, app, results_of
from sfp_model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sfp_model.inputs import Plan
    from sfp_model.results import ResultSet

__all__ = ["acceptability", "break_even", "calendar", "event", "frontier", "results"]

event = typer.Typer(
    help="The flagship event: results of each concept, and the trade-off between impact and commercial sustainability.",
    no_args_is_help=True,
)
app.add_typer(event, name="event")

Concept = Annotated[str, typer.Option("--concept", metavar="ID", help="Only this concept, e.g. with_both.")]


class Results(StrEnum):
    """What of the results is shown."""

    editions = "editions"
    fund = "fund"
    impact = "impact"
    lines = "lines"
    payback = "payback"
    admissible = "admissible"
    hindcast = "hindcast"
    checks = "checks"
    drivers = "drivers"
    lead = "lead"
    ranges = "ranges"


class Frontier(StrEnum):
    """What of the frontier is shown."""

    combinations = "combinations"
    frontier = "frontier"
    all = "all"
    levers = "levers"
    sponsorship = "sponsorship"


class Acceptability(StrEnum):
    """What of the acceptability is shown."""

    ranks = "ranks"
    profiles = "profiles"
    weights = "weights"


class Calendar(StrEnum):
    """What of the calendar is shown."""

    months = "months"
    events = "events"
    cancelled = "cancelled"


_FURTHER: dict[str, tuple[tuple[str, ...], str, str]] = {
    "impact": (("concept", "title", "quantity", "unit", "judgement", "score"), "Impact by criterion",
               "Base estimate, mean of the editions; quantity as scored: remote delegates count in part."),
    "lines": (("concept", "edition", "kind", "title", "mode", "amount_chf", "confidence"), "Account of the event",
              "Base estimate. mode: cash enters the net result, absorbed and in_kind do not."),
    "payback": (("concept", "edition", "second_phase_chf", "net_chf", "cumulative_chf", "payback"),
                "Payback of the second phase of the design",
                "second_phase: one-off additional need of the second phase of the design."),
    "admissible": (("concept", "format", "place", "unity", "least_unity", "united", "index", "most", "admissible",
                    "admitted", "reason"),
                   "Which combinations may be chosen",
                   "unity: judged, most likely value, against the least; united: share of the draws that reach it. "
                   "index: other ITU events at which a delegate is wanted in the month, against the most. "
                   "admitted: both hold in enough of the draws; reason: which constraint is broken."),
    "hindcast": (("event", "edition", "outcome", "forecast_from", "p10", "p50", "p90", "quantile", "in_sample",
                  "confidence"), "Past outcomes against the forecast that the parameters give",
                 "quantile: part of the forecast below the outcome."),
    "checks": (("concept", "measure", "value", "low", "high", "unit", "inside"), "Plausibility bands",
               "Base estimate against published figures; a value outside its band is a warning."),
    "drivers": (("result", "concept", "other", "rank", "input_title", "coefficient", "first_order"),
                "Inputs behind the difference of the two best concepts",
                "Draws. coefficient: standardised rank regression, positive where more of the input raises the concept "
                "against the other. In brackets 95 per cent confidence limits. Inputs share factors, so that first "
                "orders overlap."),
    "ranges": (("concept", "quantity", "unit", "p10", "p50", "p90"),
               "Ranges of ratios, persons reached and impact scores",
               "Draws, all editions. Ratios as shares of 1; diff: beyond whom ITU's events reach without it. Standard "
               "errors in CSV and JSON."),
    "lead": (("concept", "other", "criterion_title", "points", "capped", "heads", "switch"),
             "Why one concept is first on impact",
             "points: difference of the scores in the mean of the draws. capped: share of the draws at the end of the "
             "scale. heads: rises with delegates. switch: factor on attendance at which the lead ends."),
}  # fmt: skip


@event.command("results")
def results(
    show: Annotated[
        Results, typer.Option("--show", help="Each edition, fund and subsidy in draws, or another table, see below.")
    ] = Results.editions,
    concept: Concept = "",
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Result of each event concept per edition, as difference to holding none; or another table of the event.

    editions: money and reach; fund: net result and subsidy in draws; impact: quantity and score by criterion; lines:
    the account; payback of the second phase of the design; admissible: which combinations may be chosen; hindcast: past
    outcomes against the forecast; checks: plausibility bands;
    drivers: the inputs behind the difference of the first two concepts; lead: why the one with most impact is first.
    """
    plan, found = results_of(params, data, scenario)
    if show.value in _FURTHER:
        columns, heading, words = _FURTHER[show.value]
        rows = found.table(f"event.{show.value}")
        if how is Format.table and show is Results.drivers:
            rows = [{**row, **_limits(row)} for row in rows]
        _write(plan, found, f"event.{show.value}", how, scenario, concept, columns, heading, words, rows)
        return
    if show is Results.fund:
        from sfp_model.report.event_trade import fund_errors

        shown: tuple[str, ...] = (
            "concept", "base_net_chf", "net_mean_chf", "net_p10_chf", "net_p50_chf", "net_p90_chf", "subsidy_mean_chf",
            "subsidy_p80_chf", "no_subsidy", "least_subsidy", "admissible",
        )  # fmt: skip
        title, note = (
            "Net result and subsidy",
            "Shares of the draws: no subsidy, least subsidy, admissible (both constraints hold; a concept counts only "
            "there). CSV and JSON hold the other columns. "
            + (fund_errors(fund) + "." if (fund := found.table("event.fund")) else ""),
        )
    else:
        shown = ("concept", "edition", "revenue_chf", "cost_chf", "net_chf", "subsidy_chf", "ratio_earned_direct",
                 "ratio_earned_full", "ratio_all_full", "diff_delegates", "diff_ldc_delegates", "chosen")  # fmt: skip
        title, note = (
            "Digital4Good event",
            "Difference to holding no event, persons reached included; WSIS Forum and AI for Good happen in every "
            "case. cost: in cash.",
        )
    _write(
        plan,
        found,
        "event.fund" if show is Results.fund else "event.results",
        how,
        scenario,
        concept,
        shown,
        title,
        note,
    )


def _limits(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the indices of a row with their confidence limits."""
    from sfp_model.report.format import with_limits

    return {
        name: with_limits(row[name], row[f"{name}_low"], row[f"{name}_high"], 2)
        for name in ("coefficient", "first_order")
    }


@event.command("frontier")
def frontier(
    show: Annotated[Frontier, typer.Option("--show", help="What is listed, see below.")] = Frontier.combinations,
    concept: Concept = "",
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Impact against net result and subsidy: combinations of concept, format and place, and settings of their levers.

    combinations: every valid one as it is; frontier: what nothing betters, levers included; all: both with every lever
    setting found; levers: what one step of each lever is worth; sponsorship: results under caps on the sponsored share.
    """
    plan, found = results_of(params, data, scenario)
    if show is Frontier.levers:
        shown: tuple[str, ...] = (
            "concept",
            "lever",
            "unit",
            "now",
            "low",
            "high",
            "up",
            "net_up_chf",
            "impact_up",
            "down",
            "net_down_chf",
            "impact_down",
        )
        _write(plan, found, "event.levers", how, scenario, concept, shown, "Worth of one step of each lever",
               "Base estimate, all editions: change of net result and of the mean impact score when the lever goes up "
               "or down to the setting shown; empty where it cannot move that way.")  # fmt: skip
        return
    if show is Frontier.sponsorship:
        shown = ("concept", "cap", "sponsorship_chf", "net_chf", "subsidy_chf", "wanted_share", "now")
        _write(plan, found, "event.sponsorship", how, scenario, concept, shown, "Results under caps on sponsorship",
               "Sponsors carry at most this share of the cash cost; base estimate, all editions.")  # fmt: skip
        return
    levers = ("fee", "price", "area", "subsidised", "fellowships", "sponsorship_cap", "days")
    what = ("concept", *levers) if show is not Frontier.combinations else ("concept", "format", "place")
    shown = (*what, "admitted", "impact", "net_chf", "best_net", "impact_mean", "subsidy_p50_chf",
             "subsidy_p80_chf", "best_p80", "ldc_delegates")  # fmt: skip
    rows = found.table("event.frontier")
    if show is Frontier.combinations:
        rows = [row for row in rows if row["kind"] != "levers"]
    elif show is Frontier.frontier:
        rows = [row for row in rows if row["overall_net"] or row["overall_p80"]]
        shown = tuple({"best_net": "overall_net", "best_p80": "overall_p80"}.get(name, name) for name in shown)
    names = _names(found)
    if how is Format.table and show is not Frontier.combinations:
        rows = [
            {**row, "concept": ", ".join(filter(None, (names.get(row["concept"]), row["format"], row["place_title"])))}
            for row in rows
        ]
    _write(plan, found, "event.frontier", how, scenario, concept, shown, "Impact against net result and subsidy",
           "impact, net: base estimate, best_net ranks them; impact_mean, subsidy, LDC delegates: draws (standard "
           "errors in CSV and JSON), best_p80 "
           "ranks "
           "impact_mean and subsidy_p80. "
           "All editions. "
           "best, overall: nothing listed that may be chosen (admitted) is as good in both and better in one.",
           rows)  # fmt: skip


@event.command("acceptability")
def acceptability(
    show: Annotated[Acceptability, typer.Option("--show", help="Ranks, profiles or weights.")] = Acceptability.ranks,
    concept: Concept = "",
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """How often each concept takes each rank when nobody has stated weights (SMAA-2), and under profiles."""
    plan, found = results_of(params, data, scenario)
    name = {"ranks": "event.acceptability", "profiles": "event.profiles", "weights": "event.weights"}[show.value]
    shown = {
        "ranks": ("concept", "rank", "acceptability", "error", "expected_rank", "confidence", "admissible"),
        "profiles": ("profile", "concept", "first", "error", "score"),
        "weights": ("kind", "name", "criterion", "weight"),
    }[show.value]
    _write(plan, found, name, how, scenario, concept, shown, f"Acceptability of the event concepts: {show.value}",
           "Shares of the draws; a concept takes no rank where it is not admissible. "
           "Profiles are hypothetical: nobody has been asked for weights. Error: one "
           "standard error.")  # fmt: skip


@event.command("break-even")
def break_even(
    every: Annotated[bool, typer.Option("--all", help="Every valid combination, not each concept's own.")] = False,
    concept: Concept = "",
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Attendance, fee, floor price and host payment at which the net result is nil; none where there is none."""
    plan, found = results_of(params, data, scenario)
    rows = [row for row in found.table("event.break_even") if every or row["own"]]
    if how is Format.table:
        rows = [{**row, "point": "none" if row["point"] is None else _plain(row)} for row in rows]
    shown = ("concept", "format", "place", "quantity", "unit", "now", "low", "high", "point", "first",
             "last", "surety", "best_chf", "best_at")  # fmt: skip
    _write(plan, found, "event.break_even", how, scenario, concept, shown, "Break-even of the event concepts",
           "One quantity moved, the others as they are; base estimate, all editions. Factors: 1 is the file. none: the "
           "result stays below nil in the whole range; best is the most it reaches. first, "
           "last: lowest and highest crossing. surety: share of the draws with a net result not below nil there.",
           rows)  # fmt: skip


@event.command("calendar")
def calendar(
    show: Annotated[
        Calendar, typer.Option("--show", help="Months, other events, cancelled editions.")
    ] = Calendar.months,
    concept: Concept = "",
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Conflict of each month with ITU's other major events, and what the event takes from them and they from it."""
    plan, found = results_of(params, data, scenario)
    if show is Calendar.events:
        shown: tuple[str, ...] = ("title", "years", "month_name", "share", "shared", "binding", "confidence", "source")
        _write(plan, found, "event.calendar_events", how, scenario, "", shown, "ITU's other major events by month",
               "share: of its editions in the month, or the chance. shared: part of the flagship's "
               "delegates.")  # fmt: skip
        return
    if show is Calendar.cancelled:
        shown = ("concept", "edition", "what", "chance", "planned_net_chf", "net_chf", "diff_net_chf",
                 "diff_subsidy_chf", "diff_impact", "diff_ldc_delegates")  # fmt: skip
        note = "Base estimate, all editions: what is lost when this edition is cancelled, or forced on line."
        _write(plan, found, "event.cancelled", how, scenario, concept, shown, "A cancelled edition", note)
        return
    shown = ("concept", "month_name", "index", "admissible", "lost", "taken", "delegates", "net_chf", "events", "now")
    _write(plan, found, "event.calendar", how, scenario, concept or _chosen(found), shown, "Calendar of the event",
           "index: other events at which a delegate is wanted in the month. lost, taken: shares of the "
           "delegates.")  # fmt: skip


def _chosen(found: ResultSet) -> str:
    """Return the concept of the scenario, or where it holds no event the one with least expected subsidy."""
    held = [row for row in found.table("event.results") if row["format"]]
    fund = sorted(found.table("event.fund"), key=lambda row: (row["subsidy_mean_chf"], -row["net_mean_chf"]))
    return str(next((row["concept"] for row in held if row["chosen"]), fund[0]["concept"] if fund else ""))


def _names(found: ResultSet) -> dict[str, str]:
    """Return the short title of each concept."""
    titles = {row["concept"]: row["concept_title"] for row in found.table("event.results")}
    words = {key: title.replace("Digital4Good ", "") for key, title in titles.items()}
    return {key: text[:1].upper() + text[1:] for key, text in words.items()}


def _titled(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return a row for people: titles in the place of ids."""
    titled = {key: names[row[key]] for key in ("concept", "other", "name") if row.get(key) in names}
    titled |= {key: row[f"{key}_title"] for key in ("place", "quantity", "lever", "criterion") if f"{key}_title" in row}
    if "profile" in row or "name" in row:
        titled |= {key: row["title"] for key in ("profile", "name") if key in row}
    return {**row, **titled}


def _plain(row: dict[str, Any]) -> str:
    """Return a break-even: an amount in full, a factor to four figures."""
    from sfp_model.report.format import number

    return number(row["point"]) if row["unit"] == "CHF" else f"{row['point']:.4g}"


def _write(
    plan: Plan, found: ResultSet, name: str, how: Format, scenario: str, concept: str, shown: Sequence[str],
    title: str, note: str, rows: list[dict[str, Any]] | None = None,
) -> None:  # fmt: skip
    """Write a stored table: all columns as CSV and JSON, the columns *shown* for people."""
    from sfp_model.report.console import emit

    columns = found.columns(name)
    rows = found.table(name) if rows is None else rows
    if concept:
        known = [row["concept"] for row in found.table("event.results")]
        if concept not in known:
            raise UsageError(f"there is no concept {concept}; known are {', '.join(dict.fromkeys(known))}")
        names = {column.name for column in columns}
        key = "concept" if "concept" in names else "name"
        if key not in names:
            raise UsageError(f"{name} is not about single concepts; leave --concept out")
        rows = [row for row in rows if row[key] == concept]
    if how is Format.csv and not rows:
        print(",".join(column.name for column in columns))
        return
    if how is Format.table:
        rows = [_titled(row, _names(found)) for row in rows]
        whole = {column.name for column in columns if column.unit in ("person", "exhibitor", "enterprise")}
        rows = [{c: round(row[c]) if c in whole and row[c] is not None else row[c] for c in shown} for row in rows]
    money = [column.name for column in columns if column.unit == "CHF" and column.name in shown]
    year = plan.settings.base_year
    about = {"scenario": scenario, "table": name, "prices": "constant", "base_year": year, "unit": "CHF"}
    heading = f"{title}, scenario {scenario}" + (f", CHF thousands, prices of {year}" if money else "")
    emit(rows, how.value, about=about, title=heading, money=money, note=note)
