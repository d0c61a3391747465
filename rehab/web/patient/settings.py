"""The settings: when, where, in which language and whether at all a patient is texted."""

from datetime import time
from itertools import groupby

from flask import Blueprint, Response, make_response, redirect, request

from rehab.errors import Conflict, Invalid
from rehab.models.plan import Plan
from rehab.programs.schedule import LAWFUL, SHORTEST_WINDOW, TEXTS_FROM, TextingHours
from rehab.services import consent, own_thread, preferences
from rehab.services.access import sign_ins
from rehab.services.preferences import RUNNING
from rehab.web import zones
from rehab.web.patient.page import UNPROCESSABLE, language, page, private, typed
from rehab.web.patient.times import Times, half_hours, outside, read
from rehab.web.patient.visit import the_plan, visit
from rehab.web.sign_in import visitor
from rehab.web.words import Words, words
from rehab.wiring import wiring

blueprint = Blueprint("settings", __name__)

AREA = "settings"
OWN_NAMES = {"en": "English", "es": "Español"}
"""Languages as those who speak them call them."""

SAVED = ("times", "bedtime", "no_bedtime", "quiet", "language", "texts_on", "texts_off", "zone")
OPTED_OUT = ("sms", "provider")
"""Whose word it is that a number gets no texts: the patient's own, by text."""

FIRST_END, ROOM = time(10), LAWFUL.length - SHORTEST_WINDOW
"""Hours of one's own end two hours after texts begin, at the earliest; how far either can move."""

EVENING = time(22, 30)
"""The bedtime that is offered to who has chosen none."""


@blueprint.get("/settings", endpoint="page")
def overview() -> Response:
    """Everything that can be set, as it is now."""
    here, saved = visit(), request.args.get("saved", "")
    return page(
        "settings",
        AREA,
        times=[Times(plan) for plan in _running()],
        bedtime=preferences.bedtime_of(here.patient, here.now),
        stopped=consent.stopped_by(here.patient.phone),
        place=zones.place_name(here.patient.zone, language()),
        languages=OWN_NAMES,
        saved=saved if saved in SAVED else "",
    )


@blueprint.route("/settings/times", methods=["GET", "POST"])
def times() -> Response:
    """When a plan's texts come."""
    if request.method != "POST":
        return _times()
    here, plan = visit(), the_plan()
    at = {name: _clock_time(name) for name in ("exercise_at", "morning_at")}
    faults = {name: _say()["fault_time"] for name, said in at.items() if said is None}
    try:
        if at["exercise_at"] and at["morning_at"]:
            preferences.choose_times(plan, at["exercise_at"], at["morning_at"], here.now)
    except Invalid as error:
        faults = outside(plan.patient.texting_hours, error, _say(), language())
    except Conflict:
        return _times()
    return _times(Times(plan, dict(request.form), faults)) if faults else _saved("times")


@blueprint.route("/settings/bedtime", methods=["GET", "POST"])
def bedtime() -> Response:
    """Texts about sleep, in the hour before the bedtime."""
    here, wanted = visit(), request.form.get("sleep") == "on"
    if request.method != "POST":
        return _bedtime()
    at = _clock_time("bedtime")
    if wanted and at is None:
        return _bedtime(_say()["fault_time"])
    try:
        preferences.choose_bedtime(here.patient, at if wanted else None, here.now)
    except Conflict:
        return _bedtime()
    return _saved("bedtime" if wanted else "no_bedtime")


@blueprint.route("/settings/quiet", methods=["GET", "POST"])
def quiet() -> Response:
    """Hours of one's own, outside of which texts wait."""
    if request.method != "POST":
        return _quiet()
    here, opens, closes = visit(), _clock_time("texts_from"), _clock_time("texts_until")
    try:
        if opens is None or closes is None:
            return _quiet(_say()["fault_time"])
        preferences.choose_hours(here.patient, TextingHours(opens, closes), here.now)
    except Invalid as error:
        return _quiet(_say()["fault_narrow" if "hours" in error.errors else "fault_lawful"])
    return _saved("quiet")


@blueprint.post("/settings/language", endpoint="language")
def choose_language() -> Response:
    """Pages and texts in another language, at once."""
    here = visit()
    try:
        preferences.choose_language(here.patient, typed("language", 8), here.now)
    except Invalid:
        return private(make_response(redirect(here.at("settings.page"), 303)))
    return _saved("language")


