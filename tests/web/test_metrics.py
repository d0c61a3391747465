"""What a monitor scrapes: numbers that it can read, and nothing about a person."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from rehab.extensions import db
from rehab.models.message import Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.sending import Gate
from rehab.notifications import senders
from rehab.notifications.senders import Outcome, Reason
from rehab.programs.library import Library
from rehab.services import outbox, pulse
from rehab.services.delivery import Desk, dispatch
from rehab.services.outbox import Intention
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender

Show = Callable[[datetime], None]
Samples = dict[tuple[str, str], float]


def scraped(app: Flask) -> tuple[str, Samples]:
    """The page, and each number by its name and its one label."""
    db.session.remove()
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    samples = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation
        for sample in family.samples:
            samples[sample.name, "".join(sample.labels.values())] = sample.value
    return answer.text, samples


@pytest.fixture
def busy_day(maya: Patient, sender: RecordingSender, library: Library, at: Show) -> None:
    """Five texts tried 45 seconds late, one of them twice; one waits, one is held back."""
    with transaction():
        db.session.query(OutboundMessage).delete()
    due = NOON - timedelta(seconds=45)
    outbox.enqueue(
        [
            Intention(maya, Kind.REPLY, "rp.help", str(n), due, due + timedelta(hours=1))
            for n in range(5)
        ],
        due,
    )
    sender.outcomes = [
        Outcome(senders.Kind.UNKNOWN, reason=Reason.AMBIGUOUS),
        Outcome(senders.Kind.FAILED, code=21617, reason=Reason.REFUSED),
        Outcome(senders.Kind.RETRY, reason=Reason.NOT_ACCEPTED),
    ]
    clock = SetClock(NOON)
    desk = Desk(sender, library, "https://rehab.example", clock, "w1")
    dispatch(desk)
    with transaction():
        until = NOON + timedelta(hours=1)
        db.session.add(Gate(scope="template:rp.help", filled_at=NOON, closed_until=until))
    pulse.beat("a-machine:1:abc", NOON - timedelta(seconds=4))
    at(NOON + timedelta(minutes=1))


@pytest.mark.usefixtures("busy_day")
def test_the_traffic_can_be_read_by_a_monitor(app: Flask) -> None:
    _, seen = scraped(app)
    outcomes = {label: count for (name, label), count in seen.items() if name.endswith("_total")}
    assert outcomes == {"accepted": 2, "failed": 1, "pending": 1, "unknown": 1}
    assert seen["rehab_texts_unknown", ""] == 1
    assert seen["rehab_texts_under_way", ""] == 0
    assert seen["rehab_texts_due", ""] == 1
    assert 36 <= seen["rehab_backlog_age_seconds", ""] <= 45
    assert seen["rehab_gates_closed", ""] == 1
    assert seen["rehab_tick_lag_seconds", ""] == 64


@pytest.mark.usefixtures("busy_day")
def test_how_long_texts_waited_is_a_histogram(app: Flask) -> None:
    _, seen = scraped(app)
    name = "rehab_due_to_sent_seconds"
    buckets = [seen[f"{name}_bucket", le] for le in ("2", "30", "60", "3600", "+Inf")]
    assert buckets == [0, 0, 5, 5, 5]
    assert (seen[f"{name}_count", ""], seen[f"{name}_sum", ""]) == (5, 225)


@pytest.mark.usefixtures("busy_day")
def test_nothing_in_it_is_about_a_person(app: Flask, maya: Patient) -> None:
    private = (maya.phone, maya.phone[1:], maya.given_name, maya.family_name, str(maya.id))
    page, _ = scraped(app)
    assert not [word for word in private if word.lower() in page.lower()]


def test_a_server_that_has_sent_nothing_yet_can_be_scraped(app: Flask, at: Show) -> None:
    _, seen = scraped(app)
    assert seen["rehab_texts_due", ""] == 0
    assert seen["rehab_due_to_sent_seconds_count", ""] == 0
    assert not [name for name, _ in seen if name == "rehab_tick_lag_seconds"]


def test_every_process_tells_the_same(app: Flask, busy_day: None) -> None:
    assert scraped(app)[1] == scraped(app)[1]
