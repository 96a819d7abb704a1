"""Run by ``quarto render`` before it lists its inputs: execute and assemble the notebooks, only if needed.

Quarto starts this file with the ``python3`` that it finds. Where that Python lacks the project's packages, the
one in ``.venv`` takes over. A render that the pipeline itself started is left alone (``SFP_ANNEX_PREPARED``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

NEEDED = ("numpy", "pydantic", "yaml", "papermill", "jupyter_cache", "nbclient")
AGAIN = "SFP_PRE_RENDER_AGAIN"


def find_root(start: Path) -> Path:
    """Return the nearest folder from *start* upwards with ``_quarto.yml``; the one above this package if none has."""
    for folder in (start, *start.parents):
        if (folder / "_quarto.yml").is_file():
            return folder
    return Path(__file__).resolve().parents[2]


def environment_python(root: Path) -> Path | None:
    """Return the Python of the project's environment, if there is one."""
    for folder in (root, Path(__file__).resolve().parents[2]):
        for place in (".venv/bin/python", ".venv/Scripts/python.exe"):
            if (folder / place).is_file():
                return folder / place
    return None


def main() -> int:
    """Prepare the annex; return the exit code for Quarto (not 0 stops the render)."""
    if os.environ.get("SFP_ANNEX_PREPARED"):
        return 0
    root = find_root(Path.cwd())
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        python = environment_python(root)
        if python is None or os.environ.get(AGAIN):
            print(f"{sys.executable} lacks {', '.join(missing)}: run `make annex` once, "
                  "or start Quarto in the project's environment", file=sys.stderr)  # fmt: skip
            return 1
        command = [str(python), __file__]
        return subprocess.run(command, cwd=root, env={**os.environ, AGAIN: "1"}, check=False).returncode
    here = Path(__file__).resolve().parent  # Python put it on the path, where its modules are not to be found
    sys.path[:] = [str(here.parents[1]), *(p for p in sys.path if Path(p or ".").resolve() != here)]
    from sfp_model.annex.build import prepare_only
    from sfp_model.errors import SfpError

    try:
        prepare_only(root=root, pdf_scenario=os.environ.get("SFP_PDF_SCENARIO") or "baseline")
    except SfpError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
