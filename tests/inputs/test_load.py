from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfp_model.errors import InputError, UsageError
from sfp_model.inputs import Plan, documents, load_plan, scenario_names

REPOSITORY = Path(__file__).parents[2]
HEAVY = ("numpy", "pandas", "xarray", "scipy", "matplotlib", "pint", "papermill", "great_tables", "nbformat")


def test_small_plan(plan: Plan) -> None:
    """Every part of the files arrives in the plan."""
    assert list(plan.initiatives) == ["a", "1.1"]
    assert plan.programmes["reform"].initiatives == ("a",)
    assert plan.actions["a.2"].after == ("a.1",)
    line = plan.lines["a.1.1/staff.P4"]
    assert (line.quantity.estimate.mode, line.quantity.unit, line.factor * 12) == (2, "person-month", 1)
    assert dict(line.sectors) == {"GS": 0.5, "BR": 0.5}
    assert plan.lines["a.1.1/consultant"].quantity.estimate.at == "P5-P95"
    assert plan.lines["a.1.1/staff.P4.early"].timing.absolute == (-27, -22)
    assert plan.lines["1.1.1.a/staff.P4"].factor == pytest.approx(1 / 1720)
    assert plan.settings.values["funding.share"].estimate.upper == 1
    assert plan.resources["consultant"].rate.unit == "USD/day"
    assert plan.decisions["a.1"].chosen == "A" and plan.decisions["R"].options["defer"].delay == 24
    assert plan.event is None
    assert plan.anomalies == (("a.2", "refers to a page that does not exist"),)
    assert str(line.position) == "params/reform/a.yml:25:13"


def test_what_an_activity_serves(plan: Plan) -> None:
    """By default its own item; what the project assigned serves the items of its action."""
    assert plan.activities["a.1.1"].serves == ("a.1.1",)
    assert plan.activities["a.2.x"].serves == ("a.2",)
    assert plan.activities["a.pm.1"].serves == ()


def test_whole_plan_action_lasts_as_its_programme(plan: Plan) -> None:
    """Programme management ends with the last other action, which waits for its predecessor."""
    assert (plan.actions["a.pm"].start, plan.actions["a.pm"].duration) == (0, 12)


def test_as_of_cuts_the_series(plan: Plan, edit: Callable[..., None]) -> None:
    """The run knows complete periods up to as_of; the base-year rate is the mean of what it knows."""
    assert dict(plan.series["cpi"].values) == {"2019": 0.4, "2020": -0.7}
    assert plan.currencies["USD"].base.estimate.mode == pytest.approx(0.91)
    edit("params/base.yml", "as_of: 2021-08-31", "as_of: 2022-12-31")
    later = load_plan("params", "data")
    assert later.currencies["USD"].base.estimate.mode == pytest.approx((0.90 + 0.92 + 0.99) / 3)
    assert "2021" in later.series["cpi"].values


def test_stretch(edit: Callable[..., None]) -> None:
    """phase_stretch multiplies phases, starts, durations and what is timed within actions, not calendar months."""
    edit("params/base.yml", "phase_stretch: 1", "phase_stretch: 2")
    plan = load_plan("params", "data")
    assert (plan.actions["a.2"].start, plan.actions["a.2"].duration) == (12, 12)
    assert (plan.actions["1.1.1"].start, plan.actions["1.1.1"].duration) == (6, 18)
    assert plan.lines["a.1.1/consultant"].timing.duration == 6
    assert plan.lines["a.1.1/staff.P4.early"].timing.absolute == (-27, -22)
    recurs = plan.lines["a.pm.1/staff.P4"].recurs
    assert recurs is not None and recurs.until == 24


def test_longer_phase_keeps_proportions(tiny: Path) -> None:
    """Where a scenario makes a phase longer, what is timed within it stretches with it."""
    text = (
        "version: 1\ntitle: t\nauthor: a\nrationale: r\nset: {phases.P1.to: 12, phases.P2.from: 12, phases.P2.to: 24}\n"
    )
    (tiny / "params/scenarios/slow.yml").write_text(text, encoding="utf-8")
    plan = load_plan("params", "data", "slow")
    assert plan.lines["a.1.1/consultant"].timing.duration == 6
    recurs = plan.lines["a.pm.1/staff.P4"].recurs
    assert recurs is not None and recurs.until == 24
    assert plan.actions["1.1.1"].duration == 9


