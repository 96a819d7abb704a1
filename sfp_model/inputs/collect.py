"""Names that exist, collected from the raw files before they are checked, so that one fault does not bring others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from sfp_model.inputs.build_drivers import driver_name
from sfp_model.inputs.context import Context, Node
from sfp_model.inputs.documents import Document, Place
from sfp_model.inputs.faults import known, nearest
from sfp_model.inputs.files import Files
from sfp_model.inputs.overlay import actions_of, items_of, lines_of
from sfp_model.inputs.schedule import WHOLE_PLAN
from sfp_model.inputs.schema_data import CatalogueFile, SourcesFile
from sfp_model.inputs.schema_frame import BaseFile, RatesFile
from sfp_model.inputs.schema_risk import GainsFile, RisksFile
from sfp_model.inputs.schema_work import InitiativeFile, ProgrammeFile, line_id
from sfp_model.inputs.units import FAMILIES, conversion, fitting

__all__ = ["collect"]

_BASE_KINDS = {
    "programme": "programmes",
    "sector": "sectors",
    "category": "categories",
    "body": "bodies",
    "currency": "currencies",
    "escalation": "escalation",
    "phase": "phases",
    "overrun_class": "overrun_classes",
}
_OPTIONAL = ("bodies", "currencies", "overrun_classes")  # sections that may be missing: then there are no such names
_CLOSE = 0.8  # how like a known section a further section of base.yml must be to be a slip of it


class _Use(NamedTuple):
    """A quantity of a resource as typed: where it stands, its resource and unit, and the id if it is a line."""

    document: Document
    place: Place
    resource: str
    unit: str
    line: str = ""


def collect(files: Files, context: Context) -> None:
    """Tell *context* which names exist, also those of what has faults; report rates whose unit no line fits."""
    _correct_slips(files, context)
    names: dict[str, Collection[str]] = {}
    base: Mapping[str, Any] = files.base.data if files.base else {}
    uses = list(_uses(files)) if files.complete else []
    if files.base is not None:
        for kind, section in _BASE_KINDS.items():
            if isinstance(base.get(section, {}), dict) and (section in base or section in _OPTIONAL):
                names[kind] = _keys(base, section)
        if "currency" in names:
            names["currency"] = {"CHF": None, **dict.fromkeys(names["currency"])}
        if "phase" in names:
            names["phase"] = {**dict.fromkeys(names["phase"]), WHOLE_PLAN: None}
        as_of = base["plan"].get("as_of") if isinstance(base.get("plan"), dict) else None
        context.as_of = as_of if isinstance(as_of, str) else context.as_of
    if files.rates is not None:
        names["resource"] = _keys(files.rates.data, "resources")
        context.rate_units = dict(_rate_units(files.rates, uses, context))
    if files.sources is not None:
        names["source"] = {"estimate": None, **dict.fromkeys(_keys(files.sources.data, "sources"))}
        names["series"] = _keys(files.sources.data, "series")
        context.source_dates, context.source_observed = (
            {
                str(place[-1]): item[key]
                for place, item in items_of(files.sources.data, "sources")
                if isinstance(item, dict) and isinstance(item.get(key), str)
            }
            for key in ("date", "observed")
        )
    if files.complete:
        names |= _work_names(files)
        own = {driver_name(document, key): None for document in files.work for key in _keys(document.data, "drivers")}
        names["own_driver"] = own
        names["line"] = dict.fromkeys(use.line for use in uses if use.line)
    if files.catalogue is not None:
        items = files.catalogue.data.get("items")
        ids = [item.get("id") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        names["catalogue"] = dict.fromkeys(key for key in ids if isinstance(key, str))
        kinds = ("catalogue", "decision", "action", "activity", "initiative")
        if files.complete:
            names["linked"] = dict.fromkeys(key for kind in kinds for key in names[kind])
    context.names = names


def _correct_slips(files: Files, context: Context) -> None:
    """Report sections whose name is a slip of one that is missing, and read them as that one."""
    forms: list[tuple[Document | None, type[Node]]] = [
        (files.base, BaseFile), (files.rates, RatesFile), (files.sources, SourcesFile),
        (files.catalogue, CatalogueFile), (files.risks, RisksFile), (files.gains, GainsFile),
    ]  # fmt: skip
    forms += [(file, ProgrammeFile if "initiatives" in file.data else InitiativeFile) for file in files.work]
    for document, form in forms:
        known_keys = form.known_keys()
        for key in [key for key in document.data if key not in known_keys] if document else ():
            absent = [name for name in known_keys if document and name not in document.data]
            meant = nearest(key, absent)
            free = form is BaseFile
            if document is None or meant is None or (free and not get_close_matches(key, [meant], cutoff=_CLOSE)):
                continue
            what = f"section; did you mean {meant}? known: {', '.join(known_keys)}"
            message = f"unknown {what if free else f'key; {known(key, known_keys, most=40)}'}"
            context.error(document, (key,), message, key=True)
            document.broken.add((key,))
            document.data[meant] = document.data.pop(key)


def _keys(data: Mapping[str, Any], section: str) -> dict[str, None]:
    return dict.fromkeys(str(place[-1]) for place, _item in items_of(data, section))


def _work_names(files: Files) -> dict[str, Collection[str]]:
    found: dict[str, dict[str, None]] = {
        kind: {} for kind in ("action", "activity", "decision", "initiative", "driver")
    }
    for document in files.work:
        found["driver"] |= _keys(document.data, "drivers")
        found["decision"] |= _keys(document.data, "decisions")
        found["initiative"] |= _keys(document.data, "initiatives")
        if isinstance(document.data.get("initiative"), str):
            found["initiative"][document.data["initiative"]] = None
        for place, action in actions_of(document):
            found["action"][str(place[-1])] = None
            found["activity"] |= _keys(action, "activities") if isinstance(action, dict) else {}
    return dict(found)


def _uses(files: Files) -> Iterator[_Use]:
    """Yield the resource lines of all activities, and the gains, that have the form of one."""
    for document in files.work:
        for _place, action in actions_of(document):
            for place, activity in items_of(action, "activities"):
                for line in lines_of(activity):
                    resource, suffix, unit = (line.get(key) for key in ("resource", "id", "unit"))
                    if isinstance(resource, str):
                        key = line_id(str(place[-1]), resource, None if suffix is None else str(suffix))
                        yield _Use(document, line.place, resource, unit if isinstance(unit, str) else "", key)
    for place, gain in items_of(files.gains.data, "gains") if files.gains else ():
        claimed = gain.get("claimed") if isinstance(gain, dict) else None
        unit = claimed.get("unit") if isinstance(claimed, dict) else None
        if files.gains and isinstance(unit, str) and isinstance(gain.get("resource"), str):
            yield _Use(files.gains, (*place, "claimed"), gain["resource"], unit)


def _rate_units(rates: Document, uses: list[_Use], context: Context) -> Iterator[tuple[str, str]]:
    """Yield the resources with the unit of their rate, but those of which the unit itself must be wrong.

    A unit that no quantity fits is reported where it stands and not at every line: if it is the unit of nothing while
    lines are in known units, or if two and more agree against it.
    """
    used: dict[str, list[_Use]] = {}
    for use in uses:
        if use.unit:
            used.setdefault(use.resource, []).append(use)
    for place, item in items_of(rates.data, "resources"):
        unit = item.get("unit") if isinstance(item, dict) else None
        if not isinstance(unit, str):
            continue
        name = str(place[-1])
        lines = used.get(name, [])
        units = list(dict.fromkeys(use.unit for use in lines))
        if lines and all(conversion(line, unit) is None for line in units) and _to_blame(unit, units, len(lines)):
            rates.broken.add((*place, "unit"))
            context.error(rates, (*place, "unit"), _says(unit, units, lines))
        else:
            yield name, unit


def _to_blame(unit: str, units: list[str], lines: int) -> bool:
    known = {name for family in FAMILIES.values() for name in family}
    agreed = all(conversion(other, units[0]) is not None for other in units)
    return (unit not in known and not known.isdisjoint(units)) or (lines > 1 and agreed and units[0] in known)


def _says(unit: str, units: list[str], lines: list[_Use]) -> str:
    first = lines[0].document.position(lines[0].place)
    fits = [name for name in fitting(units[0]) if all(conversion(other, name) is not None for other in units)]
    near = nearest(unit, fits)
    meant = f"did you mean {near}?" if near else f"use {' or '.join(fits)}" if fits else "give one unit to all"
    who = "the only one is" if len(lines) == 1 else f"all {len(lines)} are"
    return f"{unit} fits no quantity of it; {who} in {' and '.join(units)} (first {first.file}:{first.line}); {meant}"
