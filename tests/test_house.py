"""The arrows between the rooms of the house point down, and nothing heavy is imported at start-up."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "sfp_model"
ROOMS = ("errors", "inputs", "model", "uncertainty", "decisions", "results", "report", "annex", "cli")
HEAVY = ("pandas", "xarray", "scipy", "matplotlib", "pint", "papermill", "nbclient", "great_tables")


def imports() -> list[tuple[str, int, str, list[str]]]:
    """Return (module file, line, imported module, names) of every import inside the package."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = path.relative_to(PACKAGE).as_posix()
            if isinstance(node, ast.Import):
                found += [(name, node.lineno, alias.name, []) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    folder = list(path.relative_to(PACKAGE.parent).parent.parts)
                    base = ".".join([*folder[: len(folder) - node.level + 1], *filter(None, [base])])
                found.append((name, node.lineno, base, [alias.name for alias in node.names]))
    return found


def room(module: str) -> str | None:
    """Return the room of a dotted module name, if it is one of the house."""
    parts = module.split(".")
    return parts[1] if parts[0] == "sfp_model" and len(parts) > 1 and parts[1] in ROOMS else None


def test_rooms_import_downwards_only() -> None:
    """A module imports from rooms below its own or from its own room."""
    wrong = []
    for name, line, module, _ in imports():
        own = Path(name).parts[0].removesuffix(".py")
        there = room(module)
        if own in ROOMS and there and ROOMS.index(there) > ROOMS.index(own):
            wrong.append(f"{name}:{line} imports {module}")
    assert wrong == []


def test_no_private_name_of_another_module_is_imported() -> None:
    """What starts with an underscore stays in its module."""
    wrong = [
        f"{name}:{line} imports {module}.{item}"
        for name, line, module, items in imports()
        if module.startswith("sfp_model")
        for item in items or [module.rsplit(".", 1)[-1]]
        if item.startswith("_") and not item.startswith("__")
    ]
    assert wrong == []


def test_modules_stay_small() -> None:
    """A module that needs a table of contents is two modules."""
    long = {p.name: n for p in PACKAGE.rglob("*.py") if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400}
    assert long == {}


def test_functions_stay_small() -> None:
    """What does not fit on a page is two functions."""
    long = {
        f"{path.name}:{node.name}": node.end_lineno - node.lineno + 1
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= 80
    }
    assert long == {}


@pytest.mark.parametrize("command", ["validate", "needs --by initiative,year --format csv", "trace a --year 2025"])
def test_quick_commands_import_nothing_heavy(command: str) -> None:
    """``sfp validate``, ``needs`` and ``trace`` start fast."""
    code = (
        "import sys; from sfp_model.cli import app\n"
        f"try: app({command.split()!r})\n"
        "except SystemExit as stop: assert not stop.code, stop.code\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_needs_of_known_files_import_no_model(tmp_path: Path) -> None:
    """``sfp needs`` on files as they were is a view of what was kept: it loads neither NumPy nor the model."""
    code = (
        "import sys; sys.argv = ['sfp', 'needs', '--format', 'csv']\n"
        "from sfp_model.cli import app\n"
        "app(standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    environment = {**os.environ, "SFP_CACHE": str(tmp_path)}
    for _ in range(2):  # the first reads the files, the second what was kept
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=PACKAGE.parent, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.split())
    assert "sfp_model.results.needs_view" in loaded
    assert not loaded & {"numpy", "pydantic", "yaml", "rich.table", "sfp_model.model", "sfp_model.inputs.plan"}
