"""Needs by strategic goal, as far as the catalogue of the source document links work to goals."""

from __future__ import annotations

from collections.abc import Iterator

from sfp_model.inputs.plan import Plan
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns

__all__ = ["GOALS", "goals"]

GOALS = columns("goal title items:- additional_chf:CHF absorbed_chf:CHF")
KIND = RELATION = "goal"


def goals(evaluation: Evaluation) -> Iterator[Row]:
    """Yield additional need and absorbed time inside the horizon by goal, and last what no goal is linked to.

    Goals are items of the catalogue of kind ``goal``; an item names those that it serves under the relation ``goal``.
    An activity counts for the goals of the items that it serves, of its action's items and of the items above them, in
    equal shares, so that the rows add up to the plan. Where the catalogue has neither, there is only the last row.
    """
    plan = evaluation.plan
    found = [item for item in plan.catalogue.values() if item.kind == KIND]
    sums = {item.id: [0.0, 0.0] for item in found} | {"": [0.0, 0.0]}
    for facts, row in zip(evaluation.facts, evaluation.constant, strict=True):
        if facts.funding not in ("additional", "absorbed"):
            continue
        mine = [goal for goal in _served(plan, facts.activity) if goal in sums] or [""]
        for goal in mine:
            sums[goal][facts.funding == "absorbed"] += float(row[1:-1].sum()) / len(mine)
    for key, (additional, absorbed) in sums.items():
        linked = [item for item in plan.catalogue.values() if key and key in item.links.get(RELATION, ())]
        yield {
            "goal": key, "title": plan.catalogue[key].title if key else "Linked to no goal", "items": len(linked),
            "additional_chf": additional, "absorbed_chf": absorbed,
        }  # fmt: skip


def _served(plan: Plan, activity: str) -> tuple[str, ...]:
    """Return the goals of the items that *activity* serves, in order."""
    work = plan.activities.get(activity)
    if work is None:
        return ()
    action = plan.actions[work.action]
    stack = [*work.serves, activity, *action.serves, action.id, action.initiative]
    seen: dict[str, None] = {}
    reached: dict[str, None] = {}
    while stack:
        item = plan.catalogue.get(stack.pop(0))
        if item is None or item.id in seen:
            continue
        seen[item.id] = None
        reached |= dict.fromkeys(item.links.get(RELATION, ()))
        stack += [item.parent] if item.parent else []
    return tuple(reached)
