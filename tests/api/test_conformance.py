"""The API does what its document says, whatever it is asked, and tells one clinic nothing of
another: every operation, with what it takes and with what it must refuse, asked by Riverside with
ids of its own, of next door and of nobody."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks as openapi
from sqlalchemy import select

from rehab import clock, create_app
from rehab.api import PREFIX
from rehab.api.http import Blueprint
from rehab.api.patients import PatientOut
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.services import clinics, tokens
from rehab.services.alerts import open_alert
from rehab.services.audit_chain import verify_all
from rehab.tenancy import across_clinics
from tests.api.conftest import PLAN, SESSION
from tests.conftest import NOON

CASES = {"sqlite": 10, "postgresql": 2}
"""Of each kind, for each operation: the same ones each time, but for a long look."""

CHECKS = [
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
]
MAYA = {"given_name": "Maya", "phone": "+442079460123", "zone": "UTC", "sms_consent": True}
NILS = {
    "given_name": "Nilsferatu",
    "family_name": "Kohlrabensen",
    "phone": "+493012345678",
    "zone": "Europe/Berlin",
    "sms_consent": True,
}
LAST = ("discharge", "hold", "release", "erase", "DELETE")
"""What leaves less to ask about comes at the end, in this order."""

MEANINGFUL: dict[str, dict[str, Any]] = {
    "POST /patients": {"given_name": "Nia", "phone": "+442079460199", "zone": "UTC"},
    "POST /patients/{id}/plans": PLAN,
    "POST /patients/{id}/messages": {"body": "Hello"},
    "POST /plans/{id}/sessions": SESSION,
    "POST /plans/{id}/screenings": {"on": "2026-03-02", "red_flags": []},
    "POST /plans/{id}/mornings": {"on": "2026-03-02", "pain": 3},
    "POST /plans/{id}/measures": {
        "measure_id": "peg",
        "on": "2026-03-02",
        "answers": [{"item": item, "rating": 5} for item in ("pain", "enjoyment", "activity")],
    },
    "POST /exercises": {
        "name": "Stretch",
        "category": "stretching",
        "region": "hips",
        "muscles": [],
        "equipment": [],
        "start": "Sit.",
        "movement": "Lean.",
        "levels": [{"reps": 1, "hold_seconds": 10, "days_per_week": 7}],
        "cautions": ["C-NONE"],
        "evidence": ["usual-practice"],
    },
    "POST /programs": {
        "name": "Walks",
        "track": "both",
        "weeks": 1,
        "regions": ["any"],
        "summary": "A week of walks.",
        "sessions_per_week": 3,
        "between_sessions": [],
        "phases": [
            {"name": "Go", "from_day": 1, "to_day": 7, "start_level": 1, "exercises": ["li-walk"]}
        ],
        "evidence": ["usual-practice"],
    },
}
"""What some bodies must say to make sense here, which no schema can tell."""

LONG = settings.get_current_profile_name() == "long"

SELDOM = {
    "POST /clinicians": "an address that looks like one",
    "POST /decisions/approve": "a decision that waits",
    "POST /decisions/{id}/approve": "a decision that waits",
    "POST /decisions/{id}/override": "a step within the bounds",
    "POST /decisions/{id}/undo": "an act to take back",
    "POST /exercises/{id}": "an exercise of the clinic's own",
    "POST /plans/{id}/advance-phase": "most of a phase done",
    "POST /programs/{id}": "a program of the clinic's own",
    "DELETE /tokens/{id}": "a token of one's own",
}
"""What must be there for these to succeed, and is not made here: their successes have tests of
their own."""

GZIP = b"\x1f\x8b"

IN_THE_LIBRARY = {
    "programs": PLAN["program_id"],
    "PlanDefinition": PLAN["program_id"],
    "exercises": "ca-ankle-pump",
    "ActivityDefinition": "ca-ankle-pump",
}


@dataclass(frozen=True)
class House:
    """A clinic with something of every noun: the ids by noun, and an owner's token."""

    owner: tuple[str, ...]
    token: str
    ids: dict[str, str] = field(default_factory=dict)


