"""The link to a patient's calendar: shown once, one at a time, ended at a word."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.calendar_feed import CalendarFeed
from rehab.models.patient import Patient
from rehab.services import calendar_feeds
from rehab.services.access.errors import TooMany
from tests.conftest import NOON

HOME = "192.0.2.7"
HOUR = timedelta(hours=1)


def test_a_link_opens_its_patients_calendar_and_of_its_token_a_hash_is_kept(maya: Patient) -> None:
    token = calendar_feeds.make(maya, NOON)
    assert calendar_feeds.read(token, HOME, NOON).id == maya.id
    feed = calendar_feeds.live(maya)
    assert feed is not None
    assert len(token) >= 43
    assert token.encode() not in feed.token_hash


def test_another_link_ends_the_one_before(maya: Patient) -> None:
    first, second = calendar_feeds.make(maya, NOON), calendar_feeds.make(maya, NOON + HOUR)
    with pytest.raises(NotFound):
        calendar_feeds.read(first, HOME, NOON + HOUR)
    assert calendar_feeds.read(second, HOME, NOON + HOUR).id == maya.id
    feeds = db.session.scalars(select(CalendarFeed).order_by(CalendarFeed.created_at)).all()
    assert [feed.revoked_at for feed in feeds] == [NOON + HOUR, None]


def test_a_link_that_was_ended_is_as_unknown_as_any(maya: Patient) -> None:
    token = calendar_feeds.make(maya, NOON)
    calendar_feeds.revoke(maya, NOON)
    calendar_feeds.revoke(maya, NOON)
    told = []
    for each in (token, "no-such-token"):
        with pytest.raises(NotFound) as error:
            calendar_feeds.read(each, HOME, NOON)
        told.append(str(error.value))
    assert told[0] == told[1]
    assert calendar_feeds.live(maya) is None
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert actions[-2:] == ["calendar.linked", "calendar.revoked"]


@pytest.mark.parametrize(
    ("minutes", "kept"), [((0,), 0), ((0, 59), 0), ((0, 60), 60), ((0, 95), 60)]
)
def test_when_it_was_read_is_kept_to_the_hour(
    maya: Patient, minutes: tuple[int, ...], kept: int
) -> None:
    token = calendar_feeds.make(maya, NOON)
    for each in minutes:
        calendar_feeds.read(token, HOME, NOON + timedelta(minutes=each))
    feed = calendar_feeds.live(maya)
    assert feed is not None
    assert feed.last_read_at == NOON + timedelta(minutes=kept)


def test_whoever_guesses_is_stopped_and_who_knows_the_address_is_not(maya: Patient) -> None:
    token = calendar_feeds.make(maya, NOON)
    for _ in range(calendar_feeds.MISSES.burst):
        with pytest.raises(NotFound):
            calendar_feeds.read("wrong", HOME, NOON)
    with pytest.raises(TooMany):
        calendar_feeds.read("wrong", HOME, NOON)
    for _ in range(calendar_feeds.MISSES.burst + 1):
        calendar_feeds.read(token, "198.51.100.9", NOON)


def test_a_program_that_asks_all_the_time_is_told_to_wait(maya: Patient) -> None:
    token = calendar_feeds.make(maya, NOON)
    for _ in range(calendar_feeds.READS.burst):
        calendar_feeds.read(token, HOME, NOON)
    with pytest.raises(TooMany):
        calendar_feeds.read(token, HOME, NOON)
