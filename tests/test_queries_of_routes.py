"""No route asks the database more often for more rows: every GET of the API and of the pages is
counted in a small clinic, and again when the same clinic has grown.

A GET route without a row in `GIVEN` or `ASKS_NOTHING` fails; so does a row without a route.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.models.shelf import EXERCISE, ShelfItem
from rehab.programs.library import Library
from rehab.programs.library.writing import exercise_content
from rehab.programs.measurements import Answer
from rehab.services import (
    alerts,
    calendar_feeds,
    clinics,
    enrolment,
    measures,
    mornings,
    notes,
    plans,
    replies,
    sessions,
    shelves,
    tokens,
)
from rehab.services.access import links, sign_ins
from rehab.services.access.ledger import ledger
from rehab.services.access.links import Purpose
from rehab.services.measures import MeasureReport
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from rehab.services.sessions import SessionReport
from rehab.tenancy import nowhere
from rehab.web.cookies import Cookie
from tests.conftest import NOON
from tests.queries import counted

CLINIC_PHONE, TODAY = "+442079460100", NOON.date()
PROBES = ("/healthz", "/readyz")
"""They tell how it is, and no worker ticks here."""

STATIC = frozenset(
    {
        "/api/docs",
        "/api/docs/assets/<path:name>",
        "/api/docs/ours/<path:filename>",
        "/api/v1/openapi.json",
        "/assets/<version>/<path:filename>",
        "/bootstrap/static/<path:filename>",
        "/static/<path:filename>",
        "/figures/<version>/<id>.still.svg",
        "/figures/<version>/<id>.svg",
        "/manifest.webmanifest",
        "/sw.js",
    }
)
"""Files, which are the same for everybody."""

STAFF = (
    "/account",
    "/account/again",
    "/account/password",
    "/account/second-factor",
    "/account/tokens",
    "/api/v1/alerts",
    "/api/v1/clinic",
    "/api/v1/clinicians",
    "/api/v1/clinicians/{clinician}/tokens",
    "/api/v1/exercises",
    "/api/v1/exercises/lb-bridge",
    "/api/v1/exercises/lb-bridge/figure.svg",
    "/api/v1/fhir/ActivityDefinition/lb-bridge",
    "/api/v1/fhir/PlanDefinition/lb-subacute-6w",
    "/api/v1/patients",
    "/api/v1/patients/{patient}",
    "/api/v1/patients/{patient}/consents",
    "/api/v1/patients/{patient}/export?format=json",
    "/api/v1/patients/{patient}/export?format=csv",
    "/api/v1/patients/{patient}/export?format=fhir",
    "/api/v1/patients/{patient}/messages",
    "/api/v1/patients/{patient}/notes",
    "/api/v1/patients/{patient}/plans",
    "/api/v1/plans/{plan}",
    "/api/v1/plans/{plan}/adherence",
    "/api/v1/plans/{plan}/decisions",
    "/api/v1/plans/{plan}/measures",
    "/api/v1/plans/{plan}/mornings",
    "/api/v1/plans/{plan}/questions",
    "/api/v1/plans/{plan}/sessions",
    "/api/v1/plans/{plan}/today",
    "/api/v1/programs",
    "/api/v1/programs/lb-subacute-6w",
    "/api/v1/sessions/{session}",
    "/api/v1/sessions/{session}/versions",
    "/api/v1/tokens",
    "/clinic",
    "/clinic?q=maya",
    "/clinic/assign",
    "/clinic/assign/{plan}",
    "/clinic/audit",
    "/clinic/decisions/{decision}",
    "/clinic/inbox",
    "/clinic/library",
    "/clinic/library/exercises/lb-bridge",
    "/clinic/library/own",
    "/clinic/library/own.zip",
    "/clinic/library/own/exercises/new",
    "/clinic/library/own/exercises/{own}.yaml",
    "/clinic/library/own/exercises/{own}/edit",
    "/clinic/library/own/exercises/{own}/history",
    "/clinic/library/programs/lb-subacute-6w",
    "/clinic/news?since={before}",
    "/clinic/patients/{patient}",
    "/clinic/patients/{patient}/exchange",
    "/clinic/patients/{patient}/exchange/days.csv",
    "/clinic/patients/{patient}/record",
    "/clinic/patients/{patient}/record/peg",
    "/clinic/patients/{patient}/texts",
    "/clinic/plans/{plan}",
    "/clinic/plans/{plan}/diary",
    "/clinic/plans/{plan}/handout",
    "/clinic/plans/{plan}/report",
    "/clinic/plans/{plan}/swap/lb-bridge",
    "/clinic/policy",
    "/clinic/policy/try",
    "/clinic/settings",
    "/clinic/settings/texts",
    "/clinic/step-ups",
)
PATIENTS = (
    "/me",
    "/me/data",
    "/me/data/code",
    "/me/data/erase",
    "/me/data/take",
    "/me/data/wrong",
    "/me/devices",
    "/me/entries",
    "/me/kept",
    "/me/offline",
    "/me/progress",
    "/me/session",
    "/me/sessions/{session}",
    "/me/sessions/{session}/correct",
    "/me/settings",
    "/me/settings/bedtime",
    "/me/settings/calendar",
    "/me/settings/quiet",
    "/me/settings/texts",
    "/me/settings/times",
    "/me/settings/zone",
    "/me/texts",
    "/sign-in/code",
)
ANYBODYS = (
    "/{link}",
    "/{link}/session",
    "/{link}/sessions/{todays}",
    "/calendar/{calendar}.ics",
    "/enter",
    "/enter/code",
    "/healthz",
    "/invitation/{invitation}",
    "/l/{entry}",
    "/metrics",
    "/readyz",
    "/sign-in",
)


@dataclass
class House:
    """Riverside, which grows: Maya's own course, and others beside her."""

    ids: tuple[UUID, UUID, UUID]
    library: Library
    people: int = 0
    days: int = 0

    @property
    def ana(self) -> Clinician:
        return db.session.get_one(Clinician, self.ids[0])

    @property
    def maya(self) -> Patient:
        return db.session.get_one(Patient, self.ids[1])

    @property
    def plan(self) -> Plan:
        return db.session.get_one(Plan, self.ids[2])

    def grow(self, people: int, days: int) -> None:
        """So many more patients, and so many more days of Maya's course with all that goes on."""
        for _ in range(days):
            self._a_day()
        for _ in range(people):
            self._a_newcomer()
        db.session.commit()

    def _a_day(self) -> None:
        on = self.plan.starts_on + timedelta(days=self.days)
        self.days += 1
        noon = datetime.combine(on, NOON.timetz())
        pain = 3 + self.days % 2
        told = SessionReport(noon, pain, pain + 1, pain, note=f"Day {self.days}")
        sessions.report_session(self.plan, told, self.library, noon)
        said = MorningReport(on + timedelta(days=1), pain=pain, sleep=6, stiffness_minutes=5)
        mornings.report_morning(self.plan, said, self.library, noon + timedelta(hours=20))
        answers = tuple(Answer(item, 5) for item in ("pain", "enjoyment", "activity"))
        measures.report_measure(self.plan, MeasureReport("peg", on, answers), self.library, noon)
        notes.write(self.maya, f"We spoke on day {self.days}.", self.ana, noon)
        alerts.open_alert(self.maya, f"kind {self.days}", 2, "Something to see.", noon, self.plan)
        self._writes(self.maya, noon)
        tokens.issue_token(self.ana.email, (), noon)
        for person in (self.ana, self.maya):
            sign_ins.start(person, "Firefox", noon, passed_second_factor=True)
        mine = {**exercise_content(self.library.exercises["lb-bridge"], "lb-bridge")}
        shelves.save(
            self.ana, EXERCISE, {**mine, "name": f"Bridge {self.days}"}, self.library, noon
        )

    def _a_newcomer(self) -> None:
        self.people += 1
        said = {
            "given_name": f"Nina {self.people}",
            "phone": f"+44790000{self.people:04}",
            "zone": "Europe/London",
            "sms_consent": True,
        }
        nina = enrolment.enrol(self.ana.clinic_id, said, self.ana.email, NOON)
        began = NOON - timedelta(days=14)
        wish = Assignment("lb-subacute-6w", 4, starts_on=began.date())
        plan = plans.assign(nina, wish, self.library, began)
        for day in range(3):
            noon = began + timedelta(days=day)
            told = SessionReport(noon, 1, 1, 1)
            sessions.report_session(plan, told, self.library, noon)
            said_of_it = MorningReport(noon.date() + timedelta(days=1), pain=1)
            mornings.report_morning(plan, said_of_it, self.library, noon + timedelta(hours=20))
        alerts.open_alert(nina, "silent", 1, "Nothing was heard.", NOON, plan)
        self._writes(nina, NOON)
        clinics.add_clinician(
            self.ana.clinic_id, f"nurse{self.people}@riverside.example", "Ned", NOON
        )

    def _writes(self, patient: Patient, when: datetime) -> None:
        text = Inbound(f"SM{uuid4().hex}", patient.phone, CLINIC_PHONE, "When may I swim?")
        replies.receive(text, self.library, when)

    def paths(self) -> dict[str, str]:
        """What stands for the names in the paths: of Maya, her oldest."""
        mine = {"plan_id": self.plan.id}
        session = oldest(select(Session).filter_by(**mine).order_by(Session.performed_at))
        decision = oldest(select(Decision).filter_by(**mine).order_by(Decision.effective_at))
        own = oldest(select(ShelfItem).order_by(ShelfItem.item_id))
        return {
            "clinician": str(self.ana.id),
            "patient": str(self.maya.id),
            "plan": str(self.plan.id),
            "session": str(session.id),
            "todays": str(db.session.scalars(select(Session.id).filter_by(on=TODAY)).one()),
            "decision": str(decision.id),
            "own": own.item_id,
            "before": "2026-03-01T00:00:00Z",
            "link": links.issue(Purpose.REMINDER, self.plan, NOON),
            "entry": links.issue(Purpose.ENTRY, self.maya, NOON),
            "invitation": links.issue(Purpose.INVITATION, self.ana, NOON),
            "calendar": calendar_feeds.make(self.maya, NOON),
        }


