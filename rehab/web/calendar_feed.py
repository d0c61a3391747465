"""A patient's calendar for whoever holds its secret address: programs, signed in nowhere."""

from flask import Blueprint, Response

from rehab import clock
from rehab.exchange.calendar import calendar_of
from rehab.models.patient import Patient
from rehab.services import calendar_feeds
from rehab.tenancy import across_clinics, enter_clinic
from rehab.web.sign_in import visitor
from rehab.web.words import LANGUAGES, words
from rehab.wiring import library, wiring

blueprint = Blueprint("calendar_feed", __name__)

AREA = "calendar"


@blueprint.get("/calendar/<token>.ics")
def feed(token: str) -> Response:
    """The session days ahead; 404 for any address that opens nothing."""
    now = clock.now()
    with across_clinics("whose calendar this is"):
        patient = calendar_feeds.read(token, visitor.address(), now)
        clinic_id = patient.clinic_id
    enter_clinic(clinic_id)
    content = calendar_of(patient, title_for(patient), library(), now)
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="sessions.ics"'
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def title_for(patient: Patient) -> str:
    """What every entry is called: one that says nothing of why, in the patient's language."""
    spoken = patient.language if patient.language in LANGUAGES else LANGUAGES[0]
    return words(AREA, spoken)["event"]


def address_of(token: str) -> str:
    """The address that a calendar program asks."""
    return f"{wiring().settings.public_url}/calendar/{token}.ics"


def to_subscribe(address: str) -> str:
    """The address by which a phone opens its calendar to subscribe."""
    _, _, rest = address.partition("://")
    return f"webcal://{rest}"
