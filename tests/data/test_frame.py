"""The rate card, the frame of the plan and the scenarios say what their bases say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BASE: dict[str, Any] = yaml.safe_load((ROOT / "params/base.yml").read_text(encoding="utf-8"))
RATES: dict[str, Any] = yaml.safe_load((ROOT / "params/rates.yml").read_text(encoding="utf-8"))["resources"]
SCENARIOS: dict[str, Any] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / "params/scenarios").glob("*.yml")
}


def rate(name: str) -> tuple[float, float, float]:
    """Return low, mode and high of a rate."""
    leaf = RATES[name]["rate"]
    return leaf["low"], leaf["mode"], leaf["high"]


def leaves(node: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return all values below *node* with their paths."""
    if not isinstance(node, dict):
        return []
    if "confidence" in node:
        return [(path, node)]
    return [leaf for key, value in node.items() for leaf in leaves(value, f"{path}.{key}")]


def test_resources_name_declared_classes() -> None:
    """Categories, escalation classes and currencies of the rate card are those of the frame."""
    for key, resource in RATES.items():
        assert resource["category"] in BASE["categories"], key
        assert resource["escalation"] in BASE["escalation"], key
        assert resource["currency"] in {"CHF", *BASE["currencies"]}, key
        assert resource["title"] and resource["rate"]["basis"], key


@pytest.mark.parametrize("grade", ["D2", "D1", "P5", "P4", "P3", "P2", "G7", "G6", "G5", "G4"])
def test_geneva_rates_are_twelve_per_cent_around_the_mode(grade: str) -> None:
    """Low and high are 0.88 and 1.12 of the mode."""
    low, mode, high = rate(f"staff.geneva.{grade}")
    assert (low, high) == pytest.approx((0.88 * mode, 1.12 * mode))


@pytest.mark.parametrize("grade", ["P5", "P4", "P3", "G6", "G5"])
def test_regional_rates_are_geneva_times_the_factor(grade: str) -> None:
    """Low, mode and high are those of Geneva times those of the duty-station factor."""
    factors = (0.75, 0.85, 0.95) if grade.startswith("P") else (0.15, 0.30, 0.55)
    expected = [a * b for a, b in zip(rate(f"staff.geneva.{grade}"), factors, strict=True)]
    assert rate(f"staff.region.{grade}") == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("place", ["geneva", "region"])
def test_mix_is_the_weighted_average_of_its_basis(place: str) -> None:
    """The weights in words give the rate; professional grades weigh 60 of 100."""
    weights = {
        f"{letter}{number}": int(weight)
        for letter, number, weight in re.findall(r"([DPG])-(\d) (\d+)", RATES[f"staff.{place}.mix"]["rate"]["basis"])
    }
    assert sum(weights.values()) == 100
    assert sum(weight for grade, weight in weights.items() if grade[0] != "G") == 60
    for end in range(3):
        expected = sum(weight * rate(f"staff.{place}.{grade}")[end] for grade, weight in weights.items()) / 100
        assert rate(f"staff.{place}.mix")[end] == pytest.approx(expected, abs=1)


def test_hr_licence_is_the_subscription_for_all_staff() -> None:
    """A seat times 740 gives the stated subscription in CHF million."""
    assert [740 * value / 1e6 for value in rate("licence.hr_module")] == pytest.approx([0.12, 0.20, 0.32], abs=1e-3)


def test_provenance_is_consistent() -> None:
    """An estimate has code E, only an estimate rests on further sources, and ranges are in order."""
    rates = [(f"rates.{key}", resource["rate"]) for key, resource in RATES.items()]
    for path, leaf in [*leaves(BASE), *rates]:
        assert (leaf["source"] == "estimate") == (leaf["confidence"] == "E"), path
        assert leaf["confidence"] == "E" or "rests_on" not in leaf, path
        assert "value" in leaf or leaf["low"] <= leaf["mode"] <= leaf["high"], path


def test_correlations_add_up() -> None:
    """0.15 across the plan, 0.3 inside an initiative, 0.6 inside an action between cost and duration."""
    share = {key: leaf["value"] for key, leaf in BASE["dependence"].items() if "value" in leaf}
    assert share["plan"] + share["initiative"] == pytest.approx(0.3)
    assert share["plan"] + share["initiative"] + share["action"] == pytest.approx(share["cost_duration"])


def test_overrun_pieces_fill_the_unit_interval() -> None:
    """The shares of the mixture sum to 1 and its mean with the cap is the one stated (1.37)."""
    part = {key: leaf["value"] for key, leaf in BASE["overrun_classes"]["process_and_it"].items()}
    names = ("share_below_1", "share_1_to_1_5", "share_1_5_to_2", "share_tail")
    shares = [part[name] for name in names]
    assert sum(shares) == pytest.approx(1)
    start, shape, cap = part["tail_start"], part["tail_shape"], part["cap"]
    tail = start + start / (shape - 1) * (1 - (start / cap) ** (shape - 1))
    middles = [(part["lower"] + 1) / 2, 1.25, 1.75, tail]
    mean = sum(share * middle for share, middle in zip(shares, middles, strict=True))
    assert mean == pytest.approx(1.37, abs=0.01)


def test_scenarios_are_those_promised() -> None:
    """Seven scenarios, each with title, author and rationale; only the baseline stands on its own."""
    names = {
        "baseline",
        "accelerated",
        "stretched",
        "separate-reviews",
        "within-existing-resources",
        "known-today",
        "gains-estimate",
    }
    assert set(SCENARIOS) == names
    for name, scenario in SCENARIOS.items():
        assert scenario["title"] and scenario["author"] and scenario["rationale"]
        assert scenario["extends"] == (None if name == "baseline" else "baseline")


@pytest.mark.parametrize(("name", "months"), [("accelerated", 12), ("stretched", 24)])
def test_phases_of_a_scenario_follow_each_other(name: str, months: int) -> None:
    """Three phases of equal length without a gap."""
    given = SCENARIOS[name]["set"]
    edges = [(given[f"phases.P{n}.from"], given[f"phases.P{n}.to"]) for n in (1, 2, 3)]
    assert edges == [(n * months // 3, (n + 1) * months // 3) for n in range(3)]
