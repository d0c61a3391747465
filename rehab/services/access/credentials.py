"""What staff prove themselves with: set by invitation, changed by who is signed in, reset by the
operator. Whatever changes one of them ends the sign-ins that it was not changed in."""

from datetime import datetime
from uuid import UUID

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.services.access import hashing, links, passwords, second_factor, sign_ins
from rehab.services.access.errors import Refused
from rehab.services.access.links import Purpose
from rehab.services.access.second_factor import Enrolment
from rehab.services.access.sign_ins import Entered, SignedIn
from rehab.services.access.staff import rise_by_second_factor, staff_of
from rehab.services.actors import acted, acting, actor_of
from rehab.services.audit import Actor, ActorKind
from rehab.services.transactions import transaction


def accept_invitation(
    token: str, password: str, *, address: str, agent: str, now: datetime
) -> Entered:
    """Set a password by an invitation, which that uses up, and sign in.

    Raises NotFound, TooMany, and Invalid (password), which leaves the invitation good.
    """
    held = links.follow(Purpose.INVITATION, token, address, now)
    if held.clinician_id is None:
        raise Refused
    return _accept(token, _shadow_of(held.clinician_id, password), agent, now)


def change_password(sign_in: SignedIn, password: str, now: datetime) -> Entered:
    """A new password for who is signed in; every other sign-in ends.

    Raises NotFresh, Refused, Invalid (password).
    """
    clinician_id = _entitled(sign_in, now)
    return _change(sign_in, _shadow_of(clinician_id, password), now)


def set_password(clinician_id: UUID, password: str, now: datetime) -> None:
    """A password on the operator's word; every sign-in ends. Raises Invalid (password)."""
    shadow = _shadow_of(clinician_id, password)
    with transaction():
        _replace(clinician_id, shadow, acting(), now)
        sign_ins.end_all(db.session.get_one(Clinician, clinician_id))


@transaction()
def offer_second_factor(sign_in: SignedIn, now: datetime) -> Enrolment:
    """A secret for the clinician's app. Raises NotFresh, and Refused when one is on file and this
    sign-in has not passed it: a password alone must not replace it."""
    return second_factor.offer(db.session.get_one(Clinician, _entitled(sign_in, now)))


@transaction()
def confirm_second_factor(sign_in: SignedIn, code: str, now: datetime) -> tuple[Entered, list[str]]:
    """Make the offered secret count by its first code: the risen sign-in and the recovery codes.

    Every other sign-in of the clinician ends. Raises NotFresh, Refused.
    """
    clinician_id = _entitled(sign_in, now)
    recovery_codes = second_factor.confirm(clinician_id, code, now)
    clinician = db.session.get_one(Clinician, clinician_id)
    links.void(Purpose.DEVICE, clinician)
    sign_ins.end_others(sign_in)
    acted("second_factor.set", clinician, now, actor_of(clinician))
    return rise_by_second_factor(sign_in, now), recovery_codes


@transaction()
def renew_recovery_codes(sign_in: SignedIn, now: datetime) -> list[str]:
    """Ten new recovery codes for who has passed the second factor. Raises NotFresh, Refused."""
    clinician_id = _entitled(sign_in, now)
    if not sign_in.passed_second_factor:
        raise Refused
    clinician = db.session.get_one(Clinician, clinician_id)
    acted("recovery_codes.renewed", clinician, now, actor_of(clinician))
    return second_factor.renew_recovery_codes(clinician_id)


@transaction()
def reset_second_factor(clinician_id: UUID, now: datetime) -> None:
    """Take the second factor away on the operator's word; every sign-in ends."""
    clinician = db.session.get_one(Clinician, clinician_id)
    second_factor.forget(clinician_id)
    links.void(Purpose.DEVICE, clinician)
    sign_ins.end_all(clinician)
    acted("second_factor.reset", clinician, now)


@transaction()
def _entitled(sign_in: SignedIn, now: datetime) -> UUID:
    """Who may change their own credentials: fresh, and past the second factor if there is one."""
    clinician_id = staff_of(sign_in)
    sign_ins.require_fresh(sign_in, now)
    if second_factor.is_enrolled(clinician_id) and not sign_in.passed_second_factor:
        raise Refused
    return clinician_id


@transaction()
def _known_of(clinician_id: UUID) -> tuple[str, ...]:
    clinician = db.session.get_one(Clinician, clinician_id)
    return clinician.email, clinician.name, clinician.clinic.name


def _shadow_of(clinician_id: UUID, password: str) -> str:
    return hashing.PASSWORDS.hash(passwords.checked(password, _known_of(clinician_id)))


@transaction()
def _accept(token: str, shadow: str, agent: str, now: datetime) -> Entered:
    held = links.use_up(Purpose.INVITATION, token, now)
    clinician = db.session.get_one(Clinician, held.clinician_id)
    _replace(clinician.id, shadow, actor_of(clinician), now)
    sign_ins.end_all(clinician)
    return sign_ins.start(clinician, agent, now)


@transaction()
def _change(sign_in: SignedIn, shadow: str, now: datetime) -> Entered:
    clinician_id = staff_of(sign_in)
    own = Actor(ActorKind.CLINICIAN, clinician_id)
    _replace(clinician_id, shadow, own, now)
    sign_ins.end_others(sign_in)
    return sign_ins.rise(sign_in, now)


def _replace(clinician_id: UUID, shadow: str, by: Actor, now: datetime) -> None:
    """A new password makes old invitations and known browsers worthless."""
    clinician = db.session.get_one(Clinician, clinician_id)
    links.void(Purpose.DEVICE, clinician)
    links.void(Purpose.INVITATION, clinician)
    passwords.keep(clinician_id, shadow, now)
    acted("password.changed", clinician, now, by)
