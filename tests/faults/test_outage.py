"""Six hours in which nobody sends, from 08:00 on: what leaves at 14:00, what does not, who is told.

And what is edited while a text waits.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinic
from rehab.models.message import Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.programs.library import Library
from rehab.programs.schedule import in_texting_hours
from rehab.services import enrolment, outbox, plans, pulse
from rehab.services.delivery import Desk, dispatch
from rehab.services.outbox import Intention
from rehab.services.plans import Assignment
from rehab.services.reconciliation import reconcile
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender
from tests.faults.conftest import URL

BEFORE = datetime(2026, 3, 3, 7, 55, tzinfo=UTC)
"""A Tuesday in London; every day is a session day."""

PATIENTS = 40
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


def enrolled(clinic: Clinic, library: Library, number: int) -> None:
    """Half of them train at 10:00 and half at 18:00; all are asked at 08:30 how the night was."""
    phone = f"+4420794610{number:02d}"
    said = {"given_name": f"Pat {number}", "family_name": "L", "phone": phone}
    said |= {"zone": "Europe/London", "sms_consent": True}
    patient = enrolment.enrol(clinic.id, said, "ana", NOON)
    at = time(10) if number % 2 else time(18)
    wish = Assignment("lb-subacute-6w", 4, weekdays=EVERY_DAY, exercise_at=at)
    plans.assign(patient, wish, library, NOON)


def of_today() -> Counter[tuple[str, str]]:
    """How many texts of the day are in which state, by their kind."""
    rows = select(OutboundMessage.kind, OutboundMessage.state).where(
        OutboundMessage.due_at.between(BEFORE, BEFORE + timedelta(hours=14))
    )
    return Counter((row[0], str(row[1])) for row in db.session.execute(rows))


def test_after_six_hours_only_what_is_still_wanted_leaves(
    riverside: Clinic, library: Library, time: SetClock
) -> None:
    """Fault 26: the morning's question has expired and the clinic is told once how many; of the
    session's texts the newest leaves; nothing leaves twice, late or at night."""
    for number in range(PATIENTS):
        enrolled(riverside, library, number)
    with transaction():
        db.session.query(OutboundMessage).filter_by(kind=Kind.WELCOME).delete()
    sender = RecordingSender(now=time.now)
    desk = Desk(sender, library, URL, time, "w1")
    time.wall = NOON
    run_until(desk, BEFORE)
    sent_before = len(sender.sent)
    time.pass_by(hours=6, minutes=10)
    back = time.now()
    run_until(desk, back + timedelta(minutes=15))
    assert of_today() == {
        ("morning", "expired"): PATIENTS,
        ("exercise", "cancelled"): PATIENTS // 2,
        ("follow_up", "accepted"): PATIENTS // 2,
        ("exercise", "pending"): PATIENTS // 2,
        ("follow_up", "pending"): PATIENTS // 2,
    }
    assert len(sender.sent) - sent_before == PATIENTS // 2
    told = db.session.scalars(select(Alert).filter_by(kind="texts_missed")).all()
    assert [(alert.clinic_id, alert.level) for alert in told] == [(riverside.id, 1)]
    assert f"{PATIENTS} texts to {PATIENTS} patients could not be sent in time" in told[0].about
    run_until(desk, BEFORE + timedelta(hours=16))
    for listed in sender.texts.values():
        bodies = [text.body for text in listed if text.created_at > BEFORE]
        assert len(bodies) == len(set(bodies)) <= 2
        assert all(in_texting_hours(text.created_at, "Europe/London") for text in listed)


def run_until(desk: Desk, end: datetime) -> None:
    """Tick every five minutes, on a machine that remembers when it last did."""
    time: SetClock = desk.clock  # type: ignore[assignment]
    while time.now() < end:
        pulse.beat("w1", time.now(), pulse.last_beat())
        outbox.expire(time.now())
        dispatch(desk)
        reconcile(desk.sender, desk.library, URL, time.now())
        time.pass_by(minutes=5)


def test_a_text_has_the_words_that_hold_when_it_leaves(
    maya: Patient, library: Library, sender: RecordingSender, time: SetClock
) -> None:
    """Fault 29: its template is edited after it was planned."""
    hour = timedelta(hours=1)
    outbox.enqueue([Intention(maya, Kind.REPLY, "rp.help", "r", NOON, NOON + hour)], NOON)
    words = {**library.messages["en"], "rp.help": "New words."}
    edited = replace(library, messages={**library.messages, "en": words})
    assert dispatch(Desk(sender, edited, URL, time, "w1")) == {"accepted": 1}
    assert [sent.body for sent in sender.sent] == ["Riverside: New words."]
