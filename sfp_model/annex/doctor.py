"""Say what this machine has and lacks for building the annex (``sfp doctor``)."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from sfp_model.annex.project import find_root
from sfp_model.annex.render import choose
from sfp_model.errors import UsageError

__all__ = ["examine"]

PACKAGES = (
    *("numpy", "pandas", "matplotlib", "pydantic", "PyYAML", "great_tables", "papermill", "jupyter-cache"),
    *("nbclient", "ipykernel", "XlsxWriter", "pypandoc_binary", "typst"),
)
ROOM = 500  # megabytes that an environment's cache and two sites need at most


def _line(good: bool | None, what: str, advice: str = "") -> str:
    sign = {True: "ok     ", False: "missing", None: "note   "}[good]
    return f"{sign}  {what}" + (f" - {advice}" if advice else "")


def examine() -> tuple[list[str], bool]:
    """Look at everything that a build needs.

    Returns
    -------
    (list of str, bool)
        One line per item, and whether the annex can be built here.
    """
    rows: list[str] = []
    good = sys.version_info >= (3, 11)
    rows.append(_line(good, f"Python {sys.version.split()[0]}", "" if good else "3.11 or later is needed"))
    for name in PACKAGES:
        try:
            rows.append(_line(True, f"{name} {version(name)}"))
        except PackageNotFoundError:
            good = False
            rows.append(_line(False, name, "run `make annex`, which sets up the environment"))
    if find_spec("yaml") is not None:
        import yaml

        fast = hasattr(yaml, "CSafeLoader")
        good = good and fast
        rows.append(_line(fast, "libyaml", "" if fast else "install PyYAML from its wheel"))
    try:
        root = find_root()
        rows.append(_line(True, f"checkout {root}"))
        writable = os.access(root, os.W_OK)
        good = good and writable
        if not writable:
            rows.append(_line(False, f"leave to write in {root}"))
        free = shutil.disk_usage(root).free // 2**20
        rows.append(_line(True if free > ROOM else None, f"{free} MB free", "" if free > ROOM else "may not be enough"))
    except UsageError as error:
        good = False
        rows.append(_line(False, "checkout", str(error)))
    renderer = choose("auto")
    advice = "" if renderer.name == "quarto" else f"{renderer.why}; `make quarto` installs it"
    rows.append(_line(True if renderer.name == "quarto" else None, f"renders with {renderer}", advice))
    inside = sys.prefix != sys.base_prefix or bool(os.environ.get("CONDA_PREFIX"))
    if not inside:
        rows.append(_line(None, f"no environment of its own: {Path(sys.executable)}", "`make annex` makes one"))
    return rows, good
