"""The clinic itself: what it is called, who works in it, its texts, its tokens, what is kept."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import Invalid
from rehab.models.clinic import CLINICIAN, OWNER, READ_ONLY
from rehab.programs.schedule import TEXTS_FROM, TEXTS_UNTIL
from rehab.services import clinic_texts, clinics, team
from rehab.services.privacy.retention import PERIODS
from rehab.settings import Settings
from rehab.web.desk import here
from rehab.web.desk.here import owners_only
from rehab.web.desk.page import UNPROCESSABLE, done, typed
from rehab.web.desk.page import page as _page
from rehab.web.words import LANGUAGES
from rehab.web.zones import place_name, places
from rehab.wiring import library, wiring

blueprint = Blueprint("settings", __name__)

ROLES = (
    (OWNER, "owner: runs the clinic"),
    (CLINICIAN, "clinician: treats"),
    (READ_ONLY, "read-only: looks"),
)


@blueprint.get("/settings")
def page() -> Response:
    """Everything about the clinic on one page; its owners may change it."""
    return shown()


@blueprint.post("/settings")
@owners_only
def amend() -> Response | Answer:
    """Change the clinic's name, zone, phone or hours."""
    said = {name: typed(name, 200).strip() for name in ("name", "zone", "phone", "hours")}
    try:
        clinics.amend_clinic(here.clinic(), _dialled(said), here.now())
    except Invalid as error:
        return shown(UNPROCESSABLE, faults=error.errors, said=said)
    done("The clinic's details are changed.")
    return redirect(url_for("desk.settings.page"), 303)


@blueprint.get("/settings/texts")
def texts() -> Response:
    """Every text as patients get it, in each language beside the other."""
    url = wiring().settings.public_url
    columns = {
        language: {
            text.key: text for text in clinic_texts.texts(here.clinic(), language, library(), url)
        }
        for language in LANGUAGES
    }
    return _page("settings_texts", keys=list(columns[LANGUAGES[0]]), columns=columns)


def shown(status: int = 200, **values: Any) -> Response:
    """The page about the clinic; `said` is what was typed about it, `newcomer` about somebody."""
    clinic, now = here.clinic(), here.now()
    said = {name: getattr(clinic, name) for name in ("name", "zone", "phone", "hours")}
    return _page(
        "settings",
        status,
        **{"said": said, "newcomer": request.form, "invitation": None, **values},
        runs=here.clinician().role == OWNER,
        team=team.team(clinic.id, now),
        roles=ROLES,
        zones=_zones(),
        zone_name=place_name(clinic.zone, "en"),
        sending=_sending(wiring().settings),
        texting=(TEXTS_FROM, TEXTS_UNTIL),
        counts=clinic_texts.counts(clinic.id, now),
        periods=PERIODS,
        local=_local,
    )


def _dialled(said: dict[str, str]) -> dict[str, str]:
    """A phone as people write it, with spaces, is stored without them."""
    return {**said, "phone": "".join(c for c in said["phone"] if c not in " ()-.")}


def _zones() -> list[tuple[str, str]]:
    """The places to choose from, and the clinic's own zone if it is none of them."""
    known = [(place.zone, place.name) for place in places("en")]
    own = here.clinic().zone
    return known if own in dict(known) else [(own, own), *known]


def _local(at: datetime) -> datetime:
    """An instant on the clinic's own clock."""
    return at.astimezone(here.zone())


def _sending(settings: Settings) -> tuple[str, str]:
    """How texts leave, and from which number."""
    if settings.sms != "twilio":
        return "console", "Texts are printed on the server's console; none leaves."
    if settings.twilio_from:
        return "twilio", settings.twilio_from
    return "twilio", f"a pool of numbers ({settings.twilio_messaging_service_sid})"
