"""Who comes to the event and to the portfolio of ITU events, and how much space exhibitors take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfp_model.inputs.event_parameters import TIERS
from sfp_model.model.event_inputs import Inputs
from sfp_model.model.inputs import FloatArray

__all__ = ["Demand", "area_response", "cross_side", "demand_of", "fee_response"]


@dataclass(frozen=True, eq=False)
class Demand:
    """Attendance and area.

    Attributes
    ----------
    fee : ndarray (segment, concept, draw)
        CHF.
    own : ndarray (segment, concept, edition, draw)
        Delegates of the concept on site, fellows included.
    payers : ndarray (segment, concept, edition, draw)
        Those of them who pay the fee.
    remote : ndarray (segment, concept, edition, draw)
        Remote participants of the concept.
    remote_added : ndarray (segment, concept, edition, draw)
        Those of them who would not have come to an existing event.
    untouched : ndarray (event, segment, draw)
        Delegates of WSIS Forum and AI for Good without a flagship event.
    existing : ndarray (event, segment, concept, edition, draw)
        The same after what they lose to the concept.
    added : ndarray (segment, concept, edition, draw)
        Delegates on site who come because of the concept: own less overlap.
    portfolio : ndarray (segment, concept, edition, draw)
        Persons reached by ITU's events, on site and remote.
    area : ndarray (tier, concept, draw)
        Net exhibition area, m².
    subsidised : ndarray (tier, concept, draw)
        Part of it at the rate of the SME and LDC tiers, with a stand.
    fellows : ndarray (concept, draw)
    """

    fee: FloatArray
    own: FloatArray
    payers: FloatArray
    remote: FloatArray
    remote_added: FloatArray
    untouched: FloatArray
    existing: FloatArray
    added: FloatArray
    portfolio: FloatArray
    area: FloatArray
    subsidised: FloatArray
    fellows: FloatArray

    @property
    def onsite(self) -> FloatArray:
        """Delegates of the concept on site, (concept, edition, draw)."""
        result: FloatArray = self.own.sum(axis=0)
        return result


def fee_response(fee: FloatArray, reference: FloatArray, scale: FloatArray, sensitivity: FloatArray) -> FloatArray:
    """Return demand at *fee* ÷ demand at the reference fee: ``exp(−β (fee − reference) / scale)``.

    Semi-log, so that a free event has a finite demand; β is the elasticity at the scale fee.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> fee_response(0 * one, 0 * one, 500 * one, 0.6 * one).tolist()
    [1.0]
    """
    result: FloatArray = np.exp(-sensitivity * (fee - reference) / scale)
    return result


def area_response(price: FloatArray, reference: FloatArray, sensitivity: FloatArray) -> FloatArray:
    """Return area sold at *price* ÷ area at the reference price: ``exp(−ε (price − reference) / reference)``."""
    result: FloatArray = np.exp(-sensitivity * (price - reference) / reference)
    return result


def cross_side(area: FloatArray, at: FloatArray, reference: FloatArray, strength: FloatArray) -> FloatArray:
    """Return the effect of exhibitors on visitors: ``((1 + area/reference) / (1 + at/reference))^θ``.

    It is 1 at the area *at* that the attendance supposes, and positive without any exhibition.
    """
    result: FloatArray = ((1 + area / reference) / (1 + at / reference)) ** strength
    return result


def _shares(weights: FloatArray) -> FloatArray:
    """Return weights over the first axis as shares that sum to 1 (0 where all are 0)."""
    total = weights.sum(axis=0, keepdims=True)
    result: FloatArray = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return result


def _area(inputs: Inputs) -> tuple[FloatArray, FloatArray]:
    """Return the net area by tier and the subsidised part of it, cut to what there is, (tier, concept, draw)."""
    demand = np.stack([inputs(f"exhibition.area_{tier}") for tier in TIERS]) * inputs("formats.on_site")
    price, reference = inputs("exhibition.price"), inputs("exhibition.reference_price")
    own = area_response(price, reference, inputs("exhibition.sensitivity"))
    commercial = area_response(np.maximum(price, price[0]), reference, inputs("exhibition.sensitivity"))
    part = inputs("exhibition.subsidised") * np.array([[0.0], [1.0], [1.0]])  # the commercial tier has no rate below
    subsidised = demand * (own * part)[:, None, :]
    wanted = subsidised + demand * (commercial * (1 - part))[:, None, :]
    room = inputs.levers.applied("exhibition.area", inputs("places.capacity_area"))
    fit = _fitted(wanted.sum(axis=0), np.minimum(room, inputs("places.capacity_area")))
    return wanted * fit, subsidised * fit


def _fitted(wanted: FloatArray, capacity: FloatArray) -> FloatArray:
    """Return the part of *wanted* that fits: min(1, capacity ÷ wanted)."""
    room = np.broadcast_to(np.maximum(capacity, 0.0), wanted.shape)
    result: FloatArray = np.minimum(1.0, np.divide(room, wanted, out=np.ones(wanted.shape), where=wanted > 0))
    return result


def demand_of(inputs: Inputs) -> Demand:
    """Return demand in one pass: prices → area → visitors → capacity → overlap with the existing events.

    Visitors do not act back on exhibitors here.
    """
    area, subsidised = _area(inputs)
    effect = cross_side(
        area.sum(axis=0), inputs("demand.area_at_attendance"),
        inputs("exhibition.reference_area"), inputs("exhibition.cross_side"),
    )  # fmt: skip
    fee = inputs("fees.standard")[:, None, :] * inputs("fees.level")
    paying = inputs("fees.paying") * (fee > 0)
    response = fee_response(fee, inputs("fees.reference"), inputs("fees.scale"), inputs("fees.sensitivity"))
    growth = (1 + inputs("demand.growth") / 100) ** np.arange(inputs.editions)[:, None]  # (edition, draw)
    base = _shares(inputs("mix")) * inputs("demand.attendance")  # (segment, concept, draw)
    base = base[:, :, None, :] * growth
    on_site = inputs("formats.on_site")
    willing = base * (effect * on_site)[:, None, :]
    payers = willing * (paying * response)[:, :, None, :]
    own = willing * (1 - paying)[:, :, None, :] + payers
    fellows = inputs("cost.fellowships") * on_site
    own[inputs.segment("governments_ldc")] += (fellows * inputs("demand.fellow_additional"))[:, None, :]

    untouched = (_shares(inputs("existing.mix")) * inputs("existing.attendance")).transpose(1, 0, 2)
    existing = _kept(inputs, untouched)
    joint = (existing.sum(axis=1) * inputs.joined[:, :, None, :]).sum(axis=0)  # (concept, edition, draw)
    room = inputs("places.capacity_delegates")[:, None, :] - joint
    fit = _fitted(own.sum(axis=0), room)
    own, payers = own * fit, payers * fit
    remote = base * inputs("formats.remote")[:, None, :]
    new = (1 - inputs("demand.overlap"))[:, None, :]
    added, remote_added = own * new, remote * new
    return Demand(
        fee=fee, own=own, payers=payers, remote=remote, remote_added=remote_added,
        untouched=untouched, existing=existing, added=added,
        portfolio=added + remote_added + existing.sum(axis=0), area=area,
        subsidised=subsidised, fellows=fellows,
    )  # fmt: skip


def _kept(inputs: Inputs, untouched: FloatArray) -> FloatArray:
    """Return what the existing events keep of their delegates, (event, segment, concept, edition, draw)."""
    loss = np.stack([inputs("demand.loss_wsis"), inputs("demand.loss_ai_for_good")])  # (event, concept, draw)
    kept = untouched[:, :, None, :] * (1 - loss)[:, None, :, :]
    shape = (*kept.shape[:3], inputs.editions, inputs.draws)
    result: FloatArray = np.broadcast_to(kept[:, :, :, None, :], shape)
    return result
