"""Numbers as financial documents print them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfp_model.report.format import NIL, chf_words, number, percent, thousands

FINITE = st.floats(-1e12, 1e12, allow_nan=False)


@given(FINITE, st.integers(0, 3))
def test_number_reads_back_to_the_rounded_value(value: float, digits: int) -> None:
    """Brackets mean negative; the printed digits are the value rounded."""
    text = number(value, digits)
    plain = float(re.sub(r"[()\u00a0]", "", text)) if text != NIL else 0.0
    sign = -1 if text.startswith("(") else 1
    assert sign * plain == pytest.approx(round(value, digits), abs=10**-digits / 2 + 1e-9)
    assert (text == NIL) == (value == 0)


@given(FINITE)
def test_nothing_prints_as_negative_zero(value: float) -> None:
    """A small negative amount is 0, not (0)."""
    assert thousands(value) not in ("(0)", "-0")
    assert "-" not in thousands(value)


def test_not_a_number_is_said() -> None:
    """No figure is made of what is none."""
    assert number(float("nan")) == number(float("inf")) == percent(float("nan")) == "n/a"


def test_millions_start_where_rounding_reaches_them() -> None:
    """999 949 stays in francs, 999 950 becomes a million."""
    assert chf_words(999_949).replace("\u00a0", " ") == "CHF 999 900"
    assert chf_words(999_950).replace("\u00a0", " ") == "CHF 1.00 million"
