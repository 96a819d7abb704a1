"""Files become a Plan: documents, schema, units, scenario overlays, provenance.

Names are imported when they are used (PEP 562): who only needs the form of a plan does not build the schema.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfp_model.inputs.folders import default_folders, scenario_names
    from sfp_model.inputs.load import load_plan
    from sfp_model.inputs.plan import Plan
    from sfp_model.inputs.schema import schemas
    from sfp_model.inputs.trace import Trace, all_values, find

__all__ = ["Plan", "Trace", "all_values", "default_folders", "find", "load_plan", "scenario_names", "schemas"]

_ROOMS = {
    "default_folders": "folders", "scenario_names": "folders", "load_plan": "load", "Plan": "plan", "schemas": "schema",
    "Trace": "trace", "all_values": "trace", "find": "trace",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS])
