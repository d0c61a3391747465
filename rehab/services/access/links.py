"""Links that stand for a person or a plan: of their token only the hash is kept.

The link in a reminder has to fit into one text, where a link may have 24 characters: nine of
base58 after `https://host/` (a host of up to six), 52.7 bits. Of 62 characters nine would have
53.6, but people also type a link off a phone, and base58 has no two that look alike. With 450,000
of them live (100,000 patients, three texts a day, 36 hours) one guess in 1.6e10 opens somebody's
session of today, without a name. `MISSES` leaves an address ten wrong guesses and one more a
minute; 10,000 addresses that guess all day open one such page in about three years.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update

from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.sign_in import Link
from rehab.services.access import limits
from rehab.services.access.hashing import new_token, shadow_of
from rehab.services.access.limits import Limit, network_of
from rehab.services.transactions import transaction


class Purpose(StrEnum):
    """What a link is for.

    ENTRY signs its person in, once. INVITATION lets a clinician set a password, once. REMINDER
    shows one plan's session of today and takes its check-in, and signs nobody in. DEVICE is no
    link but a cookie: this browser has let this clinician in before.
    """

    ENTRY = "entry"
    INVITATION = "invitation"
    REMINDER = "reminder"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Held:
    """A live link: of the three ids one is given."""

    clinician_id: UUID | None
    patient_id: UUID | None
    plan_id: UUID | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A new token, and the row by which it opens."""

    token: str
    row: Mapping[str, Any]


LIFE = {
    Purpose.ENTRY: timedelta(minutes=15),
    Purpose.INVITATION: timedelta(days=7),
    Purpose.REMINDER: timedelta(hours=36),
    Purpose.DEVICE: timedelta(days=30),
}
DEAD = "the link has run out, or was used already"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
REMINDER_LENGTH = 9
MISSES = Limit("link", burst=10, per=timedelta(minutes=10))


@transaction()
def issue(purpose: Purpose, about: Clinician | Patient | Plan, now: datetime) -> str:
    """A new token, shown once. A new invitation makes those before it void."""
    if purpose is Purpose.INVITATION:
        void(purpose, about)
    link = made(purpose, about, now)
    keep([link.row])
    return link.token


def made(purpose: Purpose, about: Clinician | Patient | Plan, now: datetime) -> Made:
    """A new token; it opens nothing until its row is kept."""
    token = _short_token() if purpose is Purpose.REMINDER else new_token()
    row = {
        "token_hash": _shadow(purpose, token),
        "purpose": purpose,
        "created_at": now,
        "expires_at": now + LIFE[purpose],
        _column_of(about): about.id,
    }
    return Made(token, row)


def keep(rows: Sequence[Mapping[str, Any]]) -> None:
    """Let the tokens of these rows open, all together; part of the caller's transaction."""
    if rows:
        db.session.execute(insert(Link), rows)


def follow(purpose: Purpose, token: str, address: str, now: datetime) -> Held:
    """The live link that a stranger at `address` holds; it is not used up by this.

    Raises NotFound, the same for unknown, used and run out, and TooMany after many of those.
    """
    network = network_of(address)
    limits.take(MISSES, network, now)
    held = find(purpose, token, now)
    if held is None:
        raise NotFound(DEAD)
    limits.give_back(MISSES, network)
    return held


def find(purpose: Purpose, token: str, now: datetime) -> Held | None:
    """The live link with this token, if it is for this purpose."""
    link = db.session.scalar(select(Link).where(_live(purpose, token, now)))
    return None if link is None else _held(link)


@transaction()
def use_up(purpose: Purpose, token: str, now: datetime) -> Held:
    """The link, which from now on is used. Raises NotFound when somebody was faster."""
    used = update(Link).where(_live(purpose, token, now)).values(used_at=now).returning(Link)
    link = db.session.scalar(used)
    if link is None:
        raise NotFound(DEAD)
    return _held(link)


@transaction()
def void(purpose: Purpose, about: Clinician | Patient | Plan) -> int:
    """Make every link of this purpose about them worthless; the number of them."""
    theirs: Any = getattr(Link, _column_of(about))
    return _delete((Link.purpose == purpose) & (theirs == about.id))


@transaction()
def sweep(now: datetime) -> int:
    """Forget the links that have run out; the number of them."""
    return _delete(Link.expires_at <= now)


def _held(link: Link) -> Held:
    return Held(link.clinician_id, link.patient_id, link.plan_id, link.expires_at)


def _delete(which: ColumnElement[bool]) -> int:
    return len(db.session.execute(delete(Link).where(which).returning(Link.id)).all())


def _live(purpose: Purpose, token: str, now: datetime) -> ColumnElement[bool]:
    return (
        (Link.token_hash == _shadow(purpose, token))
        & (Link.expires_at > now)
        & Link.used_at.is_(None)
    )


def _column_of(about: Clinician | Patient | Plan) -> str:
    return f"{type(about).__name__.lower()}_id"


def _short_token() -> str:
    return "".join(secrets.choice(BASE58) for _ in range(REMINDER_LENGTH))


def _shadow(purpose: Purpose, token: str) -> bytes:
    return shadow_of(f"{purpose}:{token}")
