"""My data: what is on file, a copy to take along, what is wrong with it, and the wish to be erased.

A copy is for whoever has just proved with a new code who they are: phones are left lying about.
"""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, make_response, redirect, request

from rehab.errors import Invalid
from rehab.exchange import files
from rehab.services import consent
from rehab.services.access import code_text, codes, patients, sign_ins
from rehab.services.access.errors import Refused
from rehab.services.privacy import requests
from rehab.web import cookies, zones
from rehab.web.cookies import Cookie
from rehab.web.patient.page import UNPROCESSABLE, language, page, private, typed
from rehab.web.patient.visit import visit
from rehab.web.sign_in import visitor
from rehab.web.words import words
from rehab.wiring import library, wiring

blueprint = Blueprint("own_data", __name__)

AREA = "data"
SAVED = ("told", "erasure")
LAST_DIGITS = 4


@blueprint.get("/data", endpoint="page")
def overview() -> Response:
    """What is on file about the patient, in short."""
    patient, saved = visit().patient, request.args.get("saved", "")
    return page(
        "data",
        AREA,
        number=masked(patient.phone),
        place=zones.place_name(patient.zone, language()),
        erasure=requests.erasure_asked(patient),
        saved=saved if saved in SAVED else "",
    )


@blueprint.route("/data/wrong", methods=["GET", "POST"])
def wrong() -> Response:
    """Tell the clinic what on file is wrong."""
    here, said = visit(), typed("words", 2 * requests.LONGEST)
    if request.method != "POST":
        return page("data_wrong", AREA, longest=requests.LONGEST, shown="", faults={})
    try:
        requests.say_what_is_wrong(here.patient, said, here.now)
    except Invalid:
        fault = words(AREA, language())["fault_words"].format(n=requests.LONGEST)
        shown = {"longest": requests.LONGEST, "shown": said, "faults": {"words": fault}}
        return page("data_wrong", AREA, UNPROCESSABLE, **shown)
    return _to("own_data.page", saved="told")


@blueprint.route("/data/erase", methods=["GET", "POST"])
def erase() -> Response:
    """Ask the clinic to erase everything; a person does it, and calls first."""
    here = visit()
    if request.method != "POST":
        return page("data_erase", AREA, asked=requests.erasure_asked(here.patient))
    requests.ask_for_erasure(here.patient, here.now)
    return _to("own_data.page", saved="erasure")


@blueprint.get("/data/take")
def take() -> Response:
    """A copy to take along, or first the proof that it is still the patient who asks."""
    here = visit()
    stopped = consent.is_suppressed(here.patient.phone)
    return page("data_take", AREA, fresh=_is_fresh(), stopped=stopped)


@blueprint.post("/data/take")
def download() -> Response:
    """The copy as a file: JSON, a zip of tables, or FHIR."""
    here, form = visit(), typed("form", 8)
    if form not in files.FORMATS:
        abort(HTTPStatus.BAD_REQUEST)
    if not _is_fresh():
        return _to("own_data.take")
    file = files.take_along(here.patient, form, library(), here.now)
    return private(Response(file.content, headers=file.headers, content_type=file.media_type))


@blueprint.post("/data/code/new")
def new_code() -> Response:
    """Text a code to the number on file."""
    here = visit()
    host = urlsplit(wiring().settings.public_url).hostname or ""
    text = code_text.texter(library(), host, here.now)
    challenge = codes.ask(here.patient.phone, visitor.address(), text, here.now)
    answer = _to("own_data.code")
    cookies.put(answer, Cookie.CODE, challenge)
    return answer


@blueprint.route("/data/code", methods=["GET", "POST"])
def code() -> Response:
    """The code, in the browser that asked for it: for ten minutes more it is surely the patient."""
    here, challenge = visit(), cookies.given(Cookie.CODE)
    if challenge is None:
        return _to("own_data.take")
    if request.method != "POST":
        return page("data_code", AREA, number=masked(here.patient.phone), faults={})
    try:
        entered = patients.freshen(visitor.patient(), challenge, typed("code", 40), here.now)
    except Refused:
        faults = {"code": words(AREA, language())["fault_code"]}
        number = masked(here.patient.phone)
        return page("data_code", AREA, UNPROCESSABLE, number=number, faults=faults)
    return private(visitor.let_in(entered, here.at("own_data.take")))


def masked(phone: str) -> str:
    """A number by its last digits, for a page that somebody else may see."""
    return f"•••• {phone[-LAST_DIGITS:]}"


def _is_fresh() -> bool:
    return sign_ins.is_fresh(visitor.patient(), visit().now)


def _to(endpoint: str, **values: str) -> Response:
    return private(make_response(redirect(visit().at(endpoint, **values), 303)))
