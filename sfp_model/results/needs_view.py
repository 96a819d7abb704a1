"""What ``sfp needs`` shows of a scenario, as plain data: the rows of the needs tables with the words around them.

A plan is read and evaluated once for it; the next command finds it in the user's cache folder and loads neither
NumPy nor the model. Made anew or found, the data are the same, and so is what is printed.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfp_model.inputs.plan import Plan
    from sfp_model.results.store import ResultSet

__all__ = [
    "AMOUNTS",
    "LABELS",
    "MEASURES",
    "NeedsView",
    "in_words",
    "kept_needs",
    "needs_view",
    "periods",
    "view_columns",
]

LABELS = (
    "programme", "initiative", "action", "activity", "line", "resource", "category", "sector", "funding", "confidence",
    "recurrence",
)  # fmt: skip
AMOUNTS = ("constant_chf", "price_effect_chf", "exchange_effect_chf", "interaction_chf", "nominal_chf")
MEASURES = ("additional", "absorbed", "in_kind", "full")
_ROOMS = ("inputs", "model", "results")  # whose sources decide what is kept


@dataclass(frozen=True, slots=True)
class NeedsView:
    """Amounts by line, sector and period, and what is needed to add them up and to name them.

    Attributes
    ----------
    scenario : str
    base_year : int
        Of constant prices.
    warnings : tuple of str
        Of the plan.
    titles : mapping of str to mapping of str to str
        Key to name to what people call it.
    order : mapping of str to tuple of str
        Names on keys that have an order of their own.
    biennium : mapping of str to str
        Of each year, the memo and the after column included.
    rows : tuple of tuple
        ``LABELS``, the period (a year, or a month of the horizon), and ``AMOUNTS`` in CHF.
    """

    scenario: str
    base_year: int
    warnings: tuple[str, ...]
    titles: Mapping[str, Mapping[str, str]]
    order: Mapping[str, tuple[str, ...]]
    biennium: Mapping[str, str]
    rows: tuple[tuple[Any, ...], ...]

    def named(self, key: str, name: str) -> str:
        """Return what *name* on *key* is called in a table for people; a name without title stays as it is."""
        return self.titles.get(key, {}).get(name, name)


def periods(plan: Plan, time: str) -> tuple[str, ...]:
    """Return the names of the years, biennia or months in order, with memo and after where they exist."""
    from sfp_model.model.timing import Periods

    return Periods.of(plan.settings.horizon_start, plan.settings.horizon_years).labels(time)


def in_words(plan: Plan, key: str, name: str) -> str:
    """Return what a name on *key* is called in a table for people: its title, after the id where people use the id.

    Names on other keys, and names that have no title, stay as they are.
    """
    if key in ("category", "sector"):
        titles = plan.settings.categories if key == "category" else plan.settings.sectors
        return str(titles.get(name, name))
    found: Mapping[str, Mapping[str, Any]] = {
        "programme": plan.programmes, "initiative": plan.initiatives, "action": plan.actions,
        "activity": plan.activities, "resource": plan.resources,
    }  # fmt: skip
    item = found.get(key, {}).get(name)
    if item is None:
        return name
    return f"{name} {item.title}" if key in ("initiative", "action", "activity") else str(item.title)


def view_columns() -> tuple[str, ...]:
    """Return the names of the cells of a row."""
    return (*LABELS, "period", *AMOUNTS)


def kept_needs(params: Path | None, data: Path | None, scenario: str, *, months: bool = False) -> NeedsView:
    """Return the view of a scenario, from the cache if all that it depends on is as it was.

    Parameters
    ----------
    params, data : Path, optional
        Folders; by default as in ``load_plan``.
    scenario : str
    months : bool
        By month of the horizon in place of years.

    Raises
    ------
    InputError, UsageError
        As ``load_plan`` does.
    """
    from sfp_model.inputs.cache import keep, kept, place_for
    from sfp_model.inputs.kept import folders, kept_plan

    params, data = folders(params, data)
    place = place_for("months" if months else "needs", _ROOMS, params, data, scenario)
    content = kept(place)
    if content is not None:
        return NeedsView(*marshal.loads(content))
    from sfp_model.results.store import run

    plan = kept_plan(params, data, scenario)
    made = needs_view(plan, run(plan), months=months)
    keep(marshal.dumps(tuple(getattr(made, field.name) for field in fields(made))), place)
    return made


def needs_view(plan: Plan, results: ResultSet | None, *, months: bool = False) -> NeedsView:
    """Make the view of a plan from its stored tables; that by month from its evaluation."""
    years, pairs = periods(plan, "year"), periods(plan, "biennium")
    inner = (pairs[1 + i // 2] for i in range(len(years) - 2))
    found: Mapping[str, Sequence[str]] = {
        "programme": tuple(plan.programmes), "initiative": tuple(plan.initiatives), "action": tuple(plan.actions),
        "activity": tuple(plan.activities), "resource": tuple(plan.resources),
        "category": tuple(plan.settings.categories), "sector": tuple(plan.settings.sectors),
    }  # fmt: skip
    return NeedsView(
        scenario=plan.scenario.name,
        base_year=plan.settings.base_year,
        warnings=tuple(str(warning) for warning in plan.warnings),
        titles={key: {name: in_words(plan, key, name) for name in names} for key, names in found.items()},
        order={
            "year": years, "biennium": pairs, "month": periods(plan, "month"), "sector": tuple(found["sector"]),
            "category": tuple(found["category"]), "funding": MEASURES,
            "confidence": ("R", "R2", "M-H", "M-M", "M-L", "E"),
        },
        biennium=dict(zip(years, (pairs[0], *inner, pairs[-1]), strict=True)),
        rows=tuple(_by_month(plan) if months or results is None else _stored(plan, results)),
    )  # fmt: skip


def _stored(plan: Plan, results: ResultSet) -> Iterator[tuple[Any, ...]]:
    wanted = view_columns()
    for programme in plan.programmes:
        for row in results.table(f"{programme}.needs"):
            yield tuple(row[name] for name in wanted)


def _by_month(plan: Plan) -> Iterator[tuple[Any, ...]]:
    from sfp_model.results.evaluation import Evaluation
    from sfp_model.results.tables_needs import monthly

    evaluation = Evaluation.of(plan)
    wanted = view_columns()
    for programme in plan.programmes:
        for row in monthly(evaluation, programme):
            yield tuple(row[name] for name in wanted)
