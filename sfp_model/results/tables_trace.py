"""From every item of the source document to the activities that answer it and what they need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sfp_model.inputs.plan import SUBSIDY, CatalogueItem, Plan, subsidy_activity
from sfp_model.results.evaluation import Evaluation
from sfp_model.results.table import Row, columns

__all__ = ["TRACE", "trace"]

TRACE = columns(
    "item kind title title_zh paragraph activities decisions additional_constant:CHF absorbed_constant:CHF status "
    "reason"
)
FORWARD = ("gap", "initiative", "action", "recommendation", "activity")  # relations that lead from a finding to work
WORK = (
    "action",
    "sub_action",
    "leaf_action",
    "phase_cell",
    "recommendation",
    "workstream",
    "governance",
    "option_item",
)


@dataclass(frozen=True, slots=True)
class _Answers:
    """Who answers an item: activities named for it, and items below or linked to it."""

    direct: dict[str, dict[str, None]]
    children: dict[str, list[str]]

    @staticmethod
    def of(plan: Plan) -> _Answers:
        direct: dict[str, dict[str, None]] = {}
        for activity in plan.activities.values():
            for item in {*activity.serves, activity.id, *plan.actions[activity.action].serves, activity.action}:
                direct.setdefault(item, {})[activity.id] = None
        concept = getattr(plan.event, "concepts", {}).get(getattr(plan.event, "concept", ""))
        for item in getattr(concept, "catalogue", ()):
            direct.setdefault(item, {})[subsidy_activity(plan)[1]] = None
        children: dict[str, list[str]] = {}
        for entry in plan.catalogue.values():
            if entry.parent:
                children.setdefault(entry.parent, []).append(entry.id)
        return _Answers(direct, children)

    def of_item(self, plan: Plan, item: str) -> list[str]:
        """Return all activities that answer *item*: its own, of what is below it, of what it links forward to."""
        seen: set[str] = set()
        found: dict[str, None] = {}
        stack = [item]
        while stack:
            key = stack.pop()
            if key in seen:
                continue
            seen.add(key)
            found.update(self.direct.get(key, {}))
            entry = plan.catalogue.get(key)
            stack.extend(self.children.get(key, ()))
            if entry is not None:
                stack.extend(target for name in FORWARD for target in entry.links.get(name, ()))
                stack.extend([entry.alias_of] if entry.alias_of else [])
        order = {activity: i for i, activity in enumerate(plan.activities)}
        return sorted(found, key=lambda activity: order.get(activity, len(order)))


def trace(evaluation: Evaluation) -> Iterator[Row]:
    """Yield every item of the catalogue with the activities that answer it, their need and a status.

    Amounts are those of the activities inside the horizon, constant prices. An item is answered by activities that
    serve it, by those of the items below it, and by those that its links lead to (theme → gap → initiative →
    action): items overlap, so the column must not be added up.

    The status is ``costed`` (activities that serve the item, or those of its parts, have an amount in the horizon or
    after it), ``before_2024`` (all of it falls before the horizon, memo column), ``no_cost`` (it asks for work that
    costs nothing here; the reason is given), or ``context`` (it asks for no work of its own; amounts are of the work
    that answers it).
    """
    plan = evaluation.plan
    answers = _Answers.of(plan)
    amounts: dict[str, list[float]] = {}
    for facts, row in zip(evaluation.facts, evaluation.constant, strict=True):
        sums = amounts.setdefault(facts.activity, [0.0, 0.0, 0.0, 0.0])
        inside = float(row[1:-1].sum())
        sums[0] += inside * (facts.funding == "additional")
        sums[1] += inside * (facts.funding == "absorbed")
        sums[2] += inside + float(row[-1])
        sums[3] += float(row[0])
    for item in plan.catalogue.values():
        activities = answers.of_item(plan, item.id)
        own = [a for a in activities if a in answers.direct.get(item.alias_of or item.id, {})]
        parts = [amounts.get(activity, [0.0] * 4) for activity in activities]
        below = activities if item.kind in WORK or not item.no_cost else []
        status, reason = _status(plan, item, own or below, amounts)
        yield {
            "item": item.id, "kind": item.kind, "title": item.title, "title_zh": item.title_zh,
            "paragraph": item.paragraph, "activities": ";".join(activities),
            "decisions": ";".join(_decisions(plan, item)),
            "additional_constant": sum(part[0] for part in parts),
            "absorbed_constant": sum(part[1] for part in parts), "status": status, "reason": reason,
        }  # fmt: skip


def _decisions(plan: Plan, item: CatalogueItem) -> list[str]:
    named = set(item.links.get("decision", ()))
    if item.id in plan.decisions:
        named.add(item.id)
    for decision in plan.decisions.values():
        if any(item.id in option.catalogue for option in decision.options.values()) or item.id in decision.governs:
            named.add(decision.id)
    return [key for key in plan.decisions if key in named]


def _status(plan: Plan, item: CatalogueItem, own: list[str], amounts: dict[str, list[float]]) -> tuple[str, str]:
    if not own:
        return ("no_cost" if item.kind in WORK else "context"), item.no_cost or item.note
    parts = [amounts.get(activity, [0.0] * 4) for activity in own]
    if any(part[2] for part in parts):
        return "costed", item.no_cost
    if any(part[3] for part in parts):
        return f"before_{plan.settings.horizon_start}", plan.actions[_action(plan, own)].timing_in_source
    reasons = [plan.activities[a].no_cost or "" for a in own if a in plan.activities]
    if any(reasons):
        return "no_cost", "; ".join(dict.fromkeys(reason for reason in reasons if reason))
    if own == [subsidy_activity(plan)[1]]:
        return "no_cost", f"The event needs no subsidy ({SUBSIDY})"
    return "no_cost", "No line of these activities is needed in this scenario"


def _action(plan: Plan, activities: list[str]) -> str:
    return next(plan.activities[a].action for a in activities if a in plan.activities)
