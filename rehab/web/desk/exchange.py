"""Paper and files: what leaves the clinic about a patient, and the calendar that they look into."""

from uuid import UUID

from flask import Blueprint, Response, abort, redirect, url_for
from werkzeug.wrappers import Response as Answer

from rehab.exchange import data_days, files
from rehab.models.patient import Patient
from rehab.services import calendar_feeds
from rehab.services.access import people, sign_ins
from rehab.web.calendar_feed import address_of, to_subscribe
from rehab.web.desk import here
from rehab.web.desk.page import done, typed, undone
from rehab.web.desk.page import page as _page
from rehab.web.qr import qr_of
from rehab.web.sign_in import destination, visitor
from rehab.wiring import library

blueprint = Blueprint("exchange", __name__)

FORMATS = {
    files.FHIR: ("FHIR R4", "one bundle, for another record system"),
    files.CSV: ("Tables", "a zip of CSV files for a spreadsheet"),
    files.JSON: ("JSON", "everything as it is stored"),
}
"""What is offered, and whom it serves."""


@blueprint.get("/patients/<uuid:id>/exchange")
def page(id: UUID) -> Response:
    """What can be printed, saved and subscribed to, and on how many days the patient told us
    something."""
    return _overview(here.patient_seen(id))


@blueprint.post("/patients/<uuid:id>/exchange/record")
@here.looking
def record(id: UUID) -> Response | Answer:
    """The whole record as a file, for somebody who has just proved who they are."""
    patient, form = here.patient_seen(id), typed("format", 8)
    if form not in files.FORMATS:
        abort(400, "That is no format that a record is written in.")
    if not sign_ins.is_fresh(visitor.staff(), here.now()):
        undone("Nothing was saved yet: choose the file again.")
        back = url_for("desk.exchange.page", id=id)
        return redirect(destination.address("sign_in.account.again", back), 303)
    file = files.hand_over(patient, here.clinician(), form, library(), here.now())
    return Response(file.content, headers=file.headers, content_type=file.media_type)


@blueprint.get("/patients/<uuid:id>/exchange/days.csv")
def days(id: UUID) -> Response:
    """The count of days with data as a table."""
    patient = here.patient_seen(id)
    found = data_days.periods(patient, patient.today(here.now()))
    headers = {"Content-Disposition": f'attachment; filename="days-{id}.csv"'}
    content = data_days.as_csv(patient, found)
    return Response(content, headers=headers, content_type="text/csv; charset=utf-8")


@blueprint.post("/patients/<uuid:id>/exchange/calendar")
def make_calendar(id: UUID) -> Response:
    """A new link to the patient's session days, shown this once."""
    patient = here.patient_seen(id)
    token = calendar_feeds.make(patient, here.now())
    return _overview(patient, address_of(token))


@blueprint.post("/patients/<uuid:id>/exchange/calendar/revoke")
def revoke_calendar(id: UUID) -> Answer:
    """End the link at once."""
    calendar_feeds.revoke(here.patient_seen(id), here.now())
    done("The calendar link has ended.")
    return redirect(url_for("desk.exchange.page", id=id), 303)


def _overview(patient: Patient, address: str = "") -> Response:
    return _page(
        "exchange",
        patient=patient,
        plan=people.current_plan(patient),
        formats=FORMATS,
        fresh=sign_ins.is_fresh(visitor.staff(), here.now()),
        feed=calendar_feeds.live(patient),
        address=address,
        picture=qr_of(to_subscribe(address)) if address else "",
        periods=data_days.periods(patient, patient.today(here.now())),
    )
