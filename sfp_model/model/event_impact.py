"""Mission criteria: quantities that the event model measures, as portfolio difference, and their scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.event_demand import Demand
from sfp_model.model.event_inputs import Inputs
from sfp_model.model.inputs import FloatArray

__all__ = ["Impact", "impact_of", "meetings", "score"]

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
    admissible : ndarray of bool (concept, draw)
        Whether it reaches ``constraints.least_unity``; no event is always admissible.
    """

    quantity: FloatArray
    scores: FloatArray
    ldc_delegates: FloatArray
    sme_exhibitors: FloatArray
    smes_served: FloatArray
    unity: FloatArray
    admissible: FloatArray


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
    part = np.clip(quantity / full, -1.0, 1.0)
    if np.any(np.asarray(shape) != 1.0):
        part = np.sign(part) * np.abs(part) ** shape
    result: FloatArray = 100 * part
    return result


def meetings(first: FloatArray, second: FloatArray, joined: FloatArray) -> FloatArray:
    """Return the pairs of two groups that can meet: √(first · second) at each event, summed over events.

    Events that are held together count as one: that is what joining brings.

    Parameters
    ----------
    first, second : ndarray (event, concept, edition, draw)
        Delegates; the last event is the concept's own.
    joined : ndarray (event - 1, concept, edition, 1 or draw)
        1 where the existing event is held with the concept.

    Examples
    --------
    >>> group = np.array([4.0, 5.0]).reshape(2, 1, 1, 1)
    >>> float(meetings(group, group, np.ones((1, 1, 1, 1)))[0, 0, 0])
    9.0
    """
    together = [(group[:-1] * joined).sum(axis=0) + group[-1] for group in (first, second)]
    apart = (np.sqrt(first[:-1] * second[:-1]) * (1 - joined)).sum(axis=0)
    result: FloatArray = np.sqrt(together[0] * together[1]) + apart
    return result


@dataclass(frozen=True, eq=False)
class _Counts:
    """Sums over segments that several criteria need."""

    inputs: Inputs
    demand: Demand

    def weight(self, names: tuple[str, ...]) -> FloatArray:
        """Return 1 for the segments *names*, (segment, 1)."""
        return np.array([[float(name in names)] for name in self.inputs.arrays.segments])

    @property
    def joined(self) -> FloatArray:
        """1 where an existing event is held with the concept in this edition, (event, concept, edition, draw)."""
        return self.inputs.joined[:, :, None, :] * self.inputs.takes_place

    def gained(self, weight: FloatArray) -> FloatArray:
        """Return delegates on site under the concept less those without it, (concept, edition, draw)."""
        lost = self.demand.before_of(weight)[:, None, None, :] * (1 - self.demand.kept)
        result: FloatArray = self.demand.own_of(weight) * self.demand.new[:, None, :] - lost.sum(axis=0)
        return result

    def at_events(self, weight: FloatArray) -> FloatArray:
        """Return delegates at WSIS Forum, AI for Good and the concept's own event, (event, concept, edition, draw).

        Persons who would have come to a joined event anyway are already counted there.
        """
        is_joint = (self.inputs.joined.sum(axis=0) > 0)[:, None, :]
        own = self.demand.own_of(weight) * np.where(is_joint, self.demand.new[:, None, :], 1.0)
        there = self.demand.before_of(weight)[:, None, None, :] * self.demand.kept
        return np.concatenate([there, own[None]])

    def pairs(self, first: tuple[str, ...], second: tuple[str, ...]) -> FloatArray:
        """Return pairs that can meet under the concept less those without it, (concept, edition, draw)."""
        one, other = self.weight(first), self.weight(second)
        now = meetings(self.at_events(one), self.at_events(other), self.joined)
        before = np.sqrt(self.demand.before_of(one) * self.demand.before_of(other)).sum(axis=0)
        result: FloatArray = now - before
        return result


def impact_of(inputs: Inputs, demand: Demand) -> Impact:
    """Return quantities and scores of all criteria.

    The reference is the portfolio without a flagship event: WSIS Forum and AI for Good with nothing lost.
    """
    counts = _Counts(inputs, demand)
    ldc, smes = inputs("impact.ldc_share"), counts.weight(("sme_developing",))
    new, weight = demand.new[:, None, :], inputs("impact.remote_weight")
    ldc_remote, ldc_gained = demand.remote_of(ldc) * new, counts.gained(ldc)
    subsidised = (demand.tier_share[1:].sum(axis=0) / inputs("exhibition.stand_area"))[:, None, :]
    area = demand.area_planned * demand.happens
    exhibitors = subsidised * area
    sme_delegates = counts.gained(smes) + weight * demand.remote_of(smes) * new
    served = sme_delegates / inputs("impact.delegates_per_sme") + exhibitors
    developing = counts.at_events(inputs("impact.developing_share"))
    with_exhibition = (developing[:-1] * counts.joined).sum(axis=0) + developing[-1]
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
    held = [edition for edition, is_held in enumerate(inputs.arrays.held) if is_held]
    full, shape = inputs("impact.full")[:, None, None, :], inputs("impact.shape")[:, None, None, :]
    before = demand.before_of(ldc).sum(axis=0)
    unity = inputs("constraints.unity")
    nothing = np.array([[not case.held] for case in inputs.arrays.cases])
    return Impact(
        quantity=quantity,
        scores=score(quantity[:, :, held], full, shape).mean(axis=2),
        ldc_delegates=ldc_gained + ldc_remote + before,
        sme_exhibitors=exhibitors,
        smes_served=served,
        unity=unity,
        admissible=(unity >= inputs("constraints.least_unity")) | nothing,
    )
