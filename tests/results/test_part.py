"""Parts of tables: the declared rows and nothing else."""

from __future__ import annotations

import pytest

from sfp_model.errors import UsageError
from sfp_model.results.part import Part

TEXT = 'path,chf\nevent.a,1.5\n"rates/x, y",2\nevent.b,3\n'


def test_part_keeps_matching_rows_as_they_are() -> None:
    """Quoting and order stay; a whole table stays the same text."""
    assert Part.parse("t[path=event.*]").of_csv(TEXT) == "path,chf\nevent.a,1.5\nevent.b,3\n"
    assert Part.parse("t[path=rates/*|event.b]").of_csv(TEXT) == 'path,chf\n"rates/x, y",2\nevent.b,3\n'
    assert Part.parse("t").of_csv(TEXT) == TEXT


@pytest.mark.parametrize("text", ["t[", "t[a]", "t[a=]", "t [a=b]", "", "t[a=b][c=d]"])
def test_another_form_is_refused_with_the_right_one(text: str) -> None:
    """The message shows what a declaration looks like."""
    with pytest.raises(UsageError, match=r"table\[column=pattern\|pattern\]"):
        Part.parse(text)


def test_unknown_column_is_named_with_those_that_exist() -> None:
    """No silent empty table."""
    with pytest.raises(UsageError, match="no column 'pth'; it has path, chf"):
        Part.parse("t[pth=event.*]").of_csv(TEXT)
