"""From a number, a parameter or an id to its source and to the paragraph of the source document that it serves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sfp_model.errors import Position, UsageError
from sfp_model.inputs.drivers import driver_values
from sfp_model.inputs.faults import known
from sfp_model.inputs.plan import SUBSIDY, CatalogueItem, Line, Plan, Source, Value, subsidy_activity

__all__ = ["Above", "Trace", "all_values", "find"]

ESTIMATE = Source("estimate", "Own estimate", "", "E", reference="", note="reasoning in the basis")


@dataclass(frozen=True, slots=True)
class Above:
    """One step up the work breakdown: kind (activity, action, initiative, programme), id and title."""

    kind: str
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Where something comes from and what it is for.

    Attributes
    ----------
    kind : str
        line, quantity, rate, parameter, activity, action, initiative, programme, category, sector, decision, risk,
        gain, item, source, series.
    id, title : str
        The address and what it is called.
    value : Value or None
        The number with unit, basis, confidence and position; ``None`` for what has no number of its own.
    source : Source or None
        Source of the number; the built-in ``estimate`` for our own estimates.
    rests_on : tuple of Source
        Further sources behind an estimate.
    position : Position or None
        Where it is written.
    above : tuple of Above
        From the activity up to the programme.
    serves : tuple of CatalogueItem
        Items of the source document that it serves, each with its paragraph.
    parts : tuple of Trace
        What it is made of: quantity and rate of a line, lines of an activity, activities that serve an item …
    """

    kind: str
    id: str
    title: str
    value: Value | None = None
    source: Source | None = None
    rests_on: tuple[Source, ...] = ()
    position: Position | None = None
    above: tuple[Above, ...] = ()
    serves: tuple[CatalogueItem, ...] = ()
    parts: tuple[Trace, ...] = ()


def all_values(plan: Plan) -> dict[str, Value]:
    """Return every number of the plan by its address: base, escalation, currencies, rates, quantities, event.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> all_values(load_plan())["rates/staff.geneva.P4"].unit
    'CHF/person-year'
    """
    found: list[Value] = list(plan.settings.values.values())
    found += [item.rate for item in plan.escalations.values()]
    for currency in plan.currencies.values():
        parts = (currency.base, currency.forecast, currency.movement)
        found += [value for value in parts if value is not None]
    found += [item.rate for item in plan.resources.values()]
    found += [line.quantity for line in plan.lines.values()]
    found += [value for risk in plan.risks.values() for value in risk.values()]
    found += [value for gain in plan.gains.values() for value in gain.values()]
    found += driver_values(plan)
    event: Mapping[str, Value] = getattr(plan.event, "values", {})
    tradeoff: Mapping[str, Value] = getattr(plan.tradeoff, "values", {})
    found += [*event.values(), *tradeoff.values()]
    return {value.path: value for value in found}


def find(plan: Plan, query: str) -> Trace:
    """Return where *query* comes from and what it serves.

    Parameters
    ----------
    plan : Plan
    query : str
        Path of a parameter (``funding.contributory_unit``, ``rates/staff.geneva.P4``), id of a line, activity,
        action, initiative, programme, category, sector, decision or item of the catalogue, key of a resource, source
        or series.

    Raises
    ------
    UsageError
        If nothing has this name; the nearest names are given.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> found = find(load_plan(), "staff.geneva.P4")
    >>> found.kind, found.value.unit, found.position.file.rpartition("/")[2]
    ('rate', 'CHF/person-year', 'rates.yml')
    """
    name = query.strip()
    for candidate in dict.fromkeys(_spellings(name)):
        for names, answer in _kinds(plan):
            if candidate in names:
                return answer(plan, candidate)
    choices = [key for names, _answer in _kinds(plan) for key in names]
    raise UsageError(f"nothing is called '{name}'; {known(name, dict.fromkeys(choices))}")


_ENDS = (".mode", ".low", ".high", ".value", ".unit", ".source", ".basis", ".confidence")


def _spellings(name: str) -> Iterator[str]:
    """Yield *name* and the addresses that it may stand for in the grammar of scenarios."""
    yield name
    for end in _ENDS:
        name = name.removesuffix(end)
    yield name
    yield name.removesuffix(".quantity") + "#quantity"
    yield name.removesuffix("#quantity").removesuffix(".quantity")
    bare = name.removesuffix(".rate")
    for start in ("rates/", "rates.", "resources."):
        bare = bare.removeprefix(start)
    yield bare
    yield name.removeprefix("risks/").partition("@")[0].removesuffix(".risks")
    for start in ("risks.", "gains.", "choose.", "decisions.", "sources.", "series."):
        yield name.removeprefix(start)


