"""Where the annex of a checkout lies: its notebooks and site description, parameters, data, output and cache."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sfp_model.annex.stamps import text_digest
from sfp_model.errors import UsageError

__all__ = ["Project", "find_root"]


def find_root() -> Path:
    """Return the folder with ``_quarto.yml`` and ``notebooks/``: this folder, one above it, or that of the package.

    Raises
    ------
    UsageError
        There is none: the annex is built in a checkout, the wheel alone holds no notebooks.
    """
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / "_quarto.yml").is_file() and (folder / "notebooks").is_dir():
            return folder
    raise UsageError(f"no _quarto.yml and notebooks/ in {here} or above; build the annex in a checkout of the project")


@dataclass(frozen=True, slots=True)
class Project:
    """The folders of one annex. All paths are absolute."""

    root: Path
    params: Path
    data: Path
    output: Path

    @classmethod
    def of(cls, params: Path | None, data: Path | None, output: Path | None, root: Path | None = None) -> Project:
        """Return the project with defaults filled in: ``params``, ``data`` and ``_site`` of the checkout.

        Raises
        ------
        UsageError
            A folder does not exist, or the output holds a part of the checkout.
        """
        root = (root or find_root()).absolute()
        project = cls(
            root,
            (params or root / "params").absolute(),
            (data or root / "data").absolute(),
            (output or root / "_site").absolute(),
        )
        for folder in (project.params, project.data):
            if not folder.is_dir():
                raise UsageError(f"there is no folder {folder}")
        out = project.output
        kept = [root, project.params, project.data]
        kept += [root / name for name in ("notebooks", "annex", "annex-print", "sfp_model", ".git", ".cache")]
        if any(out == k or k.is_relative_to(out) for k in kept) or any(out.is_relative_to(k) for k in kept[1:]):
            raise UsageError(f"the site cannot be written to {out}: building replaces that folder")
        if out.is_dir() and any(out.iterdir()) and not (out / "manifest.json").is_file() and not _is_site(out):
            raise UsageError(f"{out} holds other files; building would replace them: name an empty or a new folder")
        return project

    @property
    def cache(self) -> Path:
        """Folder of everything that can be made again."""
        return self.root / ".cache" / "annex"

    @property
    def pages(self) -> Path:
        """Folder of the assembled notebooks."""
        return self.root / "annex"

    @property
    def print_pages(self) -> Path:
        """Folder of the notebooks as chapters of Quarto's PDF."""
        return self.root / "annex-print"

    @property
    def description(self) -> Path:
        """The generated part of the site description."""
        return self.root / "_annex.yml"

    @property
    def state(self) -> Path:
        """The stamps of the last build."""
        return self.cache / "stamps.json"

    @property
    def lock(self) -> Path:
        """Held while a build runs."""
        return self.cache / "build.lock"

    def key(self, digests: dict[str, str], scenarios: Sequence[str] | None, *more: str) -> str:
        """Return the digest of everything that a build depends on."""
        files = [f"{os.path.relpath(path, self.root)}={digest}" for path, digest in sorted(digests.items())]
        return text_digest(*files, ",".join(scenarios) if scenarios is not None else "all", *more)


def _is_site(folder: Path) -> bool:
    return (folder / "site_libs").is_dir()  # rendered by Quarto by itself, perhaps not to the end
