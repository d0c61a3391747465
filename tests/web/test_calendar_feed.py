"""The public address of a calendar: what a program is answered that knows it, and one that does
not."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import calendar_feeds, plans, preferences
from rehab.services.plans import Assignment
from rehab.tenancy import nowhere
from tests.conftest import NOON


@pytest.fixture
def program(app: Flask, at: object) -> FlaskClient:
    """A calendar program, signed in nowhere."""
    return app.test_client()


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    return plans.assign(maya, Assignment("lb-subacute-6w", 4), library, NOON)


def ask(program: FlaskClient, token: str) -> object:
    with nowhere():
        return program.get(f"/calendar/{token}.ics")


def test_a_program_with_the_address_gets_the_calendar(
    program: FlaskClient, maya: Patient, plan: Plan
) -> None:
    token = calendar_feeds.make(maya, NOON)
    answer = program.get(f"/calendar/{token}.ics")
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Set-Cookie" not in answer.headers
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert {str(each["SUMMARY"]) for each in events} == {"Exercises"}


def test_the_entries_are_in_the_patients_language(
    program: FlaskClient, maya: Patient, plan: Plan
) -> None:
    preferences.choose_language(maya, "es", NOON)
    answer = program.get(f"/calendar/{calendar_feeds.make(maya, NOON)}.ics")
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert {str(each["SUMMARY"]) for each in events} == {"Ejercicios"}


def test_any_other_address_is_nowhere_and_guessing_is_slowed(
    program: FlaskClient, maya: Patient, plan: Plan
) -> None:
    token = calendar_feeds.make(maya, NOON)
    calendar_feeds.revoke(maya, NOON)
    answers = [program.get(f"/calendar/{each}.ics") for each in (token, *"abcdefghij")]
    assert [answer.status_code for answer in answers] == [*[404] * 10, 429]
    assert answers[0].text == answers[1].text
    assert int(answers[-1].headers["Retry-After"]) > 0
