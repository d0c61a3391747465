"""How a patient comes in: by a texted code, as the one or one of several who have the number."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rehab.models.patient import Patient
from rehab.services.access import codes, sign_ins
from rehab.services.access.errors import Refused
from rehab.services.access.sign_ins import Entered, SignedIn
from rehab.services.transactions import transaction


@dataclass(frozen=True, slots=True)
class Choice:
    """Several patients have the number: whoever holds the phone says which of them to be."""

    patients: tuple[Patient, ...]


def sign_in(challenge: str, code: str, agent: str, now: datetime) -> Entered | Choice:
    """Sign in by a texted code; `challenge` is the token that `codes.ask` gave this browser.

    A Choice leaves the code redeemed for `choose`, until its 10 minutes are over. Raises Refused.
    """
    found = tuple(codes.redeem(challenge, code, now))
    return Choice(found) if len(found) > 1 else choose(challenge, found[0].id, agent, now)


@transaction()
def choose(challenge: str, patient_id: UUID, agent: str, now: datetime) -> Entered:
    """Sign in one of those whom a redeemed code lets in. Raises Refused for anybody else."""
    return sign_ins.start(codes.use_up(challenge, patient_id, now), agent, now)


def freshen(sign_in: SignedIn, challenge: str, code: str, now: datetime) -> Entered:
    """Prove again who one is, by a new code, for an export or a new phone number.

    Raises Refused, also for a code that was texted to somebody else.
    """
    if sign_in.patient_id is None:
        raise Refused
    codes.redeem(challenge, code, now)
    return _freshen(sign_in, sign_in.patient_id, challenge, now)


@transaction()
def _freshen(sign_in: SignedIn, patient_id: UUID, challenge: str, now: datetime) -> Entered:
    codes.use_up(challenge, patient_id, now)
    return sign_ins.rise(sign_in, now)
