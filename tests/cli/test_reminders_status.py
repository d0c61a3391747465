"""`rehab reminders`: one pass by hand, how texts are doing, and care after a restored backup."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from rehab.cli.reminders import reminders
from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.sending import Gate
from rehab.notifications.senders import Received, Sent
from rehab.services import outbox, pulse
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.doubles.sender import RecordingSender

Show = Callable[[datetime], None]
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_welcome(maya: Patient, at: Show) -> None:
    with transaction():
        db.session.query(OutboundMessage).delete()


def run(app: Flask, *arguments: str) -> Result:
    """From a shell of its own: nothing is open from before."""
    db.session.rollback()
    return app.test_cli_runner().invoke(reminders, list(arguments))


def lines(app: Flask, *arguments: str) -> list[str]:
    result = run(app, *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return [" ".join(line.split()) for line in result.stdout.splitlines()]


def put(patient: Patient, due_at: datetime, key: str = "it") -> OutboundMessage:
    intention = Intention(patient, Kind.BY_HAND, "", key, due_at, due_at + 2 * HOUR, body="Hello")
    outbox.enqueue([intention], due_at)
    return row(key)


def row(key: str = "it") -> OutboundMessage:
    return db.session.scalars(select(OutboundMessage).filter_by(dedupe_key=key)).one()


def test_a_server_with_nothing_to_do_says_so(app: Flask) -> None:
    assert lines(app, "status") == [
        "waiting, due now 0",
        "next one due none",
        "under way 0",
        "unknown, looked up 0",
        "worker none has ever ticked",
    ]


def test_what_waits_what_is_in_doubt_and_who_sends_are_a_line_each(
    app: Flask, maya: Patient
) -> None:
    put(maya, NOON - 90 * SECOND, "a")
    put(maya, NOON - 80 * SECOND, "b")
    with transaction():
        put(maya, NOON - HOUR, "c").state = DeliveryState.ACCEPTED
        put(maya, NOON - HOUR, "d").state = DeliveryState.UNKNOWN
        until, why = NOON + HOUR, "ours_is_broken"
        db.session.add(Gate(scope="sender", filled_at=NOON, closed_until=until, reason=why))
    pulse.beat("old:1", NOON - 5 * MINUTE)
    pulse.beat("new:2", NOON - 5 * MINUTE)
    pulse.beat("new:2", NOON - 5 * MINUTE + 50 * SECOND)
    assert lines(app, "status") == [
        "waiting, due now 2, the oldest due 90 s ago",
        "next one due 2026-03-02 11:58 UTC",
        "under way 0",
        "unknown, looked up 1",
        "last 24 h, accepted 1",
        "last 24 h, pending 2",
        "last 24 h, unknown 1",
        "held back, sender until 13:00:00 UTC: ours_is_broken",
        "worker new:2, last tick 4 min ago",
        "worker old:1, last tick 5 min ago",
    ]


def test_one_patients_texts_are_told_in_plain_words_newest_first_by_their_clock(
    app: Flask, maya: Patient, at: Show
) -> None:
    with transaction():
        maya.zone = "America/New_York"
    put(maya, NOON, "first")
    put(maya, NOON + HOUR, "second")
    with transaction():
        row("first").settle(DeliveryState.SUPPRESSED, "no consent", NOON)
    assert lines(app, "status", "--patient", str(maya.id)) == [
        "2026-03-02 08:00 by_hand Waiting; leaves at 08:00 on 2 March.",
        "2026-03-02 07:00 by_hand Not sent: the patient has not agreed to texts, or has taken that"
        " back.",
    ]


def test_a_patient_who_is_not_there_is_one_plain_line(app: Flask) -> None:
    nobody = str(uuid4())
    result = run(app, "status", "--patient", nobody)
    assert result.exit_code == 1
    assert result.stderr == f"Error: --patient: there is no patient {nobody}\n"


@pytest.mark.parametrize(
    "since", ["2026-03-02T11:00+00:00", "2026-03-02T11:00:00Z", "2026-03-02T12:00+01:00"]
)
def test_after_a_restored_backup_what_fell_due_since_is_looked_up_first(
    app: Flask, maya: Patient, since: str
) -> None:
    for minutes in (-70, -60, -30, 0, 10):
        put(maya, NOON + minutes * MINUTE, str(minutes))
    said = lines(app, "recover", "--since", since)
    assert said == ["3 texts are looked up with the provider before they are sent"]
    db.session.expire_all()
    states = {key: row(key).state for key in ("-70", "-60", "-30", "0", "10")}
    in_doubt = [key for key, state in states.items() if state is DeliveryState.UNKNOWN]
    assert in_doubt == ["-60", "-30", "0"]


@pytest.mark.parametrize("arguments", [(), ("--since", "yesterday"), ("--since", "2026-03-02")])
def test_a_backups_time_must_be_given_with_its_zone(app: Flask, arguments: tuple[str, ...]) -> None:
    assert run(app, "recover", *arguments).exit_code == 2


def test_one_pass_by_hand_sends_what_is_due_and_counts_it(
    app: Flask, maya: Patient, sender: RecordingSender, at: Show
) -> None:
    """By the real clock, since a database with a clock of its own would correct any other."""
    now = datetime.now(UTC)
    at(now)
    put(maya, now - MINUTE)
    with transaction():
        row().kind = Kind.REPLY
    said = lines(app, "send")
    assert said == ["0 planned, 0 let go, 1 accepted, 0 settled, 0 found, 0 reported"]
    assert len(sender.sent) == 1


def test_a_pass_by_hand_settles_doubts_and_takes_in_what_was_missed(
    app: Flask, maya: Patient, sender: RecordingSender, at: Show
) -> None:
    """Where cron runs it, nothing else looks for them."""
    now, phone = datetime.now(UTC), maya.phone
    at(now)
    with transaction():
        doubted = put(maya, now - 10 * MINUTE, "doubted")
        doubted.state, doubted.look_at = DeliveryState.UNKNOWN, now - MINUTE
        unheard = put(maya, now - 3 * HOUR, "unheard")
        unheard.state, unheard.accepted_at = DeliveryState.ACCEPTED, now - 3 * HOUR
        unheard.provider_sid = "SM1"
    sender.texts[phone] = [
        Sent("SM1", "Hello", "delivered", now - 3 * HOUR),
        Sent("SM2", "Hello", "sent", now - 10 * MINUTE),
    ]
    sender.inbound.append(Received("SMin", phone, "+1500", "STOP", now - HOUR))
    said = lines(app, "send")
    assert said == ["0 planned, 0 let go, 1 settled, 1 found, 1 reported"]
    db.session.expire_all()
    assert (row("doubted").state, row("doubted").provider_sid) == (DeliveryState.ACCEPTED, "SM2")
    assert row("unheard").provider_status == "delivered"
    assert not maya.sms_consent
    assert sender.sent == []
