"""The digest of a plan: the same for the same content, wherever and however it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import sha256
from typing import Any

__all__ = ["digest"]

_AS_IS = frozenset({str, float, bool, type(None)})
_LEFT_OUT = {"position", "digest", "warnings"}


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name not in _LEFT_OUT)


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is int:
        return float(value)
    if kind is tuple or kind is list:
        return [part if type(part) in _AS_IS else _plain(part) for part in value]
    if is_dataclass(kind):
        parts = [getattr(value, name) for name in _names(kind)]
        return [kind.__name__, *(part if type(part) in _AS_IS else _plain(part) for part in parts)]
    if isinstance(value, Mapping):
        return [[key, _plain(part)] for key, part in value.items()]
    if isinstance(value, frozenset | set):
        return sorted(_plain(part) for part in value)
    raise TypeError(f"a plan holds no {kind.__name__}")


def digest(content: Any) -> str:
    """Return the SHA-256 of *content* (dataclasses, mappings, tuples, text, numbers) without positions.

    Comments, spaces, the order of keys within a value and the place of a file do not change it; the order of
    actions, lines and items does, for tables follow it.

    Examples
    --------
    >>> digest({"a": 1}) == digest({"a": 1.0})
    True
    """
    text = json.dumps(_plain(content), ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
