"""The record of consent, and the thread in plain words, as the API tells them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from rehab.extensions import db
from rehab.models.message import InboundMessage
from rehab.models.patient import Patient
from rehab.services import consent, enrolment
from rehab.services.transactions import transaction
from tests.conftest import NOON, Caller

Show = Callable[[datetime], None]


def test_the_record_of_consent_is_read_newest_first(
    as_ana: Caller, maya: Patient, at: Show
) -> None:
    at(NOON + timedelta(hours=1))
    assert as_ana("PATCH", f"/patients/{maya.id}", {"sms_consent": False}).status_code == 200
    answer = as_ana("GET", f"/patients/{maya.id}/consents")
    assert answer.status_code == 200
    revoked, granted = answer.json["items"]
    assert answer.json["next"] is None
    assert (revoked["action"], granted["action"]) == ("revoked", "granted")
    assert (revoked["channel"], revoked["actor"]) == ("clinic", "ana@riverside.example")
    assert (revoked["kinds"], revoked["most_a_day"], revoked["hours"]) == ([], None, None)
    assert granted["wording"] == consent.SHOWN["en"]
    assert (granted["phone"], granted["zone"]) == (maya.phone, "Europe/London")
    assert (granted["most_a_day"], granted["hours"]) == (2, "08:00-21:00")
    assert "exercise" in granted["kinds"]


def test_a_bedtime_is_chosen_through_the_api(as_ana: Caller, maya: Patient) -> None:
    wish = {"program_id": "sh-6w", "usual_pain": 3, "reminders": {"bedtime": "22:30"}}
    assert as_ana("POST", f"/patients/{maya.id}/plans", wish).status_code == 201
    chosen = [
        item
        for item in as_ana("GET", f"/patients/{maya.id}/consents").json["items"]
        if item["action"] == "bedtime"
    ]
    assert [(row["hours"], row["kinds"]) for row in chosen] == [("21:30-22:30", ["sleep"])]


def test_the_record_comes_a_page_at_a_time(as_ana: Caller, maya: Patient) -> None:
    for hour in range(1, 4):
        change = consent.revoke if hour % 2 else consent.grant
        change(maya, "clinic", "ana@riverside.example", NOON + timedelta(hours=hour))
    first = as_ana("GET", f"/patients/{maya.id}/consents?limit=3").json
    rest = as_ana("GET", f"/patients/{maya.id}/consents?limit=3&cursor={first['next']}").json
    actions = [item["action"] for item in [*first["items"], *rest["items"]]]
    assert actions == ["revoked", "granted", "revoked", "granted"]
    assert rest["next"] is None


def test_another_clinics_record_cannot_be_found(as_boris: Caller, maya: Patient) -> None:
    assert as_boris("GET", f"/patients/{maya.id}/consents").status_code == 404


def says(caller: Caller, patient: Patient) -> list[Any]:
    items = caller("GET", f"/patients/{patient.id}/messages").json["items"]
    return [item["says"] for item in items]


def test_the_thread_says_what_became_of_each_text(as_ana: Caller, maya: Patient) -> None:
    assert says(as_ana, maya) == ["Waiting; leaves at 12:00 on 2 March."]
    enrolment.amend(maya, {"zone": "America/New_York"}, "ana", NOON)
    assert says(as_ana, maya) == ["Waiting; leaves at 07:00 on 2 March."]
    consent.revoke(maya, "clinic", "ana", NOON)
    assert says(as_ana, maya) == [
        "Not sent: the patient has not agreed to texts, or has taken that back."
    ]


def test_a_patients_own_text_was_received(as_ana: Caller, maya: Patient) -> None:
    with transaction():
        db.session.add(
            InboundMessage(
                provider_sid="SM1",
                sender=maya.phone,
                recipient="+15005550006",
                body="thanks",
                received_at=NOON + timedelta(hours=1),
                patient_id=maya.id,
            )
        )
    assert says(as_ana, maya)[0] == "Received."
