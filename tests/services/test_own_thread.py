"""The texts that a patient may read again: what left and what they wrote, of the last 30 days."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from rehab.extensions import db
from rehab.models.message import DeliveryState, InboundMessage, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.programs.library import Library
from rehab.services import enrolment, outbox, own_thread, replies
from rehab.services.outbox import Intention
from rehab.services.replies import Inbound
from rehab.services.transactions import transaction

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_welcome(maya: Patient) -> None:
    with transaction():
        db.session.execute(delete(OutboundMessage))


def sent(patient: Patient, at: datetime, kind: Kind = Kind.NEWS, **state: Any) -> None:
    key = f"{patient.id}:{at}:{kind}"
    outbox.enqueue([Intention(patient, kind, "", key, at, at + DAY, body=f"on {at:%d.%m.}")], at)
    with transaction():
        row = db.session.scalars(select(OutboundMessage).filter_by(dedupe_key=key)).one()
        row.state, row.accepted_at, row.offered_at = DeliveryState.ACCEPTED, at, at
        for name, value in state.items():
            setattr(row, name, value)


def read(patient: Patient) -> list[tuple[str, str | None]]:
    """Whose words, the newest first."""
    said = own_thread.lately(patient, NOON)
    return [("she" if text.by_patient else "we", text.words) for text in said]


def test_both_sides_are_told_the_newest_first(maya: Patient, library: Library) -> None:
    sent(maya, NOON - 3 * DAY)
    replies.receive(Inbound("SM1", maya.phone, "+15550100", "hello"), library, NOON - 2 * DAY)
    with transaction():
        db.session.execute(delete(OutboundMessage).where(OutboundMessage.kind == Kind.REPLY))
    sent(maya, NOON - DAY)
    assert read(maya) == [("we", "on 01.03."), ("she", "hello"), ("we", "on 27.02.")]


def test_it_goes_back_thirty_days(maya: Patient) -> None:
    sent(maya, NOON - 30 * DAY)
    sent(maya, NOON - 30 * DAY - timedelta(seconds=1))
    assert read(maya) == [("we", "on 31.01.")]


@pytest.mark.parametrize(
    ("state", "arrived"),
    [
        (DeliveryState.ACCEPTED, [True]),
        (DeliveryState.UNKNOWN, [None]),
        (DeliveryState.FAILED, [False]),
        (DeliveryState.PENDING, []),
        (DeliveryState.SENDING, []),
        (DeliveryState.EXPIRED, []),
        (DeliveryState.CANCELLED, []),
        (DeliveryState.SUPPRESSED, []),
    ],
)
def test_only_what_left_is_told_and_whether_it_arrived(
    maya: Patient, state: DeliveryState, arrived: list[bool | None]
) -> None:
    sent(maya, NOON - DAY, state=state)
    assert [text.arrived for text in own_thread.lately(maya, NOON)] == arrived


def test_a_code_to_sign_in_is_not_shown(maya: Patient) -> None:
    sent(maya, NOON - DAY, Kind.SIGN_IN)
    (text,) = own_thread.lately(maya, NOON)
    assert (text.is_code, text.words) == (True, None)


def test_words_that_are_no_longer_kept_are_gone_here_too(maya: Patient, library: Library) -> None:
    sent(maya, NOON - DAY, body=None)
    replies.receive(Inbound("SM1", maya.phone, "+15550100", "hello"), library, NOON - 2 * DAY)
    with transaction():
        db.session.execute(delete(OutboundMessage).where(OutboundMessage.kind == Kind.REPLY))
        db.session.scalars(select(InboundMessage)).one().body = ""
    assert read(maya) == [("we", None), ("she", None)]


def test_on_a_shared_phone_everybody_reads_their_own(maya: Patient, library: Library) -> None:
    said = {"given_name": "Nils", "phone": maya.phone, "zone": "UTC"}
    nils = enrolment.enrol(maya.clinic_id, said, "ana@riverside.example", NOON - DAY)
    sent(maya, NOON - DAY)
    sent(nils, NOON - DAY / 2)
    replies.receive(Inbound("SM1", maya.phone, "+15550100", "who am I"), library, NOON - DAY / 4)
    assert ("she", "who am I") not in read(maya) + read(nils)
    assert ("we", "on 02.03.") not in read(maya)
    assert ("we", "on 01.03.") not in read(nils)
