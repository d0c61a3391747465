"""The walls between clinics: nothing without a clinic, nothing beyond it, nothing around them."""

import ast
import gc
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.orm import aliased, joinedload

from rehab.extensions import Base, db, insert_into
from rehab.models.alert import Alert
from rehab.models.clinic import ApiToken, Clinic, Clinician
from rehab.models.decision import Decision
from rehab.models.message import Conversation, InboundMessage, OutboundMessage, SmsConsent
from rehab.models.patient import Patient
from rehab.models.plan import Plan, PlanTerms
from rehab.models.sending import Gate
from rehab.models.session import Morning, Session
from rehab.programs.library import Library
from rehab.services import alerts, enrolment, mornings, plans, sessions, tokens
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.tenancy import ForeignRow, NoClinic, across_clinics, nowhere, of_clinic, scope, walls
from rehab.tenancy.ways import SHARED, is_shared, links, own_column
from rehab.worker import Ticker
from tests.conftest import NOON
from tests.doubles.clock import SetClock
from tests.test_architecture import REHAB, lies_in

FILLED = (
    Clinic,
    Clinician,
    ApiToken,
    Patient,
    Plan,
    PlanTerms,
    Session,
    Decision,
    Morning,
    Alert,
    OutboundMessage,
    SmsConsent,
)
"""Models of which both clinics have rows below."""


def tenants() -> list[type[Any]]:
    return [m.class_ for m in Base.registry.mappers if not is_shared(m.local_table)]


@pytest.fixture
def both(ana: Clinician, boris: Clinician, maya: Patient, library: Library) -> dict[str, Any]:
    """A whole story in Ana's clinic and the same one in Boris's."""
    said = {"given_name": "Nils", "phone": "+493012345678", "zone": "Europe/Berlin"}
    nils = enrolment.enrol(boris.clinic_id, {**said, "sms_consent": True}, boris.email, NOON)
    stories = {"ours": _story(ana, maya, library), "theirs": _story(boris, nils, library)}
    db.session.expunge_all()
    return stories


def _story(clinician: Clinician, patient: Patient, library: Library) -> dict[str, Any]:
    plan = plans.assign(patient, Assignment("lb-subacute-6w", usual_pain=4), library, NOON)
    said = SessionReport(NOON, before=4, during=4, after=4)
    session = sessions.report_session(plan, said, library, NOON)
    mornings.report_morning(plan, MorningReport(NOON.date(), pain=3), library, NOON)
    alerts.open_alert(patient, "test", 1, "a test", NOON, plan)
    tokens.issue_token(clinician.email, (), NOON)
    db.session.commit()
    return {
        "clinic": clinician.clinic_id,
        "clinician": clinician.id,
        "patient": patient.id,
        "plan": plan.id,
        "session": session.id,
        "decision": db.session.scalars(select(Decision.id).filter_by(plan_id=plan.id)).first(),
    }


def ids(model: type[Any], *where: Any) -> set[Any]:
    key = model.__mapper__.primary_key[0]
    return set(db.session.scalars(select(getattr(model, key.name)).where(*where)))


@pytest.fixture
def quietly(app: Flask) -> Iterator[None]:
    """Leave nothing in the unit of work that a test was not allowed to write."""
    yield
    db.session.rollback()


def test_every_table_leads_to_a_clinic_or_is_named_as_shared(app: Flask) -> None:
    lost = [
        model.__name__
        for model in tenants()
        if own_column(model.__table__) is None and not links(model.__table__)
    ]
    tables = {m.local_table.name for m in Base.registry.mappers}
    assert (lost, set(SHARED) - tables) == ([], set())


@pytest.mark.parametrize(
    "ask",
    [
        lambda: db.session.scalars(select(Patient)).all(),
        lambda: db.session.scalar(select(func.count()).select_from(Session)),
        lambda: db.session.scalar(select(func.count()).where(Alert.level == 1)),
        lambda: db.session.scalar(select(exists().where(Plan.track == "acute"))),
        lambda: db.session.scalars(select(Gate).where(exists().where(Plan.track == "x"))).all(),
        lambda: db.session.execute(update(Patient).values(language="es")),
        lambda: db.session.execute(delete(OutboundMessage)),
        lambda: db.session.execute(insert_into(Clinic).values(name="X", zone="UTC")),
        lambda: db.session.execute(text("SELECT * FROM patient")),
        lambda: db.session.execute(Patient.__table__.select()),  # type: ignore[attr-defined]
        lambda: db.session.get(Patient, uuid4()),
    ],
)
def test_where_no_clinic_is_open_nothing_is_asked(
    app: Flask, quietly: None, ask: Callable[[], Any]
) -> None:
    with nowhere(), pytest.raises(NoClinic):
        ask()


