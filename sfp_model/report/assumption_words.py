"""Sentences on provenance: how firm the amounts are, what was assumed, what became known too late to be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfp_model.report.format import chf, day, number, percent
from sfp_model.report.provenance import EVIDENCE, PROGRAMMES, evidence, later_evidence
from sfp_model.report.sentences import answer, by_code, count, money, option_words
from sfp_model.report.tables import Markdown, text_table
from sfp_model.report.views import listing, wording

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = ["assumptions_answer", "before_table", "declared", "firmness_words", "later_words", "prices_words"]


def assumptions_answer(tables: Tables) -> Markdown:
    """Answer where the numbers come from and how much rests on evidence."""
    sums = tables["summary.confidence"].groupby("confidence")[["additional_constant", "absorbed_constant"]].sum()
    additional, absorbed = sums["additional_constant"], sums["absorbed_constant"]
    first = (
        "The source document states what is proposed and holds **no monetary figure**. Every amount of this annex "
        "is a "
        "quantity that the project estimated, times a rate from outside or estimated, and every one of them can be "
        "walked "
        "back to its line in a parameter file, its source and the paragraph that it serves."
    )
    held = [(money(a.sum()), name, a) for a, name in ((additional, "additional need"), (absorbed, "absorbed time"))
            if a.sum() >= 50]  # fmt: skip
    codes = {code for _, _, amounts in held for code in amounts[amounts > 0].index}
    second = "" if additional.sum() >= 50 else "This scenario has no additional need. "
    if codes == {"E"}:
        second += (
            f"All of the {listing(f'{name} ({amount})' for amount, name, _ in held)} rests on **at least one "
            f"estimate of the "
            "project, code E**: no line has both a quantity and a rate that were read in a document."
        )
    else:
        second += " ".join(f"Of the {name} of {amount}, {by_code(amounts)}." for amount, name, amounts in held)
    behind = evidence(tables)["additional" if additional.sum() >= 50 else "absorbed"]
    what = "additional need" if additional.sum() >= 50 else "absorbed time"
    informed = behind[["both", "rate"]].sum()
    third = (
        f"Code E does not mean out of thin air: **{_all(informed / behind.sum())} of the {what}** is priced with "
        f"rates "
        f"that rest on named sources; the quantities are mostly judgements, each with its reasons."
        if behind.sum() >= 50
        else ""
    )
    later = len(later_evidence(tables))
    fourth = f"The scenario knows what was observed by {day(tables.facts()['as_of'])}"
    fourth += (
        f"; nothing observed later is behind a value. {count(later, 'source').capitalize()} that came out afterwards "
        f"{'is' if later == 1 else 'are'} read for the time before, see @sec-later."
        if later
        else ", and no value rests on a source that came out later."
    )
    return answer(first, second, " ".join(p for p in (third, fourth) if p))


def prices_words(tables: Tables) -> str:
    """Say which prices were observed and what is assumed after them."""
    prices, facts = tables["prices"], tables.facts()
    values = tables["parameters"].set_index("path")
    base = facts["base_year"]
    words = [
        f"Constant prices are those of {base}, with the exchange rates of {base}. Nominal prices add the escalation "
        f"of each "
        f"class. The scenario uses what was observed by {day(facts['as_of'])} and an assumption after it "
        f"(@fig-prices, "
        "@tbl-prices)."
    ]
    for name, part in prices[prices["kind"] == "index"].groupby("name", sort=False):
        seen = part.loc[part["observed"], "year"]
        rate = values["mode"].get(f"escalation.{name}.rate")
        span = f"observed to {int(seen.max())} and then" if len(seen) else "no series was found, so it is"
        words.append(f"*{part['title'].iloc[0]}*: {span} assumed to change by {number(rate, 1)}% a year.")
    last = prices[prices["kind"] == "exchange"].groupby("name", sort=False)["value"].last()
    rates = listing(f"{chf(rate, 4)} for one {name}" for name, rate in last.items())
    moves = listing(
        f"{number((values['high'][path] - values['low'][path]) / 2, 1)}% for the {path.split('.')[1]}"
        for path in values.index
        if path.startswith("currencies.") and path.endswith(".movement")
    )
    spread = ""
    if moves:
        spread = (
            f" In the draws they move around it, P10 and P90 by {moves} within a year and √t times that in t years."
        )
    words.append(
        f"Exchange rates are expected to stay at the last month observed ({rates}): a forecast would be a guess."
        f"{spread} The base-year rate is the mean of the months of {base} known at that date."
    )
    return "\n\n".join([words[0], "\n".join(f"* {w}" for w in words[1:])])


def declared(tables: Tables) -> Markdown:
    """List the assumptions that the project declares, with their values in this scenario."""
    facts = tables.facts()
    values = tables["parameters"].set_index("path")["mode"]
    options = [(key.removeprefix("chosen."), value) for key, value in facts.items() if key.startswith("chosen.")]
    stretch = float(facts["phase_stretch"])
    modes = [wording(mode).lower() for mode in facts["funding_modes"].split(", ")]
    changes = [key.removeprefix("change.") for key in facts if key.startswith("change.")]
    points = [
        f"**Start.** Month 0 is {day(facts['start'])}. The source counts months from a start that it does not date"
        + ("." if stretch == 1 else f"; its phases are stretched by {number(stretch, 2)}."),
        f"**Horizon.** {facts['horizon'].replace('-', '–')}. What falls before or after it stands in a memo column "
        f"and in "
        "no total.",
        f"**Options.** {option_words(options)[:1].upper() + option_words(options)[1:]}. The source does not say "
        f"that A and B "
        "exclude each other; a scenario takes one. To defer is taken to mean the same work 24 months later.",
        f"**Funding modes.** {listing(modes).capitalize()}."
        + ("" if "additional" in modes else " Without additional money an activity is carried, reduced or left out, "
           "as its "
           "author stated with the reason."),
        "**Programme management** and the activities under initiatives d to i are added by the project and marked "
        "so; the "
        "source gives one short text for each phase.",
        "**Country teams.** The 131 country teams that start an assessment within three years of July 2020 lie "
        "before the "
        "plan; inside it the project counts about one prioritized country team for each office and year.",
        f"**Event.** {_concept(tables)}; an assumption, not a decision of ITU. Payments "
        f"of hosts, "
        "voluntary contributions and the balance of the exhibition fund stand at "
        f"{_nil(values, 'event.income.host_cash', 'event.income.voluntary', 'event.fund.opening')}.",
        f"**Contributory unit.** {chf(values.get('funding.contributory_unit', 0.0))}, taken to stay as it is.",
        _gains(values),
        "**Sectors.** The shares of the Bureaux and the General Secretariat in each line are working assumptions.",
    ]  # fmt: skip
    if changes:
        points.append(
            f"**What this scenario changes.** {count(len(changes), 'value').capitalize()}: "
            + listing(f"`{path}`" for path in changes) + "."
        )  # fmt: skip
    return Markdown("\n".join(f"* {point}" for point in points))


def _gains(values: pd.Series[float]) -> str:
    """Say that gains are nil, or that this scenario estimates some."""
    claimed = [
        path for path, amount in values.items() if path.startswith("gains.") and path.endswith(".claimed") and amount
    ]
    if claimed:
        return (
            f"**Gains.** {count(len(claimed), 'gain is', 'gains are').capitalize()} **estimated** in this scenario; "
            f"no size is "
            "evidenced, and no other scenario counts any."
        )
    nil = _nil(values, "savings.claimed").capitalize()
    return f"**Gains.** {nil}: no efficiency gain is evidenced, so none is counted."


def _all(share: float) -> str:
    return "all" if share > 0.995 else percent(share)


def _concept(tables: Tables) -> str:
    rows = tables["event.results"]
    titles = rows.loc[rows["chosen"], "concept_title"]
    return titles.iloc[0] if len(titles) else "No event is described"


def _nil(values: object, *paths: str) -> str:
    amounts = [float(values.get(path, 0.0)) for path in paths]  # type: ignore[attr-defined]
    if not any(amounts):
        return "nil, because no evidence was found" if len(paths) > 1 else "nil"
    return listing(money(amount) for amount in amounts)


def before_table(tables: Tables) -> Markdown:
    """Return the actions of which the source places a part before the horizon, and what was assumed."""
    rows = []
    for programme in PROGRAMMES:
        for row in tables[f"{programme}.actions"].itertuples():
            if "before" in row.timing_in_source:
                text = row.timing_in_source
                rows.append({"action": f"{row.action} {row.title}", "words": text[:1].upper() + text[1:]})
    return text_table(rows, {"action": "Action", "words": "In the source, and our assumption"}, widths=(28, 62))


def later_words(tables: Tables) -> Markdown:
    """Say that no value rests on what was observed after the date of knowledge, and which sources came out later."""
    later, facts = later_evidence(tables), tables.facts()
    as_of = day(facts["as_of"])
    if later.empty:
        return Markdown(
            f"No value of this scenario rests on a source that came out after {as_of}. Series are read up to that date."
        )
    rows = [
        {
            "source": f"{row.title} (`{row.key}`)",
            "date": row.date,
            "code": row.confidence,
            "n": number(row.estimates),
        }
        for row in later.itertuples()
    ]
    intro = (
        f"A plan made in {as_of.split(' ', 1)[1]} could use only what was observed by then. No value here rests on "
        "anything observed later; the check of the parameter files refuses it, and the scenario *Known today* holds "
        f"what came. {count(len(rows), 'source', 'sources').capitalize()} of @tbl-later came out afterwards and "
        f"{'is' if len(rows) == 1 else 'are'} read only for the years before. So are the series of prices and exchange "
        "rates. Where nothing earlier was found the value is a judgement (code E) that says so; it was written by "
        "people who had seen later figures, and is no blind forecast."
    )
    heads = {"source": "Source", "date": "Date", "code": "Code", "n": "Values that rest on it"}
    table = text_table(rows, heads, widths=(50, 10, 8, 16), right=["n"], label="tbl-later",
                       caption=f"Sources that came out after {as_of} and are read for the time before it")  # fmt: skip
    return Markdown(f"{intro}\n\n{table}")


def firmness_words(tables: Tables) -> Markdown:
    """Draw together what the firmness of the numbers means for a decision."""
    sums = evidence(tables)
    measure = "additional" if sums["additional"].sum() >= 50 else "absorbed"
    part = sums[measure] / sums[measure].sum() if sums[measure].sum() else sums[measure]
    largest = part.idxmax()
    what = {"additional": "additional need", "absorbed": "absorbed time"}[measure]
    points = [
        f"The largest part of the {what} ({percent(part[largest])}) is of this kind: *{EVIDENCE[largest].lower()}*. "
        f"Amounts "
        "are good for an order of magnitude and for comparing options; single lines are not budgets.",
        "The cheapest way to a firmer plan is a standard cost table of staff in Geneva and the regions: one "
        "document would "
        "replace the estimated rates of most lines.",
        "Each estimate has a low and a high value. The base estimate shown in this annex takes the most likely "
        "value of "
        "each; how far the total may lie from it is on the page *How sure are we?*",
    ]
    return Markdown("\n".join(f"* {point}" for point in points))
