"""Declared shares of the staff by duty station, sector and grade: section ``capacity`` of the base file."""

from __future__ import annotations

from collections.abc import Mapping

from sfp_model.inputs.context import Context
from sfp_model.inputs.documents import Document
from sfp_model.inputs.faults import known
from sfp_model.inputs.plan import Settings

__all__ = ["check_capacity", "staff_shares"]

STATIONS = ("geneva", "region", "other")
KINDS = ("by_sector", "by_grade")


def staff_shares(settings: Settings, kind: str) -> dict[str, dict[str, float]]:
    """Return the shares of the staff of each duty station, by sector or by grade.

    Parameters
    ----------
    settings : Settings
    kind : str
        ``by_sector`` or ``by_grade``.

    Examples
    --------
    >>> from sfp_model.inputs import load_plan
    >>> shares = staff_shares(load_plan().settings, "by_sector")
    >>> round(sum(shares["geneva"].values()), 9)
    1.0
    """
    found: dict[str, dict[str, float]] = {}
    for path, value in settings.values.items():
        parts = path.split(".")
        if parts[:2] == ["capacity", kind] and len(parts) == 4:
            found.setdefault(parts[2], {})[parts[3]] = value.estimate.mode
    return found


def check_capacity(document: Document, settings: Settings, context: Context) -> None:
    """Report duty stations and sectors that do not exist, and shares that do not sum to 1."""
    for kind in KINDS:
        shares = staff_shares(settings, kind)
        for station, parts in shares.items():
            place = ("capacity", kind, station)
            if station not in STATIONS:
                text = f"there is no duty station '{station}'; {known(station, STATIONS)}"
                context.error(document, place, text, key=True)
            for sector in parts if kind == "by_sector" else ():
                if sector not in settings.sectors:
                    text = f"there is no sector '{sector}'; {known(sector, settings.sectors)}"
                    context.error(document, (*place, sector), text, key=True)
            if abs(sum(parts.values()) - 1) > 1e-6:
                text = f"the shares sum to {sum(parts.values()):.6g}; they must sum to 1"
                context.error(document, place, text, key=True)
        _unmatched(document, kind, shares, settings, context)


def _unmatched(
    document: Document, kind: str, shares: Mapping[str, object], settings: Settings, context: Context
) -> None:
    """Report a duty station that has shares by the other kind only: its groups would have nobody in them."""
    other = KINDS[1 - KINDS.index(kind)]
    for station in staff_shares(settings, other):
        if station not in shares:
            text = f"{station} has shares {other} and none {kind}; give both, or neither"
            context.error(document, ("capacity", other, station), text, key=True)
