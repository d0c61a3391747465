"""API tokens: handed out once, known by their shadow, and good until they run out or are revoked.

A token never does more than its clinician may; its scopes leave it less.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update

from rehab.errors import Invalid, NotFound
from rehab.extensions import db, read
from rehab.models.clinic import ApiToken, Clinic, Clinician
from rehab.models.rate import RateBucket
from rehab.services.access.limits import bucket_of
from rehab.services.actors import acted
from rehab.services.clinics import clinician_of
from rehab.services.plan_marks import PlanMark, mark_in, with_mark
from rehab.services.transactions import transaction

READ, WRITE, ADMIN = "read", "write", "admin"
SCOPES = (READ, WRITE, ADMIN)
USUAL = (READ, WRITE)
"""What a token may do when nothing is said: look and change, but not run the clinic."""

LONGEST_DAYS = 3650
NOBODYS = bytes(32)
"""The shadow of no secret, compared with where a token is not known: that takes as long."""

REQUESTS = "api"
"""The door at which a token's requests are counted."""

USE_IS_KEPT_FOR = timedelta(minutes=1)
"""How old `last_used_at` grows before it is written again: not with every request."""


@transaction()
def issue_token(email: str, scopes: tuple[str, ...], now: datetime, days: int | None = None) -> str:
    """A new API token, `rehab_<id>_<secret>`; only its SHA-256 is kept, so it is shown once.

    It runs out after `days` (1-3650), or never. Raises NotFound for an email of nobody who works
    here, Invalid for an unknown scope and for days out of range.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise Invalid({"scope": [f"{unknown[0]} is not one of {', '.join(SCOPES)}"]})
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise Invalid({"days": [f"must be from 1 to {LONGEST_DAYS}"]})
    clinician = clinician_of(email)
    if not clinician.is_active:
        raise NotFound(f"{email} works here no more")
    token_id, secret = secrets.token_hex(8), secrets.token_hex(32)
    token = ApiToken(
        id=token_id,
        clinician=clinician,
        secret_hash=hashlib.sha256(secret.encode()).digest(),
        scopes=[scope for scope in SCOPES if scope in (scopes or USUAL)],
        created_at=now,
        expires_at=None if days is None else now + timedelta(days=days),
    )
    db.session.add(token)
    acted("token.issued", token, now, scopes=token.scopes)
    return f"rehab_{token_id}_{secret}"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who came with a token: what it lets its clinician do, and in which clinic. `full_from` tells
    how often it was used, as `limits.full_from` does; `plan` is the mark of the plan that they ask
    for, where it is the clinic's."""

    id: str
    scopes: list[str]
    expires_at: datetime | None
    clinician_id: UUID
    clinic_id: UUID
    role: str
    email: str
    full_from: float
    plan: PlanMark | None = None


def token_bearer(token: str, now: datetime, plan_id: UUID | None = None) -> Bearer | None:
    """Who bears `token`, while it is good and its secret is the right one: read in one statement,
    with the mark of a plan if one is asked for.

    An unknown id costs the same work as a wrong secret.
    """
    kind, _, rest = token.partition("_")
    token_id, _, secret = rest.partition("_")
    stored = _stored(token_id, plan_id) if token_id.isalnum() else None
    shadow = hashlib.sha256(secret.encode()).digest()
    fits = hmac.compare_digest(NOBODYS if stored is None else stored.secret_hash, shadow)
    if stored is None or kind != "rehab" or not fits:
        return None
    if not _lasts(stored.expires_at, stored.revoked_at, stored.deactivated_at, now):
        return None
    _note_use(token_id, stored.last_used_at, now)
    return Bearer(
        token_id,
        stored.scopes,
        stored.expires_at,
        stored.clinician_id,
        stored.clinic_id,
        stored.role,
        stored.email,
        stored.full_from or 0.0,
        None if plan_id is None else mark_in(stored),
    )


def _stored(token_id: str, plan_id: UUID | None) -> Row[Any] | None:
    bucket = bucket_of(REQUESTS, token_id)
    if plan_id is None:
        return read(BEARER, token_id=token_id, bucket=bucket)
    return read(BEARER_AND_PLAN, token_id=token_id, bucket=bucket, plan_id=plan_id)


BEARER = (
    select(
        ApiToken.secret_hash,
        ApiToken.scopes,
        ApiToken.expires_at,
        ApiToken.last_used_at,
        ApiToken.revoked_at,
        Clinician.id.label("clinician_id"),
        Clinician.clinic_id,
        Clinician.role,
        Clinician.email,
        Clinician.deactivated_at,
        RateBucket.full_from,
    )
    .join_from(ApiToken, Clinician, Clinician.id == ApiToken.clinician_id)
    .join(Clinic, Clinic.id == Clinician.clinic_id)
    .outerjoin(RateBucket, RateBucket.key == bindparam("bucket", type_=RateBucket.key.type))
    .where(ApiToken.id == bindparam("token_id", type_=ApiToken.id.type))
)
BEARER_AND_PLAN = with_mark(BEARER, Clinician.clinic_id)


def is_good(token: ApiToken, now: datetime) -> bool:
    """Whether the token still opens anything."""
    return _lasts(token.expires_at, token.revoked_at, token.clinician.deactivated_at, now)


def _lasts(
    expires_at: datetime | None,
    revoked_at: datetime | None,
    deactivated_at: datetime | None,
    now: datetime,
) -> bool:
    lasts = expires_at is None or expires_at > now
    return lasts and revoked_at is None and deactivated_at is None


def _note_use(token_id: str, last_used_at: datetime | None, now: datetime) -> None:
    if last_used_at is None or last_used_at <= now - USE_IS_KEPT_FOR:
        with transaction():
            db.session.execute(
                update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now),
                execution_options={"synchronize_session": False},
            )


def all_of(clinician: Clinician) -> list[ApiToken]:
    """A clinician's tokens, newest first; those that are over too."""
    theirs = select(ApiToken).where(ApiToken.clinician_id == clinician.id)
    newest = theirs.order_by(ApiToken.created_at.desc(), ApiToken.id)
    return list(db.session.scalars(newest))


@transaction()
def revoke_token(token_id: str, now: datetime, clinician_id: UUID | None = None) -> None:
    """End a token, of that clinician where one is named. Raises NotFound."""
    token = db.session.get(ApiToken, token_id)
    if token is None or clinician_id not in (None, token.clinician_id):
        raise NotFound("there is no such token")
    if token.revoked_at is None:
        token.revoked_at = now
        acted("token.revoked", token, now)
