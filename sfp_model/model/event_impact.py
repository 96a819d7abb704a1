"""Mission criteria: quantities that the event model measures, as portfolio difference, and their scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.event_demand import Demand
from sfp_model.model.event_inputs import Inputs
from sfp_model.model.inputs import FloatArray

__all__ = ["Impact", "held_part", "impact_of", "meetings", "score"]

GOVERNMENTS = ("governments_ldc", "governments_developing", "governments_developed", "regulators")
COMPANIES = ("ict_large", "other_industries", "sme_developing", "sme_developed")
SOCIETY = ("development_agencies", "ngos", "academia", "youth")
BROKERS = ("development_agencies", "ngos", *GOVERNMENTS, *COMPANIES)


@dataclass(frozen=True, eq=False)
class Impact:
    """Impact of each concept.

    Attributes
    ----------
    quantity : ndarray (criterion, concept, edition, draw)
        Portfolio under the concept less portfolio under no event.
    scores : ndarray (criterion, concept, draw)
        -100 to 100, mean of the editions held.
    ldc_delegates : ndarray (concept, edition, draw)
        Persons from least developed countries reached by ITU's events, on site and remote.
    sme_exhibitors, smes_served : ndarray (concept, edition, draw)
        Exhibitors of the SME and LDC tiers; these and SMEs of developing countries that come because of the concept.
    unity : ndarray (concept, draw)
        Judged unity with ITU's goals; a constraint, not a score.
    united : ndarray of bool (concept, draw)
        Whether it reaches ``constraints.least_unity``; no event always does. The other constraint, fit with the
        calendar, needs the other events of ITU (``decisions.event_admissible``).
    """

    quantity: FloatArray
    scores: FloatArray
    ldc_delegates: FloatArray
    sme_exhibitors: FloatArray
    smes_served: FloatArray
    unity: FloatArray
    united: FloatArray


def score(quantity: FloatArray, full: FloatArray, shape: FloatArray | float = 1.0) -> FloatArray:
    """Return the value function ``100 · sign(q) · min(1, |q|/full)^shape``; linear where shape is 1.

    0 at no difference, 100 from *full* on, -100 at a loss of *full*.

    Examples
    --------
    >>> score(np.array([0.0, 300.0, 900.0, -60.0]), np.array(600.0)).tolist()
    [0.0, 50.0, 100.0, -10.0]
    >>> score(np.array([150.0, -150.0]), np.array(600.0), 0.5).tolist()
    [50.0, -50.0]
    """
    part = quantity / full
    np.clip(part, -1.0, 1.0, out=part)
    if np.any(np.asarray(shape) != 1.0):
        part = np.sign(part) * np.abs(part) ** shape
    part *= 100
    result: FloatArray = part
    return result


def meetings(
    first: FloatArray, second: FloatArray, own: tuple[FloatArray, FloatArray], with_us: FloatArray, apart: FloatArray
) -> FloatArray:
    """Return the pairs of two groups that can meet: √(first · second) at each event, summed over events.

    Events that are held together count as one: that is what joining brings.

    Parameters
    ----------
    first, second : ndarray (event, draw)
        Delegates of the existing events.
    own : pair of ndarray (concept, edition, draw)
        Those of the concept's own event.
    with_us, apart : ndarray (event, concept, edition, draw)
        Part of an existing event's delegates that is there together with the concept, and by itself.

    Examples
    --------
    >>> there, own = np.array([[4.0]]), np.full((1, 1, 1), 5.0)
    >>> one, none = np.ones((1, 1, 1, 1)), np.zeros((1, 1, 1, 1))
    >>> float(meetings(there, there, (own, own), one, none)[0, 0, 0])
    9.0
    """
    together = [mine.copy() for mine in own]
    alone = np.zeros_like(own[0])
    for event in range(len(first)):
        together[0] += first[event] * with_us[event]
        together[1] += second[event] * with_us[event]
        alone += np.sqrt(first[event] * second[event]) * apart[event]
    together[0] *= together[1]
    result: FloatArray = np.sqrt(together[0], out=together[0])
    result += alone
    return result


class _Counts:
    """Sums over segments that several criteria need."""

    def __init__(self, inputs: Inputs, demand: Demand) -> None:
        self.inputs, self.demand = inputs, demand
        joined = inputs.joined[:, :, None, :] * inputs.takes_place  # held with the concept in this edition
        self.with_us = demand.kept * joined
        self.apart = demand.kept - self.with_us
        self.lost = 1 - demand.kept
        is_joint = (inputs.joined.sum(axis=0) > 0)[:, None, :]
        self.counted = np.where(is_joint, demand.new[:, None, :], 1.0)
        self._own: dict[tuple[str, ...], FloatArray] = {}

    def weight(self, names: tuple[str, ...]) -> FloatArray:
        """Return 1 for the segments *names*, (segment, 1)."""
        return np.array([[float(name in names)] for name in self.inputs.arrays.segments])

    def gained(self, weight: FloatArray, own: FloatArray | None = None) -> FloatArray:
        """Return delegates on site under the concept less those without it, (concept, edition, draw).

        *own*, (segment, concept, draw), is the weight among the concept's own delegates where it is another one.
        """
        result = self.demand.own_of(weight if own is None else own) * self.demand.new[:, None, :]
        for before, lost in zip(self.demand.before_of(weight), self.lost, strict=True):
            result -= before * lost
        return result

    def at_own(self, weight: FloatArray) -> FloatArray:
        """Return delegates at the concept's own event, (concept, edition, draw).

        Persons who would have come to a joined event anyway are already counted there.
        """
        return self.demand.own_of(weight) * self.counted

    def group(self, names: tuple[str, ...]) -> FloatArray:
        """Return ``at_own`` of the segments *names*."""
        if names not in self._own:
            self._own[names] = self.at_own(self.weight(names))
        return self._own[names]

    def pairs(self, first: tuple[str, ...], second: tuple[str, ...]) -> FloatArray:
        """Return pairs that can meet under the concept less those without it, (concept, edition, draw)."""
        one, other = (self.demand.before_of(self.weight(names)) for names in (first, second))
        now = meetings(one, other, (self.group(first), self.group(second)), self.with_us, self.apart)
        now -= np.sqrt(one * other).sum(axis=0)
        return now


def held_part(held: tuple[bool, ...]) -> slice | list[int]:
    """Return the editions that are held as a slice where they follow each other, which copies nothing.

    Examples
    --------
    >>> held_part((False, True, True)), held_part((True, False, True))
    (slice(1, 3, None), [0, 2])
    """
    found = [edition for edition, is_held in enumerate(held) if is_held]
    follows = found == list(range(found[0], found[-1] + 1))
    return slice(found[0], found[-1] + 1) if follows else found


def _own_shares(ldc: FloatArray, developing: FloatArray, odds: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the part of each segment from least developed and from developing countries, (segment, concept, draw).

    Among the concept's own delegates, where those from least developed countries are *odds* times as many.
    """
    more = ldc[:, None, :] * (odds - 1)
    there = 1 + more
    more += developing[:, None, :]
    more /= there
    first = ldc[:, None, :] * odds / there
    return first, more


