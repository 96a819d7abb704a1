"""The site is swapped in whole, whatever happens on the way."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from sfp_model.annex import swap


def fill(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(text, encoding="utf-8")


def reader(output: Path) -> str:
    return (output / "index.html").read_text(encoding="utf-8")


def test_swap_replaces_the_site_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    output = tmp_path / "_site"
    fill(output, "last")
    fill(swap.staging(output), "next")
    swap.swap_in(output)
    assert reader(output) == "next"
    assert [p.name for p in tmp_path.iterdir()] == ["_site"]


def test_first_swap_needs_no_earlier_site(tmp_path: Path) -> None:
    output = tmp_path / "deep" / "_site"
    fill(swap.staging(output), "first")
    swap.swap_in(output)
    assert reader(output) == "first"


@pytest.mark.parametrize("earlier", [True, False])
def test_killed_between_the_two_renames_is_completed_at_the_next_start(tmp_path: Path, earlier: bool) -> None:
    output = tmp_path / "_site"
    if earlier:
        fill(output, "last")
    script = """
        import os, sys
        from pathlib import Path
        from sfp_model.annex import swap
        output = Path(sys.argv[1])
        (swap.staging(output) / "index.html").write_text("next")
        swap.swap_in(output, between=lambda: os._exit(9))
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(output)]
    assert subprocess.run(command, cwd=Path(swap.__file__).parents[2], check=False).returncode == 9
    assert not output.exists() and swap.leftovers(output)
    assert "completed" in swap.recover(output)
    assert reader(output) == "next"
    assert not swap.leftovers(output)


def test_without_the_newer_site_the_previous_one_comes_back(tmp_path: Path) -> None:
    output = tmp_path / "_site"
    fill(tmp_path / "_site.old", "last")
    fill(tmp_path / "_site.building", "half")
    assert "undid" in swap.recover(output)
    assert reader(output) == "last"
    assert not swap.leftovers(output)


def test_killed_while_building_leaves_the_last_good_site(tmp_path: Path) -> None:
    output = tmp_path / "_site"
    fill(output, "last")
    fill(swap.staging(output), "half")
    assert swap.recover(output)
    assert reader(output) == "last"
    assert not swap.leftovers(output)
    assert swap.recover(output) == ""


def test_a_second_build_waits_for_the_lock(tmp_path: Path) -> None:
    from sfp_model.errors import AnnexError

    said: list[str] = []
    lock = tmp_path / "build.lock"
    with (
        swap.locked(lock),
        pytest.raises(AnnexError, match="another build has held"),
        swap.locked(lock, say=said.append, timeout=0.2),
    ):
        pass
    assert said == ["another build is running in this folder; waiting for it"]
    with swap.locked(lock, timeout=0):
        pass
