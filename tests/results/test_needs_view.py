"""What ``sfp needs`` keeps is what it would make anew, in every scenario; anything else is made anew."""

from __future__ import annotations

import hashlib
import itertools
import marshal
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sfp_model.inputs import kept, load_plan, scenario_names
from sfp_model.results import run, store
from sfp_model.results.breakdown import KEYS, added_up, breakdown
from sfp_model.results.needs_view import kept_needs, needs_view

ROOT = Path(__file__).parents[2]
Sfp = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own."""
    monkeypatch.setenv("SFP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def no_work(*_: object) -> None:
    raise AssertionError("it was made again")


@pytest.mark.parametrize("scenario", scenario_names())
def test_found_is_as_made(scenario: str, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every breakdown by years and by months, in every measure and price basis, has the same bits when found again."""
    plan = load_plan(scenario=scenario)
    results = run(plan)
    made = {months: needs_view(plan, results, months=months) for months in (False, True)}
    for months in (False, True):
        kept_needs(None, None, scenario, months=months)
    monkeypatch.setattr(kept, "kept_plan", no_work)
    monkeypatch.setattr(store, "run", no_work)
    found = {months: kept_needs(None, None, scenario, months=months) for months in (False, True)}
    assert repr(found) == repr(made)  # types and signs of zero as well
    for key, measure, prices in itertools.product(KEYS, ("additional", "full"), ("constant", "effects")):
        again = added_up(found[key == "month"], [key], measure, prices)
        assert again == breakdown(plan, results, [key], measure, prices)


@pytest.mark.parametrize("how", ["table", "csv", "json"])
@pytest.mark.parametrize("by", ["programme,year", "initiative,category,biennium", "sector,month", "confidence"])
def test_the_same_is_printed(sfp: Sfp, cache: Path, monkeypatch: pytest.MonkeyPatch, by: str, how: str) -> None:
    """Output and warnings are those of a first call, byte for byte, and nothing is read or evaluated for them."""
    arguments = ("needs", "--by", by, "--prices", "nominal", "--format", how)
    first = sfp(*arguments)
    assert first[0] == 0 and first[1]
    monkeypatch.setattr(kept, "kept_plan", no_work)
    assert sfp(*arguments) == first


LATE = """version: 1
title: The event is designed too late
author: test
rationale: an edition is held before its design ends
extends: baseline
set:
  plan.start: 2025-06
"""


def test_warnings_are_told_again(tmp_path: Path, cache: Path, sfp: Sfp, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is odd in a plan reaches standard error also when nothing is read."""
    for name in ("params", "data"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "params" / "scenarios" / "late.yml").write_text(LATE, encoding="utf-8")
    where = ("--params", str(tmp_path / "params"), "--data", str(tmp_path / "data"))
    warnings = load_plan(*where[1::2], "late").warnings
    assert warnings
    kept_needs(tmp_path / "params", tmp_path / "data", "late")
    monkeypatch.setattr(kept, "kept_plan", no_work)
    with monkeypatch.context() as patch:
        told: list[str] = []
        patch.setattr("logging.Logger.warning", lambda _self, _form, text: told.append(str(text)))
        assert sfp("needs", "--scenario", "late", *where)[0] == 0
    assert told == [str(warning) for warning in warnings]


@pytest.mark.parametrize("body", [b"", b"nonsense", marshal.dumps((1, 2))])
def test_damaged_or_foreign_is_made_anew(cache: Path, body: bytes) -> None:
    """A file that is not as it was written counts for nothing, and is written again."""
    made = kept_needs(None, None, "baseline")
    (place,) = cache.glob("*.needs")
    place.write_bytes(body)
    assert kept_needs(None, None, "baseline") == made
    right = place.read_bytes()
    assert len(right) > 10_000
    place.write_bytes(hashlib.sha256(b"other").digest() + right[32:])
    assert kept_needs(None, None, "baseline") == made
