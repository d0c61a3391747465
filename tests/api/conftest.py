"""One patient and one plan, made by Ana through the API itself."""

from typing import Any

import pytest
from sqlalchemy import func, select

from rehab.extensions import db
from tests.conftest import Caller

MAYA = {"given_name": "Maya", "phone": "+442079460123", "zone": "Europe/London"}
PLAN = {"program_id": "lb-subacute-6w", "usual_pain": 4}
SESSION = {"performed_at": "2026-03-02T11:00:00Z", "before": 4, "during": 4, "after": 4}


@pytest.fixture
def patient_id(as_ana: Caller) -> str:
    return as_ana("POST", "/patients", MAYA).json["id"]


@pytest.fixture
def plan_id(as_ana: Caller, patient_id: str) -> str:
    return as_ana("POST", f"/patients/{patient_id}/plans", PLAN).json["id"]


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    return answer.json


def rows(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
