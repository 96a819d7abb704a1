"""Scenarios: the chain of ``extends``, what they choose and what they set, each at its place in the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from sfp_model.inputs.context import Context, Node
from sfp_model.inputs.documents import Document, Mapped, Place, Setting, read_document, text_of
from sfp_model.inputs.faults import known
from sfp_model.inputs.files import Files
from sfp_model.inputs.folders import scenario_file, scenario_names
from sfp_model.inputs.leaf import Leaf, Range
from sfp_model.inputs.schema_drivers import DriverForm, IndicatorForm, RaisedForm
from sfp_model.inputs.schema_frame import Frame, RateLeaf, ResourceForm, ScenarioFile, is_leaf
from sfp_model.inputs.schema_risk import GainForm, RiskForm
from sfp_model.inputs.schema_work import ActionForm, ActivityForm, LineForm, RecursForm, TimingForm, line_id

__all__ = ["Overlay", "apply_settings", "read_overlay"]

_NUMBERS = {"value", "low", "mode", "high", "quantity"}


@dataclass(slots=True)
class Overlay:
    """A scenario with all that it extends: the farthest base first."""

    name: str
    form: ScenarioFile | None = None
    documents: list[Document] = field(default_factory=list)
    choose: dict[str, tuple[str, Document]] = field(default_factory=dict)

    @property
    def changes(self) -> dict[str, str]:
        """Path of each setting to the text of its new value; the nearest scenario wins."""
        result: dict[str, str] = {}
        for document in self.documents:
            for path, value in _section(document, "set").items():
                result.pop(path, None)
                result[path] = _text(value)
        return result


def _text(value: Any) -> str:
    if isinstance(value, dict):
        numbers = [f"{key} {text_of(value[key])}" for key in ("value", "low", "mode", "high") if key in value]
        return ", ".join(numbers) or "a mapping"
    if isinstance(value, list):
        return ", ".join(text_of(part) for part in value)
    return text_of(value)


def _section(document: Document, name: str) -> Mapping[str, Any]:
    section = document.data.get(name)
    return section if isinstance(section, dict) else {}


def read_overlay(params: Path, name: str, context: Context) -> Overlay:
    """Read scenario *name* and those that it extends; report their faults.

    Raises
    ------
    UsageError
        If there is no scenario *name*.
    """
    overlay = Overlay(name)
    path = scenario_file(params, name)
    seen: list[str] = []
    while True:
        seen.append(path.stem)
        document = read_document(path, context.faults)
        if document is None:
            break
        overlay.documents.insert(0, document)
        form = context.validate(ScenarioFile, document)
        if len(seen) == 1:
            overlay.form = form
        base = document.data.get("extends")
        if not isinstance(base, str):
            break
        names = scenario_names(params)
        if base in seen:
            chain = " → ".join([*seen[seen.index(base) :], base])
            context.error(document, ("extends",), f"the scenarios extend each other in a circle: {chain}")
            break
        if base not in names:
            context.error(document, ("extends",), f"there is no scenario '{base}'; {known(base, names)}")
            break
        path = params / "scenarios" / f"{base}.yml"
    for document in overlay.documents:
        for decision, option in _section(document, "choose").items():
            if isinstance(option, str):
                overlay.choose[decision] = (option, document)
    return overlay


@dataclass(slots=True)
class _Anchors:
    """Names from which the paths of ``set`` start, and where they stand."""

    found: dict[str, tuple[Document, Place, type[Node] | None]] = field(default_factory=dict)

    def add_files(self, files: Files) -> None:
        if files.base is not None:
            for key in files.base.data:
                self.found[key] = (files.base, (key,), Frame if key == "plan" else None)
        if files.rates is not None:
            for key in _section(files.rates, "resources"):
                self.found[f"rates.{key}"] = (files.rates, ("resources", key), ResourceForm)
        if files.event is not None:
            for key in files.event.data:
                self.found[f"event.{key}"] = (files.event, (key,), None)
        if files.tradeoff is not None:
            for key in files.tradeoff.data:
                self.found[f"tradeoff.{key}"] = (files.tradeoff, (key,), None)
        self._add_items(files.risks, "risks", RiskForm)
        self._add_items(files.gains, "gains", GainForm)
        for document in files.work:
            self._add_drivers(document)
            for place, action in actions_of(document):
                self._add_action(document, place, action)

    def node(self, name: str) -> Any:
        """Return the data at the anchor *name*."""
        document, place, _form = self.found[name]
        return document.at(place)

    def near(self, path: str) -> list[str]:
        """Return paths that a misspelt *path* may stand for: the anchors and what is below them."""
        choices: dict[str, None] = {}
        for name in self.found:
            node = self.node(name)
            choices[name] = None
            choices |= dict.fromkeys(f"{name}.{key}" for key in node) if isinstance(node, dict) else {}
        return list(choices)

    def _add_items(self, document: Document | None, section: str, form: type[Node]) -> None:
        if document is None:
            return
        for key in _section(document, section):
            self.found[f"{section}.{key}"] = (document, (section, key), form)

    def _add_drivers(self, document: Document) -> None:
        stem = PurePath(document.file).stem
        for section, form in (("drivers", DriverForm), ("raised", RaisedForm), ("indicators", IndicatorForm)):
            for place, _item in items_of(document.data, section):
                self.found[f"{stem}.{section}.{place[-1]}"] = (document, place, form)
        for line in lines_of(document.data.get("account")):
            key = line_id(f"{stem}.account", str(line.get("resource")), line.get("id"))
            self.found[key] = (document, line.place, LineForm)

    def _add_action(self, document: Document, place: Place, action: Any) -> None:
        self.found[str(place[-1])] = (document, place, ActionForm)
        for below, activity in items_of(action, "activities"):
            name = str(below[-1])
            self.found[name] = (document, place + below, ActivityForm)
            for line in lines_of(activity):
                key = line_id(name, str(line.get("resource")), line.get("id"))
                self.found[key] = (document, line.place, LineForm)


def items_of(data: Any, key: str) -> Iterator[tuple[Place, Any]]:
    """Yield (place below *data*, item) of the mapping *key* of *data*; nothing if it has another form."""
    section = data.get(key) if isinstance(data, dict) else None
    if isinstance(section, dict):
        yield from (((key, name), item) for name, item in section.items())


def lines_of(activity: Any) -> Iterator[Mapped]:
    """Yield the resource lines of *activity* that have the form of a mapping."""
    lines = activity.get("lines") if isinstance(activity, dict) else None
    if isinstance(lines, list):
        yield from (line for line in lines if isinstance(line, Mapped))


def actions_of(document: Document) -> Iterator[tuple[Place, Any]]:
    """Yield (place, action) for each action of a file with initiatives."""
    yield from items_of(document.data, "actions")
    for place, initiative in items_of(document.data, "initiatives"):
        for below, action in items_of(initiative, "actions"):
            yield place + below, action


def apply_settings(overlay: Overlay, files: Files, context: Context) -> None:
    """Write what the scenario and its bases set into the documents; report unknown paths."""
    if not any(_section(document, "set") for document in overlay.documents):
        return
    anchors = _Anchors()
    anchors.add_files(files)
    for document in overlay.documents:
        for path in _section(document, "set"):
            setting = Setting(document, ("set", path))
            problem = _apply(path, setting, anchors, context)
            if problem and files.complete:
                context.error(document, ("set", path), problem, key=True)


def _apply(path: str, setting: Setting, anchors: _Anchors, context: Context) -> str | None:
    name = next((part for part in _starts(path) if part in anchors.found), None)
    if name is None:
        return f"there is no such parameter; {known(path, anchors.near(path))}"
    document, place, form = anchors.found[name]
    rest = path[len(name) + 1 :]
    node = document.at(place)
    walked = name
    while rest:
        if not isinstance(node, dict):
            return f"{walked} is {text_of(node)}, nothing stands below it; set {walked} itself"
        key = next((part for part in _starts(rest) if part in node), None)
        fields = _fields(node, place, form)
        if key is None and rest in fields:
            key = rest
        if key is None:
            choices = [f"{walked}.{other}" for other in dict.fromkeys([*node, *fields])]
            choices = anchors.near(path) if node is anchors.node(name) else choices
            return f"there is no such parameter; {known(path, choices)}"
        place, rest, walked = (*place, key), rest[len(key) + 1 :], f"{walked}.{key}"
        node = node.get(key)
        form = None if key in {"timing", "recurs", "rate", "quantity"} or form is None else Node
    if len(place) == 1 and isinstance(node, dict) and not is_leaf(node):
        return f"{walked} is a whole section; set what stands below it"
    if isinstance(place[-1], int):
        return f"{walked} is a whole resource line; set one of its keys, for example {walked}.quantity"
    _warn_of_provenance(document, place, setting, context)
    document.set(place, setting)
    return None


def _starts(path: str) -> Iterator[str]:
    """Yield *path* and its beginnings that end before a dot, the longest first."""
    end = len(path)
    while end > 0:
        yield path[:end]
        end = path.rfind(".", 0, end)


def _fields(node: Mapping[str, Any], place: Place, form: type[Node] | None) -> list[str]:
    """Return keys that may be written into *node* although they do not stand there yet."""
    by_key: dict[str | int, type[Node]] = {"timing": TimingForm, "recurs": RecursForm, "rate": RateLeaf}
    if form is not None and form is not Node:
        return list(form.known_keys())
    if place[-1] == "quantity":
        return list(Range.known_keys())
    if place[-1] in by_key:
        return list(by_key[place[-1]].known_keys())
    return list(Leaf.known_keys()) if is_leaf(node) else []


def _warn_of_provenance(document: Document, place: Place, setting: Setting, context: Context) -> None:
    """Warn of a new number that still cites the source of the old one."""
    if place[-1] not in _NUMBERS:
        return
    holder = document.at(place[:-1])
    if place[-2:-1] == ("quantity",):
        holder = document.at(place[:-2])
    confidence = holder.get("confidence") if isinstance(holder, dict) else None
    if confidence in (None, "E") or isinstance(setting.document.at(setting.place), dict):
        return
    path = str(setting.place[-1])
    stem = path[: -len(str(place[-1])) - 1]
    if any(f"{stem}.{key}" in _section(setting.document, "set") for key in ("source", "confidence")):
        return
    text = f"the number is changed but still cites {holder.get('source')} ({confidence}); set source and basis too"
    context.warn(setting.document, setting.place, text)
