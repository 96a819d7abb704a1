"""Programme budget implications of each decision: what it requires, what is absorbable, what is additional."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sfp_model.model.inputs import FloatArray
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns

__all__ = [
    "CEILING", "IMPLICATIONS", "LANGUAGES", "POSTS", "ceiling", "decided_by", "implications", "languages", "posts",
]  # fmt: skip

IMPLICATIONS = columns(
    "decision title short option option_title period requirement_constant:CHF absorbable_constant:CHF "
    "in_kind_constant:CHF additional_constant:CHF requirement_nominal:CHF absorbable_nominal:CHF in_kind_nominal:CHF "
    "additional_nominal:CHF one_off_constant:CHF recurrent_constant:CHF one_off_nominal:CHF recurrent_nominal:CHF "
    "languages_constant:CHF languages_nominal:CHF bodies_constant:CHF bodies_nominal:CHF "
    "absorbed_months:person-month over_months:person-month new_months:person-month temporary_months:person-month"
)
POSTS = columns(
    "decision post resource title grade station funding recurrence period person_months:person-month constant_chf:CHF"
)
LANGUAGES = columns("decision body body_title languages line funding period constant_chf:CHF nominal_chf:CHF")
CEILING = columns("key value:- unit note")
CEILING_PATH = "funding.languages_ceiling"


def decided_by(evaluation: Evaluation) -> list[str]:
    """Return the decision that governs each compiled line, "" for none."""
    governs: dict[str, str] = {}
    for decision in evaluation.plan.decisions.values():
        for action in decision.governs:
            governs.setdefault(action, decision.id)
    return [governs.get(facts.action, "") for facts in evaluation.facts]


def _card(evaluation: Evaluation, i: int) -> Any:
    return evaluation.plan.resources.get(evaluation.facts[i].resource)


def _body(evaluation: Evaluation, i: int) -> str:
    line = evaluation.plan.lines.get(evaluation.facts[i].line)
    return "" if line is None else line.body


def implications(evaluation: Evaluation) -> Iterator[Row]:
    """Yield per decision and period what the option taken requires: full cost = absorbable + in kind + additional.

    A last row per period, with an empty decision, holds what no decision governs (the subsidy of the event), so that
    the rows add up to the plan. One-off, recurrent, languages and bodies of Member States are parts of the additional
    need; languages are interpretation and translation, also where they are not for such a body. ``over_months``
    are the absorbed person-months above the share of their time that staff are released for, of the actions that the
    decision governs (``tables_staffing.over_by_action``): called absorbable, but more than there is.
    """
    decided = decided_by(evaluation)
    amounts = {"constant": evaluation.constant, "nominal": evaluation.nominal}
    rows = range(len(decided))
    above = _above(evaluation)

    def total(wanted: list[int], values: FloatArray) -> FloatArray:
        result: FloatArray = values[wanted].sum(axis=0)
        return result

    funding = [facts.funding for facts in evaluation.facts]
    cards = [_card(evaluation, i) for i in rows]
    asked = evaluation.plan.decisions.values()
    chosen = [(d.id, d.title, d.short or d.title, d.chosen, d.options[d.chosen].title) for d in asked]
    for key, title, short, option, option_title in (*chosen, ("", "Put to no decision", "Put to no decision", "", "")):
        mine = [i for i in rows if decided[i] == key]
        new = [i for i in mine if funding[i] == "additional"]
        row: dict[str, FloatArray] = {}
        for basis, values in amounts.items():
            row[f"requirement_{basis}"] = total(mine, values)
            row[f"absorbable_{basis}"] = total([i for i in mine if funding[i] == "absorbed"], values)
            row[f"in_kind_{basis}"] = total([i for i in mine if funding[i] == "in_kind"], values)
            row[f"additional_{basis}"] = total(new, values)
            for recurrence in ("one_off", "recurrent"):
                part = [i for i in new if evaluation.facts[i].recurrence == recurrence]
                row[f"{recurrence}_{basis}"] = total(part, values)
            row[f"languages_{basis}"] = total([i for i in new if cards[i] and cards[i].languages], values)
            row[f"bodies_{basis}"] = total([i for i in new if _body(evaluation, i)], values)
        months = evaluation.person_months
        row["absorbed_months"] = total([i for i in mine if funding[i] == "absorbed"], months)
        row["over_months"] = above.get(key, np.zeros(len(evaluation.periods)))
        for post in ("new", "temporary"):
            row[f"{post}_months"] = total([i for i in new if cards[i] and cards[i].post == post], months)
        for p, period in enumerate(evaluation.periods):
            yield {
                "decision": key, "title": title, "short": short, "option": option, "option_title": option_title,
                "period": period,
                **{name: values[p] for name, values in row.items()},
            }  # fmt: skip


def _above(evaluation: Evaluation) -> dict[str, FloatArray]:
    """Return the person-months above the released share by decision and period."""
    from sfp_model.results.tables_staffing import over_by_action
    from sfp_model.results.time_view import TimeView

    view = TimeView(evaluation)
    governs = {action: d.id for d in evaluation.plan.decisions.values() for action in reversed(d.governs)}
    place = [evaluation.periods.index(quarter.split("-Q")[0]) for quarter in view.quarters]
    found: dict[str, FloatArray] = {}
    for action, months in over_by_action(view).items():
        by_period = np.zeros(len(evaluation.periods))
        np.add.at(by_period, place, months)
        key = governs.get(action, "")
        found[key] = found[key] + by_period if key in found else by_period
    return found


def posts(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the work of people by decision, post, grade and duty station: ``existing``, ``new`` or ``temporary``.

    Additional lines of a resource that is a post ask for it; all other staff time is that of existing posts.
    Consultants, who are no staff, are not in the table.
    """
    decided, nothing = decided_by(evaluation), np.zeros(len(evaluation.periods))
    sums: dict[tuple[str, ...], tuple[FloatArray, FloatArray]] = {}
    for i, facts in enumerate(evaluation.facts):
        card = _card(evaluation, i)
        if card is None or not card.grade:
            continue
        post: str = card.post if facts.funding == "additional" and card.post else "existing"
        key = (decided[i], post, card.id, card.title, card.grade, card.station, facts.funding, facts.recurrence)
        worked, paid = sums.get(key, (nothing, nothing))
        sums[key] = (worked + evaluation.person_months[i], paid + evaluation.constant[i])
    names = ("decision", "post", "resource", "title", "grade", "station", "funding", "recurrence")
    order = [*evaluation.plan.decisions, ""]
    for found in sorted(sums, key=lambda found: (order.index(found[0]), found[1])):
        worked, paid = sums[found]
        for p, period in enumerate(evaluation.periods):
            if worked[p] or paid[p]:
                yield {
                    **dict(zip(names, found, strict=True)), "period": period, "person_months": worked[p],
                    "constant_chf": paid[p],
                }  # fmt: skip


