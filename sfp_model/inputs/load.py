"""Read a plan: all files of one scenario, all faults at once, one frozen result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sfp_model.inputs import build_frame as frame
from sfp_model.inputs.build_risks import build_gains, build_risks
from sfp_model.inputs.build_work import Work, WorkFile, build_work, span_of_plan
from sfp_model.inputs.capacity import check_capacity
from sfp_model.inputs.checks import (
    check_catalogue,
    check_choices,
    check_editions,
    check_options,
    check_order,
    check_series,
    check_subsidy,
    check_timing,
)
from sfp_model.inputs.collect import collect
from sfp_model.inputs.context import Context
from sfp_model.inputs.digest import digest
from sfp_model.inputs.event import load_event
from sfp_model.inputs.event_plan import EventPlan
from sfp_model.inputs.faults import Faults
from sfp_model.inputs.files import Files, read_files
from sfp_model.inputs.folders import default_folders
from sfp_model.inputs.memory import no_collection
from sfp_model.inputs.overlay import Overlay, apply_settings, items_of, read_overlay
from sfp_model.inputs.plan import Plan, ScenarioInfo, Series, Settings
from sfp_model.inputs.schema_data import CatalogueFile, MeetingsFile, SourcesFile
from sfp_model.inputs.schema_frame import BaseFile, RatesFile
from sfp_model.inputs.schema_risk import GainsFile, RisksFile
from sfp_model.inputs.schema_work import InitiativeFile, ProgrammeFile
from sfp_model.inputs.series import read_series
from sfp_model.inputs.tradeoff import load_tradeoff
from sfp_model.inputs.units import FAMILIES, Families, with_working_time

__all__ = ["load_plan"]


@dataclass(slots=True)
class _Forms:
    """The checked content of each file; ``None`` where faults left nothing."""

    base: BaseFile | None = None
    rates: RatesFile | None = None
    catalogue: CatalogueFile | None = None
    sources: SourcesFile | None = None
    meetings: MeetingsFile | None = None
    event: object = None
    tradeoff: object = None
    risks: RisksFile | None = None
    gains: GainsFile | None = None


def load_plan(params: Path | str | None = None, data: Path | str | None = None, scenario: str = "baseline") -> Plan:
    """Read the parameter and data folders for one scenario.

    Parameters
    ----------
    params, data : path, optional
        Folders; by default ``params`` and ``data`` of the working folder, else the example in the package.
    scenario : str
        Name of a file in ``params/scenarios`` without its ending.

    Returns
    -------
    Plan
        Validated and read-only. What is odd but possible stands in ``plan.warnings``.

    Raises
    ------
    InputError
        With all faults of all files, each with file, line and column.
    UsageError
        If there is no such scenario.

    Examples
    --------
    >>> plan = load_plan(scenario="baseline")
    >>> plan.resources["staff.geneva.P4"].per
    'person-year'
    """
    if params is None or data is None:
        default_params, default_data = default_folders()
        params, data = params or default_params, data or default_data
    with no_collection():
        return _load(Path(params), Path(data), scenario)


def _load(params: Path, data: Path, scenario: str) -> Plan:
    faults = Faults()
    context = Context(faults)
    files = read_files(params, data, faults)
    if not params.is_dir():
        faults.stop()
    overlay = read_overlay(params, scenario, context)
    typed_phases = _phases(files)
    apply_settings(overlay, files, context)
    forms, work_files = _validate(files, context)
    plan = _build(files, forms, work_files, overlay, typed_phases, context)
    faults.stop()
    if plan is None:
        raise RuntimeError("a plan without faults was not built")
    return plan


def _phases(files: Files) -> dict[str, tuple[float, float]]:
    """Return the phases as typed in the base file; those with faults are left out."""
    found: dict[str, tuple[float, float]] = {}
    for place, phase in items_of(files.base.data if files.base else {}, "phases"):
        ends = [phase.get(key) for key in ("from", "to")] if isinstance(phase, dict) else []
        start, end = ends if len(ends) == 2 else (None, None)
        if isinstance(start, int | float) and isinstance(end, int | float) and start < end:
            found[str(place[-1])] = (float(start), float(end))
    return found


def _validate(files: Files, context: Context) -> tuple[_Forms, list[WorkFile]]:
    """Check every file against its form; names that references may use are collected first."""
    collect(files, context)
    context.know()
    forms = _Forms()
    if files.sources is not None:
        forms.sources = context.validate(SourcesFile, files.sources)
    if files.base is not None:
        forms.base = context.validate(BaseFile, files.base)
    if files.rates is not None:
        forms.rates = context.validate(RatesFile, files.rates)
    if files.catalogue is not None:
        check_catalogue(files.catalogue.data, files.catalogue, context)
        forms.catalogue = context.validate(CatalogueFile, files.catalogue)
    if files.meetings is not None:
        forms.meetings = context.validate(MeetingsFile, files.meetings)
    work: list[WorkFile] = []
    for document in files.work:
        kind = ProgrammeFile if "initiatives" in document.data else InitiativeFile
        form = context.validate(kind, document)
        if isinstance(form, InitiativeFile | ProgrammeFile):
            work.append(WorkFile(document, form))
    if files.event is not None:
        forms.event = load_event(files.event, context)
    if files.tradeoff is not None:
        forms.tradeoff = load_tradeoff(files.tradeoff, context)
    if files.risks is not None:
        forms.risks = context.validate(RisksFile, files.risks)
    if files.gains is not None:
        forms.gains = context.validate(GainsFile, files.gains)
    return forms, work


def _build(
    files: Files,
    forms: _Forms,
    work_files: list[WorkFile],
    overlay: Overlay,
    typed_phases: Mapping[str, tuple[float, float]],
    context: Context,
) -> Plan | None:
    """Build the plan from what is left, with the checks across files."""
    if files.base is None or forms.base is None or files.rates is None or forms.rates is None:
        return None
    settings = frame.settings(files.base, forms.base)
    series = _series(files, forms.sources, settings, context)
    check_series(files.base, forms.base, series, context)
    check_capacity(files.base, settings, context)
    currencies = frame.currencies(files.base, forms.base, series, forms.sources, context)
    resources = frame.resources(files.rates, forms.rates)
    catalogue = frame.catalogue(forms.catalogue) if forms.catalogue is not None else {}
    chosen = {decision: option for decision, (option, _document) in overlay.choose.items()}
    work = build_work(
        work_files, forms.base, settings, resources, catalogue, _families(settings), typed_phases, chosen, context
    )
    risks = build_risks(files.risks, forms.risks, work, context)
    gains = build_gains(files.gains, forms.gains, work, resources, _families(settings))
    check_choices(work, overlay, context)
    check_options(work, context)
    if files.event is not None and isinstance(forms.event, EventPlan):
        check_subsidy(files.event, forms.event, settings, context)
    if check_order(work, context):
        if files.event is not None and isinstance(forms.event, EventPlan):
            check_editions(files.event, forms.event, work, settings, context)
        span_of_plan(work)
        check_timing(work, settings, context)
    if context.faults.errors or forms.catalogue is None or forms.sources is None or overlay.form is None:
        return None
    plan = Plan(
        scenario=_info(overlay, work),
        settings=settings,
        programmes=frame.frozen(work.programmes),
        initiatives=frame.frozen(work.initiatives),
        actions=frame.frozen(work.actions),
        activities=frame.frozen(work.activities),
        lines=frame.frozen(work.lines),
        decisions=frame.frozen(work.decisions),
        resources=resources,
        escalations=frame.escalations(files.base, forms.base),
        currencies=currencies,
        catalogue=catalogue,
        sources=frame.sources(forms.sources),
        series=series,
        event=forms.event,
        tradeoff=forms.tradeoff,
        warnings=context.faults.warnings,
        digest="",
        anomalies=tuple((item.where, item.note) for item in forms.catalogue.anomalies),
        assigned_relations=tuple(forms.catalogue.assigned_relations),
        meetings=frame.meetings(files.meetings, forms.meetings, settings.horizon_start),
        risks=risks,
        gains=gains,
        drivers=frame.frozen(work.drivers),
        beside=work.beside,
    )
    return replace(plan, digest=digest(plan))


def _families(settings: Settings) -> Families:
    days = settings.values.get("units.working_days_per_person_year")
    hours = settings.values.get("units.hours_per_day")
    if days is None or hours is None:
        return FAMILIES
    worked = days.estimate.mode, hours.estimate.mode
    return with_working_time(*worked) if min(worked) > 0 else FAMILIES  # else reported


def _series(files: Files, form: SourcesFile | None, settings: Settings, context: Context) -> Mapping[str, Series]:
    if form is None:
        return {}
    return frame.frozen(
        {key: read_series(key, item, files.data, settings.as_of, context.faults) for key, item in form.series.items()}
    )


def _info(overlay: Overlay, work: Work) -> ScenarioInfo:
    form = overlay.form
    if form is None:
        raise RuntimeError("a scenario without form has faults")
    return ScenarioInfo(
        name=overlay.name,
        title=form.title,
        author=form.author,
        rationale=form.rationale,
        extends=form.extends,
        chosen=frame.frozen({key: decision.chosen for key, decision in work.decisions.items()}),
        changes=frame.frozen(overlay.changes),
    )
