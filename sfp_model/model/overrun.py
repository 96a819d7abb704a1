"""Reference classes: overrun of cost (outside view) and stretch of duration, one input per action each."""

from __future__ import annotations

from collections.abc import Mapping

from sfp_model.inputs.plan import Action, Estimate, Plan, Value
from sfp_model.inputs.schedule import WHOLE_PLAN
from sfp_model.model.inputs import InputBuilder, Mixture

__all__ = ["add_overrun", "add_stretch"]

_TAIL = ("lower", "tail_start", "tail_shape", "cap")
_PIECES = ("share_below_1", "share_1_to_1_5", "share_1_5_to_2")


def add_overrun(plan: Plan, action: Action, builder: InputBuilder) -> int:
    """Register the overrun factor of *action* from its class and return its row, −1 without a class.

    The class is one estimate (``overrun_classes.<class>.factor``) or the mixture of uniform pieces and a capped
    Pareto tail (``share_below_1``, ``share_1_to_1_5``, ``share_1_5_to_2``, ``lower``, ``tail_start``,
    ``tail_shape``, ``cap``). Its value in the base estimate is 1.
    """
    name = f"overrun_classes.{action.overrun_class}"
    values = plan.settings.values
    single = _single(values, name)
    mixture = None
    if single is not None:
        estimate = single.estimate
    elif f"{name}.tail_shape" in values:
        part = {key: values[f"{name}.{key}"].estimate.mode for key in (*_PIECES, *_TAIL)}
        shares = tuple(part[key] for key in _PIECES)
        mixture = Mixture((part["lower"], 1.0, 1.5, part["tail_start"]), shares, part["tail_shape"], part["cap"])
        estimate = Estimate(part["lower"], 1.0, part["cap"], at="min-max")
    else:
        return -1
    return builder.add_estimate(
        f"{action.id}#overrun", estimate, "overrun", unit="ratio", initiative=action.initiative,
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
