"""Numbers as financial documents print them: CHF thousands, brackets for negatives, an en dash for nil.

Pure functions without heavy imports, shared by the command line, the tables, the figures and the prose.
"""

from __future__ import annotations

import math

__all__ = [
    "NIL", "chf", "chf_words", "day", "months", "number", "percent", "thousands", "unit_words", "with_limits",
]  # fmt: skip

NIL = "–"
_SPACE = "\u00a0"
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def number(value: float, digits: int = 0) -> str:
    """Format a number with no-break spaces between thousands, brackets for negatives, ``–`` for nil.

    Parameters
    ----------
    value : float
        Any finite number; not a number and infinities print as ``n/a``.
    digits : int
        Decimals shown. A value that only rounds to zero prints as ``0``, so that nil stays visible as nil.

    Examples
    --------
    >>> number(-1234567.8).replace("\\u00a0", " ")
    '(1 234 568)'
    >>> number(0.0), number(0.2), number(-0.2), number(1.25, 1)
    ('–', '0', '0', '1.2')
    """
    if not math.isfinite(value):
        return "n/a"
    if value == 0:
        return NIL
    text = f"{abs(value):,.{digits}f}".replace(",", _SPACE)
    if value < 0 and any(c in "123456789" for c in text):
        return f"({text})"
    return text


def thousands(amount: float, digits: int = 0) -> str:
    """Format an amount in CHF as CHF thousands; less than half a centime is nil.

    Examples
    --------
    >>> thousands(318_000), thousands(-2_500_400).replace("\\u00a0", " "), thousands(0), thousands(1e-9)
    ('318', '(2 500)', '–', '–')
    """
    return number(amount / 1000 if abs(amount) >= 0.005 else 0.0, digits)


def chf(amount: float, digits: int = 0) -> str:
    """Format an amount in full CHF, for prose and for unit rates.

    Examples
    --------
    >>> chf(318000).replace("\\u00a0", " ")
    'CHF 318 000'
    """
    return f"CHF{_SPACE}{number(amount, digits)}"


def chf_words(amount: float) -> str:
    """Format an amount for prose: millions with two decimals from one million on, else full CHF to the hundred.

    Examples
    --------
    >>> chf_words(3_456_789).replace("\\u00a0", " "), chf_words(45_678).replace("\\u00a0", " ")
    ('CHF 3.46 million', 'CHF 45 700')
    """
    if abs(amount) >= 999_950:
        return f"CHF{_SPACE}{number(amount / 1e6, 2)}{_SPACE}million"
    return chf(round(amount, -2))


def percent(share: float, digits: int = 0) -> str:
    """Format a share (0.25) as per cent (``25%``).

    Examples
    --------
    >>> percent(0.256), percent(0), percent(-0.031, 1)
    ('26%', '–', '(3.1)%')
    """
    text = number(share * 100, digits)
    return text if text in (NIL, "n/a") else f"{text}%"


def months(value: float) -> str:
    """Format person-months with one decimal.

    Examples
    --------
    >>> months(12.34)
    '12.3'
    """
    return number(value, 1)


def unit_words(unit: str) -> str:
    """Write a unit of the parameter files as prose does.

    Examples
    --------
    >>> unit_words("lump"), unit_words("CHF/m2"), unit_words("percent/year"), unit_words("CHF/4-years")
    ('lump sum', 'CHF per m²', 'per cent per year', 'CHF per four years')
    """
    names = {"lump": "lump sum", "m2": "m²", "percent": "per cent", "4-years": "four years"}
    return " per ".join(names.get(part, part) for part in unit.split("/"))


def day(date: str) -> str:
    """Write an ISO date, month or year as prose does.

    Examples
    --------
    >>> day("2021-08-31"), day("2024-01"), day("2023")
    ('31 August 2021', 'January 2024', '2023')
    """
    year, *rest = date.split("-")
    words = [year, *(_MONTHS[int(m) - 1] for m in rest[:1]), *(str(int(d)) for d in rest[1:2])]
    return " ".join(reversed(words))


def with_limits(value: float, low: float, high: float, digits: int) -> str:
    """Return a number with its limits, minus signs as in formulas.

    Examples
    --------
    >>> with_limits(-0.127, -0.14, 0.004, 2)
    '−0.13 (−0.14 to 0.00)'
    """

    def text(x: float) -> str:
        shown = f"{x:.{digits}f}"
        return shown.lstrip("-") if float(shown) == 0 else shown.replace("-", "−")

    return f"{text(value)} ({text(low)} to {text(high)})"
