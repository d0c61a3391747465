"""Who sits at the desk in this request, in whose clinic, and what they look at."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import abort, current_app, g, request

from rehab import clock
from rehab.models.clinic import OWNER, READ_ONLY, Clinic, Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services import enrolment, plans
from rehab.services.access import people
from rehab.services.actors import actor_of, enter, saw
from rehab.tenancy import across_clinics, enter_clinic
from rehab.web.sign_in import visitor

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OWNERS_ONLY, LOOKING = "owners_only", "looking"

View = TypeVar("View", bound=Callable[..., Any])


def owners_only(view: View) -> View:
    """A page for the clinic's owners."""
    setattr(view, OWNERS_ONLY, True)
    return view


def looking(view: View) -> View:
    """A form that is posted and changes nothing: the read-only may send it too."""
    setattr(view, LOOKING, True)
    return view


def begin() -> None:
    """Open the desk for the staff member who is signed in; anybody else is sent to the door.

    Aborts with 403 where they may only look, or where only an owner may come.
    """
    with across_clinics("whose desk this is"):
        found = people.clinician_of(visitor.staff())
        clinic_id = found.clinic_id
    enter_clinic(clinic_id)
    enter(actor_of(found))
    g.clinician, g.now = found, clock.now()
    view = current_app.view_functions[request.endpoint or ""]
    changes = request.method not in SAFE_METHODS and not hasattr(view, LOOKING)
    if changes and found.role == READ_ONLY:
        abort(403, "you may look, not change")
    if hasattr(view, OWNERS_ONLY) and found.role != OWNER:
        abort(403, "only an owner of the clinic may do this")


def is_taken() -> bool:
    """Whether somebody sits here already: before that, a page of the desk can be for nobody."""
    return "clinician" in g


def clinician() -> Clinician:
    """Who sits at the desk."""
    found: Clinician = g.clinician
    return found


def clinic() -> Clinic:
    return clinician().clinic


def now() -> datetime:
    """The instant at which this request began."""
    found: datetime = g.now
    return found


def zone() -> ZoneInfo:
    """The clinic's own."""
    return ZoneInfo(clinic().zone)


def patient_seen(id_: UUID) -> Patient:
    """A patient of the clinic; that they were looked at is on record. Raises NotFound."""
    found = enrolment.find_patient(clinic().id, id_)
    saw(clinician(), found, now())
    return found


def plan_seen(id_: UUID) -> Plan:
    """A plan of one of the clinic's patients, looked at. Raises NotFound."""
    found = plans.find_plan(clinic().id, id_)
    saw(clinician(), found.patient, now())
    return found
