"""The names and parameters of the flagship event: what the formulas of the model ask ``params/event.yml`` for.

A parameter is a single value, or a table with a value for each concept, segment, tier, package, place, format, event
or criterion. The form of the file is made from this registry (``event_file``).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ATTENDANCE_FROM", "CRITERIA", "EVENTS", "FORECASTS", "FORMATS", "PACKAGES", "PARAMETERS", "SEGMENTS", "TIERS",
    "Parameter",
]  # fmt: skip

# Names that the formulas of the model use.
TIERS = ("commercial", "sme", "ldc")
PACKAGES = ("platinum", "gold", "silver", "bronze")
FORMATS = ("physical", "hybrid", "virtual")
EVENTS = ("wsis", "ai_for_good")
FORECASTS = ("host", "organiser")
ATTENDANCE_FROM = ("outcomes", *FORECASTS)  # what the attendance of a concept was stated from
SEGMENTS = (
    "governments_ldc", "governments_developing", "governments_developed", "regulators", "ict_large",
    "other_industries", "sme_developing", "sme_developed", "development_agencies", "ngos", "academia", "youth",
)  # fmt: skip
CRITERIA = (
    "ldc_reach", "sme_voice", "regulatory_dialogue", "partnerships", "sdg_bridge", "risk_debate",
    "technology_awareness", "identity",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a parameter of the event must look like: its axis ("" for a single value), unit and meaning."""

    axis: str
    unit: str
    meaning: str
    positive: bool = False  # it divides, so 0 is refused


