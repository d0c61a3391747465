"""A plan's log, walked: what is decided, what waits, and what a late entry changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import PAUSED, Plan
from rehab.programs.library import Library
from rehab.programs.program import Category, Track
from rehab.programs.progression import Bounds, Report, State, decide
from rehab.programs.weekly import weekly_trend
from rehab.services import clinician_acts, mornings, plan_changes, plans, sessions
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
SETTLED = (4, 4, 4)
FLARE = (4, 8, 8)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    return plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, START)


@pytest.fixture
def bold_plan(maya: Patient, library: Library) -> Plan:
    """A plan that steps up by itself, inside its bounds."""
    wish = Assignment("lb-subacute-6w", usual_pain=4, autonomy="bounded")
    return plans.assign(maya, wish, library, START)


def report(plan: Plan, library: Library, day: int, ratings: tuple[int, ...], **said: object):
    at = START + timedelta(days=day)
    before, during, after = ratings
    return sessions.report_session(
        plan,
        SessionReport(
            performed_at=at, before=before, during=during, after=after, **{"effort": 4, **said}
        ),
        library,
        at,
    )


def wake(plan: Plan, library: Library, day: int, pain: int) -> None:
    """The morning after the session of `day`."""
    at = START + timedelta(days=day, hours=20)
    mornings.report_morning(plan, MorningReport(on=at.date(), pain=pain), library, at)


def settled_week(plan: Plan, library: Library) -> None:
    for day in (0, 2, 4):
        report(plan, library, day, SETTLED)
        wake(plan, library, day, 4)


def standing(plan: Plan, category: str = "strengthening") -> list[Decision]:
    query = select(Decision).filter_by(plan_id=plan.id, category=category, replaced_at=None)
    return list(db.session.scalars(query.order_by(Decision.effective_at)))


def test_a_session_alone_is_decided_at_once_and_never_upwards(plan: Plan, library: Library) -> None:
    report(plan, library, 0, SETTLED)
    decision = standing(plan)[-1]
    assert (decision.zone, decision.move, decision.step) == ("unknown", "hold", 1)
    assert "R9" in decision.rules


def test_a_morning_settles_the_session_of_the_day_before_and_keeps_the_first_verdict(
    plan: Plan, library: Library
) -> None:
    session = report(plan, library, 0, SETTLED)
    wake(plan, library, 0, 4)
    assert standing(plan)[-1].zone == "green"
    both = select(Decision).filter_by(session_id=session.id, category="strengthening")
    trail = db.session.scalars(both.order_by(Decision.replaced_at.is_(None))).all()
    assert [d.zone for d in trail] == ["unknown", "green"]


def test_under_ease_a_step_up_waits_for_the_clinician(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(plan, library)
    proposal = standing(plan)[-1]
    assert (proposal.move, proposal.step, proposal.state) == ("progress", 2, "proposed")
    assert plan.loads["strengthening"]["step"] == 1

    clinician_acts.approve(proposal, ana, library, START + timedelta(days=5))
    assert plan.loads["strengthening"]["step"] == 2
    assert proposal.state == "applied"
    assert plan.loads["low-impact"]["step"] == 1


def test_a_step_up_is_approved_once(plan: Plan, library: Library, ana: Clinician) -> None:
    settled_week(plan, library)
    proposal = standing(plan)[-1]
    clinician_acts.approve(proposal, ana, library, START + timedelta(days=5))
    with pytest.raises(Conflict):
        clinician_acts.approve(proposal, ana, library, START + timedelta(days=5))


def test_bounded_steps_up_by_itself(bold_plan: Plan, library: Library) -> None:
    settled_week(bold_plan, library)
    assert standing(bold_plan)[-1].state == "applied"
    assert bold_plan.loads["strengthening"]["step"] == 2


def test_advise_lets_nothing_happen_but_a_pause(maya: Patient, library: Library) -> None:
    wish = Assignment("lb-subacute-6w", usual_pain=4, autonomy="advise", floor=1)
    plan = plans.assign(maya, wish, library, START)
    report(plan, library, 0, FLARE)
    assert standing(plan)[-1].state == "proposed"
    assert plan.loads["strengthening"]["dose"] == 1.0
    report(plan, library, 2, SETTLED, red_flags=("RF07",))
    assert plan.status == PAUSED


def test_a_flare_eases_at_once_and_opens_one_alert(plan: Plan, library: Library) -> None:
    settled_week(plan, library)
    report(plan, library, 6, FLARE)
    wake(plan, library, 6, 8)
    load = plan.loads["strengthening"]
    assert (load["step"], load["dose"]) == (1, 0.0)
    alerts = db.session.scalars(select(Alert)).all()
    assert [(a.kind, a.level) for a in alerts] == [("severe_pain", 2)]


def test_a_red_flag_pauses_every_category_and_only_a_person_resumes(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    walked = ({"exercise_id": "li-walk", "done": True, "too_sore": False},)
    report(plan, library, 0, SETTLED, red_flags=("RF01",), exercises=walked)
    assert plan.status == PAUSED
    assert all(load["paused"] for load in plan.loads.values())
    assert standing(plan, "strengthening")[-1].rules == ["R0"]

    plan_changes.resume(plan, ana, "seen and cleared", library, START + timedelta(days=3))
    assert plan.status == "active"
    assert not any(load["paused"] for load in plan.loads.values())
    assert plan.loads["strengthening"]["dose"] == 0.5


def test_an_override_keeps_the_clinicians_reason_and_the_overruled_decision(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    report(plan, library, 0, FLARE)
    verdict = standing(plan)[-1]
    at = START + timedelta(hours=3)
    clinician_acts.override(verdict, 1, 0.75, "spoke on the phone", ana, library, at)
    act = standing(plan)[-1]
    assert (act.reason, act.dose, act.clinician_id) == ("spoke on the phone", 0.75, ana.id)
    assert verdict.state == "overridden"
    assert plan.loads["strengthening"]["dose"] == 0.75


@pytest.mark.parametrize(("step", "reason", "field"), [(9, "why not", "step"), (1, " ", "reason")])
def test_an_override_must_lie_in_the_bounds_and_say_why(
    plan: Plan, library: Library, ana: Clinician, step: int, reason: str, field: str
) -> None:
    report(plan, library, 0, FLARE)
    with pytest.raises(Invalid) as refused:
        clinician_acts.override(standing(plan)[-1], step, 1.0, reason, ana, library, START)
    assert set(refused.value.errors) == {field}


def test_an_approval_holds_when_its_session_is_walked_again(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    """A second morning answer that changes nothing must not undo what was approved since."""
    settled_week(plan, library)
    approved_at = START + timedelta(days=5)
    clinician_acts.approve(standing(plan)[-1], ana, library, approved_at)
    wake(plan, library, 4, 4)
    assert plan.loads["strengthening"]["step"] == 2


def test_an_approval_falls_when_a_correction_takes_its_ground_away(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(plan, library)
    clinician_acts.approve(standing(plan)[-1], ana, library, START + timedelta(days=5))
    wake(plan, library, 4, 9)
    assert plan.loads["strengthening"]["step"] == 1


def test_a_late_session_is_walked_in_its_place(
    bold_plan: Plan, library: Library, maya: Patient
) -> None:
    """Reported out of order or in order, the log ends in the same decisions."""
    days = (0, 2, 4, 7, 9)
    ratings = {0: SETTLED, 2: (4, 7, 5), 4: SETTLED, 7: SETTLED, 9: SETTLED}
    for day in (0, 4, 9, 2, 7):
        late = START + timedelta(days=12)
        before, during, after = ratings[day]
        said = SessionReport(
            performed_at=START + timedelta(days=day), before=before, during=during, after=after
        )
        sessions.report_session(bold_plan, said, library, late)
    in_order = Assignment("lb-subacute-6w", usual_pain=4, autonomy="bounded")
    other = plans.assign(maya, in_order, library, START)
    for day in days:
        report(other, library, day, ratings[day], effort=None)

    def told(plan: Plan) -> list[tuple[object, ...]]:
        return [(d.on, d.zone, d.move, d.step, d.dose, d.rules) for d in standing(plan)]

    assert told(bold_plan) == told(other)
    assert bold_plan.loads == other.loads


def test_the_server_decides_as_the_policy_alone_does(bold_plan: Plan, library: Library) -> None:
    log = [(0, 4, 4, 4, 4), (2, 3, 4, 4, 5), (4, 4, 6, 5, 6), (7, 4, 4, 4, 4), (9, 3, 3, 3, 3)]
    for day, before, during, after, morning in log:
        report(bold_plan, library, day, (before, during, after))
        wake(bold_plan, library, day, morning)
    state, expected = State(step=1), []
    mornings = [(day, morning) for day, *_, morning in log]
    for day, before, during, after, morning in log:
        state, verdict = decide(
            state,
            Report(day, before, during, after, morning, effort=4),
            4,
            library.policies[Track.ACUTE],
            Category.STRENGTHENING,
            Bounds(1, 5),
            {},
            weekly_trend(mornings, 4, day, library.policies[Track.ACUTE]),
        )
        expected.append((verdict.zone, verdict.move, verdict.step, verdict.dose, verdict.rules))
    found = [(d.zone, d.move, d.step, d.dose, tuple(d.rules)) for d in standing(bold_plan)]
    assert found == expected


def test_the_same_report_again_changes_nothing(plan: Plan, library: Library) -> None:
    said = SessionReport(performed_at=START, before=4, during=4, after=4)
    first = sessions.report_session(plan, said, library, START)
    again = sessions.report_session(plan, said, library, START + timedelta(hours=1))
    assert first is again
    assert len(db.session.scalars(select(Decision)).all()) == 3


def test_an_id_that_says_something_else_is_a_conflict(plan: Plan, library: Library) -> None:
    said = SessionReport(performed_at=START, before=4, during=4, after=4)
    sessions.report_session(plan, said, library, START)
    other = SessionReport(performed_at=START, before=4, during=5, after=4, id=said.id)
    with pytest.raises(Conflict):
        sessions.report_session(plan, other, library, START)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (SessionReport(performed_at=START + timedelta(hours=1)), "performed_at"),
        (SessionReport(performed_at=START - timedelta(days=1)), "performed_at"),
        (SessionReport(performed_at=START, red_flags=("RF99",)), "red_flags.0"),
        (
            SessionReport(
                performed_at=START,
                exercises=({"exercise_id": "no-such", "done": True, "too_sore": False},),
            ),
            "exercises.0.exercise_id",
        ),
    ],
)
def test_a_report_that_cannot_be_is_refused_by_field(
    plan: Plan, library: Library, said: SessionReport, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        sessions.report_session(plan, said, library, START)
    assert set(refused.value.errors) == {field}
    assert not db.session.scalars(select(Decision)).all()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (MorningReport(on=date(2026, 3, 3), pain=4), "on"),
        (MorningReport(on=date(2026, 3, 1), pain=4), "on"),
        (MorningReport(on=date(2026, 3, 2)), "pain"),
    ],
)
def test_a_morning_that_cannot_be_is_refused_by_field(
    plan: Plan, library: Library, said: MorningReport, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        mornings.report_morning(plan, said, library, START)
    assert set(refused.value.errors) == {field}


def test_a_session_by_text_without_ratings_never_steps_up(plan: Plan, library: Library) -> None:
    for day in (0, 2, 4, 7, 9):
        at = START + timedelta(days=day)
        sessions.report_session(plan, SessionReport(performed_at=at, after=2), library, at, "sms")
        wake(plan, library, day, 2)
    assert {d.zone for d in standing(plan)} == {"unknown"}
    assert plan.loads["strengthening"]["step"] == 1
