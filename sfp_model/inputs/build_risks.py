"""From checked files to the risk register and the gains, with the checks against the work."""

from __future__ import annotations

from collections.abc import Mapping

from sfp_model.inputs.build_frame import frozen
from sfp_model.inputs.build_work import Work
from sfp_model.inputs.context import Context
from sfp_model.inputs.documents import Document
from sfp_model.inputs.leaf import Leaf, value
from sfp_model.inputs.plan import Resource, Value
from sfp_model.inputs.risk import Effect, Gain, Response, Risk
from sfp_model.inputs.schedule import WHOLE_PLAN
from sfp_model.inputs.schema_risk import AfterForm, EffectForm, GainsFile, RiskForm, RisksFile
from sfp_model.inputs.units import Families, conversion

__all__ = ["build_gains", "build_risks"]


def build_risks(document: Document | None, form: RisksFile | None, work: Work, context: Context) -> Mapping[str, Risk]:
    """Return the risks by id; report a delay of an action that has no start of its own."""
    if document is None or form is None:
        return frozen({})
    for item in form.risks.values():
        _check_delay(document, item, work, context)
    return frozen({key: _risk(document, key, item) for key, item in form.risks.items()})


def _check_delay(document: Document, form: RiskForm, work: Work, context: Context) -> None:
    after = form.response.after.delay
    if form.before.delay is None and after is None:
        return
    for index, name in enumerate(form.actions):
        action = work.actions.get(name)
        if action is not None and action.phase == WHOLE_PLAN:
            text = f"{name} runs as long as the plan and has no start to delay; name the actions that it waits for"
            context.error(document, (*form.place, "actions", index), text)


def _risk(document: Document, key: str, form: RiskForm) -> Risk:
    path = f"risks.{key}"

    def number(leaf: Leaf, below: str, words: str) -> Value:
        return value(document, leaf, f"{path}.{below}", title=f"{form.title}: {words}")

    def effect(part: EffectForm | AfterForm, below: str, otherwise: Effect | None) -> Effect:
        when = "after the response" if otherwise else "without a response"
        found = {
            name: number(leaf, f"{below}.{name}", f"{name} {when}")
            for name in ("probability", "cost", "delay")
            if (leaf := getattr(part, name)) is not None
        }
        if otherwise is not None:
            kept = {"probability": otherwise.probability, "cost": otherwise.cost, "delay": otherwise.delay}
            return Effect(**{**kept, **found})  # type: ignore[arg-type]
        return Effect(found["probability"], found.get("cost"), found.get("delay"))

    before = effect(form.before, "before", None)
    answer = form.response
    response = Response(
        answer.title,
        number(answer.cost, "response.cost", "cost of the response"),
        answer.taken,
        effect(answer.after, "response.after", before),
    )
    return Risk(
        id=key,
        title=form.title,
        owner=form.owner,
        actions=tuple(form.actions),
        serves=tuple(form.serves),
        category=form.category,
        escalation=form.escalation,
        before=before,
        response=response,
        position=document.position(form.place, key=True),
    )


def build_gains(
    document: Document | None, form: GainsFile | None, work: Work, resources: Mapping[str, Resource], families: Families
) -> Mapping[str, Gain]:
    """Return the gains by id; those of which a part has faults are left out."""
    if document is None or form is None:
        return frozen({})
    made = {}
    for key, item in form.gains.items():
        action, card = work.actions.get(item.action), resources.get(item.resource)
        factor = conversion(item.claimed.unit, card.per, families) if card else None
        if action is None or factor is None:
            continue  # already reported
        parts = {
            name: value(document, getattr(item, name), f"gains.{key}.{name}", title=f"{item.title}: {name}")
            for name in ("claimed", "lag", "ramp", "cashable")
        }
        made[key] = Gain(
            id=key,
            title=item.title,
            kind=item.kind,
            action=item.action,
            initiative=action.initiative,
            resource=item.resource,
            factor=factor,
            position=document.position(item.place, key=True),
            **parts,
        )
    return frozen(made)
