"""What the demo's pages call things: the states and kinds of a text, moves, times of day."""

from datetime import date, datetime

from rehab.models.message import DeliveryState, Kind
from rehab.models.patient import Patient
from rehab.services.demo.phone import Sent

STATES = {
    DeliveryState.SENDING: "on its way",
    DeliveryState.ACCEPTED: "sent",
    DeliveryState.UNKNOWN: "sent, arrival not known",
    DeliveryState.FAILED: "could not be sent",
}
"""What is known of a text that left, by its state."""

KINDS = {
    Kind.EXERCISE: "exercise reminder",
    Kind.FOLLOW_UP: "second exercise reminder",
    Kind.MORNING: "morning question",
    Kind.MISSED_ONE: "text after a missed session",
    Kind.SLEEP: "text about sleep",
    Kind.SLEEP_QUESTION: "question about sleep",
    Kind.NEWS: "news of the plan",
    Kind.LATER: "exercise reminder, moved",
    Kind.WELCOME: "welcome text",
    Kind.REPLY: "answer",
    Kind.CONFIRMATION: "confirmation",
    Kind.BY_HAND: "text from the clinic",
    Kind.MISSED: "question about missed sessions",
    Kind.SAFETY: "safety text",
    Kind.ADVICE: "advice to see a doctor",
    Kind.SIGN_IN: "code to sign in",
}

MOVES = {
    "progress": "step up",
    "hold": "hold",
    "deload": "shorter",
    "rest": "recovery session",
    "regress": "step back",
    "rest_regress": "recovery, step back",
    "pause": "paused",
}

SENT = {
    Sent.ON_ITS_WAY: "On its way: it arrives within a few seconds.",
    Sent.QUIET_HOURS: (
        "It is {time} for {name}. Texts leave between 08:00 and 21:00 where the patient is, so"
        " none is sent now. Try somebody whose day it is."
    ),
    Sent.OPTED_OUT: "{name} has stopped the texts, so nothing is sent. START brings them back.",
    Sent.NOT_ACTIVE: "{name}'s plan is paused: no reminders until the clinician resumes it.",
    Sent.NOTHING_LEFT: "Nothing of this kind is left to send: it was sent or answered already.",
}


def clock_of(patient: Patient, at: datetime) -> str:
    """The wall clock where the patient is: `17:05`."""
    return f"{at.astimezone(patient.tz):%H:%M}"


def city(patient: Patient) -> str:
    """The city that names the patient's zone."""
    return patient.zone.rpartition("/")[2].replace("_", " ")


def day(on: date) -> str:
    """A local date: `Mon 3 Mar`."""
    return f"{on:%a} {on.day} {on:%b}"


def moment(patient: Patient, at: datetime, now: datetime) -> str:
    """An instant on the patient's own calendar: `today 17:05`, `Mon 3 Mar 08:30`."""
    local, days = at.astimezone(patient.tz), (patient.today(at) - patient.today(now)).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return f"{near.get(days) or day(local.date())} {local:%H:%M}"


def outcome(sent: Sent, patient: Patient, now: datetime) -> str:
    """What to tell a visitor who asked for a text."""
    return SENT[sent].format(name=patient.given_name, time=clock_of(patient, now))
