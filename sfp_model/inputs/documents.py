"""Read a YAML file safely into plain data that remembers where everything stands.

The syntax tree of libyaml (``yaml.compose`` with ``CSafeLoader``) is turned into data here, so that no tag can
run code and every key and value keeps its line and column. Scalars follow the core schema of YAML 1.2:
``on``, ``yes``, ``2024-01`` and ``12:30`` are text, only ``true`` and ``false`` are Booleans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from sfp_model.errors import Fault, Position
from sfp_model.inputs.faults import Faults
from sfp_model.inputs.places import (
    Document,
    Listed,
    Mapped,
    Place,
    Setting,
    joined,
    shown_file,
    shown_path,
    text_of,
)

__all__ = [
    "Document",
    "Listed",
    "Mapped",
    "Place",
    "Setting",
    "joined",
    "parse_document",
    "read_document",
    "shown_file",
    "shown_path",
    "text_of",
]

LARGEST_FILE = 4_000_000  # bytes
MOST_NODES = 100_000  # values after aliases are written out
DEEPEST = 40  # levels of nesting in a file that is read
DEEPEST_TREE = 2_000  # levels that libyaml's loader, which calls itself, may be asked to go down

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KINDS = {yaml.ScalarNode: "str", yaml.SequenceNode: "seq", yaml.MappingNode: "map"}


class _Loader(_BASE):  # type: ignore[misc]
    """The safe loader without guesses about plain scalars, which are read below."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: object) -> str:
        return f"tag:yaml.org,2002:{_KINDS[kind]}"


_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INFINITE = re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_NULL = {"", "~", "null", "Null", "NULL"}
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WORDS = _NULL | set(_TRUTH)
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("null", "bool", "int", "float", "str", "timestamp", "map", "seq", "merge", "value")
}


class _Refused(Exception):
    """The document cannot be used at all; its fault is already reported."""


