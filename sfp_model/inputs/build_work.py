"""From checked files to the work: decisions, initiatives, actions, activities and lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sfp_model.inputs.beside import Beside, Driver, Part
from sfp_model.inputs.build_drivers import (
    check_per,
    driver_name,
    file_drivers,
    file_indicators,
    file_raised,
    parts_of,
)
from sfp_model.inputs.build_frame import frozen, month_index
from sfp_model.inputs.context import Context
from sfp_model.inputs.documents import Document, Place
from sfp_model.inputs.leaf import estimate, own_position
from sfp_model.inputs.plan import (
    Action,
    Activity,
    CatalogueItem,
    Decision,
    Initiative,
    Line,
    Option,
    Programme,
    Recurrence,
    Resource,
    Settings,
    Timing,
    Value,
)
from sfp_model.inputs.schedule import WHOLE_PLAN, scheduled
from sfp_model.inputs.schema_frame import BaseFile
from sfp_model.inputs.schema_work import (
    ActionForm,
    ActivityForm,
    InitiativeFile,
    LineForm,
    ProgrammeFile,
    RecursForm,
    TimingForm,
    line_id,
)
from sfp_model.inputs.units import Families, conversion

__all__ = ["Work", "WorkFile", "build_work"]

MIX = "mix"  # the grade of many people at once, who as a rule take part


@dataclass(frozen=True, slots=True)
class WorkFile:
    """A file with initiatives and its checked content."""

    document: Document
    form: InitiativeFile | ProgrammeFile

    def initiatives(self) -> Iterator[tuple[str, str, Place, Mapping[str, ActionForm]]]:
        """Yield id, title, place and actions of each initiative."""
        if isinstance(self.form, InitiativeFile):
            yield self.form.initiative, self.form.title, (), self.form.actions
        else:
            for key, item in self.form.initiatives.items():
                yield key, item.title, item.place, item.actions


@dataclass(slots=True)
class Work:
    """The work of the plan while it is built, and where each part was typed."""

    initiatives: dict[str, Initiative] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    places: dict[tuple[str, str], tuple[Document, Place]] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    drivers: dict[str, Driver] = field(default_factory=dict)
    beside: Beside = field(default_factory=Beside)


@dataclass(frozen=True, slots=True)
class _Frame:
    settings: Settings
    resources: Mapping[str, Resource]
    catalogue: Mapping[str, CatalogueItem]
    families: Families
    typed_phases: Mapping[str, tuple[float, float]]

    def stretch(self, action: ActionForm) -> float:
        """Return the factor on the months that are typed within *action*.

        Where a scenario makes a phase longer or shorter than it was typed, what falls within the phase keeps its
        proportions: ``phase_stretch · length in the scenario / length as typed``.
        """
        now, typed = self.settings.phases, self.typed_phases
        factor = self.settings.phase_stretch
        if action.duration is not None or not now or not typed:
            return factor
        if action.phase == WHOLE_PLAN:
            return factor * max(to for _, to in now.values()) / max(to for _, to in typed.values())
        if action.phase is None or action.phase not in now or action.phase not in typed:
            return factor
        (start, end), (old_start, old_end) = now[action.phase], typed[action.phase]
        return factor * (end - start) / (old_end - old_start)


def build_work(
    files: list[WorkFile],
    base: BaseFile,
    settings: Settings,
    resources: Mapping[str, Resource],
    catalogue: Mapping[str, CatalogueItem],
    families: Families,
    typed_phases: Mapping[str, tuple[float, float]],
    chosen: Mapping[str, str],
    context: Context,
) -> Work:
    """Build the work of all files, in the order of the programmes of the base file.

    ``typed_phases`` are the phases as they stand in the base file, before a scenario changed them.
    """
    work = Work()
    frame = _Frame(settings, resources, catalogue, families, typed_phases)
    order = {key: index for index, key in enumerate(base.programmes)}
    files = sorted(files, key=lambda item: order.get(item.form.programme, len(order)))
    for file in files:
        work.drivers |= file_drivers(file.document, file.form, settings, context)
        for key, title, place, actions in file.initiatives():
            _add_initiative(work, frame, file, key, title, place, actions, context)
        _add_decisions(work, file, chosen, context)
        _add_beside(work, frame, file, context)
    for key, item in base.programmes.items():
        members = tuple(i.id for i in work.initiatives.values() if i.programme == key)
        work.programmes[key] = Programme(key, item.title, members)
    return work


def span_of_plan(work: Work) -> None:
    """Give the actions of phase ``plan`` the length of their programme, delays of options left aside."""
    for key, (start, end) in scheduled(work.actions).items():
        if work.actions[key].phase == WHOLE_PLAN:
            work.actions[key] = replace(work.actions[key], duration=end - start)


def _twice(work: Work, kind: str, key: str, file: WorkFile, place: Place, context: Context) -> bool:
    """Report an id that another file has already used."""
    seen = work.places.get((kind, key))
    if seen is None:
        work.places[(kind, key)] = (file.document, place)
        return False
    where = seen[0].position(seen[1], key=True)
    context.error(file.document, place, f"{kind} {key} already stands in {where.file}:{where.line}", key=True)
    return True


def _add_initiative(
    work: Work,
    frame: _Frame,
    file: WorkFile,
    key: str,
    title: str,
    place: Place,
    actions: Mapping[str, ActionForm],
    context: Context,
) -> None:
    document = file.document
    spot = place or ("initiative",)
    if _twice(work, "initiative", key, file, spot, context):
        return
    names = []
    for action, form in actions.items():
        if _twice(work, "action", action, file, form.place, context):
            continue
        names.append(action)
        serves = _serves(form.serves, action, (), frame)
        members = []
        for activity, item in form.activities.items():
            if _twice(work, "activity", activity, file, item.place, context):
                continue
            members.append(activity)
            owner = (file.form.programme, key, action, activity)
            _add_activity(work, frame, document, owner, form, item, serves, context)
        work.actions[action] = _action(frame, document, action, key, file.form.programme, form, serves, members)
    position = document.position(spot, key=True)
    work.initiatives[key] = Initiative(key, title, file.form.programme, tuple(names), position)


def _serves(typed: list[str] | None, own: str, otherwise: tuple[str, ...], frame: _Frame) -> tuple[str, ...]:
    if typed is not None:
        return tuple(typed)
    return (own,) if own in frame.catalogue else otherwise


def _action(
    frame: _Frame,
    document: Document,
    key: str,
    initiative: str,
    programme: str,
    form: ActionForm,
    serves: tuple[str, ...],
    activities: list[str],
) -> Action:
    start, end = frame.settings.phases.get(form.phase or "", (0.0, 0.0))
    stretch = frame.settings.phase_stretch
    own_start = start if form.start is None else form.start
    duration = end - start if form.duration is None else form.duration
    return Action(
        id=key,
        title=form.title,
        initiative=initiative,
        programme=programme,
        phase=form.phase,
        start=own_start * stretch,
        duration=duration * stretch,
        after=tuple(item if isinstance(item, str) else item.action for item in form.after),
        timing_in_source=form.timing_in_source,
        overrun_class=form.overrun_class,
        sectors=frozen(form.sectors),
        assigned_by=form.assigned_by,
        serves=serves,
        activities=tuple(activities),
        position=document.position(form.place, key=True),
        lags=_lags(form, stretch),
    )


def _lags(form: ActionForm, stretch: float) -> tuple[float, ...]:
    lags = tuple(0.0 if isinstance(item, str) else item.lag * stretch for item in form.after)
    return lags if any(lags) else ()


def _add_activity(
    work: Work,
    frame: _Frame,
    document: Document,
    owner: tuple[str, str, str, str],
    action: ActionForm,
    form: ActivityForm,
    serves: tuple[str, ...],
    context: Context,
) -> None:
    key = owner[-1]
    own = _serves(form.serves, key, serves if form.assigned_by == "project" else (), frame)
    if not own and form.assigned_by == "source" and form.serves is None and frame.catalogue:
        text = f"{key} is no item of the catalogue; say what it serves, or mark it assigned_by: project"
        context.error(document, form.place, text, key=True)
    names = []
    for item in form.lines or ():
        for line in _lines(work, frame, document, owner, action.sectors, frame.stretch(action), item, context):
            if line.id not in work.lines:
                work.lines[line.id] = line
                work.places[("line", line.id)] = (document, item.place)
                names.append(line.id)
    without = form.without_additional
    work.activities[key] = Activity(
        id=key,
        title=form.title,
        action=owner[2],
        serves=own,
        assigned_by=form.assigned_by,
        no_cost=form.no_cost,
        lines=tuple(names),
        without_additional=without.level if without else "carried",
        without_additional_reason=without.reason if without else "",
        position=document.position(form.place, key=True),
    )


def _lines(
    work: Work,
    frame: _Frame,
    document: Document,
    owner: tuple[str, str, str, str],
    sectors: Mapping[str, float],
    stretch: float,
    form: LineForm,
    context: Context,
) -> Iterator[Line]:
    """Yield the line that *form* states: one, or one for each part of its driver, all with the same quantity."""
    programme, initiative, action, activity = owner
    key = line_id(activity, form.resource, form.id)
    resource = frame.resources.get(form.resource)
    factor = conversion(form.unit, resource.per, frame.families) if resource else None
    if resource is None or factor is None or not check_per(document, form, work.drivers, context):
        return  # already reported
    quantity = Value(
        path=f"{key}#quantity",
        estimate=estimate(form.quantity),
        unit=form.unit,
        source=form.source,
        confidence=form.confidence,
        basis=form.basis,
        position=own_position(document, (*form.place, "quantity")),
        rests_on=tuple(form.rests_on),
        title=resource.title,
    )
    for part in parts_of(document, form, work.drivers) or (Part("", "", 1.0, 0.0),):
        timing = _timing(form.timing, frame.settings, stretch)
        recurs = _recurrence(form.recurs, stretch)
        if part.joins and recurs is not None:
            recurs = replace(recurs, start=recurs.start + part.joins * stretch)
        elif part.joins and timing.absolute is None:
            timing = replace(timing, offset=timing.offset + part.joins * stretch)
        yield Line(
            id=f"{key}.{part.id}" if part.id else key,
            activity=activity,
            action=action,
            initiative=initiative,
            programme=programme,
            resource=form.resource,
            quantity=quantity,
            factor=factor,
            funding=form.funding,
            timing=timing,
            recurs=recurs,
            options=tuple(form.options),
            sectors=frozen(sectors if form.sectors is None else form.sectors),
            position=document.position(form.place, key=True),
            role=form.role or ("participants" if resource.grade == MIX else "work"),
            body=form.body or "",
            per=tuple(driver_name(document, name) for name in form.per),
            part=part.id,
        )


def _add_beside(work: Work, frame: _Frame, file: WorkFile, context: Context) -> None:
    """Add the account of work that goes on anyway, money to be raised and indicators."""
    form, document = file.form, file.document
    if not isinstance(form, ProgrammeFile):
        return
    account, title = dict(work.beside.account), work.beside.account_title
    if form.account is not None:
        title = form.account.title
        owner = (form.programme, "", "", driver_name(document, "lines", "account").rpartition(".")[0])
        for item in form.account.lines:
            account |= {ln.id: ln for ln in _lines(work, frame, document, owner, {}, 1.0, item, context)}
    raised = file_raised(document, form, work.drivers, context)
    indicators = file_indicators(document, form, work.lines, frame.catalogue, context)
    work.beside = Beside(
        frozen(account),
        title,
        frozen({**work.beside.raised, **raised}),
        frozen({**work.beside.indicators, **indicators}),
    )


def _timing(form: TimingForm | None, settings: Settings, stretch: float) -> Timing:
    if form is None:
        return Timing()
    if form.from_ is not None and form.to is not None:
        first = settings.horizon_start
        return Timing(form.profile, absolute=(month_index(form.from_, first), month_index(form.to, first)))
    duration = None if form.duration is None else form.duration * stretch
    return Timing(form.profile, (form.offset or 0.0) * stretch, duration)


def _recurrence(form: RecursForm | None, stretch: float) -> Recurrence | None:
    if form is None:
        return None
    until = None if form.until is None else form.until * stretch
    return Recurrence(form.from_ * stretch, form.per, until)


def _add_decisions(work: Work, file: WorkFile, chosen: Mapping[str, str], context: Context) -> None:
    for key, form in file.form.decisions.items():
        if _twice(work, "decision", key, file, form.place, context):
            continue
        options = {
            name: Option(name, item.title, tuple(item.catalogue), float(item.delay), item.presupposes)
            for name, item in form.options.items()
        }
        choice = chosen.get(key, form.default)
        position = file.document.position(form.place, key=True)
        work.decisions[key] = Decision(
            key, form.title, frozen(options), choice, tuple(form.governs), position, form.short or form.title
        )  # fmt: skip