Answer = Callable[[Plan, str], Trace]


def _kinds(plan: Plan) -> Iterator[tuple[Iterable[str], Answer]]:
    yield plan.lines, _line
    yield [f"{key}#quantity" for key in plan.lines], _quantity
    yield plan.activities, _activity
    yield plan.actions, _action
    yield plan.initiatives, _initiative
    yield plan.programmes, _programme
    yield _derived(plan), _subsidy
    yield plan.settings.categories, _category
    yield plan.settings.sectors, _sector
    yield plan.resources, _rate
    yield plan.drivers, _driver
    yield all_values(plan), _parameter
    yield plan.decisions, _decision
    yield plan.risks, _risk
    yield plan.gains, _gain
    yield plan.catalogue, _item
    yield plan.sources, _source
    yield plan.series, _series


def _from(plan: Plan, key: str) -> Source | None:
    return ESTIMATE if key == ESTIMATE.id else plan.sources.get(key)


def _number(
    plan: Plan,
    kind: str,
    key: str,
    value: Value,
    above: tuple[Above, ...] = (),
    serves: tuple[CatalogueItem, ...] = (),
    parts: tuple[Trace, ...] = (),
) -> Trace:
    rests_on = tuple(plan.sources[name] for name in value.rests_on if name in plan.sources)
    title = value.title or key
    source = _from(plan, value.source)
    return Trace(kind, key, title, value, source, rests_on, value.position, above, serves, parts)


def _items(plan: Plan, keys: Iterable[str]) -> tuple[CatalogueItem, ...]:
    return tuple(plan.catalogue[key] for key in keys if key in plan.catalogue)


def _above(plan: Plan, *, activity: str = "", action: str = "", initiative: str = "") -> tuple[Above, ...]:
    steps = []
    if activity:
        steps.append(Above("activity", activity, plan.activities[activity].title))
        action = plan.activities[activity].action
    if action:
        steps.append(Above("action", action, plan.actions[action].title))
        initiative = plan.actions[action].initiative
    if initiative:
        item = plan.initiatives[initiative]
        steps.append(Above("initiative", initiative, item.title))
        steps.append(Above("programme", item.programme, plan.programmes[item.programme].title))
    return tuple(steps)


def _quantity(plan: Plan, key: str) -> Trace:
    line = plan.lines[key.removesuffix("#quantity")]
    serves = _items(plan, plan.activities[line.activity].serves)
    return _number(plan, "quantity", key, line.quantity, _above(plan, activity=line.activity), serves)


def _line(plan: Plan, key: str) -> Trace:
    line: Line = plan.lines[key]
    parts = (_quantity(plan, f"{key}#quantity"), _card(plan, line.resource))
    serves = _items(plan, plan.activities[line.activity].serves)
    title = plan.resources[line.resource].title
    above = _above(plan, activity=line.activity)
    return Trace("line", key, title, position=line.position, above=above, serves=serves, parts=parts)


def _card(plan: Plan, key: str) -> Trace:
    return _number(plan, "rate", f"rates/{key}", plan.resources[key].rate)


def _rate(plan: Plan, key: str) -> Trace:
    """Return the rate with the lines that use it."""
    lines = [line for line in plan.lines.values() if line.resource == key]
    parts = tuple(_quantity(plan, f"{line.id}#quantity") for line in lines)
    serves = dict.fromkeys(item for line in lines for item in plan.activities[line.activity].serves)
    return _number(plan, "rate", f"rates/{key}", plan.resources[key].rate, (), _items(plan, serves), parts)


def _parameter(plan: Plan, key: str) -> Trace:
    if key.startswith("rates/"):
        return _rate(plan, key.removeprefix("rates/"))
    return _number(plan, "parameter", key, all_values(plan)[key])


def _activity(plan: Plan, key: str) -> Trace:
    item = plan.activities[key]
    return Trace(
        "activity",
        key,
        item.title,
        position=item.position,
        above=_above(plan, action=item.action),
        serves=_items(plan, item.serves),
        parts=tuple(_line(plan, line) for line in item.lines),
    )