def furnished(app: Flask, owner: Clinician, said: dict[str, Any]) -> House:
    """A clinic in which all that the API tells of has happened once."""
    token = tokens.issue_token(owner.email, tokens.SCOPES, NOON)
    house = House((owner.email, owner.name, str(owner.clinic_id)), token)
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}

    def post(path: str, body: dict[str, Any]) -> Any:
        answer = client.post(f"{PREFIX}{path}", json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    address = f"colleague-{owner.clinic_id.hex[:6]}@example.org"
    colleague = clinics.add_clinician(owner.clinic_id, address, "Colleague", NOON)
    ids = house.ids
    ids["clinicians"] = str(colleague.id)
    ids["tokens"] = tokens.issue_token(colleague.email, (), NOON).split("_")[1]
    ids["patients"] = post("/patients", said)["id"]
    ids["plans"] = post(f"/patients/{ids['patients']}/plans", PLAN)["id"]
    told = post(f"/plans/{ids['plans']}/sessions", SESSION)
    ids["sessions"], ids["decisions"] = told["id"], told["decisions"][0]["id"]
    patient = db.session.get_one(Patient, UUID(ids["patients"]))
    ids["alerts"] = str(open_alert(patient, "test", 1, "a test", NOON).id)
    db.session.commit()
    return house


@dataclass
class Neighbours:
    """Riverside and next door, with a check that no answer to one tells of the other."""

    app: Flask
    ours: House
    theirs: House
    cases: int
    asked: int = 0
    statuses: set[tuple[str, int]] = field(default_factory=set)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> list[str]:
        own = [NILS[name] for name in ("given_name", "family_name", "phone")]
        return [*own, *self.theirs.ids.values(), *self.theirs.owner]

    def tells_nothing(self, _ctx: Any, response: Any, _case: Any) -> None:
        said = _words(response.content) + str(response.headers)
        told = [secret for secret in self.secrets if secret in said]
        if told:
            raise AssertionError(f"an answer tells {told} of next door")

    def ask_everything(self) -> None:
        found = [result.ok() for result in self.document().get_all_operations()]
        for operation in sorted(found, key=_lateness):
            self._ask(self._plain(operation))
            self.ask(operation, GenerationMode.POSITIVE)
            if operation.query or operation.headers or operation.body:
                self.ask(operation, GenerationMode.NEGATIVE)

    def document(self) -> Any:
        schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", self.app)
        del schema.raw_schema["security"]
        # Any status at all is documented where "default" stands: here each has to be named.
        for path in schema.raw_schema["paths"].values():
            for operation in path.values():
                if isinstance(operation, dict):
                    operation.get("responses", {}).pop("default", None)
        return schema

    def ask(self, operation: Any, mode: GenerationMode) -> None:
        paths = st.sampled_from(list(self._paths(operation)))

        @settings(
            max_examples=self.cases,
            derandomize=not LONG,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            deadline=None,
        )
        @given(
            paths.flatmap(lambda ids: operation.as_strategy(mode, path_parameters=ids)),
            st.sampled_from(["as generated", "meaningful", "meaningful", "mixed"]),
        )
        def conforms(case: Any, body: str) -> None:
            known = MEANINGFUL.get(_label(operation))
            if known is not None and mode is GenerationMode.POSITIVE and body != "as generated":
                case.body = {**case.body, **known} if body == "mixed" else dict(known)
            self._ask(case)

        conforms()

    def _ask(self, case: Any) -> None:
        self.asked += 1
        headers = {"Authorization": f"Bearer {self.ours.token}"}
        response = case.call(headers=headers)
        label = _label(case.operation)
        self.statuses.add((label, response.status_code))
        try:
            case.validate_response(response, checks=[*CHECKS, self.tells_nothing])
        except (FailureGroup, AssertionError) as error:
            parts = getattr(error, "exceptions", [error])
            for part in parts:
                name = f"{label}: {type(part).__name__} {response.status_code}"
                self.faults.setdefault(
                    name, f"{part}\n{case.as_curl_command()}\n{response.content!r}"
                )

    def _plain(self, operation: Any) -> Any:
        """The operation as somebody would ask it who has read the document."""
        ids, body = next(self._paths(operation)), MEANINGFUL.get(_label(operation))
        if body is None:
            return operation.Case(path_parameters=ids)
        return operation.Case(path_parameters=ids, body=body, media_type="application/json")

    def _paths(self, operation: Any) -> Iterator[dict[str, str]]:
        names = [parameter.name for parameter in operation.path_parameters]
        noun = operation.path.removeprefix(f"{PREFIX}/").removeprefix("fhir/").split("/")[0]
        for ids in self.ours.ids, self.ours.ids, self.ours.ids, self.theirs.ids, {}:
            own = {"id": {**IN_THE_LIBRARY, **ids}.get(noun, str(uuid4()))}
            own["token_id"] = ids.get("tokens", "0" * 16)
            yield {name: own[name] for name in names}


def _label(operation: Any) -> str:
    label: str = operation.label
    return label.replace(PREFIX, "")


def _words(content: bytes) -> str:
    """What stands in an answer, in a zip and packed too."""
    if content.startswith(GZIP):
        content = gzip.decompress(content)
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as tables:
        return "".join(tables.read(name).decode() for name in tables.namelist())


def _lateness(operation: Any) -> tuple[int, str]:
    late = [n for n, word in enumerate(LAST, 1) if word in operation.label]
    return (max(late, default=0), operation.label)


@pytest.fixture
def neighbours(
    app: Flask, ana: Clinician, boris: Clinician, monkeypatch: pytest.MonkeyPatch
) -> Neighbours:
    ticks = count()
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(seconds=next(ticks) / 2))
    cases = CASES[db.engine.dialect.name]
    return Neighbours(app, furnished(app, ana, MAYA), furnished(app, boris, NILS), cases)


def test_the_api_does_what_its_document_says(neighbours: Neighbours) -> None:
    neighbours.ask_everything()
    assert neighbours.faults == {}
    assert list(verify_all()) == []
    succeeded = {label for label, status in neighbours.statuses if status < 300}
    if neighbours.cases >= CASES["sqlite"]:
        assert {label for label, _ in neighbours.statuses} - succeeded <= set(SELDOM)


def test_a_read_across_clinics_is_noticed(app: Flask, neighbours: Neighbours) -> None:
    """Of a patient, whosever it is, by a route that nobody asks which clinic it serves."""
    leaky = Blueprint("leaky", "A fault, planted")

    @leaky.get("/leaky/<uuid:id>")
    @leaky.response(200, PatientOut)
    def leak(id: UUID) -> Patient:
        with across_clinics("a fault"):
            return db.session.scalars(select(Patient).order_by(Patient.created_at.desc())).all()[0]

    copy = create_app(app.extensions["rehab"].settings)
    (served,) = copy.extensions["flask-smorest"]["apis"].values()
    served["ext_obj"].register_blueprint(leaky, url_prefix=PREFIX)
    asking = replace(neighbours, app=copy)
    db.session.rollback()
    with copy.app_context():
        operation = asking.document()[f"{PREFIX}/leaky/{{id}}"]["GET"]
        asking.ask(operation, GenerationMode.POSITIVE)
        db.session.remove()
        db.engine.dispose()
    (noticed,) = asking.faults.values()
    assert "Nilsferatu" in noticed.partition(" of next door")[0]
