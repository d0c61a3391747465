"""Who saw and changed what: of a patient for all who treat there, of the clinic for its owners."""

from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import NotFound
from rehab.models.clinic import OWNER
from rehab.models.patient import Patient
from rehab.services import audit_chain
from rehab.services.access import people
from rehab.services.audit import ActorKind
from rehab.services.trail import Asked, staff, trail
from rehab.web.desk import acts, here
from rehab.web.desk.here import looking, owners_only
from rehab.web.desk.page import page as _page
from rehab.web.desk.page import undone

blueprint = Blueprint("audit", __name__)

FOR_OWNERS = (
    "The audit of the whole clinic is for its owners. What was done about a patient is on the "
    "patient's own page, under Audit."
)


@blueprint.get("/audit")
def page() -> Response | Answer:
    """The trail of a patient (`patient=`), or of the clinic; by `who`, `group`, `before`."""
    patient = _patient()
    if patient is None and here.clinician().role != OWNER:
        undone(FOR_OWNERS)
        return redirect(url_for("desk.caseload.page"), 303)
    names = staff(here.clinic().id)
    asked = Asked(patient.id if patient else None, _actor(names), _group(), _before())
    return _page(
        "audit",
        patient=patient,
        plan=people.current_plan(patient) if patient else None,
        found=trail(here.clinic().id, asked),
        asked=asked,
        people=names,
        actors=acts.ACTORS,
        acts=acts,
    )


@blueprint.post("/audit/check")
@owners_only
@looking
def check() -> Response:
    """Walk the clinic's chain from its first entry: whether anybody has changed it."""
    clinic_id = here.clinic().id
    found = audit_chain.verify(clinic_id)
    return _page("audit_check", found=found, end=audit_chain.ends().get(clinic_id))


def _patient() -> Patient | None:
    given = request.args.get("patient")
    if not given:
        return None
    try:
        return here.patient_seen(UUID(given))
    except ValueError as error:
        raise NotFound("there is no such patient") from error


def _actor(names: dict[UUID, str]) -> UUID | ActorKind | None:
    given = request.args.get("who", "")
    if given in [kind.value for kind in acts.ACTORS]:
        return ActorKind(given)
    return next((id_ for id_ in names if str(id_) == given), None)


def _group() -> str | None:
    given = request.args.get("group", "")
    return given if given in acts.GROUPS else None


def _before() -> int | None:
    given = request.args.get("before", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else None
