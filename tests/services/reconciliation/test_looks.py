"""Texts whose fate is unknown: found, sent again once, or left alone with a name."""

import asyncio
import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.message import Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.notifications import senders
from rehab.notifications.senders import Sent
from rehab.services import tallies
from rehab.services.delivery import Desk, dispatch
from rehab.services.outcomes import LOOKS
from rehab.services.receipts import receive_status
from rehab.services.reconciliation import Doubt, reconcile, settle
from rehab.services.transactions import transaction
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender
from tests.services.reconciliation.conftest import (
    ACCEPTED,
    EXPIRED,
    HOUR,
    MINUTE,
    NOW,
    PENDING,
    UNCLEAR,
    UNKNOWN,
    URL,
    at_each_look,
    looked,
    queue,
    row,
)


@pytest.mark.parametrize("shown_at", [0, 1, 2])
def test_a_text_that_the_provider_has_is_found_by_whichever_look(
    lost: OutboundMessage,
    desk: Desk,
    clock: SetClock,
    provider: RecordingSender,
    shown_at: int,
) -> None:
    (taken,) = provider.texts[lost.phone]
    provider.hidden.add(taken.provider_sid)
    for look in LOOKS[:shown_at]:
        clock.wall = NOW + look
        assert looked(desk) == 0
        assert lost.state is UNKNOWN
    provider.show()
    clock.wall = NOW + LOOKS[shown_at]
    assert looked(desk) == 1
    assert (lost.state, lost.provider_sid) == (ACCEPTED, taken.provider_sid)
    assert (lost.accepted_at, lost.look_at) == (clock.now(), None)
    clock.pass_by(hours=1)
    assert (looked(desk), dispatch(desk)) == (0, {})
    assert len(provider.sent) == 1
    assert tallies.counts(tallies.RECONCILED) == {"found": 1}


