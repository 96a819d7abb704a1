"""Plans that were read before: kept in the user's cache folder under a digest of every byte they were read from.

Reading a plan costs half a second, most of it for building the schema; a command that only asks for amounts need not
pay it twice. Nothing but a read without faults is kept, and the content of a file, never its date, decides whether it
is the same.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sfp_model.inputs.folders import default_folders
from sfp_model.inputs.memory import no_collection
from sfp_model.inputs.places import shown_file
from sfp_model.inputs.plan import Plan

__all__ = ["cache_folder", "kept_plan"]

KEEP = 48  # plans; the oldest beyond are removed
SWITCH = "SFP_CACHE"


def cache_folder() -> Path | None:
    """Return the folder of kept plans: ``SFP_CACHE`` if set (empty: keep nothing), else the user's cache folder."""
    if SWITCH in os.environ:
        return Path(os.environ[SWITCH]) if os.environ[SWITCH] else None
    from platformdirs import user_cache_path

    return user_cache_path("sfp_model", appauthor=False) / "plans"


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
    if params is None or data is None:
        default_params, default_data = default_folders()
        params, data = params or default_params, data or default_data
    folder = cache_folder()
    place = folder / f"{_key(params, data, scenario)}.plan" if folder is not None else None
    found = _read(place) if place is not None else None
    if found is not None:
        return found
    from sfp_model.inputs.load import load_plan

    plan = load_plan(params, data, scenario)
    if place is not None:
        _keep(plan, place)
    return plan


@lru_cache(maxsize=1)
def _code() -> bytes:
    """Return a digest of the sources of this room and of the interpreter, which decide what a file becomes."""
    found = hashlib.sha256(sys.version.encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), Path(__file__).parent.parent / "errors.py"):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.digest()


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _key(params: Path, data: Path, scenario: str) -> str:
    """Return the digest of code, scenario, folders as shown in messages, and name and content of every file."""
    found = hashlib.sha256(_code())
    for folder in (params, data):
        found.update(f"{shown_file(folder)}\0{scenario}\0".encode())
        for path in _files(folder):
            content = path.read_bytes()
            found.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def _frozen(content: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(content)


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Write the read-only mappings of a plan, which pickle does not know."""
        return (_frozen, (dict(value),)) if type(value) is MappingProxyType else NotImplemented


def _read(place: Path) -> Plan | None:
    """Return the plan kept at *place*; ``None`` if there is none, or if it is damaged or another user's."""
    try:
        if hasattr(os, "getuid") and place.stat().st_uid != os.getuid():
            return None
        content = place.read_bytes()
        with no_collection():
            found = pickle.loads(content)
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, ValueError):
        return None
    return found if isinstance(found, Plan) else None


def _keep(plan: Plan, place: Path) -> None:
    """Write *plan* whole or not at all; a folder that cannot be written is no fault of the plan."""
    import io
    import tempfile

    out = io.BytesIO()
    _Pickler(out, protocol=5).dump(plan)
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(out.getvalue())
        Path(name).replace(place)
        kept = sorted(place.parent.glob("*.plan"), key=lambda path: path.stat().st_mtime)
        for old in kept[:-KEEP]:
            old.unlink(missing_ok=True)
    except OSError:
        return
