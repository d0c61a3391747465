"""The second factor of staff: six digits from an app (RFC 6238, 30 seconds), or a code on paper."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import delete, or_, select, update

from rehab.extensions import db, insert_into
from rehab.models.clinic import Clinician
from rehab.models.sign_in import Authenticator, RecoveryCode
from rehab.services.access import limits
from rehab.services.access.errors import Refused
from rehab.services.access.limits import Limit
from rehab.services.actors import acted
from rehab.services.transactions import transaction

STEP_SECONDS = 30
DRIFT = 1
"""Steps by which the phone's clock may be off, either way."""

RECOVERY_CODES = 10
RECOVERY_BYTES = 7
"""56 bits, of which the 10 characters of base32 that are shown keep 50."""

MISREAD = str.maketrans("018", "OIB")
"""Base32 has none of these digits: they are letters, misread from paper."""

GUESSES = Limit("second factor", burst=5, per=timedelta(minutes=30))
"""At most 245 guesses on the first day, each good for three steps in a million: one account in
1,400 a day, for those who already have its password. A right code does not count."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a clinician scans or types into the app: `uri` holds the secret too."""

    secret: str
    uri: str


@transaction()
def is_enrolled(clinician_id: UUID) -> bool:
    """Whether a second factor is asked of this clinician."""
    found = select(Authenticator.clinician_id).where(
        Authenticator.clinician_id == clinician_id, Authenticator.secret.is_not(None)
    )
    return db.session.scalar(found) is not None


@transaction()
def offer(clinician: Clinician) -> Enrolment:
    """A new secret, which counts for nothing until `confirm`; the one before counts until then."""
    secret = pyotp.random_base32()
    db.session.execute(
        insert_into(Authenticator)
        .values(clinician_id=clinician.id, candidate=secret)
        .on_conflict_do_update(index_elements=["clinician_id"], set_={"candidate": secret})
    )
    uri = pyotp.TOTP(secret).provisioning_uri(
        name=clinician.email, issuer_name=clinician.clinic.name
    )
    return Enrolment(secret, uri)


@transaction()
def confirm(clinician_id: UUID, code: str, now: datetime) -> list[str]:
    """Make the offered secret count, by a code that it makes; ten new recovery codes, shown once.

    Raises Refused when nothing was offered or the code is another's.
    """
    found = db.session.get(Authenticator, clinician_id, with_for_update=True)
    step = None if found is None or not found.candidate else _step(found.candidate, code, now)
    if found is None or step is None:
        raise Refused
    found.secret, found.candidate = found.candidate, None
    found.last_step, found.confirmed_at = step, now
    return _new_recovery_codes(clinician_id)


def check(clinician_id: UUID, code: str, now: datetime) -> None:
    """Use up a code of the app or a recovery code. Raises Refused, TooMany.

    A code counts once: a step that was accepted, and every one before it, is never accepted again.
    """
    limits.take(GUESSES, str(clinician_id), now)
    if not _use_up(clinician_id, code, now):
        _note_failure(clinician_id, now)
        raise Refused
    limits.give_back(GUESSES, str(clinician_id))


@transaction()
def forget(clinician_id: UUID) -> None:
    """Take the second factor away, for a clinician who has lost both the phone and the paper."""
    for model in (Authenticator, RecoveryCode):
        db.session.execute(delete(model).where(model.clinician_id == clinician_id))


@transaction()
def renew_recovery_codes(clinician_id: UUID) -> list[str]:
    """Ten new recovery codes, shown once; the old ones are worthless."""
    return _new_recovery_codes(clinician_id)


def recovery_codes_left(clinician_id: UUID) -> int:
    """How many of the ten have not been used."""
    unused = select(RecoveryCode.shadow).filter_by(clinician_id=clinician_id, used_at=None)
    return len(db.session.scalars(unused).all())


@transaction()
def _note_failure(clinician_id: UUID, now: datetime) -> None:
    acted("second_factor.failed", db.session.get_one(Clinician, clinician_id), now)


@transaction()
def _use_up(clinician_id: UUID, code: str, now: datetime) -> bool:
    secret = db.session.scalar(
        select(Authenticator.secret).where(Authenticator.clinician_id == clinician_id)
    )
    if not secret:
        return False
    step = _step(secret, code, now)
    if step is None:
        return _use_up_recovery(clinician_id, code, now)
    newer = or_(Authenticator.last_step.is_(None), Authenticator.last_step < step)
    used = (
        update(Authenticator)
        .where(Authenticator.clinician_id == clinician_id, newer)
        .values(last_step=step)
        .returning(Authenticator.clinician_id)
    )
    return db.session.scalar(used) is not None


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, the present one or a neighbour; every one is compared."""
    app, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    said = "".join(code.split()).encode()
    near = range(present - DRIFT, present + DRIFT + 1)
    fits = [hmac.compare_digest(app.generate_otp(step).encode(), said) for step in near]
    return next((step for step, fit in zip(near, fits, strict=True) if fit), None)


def _use_up_recovery(clinician_id: UUID, code: str, now: datetime) -> bool:
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.clinician_id == clinician_id,
            RecoveryCode.shadow == _recovery_shadow(clinician_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.clinician_id)
    )
    return db.session.scalar(used) is not None


def _new_recovery_codes(clinician_id: UUID) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.clinician_id == clinician_id))
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(clinician_id=clinician_id, shadow=_recovery_shadow(clinician_id, code))
        for code in codes
    )
    return codes


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode()
    return f"{text[:5]}-{text[5:10]}"


def _recovery_shadow(clinician_id: UUID, code: str) -> bytes:
    plain = "".join(code.split()).replace("-", "").upper().translate(MISREAD)
    return hashlib.sha256(clinician_id.bytes + plain.encode()).digest()