def test_where_no_clinic_is_open_nothing_is_written(maya: Patient, quietly: None) -> None:
    maya.language = "es"
    with nowhere(), pytest.raises(NoClinic):
        db.session.flush()


def test_a_row_that_is_held_is_not_got_where_no_clinic_is_open(maya: Patient) -> None:
    assert db.session.get(Patient, maya.id) is maya
    with nowhere(), pytest.raises(NoClinic):
        db.session.get(Patient, maya.id)


def test_what_is_shared_needs_no_clinic(app: Flask) -> None:
    with nowhere():
        assert db.session.scalars(select(Gate)).all() == []


@pytest.mark.parametrize("model", FILLED)
def test_a_clinic_sees_all_of_its_own_rows_and_no_others(
    both: dict[str, Any], model: type[Any]
) -> None:
    everybodys = ids(model)
    with of_clinic(both["ours"]["clinic"]):
        ours = ids(model)
        counted = db.session.scalar(select(func.count()).select_from(model))
        shut_out = db.session.scalars(select(model)).all()
    with of_clinic(both["theirs"]["clinic"]):
        theirs = ids(model)
    assert ours
    assert theirs
    assert ours | theirs == everybodys
    assert not ours & theirs
    assert counted == len(shut_out) == len(ours)


@pytest.mark.parametrize("name", ["clinic", "clinician", "patient", "plan", "session", "decision"])
@pytest.mark.parametrize("held", [False, True], ids=["read", "held"])
def test_a_foreign_row_is_got_by_nobody_even_where_it_is_held(
    both: dict[str, Any], name: str, held: bool
) -> None:
    models = {m.__name__.lower(): m for m in tenants()}
    kept = db.session.get(models[name], both["theirs"][name]) if held else None
    with of_clinic(both["ours"]["clinic"]):
        assert db.session.get(models[name], both["theirs"][name]) is None
        assert db.session.get(models[name], both["ours"][name]) is not None
    assert held == (kept is not None)


def test_a_foreign_row_that_is_held_cannot_be_read_anew(both: dict[str, Any]) -> None:
    held = db.session.get_one(Patient, both["theirs"]["patient"])
    with of_clinic(both["ours"]["clinic"]), pytest.raises(Exception, match="refresh"):
        db.session.refresh(held)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: select(aliased(Patient)),
        lambda: select(Plan).options(joinedload(Plan.patient)),
        lambda: select(Session).join(Plan, Plan.id == Session.plan_id).join(Plan.patient),
        lambda: select(Plan.id).where(exists().where(Session.plan_id == Plan.id)),
        lambda: select(Plan.id).where(Plan.patient_id.in_(select(Patient.id))),
        lambda: select(func.count()).where(Decision.dose > -1),
    ],
)
def test_walls_stand_in_joins_aliases_and_subqueries(
    both: dict[str, Any], ask: Callable[[], Any]
) -> None:
    """The two stories are alike: each clinic sees half of what all see."""
    rows = {}
    for name, open_ in (
        ("all", across_clinics("to compare")),
        ("ours", of_clinic(both["ours"]["clinic"])),
        ("theirs", of_clinic(both["theirs"]["clinic"])),
    ):
        with open_:
            found = db.session.execute(ask()).all()
        counts = len(found) == 1 and isinstance(found[0][0], int)
        rows[name] = found[0][0] if counts else len(found)
    assert rows["ours"] == rows["theirs"] > 0
    assert rows["all"] == 2 * rows["ours"]


def test_a_statement_that_was_compiled_for_one_clinic_serves_the_next(both: dict[str, Any]) -> None:
    asked = select(Patient.id)
    found = []
    for whose in ("ours", "theirs", "ours"):
        with of_clinic(both[whose]["clinic"]):
            found.append(db.session.scalars(asked).one())
    assert found == [both[whose]["patient"] for whose in ("ours", "theirs", "ours")]


def test_a_statement_is_walled_in_once_and_forgotten_with_whoever_asks_it(
    both: dict[str, Any],
) -> None:
    asked, before = select(Patient.id), set(walls._KNOWN)
    with of_clinic(both["ours"]["clinic"]):
        for question in (asked, asked, select(Patient.zone)):
            db.session.scalars(question).one()
    del question
    gc.collect()
    assert set(walls._KNOWN) - before == {asked}


