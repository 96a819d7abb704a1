"""Build hook: the wheel carries the example plan, so that ``sfp`` works outside a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = ("params", "data", "notebooks", "_quarto.yml", "_quarto-pdf.yml", "index.qmd", "requirements.txt")


class ExamplePlan(BuildHookInterface):
    """Put the plan's folders under ``sfp_model/example``; an editable install reads them from the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders to a standard wheel."""
        if version == "standard":
            for name in CARRIED:
                build_data["force_include"][str(Path(self.root) / name)] = f"sfp_model/example/{name}"
