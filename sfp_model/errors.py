"""Faults of the input files, each with its place, and the error that carries all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = ["AnnexError", "Fault", "InputError", "Position", "SfpError", "UsageError"]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a value stands: file as shown to the user, line and column counted from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong in the input, or odd if its level is ``warning``.

    Examples
    --------
    >>> print(Fault(Position("base.yml", 3, 5), "plan.start", "month 13 does not exist; use 1 to 12"))
    base.yml:3:5: plan.start: month 13 does not exist; use 1 to 12
    """

    position: Position
    path: str
    message: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.position}: {self.path}: {self.message}" if self.path else f"{self.position}: {self.message}"


class SfpError(Exception):
    """Base of every error that the package raises on purpose."""


class InputError(SfpError):
    """The input files hold faults; all faults of one read are reported together.

    Attributes
    ----------
    faults : tuple of Fault
        In order of file, line and column.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class UsageError(SfpError):
    """What was asked for does not exist, for example a scenario or a breakdown; names the choices."""


class AnnexError(SfpError):
    """A notebook or a page of the annex could not be made; the last good annex stays in place."""
