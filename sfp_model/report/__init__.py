"""Tables, figures, sentences and the workbook: views of the results, computing nothing again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfp_model.report.figures import COLOURS, bars, gantt, house_style, scatter_named, stacked
    from sfp_model.report.reads import Tables, open_tables
    from sfp_model.report.tables import Markdown, statement, text_table

__all__ = [
    "COLOURS",
    "Markdown",
    "Tables",
    "bars",
    "gantt",
    "house_style",
    "open_tables",
    "scatter_named",
    "stacked",
    "statement",
    "text_table",
]

_ROOMS = {
    "reads": ("Tables", "open_tables"),
    "tables": ("Markdown", "statement", "text_table"),
    "figures": ("COLOURS", "bars", "gantt", "house_style", "scatter_named", "stacked"),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for (PEP 562), so that the command line starts fast."""
    from importlib import import_module

    for module, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
