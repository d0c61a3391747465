"""What the page of an intake calls things: days, units, who decides, and the kinds of texts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rehab.models.message import Kind
from rehab.models.patient import Patient
from rehab.services.course import ADVISE, BOUNDED, EASE
from rehab.services.today import DUE, REST
from rehab.web.zones import Place

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

UNITS = (("days", "days"), ("weeks", "weeks"), ("months", "months"), ("years", "years"))

LANGUAGES = (("en", "English"), ("es", "Spanish"))

AGREED = (
    ("in_person", "Agreed, in person"),
    ("by_phone", "Agreed, on the telephone: I have read it out"),
    ("no", "No texts: they sign in by themselves"),
)

AUTONOMY = (
    (EASE, "It eases and holds by itself; each step up waits for you"),
    (ADVISE, "It only proposes: every change waits for you"),
    (BOUNDED, "It moves by itself, inside the steps set here"),
)

STATUS = {DUE: "session", REST: "rest day"}

KINDS = {
    Kind.WELCOME: "Welcome",
    Kind.EXERCISE: "Reminder of the session",
    Kind.FOLLOW_UP: "Second reminder",
    Kind.MORNING: "Morning question",
    Kind.MISSED_ONE: "After a missed session",
    Kind.SLEEP: "Sleep tip",
    Kind.SLEEP_QUESTION: "Question about sleep",
}


def local(at: datetime, patient: Patient) -> datetime:
    """An instant on the patient's own calendar and clock."""
    return at.astimezone(patient.tz)


def days(weekdays: tuple[int, ...]) -> str:
    """Weekdays in a row: `Mon, Wed, Fri`; all seven are every day."""
    if len(weekdays) == len(WEEKDAYS):
        return "every day"
    return ", ".join(WEEKDAYS[day] for day in weekdays)


FIELDS = {
    "key": "This form",
    "given_name": "Given name",
    "family_name": "Family name",
    "phone": "Mobile phone",
    "zone": "Lives in",
    "language": "Language",
    "running": "The plan that runs already",
    "lasted": "It has hurt for",
    "lasted_unit": "It has hurt for",
    "usual_pain": "Usual pain",
    "red_flags": "Red flags",
    "looked_at": "Red flags",
    "asked": "Red flags",
    "program_id": "Program",
    "starts_on": "Starts on",
    "exercise_at": "Reminder of the session",
    "morning_at": "Morning question",
    "bedtime": "Bedtime",
    "autonomy": "Who decides",
    "floor": "Lowest step",
    "ceiling": "Highest step",
    "agreed": "Texts",
}
"""What a fault is about, as the form names it."""

PLACES = {
    "key": "who",
    "running": "who",
    "looked_at": "red_flags",
    "autonomy": "when",
    "agreed": "texts",
}
"""Where in the page a field is that has no place of its own name."""


def place(field: str) -> str:
    """Where in the page a fault is mended."""
    return PLACES.get(field, field)


def in_order(faults: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Faults as they follow each other on the page."""
    order = {field: n for n, field in enumerate(FIELDS)}
    return dict(sorted(faults.items(), key=lambda fault: order.get(fault[0], len(order))))


def zones(places: Iterable[Place], chosen: str) -> list[tuple[str, str]]:
    """Where somebody may live; a zone under an older name, which is chosen already, comes first."""
    offered = [(each.zone, each.name) for each in places]
    known = {zone for zone, _ in offered}
    return offered if chosen in known else [(chosen, chosen), *offered]