def test_an_update_and_a_delete_stop_at_the_wall(both: dict[str, Any], quietly: None) -> None:
    with of_clinic(both["ours"]["clinic"]):
        db.session.execute(update(Patient).values(language="es"))
        db.session.execute(update(Morning).values(sleep=1))
        db.session.execute(delete(OutboundMessage))
    theirs = db.session.get_one(Patient, both["theirs"]["patient"])
    assert theirs.language == "en"
    assert set(db.session.scalars(select(Morning.sleep))) == {1, None}
    assert ids(OutboundMessage, OutboundMessage.clinic_id == both["ours"]["clinic"]) == set()
    assert ids(OutboundMessage) != set()


def test_nothing_is_written_into_another_clinic(both: dict[str, Any], quietly: None) -> None:
    theirs = both["theirs"]
    held = db.session.get_one(Patient, theirs["patient"])
    rows = (
        Morning(plan_id=theirs["plan"], on=NOON.date(), reported_at=NOON),
        Conversation(patient_id=theirs["patient"], plan_id=theirs["plan"]),
        Clinician(clinic_id=theirs["clinic"], email="x@example.org", name="X", created_at=NOON),
        Plan(patient=held),
        InboundMessage(provider_sid="SM1", sender="+1", recipient="+2", body="", received_at=NOON),
    )
    for row in rows:
        with of_clinic(both["ours"]["clinic"]):
            with db.session.no_autoflush:
                db.session.add(row)
            with pytest.raises(ForeignRow):
                db.session.flush()
        db.session.expunge(row)


def test_a_row_neither_goes_to_another_clinic_nor_comes_from_one(
    both: dict[str, Any], quietly: None
) -> None:
    ours, theirs = both["ours"], both["theirs"]
    for kept, to in ((ours, theirs), (theirs, ours)):
        patient = db.session.get_one(Patient, kept["patient"])
        with of_clinic(ours["clinic"]):
            patient.clinic_id = to["clinic"]
            with pytest.raises(ForeignRow):
                db.session.flush()
        db.session.rollback()
    with of_clinic(ours["clinic"]), pytest.raises(ForeignRow):
        db.session.execute(update(Patient).values(clinic_id=theirs["clinic"]))
    with of_clinic(ours["clinic"]), pytest.raises(ForeignRow):
        db.session.execute(update(Plan).values(patient_id=theirs["patient"]))


def test_a_foreign_row_is_not_removed(both: dict[str, Any], quietly: None) -> None:
    alert = db.session.scalars(select(Alert).filter_by(clinic_id=both["theirs"]["clinic"])).one()
    with of_clinic(both["ours"]["clinic"]):
        db.session.delete(alert)
        with pytest.raises(ForeignRow):
            db.session.flush()


@pytest.mark.parametrize("how", ["values", "parameters", "several values"])
def test_rows_inserted_without_a_unit_of_work_are_looked_at(
    both: dict[str, Any], quietly: None, how: str
) -> None:
    """A whole batch is refused for one row in it."""
    rows = [{"name": "X", "clinic_id": both[w]["clinic"], "email": w} for w in ("ours", "theirs")]
    rows = [{**row, "id": uuid4(), "created_at": NOON, "role": "clinician"} for row in rows]
    insert = insert_into(Clinician)

    def put(which: list[dict[str, Any]]) -> None:
        if how == "parameters":
            db.session.execute(insert, which)
        else:
            db.session.execute(insert.values(which if how == "several values" else which[-1]))

    with of_clinic(both["ours"]["clinic"]):
        put(rows[:1])
        with pytest.raises(ForeignRow):
            put(rows)


def test_one_clinic_may_not_be_asked_about_in_sql_of_ones_own(both: dict[str, Any]) -> None:
    with of_clinic(both["ours"]["clinic"]):
        with pytest.raises(NoClinic):
            db.session.execute(text("SELECT 1"))
        with pytest.raises(NoClinic):
            db.session.execute(Patient.__table__.select())  # type: ignore[attr-defined]
        with pytest.raises(NoClinic):
            db.session.execute(select(Plan.id).union(select(Plan.id)))
        assert db.session.scalar(select(func.lower("A"))) == "a"


def test_a_request_leaves_nothing_open_behind_it(app: Flask, as_ana: Any) -> None:
    with nowhere():
        assert as_ana("GET", "/patients").status_code == 200
        assert scope() is None