@blueprint.route("/settings/texts", methods=["GET", "POST"])
def texts() -> Response:
    """Texts at all: agreed to with the words that are shown, or stopped."""
    here, wanted = visit(), request.form.get("texts")
    if request.method != "POST" or wanted not in ("on", "off"):
        return _texts()
    if wanted == "off":
        preferences.refuse_texts(here.patient, _say()["texts_stop_words"], here.now)
        return _saved("texts_off")
    try:
        preferences.allow_texts(here.patient, here.now)
    except Conflict:
        return _texts()
    return _saved("texts_on")


@blueprint.route("/settings/zone", methods=["GET", "POST"])
def zone() -> Response:
    """Where the patient's clock stands: travellers take theirs with them."""
    here = visit()
    if request.method != "POST":
        return _zone()
    try:
        preferences.choose_zone(here.patient, typed("zone", 64), here.now)
    except Invalid:
        return _zone(_say()["fault_zone"])
    return _saved("zone")


@blueprint.get("/texts")
def thread() -> Response:
    """The texts of the last 30 days, by the patient's own days."""
    here = visit()
    local = here.patient.tz
    said = own_thread.lately(here.patient, here.now)
    by_day = groupby(said, key=lambda text: text.at.astimezone(local).date())
    return page("texts", AREA, days=[(on, list(texts)) for on, texts in by_day])


@blueprint.get("/devices")
def devices() -> Response:
    """Where the patient is signed in."""
    here, mine = visit(), visitor.patient()
    return page("devices", AREA, mine=mine, sign_ins=sign_ins.beside(mine, here.now))


def _times(tried: Times | None = None) -> Response:
    """The form of each plan that runs; `tried` is the one that could not be saved."""
    forms = [tried if tried and tried.plan.id == p.id else Times(p) for p in _running()]
    faults = tried.faults if tried else {}
    return page("settings_times", AREA, _status(faults), forms=forms, faults=faults)


def _bedtime(fault: str = "") -> Response:
    here = visit()
    chosen = preferences.bedtime_of(here.patient, here.now)
    offered = next((plan.bedtime for plan in here.plans if plan.bedtime), EVENING)
    return page(
        "settings_bedtime",
        AREA,
        _status(fault),
        chosen=chosen,
        shown=typed("bedtime", 5) or f"{chosen or offered:%H:%M}",
        can_be_chosen=here.patient.sms_consent and bool(_running()),
        faults={"bedtime": fault} if fault else {},
    )


def _quiet(fault: str = "") -> Response:
    hours = visit().patient.texting_hours
    opens = typed("texts_from", 5) or f"{hours.opens:%H:%M}"
    closes = typed("texts_until", 5) or f"{hours.closes:%H:%M}"
    return page(
        "settings_quiet",
        AREA,
        _status(fault),
        texts_from=opens,
        texts_until=closes,
        first=half_hours(TEXTS_FROM, ROOM, read(opens)),
        last=half_hours(FIRST_END, ROOM, read(closes)),
        faults={"hours": fault} if fault else {},
    )


def _texts() -> Response:
    patient = visit().patient
    return page(
        "settings_texts",
        AREA,
        stopped=consent.stopped_by(patient.phone),
        opted_out=OPTED_OUT,
        number=wiring().settings.twilio_from,
        shown=consent.shown_to(patient),
    )


def _zone(fault: str = "") -> Response:
    patient, spoken = visit().patient, language()
    known = zones.places(spoken)
    if patient.zone not in {place.zone for place in known}:
        known = (zones.Place(patient.zone, zones.place_name(patient.zone, spoken)), *known)
    faults = {"zone": fault} if fault else {}
    return page("settings_zone", AREA, _status(fault), places=known, faults=faults)


def _running() -> list[Plan]:
    return [plan for plan in visit().plans if plan.status in RUNNING]


def _saved(what: str) -> Response:
    return private(make_response(redirect(visit().at("settings.page", saved=what), 303)))


def _status(fault: object) -> int:
    return UNPROCESSABLE if fault else 200


def _say() -> Words:
    return words(AREA, language())


def _clock_time(name: str) -> time | None:
    return read(typed(name, 8))
