"""The form of the work: decisions, actions, activities and their resource lines."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from sfp_model.inputs.context import Context, Node, Problem, known_name
from sfp_model.inputs.documents import text_of
from sfp_model.inputs.leaf import Quantity, Range, SourceName, Text, domain_problems, source_problems
from sfp_model.inputs.plan import Confidence, Funding, Profile, Role
from sfp_model.inputs.schema_drivers import DriverForm, DriverName, IndicatorForm, RaisedForm
from sfp_model.inputs.schema_frame import Month
from sfp_model.inputs.units import unit_problem

__all__ = ["ActionForm", "ActivityForm", "DecisionForm", "InitiativeFile", "LineForm", "ProgrammeFile", "line_id"]

ItemName = Annotated[str, known_name("catalogue", "item in the catalogue")]
ActionName = Annotated[str, known_name("action")]
SectorName = Annotated[str, known_name("sector")]
Shares = dict[SectorName, float]


class AfterForm(Node):
    """A predecessor with the months between its end and the start of the action."""

    action: ActionName = Field(description="action that must end first")
    lag: float = Field(
        0.0, description="months from its end to the start; negative where the two overlap; stretches with the plan"
    )


def _after_kind(data: Any) -> str:
    return "<name>" if isinstance(data, str) else "<lag>"


After = Annotated[Annotated[ActionName, Tag("<name>")] | Annotated[AfterForm, Tag("<lag>")], Discriminator(_after_kind)]
Months = Annotated[float, Field(ge=0)]
TAKE_PART = ("learners", "guests", "participants")  # ids of lines whose role must not be left to a default
Assigned = Literal["source", "project"]


def line_id(activity: str, resource: str, suffix: str | None) -> str:
    """Return the id of a resource line.

    Examples
    --------
    >>> line_id("a.1.1", "staff.geneva.P4", None), line_id("a.1.1", "travel.fellow_geneva", "kick-off")
    ('a.1.1/staff.geneva.P4', 'a.1.1/travel.fellow_geneva.kick-off')
    """
    return f"{activity}/{resource}.{suffix}" if suffix else f"{activity}/{resource}"


def share_problems(shares: Shares | None) -> Iterator[Problem]:
    """Yield shares outside 0 to 1, and shares that do not sum to 1."""
    outside = {key: share for key, share in (shares or {}).items() if not 0 <= share <= 1}
    for key, share in outside.items():
        yield ("sectors", key), f"{text_of(share)} is no share; a share lies between 0 and 1"
    if shares is not None and not outside and abs(sum(shares.values()) - 1) > 1e-6:
        yield ("sectors",), f"the shares sum to {sum(shares.values()):.6g}; they must sum to 1"


class TimingForm(Node):
    """When a one-off line falls: within its action, or in fixed calendar months."""

    profile: Profile = Field("uniform", description="uniform, front, back or bell")
    offset: Months | None = Field(None, description="months after the start of the action")
    duration: Annotated[float, Field(gt=0)] | None = Field(None, description="length in months; default to its end")
    from_: Month | None = Field(None, alias="from", description="first calendar month, as 2021-10")
    to: Month | None = Field(None, description="calendar month in which it has ended, as 2022-03")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield two ways of timing at once, half a range, and a range that runs backwards."""
        if self.from_ is None and self.to is None:
            return
        if self.offset is not None or self.duration is not None:
            yield (), "either from and to (calendar months), or offset and duration (months within the action)"
        if self.from_ is None or self.to is None:
            yield (), f"{'from' if self.from_ is None else 'to'} is missing; calendar months need from and to"
        elif self.from_ >= self.to:
            yield ("to",), f"{self.to} is not after {self.from_}; from < to (the month of `to` no longer counts)"


