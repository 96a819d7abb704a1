"""Who comes to the event and to the portfolio of ITU events, and how much space exhibitors take.

Segments differ in a factor that is the same in all editions, and editions in a factor that is the same for all
segments. So sums over segments are made once and no array over segments, concepts, editions and draws is needed;
the properties that return one are for tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sfp_model.inputs.event_parameters import TIERS
from sfp_model.model.event_balance import balance
from sfp_model.model.event_inputs import Inputs
from sfp_model.model.inputs import FloatArray

__all__ = ["Demand", "area_response", "demand_of", "fee_response", "growth"]


@dataclass(frozen=True, eq=False)
class Demand:
    """Attendance and area.

    Attributes
    ----------
    fee : ndarray (segment, concept, draw)
        CHF.
    willing : ndarray (segment, concept, draw)
        Delegates at the fee, in the first edition and at cross-side effect 1.
    paying : ndarray (segment, concept, draw)
        Those of them who pay the fee.
    interested : ndarray (segment, concept, draw)
        Delegates at the reference fee, whom remote participants are counted from.
    level : ndarray (concept, edition, draw)
        Growth, cross-side effect and halls: on site as planned = willing · level + fellows_added.
    fellows, fellows_added : ndarray (concept, edition, draw)
        Trips, and delegates who would not have come without one, as planned.
    visitors : ndarray (concept, edition, draw)
        Delegates on site as planned.
    remote_level : ndarray (concept, edition, draw)
        Remote participants for each one interested, as it turns out.
    happens : ndarray (concept, edition, draw)
        Part of the plan that takes place on site: 1 without risk events.
    new : ndarray (concept, draw)
        Those who would not have come to an existing event.
    inputs : Inputs
        What it was worked out from.
    kept : ndarray (event, concept, edition, draw)
        Part of them that those events keep.
    ldc_odds : ndarray (concept, draw)
        Delegates from least developed countries in any segment, for each that the mix supposes, against the others.
    audience : ndarray (concept, edition, draw)
        Whom a sponsor reaches, as planned: delegates on site; on line those who would come to an event on site.
    area_planned : ndarray (concept, edition, draw)
        Net exhibition area, m².
    tier_share, subsidised_share : ndarray (tier, concept, draw)
        Part of it by tier, and at the rate of the SME and LDC tiers with a stand.
    fellow_segment : int
    residual : float
        Of the fixed point; see ``event_balance``.
    """

    fee: FloatArray
    willing: FloatArray
    paying: FloatArray
    interested: FloatArray
    level: FloatArray
    fellows: FloatArray
    fellows_added: FloatArray
    visitors: FloatArray
    remote_level: FloatArray
    happens: FloatArray
    new: FloatArray
    inputs: Inputs
    kept: FloatArray
    ldc_odds: FloatArray
    audience: FloatArray
    area_planned: FloatArray
    tier_share: FloatArray
    subsidised_share: FloatArray
    fellow_segment: int
    residual: float

    @cached_property
    def untouched(self) -> FloatArray:
        """Delegates of WSIS Forum and AI for Good without a flagship event, (event, segment, draw)."""
        found = _shares(self.inputs("existing.mix")) * self.inputs("existing.attendance")
        return found.transpose(1, 0, 2)

    @cached_property
    def onsite(self) -> FloatArray:
        """Delegates of the concept on site as it turns out, (concept, edition, draw)."""
        return self.visitors * self.happens

    def own_of(self, weight: FloatArray) -> FloatArray:
        """Return the delegates on site weighted by segment, (concept, edition, draw).

        *weight* is (segment, 1 or draw), or (segment, concept, draw).
        """
        planned = _weighed(weight, self.willing)[:, None, :] * self.level
        fellows = weight[self.fellow_segment]
        fellows = fellows[:, None, :] if fellows.ndim == 2 else fellows
        result: FloatArray = (planned + fellows * self.fellows_added) * self.happens
        return result

    def remote_of(self, weight: FloatArray) -> FloatArray:
        """Return the remote participants weighted by segment, (concept, edition, draw)."""
        result: FloatArray = _weighed(weight, self.interested)[:, None, :] * self.remote_level
        return result

    def before_of(self, weight: FloatArray) -> FloatArray:
        """Return the delegates of the existing events weighted by segment, without the concept; (event, draw)."""
        result: FloatArray = (self.untouched * weight).sum(axis=1)
        return result

    @cached_property
    def fees(self) -> FloatArray:
        """Fees of those who pay in the first edition at cross-side effect 1, CHF, (concept, draw)."""
        return _weighed(self.fee, self.paying)

    @cached_property
    def area(self) -> FloatArray:
        """Net exhibition area by tier as it turns out, m², (tier, concept, edition, draw)."""
        return self.tier_share[:, :, None, :] * (self.area_planned * self.happens)

    @cached_property
    def own(self) -> FloatArray:
        """Delegates of the concept on site, fellows included, (segment, concept, edition, draw)."""
        found = self.willing[:, :, None, :] * self.level
        found[self.fellow_segment] += self.fellows_added
        return found * self.happens

    @cached_property
    def remote(self) -> FloatArray:
        """Remote participants, (segment, concept, edition, draw)."""
        return self.interested[:, :, None, :] * self.remote_level

    @cached_property
    def existing(self) -> FloatArray:
        """Delegates of the existing events, (event, segment, concept, edition, draw)."""
        return self.untouched[:, :, None, None, :] * self.kept[:, None]

    @cached_property
    def portfolio(self) -> FloatArray:
        """Persons reached by ITU's events, on site and remote, (segment, concept, edition, draw)."""
        result: FloatArray = (self.own + self.remote) * self.new[:, None, :] + self.existing.sum(axis=0)
        return result

    @property
    def persons_own(self) -> FloatArray:
        """Delegates of the concept on site and remote, (concept, edition, draw)."""
        result: FloatArray = self.onsite + self.remote_of(np.ones((len(self.willing), 1)))
        return result

    @cached_property
    def persons(self) -> FloatArray:
        """The portfolio without segments, (concept, edition, draw)."""
        every = np.ones((len(self.willing), 1))
        own = (self.onsite + self.remote_of(every)) * self.new[:, None, :]
        result: FloatArray = own + (self.before_of(every)[:, None, None, :] * self.kept).sum(axis=0)
        return result


