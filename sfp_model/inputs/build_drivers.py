"""From checked files to drivers and to what stands beside the plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePath

from sfp_model.inputs.beside import Driver, Indicator, Part, Raised
from sfp_model.inputs.build_frame import frozen
from sfp_model.inputs.context import Context
from sfp_model.inputs.documents import Document, Place
from sfp_model.inputs.faults import known
from sfp_model.inputs.leaf import own_position, value
from sfp_model.inputs.plan import CatalogueItem, Estimate, Settings, Value
from sfp_model.inputs.schema_drivers import DriverForm, IndicatorForm, RaisedForm
from sfp_model.inputs.schema_work import InitiativeFile, LineForm, ProgrammeFile

__all__ = ["check_per", "driver_name", "file_drivers", "file_indicators", "file_raised", "parts_of"]


def driver_name(document: Document, key: str, section: str = "drivers") -> str:
    """Return the address of a driver of a file: ``regional.drivers.teams`` in ``params/regional.yml``."""
    return f"{PurePath(document.file).stem}.{section}.{key}"


def file_drivers(
    document: Document, form: InitiativeFile | ProgrammeFile, settings: Settings, context: Context
) -> dict[str, Driver]:
    """Return the drivers of a file; report years that are missing or outside the horizon."""
    found = {}
    for key, item in form.drivers.items():
        if item.years is not None:
            _check_years(document, item, settings, context)
        name = driver_name(document, key)
        weights = sum(part.weight for part in item.parts.values()) or 1.0
        parts = {p: Part(p, part.title, part.weight / weights, part.joins) for p, part in item.parts.items()}
        found[name] = Driver(
            id=name,
            title=item.title,
            unit=item.unit,
            programme=form.programme,
            values=frozen(dict(_numbers(document, name, item))),
            today=None if item.today is None else _value(document, f"{name}.today", item, item.today, ("today",)),
            parts=frozen(parts),
            curve=tuple(map(float, item.curve)),
            position=document.position(item.place, key=True),
        )
    return found


def _numbers(document: Document, name: str, form: DriverForm) -> Iterator[tuple[str, Value]]:
    if form.years is None:
        yield "", _value(document, name, form, form.value or 0.0, ("value",))
        return
    for year in sorted(form.years):
        yield year, _value(document, f"{name}.years.{year}", form, form.years[year], ("years", year))


def _value(document: Document, path: str, form: DriverForm, number: float, below: Place) -> Value:
    return Value(
        path=path,
        estimate=Estimate(float(number), float(number), float(number), "min-max"),
        unit=form.unit,
        source=form.source,
        confidence=form.confidence,
        basis=form.basis,
        position=own_position(document, (*form.place, *below)),
        rests_on=tuple(form.rests_on),
        title=form.title,
    )


def _check_years(document: Document, form: DriverForm, settings: Settings, context: Context) -> None:
    first = settings.horizon_start
    wanted = [str(year) for year in range(first, first + settings.horizon_years)]
    years = form.years or {}
    for year in years:
        if year not in wanted:
            text = f"{year} lies outside the horizon {wanted[0]}–{wanted[-1]}"
            context.error(document, (*form.place, "years", year), text, key=True)
    missing = [year for year in wanted if year not in years]
    if missing:
        text = f"{', '.join(missing)} missing; give a number for each year of the horizon (0 for none)"
        context.error(document, (*form.place, "years"), text, key=True)


def check_per(document: Document, line: LineForm, drivers: Mapping[str, Driver], context: Context) -> bool:
    """Report drivers that the line cannot use; return whether it can use all."""
    names = [driver_name(document, key) for key in line.per]
    problem = ""
    absent = [i for i, name in enumerate(names) if name not in drivers]
    if absent and all(names[i] in context.names.get("own_driver", ()) for i in absent):
        return False  # they have faults of their own
    used = [drivers[name] for name in names if name in drivers]
    if absent:
        own = ", ".join(_keys(document, drivers)) or "it has none"
        text = f"{line.per[absent[0]]} is no driver of this file; a line uses those of its own file: {own}"
        context.error(document, (*line.place, "per", absent[0]), text)
    elif sum(bool(driver.parts) for driver in used) > 1:
        problem = "two of the drivers have parts; a line is for the parts of one"
    elif any(driver.yearly for driver in used) and line.recurs is None:
        problem = "a driver with years needs a line that recurs; give recurs instead of timing"
    if problem:
        context.error(document, (*line.place, "per"), problem, key=True)
    return not absent and not problem


def _keys(document: Document, drivers: Mapping[str, Driver]) -> list[str]:
    start = driver_name(document, "")
    return [name.removeprefix(start) for name in drivers if name.startswith(start)]


def parts_of(document: Document, line: LineForm, drivers: Mapping[str, Driver]) -> tuple[Part, ...]:
    """Return the parts for which the line stands, in order; none for a line that is not divided."""
    names = (driver_name(document, key) for key in line.per)
    return next((tuple(drivers[name].parts.values()) for name in names if drivers[name].parts), ())


def file_raised(
    document: Document, form: ProgrammeFile, drivers: Mapping[str, Driver], context: Context
) -> dict[str, Raised]:
    """Return the money to be raised that a file names."""
    found = {}
    for key, item in form.raised.items():
        name = driver_name(document, key, "raised")
        per = "" if item.per is None else driver_name(document, item.per)
        if per and per not in drivers and per in context.names.get("own_driver", ()):
            continue  # it has faults of its own
        if per and per not in drivers:
            own = ", ".join(_keys(document, drivers)) or "it has none"
            text = f"{item.per} is no driver of this file; money counts by those of its own file: {own}"
            context.error(document, (*item.place, "per"), text)
            continue
        found[name] = _raised(document, name, item, per)
    return found


def _raised(document: Document, name: str, form: RaisedForm, per: str) -> Raised:
    amount = value(document, form.amount, f"{name}.amount", title=form.title)
    return Raised(name, form.title, form.activity, per, amount, form.from_, form.to)


def file_indicators(
    document: Document,
    form: ProgrammeFile,
    lines: Mapping[str, object],
    catalogue: Mapping[str, CatalogueItem],
    context: Context,
) -> dict[str, Indicator]:
    """Return the indicators of a file; report ids that the catalogue does not have and lines that do not exist."""
    found = {}
    absent = _left_out(lines, context)
    for key, item in form.indicators.items():
        if catalogue and key not in catalogue:
            ids = [entry.id for entry in catalogue.values() if entry.kind == "indicator"] or list(catalogue)
            text = f"{key} is no item of the catalogue; {known(key, ids)}"
            context.error(document, item.place, text, key=True)
            continue
        for index, line in enumerate(item.lines):
            if _stands(line, lines) or absent is None:
                continue
            if _stands(line, absent) or any(line.startswith(f"{name}.") for name in absent):
                continue  # it has faults of its own
            text = f"there is no resource line {line}; {known(line, lines)}"
            context.error(document, (*item.place, "lines", index), text)
        title = catalogue[key].title if key in catalogue else key
        found[key] = _indicator(document, form, key, title, item, tuple(lines))
    return found


def _stands(line: str, names: Collection[str]) -> bool:
    """Whether *line* is one of *names*, or divided into some of them."""
    return line in names or any(name.startswith(f"{line}.") for name in names)


def _left_out(lines: Mapping[str, object], context: Context) -> list[str] | None:
    """Return the lines that stand in the files but have faults; ``None`` where a file cannot be read."""
    typed = context.names.get("line")
    return None if typed is None else [name for name in typed if not _stands(name, lines)]


def _indicator(
    document: Document, form: ProgrammeFile, key: str, title: str, item: IndicatorForm, lines: tuple[str, ...]
) -> Indicator:
    marks = {}
    for name, mark in (("baseline", item.baseline), ("target", item.target)):
        path = f"{PurePath(document.file).stem}.indicators.{key}.{name}"
        marks[name] = None if mark.value is None else value(document, mark.value, path, title=f"{title}: {name}")
    named = [n for line in item.lines for n in lines if n == line or n.startswith(f"{line}.")]
    return Indicator(
        id=key,
        serves=item.serves,
        title=title,
        unit=item.unit,
        baseline=marks["baseline"],
        baseline_note=item.baseline.not_set or "",
        target=marks["target"],
        target_note=item.target.not_set or "",
        measured_by=item.measured_by,
        every=item.every,
        method=item.method,
        lines=tuple(dict.fromkeys(named)),
        position=document.position(item.place, key=True),
    )
