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
        -100 to 100, mean of the editions.
    ldc_delegates : ndarray (concept, edition, draw)
        Persons from least developed countries reached by ITU's events, on site and remote.
    sme_exhibitors : ndarray (concept, edition, draw)
        Exhibitors of the SME and LDC tiers.
    """

    quantity: FloatArray
    scores: FloatArray
    ldc_delegates: FloatArray
    sme_exhibitors: FloatArray


def score(quantity: FloatArray, full: FloatArray) -> FloatArray:
    """Return the value function: linear, 0 at no difference, 100 from *full* on, -100 at a loss of *full*.

    Examples
    --------
    >>> score(np.array([0.0, 300.0, 900.0, -60.0]), np.array(600.0)).tolist()
    [0.0, 50.0, 100.0, -10.0]
    """
    result: FloatArray = 100 * np.clip(quantity / full, -1.0, 1.0)
    return result


def meetings(first: FloatArray, second: FloatArray, joined: FloatArray) -> FloatArray:
    """Return the pairs of two groups that can meet: √(first · second) at each event, summed over events.

    Events that are held together count as one: that is what joining brings.

    Parameters
    ----------
    first, second : ndarray (event, concept, edition, draw)
        Delegates; the last event is the concept's own.
    joined : ndarray (event - 1, concept, 1, 1)
        1 where the existing event is held with the concept.
    """
    together = [(group[:-1] * joined).sum(axis=0) + group[-1] for group in (first, second)]
    apart = (np.sqrt(first[:-1] * second[:-1]) * (1 - joined)).sum(axis=0)
    result: FloatArray = np.sqrt(together[0] * together[1]) + apart
    return result


def impact_of(inputs: Inputs, demand: Demand) -> Impact:
    """Return quantities and scores of all criteria.

    The reference is the portfolio without a flagship event: WSIS Forum and AI for Good with nothing lost.
    """
    position = {name: index for index, name in enumerate(inputs.arrays.segments)}
    joined = inputs.joined[:, :, None, :]
    # Who is at each event: WSIS Forum, AI for Good, and the concept. Persons who would have come to a joined
    # event anyway are already counted there.
    is_joint = (inputs.joined.sum(axis=0) > 0)[:, None, :]
    at_own = np.where(is_joint, demand.added, demand.own)
    at = np.concatenate([demand.existing, at_own[None]])  # (event, segment, concept, edition, draw)
    before = demand.untouched[:, :, None, None, :]

    def group(people: FloatArray, names: tuple[str, ...]) -> FloatArray:
        result: FloatArray = people[:, [position[name] for name in names]].sum(axis=1)
        return result

    def pairs(first: tuple[str, ...], second: tuple[str, ...]) -> FloatArray:
        now = meetings(group(at, first), group(at, second), joined)
        result: FloatArray = now - np.sqrt(group(before, first) * group(before, second)).sum(axis=0)
        return result

    weight = inputs("impact.remote_weight")
    gained = demand.added + demand.existing.sum(axis=0) - before.sum(axis=0)  # (segment, concept, edition, draw)
    reached = gained + weight * demand.remote_added
    ldc = inputs("impact.ldc_share")[:, None, None, :]
    stands = (demand.area[1] + demand.area[2]) / inputs("exhibition.stand_area")
    exhibitors = np.broadcast_to(stands[:, None, :], demand.onsite.shape)
    area = demand.area.sum(axis=0)
    developing = (inputs("impact.developing_share")[:, None, None, :] * at).sum(axis=1)
    with_exhibition = (developing[:-1] * joined).sum(axis=0) + developing[-1]
    brokers = gained[[position[name] for name in BROKERS]].sum(axis=0)
    held = np.broadcast_to(inputs.held[:, None, :], demand.onsite.shape)
    interpreted = inputs("programme.interpreted_rooms") * inputs("programme.days")
    measured = {
        "ldc_reach": (reached * ldc).sum(axis=0),
        "sme_voice": reached[position["sme_developing"]] / inputs("impact.delegates_per_sme") + exhibitors,
        "regulatory_dialogue": pairs(GOVERNMENTS, COMPANIES),
        "partnerships": brokers * inputs("impact.brokered") / 1000,
        "sdg_bridge": pairs(SOCIETY, COMPANIES),
        "risk_debate": (interpreted * inputs("impact.risk_share"))[:, None, :] * held,
        "technology_awareness": with_exhibition * (area / (area + inputs("impact.awareness_area")))[:, None, :],
        "identity": inputs("impact.identity")[:, None, :] * held,
    }
    unknown = [name for name in inputs.arrays.criteria if name not in measured]
    if unknown:
        raise UsageError(f"the model measures nothing for {', '.join(unknown)}; it knows {', '.join(measured)}")
    quantity = np.stack([measured[name] for name in inputs.arrays.criteria])
    scores = score(quantity, inputs("impact.full")[:, None, None, :]).mean(axis=2)
    persons = (demand.portfolio * ldc).sum(axis=0)
    return Impact(quantity=quantity, scores=scores, ldc_delegates=persons, sme_exhibitors=exhibitors)
