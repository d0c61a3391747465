"""The secret address of a patient's calendar: made, read by calendar programs, and revoked.

Whoever has the address reads the times of sessions and nothing else, until it is revoked. Of its
token only the hash is kept.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.calendar_feed import CalendarFeed
from rehab.models.patient import Patient
from rehab.services.access import limits
from rehab.services.access.hashing import new_token, shadow_of
from rehab.services.access.limits import Limit, network_of
from rehab.services.actors import acted
from rehab.services.transactions import hold, transaction

LINKS = Limit("calendar link", burst=10, per=timedelta(hours=1))
"""How often one patient's link is made anew."""

MISSES = Limit("calendar miss", burst=10, per=timedelta(minutes=10))
"""Wrong addresses from one network."""

READS = Limit("calendar read", burst=60, per=timedelta(hours=1))
"""Of one calendar: programs ask a few times a day, some every minute while it is open."""


@transaction()
def make(patient: Patient, now: datetime) -> str:
    """A new token, told this once; the link before it opens nothing any more. Raises TooMany."""
    limits.take(LINKS, str(patient.id), now)
    hold(patient)
    _end(patient, now)
    token = new_token()
    feed = CalendarFeed(patient_id=patient.id, token_hash=shadow_of(token), created_at=now)
    db.session.add(feed)
    db.session.flush()
    acted("calendar.linked", feed, now)
    return token


@transaction()
def revoke(patient: Patient, now: datetime) -> None:
    """Let the patient's link open nothing any more; without one nothing happens."""
    hold(patient)
    _end(patient, now)


def live(patient: Patient) -> CalendarFeed | None:
    """The link that is open, if there is one."""
    return db.session.scalar(select(CalendarFeed).filter_by(patient_id=patient.id, revoked_at=None))


def read(token: str, address: str, now: datetime) -> Patient:
    """Whose calendar a program at `address` asks for.

    That it was read is kept to the hour: it says whether the link is in use, and not when somebody
    looks at their phone. Raises NotFound, the same for unknown and revoked, and TooMany.
    """
    network = network_of(address)
    limits.take(MISSES, network, now)
    feed = _found(token)
    if feed is None:
        raise NotFound("there is no such calendar")
    limits.give_back(MISSES, network)
    limits.take(READS, str(feed.id), now)
    _note(feed, now)
    return db.session.get_one(Patient, feed.patient_id)


@transaction()
def _note(feed: CalendarFeed, now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    if feed.last_read_at is None or feed.last_read_at < hour:
        feed.last_read_at = hour


def _found(token: str) -> CalendarFeed | None:
    query = select(CalendarFeed).filter_by(token_hash=shadow_of(token), revoked_at=None)
    return db.session.scalar(query)


def _end(patient: Patient, now: datetime) -> None:
    feed = live(patient)
    if feed is not None:
        feed.revoked_at = now
        acted("calendar.revoked", feed, now)
