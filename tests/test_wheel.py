"""The wheel works outside a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with what is installed."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    (built,) = out.glob("*.whl")
    return built


def test_wheel_carries_code_example_plan_and_assets(wheel: Path) -> None:
    """Parameters, data, notebooks, style sheets and the renderer's assets are inside; results are not."""
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "sfp_model/py.typed",
        "sfp_model/example/params/base.yml",
        "sfp_model/example/data/catalogue.yml",
        "sfp_model/example/notebooks/overview.ipynb",
        "sfp_model/example/_quarto.yml",
        "sfp_model/report/assets/house.css",
        "sfp_model/annex/embedded_assets/embedded.lua",
    ):
        assert part in names
    assert not [n for n in names if ("results/" in n and n.endswith(".csv")) or "_site" in n or ".cache" in n]


def test_sfp_works_from_the_wheel_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """Only the wheel and the environment's packages are visible; the example plan is inside."""
    venv.create(tmp_path / "env", with_pip=False, symlinks=os.name != "nt")
    python = tmp_path / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    zipfile.ZipFile(wheel).extractall(site)
    packages = Path(pytest.__file__).parent.parent  # numpy, pydantic, typer …; its editable link is not followed
    work = tmp_path / "empty"
    work.mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([site, str(packages)]), "PYTHONUTF8": "1"}
    for arguments in (["validate"], ["needs", "--by", "initiative,year"], ["trace", "staff.geneva.P4"]):
        done = subprocess.run(
            [python, "-m", "sfp_model", *arguments], cwd=work, env=environment, capture_output=True, text=True,
            encoding="utf-8",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout
    assert list(work.iterdir()) == []
