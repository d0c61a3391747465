"""Staff come in: by e-mail and password, or by an invitation that lets them choose one."""

from flask import Blueprint, Response, request, url_for

from rehab import clock
from rehab.errors import Invalid
from rehab.services.access import credentials, people, staff
from rehab.services.access.errors import Refused
from rehab.services.access.sign_ins import Entered
from rehab.web import cookies
from rehab.web.cookies import Cookie
from rehab.web.sign_in import destination, visitor
from rehab.web.sign_in.page import REFUSED, staff_page, typed, unlisted

blueprint = Blueprint("staff", __name__)

WRONG = "That e-mail and password do not belong together. Check both and try again."
UNPROCESSABLE = 422


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    """E-mail and password; the code of the app is next."""
    if request.method != "POST":
        return _door()
    try:
        entered = staff.sign_in(
            typed("email", 254),
            request.form.get("password", ""),
            address=visitor.address(),
            agent=visitor.said_of_itself(),
            now=clock.now(),
            known_device=cookies.given(Cookie.DEVICE),
        )
    except Refused:
        return _door(REFUSED, email=typed("email", 254), fault=WRONG)
    return visitor.let_in(entered, second_step(entered))


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
def invitation(token: str) -> Response:
    """Choose a password by an invitation, which that uses up."""
    if request.method != "POST":
        return _invitation(token)
    try:
        entered = credentials.accept_invitation(
            token,
            request.form.get("password", ""),
            address=visitor.address(),
            agent=visitor.said_of_itself(),
            now=clock.now(),
        )
    except Invalid as error:
        return _invitation(token, UNPROCESSABLE, fault=password_fault(error))
    return visitor.let_in(entered, second_step(entered))


def second_step(entered: Entered) -> str:
    """After a password: the code where there is an app already, else its set-up."""
    if entered.sign_in.passed_second_factor:
        return visitor.onward(entered.sign_in)
    asked = people.needs_second_factor(entered.sign_in)
    return destination.to(visitor.CODE_DOOR if asked else visitor.SET_UP)


def password_fault(error: Invalid) -> str:
    """What is wrong with a chosen password, as a sentence."""
    return f"The password {error.errors['password'][0]}."


def _door(status: int = 200, **values: str) -> Response:
    return staff_page("staff", status, next=destination.wanted(), **values)


def _invitation(token: str, status: int = 200, **values: str) -> Response:
    clinician = people.invited(token, visitor.address(), clock.now())
    where = url_for("sign_in.staff.invitation", token=token)
    return unlisted(staff_page("invitation", status, clinician=clinician, where=where, **values))
