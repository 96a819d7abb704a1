"""What a planner may decide about an edition: levers that take the place of parameters of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
    "digital_price": ("income.digital_price", False),
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
    digital_price, host_cash, opening_fund : CHF at base-year prices.
    fee_by_segment : mapping of segment to factor
        Of the standard fee of a segment, on top of *fee*.
    conflict : major ITU events
        More (fewer where negative) in the month of the edition than at the date that the attendance supposes.
    cancelled, forced_virtual : tuple of year
        Editions that do not take place, or are forced on line, whatever the draw says.

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
    digital_price: Lever = None
    host_cash: Lever = None
    opening_fund: Lever = None
    fee_by_segment: Mapping[str, Lever] = field(default_factory=dict)
    conflict: Lever = None
    cancelled: tuple[int, ...] = ()
    forced_virtual: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no edition can be.

        Raises
        ------
        UsageError
            If a lever is negative or not a number, or a share above 1.
        """
        named = {name: getattr(self, name) for name in (*LEVERS, "conflict")}
        named |= {f"fee_by_segment[{key}]": value for key, value in self.fee_by_segment.items()}
        for name, value in named.items():
            if value is None:
                continue
            numbers = np.asarray(value, dtype=np.float64)
            least = -np.inf if name == "conflict" else 0.0
            most = 1.0 if name in ("subsidised", "sponsorship_cap") else np.inf
            if numbers.ndim > 1 or not bool(np.all((numbers >= least) & (numbers <= most))):
                raise UsageError(f"lever {name} must be one number, or one per draw, from {least:g} to {most:g}")

    @staticmethod
    def of(settings: Mapping[str, Lever]) -> Levers:
        """Return levers from numbers by name, for searches and sweeps.

        Raises
        ------
        UsageError
            If there is no such lever.

        Examples
        --------
        >>> Levers.of({"fee": 0.5}).fee
        0.5
        """
        allowed = (*LEVERS, "conflict")
        if unknown := [name for name in settings if name not in allowed]:
            raise UsageError(f"no lever {unknown[0]!r}; levers are {', '.join(allowed)}")
        named: dict[str, Any] = dict(settings)
        return Levers(**named)

    def applied(self, parameter: str, found: FloatArray, segments: Sequence[str] = ()) -> FloatArray:
        """Return the values *found* in the file for *parameter*, (…, draw), with the lever applied.

        Raises
        ------
        UsageError
            If there is no segment whose fee a lever changes.
        """
        if parameter == "fees.standard" and self.fee_by_segment:
            return self._fees(found.copy(), segments)
        lever = _BY_PARAMETER.get(parameter)
        value = None if lever is None else getattr(self, lever)
        if lever is None or value is None:
            return found
        numbers = np.asarray(value, dtype=np.float64)
        if LEVERS[lever][1]:
            return found * numbers
        result: FloatArray = np.broadcast_to(numbers, found.shape)
        return result

    def _fees(self, found: FloatArray, segments: Sequence[str]) -> FloatArray:
        for name, factor in self.fee_by_segment.items():
            if name not in segments:
                raise UsageError(f"lever fee_by_segment: no segment {name!r}; segments are {', '.join(segments)}")
            found[segments.index(name)] *= np.asarray(1.0 if factor is None else factor)
        return found

    def conflict_of(self, draws: int) -> FloatArray:
        """Return the further ITU events in the month of the edition, (draw,)."""
        value = 0.0 if self.conflict is None else self.conflict
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (draws,))


_BY_PARAMETER = {parameter: lever for lever, (parameter, _) in LEVERS.items()}
