"""The files that describe the environment say the same, and the package builds."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
CONDA_NAMES = {"matplotlib-base": "matplotlib", "python-build": "build"}


def requirement(text: str) -> tuple[str, str]:
    """Split ``name>=1.2`` into a normal name and its bound."""
    name, bound = re.fullmatch(r"([\w-]+)(.*)", text.strip()).groups()
    name = CONDA_NAMES.get(name, name)
    return name.lower().replace("_", "-"), bound


def test_environment_yml_names_the_dependencies_of_pyproject() -> None:
    """Both files list the same packages with the same bounds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = dict(map(requirement, project["project"]["dependencies"] + project["dependency-groups"]["dev"]))
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    flat = [item for entry in listed for item in (entry["pip"] if isinstance(entry, dict) else [entry])]
    conda = dict(map(requirement, flat))
    for only_conda in ("python", "pip", "make", "quarto"):
        del conda[only_conda]
    assert conda == wanted


def test_requirements_txt_is_the_export_of_the_lock() -> None:
    """``make lock`` was called after the last change of the dependencies."""
    done = subprocess.run([sys.executable, "-m", "tests.lock", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_requirement_has_a_hash() -> None:
    """pip is called with ``--require-hashes``; each pinned package carries at least one."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", re.sub(r"^ +#.*\n?", "", text, flags=re.MULTILINE))
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_supported_pythons_stand_in_classifiers_ci_and_docs() -> None:
    """The versions of the classifiers are the ones that the workflow runs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [c.rsplit(" ", 1)[1] for c in project["classifiers"] if re.search(r":: 3\.\d+$", c)]
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == versions