def test_digest_follows_content(plan: Plan, edit: Callable[..., None]) -> None:
    """Comments and spaces do not change the digest; a number does."""
    edit("params/reform/a.yml", "version: 1\n", "# a comment\n\nversion: 1\n")
    again = load_plan("params", "data")
    assert again.digest == plan.digest
    assert again.lines["a.1.1/staff.P4"].position.line == plan.lines["a.1.1/staff.P4"].position.line + 2
    edit("params/reform/a.yml", "low: 1.5", "low: 1.6")
    assert load_plan("params", "data").digest != plan.digest


def test_everything_is_read_only(plan: Plan) -> None:
    """A plan cannot be changed by those who read it."""

    def check(value: Any, path: str) -> None:
        assert not isinstance(value, dict | list | set), path
        if isinstance(value, MappingProxyType):
            for key, part in value.items():
                check(part, f"{path}.{key}")
        elif isinstance(value, tuple):
            for part in value:
                check(part, path)
        elif is_dataclass(value):
            for field in fields(value):
                check(getattr(value, field.name), f"{path}.{field.name}")

    check(plan, "plan")
    with pytest.raises(FrozenInstanceError):
        plan.digest = ""  # type: ignore[misc]


def test_scenario_names_and_unknown_scenario(tiny: Path) -> None:
    """Baseline first; an unknown name is a wrong use, with the nearest name."""
    assert scenario_names(Path("params")) == ("baseline", "late", "separate")
    with pytest.raises(UsageError, match="did you mean late"):
        load_plan("params", "data", "lat")


def test_delay_past_the_horizon_is_a_warning(edit: Callable[..., None]) -> None:
    """A delay is not a fault: the cost stands in the column after the horizon."""
    edit("params/regions.yml", "delay: 24", "delay: 48")
    plan = load_plan("params", "data", "late")
    assert [str(warning) for warning in plan.warnings] == [
        "params/regions.yml:15:7: 1.1.1: lines start after the horizon under the chosen options; "
        "their cost stands in the column after it"
    ]


def test_missing_folder(tmp_path: Path) -> None:
    """A wrong folder is named."""
    with pytest.raises(InputError, match="this folder is missing"):
        load_plan(tmp_path / "params", tmp_path / "data")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_give_faults_only(tiny: Path, data: st.DataObject) -> None:
    """Whatever is cut out of a file or written into it, reading gives a plan or faults, nothing else."""
    names = sorted(path.relative_to(tiny).as_posix() for path in tiny.rglob("*") if path.is_file())
    name = data.draw(st.sampled_from(names))
    original = (tiny / name).read_text(encoding="utf-8")
    lines = original.splitlines()
    index = data.draw(st.integers(0, len(lines) - 1))
    new = data.draw(st.sampled_from(["", "  x: 1", "- 1", "a:", "{}", "[]", "title: 5", ": :", "1.1: {}"]))
    kept = lines[index].split(":")[0]
    lines[index] = data.draw(st.sampled_from([new, f"{kept}:", f"{kept}: []", f"{kept}: {{}}", f"{kept}: -1"]))
    (tiny / name).write_text("\n".join(lines), encoding="utf-8")
    try:
        load_plan("params", "data", "late")
    except InputError as error:
        assert error.faults
        assert all(f.message and f.position.line >= 1 and f.position.column >= 1 for f in error.faults)
    except UsageError as error:
        assert str(error)
    finally:
        (tiny / name).write_text(original, encoding="utf-8")


def test_real_plan_in_every_scenario() -> None:
    """The plan of the repository has no faults in any scenario."""
    params, data = REPOSITORY / "params", REPOSITORY / "data"
    digests = {load_plan(params, data, name).digest for name in scenario_names(params)}
    assert len(digests) == len(scenario_names(params))


