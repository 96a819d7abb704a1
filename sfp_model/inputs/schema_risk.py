"""The form of the risk register and of the gains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from sfp_model.inputs.context import Context, Node, Problem, known_name
from sfp_model.inputs.leaf import Leaf, Text
from sfp_model.inputs.risk import GainKind
from sfp_model.inputs.schema_work import ActionName, ItemName
from sfp_model.inputs.units import unit_problem

__all__ = ["AfterForm", "EffectForm", "GainForm", "GainsFile", "RiskForm", "RisksFile"]

_UNITS = {"probability": ("probability",), "cost": ("CHF", "share"), "delay": ("month",)}
CategoryName = Annotated[str, known_name("category")]
ClassName = Annotated[str, known_name("escalation", "escalation class")]


def _unit_problems(node: EffectForm | AfterForm) -> Iterator[Problem]:
    for key, units in _UNITS.items():
        leaf: Leaf | None = getattr(node, key)
        if leaf is not None and leaf.unit not in units:
            yield (key, "unit"), f"'{leaf.unit}' does not fit a {key}; use {' or '.join(units)}"
    if node.probability is not None and node.probability.value is None:
        text = "a range stands here; give one value: whether the event occurs is what is uncertain"
        yield ("probability",), text


class EffectForm(Node):
    """How likely the event is within the plan, and what it does if it occurs."""

    probability: Leaf = Field(description="that it occurs within the plan; unit probability, one value")
    cost: Leaf | None = Field(
        None, description="if it occurs: CHF of the base year in all, or a share of the additional need of each action"
    )
    delay: Leaf | None = Field(None, description="if it occurs: months by which each of the actions starts later")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield units that do not fit, a range for the probability, and an event without any effect."""
        yield from _unit_problems(self)
        if self.cost is None and self.delay is None:
            yield (), "neither cost nor delay stands here; an event that changes nothing is no risk"


class AfterForm(Node):
    """What is left of the risk after the response; what is left out stays as before."""

    probability: Leaf | None = Field(None, description="that it still occurs; default as before")
    cost: Leaf | None = Field(None, description="cost if it still occurs; default as before")
    delay: Leaf | None = Field(None, description="delay if it still occurs; default as before")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield units that do not fit, a range for the probability, and a response without any effect."""
        yield from _unit_problems(self)
        if self.probability is None and self.cost is None and self.delay is None:
            yield (), "neither probability nor cost nor delay changes; a response changes one of them"


class ResponseForm(Node):
    """What can be done about the risk beforehand."""

    title: Text = Field(description="what is done, in words")
    taken: bool = Field(description="whether the plan does it: its cost is then part of the plan")
    cost: Leaf = Field(description="what it costs, CHF of the base year; 0 where it needs no cash")
    after: AfterForm = Field(description="what is left of the risk")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield a cost that is not in CHF."""
        if self.cost.unit != "CHF":
            yield ("cost", "unit"), f"'{self.cost.unit}' does not fit the cost of a response; use CHF"


class RiskForm(Node):
    """A discrete event outside the reference classes."""

    title: Text = Field(description="the event in words")
    owner: Text = Field(description="who watches it and answers for the response")
    actions: list[ActionName] = Field(description="actions that it meets", min_length=1)
    serves: list[ItemName] = Field(description="items of the catalogue that it bears upon", min_length=1)
    category: CategoryName = Field(description="expense category of its cost and of the response")
    escalation: ClassName = Field(description="price class of its cost and of the response")
    before: EffectForm = Field(description="the risk without a response")
    response: ResponseForm = Field(description="what can be done, and what is then left")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield an action that stands twice, and a response that makes the event more likely."""
        for index, action in enumerate(self.actions):
            if action in self.actions[:index]:
                yield ("actions", index), f"{action} stands twice"
        left = self.response.after.probability
        after, before = left.value if left else None, self.before.probability.value
        if after is not None and before is not None and after > before:
            text = f"the response makes the event more likely ({after:g} > {before:g})"
            yield ("response", "after", "probability", "value"), text


class RisksFile(Node):
    """The risk register."""

    version: Literal[1] = Field(description="version of the file format")
    risks: dict[str, RiskForm] = Field(description="risks by id")


class GainForm(Node):
    """Posts, contracts or services that an action makes unnecessary."""

    title: Text = Field(description="what is given up, in words")
    kind: GainKind = Field(description="post, contract or service")
    action: ActionName = Field(description="action after whose end it begins")
    resource: Annotated[str, known_name("resource")] = Field(description="key of the rate card that values it")
    claimed: Leaf = Field(description="units given up a year when complete; the unit fits the rate; 0 if not evidenced")
    lag: Leaf = Field(description="months from the end of the action until it begins")
    ramp: Leaf = Field(description="months over which it grows evenly to its full size")
    cashable: Leaf = Field(description="share of what is realised that can be taken out of a budget")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield units that do not fit."""
        rate = context.rate_units.get(self.resource)
        problem = unit_problem(self.claimed.unit, rate, self.resource) if rate else None
        if problem:
            yield ("claimed", "unit"), problem
        for key, unit in (("lag", "month"), ("ramp", "month"), ("cashable", "share")):
            if getattr(self, key).unit != unit:
                yield (key, "unit"), f"'{getattr(self, key).unit}' does not fit {key}; use {unit}"


class GainsFile(Node):
    """Gains: zero where nothing is evidenced."""

    version: Literal[1] = Field(description="version of the file format")
    gains: dict[str, GainForm] = Field(description="gains by id")
