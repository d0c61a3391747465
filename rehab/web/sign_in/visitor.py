"""Who is at the door: the sign-in that a browser's cookie stands for, and what it still lacks."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

from flask import Response, abort, current_app, make_response, redirect, request, url_for

from rehab import clock
from rehab.errors import NotFound
from rehab.services.access import people, sign_ins
from rehab.services.access.sign_ins import Entered, SignedIn
from rehab.tenancy import across_clinics
from rehab.web import cookies
from rehab.web.cookies import Cookie
from rehab.web.sign_in import destination

KEY = "rehab.visitor"
STAFF_DOOR, CODE_DOOR = "sign_in.staff.sign_in", "sign_in.second_factor.ask"
SET_UP, PATIENT_DOOR = "sign_in.second_factor.explain", "sign_in.patients.enter"
UNATTENDED = "unattended"

View = TypeVar("View", bound=Callable[..., Any])


def unattended(view: View) -> View:
    """An answer that a page asks for by itself, again and again: whoever signed in may long have
    left, so it does not keep their sign-in from ending."""
    setattr(view, UNATTENDED, True)
    return view


def visitor() -> SignedIn | None:
    """Who is signed in; looked up once a request."""
    if KEY not in request.environ:
        token = cookies.given(Cookie.SIGN_IN)
        request.environ[KEY] = _signed_in(token) if token else None
    found: SignedIn | None = request.environ[KEY]
    return found


def _signed_in(token: str) -> SignedIn | None:
    view = current_app.view_functions.get(request.endpoint or "")
    with across_clinics("whose sign-in this is"):
        return sign_ins.signed_in(token, clock.now(), unattended=hasattr(view, UNATTENDED))


def half_way() -> SignedIn:
    """The staff member who has given a password at the least; anybody else is sent to do so."""
    found = visitor()
    if found is None or found.kind != "staff":
        _send(STAFF_DOOR)
    return found


def staff() -> SignedIn:
    """The staff member who has passed the second factor; anybody else is sent to the door."""
    found = half_way()
    if not found.passed_second_factor:
        _send(CODE_DOOR if people.needs_second_factor(found) else SET_UP)
    return found


def patient() -> SignedIn:
    """The patient who is signed in; anybody else is sent to the door."""
    found = visitor()
    if found is None or found.kind != "patient":
        _send(PATIENT_DOOR)
    return found


def anybody() -> SignedIn:
    """Who is signed in all the way; anybody else is sent to the staff door."""
    found = visitor()
    return found if found is not None and found.kind == "patient" else staff()


def home(sign_in: SignedIn) -> str:
    """Where a sign-in leads by itself."""
    return url_for("desk.caseload.page" if sign_in.kind == "staff" else "me.today.page")


def onward(sign_in: SignedIn) -> str:
    """Where who has come in goes: on to where they were going, else home."""
    return destination.wanted() or home(sign_in)


def let_in(entered: Entered, where: str) -> Response:
    """Send who has just proved something on to `where`, under the new token."""
    _end_the_one_before(entered.sign_in)
    return carrying(entered, make_response(redirect(where, 303)))


def carrying(entered: Entered, answer: Response) -> Response:
    """`answer` with the cookies of a sign-in that has begun or risen."""
    is_staff = entered.sign_in.kind == "staff"
    cookies.put(answer, Cookie.SIGN_IN, entered.token, until_closed=is_staff)
    if entered.known_device is not None:
        cookies.put(answer, Cookie.DEVICE, entered.known_device)
    if cookies.given(Cookie.CODE):
        cookies.drop(answer, Cookie.CODE)
    return answer


def said_of_itself() -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")


def address() -> str:
    """Where the request comes from."""
    return request.remote_addr or ""


def _end_the_one_before(sign_in: SignedIn) -> None:
    """A browser has one sign-in: what it was before has no cookie any more."""
    before = visitor()
    if before is not None and before.id != sign_in.id:
        with suppress(NotFound):
            sign_ins.end(before, before.id)


def _send(door: str) -> NoReturn:
    """To a door, and after it to where this request was going, else back here."""
    onward = destination.wanted() or destination.here()
    abort(redirect(destination.address(door, onward), 303))
