"""What a planner may decide about an edition: levers that take the place of parameters of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["LEVERS", "Lever", "Levers"]

Lever = float | FloatArray | None

# Lever → parameter that it changes, and whether it multiplies the value of the file or takes its place.
LEVERS: Mapping[str, tuple[str, bool]] = {
    "attendance": ("demand.attendance", True),
    "fee": ("fees.level", True),
    "price": ("exhibition.price", True),
    "area": ("exhibition.area", False),
    "subsidised": ("exhibition.subsidised", False),
    "fellowships": ("cost.fellowships", False),
    "sponsorship_cap": ("sponsorship.cap", False),
    "days": ("programme.days", False),
    "host_cash": ("income.host_cash", False),
    "opening_fund": ("fund.opening", False),
}


@dataclass(frozen=True, eq=False)
class Levers:
    """Levers of an edition; each is a number, or one number per draw, or ``None`` for what the file says.

    To sweep a lever over a base estimate, repeat the base values as draws and give the lever an array: one
    evaluation then answers for all its settings.

    Attributes
    ----------
    attendance, fee, price : factor
        Of the attendance, of all fees, of all exhibition prices in the file.
    area : m²
        Most net exhibition area that is offered.
    subsidised : share
        SME and LDC stands at their own rate with a stand; the others of these tiers would pay the commercial price
        of bare floor, and most of them stay away.
    fellowships : trips; sponsorship_cap : share of the cash cost; days : day.
    host_cash, opening_fund : CHF at base-year prices.

    Examples
    --------
    >>> import numpy as np
    >>> from sfp_model.inputs import load_plan
    >>> from sfp_model.model import base, compile
    >>> from sfp_model.model.event import evaluate_event
    >>> arrays = compile(load_plan(None, None))
    >>> values = np.repeat(base(arrays).array, 3, axis=1)
    >>> found = evaluate_event(arrays.event, values, Levers(fellowships=np.array([0.0, 20.0, 40.0])))
    >>> bool((np.diff(found.net[arrays.event.chosen].sum(axis=0)) < 0).all())
    True
    """

    attendance: Lever = None
    fee: Lever = None
    price: Lever = None
    area: Lever = None
    subsidised: Lever = None
    fellowships: Lever = None
    sponsorship_cap: Lever = None
    days: Lever = None
    host_cash: Lever = None
    opening_fund: Lever = None

    def __post_init__(self) -> None:
        """Refuse what no edition can be.

        Raises
        ------
        UsageError
            If a lever is negative or not a number, or a share above 1.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None:
                continue
            numbers = np.asarray(value, dtype=np.float64)
            most = 1.0 if field.name in ("subsidised", "sponsorship_cap") else np.inf
            if numbers.ndim > 1 or not bool(np.all((numbers >= 0) & (numbers <= most))):
                raise UsageError(f"lever {field.name} must be one number, or one per draw, from 0 to {most:g}")

    def applied(self, parameter: str, found: FloatArray) -> FloatArray:
        """Return the values *found* in the file for *parameter*, (…, draw), with the lever applied."""
        lever = _BY_PARAMETER.get(parameter)
        value = None if lever is None else getattr(self, lever)
        if lever is None or value is None:
            return found
        numbers = np.asarray(value, dtype=np.float64)
        if LEVERS[lever][1]:
            return found * numbers
        result: FloatArray = np.broadcast_to(numbers, found.shape)
        return result


_BY_PARAMETER = {parameter: lever for lever, (parameter, _) in LEVERS.items()}
