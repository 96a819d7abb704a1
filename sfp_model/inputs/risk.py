"""Risk events and gains of a plan: what they are once the files are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sfp_model.errors import Position

if TYPE_CHECKING:
    from sfp_model.inputs.plan import Value

__all__ = ["Effect", "Gain", "GainKind", "Response", "Risk"]

GainKind = Literal["post", "contract", "service"]


@dataclass(frozen=True, slots=True)
class Effect:
    """How likely an event is within the plan, and what it does if it occurs.

    ``cost`` is in CHF of the base year for the whole event, or a ``share`` of the additional need of each action that
    it meets; ``delay`` is in months by which each of them starts later. ``None`` means no such effect.
    """

    probability: Value
    cost: Value | None
    delay: Value | None


@dataclass(frozen=True, slots=True)
class Response:
    """What can be done about a risk beforehand: its cost (CHF of the base year), and what is then left of the risk.

    ``taken`` says whether the scenario has decided on it: its cost is then part of the plan, and ``after`` holds.
    """

    title: str
    cost: Value
    taken: bool
    after: Effect


@dataclass(frozen=True, slots=True)
class Risk:
    """A discrete event outside the reference classes; its value in the base estimate is 0."""

    id: str
    title: str
    owner: str
    actions: tuple[str, ...]
    serves: tuple[str, ...]
    category: str
    escalation: str
    before: Effect
    response: Response
    position: Position

    @property
    def effect(self) -> Effect:
        """What holds in this scenario: after the response where it is taken, else before it."""
        return self.response.after if self.response.taken else self.before

    def values(self) -> tuple[Value, ...]:
        """Return every number of the risk, each once."""
        found = [self.response.cost]
        for effect in (self.before, self.response.after):
            found += [value for value in (effect.probability, effect.cost, effect.delay) if value is not None]
        return tuple({value.path: value for value in found}.values())


@dataclass(frozen=True, slots=True)
class Gain:
    """Posts, contracts or services that are given up because an action has made them unnecessary.

    ``claimed`` units of ``resource`` a year, ``factor`` rate units each, from ``lag`` months after the end of the
    action, growing evenly over ``ramp`` months; of what is realised the share ``cashable`` can leave a budget.
    """

    id: str
    title: str
    kind: GainKind
    action: str
    initiative: str
    resource: str
    factor: float
    claimed: Value
    lag: Value
    ramp: Value
    cashable: Value
    position: Position

    def values(self) -> tuple[Value, ...]:
        """Return every number of the gain."""
        return self.claimed, self.lag, self.ramp, self.cashable
