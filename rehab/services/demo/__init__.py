"""The demo clinic: a cast of made-up patients whose weeks are lived through the real use cases."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import Select, select

from rehab.errors import Conflict, NotFound
from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.programs.library import Library
from rehab.services import clinics
from rehab.services.demo import cast, history
from rehab.services.transactions import transaction

SEED = 20
OPENED_BEFORE = timedelta(weeks=9)


@transaction()
def open_demo(library: Library, now: datetime, seed: int = SEED) -> Clinician:
    """The demo's clinician; on an empty database the clinic and its cast are made first.

    All or nothing: a start that is cut short leaves no half a clinic. The same `seed` and `now`
    give the same course. Raises Conflict where another clinic lives: a demo's texts go nowhere,
    and its pages ask nobody to sign in.
    """
    known = _known()
    if db.session.scalar(_other_clinics(known)) is not None:
        raise Conflict("this database holds a clinic of its own; a demo needs one to itself")
    return known or _seed(library, now, seed)


def demo_clinician() -> Clinician:
    """The clinician whose patients the demo shows. Raises NotFound before the clinic is open."""
    known = _known()
    if known is None:
        raise NotFound("the demo clinic is not open")
    return known


def _known() -> Clinician | None:
    return db.session.scalar(select(Clinician).filter_by(email=cast.CLINICIAN_EMAIL))


def _other_clinics(ours: Clinician | None) -> Select[UUID]:
    return select(Clinic.id).where(Clinic.id != (ours.clinic_id if ours else None)).limit(1)


def _seed(library: Library, now: datetime, seed: int) -> Clinician:
    opened = now - OPENED_BEFORE
    clinic = clinics.open_clinic(cast.CLINIC_NAME, cast.CLINIC_ZONE, opened, cast.CLINIC_PHONE)
    ana = clinics.add_clinician(clinic.id, cast.CLINICIAN_EMAIL, cast.CLINICIAN_NAME, opened)
    for character in cast.CAST:
        rng = Random(f"{seed} {character.phone}")  # noqa: S311 - a made-up diary, not a secret
        history.live(character, ana, library, now, rng)
    return ana