def oldest(question: Select[Any]) -> Any:
    return db.session.scalars(question.limit(1)).one()


@pytest.fixture
def house(ana: Clinician, maya: Patient, library: Library, at: object) -> House:
    began = NOON - timedelta(days=14)
    wish = Assignment("lb-subacute-6w", 4, starts_on=began.date(), weekdays=tuple(range(7)))
    plan = plans.assign(maya, wish, library, began)
    sessions.report_session(plan, SessionReport(NOON, 3, 4, 3), library, NOON)
    return House((ana.id, maya.id, plan.id), library)


@pytest.fixture
def asked(app: Flask, house: House) -> Callable[[], dict[str, int]]:
    """Asks every route once, and tells how many questions each cost; a fault fails the test."""

    def browser(person: Clinician | Patient | None) -> FlaskClient:
        client = app.test_client()
        if person is not None:
            entered = sign_ins.start(person, "Chrome", NOON, passed_second_factor=True)
            client.set_cookie(str(Cookie.SIGN_IN), entered.token)
        return client

    def ask() -> dict[str, int]:
        names, found = house.paths(), {}
        db.session.commit()
        askers = ((Clinician, STAFF), (Patient, PATIENTS), (None, ANYBODYS))
        for who, paths in askers:
            for path in paths:
                person = {Clinician: house.ana, Patient: house.maya}.get(who)
                client = browser(person)
                db.session.remove()
                ledger().forget()
                with counted() as seen, nowhere():
                    answer = client.get(path.format(**names))
                is_well = answer.status_code in (200, 302, 303) or path in PROBES
                assert is_well, (path, answer.status, answer.text)
                found[path] = len(seen)
        return found

    return ask


def test_no_route_asks_more_often_for_more_rows(
    house: House, asked: Callable[[], dict[str, int]]
) -> None:
    house.grow(people=2, days=4)
    asked()
    house.grow(people=1, days=1)
    few = asked()
    house.grow(people=4, days=6)
    many = asked()
    assert {path: (few[path], many[path]) for path in few if few[path] != many[path]} == {}


def test_every_route_that_can_be_asked_has_its_row(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    adapter = app.url_map.bind("localhost")
    sample = dict.fromkeys(
        ("clinician", "patient", "plan", "session", "todays", "decision"), str(UUID(int=0))
    ) | {"own": "own-bridge", "before": "x", "calendar": "x", "entry": "x", "invitation": "x"}
    sample["link"] = "Abcdefgh2"
    paths = [path.format(**sample).partition("?")[0] for path in (*STAFF, *PATIENTS, *ANYBODYS)]
    reached = {adapter.match(path, return_rule=True)[0].rule for path in paths}
    assert rules - reached == STATIC
