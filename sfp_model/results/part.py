"""A part of a table: the rows of one column that match, so that a reader depends on no more than it shows."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sfp_model.errors import UsageError

__all__ = ["Part"]

_FORM = re.compile(r"(?P<table>[\w.]+)(?:\[(?P<column>\w+)=(?P<patterns>[^\[\]]+)\])?")


@dataclass(frozen=True, slots=True)
class Part:
    """A table, or those of its rows whose *column* matches one of the patterns (``*`` stands for anything).

    Examples
    --------
    >>> Part.parse("decisions[decision=PWC-*|DS]")
    Part(table='decisions', column='decision', patterns=('PWC-*', 'DS'))
    >>> Part.parse("decisions").matches("anything")
    True
    """

    table: str
    column: str = ""
    patterns: tuple[str, ...] = ()

    @staticmethod
    def parse(text: str) -> Part:
        """Read ``table`` or ``table[column=pattern|pattern]``.

        Raises
        ------
        UsageError
            The text has another form.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise UsageError(f"{text!r} is neither a table nor table[column=pattern|pattern]")
        patterns = tuple(found["patterns"].split("|")) if found["patterns"] else ()
        return Part(found["table"], found["column"] or "", patterns)

    def matches(self, value: str) -> bool:
        """Whether a row with *value* in the column belongs to the part."""
        return not self.column or any(fnmatchcase(value, pattern) for pattern in self.patterns)

    def of_csv(self, text: str) -> str:
        """Return the part of a table's CSV text, heading included.

        Raises
        ------
        UsageError
            The table has no such column.
        """
        if not self.column:
            return text
        head, *body = csv.reader(io.StringIO(text))
        if self.column not in head:
            raise UsageError(f"the table {self.table!r} has no column {self.column!r}; it has {', '.join(head)}")
        place = head.index(self.column)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([head, *(row for row in body if self.matches(row[place]))])
        return out.getvalue()
