"""From a number to its source: what ``sfp trace`` prints, from the plan's provenance and the stored amounts."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sfp_model.errors import UsageError
from sfp_model.inputs.drivers import driver_words
from sfp_model.inputs.plan import Plan, Value
from sfp_model.inputs.trace import Trace, find
from sfp_model.report.console import emit
from sfp_model.report.format import number, thousands
from sfp_model.results import ResultSet

__all__ = ["contributions", "describe", "write_trace"]

_LEVELS = ("line", "activity", "action", "initiative", "programme", "resource", "category", "sector")


def contributions(
    plan: Plan,
    results: ResultSet,
    keys: Collection[str],
    year: str = "",
    measure: str = "additional",
    prices: str = "constant",
) -> list[dict[str, Any]]:
    """Return the resource lines whose amounts add up to a cell of the tables.

    Parameters
    ----------
    plan, results
        The scenario.
    keys : collection of str
        Programmes, initiatives, actions, activities, lines, resources, categories or sectors.
    year : str
        A period such as ``2025`` or ``before 2024``; empty for the whole horizon.
    measure : {"additional", "absorbed", "in_kind", "full"}
        Which funding modes count.
    prices : {"constant", "nominal"}
        Price basis.

    Returns
    -------
    list of dict
        ``line``, ``activity``, ``year`` and ``chf``, largest first.

    Raises
    ------
    UsageError
        The year is not one of the table.
    """
    rows = [row for programme in plan.programmes for row in results.table(f"{programme}.needs")]
    known = list(dict.fromkeys(row["period"] for row in results.table("summary.initiatives")))
    if year and year not in known:
        raise UsageError(f"there is no period {year!r}; use {', '.join(known)}")
    sums: dict[tuple[str, str, str], float] = {}
    for row in rows:
        wanted = row["period"] == year if year else row["period"].isdigit()
        if wanted and measure in ("full", row["funding"]) and any(row[level] in keys for level in _LEVELS):
            place = (row["line"], row["activity"], row["period"] if year else "horizon")
            sums[place] = sums.get(place, 0.0) + row[f"{prices}_chf"]
    ordered = sorted(sums.items(), key=lambda item: -abs(item[1]))
    return [{"line": line, "activity": activity, "year": when, "chf": chf} for (line, activity, when), chf in ordered]


def describe(value: Value) -> str:
    """Return a value in words: 2 (1.50 to 4, P10-P90) person-month.

    Examples
    --------
    >>> from sfp_model.inputs.plan import Estimate
    >>> from sfp_model.errors import Position
    >>> describe(Value("x", Estimate(1.5, 2, 4), "person-month", "estimate", "E", "", Position("a.yml")))
    '2 (1.50 to 4, P10-P90) person-month'
    """
    low, mode, high = (_plain(x) for x in (value.estimate.low, value.estimate.mode, value.estimate.high))
    reach = "" if value.estimate.fixed else f" ({low} to {high}, {value.estimate.at})"
    return f"{mode}{reach} {value.unit}"


def _plain(x: float) -> str:
    return "0" if x == 0 else number(x, 0 if float(x).is_integer() else (2 if abs(x) >= 1 else 4))


def write_trace(plan: Plan, results: ResultSet, what: str, year: str, measure: str, how: str) -> None:
    """Print where *what* comes from and what it is for, as text, CSV (the contributing lines) or JSON."""
    trace = find(plan, what)
    answered = next((row for row in results.table("trace") if row["item"] == trace.id and trace.kind == "item"), None)
    keys = (
        {trace.id.removeprefix("rates/")} if answered is None else set(filter(None, answered["activities"].split(";")))
    )
    rows = contributions(plan, results, keys, year, measure)
    if how == "csv":
        emit(rows or [_value_row(value) for value in _values(trace)], "csv", about={})
    elif how == "json":
        json.dump(_as_json(trace, what, rows), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        print("\n".join(_as_text(plan, trace, rows, year, measure)))
        if answered is not None and answered["reason"]:
            print(f"\n{answered['status'].replace('_', ' ')}: {answered['reason']}")


def _values(trace: Trace) -> Iterator[Value]:
    """Yield the value of a trace and of its parts, once each."""
    seen: set[str] = set()

    def walk(node: Trace) -> Iterator[Value]:
        if node.value is not None and node.value.path not in seen:
            seen.add(node.value.path)
            yield node.value
        for part in node.parts:
            yield from walk(part)

    return walk(trace)


def _value_row(value: Value) -> dict[str, Any]:
    estimate = value.estimate
    return {
        "path": value.path, "low": estimate.low, "mode": estimate.mode, "high": estimate.high, "at": estimate.at,
        "unit": value.unit, "source": value.source, "confidence": value.confidence, "basis": value.basis,
        "file": value.position.file, "line": value.position.line,
    }  # fmt: skip


def _as_json(trace: Trace, what: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "query": what,
        "kind": trace.kind,
        "id": trace.id,
        "title": trace.title,
        "file": str(trace.position) if trace.position else None,
        "above": [{"kind": step.kind, "id": step.id, "title": step.title} for step in trace.above],
        "values": [_value_row(value) for value in _values(trace)],
        "serves": [_item(item) for item in trace.serves],
        "lines": rows,
        "total_chf": sum(row["chf"] for row in rows),
    }


def _item(item: Any) -> dict[str, str]:
    return {"id": item.id, "title": item.title, "title_zh": item.title_zh, "paragraph": item.paragraph}


def _as_text(plan: Plan, trace: Trace, rows: list[dict[str, Any]], year: str, measure: str) -> Iterator[str]:
    yield f"{trace.kind} {trace.id}: {trace.title}" if trace.title != trace.id else f"{trace.kind} {trace.id}"
    for step in trace.above:
        yield f"  under {step.kind} {step.id}: {step.title}"
    if trace.position:
        yield f"  written in {trace.position}"
    yield from _provenance(trace)
    if trace.kind == "item":
        for relation, targets in plan.catalogue[trace.id].links.items():
            yield f"  {relation.replace('_', ' ')}: {', '.join(targets)}"
    yield from _served(trace.serves)
    if rows:
        when = year or f"{plan.settings.horizon_start}–{plan.settings.horizon_start + plan.settings.horizon_years - 1}"
        word = {"additional": "additional need", "absorbed": "absorbed time", "full": "full cost"}.get(measure, measure)
        yield ""
        yield (
            f"{word} {when}, scenario {plan.scenario.name}: CHF thousands {thousands(sum(r['chf'] for r in rows), 1)}, "
            f"constant prices of {plan.settings.base_year}, from {len(rows)} line{'s' if len(rows) > 1 else ''}"
        )
        for row in rows:
            yield f"  {thousands(row['chf'], 1):>10}  {row['line']}{_why(plan, row['line'])}"
    elif year:
        yield f"\nno {measure} amount in {year}"


def _why(plan: Plan, name: str) -> str:
    line = plan.lines.get(name)
    if line is None:
        return "  (result of the event model: sfp event results)"
    rate = plan.resources[line.resource].rate
    times = f" × {driver_words(plan, line)}" if line.per else ""
    return (
        f"  = {describe(line.quantity)}{times} at {_plain(rate.estimate.mode)} {rate.unit}"
        f" [{line.quantity.confidence}/{rate.confidence}] {line.position}"
    )


def _served(items: Sequence[Any], most: int = 8) -> Iterator[str]:
    for item in items[:most]:
        yield f"  serves {item.id}: {item.title} ({item.title_zh}) — {item.paragraph}"
    if len(items) > most:
        yield f"  serves {len(items) - most} more items of the source document: {', '.join(i.id for i in items[most:])}"


def _provenance(trace: Trace, indent: str = "  ") -> Iterator[str]:
    """Yield value, source and basis of a trace; of its parts only the short list that a reader can take in."""
    if trace.value is not None:
        value = trace.value
        yield f"{indent}{value.path}: {describe(value)}, confidence {value.confidence}"
        if trace.source:
            about = ", ".join(filter(None, [trace.source.date, trace.source.reference]))
            yield f"{indent}  source: {trace.source.title}" + (f" ({about})" if about else "")
        if value.basis:
            yield f"{indent}  basis: {value.basis}"
        for source in trace.rests_on:
            yield f"{indent}  rests on: {source.title} ({source.date})"
    elif trace.source is not None and trace.kind != "source":
        yield f"{indent}source: {trace.source.title} ({trace.source.date}); licence: {trace.source.licence}"
    if trace.kind == "rate":
        users = [part.id.split("#")[0] for part in trace.parts]
        if users:
            more = f" and {len(users) - 8} more" if len(users) > 8 else ""
            yield f"{indent}  used by {len(users)} resource lines: {', '.join(users[:8])}{more}"
    elif trace.kind in ("line", "quantity", "parameter", "activity", "driver"):
        told: set[str] = set()
        for part in trace.parts:
            yield f"{indent}{part.kind} {part.id}"
            own = ";".join(value.path for value in _values(part)) or part.id
            own = own.rpartition(".years.")[0] or own
            if own not in told:
                yield from _provenance(part, indent + "  ")
            elif part.value is not None:
                yield f"{indent}  {describe(part.value)}"
            told.add(own)
    elif trace.kind in ("item", "source", "decision"):
        for part in trace.parts:
            yield f"{indent}{part.kind} {part.id}" + (f": {part.title}" if part.title != part.id else "")
