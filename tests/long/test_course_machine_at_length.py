"""The same plan, lived through for longer: run with `--hypothesis-profile=long`."""

from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from rehab.extensions import db
from rehab.programs.library import Library
from tests.services.test_course_machine import CourseMachine, server

pytestmark = pytest.mark.skipif(
    settings.get_current_profile_name() != "long", reason="takes long: --hypothesis-profile=long"
)


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[Flask]:
    app = server(tmp_path_factory.mktemp("machine"))
    CourseMachine.app, CourseMachine.library = app, library
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_invariants_hold_over_long_lives(lived_in: Flask) -> None:
    run_state_machine_as_test(
        CourseMachine,
        settings=settings(
            max_examples=1000, stateful_step_count=50, suppress_health_check=list(HealthCheck)
        ),
    )
