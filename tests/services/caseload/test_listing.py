"""The caseload: sorted by need, sifted, found by name or number, and a page at a time."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert

from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import alerts, enrolment, mornings, plan_changes, plans, sessions
from rehab.services.actors import acting_as, actor_of
from rehab.services.caseload import listing as caseload
from rehab.services.caseload.listing import Caseload, Wish
from rehab.services.caseload.needs import Need
from rehab.services.caseload.rows import Glance
from rehab.services.look_over import look_over
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from tests.queries import counted
from tests.services.test_progression import SETTLED, START, report, settled_week

NAMES = ("Ben", "Zoë", "Álvaro", "ana")


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def enrolled(clinic: Clinic, name: str, number: int, family_name: str = "") -> Patient:
    said = {
        "given_name": name,
        "family_name": family_name,
        "phone": f"+4477009002{number:02}",
        "zone": "Europe/London",
    }
    return enrolment.enrol(clinic.id, said, "ana@riverside.example", START)


def load(clinic: Clinic, now: datetime = START, **wish: Any) -> Caseload:
    return caseload.caseload(clinic, Wish(**wish), now)


def names(found: Caseload) -> list[str]:
    return [row.name for group in found.groups for row in group.rows]


def row(clinic: Clinic, now: datetime) -> Glance:
    """The first."""
    return load(clinic, now).groups[0].rows[0]


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    """Mondays, Wednesdays and Fridays; steps up wait."""
    return plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, START)


@pytest.fixture
def settled(riverside: Clinic, library: Library) -> list[Patient]:
    """Four who need nobody."""
    people = [enrolled(riverside, name, number) for number, name in enumerate(NAMES)]
    for person in people:
        plans.assign(person, Assignment("neck-desk-6w", 3), library, START)
    return people


def test_an_empty_clinic_has_an_empty_caseload(riverside: Clinic) -> None:
    found = load(riverside)
    assert (found.groups, found.total, found.everybody, found.pages, found.first) == (
        (),
        0,
        0,
        1,
        0,
    )


def test_whoever_needs_somebody_comes_first_and_the_rest_by_name(
    riverside: Clinic, plan: Plan, settled: list[Patient]
) -> None:
    alerts.open_alert(plan.patient, "red_flag", 3, "Paused at step 1.", after(1), plan)
    alerts.open_alert(settled[1], "text_failed", 2, "A text failed.", after(0))
    found = load(riverside, after(2))
    assert [(g.need, g.count) for g in found.groups] == [
        (Need.NOW, 1),
        (Need.REVIEW, 1),
        (Need.SETTLED, 3),
    ]
    assert names(found) == ["Maya Lindqvist", "Zoë", "Álvaro", "ana", "Ben"]
    assert found.groups[0].rows[0].about == "Paused at step 1."


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ({"named": "zoe"}, ["Zoë"]),
        ({"named": "LIND may"}, ["Maya Lindqvist"]),
        ({"named": "nobody"}, []),
        ({"named": "020 7946 0123"}, ["Maya Lindqvist"]),
        ({"named": "+44 7700 900201"}, ["Zoë"]),
        ({"named": "07700 900999"}, []),
        ({"track": "chronic"}, []),
        ({"program_id": "lb-subacute-6w"}, ["Maya Lindqvist"]),
        ({"need": Need.SETTLED, "named": "an"}, ["ana"]),
        ({"need": Need.NOW}, []),
        ({"stands": "unplanned"}, ["Ivo"]),
        ({"stands": "paused"}, ["Ben"]),
        ({"stands": "active", "named": "a"}, ["Álvaro", "ana", "Maya Lindqvist"]),
    ],
)
def test_it_is_sifted_as_wished(
    riverside: Clinic,
    plan: Plan,
    settled: list[Patient],
    library: Library,
    ana: Clinician,
    wish: dict[str, Any],
    found: list[str],
) -> None:
    enrolled(riverside, "Ivo", 50)
    bens = db.session.query(Plan).filter_by(patient_id=settled[0].id).one()
    plan_changes.pause(bens, ana, "", library, START)
    assert names(load(riverside, **wish)) == found


@pytest.mark.parametrize("stands", ["active", "paused"])
def test_whoever_has_a_plan_of_either_kind_is_found_by_both(
    riverside: Clinic, plan: Plan, library: Library, ana: Clinician, stands: str
) -> None:
    plan_changes.pause(plan, ana, "waits for a scan", library, START)
    plans.assign(plan.patient, Assignment("sleep-4w", 4), library, after(1))
    assert names(load(riverside, after(1), stands=stands)) == ["Maya Lindqvist"]


def test_who_was_let_go_is_found_by_name_and_left_out_otherwise(
    riverside: Clinic, plan: Plan, ana: Clinician
) -> None:
    plan_changes.discharge(plan, ana, "all well", START)
    assert names(load(riverside)) == []
    assert load(riverside).everybody == 1
    for wish in ({"named": "maya"}, {"stands": "ended"}, {"stands": "everybody"}):
        found = load(riverside, **wish)
        assert [(g.need, len(g.rows)) for g in found.groups] == [(Need.ENDED, 1)]
    assert names(load(riverside, named="maya", stands="current")) == []


def test_those_whom_somebody_assigned_are_found_by_the_audit(
    riverside: Clinic, plan: Plan, ana: Clinician, library: Library
) -> None:
    ben = enrolled(riverside, "Ben", 1)
    with acting_as(actor_of(ana)):
        plans.assign(ben, Assignment("neck-desk-6w", 3), library, START)
    assert names(load(riverside, assigned_by=ana.id)) == ["Ben"]
    assert names(load(riverside, assigned_by=uuid4())) == []


def test_pages_hold_so_many_rows_and_leave_nobody_out(
    riverside: Clinic, plan: Plan, settled: list[Patient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caseload, "A_PAGE", 2)
    alerts.open_alert(settled[0], "text_failed", 2, "A text failed.", after(0))
    pages = [load(riverside, page=number) for number in (1, 2, 3)]
    assert [names(page) for page in pages] == [
        ["Ben", "Álvaro"],
        ["ana", "Maya Lindqvist"],
        ["Zoë"],
    ]
    assert [(page.first, page.pages, page.total) for page in pages] == [
        (1, 3, 5),
        (3, 3, 5),
        (5, 3, 5),
    ]
    assert pages[1].groups[0].count == 4
    assert load(riverside, page=99) == pages[2]


def test_a_row_tells_of_the_plan_the_pain_and_the_sessions(
    riverside: Clinic, plan: Plan, library: Library
) -> None:
    settled_week(plan, library)
    one = row(riverside, after(8))
    assert one.plan is not None
    assert (one.plan.program, one.plan.week, one.plan.weeks) == (plan.program["name"], 2, 6)
    assert [rating for _, rating in one.pain.after] == [4, 4, 4]
    assert [on for on, _ in one.pain.mornings] == [after(d).date() for d in (1, 3, 5)]
    assert (one.pain.usual, one.last_session_on) == (4, after(4).date())
    assert {(w.category, w.from_step, w.to_step) for w in one.waiting} == {
        ("strengthening", 1, 2),
        ("low-impact", 1, 2),
    }
    assert all(waiting.is_up for waiting in one.waiting)


def done(clinic: Clinic, now: datetime) -> tuple[int, int]:
    counted = row(clinic, now).done
    assert counted is not None
    return counted.completed, counted.prescribed


def test_a_session_of_today_counts_once_it_is_done(
    riverside: Clinic, plan: Plan, library: Library
) -> None:
    assert done(riverside, after(0)) == (0, 0)
    report(plan, library, 0, SETTLED)
    assert done(riverside, after(0)) == (1, 1)
    assert done(riverside, after(4)) == (1, 2)
    assert done(riverside, after(5)) == (1, 3)


def test_a_session_of_which_nothing_was_done_is_told_and_not_counted(
    riverside: Clinic, plan: Plan, library: Library
) -> None:
    report(plan, library, 0, SETTLED, completion=0)
    one = row(riverside, after(1))
    assert (done(riverside, after(1)), one.last_session_on) == ((0, 1), START.date())


def test_nothing_is_prescribed_during_a_pause_nor_counted_afterwards(
    riverside: Clinic, plan: Plan, library: Library, ana: Clinician
) -> None:
    report(plan, library, 0, SETTLED)
    plan_changes.pause(plan, ana, "surgery", library, after(1))
    assert row(riverside, after(8)).done is None
    plan_changes.resume(plan, ana, "", library, after(8))
    report(plan, library, 9, SETTLED)
    report(plan, library, 11, SETTLED)
    assert done(riverside, after(12)) == (3, 3)
    assert done(riverside, after(40)) == (0, 6)


def test_plans_that_run_side_by_side_are_one_row(
    riverside: Clinic, plan: Plan, library: Library
) -> None:
    report(plan, library, 0, SETTLED)
    sleep = plans.assign(
        plan.patient, Assignment("sleep-4w", 2, weekdays=(0, 1)), library, after(1)
    )
    said = SessionReport(after(1), 1, 1, 1, completion=100)
    sessions.report_session(sleep, said, library, after(1))
    one = row(riverside, after(2))
    assert one.plan is not None
    assert (one.plan.id, one.plan.more) == (sleep.id, 1)
    assert [rating for _, rating in one.pain.after] == [4, 1]
    assert done(riverside, after(2)) == (2, 2)


def test_dates_are_the_patients_own(riverside: Clinic, library: Library) -> None:
    said = {"given_name": "Aroha", "phone": "+6421000123", "zone": "Pacific/Auckland"}
    aroha = enrolment.enrol(riverside.id, said, "ana@riverside.example", START)
    hers = plans.assign(aroha, Assignment("lb-subacute-6w", 4), library, START)
    report(hers, library, 0, SETTLED)
    one = row(riverside, START)
    assert (one.today, one.last_session_on) == (date(2026, 3, 3), date(2026, 3, 3))


def test_only_whoever_is_to_be_rung_up_has_a_number_there(
    riverside: Clinic, plan: Plan, settled: list[Patient], library: Library
) -> None:
    report_morning = MorningReport(on=after(5).date(), pain=2)
    mornings.report_morning(plan, report_morning, library, after(5))
    for person in settled:
        theirs = db.session.query(Plan).filter_by(patient_id=person.id).one()
        said = MorningReport(on=after(1).date(), pain=2)
        mornings.report_morning(theirs, said, library, after(1))
    look_over(library, after(4))
    found = load(riverside, after(9))
    phones = {r.name: r.phone for group in found.groups for r in group.rows}
    assert phones["ana"] == "+447700900203"
    assert phones["Maya Lindqvist"] is None
    assert found.groups[0].need is Need.CALL
    assert {r.silent_days for r in found.groups[0].rows} == {8}


def copies(row: Any, differences: list[dict[str, Any]]) -> None:
    table = type(row).__table__
    kept = {c.name: getattr(row, c.name) for c in table.columns if c.name != "phone_key"}
    db.session.execute(insert(table), [{**kept, **each} for each in differences])


def test_a_hundred_times_the_patients_are_no_more_queries(
    riverside: Clinic, plan: Plan, library: Library
) -> None:
    settled_week(plan, library)
    alerts.open_alert(plan.patient, "danger_words", 3, "numb", after(5))

    def asked() -> int:
        db.session.expire_all()
        db.session.refresh(riverside)
        with counted() as seen:
            load(riverside, after(5), named="maya")
        return len(seen)

    first = asked()
    ids = [(uuid4(), uuid4()) for _ in range(99)]
    copies(plan.patient, [{"id": patient} for patient, _ in ids])
    copies(plan, [{"id": id_, "patient_id": patient} for patient, id_ in ids])
    db.session.commit()
    assert load(riverside, after(5), named="maya").total == 100
    assert asked() == first <= 20


def test_another_clinics_patients_are_never_in_it(
    riverside: Clinic, plan: Plan, boris: Clinician
) -> None:
    for wish in (Wish(), Wish(named="maya"), Wish(named="+442079460123"), Wish(stands="everybody")):
        found = caseload.caseload(boris.clinic, wish, START)
        assert replace(found, counts={}) == Caseload((), {}, 0, 0, 0, 1, 1, 0, ())


def test_colleagues_are_in_the_order_of_their_names(ana: Clinician, boris: Clinician) -> None:
    assert caseload.colleagues(ana.clinic_id) == [ana]