def _weighed(weight: FloatArray, people: FloatArray) -> FloatArray:
    """Return the sum over segments; a loop is faster than a product of arrays and the same bits for any block."""
    out = np.zeros(people.shape[1:])
    for row in np.flatnonzero(weight.reshape(len(weight), -1).any(axis=1)).tolist():
        out += weight[row] * people[row]
    return out


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


def growth(rate: FloatArray, saturation: FloatArray, editions: FloatArray) -> FloatArray:
    """Return attendance of an edition ÷ that of the first: ``K γ / (K − 1 + γ)``, ``γ = (1 + rate)^editions``.

    The logistic curve in discrete time (Beverton and Holt 1957): growth starts near *rate* and ends at K.

    Parameters
    ----------
    rate : ndarray (draw,)
        0.03 for 3 per cent.
    saturation : ndarray (draw,)
        K, at least 1.
    editions : ndarray (edition,)
        Editions held before.

    Examples
    --------
    >>> growth(np.array([1.0]), np.array([3.0]), np.array([0.0, 1.0, 50.0])).round(6).ravel().tolist()
    [1.0, 1.5, 3.0]
    """
    power = (1 + rate) ** editions[:, None]
    below = saturation - 1 + power
    result: FloatArray = np.divide(saturation * power, below, out=np.zeros_like(below), where=below > 0)
    return result


def _shares(weights: FloatArray) -> FloatArray:
    """Return weights over the first axis as shares that sum to 1 (0 where all are 0)."""
    total = weights.sum(axis=0, keepdims=True)
    result: FloatArray = weights / np.where(total > 0, total, 1.0)
    return result


def _wanted_area(inputs: Inputs) -> tuple[FloatArray, FloatArray]:
    """Return the area that tiers want at their price, and the subsidised part of it, (tier, concept, draw)."""
    demand = np.stack([inputs(f"exhibition.area_{tier}") for tier in TIERS]) * inputs("formats.on_site")
    price, reference = inputs("exhibition.price"), inputs("exhibition.reference_price")
    own = area_response(price, reference, inputs("exhibition.sensitivity"))
    commercial = area_response(np.maximum(price, price[0]), reference, inputs("exhibition.sensitivity"))
    part = inputs("exhibition.subsidised") * np.array([[0.0], [1.0], [1.0]])  # the commercial tier has no rate below
    subsidised = demand * (own * part)[:, None, :]
    return subsidised + demand * (commercial * (1 - part))[:, None, :], subsidised


def ldc_odds(share: FloatArray, supposed: FloatArray) -> FloatArray:
    """Return the odds of the share of least developed countries ÷ the odds that the mix supposes.

    Where each segment has ``r l`` of them in place of ``l``, the others as before, the share *supposed* becomes
    *share*. 1 where the mix has none of them, or nobody else.

    Examples
    --------
    >>> float(ldc_odds(np.array(0.25), np.array(0.2)).round(6))
    1.333333
    """
    below = supposed * (1 - share)
    fixed = (supposed <= 0) | (supposed >= 1)
    result: FloatArray = np.divide(share * (1 - supposed), below, out=np.ones_like(below), where=~fixed)
    return result


