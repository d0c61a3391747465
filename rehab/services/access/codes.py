"""Texted codes: six digits that sign a patient in, on the browser that asked for them and no other.

A number that nobody has on file gets the same answer by the same work: a code is made, hashed and
kept for it too, and only nothing is sent. A guess succeeds once in a million; five tries a code
and the limits below leave a stranger who has the asking browser at most 100 guesses at a number
on the first day and 50 on each day after: one in 20,000 a day.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from rehab.extensions import db
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.models.sign_in import Challenge
from rehab.services.access import hashing, limits
from rehab.services.access.errors import Refused
from rehab.services.access.limits import Limit, network_of
from rehab.services.actors import acting, subject_of
from rehab.services.audit import Subject, record
from rehab.services.phones import as_e164
from rehab.services.transactions import transaction

LIFE = timedelta(minutes=10)
MOST_TRIES = 5
ADDRESS_SOON = Limit("code address soon", burst=3, per=timedelta(minutes=15))
ADDRESS_DAY = Limit("code address day", burst=10, per=timedelta(days=1))
NUMBER_SOON = Limit("code number soon", burst=3, per=timedelta(minutes=15))
NUMBER_DAY = Limit("code number day", burst=10, per=timedelta(days=1))

Send = Callable[[Patient, str], None]
"""Puts a text with this code into the queue, in the running transaction."""


def ask(phone: str, address: str, send: Send, now: datetime) -> str:
    """Text a new code to `phone` (E.164) when a patient has it; the token for the asking browser.

    On a number that several patients share the first of them is texted. Raises Invalid (phone)
    and TooMany, both alike for known and unknown numbers.
    """
    number, network = as_e164(phone), network_of(address)
    asked = [(ADDRESS_SOON, network), (ADDRESS_DAY, network)]
    limits.take_all([*asked, (NUMBER_SOON, number), (NUMBER_DAY, number)], now)
    token, code = hashing.new_token(), f"{secrets.randbelow(10**6):06d}"
    _keep(token, number, code, hashing.CODES.hash(code), send, now)
    return token


def redeem(token: str, code: str, now: datetime) -> list[Patient]:
    """Whom the code lets in: everybody on file with the number. It is good once, for `use_up`.

    Raises Refused for a wrong code, another browser's, one that has run out, was redeemed already
    or was tried five times, and for a number that nobody has on file.
    """
    shadow = _try(token, now)
    said = re.sub(r"[\s-]", "", code)
    if shadow is None:
        raise Refused
    if not hashing.matches(hashing.CODES, shadow, said):
        _note_failure(token, now)
        raise Refused
    patients = _pass(token, now)
    if not patients:
        raise Refused
    return patients


@transaction()
def use_up(token: str, patient_id: UUID, now: datetime) -> Patient:
    """The patient whom a redeemed code lets in, once. Raises Refused."""
    used = (
        update(Challenge)
        .where(_of(token, now), Challenge.passed_at.is_not(None), Challenge.used_at.is_(None))
        .values(used_at=now)
        .returning(Challenge)
    )
    challenge = db.session.scalar(used)
    found = [] if challenge is None else _candidates(challenge, token)
    patient = next((patient for patient in found if patient.id == patient_id), None)
    if patient is None:
        raise Refused
    return patient


@transaction()
def sweep(now: datetime) -> int:
    """Forget the codes that have run out; the number of them."""
    over = delete(Challenge).where(Challenge.expires_at <= now).returning(Challenge.id)
    return len(db.session.execute(over).all())


@transaction()
def _keep(token: str, number: str, code: str, shadow: str, send: Send, now: datetime) -> None:
    patients = _holders(number)
    db.session.add(
        Challenge(
            token_hash=hashing.shadow_of(token),
            number_seal=_seal(token, number),
            code_shadow=shadow,
            patient_ids=[str(patient.id) for patient in patients],
            created_at=now,
            expires_at=now + LIFE,
        )
    )
    if patients:
        send(patients[0], code)


@transaction()
def _try(token: str, now: datetime) -> str | None:
    """Count a try; what the code casts as its shadow, or None when there are no tries left."""
    counted = (
        update(Challenge)
        .where(_of(token, now), Challenge.tries < MOST_TRIES)
        .values(tries=Challenge.tries + 1)
        .returning(Challenge.code_shadow)
    )
    return db.session.scalar(counted)


@transaction()
def _note_failure(token: str, now: datetime) -> None:
    """Put a wrong code on record, of a number that nobody has on file too: how long that takes
    tells nothing."""
    tried = db.session.scalar(select(Challenge).where(_of(token, now)))
    found = [] if tried is None else _candidates(tried, token)
    subjects = [subject_of(patient) for patient in found]
    for subject in subjects or [Subject("sign_in")]:
        record("sign_in.failed", subject, acting(), {}, now)


@transaction()
def _pass(token: str, now: datetime) -> list[Patient]:
    passed = (
        update(Challenge)
        .where(_of(token, now), Challenge.passed_at.is_(None))
        .values(passed_at=now)
        .returning(Challenge)
    )
    challenge = db.session.scalar(passed)
    return [] if challenge is None else _candidates(challenge, token)


def _candidates(challenge: Challenge, token: str) -> list[Patient]:
    """The patients who had the number when the code was asked for, and have it still."""
    ids = [UUID(text) for text in challenge.patient_ids]
    known = select(Patient).where(Patient.id.in_(ids)).order_by(Patient.created_at)
    return [
        patient
        for patient in db.session.scalars(known)
        if hmac.compare_digest(_seal(token, patient.phone), challenge.number_seal)
    ]


def _holders(number: str) -> list[Patient]:
    """Everybody who has this number on file."""
    known = select(Patient).where(Patient.phone_key == key_of(number)).order_by(Patient.created_at)
    return list(db.session.scalars(known))


def _of(token: str, now: datetime) -> ColumnElement[bool]:
    return (Challenge.token_hash == hashing.shadow_of(token)) & (Challenge.expires_at > now)


def _seal(token: str, number: str) -> bytes:
    return hmac.new(token.encode(), number.encode(), hashlib.sha256).digest()
