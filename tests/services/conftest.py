"""Maya's plan, as most tests of the services want it; a module with another wish makes its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from rehab.extensions import db
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import plans
from rehab.services.plans import Assignment
from tests.conftest import NOON


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    """A plan that steps up by itself, inside its bounds."""
    wish = Assignment("lb-subacute-6w", usual_pain=4, autonomy="bounded")
    return plans.assign(maya, wish, library, NOON)


@pytest.fixture
def eased(maya: Patient, library: Library) -> Plan:
    """A plan whose steps up wait for the clinician."""
    return plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, NOON)


@pytest.fixture
def counted(app: Flask) -> Iterator[list[str]]:
    """What is asked of the database while the test runs."""
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)
