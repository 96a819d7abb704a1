"""The commands about the flagship event: every table in every format, and what they say."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from sfp_model.report.format import with_limits

COMMANDS = {
    ("results",): "event.results",
    ("results", "--show", "fund"): "event.fund",
    **{
        ("results", "--show", name): f"event.{name}"
        for name in ("impact", "lines", "payback", "hindcast", "checks", "drivers", "lead", "admissible")
    },
    ("frontier",): "event.frontier",
    ("frontier", "--show", "frontier"): "event.frontier",
    ("frontier", "--show", "all"): "event.frontier",
    ("frontier", "--show", "levers"): "event.levers",
    ("frontier", "--show", "sponsorship"): "event.sponsorship",
    ("acceptability",): "event.acceptability",
    ("acceptability", "--show", "profiles"): "event.profiles",
    ("acceptability", "--show", "weights"): "event.weights",
    ("break-even",): "event.break_even",
    ("break-even", "--all"): "event.break_even",
    ("calendar",): "event.calendar",
    ("calendar", "--show", "events"): "event.calendar_events",
    ("calendar", "--show", "cancelled"): "event.cancelled",
}


@pytest.fixture
def sfp(sfp: Any) -> Any:
    """Run a command about the event; return exit code, standard output, standard error."""
    return lambda *arguments: sfp("event", *arguments)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_formats_agree(sfp: Any, arguments: tuple[str, ...]) -> None:
    """CSV and JSON hold the same rows with all columns; the table has a title with the scenario."""
    code, text, err = sfp(*arguments, "--format", "json")
    assert code == 0, err
    content = json.loads(text)
    assert content["table"] == COMMANDS[arguments] and content["scenario"] == "baseline"
    rows = list(csv.DictReader(io.StringIO(sfp(*arguments, "--format", "csv")[1])))
    assert len(rows) == len(content["rows"]) > 0
    assert list(rows[0]) == list(content["rows"][0])
    code, text, _ = sfp(*arguments)
    assert code == 0 and "scenario baseline" in text.splitlines()[0]


def test_one_concept(sfp: Any) -> None:
    """A concept can be asked for by itself; a name that is none is an error that lists those known."""
    for command in ("results", "frontier", "break-even", "calendar"):
        rows = json.loads(sfp(command, "--concept", "with_wsis", "--format", "json")[1])["rows"]
        assert rows and {row["concept"] for row in rows} == {"with_wsis"}
    code, text, err = sfp("frontier", "--concept", "nowhere", "--format", "csv")
    assert code != 0 and not text and "nowhere" in err and "with_wsis" in err


def test_none_is_said_in_words(sfp: Any) -> None:
    """Where there is no break-even the table says none and the JSON null."""
    rows = json.loads(sfp("break-even", "--concept", "standalone", "--format", "json")[1])["rows"]
    assert any(row["point"] is None for row in rows)
    assert "none" in sfp("break-even", "--concept", "standalone")[1]


def test_tables_name_concepts_and_files_have_their_ids(sfp: Any) -> None:
    """People read titles in every table; CSV and JSON keep the ids that --concept takes."""
    for arguments in COMMANDS:
        words = sfp(*arguments)[1]
        assert not any(key in words for key in ("with_both", "with_wsis", "telecom_style", "host_country")), arguments
        if COMMANDS[arguments] not in ("event.hindcast", "event.calendar_events"):
            assert "telecom_style" in sfp(*arguments, "--format", "csv")[1] or arguments == ("calendar",), arguments


def test_what_may_not_be_chosen_is_told_with_its_reason(sfp: Any) -> None:
    """Known today a stand-alone event clashes in July: it is on no frontier, and the table says which constraint."""
    rows = json.loads(sfp("results", "--show", "admissible", "--scenario", "known-today", "--format", "json")[1])[
        "rows"
    ]
    assert {row["reason"] for row in rows if row["concept"] == "standalone"} == {"calendar"}
    out = {row["concept"] for row in rows if not row["admitted"]}
    arguments = ("frontier", "--show", "frontier", "--scenario", "known-today", "--format", "json")
    assert out and not out & {row["concept"] for row in json.loads(sfp(*arguments)[1])["rows"]}


def test_drivers_have_confidence_limits_in_every_format(sfp: Any) -> None:
    """The files hold low and high of each index, and the table for people writes them behind it."""
    arguments = ("results", "--show", "drivers")
    text = sfp(*arguments)[1]
    rows = json.loads(sfp(*arguments, "--format", "json")[1])["rows"]
    for row in rows:
        for name in ("coefficient", "first_order"):
            assert row[f"{name}_low"] < row[name] < row[f"{name}_high"]
        assert with_limits(row["coefficient"], row["coefficient_low"], row["coefficient_high"], 2) in text
    assert "95 per cent" in text and "coefficient_low" in sfp(*arguments, "--format", "csv")[1]


def test_a_group_without_command_shows_help(sfp: Any) -> None:
    """sfp event by itself lists its commands."""
    text = "".join(sfp()[1:])
    assert all(name in text for name in ("results", "frontier", "acceptability", "break-even", "calendar"))
