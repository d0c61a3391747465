"""Red flags: whoever asks, whatever the tier, the same flag does the same thing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.screening import Screening
from rehab.programs.library import Library
from rehab.programs.program import Program
from rehab.programs.screening import Occasion
from rehab.services import clinician_acts, corrections, plan_changes, plans, safety, sessions
from rehab.services.plans import Assignment
from rehab.services.safety import ScreeningReport
from rehab.services.sessions import SessionReport
from rehab.services.today import today
from tests.services.test_progression import SETTLED, START, report, standing

FLAGS = [f"RF{n:02}" for n in range(1, 20)]
TIER_S = {"RF11", "RF12", "RF13", "RF14", "RF15", "RF16", "RF17", "RF18"}
TODAY = START.date()


@pytest.fixture(params=["acute", "chronic"])
def plan(request: pytest.FixtureRequest, maya: Patient, library: Library) -> Plan:
    program = "lb-subacute-6w" if request.param == "acute" else "lb-chronic-12w"
    return plans.assign(maya, Assignment(program, usual_pain=4), library, START)


def outcome(plan: Plan) -> tuple[str, bool, list[tuple[int, str]]]:
    alerts = db.session.scalars(select(Alert).filter_by(plan_id=plan.id)).all()
    held = all(load["review_open"] for load in plan.loads.values())
    return plan.status, held, [(alert.level, alert.kind) for alert in alerts]


def expected(plan: Plan, flag: str) -> tuple[str, bool, list[tuple[int, str]]]:
    if flag not in TIER_S:
        return "paused", False, [(3, "red_flag")]
    if plan.track == "acute":
        return "paused", False, [(2, "red_flag")]
    return "active", True, [(2, "red_flag")]


@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_in_a_session_does_what_its_tier_says(
    plan: Plan, library: Library, flag: str
) -> None:
    report(plan, library, 0, SETTLED, red_flags=(flag,))
    assert outcome(plan) == expected(plan, flag)


@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_in_a_screening_does_the_same(plan: Plan, library: Library, flag: str) -> None:
    safety.answer(plan, ScreeningReport(TODAY, (flag,)), library, START)
    assert outcome(plan) == expected(plan, flag)
    decisions = db.session.scalars(select(Decision).filter_by(plan_id=plan.id)).all()
    assert len(decisions) == len(plan.loads)
    assert all(d.rules == ["R0"] and d.clinician_id is None for d in decisions)
    assert all(load["step"] == 1 for load in plan.loads.values())


def test_only_a_clinician_takes_a_flag_away(plan: Plan, library: Library, ana: Clinician) -> None:
    safety.answer(plan, ScreeningReport(TODAY, ("RF07", "RF12")), library, START)
    safety.answer(plan, ScreeningReport(TODAY), library, START + timedelta(hours=1))
    assert plan.status == "paused"
    alert = db.session.scalars(select(Alert)).one()
    later = START + timedelta(days=1)
    clinician_acts.close_alert(alert.id, "fever gone", ana, library, later)
    assert plan.status == "paused"
    plan_changes.resume(plan, ana, "seen", library, later)
    assert plan.status == "active"
    assert standing(plan)[-1].clinician_id == ana.id


def test_the_questions_follow_the_schedule(plan: Plan, library: Library) -> None:
    first = safety.questions_on(plan, TODAY, library)
    assert (first.occasion, len(first.red_flags)) == (Occasion.INTAKE, 19)
    safety.answer(plan, ScreeningReport(TODAY), library, START)
    same_day = safety.questions_on(plan, TODAY, library)
    assert (same_day.occasion, len(same_day.red_flags)) == (None, 11)
    week = safety.questions_on(plan, TODAY + timedelta(days=7), library)
    assert (week.occasion, len(week.red_flags)) == (Occasion.WEEKLY, 19)
    assert [s.occasion for s in db.session.scalars(select(Screening))] == ["intake"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (ScreeningReport(TODAY + timedelta(days=1)), "on"),
        (ScreeningReport(TODAY - timedelta(days=2)), "on"),
        (ScreeningReport(TODAY, ("RF01", "RF00")), "red_flags.1"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_by_field(
    plan: Plan, library: Library, said: ScreeningReport, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        safety.answer(plan, said, library, START)
    assert set(refused.value.errors) == {field}
    assert db.session.scalars(select(Screening)).all() == []


def test_a_plan_that_has_ended_is_not_screened(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    plan_changes.discharge(plan, ana, "", START)
    with pytest.raises(Conflict):
        safety.answer(plan, ScreeningReport(TODAY), library, START)


def test_a_flag_counts_even_when_nothing_was_done(plan: Plan, library: Library) -> None:
    first = Program.from_dict(plan.program).phases[0].exercises[0].id
    nothing = ({"exercise_id": first, "done": False, "too_sore": False},)
    session = report(plan, library, 0, (4, 10, 10), exercises=nothing, red_flags=("RF04",))
    assert session.categories
    assert plan.status == "paused"


def test_a_late_flag_is_not_cleared_by_a_resume_that_knew_nothing_of_it(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    later = START + timedelta(days=2)
    plan_changes.pause(plan, ana, "a cold", library, later)
    plan_changes.resume(plan, ana, "well again", library, later)
    said = SessionReport(performed_at=START, before=4, during=4, after=4, red_flags=("RF04",))
    session = sessions.report_session(plan, said, library, later + timedelta(hours=1))
    assert plan.status == "paused"
    plan_changes.resume(plan, ana, "seen now", library, later + timedelta(hours=2))
    assert plan.status == "active"
    changes = {"red_flags": ("RF04", "RF07")}
    corrections.correct_session(session, plan, changes, "maya", library, later + timedelta(hours=3))
    assert plan.status == "paused"


def test_a_paused_plan_offers_nothing_even_on_the_day_of_its_session(
    plan: Plan, library: Library
) -> None:
    report(plan, library, 0, SETTLED, red_flags=("RF01",))
    held = today(plan, TODAY, library)
    assert (held.status, held.exercises) == ("paused", ())