def languages(evaluation: Evaluation) -> Iterator[Row]:
    """Yield interpretation and translation, and whatever else falls on bodies of Member States, by line and period."""
    decided, bodies = decided_by(evaluation), evaluation.plan.settings.bodies
    for i, facts in enumerate(evaluation.facts):
        card, body = _card(evaluation, i), _body(evaluation, i)
        if card is None or not (card.languages or body):
            continue
        for p, period in enumerate(evaluation.periods):
            if evaluation.constant[i, p]:
                yield {
                    "decision": decided[i], "body": body, "body_title": bodies.get(body, ""),
                    "languages": card.languages, "line": facts.line, "funding": facts.funding, "period": period,
                    "constant_chf": evaluation.constant[i, p], "nominal_chf": evaluation.nominal[i, p],
                }  # fmt: skip


def ceiling(evaluation: Evaluation) -> Iterator[Row]:
    """Yield the additional need for languages inside the horizon beside the ceiling known for them.

    The ceiling is one of another period and holds the languages of the whole organization: a yardstick, no limit of
    this plan. Nothing is yielded for it where the parameters have none.
    """
    wanted = [
        i
        for i, facts in enumerate(evaluation.facts)
        if facts.funding == "additional" and (card := _card(evaluation, i)) is not None and card.languages
    ]
    years = evaluation.plan.settings.horizon_years
    for basis in ("constant", "nominal"):
        amount = float(getattr(evaluation, basis)[wanted, 1:-1].sum())
        yield {"key": f"languages_{basis}", "value": amount, "unit": "CHF", "note": "additional need of the horizon"}
    value = evaluation.plan.settings.values.get(CEILING_PATH)
    if value is None:
        return
    yield {"key": "ceiling", "value": value.estimate.mode, "unit": value.unit, "note": value.basis}
    per = value.unit.removeprefix("CHF/").removesuffix("-years")
    if per.isdigit():
        share = amount / (value.estimate.mode / int(per) * years)
        note = f"nominal, of the ceiling for {years} years; another period and the whole organization"
        yield {"key": "share", "value": share, "unit": "share", "note": note}
