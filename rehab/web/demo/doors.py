"""One click in place of a password or a code: everybody here is made up."""

from uuid import UUID

from flask import Blueprint, Response, render_template

from rehab import clock
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.services import enrolment
from rehab.services.access import sign_ins
from rehab.services.demo import demo_clinician, roster
from rehab.web.demo.pages import of_the_demo
from rehab.web.sign_in import visitor

blueprint = Blueprint("demo_doors", __name__)
blueprint.before_request(of_the_demo)


@blueprint.get("/demo/sign-in")
def doors() -> str:
    """Everybody whom a visitor may be."""
    clinician = demo_clinician()
    rows = roster.roster(clinician.clinic_id)
    return render_template("demo/doors.html", clinician=clinician, rows=rows)


@blueprint.post("/demo/sign-in/clinician")
def as_clinician() -> Response:
    """Be the clinician, past the second factor."""
    return _in(demo_clinician(), passed_second_factor=True)


@blueprint.post("/demo/sign-in/patients/<uuid:id_>")
def as_patient(id_: UUID) -> Response:
    """Be one of the patients."""
    return _in(enrolment.find_patient(demo_clinician().clinic_id, id_))


def _in(person: Clinician | Patient, passed_second_factor: bool = False) -> Response:
    agent = visitor.said_of_itself()
    entered = sign_ins.start(person, agent, clock.now(), passed_second_factor=passed_second_factor)
    return visitor.let_in(entered, visitor.home(entered.sign_in))
