"""What lies in the inbox, in the clinician's words: what it is, how soon, and where it leads."""

import re
from datetime import datetime, timedelta

from flask import url_for

from rehab.notifications.intents import Means
from rehab.services.inbox.matters import Form, Matter
from rehab.wiring import library

FLAG = re.compile(r"\bRF[0-9]{2}\b")

SOON = {3: "Now", 2: "Within 2 working days", 1: "To know"}
"""How soon a person is to look, by level (clinical specification 2.5)."""

KINDS = {
    "red_flag": "Red flag",
    "danger_words": "Words of danger",
    "severe_pain": "Severe pain",
    "spread": "Pain in a new area",
    "repeated_high_pain": "High pain again",
    "worsening": "Worse over weeks",
    "long_gap": "A long gap",
    "silent": "Silent",
    "mornings_missing": "Mornings not answered",
    "review_due": "Review due",
    "plan_ended": "Plan has ended",
    "usual_pain": "Usual pain has changed",
    "poor_sleep": "Poor sleep",
    "missed_sore": "Missed: too sore",
    "missed_busy": "Missed: too busy",
    "missed_forgot": "Missed: forgot",
    "unread_text": "Texts not understood",
    "shared_phone": "A shared phone",
    "wrong_number": "Wrong number",
    "text_failed": "A text was not sent",
    "text_opted_out": "Opted out of texts",
    "text_bad_number": "Texts do not arrive",
    "text_blocked": "Texts are blocked",
    "text_refused": "A text was refused",
    "text_filtered": "A text is filtered",
    "texts_missed": "Texts came too late",
    "sending_stopped": "Texts are not going out",
    "details_wrong": "Something on file is wrong",
    "erasure_asked": "Asks to be erased",
    Means.HELP: "Asks for help",
    Means.MAYBE_OPT_OUT: "May want texts to stop",
    Means.UNREADABLE: "A text that was not understood",
    Means.SAFETY: "Words of danger in a text",
}

DONE_BY_US = {
    Means.HELP: "The patient was sent the clinic's number.",
    Means.MAYBE_OPT_OUT: "The patient was asked to reply STOP if texts should end.",
    Means.UNREADABLE: "The patient was asked to say it in another way, once.",
    Means.SAFETY: "The patient was told whom to call.",
}
"""What the server has done about a text by itself."""


def title(matter: Matter) -> str:
    """What it is, in a few words."""
    kind = matter.kind
    if kind.startswith("see_doctor"):
        return "Advise a doctor"
    return KINDS.get(kind, kind.replace("_", " ").capitalize())


def who(matter: Matter) -> str:
    """Whom it is about."""
    patient = matter.patient
    return f"{patient.given_name} {patient.family_name}".strip() if patient else "The clinic"


def about(matter: Matter) -> str:
    """The sentence of an alert; of a reply, the patient's own words."""
    if matter.form is Form.ALERT:
        return in_words(matter.about)
    words = matter.texts[0].body
    return f"“{words}”" if words else "The words are no longer kept."


def in_words(about: str) -> str:
    """With each red flag as it was asked beside its number, which says nothing to anybody."""
    known = library().red_flags

    def asked(found: re.Match[str]) -> str:
        flag = known.get(found[0])
        return f"{found[0]} “{flag.question}”" if flag else found[0]

    return FLAG.sub(asked, about)


def done_by_us(matter: Matter) -> str:
    """What the server has answered to a reply; nothing for an alert."""
    return DONE_BY_US.get(Means(matter.kind), "") if matter.form is Form.REPLY else ""


def place(matter: Matter) -> str:
    """Where in the inbox it is looked at: among what waits of its patient, however much waits."""
    patient_id = matter.patient.id if matter.patient else None
    anchor = f"{matter.form}-{matter.id}"
    return url_for("desk.inbox.page", patient=patient_id, _anchor=anchor)


def age(since: datetime, now: datetime) -> str:
    """How long ago: `just now`, `12 min`, `3 h`, `5 days`."""
    gone = now - since
    if gone < timedelta(minutes=1):
        return "just now"
    if gone < timedelta(hours=1):
        return f"{gone // timedelta(minutes=1)} min"
    if gone < timedelta(days=1):
        return f"{gone // timedelta(hours=1)} h"
    days = gone // timedelta(days=1)
    return "1 day" if days == 1 else f"{days} days"
