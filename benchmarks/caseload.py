"""The caseload of a clinic of 80 and of one of 2,000 patients, each with up to eight weeks behind
them: how long its page takes and what it asks of the database, beside a clinic without a patient.

The patients are the demo's, whose courses are lived through the use cases, copied until there are
enough of them. The pages are asked in turn, so that ratios hold on a machine whose speed drifts.
"""

import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select, text

from benchmarks import stage
from benchmarks.results import Results, Row, machine, middle, options, say, table
from benchmarks.stage import POSTGRESQL
from rehab import clock
from rehab.extensions import Model, db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan, PlanTerms
from rehab.models.session import Morning, Session
from rehab.services import clinics
from rehab.services.access import sign_ins
from rehab.services.demo import open_demo
from rehab.tenancy import nowhere
from rehab.vault.columns import PhoneKey
from rehab.web.cookies import Cookie
from rehab.wiring import wiring

SIZES = (80, 2_000)
PAGES = {
    "caseload": "/clinic",
    "last page": "/clinic?page=1000",
    "search": "/clinic?q=oka",
    "step-ups": "/clinic/step-ups",
}
OF_PLANS: tuple[type[Model], ...] = (PlanTerms, Session, Morning, Decision)


@dataclass(frozen=True, slots=True)
class Desk:
    """A browser at the desk of a clinic with so many patients."""

    patients: int
    client: FlaskClient


def desks(app: Flask, sizes: Sequence[int]) -> list[Desk]:
    """A clinic of each size, and one without a patient."""
    ana = open_demo(wiring().library, clock.now())
    cast = _cast(ana)
    found = [Desk(0, _signed_in(app, _physiotherapist(0)))]
    for size in sizes:
        boss = _physiotherapist(size)
        for n in range(size):
            _copy(cast[n % len(cast)], boss.clinic_id, n)
            if n % 100 == 99:
                db.session.commit()
        db.session.commit()
        found.append(Desk(size, _signed_in(app, boss)))
    _settle()
    return found


def _physiotherapist(size: int) -> Clinician:
    now = clock.now()
    clinic = clinics.open_clinic(f"Riverside of {size}", "Europe/London", now)
    return clinics.add_clinician(clinic.id, f"boss{size}@riverside.example", "Bo Marsh", now)


def _signed_in(app: Flask, who: Clinician) -> FlaskClient:
    entered = sign_ins.start(who, "a bench", clock.now(), passed_second_factor=True)
    client = app.test_client()
    client.set_cookie(str(Cookie.SIGN_IN), entered.token)
    return client


Kept = dict[type[Model], list[dict[str, Any]]]
"""The rows of one patient, by their table."""


def _cast(ana: Clinician) -> list[Kept]:
    patients = db.session.scalars(select(Patient).filter_by(clinic_id=ana.clinic_id)).all()
    return [_kept(patient) for patient in patients]


def _kept(patient: Patient) -> Kept:
    mine = select(Plan.id).filter_by(patient_id=patient.id)
    return {
        Patient: _rows(Patient, Patient.id == patient.id),
        Plan: _rows(Plan, Plan.patient_id == patient.id),
        **{model: _rows(model, _plan_of(model).in_(mine)) for model in OF_PLANS},
        Alert: _rows(Alert, Alert.patient_id == patient.id),
    }


def _plan_of(model: Any) -> Any:
    return model.plan_id


def _rows(model: Any, condition: Any) -> list[dict[str, Any]]:
    names = [c.name for c in model.__table__.columns if not isinstance(c.type, PhoneKey)]
    found = db.session.scalars(select(model).where(condition))
    return [{name: getattr(row, name) for name in names} for row in found]


def _copy(kept: Kept, clinic_id: UUID, n: int) -> None:
    """Another patient with the same course and a name of their own."""
    ids: dict[UUID | None, UUID | None] = {None: None}
    own = {"clinic_id": clinic_id, "phone": f"+4479{n:08}"}
    for model, rows in kept.items():
        for row in rows:
            ids[row["id"]] = uuid4()
        copies = [_renamed(row, ids, own) for row in rows]
        if model is Patient:
            copies = [{**row, "family_name": f"{row['family_name']} {n:04}"} for row in copies]
        if copies:
            db.session.execute(insert(model.__table__), copies)  # type: ignore[arg-type]


def _renamed(row: dict[str, Any], ids: dict[Any, Any], own: dict[str, Any]) -> dict[str, Any]:
    linked = {k: ids.get(v, v) if isinstance(v, UUID) else v for k, v in row.items()}
    return {**linked, **{name: value for name, value in own.items() if name in row}}


def _settle() -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        postgresql = db.engine.dialect.name == "postgresql"
        connection.execute(text("VACUUM ANALYZE" if postgresql else "ANALYZE"))


@contextmanager
def _counted() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _asked(desk: Desk, path: str) -> Row:
    """One page, answered; RuntimeError where it is not."""
    with _counted() as seen, nowhere():
        began, cpu = time.perf_counter(), time.process_time()
        answer = desk.client.get(path)
        row = {
            "ms": round(1000 * (time.perf_counter() - began), 1),
            "cpu ms": round(1000 * (time.process_time() - cpu), 1),
            "queries": len(seen),
            "kB": round(len(answer.data) / 1000),
        }
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return row


def run(given: Namespace) -> None:
    results, found = Results(given.out), list[Row]()
    say(machine())
    with ExitStack() as stack:
        place = stack.enter_context(stage.folder())
        server = stack.enter_context(stage.postgres()) if POSTGRESQL in given.databases else None
        for kind in given.databases:
            with stage.database(kind, server, place) as app:
                rounds = list(_rounds(kind, desks(app, given.patients), given.rounds, results))
                found += rounds
    table(_middles(found))


def _rounds(kind: str, desks: Sequence[Desk], count: int, results: Results) -> Iterator[Row]:
    """Each page of each clinic once a round; the first round warms up and does not count."""
    for n in range(count + 1):
        for desk in desks:
            for name, path in PAGES.items():
                row = {"database": kind, "patients": desk.patients, "page": name}
                row |= _asked(desk, path)
                if n:
                    yield results.keep("caseload", row)


def _middles(rows: list[Row]) -> list[Row]:
    def kind(row: Row) -> tuple[Any, ...]:
        return row["database"], row["patients"], row["page"]

    return [_middle([r for r in rows if kind(r) == k]) for k in dict.fromkeys(map(kind, rows))]


def _middle(rows: list[Row]) -> Row:
    measured = ("ms", "cpu ms", "queries", "kB")
    names = {name: rows[0][name] for name in ("database", "patients", "page")}
    return {**names, **{name: round(middle(rows, name), 1) for name in measured}}


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--databases", nargs="+", choices=stage.BOTH, default=list(stage.BOTH))
    run(parser.parse_args())


if __name__ == "__main__":
    main()
