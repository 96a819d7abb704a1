"""The catalogue holds every item of the source document once, and its links lead somewhere."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CATALOGUE: dict[str, Any] = yaml.safe_load((ROOT / "data/catalogue.yml").read_text(encoding="utf-8"))
ITEMS: dict[str, dict[str, Any]] = {item["id"]: item for item in CATALOGUE["items"]}
LEAVES = {"1.1.1": "a", "1.2.1": "abc", "1.2.2": "abc", "1.3.1": "abcd", "1.3.2": "", "1.4.1": "abcde", "1.4.3": ""}


def of_kind(kind: str) -> list[str]:
    """Return the ids of a kind, in the order of the file."""
    return [key for key, item in ITEMS.items() if item["kind"] == kind]


def targets(relation: str) -> set[str]:
    """Return all ids to which a relation leads."""
    return {target for item in ITEMS.values() for target in item.get("links", {}).get(relation, [])}


def test_ids_are_unique_text() -> None:
    """No id stands twice, and none was read as a number."""
    assert len(ITEMS) == len(CATALOGUE["items"])
    assert all(isinstance(key, str) for key in ITEMS)


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("report", 4),
        ("theme_group", 3),
        ("theme", 9),
        ("gap", 6),
        ("initiative", 9),
        ("phase_cell", 25),
        ("sub_action", 26),
        ("option_box", 14),
        ("leaf_action", 16),
        ("trend", 4),
        ("strength", 6),
        ("principle", 3),
        ("positioning", 3),
        ("limiting_factor", 3),
        ("workstream", 2),
        ("segment", 12),
        ("criterion", 8),
        ("indicator", 7),
        ("concept", 6),
    ],
)
def test_counts(kind: str, count: int) -> None:
    """Each kind has as many items as the source (or the project's own lists) hold."""
    assert len(of_kind(kind)) == count


def test_phase_cells_by_phase() -> None:
    """7, 13 and 5 cells in the three phases, five of them the same work as a detailed action."""
    assert Counter(re.search(r"P(\d)", key)[1] for key in of_kind("phase_cell")) == {"1": 7, "2": 13, "3": 5}  # type: ignore[index]
    aliases = {key: item["alias_of"] for key, item in ITEMS.items() if item.get("alias_of")}
    assert aliases == {"a.P1.1": "a.1", "a.P2.1": "a.2", "b.P2.1": "b.1", "b.P3.1": "b.2", "c.P2.1": "c.1"}


def test_actions_and_recommendations() -> None:
    """Five detailed actions, three workplace items, eleven numbered recommendations of PwC and their leaf actions."""
    assert of_kind("action") == ["a.1", "a.2", "b.1", "b.2", "c.1", "DS-1", "DS-2", "DS-3"]
    numbered = [key for key in of_kind("recommendation") if re.fullmatch(r"1\.\d(\.\d)?", key)]
    assert len(numbered) == 11
    assert "1.4.2" not in ITEMS and not [key for key in ITEMS if key.startswith("1.4.2")]
    assert of_kind("leaf_action") == [f"{key}.{letter}" for key, letters in LEAVES.items() for letter in letters]


def test_findings() -> None:
    """Three findings of PwC; six on the event scene and four on ITU from Dalberg, with five strengths."""
    found = of_kind("finding")
    assert len([key for key in found if key.startswith("PWC")]) == 3
    assert len([key for key in found if key.startswith("DAL-E")]) == 6
    assert len([key for key in found if key.startswith("DAL-I")]) == 4
    assert len([key for key in of_kind("strength") if key.startswith("DAL-S")]) == 5


def test_twelve_decisions_in_fourteen_boxes() -> None:
    """Every box belongs to one decision; only a.1 and b.1 have two."""
    by_decision = Counter(ITEMS[box]["links"]["decision"][0] for box in of_kind("option_box"))
    assert len(by_decision) == 12
    assert {key for key, count in by_decision.items() if count == 2} == {"a.1", "b.1"}
    assert targets("decision") == set(by_decision)


def test_links_and_parents_resolve() -> None:
    """Every parent, alias and link target is an item."""
    for key, item in ITEMS.items():
        named = [target for ids in item.get("links", {}).values() for target in ids]
        for target in [*named, *filter(None, [item.get("parent"), item.get("alias_of")])]:
            assert target in ITEMS, f"{key} names {target}"


def test_the_chain_from_theme_to_decision() -> None:
    """From each theme to improve one can walk to a gap, an initiative, an action and a decision."""
    for theme in ("TH4", "TH5", "TH6", "TH7", "TH8", "TH9"):
        (gap,) = ITEMS[theme]["links"]["gap"]
        for initiative in ITEMS[gap]["links"]["initiative"]:
            for action in ITEMS[initiative]["links"]["action"]:
                assert ITEMS[action]["links"]["decision"] and ITEMS[action]["links"]["option"]
    assert targets("gap") == set(of_kind("gap"))
    assert set(of_kind("initiative")) == {i for gap in of_kind("gap") for i in ITEMS[gap]["links"]["initiative"]}


def test_strengths_name_what_must_not_damage_them() -> None:
    """The three strengths of the culture say which initiatives could damage them."""
    for theme in ("TH1", "TH2", "TH3"):
        assert set(ITEMS[theme]["links"]["must_not_damage"]) <= set(of_kind("initiative"))


def test_pwc_and_dalberg_links() -> None:
    """Findings lead to recommendations and indicators, or to segments and criteria."""
    for kind in ("finding", "principle", "limiting_factor", "positioning"):
        for key in of_kind(kind):
            if key.startswith("PWC"):
                links = ITEMS[key]["links"]
                assert links["indicator"] == [f"IND-{target}" for target in links["recommendation"]]
    for key in [*of_kind("trend"), *(f"DAL-E{n}" for n in range(1, 7)), *(f"DAL-S{n}" for n in range(1, 6))]:
        assert ITEMS[key]["links"]["segment"] and ITEMS[key]["links"]["criterion"]
    assert targets("segment") == set(of_kind("segment"))
    assert targets("criterion") == set(of_kind("criterion"))


def test_project_items_and_relations_are_marked() -> None:
    """What the project added has no Chinese title; what the source says has one."""
    for key, item in ITEMS.items():
        added = item.get("assigned_by") == "project"
        assert bool(item.get("title_zh")) != added, key
        assert added == (item["kind"] in {"indicator", "decision", "segment", "criterion", "concept"}), key
    assert {"gap", "initiative", "must_not_damage"} <= set(CATALOGUE["assigned_relations"])


def test_titles_are_short_and_in_the_right_script() -> None:
    """English titles have at most ten words and no Chinese; Chinese ones hold Chinese and no markup."""
    han = re.compile(r"[\u4e00-\u9fff]")
    for key, item in ITEMS.items():
        assert 1 <= len(item["title"].split()) <= 10, key
        assert not han.search(item["title"] + item["paragraph"] + item.get("note", "")), key
        chinese = item.get("title_zh", "")
        assert not chinese or (han.search(chinese) and not re.search(r"[*<>#\n]", chinese)), key
        assert len(chinese) <= 60, key


def test_items_without_cost_say_why() -> None:
    """Only work can cost something; everything else says why it does not."""
    working = {"phase_cell", "action", "sub_action", "leaf_action", "workstream"}
    for key, item in ITEMS.items():
        costed = (item["kind"] in working and "alias_of" not in item) or key in LEAVES or key == "DAL-I3"
        assert bool(item.get("no_cost")) != costed, key


def test_slips_of_the_source_are_noted() -> None:
    """The gaps in numbering, the missing a.3 and the 131 country teams are among the anomalies."""
    notes = " ".join(f"{entry['where']} {entry['note']}" for entry in CATALOGUE["anomalies"])
    for words in ("1.4.2", "a.3", "131", "WG-SPF", "HRDM", "C21/INF-15"):
        assert words in notes
