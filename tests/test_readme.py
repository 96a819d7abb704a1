"""What the README shows works as shown."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.tools import require_tool

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of a language, without their indent."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", TEXT, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", body, flags=re.MULTILINE) for indent, body in found]


def commands() -> list[str]:
    """Return the commands of the console blocks."""
    return [line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("command", commands())
def test_command_runs(command: str) -> None:
    """Each ``$ sfp …`` line of the README ends well and prints something."""
    program, *arguments = command.split()
    assert program == "sfp"
    done = subprocess.run(
        [sys.executable, "-m", "sfp_model", *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_python_block_runs() -> None:
    """The Python example runs and gives what it says."""
    (block,) = blocks("python")
    space: dict[str, object] = {}
    exec(block, space)
    assert len(space["labels"]) == len(space["chf"]) > 0  # type: ignore[arg-type]


def test_example_scenario_loads(tmp_path: Path) -> None:
    """The scenario of the README is a valid one and moves the start of the plan."""
    from sfp_model.inputs import load_plan

    shutil.copytree(ROOT / "params", tmp_path / "params")
    block = next(b for b in blocks("yaml") if "extends" in b)
    (tmp_path / "params/scenarios/later.yml").write_text(block, encoding="utf-8")
    plan = load_plan(tmp_path / "params", ROOT / "data", "later")
    assert plan.settings.start == yaml.safe_load("2")


def test_make_targets_of_the_readme_exist() -> None:
    """Every ``make x`` that the documentation names is a target."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set()
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))):
        named |= set(re.findall(r"`make (\w+)`", page.read_text(encoding="utf-8")))
    assert {"annex", "test", "lab", "accept"} <= named
    assert [n for n in sorted(named) if not re.search(rf"^{n}:", makefile, re.MULTILINE)] == []


def test_make_help_lists_every_public_target() -> None:
    """``make help`` prints each documented target."""
    done = subprocess.run([require_tool("make"), "help"], cwd=ROOT, capture_output=True, text=True)
    targets = re.findall(r"^(\w+):.*  ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert done.returncode == 0
    assert all(f"make {target}" in done.stdout for target in targets)
