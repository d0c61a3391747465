"""What no report brings up by itself: told to the clinic once, and once only."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.message import Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.measurements import Answer
from rehab.services import (
    alerts,
    claims,
    delivery,
    mornings,
    plan_changes,
    plans,
    replies,
    safety,
    sessions,
)
from rehab.services.claims import Claim
from rehab.services.look_over import look_over, look_over_plan
from rehab.services.measures import MeasureReport, report_measure
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from rehab.services.safety import ScreeningReport
from rehab.services.sessions import SessionReport
from tests.conftest import RecordingSender
from tests.doubles.clock import SetClock
from tests.services.test_progression import SETTLED, START, report, wake


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    return plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, START)


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def kinds() -> list[str]:
    return sorted(db.session.scalars(select(Alert.kind).where(Alert.closed_at.is_(None))))


def queued(kind: Kind) -> list[str]:
    query = select(OutboundMessage.template).where(OutboundMessage.kind == kind)
    return list(db.session.scalars(query))


def train(plan: Plan, library: Library, until: int, pain: int | None = 4) -> None:
    for day in (d for d in range(until) if d % 7 in (0, 2, 4)):
        report(plan, library, day, SETTLED)
        if pain is not None:
            wake(plan, library, day, pain)


def test_a_plan_that_goes_well_brings_up_nothing(plan: Plan, library: Library) -> None:
    train(plan, library, until=9)
    assert look_over(library, after(9)) == 0
    assert kinds() == []


def test_a_review_is_due_once_for_its_date(plan: Plan, library: Library, ana: Clinician) -> None:
    train(plan, library, until=14)
    look_over(library, after(13))
    assert kinds() == []
    assert look_over(library, after(14)) == 1
    assert look_over(library, after(15)) == 0
    assert kinds() == ["review_due"]
    alert = db.session.scalars(select(Alert)).one()
    alerts.close_alert(ana.clinic_id, alert.id, ana.id, "seen", after(15))
    assert look_over(library, after(15)) == 0
    later = {"review_on": after(16).date()}
    plan_changes.amend(plan, later, ana, "", library, after(15))
    assert look_over(library, after(16)) == 1


def test_a_plan_ends_after_its_last_day(plan: Plan, library: Library) -> None:
    train(plan, library, until=42)
    look_over(library, after(41))
    assert plan.status == "active"
    look_over(library, after(42))
    assert plan.status == "finished"
    assert "plan_ended" in kinds()


def test_three_missed_sessions_are_asked_about_once(
    plan: Plan, library: Library, maya: Patient
) -> None:
    report(plan, library, 0, SETTLED)
    assert look_over(library, after(7)) == 0
    assert look_over(library, after(8)) == 1
    assert look_over(library, after(8.1)) == 0
    assert kinds() == ["silent"]
    assert queued(Kind.MISSED) == ["ex.missed3"]


@pytest.mark.parametrize(
    ("said", "kind", "level", "answer"),
    [
        ("1", "missed_sore", 2, "rp.sore"),
        ("too busy", "missed_busy", 1, "rp.busy"),
        ("Forgot!", "missed_forgot", 1, "rp.forgot"),
    ],
)
def test_the_reason_for_missing_gets_the_answer_that_fits(
    plan: Plan, library: Library, maya: Patient, said: str, kind: str, level: int, answer: str
) -> None:
    look_over(library, after(8))
    clock = SetClock(after(8))
    sender = RecordingSender()
    delivery.dispatch(delivery.Desk(sender, library, "http://x", clock, "w"))
    assert any("Too sore, too busy or forgot?" in text.body for text in sender.sent)
    replies.receive(Inbound("SM9", maya.phone, "+15550000", said), library, after(8.01))
    assert kind in kinds()
    found = db.session.scalars(select(Alert).filter_by(kind=kind)).one()
    assert found.level == level
    assert answer in queued(Kind.REPLY)


def test_three_unanswered_mornings_in_a_row_are_told(plan: Plan, library: Library) -> None:
    train(plan, library, until=5, pain=None)
    look_over(library, after(5))
    assert kinds() == []
    look_over(library, after(6))
    assert kinds() == ["mornings_missing"]


def test_a_usual_pain_that_no_longer_fits_is_proposed_and_not_changed(
    plan: Plan, library: Library
) -> None:
    train(plan, library, until=12, pain=2)
    look_over(library, after(12))
    assert kinds() == ["usual_pain"]
    assert plan.usual_pain == 4
    about = db.session.scalars(select(Alert.about)).one()
    assert about.startswith("Usual pain is 4; the median of the last 6 mornings in 14 days is 2.")


def test_pain_that_worsens_sends_to_a_doctor_with_a_text_in_the_day(
    plan: Plan, library: Library
) -> None:
    train(plan, library, until=7, pain=6)
    look_over(library, after(7))
    assert "see_doctor_sd2" in kinds()
    assert queued(Kind.ADVICE) == ["rf.seek"]
    look_over(library, after(8))
    assert queued(Kind.ADVICE) == ["rf.seek"]


def test_pain_that_stops_daily_life_sends_to_a_doctor(plan: Plan, library: Library) -> None:
    items = [item.id for item in library.measures["peg"].items]
    answers = tuple(Answer(item, 8) for item in items)
    report_measure(plan, MeasureReport("peg", START.date(), answers), library, START)
    look_over(library, after(1))
    assert kinds() == ["see_doctor_sd3"]


def test_daily_things_stopped_twice_sends_to_a_doctor(plan: Plan, library: Library) -> None:
    for day in (0, 7):
        said = ScreeningReport(after(day).date(), daily_things_stopped=True)
        safety.answer(plan, said, library, after(day))
        report(plan, library, day, SETTLED)
    look_over(library, after(7.5))
    assert "see_doctor_sd3" in kinds()


@pytest.mark.parametrize(("flag", "text"), [("RF01", "rf.generic"), ("RF12", "pl.pause")])
def test_a_red_flag_is_answered_with_its_text_once_a_day(
    plan: Plan, library: Library, ana: Clinician, flag: str, text: str
) -> None:
    safety.answer(plan, ScreeningReport(START.date(), (flag,)), library, START)
    plan_changes.resume(plan, ana, "", library, after(0.1))
    safety.answer(plan, ScreeningReport(START.date(), (flag,)), library, after(0.2))
    assert queued(Kind.SAFETY) == [text]
    plan_changes.resume(plan, ana, "", library, after(0.3))
    safety.answer(plan, ScreeningReport(after(2).date(), (flag,)), library, after(2))
    assert queued(Kind.SAFETY) == [text, text]


def test_a_text_of_safety_leaves_at_night_and_for_a_paused_plan(
    plan: Plan, library: Library
) -> None:
    night = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    safety.answer(plan, ScreeningReport(night.date(), ("RF01",)), library, night)
    leaving = claims.claim(library, "http://x", night, Claim("w", 40)).texts
    assert [c.body for c in leaving if c.kind == Kind.SAFETY]
    assert "Please stop exercising now" in next(c.body for c in leaving if c.kind == Kind.SAFETY)


def test_an_old_red_flag_is_for_the_clinic_and_texts_nobody(plan: Plan, library: Library) -> None:
    said = SessionReport(performed_at=START, before=4, during=4, after=4, red_flags=("RF01",))
    sessions.report_session(plan, said, library, after(3))
    assert queued(Kind.SAFETY) == []
    assert kinds() == ["red_flag"]


def test_words_of_danger_in_a_note_reach_a_person(plan: Plan, library: Library) -> None:
    report(plan, library, 0, SETTLED, note="Fine, but my leg went numb on the stairs.")
    assert kinds() == ["danger_words"]
    assert queued(Kind.SAFETY) == ["rp.safety"]
    mornings.report_morning(plan, MorningReport(after(1).date(), pain=4), library, after(1))
    assert kinds() == ["danger_words"]


def test_sleep_that_stays_poor_for_three_months_is_a_doctors_matter(
    maya: Patient, library: Library
) -> None:
    """Ratings of an earlier plan count as well: no plan is longer than twelve weeks."""
    first = plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, START)
    for day in (1, 15, 29, 41):
        mornings.report_morning(
            first, MorningReport(after(day).date(), sleep=3), library, after(day)
        )
    second = plans.assign(maya, Assignment("lb-chronic-12w", 4), library, after(43))
    for day in (60, 84):
        said = MorningReport(after(day).date(), sleep=2)
        mornings.report_morning(second, said, library, after(day))
    look_over_plan(second, library, after(84))
    assert "poor_sleep" not in kinds()
    mornings.report_morning(second, MorningReport(after(85).date(), sleep=0), library, after(85))
    look_over_plan(second, library, after(85))
    look_over_plan(second, library, after(86))
    assert "poor_sleep" in kinds()
    assert queued(Kind.ADVICE) == ["sl.gp"]
    mornings.report_morning(second, MorningReport(after(100).date(), sleep=3), library, after(100))
    look_over_plan(second, library, after(113))
    assert queued(Kind.ADVICE) == ["sl.gp"]
    look_over_plan(second, library, after(114))
    assert queued(Kind.ADVICE) == ["sl.gp", "sl.gp"]
