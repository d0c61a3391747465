"""How staff come in: by a password and a second factor, and by proving both again.

Whoever guesses at a password meets two buckets, the account's and their own network's; both fill
up again, so nobody is locked out for good. A browser in which this account has signed in before
has a bucket of its own: strangers who empty the account's do not keep its owner out.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.services.access import hashing, limits, links, passwords, second_factor, sign_ins
from rehab.services.access.errors import Refused
from rehab.services.access.limits import Limit, network_of
from rehab.services.access.links import Purpose
from rehab.services.access.sign_ins import Entered, SignedIn
from rehab.services.actors import acted, acting, actor_of, subject_of
from rehab.services.audit import Subject, record
from rehab.services.transactions import transaction

NETWORK = Limit("password network", burst=20, per=timedelta(minutes=20))
ACCOUNT = Limit("password account", burst=10, per=timedelta(hours=1))
"""250 guesses at one account on the first day, from however many networks. Right ones are free."""


NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody at the door: the tokens that it cost, and what is on file for the address."""

    taken: tuple[tuple[Limit, str], ...]
    clinician_id: UUID | None
    shadow: str | None


def sign_in(
    email: str,
    password: str,
    *,
    address: str,
    agent: str,
    now: datetime,
    code: str | None = None,
    known_device: str | None = None,
) -> Entered:
    """Sign in by password and, when it is given at once, the code of the second factor.

    Without a code the sign-in has not passed the second factor: `pass_second_factor` is next, or
    an offer of one. Raises Refused, the same for an unknown address and a wrong password or code,
    and TooMany.
    """
    knock = _knock(email, address, known_device, now)
    clinician_id = _prove(knock, password, now)
    passes = code is not None and second_factor.is_enrolled(clinician_id)
    if passes:
        second_factor.check(clinician_id, code or "", now)
    return _let_in(knock, clinician_id, agent, now, passes)


def pass_second_factor(sign_in: SignedIn, code: str, now: datetime) -> Entered:
    """Go on from a password, by the app's code or a recovery code. Raises Refused, TooMany."""
    clinician_id = staff_of(sign_in)
    second_factor.check(clinician_id, code, now)
    return rise_by_second_factor(sign_in, now)


def freshen(sign_in: SignedIn, password: str, code: str, *, address: str, now: datetime) -> Entered:
    """Prove again who one is: by the password, and by a code where there is a second factor.

    Raises Refused, TooMany.
    """
    clinician_id = staff_of(sign_in)
    knock = _knock(_email_of(clinician_id), address, None, now)
    _prove(knock, password, now)
    if sign_in.passed_second_factor:
        second_factor.check(clinician_id, code, now)
    return _rise_after(knock, sign_in, now)


def staff_of(sign_in: SignedIn) -> UUID:
    """The clinician who is signed in. Raises Refused for a patient."""
    if sign_in.clinician_id is None:
        raise Refused
    return sign_in.clinician_id


@transaction()
def rise_by_second_factor(sign_in: SignedIn, now: datetime) -> Entered:
    """The sign-in with its second factor passed, in a browser that is known from now on."""
    entered = sign_ins.rise(sign_in, now, second_factor=True)
    clinician = db.session.get_one(Clinician, staff_of(sign_in))
    acted("second_factor.passed", clinician, now, actor_of(clinician), sign_in=sign_in.id)
    return _known(entered, staff_of(sign_in), now)


@transaction()
def _knock(email: str, address: str, known_device: str | None, now: datetime) -> Knock:
    clinician_id, shadow = passwords.on_file(email)
    account = passwords.address_of(email)
    if clinician_id is not None and _is_known(known_device, clinician_id, now):
        account += f" {known_device}"
    taken = ((NETWORK, network_of(address)), (ACCOUNT, account))
    limits.take_all(taken, now)
    return Knock(taken, clinician_id, shadow)


def _prove(knock: Knock, password: str, now: datetime) -> UUID:
    """Whose password this is. Raises Refused, after one argon2 with or without an account."""
    right = passwords.matches(knock.shadow, password)
    if not right or knock.clinician_id is None or knock.shadow is None:
        _note_failure(knock.clinician_id, now)
        raise Refused
    if hashing.PASSWORDS.check_needs_rehash(knock.shadow):
        new = hashing.PASSWORDS.hash(passwords.normal(password))
        passwords.strengthen(knock.clinician_id, knock.shadow, new)
    return knock.clinician_id


@transaction()
def _note_failure(clinician_id: UUID | None, now: datetime) -> None:
    """Put a failure on record, an unknown address's too: how long that takes tells nothing."""
    clinician = db.session.get(Clinician, clinician_id or NOBODY)
    subject = Subject("sign_in") if clinician is None else subject_of(clinician)
    record("sign_in.failed", subject, acting(), {}, now)


@transaction()
def _let_in(knock: Knock, clinician_id: UUID, agent: str, now: datetime, passed: bool) -> Entered:
    _forgive(knock)
    clinician = db.session.get_one(Clinician, clinician_id)
    entered = sign_ins.start(clinician, agent, now, passed_second_factor=passed)
    return _known(entered, clinician_id, now) if passed else entered


@transaction()
def _rise_after(knock: Knock, sign_in: SignedIn, now: datetime) -> Entered:
    _forgive(knock)
    return sign_ins.rise(sign_in, now)


def _forgive(knock: Knock) -> None:
    for limit, key in knock.taken:
        limits.give_back(limit, key)


def _known(entered: Entered, clinician_id: UUID, now: datetime) -> Entered:
    clinician = db.session.get_one(Clinician, clinician_id)
    return replace(entered, known_device=links.issue(Purpose.DEVICE, clinician, now))


def _is_known(known_device: str | None, clinician_id: UUID, now: datetime) -> bool:
    held = links.find(Purpose.DEVICE, known_device, now) if known_device else None
    return held is not None and held.clinician_id == clinician_id


@transaction()
def _email_of(clinician_id: UUID) -> str:
    return db.session.get_one(Clinician, clinician_id).email