def _action(plan: Plan, key: str) -> Trace:
    item = plan.actions[key]
    return Trace(
        "action",
        key,
        item.title,
        position=item.position,
        above=_above(plan, initiative=item.initiative),
        serves=_items(plan, item.serves),
        parts=tuple(_activity(plan, activity) for activity in item.activities),
    )


def _initiative(plan: Plan, key: str) -> Trace:
    item = plan.initiatives[key]
    serves = dict.fromkeys(served for action in item.actions for served in plan.actions[action].serves)
    return Trace(
        "initiative",
        key,
        item.title,
        position=item.position,
        above=_above(plan, initiative=key)[1:],
        serves=_items(plan, serves),
        parts=tuple(_action(plan, action) for action in item.actions),
    )


def _programme(plan: Plan, key: str) -> Trace:
    item = plan.programmes[key]
    return Trace("programme", key, item.title, parts=tuple(_initiative(plan, part) for part in item.initiatives))


def _derived(plan: Plan) -> tuple[str, ...]:
    """Return the names of the line, and of its activity, that the event model adds to the plan."""
    return () if plan.event is None else (SUBSIDY, subsidy_activity(plan)[1])


def _subsidy(plan: Plan, key: str) -> Trace:
    concept = getattr(plan.event, "concepts", {}).get(getattr(plan.event, "concept", ""))
    title = "Subsidy of the event from the regular budget"
    above = _above(plan, initiative=subsidy_activity(plan)[0])
    serves = _items(plan, getattr(concept, "catalogue", ()))
    return Trace("line" if key == SUBSIDY else "activity", key, title, above=above, serves=serves)


def _driver(plan: Plan, key: str) -> Trace:
    """Return a driver with its numbers and the lines that they multiply."""
    item = plan.drivers[key]
    numbers = [*item.values.values(), *([item.today] if item.today is not None else [])]
    parts = tuple(_number(plan, "parameter", value.path, value) for value in numbers)
    lines = [line.id for line in plan.lines.values() if key in line.per]
    return Trace("driver", key, item.title, position=item.position, parts=parts + tuple(_line(plan, x) for x in lines))


def _category(plan: Plan, key: str) -> Trace:
    return Trace("category", key, plan.settings.categories[key])


def _sector(plan: Plan, key: str) -> Trace:
    return Trace("sector", key, plan.settings.sectors[key])


def _decision(plan: Plan, key: str) -> Trace:
    item = plan.decisions[key]
    boxes = dict.fromkeys(box for option in item.options.values() for box in option.catalogue)
    parts = tuple(_action(plan, action) for action in item.governs)
    return Trace("decision", key, item.title, position=item.position, serves=_items(plan, boxes), parts=parts)


def _risk(plan: Plan, key: str) -> Trace:
    item = plan.risks[key]
    parts = tuple(_number(plan, "parameter", value.path, value) for value in item.values())
    return Trace("risk", key, item.title, position=item.position, serves=_items(plan, item.serves), parts=parts)


def _gain(plan: Plan, key: str) -> Trace:
    item = plan.gains[key]
    numbers = (*item.values(), *(v for v in (plan.settings.values.get("savings.realisation"),) if v is not None))
    parts = (*(_number(plan, "parameter", v.path, v) for v in numbers), _card(plan, item.resource))
    above = _above(plan, action=item.action)
    serves = _items(plan, plan.actions[item.action].serves)
    return Trace("gain", key, item.title, position=item.position, above=above, serves=serves, parts=parts)


def _item(plan: Plan, key: str) -> Trace:
    """Return an item of the source document with the activities (or actions) that serve it."""
    item = plan.catalogue[key]
    served = item.alias_of if item.alias_of in plan.actions else None
    activities = [a for a in plan.activities.values() if key in a.serves or a.action == served]
    parts = [_activity(plan, activity.id) for activity in activities]
    if not parts:
        parts = [_action(plan, action.id) for action in plan.actions.values() if key in action.serves]
    return Trace("item", key, item.title, serves=(item,), parts=tuple(parts))


def _source(plan: Plan, key: str) -> Trace:
    """Return a source with the numbers that are read from it or rest on it."""
    item = plan.sources[key]
    users = [v for v in all_values(plan).values() if v.source == key or key in v.rests_on]
    parts = tuple(_number(plan, "parameter", value.path, value) for value in users)
    return Trace("source", key, item.title, source=item, parts=parts)


def _series(plan: Plan, key: str) -> Trace:
    item = plan.series[key]
    return Trace("series", key, item.title, source=plan.sources.get(item.source))
