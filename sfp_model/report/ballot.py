"""The page that Member States vote from: every decision on one line, then each of them in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sfp_model.report.ballot_ranges import ballot_ranges, waiting_range
from sfp_model.report.bands import Bands, Differences, between
from sfp_model.report.decision_tables import boxes, option_modes
from sfp_model.report.format import chf_words, percent
from sfp_model.report.needs_tables import price_basis
from sfp_model.report.sentences import answer, count, money, more_or_less, person_months
from sfp_model.report.tables import Markdown, statement
from sfp_model.report.views import biennial, listing, records, years_of

if TYPE_CHECKING:
    import pandas as pd

    from sfp_model.report.reads import Tables

__all__ = ["anchor", "ballot", "ballot_answer", "ballot_reading", "each_decision", "waiting"]

_NIL = 50.0  # CHF; what prose calls nil


def waiting(tables: Tables) -> pd.DataFrame:
    """Return what waiting takes more, per decision and months: by part and in all, over every period.

    Columns ``months``, per part ``<part>_constant`` and ``<part>_nominal`` (additional need), ``constant``, ``nominal``
    and ``absorbed`` (constant) in all, and ``inside``: the constant difference inside the horizon.
    """
    frame = tables["decisions.deferral"]
    keys = ["decision", "months"]
    parts = frame.pivot_table(index=keys, columns="part", values=["additional_constant", "additional_nominal"],
                              aggfunc="sum", sort=False)  # fmt: skip
    parts.columns = [f"{part}_{value.removeprefix('additional_')}" for value, part in parts.columns]
    names = {"additional_constant": "constant", "additional_nominal": "nominal", "absorbed_constant": "absorbed"}
    whole = frame.groupby(keys, sort=False)[list(names)].sum().rename(columns=names)
    inside = frame[frame["period"].str.isdigit()].groupby(keys, sort=False)["additional_constant"].sum()
    return whole.join(parts).assign(inside=inside).round(2).reset_index()


def _taken(tables: Tables) -> pd.DataFrame:
    """Return one row per decision, and one for the rest, with what the option taken takes inside the horizon."""
    frame = tables["implications"]
    inside = frame[frame["period"].str.isdigit()]
    head = inside.drop_duplicates("decision").set_index("decision")[["title", "short", "option", "option_title"]]
    sums = (
        inside.drop(columns=["title", "short", "option", "option_title", "period"])
        .groupby("decision", sort=False)
        .sum()
    )
    return head.join(sums)


def _other(tables: Tables) -> dict[str, Any]:
    """Return the first option of each decision that is not taken, with its sums inside the horizon."""
    frame = tables["decisions"]
    found: dict[str, Any] = {}
    for (decision, option), part in frame[~frame["chosen"]].groupby(["decision", "option"], sort=False):
        inside = part[part["period"].str.isdigit()]
        found.setdefault(decision, {
            "option": option, "title": part["option_title"].iloc[0], "part": part,
            "additional": float(inside["delta_additional"].sum()), "absorbed": float(inside["delta_absorbed"].sum()),
        })  # fmt: skip
    return found


def anchor(decision: str) -> str:
    """Return the anchor of a decision on the page.

    Examples
    --------
    >>> anchor("PWC-1.1")
    'sec-decision-pwc-1-1'
    """
    return "sec-decision-" + decision.lower().replace(".", "-")


def _option(key: str, title: str = "") -> str:
    name = f"option {key}" if len(key) == 1 else key
    return f"{name} ({title[:1].lower()}{title[1:]})" if title else name


def ballot(tables: Tables) -> Markdown:
    """Return all decisions on one table: what the answer taken takes, what the other changes, what waiting costs.

    Differences and waiting are of the additional need, or of absorbed time in a scenario that has no additional need.
    """
    import pandas as pd

    taken, other, late = _taken(tables), _other(tables), waiting(tables)
    cashless = not (taken["additional_constant"].abs() >= _NIL).any()
    later = late.set_index(["decision", "months"])["absorbed" if cashless else "nominal"]
    years = years_of(tables["implications"])
    wide = tables["implications"].pivot_table(index="decision", columns="period", values="additional_constant",
                                              aggfunc="sum", sort=False)  # fmt: skip
    pairs = biennial(wide, years)
    kept = [c for c in pairs.columns if c not in years]
    after = _full_year(tables)
    rows = []
    for key, row in taken.iterrows():
        decision = str(key)
        mine: dict[str, object] = {c: float(pairs.at[key, c]) for c in kept}
        mine["label"] = f"{decision} {row['short']}" if decision else "Put to no decision: subsidy to the event"
        mine["answer"] = f"{row['option']}, or {other[decision]['option']}" if decision in other else row["option"]
        mine["months"], mine["again"] = row["absorbed_months"], after.get(decision, 0.0)
        difference = other[decision]["absorbed" if cashless else "additional"] if decision in other else None
        mine["difference"] = None if difference is None else round(difference, 2)
        for months in sorted(late["months"].unique()):
            mine[f"wait_{months:g}"] = later.get((decision, months))
        rows.append(mine)
    table = pd.DataFrame(rows)
    waits = [c for c in table.columns if c.startswith("wait_")]
    sums = {c: float(table[c].sum()) for c in (*kept, "again", "months")}
    table.loc[len(table)] = {**dict.fromkeys(table.columns), "label": "Total", "answer": "", **sums}
    columns = {
        "answer": "Answer here, or other", **{c: c for c in kept}, "again": "A year after", "months": "Months",
        "difference": "Other answer", **{c: _wait_words(c) for c in waits},
    }  # fmt: skip
    numbers = [*kept, "again", "difference", *waits]
    table[["months", *numbers]] = table[["months", *numbers]].astype(float)
    more = "More absorbed time" if cashless else "More additional need"
    keys = [str(key) for key in taken.index]
    ranges = ballot_ranges(tables, keys, {k: v["option"] for k, v in other.items()}, kept, waits, cashless)
    return statement(
        table, stub="label", columns=columns, totals=[len(table) - 1], ranges=ranges,
        formats={**dict.fromkeys(numbers, "thousands"), "months": "decimal", "answer": "text"},
        spanners={"Additional need, answer here": [*kept, "again"], "Absorbed": ["months"],
                  more: ["difference", *waits]},
        unit=price_basis(tables.facts()) + ("" if cashless else "; waiting in nominal prices"),
        links={f"{key} {row['short']}": f"#{anchor(str(key))}" for key, row in taken.iterrows() if key},
        notes=["A year after: what recurs in each full year after the plan. Months: person-months of staff already "
               "paid, never added to cash",
               "Other answer: difference in the plan's years; brackets: less. What a deferral moves out is not saved",
               "A year or a biennium later: the same work for the same length of time. One decision is changed at a "
               "time", *_driven(late), *_undecided(taken)],
        source="Programme budget implications and comparison of options in this scenario",
    )  # fmt: skip


def _undecided(taken: pd.DataFrame) -> list[str]:
    """Say what is put to no decision, where there is any."""
    return [
        "Put to no decision: the subsidy follows from the event that the scenario holds; the range of this row also "
        "holds the risk events, which no decision governs"
    ] * ("" in taken.index)


def _driven(late: pd.DataFrame) -> list[str]:
    """Say how much of what waiting takes is programme management, where there is any."""
    long = late[late["months"] == late["months"].max()]
    managed, whole = float(long["management_nominal"].clip(lower=0).sum()), float(long["nominal"].clip(lower=0).sum())
    if managed < _NIL or whole < _NIL or not (long["management_constant"] >= _NIL).any():
        return []
    return [
        "Programme management, which goes on until the last action ends, is "
        f"{percent(min(managed / whole, 1.0))} of all that the longest wait takes. It is paid once: waiting with "
        "several decisions takes less than their sum"
    ]


def _wait_words(column: str) -> str:
    months = int(column.removeprefix("wait_"))
    return {12: "A year later", 24: "A biennium later"}.get(months, f"{months} months later")


def _full_year(tables: Tables) -> dict[str, float]:
    """Return what recurs as additional need in a full year after the horizon, by decision."""
    frame = tables["recurrent.tail"]
    frame = frame[frame["funding"] == "additional"]
    return {str(k): float(v) for k, v in frame.groupby("decision")["full_year_constant"].sum().items()}


def ballot_answer(tables: Tables) -> Markdown:
    """Answer how many decisions there are, what they take together, and what waiting changes."""
    facts, taken, late = tables.facts(), _taken(tables), waiting(tables)
    years = years_of(tables["implications"])
    span, total = f"{years[0]}–{years[-1]}", float(taken["additional_constant"].sum())
    decided = taken[taken.index != ""]
    months = float(taken["absorbed_months"].sum())
    first = (
        f"**Member States are asked to take {count(len(decided), 'decision')}**, which the source puts in "
        f"{count(boxes(tables['catalogue']), 'box', 'boxes')}. Answered as in the scenario *{facts['title']}*, they "
        f"take an additional need of **{money(float(decided['additional_constant'].sum()))}** in {span} in constant "
        f"prices of {facts['base_year']} ({money(float(decided['additional_nominal'].sum()))} nominal) and "
        f"{person_months(months)}{between(Bands(tables, 'absorbed', 'months').get('total'), work=True)} of absorbed "
        "time."
    )
    rest = total - float(decided["additional_constant"].sum())
    if rest >= _NIL:
        first += f" A further {money(rest)} follows from the event that the scenario holds and is put to no decision."
    whole = Bands(tables).get("total")
    if whole is not None and whole.p90 >= _NIL:
        first += f" All of it together is {money(total)}{between(whole)}."
    parts = decided["additional_constant"].nlargest(1)
    if float(parts.iloc[0]) >= _NIL:
        share = percent(float(parts.iloc[0]) / float(decided["additional_constant"].sum()))
        first += f" {parts.index[0]} alone makes up {share} of what is decided."
    if total < _NIL:
        first = (
            f"**Member States are asked to take {count(len(decided), 'decision')}**, which the source puts in "
            f"{count(boxes(tables['catalogue']), 'box', 'boxes')}. Answered as in the scenario *{facts['title']}*, "
            f"they need **no additional appropriation** in {span} and take {person_months(months)} of absorbed time."
        )
    return answer(first, _waiting_answer(late), option_modes(facts))


def _waiting_answer(late: pd.DataFrame) -> str:
    """Say which decisions are dear to defer by a year, and that none is cheaper for it, or which are."""
    first = late[late["months"] == late["months"].min()].set_index("decision")
    dear = first[first["nominal"] >= 5000].sort_values("nominal", ascending=False, kind="stable")
    cheaper = first[first["nominal"] <= -_NIL]
    if dear.empty and cheaper.empty:
        time = first[first["absorbed"] >= _NIL]["absorbed"]
        text = "**Waiting a year changes the additional need of no decision by more than the rise of prices.**"
        if time.empty:
            return text
        names = listing(str(name) for name in time.index)
        return f"{text} For {names} it takes up to {money(float(time.max()))} more absorbed time."
    text = ""
    if len(dear):
        top = float(dear["nominal"].iloc[0])
        same = list(dear.index[dear["nominal"] > 0.9 * top])
        least, one = money(float(dear["nominal"].iloc[len(same) - 1])), money(top)
        span = one if least == one else f"{least} to {one}"
        text = (
            f"**Waiting a year costs most for {listing(same)}: {span}{' each' if len(same) > 1 else ''}** in nominal "
            "prices"
        )
        managed = dear.loc[same, "management_nominal"].min() > 0.8 * top
        long = dear.loc[same, "management_constant"].min() >= _NIL
        words = ", nearly all of it programme management, which goes on until the last action ends. "
        text += words if managed and long else ". "
    if cheaper.empty:
        return text + "No decision becomes cheaper by waiting: what looks like a saving inside the plan falls after it."
    names = listing(f"{row.Index} ({money(-row.nominal)})" for row in records(cheaper))
    return text + f"Waiting is cheaper for {names}, because lines in another currency than the franc get cheaper."


def ballot_reading() -> Markdown:
    """Return how to read the table of decisions."""
    return Markdown(
        '::: {.callout-note title="How to read the table"}\n'
        "**Additional need** is cash, a new appropriation; **absorbed** is time of staff already paid. The row of a "
        "decision gives what the answer taken here needs, then what is needed *more* if Member States give the other "
        "answer, or the same answer a year or a biennium later. A later answer is compared at the same length of "
        "service: what recurs is counted for as many months as without the delay, also where they fall after the plan. "
        "So a delay is not shown as a saving. Each decision leads to its own section below.\n:::"
    )


def each_decision(tables: Tables) -> Markdown:
    """Return a section for each decision: what the answers take, presuppose, and what waiting costs."""
    taken, other, late = _taken(tables), _other(tables), waiting(tables).set_index(["decision", "months"])
    frame = tables["decisions"].drop_duplicates(["decision", "option"]).set_index(["decision", "option"])
    blocks, drawn = [], Differences(tables, "option")
    for key, row in taken.iterrows():
        decision = str(key)
        if not decision:
            continue
        supposes = str(frame.at[(decision, row["option"]), "presupposes"])
        text = [
            f"### Decision {decision} {{#{anchor(decision)}}}",
            f"*{row['title']}.*",
            _taken_words(tables, decision, row, supposes),
        ]
        if decision in other:
            supposes = str(frame.at[(decision, other[decision]["option"]), "presupposes"])
            text.append(
                _other_words(other[decision], supposes, between(drawn.get(decision, other[decision]["option"])))
            )
        rows = {int(months): late.loc[(decision, months)] for d, months in late.index if d == decision}
        words = _waiting_words(rows, years_of(tables["implications"])[-1])
        if len(row["option"]) == 1:
            words += (
                " The source offers no deferral here; it is shown for comparison, and whether what the answer "
                "presupposes would still hold is not known."
            )
        text.append(words + waiting_range(tables, decision) + _edition_words(tables, decision))
        blocks.append("\n\n".join(text))
    return Markdown("\n\n".join(blocks))


def _taken_words(tables: Tables, decision: str, row: Any, supposes: str) -> str:
    mine = tables["implications"]
    mine = mine[(mine["decision"] == decision) & mine["period"].str.isdigit()]
    falls = [r.period for r in records(mine) if r.additional_constant >= _NIL]
    text = f"**Taken here: {_option(row['option'], row['option_title'])}.** "
    absorbed = f"{person_months(row['absorbed_months'])} of absorbed time, worth {money(row['absorbable_constant'])}"
    if row["additional_constant"] < _NIL:
        text += f"It has no additional need and takes {absorbed}."
    else:
        text += f"It has an additional need of {money(row['additional_constant'])}"
        text += between(Bands(tables).get("decision", part=decision))
        text += f", {'all ' if len(falls) == 1 else ''}in {listing(falls)}, " if len(falls) < 4 else " "
        text += f"and takes {absorbed}."
        if row["recurrent_constant"] >= _NIL:
            text += f" Of the additional need, {money(row['recurrent_constant'])} is recurrent."
        if row["bodies_constant"] >= _NIL:
            text += f" Meetings and documents of Member States' bodies take {money(row['bodies_constant'])} of it."
    return text + (f" It presupposes that {supposes}." if supposes else "")


def _other_words(other: Mapping[str, Any], supposes: str, spread: str) -> str:
    text = (
        f"**{_option(other['option'], other['title'])[:1].upper()}{_option(other['option'], other['title'])[1:]}** "
        f"would take {more_or_less(other['additional'], 'additional need')}{spread} and "
        f"{more_or_less(other['absorbed'], 'absorbed time')} inside the plan's years."
    )
    if not supposes:
        return text
    return text + (f" It is a {supposes}." if supposes.startswith("declared") else f" It presupposes that {supposes}.")


def _waiting_words(rows: Mapping[int, Any], last: str) -> str:
    """Say what a year and a biennium of waiting cost, which part is management, and what only looks like a saving."""
    if not rows:
        return ""
    names = {12: "a year", 24: "a biennium"}
    costs = [f"{names.get(m, f'{m} months')} {_cost(float(row['nominal']))}" for m, row in rows.items()]
    text = f"**Waiting** {' and '.join(costs)} in nominal prices"
    if all(abs(float(row["nominal"])) < _NIL for row in rows.values()):
        text = f"**Waiting** {listing((names.get(m, f'{m} months') for m in rows), 'or')} costs no additional need"
    long = rows[max(rows)]
    managed = float(long["management_nominal"]) if long["management_constant"] >= _NIL else 0.0
    work = float(long["nominal"]) - managed
    if managed >= _NIL:
        text += (
            f"; of the latter, {chf_words(managed)} is programme management that goes on until the deferred work ends"
            + (f" and {chf_words(work)} the rise of prices" if work >= _NIL else "")
            + (f", less {chf_words(-work)} because prices or exchange rates fall" if work <= -_NIL else "")
        )
    text += "."
    kept = float(long["kept_on_constant"])
    if kept >= _NIL:
        text += (
            f" Inside the plan's years, waiting for {names.get(max(rows), 'longer')} shows {chf_words(kept)} less of "
            f"recurrent work. It is not saved: the same months of it fall after {last} instead."
        )
    if float(long["absorbed"]) >= _NIL:
        worth = chf_words(float(long["absorbed"]))
        text += (
            f" Over {names.get(max(rows), 'that time')}, the longer management also takes absorbed time worth {worth}."
        )
    return text


def _edition_words(tables: Tables, decision: str) -> str:
    """Name the editions of the event that would be held before its design ends, with each answer and by waiting."""
    options, late = tables["decisions"], tables["decisions.deferral"]
    cases: dict[str, list[str]] = {}
    for row in records(options[options["decision"] == decision].drop_duplicates("option")):
        if row.early_editions:
            how = f"with the answer taken here ({row.option})" if row.chosen else f"with {_option(row.option)}"
            cases.setdefault(row.early_editions, []).append(how)
    for row in records(late[late["decision"] == decision].drop_duplicates("months")):
        if row.early_editions:
            names = {12: "a year", 24: "a biennium"}
            cases.setdefault(row.early_editions, []).append(
                f"after waiting for {names.get(int(row.months), f'{row.months:g} months')}"
            )
    if not cases:
        return ""
    held = "; ".join(
        f"{listing(how, 'or')}, {'those' if ';' in years else 'that'} of {listing(years.split(';'))}"
        for years, how in cases.items()
    )
    return (
        "\n\n**The event does not wait.** Its editions stay on their dates, and any subsidy to them in its years; "
        f"neither is in the amounts above. Editions that would be held before the event is designed: {held}. "
        "Whoever defers the design has to move these editions as well."
    )


def _cost(amount: float) -> str:
    if abs(amount) < _NIL:
        return "costs nothing"
    return f"costs {chf_words(amount)}" if amount > 0 else f"is cheaper by {chf_words(-amount)}"
