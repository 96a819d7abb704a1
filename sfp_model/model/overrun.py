"""Reference classes: overrun of cost (outside view) and stretch of duration, one input per action each."""

from __future__ import annotations

from collections.abc import Mapping

from sfp_model.inputs.plan import Action, Estimate, Plan, Value
from sfp_model.inputs.schedule import WHOLE_PLAN
from sfp_model.model.inputs import InputBuilder, Mixture

__all__ = ["add_overrun", "add_stretch", "class_of"]

_TAIL = ("lower", "tail_start", "tail_shape", "cap")
_PIECES = ("share_below_1", "share_1_to_1_5", "share_1_5_to_2")


def class_of(plan: Plan, name: str) -> Mixture | Estimate | None:
    """Return the distribution of a reference class, ``None`` where the plan declares none.

    The class is one estimate (``overrun_classes.<class>.factor``) or the mixture of uniform pieces and a capped
    Pareto tail (``share_below_1``, ``share_1_to_1_5``, ``share_1_5_to_2``, ``lower``, ``tail_start``,
    ``tail_shape``, ``cap``). ``shift`` moves the edges of the pieces up to the start of the tail (0 if absent).
    """
    values, path = plan.settings.values, f"overrun_classes.{name}"
    single = _single(values, path)
    if single is not None:
        return single.estimate
    if f"{path}.tail_shape" not in values:
        return None
    part = {key: values[f"{path}.{key}"].estimate.mode for key in (*_PIECES, *_TAIL)}
    moved = values.get(f"{path}.shift")
    shift = moved.estimate.mode if moved is not None else 0.0
    edges = (part["lower"] + shift, 1.0 + shift, 1.5 + shift, part["tail_start"])
    return Mixture(edges, tuple(part[key] for key in _PIECES), part["tail_shape"], part["cap"])


def add_overrun(plan: Plan, action: Action, builder: InputBuilder) -> int:
    """Register the overrun factor of *action* from its class and return its row, −1 without a class.

    Its value in the base estimate is 1.
    """
    found = class_of(plan, action.overrun_class)
    if found is None:
        return -1
    mixture = found if isinstance(found, Mixture) else None
    estimate = Estimate(mixture.edges[0], 1.0, mixture.cap, at="min-max") if mixture else found
    return builder.add_estimate(
        f"{action.id}#overrun", estimate, "overrun", unit="ratio", initiative=action.initiative,  # type: ignore[arg-type]
        action=action.id, base=1.0, mixture=mixture,
    )  # fmt: skip


def add_stretch(plan: Plan, action: Action, builder: InputBuilder) -> int:
    """Register the stretch of the action's duration (class ``duration``) and return its row, −1 without.

    Its value in the base estimate is 1. An action that spans the plan follows the others and has none.
    """
    value = _single(plan.settings.values, "overrun_classes.duration")
    if value is None or action.phase == WHOLE_PLAN:
        return -1
    return builder.add_estimate(
        f"{action.id}#stretch", value.estimate, "stretch", unit="ratio", initiative=action.initiative,
        action=action.id, base=1.0,
    )  # fmt: skip


def _single(values: Mapping[str, Value], name: str) -> Value | None:
    return values.get(f"{name}.factor", values.get(name))
