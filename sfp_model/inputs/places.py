"""The data of a file and where each part of it stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from sfp_model.errors import Position

__all__ = [
    "Document",
    "Listed",
    "Mapped",
    "Place",
    "Setting",
    "joined",
    "place_of",
    "shown_file",
    "shown_path",
    "text_of",
]

Place = tuple[str | int, ...]


class Mapped(dict[str, Any]):
    """A mapping that knows its place (keys and list indexes from the top of the document)."""

    __slots__ = ("place",)
    place: Place


class Listed(list[Any]):
    """A list that knows its place."""

    __slots__ = ("place",)
    place: Place


@dataclass(frozen=True, slots=True)
class Setting:
    """One entry of a scenario's ``set``: the scenario's document and the place of the entry in it."""

    document: Document
    place: Place


@dataclass(slots=True)
class Document:
    """The data of one file and where each part of it stands.

    ``values`` and ``keys`` map places to (line, column) of the value and of its key; ``overridden`` maps places
    that a scenario has set to that setting; ``broken`` are places with a fault. ``checked`` holds what the content as
    it stands in the file was checked to be, shared by all copies of one reading; see ``Context.validate``.
    """

    file: str
    data: Mapped
    values: dict[Place, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Place, tuple[int, int]] = field(default_factory=dict)
    overridden: dict[Place, Setting] = field(default_factory=dict)
    broken: set[Place] = field(default_factory=set)
    prefix: str = ""
    within: tuple[str, ...] = ()
    checked: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def copy(self) -> Document:
        """Return a document whose data can be changed; positions, which nobody changes, are shared."""
        return replace(self, data=_copied(self.data), overridden={}, broken=set(self.broken))

    def position(self, place: Place, *, key: bool = False) -> Position:
        """Return where *place* stands, or the nearest thing around it; its key if *key*."""
        for end in range(len(place), 0, -1) if self.overridden else ():
            setting = self.overridden.get(place[:end])
            if setting:
                return setting.document.position(setting.place + place[end:], key=key)
        for end in range(len(place), -1, -1):
            part = place[:end]
            named, mark = self.keys.get(part), self.values.get(part)
            if named and (key or end < len(place) or not mark or mark[0] > named[0]):
                mark = named
            if mark:
                return Position(self.file, *mark)
        return Position(self.file)

    def setting(self, place: Place) -> str | None:
        """Return the name of the scenario setting that wrote *place*, if any."""
        for end in range(len(place), -1, -1):
            setting = self.overridden.get(place[:end])
            if setting:
                return joined(f"set.{setting.place[-1]}", shown_path(place[end:]))
        return None

    def path(self, place: Place) -> str:
        """Return the name of *place* as shown to the user: ``a.1.1.lines[0].quantity.low``."""
        setting = self.setting(place)
        if setting is not None:
            return setting
        start = 0
        for index in range(0, min(len(place) - 1, 6), 2):
            if place[index] not in self.within:
                break
            start = index + 1
        prefix = self.prefix if place and place != ("version",) else ""
        return joined(prefix, shown_path(place[start:]))

    def at(self, place: Place) -> Any:
        """Return the data at *place*; ``KeyError`` or ``IndexError`` if there is nothing."""
        node: Any = self.data
        for part in place:
            node = node[part]
        return node

    def set(self, place: Place, setting: Setting) -> None:
        """Write the value of a scenario's *setting* at *place* and remember who did it."""
        for part in [part for part in self.overridden if part[: len(place)] == place]:
            del self.overridden[part]
        value = setting.document.at(setting.place)
        self.at(place[:-1])[place[-1]] = _replaced(value, place)
        self.overridden[place] = setting


def _copied(value: Any) -> Any:
    """Return a copy of data that was read from a file, each mapping and list at its place."""
    if isinstance(value, Mapped):
        mapped = Mapped(
            (key, _copied(part) if isinstance(part, Mapped | Listed) else part) for key, part in value.items()
        )
        mapped.place = value.place
        return mapped
    listed = Listed(_copied(part) if isinstance(part, Mapped | Listed) else part for part in value)
    listed.place = value.place
    return listed


def _replaced(value: Any, place: Place) -> Any:
    if isinstance(value, dict):
        mapped = Mapped((key, _replaced(part, (*place, key))) for key, part in value.items())
        mapped.place = place
        return mapped
    if isinstance(value, list):
        listed = Listed(_replaced(part, (*place, index)) for index, part in enumerate(value))
        listed.place = place
        return listed
    return value


def joined(path: str, rest: str) -> str:
    """Return two parts of a shown path as one.

    Examples
    --------
    >>> joined("a.1", "start"), joined("a.1.1.lines", "[0]")
    ('a.1.start', 'a.1.1.lines[0]')
    """
    return f"{path}{'' if not rest or not path or rest.startswith('[') else '.'}{rest}"


def shown_path(place: Place) -> str:
    """Return *place* as text.

    Examples
    --------
    >>> shown_path(("a.1.1", "lines", 0, "quantity"))
    'a.1.1.lines[0].quantity'
    """
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def text_of(value: Any) -> str:
    """Return *value* as a planner would type it, cut to a readable length."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def shown_file(path: Path) -> str:
    """Return *path* as shown in messages: relative to the working folder where it lies below it."""
    try:
        return (Path.cwd() / path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


@lru_cache(maxsize=256)
def place_of(file: str) -> str:
    """Return a parameter file as seen from beside its folder (``params/rates.yml``), the same wherever one stands.

    Results so do not depend on the working folder, and hold no path of the machine.
    """
    path = Path(file).resolve()
    for folder in path.parents:
        if (folder / "base.yml").is_file():
            return path.relative_to(folder.parent).as_posix()
    return Path(file).as_posix()
