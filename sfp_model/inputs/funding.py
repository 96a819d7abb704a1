"""Funding as the parameters state it: sources in order, support cost, the illustrative ceiling, classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from sfp_model.inputs.plan import Plan, Value

if TYPE_CHECKING:
    from sfp_model.inputs.context import Problem

__all__ = ["DIVISORS", "ONCE", "YEARLY", "FundingFrame", "FundingSource", "funding_of", "funding_problems"]

ONCE, YEARLY = "CHF", "CHF/year"
DIVISORS = ("contributory_unit", "contributory_units", "unit_equivalents", "four_year_plan")
"""Numbers of the section ``funding`` by which amounts are divided: above 0."""
_SOURCES, _SUPPORT, _CLASSES = "funding.sources.", "funding.support_cost.", "funding.classes."


@dataclass(frozen=True, slots=True)
class FundingSource:
    """A source of funding after the regular budget.

    Attributes
    ----------
    id, title : str
    value : Value
        CHF once, drawn until it is used up, or CHF a year. 0 where there is no evidence.
    support : float
        Support cost as a share of what the source pays for; 0 for most.
    """

    id: str
    title: str
    value: Value
    support: float

    @property
    def yearly(self) -> bool:
        """Whether the amount comes every year."""
        return self.value.unit == YEARLY

    @property
    def amount(self) -> float:
        """CHF, once or a year."""
        return self.value.estimate.mode

    @property
    def evidenced(self) -> bool:
        """Whether there is anything to show for the amount."""
        return self.amount > 0


@dataclass(frozen=True, slots=True)
class FundingFrame:
    """How a plan may be paid for.

    Attributes
    ----------
    ceilings : mapping of str to float
        ``low``, ``centre``, ``high``: illustrative ceiling in CHF for a biennium, nominal; empty if none is declared.
    sources : tuple of FundingSource
        In the order in which they are drawn.
    classes : mapping of str to float
        Class of contribution to units.
    numbers : mapping of str to Value
        ``contributory_unit``, ``contributory_units``, ``unit_equivalents``, ``four_year_plan`` … where declared.
    """

    ceilings: Mapping[str, float]
    sources: tuple[FundingSource, ...]
    classes: Mapping[str, float]
    numbers: Mapping[str, Value]


def funding_of(plan: Plan) -> FundingFrame:
    """Return the funding of *plan* from its values ``funding.…``.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> frame = funding_of(load_plan())
    >>> round(frame.ceilings["centre"]), frame.sources[-2].id, frame.sources[-2].support
    (2921553, 'voluntary', 0.13)
    """

    def below(prefix: str) -> dict[str, Value]:
        values = plan.settings.values
        return {path.removeprefix(prefix): value for path, value in values.items() if path.startswith(prefix)}

    support = below(_SUPPORT)
    sources = tuple(
        FundingSource(key, v.title or key, v, support[key].estimate.mode if key in support else 0.0)
        for key, v in below(_SOURCES).items()
    )
    numbers = {key: value for key, value in below("funding.").items() if "." not in key}
    share, budget = numbers.get("ceiling_share"), numbers.get("biennial_budget")
    ceilings: dict[str, float] = {}
    if share is not None and budget is not None:
        whole, part = budget.estimate.mode, share.estimate
        ceilings = {"low": whole * part.low, "centre": whole * part.mode, "high": whole * part.high}
    classes = {key: value.estimate.mode for key, value in below(_CLASSES).items()}
    return FundingFrame(ceilings, sources, classes, numbers)


def funding_problems(funding: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield sources without evidence that are not 0, units that do not fit, and support cost of no source.

    Places are below the section ``funding``; values are leaves of the parameter file.
    """
    from sfp_model.inputs.leaf import Leaf, estimate

    def leaves(group: str) -> Iterator[tuple[str, Leaf]]:
        part = funding.get(group)
        if isinstance(part, Mapping):
            yield from ((key, leaf) for key, leaf in part.items() if isinstance(leaf, Leaf))

    for key, leaf in leaves("sources"):
        if leaf.unit not in (ONCE, YEARLY):
            yield ("sources", key, "unit"), f"{leaf.unit} does not fit a source of funding; use {ONCE} or {YEARLY}"
        if estimate(leaf).high > 0 and leaf.confidence == "E" and not leaf.rests_on:
            blamed = "value" if leaf.value is not None else "high"
            yield (
                ("sources", key, blamed),
                "a source without evidence is 0; name what the amount rests on (rests_on), or write 0",
            )
    for group in ("sources", "support_cost", "classes"):
        part = funding.get(group)
        if isinstance(part, Leaf):
            yield (group,), f"{group} holds one value for each name, not a value itself"
        elif isinstance(part, Mapping):
            yield from (((group, k), "one value with its unit and basis stands here") for k, leaf in part.items()
                        if not isinstance(leaf, Leaf))  # fmt: skip
    known = [key for key, _ in leaves("sources")]
    for key, leaf in leaves("support_cost"):
        if key not in known:
            close = get_close_matches(key, known, n=1, cutoff=0.6)
            hint = f"did you mean {close[0]}? " if close else ""
            yield ("support_cost", key), f"there is no source '{key}'; {hint}sources are {', '.join(known) or 'none'}"
        if leaf.unit != "share":
            yield ("support_cost", key, "unit"), f"{leaf.unit} does not fit a support cost; use share"
    for key, unit in (("ceiling_share", "share"), ("biennial_budget", "CHF/biennium")):
        number = funding.get(key)
        if isinstance(number, Leaf) and number.unit != unit:
            yield (key, "unit"), f"{number.unit} does not fit; use {unit}"
