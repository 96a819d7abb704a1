"""Scenarios side by side, made from their stored tables alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from sfp_model.errors import UsageError
from sfp_model.results.hindcast import hindcast_tables
from sfp_model.results.store import ResultSet, code_digest, keep
from sfp_model.results.table import Column, Lazy, Table, columns

__all__ = ["compare"]

FIRST = Column("scenario")


def compare(results: Sequence[ResultSet], store: Path | None = None) -> ResultSet:
    """Return the tables across scenarios.

    ``compare.initiatives``, ``compare.event`` and ``compare.not_done`` repeat ``summary.initiatives``,
    ``event.results`` and ``not_done`` with a column scenario in front; ``compare.scenarios`` has one row per
    scenario, sums inside the horizon except for the columns before and after. ``net_event_chf`` is the net result
    of the chosen concept over all editions. ``hindcast.prices`` and ``hindcast.finance``: see ``results.hindcast``.

    Parameters
    ----------
    results : sequence of ResultSet
        One per scenario, in the order wanted.
    store : Path, optional
        Where to keep the tables; by default beside the results if these are kept.

    Raises
    ------
    UsageError
        If there is nothing to compare.
    """
    if not results:
        raise UsageError("nothing to compare; give the results of at least one scenario")
    if store is None and results[0].stored is not None and results[0].stored.name == results[0].digest[:32]:
        store = results[0].stored.parent

    def digest() -> str:
        parts = ("compare", code_digest(), *(r.digest for r in results))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    return keep(digest, lambda: _tables(results), store)


def _facts(result: ResultSet) -> dict[str, str]:
    return {str(row["key"]): str(row["value"]) for row in result.table("summary.scenario")}


def _repeated(results: Sequence[ResultSet], name: str) -> Table:
    head = (FIRST, *results[0].columns(name))
    rows = ({"scenario": _facts(result)["name"], **row} for result in results for row in result.table(name))
    return Table.of(head, rows)


def _tables(results: Sequence[ResultSet]) -> Lazy[Table]:
    """Return the recipes of all tables: a page across scenarios waits for no table that it does not read."""

    @cache
    def robust() -> dict[str, Table]:
        from sfp_model.results.compare_robust import robust_tables  # needs the decisions, which most commands do not

        return robust_tables(results)

    @cache
    def ranges() -> dict[str, Table]:
        from sfp_model.results.across_ranges import range_tables

        return range_tables(results)

    past = cache(partial(hindcast_tables, results))
    repeated = {
        "compare.curve": "simulation.curve", "compare.sure": "simulation.totals",
        "compare.initiatives": "summary.initiatives", "compare.event": "event.results", "compare.not_done": "not_done",
    }  # fmt: skip
    return Lazy({
        **{name: lambda name=name: robust()[name] for name in ("compare.robust", "compare.robust_choices")},  # type: ignore[misc]
        **{name: lambda name=name: ranges()[name] for name in ("compare.ranges", "compare.differences")},  # type: ignore[misc]
        **{name: partial(_repeated, results, source) for name, source in repeated.items()},
        "compare.scenarios": partial(_compared, results),
        **{name: lambda name=name: past()[name] for name in ("hindcast.prices", "hindcast.finance")},  # type: ignore[misc]
    })  # fmt: skip


def _compared(results: Sequence[ResultSet]) -> Table:
    rows = list(_scenarios(results))
    years = [key for key in rows[0] if key.removeprefix("additional_").isdigit()]
    wanted = columns(
        "scenario title author rationale start as_of additional_constant:CHF additional_nominal:CHF "
        "absorbed_constant:CHF in_kind_constant:CHF " + " ".join(f"{year}:CHF" for year in years) + " "
        "additional_before:CHF additional_after:CHF additional_full_year:CHF/year person_months:person-month concept "
        "net_event_chf:CHF "
        "subsidy_event_chf:CHF"
    )
    return Table.of(wanted, rows)


def _scenarios(results: Sequence[ResultSet]) -> Iterator[dict[str, Any]]:
    for result in results:
        facts, rows = _facts(result), result.table("summary.initiatives")
        inside = [row for row in rows if row["period"].isdigit()]
        years = dict.fromkeys(row["period"] for row in inside)
        event = [r for r in result.table("event.results") if r["chosen"] and r["edition"] == "total"]
        yield {
            "scenario": facts["name"],
            **{key: facts[key] for key in ("title", "author", "rationale", "start", "as_of")},
            **{
                key: sum(row[key] for row in inside)
                for key in ("additional_constant", "additional_nominal", "absorbed_constant", "in_kind_constant",
                            "person_months")
            },
            **{
                f"additional_{year}": sum(r["additional_constant"] for r in inside if r["period"] == year)
                for year in years
            },
            **{
                f"additional_{word}": sum(r["additional_constant"] for r in rows if r["period"].startswith(word))
                for word in ("before", "after")
            },
            "additional_full_year": sum(row["full_year_additional"] for row in result.table("summary.recurrent")),
            "concept": event[0]["concept"] if event else "",
            "net_event_chf": event[0]["net_chf"] if event else None,
            "subsidy_event_chf": event[0]["subsidy_chf"] if event else None,
        }  # fmt: skip
