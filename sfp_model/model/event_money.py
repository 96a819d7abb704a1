"""Income and cost of an edition by line, net result, fund and subsidy; constant base-year CHF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sfp_model.inputs.event_parameters import PACKAGES
from sfp_model.model.event_demand import Demand, fee_response
from sfp_model.model.event_inputs import Inputs
from sfp_model.model.inputs import FloatArray

__all__ = [
    "COST_IDS", "COST_MODE", "REVENUE_IDS", "REVENUE_MODE", "Money", "draw_on_fund", "money_of", "opening_required",
    "steps",
]  # fmt: skip

REVENUE_IDS = (
    "exhibition_commercial", "exhibition_sme", "exhibition_ldc", "sponsorship", "fees", "subscriptions", "services",
    "uncollected", "displaced", "insurance_claims", "host_cash", "voluntary", "host_in_kind",
)  # fmt: skip
REVENUE_MODE = {**dict.fromkeys(REVENUE_IDS, "cash"), "host_in_kind": "in_kind"}
EARNED = REVENUE_IDS[:9]
COST_IDS = (
    "hall", "rooms", "plenary", "stands", "platform", "interpretation", "translation", "fellowships", "missions",
    "marketing", "security", "posts", "insurance", "governance", "voluntary_support", "staff_additional",
    "staff_absorbed", "hall_in_kind",
)  # fmt: skip
DIRECT = COST_IDS[:15]
INSURED = COST_IDS[:12]
SITE = ("hall", "plenary", "stands", "fellowships", "missions", "security", "posts")  # what only an event on site needs
OTHER = ("rooms", "platform", "interpretation", "translation", "marketing")
COST_MODE = {**dict.fromkeys(COST_IDS, "cash"), "staff_absorbed": "absorbed", "hall_in_kind": "in_kind"}


@dataclass(frozen=True, eq=False)
class Money:
    """Amounts of each edition; (concept, edition, draw), lines with a first axis for the line.

    Attributes
    ----------
    lines : mapping of str to ndarray
        Income and cost by line; see ``revenue_lines`` and ``cost_lines``.
    earned : exhibition, sponsorship, fees and services, less what is not collected and what other events lose.
    revenue : earned, insurance claims, and cash of host and donors.
    income_all : revenue and what the host gives in kind.
    cost_direct, cost_staff, cost : cash other than staff, temporary staff, their sum.
    cost_absorbed, cost_in_kind, cost_full : staff already paid, halls of the host, everything.
    net : revenue − cost.
    fund_draw, subsidy, fund_balance : what a deficit takes from the fund, what is left of it, balance after it.
    floor : ndarray (draw,)
        Below which the fund is not drawn on.
    """

    lines: Mapping[str, FloatArray]
    earned: FloatArray
    revenue: FloatArray
    income_all: FloatArray
    cost_direct: FloatArray
    cost_staff: FloatArray
    cost: FloatArray
    cost_absorbed: FloatArray
    cost_in_kind: FloatArray
    cost_full: FloatArray
    net: FloatArray
    fund_draw: FloatArray
    subsidy: FloatArray
    fund_balance: FloatArray
    floor: FloatArray

    @cached_property
    def opening_required(self) -> FloatArray:
        """Least opening balance of the fund with which no subsidy is needed, (concept, draw)."""
        return opening_required(self.net, self.floor)

    @cached_property
    def revenue_lines(self) -> FloatArray:
        """Income in the order of ``REVENUE_IDS``, (line, concept, edition, draw)."""
        return self._stacked(REVENUE_IDS)

    @cached_property
    def cost_lines(self) -> FloatArray:
        """Cost in the order of ``COST_IDS``, (line, concept, edition, draw)."""
        return self._stacked(COST_IDS)

    def _stacked(self, ids: tuple[str, ...]) -> FloatArray:
        return np.stack([np.broadcast_to(self.lines[key], self.net.shape) for key in ids])


def _total(lines: Mapping[str, FloatArray], ids: Iterable[str], shape: tuple[int, ...]) -> FloatArray:
    """Return the sum of lines, added in their order."""
    out = np.zeros(shape)
    for key in ids:
        out += lines[key]
    return out


def money_of(inputs: Inputs, demand: Demand) -> Money:
    """Return income, cost and result of all concepts."""
    cost = _cost(inputs, demand)
    shape = demand.visitors.shape
    direct = _total(cost, DIRECT, shape)
    cash = direct + cost["staff_additional"]
    revenue = _revenue(inputs, demand, cost, cash)
    revenue["host_in_kind"] = cost["hall_in_kind"]
    earned = _total(revenue, EARNED, shape)
    income = earned + revenue["insurance_claims"] + revenue["host_cash"] + revenue["voluntary"]
    net = income - cash
    floor = inputs("fund.floor")
    drawn, subsidy, balance = draw_on_fund(net, inputs("fund.opening"), floor)
    return Money(
        lines=revenue | cost,
        earned=earned,
        revenue=income,
        income_all=income + revenue["host_in_kind"],
        cost_direct=direct,
        cost_staff=cost["staff_additional"],
        cost=cash,
        cost_absorbed=cost["staff_absorbed"],
        cost_in_kind=cost["hall_in_kind"],
        cost_full=cash + cost["staff_absorbed"] + cost["hall_in_kind"],
        net=net,
        fund_draw=drawn,
        subsidy=subsidy,
        fund_balance=balance,
        floor=floor,
    )


@dataclass(frozen=True, eq=False)
class _Parts:
    """Factors of the cost lines by edition, as an edition turns out; all 1 without risk events.

    Attributes
    ----------
    site : ndarray (concept, edition, draw)
        Lines that a physical event has: paid where it takes place on site, sunk in part where it does not.
    other : ndarray (concept, edition, draw)
        Further cash lines: paid where it takes place, on line too, sunk in part where it is cancelled.
    staff : ndarray (concept, edition, 1)
        Staff are paid in any case.
    learned : ndarray (edition, draw)
        ``(1 − λ)^log2(k + 1)`` after k editions, λ saved at each doubling.
    """

    site: FloatArray
    other: FloatArray
    staff: FloatArray
    learned: FloatArray

    @staticmethod
    def of(inputs: Inputs) -> _Parts:
        sunk, held, off = inputs("risk.sunk"), inputs.held, inputs.cancelled + inputs.online
        saved = (1 - inputs("cost.learning")) ** np.log2(1 + np.array(inputs.arrays.order))[:, None]
        return _Parts(
            site=held * (1 - off * (1 - sunk)), other=held * (1 - inputs.cancelled * (1 - sunk)), staff=held,
            learned=saved,
        )  # fmt: skip


def steps(amount: FloatArray, module: FloatArray) -> FloatArray:
    """Return *amount* rounded up to whole modules; a hair above a whole number does not open another one.

    Examples
    --------
    >>> steps(np.array([0.0, 1.0, 500.0, 501.0]), np.array(500.0)).tolist()
    [0.0, 500.0, 500.0, 1000.0]
    """
    result: FloatArray = np.maximum(np.ceil(amount / module - 1e-9), 0.0) * module
    return result


def _cost(inputs: Inputs, demand: Demand) -> dict[str, FloatArray]:
    """Return the cost lines, each (concept, edition, draw)."""
    parts = _Parts.of(inputs)
    days, rooms = inputs("programme.days")[:, None, :], inputs("programme.rooms")[:, None, :]
    planned = inputs("formats.on_site")[:, None, :]
    own_hall = 1 - inputs("cost.shared_hall")[:, None, :]
    own_platform = 1 - inputs("cost.shared_platform")[:, None, :]
    area, visitors = demand.area_planned, demand.visitors
    gross = area * inputs("exhibition.gross_factor") + visitors * inputs("cost.area_per_delegate")
    halls = steps(gross, inputs("cost.hall_module"))
    hall = halls * (inputs("cost.hall_rent") * (days + inputs("cost.build_up_days")) * own_hall) * parts.site
    given = inputs("places.hall_in_kind")[:, None, :]
    stay = days + inputs("cost.fellow_extra_days")[:, None, :] - inputs("cost.fellow_days")
    posts = steps(visitors, inputs("cost.delegates_per_post")) / inputs("cost.delegates_per_post")
    lines = {
        "hall": hall * (1 - given),
        "rooms": rooms * days * (inputs.rate("room") * own_hall * inputs("formats.rooms")[:, None, :]) * parts.other,
        "plenary": days * inputs("cost.plenary_av") * own_platform * planned * parts.site,
        "stands": area * parts.site
        * (demand.subsidised_share.sum(axis=0) * inputs("exhibition.stand_cost"))[:, None, :],
        "platform": _platform(inputs, rooms * days * own_platform) * parts.learned,
        "interpretation": (inputs("programme.interpreted_rooms")[:, None, :] * days * inputs.rate("interpretation"))
        * (1 - inputs("cost.shared_interpretation")[:, None, :]) * parts.other,
        "translation": (inputs("programme.pages") * inputs("cost.languages") * inputs.rate("translation"))[:, None, :]
        * parts.other,
        "fellowships": demand.fellows * np.maximum(inputs.rate("fellowship") + stay * inputs.rate("dsa"), 0.0)
        * parts.site,
        "missions": (inputs("places.missions") * inputs.rate("mission"))[:, None, :] * planned * parts.site,
        "marketing": (inputs("cost.marketing") * (1 - inputs("cost.shared_marketing")) * inputs("formats.marketing"))[
            :, None, :
        ] * (parts.other * parts.learned),
        "security": visitors * (inputs("cost.security") * days) * parts.site,
        "posts": posts * (inputs("cost.post") * days) * parts.site,
        "governance": inputs("cost.governance") * parts.other,
        "voluntary_support": inputs("income.voluntary") * inputs("income.voluntary_support") * inputs.takes_place,
    }  # fmt: skip
    lines["insurance"] = inputs("cost.insurance") * _total(lines, INSURED, visitors.shape)
    for key in ("staff_additional", "staff_absorbed"):
        rate = inputs.rate(key) * inputs.arrays.per_month[key]
        months = inputs(f"cost.{key}") * (1 - inputs("cost.shared_staff")) * inputs("formats.staff")
        lines[key] = (months * rate)[:, None, :] * (parts.staff * parts.learned)
    lines["hall_in_kind"] = hall * given
    return lines


def _platform(inputs: Inputs, room_days: FloatArray) -> FloatArray:
    """Return platform and streaming: of the format, of a virtual event where it is forced on line; sunk in part."""
    need = inputs("formats.platform")[:, None, :] * inputs.held
    need = need * (1 - inputs.online - inputs.cancelled * (1 - inputs("risk.sunk")))
    need = need + inputs("formats.platform.virtual") * inputs.online
    result: FloatArray = inputs("cost.hybrid_addon") / inputs("cost.addon_room_days") * room_days * need
    return result


def _claims(inputs: Inputs, cost: dict[str, FloatArray]) -> FloatArray:
    """Return what the insurance pays of the sunk cost, (concept, edition, draw)."""
    shape = inputs.online.shape
    if not (inputs.cancelled.any() or inputs.online.any()):
        return np.zeros(shape)
    sunk = (
        _total(cost, SITE, shape) * (inputs.cancelled + inputs.online) + _total(cost, OTHER, shape) * inputs.cancelled
    )
    result: FloatArray = inputs("risk.recovered") * sunk
    return result


def _revenue(inputs: Inputs, demand: Demand, cost: dict[str, FloatArray], cash: FloatArray) -> dict[str, FloatArray]:
    """Return the income lines but the hall in kind, each (concept, edition, draw).

    Sponsors carry at most the share ``sponsorship.cap`` of the cash cost.
    """
    price = inputs("exhibition.price")[:, None, :]
    dearer = np.maximum(price, price[:1])
    rate = demand.subsidised_share * price + (demand.tier_share - demand.subsidised_share) * dearer
    area = demand.area_planned * demand.happens
    exhibition = [area * tier[:, None, :] for tier in rate]
    stays = inputs.held * (1 - inputs.cancelled - inputs.online * (1 - inputs("risk.kept_sponsorship")))
    sponsorship = np.minimum(_packages(inputs, demand), inputs("sponsorship.cap") * cash) * stays
    services = area * inputs("exhibition.services")
    host = (inputs("places.hall_in_kind") > 0) * inputs("income.host_cash")
    fees = demand.fees[:, None, :] * (demand.level * demand.happens)
    digital = fee_response(
        inputs("income.digital_price"), np.zeros(1), inputs("fees.scale"), inputs("fees.sensitivity")
    ) * (inputs("income.digital_price") * inputs("income.digital_share"))
    subscriptions = np.zeros(cash.shape)
    if digital.any():
        subscriptions = demand.remote_of(np.ones((len(inputs.arrays.segments), 1))) * digital
    return {
        "exhibition_commercial": exhibition[0],
        "exhibition_sme": exhibition[1],
        "exhibition_ldc": exhibition[2],
        "sponsorship": sponsorship,
        "fees": fees,
        "subscriptions": subscriptions,
        "services": services,
        "uncollected": -inputs("income.uncollected") * (exhibition[0] + exhibition[1] + exhibition[2] + sponsorship
                                                        + services),
        "displaced": -inputs("sponsorship.displaced")[:, None, :] * sponsorship,
        "insurance_claims": _claims(inputs, cost),
        "host_cash": host[:, None, :] * inputs.takes_place,
        "voluntary": inputs("income.voluntary") * inputs.takes_place,
    }  # fmt: skip


def _packages(inputs: Inputs, demand: Demand) -> FloatArray:
    """Return the price of the packages taken up, (concept, edition, draw): each tier to its limit.

    ``min(limit, sold · format · (audience ÷ visitors supposed)^ψ)``.
    """
    supposed = inputs("exhibition.visitors_at_area")[:, None, :]
    more = np.divide(demand.audience, supposed, out=np.zeros_like(demand.audience), where=supposed > 0)
    more = more ** inputs("sponsorship.visitor_effect") * inputs("formats.sponsorship")[:, None, :]
    limit, price = inputs("sponsorship.limit"), inputs("sponsorship.price")
    out = np.zeros_like(more)
    for tier, key in enumerate(PACKAGES):
        taken = more * inputs(f"sponsorship.sold_{key}")[:, None, :]
        np.minimum(taken, limit[tier], out=taken)
        taken *= price[tier]
        out += taken
    return out


def draw_on_fund(net: FloatArray, opening: FloatArray, floor: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what deficits take from the fund, the subsidy for the rest, and the balance, edition by edition.

    A surplus fills the fund; a deficit takes what stands above the floor first. Per draw, never on averages.

    Parameters
    ----------
    net : ndarray (concept, edition, draw)
    opening, floor : ndarray (draw,)

    Examples
    --------
    >>> drawn, subsidy, balance = draw_on_fund(np.array([[[-3.0], [2.0], [-5.0]]]), np.array([1.0]), np.array([0.0]))
    >>> drawn.ravel().tolist(), subsidy.ravel().tolist(), balance.ravel().tolist()
    ([1.0, 0.0, 2.0], [2.0, 0.0, 3.0], [0.0, 2.0, 0.0])
    """
    drawn, subsidy, balance = np.zeros_like(net), np.zeros_like(net), np.zeros_like(net)
    level = np.broadcast_to(opening, (net.shape[0], net.shape[2]))
    for edition in range(net.shape[1]):
        deficit = np.maximum(-net[:, edition], 0.0)
        drawn[:, edition] = np.minimum(deficit, np.maximum(level - floor, 0.0))
        subsidy[:, edition] = deficit - drawn[:, edition]
        level = level - drawn[:, edition] + np.maximum(net[:, edition], 0.0)
        balance[:, edition] = level
    return drawn, subsidy, balance


def opening_required(net: FloatArray, floor: FloatArray) -> FloatArray:
    """Return the least opening balance with which no edition needs a subsidy: ``max(0, floor − S_k)``.

    S is the running sum of net results; the maximum is taken over the editions k with a deficit. The fund may be
    filled again by a surplus, but a surplus that comes later does not pay an earlier deficit.

    Parameters
    ----------
    net : ndarray (concept, edition, draw)
    floor : ndarray (draw,)

    Returns
    -------
    ndarray (concept, draw)
        0 where there is no deficit to pay.

    Examples
    --------
    >>> opening_required(np.array([[[-3.0], [2.0], [-5.0]]]), np.array([0.0])).tolist()
    [[6.0]]
    """
    needed = np.where(net < 0, floor - np.cumsum(net, axis=1), 0.0)
    result: FloatArray = np.maximum(needed.max(axis=1), 0.0)
    return result
