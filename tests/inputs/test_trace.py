from __future__ import annotations

import pytest

from sfp_model.errors import UsageError
from sfp_model.inputs import Plan, all_values, find


@pytest.mark.parametrize(
    "query", ["staff.P4", "rates/staff.P4", "rates.staff.P4", "rates.staff.P4.rate", "rates.staff.P4.rate.mode"]
)
def test_where_a_rate_comes_from(plan: Plan, query: str) -> None:
    """A rate is found under every name that a user may have seen."""
    found = find(plan, query)
    assert (found.kind, found.id, found.title) == ("rate", "rates/staff.P4", "P-4 staff member")
    assert found.value is not None and found.value.basis == "pay tables"
    assert found.source is not None and found.source.id == "estimate"
    assert str(found.position) == "params/rates.yml:5:5"
    assert "a.1.1/staff.P4#quantity" in [part.id for part in found.parts]
    assert [item.paragraph for item in found.serves] == ["page 1, row a.1.1", "page 3"]


def test_from_a_line_to_the_paragraph(plan: Plan) -> None:
    """A line leads up to its programme and to the paragraph of the source document."""
    found = find(plan, "a.1.1/staff.P4")
    assert [(step.kind, step.id) for step in found.above] == [
        ("activity", "a.1.1"),
        ("action", "a.1"),
        ("initiative", "a"),
        ("programme", "reform"),
    ]
    assert [part.kind for part in found.parts] == ["quantity", "rate"]
    assert found.serves[0].paragraph == "page 1, row a.1.1"


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("a.1.1/staff.P4#quantity", "quantity"),
        ("a.1.1/staff.P4.quantity.low", "quantity"),
        ("a.1.1", "activity"),
        ("a.1", "action"),
        ("a", "initiative"),
        ("reform", "programme"),
        ("R", "decision"),
        ("REG", "item"),
        ("a.P1.1", "item"),
        ("book", "source"),
        ("cpi", "series"),
        ("funding.share", "parameter"),
        ("funding.share.mode", "parameter"),
        ("escalation.prices.rate", "parameter"),
        ("currencies.USD.base", "parameter"),
    ],
)
def test_kinds(plan: Plan, query: str, kind: str) -> None:
    """Everything that has a name can be traced."""
    assert find(plan, query).kind == kind


def test_alias_and_source(plan: Plan) -> None:
    """A phase cell leads to the activities of the action that it repeats; a source to the numbers read in it."""
    assert [part.id for part in find(plan, "a.P1.1").parts] == ["a.1.1", "a.1.2"]
    users = {part.id for part in find(plan, "book").parts}
    assert {"escalation.prices.rate", "funding.contributory_unit"} <= users
    assert not find(plan, "later").parts


def test_unknown_names(plan: Plan) -> None:
    """An unknown name is a wrong use, with the nearest names."""
    with pytest.raises(UsageError, match=r"nothing is called 'staff\.P5'; did you mean staff\.P4"):
        find(plan, "staff.P5")


def test_every_number_has_its_address(plan: Plan) -> None:
    """Addresses are unique and each number leads to its provenance."""
    for path, value in all_values(plan).items():
        assert value.path == path and value.source and value.basis and value.position.line > 0
        assert find(plan, path).value == value
