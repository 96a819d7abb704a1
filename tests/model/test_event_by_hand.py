"""The program equals docs/methods/event-example.md, every number of its tables, to the centime."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sfp_model.model.event_money import COST_IDS, REVENUE_IDS
from tests.model.event_example import outcome

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "event-example.md"
JOINT, YEARS = 1, [1, 2]
ROW = re.compile(r"^\| [^|]*`(\w+)` \|[^|]*\|(.+)\|$", re.MULTILINE)


def shown() -> Iterator[tuple[str, list[str]]]:
    for name, cells in ROW.findall(PAGE.read_text(encoding="utf-8")):
        yield name, [cell.strip(" *") for cell in cells.split("|")]


PRINTED = dict(shown())
FOUND = outcome()


def program(name: str) -> np.ndarray:
    """Return what the program has for a row of the page, one number per column."""
    demand, money, impact = FOUND.demand, FOUND.money, FOUND.impact
    segments, criteria = FOUND.arrays.segments, FOUND.arrays.criteria

    def paying(segment: str) -> np.ndarray:
        return demand.paying[segments.index(segment), JOINT] * demand.level[JOINT]

    gross = 2 * demand.area_planned + 2.5 * demand.visitors
    by_edition = {
        "growth": demand.level[JOINT] / effect(), "effect": effect(), "area": demand.area_planned[JOINT],
        "visitors": demand.visitors[JOINT], "area_commercial": demand.area[0, JOINT], "area_sme": demand.area[1, JOINT],
        "paying_ict": paying("ict_large"), "paying_sme": paying("sme_developing"),
        "remote": demand.remote[:, JOINT].sum(axis=0), "gross": gross[JOINT], "let": np.ceil(gross[JOINT] / 100) * 100,
        "revenue": money.revenue[JOINT], "cost": money.cost[JOINT], "net": money.net[JOINT],
        "fund_draw": money.fund_draw[JOINT], "subsidy": money.subsidy[JOINT],
    }  # fmt: skip
    alone = {
        "opening_required": money.opening_required[JOINT], "persons": demand.persons[JOINT, 1],
        **{key: impact.quantity[criteria.index(key), JOINT, 1] for key in ("ldc_reach", "regulatory_dialogue")},
        **{f"ratio_{key}": ratio[JOINT] for key, ratio in
           zip(("earned_direct", "earned_full", "all_full"), FOUND.ratios, strict=True)},
    }  # fmt: skip
    if name in alone:
        return np.asarray(alone[name])
    if name in REVENUE_IDS:
        return np.asarray(money.revenue_lines[REVENUE_IDS.index(name), JOINT, YEARS, 0])
    if name in COST_IDS:
        return np.asarray(money.cost_lines[COST_IDS.index(name), JOINT, YEARS, 0])
    found = demand.own[segments.index(name), JOINT] if name in segments else by_edition[name]
    return np.asarray(found[YEARS, 0])


def effect() -> np.ndarray:
    """Return the effect of exhibitors by its formula, from the area that the program found."""
    return np.asarray(((1 + FOUND.demand.area_planned[JOINT] / 500) / 2) ** 0.5)


@pytest.mark.parametrize("name", PRINTED)
def test_program_equals_the_page(name: str) -> None:
    """Each number of the page is what the program gives, rounded as it is printed."""
    for text, value in zip(PRINTED[name], program(name), strict=True):
        decimals = len(text.partition(".")[2])
        number = float(text.replace(" ", "").replace("−", "-"))
        assert abs(number - value) <= 0.5000001 * 10**-decimals, (text, value)


def test_every_line_of_the_account_is_on_the_page() -> None:
    """Only lines that are nil for want of a host or a risk event are missing."""
    missing = {"insurance_claims", "host_cash", "host_in_kind", "hall_in_kind"}
    assert set(REVENUE_IDS) | set(COST_IDS) == (set(PRINTED) & (set(REVENUE_IDS) | set(COST_IDS))) | missing
    for name in missing:
        assert not program(name).any()


def test_rounds_of_the_balance() -> None:
    """The rounds printed are those of the fixed point: each takes at least four fifths of the distance."""
    rounds = re.findall(r"^\| (\d) \| ([\d .]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    visitors = [float(text.replace(" ", "")) for _, text in rounds]
    last = FOUND.demand.visitors[JOINT, 1, 0]
    assert visitors[-1] == pytest.approx(last, abs=1e-5)
    for before, after in pairwise(visitors[:5]):
        assert abs(after - last) < 0.2 * abs(before - last)
