"""The event file: what is refused, with its place, and what the project's own file holds."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sfp_model.inputs.context import Context
from sfp_model.inputs.documents import read_document
from sfp_model.inputs.event import load_event
from sfp_model.inputs.event_parameters import CRITERIA, SEGMENTS
from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.faults import Faults
from tests.model.event_example import RATES, content, load

FILE = Path(__file__).parents[2] / "params" / "event.yml"


def own() -> EventPlan:
    faults = Faults()
    document = read_document(FILE, faults)
    assert document is not None
    document.prefix = "event"
    event = load_event(document, Context(faults))
    assert not faults.errors
    assert event is not None
    return event


def messages(data: dict[str, object], **known: object) -> list[str]:
    event, faults = load(data, **known)
    assert event is not None or faults.errors
    return [str(fault) for fault in faults.errors]


def test_own_file_has_six_concepts_and_all_names() -> None:
    """The six concepts, twelve segments and eight criteria are there; joint events stay in Geneva."""
    event = own()
    assert tuple(event.concepts) == ("none", "standalone", "with_wsis", "with_ai", "with_both", "telecom_style")
    assert tuple(event.segments) == SEGMENTS
    assert tuple(event.criteria) == CRITERIA
    assert not any(form == "virtual" and place != "geneva" for _, form, place in event.combinations)
    assert {place for concept, _, place in event.combinations if concept.startswith("with_")} == {"geneva"}


def test_own_file_knows_nothing_without_evidence() -> None:
    """What has no evidence is 0 and says so."""
    event = own()
    for name in ("income.host_cash", "income.voluntary", "fund.opening", "fund.floor"):
        found = event.value(name)
        assert found.estimate.mode == found.estimate.high == 0
        assert "found" in found.basis


def test_value_addresses_are_those_of_the_file() -> None:
    """A value's path is its dotted place in the file."""
    found = own().value("demand.attendance", "telecom_style")
    assert found.path == "event.demand.attendance.values.telecom_style"
    assert (found.estimate.low, found.estimate.mode, found.estimate.high) == (2500, 3500, 4200)
    assert found.estimate.at == "min-max"
    assert "kongres-magazine-2015" in found.rests_on


def test_misspelt_parameter() -> None:
    """An unknown key is refused with the nearest one."""
    data = content()
    data["fees"]["sensitivty"] = data["fees"].pop("sensitivity")
    text = "\n".join(messages(data))
    assert "did you mean sensitivity?" in text


@pytest.mark.parametrize(
    ("section", "key", "change", "expected"),
    [
        ("demand", "overlap", {"values": {"joint": 1.2}}, "event.demand.overlap.values.joint: 1.2 is above 1"),
        ("fees", "scale", {"value": 0}, "it must be above 0"),
        ("fees", "scale", {"unit": "CHF"}, "'CHF' is not the unit CHF/delegate"),
        ("fees", "standard", {"values": dict.fromkeys(SEGMENTS, 3000)}, "outside the range 0 to 2000"),
        ("programme", "days", {"values": {"joint": 2, "other": 3}}, "unknown key; known: joint"),
        ("programme", "days", {"values": {}}, "joint is missing"),
        ("cost", "hall_rent", {"confidence": "R"}, "an estimate has confidence E"),
    ],
)
def test_fault_is_told(section: str, key: str, change: dict[str, object], expected: str) -> None:
    """One fault in the file gives a message with its place."""
    data = content()
    data[section][key] |= change
    assert any(expected in message for message in messages(data)), messages(data)


def test_mix_must_sum_to_one() -> None:
    """Shares of a mix that do not sum to 1 are refused."""
    data = content()
    data["mixes"]["own"]["values"]["youth"] = 0.1
    assert any("the shares sum to 1.1" in message for message in messages(data))


def test_virtual_event_with_a_host_is_refused() -> None:
    """No combination pairs a virtual event with a place that a host gives."""
    data = content()
    data["combinations"]["joint"]["virtual"] = ["host"]
    assert any("a virtual event has no host" in message for message in messages(data))


