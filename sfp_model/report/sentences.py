"""Words around numbers: counts, comparisons and the boxes in which a page answers its question.

The sentences state what the tables of the scenario at hand say, and still read well where an amount is nil.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sfp_model.report.format import chf_words, number, percent
from sfp_model.report.tables import Markdown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CODES", "answer", "by_code", "count", "letters", "money", "more_or_less", "option_words", "part_of",
           "person_months", "tiles"]  # fmt: skip

CODES = {
    "R": "read in the document itself or in a data file",
    "R2": "read in the press or a secondary source",
    "M-H": "well known, not re-checked, high trust",
    "M-M": "well known, not re-checked, medium trust",
    "M-L": "well known, not re-checked, low trust",
    "E": "estimate of the project, with its reasoning",
}
NBSP = "\u00a0"
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def answer(*paragraphs: str) -> Markdown:
    """Return paragraphs as the answer to the page's question; empty ones are left out."""
    return Markdown("::: {.answer}\n" + "\n\n".join(p for p in paragraphs if p) + "\n:::")


def tiles(figures: Iterable[tuple[str, str]]) -> Markdown:
    """Return key figures as (figure, what it is)."""
    units = re.compile(f"{NBSP}(million|person-months)")  # a tile is narrow: the unit may stand below its number
    items = (units.sub(r" \1", f"- **{value}** {words}") for value, words in figures)
    return Markdown("::: {.key-figures}\n" + "\n".join(items) + "\n:::")


def count(n: int, one: str, many: str = "") -> str:
    """Return a number of things, in letters up to twelve.

    Examples
    --------
    >>> [count(n, "box", "boxes").replace("\\u00a0", " ") for n in (0, 1, 14)]
    ['no boxes', 'one box', '14 boxes']
    """
    return f"{letters(n)}\u00a0{one if n == 1 else many or one + 's'}"


def letters(n: int) -> str:
    """Return a number in letters up to twelve.

    Examples
    --------
    >>> letters(8), letters(14)
    ('eight', '14')
    """
    return _SMALL[n] if n < len(_SMALL) else number(n)


def money(amount: float) -> str:
    """Format an amount for prose; what rounds to nothing is nil.

    Examples
    --------
    >>> money(0), money(20.0), money(1_234_000).replace("\\u00a0", " ")
    ('nil', 'nil', 'CHF 1.23 million')
    """
    return "nil" if abs(amount) < 50 else chf_words(amount)


def person_months(value: float) -> str:
    """Format an amount of work for prose.

    Examples
    --------
    >>> person_months(0), person_months(412.3).replace("\\u00a0", " ")
    ('no person-months', '412 person-months')
    """
    if value < 0.05:
        return "no person-months"
    return f"{number(value, 0 if value >= 100 else 1)}\u00a0person-months"


def more_or_less(difference: float, what: str = "") -> str:
    """Return a signed difference in words.

    Examples
    --------
    >>> more_or_less(1_500_000).replace("\\u00a0", " "), more_or_less(-9_000).replace("\\u00a0", " "), more_or_less(0)
    ('CHF 1.50 million more', 'CHF 9 000 less', 'the same')
    """
    if abs(difference) < 50:
        return "the same" + (f" {what}" if what else "")
    return f"{chf_words(abs(difference))} {'more' if difference > 0 else 'less'}" + (f" {what}" if what else "")


def part_of(part: float, whole: float) -> str:
    """Return a share in brackets, nothing where there is no whole.

    Examples
    --------
    >>> part_of(1, 4), part_of(0, 0)
    (' (25%)', '')
    """
    return f" ({percent(part / whole)})" if whole else ""


def by_code(amounts: pd.Series[float]) -> str:
    """Say which share of an amount rests on which confidence code; *amounts* is indexed by code.

    Examples
    --------
    >>> import pandas as pd
    >>> by_code(pd.Series({"E": 3.0}))
    'all of it on code E (estimate of the project, with its reasoning)'
    """
    from sfp_model.report.views import listing, shares

    sorted_shares = shares(amounts[amounts > 0]).sort_values(ascending=False)
    parts = {str(code): float(share) for code, share in sorted_shares.items()}
    if not parts:
        return "none of it on any code, because there is none"
    if len(parts) == 1:
        (code,) = parts
        return f"all of it on code {code} ({CODES[code]})"
    return listing(f"{percent(share)} on code {code} ({CODES[code]})" for code, share in parts.items())


def option_words(options: Sequence[tuple[str, str]]) -> str:
    """Say which options a scenario chose, naming those that are not simply *adopt*; (decision, option) pairs.

    Examples
    --------
    >>> option_words([("a.1", "A"), ("b.1", "A"), ("DS", "adopt"), ("DAL", "adopt")])
    'option A for a.1, option A for b.1, and adoption of the two others'
    """
    from sfp_model.report.views import listing

    letters = [f"option {o} for {d}" for d, o in options if o not in ("adopt", "defer")]
    deferred = [d for d, o in options if o == "defer"]
    adopted = sum(o == "adopt" for _, o in options)
    parts = [*letters]
    if deferred:
        parts.append(f"deferral of {listing(deferred)}")
    if adopted:
        others = "the other" if adopted == 1 else f"the {_SMALL[adopted] if adopted < len(_SMALL) else adopted} others"
        parts.append(f"adoption of {others}")
    return listing(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])}, and {parts[-1]}"
