"""The same plan with other risks: a response taken, no register, another tail of its reference classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from sfp_model.errors import UsageError
from sfp_model.inputs.digest import digest
from sfp_model.inputs.plan import Plan, Value

__all__ = ["tailed_classes", "with_high_cap", "with_overrun_tail", "with_response", "without_risks"]

_START = "overrun_classes."


def with_response(plan: Plan, risk: str, taken: bool = True) -> Plan:
    """Return *plan* with the response to a risk taken (or not): its cost is then certain, and less of the risk is left.

    Raises
    ------
    UsageError
        If there is no such risk.
    """
    if risk not in plan.risks:
        raise UsageError(f"no risk {risk!r}; risks are {', '.join(plan.risks)}")
    item = plan.risks[risk]
    if item.response.taken == taken:
        return plan
    changed = MappingProxyType({**plan.risks, risk: replace(item, response=replace(item.response, taken=taken))})
    return replace(plan, risks=changed, digest=digest((plan.digest, "response", risk, taken)))


def without_risks(plan: Plan) -> Plan:
    """Return *plan* without its risk register."""
    return replace(plan, risks=MappingProxyType({}), digest=digest((plan.digest, "without risks")))


def tailed_classes(plan: Plan) -> tuple[str, ...]:
    """Return the reference classes that have a power-law tail.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> tailed_classes(load_plan())
    ('process_and_it',)
    """
    ends = "tail_shape"
    return tuple(key[len(_START) : -len(ends) - 1] for key in plan.settings.values
                 if key.startswith(_START) and key.endswith(f".{ends}"))  # fmt: skip


def with_overrun_tail(plan: Plan, cap: float | None = None, shift: float | None = None) -> Plan:
    """Return *plan* with the tail of its classes capped at *cap* and the body below the tail moved up by *shift*.

    The body are the pieces below the start of the tail; they keep their shares, and the last one still ends where the
    tail starts.

    Parameters
    ----------
    plan : Plan
    cap : float, optional
        Largest ratio of actual to estimated cost; by default as the class declares it.
    shift : float, optional
        Added to the edges of the pieces; by default as the class declares it, 0 where it does not.

    Raises
    ------
    UsageError
        If the cap is below the start of a tail, or the shift moves the body into it or below 0.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> plan = with_overrun_tail(load_plan(), cap=100)
    >>> values = plan.settings.values
    >>> [values[f"overrun_classes.process_and_it.{key}"].estimate.mode for key in ("cap", "shift")]
    [100.0, 0.07]
    """
    values = dict(plan.settings.values)
    for name in tailed_classes(plan):
        start = values[f"{_START}{name}.tail_start"].estimate.mode
        old, moved = values[f"{_START}{name}.cap"], values.get(f"{_START}{name}.shift")
        top = old.estimate.mode if cap is None else cap
        step = shift if shift is not None else moved.estimate.mode if moved is not None else 0.0
        if top < start:
            raise UsageError(f"a cap of {top:g} is below the start of the tail of {name} ({start:g})")
        lower = values[f"{_START}{name}.lower"].estimate.mode
        if lower + step < 0 or 1.5 + step > start:
            raise UsageError(f"a shift of {step:g} moves the body of {name} below 0 or above the start of its tail")
        values |= dict(_set(old, ((f"{_START}{name}.cap", top), (f"{_START}{name}.shift", step))))
    settings = replace(plan.settings, values=MappingProxyType(values))
    return replace(plan, settings=settings, digest=digest((plan.digest, "overrun tail", cap, shift)))


def _set(old: Value, numbers: tuple[tuple[str, float], ...]) -> Iterator[tuple[str, Value]]:
    for path, number in numbers:
        estimate = replace(old.estimate, low=float(number), mode=float(number), high=float(number))
        yield path, replace(old, path=path, estimate=estimate, basis="set for a comparison")


def with_high_cap(plan: Plan) -> Plan:
    """Return *plan* with the higher cap of the tail that it declares; the same plan where it declares none.

    ``overrun_classes.<class>.high_cap`` of the first class with a tail that has one.
    """
    for name in tailed_classes(plan):
        cap = plan.settings.values.get(f"{_START}{name}.high_cap")
        if cap is not None:
            return with_overrun_tail(plan, cap.estimate.mode)
    return plan
