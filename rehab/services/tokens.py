"""API tokens: handed out once, known by their shadow, and good until they run out or are revoked.

A token never does more than its clinician may; its scopes leave it less.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from rehab.errors import Invalid, NotFound
from rehab.extensions import db
from rehab.models.clinic import ApiToken, Clinician
from rehab.services.actors import acted
from rehab.services.clinics import clinician_of
from rehab.services.transactions import transaction

READ, WRITE, ADMIN = "read", "write", "admin"
SCOPES = (READ, WRITE, ADMIN)
USUAL = (READ, WRITE)
"""What a token may do when nothing is said: look and change, but not run the clinic."""

LONGEST_DAYS = 3650
NOBODYS = bytes(32)
"""The shadow of no secret, compared with where a token is not known: that takes as long."""

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


@transaction()
def token_bearer(token: str, now: datetime) -> ApiToken | None:
    """The stored token that `token` names and whose secret it knows, while it is good.

    An unknown id costs the same work as a wrong secret.
    """
    kind, _, rest = token.partition("_")
    token_id, _, secret = rest.partition("_")
    stored = db.session.get(ApiToken, token_id) if token_id.isalnum() else None
    shadow = hashlib.sha256(secret.encode()).digest()
    fits = hmac.compare_digest(NOBODYS if stored is None else stored.secret_hash, shadow)
    if stored is None or kind != "rehab" or not fits or not is_good(stored, now):
        return None
    _note_use(stored, now)
    return stored


def is_good(token: ApiToken, now: datetime) -> bool:
    """Whether the token still opens anything."""
    lasts = token.expires_at is None or token.expires_at > now
    return lasts and token.revoked_at is None and token.clinician.is_active


def _note_use(token: ApiToken, now: datetime) -> None:
    if token.last_used_at is None or token.last_used_at <= now - USE_IS_KEPT_FOR:
        db.session.execute(
            update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=now),
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
