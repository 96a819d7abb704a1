"""When to hold the event: what ITU's other major events of the month take from it, and it from them.

The conflict index of a month is the number of other ITU events at which a delegate of the flagship is wanted in it, in
the mean of the editions: ``Σ_e p_e(month) · shared_e``, where a neighbouring month counts *near* times. What the
flagship loses is the model's: the part χ of the delegates for each event that it meets, ``1 - (1 - χ)^Σ p_e``. Those
lost go to the events that want them, all to one that Member States must attend; where both are a matter of choice, as
many choose the flagship instead: that is what it takes from the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sfp_model.inputs.tradeoff_plan import MONTHS, OtherEvent, TradeOff
from sfp_model.model.inputs import FloatArray

__all__ = ["Month", "conflicts", "presence"]


@dataclass(frozen=True, slots=True)
class Month:
    """A candidate month.

    Attributes
    ----------
    month : int
        1 to 12.
    index : float
        Conflict index.
    met : float
        Other events in the month, near ones in part, in the mean of the editions.
    lost : float
        Share of the flagship's delegates whom it loses.
    taken : float
        Share of the flagship's delegates whom the others lose to it.
    events : tuple of (str, float)
        Events that meet it, with the chance that they do (a neighbouring month counts in part), most likely first.
    """

    month: int
    index: float
    met: float
    lost: float
    taken: float
    events: tuple[tuple[str, float], ...]


def presence(event: OtherEvent, years: Sequence[int], near: float) -> FloatArray:
    """Return how much *event* stands in each month, (month,), in the mean of the editions of *years*.

    A neighbouring month counts *near* times; December and January are neighbours. At most 1.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> forum = load_plan().tradeoff.events["plenipotentiary"]
    >>> presence(forum, (2025, 2026), 0.0)[9].round(3)  # in October of one of two years, with a chance of 0.4
    np.float64(0.2)
    """
    held = sum(year in event.years for year in years) / max(len(years), 1)
    months = np.array([event.months[m].estimate.mode if m in event.months else 0.0 for m in MONTHS])
    spread = months + near * (np.roll(months, 1) + np.roll(months, -1))
    result: FloatArray = held * np.minimum(spread, 1.0)
    return result


def conflicts(
    trade: TradeOff, years: Sequence[int], joined: Sequence[str] = (), crowding: float = 0.0
) -> tuple[Month, ...]:
    """Return the twelve candidate months.

    Parameters
    ----------
    trade : TradeOff
    years : sequence of int
        Years of the editions.
    joined : sequence of str
        Events that the concept is held with: they move with it and are no conflict.
    crowding : float
        Part of the delegates lost to one other event in the month (``demand.crowding`` of the event file).
    """
    near = trade.near.estimate.mode
    others = [event for event in trade.events.values() if not event.existing or event.existing not in joined]
    present = np.array([presence(event, years, near) for event in others])  # (event, month)
    shared = np.array([event.shared.estimate.mode for event in others])
    binding = np.array([event.binding for event in others])
    wanted = present * shared[:, None]
    met = present.sum(axis=0)
    lost = 1 - (1 - crowding) ** met
    gone = (wanted * np.where(binding, 1.0, 0.5)[:, None]).sum(axis=0)
    kept = (wanted * np.where(binding, 0.0, 0.5)[:, None]).sum(axis=0)
    taken = lost * np.divide(kept, gone, out=np.zeros(12), where=gone > 0)
    months = []
    for month in range(12):
        order = np.argsort(-wanted[:, month], kind="stable")
        named = tuple((others[i].id, float(present[i, month])) for i in order if present[i, month] > 0)
        index = float(wanted[:, month].sum())
        months.append(Month(month + 1, index, float(met[month]), float(lost[month]), float(taken[month]), named))
    return tuple(months)
