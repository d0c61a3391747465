"""Who works in the clinic: invited, given a role, let go; and the tokens their programs carry."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import Conflict, Invalid
from rehab.models.clinic import Clinician
from rehab.services import clinics, team
from rehab.services.access import sign_ins
from rehab.web.desk import here
from rehab.web.desk.here import owners_only
from rehab.web.desk.page import UNPROCESSABLE, done, typed
from rehab.web.desk.settings import shown
from rehab.web.qr import qr_of
from rehab.web.sign_in import visitor
from rehab.wiring import wiring

blueprint = Blueprint("people", __name__)

ACTS: dict[str, dict[str, Any]] = {"go": {"active": False}, "back": {"active": True}}
DONE = {"go": "signed out everywhere, and works here no more", "back": "works here again"}


@blueprint.post("/settings/people")
@owners_only
def invite() -> Response:
    """Let somebody work in the clinic; the link by which they come in is shown this once."""
    _prove()
    said = {name: typed(name, 254).strip() for name in ("email", "name", "role")}
    try:
        added, token = team.invite_new(here.clinic().id, now=here.now(), **said)
    except Invalid as error:
        return shown(UNPROCESSABLE, faults=_of_newcomer(error.errors), newcomer=said)
    except Conflict as error:
        return shown(UNPROCESSABLE, faults=_of_newcomer({"email": [str(error)]}), newcomer=said)
    return _handed_over(added, token)


@blueprint.post("/settings/people/<uuid:id>/invite")
@owners_only
def invite_again(id: UUID) -> Response:
    """Another link for who has not come in yet; the one before it is void."""
    _prove()
    return _handed_over(*team.invite_again(here.clinic().id, id, here.now()))


@blueprint.post("/settings/people/<uuid:id>")
@owners_only
def amend(id: UUID) -> Answer:
    """Change somebody's role, let them go or let them in again."""
    known = clinics.find_clinician(here.clinic().id, id)
    act = typed("act", 8)
    changes = ACTS.get(act) or {"role": typed("role", 16)}
    try:
        clinics.amend_clinician(known, changes, here.now())
    except Invalid:
        abort(400)
    done(f"{known.name}: {DONE.get(act) or 'now ' + known.role.replace('_', '-')}.")
    return _back()


@blueprint.post("/settings/tokens/<string:id>/end")
@owners_only
def end_token(id: str) -> Answer:
    """End anybody's token at once."""
    team.end_token(here.clinic().id, id, here.now())
    done(f"The token rehab_{id} has ended.")
    return _back()


def _prove() -> None:
    """Whoever hands out a way in has proved lately who they are. Raises NotFresh."""
    sign_ins.require_fresh(visitor.staff(), here.now())


def _of_newcomer(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """Faults under the names that the fields have on a page with another form."""
    return {f"new-{name}": what for name, what in errors.items()}


def _handed_over(person: Clinician, token: str) -> Response:
    address = f"{wiring().settings.public_url}/invitation/{token}"
    return shown(invitation=(person, address, qr_of(address)), newcomer={})


def _back() -> Answer:
    return redirect(url_for("desk.settings.page") + "#people", 303)
