"""What the clinician's timeline is drawn from: every decision that stands, texts, bounds, days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.charts.timeline_facts import Bound, Course
from rehab.charts.window import window
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.decision import PROPOSED, Decision
from rehab.models.message import DeliveryState, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.dosage import Category
from rehab.programs.library import Library
from rehab.services import clinician_acts, mornings, plan_changes, plans, replies, sessions
from rehab.services.decision_story import story
from rehab.services.glance import glance
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from rehab.services.sessions import SessionReport
from rehab.services.standing import latest_on
from rehab.services.timeline import course
from rehab.services.today import today
from tests.queries import counted

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday; the plan trains on Mondays, Wednesdays and Fridays, and eases by itself."""

STRENGTH = Category.STRENGTHENING


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0, 2, 4), autonomy="ease")
    return plans.assign(maya, wish, library, START)


def on(day: int) -> date:
    return START.date() + timedelta(days=day)


def at(day: int, hour: int = 12) -> datetime:
    return START + timedelta(days=day, hours=hour - 12)


class Diary:
    """Reports to one plan, each at its own time."""

    def __init__(self, plan: Plan, library: Library) -> None:
        self.plan, self.library = plan, library

    def trained(self, day: int, *ratings: int | None) -> None:
        report = SessionReport(at(day), *(ratings or (2, 2, 2)), effort=4)
        sessions.report_session(self.plan, report, self.library, at(day))

    def woke(self, day: int, pain: int = 2) -> None:
        report = MorningReport(on(day), pain, sleep=7)
        mornings.report_morning(self.plan, report, self.library, at(day, 8))

    def settled_until_a_step_up(self) -> Decision:
        """Three calm sessions over the days that a step takes; what then waits for a yes."""
        for day in (0, 2, 4, 7):
            self.trained(day)
            self.woke(day + 1)
        query = select(Decision).filter_by(state=PROPOSED, replaced_at=None, category=STRENGTH)
        return db.session.scalars(query.order_by(Decision.effective_at.desc())).first()

    def read(self, today: int, weeks: int = 12) -> Course:
        shown = window(self.plan.starts_on, on(today), recent=weeks)
        return course(self.plan, on(today), shown)


@pytest.fixture
def diary(plan: Plan, library: Library) -> Diary:
    return Diary(plan, library)


def test_a_proposal_and_its_approval_are_two_decisions_and_the_second_has_a_name(
    diary: Diary, ana: Clinician, library: Library
) -> None:
    proposed = diary.settled_until_a_step_up()
    clinician_acts.approve(proposed, ana, library, at(9))
    told = [d for d in diary.read(10).decided if d.category == STRENGTH][-2:]
    assert [(d.move, d.step, d.waits, d.state, d.by) for d in told] == [
        ("progress", 2, True, "applied", ""),
        ("progress", 2, False, "applied", "Ana Ruiz"),
    ]
    assert told[0].why.startswith("Up to step 2")
    assert told[1].why == "Ana Ruiz approved what was proposed."


def test_a_decision_that_was_replaced_is_not_drawn(diary: Diary) -> None:
    diary.trained(0)
    before = {d.id for d in diary.read(1).decided}
    diary.woke(1, 9)
    after = {d.id for d in diary.read(1).decided}
    assert len(before) == len(after)
    assert not before & after


def test_bounds_are_told_from_the_day_on_which_they_were_signed(
    diary: Diary, plan: Plan, ana: Clinician, library: Library
) -> None:
    narrow = {"bounds": {STRENGTH: {"floor": 1, "ceiling": 2, "locked": False}}}
    plan_changes.amend(plan, narrow, ana, "calm", library, at(3))
    told = [b for b in diary.read(5).bounds if b.category == STRENGTH]
    assert told == [Bound(on(0), STRENGTH, 1, told[0].ceiling), Bound(on(3), STRENGTH, 1, 2)]


