"""What a good analyst would write in NumPy for these arrays alone: one draw, the chosen concept, no labels, no options.

The opponent of ``python -m benchmarks.model``. The formulas are those of ``docs/methods/cost.md`` and ``event.md``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sfp_model.model.arrays import DERIVED, RECURRING, Arrays

__all__ = ["need", "subsidy"]

Vector = np.ndarray[Any, np.dtype[np.float64]]


def need(arrays: Arrays) -> Vector:
    """Return nominal additional need by initiative and year, the event's subsidy included."""
    value, lines, actions, groups = arrays.inputs.base, arrays.lines, arrays.actions, arrays.groups.columns
    unit = value[lines.quantity] * lines.factor * value[lines.rate] * lines.price
    start, length = actions.start.copy(), actions.duration.copy()
    for i in actions.order:
        for before in actions.after[i]:
            start[i] = max(start[i], start[before] + length[before])
    for i in np.flatnonzero(actions.spans_plan):
        others = (actions.programme == actions.programme[i]) & ~actions.spans_plan
        start[i] = min(start[i], start[others].min())
        length[i] = max((start[others] + length[others]).max() - start[i], 0.0)
    stretch = np.where(actions.spans_plan, length / np.maximum(actions.duration, 1e-9), 1.0)
    fixed = groups.action < 0
    scale = np.where(fixed, 1.0, stretch[groups.action])
    origin = np.where(fixed, 0.0, start[groups.action])
    begin = origin + groups.begin * scale
    end = origin + np.where(np.isnan(groups.end), actions.duration[groups.action], groups.end) * scale
    recurring = groups.shape == RECURRING
    end = np.where(recurring & np.isnan(groups.end), arrays.periods.horizon, end)
    edges = arrays.periods.edges
    u = np.clip((edges - begin[:, None]) / np.maximum(end - begin, 1e-9)[:, None], 0, 1)
    shape = groups.shape[:, None]
    phi = np.where(
        shape == 1, 1 - (1 - u) ** 2, np.where(shape == 2, u**2, np.where(shape == 3, u * u * (3 - 2 * u), u))
    )
    weight = np.diff(phi, axis=1)
    weight[recurring] *= ((end - begin) * groups.scale)[recurring, None]
    own = np.flatnonzero(groups.driven)  # a number of its own in each year
    if len(own):
        year = np.clip((np.maximum(edges[:-1], 0.0) // 12).astype(int), 0, groups.yearly.shape[1] - 1)
        weight[own] *= groups.yearly[own][:, year]
    derived = np.flatnonzero(groups.shape == DERIVED)
    weight[derived] = 0.0
    if len(derived) and arrays.event.own is not None:  # the subsidy: an amount in the month of each edition, no share
        weight[derived[0], arrays.periods.starts[list(arrays.event.own.periods)]] = subsidy(arrays)
        unit[arrays.subsidy_line] = 1.0
    weight *= (arrays.index[:, arrays.groups.escalation] * arrays.ratio[:, arrays.groups.currency]).T
    months = np.add.reduceat(weight, arrays.periods.starts, axis=1)
    years = np.add.reduceat(months, [0, *range(1, months.shape[1] - 1, 12), months.shape[1] - 1], axis=1)
    cash = lines.funding == arrays.names["funding"].index("additional")
    out = np.zeros((len(arrays.names["initiative"]), years.shape[1]))
    np.add.at(out, lines.initiative[cash], unit[cash, None] * years[lines.group[cash]])
    return out


def subsidy(arrays: Arrays) -> Vector:
    """Return what the regular budget pays of each edition of the chosen concept, constant CHF."""
    event, value = arrays.event.own, arrays.inputs.base
    rows, scale = event.rows, event.scale

    def v(name: str) -> Any:
        return value[rows[name]] * scale[name] if name in scale else value[rows[name]]

    def rate(use: str) -> Any:
        row, factor = event.rates[use]
        return value[row] * factor

    order = np.array(event.order)
    on_site, days, rooms = v("formats.on_site"), v("programme.days"), v("programme.rooms")
    # who would come
    fee = v("fees.standard") * v("fees.level")
    share = (fee > 0) * v("fees.paying")
    realised = np.concatenate([[1.0], v("demand.realisation")])[rows["attendance_from"]]
    offer = v("demand.value_proposition") * (days * rooms / v("demand.programme_at_attendance")) ** v(
        "demand.programme_effect"
    )
    left = (1 - v("demand.competition")) ** (v("demand.competing") - v("demand.competing_at_attendance"))
    mix, ldc = v("mix")[:, 0], v("impact.ldc_share")
    mix = mix / mix.sum()
    supposed, wished = ldc @ mix, v("demand.ldc_share")
    more = wished * (1 - supposed) / (supposed * (1 - wished)) - 1 if 0 < supposed < 1 else 0.0
    mix = mix * (1 + ldc * more) / (1 + supposed * more)
    interested = mix * left * v("demand.attendance") * realised * offer
    would_pay = interested * share
    sensitivity, per = v("fees.sensitivity"), v("fees.scale")
    paying = would_pay * np.exp(-sensitivity * (fee - v("fees.reference")) / per)
    willing = (interested + paying - would_pay).sum()
    power, most = (1 + v("demand.growth") / 100) ** order, v("demand.saturation")
    grown = most * power / (most - 1 + power)
    fellows = v("cost.fellowships") * on_site
    added = fellows * v("demand.fellow_additional")
    kept = 1 - np.concatenate([v("demand.loss_wsis"), v("demand.loss_ai_for_good")])
    room = max(v("places.capacity_delegates")[0] - (v("existing.attendance") * kept * rows["joined"][:, 0]).sum(), 0.0)
    # who would exhibit
    area = np.concatenate([v("exhibition.area_commercial"), v("exhibition.area_sme"), v("exhibition.area_ldc")])
    price, at = v("exhibition.price"), v("exhibition.reference_price")
    dearer, elasticity = np.maximum(price, price[0]), v("exhibition.sensitivity")
    part = v("exhibition.subsidised") * np.array([0.0, 1.0, 1.0])
    subsidised = area * on_site * np.exp(-elasticity * (price - at) / at) * part
    wanted = subsidised + area * on_site * np.exp(-elasticity * (dearer - at) / at) * (1 - part)
    tiers, space = wanted.sum(), v("places.capacity_area")
    # visitors and exhibitors draw each other
    theta, phi = v("exhibition.cross_side"), v("exhibition.visitor_effect")
    per_area, per_visitor = v("exhibition.reference_area"), v("exhibition.reference_visitors")
    steady = willing * grown * on_site * (1 + v("demand.area_at_attendance") / per_area) ** -theta
    drawn = tiers * (1 + v("exhibition.visitors_at_area") / per_visitor) ** -phi
    visitors = np.minimum(room, willing * grown * on_site + added)
    for _ in range(8):
        size = np.minimum(space, drawn * (1 + visitors / per_visitor) ** phi)
        unlimited = steady * (1 + size / per_area) ** theta + added
        visitors = np.minimum(room, unlimited)
    level = (unlimited - added) / willing * visitors / unlimited
    # cost
    learned = (1 - v("cost.learning")) ** np.log2(1 + order)
    own_hall, own_platform = 1 - v("cost.shared_hall"), 1 - v("cost.shared_platform")
    module, given = v("cost.hall_module"), v("places.hall_in_kind")
    gross = size * v("exhibition.gross_factor") + visitors * v("cost.area_per_delegate")
    halls = np.maximum(np.ceil(gross / module - 1e-9), 0) * module
    hall = halls * v("cost.hall_rent") * (days + v("cost.build_up_days")) * own_hall
    stay = days + v("cost.fellow_extra_days") - v("cost.fellow_days")
    posts = np.maximum(np.ceil(visitors / v("cost.delegates_per_post") - 1e-9), 0)
    platform = v("cost.hybrid_addon") / v("cost.addon_room_days") * rooms * days * own_platform * v("formats.platform")
    insured = (
        hall * (1 - given)
        + rooms * days * rate("room") * own_hall * v("formats.rooms")
        + days * v("cost.plenary_av") * own_platform * on_site
        + size * subsidised.sum() / tiers * v("exhibition.stand_cost")
        + platform * learned
        + v("programme.interpreted_rooms") * days * rate("interpretation") * (1 - v("cost.shared_interpretation"))
        + v("programme.pages") * v("cost.languages") * rate("translation")
        + fellows * np.maximum(rate("fellowship") + stay * rate("dsa"), 0)
        + v("places.missions") * rate("mission") * on_site
        + v("cost.marketing") * (1 - v("cost.shared_marketing")) * v("formats.marketing") * learned
        + visitors * v("cost.security") * days
        + posts * v("cost.post") * days
    )
    voluntary = v("income.voluntary")
    direct = insured * (1 + v("cost.insurance")) + v("cost.governance") + voluntary * v("income.voluntary_support")
    months = v("cost.staff_additional") * (1 - v("cost.shared_staff")) * v("formats.staff")
    cash = direct + months * rate("staff_additional") * event.per_month["staff_additional"] * learned
    # income
    sold = (subsidised * price + (wanted - subsidised) * dearer).sum() / tiers * size
    audience = visitors + (1 - on_site) * willing * grown
    reach = (audience / v("exhibition.visitors_at_area")) ** v("sponsorship.visitor_effect")
    takers = reach * v("formats.sponsorship")
    packages = sum(
        np.minimum(takers * v(f"sponsorship.sold_{tier}"), limit) * chf
        for tier, limit, chf in zip(
            ("platinum", "gold", "silver", "bronze"), v("sponsorship.limit"), v("sponsorship.price"), strict=True
        )
    )
    sponsors = np.minimum(packages, v("sponsorship.cap") * cash)
    invoiced = sold + sponsors + size * v("exhibition.services")
    digital = v("income.digital_price")
    subscribed = np.exp(-sensitivity * digital / per) * digital * v("income.digital_share")
    remote = interested.sum() * grown * v("formats.remote")
    net = (
        invoiced * (1 - v("income.uncollected"))
        - v("sponsorship.displaced") * sponsors
        + (fee * paying).sum() * level
        + remote * subscribed
        + (given > 0) * v("income.host_cash")
        + voluntary
        - cash
    )
    # the fund pays first
    fund, floor = float(v("fund.opening")), float(v("fund.floor"))
    out = np.zeros(len(net))
    for edition, result in enumerate(net):
        taken = min(max(-result, 0.0), max(fund - floor, 0.0))
        out[edition] = max(-result, 0.0) - taken
        fund += max(result, 0.0) - taken
    return out
