"""A clinic's texts in numbers, and every text of the library as its patients get it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.clinic import Clinic
from rehab.models.message import InboundMessage, OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications.gsm7 import ONE_MESSAGE, septets
from rehab.notifications.messages import LONGEST, render
from rehab.programs.library import Library
from rehab.services.access.links import REMINDER_LENGTH

LATELY = timedelta(days=30)

PARTS_HOLD = 153
"""Septets in each part of a text that is longer than one message."""

EXAMPLE = {"name": "Maya", "time": "18:00", "n": "4", "min": "15", "code": "123456"}
"""What stands in the blanks that differ from patient to patient."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Texts of the last 30 days: those sent by the state that they are in, and those received."""

    sent: Mapping[str, int]
    received: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as it arrives, with an example in its blanks; `septets` is None if it is not plain."""

    key: str
    body: str
    septets: int | None

    @property
    def parts(self) -> int:
        """How many messages it is sent, and paid, as."""
        if self.septets is not None and self.septets <= ONE_MESSAGE:
            return 1
        return -(-(self.septets or len(self.body)) // PARTS_HOLD)


def counts(clinic_id: UUID, now: datetime) -> Counts:
    """How many texts the clinic's patients were to get, and sent, in the last 30 days."""
    since = now - LATELY
    states = (
        select(OutboundMessage.state, func.count())
        .where(OutboundMessage.clinic_id == clinic_id, OutboundMessage.due_at.between(since, now))
        .group_by(OutboundMessage.state)
    )
    theirs = select(Patient.id).where(Patient.clinic_id == clinic_id)
    received = select(func.count(InboundMessage.id)).where(
        InboundMessage.patient_id.in_(theirs), InboundMessage.received_at >= since
    )
    sent = {str(row[0]): row[1] for row in db.session.execute(states)}
    return Counts(sent, db.session.scalars(received).one())


def texts(clinic: Clinic, language: str, library: Library, public_url: str) -> Iterator[Shown]:
    """Every text of a language, with the clinic's own name and number in it."""
    link = f"{public_url}/{'x' * REMINDER_LENGTH}"
    words, example = library.messages[language], _any_blank() | EXAMPLE
    for key in words:
        body = render(words, key, clinic=clinic.name, tel=clinic.phone, link=link, **example)
        yield Shown(key, body, septets(body))


def _any_blank() -> dict[str, str]:
    """Something for each blank that a text may have, those without an example too."""
    given = ("clinic", "tel", "link")
    return {blank: "0" * size for blank, size in LONGEST.items() if blank not in given}