def _mix(inputs: Inputs) -> tuple[FloatArray, FloatArray]:
    """Return the shares of segments, (segment, concept, draw), and ``ldc_odds``, (concept, draw)."""
    shares, ldc = _shares(inputs("mix")), inputs("impact.ldc_share")
    supposed = _weighed(ldc, shares)
    odds = ldc_odds(inputs("demand.ldc_share"), supposed)
    shares *= 1 + ldc[:, None, :] * (odds - 1)
    shares /= 1 + supposed * (odds - 1)
    return shares, odds


def _interested(inputs: Inputs) -> tuple[FloatArray, FloatArray]:
    """Return delegates by segment at the reference fee in the first edition, (segment, concept, draw); ``ldc_odds``."""
    forecast = np.concatenate([np.ones((1, inputs.draws)), inputs("demand.realisation")])
    attendance = inputs("demand.attendance") * forecast[inputs.arrays.rows["attendance_from"]]
    days, rooms, at = inputs("programme.days"), inputs("programme.rooms"), inputs("demand.programme_at_attendance")
    programme = np.divide(days * rooms, at, out=np.zeros(attendance.shape), where=at > 0)
    offer = inputs("demand.value_proposition") * programme ** inputs("demand.programme_effect")
    more = inputs("demand.competing") - inputs("demand.competing_at_attendance")
    crowding = (1 - inputs("demand.crowding")) ** inputs.levers.conflict_of(inputs.draws)
    left = (1 - inputs("demand.competition")) ** more * crowding  # (segment, draw)
    shares, odds = _mix(inputs)
    result: FloatArray = shares * left[:, None, :] * (attendance * offer)
    return result, odds


def demand_of(inputs: Inputs) -> Demand:
    """Return demand: fees and prices, then visitors and exhibitors in balance, then overlap with existing events."""
    fee = inputs("fees.standard")[:, None, :] * inputs("fees.level")
    share = (fee > 0) * inputs("fees.paying")
    interested, odds = _interested(inputs)
    paying, willing = np.zeros_like(interested), interested.copy()
    charged = np.flatnonzero(share.any(axis=(1, 2)))  # segments with a fee: the others answer to none
    if len(charged):
        would_pay = interested[charged] * share[charged]
        paying[charged] = would_pay * fee_response(
            fee[charged], inputs("fees.reference"), inputs("fees.scale"), inputs("fees.sensitivity")
        )
        willing[charged] += paying[charged] - would_pay
    everybody = willing.sum(axis=0)[:, None, :]
    grown = growth(inputs("demand.growth") / 100, inputs("demand.saturation"), np.array(inputs.arrays.order))
    planned = inputs("formats.on_site")[:, None, :] * inputs.held
    fellows = inputs("cost.fellowships")[:, None, :] * planned
    added = fellows * inputs("demand.fellow_additional")
    attending = inputs("existing.attendance")
    kept = 1 - np.stack([inputs("demand.loss_wsis"), inputs("demand.loss_ai_for_good")])[:, :, None, :] * (
        inputs.takes_place
    )
    joint = (attending[:, None, None, :] * kept * inputs.joined[:, :, None, :]).sum(axis=0)
    room = np.maximum(inputs("places.capacity_delegates")[:, None, :] - joint, 0.0)
    wanted, subsidised = _wanted_area(inputs)
    space = inputs("places.capacity_area")
    all_tiers = wanted.sum(axis=0)
    found = balance(
        everybody * (grown * planned), added, room,
        (inputs("demand.area_at_attendance"), inputs("exhibition.reference_area"), inputs("exhibition.cross_side")),
        all_tiers, np.minimum(inputs.levers.applied("exhibition.area", space), space),
        (inputs("exhibition.visitors_at_area"), inputs("exhibition.reference_visitors"),
         inputs("exhibition.visitor_effect")),
    )  # fmt: skip
    level = grown * planned * found.effect
    before = everybody * level + added
    fit = np.divide(found.visitors, before, out=np.ones(before.shape), where=before > found.visitors)
    ratio = inputs("formats.remote")[:, None, :] * inputs.held * (1 - inputs.cancelled - inputs.online)
    ratio = ratio + inputs("formats.remote.virtual") * inputs.online
    on_line = (1 - inputs("formats.on_site"))[:, None, :] * (everybody * grown * inputs.held)
    some = np.where(all_tiers > 0, all_tiers, 1.0)
    return Demand(
        fee=fee, willing=willing, paying=paying, interested=interested, level=level * fit, fellows=fellows,
        fellows_added=added * fit, visitors=found.visitors, remote_level=grown * ratio,
        happens=1 - inputs.cancelled - inputs.online, new=1 - inputs("demand.overlap"), inputs=inputs, kept=kept,
        ldc_odds=odds, audience=found.visitors + on_line,
        area_planned=found.area * inputs.held, tier_share=wanted / some, subsidised_share=subsidised / some,
        fellow_segment=inputs.segment("governments_ldc"), residual=found.residual,
    )  # fmt: skip
