"""Units, series, faults, digest and the package's own front door."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sfp_model
from sfp_model.errors import InputError, Position
from sfp_model.inputs.digest import digest
from sfp_model.inputs.faults import Faults, known, nearest
from sfp_model.inputs.known import known_at
from sfp_model.inputs.schema_data import SeriesForm
from sfp_model.inputs.series import read_series
from sfp_model.inputs.units import FAMILIES, conversion, fitting, with_working_time

UNITS = [unit for members in FAMILIES.values() for unit in members]


@given(st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_conversion_there_and_back(first: str, second: str) -> None:
    """Units convert exactly within their family, and back; across families never."""
    there, back = conversion(first, second), conversion(second, first)
    assert (there is None) == (second not in fitting(first))
    if there is not None and back is not None:
        assert there * back == pytest.approx(1)


def test_working_time_and_unknown_units() -> None:
    """Working time is a parameter; a unit of no family fits itself only."""
    assert conversion("person-day", "person-year", with_working_time(200, 8)) == pytest.approx(1 / 200)
    assert conversion("square metre", "square metre") == 1
    assert conversion("kCHF", "CHF") == 1000


def test_periods_known() -> None:
    """A period is known once it is complete."""
    assert known_at("2024-02", "2024-02-29") and not known_at("2024-02", "2024-02-28")
    assert known_at("2020", "2020-12-31") and not known_at("2020", "2020-12-30")


def test_series_of_one_kind_of_period(tmp_path: Path) -> None:
    """Years and months do not stand in one series."""
    (tmp_path / "s.csv").write_text("period,value\n2020,1\n\n2020-02,2\n2020-3,1\n1,2,3\n", encoding="utf-8")
    faults = Faults()
    form = SeriesForm(file="s.csv", title="t", unit="u", source="s")
    read_series("s", form, tmp_path, "2030-01-01", faults)
    assert [fault.message for fault in faults.errors] == [
        "years and months are mixed; use one kind of period",
        "'2020-3' is no period; write 2021 or 2021-08",
        "3 columns; two are needed: period,value",
    ]


def test_faults_are_sorted_and_told_once() -> None:
    """Faults come in the order of the files, each once; warnings do not stop a read."""
    faults = Faults()
    for line in (9, 2, 9):
        faults.error(Position("f", line), "p", "m")
    faults.warning(Position("f"), "p", "odd")
    with pytest.raises(InputError) as raised:
        faults.stop()
    assert [fault.position.line for fault in raised.value.faults] == [2, 9]


def test_nearest_names() -> None:
    """Slips of letters and of case are recognised; what is far is not guessed."""
    assert nearest("Quantty", ["quantity", "unit"]) == "quantity"
    assert nearest("xyz", ["quantity", "unit"]) is None
    assert known("x9", [f"x{i}" for i in range(20, 40)]).endswith("(20 are known)")


def test_digest_refuses_what_a_plan_does_not_hold() -> None:
    """Only plain content has a digest."""
    assert digest({"a": (1, None, True)}) != digest({"a": (1, None, False)})
    with pytest.raises(TypeError, match="a plan holds no object"):
        digest(object())


def test_front_door_is_lazy() -> None:
    """The package names its parts and tells what it does not have."""
    assert set(sfp_model.__all__) <= set(dir(sfp_model))
    with pytest.raises(AttributeError, match="no attribute 'lode_plan'"):
        _ = sfp_model.lode_plan  # type: ignore[attr-defined]
