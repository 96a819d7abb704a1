"""Tables of staffing: work by quarter, capacity, over-allocation, levelling, posts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sfp_model.decisions.levelling import NEAR, Levelling, measure
from sfp_model.decisions.staffing import price_of_month
from sfp_model.model.inputs import FloatArray
from sfp_model.model.lines import line_quantities
from sfp_model.model.staffing import MONTHS, Demand, Group, absorbed_time
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns
from sfp_model.results.tables_needs import calendar_month
from sfp_model.results.time_view import Level, TimeView

__all__ = [
    "CAPACITY", "CASES", "LEVELLING", "MOVES", "OVERLOAD", "POSTS", "QUARTERS", "capacity", "cases", "levelling",
    "moves", "over_by_action", "overload", "posts", "quarters",
]  # fmt: skip

QUARTERS = columns(
    "programme action resource grade station sector funding role kind period person_months:person-month days:day "
    "constant_chf:CHF"
)
CAPACITY = columns(
    "sector station grade period posts:post time:person-month release_rate:- capacity:person-month "
    "work:person-month participants:person-month demand:person-month over:person-month break_even_rate:- "
    "levelled:person-month levelled_over:person-month"
)
OVERLOAD = columns(
    "period sector station grade action title role person_months:person-month demand:person-month "
    "capacity:person-month over:person-month break_even_rate:-"
)
LEVELLING = columns(
    "case resource title posts:post over:person-month rate:CHF/person-month additional_constant:CHF "
    "whole_months:person-month whole_constant:CHF peak_quarter"
)
MOVES = columns("action title programme float:month moved:month start_month new_start_month end_month new_end_month")
CASES = columns("case period additional_constant:CHF absorbed_constant:CHF person_months:person-month")
POSTS = columns(
    "kind resource title grade station actions first_quarter last_quarter person_months:person-month posts:post "
    "posts_after:post constant_chf:CHF full_year:CHF/year"
)
DAYS = "day"


def quarters(view: TimeView) -> Iterator[Row]:
    """Yield person-months, days of consultants and their CHF by action, position, sector, role and quarter.

    ``kind`` is ``staff`` (absorbed or in kind), ``new`` or ``temporary`` (additional) or ``consultant`` (people
    without a grade, in days). Person-months add up to those of the tables of needs.
    """
    evaluation, plan = view.evaluation, view.plan
    lines, sectors = evaluation.arrays.lines, evaluation.arrays.names["sector"]
    months, money, days = view.by_quarter(), _money(view), _days(view)
    sums: dict[tuple[str, ...], FloatArray] = {}
    for i, facts in enumerate(evaluation.facts):
        if not months[i].any() and not days[i].any():
            continue
        line, card = plan.lines[facts.line], plan.resources[facts.resource]
        kind = "consultant" if not card.grade else card.post if facts.funding == "additional" and card.post else "staff"
        own: tuple[str, ...] = (facts.programme, facts.action, card.id, card.grade, card.station)
        for s in np.flatnonzero(lines.sectors[i]).tolist():
            key = (*own, sectors[s], facts.funding, line.role, kind)
            part = np.stack([months[i], days[i], money[i]]) * lines.sectors[i, s]
            sums[key] = sums[key] + part if key in sums else part
    names = ("programme", "action", "resource", "grade", "station", "sector", "funding", "role", "kind")
    for key, (worked, consulted, paid) in sums.items():
        for p in np.flatnonzero((worked != 0) | (consulted != 0)).tolist():
            yield {
                **dict(zip(names, key, strict=True)), "period": view.quarters[p], "person_months": worked[p],
                "days": consulted[p], "constant_chf": paid[p],
            }  # fmt: skip


def _money(view: TimeView) -> FloatArray:
    outcome = view.evaluation.outcome
    weights = outcome.weights("quarter")[:, :, 0]
    result: FloatArray = outcome.line_unit * weights[view.evaluation.arrays.lines.group]
    return result


def _days(view: TimeView) -> FloatArray:
    """Return the days of people who are no staff by line and quarter."""
    evaluation, plan = view.evaluation, view.plan
    lines = evaluation.arrays.lines
    cards = [plan.resources.get(facts.resource) for facts in evaluation.facts]
    mine = np.array([bool(card and card.station and not card.grade and card.per == DAYS) for card in cards])
    quantity = line_quantities(evaluation.arrays, evaluation.outcome.values.array)[:, :1]
    weights = evaluation.outcome.weights("quarter")[:, :, 0]
    result: FloatArray = quantity * weights[lines.group] * mine[:, None]
    return result


def capacity(view: TimeView) -> Iterator[Row]:
    """Yield what each staff group has and what the plan asks of it, by quarter of the horizon.

    ``capacity = time · release rate``; ``over`` is what the plan asks above it; ``break_even_rate = demand ÷ time`` is
    the share of its time that the group would have to be released. ``levelled`` is the demand after levelling.
    """
    if view.capacity is None:
        return
    asked, after = _asked(view.demand), _after(view)
    place = {group: i for i, group in enumerate(view.capacity.groups)}
    for group in dict.fromkeys((*place, *(group for group, _ in asked))):
        has = group in place
        time = float(view.capacity.time[place[group]]) if has else 0.0
        offered = time * view.capacity.release_rate
        work, guests = (
            asked.get((group, role), 0.0 * view.demand.months[0, :, 0]) for role in ("work", "participants")
        )
        levelled = after.get(group, work + guests)
        for p in range(1, len(view.quarters) - 1):
            demand = float(work[p] + guests[p])
            yield {
                "sector": group.sector, "station": group.station, "grade": group.grade, "period": view.quarters[p],
                "posts": view.capacity.posts[place[group]] if has else 0.0, "time": time,
                "release_rate": view.capacity.release_rate, "capacity": offered, "work": work[p],
                "participants": guests[p], "demand": demand, "over": _over(demand, offered),
                "break_even_rate": demand / time if time else None, "levelled": levelled[p],
                "levelled_over": _over(float(levelled[p]), offered),
            }  # fmt: skip


def over_by_action(view: TimeView) -> dict[str, FloatArray]:
    """Return the person-months above the released share that fall on each action, by quarter of the view.

    The excess of a group in a quarter is shared among the actions in proportion to what they ask of it, so that the
    parts add up to ``over`` of the table of capacity.
    """
    found: dict[str, FloatArray] = {}
    if view.capacity is None:
        return found
    place = {group: i for i, group in enumerate(view.capacity.groups)}
    whole: dict[Group, FloatArray] = {}
    for (group, _), months in _asked(view.demand).items():
        whole[group] = whole.get(group, 0.0) + months
    for (group, action, _), months in zip(view.demand.keys, view.demand.months[:, :, 0], strict=True):
        time = float(view.capacity.time[place[group]]) if group in place else 0.0
        over = np.array([_over(float(asked), time * view.capacity.release_rate) for asked in whole[group]])
        over[[0, -1]] = 0.0
        part = months * np.divide(over, whole[group], out=np.zeros_like(over), where=whole[group] > 0)
        found[action] = found.get(action, 0.0) + part
    return found


def _over(demand: float, offered: float) -> float:
    over = demand - offered
    return over if over > 1e-6 else 0.0


def _asked(demand: Demand) -> dict[tuple[Group, str], FloatArray]:
    sums: dict[tuple[Group, str], FloatArray] = {}
    for (group, _, role), months in zip(demand.keys, demand.months, strict=True):
        sums[group, role] = sums.get((group, role), 0.0) + months[:, 0]
    return sums


def _after(view: TimeView) -> dict[Group, FloatArray]:
    if view.levelling is None:
        return {}
    after = view.levelling.after
    sums: dict[Group, FloatArray] = {}
    for (group, _), months in _asked(absorbed_time(after.plan, after.outcome)).items():
        sums[group] = sums.get(group, 0.0) + months
    return sums


def overload(view: TimeView) -> Iterator[Row]:
    """Yield every over-allocated group and quarter with the actions that ask for its time, the largest first."""
    wide = {(row["sector"], row["station"], row["grade"], row["period"]): row for row in capacity(view) if row["over"]}
    found: list[Row] = []
    for (group, action, role), months in zip(view.demand.keys, view.demand.months, strict=True):
        for p in range(1, len(view.quarters) - 1):
            row = wide.get((group.sector, group.station, group.grade, view.quarters[p]))
            if row is not None and months[p, 0] > 0:
                found.append({
                    "period": view.quarters[p], "sector": group.sector, "station": group.station,
                    "grade": group.grade, "action": action, "title": view.plan.actions[action].title, "role": role,
                    "person_months": months[p, 0], **{k: row[k] for k in ("demand", "capacity", "over")},
                    "break_even_rate": row["break_even_rate"],
                })  # fmt: skip
    order = {group: i for i, group in enumerate(dict.fromkeys(wide))}
    yield from sorted(
        found,
        key=lambda r: (
            str(r["period"]),
            order[r["sector"], r["station"], r["grade"], r["period"]],
            -float(str(r["person_months"])),
        ),
    )


def levelling(view: TimeView) -> Iterator[Row]:
    """Yield temporary posts and person-months above capacity before and after levelling, with their CHF.

    ``additional_constant = over · rate``: what float cannot absorb, at the rate of the temporary position that stands
    in. It is not part of the plan's additional need; it is what would have to be added to it. ``whole_months`` counts
    whole posts in each quarter, ``⌈over ÷ person-months of a post⌉ · person-months of a post``: what it takes where a
    post cannot be had by the day.
    """
    level = view.levelling
    if level is None:
        return
    before = measure(level.staffing.problem, [0] * len(level.staffing.actions))
    for case, found in (("as planned", before), ("levelled", level.found)):
        yield from _pools(view, level, case, found)


def _pools(view: TimeView, level: Level, case: str, found: Levelling) -> Iterator[Row]:
    for pool, resource in enumerate(level.staffing.posts):
        over = found.over[level.staffing.problem.pool == pool].sum(axis=0)
        rate = price_of_month(view.plan, resource)
        per = level.staffing.problem.per_post
        whole = float((np.ceil(over / per - NEAR) * per).sum())
        yield {
            "case": case, "resource": resource, "title": view.plan.resources[resource].title,
            "posts": found.posts[pool] if pool < len(found.posts) else 0, "over": over.sum(), "rate": rate,
            "additional_constant": over.sum() * rate, "whole_months": whole, "whole_constant": whole * rate,
            "peak_quarter": view.quarters[1 + int(over.argmax())] if over.any() else "",
        }  # fmt: skip


def moves(view: TimeView) -> Iterator[Row]:
    """Yield the actions that levelling may move, with the months by which it moves them."""
    level = view.levelling
    if level is None:
        return
    plan, first, names = view.plan, view.plan.settings.horizon_start, list(view.plan.actions)
    for key in level.staffing.actions:
        i, moved = names.index(key), level.moves.get(key, 0)
        start, end = float(view.placed.start[i, 0]), float(view.placed.end[i, 0]) - 1e-6
        yield {
            "action": key, "title": plan.actions[key].title, "programme": plan.actions[key].programme,
            "float": view.room.total[i, 0], "moved": moved, "start_month": calendar_month(first, start),
            "new_start_month": calendar_month(first, start + moved), "end_month": calendar_month(first, end),
            "new_end_month": calendar_month(first, end + moved),
        }  # fmt: skip


def cases(view: TimeView) -> Iterator[Row]:
    """Yield the needs by year as planned and levelled: moving actions moves their cash too."""
    if view.levelling is None:
        return
    for case, evaluation in (("as planned", view.evaluation), ("levelled", view.levelling.after)):
        sums = {f: _funded(evaluation, f, evaluation.constant) for f in ("additional", "absorbed")}
        months = _funded(evaluation, "absorbed", evaluation.person_months)
        for p, period in enumerate(evaluation.periods):
            yield {
                "case": case, "period": period, "additional_constant": sums["additional"][p],
                "absorbed_constant": sums["absorbed"][p], "person_months": months[p],
            }  # fmt: skip


def _funded(evaluation: Evaluation, funding: str, amounts: FloatArray) -> FloatArray:
    mine = np.array([facts.funding == funding for facts in evaluation.facts], dtype=bool)
    result: FloatArray = amounts[mine].sum(axis=0)
    return result


def posts(view: TimeView) -> Iterator[Row]:
    """Yield new posts and temporary assistance, and the existing posts that recurrent work still binds afterwards.

    ``posts`` is the largest number of full-time equivalents in a quarter; ``posts_after`` those of a full year after
    the horizon: new posts that remain, and for ``existing`` the time of staff that recurrent work goes on taking.
    """
    evaluation, plan = view.evaluation, view.plan
    lines = evaluation.arrays.lines
    months, money = view.by_quarter(), _money(view)
    yearly = evaluation.outcome.line_unit[:, 0] * lines.per_year
    quantity = line_quantities(evaluation.arrays, evaluation.outcome.values.array)[:, 0]
    factor = np.divide(lines.person_months, lines.factor, out=np.zeros(len(lines)), where=lines.factor != 0)
    after = quantity * factor * lines.per_year / 12
    groups: dict[tuple[str, str], list[int]] = {}
    for i, facts in enumerate(evaluation.facts):
        card = plan.resources.get(facts.resource)
        if card is None or not months[i].any():
            continue
        if facts.funding == "additional" and card.post:
            groups.setdefault((card.post, card.id), []).append(i)
        elif facts.funding == "absorbed" and after[i] > 0:
            groups.setdefault(("existing", card.id), []).append(i)
    for kind in ("new", "temporary", "existing"):
        for (mine, resource), rows in groups.items():
            if mine == kind:
                yield _posts(
                    view, kind, resource, rows, months[rows], money[rows], after[rows].sum(), yearly[rows].sum()
                )


def _posts(
    view: TimeView, kind: str, resource: str, rows: list[int], months: FloatArray, money: FloatArray, after: float,
    yearly: float,
) -> Row:  # fmt: skip
    card, worked = view.plan.resources[resource], months.sum(axis=0)
    busy = np.flatnonzero(worked[1:-1] > 1e-9)
    facts = [view.evaluation.facts[i] for i in rows]
    return {
        "kind": kind, "resource": resource, "title": card.title, "grade": card.grade, "station": card.station,
        "actions": ";".join(dict.fromkeys(fact.action for fact in facts)),
        "first_quarter": view.quarters[1 + busy[0]] if len(busy) else "",
        "last_quarter": view.quarters[1 + busy[-1]] if len(busy) else "", "person_months": worked[1:-1].sum(),
        "posts": worked[1:-1].max() / MONTHS, "posts_after": after, "constant_chf": money[:, 1:-1].sum(),
        "full_year": yearly,
    }  # fmt: skip
