"""Who is asking, by a bearer token or signed in in a browser; what they may do, in which clinic."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from rehab import clock
from rehab.errors import NotFound
from rehab.models.clinic import OWNER, READ_ONLY, ApiToken, Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.services import corrections, plans
from rehab.services.access import people, sign_ins
from rehab.services.tokens import ADMIN, READ, SCOPES, WRITE, token_bearer
from rehab.tenancy import across_clinics, enter_clinic
from rehab.web.sign_in.visitor import visitor

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWNERS_ONLY, PATIENTS_TOO = "owners_only", "patients_too"
PATIENT = "patient"

View = TypeVar("View", bound=Callable[..., Any])


def owners_only(view: View) -> View:
    """A route for the clinic's owners, with a token whose scopes reach that far.

    Without it, whoever works in the clinic may read and all but the read-only may write.
    """
    setattr(view, OWNERS_ONLY, True)
    return view


def patients_too(view: View) -> View:
    """A route that a signed-in patient may ask too, about their own plan."""
    setattr(view, PATIENTS_TOO, True)
    return view


def sign_in_bearer() -> None:
    """Put whoever is behind the request's token or cookie in charge of it, within their clinic.

    A request with a token is judged by that alone. Raises Unauthorized without a good token or
    sign-in, and Forbidden when what they may do does not reach that far.
    """
    g.clinician = g.patient = None
    with across_clinics("who is asking"):
        by_token = _token() if "Authorization" in request.headers else None
        person = by_token.clinician if by_token is not None else _signed_in()
        clinic_id = person.clinic_id
    enter_clinic(clinic_id)
    if isinstance(person, Patient):
        _check_own()
        g.patient = person
    else:
        _check_reach(person, by_token.scopes if by_token is not None else SCOPES)
        g.clinician = person


def _token() -> ApiToken:
    given = request.authorization
    if given is not None and given.type == "bearer" and given.token:
        known = token_bearer(given.token, clock.now())
        if known is not None:
            return known
    raise _unknown()


def _signed_in() -> Clinician | Patient:
    """Who is signed in in this browser, all the way: staff past the second factor."""
    found = visitor()
    if found is None or not (found.kind == "patient" or found.passed_second_factor):
        raise _unknown()
    is_staff = found.kind == "staff"
    return people.clinician_of(found) if is_staff else people.patient_of(found)


def _unknown() -> Unauthorized:
    return Unauthorized("a bearer token is needed", www_authenticate=WWWAuthenticate("bearer"))


def _has(mark: str) -> bool:
    return hasattr(current_app.view_functions[request.endpoint or ""], mark)


def _check_reach(person: Clinician, scopes: Collection[str]) -> None:
    changes, owners = request.method not in SAFE_METHODS, _has(OWNERS_ONLY)
    needed = ADMIN if owners else WRITE if changes else READ
    if needed not in scopes:
        raise Forbidden(f"the token lacks the scope {needed}")
    if owners and person.role != OWNER:
        raise Forbidden("only an owner of the clinic may do this")
    if changes and person.role == READ_ONLY:
        raise Forbidden("you may look, not change")


def _check_own() -> None:
    if not _has(PATIENTS_TOO):
        raise Forbidden("this is for the clinic")


def clinician() -> Clinician:
    """The clinician who is asking."""
    signed_in: Clinician = g.clinician
    return signed_in


def asker() -> Clinician | Patient:
    """Who is asking."""
    person: Clinician | Patient = g.clinician or g.patient
    return person


def must_be_fresh() -> None:
    """For what does most harm in a browser that was left open. A token needs no such proof.

    Raises NotFresh when whoever is signed in proved who they are more than ten minutes ago.
    """
    found = None if "Authorization" in request.headers else visitor()
    if found is not None:
        sign_ins.require_fresh(found, clock.now())


def name_of_asker() -> str:
    """Who is asking, as a record of it says: a clinician's address, or `patient`."""
    return PATIENT if g.clinician is None else clinician().email


def plan_in_reach(id_: UUID) -> Plan:
    """A plan of the clinician's clinic, or of the patient's own. Raises NotFound."""
    return _own(plans.find_plan(asker().clinic_id, id_))


def session_in_reach(id_: UUID) -> tuple[Session, Plan]:
    """A session of a plan within reach. Raises NotFound."""
    session, plan = corrections.find_session(asker().clinic_id, id_)
    return session, _own(plan)


def _own(plan: Plan) -> Plan:
    if g.patient is not None and plan.patient_id != g.patient.id:
        raise NotFound("there is no such plan")
    return plan
