"""Files become a Plan: documents, schema, units, scenario overlays, provenance."""

from sfp_model.inputs.files import default_folders, scenario_names
from sfp_model.inputs.load import load_plan
from sfp_model.inputs.plan import Plan
from sfp_model.inputs.schema import schemas
from sfp_model.inputs.trace import Trace, all_values, find

__all__ = ["Plan", "Trace", "all_values", "default_folders", "find", "load_plan", "scenario_names", "schemas"]
