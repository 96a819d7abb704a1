from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfp_model.inputs.documents import Document, parse_document
from sfp_model.inputs.faults import Faults


def parsed(text: str | bytes) -> tuple[Document | None, list[str]]:
    faults = Faults()
    raw = text if isinstance(text, bytes) else text.encode()
    document = parse_document(raw, "f.yml", faults)
    return document, [str(fault) for fault in faults.errors]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("yes", "yes"),
        ("off", "off"),
        ("2024-01", "2024-01"),
        ("2021-08-31", "2021-08-31"),
        ("12:30", "12:30"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("017", 17),
        ("1e3", 1000.0),
        ("-.5", -0.5),
        ("'5'", "5"),
        ("true", True),
        ("~", None),
        ("", None),
        ("|\n  5\n", "5\n"),
    ],
)
def test_scalars_follow_yaml_1_2(typed: str, read: object) -> None:
    """Words of YAML 1.1 and dates stay text; only plain numbers are numbers."""
    document, faults = parsed(f"a: {typed}")
    assert not faults and document is not None
    assert document.data["a"] == read and type(document.data["a"]) is type(read)


def test_positions_of_keys_and_values() -> None:
    """Every key and value knows its line and column, counted in characters from 1."""
    document, _ = parsed("é: 1\nb:\n  - {c: 2}\n")
    assert document is not None
    assert str(document.position(("é",))) == "f.yml:1:4"
    assert str(document.position(("b", 0, "c"))) == "f.yml:3:9"
    assert str(document.position(("b", 0, "c"), key=True)) == "f.yml:3:6"
    assert str(document.position(("b",))) == "f.yml:2:1"
    assert str(document.position(("b", 0, "missing"))) == "f.yml:3:5"


def test_aliases_are_copies() -> None:
    """Each use of an anchor has a place of its own."""
    document, faults = parsed("a: &x {b: 1}\nc: *x\n")
    assert not faults and document is not None
    assert document.data["a"] == document.data["c"] and document.data["a"] is not document.data["c"]
    assert document.data["c"].place == ("c",)


def test_byte_order_mark_is_read() -> None:
    """Files from Windows editors may start with a mark."""
    assert parsed(b"\xef\xbb\xbfa: 1")[1] == []


def test_size_is_limited() -> None:
    """A file that cannot be a parameter file is refused before it is parsed."""
    assert "at most" in parsed("#" * 4_000_001)[1][0]


@pytest.mark.parametrize(
    "text", ["[" * 5000, "{a: " * 5000, "- " * 5000, "? " * 3000, "- " * 1_000_000, "[" * 2_000_000]
)
def test_deep_nesting_is_refused(text: str) -> None:
    """Nesting does not exhaust the stack."""
    _, faults = parsed(text)
    assert len(faults) == 1


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_data_or_faults(raw: bytes) -> None:
    """Whatever stands in a file, reading it reports faults and never fails."""
    document, faults = parsed(raw)
    assert document is not None or faults


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-?*&!|>{}[],'\"%@`#~ \n\t01.", max_size=80))
def test_any_text_gives_data_or_faults(text: str) -> None:
    """The same for text made of the special characters of YAML."""
    document, faults = parsed(text)
    assert document is not None or faults
