"""The text with the code: put into the queue in front of all others, for as long as it is good."""

from datetime import datetime
from uuid import uuid4

from rehab.models.message import Kind
from rehab.models.patient import Patient
from rehab.notifications.messages import render
from rehab.programs.library import Library
from rehab.services import consent, outbox
from rehab.services.access.codes import LIFE, Send
from rehab.services.outbox import Intention

FIRST = 20
"""The priority: somebody sits before a page and waits."""


def texter(library: Library, host: str, now: datetime) -> Send:
    """What `codes.ask` texts with; `host` is the name under which the server is reached.

    A number that has said STOP gets nothing.
    """

    def send(patient: Patient, code: str) -> None:
        if not consent.is_suppressed(patient.phone):
            outbox.enqueue([_intention(patient, words(patient, code, library, host), now)], now)

    return send


def words(patient: Patient, code: str, library: Library, host: str) -> str:
    """The whole text. By its last line a phone fills the code in on pages of `host` and on no
    others (the format of domain-bound codes)."""
    texts = library.messages.get(patient.language, library.messages["en"])
    told = render(texts, "ac.code", clinic=patient.clinic.name, code=code)
    return f"{told}\n\n@{host} #{code}"


def _intention(patient: Patient, body: str, now: datetime) -> Intention:
    return Intention(
        patient=patient,
        kind=Kind.SIGN_IN,
        template="ac.code",
        body=body,
        dedupe_key=f"sign-in:{uuid4()}",
        due_at=now,
        expires_at=now + LIFE,
        priority=FIRST,
    )
