"""Asked once, then a person, then silence; and no two machines talk to each other for long."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.message import InboundMessage, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.notifications.intents import Expects
from rehab.notifications.messages import render
from rehab.programs.library import Library
from rehab.services import consent
from rehab.services.answering import can_be_answered
from rehab.services.replies import Inbound, receive
from tests.services.phone import Phone, alerts, ask

EVENING = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 8, 40, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def phone(maya: Patient, library: Library) -> Phone:
    return Phone(library, maya.phone)


def test_after_the_clinic_was_named_nothing_more_is_said_for_twelve_hours(
    plan: Plan, phone: Phone
) -> None:
    said = [phone.text(f"the dog {n}", EVENING + n * HOUR) for n in range(13)]
    assert said == ["rp.again", "rp.clinic", *[None] * 11]
    assert alerts() == [("unread_text", 2)]
    assert phone.text("the dog again", EVENING + 13 * HOUR) == "rp.again"


def test_what_is_not_answered_is_kept(plan: Plan, phone: Phone) -> None:
    for n in range(5):
        phone.text(f"the dog {n}", EVENING + n * HOUR)
    kept = db.session.scalars(select(InboundMessage.body).filter_by(patient_id=plan.patient_id))
    assert sorted(kept) == [f"the dog {n}" for n in range(5)]


@pytest.mark.parametrize("readable", ["thanks", "HELP", "pain 3", "not today"])
def test_what_can_be_read_ends_the_silence(plan: Plan, phone: Phone, readable: str) -> None:
    for n in range(3):
        phone.text(f"the dog {n}", EVENING)
    phone.text(readable, EVENING + HOUR)
    assert phone.text("the cat", EVENING + 2 * HOUR) == "rp.again"


def test_a_new_question_ends_the_silence(plan: Plan, phone: Phone) -> None:
    for n in range(3):
        phone.text(f"the dog {n}", EVENING + 12 * HOUR)
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    said = [phone.text(body, TUESDAY) for body in ("so so", "well", "hm")]
    assert said == ["ck.bad", "rp.clinic", None]


def test_an_open_question_can_still_be_answered_in_the_silence(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    for body in ("so so", "well", "hm"):
        phone.text(body, TUESDAY)
    assert phone.text("4", TUESDAY) == "rp.noted_morning"


def test_the_silence_does_not_keep_a_question_open(plan: Plan, phone: Phone) -> None:
    ask(plan, Expects.MORNING, date(2026, 3, 3), TUESDAY)
    for n in range(2):
        phone.text(f"so so {n}", TUESDAY + 11 * HOUR)
    assert phone.text("4", TUESDAY + 12 * HOUR) is None


@pytest.mark.parametrize(
    ("expects", "words"),
    [
        (Expects.MORNING, "ck.bad"),
        (Expects.AFTER, "ck.bad"),
        (Expects.SLEEP, "ck.bad"),
        (Expects.DURING_AND_AFTER, "ck.after"),
        (Expects.REASON, "ex.missed3"),
    ],
)
def test_each_question_is_asked_again_in_its_own_form(
    plan: Plan, phone: Phone, expects: Expects, words: str
) -> None:
    ask(plan, expects, date(2026, 3, 3), TUESDAY)
    assert phone.text("4 thousand", TUESDAY) == words


def test_the_same_text_for_the_third_time_is_not_answered(plan: Plan, phone: Phone) -> None:
    said = [phone.text("HELP", EVENING + n * MINUTE) for n in range(4)]
    assert said == ["rp.help", "rp.help", None, None]
    assert phone.text("HELP", EVENING + 14 * MINUTE) == "rp.help"


def test_words_of_danger_are_told_to_the_clinic_however_often(plan: Plan, phone: Phone) -> None:
    said = [phone.text(f"chest pain {n}", EVENING + n * HOUR) for n in range(7)]
    assert said == ["rp.safety"] * 5 + [None, None]
    assert alerts() == [("danger_words", 3)]
    assert phone.last().intent == "safety"


def test_a_stop_is_confirmed_whatever_was_said_before(plan: Plan, phone: Phone) -> None:
    for n in range(20):
        phone.text("HELP", EVENING + n * MINUTE)
    assert phone.text("STOP", EVENING + 20 * MINUTE) == "rp.stopped"


@pytest.mark.parametrize(
    ("sender", "answered"),
    [
        ("+442079460123", True),
        ("62262", False),
        ("+62262", False),
        ("RIVERSIDE", False),
        ("whatsapp:+442079460123", False),
        ("", False),
        ("+0207946012", False),
        ("+442079460123\n", False),
        ("+٤٤٢٠٧٩٤٦٠١٢٣", False),
    ],
)
def test_only_phones_are_answered(sender: str, answered: bool) -> None:
    assert can_be_answered(sender) is answered


@pytest.mark.parametrize("body", ["STOP", "HELP", "done 3", "Your parcel is here. Reply STOP"])
@pytest.mark.parametrize("sender", ["62262", "PARCELS"])
def test_a_short_code_is_kept_and_never_answered(
    plan: Plan, library: Library, sender: str, body: str
) -> None:
    kept = receive(Inbound("SM1", sender, "+1500", body), library, EVENING)
    assert kept is not None
    assert (kept.body, kept.patient_id, kept.intent) == (body, None, "unknown_number")
    assert answers_given() == 0
    assert not consent.is_suppressed(sender)


def answers_given() -> int:
    query = select(func.count()).where(OutboundMessage.kind == Kind.REPLY)
    return db.session.scalars(query).one()


def echo(ours: str) -> str:
    return ours


MACHINES: dict[str, tuple[Callable[[str], str], int]] = {
    "away": (lambda ours: "I am on holiday until Monday.", 4),
    "away, numbered": (lambda ours: f"Your text of {len(ours)} letters was received.", 4),
    "driving": (lambda ours: "I'm driving. I'll get back to you later", 4),
    "menu": (lambda ours: "Text HELP for help or STOP to stop these texts.", 5),
    "help": (lambda ours: "HELP", 5),
    "done": (lambda ours: "Done", 5),
    "pain": (lambda ours: "pain 4", 5),
    "danger": (lambda ours: "If this is an emergency call 911", 5),
    "start": (lambda ours: "START", 5),
    "echo": (echo, 6),
    "shout": (str.upper, 6),
    "tapback": (lambda ours: f"Liked “{ours}”", 0),
}
"""What machines answer to a text, and the most that ours says to each in a day."""


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("pause", [timedelta(seconds=1), 6 * MINUTE, HOUR])
def test_two_machines_fall_silent(
    plan: Plan, phone: Phone, library: Library, name: str, pause: timedelta
) -> None:
    machine, most = MACHINES[name]
    ours, now = spoken_by(library, "ex.today"), EVENING
    while ours and now < EVENING + DAY:
        now += pause
        key = phone.text(machine(ours), now)
        ours = spoken_by(library, key) if key else ""
    assert ours == ""
    assert answers_given() <= most


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_that_texts_by_itself_all_day_gets_few_answers(
    plan: Plan, phone: Phone, library: Library, name: str
) -> None:
    machine, most = MACHINES[name]
    ours = spoken_by(library, "ex.today")
    for n in range(48):
        key = phone.text(machine(ours), EVENING + n * 30 * MINUTE)
        ours = spoken_by(library, key) if key else ours
    assert answers_given() <= 2 * most


def spoken_by(library: Library, key: str) -> str:
    size = {"n": 4, "min": 12}
    blanks = {"name": "Maya", "time": "18:00", "link": "https://r.example", "tel": "+44", **size}
    return render(library.messages["en"], key, clinic="Riverside", **blanks)
