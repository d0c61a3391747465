"""One's own API tokens: handed out once, listed, and ended."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab import clock
from rehab.errors import Invalid
from rehab.models.clinic import OWNER, Clinician
from rehab.services import tokens
from rehab.services.access import people, sign_ins
from rehab.services.tokens import ADMIN, READ, WRITE
from rehab.web.sign_in import visitor
from rehab.web.sign_in.page import staff_page, typed
from rehab.web.sign_in.staff import UNPROCESSABLE

blueprint = Blueprint("tokens", __name__)

REACHES = {"look": (READ,), "work": (READ, WRITE), "run": (READ, WRITE, ADMIN)}
"""What a token may do, as the form words it."""


@blueprint.get("/account/tokens")
def overview() -> Response:
    """The tokens that one's programs carry."""
    return _overview(people.clinician_of(visitor.staff()))


@blueprint.post("/account/tokens")
def issue() -> Response:
    """A new token, shown this once."""
    who, now = visitor.staff(), clock.now()
    sign_ins.require_fresh(who, now)
    clinician = people.clinician_of(who)
    days = typed("days", 8).strip()
    try:
        token = tokens.issue_token(
            clinician.email, REACHES.get(typed("reach", 8), ()), now, _days(days)
        )
    except Invalid as error:
        fault = " ".join(error.errors.get("days", [str(error)]))
        return _overview(clinician, UNPROCESSABLE, days=days, fault=fault)
    return _overview(clinician, issued=token)


@blueprint.post("/account/tokens/<string:id_>/revoke")
def revoke(id_: str) -> Answer:
    """End one of one's tokens at once."""
    tokens.revoke_token(id_, clock.now(), visitor.staff().clinician_id)
    return redirect(url_for("sign_in.tokens.overview"), 303)


def _days(said: str) -> int | None:
    """Days from 1 on, or None for a token that does not run out. Raises Invalid."""
    if not said:
        return None
    if not said.isascii() or not said.isdecimal():
        raise Invalid({"days": ["must be a whole number, or empty"]})
    return int(said)


def _overview(clinician: Clinician, status: int = 200, **values: Any) -> Response:
    now = clock.now()
    live = [t for t in tokens.all_of(clinician) if tokens.is_good(t, now)]
    return staff_page(
        "tokens",
        status,
        tokens=live,
        may_run=clinician.role == OWNER,
        chosen=request.form.get("reach", "work"),
        tz=ZoneInfo(clinician.clinic.zone),
        **values,
    )
