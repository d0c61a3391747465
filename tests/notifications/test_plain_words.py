"""What became of a text, as a clinician reads it."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rehab.models.message import DeliveryState
from rehab.notifications.plain_words import (
    FAILURES,
    HELD_UP,
    IN_DOUBT,
    NOT_SENT,
    STATES,
    Fate,
    in_words,
)
from rehab.notifications.senders import Reason

LONDON = ZoneInfo("Europe/London")


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 3, hour, minute, tzinfo=LONDON)


PENDING = Fate("pending", due_at=at(18, 0))
ACCEPTED = Fate("accepted", due_at=at(18, 0), accepted_at=at(18, 2))
UNKNOWN = Fate("unknown", due_at=at(18, 0))


@pytest.mark.parametrize(
    ("fate", "sentence"),
    [
        (PENDING, "Waiting; leaves at 18:00 on 3 March."),
        (
            replace(PENDING, reason="not_accepted"),
            "The provider was busy and did not take it. Tried again at 18:00 on 3 March.",
        ),
        (
            replace(PENDING, reason="ours_is_broken"),
            "Our account with the provider needs mending. Tried again at 18:00 on 3 March.",
        ),
        (
            replace(PENDING, reason="the provider does not have it"),
            "The provider never had it, so it is safe to send. Tried again at 18:00 on 3 March.",
        ),
        (replace(PENDING, reason="full moon"), "Full moon. Tried again at 18:00 on 3 March."),
        (Fate("sending", at(18, 0)), "Being handed to the provider."),
        (
            replace(ACCEPTED, provider_status="queued"),
            "Taken by the provider at 18:02 on 3 March; no word of its arrival yet.",
        ),
        (ACCEPTED, "Taken by the provider at 18:02 on 3 March; no word of its arrival yet."),
        (
            replace(ACCEPTED, provider_status="sent"),
            "Taken by the provider at 18:02 on 3 March; passed on to the carrier.",
        ),
        (
            replace(ACCEPTED, provider_status="delivered", settled_at=at(18, 3)),
            "Delivered at 18:03 on 3 March.",
        ),
        (
            replace(ACCEPTED, provider_status="read", settled_at=at(18, 9)),
            "Delivered and read at 18:09 on 3 March.",
        ),
        (
            replace(ACCEPTED, provider_status="sent", settled_at=at(21, 0)),
            "Taken by the provider at 18:02 on 3 March. Whether it arrived was never said.",
        ),
        (
            replace(UNKNOWN, reason="ambiguous", look_at=at(18, 1)),
            "The provider did not answer clearly. We do not know yet whether it arrived; the "
            "provider is being asked at 18:01 on 3 March.",
        ),
        (
            replace(UNKNOWN, reason="the worker did not come back"),
            "Our server stopped while it was sending this. We do not know yet whether it arrived; "
            "the provider is being asked.",
        ),
        (
            replace(UNKNOWN, reason="the provider never said", settled_at=at(19, 0)),
            "Whether it arrived was never found out. It is not sent again, not to come twice.",
        ),
        (
            Fate("failed", at(18, 0), "blocked"),
            "Not delivered: the phone company blocks texts to this number.",
        ),
        (
            Fate("failed", at(18, 0), "undelivered"),
            "Not delivered: the phone could not be reached.",
        ),
        (Fate("failed", at(18, 0), "no words: 'n'"), "Not delivered: its words could not be made."),
        (Fate("failed", at(18, 0)), "Not delivered: no reason is known."),
        (
            Fate("expired", at(18, 0), "not sent in time"),
            "Not sent: its time had passed before it could leave.",
        ),
        (Fate("cancelled", at(18, 0), "reported already"), "Not sent: it was reported already."),
        (Fate("cancelled", at(18, 0), "full moon"), "Not sent: full moon."),
        (
            Fate("suppressed", at(18, 0), "number: sms"),
            "Not sent: this number has opted out of texts.",
        ),
        (Fate("lost", at(18, 0), "full moon"), "lost: full moon."),
    ],
)
def test_the_fate_of_a_text_is_a_sentence(fate: Fate, sentence: str) -> None:
    assert in_words(fate) == sentence


def test_every_state_is_put_into_words() -> None:
    assert set(STATES) == {str(state) for state in DeliveryState}


def test_every_reason_of_the_provider_is_put_into_words() -> None:
    known = FAILURES.keys() | HELD_UP.keys() | IN_DOUBT.keys()
    assert {str(reason) for reason in Reason} <= known


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("reason", [None, *FAILURES, *HELD_UP, *IN_DOUBT, *NOT_SENT, "anything"])
def test_every_state_with_every_reason_is_a_whole_sentence(state: str, reason: str | None) -> None:
    said = in_words(Fate(state, at(18, 0), reason))
    assert said[0].isupper()
    assert said.endswith(".")
    assert "_" not in said
    assert "None" not in said
