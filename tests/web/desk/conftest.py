"""Ana's desk: a browser in which she has passed both doors, and others' beside it."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask

from rehab.models.clinic import CLINICIAN, READ_ONLY, Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import clinics, plans
from rehab.services.access import sign_ins
from rehab.services.plans import Assignment
from rehab.web.cookies import Cookie
from tests.conftest import NOON
from tests.services.access.conftest import AGENT
from tests.web.sign_in.conftest import Browser, browser, quick_hashes  # noqa: F401

TODAY = date(2026, 3, 2)


@pytest.fixture
def desk_of(app: Flask, at: Callable[[datetime], None]) -> Callable[[Clinician | Patient], Browser]:
    """Somebody's browser, signed in all the way at noon."""

    def signed_in(person: Clinician | Patient) -> Browser:
        is_staff = isinstance(person, Clinician)
        entered = sign_ins.start(person, AGENT, NOON, passed_second_factor=is_staff)
        theirs = Browser(app.test_client())
        theirs.client.set_cookie(str(Cookie.SIGN_IN), entered.token)
        return theirs

    return signed_in


@pytest.fixture
def desk(desk_of: Callable[[Clinician], Browser], ana: Clinician) -> Browser:
    """Ana's, who owns Riverside: its first clinician does."""
    return desk_of(ana)


@pytest.fixture
def treats(ana: Clinician) -> Clinician:
    """Somebody who treats in Riverside and does not own it."""
    return clinics.add_clinician(ana.clinic_id, "tim@riverside.example", "Tim", NOON, CLINICIAN)


@pytest.fixture
def looks(ana: Clinician) -> Clinician:
    """Somebody who may only look."""
    return clinics.add_clinician(ana.clinic_id, "lou@riverside.example", "Lou", NOON, READ_ONLY)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    """Maya's, which begins today, a Monday."""
    return plans.assign(maya, Assignment("lb-subacute-6w", 4, starts_on=TODAY), library, NOON)
