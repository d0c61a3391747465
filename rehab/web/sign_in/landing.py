"""Where a sign-in leads: the patient's day, and the clinic's list of patients."""

from flask import Blueprint, Response

from rehab import clock
from rehab.services.access import people
from rehab.services.today import today
from rehab.tenancy import enter_clinic
from rehab.web.sign_in import visitor
from rehab.web.sign_in.page import page, staff_page
from rehab.wiring import library

blueprint = Blueprint("landing", __name__)


@blueprint.get("/me")
def me() -> Response:
    """What the patient's plan holds for today."""
    patient = people.patient_of(visitor.patient())
    enter_clinic(patient.clinic_id)
    plan = people.current_plan(patient)
    day = today(plan, patient.today(clock.now()), library()) if plan else None
    return page("me", language=patient.language, patient=patient, day=day)


@blueprint.get("/clinic")
def clinic() -> Response:
    """The clinic's patients, each with where and how their plan stands."""
    clinician = people.clinician_of(visitor.staff())
    enter_clinic(clinician.clinic_id)
    rows = people.caseload(clinician.clinic_id)
    return staff_page("clinic", clinician=clinician, rows=rows, programs=library().programs)