PARAMETERS: dict[str, Parameter] = {
    "existing.attendance": Parameter("event", "delegate", "delegates on site of the events that happen anyway"),
    "demand.attendance": Parameter("concept", "delegate", "delegates on site of the first edition"),
    "demand.area_at_attendance": Parameter("concept", "m2", "exhibition that the attendance supposes"),
    "demand.ldc_share": Parameter("concept", "share", "delegates from least developed countries, fellows apart"),
    "demand.overlap": Parameter("concept", "share", "delegates who would have come to the other events"),
    "demand.loss_wsis": Parameter("concept", "share", "delegates that the WSIS Forum loses"),
    "demand.loss_ai_for_good": Parameter("concept", "share", "delegates that AI for Good loses"),
    "demand.growth": Parameter("", "percent/year", "growth from edition to edition"),
    "demand.saturation": Parameter("", "ratio", "attendance at which growth ends, the first edition being 1", True),
    "demand.realisation": Parameter("forecast", "share", "outcome for each delegate that was forecast"),
    "demand.value_proposition": Parameter("concept", "ratio", "what is offered, against what the attendance supposes"),
    "demand.programme_effect": Parameter("", "exponent", "strength of the programme on visitors"),
    "demand.programme_at_attendance": Parameter("concept", "room-day", "programme that the attendance supposes", True),
    "demand.competing": Parameter("", "event", "competing events of other organisers"),
    "demand.competing_at_attendance": Parameter("", "event", "competing events that the attendance supposes"),
    "demand.competition": Parameter("segment", "share", "delegates lost to one more competing event"),
    "demand.crowding": Parameter("", "share", "delegates lost to one more major ITU event in the same month"),
    "demand.fellow_additional": Parameter("", "share", "fellows who would not have come otherwise"),
    "formats.on_site": Parameter("format", "share", "part of the demand that comes on site"),
    "formats.remote": Parameter("format", "ratio", "remote participants for each delegate"),
    "formats.platform": Parameter("format", "ratio", "part of the hybrid add-on"),
    "formats.staff": Parameter("format", "ratio", "time of staff, against an event on site"),
    "formats.marketing": Parameter("format", "ratio", "marketing, against an event on site"),
    "formats.rooms": Parameter("format", "ratio", "conference rooms, against an event on site"),
    "formats.sponsorship": Parameter("format", "ratio", "packages taken up, against an event on site"),
    "places.hall_in_kind": Parameter("place", "share", "part of the halls that the host gives"),
    "places.missions": Parameter("place", "trip", "staff missions to one edition"),
    "places.capacity_delegates": Parameter("place", "delegate", "most delegates at one time"),
    "places.capacity_area": Parameter("place", "m2", "most net exhibition area"),
    "fees.standard": Parameter("segment", "CHF/delegate", "standard fee"),
    "fees.level": Parameter("concept", "ratio", "part of the standard fee that is charged"),
    "fees.paying": Parameter("", "share", "delegates of a segment with a fee who pay it"),
    "fees.sensitivity": Parameter("", "ratio", "elasticity at the scale fee, positive"),
    "fees.scale": Parameter("", "CHF/delegate", "fee at which the elasticity holds", True),
    "fees.reference": Parameter("", "CHF/delegate", "fee at which attendance is stated"),
    "exhibition.price": Parameter("tier", "CHF/m2", "price of bare floor"),
    "exhibition.reference_price": Parameter("tier", "CHF/m2", "price at which areas are stated", True),
    "exhibition.sensitivity": Parameter("", "ratio", "elasticity at the reference price, positive"),
    "exhibition.area_commercial": Parameter("concept", "m2", "net area of the commercial tier"),
    "exhibition.area_sme": Parameter("concept", "m2", "net area of the SME tier"),
    "exhibition.area_ldc": Parameter("concept", "m2", "net area of the LDC tier"),
    "exhibition.subsidised": Parameter("", "share", "SME and LDC stands at their own rate, with a stand"),
    "exhibition.cross_side": Parameter("", "exponent", "strength of exhibitors on visitors"),
    "exhibition.visitor_effect": Parameter("", "exponent", "strength of visitors on exhibitors"),
    "exhibition.reference_visitors": Parameter("", "delegate", "visitors of half strength", True),
    "exhibition.visitors_at_area": Parameter("concept", "delegate", "visitors that the areas suppose"),
    "exhibition.reference_area": Parameter("", "m2", "area of half strength", True),
    "exhibition.gross_factor": Parameter("", "ratio", "hall area for each m² of stands"),
    "exhibition.stand_area": Parameter("", "m2", "area of one SME or LDC exhibitor", True),
    "exhibition.stand_cost": Parameter("", "CHF/m2", "modular stand of SME and LDC exhibitors"),
    "exhibition.services": Parameter("", "CHF/m2", "margin on services to exhibitors"),
    "sponsorship.price": Parameter("package", "CHF", "price of a package"),
    "sponsorship.limit": Parameter("package", "package", "most packages offered"),
    "sponsorship.sold_platinum": Parameter("concept", "package", "platinum packages taken up"),
    "sponsorship.sold_gold": Parameter("concept", "package", "gold packages taken up"),
    "sponsorship.sold_silver": Parameter("concept", "package", "silver packages taken up"),
    "sponsorship.sold_bronze": Parameter("concept", "package", "bronze packages taken up"),
    "sponsorship.cap": Parameter("", "share", "most that sponsors carry of the cash cost"),
    "sponsorship.visitor_effect": Parameter("", "exponent", "strength of visitors on packages taken up"),
    "sponsorship.displaced": Parameter("concept", "share", "sponsorship that the other events lose"),
    "income.host_cash": Parameter("", "CHF", "payment of a host country for one edition"),
    "income.voluntary": Parameter("", "CHF", "voluntary contributions to one edition"),
    "income.voluntary_support": Parameter("", "share", "support cost of voluntary contributions"),
    "income.digital_price": Parameter("", "CHF/delegate", "price of a digital subscription"),
    "income.digital_share": Parameter("", "share", "remote participants who would subscribe at next to no price"),
    "income.uncollected": Parameter("", "share", "invoices that are not paid"),
    "programme.days": Parameter("concept", "day", "days of one edition"),
    "programme.rooms": Parameter("concept", "room", "conference rooms"),
    "programme.interpreted_rooms": Parameter("concept", "room", "rooms with interpretation"),
    "programme.pages": Parameter("concept", "page", "pages translated"),
    "cost.hall_rent": Parameter("", "CHF/m2/day", "hall rent"),
    "cost.hall_module": Parameter("", "m2", "part of a hall that is let as a whole", True),
    "cost.build_up_days": Parameter("", "day", "days of build-up and dismantling"),
    "cost.area_per_delegate": Parameter("", "m2/delegate", "conference area for each delegate"),
    "cost.hybrid_addon": Parameter("", "CHF", "platform and streaming of the reference size"),
    "cost.addon_room_days": Parameter("", "room-day", "reference size of the add-on", True),
    "cost.plenary_av": Parameter("", "CHF/day", "sound, screens and technicians of the plenary hall"),
    "cost.languages": Parameter("", "language", "languages translated into"),
    "cost.security": Parameter("", "CHF/delegate/day", "security and badges"),
    "cost.post": Parameter("", "CHF/day", "one post of registration, information and first aid"),
    "cost.delegates_per_post": Parameter("", "delegate", "delegates for each post", True),
    "cost.governance": Parameter("", "CHF", "governance body, as far as the plan does not pay it"),
    "cost.learning": Parameter("", "share", "cost saved at each doubling of the editions held"),
    "cost.insurance": Parameter("", "share", "insurance, of the direct cost"),
    "cost.marketing": Parameter("concept", "CHF", "marketing and sales"),
    "cost.staff_additional": Parameter("concept", "person-month", "temporary staff"),
    "cost.staff_absorbed": Parameter("concept", "person-month", "time of staff already paid"),
    "cost.fellowships": Parameter("concept", "trip", "fellows"),
    "cost.fellow_extra_days": Parameter("concept", "day", "days of a fellow beside those of the edition"),
    "cost.fellow_days": Parameter("", "day", "days of subsistence in the rate of a fellow"),
    "cost.shared_hall": Parameter("joint", "share", "hall and room days that joined events pay"),
    "cost.shared_interpretation": Parameter("joint", "share", "interpreter days that joined events pay"),
    "cost.shared_platform": Parameter("joint", "share", "platform that joined events pay"),
    "cost.shared_staff": Parameter("joint", "share", "staff time that joined events give"),
    "cost.shared_marketing": Parameter("joint", "share", "marketing that joined events do"),
    "risk.cancelled": Parameter("", "probability", "an edition is cancelled"),
    "risk.forced_virtual": Parameter("", "probability", "an edition is forced on line"),
    "risk.sunk": Parameter("", "share", "cost that is lost where an edition is not held as planned"),
    "risk.recovered": Parameter("", "share", "sunk cost that the insurance pays"),
    "risk.kept_sponsorship": Parameter("", "share", "sponsorship that stays with an edition forced on line"),
    "fund.opening": Parameter("", "CHF", "opening balance of the exhibition fund"),
    "fund.floor": Parameter("", "CHF", "least balance of the fund"),
    "impact.ldc_share": Parameter("segment", "share", "delegates from least developed countries"),
    "impact.developing_share": Parameter("segment", "share", "delegates from developing countries"),
    "impact.remote_weight": Parameter("", "share", "weight of a remote participant"),
    "impact.delegates_per_sme": Parameter("", "ratio", "delegates of one enterprise", True),
    "impact.brokered": Parameter("", "partnership/1000 delegates", "partnerships that follow"),
    "impact.risk_share": Parameter("", "share", "interpreted sessions on risk and policy"),
    "impact.awareness_area": Parameter("", "m2", "exhibition of half effect", True),
    "impact.identity": Parameter("concept", "share", "judged identity"),
    "impact.shape": Parameter("criterion", "exponent", "form of the value function, 1 being linear", True),
    "impact.full": Parameter("criterion", "quantity", "quantity that scores 100", True),
    "constraints.unity": Parameter("concept", "share", "judged unity with the goals of ITU"),
    "constraints.least_unity": Parameter("", "share", "least unity of an admissible concept"),
    "constraints.most_conflict": Parameter(
        "", "event", "most other ITU events at which a delegate is wanted in the month of an edition"
    ),
}
