from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sfp_model.inputs.context import Context, Node
from sfp_model.inputs.documents import parse_document
from sfp_model.inputs.faults import Faults
from sfp_model.inputs.leaf import Leaf, estimate, is_after, value

NUMBERS = st.floats(0, 1e9, allow_nan=False)
TAIL = "unit: CHF, source: estimate, confidence: E, basis: b"


class File(Node):
    a: Leaf


def read(leaf: str) -> tuple[File | None, list[str], Context]:
    faults = Faults()
    document = parse_document(f"a: {{{leaf}}}".encode(), "f.yml", faults)
    assert document is not None
    context = Context(faults, {"source": ["estimate", "book"]})
    form = context.validate(File, document)
    return form, [str(fault) for fault in faults.errors], context


@given(NUMBERS, NUMBERS, NUMBERS)
def test_order_is_kept_or_reported(low: float, mode: float, high: float) -> None:
    """A range is accepted exactly if low ≤ mode ≤ high."""
    form, faults, _ = read(f"low: {low!r}, mode: {mode!r}, high: {high!r}, {TAIL}")
    assert bool(faults) == (not low <= mode <= high)
    if not faults:
        assert form is not None
        made = estimate(form.a)
        assert (made.low, made.mode, made.high, made.at) == (low, mode, high, "P10-P90")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_shares_lie_between_0_and_1(number: float) -> None:
    """A share outside 0 to 1 is a fault."""
    _, faults, _ = read(f"value: {number!r}, {TAIL.replace('CHF', 'share')}")
    assert bool(faults) == (not 0 <= number <= 1)


def test_fixed_value_uniform_and_provenance() -> None:
    """A fixed value stands at min-max; a uniform range needs no mode; all provenance is kept."""
    form, faults, context = read(f"value: 5, title: five, rests_on: [book], {TAIL}")
    assert not faults and form is not None and context.document is not None
    made = value(context.document, form.a, "x.a")
    assert made.estimate.fixed and made.estimate.at == "min-max"
    assert (made.path, made.unit, made.title, made.rests_on) == ("x.a", "CHF", "five", ("book",))
    assert str(made.position) == "f.yml:1:1"
    form, faults, _ = read(f"low: 1, high: 3, distribution: uniform, {TAIL}")
    assert not faults and form is not None
    assert estimate(form.a).mode == 2


def test_own_bounds() -> None:
    """A leaf may widen or narrow its domain."""
    assert not read(f"value: -0.5, lower: -1, {TAIL}")[1]
    assert "above 2" in read(f"value: 3, upper: 2, {TAIL}")[1][0]


def test_after_as_of() -> None:
    """A date that is only a year or a month counts from its first day."""
    assert not is_after("2021", "2021-08-31")
    assert not is_after("2021-08", "2021-08-31")
    assert is_after("2021-09-01", "2021-08-31")
