"""One log, told in any order: late sessions and mornings are walked in their place."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from rehab.extensions import db
from rehab.programs.library import Library
from rehab.programs.schedule import occurrence
from rehab.services import clinics, enrolment, plans
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from tests.services import course_invariants as invariants
from tests.services.test_course_machine import flagged, reports, server, wishes

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = server(tmp_path_factory.mktemp("order"))
    yield app
    with app.app_context():
        db.engine.dispose()


@st.composite
def logs(draw: st.DrawFn) -> list[SessionReport | MorningReport]:
    """Sessions and mornings of three weeks, in order."""
    log: list[SessionReport | MorningReport] = []
    for day in draw(st.sets(st.integers(0, 20), min_size=2, max_size=8).map(sorted)):
        on = date(2026, 3, 24) + day * DAY
        at = occurrence(on, time(draw(st.integers(0, 23))), "Europe/London")
        log.append(SessionReport(at, **draw(reports), red_flags=draw(flagged)))
        if draw(st.integers(0, 4)):
            log.append(MorningReport(on + DAY, draw(st.integers(2, 6)), draw(st.just(7))))
    return log


@settings(max_examples=25)
@given(data=st.data(), log=logs(), wish=wishes)
def test_one_log_told_in_any_order_ends_in_the_same_decisions(
    lived_in: Flask, library: Library, data: st.DataObject, log: list[Any], wish: Assignment
) -> None:
    shuffled = data.draw(st.permutations(log))
    start, told_at = datetime(2026, 3, 24, 0, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC)
    with lived_in.app_context():
        clinic = clinics.open_clinic("Riverside", "Europe/London", start)
        said = {"given_name": "Maya", "phone": "+442079460123", "zone": "Europe/London"}
        ends = []
        for order in (log, shuffled):
            maya = enrolment.enrol(clinic.id, said, "ana", start)
            plan = plans.assign(maya, wish, library, start)
            for entry in order:
                invariants.tell(plan, entry, library, told_at)
            ends.append((plan.status, plan.loads, invariants.verdicts(plan)))
        db.session.remove()
    assert ends[0] == ends[1]
