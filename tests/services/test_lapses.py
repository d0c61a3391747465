"""Texts whose time passed before they could leave: each clinic hears of its own, once."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.programs.library import Library
from rehab.services import alerts, clinics, enrolment, lapses, outbox
from rehab.services.claims import Claim, claim
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def no_welcome(maya: Patient) -> None:
    with transaction():
        db.session.query(OutboundMessage).delete()


@pytest.fixture
def noa(app: Flask) -> Patient:
    """A patient of the clinic next door."""
    clinic = clinics.open_clinic("Next Door", "Europe/Berlin", NOW)
    said = {"given_name": "Noa", "phone": "+442079460177", "zone": "Europe/Berlin"}
    return enrolment.enrol(clinic.id, said, "boris@nextdoor.example", NOW)


def queue(patient: Patient, due_at: datetime, count: int = 1) -> None:
    start = db.session.query(OutboundMessage).count()
    outbox.enqueue(
        [
            Intention(patient, Kind.REPLY, "rp.help", f"{n}", due_at, due_at + HOUR)
            for n in range(start, start + count)
        ],
        due_at,
    )


def told() -> list[Alert]:
    return list(db.session.scalars(select(Alert).order_by(Alert.opened_at)))


def test_a_clinic_hears_how_many_texts_to_whom_and_from_when(maya: Patient) -> None:
    queue(maya, NOW, 2)
    queue(maya, NOW + 30 * MINUTE)
    assert outbox.expire(NOW + 2 * HOUR) == 3
    (alert,) = told()
    assert (alert.kind, alert.level, alert.patient_id) == (lapses.KIND, alerts.INFORMATION, None)
    assert alert.about == (
        "3 texts to 1 patients could not be sent in time; they were due from 2026-03-02 12:00 to"
        " 2026-03-02 12:30 UTC."
    )


def test_no_clinic_hears_of_anothers(maya: Patient, noa: Patient) -> None:
    queue(maya, NOW, 2)
    queue(noa, NOW)
    outbox.expire(NOW + HOUR)
    counts = {alert.clinic_id: alert.about[:7] for alert in told()}
    assert counts == {maya.clinic_id: "2 texts", noa.clinic_id: "1 texts"}


def test_nothing_lapsed_is_told_to_nobody(maya: Patient) -> None:
    queue(maya, NOW)
    assert outbox.expire(NOW + 59 * MINUTE) == 0
    assert told() == []


def test_what_lapses_later_is_added_to_the_open_alert(maya: Patient) -> None:
    for hours in range(4):
        queue(maya, NOW + hours * HOUR)
        outbox.expire(NOW + (hours + 1) * HOUR)
    (alert,) = told()
    assert alert.about.startswith("4 texts to 1 patients")
    assert alert.about.endswith("from 2026-03-02 12:00 to 2026-03-02 15:00 UTC.")


def test_once_a_person_has_closed_it_the_count_begins_anew(maya: Patient, ana: Clinician) -> None:
    queue(maya, NOW, 3)
    outbox.expire(NOW + HOUR)
    alerts.close_alert(maya.clinic_id, told()[0].id, ana.id, "seen", NOW + HOUR + MINUTE)
    queue(maya, NOW + HOUR)
    outbox.expire(NOW + 2 * HOUR)
    first, second = told()
    assert first.about.startswith("3 texts")
    assert second.about.startswith("1 texts")


def test_what_was_taken_back_has_not_lapsed(maya: Patient) -> None:
    queue(maya, NOW)
    everything = OutboundMessage.patient_id == maya.id
    outbox.withdraw(everything, DeliveryState.CANCELLED, "moved", NOW)
    queue(maya, NOW)
    outbox.withdraw(everything, DeliveryState.EXPIRED, "outside texting hours", NOW)
    lapses.tell(NOW)
    assert told() == []


def test_what_lapses_in_a_claim_is_counted_with_the_rest(maya: Patient, library: Library) -> None:
    """One waited for a worker in vain; the other met the night when it was claimed."""
    night = datetime(2026, 3, 2, 20, 59, 50, tzinfo=UTC)
    queue(maya, night - 2 * HOUR)
    outbox.expire(night)
    by_hand = Intention(maya, Kind.BY_HAND, "rp.help", "late", night, night + HOUR)
    outbox.enqueue([by_hand], night)
    assert claim(library, "https://rehab.example", night, Claim("w1", 40)).texts == []
    (alert,) = told()
    assert alert.about.startswith("2 texts to 1 patients")
