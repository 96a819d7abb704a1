"""Plans that were read before: kept in the user's cache folder under a digest of every byte they were read from.

Reading a plan costs half a second, most of it for building the schema; a command that only asks for amounts need not
pay it twice. Nothing but a read without faults is kept, and the content of a file, never its date, decides whether it
is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sfp_model.inputs.cache import keep, kept, place_for
from sfp_model.inputs.folders import default_folders

if TYPE_CHECKING:
    from sfp_model.inputs.plan import Plan

__all__ = ["folders", "kept_plan"]


def folders(params: Path | None, data: Path | None) -> tuple[Path, Path]:
    """Return the folders of parameters and data; by default as in ``load_plan``."""
    if params is None or data is None:
        default_params, default_data = default_folders()
        return params or default_params, data or default_data
    return params, data


def kept_plan(params: Path | None, data: Path | None, scenario: str) -> Plan:
    """Return the plan of a scenario as ``load_plan`` does, from the cache if all its files are as they were.

    Parameters
    ----------
    params, data : Path, optional
        Folders; by default as in ``load_plan``.
    scenario : str

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        With all faults of all files; a plan with faults is never kept.
    UsageError
        If there is no such scenario.
    """
    params, data = folders(params, data)
    place = place_for("plan", ("inputs",), params, data, scenario)
    found = _read(kept(place))
    if found is not None:
        return found
    from sfp_model.inputs.load import load_plan

    plan = load_plan(params, data, scenario)
    if place is not None:
        keep(_written(plan), place)
    return plan


def _frozen(content: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(content)


def _read(content: bytes | None) -> Plan | None:
    """Return the plan that was kept; ``None`` if there is none or it is something else."""
    if content is None:
        return None
    import pickle

    from sfp_model.inputs.memory import no_collection
    from sfp_model.inputs.plan import Plan

    try:
        with no_collection():
            found = pickle.loads(content)
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, ValueError):
        return None
    return found if isinstance(found, Plan) else None


def _written(plan: Plan) -> bytes:
    import io
    import pickle

    class Pickler(pickle.Pickler):
        def reducer_override(self, value: Any) -> Any:
            """Write the read-only mappings of a plan, which pickle does not know."""
            return (_frozen, (dict(value),)) if type(value) is MappingProxyType else NotImplemented

    out = io.BytesIO()
    Pickler(out, protocol=5).dump(plan)
    return out.getvalue()