def impact_of(inputs: Inputs, demand: Demand) -> Impact:
    """Return quantities and scores of all criteria.

    The reference is the portfolio without a flagship event: WSIS Forum and AI for Good with nothing lost.
    """
    counts = _Counts(inputs, demand)
    ldc, smes = inputs("impact.ldc_share"), counts.weight(("sme_developing",))
    developing = inputs("impact.developing_share")
    own_ldc, own_developing = _own_shares(ldc, developing, demand.ldc_odds)
    new, weight = demand.new[:, None, :], inputs("impact.remote_weight")
    ldc_remote, ldc_gained = demand.remote_of(own_ldc) * new, counts.gained(ldc, own_ldc)
    subsidised = (demand.tier_share[1:].sum(axis=0) / inputs("exhibition.stand_area"))[:, None, :]
    area = demand.area_planned * demand.happens
    exhibitors = subsidised * area
    sme_delegates = counts.gained(smes) + weight * demand.remote_of(smes) * new
    served = sme_delegates / inputs("impact.delegates_per_sme") + exhibitors
    with_exhibition = counts.at_own(own_developing)
    for before, with_us in zip(demand.before_of(developing), counts.with_us, strict=True):
        with_exhibition += before * with_us
    interpreted = inputs("programme.interpreted_rooms") * inputs("programme.days")
    there = inputs.takes_place
    measured = {
        "ldc_reach": ldc_gained + weight * ldc_remote,
        "sme_voice": served,
        "regulatory_dialogue": counts.pairs(GOVERNMENTS, COMPANIES),
        "partnerships": counts.gained(counts.weight(BROKERS)) * inputs("impact.brokered") / 1000,
        "sdg_bridge": counts.pairs(SOCIETY, COMPANIES),
        "risk_debate": (interpreted * inputs("impact.risk_share"))[:, None, :] * there,
        "technology_awareness": with_exhibition * (area / (area + inputs("impact.awareness_area"))),
        "identity": inputs("impact.identity")[:, None, :] * there,
    }
    unknown = [name for name in inputs.arrays.criteria if name not in measured]
    if unknown:
        raise UsageError(f"the model measures nothing for {', '.join(unknown)}; it knows {', '.join(measured)}")
    quantity = np.stack([measured[name] for name in inputs.arrays.criteria])
    held = held_part(inputs.arrays.held)
    full, shape = inputs("impact.full")[:, None, None, :], inputs("impact.shape")[:, None, None, :]
    reached_before = demand.before_of(ldc).sum(axis=0)
    unity = inputs("constraints.unity")
    nothing = np.array([[not case.held] for case in inputs.arrays.cases])
    return Impact(
        quantity=quantity,
        scores=score(quantity[:, :, held], full, shape).mean(axis=2),
        ldc_delegates=ldc_gained + ldc_remote + reached_before,
        sme_exhibitors=exhibitors,
        smes_served=served,
        unity=unity,
        united=(unity >= inputs("constraints.least_unity")) | nothing,
    )
