"""Who needs somebody, and why: reasons in their order, silence, and what waits for a yes."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import alerts, clinician_acts, mornings, plan_changes, plans, replies
from rehab.services.caseload.needs import Case, Need, OpenAlert, PlanStub, cases, need_of
from rehab.services.caseload.proposals import Proposal
from rehab.services.look_over import look_over
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from tests.services.test_progression import SETTLED, START, report, settled_week, wake

PLAN = {
    status: PlanStub(uuid4(), "lb-subacute-6w", "acute", status)
    for status in ("active", "paused", "discharged", "finished")
}


def alert(level: int, kind: str = "worsening", since: datetime = START) -> OpenAlert:
    return OpenAlert(uuid4(), None, level, kind, since)


WAITING = Proposal(uuid4(), uuid4(), "green", "progress", START)
SINCE = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("status", "about", "waiting", "silent", "need"),
    [
        ("active", [alert(3)], [WAITING], SINCE, Need.NOW),
        ("paused", [alert(2, "red_flag")], [], None, Need.NOW),
        ("active", [alert(2)], [WAITING], SINCE, Need.REVIEW),
        ("finished", [alert(2)], [], None, Need.REVIEW),
        (None, [alert(2, "text_failed")], [], None, Need.REVIEW),
        ("active", [alert(1)], [WAITING], SINCE, Need.APPROVE),
        ("active", [alert(1, "silent")], [], SINCE, Need.CALL),
        ("active", [alert(1)], [], None, Need.LOOK),
        ("finished", [alert(1, "plan_ended")], [], None, Need.LOOK),
        ("paused", [], [], None, Need.LOOK),
        (None, [], [], None, Need.UNPLANNED),
        ("active", [], [], None, Need.SETTLED),
        ("finished", [], [], None, Need.ENDED),
        ("discharged", [], [], None, Need.ENDED),
    ],
)
def test_the_first_reason_that_holds_is_the_need(
    status: str | None,
    about: list[OpenAlert],
    waiting: list[Proposal],
    silent: date | None,
    need: Need,
) -> None:
    plans = [PLAN[status]] if status else []
    assert need_of(plans, about, waiting, silent) is need


def test_who_waits_longest_comes_first_and_a_higher_level_before_that() -> None:
    def case(*about: OpenAlert) -> Case:
        return Case(uuid4(), Need.NOW, alerts=about)

    old_flag = case(alert(2, "red_flag", START - timedelta(days=9)))
    older, newer = case(alert(3)), case(alert(3, since=START + timedelta(hours=1)))
    paused = case()
    found = sorted([paused, newer, old_flag, older], key=lambda one: one.waits_since)
    assert found == [older, newer, old_flag, paused]


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    """Mondays, Wednesdays and Fridays; steps up wait."""
    return plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, START)


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def case_of(patient: Patient, now: datetime) -> Case:
    return next(case for case in cases(patient.clinic_id, now) if case.patient_id == patient.id)


def test_somebody_without_a_plan_is_there_too(maya: Patient) -> None:
    assert cases(maya.clinic_id, START) == [Case(maya.id, Need.UNPLANNED)]


def test_another_clinics_patients_are_not(plan: Plan, boris: Clinician) -> None:
    assert cases(boris.clinic_id, START) == []


def test_the_latest_proposal_of_each_category_waits_until_it_is_approved(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(plan, library)
    report(plan, library, 7, SETTLED)
    wake(plan, library, 7, 4)
    case = case_of(plan.patient, after(8))
    assert case.need is Need.APPROVE
    assert [proposal.effective_at for proposal in case.proposals] == [after(7)] * 3
    assert case.may_step_up_in_bulk == case.proposals
    clinician_acts.approve_all([p.id for p in case.proposals], ana, library, after(8))
    assert case_of(plan.patient, after(8)).need is Need.SETTLED


def test_an_alert_of_level_two_takes_step_ups_out_of_the_many(plan: Plan, library: Library) -> None:
    settled_week(plan, library)
    alerts.open_alert(plan.patient, "text_failed", 1, "One.", after(5))
    assert len(case_of(plan.patient, after(5)).may_step_up_in_bulk) == 2
    alerts.open_alert(plan.patient, "spread", 2, "Two.", after(5), plan)
    case = case_of(plan.patient, after(5))
    assert (case.need, len(case.proposals), case.may_step_up_in_bulk) == (Need.REVIEW, 2, ())


def test_nothing_waits_on_a_plan_that_has_ended(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(plan, library)
    plan_changes.discharge(plan, ana, "moved away", after(5))
    assert case_of(plan.patient, after(5)) == Case(
        plan.patient_id, Need.ENDED, (PlanStub(plan.id, plan.program_id, "acute", "discharged"),)
    )


def test_of_several_plans_the_newest_that_goes_on_is_looked_at_first(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    sleep = plans.assign(plan.patient, Assignment("sleep-4w", 4), library, after(1))
    last = plans.assign(plan.patient, Assignment("wb-flare-1w", 4), library, after(2))
    plan_changes.discharge(last, ana, "over", after(2))
    case = case_of(plan.patient, after(2))
    assert [stub.id for stub in case.plans] == [sleep.id, plan.id, last.id]
    assert [stub.id for stub in case.open_plans] == [sleep.id, plan.id]


def test_a_week_without_a_word_is_a_silence_before_three_sessions_are_missed(
    maya: Patient, library: Library
) -> None:
    weekly = plans.assign(maya, Assignment("lb-subacute-6w", 4, weekdays=(0,)), library, START)
    report(weekly, library, 0, SETTLED)
    look_over(library, after(7.5))
    assert case_of(maya, after(6.9)).need is Need.SETTLED
    case = case_of(maya, after(7.5))
    assert (case.need, case.alerts, case.silent_since) == (Need.CALL, (), START.date())


def woke_on(plan: Plan, day: int, library: Library) -> None:
    said = MorningReport(on=after(day).date(), pain=3)
    mornings.report_morning(plan, said, library, after(day))


def test_a_morning_is_a_word(plan: Plan, library: Library) -> None:
    report(plan, library, 0, SETTLED)
    woke_on(plan, 4, library)
    assert case_of(plan.patient, after(8)).silent_since is None
    assert case_of(plan.patient, after(12)).silent_since == after(4).date()


def test_a_plan_that_has_not_begun_is_not_silent(maya: Patient, library: Library) -> None:
    starts_on = after(30).date()
    plans.assign(maya, Assignment("lb-subacute-6w", 4, starts_on=starts_on), library, START)
    assert case_of(maya, after(20)).need is Need.SETTLED


def silent_alert() -> Alert:
    return db.session.scalars(select(Alert).filter_by(kind="silent")).one()


def test_three_missed_sessions_are_a_silence(plan: Plan, library: Library) -> None:
    look_over(library, after(5))
    assert case_of(plan.patient, after(5)).need is Need.CALL


def test_who_has_come_back_is_no_longer_called_though_the_alert_is_open(
    plan: Plan, library: Library
) -> None:
    look_over(library, after(5))
    report(plan, library, 7, SETTLED)
    case = case_of(plan.patient, after(7))
    assert (case.need, case.silent_since) == (Need.LOOK, None)
    assert silent_alert().closed_at is None


def test_who_was_called_is_called_again_only_after_another_week(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    look_over(library, after(8))
    alerts.close_alert(ana.clinic_id, silent_alert().id, ana.id, "on holiday", after(9))
    assert case_of(plan.patient, after(15)).need is Need.SETTLED
    assert case_of(plan.patient, after(16.5)).need is Need.CALL


def test_a_word_to_one_plan_is_a_word(plan: Plan, library: Library) -> None:
    other = plans.assign(plan.patient, Assignment("sleep-4w", 4), library, START)
    look_over(library, after(6))
    assert case_of(plan.patient, after(6)).need is Need.CALL
    report(other, library, 7, SETTLED)
    assert case_of(plan.patient, after(8)).silent_since is None


def test_a_paused_plan_is_not_silent(plan: Plan, library: Library, ana: Clinician) -> None:
    plan_changes.pause(plan, ana, "surgery", library, after(1))
    assert case_of(plan.patient, after(20)).need is Need.LOOK


def test_who_was_let_go_on_after_a_pause_has_a_week_before_they_are_called(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    report(plan, library, 0, SETTLED)
    plan_changes.pause(plan, ana, "holiday", library, after(1))
    plan_changes.resume(plan, ana, "", library, after(15))
    assert case_of(plan.patient, after(15.1)).need is Need.SETTLED
    look_over(library, after(16))
    assert case_of(plan.patient, after(16)).silent_since is None
    assert case_of(plan.patient, after(22.5)).silent_since == after(15).date()


@pytest.mark.parametrize("later", [0.1, 1])
def test_a_session_of_the_day_of_the_alert_is_a_word_at_once(
    plan: Plan, library: Library, later: float
) -> None:
    alerts.open_alert(plan.patient, "silent", 1, "3 missed.", after(8 - 3 / 24), plan)
    assert case_of(plan.patient, after(8) - timedelta(hours=1)).need is Need.CALL
    report(plan, library, 8, SETTLED)
    assert case_of(plan.patient, after(8 + later)).need is Need.LOOK


def test_a_paused_plan_is_not_overlooked_behind_a_newer_one(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    plan_changes.pause(plan, ana, "waits for a scan", library, after(0))
    sleep = plans.assign(plan.patient, Assignment("sleep-4w", 4), library, after(1))
    case = case_of(plan.patient, after(1))
    assert case.need is Need.LOOK
    assert [stub.id for stub in case.plans] == [plan.id, sleep.id]


def test_a_text_that_wants_reading_is_looked_at_before_what_is_only_to_approve(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    wrote = Inbound("SM1", plan.patient.phone, "", "May I go swimming on the days between?")
    replies.receive(wrote, library, START)
    (case,) = cases(ana.clinic_id, START)
    assert (case.need, case.unread, case.alerts) == (Need.REVIEW, 1, ())
