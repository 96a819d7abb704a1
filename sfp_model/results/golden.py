"""Golden results: the totals of a scenario, kept beside it, that a test recomputes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sfp_model.inputs.plan import Plan
from sfp_model.results.store import ResultSet, run

__all__ = ["difference", "make", "read", "summary", "write"]

Golden = dict[str, Any]


def make(results: ResultSet) -> Golden:
    """Return the totals of a scenario, rounded to 0.01 CHF.

    ``totals`` by programme, funding mode, price basis and period (memo and after included); ``event_net`` by
    concept over all editions.
    """
    totals: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for row in results.table("summary.initiatives"):
        for funding in ("additional", "absorbed", "in_kind"):
            for prices in ("constant", "nominal"):
                place = totals.setdefault(row["programme"], {}).setdefault(funding, {}).setdefault(prices, {})
                place[row["period"]] = place.get(row["period"], 0.0) + row[f"{funding}_{prices}"]
    net = {r["concept"]: round(r["net_chf"], 2) for r in results.table("event.results") if r["edition"] == "total"}
    return {"totals": _rounded(totals), "event_net": net}


def _rounded(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _rounded(value) for key, value in node.items()}
    return round(node, 2) + 0.0


def summary(plan: Plan) -> Golden:
    """Evaluate *plan* and return its totals."""
    return make(run(plan))


def read(path: Path) -> Golden:
    """Read a golden file."""
    found: Golden = json.loads(path.read_text(encoding="utf-8"))
    return found


def write(path: Path, golden: Golden) -> None:
    """Write a golden file."""
    text = json.dumps(golden, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def difference(old: Mapping[str, Any], new: Mapping[str, Any], tolerance: float = 0.05) -> list[str]:
    """Return what differs between two golden results as lines, in CHF.

    Parameters
    ----------
    old, new : mapping
        As ``make`` returns them; *old* may be empty.
    tolerance : float
        CHF; smaller differences are not told.

    Examples
    --------
    >>> difference({"event_net": {"none": 0.0}}, {"event_net": {"none": 1500.0}})
    ['event_net none: 0.00 → 1,500.00 CHF (+1,500.00)']
    """
    before, after = dict(_leaves(old)), dict(_leaves(new))
    lines = []
    for key in dict.fromkeys((*before, *after)):
        a, b = before.get(key), after.get(key)
        if a is None or b is None:
            if abs(a or b or 0.0) > tolerance or not before:
                lines.append(f"{key}: " + (f"{b:,.2f} CHF (new)" if a is None else f"{a:,.2f} CHF (gone)"))
        elif not abs(b - a) <= tolerance:
            lines.append(f"{key}: {a:,.2f} → {b:,.2f} CHF ({b - a:+,.2f})")
    return lines


def _leaves(node: Mapping[str, Any], path: str = "") -> list[tuple[str, float]]:
    found = []
    for key, value in node.items():
        here = f"{path} {key}".strip()
        found += _leaves(value, here) if isinstance(value, Mapping) else [(here, float(value))]
    return found
