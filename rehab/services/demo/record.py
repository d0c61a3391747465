"""What stands in the demo's records beside the reports: notes, answered measures, and texts that
want a person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from rehab.models.clinic import Clinician
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.measurements import Answer
from rehab.services import measures, notes, replies
from rehab.services.measures import MeasureReport
from rehab.services.replies import Inbound

NOTES: Mapping[str, tuple[tuple[int, str], ...]] = {
    "Grace": (
        (34, "Back pain since lifting a box in the garden. No leg signs. Wants to hike in May."),
        (13, "On the telephone: sleeps through again. Prefers mornings for the walk."),
    ),
    "Jack": ((4, "Helped a friend to move house on Monday. Agreed to keep the easy sessions."),),
    "Marcus": ((2, "Called about the calf: no answer. Tried again at five, left a message."),),
    "Lucía": ((20, "Interpreter not needed. Daughter helps with the phone on Sundays."),),
}
"""Days ago, and what was written."""

PEG: Mapping[str, tuple[tuple[int, tuple[int, int, int]], ...]] = {
    "Grace": ((35, (5, 6, 6)), (21, (4, 4, 5)), (7, (2, 2, 3))),
    "Lucía": ((49, (6, 7, 7)), (28, (6, 6, 7)), (7, (5, 5, 6))),
    "Jack": ((28, (3, 3, 4)), (7, (5, 5, 5))),
}
"""Days ago, and the three answers, 0-10: pain, enjoyment, activity."""

TEXTS: Mapping[str, str] = {
    "Daniel": "Is it all right to go swimming on the days between?",
    "Grace": "The walk is fine but my new shoes rub, what now",
}
"""What has just come by text."""


def write_down(given_name: str, plan: Plan, by: Clinician, library: Library, now: datetime) -> None:
    """Whatever the record of the one of this name holds."""
    for days, body in NOTES.get(given_name, ()):
        notes.write(plan.patient, body, by, now - timedelta(days=days))
    for days, (pain, enjoyment, activity) in PEG.get(given_name, ()):
        at = now - timedelta(days=days)
        rated = {"pain": pain, "enjoyment": enjoyment, "activity": activity}
        answers = tuple(Answer(item, rating) for item, rating in rated.items())
        on = max(plan.patient.today(at), plan.starts_on)
        said = MeasureReport("peg", on, answers, _named(plan, f"peg {on}"))
        measures.report_measure(plan, said, library, now, "demo")
    if given_name in TEXTS:
        body = TEXTS[given_name]
        text = Inbound(f"SM{_named(plan, body).hex}", plan.patient.phone, "", body)
        replies.receive(text, library, now)


def _named(plan: Plan, what: str) -> UUID:
    """The same id in every demo."""
    return uuid5(NAMESPACE_URL, f"demo:{plan.patient.phone}:{what}")
