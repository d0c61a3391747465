"""A clinic's people as its owners see them: who has come in, who is invited, whose tokens live."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from rehab.errors import Conflict, NotFound
from rehab.extensions import db
from rehab.models.clinic import ApiToken, Clinician
from rehab.models.sign_in import Password
from rehab.services import clinics, tokens
from rehab.services.access import people
from rehab.services.transactions import transaction


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the clinic. Who has no password yet can only come in by an invitation."""

    person: Clinician
    has_password: bool
    tokens: tuple[ApiToken, ...]


def team(clinic_id: UUID, now: datetime) -> list[Member]:
    """The clinic's people by name, those who have left last, each with the tokens that live."""
    everybody = list(db.session.scalars(clinics.clinicians_of(clinic_id)))
    ids = [person.id for person in everybody]
    known = set(
        db.session.scalars(select(Password.clinician_id).where(Password.clinician_id.in_(ids)))
    )
    live = _live_tokens(ids, now)
    members = [Member(p, p.id in known, tuple(live[p.id])) for p in everybody]
    return sorted(members, key=lambda m: (not m.person.is_active, m.person.name.casefold()))


def _live_tokens(ids: Sequence[UUID], now: datetime) -> dict[UUID, list[ApiToken]]:
    query = select(ApiToken).where(ApiToken.clinician_id.in_(ids))
    live: dict[UUID, list[ApiToken]] = defaultdict(list)
    for token in db.session.scalars(query.order_by(ApiToken.created_at.desc(), ApiToken.id)):
        if tokens.is_good(token, now):
            live[token.clinician_id].append(token)
    return live


@transaction()
def invite_new(
    clinic_id: UUID, email: str, name: str, role: str, now: datetime
) -> tuple[Clinician, str]:
    """Somebody new, and the token of their invitation. Raises as `clinics.add_clinician`."""
    added = clinics.add_clinician(clinic_id, email, name, now, role)
    return added, people.invite(added.email, now)


@transaction()
def invite_again(clinic_id: UUID, clinician_id: UUID, now: datetime) -> tuple[Clinician, str]:
    """A new invitation; the ones before it are void. Raises NotFound, and Conflict for who has left
    and for who has a password: an invitation would take their place."""
    known = clinics.find_clinician(clinic_id, clinician_id)
    if not known.is_active:
        raise Conflict("they work here no more")
    if db.session.get(Password, known.id) is not None:
        raise Conflict("they have come in already, with a password of their own")
    return known, people.invite(known.email, now)


def end_token(clinic_id: UUID, token_id: str, now: datetime) -> None:
    """End a token of anybody of the clinic. Raises NotFound, also for another clinic's."""
    ours = select(ApiToken.clinician_id).join(ApiToken.clinician)
    found = ours.where(ApiToken.id == token_id, Clinician.clinic_id == clinic_id)
    whose = db.session.scalar(found)
    if whose is None:
        raise NotFound("there is no such token")
    tokens.revoke_token(token_id, now, whose)
