"""How much was done, wherever it is told: by the weekdays of the time, and without the pauses."""

from datetime import datetime, timedelta

import pytest

from rehab.charts.window import Window
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan, PlanTerms
from rehab.programs.adherence import Adherence
from rehab.programs.library import Library
from rehab.services import plan_changes, plans
from rehab.services.adherence import adherence
from rehab.services.caseload.needs import cases
from rehab.services.caseload.rows import glances
from rehab.services.glance import glance
from rehab.services.look_over import look_over
from rehab.services.phase_ends import phase_end
from rehab.services.plans import Assignment
from rehab.services.report import report_of, span_of
from rehab.services.timeline import course
from tests.services.test_progression import SETTLED, START, report

EVERY_DAY = list(range(7))


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def assigned(maya: Patient, library: Library, *weekdays: int) -> Plan:
    return plans.assign(maya, Assignment("lb-subacute-6w", 4, weekdays=weekdays), library, START)


def told(plan: Plan, library: Library, days: int) -> dict[str, tuple[int, int]]:
    """Done of prescribed on every page that says so, on a day of the plan from 0."""
    now = after(days)
    today, yesterday = plan.patient.today(now), plan.patient.today(now) - timedelta(days=1)
    [case] = cases(plan.patient.clinic_id, now)
    counted: dict[str, Adherence | None] = {
        "patient": glance(plan.patient, plan, now).done,
        "plan": adherence(plan, plan.starts_on, yesterday),
        "phase": phase_end(plan, now).done,
        "row": glances([case], now)[0].done,
    }
    written = report_of(plan, span_of(plan, today, None, None), library, now)
    found = {page: (one.completed, one.prescribed) for page, one in counted.items() if one}
    return found | {"report": (written.done, written.planned)}


def test_a_pause_is_nothing_missed_on_any_page(
    maya: Patient, library: Library, ana: Clinician
) -> None:
    plan = assigned(maya, library, 0, 2, 4)
    for day in (0, 2, 4):
        report(plan, library, day, SETTLED)
    plan_changes.pause(plan, ana, "holiday", library, after(5))
    plan_changes.resume(plan, ana, "", library, after(12))
    pages = told(plan, library, 13)
    assert pages == dict.fromkeys(("patient", "plan", "phase", "row", "report"), (3, 3))
    look_over(library, after(13))
    assert db.session.query(Alert).filter_by(kind="silent").count() == 0


def test_a_phase_can_be_left_after_a_pause(maya: Patient, library: Library, ana: Clinician) -> None:
    plan = assigned(maya, library)
    for day in (0, 2, 4):
        report(plan, library, day, SETTLED)
    plan_changes.pause(plan, ana, "holiday", library, after(5))
    plan_changes.resume(plan, ana, "", library, after(26))
    assert plan_changes.advance_phase(plan, ana, "", library, after(26)).phase == 1


def test_other_weekdays_leave_the_days_before_them_as_they_were(
    maya: Patient, library: Library, ana: Clinician
) -> None:
    plan = assigned(maya, library, 0)
    for day in (0, 7, 14):
        report(plan, library, day, SETTLED)
    plan_changes.amend(plan, {"weekdays": EVERY_DAY}, ana, "", library, after(20))
    pages = told(plan, library, 20)
    assert pages == {page: (2, 2) if page == "row" else (3, 3) for page in pages}
    today = maya.today(after(20))
    planned = course(plan, today, Window(plan.starts_on, today, True)).planned
    assert planned == tuple(maya.today(after(day)) for day in (0, 7, 14, 20))
    assert adherence(plan, plan.starts_on, maya.today(after(22))).prescribed == 6


@pytest.mark.parametrize(("weekdays", "prescribed"), [(None, 3), ([0, 1], 2)])
def test_terms_without_weekdays_are_read_as_the_plans_own(
    maya: Patient, library: Library, weekdays: list[int] | None, prescribed: int
) -> None:
    plan = assigned(maya, library, 0, 2, 4)
    db.session.query(PlanTerms).update({"weekdays": weekdays})
    assert adherence(plan, plan.starts_on, maya.today(after(6))).prescribed == prescribed
