"""The demo clinic: what a visitor must find there, whenever they come."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import mean, pstdev

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from rehab import create_app
from rehab.errors import Conflict
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinic
from rehab.models.decision import PROPOSED, Decision
from rehab.models.measure import Measurement
from rehab.models.message import DeliveryState, InboundMessage, Kind, OutboundMessage
from rehab.models.note import Note
from rehab.models.patient import Patient
from rehab.models.plan import PAUSED, Plan
from rehab.models.session import Morning, Session
from rehab.programs.library import Library
from rehab.services.demo import cast, open_demo
from rehab.services.demo.cast import CAST, Course
from rehab.services.demo.diary import diary
from rehab.services.demo.roster import roster
from rehab.services.inbox.listing import waiting
from rehab.settings import Settings

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def seeded(number: int) -> Random:
    return Random(number)  # noqa: S311 - a made-up diary, not a secret


def course_of_events() -> list[tuple[object, ...]]:
    """Every decision without its ids, in order."""
    rows = db.session.execute(
        select(Patient.phone, Decision)
        .join(Plan, Plan.id == Decision.plan_id)
        .join(Patient, Patient.id == Plan.patient_id)
    )
    return sorted(
        (phone, d.effective_at, d.category, d.decided_at, d.move, d.step, d.dose, d.why, d.state)
        for phone, d in rows
    )


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Flask:
    """A demo clinic as it stands on a Monday at noon; looked at, never changed."""
    return demo_at(NOON, tmp_path_factory, library)


def demo_at(now: datetime, folder: pytest.TempPathFactory, library: Library) -> Flask:
    app = create_app(Settings(data_dir=folder.mktemp("demo")))
    with app.app_context():
        db.create_all()
        open_demo(library, now)
    return app


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 4, 5, 3, 30, tzinfo=UTC),
        datetime(2026, 10, 30, 21, 45, tzinfo=UTC),
    ],
    ids=["a Sunday after the clocks changed", "a Friday night"],
)
def test_a_visitor_finds_every_state_whenever_they_come(
    now: datetime, tmp_path_factory: pytest.TempPathFactory, library: Library
) -> None:
    app = demo_at(now, tmp_path_factory, library)
    with app.app_context():
        moves = Counter(db.session.scalars(select(Decision.move).filter_by(clinician_id=None)))
        approved = select(Decision).where(Decision.clinician_id.is_not(None))
        rows = roster(db.session.scalars(select(Clinic.id)).one())
        assert moves["progress"] > 0
        assert moves["regress"] + moves["rest_regress"] > 0
        assert moves["deload"] > 0
        assert db.session.scalars(approved).first() is not None
        assert any(row.proposals for row in rows)
        assert [row.alerts[0].kind for row in rows if row.alerts and row.alerts[0].level == 3] == [
            "red_flag"
        ]
        assert [
            row.patient.given_name for row in rows if row.plan and row.plan.status == PAUSED
        ] == ["Marcus"]
        db.engine.dispose()


def test_the_whole_cast_is_there_with_a_plan_each(opened: Flask) -> None:
    with opened.app_context():
        rows = roster(db.session.scalars(select(Clinic.id)).one())
        assert [row.patient.phone for row in rows] == [character.phone for character in CAST]
        assert all(row.plan and row.about for row in rows)
        assert {row.patient.zone for row in rows} >= {
            "Europe/London",
            "America/New_York",
            "Australia/Sydney",
        }
        assert sum(row.patient.language == "es" for row in rows) == 2


def test_the_same_seed_and_time_give_the_same_decisions(
    opened: Flask, tmp_path_factory: pytest.TempPathFactory, library: Library
) -> None:
    again = demo_at(NOON, tmp_path_factory, library)
    with opened.app_context():
        first = course_of_events()
    with again.app_context():
        assert course_of_events() == first
        db.engine.dispose()
    assert len(first) > 200


def test_nobody_is_texted_for_days_that_are_gone(opened: Flask) -> None:
    with opened.app_context():
        texts = db.session.scalars(select(OutboundMessage)).all()
        assert len([t for t in texts if t.kind == Kind.WELCOME]) == len(CAST)
        assert all(text.due_at >= NOON for text in texts)
        assert {text.state for text in texts} == {DeliveryState.PENDING}


def test_nothing_lies_in_the_future_or_before_its_plan(opened: Flask) -> None:
    with opened.app_context():
        for session in db.session.scalars(select(Session)):
            plan = db.session.get_one(Plan, session.plan_id)
            assert plan.starts_on <= session.on
            assert plan.created_at <= session.performed_at <= NOON
        assert max(db.session.scalars(select(Decision.decided_at))) <= NOON
        assert max(db.session.scalars(select(Morning.reported_at))) <= NOON


def test_the_silent_patient_has_been_silent_for_nine_days(opened: Flask) -> None:
    with opened.app_context():
        found = db.session.scalars(select(Patient))
        (eleanor,) = [each for each in found if each.given_name == "Eleanor"]
        plan = db.session.scalars(select(Plan).filter_by(patient_id=eleanor.id)).one()
        last = max(db.session.scalars(select(Session.on).filter_by(plan_id=plan.id)))
        assert (eleanor.today(NOON) - last).days > 9


def test_a_red_flag_silences_the_plan_after_it(opened: Flask) -> None:
    with opened.app_context():
        alert = db.session.scalars(select(Alert).filter_by(kind="red_flag")).one()
        sessions = db.session.scalars(select(Session).filter_by(plan_id=alert.plan_id)).all()
        latest = max(sessions, key=lambda session: session.performed_at)
        assert latest.red_flags == ["RF06"]
        assert [s for s in sessions if s.red_flags] == [latest]


def test_a_second_start_keeps_what_is_there(opened: Flask, library: Library) -> None:
    with opened.app_context():
        ana = open_demo(library, NOON + timedelta(days=1))
        assert ana.email == cast.CLINICIAN_EMAIL
        assert db.session.scalar(text("select count(*) from patient")) == len(CAST)


def test_a_demo_never_moves_in_with_a_real_clinic(
    app: Flask, riverside: Clinic, library: Library
) -> None:
    with pytest.raises(Conflict, match="clinic of its own"):
        open_demo(library, NOON)
    assert db.session.scalars(select(Patient)).all() == []


def test_a_proposal_waits_and_stands_first_in_the_roster(opened: Flask) -> None:
    with opened.app_context():
        rows = roster(db.session.scalars(select(Clinic.id)).one())
        waiting = [row for row in rows if row.proposals]
        assert waiting
        assert all(row.decision and row.decision.state == PROPOSED for row in waiting)


@pytest.mark.parametrize("character", CAST, ids=lambda character: character.given_name)
def test_ratings_stay_on_the_scale(character: cast.Character) -> None:
    for day in diary(character.course, 56, seeded(3)):
        ratings = (day.before, day.during, day.after, day.morning, day.sleep, day.effort)
        assert all(0 <= rating <= 10 for rating in ratings)
        assert day.before <= day.during


def test_a_made_up_diary_has_the_noise_of_real_ones() -> None:
    course = Course(start=5, end=5, sd=1.1)
    pains = [day.before for day in diary(course, 4000, seeded(1))]
    deviations = [pain - mean(pains) for pain in pains]
    carried = mean(a * b for a, b in pairwise(deviations)) / pstdev(pains) ** 2
    assert 1.0 <= pstdev(pains) <= 1.3
    assert 0.2 <= carried <= 0.3


def test_a_share_of_sessions_and_mornings_is_missed() -> None:
    days = diary(Course(start=4, end=4), 4000, seeded(1))
    assert mean(day.trained for day in days) == pytest.approx(0.80, abs=0.03)
    assert mean(day.woke for day in days) == pytest.approx(0.85, abs=0.03)


def test_a_flare_lifts_the_last_days_only() -> None:
    course = Course(start=2, end=2, sd=0.0, strain=0.0, flare_ago=6)
    assert [day.before for day in diary(course, 10, seeded(1))] == [2] * 4 + [5] * 6


def test_the_desk_finds_notes_answers_and_texts_that_want_a_person(
    app: Flask, library: Library
) -> None:
    ana = open_demo(library, NOON)
    kinds = (Note, Measurement, InboundMessage)
    kept = [db.session.scalar(select(func.count()).select_from(kind)) for kind in kinds]
    assert kept == [5, 8, 2]
    assert waiting(ana.clinic_id).replies == 2
