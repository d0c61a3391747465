"""Who is asking, by a bearer token or signed in in a browser; what they may do, in which clinic."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from rehab import clock
from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.clinic import OWNER, READ_ONLY, Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.services import corrections, plans
from rehab.services.access import people, sign_ins
from rehab.services.actors import actor_of
from rehab.services.audit import Actor, ActorKind
from rehab.services.plan_marks import PlanMark, mark_of
from rehab.services.tokens import ADMIN, READ, SCOPES, WRITE, Bearer, token_bearer
from rehab.tenancy import across_clinics, enter_clinic
from rehab.web.sign_in.visitor import visitor

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWNERS_ONLY, PATIENTS_TOO, ABOUT_A_PLAN = "owners_only", "patients_too", "about_a_plan"
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


def about_a_plan(view: View) -> View:
    """A route that needs no more of its plan than the mark, which is read with the token."""
    setattr(view, ABOUT_A_PLAN, True)
    return view


def sign_in_bearer() -> None:
    """Put whoever is behind the request's token or cookie in charge of it, within their clinic.

    A request with a token is judged by that alone. Raises Unauthorized without a good token or
    sign-in, and Forbidden when what they may do does not reach that far.
    """
    g.bearer = g.clinician = g.patient = None
    with across_clinics("who is asking"):
        person = _token() if "Authorization" in request.headers else _signed_in()
        clinic_id = person.clinic_id
    enter_clinic(clinic_id)
    if isinstance(person, Patient):
        _check_own()
        g.patient = person
    elif isinstance(person, Bearer):
        _check_reach(person.role, person.scopes)
        g.bearer = person
    else:
        _check_reach(person.role, SCOPES)
        g.clinician = person


def _token() -> Bearer:
    given = request.authorization
    if given is not None and given.type == "bearer" and given.token:
        plan_id = (request.view_args or {}).get("id") if _is_flagged(ABOUT_A_PLAN) else None
        known = token_bearer(given.token, clock.now(), plan_id)
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


def _is_flagged(flag: str) -> bool:
    return hasattr(current_app.view_functions[request.endpoint or ""], flag)


def _check_reach(role: str, scopes: Collection[str]) -> None:
    changes, owners = request.method not in SAFE_METHODS, _is_flagged(OWNERS_ONLY)
    needed = ADMIN if owners else WRITE if changes else READ
    if needed not in scopes:
        raise Forbidden(f"the token lacks the scope {needed}")
    if owners and role != OWNER:
        raise Forbidden("only an owner of the clinic may do this")
    if changes and role == READ_ONLY:
        raise Forbidden("you may look, not change")


def _check_own() -> None:
    if not _is_flagged(PATIENTS_TOO):
        raise Forbidden("this is for the clinic")


def clinician() -> Clinician:
    """The clinician who is asking; by a token, their row is read when it is first asked for."""
    if g.clinician is None:
        g.clinician = db.session.get_one(Clinician, g.bearer.clinician_id)
    signed_in: Clinician = g.clinician
    return signed_in


def asker() -> Clinician | Patient:
    """Who is asking."""
    return clinician() if g.patient is None else cast(Patient, g.patient)


def clinic_id() -> UUID:
    """The clinic of who is asking."""
    found: UUID = (g.bearer or asker()).clinic_id
    return found


def bearer() -> Bearer | None:
    """The bearer of the token that the request came with, if it did with one."""
    found: Bearer | None = g.bearer
    return found


def actor() -> Actor:
    """Who is asking, as the audit knows them: with the token that they came with."""
    if g.bearer is None:
        return actor_of(asker())
    return Actor(ActorKind.CLINICIAN, g.bearer.clinician_id, g.bearer.id)


def plan_mark(id_: UUID) -> PlanMark:
    """The mark of a plan of the clinician's clinic, or of the patient's own. Raises NotFound."""
    mark = g.bearer.plan if g.bearer is not None else mark_of(clinic_id(), id_)
    if mark is None or (g.patient is not None and mark.patient_id != g.patient.id):
        raise NotFound("there is no such plan")
    return mark


def must_be_fresh() -> None:
    """For what does most harm in a browser that was left open. A token needs no such proof.

    Raises NotFresh when whoever is signed in proved who they are more than ten minutes ago.
    """
    found = None if "Authorization" in request.headers else visitor()
    if found is not None:
        sign_ins.require_fresh(found, clock.now())


def name_of_asker() -> str:
    """Who is asking, as a record of it says: a clinician's address, or `patient`."""
    if g.bearer is not None:
        return str(g.bearer.email)
    return PATIENT if g.clinician is None else clinician().email


def plan_in_reach(id_: UUID, to_change: bool = False) -> Plan:
    """A plan of the clinician's clinic, or of the patient's own. Raises NotFound."""
    return _own(plans.find_plan(clinic_id(), id_, to_change))


def session_in_reach(id_: UUID) -> tuple[Session, Plan]:
    """A session of a plan within reach. Raises NotFound."""
    session, plan = corrections.find_session(clinic_id(), id_)
    return session, _own(plan)


def _own(plan: Plan) -> Plan:
    if g.patient is not None and plan.patient_id != g.patient.id:
        raise NotFound("there is no such plan")
    return plan