class RecursForm(Node):
    """A line that comes back each month or year until the horizon."""

    from_: Months = Field(alias="from", description="first month after the start of the action")
    per: Literal["month", "year"] = Field("month", description="what the quantity is for: month or year")
    until: Months | None = Field(None, description="month after the start of the action in which it ends")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield a range that runs backwards."""
        if self.until is not None and self.until <= self.from_:
            key = context.blamed(self.place, ("until", "from"))
            yield (key,), f"it ends ({self.until:g}) before it starts ({self.from_:g}); from < until"


class LineForm(Node):
    """One estimate of one resource."""

    resource: Annotated[str, known_name("resource")] = Field(description="key of the rate card")
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] | None = Field(
        None, description="suffix of letters, digits, - and _ where the same resource stands twice in the activity"
    )
    quantity: Quantity = Field(description="a number, or {low, mode, high}")
    unit: Text = Field(description="unit of the quantity; must fit the unit of the rate")
    per: list[DriverName] = Field(
        default_factory=list, description="drivers of this file: the quantity is for one unit of each"
    )
    funding: Funding = Field(description="additional, absorbed or in_kind")
    basis: Text = Field(description="in words: why this much")
    source: SourceName = Field(description="key of data/sources.yml, or estimate")
    confidence: Confidence = Field(description="R, R2, M-H, M-M, M-L or E (our estimate)")
    rests_on: list[SourceName] = Field(default_factory=list, description="further sources behind the figure")
    options: list[str] = Field(default_factory=list, description="only under these options of the decision")
    sectors: Shares | None = Field(None, description="shares by sector, sum 1; default those of the action")
    timing: TimingForm | None = Field(None, description="when it falls; default evenly over the action")
    recurs: RecursForm | None = Field(None, description="comes back each month or year; instead of timing")
    role: Role | None = Field(
        None, description="work or participants (learners, guests, reviewers); default participants for grade mix"
    )
    body: Annotated[str, known_name("body", "body of Member States")] | None = Field(
        None, description="body or meeting of Member States that it is for, a key of bodies; left out for none"
    )

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield what is wrong among the keys of the line."""
        yield from source_problems(self, context)
        yield from share_problems(self.sectors)
        rate_unit = context.rate_units.get(self.resource)
        problem = unit_problem(self.unit, rate_unit, self.resource) if rate_unit else None
        if problem:
            yield ("unit",), problem
        if isinstance(self.quantity, Range):
            for below, message in domain_problems(self.quantity, 0.0, inf, context):
                yield ("quantity", *below), message
        elif self.quantity < 0:
            yield ("quantity",), f"{text_of(self.quantity)} is below 0; a quantity is 0 or more"
        if self.timing is not None and self.recurs is not None:
            yield ("recurs",), "either timing (one-off) or recurs (each month or year), not both"
        mix = self.resource.endswith(".mix")  # time of all grades is that of participants unless its role says work
        if self.id in TAKE_PART and self.role is None and self.unit.startswith("person-") and not mix:
            yield ("id",), f"{self.id} take part: write role: participants (or role: work if they do the work)"


class WithoutForm(Node):
    """What becomes of the activity where no additional money is given."""

    level: Literal["carried", "reduced", "not_done"] = Field(description="carried, reduced or not_done")
    reason: Text = Field(description="why")


class ActivityForm(Node):
    """A piece of work: has lines, or says why it costs nothing."""

    title: Text = Field(description="title in words")
    serves: list[ItemName] | None = Field(None, description="items of the catalogue; default the own id")
    assigned_by: Assigned = Field("source", description="project where the source does not list the activity")
    no_cost: Text | None = Field(None, description="why it costs nothing; instead of lines")
    lines: list[LineForm] | None = Field(None, description="resource lines")
    without_additional: WithoutForm | None = Field(
        None, description="needed where lines are additional: what becomes of the activity without them"
    )

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield lines beside no_cost, neither, lines with the same id, and a missing without_additional."""
        if self.lines and self.no_cost:
            yield ("no_cost",), "either lines or no_cost, not both: what has lines costs something"
        elif not self.lines and not self.no_cost:
            yield (), "neither lines nor no_cost stands here; give lines, or no_cost with the reason"
        seen: dict[str, int] = {}
        for line in self.lines or ():
            index = int(line.place[-1]) if line.place else 0
            name = line_id(str(self.place[-1]) if self.place else "", line.resource, line.id)
            if name in seen:
                yield ("lines", index), f"{name} is already lines[{seen[name]}]; give each its own id"
            seen.setdefault(name, index)
        if self.without_additional is None and any(line.funding == "additional" for line in self.lines or ()):
            yield (
                (),
                "has additional lines: without_additional {level: carried | reduced | not_done, reason} is missing",
            )


class ActionForm(Node):
    """An action with its place in time."""

    title: Text = Field(description="title in words")
    phase: Annotated[str, known_name("phase")] | None = Field(
        None, description="phase of base.yml, or plan for the whole plan; or start and duration"
    )
    start: Months | None = Field(None, description="months after M0, stretches with the plan")
    duration: Annotated[float, Field(gt=0)] | None = Field(None, description="months, stretches with the plan")
    after: list[After] = Field(
        default_factory=list, description="actions that must end first: an id, or {action, lag} in months"
    )
    timing_in_source: str = Field("", description="when it falls in the words of the source")
    overrun_class: Annotated[str, known_name("overrun_class", "overrun class")] = Field(
        description="reference class of base.yml, section overrun_classes"
    )
    sectors: Shares = Field(description="shares by sector, sum 1; default of the lines")
    serves: list[ItemName] | None = Field(None, description="items of the catalogue; default the own id")
    assigned_by: Assigned = Field("source", description="project where the source does not list the action")
    activities: dict[str, ActivityForm] = Field(description="activities by id", min_length=1)

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield an action without place in time, and shares that do not sum to 1."""
        yield from share_problems(self.sectors)
        if self.phase is None and (self.start is None or self.duration is None):
            missing = [key for key in ("start", "duration") if getattr(self, key) is None]
            gap = f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing"
            yield (), f"{gap}; give phase, or start and duration in months"
        if self.phase == "plan" and self.duration is not None:
            yield ("duration",), "an action with phase: plan lasts as long as its programme; leave duration out"


