"""One's own account: where one is signed in, the password, the recovery codes, and the way out."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab import clock
from rehab.errors import Invalid
from rehab.services.access import credentials, people, second_factor, sign_ins, staff
from rehab.services.access.errors import Refused
from rehab.services.access.sign_ins import SignedIn
from rehab.web import cookies
from rehab.web.cookies import Cookie
from rehab.web.sign_in import destination, visitor
from rehab.web.sign_in.page import REFUSED, staff_page, typed
from rehab.web.sign_in.staff import UNPROCESSABLE, password_fault

blueprint = Blueprint("account", __name__)

OVERVIEW = "sign_in.account.overview"
PATIENTS_DEVICES = "me.settings.devices"
NOT_PROVED = "That did not work. Check the password, and use a code that was not used before."


@blueprint.get("/account")
def overview() -> Answer:
    """The devices one is signed in on and what one proves oneself with; patients have the devices
    among their settings."""
    who, now = visitor.anybody(), clock.now()
    if who.clinician_id is None:
        return redirect(url_for(PATIENTS_DEVICES), 303)
    theirs = sign_ins.beside(who, now)
    shown: dict[str, Any] = {"mine": who, "sign_ins": theirs, "home": visitor.home(who)}
    clinician = people.clinician_of(who)
    left = second_factor.recovery_codes_left(who.clinician_id)
    tz = ZoneInfo(clinician.clinic.zone)
    return staff_page("account", clinician=clinician, tz=tz, codes_left=left, **shown)


@blueprint.post("/account/sign-ins/<uuid:id_>/end")
def end(id_: UUID) -> Answer:
    """End one of one's sign-ins."""
    who = visitor.anybody()
    if id_ == who.id:
        return _out(who)
    sign_ins.end(who, id_)
    return _back()


@blueprint.post("/account/sign-ins/end-others")
def end_others() -> Answer:
    """End all of one's sign-ins but this one."""
    sign_ins.end_others(visitor.anybody())
    return _back()


@blueprint.post("/sign-out")
def sign_out() -> Answer:
    """End this sign-in; also for who is only half way in, or not at all."""
    return _out(visitor.visitor())


@blueprint.route("/account/password", methods=["GET", "POST"])
def password() -> Response:
    """A new password; every other sign-in ends."""
    who = visitor.staff()
    sign_ins.require_fresh(who, clock.now())
    if request.method != "POST":
        return _new_password(who)
    try:
        chosen = request.form.get("password", "")
        entered = credentials.change_password(who, chosen, clock.now())
    except Invalid as error:
        return _new_password(who, UNPROCESSABLE, fault=password_fault(error))
    return visitor.let_in(entered, url_for(OVERVIEW))


@blueprint.post("/account/recovery-codes")
def recovery_codes() -> Response:
    """Ten new recovery codes, shown this once."""
    codes = credentials.renew_recovery_codes(visitor.staff(), clock.now())
    return staff_page("recovery_codes", codes=codes, onward=url_for(OVERVIEW))


@blueprint.route("/account/again", methods=["GET", "POST"])
def again() -> Response:
    """Prove once more who one is, before what matters most."""
    who = visitor.half_way()
    if request.method != "POST":
        return _again(who)
    try:
        entered = staff.freshen(
            who,
            request.form.get("password", ""),
            typed("code", 40),
            address=visitor.address(),
            now=clock.now(),
        )
    except Refused:
        return _again(who, REFUSED, fault=NOT_PROVED)
    return visitor.let_in(entered, destination.wanted() or url_for(OVERVIEW))


def _again(who: SignedIn, status: int = 200, **values: str) -> Response:
    email = people.clinician_of(who).email
    return staff_page("again", status, mine=who, email=email, next=destination.wanted(), **values)


def _new_password(who: SignedIn, status: int = 200, **values: str) -> Response:
    return staff_page("password", status, email=people.clinician_of(who).email, **values)


def _back() -> Answer:
    return redirect(url_for(OVERVIEW), 303)


def _out(who: SignedIn | None) -> Response:
    """A patient comes back by the patients' door, everybody else by that of staff."""
    if who is not None:
        sign_ins.end(who, who.id)
    is_patient = who is not None and who.kind == "patient"
    door = visitor.PATIENT_DOOR if is_patient else visitor.STAFF_DOOR
    answer = make_response(redirect(url_for(door), 303))
    cookies.drop(answer, Cookie.SIGN_IN)
    return answer
