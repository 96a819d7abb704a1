"""Where a plan is looked for: the folders of parameters and data, and the scenarios in them."""

from __future__ import annotations

from pathlib import Path

from sfp_model.errors import UsageError
from sfp_model.inputs.faults import known
from sfp_model.inputs.places import shown_file

__all__ = ["default_folders", "scenario_file", "scenario_names"]


def default_folders() -> tuple[Path, Path]:
    """Return the folders of parameters and data: those of the working folder, else the example in the package.

    Raises
    ------
    UsageError
        If there are neither.
    """
    if Path("params").is_dir() and Path("data").is_dir():
        return Path("params"), Path("data")
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "example", package.parent):
        if (folder / "params").is_dir() and (folder / "data").is_dir():
            return folder / "params", folder / "data"
    raise UsageError("there is no folder params and data here; name them with --params DIR --data DIR")


def scenario_names(params: Path | None = None) -> tuple[str, ...]:
    """Return the names of the scenarios in the folder *params*: baseline first, then by alphabet.

    Examples
    --------
    >>> scenario_names()[0]
    'baseline'
    """
    folder = (default_folders()[0] if params is None else Path(params)) / "scenarios"
    names = sorted(path.stem for path in folder.glob("*.yml"))
    return tuple(sorted(names, key=lambda name: name != "baseline"))


def scenario_file(params: Path, name: str) -> Path:
    """Return the file of scenario *name*; ``UsageError`` with the nearest names if there is none."""
    names = scenario_names(params)
    if name not in names:
        where = shown_file(params / "scenarios")
        raise UsageError(f"there is no scenario '{name}' in {where}; {known(name, names)}")
    return params / "scenarios" / f"{name}.yml"
