"""What the trade-off of the event is made with: frozen content of ``params/tradeoff.yml`` for one scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sfp_model.inputs.plan import Value

__all__ = ["MONTHS", "MOVED", "SEARCHED", "OtherEvent", "Profile", "TradeOff"]

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

# Levers of ``model.event_levers`` that a search moves, and those in which a break-even is looked for.
SEARCHED = ("fee", "price", "area", "subsidised", "fellowships", "sponsorship_cap", "days")
MOVED = ("attendance", "fee", "price", "host_cash")


@dataclass(frozen=True, slots=True)
class Profile:
    """Weights that somebody might give to the criteria, by criterion; hypothetical."""

    id: str
    title: str
    weights: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """A major event of ITU beside the flagship.

    Attributes
    ----------
    existing : str
        Which of the events that the model knows it is (``wsis``, ``ai_for_good``); empty for none.
    binding : bool
        Whether Member States must attend: then the flagship loses every delegate who cannot come to both.
    years : tuple of int
        In which it is held.
    months : mapping of str to Value
        Share by month; they sum to 1.
    shared : Value
        Part of the flagship's delegates whom it wants too.
    """

    id: str
    title: str
    existing: str
    binding: bool
    years: tuple[int, ...]
    months: Mapping[str, Value]
    shared: Value


@dataclass(frozen=True, slots=True)
class TradeOff:
    """Ranges of the levers, profiles of weights and the calendar.

    Attributes
    ----------
    levers, break_even : mapping of str to Value
        Range of each lever of a search, and of each quantity of a break-even.
    steps : mapping of str to float
        Move of each lever whose worth is shown.
    admissible : Value
        Share of the draws in which a combination must fulfil the constraints to be considered.
    near : Value
        What a neighbouring month counts for.
    values : mapping of str to Value
        Every number by its address.
    """

    levers: Mapping[str, Value]
    steps: Mapping[str, float]
    break_even: Mapping[str, Value]
    profiles: Mapping[str, Profile]
    admissible: Value
    near: Value
    events: Mapping[str, OtherEvent]
    values: Mapping[str, Value]