def test_a_request_begins_where_no_clinic_is_open(app: Flask, as_ana: Any) -> None:
    """Whatever is open around it: a door that says nothing finds nothing."""
    seen = []
    app.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append(scope()))
    try:
        with across_clinics("the tests"):
            as_ana("GET", "/patients")
    finally:
        app.before_request_funcs[None].pop(0)
    assert seen == [None]


def test_a_job_of_the_worker_says_itself_that_it_is_for_all(
    both: dict[str, Any], app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    ticker = Ticker(app, SetClock(NOON))
    db.session.remove()
    with nowhere():
        for name in ticker.jobs:
            ticker._run(name)
    ticker.stop()
    assert "failed" not in caplog.text


@pytest.mark.parametrize(
    "command",
    [
        ["clinic", "create", "Third", "--zone", "UTC"],
        ["token", "create", "ana@riverside.example", "--days", "9", "--scope", "admin"],
        ["token", "list", "ana@riverside.example"],
        ["reminders", "status"],
        ["reminders", "recover", "--since", "2026-03-02T12:00Z"],
        ["reminders", "send"],
    ],
)
def test_a_command_says_itself_that_it_is_for_all(
    app: Flask, ana: Clinician, command: list[str]
) -> None:
    db.session.remove()
    with nowhere():
        done = app.test_cli_runner().invoke(args=command, catch_exceptions=False)
    assert done.exit_code == 0, done.output


CORE = {"text", "Table", "table", "literal_column", "create_engine"}
AROUND = {
    "exec_driver_sql",
    "connection",
    "raw_connection",
    "from_statement",
    "bulk_save_objects",
    "bulk_insert_mappings",
    "bulk_update_mappings",
    "__table__",
    "metadata",
    "engine",
}
"""What would go round the walls: SQL as text, tables instead of models, connections."""

AUDITED = {
    "rehab.cli.doctor": "opens the vault of the database that it looks at",
    "rehab.cli.serve": "closes its connections before it forks",
    "rehab.cli.transfer": "the two databases of a transfer, of all clinics",
    "rehab.extensions": "sets up the connections; the migrations' revision",
    "rehab.factory": "hands the engine to the vault",
    "rehab.models": "conditions of indexes; the keyring, which is of no clinic",
    "rehab.services.audit": "an append-only chain a clinic, every statement by its clinic's id",
    "rehab.services.audit_chain": "the same chain, read",
    "rehab.services.backups": "closes its connections before the file under them is swapped",
    "rehab.services.doctor": "asks the database about itself",
    "rehab.services.claims": "one statement marks a claim's texts, which were read by the worker",
    "rehab.services.dumps": "the names of the tables that a restore replaces",
    "rehab.services.kept_answers": "a table of no clinic, by a hash of who asked and what for",
    "rehab.services.keys": "seals every row of the database anew",
    "rehab.services.outbox": "waits for PostgreSQL's call to the workers; no row is read",
    "rehab.services.outcomes": "one statement for the texts of a claim that were accepted",
    "rehab.services.sessions": "the names of a session's columns",
    "rehab.services.transfer": "every row of every clinic, from one database into another",
    "rehab.services.watch": "how many connections PostgreSQL has in use",
    "rehab.tenancy": "the walls themselves",
}
"""Who may all the same, and for what."""


def ways_around(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            found += [alias.name for alias in node.names if alias.name in CORE]
        elif isinstance(node, ast.Attribute) and node.attr in AROUND:
            found.append(node.attr)
    return found


def test_only_audited_modules_go_round_the_walls() -> None:
    around = {m for m, source in REHAB.items() if ways_around(source) and "settings" not in m}
    loose = {m for m in around if not any(lies_in(m, place) for place in AUDITED)}
    idle = {p for p in AUDITED if not any(lies_in(m, p) for m in around)}
    assert (loose, idle) == (set(), set())


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from sqlalchemy import text", ["text"]),
        ("rows = Patient.__table__.select()", ["__table__"]),
        ("db.session.connection().execute(x)", ["connection"]),
        ("with db.engine.connect() as c: c.exec_driver_sql(x)", ["engine", "exec_driver_sql"]),
        ("db.session.scalars(select(Patient))", []),
    ],
)
def test_a_way_round_the_walls_is_seen(source: str, found: list[str]) -> None:
    assert sorted(ways_around(source)) == sorted(found)
