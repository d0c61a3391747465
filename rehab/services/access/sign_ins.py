"""Sign-ins: kept here and not in the cookie, so that they can be seen and ended one by one.

Staff: 15 minutes idle and 12 hours in all; a patient's own device: 90 days from the sign-in.
Fresh, for phone, second factor and export: the last 10 minutes.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.sign_in import SignIn
from rehab.services.access.devices import device_of
from rehab.services.access.errors import NotFresh, Refused
from rehab.services.access.hashing import new_token, shadow_of
from rehab.services.actors import acted, actor_of
from rehab.services.transactions import transaction

STAFF_IDLE = timedelta(minutes=15)
STAFF_LONGEST = timedelta(hours=12)
PATIENT_LONGEST = timedelta(days=90)
FRESH = timedelta(minutes=10)

TOUCHED = timedelta(seconds=30)
"""`last_seen_at` is written at most this often: not every request has to write."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in as it was when it was looked up: one of the two ids is None."""

    id: UUID
    clinician_id: UUID | None
    patient_id: UUID | None
    device: str
    passed_second_factor: bool
    created_at: datetime
    last_seen_at: datetime
    fresh_at: datetime | None
    expires_at: datetime

    @property
    def kind(self) -> str:
        """`staff` or `patient`."""
        return "patient" if self.clinician_id is None else "staff"


@dataclass(frozen=True, slots=True)
class Entered:
    """A sign-in with the token for its cookie, which is told here once.

    `known_device`, when given, belongs in a cookie of its own: it keeps this browser's owner from
    being locked out by strangers who guess at their password.
    """

    sign_in: SignedIn
    token: str
    known_device: str | None = None


@transaction()
def start(
    person: Clinician | Patient,
    agent: str,
    now: datetime,
    *,
    fresh: bool = True,
    passed_second_factor: bool = False,
) -> Entered:
    """A new sign-in of a person who has proved who they are, with a new token."""
    token, is_staff = new_token(), isinstance(person, Clinician)
    sign_in = SignIn(
        token_hash=shadow_of(token),
        clinician_id=person.id if is_staff else None,
        patient_id=None if is_staff else person.id,
        device=device_of(agent),
        passed_second_factor=passed_second_factor,
        created_at=now,
        last_seen_at=now,
        fresh_at=now if fresh else None,
        expires_at=now + (STAFF_LONGEST if is_staff else PATIENT_LONGEST),
    )
    db.session.add(sign_in)
    db.session.flush()
    acted("sign_in.begun", person, now, actor_of(person), sign_in=sign_in.id)
    return Entered(_as_seen(sign_in), token)


@transaction()
def signed_in(token: str, now: datetime, *, unattended: bool = False) -> SignedIn | None:
    """The sign-in that a cookie's token belongs to, seen at `now`; None when it has ended.

    What a page asks for by itself is `unattended`: nobody was seen, and the idle time goes on.
    """
    found = db.session.scalar(
        select(SignIn).where(SignIn.token_hash == shadow_of(token), _lasting(now))
    )
    if found is None:
        return None
    if not unattended and now - found.last_seen_at >= TOUCHED:
        db.session.execute(update(SignIn).where(SignIn.id == found.id).values(last_seen_at=now))
    return _as_seen(found)


@transaction()
def rise(sign_in: SignedIn, now: datetime, *, second_factor: bool = False) -> Entered:
    """The same sign-in, fresh, under a new token: the old one is worth nothing from now on.

    `second_factor` adds that to what has been passed; it is never taken away. Raises Refused when
    the sign-in has ended meanwhile.
    """
    token = new_token()
    values = {"token_hash": shadow_of(token), "fresh_at": now, "last_seen_at": now}
    if second_factor:
        values["passed_second_factor"] = True
    risen = update(SignIn).where(SignIn.id == sign_in.id, _lasting(now)).values(values)
    found = db.session.scalar(
        risen.returning(SignIn), execution_options={"populate_existing": True}
    )
    if found is None:
        raise Refused
    return Entered(_as_seen(found), token)


def is_fresh(sign_in: SignedIn, now: datetime) -> bool:
    """Whether the person proved who they are within the last 10 minutes."""
    return sign_in.fresh_at is not None and now - sign_in.fresh_at < FRESH


def require_fresh(sign_in: SignedIn, now: datetime) -> None:
    """Raises NotFresh when the person has to prove once more who they are."""
    if not is_fresh(sign_in, now):
        raise NotFresh


def beside(sign_in: SignedIn, now: datetime) -> list[SignedIn]:
    """All sign-ins of the same person, this one too, the last seen first."""
    mine = select(SignIn).where(_same_person(sign_in), _lasting(now))
    rows = db.session.scalars(mine.order_by(SignIn.last_seen_at.desc(), SignIn.id))
    return [_as_seen(row) for row in rows]


@transaction()
def end(sign_in: SignedIn, which: UUID) -> None:
    """End one of the person's own sign-ins, this one or another. Raises NotFound."""
    if not _end(_same_person(sign_in) & (SignIn.id == which)):
        raise NotFound("there is no such sign-in")


@transaction()
def end_others(sign_in: SignedIn) -> int:
    """End all of the person's sign-ins but this one; the number of them."""
    return _end(_same_person(sign_in) & (SignIn.id != sign_in.id))


@transaction()
def end_all(person: Clinician | Patient) -> int:
    """End every sign-in of a person; the number of them."""
    column = SignIn.clinician_id if isinstance(person, Clinician) else SignIn.patient_id
    return _end(column == person.id)


@transaction()
def sweep(now: datetime) -> int:
    """Forget the sign-ins that have run out; the number of them."""
    return _end(~_lasting(now))


def _end(which: ColumnElement[bool]) -> int:
    return len(db.session.execute(delete(SignIn).where(which).returning(SignIn.id)).all())


def _as_seen(row: SignIn) -> SignedIn:
    return SignedIn(**{field.name: getattr(row, field.name) for field in fields(SignedIn)})


def _lasting(now: datetime) -> ColumnElement[bool]:
    seen_lately = SignIn.patient_id.is_not(None) | (SignIn.last_seen_at > now - STAFF_IDLE)
    return (SignIn.expires_at > now) & seen_lately


def _same_person(sign_in: SignedIn) -> ColumnElement[bool]:
    if sign_in.clinician_id is not None:
        return SignIn.clinician_id == sign_in.clinician_id
    return SignIn.patient_id == sign_in.patient_id
