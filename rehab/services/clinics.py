"""Opening a clinic: its clinicians, and the tokens with which their programs sign in."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from rehab.errors import Conflict, Invalid, NotFound
from rehab.extensions import db
from rehab.models.clinic import ApiToken, Clinic, Clinician
from rehab.programs.timezones import is_zone
from rehab.services.phones import as_e164
from rehab.services.transactions import transaction

SCOPES = ("read", "write")

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
"""What has the looks of an address; only a letter to it would tell."""


@transaction()
def open_clinic(name: str, zone: str, now: datetime, phone: str = "") -> Clinic:
    """A new clinic. Raises Invalid for an empty name, a zone that IANA does not know, a phone
    that is not E.164."""
    errors = _name_errors(name)
    if not is_zone(zone):
        errors["zone"] = [f"{zone} is not an IANA time zone"]
    if errors:
        raise Invalid(errors)
    clinic = Clinic(
        name=name.strip(), zone=zone, phone=as_e164(phone) if phone else "", created_at=now
    )
    db.session.add(clinic)
    db.session.flush()
    return clinic


@transaction()
def add_clinician(clinic_id: UUID, email: str, name: str, now: datetime) -> Clinician:
    """A clinician of the clinic. Raises NotFound, Invalid (email), Conflict (email in use)."""
    if db.session.get(Clinic, clinic_id) is None:
        raise NotFound(f"there is no clinic {clinic_id}")
    address = email.strip().lower()
    errors = _name_errors(name)
    if len(address) > 254 or not EMAIL.fullmatch(address):
        errors["email"] = [f"{email!r} is not an email address"]
    if errors:
        raise Invalid(errors)
    if db.session.scalar(select(Clinician).filter_by(email=address)):
        raise Conflict(f"{address} is a clinician already")
    clinician = Clinician(clinic_id=clinic_id, email=address, name=name.strip(), created_at=now)
    db.session.add(clinician)
    db.session.flush()
    return clinician


def _name_errors(name: str) -> dict[str, list[str]]:
    if not name.strip() or len(name) > 80 or not name.isprintable():
        return {"name": ["must have 1 to 80 printable characters"]}
    return {}


@transaction()
def issue_token(email: str, scopes: tuple[str, ...], now: datetime) -> str:
    """A new API token, `rehab_<id>_<secret>`; only its SHA-256 is kept, so it is shown once.

    Raises NotFound for an unknown email and Invalid for an unknown scope.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise Invalid({"scope": [f"{unknown[0]} is not one of {', '.join(SCOPES)}"]})
    clinician = db.session.scalar(select(Clinician).filter_by(email=email.strip().lower()))
    if clinician is None:
        raise NotFound(f"there is no clinician {email}")
    token_id, secret = secrets.token_hex(8), secrets.token_hex(32)
    db.session.add(
        ApiToken(
            id=token_id,
            clinician_id=clinician.id,
            secret_hash=hashlib.sha256(secret.encode()).digest(),
            scopes=list(scopes or SCOPES),
            created_at=now,
        )
    )
    return f"rehab_{token_id}_{secret}"


def token_bearer(token: str, now: datetime) -> ApiToken | None:
    """The stored token that `token` names and whose secret it knows, unless it has run out."""
    kind, _, rest = token.partition("_")
    token_id, _, secret = rest.partition("_")
    if kind != "rehab" or not secret:
        return None
    stored = db.session.get(ApiToken, token_id)
    shadow = hashlib.sha256(secret.encode()).digest()
    if stored is None or not hmac.compare_digest(stored.secret_hash, shadow):
        return None
    return None if stored.expires_at is not None and stored.expires_at <= now else stored
