"""Where a sign-in of staff leads: the clinic's list of patients."""

from flask import Blueprint, Response

from rehab.services.access import people
from rehab.tenancy import enter_clinic
from rehab.web.sign_in import visitor
from rehab.web.sign_in.page import staff_page
from rehab.wiring import library

blueprint = Blueprint("landing", __name__)


@blueprint.get("/clinic")
def clinic() -> Response:
    """The clinic's patients, each with where and how their plan stands."""
    clinician = people.clinician_of(visitor.staff())
    enter_clinic(clinician.clinic_id)
    rows = people.caseload(clinician.clinic_id)
    return staff_page("clinic", clinician=clinician, rows=rows, programs=library().programs)