def test_one_that_it_does_not_have_goes_back_once_and_only_after_the_last_look(
    never_there: OutboundMessage, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    assert at_each_look(desk, clock) == [UNKNOWN, UNKNOWN, PENDING]
    assert never_there.state_reason == "the provider does not have it"
    assert looked(desk) == 0
    assert dispatch(desk) == {"accepted": 1}
    assert len(provider.sent) == 2
    assert tallies.counts(tallies.RECONCILED) == {"pending": 1}


def test_a_text_that_gets_lost_again_is_looked_for_from_the_start(
    never_there: OutboundMessage, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    at_each_look(desk, clock)
    provider.outcomes.append(UNCLEAR)
    dispatch(desk)
    again = clock.now()
    assert (never_there.state, never_there.looks) == (UNKNOWN, 0)
    clock.wall = again + LOOKS[0]
    assert looked(desk) == 1
    assert never_there.state is ACCEPTED


def test_one_that_it_does_not_have_is_let_go_when_its_time_has_passed(
    maya: Patient, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    queue(maya, within=9 * MINUTE)
    provider.outcomes, provider.takes_unknown = [UNCLEAR], False
    dispatch(desk)
    assert at_each_look(desk, clock) == [UNKNOWN, UNKNOWN, EXPIRED]
    assert row().state_reason == "not sent in time"
    assert row().settled_at == clock.now()
    (alert,) = db.session.scalars(select(Alert)).all()
    assert alert.kind == "texts_missed"
    assert alert.about.startswith("1 texts to 1 patients")


def test_one_that_was_taken_counts_even_when_its_time_has_passed(
    maya: Patient, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    queue(maya, within=9 * MINUTE)
    provider.outcomes.append(UNCLEAR)
    dispatch(desk)
    clock.pass_by(minutes=30)
    looked(desk)
    assert row().state is ACCEPTED


def test_a_provider_that_does_not_answer_is_asked_for_three_days_and_never_sent_it_again(
    never_there: OutboundMessage, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    with transaction():
        never_there.expires_at = NOW + 96 * HOUR
    provider.silent = True
    while clock.now() <= NOW + 72 * HOUR:
        clock.pass_by(minutes=71)
        assert looked(desk) == 0
        assert dispatch(desk) == {}
        assert never_there.state is UNKNOWN
    assert never_there.state_reason == "the provider never said"
    assert never_there.settled_at == clock.now()
    provider.silent = False
    clock.pass_by(hours=1)
    assert (looked(desk), dispatch(desk)) == (0, {})
    assert len(provider.sent) == 1


def test_a_silent_provider_is_asked_again_after_five_minutes_and_no_look_is_lost(
    never_there: OutboundMessage, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    provider.silent = True
    clock.wall = NOW + LOOKS[0]
    looked(desk)
    assert never_there.look_at == clock.now() + 5 * MINUTE
    assert never_there.looks == 0


def test_one_silent_answer_does_not_cost_the_others_theirs(
    maya: Patient, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    class HalfDeaf(RecordingSender):
        async def sent_to(self, phone: str, since: datetime) -> list[Sent]:
            if phone.endswith("1"):
                raise senders.ProviderSilent("no answer")
            return await super().sent_to(phone, since)

    for n in range(4):
        queue(maya, str(n))
    with transaction():
        for n in range(4):
            row(str(n)).phone = f"+44207946020{n}"
            row(str(n)).kind = Kind.CONFIRMATION
    provider.outcomes += [UNCLEAR] * 4
    dispatch(desk)
    clock.wall = NOW + LOOKS[0]
    half_deaf = HalfDeaf(texts=provider.texts)
    assert looked(replace(desk, sender=half_deaf)) == 3
    assert [row(str(n)).state for n in range(4)] == [ACCEPTED, UNKNOWN, ACCEPTED, ACCEPTED]


# Which text is which


def test_of_two_equal_texts_of_which_one_arrived_one_is_accepted_and_one_sent_again(
    maya: Patient, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    queue(maya, "a")
    queue(maya, "b")
    provider.outcomes += [UNCLEAR, UNCLEAR]
    dispatch(desk)
    provider.texts[maya.phone].pop()
    for look in LOOKS:
        clock.wall = NOW + look
        looked(desk)
    assert sorted([row("a").state, row("b").state]) == [ACCEPTED, PENDING]
    assert dispatch(desk) == {"accepted": 1}
    assert len(provider.texts[maya.phone]) == 2


def test_two_equal_texts_that_both_arrived_are_told_apart(
    maya: Patient, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    queue(maya, "a")
    queue(maya, "b")
    provider.outcomes += [UNCLEAR, UNCLEAR]
    dispatch(desk)
    clock.wall = NOW + LOOKS[0]
    assert looked(desk) == 2
    assert {row("a").provider_sid, row("b").provider_sid} == {
        text.provider_sid for text in provider.texts[maya.phone]
    }


def test_a_report_of_a_text_that_was_taken_for_its_twin_does_no_harm(
    maya: Patient, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    """Two intentions, two texts in the end, whichever of the rows has which."""
    queue(maya, "a")
    queue(maya, "b")
    provider.outcomes += [UNCLEAR, UNCLEAR]
    dispatch(desk)
    taken = provider.texts[maya.phone].pop()
    clock.wall = NOW + LOOKS[0]
    looked(desk)
    (twin,) = db.session.scalars(select(OutboundMessage).filter_by(state=UNKNOWN))
    sid = provider.texts[maya.phone][0].provider_sid
    receive_status(twin.id, sid, "sent", None, None, clock.now())
    assert (twin.state, twin.provider_sid) == (UNKNOWN, None)
    receive_status(twin.id, taken.provider_sid, "sent", None, None, clock.now())
    assert (twin.state, twin.provider_sid) == (ACCEPTED, taken.provider_sid)


def test_a_listed_text_that_is_known_to_be_another_row_is_not_taken(
    maya: Patient, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    queue(maya, "first")
    dispatch(desk)
    queue(maya, "second")
    provider.outcomes, provider.takes_unknown = [UNCLEAR], False
    dispatch(desk)
    clock.wall = NOW + LOOKS[0]
    assert looked(desk) == 0
    assert row("second").state is UNKNOWN
    assert len(provider.texts[maya.phone]) == 1


@pytest.mark.parametrize(
    ("earlier", "found"), [(24 * HOUR, 0), (121 * MINUTE, 0), (90 * MINUTE, 1)]
)
def test_yesterdays_equal_text_is_not_todays(
    never_there: OutboundMessage,
    desk: Desk,
    clock: SetClock,
    provider: RecordingSender,
    earlier: timedelta,
    found: int,
) -> None:
    """Only our clock may be wrong by an hour and some."""
    before = Sent("SM-before", never_there.body or "", "delivered", NOW - earlier)
    provider.texts[never_there.phone] = [before]
    clock.wall = NOW + LOOKS[0]
    assert looked(desk) == found


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ("Ready: https://a.example/s/1", "Ready: https://a.example/s/2", 1),
        ("Go https://a.example/s/1 now", "Go http://b.example now", 1),
        ("Ready: https://a.example", "Ready:  https://a.example", 0),
        ("Ready at 18:00", "Ready at 18:05", 0),
    ],
)
def test_texts_are_the_same_but_for_their_links(
    lost: OutboundMessage,
    desk: Desk,
    clock: SetClock,
    provider: RecordingSender,
    ours: str,
    theirs: str,
    found: int,
) -> None:
    with transaction():
        lost.body = ours
    (taken,) = provider.texts[lost.phone]
    provider.texts[lost.phone] = [replace(taken, body=theirs)]
    clock.wall = NOW + LOOKS[0]
    assert looked(desk) == found


# Told to end


class Hanging(RecordingSender):
    """It takes every question and answers none."""

    async def sent_to(self, phone: str, since: datetime) -> list[Sent]:
        self.asked.append(phone)
        return await asyncio.get_running_loop().create_future()


@pytest.mark.parametrize(("turns", "asked"), [(0, 0), (1, 1)])
def test_once_it_is_told_to_end_it_waits_for_no_answer_and_costs_no_look(
    lost: OutboundMessage, desk: Desk, clock: SetClock, turns: int, asked: int
) -> None:
    clock.wall = NOW + LOOKS[0]
    left, hanging = iter(range(turns)), Hanging()
    told_to_end = reconcile(
        hanging, desk.library, URL, clock.now(), carry_on=lambda: next(left, None) is not None
    )
    assert (told_to_end, len(hanging.asked)) == (0, asked)
    assert (lost.state, lost.looks) == (UNKNOWN, 0)
    clock.pass_by(minutes=2)
    assert looked(desk) == 1


# Side by side


def test_two_workers_do_not_look_up_the_same_text_at_once(
    app: Flask, lost: OutboundMessage, desk: Desk, clock: SetClock, provider: RecordingSender
) -> None:
    """While the first one asks, the second one looks as well."""
    clock.wall = NOW + LOOKS[0]
    other = []

    def meanwhile() -> None:
        with app.app_context():
            other.append(looked(desk))
            db.session.remove()

    class Slow(RecordingSender):
        async def sent_to(self, phone: str, since: datetime) -> list[Sent]:
            thread = threading.Thread(target=meanwhile)
            thread.start()
            thread.join()
            return await super().sent_to(phone, since)

    assert looked(replace(desk, sender=Slow(texts=provider.texts))) == 1
    assert other == [0]
    assert provider.asked == []


def test_a_look_that_several_workers_ended_at_counts_once(
    never_there: OutboundMessage, clock: SetClock
) -> None:
    """As when the provider answers so slowly that others take the text up too."""
    doubt = Doubt(never_there.id, never_there.phone, NOW, looks=0)
    for _ in range(3):
        settle([(doubt, [])], NOW + MINUTE)
    assert (never_there.state, never_there.looks) == (UNKNOWN, 1)


def test_a_report_that_comes_in_between_wins(
    never_there: OutboundMessage, desk: Desk, clock: SetClock
) -> None:
    doubt = Doubt(never_there.id, never_there.phone, NOW, looks=2)
    with transaction():
        never_there.looks = 2
    receive_status(never_there.id, "SM-told", "delivered", None, None, NOW)
    assert settle([(doubt, [])], NOW + 10 * MINUTE) == 0
    assert (never_there.state, never_there.provider_sid) == (ACCEPTED, "SM-told")
    assert tallies.counts(tallies.RECONCILED) == {"told": 1}


def test_a_report_that_comes_after_all_hope_still_counts(
    never_there: OutboundMessage, desk: Desk, clock: SetClock
) -> None:
    """It was given back to the queue, or let go; the provider had it all the same."""
    at_each_look(desk, clock)
    assert never_there.state is PENDING
    receive_status(never_there.id, "SM-late", "sent", None, None, clock.now())
    assert never_there.state is ACCEPTED
    assert dispatch(desk) == {}


def test_a_text_that_was_let_go_and_had_arrived_is_followed_up_again(
    never_there: OutboundMessage,
) -> None:
    with transaction():
        never_there.settle(EXPIRED, "not sent in time", NOW)
    receive_status(never_there.id, "SM-late", "sent", None, None, NOW + HOUR)
    assert (never_there.state, never_there.settled_at) == (ACCEPTED, None)