def test_nothing_heavy_is_imported() -> None:
    """Reading a plan imports neither arrays nor tables nor figures."""
    code = (
        "import sys; from sfp_model import load_plan; load_plan(sys.argv[1], sys.argv[2]); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    folders = [str(REPOSITORY / name) for name in ("params", "data")]
    command = [sys.executable, "-c", code, *folders]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert result.stdout.strip() == "[]"


def test_scenarios_in_one_process_share_what_they_do_not_change(
    tiny: Path, edit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each content is parsed and checked once; a scenario's settings and a file's edits never reach another read."""
    text = "version: 1\ntitle: t\nauthor: a\nrationale: r\nset: {a.1.1/staff.P4.quantity.mode: 3}\n"
    (tiny / "params/scenarios/more.yml").write_text(text, encoding="utf-8")
    first = load_plan("params", "data")
    parsed: list[str] = []
    whole = documents.parse_document

    def parse(raw: bytes, file: str, *args: Any, **more: Any) -> Any:
        parsed.append(file)
        return whole(raw, file, *args, **more)

    monkeypatch.setattr(documents, "parse_document", parse)
    more = load_plan("params", "data", "more")
    assert parsed == ["params/scenarios/more.yml"]
    assert more.lines["a.1.1/staff.P4"].quantity.estimate.mode == 3
    assert load_plan("params", "data").digest == first.digest
    edit("params/reform/a.yml", "low: 1.5", "low: 1.6")
    assert load_plan("params", "data").lines["a.1.1/staff.P4"].quantity.estimate.low == 1.6
    assert parsed == ["params/scenarios/more.yml", "params/reform/a.yml"]


def test_a_checked_file_is_checked_again_when_names_change(faults: Callable[..., list[str]], edit: Any) -> None:
    """A file that did not change has a fault once a name that it uses is gone from another file."""
    assert faults() == []
    edit("params/base.yml", "BR: Bureau", "TB: Bureau")
    assert any("there is no sector 'BR'" in fault for fault in faults())
    assert faults() == faults()
    edit("params/base.yml", "TB: Bureau", "BR: Bureau")
    assert faults() == []


def test_an_event_without_additional_money_is_odd(tmp_path: Path) -> None:
    """A scenario that gives no new money but holds the event is warned of: the subsidy would be new money."""
    for name in ("params", "data"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    text = "version: 1\ntitle: t\nauthor: a\nrationale: r\n"
    text += "set: {plan.funding_modes: [absorbed], event.concept: CONCEPT}\n"
    for concept, odd in (("with_wsis", 1), ("none", 0)):
        path = tmp_path / "params/scenarios/poor.yml"
        path.write_text(text.replace("CONCEPT", concept), encoding="utf-8")
        warnings = load_plan(tmp_path / "params", tmp_path / "data", "poor").warnings
        assert sum("which is additional money" in str(warning) for warning in warnings) == odd


def test_an_edition_before_the_end_of_its_design_is_odd(tmp_path: Path) -> None:
    """Editions stand on their dates: a later plan, or a deferred design, is told of with file and line."""
    for name in ("params", "data"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    line = next(
        i for i, text in enumerate((REPOSITORY / "params/event.yml").read_text().splitlines(), 1) if "DAL-WS2" in text
    )
    text = "version: 1\ntitle: t\nauthor: a\nrationale: r\n"
    cases = {
        "set: {plan.start: 2024-03}\n": [],
        "set: {plan.start: 2025-01}\n": ["2025-07"],
        "choose: {DAL: defer}\n": ["2025-07", "2026-07"],
        "choose: {DAL: defer}\nset: {event.concept: none}\n": [],
    }
    for change, early in cases.items():
        (tmp_path / "params/scenarios/own.yml").write_text(text + change, encoding="utf-8")
        found = load_plan(tmp_path / "params", tmp_path / "data", "own").warnings
        told = [str(warning) for warning in found if "is held before DAL-WS2 ends" in str(warning)]
        assert [words.split("the edition of ")[1][:7] for words in told] == early
        assert all(f"params/event.yml:{line}:" in words for words in told)


def test_an_event_without_its_trade_off_is_a_fault(tmp_path: Path) -> None:
    """A plan with event.yml and without tradeoff.yml is refused with the file that is missing."""
    root = Path(__file__).parents[2]
    shutil.copytree(root / "params", tmp_path / "params")
    (tmp_path / "params" / "tradeoff.yml").unlink()
    with pytest.raises(InputError) as raised:
        load_plan(tmp_path / "params", root / "data")
    assert any("tradeoff.yml" in line for line in str(raised.value).splitlines())
