"""A mark: the same only while what a plan offers is the same, whatever happens to it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, precondition, run_state_machine_as_test

from rehab.api.today import TODAY_OUT
from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import plans
from rehab.services.plan_marks import PlanMark, mark_of
from rehab.services.plans import Assignment
from rehab.services.today import today
from tests.conftest import NOON
from tests.services.test_course_machine import CourseMachine, server


class MarkedLife(CourseMachine):
    """A plan that lives through anything, asked for its day after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[tuple[object, ...], object] = {}
        self.marks: list[PlanMark] = []

    @invariant()
    @precondition(lambda self: hasattr(self, "plan"))
    def one_mark_has_one_answer(self) -> None:
        plan = db.session.get_one(Plan, self.plan.id, populate_existing=True)
        mark = mark_of(plan.patient.clinic_id, plan.id)
        for on in (mark.today(self.now), self.now.date()):
            for before in (None, 7):
                fresh = TODAY_OUT.dump(today(plan, on, self.library, before))
                assert self.answers.setdefault((mark, on, before), fresh) == fresh
        if not self.marks or self.marks[-1] != mark:
            assert mark not in self.marks
            self.marks.append(mark)


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[Flask]:
    app = server(tmp_path_factory.mktemp("marks"))
    CourseMachine.app, CourseMachine.library = app, library
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_mark_has_one_answer_and_does_not_come_back(lived_in: Flask) -> None:
    run_state_machine_as_test(
        MarkedLife,
        settings=settings(
            max_examples=25, stateful_step_count=20, suppress_health_check=list(HealthCheck)
        ),
    )


def test_another_clinics_plan_has_no_mark(
    maya: Patient, boris: Clinician, library: Library
) -> None:
    plan = plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, NOON)
    assert mark_of(maya.clinic_id, plan.id).patient_id == maya.id
    with pytest.raises(NotFound):
        mark_of(boris.clinic_id, plan.id)
