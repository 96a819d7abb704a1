"""The kinds of file and their JSON Schemas, by which editors complete and check while a planner types."""

from __future__ import annotations

from typing import Any

from sfp_model.inputs.context import Node
from sfp_model.inputs.schema_data import CatalogueFile, MeetingsFile, SourcesFile
from sfp_model.inputs.schema_frame import BaseFile, RatesFile, ScenarioFile
from sfp_model.inputs.schema_risk import GainsFile, RisksFile
from sfp_model.inputs.schema_work import InitiativeFile, ProgrammeFile

__all__ = ["KINDS", "schemas"]

KINDS: dict[str, type[Node]] = {
    "base": BaseFile,
    "rates": RatesFile,
    "initiative": InitiativeFile,
    "programme": ProgrammeFile,
    "risks": RisksFile,
    "gains": GainsFile,
    "scenario": ScenarioFile,
    "catalogue": CatalogueFile,
    "sources": SourcesFile,
    "meetings": MeetingsFile,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each kind of file, by the name that files give in their first line.

    Examples
    --------
    >>> schemas()["scenario"]["properties"]["extends"]["description"]
    'scenario that this one changes; null for the plan as it stands in the files'
    """
    from sfp_model.inputs.event import EVENT_FILE
    from sfp_model.inputs.hindcast import HindcastFile
    from sfp_model.inputs.schema_tradeoff import TRADEOFF_FILE

    kinds: dict[str, type[Node]] = {**KINDS, "event": EVENT_FILE, "tradeoff": TRADEOFF_FILE, "hindcast": HindcastFile}
    result = {}
    for name, model in kinds.items():
        content = model.model_json_schema()
        content.pop("title", None)
        result[name] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"sfp_model {name} file, version 1",
            **content,
        }
    return result
