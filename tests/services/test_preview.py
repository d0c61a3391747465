"""The preview keeps nothing, and what it shows is what happens."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.message import Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.programs.dosage import Category
from rehab.programs.library import Library
from rehab.services import claims, consent, intake, reminders, sessions
from rehab.services.claims import Claim
from rehab.services.intake import Intake
from rehab.services.newcomers import Newcomer
from rehab.services.plans import Assignment
from rehab.services.preview import Preview, Text, preview
from rehab.services.sessions import SessionReport
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.services.test_intake import counts

URL = "https://rehab.example"
LINK = re.compile(rf"{URL}/\w+")
NILS = Newcomer("Nils", "Berg", "+442079460177", "Europe/London", "en")
SAID = Intake(
    key=UUID("11111111-2222-3333-4444-555555555555"),
    who=NILS,
    wish=Assignment("lb-subacute-6w", usual_pain=4, weekdays=(0, 2, 4)),
    lasted="3 weeks",
    agreed=consent.PHONE,
)


def look(ana: Clinician, said: Intake, library: Library, now: datetime = NOON) -> Preview:
    drafted = intake.draft(ana.clinic, said, library, now)
    return preview(drafted, bool(said.agreed), library, URL, now)


def test_a_preview_keeps_nothing(ana: Clinician, library: Library) -> None:
    before = counts()
    seen = look(ana, replace(SAID, wish=replace(SAID.wish, bedtime=time(22, 30))), library)
    assert seen.texts
    assert (list(db.session.new), list(db.session.dirty)) == ([], [])
    db.session.commit()
    assert counts() == before


EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
LIVES: list[dict[str, Any]] = [
    {},
    {"language": "es"},
    {"bedtime": time(22, 30)},
    {"weekdays": (5,), "exercise_at": time(23)},
    {"zone": "America/New_York", "starts_on": date(2026, 3, 7), "weekdays": (6, 2)},
    {"zone": "Pacific/Auckland", "exercise_at": time(9)},
    {"exercise_at": time(8), "at": datetime(2026, 3, 2, 3, 0, tzinfo=UTC)},
]
DAILY: list[dict[str, Any]] = [
    {"weekdays": EVERY_DAY},
    {"weekdays": EVERY_DAY, "bedtime": time(23), "morning_at": time(6)},
]
"""How many exercises are due on the second of two days hangs on whether the first was done."""


def lived(life: dict[str, Any]) -> tuple[Intake, datetime]:
    person = {name: life[name] for name in ("zone", "language") if name in life}
    at = life.get("at", NOON)
    wish = {name: value for name, value in life.items() if name not in (*person, "at")}
    return replace(SAID, who=replace(NILS, **person), wish=replace(SAID.wish, **wish)), at


def easy(seen: Preview, on: date, at: datetime) -> SessionReport:
    """All exercises of the day that was shown, done in the app without trouble."""
    (day,) = [day for day in seen.week if day.on == on]
    ticks = tuple(
        {"exercise_id": each.exercise.id, "done": True, "too_sore": False} for each in day.exercises
    )
    return SessionReport(at, before=2, during=2, after=2, effort=3, exercises=ticks)


def leaves(text: Text, library: Library) -> list[tuple[datetime, str]]:
    """What a worker sends at the time of one text that was shown."""
    reminders.plan_ahead(text.at - timedelta(hours=1))
    batch = claims.claim(library, URL, text.at, Claim("w", 9))
    return [(text.at, LINK.sub("LINK", each.body)) for each in batch.texts]


def shown(texts: Iterable[Text]) -> list[tuple[datetime, str]]:
    return [(text.at, LINK.sub("LINK", text.body)) for text in texts]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: "-".join(life) or "usual")
def test_the_texts_that_were_shown_leave_to_who_reports_nothing(
    ana: Clinician, library: Library, life: dict[str, Any]
) -> None:
    """Each at its time, word for word but for the link, and no other in between."""
    said, now = lived(life)
    seen = look(ana, said, library, now)
    assert len(seen.texts) >= 3
    intake.assign(ana.clinic, said, ana, library, now)
    left = [each for text in seen.texts for each in leaves(text, library)]
    assert left == shown(seen.texts)
    between = select(OutboundMessage).where(
        OutboundMessage.due_at <= seen.texts[-1].at, OutboundMessage.state == "pending"
    )
    assert db.session.scalars(between).all() == []


@pytest.mark.parametrize("life", [*LIVES, *DAILY], ids=lambda life: "-".join(life) or "usual")
def test_who_trains_gets_all_but_what_waits_for_a_session_that_is_not_reported(
    ana: Clinician, library: Library, life: dict[str, Any]
) -> None:
    said, now = lived(life)
    seen = look(ana, said, library, now)
    plan = intake.assign(ana.clinic, said, ana, library, now)
    left = []
    for text in seen.texts:
        left += leaves(text, library)
        if text.kind == Kind.EXERCISE:
            at = text.at + timedelta(minutes=9)
            sessions.report_session(plan, easy(seen, plan.patient.today(at), at), library, at)
    assert left == shown(text for text in seen.texts if not text.unless_done)


def test_who_takes_no_texts_is_shown_none(ana: Clinician, library: Library) -> None:
    assert look(ana, replace(SAID, agreed=None), library).texts == ()


def test_a_number_that_said_stop_is_shown_none(ana: Clinician, library: Library) -> None:
    with transaction():
        consent.suppress(NILS.phone, "stop", NOON)
    assert look(ana, SAID, library).texts == ()


def test_somebody_who_gets_texts_already_is_not_welcomed_again(
    ana: Clinician, maya: Patient, library: Library
) -> None:
    drafted = intake.draft(ana.clinic, replace(SAID, who=maya), library, NOON)
    seen = preview(drafted, True, library, URL, NOON)
    assert seen.texts[0].kind == "exercise"
    assert not db.session.new


def test_the_week_rests_what_was_trained_the_day_before(ana: Clinician, library: Library) -> None:
    """Strengthening every day of the week is strengthening every other day."""
    said = replace(SAID, wish=replace(SAID.wish, weekdays=EVERY_DAY))
    week = look(ana, said, library).week
    strong = [
        any(p.exercise.category is Category.STRENGTHENING for p in day.exercises) for day in week
    ]
    assert strong == [True, False, True, False, True, False, True]
    assert [day.on for day in week] == [date(2026, 3, day) for day in range(2, 9)]


def test_a_week_that_began_in_the_past_is_shown_from_today(
    ana: Clinician, library: Library
) -> None:
    said = replace(SAID, wish=replace(SAID.wish, starts_on=date(2026, 2, 20)))
    assert look(ana, said, library).week[0].on == date(2026, 3, 2)


def test_days_between_sessions_show_what_goes_on(ana: Clinician, library: Library) -> None:
    week = look(ana, SAID, library).week
    assert [day.status for day in week] == ["due", "rest", "due", "rest", "due", "rest", "rest"]
    assert [p.exercise.id for p in week[1].exercises] == ["li-walk"]