class OptionForm(Node):
    """One answer to a decision."""

    title: Text = Field(description="title in words")
    catalogue: list[ItemName] = Field(default_factory=list, description="boxes of the source that offer it")
    delay: Months = Field(0.0, description="months by which the governed actions start later")
    presupposes: str = Field("", description="what must have happened for it")


class DecisionForm(Node):
    """A question put to Member States."""

    title: Text = Field(description="the question")
    short: Text | None = Field(None, description="the question in two or three words, for narrow tables; default title")
    options: dict[str, OptionForm] = Field(description="options by name", min_length=1)
    default: str = Field(description="option of the baseline")
    governs: list[ActionName] = Field(description="actions that it decides on")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield a default that is none of the options."""
        if self.default not in self.options:
            yield ("default",), f"'{self.default}' is none of the options {', '.join(self.options)}"


ProgrammeName = Annotated[str, known_name("programme")]


class InitiativeFile(Node):
    """One initiative with its actions."""

    version: Literal[1] = Field(description="version of the file format")
    programme: ProgrammeName = Field(description="programme of base.yml")
    initiative: Text = Field(description="id of the initiative")
    title: Text = Field(description="title in words")
    decisions: dict[str, DecisionForm] = Field(default_factory=dict, description="decisions by id")
    drivers: dict[str, DriverForm] = Field(default_factory=dict, description="numbers that lines are multiplied by")
    actions: dict[str, ActionForm] = Field(description="actions by id", min_length=1)


class AccountForm(Node):
    """Work that goes on anyway, with its absorbed time: what levers work on; never part of the plan's need."""

    title: Text = Field(description="title in words")
    lines: Annotated[list[LineForm], Field(min_length=1)] = Field(description="absorbed lines, recurring each year")

    def problems(self, context: Context) -> Iterator[Problem]:
        """Yield lines that are not absorbed or do not recur, and lines with the same id."""
        seen: dict[str, int] = {}
        for index, line in enumerate(self.lines):
            if line.funding != "absorbed" or line.recurs is None:
                yield ("lines", index), "work that goes on anyway is absorbed and recurs: funding: absorbed, recurs"
            name = line_id("", line.resource, line.id)
            if name in seen:
                yield ("lines", index), f"{name[1:]} is already lines[{seen[name]}]; give each its own id"
            seen.setdefault(name, index)


class InitiativeForm(Node):
    """One initiative within the file of a programme."""

    title: Text = Field(description="title in words")
    actions: dict[str, ActionForm] = Field(description="actions by id", min_length=1)


class ProgrammeFile(Node):
    """A programme with its initiatives."""

    version: Literal[1] = Field(description="version of the file format")
    programme: ProgrammeName = Field(description="programme of base.yml")
    decisions: dict[str, DecisionForm] = Field(default_factory=dict, description="decisions by id")
    initiatives: dict[str, InitiativeForm] = Field(description="initiatives by id", min_length=1)
    drivers: dict[str, DriverForm] = Field(default_factory=dict, description="numbers that lines are multiplied by")
    account: AccountForm | None = Field(None, description="work that goes on anyway, beside the plan")
    raised: dict[str, RaisedForm] = Field(default_factory=dict, description="money to be raised from others, by key")
    indicators: dict[str, IndicatorForm] = Field(
        default_factory=dict, description="outcome indicators, by their id in the catalogue"
    )
