"""Analytical report and scenario model behind a financial-plan annex.

The way through the package is short, and each step is imported only when it is used::

    plan = sfp_model.load_plan(scenario="baseline")   # files → Plan
    arrays = sfp_model.compile(plan)                  # Plan → Arrays
    outcome = sfp_model.evaluate(arrays, sfp_model.base(arrays))  # Arrays + values → Outcome
    tables = sfp_model.run(plan)                      # one evaluation, stored as tables
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfp_model.inputs import load_plan
    from sfp_model.model import base, compile, draw, evaluate, reconcile
    from sfp_model.results import run

__all__ = ["__version__", "base", "compile", "draw", "evaluate", "load_plan", "reconcile", "run"]

__version__ = "0.1.0"

_ROOMS = {
    **dict.fromkeys(("base", "compile", "draw", "evaluate", "reconcile"), "model"),
    "load_plan": "inputs",
    "run": "results",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS])
