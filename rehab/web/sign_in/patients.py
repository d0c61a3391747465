"""Patients come in: by the code that is texted to a number on file, or by a link for one use."""

import re
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for

from rehab import clock
from rehab.errors import Invalid
from rehab.services.access import code_text, codes, entrance, patients
from rehab.services.access.errors import Refused
from rehab.services.access.patients import Choice
from rehab.services.access.sign_ins import Entered
from rehab.web import cookies
from rehab.web.cookies import Cookie
from rehab.web.sign_in import destination, visitor
from rehab.web.sign_in.page import REFUSED, page, typed, unlisted
from rehab.web.sign_in.staff import UNPROCESSABLE, second_step
from rehab.wiring import library, wiring

blueprint = Blueprint("patients", __name__)

CODE_DOOR = "sign_in.patients.code"
BETWEEN_DIGITS = re.compile(r"[\s().\-/]")
LONGEST_NUMBER = 32


@blueprint.route("/enter", methods=["GET", "POST"])
def enter() -> Response:
    """A phone number; whether anybody has it on file, nobody learns here."""
    if request.method != "POST":
        return page("enter", next=destination.wanted())
    said, now = typed("phone", LONGEST_NUMBER), clock.now()
    host = urlsplit(wiring().settings.public_url).hostname or ""
    text = code_text.texter(library(), host, now)
    try:
        challenge = codes.ask(as_dialled(said), visitor.address(), text, now)
    except Invalid:
        kept = {"phone": said, "next": destination.wanted()}
        return page("enter", UNPROCESSABLE, fault=True, **kept)
    answer = make_response(redirect(destination.to(CODE_DOOR), 303))
    cookies.put(answer, Cookie.CODE, challenge)
    return answer


@blueprint.route("/enter/code", methods=["GET", "POST"])
def code() -> Response:
    """The code, in the browser that asked for it; for several people with one phone, a choice."""
    challenge = _challenge()
    if request.method != "POST":
        return page("enter_code", next=destination.wanted())
    try:
        found = patients.sign_in(
            challenge, typed("code", 40), visitor.said_of_itself(), clock.now()
        )
    except Refused:
        return page("enter_code", REFUSED, fault=True, next=destination.wanted())
    if isinstance(found, Choice):
        return page("who", patients=found.patients, next=destination.wanted())
    return _in(found)


@blueprint.post("/enter/who")
def who() -> Response:
    """Which of those who share the phone this is."""
    try:
        chosen = UUID(typed("patient", 36))
    except ValueError:
        abort(400)
    try:
        entered = patients.choose(_challenge(), chosen, visitor.said_of_itself(), clock.now())
    except Refused:
        return page("enter_code", REFUSED, fault=True, next=destination.wanted())
    return _in(entered)


@blueprint.route("/l/<token>", methods=["GET", "POST"])
def link(token: str) -> Response:
    """A link for one use: looking at it shows a button, and the button uses it up."""
    if request.method != "POST":
        entrance.look(token, visitor.address(), clock.now())
        return unlisted(page("link", where=url_for("sign_in.patients.link", token=token)))
    entered = entrance.enter(token, visitor.address(), visitor.said_of_itself(), clock.now())
    if entered.sign_in.kind == "staff":
        return visitor.let_in(entered, second_step(entered))
    return _in(entered)


def as_dialled(said: str) -> str:
    """A number as people write it, in the shape that is stored: `+44 (20) 7946-0123`."""
    digits = BETWEEN_DIGITS.sub("", said)
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def _challenge() -> str:
    """What this browser was given with its code; without it, a code has to be asked for."""
    return cookies.given(Cookie.CODE) or abort(redirect(url_for(visitor.PATIENT_DOOR), 303))


def _in(entered: Entered) -> Response:
    return visitor.let_in(entered, visitor.onward(entered.sign_in))
