"""Maya's app: her plan, the link in her reminder, and her browser, signed in or not."""

from datetime import date, timedelta

import pytest

from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import plans
from rehab.services.access import links
from rehab.services.access.links import Purpose
from rehab.services.plans import Assignment
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.web.sign_in.conftest import (  # noqa: F401
    Browser,
    another,
    browser,
    code_on,
    public,
    quick_hashes,
)

TODAY = date(2026, 3, 2)
MAYAS = "+442079460123"


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    """Trains on Sundays and Mondays, so that Monday has a morning question and a session."""
    wish = Assignment("lb-subacute-6w", 4, weekdays=(0, 6), starts_on=TODAY - timedelta(days=1))
    return plans.assign(maya, wish, library, NOON)


@pytest.fixture
def token(plan: Plan) -> str:
    """The key in a reminder's link."""
    with transaction():
        return links.issue(Purpose.REMINDER, plan, NOON)


@pytest.fixture
def her_phone(browser: Browser, maya: Patient) -> Browser:  # noqa: F811
    """Maya's browser, signed in by the code that was texted to her."""
    browser.post("/enter", phone=MAYAS)
    browser.post("/enter/code", code=code_on(MAYAS))
    return browser