def test_two_faults_are_both_told() -> None:
    """An unknown concept and an invalid default combination are reported together."""
    data = content()
    data["concept"] = "jiont"
    data["combinations"]["joint"].pop("hybrid")
    text = "\n".join(messages(data))
    assert "did you mean joint?" in text
    assert "hybrid in geneva is not among the combinations of joint" in text


def test_price_outside_its_band_is_a_warning() -> None:
    """Leaving a plausibility band warns and changes nothing."""
    data = content()
    data["checks"]["floor_price"] |= {"low": 700, "high": 900}
    event, faults = load(data)
    assert event is not None
    assert not faults.errors
    assert "CHF 600 is outside 700 to 900" in str(faults.warnings[0])


def test_rates_of_another_unit_are_refused() -> None:
    """A page priced by the person-year is a fault of the event file, not a wrong amount."""
    units = {key: per for key, (_, per) in RATES.items()} | {"translation": "person-year", "staff_absorbed": "day"}
    told = messages(content(), rate_units=units)
    assert any("translation is priced per person-year; the event counts page-language" in text for text in told)
    assert any("staff_absorbed is priced per day; the event counts person-month" in text for text in told)
    assert len(told) == 2


def test_category_of_the_subsidy_must_exist() -> None:
    """The default is refused too where the plan has no such category."""
    categories = {"category": ["staff", "services"]}
    assert any("there is no category 'contractual'" in text for text in messages(content(), names=categories))
    assert messages(content() | {"category": "services"}, names=categories) == []


def test_effects_without_a_balance_are_refused() -> None:
    """Exponents whose product reaches 1 have no sure balance: a fault with its line; below 1 they are accepted."""
    data = content()
    data["exhibition"]["cross_side"] |= {"value": 2}
    data["exhibition"]["visitor_effect"] |= {"value": 0.5}
    _, faults = load(data)
    fault = faults.errors[0]
    text = yaml.safe_dump(data, sort_keys=False).splitlines()
    assert text[fault.position.line - 1].strip() == "visitor_effect:"
    assert "with exponent up to 2 and visitors draw exhibitors with up to 0.5: their product must be below 1" in str(
        fault
    )
    data["exhibition"]["visitor_effect"] |= {"value": 0.49}
    assert messages(data) == []


def test_range_at_percentiles_is_taken_at_its_end_for_the_balance() -> None:
    """A range at P10–P90 has no highest value, so that no bound holds: it is refused unless bounded above."""
    data = content()
    about = {key: data["exhibition"]["cross_side"][key] for key in ("unit", "source", "confidence", "basis")}
    data["exhibition"]["cross_side"] = {**about, "low": 0.1, "mode": 0.2, "high": 0.3}
    assert any("their product must be below 1" in text for text in messages(data))
    data["exhibition"]["cross_side"]["upper"] = 0.6
    assert messages(data) == []


def test_competition_cannot_take_everybody() -> None:
    """A competing event that takes all delegates is refused."""
    data = content()
    data["demand"]["competition"]["values"]["ict_large"] = 1
    assert any("1 would take everybody; it must be below 1" in text for text in messages(data))


@pytest.mark.parametrize(("tier", "band"), [("commercial", "floor_price"), ("sme", "sme_price")])
def test_prices_have_bands(tier: str, band: str) -> None:
    """Each price outside its band is one warning."""
    data = content()
    data["checks"][band] |= {"low": 7000, "high": 9000}
    _, faults = load(data)
    assert [fault.path for fault in faults.warnings] == [f"event.exhibition.price.values.{tier}"]


def test_every_concept_says_what_its_attendance_was_stated_from() -> None:
    """A scenario can say that an attendance is a forecast, because the file states the opposite for each concept."""
    event = own()
    assert {concept.attendance_from for concept in event.concepts.values()} == {"outcomes"}
    assert FILE.read_text(encoding="utf-8").count("attendance_from: outcomes") == 5
