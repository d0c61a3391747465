"""The library over the API as FHIR, and a record for whoever it is about."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from fhir.resources.R4B.activitydefinition import ActivityDefinition
from fhir.resources.R4B.plandefinition import PlanDefinition
from flask import Flask

from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.services import notes
from rehab.services.access import sign_ins
from rehab.web.cookies import Cookie
from tests.api.conftest import problem
from tests.conftest import NOON, Caller
from tests.exchange.reader import read
from tests.services.access.conftest import AGENT
from tests.web.sign_in.conftest import SAME_SITE


def test_a_program_and_an_exercise_are_definitions(as_ana: Caller) -> None:
    program = as_ana("GET", "/fhir/PlanDefinition/lb-subacute-6w")
    exercise = as_ana("GET", "/fhir/ActivityDefinition/lb-bridge")
    assert program.content_type == exercise.content_type == "application/fhir+json"
    told = PlanDefinition.model_validate_json(program.data)
    assert told.title == "Lower back - back to strength, 6 weeks"
    assert ActivityDefinition.model_validate_json(exercise.data).id == "lb-bridge"


@pytest.mark.parametrize("path", ["PlanDefinition/no-such", "ActivityDefinition/no-such"])
def test_what_the_library_does_not_have_is_nowhere(as_ana: Caller, path: str) -> None:
    problem(as_ana("GET", f"/fhir/{path}"), 404)


def test_a_record_is_handed_over_as_a_bundle(as_ana: Caller, patient_id: str, plan_id: str) -> None:
    answer = as_ana("GET", f"/patients/{patient_id}/export?format=fhir")
    assert (answer.status_code, answer.content_type) == (200, "application/fhir+json")
    assert answer.headers["Content-Disposition"].endswith(f'patient-{patient_id}.fhir.json"')
    assert [each["id"] for each in read(json.loads(answer.data))["CarePlan"]] == [plan_id]


@pytest.mark.parametrize("form", ["fhir", "json"])
def test_a_patient_takes_their_own_copy_and_nobody_elses(
    app: Flask,
    as_ana: Caller,
    ana: Clinician,
    maya: Patient,
    plan_id: str,
    at: Callable[[datetime], None],
    form: str,
) -> None:
    """Once they have just proved who they are: a phone is left lying about."""
    notes.write(maya, "Ana's own opinion", ana, NOON)
    entered = sign_ins.start(maya, AGENT, NOON)
    hers = app.test_client()
    hers.set_cookie(str(Cookie.SIGN_IN), entered.token)

    def ask(patient_id: object) -> object:
        return hers.get(f"/api/v1/patients/{patient_id}/export?format={form}", headers=SAME_SITE)

    own = ask(maya.id)
    assert own.status_code == 200  # type: ignore[attr-defined]
    assert "own opinion" not in own.text  # type: ignore[attr-defined]
    said = {"given_name": "Otto", "phone": "+442079460124", "zone": "UTC"}
    otto = as_ana("POST", "/patients", said).json["id"]
    problem(ask(otto), 404)
    at(NOON + timedelta(minutes=11))
    problem(ask(maya.id), 403)
