"""Income and cost of an edition by line, net result, fund and subsidy; constant base-year CHF."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfp_model.inputs.event_parameters import PACKAGES
from sfp_model.model.event_demand import Demand
from sfp_model.model.event_inputs import Inputs
from sfp_model.model.inputs import FloatArray

__all__ = ["COST_IDS", "COST_MODE", "REVENUE_IDS", "REVENUE_MODE", "Money", "draw_on_fund", "money_of"]

REVENUE_IDS = (
    "exhibition_commercial", "exhibition_sme", "exhibition_ldc", "sponsorship", "fees", "services",
    "uncollected", "displaced", "host_cash", "voluntary", "host_in_kind",
)  # fmt: skip
REVENUE_MODE = {**dict.fromkeys(REVENUE_IDS, "cash"), "host_in_kind": "in_kind"}
EARNED = REVENUE_IDS[:8]
COST_IDS = (
    "hall", "rooms", "stands", "platform", "interpretation", "translation", "fellowships", "missions", "marketing",
    "security", "insurance", "voluntary_support", "staff_additional", "staff_absorbed", "hall_in_kind",
)  # fmt: skip
DIRECT = COST_IDS[:12]
COST_MODE = {**dict.fromkeys(COST_IDS, "cash"), "staff_absorbed": "absorbed", "hall_in_kind": "in_kind"}


@dataclass(frozen=True, eq=False)
class Money:
    """Amounts of each edition; (concept, edition, draw), lines with a first axis for the line.

    Attributes
    ----------
    revenue_lines, cost_lines : ndarray (line, concept, edition, draw)
        In the order of ``REVENUE_IDS`` and ``COST_IDS``.
    earned : exhibition, sponsorship, fees and services, less what is not collected and what other events lose.
    revenue : earned and cash of host and donors.
    income_all : revenue and what the host gives in kind.
    cost_direct, cost_staff, cost : cash other than staff, temporary staff, their sum.
    cost_absorbed, cost_in_kind, cost_full : staff already paid, halls of the host, everything.
    net : revenue − cost.
    fund_draw, subsidy, fund_balance : what a deficit takes from the fund, what is left of it, balance after it.
    """

    revenue_lines: FloatArray
    cost_lines: FloatArray
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


def money_of(inputs: Inputs, demand: Demand) -> Money:
    """Return income, cost and result of all concepts."""
    cost = _cost(inputs, demand)
    direct = np.sum([cost[key] for key in DIRECT], axis=0)
    cash = direct + cost["staff_additional"]
    revenue = _revenue(inputs, demand, cash)
    revenue["host_in_kind"] = cost["hall_in_kind"]
    earned = np.sum([revenue[key] for key in EARNED], axis=0)
    income = earned + revenue["host_cash"] + revenue["voluntary"]
    net = income - cash
    drawn, subsidy, balance = draw_on_fund(net, inputs("fund.opening"), inputs("fund.floor"))
    return Money(
        revenue_lines=np.stack([revenue[key] for key in REVENUE_IDS]),
        cost_lines=np.stack([cost[key] for key in COST_IDS]),
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
    )


def _editions(inputs: Inputs, amount: FloatArray) -> FloatArray:
    """Return an amount (concept, draw) that is the same in each edition as (concept, edition, draw)."""
    result: FloatArray = np.broadcast_to(amount[:, None, :], (amount.shape[0], inputs.editions, inputs.draws))
    return result


def _cost(inputs: Inputs, demand: Demand) -> dict[str, FloatArray]:
    """Return the cost lines, each (concept, edition, draw)."""
    days, rooms = inputs("programme.days"), inputs("programme.rooms")
    on_site = inputs("formats.on_site")
    own_hall = 1 - inputs("cost.shared_hall")
    own_staff = 1 - inputs("cost.shared_staff")
    stands_area = demand.subsidised.sum(axis=0)
    gross = (demand.area.sum(axis=0) * inputs("exhibition.gross_factor"))[:, None, :]
    gross = gross + demand.onsite * inputs("cost.area_per_delegate")
    hall_days = inputs("cost.hall_rent") * (days + inputs("cost.build_up_days")) * own_hall
    hall = gross * hall_days[:, None, :]
    given = inputs("places.hall_in_kind")[:, None, :]
    room_days = rooms * days
    voluntary = inputs("income.voluntary") * inputs.held

    def fixed(amount: FloatArray) -> FloatArray:
        return _editions(inputs, amount)

    lines = {
        "hall": hall * (1 - given),
        "rooms": fixed(room_days * inputs.rate("room") * own_hall),
        "stands": fixed(stands_area * inputs("exhibition.stand_cost")),
        "platform": fixed(
            inputs("cost.hybrid_addon") * room_days / inputs("cost.addon_room_days")
            * inputs("formats.platform") * (1 - inputs("cost.shared_platform"))
        ),
        "interpretation": fixed(
            inputs("programme.interpreted_rooms") * days * inputs.rate("interpretation")
            * (1 - inputs("cost.shared_interpretation"))
        ),
        "translation": fixed(inputs("programme.pages") * inputs("cost.languages") * inputs.rate("translation")),
        "fellowships": fixed(demand.fellows * inputs.rate("fellowship")),
        "missions": fixed(inputs("places.missions") * on_site * inputs.rate("mission")),
        "marketing": fixed(inputs("cost.marketing") * (1 - inputs("cost.shared_marketing"))),
        "security": demand.onsite * (inputs("cost.security") * days)[:, None, :],
        "voluntary_support": fixed(voluntary * inputs("income.voluntary_support")),
    }  # fmt: skip
    lines["insurance"] = inputs("cost.insurance") * np.sum(
        [lines[key] for key in DIRECT if key not in ("insurance", "voluntary_support")], axis=0
    )
    for key in ("staff_additional", "staff_absorbed"):
        rate = inputs.rate(key) * inputs.arrays.per_month[key]
        lines[key] = fixed(inputs(f"cost.{key}") * own_staff * rate)
    lines["hall_in_kind"] = hall * given
    return lines


def _revenue(inputs: Inputs, demand: Demand, cash_cost: FloatArray) -> dict[str, FloatArray]:
    """Return the income lines but the hall in kind, each (concept, edition, draw).

    Sponsors carry at most the share ``sponsorship.cap`` of the cash cost.
    """
    price = inputs("exhibition.price")[:, None, :]
    exhibition = demand.subsidised * price + (demand.area - demand.subsidised) * np.maximum(price, price[:1])
    sold = np.stack([inputs(f"sponsorship.sold_{key}") for key in PACKAGES])
    packages = np.minimum(sold, inputs("sponsorship.limit")[:, None, :])
    wanted = (packages * inputs("sponsorship.price")[:, None, :]).sum(axis=0)
    sponsorship = np.minimum(_editions(inputs, wanted), inputs("sponsorship.cap") * cash_cost)
    area = _editions(inputs, demand.area.sum(axis=0))
    services = area * inputs("exhibition.services")
    host = (inputs("places.hall_in_kind") > 0) * inputs("income.host_cash")
    invoiced = _editions(inputs, exhibition.sum(axis=0)) + sponsorship + services
    return {
        "exhibition_commercial": _editions(inputs, exhibition[0]),
        "exhibition_sme": _editions(inputs, exhibition[1]),
        "exhibition_ldc": _editions(inputs, exhibition[2]),
        "sponsorship": sponsorship,
        "fees": (demand.payers * demand.fee[:, :, None, :]).sum(axis=0),
        "services": services,
        "uncollected": -inputs("income.uncollected") * invoiced,
        "displaced": -inputs("sponsorship.displaced")[:, None, :] * sponsorship,
        "host_cash": _editions(inputs, host),
        "voluntary": _editions(inputs, inputs("income.voluntary") * inputs.held),
    }


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