def test_the_days_of_a_pause_were_not_planned(
    diary: Diary, plan: Plan, ana: Clinician, library: Library
) -> None:
    plan_changes.pause(plan, ana, "a cold", library, at(3))
    assert diary.read(8).planned == (on(0), on(2))


def test_texts_are_those_that_left_or_failed_and_those_that_came(
    diary: Diary, plan: Plan, library: Library
) -> None:
    first, second, *rest = db.session.scalars(select(OutboundMessage)).all()
    first.state, first.accepted_at = DeliveryState.ACCEPTED, at(0, 18)
    second.state, second.due_at = DeliveryState.FAILED, at(1, 6)
    for message in rest:
        message.state = DeliveryState.CANCELLED
    db.session.commit()
    replies.receive(Inbound("SM1", plan.patient.phone, "+1", "hello"), library, at(1, 9))
    told = [(t.on, t.part_of_day, t.fate) for t in diary.read(3).texted]
    assert told == [(on(0), 0.75, "sent"), (on(1), 0.25, "unsent"), (on(1), 0.375, "came")]


def test_only_the_weeks_that_are_shown_are_asked_for(diary: Diary) -> None:
    diary.trained(0)
    diary.trained(35)
    assert {d.on for d in diary.read(36, weeks=4).decided} == {on(35)}


def test_a_longer_course_asks_no_more_of_the_database(diary: Diary, plan: Plan) -> None:
    def asked(today: int) -> int:
        db.session.expire_all()
        assert plan.patient.given_name
        with counted() as seen:
            diary.read(today)
            glance(plan.patient, plan, at(today))
        return len(seen)

    diary.trained(0)
    few = asked(1)
    for day in range(2, 12, 2):
        diary.trained(day)
        diary.woke(day + 1)
    assert asked(13) == few


def test_a_glance_counts_four_weeks_up_to_yesterday_and_names_what_waits(
    diary: Diary, plan: Plan
) -> None:
    proposed = diary.settled_until_a_step_up()
    seen = glance(plan.patient, plan, at(9))
    assert proposed in seen.waiting
    assert [d.category for d in seen.waiting] == sorted(
        (d.category for d in seen.waiting), key=[c.value for c in Category].index
    )
    assert seen.done is not None
    assert (seen.done.since, seen.done.until) == (on(0), on(8))
    assert (seen.done.completed, seen.done.prescribed) == (4, 4)


def test_before_the_first_day_is_over_nothing_was_planned_and_that_is_not_0_per_cent(
    plan: Plan,
) -> None:
    done = glance(plan.patient, plan, START).done
    assert done is not None
    assert done.share is None


def test_a_story_holds_the_act_upon_a_decision_and_the_one_that_a_morning_replaced(
    diary: Diary, ana: Clinician, library: Library, plan: Plan
) -> None:
    proposed = diary.settled_until_a_step_up()
    clinician_acts.override(proposed, 1, 0.8, "a holiday", ana, library, at(9))
    told = story(proposed, plan)
    assert [(e.by, bool(e.decision.replaced_at), e.decision.state) for e in told.trail] == [
        ("", True, "applied"),
        ("", False, "overridden"),
        ("Ana Ruiz", False, "applied"),
    ]
    assert (told.latest.by, told.is_latest, told.can_change) == ("Ana Ruiz", False, False)
    act = story(told.latest.decision, plan)
    assert (act.can_undo, act.can_change, act.can_approve) == (True, True, False)


def test_what_the_clinician_did_is_the_first_thing_that_the_patient_reads(
    diary: Diary, plan: Plan, ana: Clinician, library: Library
) -> None:
    diary.trained(0, 4, 8, 8)
    flare = latest_on(plan, STRENGTH)
    assert flare is not None
    clinician_acts.override(flare, 1, 0.6, "gardening", ana, library, at(0, 13))
    read = today(plan, on(0), library)
    assert read.why == "Your physiotherapist has looked at your plan and changed it."
    assert len(read.changes) > 1
