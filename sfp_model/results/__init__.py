"""One evaluation per scenario, stored as tidy tables under its digest; nothing downstream computes again.

Names are imported when they are used (PEP 562): a view of what was kept needs none of what made it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfp_model.results.across import compare
    from sfp_model.results.store import ResultSet, run
    from sfp_model.results.table import Column, Table

__all__ = ["Column", "ResultSet", "Table", "compare", "run"]

_ROOMS = {"Column": "table", "ResultSet": "store", "Table": "table", "compare": "across", "run": "store"}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS])
