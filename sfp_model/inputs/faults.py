"""The collector of faults and the words in which they are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from sfp_model.errors import Fault, InputError, Position
from sfp_model.inputs.places import text_of

__all__ = ["Faults", "known", "nearest", "told"]

MISSING = "there is no "


@dataclass(slots=True)
class Faults:
    """Faults of one read, errors and warnings, each once.

    Examples
    --------
    >>> faults = Faults()
    >>> faults.warning(Position("base.yml", 2, 3), "plan.start", "the plan starts in the middle of a year")
    >>> faults.errors, len(faults.warnings)
    ((), 1)
    """

    _found: dict[Fault, None] = field(default_factory=dict)

    def error(self, position: Position, path: str, message: str) -> None:
        """Report something impossible."""
        self._found[Fault(position, path, message)] = None

    def warning(self, position: Position, path: str, message: str) -> None:
        """Report something odd that does not stop the read."""
        self._found[Fault(position, path, message, "warning")] = None

    def add(self, faults: Iterable[Fault]) -> None:
        """Report faults that were found before."""
        self._found.update(dict.fromkeys(faults))

    @property
    def errors(self) -> tuple[Fault, ...]:
        """What is impossible, in order of file, line and column; many references to one missing name are one fault."""
        return _gathered(sorted(fault for fault in self._found if fault.level == "error"))

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What is odd, in order of file, line and column."""
        return tuple(sorted(fault for fault in self._found if fault.level == "warning"))

    def stop(self) -> None:
        """Raise ``InputError`` with all errors, if there are any."""
        if self.errors:
            raise InputError(self.errors)


MANY = 3  # references to the same missing name that are told one by one


def _gathered(faults: list[Fault]) -> tuple[Fault, ...]:
    """Return the faults with those of one name that is missing in many places as one: it is one slip."""
    alike: dict[str, list[Fault]] = {}
    for fault in faults:
        if fault.message.startswith(MISSING):
            alike.setdefault(fault.message, []).append(fault)
    gone: set[Fault] = set()
    told: dict[Fault, Fault] = {}
    for same in alike.values():
        if len(same) > MANY:
            first, second, *more = same
            text = f"{first.message}; the same name stands in {second.position} and {len(more)} more places"
            told[first] = replace(first, message=text)
            gone.update(same[1:])
    return tuple(told.get(fault, fault) for fault in faults if fault not in gone)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that *name* most likely means, if any is close.

    Examples
    --------
    >>> nearest("quantty", ["quantity", "unit"])
    'quantity'
    """
    names = list(names)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if not close:
        lowered = {other.lower(): other for other in names}
        close = [lowered[key] for key in get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.7)]
    return close[0] if close else None


def known(name: str, names: Iterable[str], *, most: int = 12) -> str:
    """Return the part of a message that helps with an unknown *name*: the nearest one and the choices.

    Examples
    --------
    >>> known("quantty", ["quantity", "unit"])
    'did you mean quantity? known: quantity, unit'
    >>> known("x", [])
    'none is known'
    """
    names = list(names)
    if not names:
        return "none is known"
    near = nearest(name, names)
    if len(names) > most:
        close = get_close_matches(name, names, n=4, cutoff=0.3) or sorted(names)[:4]
        choices = f"for example: {', '.join(close)} ({len(names)} are known)"
    else:
        choices = f"known: {', '.join(names)}"
    return f"did you mean {near}? {choices}" if near else choices


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"'{text_of(value)}'"
    return text_of(value)


def told(error: Mapping[str, Any], fields: Mapping[str, str]) -> str:
    """Return the message for one error of pydantic.

    Parameters
    ----------
    error : mapping
        One item of ``ValidationError.errors()``.
    fields : mapping of str to str
        Known keys of the mapping that holds the fault, with their descriptions.
    """
    kind, value = str(error["type"]), error.get("input")
    context: Mapping[str, Any] = error.get("ctx") or {}
    key = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "missing":
        meaning = fields.get(key, "")
        return f"{key} is missing{f' ({meaning})' if meaning else ''}"
    if kind == "extra_forbidden":
        return f"unknown key; {known(key, fields, most=40)}"
    if kind == "literal_error":
        choices = [part.strip("'") for part in str(context["expected"]).replace(" or ", ", ").split(", ")]
        return f"{_shown(value)} is not known; {known(str(value), choices)}"
    if value is None and kind.endswith("type"):
        return f"nothing is written here; {_needed(kind)} is needed"
    if kind in {"string_type", "string_sub_type"} and isinstance(value, int | float):
        return f'YAML reads {_shown(value)} as {_read_as(value)}; if text is meant, write "{_shown(value)}"'
    if kind in {"float_type", "int_type", "int_from_float"} and isinstance(value, str):
        return f"{_shown(value)} is text; {_needed(kind)} is needed{_number_hint(value)}"
    if kind in _NEEDED:
        return f"{_needed(kind)} is needed here, not {_shown(value)}"
    if kind in _BOUNDS:
        name, bound = _BOUNDS[kind]
        return f"{_shown(value)} is {name} {_shown(context[bound])}"
    if kind == "string_too_short":
        return "this text is empty; write what is meant"
    if kind == "string_pattern_mismatch":
        return f"{_shown(value)} does not fit: {fields.get(key) or context['pattern']}"
    return str(error["msg"]).removeprefix("Value error, ")


_NEEDED = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping of keys and values",
    "model_attributes_type": "a mapping of keys and values",
    "list_type": "a list",
    "tuple_type": "a list",
}
_BOUNDS = {
    "greater_than": ("not above", "gt"),
    "greater_than_equal": ("below", "ge"),
    "less_than": ("not below", "lt"),
    "less_than_equal": ("above", "le"),
}


def _needed(kind: str) -> str:
    return _NEEDED.get(kind, "a value")


def _read_as(value: Any) -> str:
    return "a truth value" if isinstance(value, bool) else "a number"


def _number_hint(text: str) -> str:
    digits = text.replace("_", "").replace("'", "").replace("’", "").replace(" ", "").replace(",", "")
    try:
        float(digits)
    except ValueError:
        return "; write a percentage as a number with its unit" if text.endswith("%") else ""
    return f"; write {digits} without separators or quotes"


def unknown(what: str, name: str, names: Collection[str]) -> str:
    """Return the message for a reference to something that does not exist.

    Examples
    --------
    >>> unknown("resource", "staff.P9", ["staff.P4"])
    "there is no resource 'staff.P9'; did you mean staff.P4? known: staff.P4"
    """
    return f"{MISSING}{what} '{name}'; {known(name, names)}"