def read_document(path: Path, faults: Faults, *, prefix: str = "", within: tuple[str, ...] = ()) -> Document | None:
    """Read *path*; report every fault of its form to *faults*.

    ``prefix`` is put before shown paths, and the levels named in ``within`` are left out of them.

    Returns
    -------
    Document or None
        ``None`` if the file cannot be used at all. Parts with a fault are listed in ``broken``.
    """
    file = shown_file(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        faults.error(Position(file), "", "this file is missing")
        return None
    except OSError as error:
        faults.error(Position(file), "", f"this file cannot be read: {error.strerror}")
        return None
    document, found = _parsed(raw, file, prefix, within)
    faults.add(found)
    return document and document.copy()


@lru_cache(maxsize=64)
def _parsed(raw: bytes, file: str, prefix: str, within: tuple[str, ...]) -> tuple[Document | None, tuple[Fault, ...]]:
    """Parse a file once per process, however many scenarios read it; returns the document and its faults."""
    faults = Faults()
    document = parse_document(raw, file, faults, prefix=prefix, within=within)
    return document, faults.errors


def parse_document(
    raw: bytes, file: str, faults: Faults, *, prefix: str = "", within: tuple[str, ...] = ()
) -> Document | None:
    """Parse the bytes of one YAML file; see :func:`read_document`."""
    if len(raw) > LARGEST_FILE:
        faults.error(Position(file), "", f"the file has {len(raw)} bytes; at most {LARGEST_FILE} are read")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        position = Position(file, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
        byte = raw[error.start]
        faults.error(position, "", f"byte 0x{byte:02x} is not UTF-8; save the file with encoding UTF-8")
        return None
    node = _composed(text, file, faults)
    if node is None:
        return None
    reader = _Reader(Document(file, Mapped(), prefix=prefix, within=within), faults)
    try:
        return reader.document(node)
    except _Refused:
        return None


def _composed(text: str, file: str, faults: Faults) -> yaml.Node | None:
    try:
        if _may_be_deep(text) and _depth(text) > DEEPEST_TREE:
            faults.error(Position(file), "", f"nested more than {DEEPEST_TREE} levels deep")
            return None
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file)
        problem = error.problem or error.context or "cannot be read"
        faults.error(position, "", f"this is not valid YAML: {problem}{_hint(problem)}")
        return None
    except yaml.reader.ReaderError as error:
        before = text[: error.position] if isinstance(error.position, int) else ""
        position = Position(file, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
        faults.error(position, "", f"this is not valid YAML: {error.reason}")
        return None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        faults.error(Position(file), "", f"this is not valid YAML: {error or 'nested too deeply'}")
        return None
    if node is None:
        faults.error(Position(file), "", "the file is empty")
    return node


def _may_be_deep(text: str) -> bool:
    """Whether *text* may nest deeper than the loader's recursion bears; a bound that costs nothing.

    A level in brackets needs a bracket; a level by indentation needs a further column.
    """
    brackets = text.count("[") + text.count("{")
    return brackets > DEEPEST_TREE or max(map(len, text.splitlines()), default=0) > DEEPEST_TREE


def _depth(text: str) -> int:
    """Return how deep *text* nests (counted no further than needed); its events are read without recursion."""
    depth = deepest = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEEPEST_TREE:
                break
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return deepest


def _hint(problem: str) -> str:
    if "mapping values" in problem:
        return "; text that holds ': ' needs quotes"
    if "'\\t'" in problem or "cannot start any token" in problem:
        return "; indent with spaces and quote text that starts with a special character"
    if "expected <block end>" in problem or "did not find expected" in problem:
        return "; check the indentation and the brackets above this line"
    return ""


@dataclass(slots=True)
class _Reader:
    """Turns the syntax tree into data and marks."""

    result: Document
    faults: Faults
    nodes: int = 0

    def document(self, node: yaml.Node) -> Document:
        if not isinstance(node, yaml.MappingNode):
            self._fault(node, (), "the file must be a mapping of `key: value` lines")
            raise _Refused
        self.result.data = self._mapping(node, ())
        return self.result

    def _fault(self, node: yaml.Node, place: Place, message: str) -> None:
        mark = node.start_mark
        position = Position(self.result.file, mark.line + 1, mark.column + 1)
        self.faults.error(position, self.result.path(place), message)
        self.result.broken.add(place)

    def _value(self, node: yaml.Node, place: Place) -> Any:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            message = f"the aliases (*) of this file write out to more than {MOST_NODES} values; write them out"
            self.faults.error(Position(self.result.file), "", message)
            raise _Refused
        mark = node.start_mark
        self.result.values[place] = (mark.line + 1, mark.column + 1)
        if node.tag not in _PLAIN_TAGS:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self._fault(node, place, f"the tag {tag} is not read; write plain text or a number")
            return None
        if isinstance(node, yaml.ScalarNode):
            text = node.value
            return text if node.style or (text[:1].isalpha() and text not in _WORDS) else self._scalar(node, place)
        if len(place) > DEEPEST:
            place = place[:4]
            self._fault(node, place, f"nested more than {DEEPEST} levels deep, or an alias (*) inside itself")
            raise _Refused
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        listed = Listed([self._value(part, (*place, index)) for index, part in enumerate(node.value)])
        listed.place = place
        return listed

    def _mapping(self, node: yaml.Node, place: Place) -> Mapped:
        mapped = Mapped()
        mapped.place = place
        mark = node.start_mark
        self.result.values[place] = (mark.line + 1, mark.column + 1)
        keys = self.result.keys
        for key, part in self._pairs(node, place, mapped):
            below = (*place, key.value)
            mark = key.start_mark
            keys[below] = (mark.line + 1, mark.column + 1)
            mapped[key.value] = self._value(part, below)
        return mapped

    def _pairs(self, node: yaml.Node, place: Place, mapped: Mapped) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        for key, part in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, place, "a key must be plain text")
                continue
            text = key.value
            if text in mapped:
                first = self.result.keys[(*place, text)][0]
                self._fault(key, (*place, text), f"this key stands twice; it is already on line {first}")
                continue
            if not key.style and (not text[:1].isalpha() or text in _WORDS):
                trap = _key_trap(text)
                if text == "<<":
                    self._fault(key, place, "merge keys (<<) are not read; write the values out")
                    continue
                if trap == "a number" and isinstance(part, yaml.ScalarNode) and not part.value and not part.style:
                    message = f"{text} stands alone after a comma; write a decimal with a point, as in 2.5"
                    self._fault(key, (*place, text), message)
                elif trap:
                    self._fault(key, (*place, text), f'YAML reads the key {text} as {trap}; write "{text}"')
            yield key, part

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Any:
        text = node.value
        if text in _NULL:
            return None
        if text in _TRUTH:
            return _TRUTH[text]
        if _INFINITE.match(text):
            self._fault(node, place, f"{text} is not a finite number")
            return None
        whole = bool(_INTEGER.match(text))
        if not whole and not _FLOAT.match(text):
            return text
        number = float(text)
        if not isfinite(number):
            self._fault(node, place, f"{text_of(text)} is too large to be a finite number")
            return None
        return int(text) if whole and len(text) < 20 else number


def _key_trap(text: str) -> str:
    if _FLOAT.match(text) or _INFINITE.match(text):
        return "a number"
    if text in _TRUTH:
        return "true or false"
    if text in _NULL:
        return "nothing"
    return ""
