"""The second factor of staff: asked for at the door, set up before the first patient is opened."""

from flask import Blueprint, Response, make_response, redirect, request

from rehab import clock
from rehab.services.access import credentials, people, staff
from rehab.services.access.errors import Refused
from rehab.services.access.sign_ins import SignedIn
from rehab.web.qr import qr_of
from rehab.web.sign_in import destination, visitor
from rehab.web.sign_in.page import REFUSED, staff_page, typed

blueprint = Blueprint("second_factor", __name__)

WRONG = "That code did not work. Wait for the next one and try again."
GROUP = 4
LONGEST_CODE = 40


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def ask() -> Response:
    """The six digits of the app, or a recovery code."""
    half_way = visitor.half_way()
    if not people.needs_second_factor(half_way):
        return make_response(redirect(visitor.onward(visitor.staff()), 303))
    if request.method != "POST":
        return _asked()
    try:
        entered = staff.pass_second_factor(half_way, typed("code", LONGEST_CODE), clock.now())
    except Refused:
        return _asked(REFUSED, fault=WRONG)
    return visitor.let_in(entered, visitor.onward(entered.sign_in))


@blueprint.get("/account/second-factor")
def explain() -> Response:
    """Why an app, and which; the secret is made when it is asked for."""
    who = _at_set_up()
    return staff_page("second_factor", again=who.passed_second_factor, next=destination.wanted())


@blueprint.post("/account/second-factor")
def offer() -> Response:
    """A new secret, as a picture to scan and as letters to type; it is shown this once."""
    offered = credentials.offer_second_factor(_at_set_up(), clock.now())
    return _scanned(secret=grouped(offered.secret), picture=qr_of(offered.uri, side=5))


@blueprint.post("/account/second-factor/confirm")
def confirm() -> Response:
    """The first code makes the secret count; the recovery codes are shown this once."""
    who = _at_set_up()
    try:
        entered, codes = credentials.confirm_second_factor(
            who, typed("code", LONGEST_CODE), clock.now()
        )
    except Refused:
        return _scanned(REFUSED, fault=WRONG)
    shown = staff_page("recovery_codes", codes=codes, onward=visitor.onward(entered.sign_in))
    return visitor.carrying(entered, shown)


def grouped(secret: str) -> str:
    """A secret as it is read aloud, in groups of four."""
    return " ".join(secret[i : i + GROUP] for i in range(0, len(secret), GROUP))


def _at_set_up() -> SignedIn:
    """Who sets an app up: with one on file already, only who has passed it."""
    half_way = visitor.half_way()
    return visitor.staff() if people.needs_second_factor(half_way) else half_way


def _asked(status: int = 200, **values: str) -> Response:
    return staff_page("code", status, next=destination.wanted(), **values)


def _scanned(status: int = 200, **values: str) -> Response:
    return staff_page("scan", status, next=destination.wanted(), **values)
