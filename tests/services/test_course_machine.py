"""A plan that lives through anything: late reports, corrections, acts of clinicians, journeys.

After each step every safety invariant of the clinical specification holds on what is stored.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event

from rehab import create_app
from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.decision import PROPOSED
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.programs.program import Track
from rehab.services import (
    clinician_acts,
    clinics,
    corrections,
    enrolment,
    mornings,
    plan_changes,
    plans,
    sessions,
)
from rehab.services import safety as red_flags
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.safety import ScreeningReport
from rehab.services.sessions import SessionReport
from rehab.settings import Settings
from tests.services import course_invariants as invariants
from tests.services.course_invariants import Trail, rows

STARTS = [
    datetime(2026, 3, 2, 12, tzinfo=UTC),
    datetime(2026, 3, 24, 9, tzinfo=UTC),
    datetime(2026, 10, 20, 16, tzinfo=UTC),
]
"""Days before the clocks change: America on 8 March and 1 November, Europe on 29 March and 25
October."""

ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"]
PROGRAMS = ["lb-subacute-6w", "lb-chronic-12w", "ub-6w", "wb-low-impact-12w"]
"""Between them they hold all five categories."""

FLAGS = ["RF01", "RF07", "RF12"]
"""One of each tier: emergency, urgent, to be seen."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

usual_pains = st.sampled_from([1.0, 3.0, 4.0, 4.5, 7.0])
seldom = st.sampled_from([False] * 7 + [True])
autonomies = st.sampled_from(["bounded", "bounded", "ease", "ease", "advise"])
wishes = st.builds(
    Assignment,
    st.sampled_from(PROGRAMS),
    usual_pain=usual_pains,
    track=st.sampled_from([None, Track.ACUTE, Track.CHRONIC]),
    autonomy=autonomies,
    floor=st.sampled_from([1, 1, 2]),
    ceiling=st.sampled_from([None, None, 2, 3]),
)
ratings = st.one_of(st.just(4), st.just(3), st.integers(0, 10), st.none())
reports = st.fixed_dictionaries(
    {"before": ratings, "during": ratings, "after": ratings},
    optional={
        "effort": st.sampled_from([None, 4, 9]),
        "completion": st.sampled_from([0, 50, 100]),
        "not_completed_because": st.sampled_from(["sore", "time"]),
        "new_areas": st.sampled_from([(), ("neck",)]),
        "doms": st.booleans(),
    },
)
flagged = st.sampled_from([()] * 6 + [(flag,) for flag in FLAGS])
bounds_changes = st.sampled_from(
    [
        {"locked": True},
        {"locked": False},
        {"floor": 1, "ceiling": 1},
        {"floor": 1, "ceiling": 2},
        {"floor": 1, "ceiling": 3},
        {"floor": 2, "ceiling": 3},
    ]
)


class CourseMachine(RuleBasedStateMachine):
    """One plan and its clinician; `now` only ever moves forward, by a second with each step."""

    app: Flask
    library: Library
    lives = count(1)

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        self.plan: Plan
        self.ana: Clinician
        self.told: list[SessionReport] = []
        self.retold: set[UUID] = set()
        self.trail = Trail()
        life = next(self.lives)
        self.ids = (UUID(int=(life << 64) + n) for n in count())

    def teardown(self) -> None:
        db.session.rollback()
        db.session.remove()
        self.context.pop()

    @initialize(
        start=st.sampled_from(STARTS),
        zone=st.sampled_from(ZONES),
        wish=wishes,
        ahead=st.sampled_from([-3, 0, 0, 0, 2]),
    )
    def assign(self, start: datetime, zone: str, wish: Assignment, ahead: int) -> None:
        self.now = start
        clinic = clinics.open_clinic("Riverside", "Europe/London", start)
        self.ana = clinics.add_clinician(clinic.id, f"{clinic.id}@riverside.example", "Ana", start)
        said = {"given_name": "Maya", "phone": "+442079460123", "zone": zone, "sms_consent": True}
        maya = enrolment.enrol(clinic.id, said, self.ana.email, start)
        values = {name: getattr(wish, name) for name in wish.__dataclass_fields__}
        values["starts_on"] = maya.today(start) + ahead * DAY
        self.plan = plans.assign(maya, Assignment(**values), self.library, start)

    # What the patient does

    @rule(n=st.integers(2, 5), apart=st.sampled_from([1, 2, 3]), pain=st.integers(0, 3))
    def train_well(self, n: int, apart: int, pain: int) -> None:
        """Some sessions in order, each with its morning."""
        for _ in range(n):
            self.now += apart * DAY
            pains = dict.fromkeys(("before", "during", "after"), pain)
            self._report(self.now - 15 * HOUR, {**pains, "effort": 4})
            self._wake(self.plan.patient.today(self.now), pain, 8)

    @rule(said=reports, flags=flagged, ahead=st.sampled_from([-5, 0, 0, 8]), idle=seldom)
    def train(self, said: dict[str, Any], flags: tuple[str, ...], ahead: int, idle: bool) -> None:
        """A session of now; a phone's clock may run ahead. With `idle` nothing of it was done."""
        ticks = tuple({"exercise_id": e, "done": False, "too_sore": False} for e in self._ids())
        report = {**said, "red_flags": flags, "exercises": ticks if idle else ()}
        self._report(self.now + timedelta(minutes=ahead), report)

    @rule(said=reports, flags=flagged, days=st.integers(0, 20), hours=st.integers(0, 23))
    def train_and_tell_later(
        self, said: dict[str, Any], flags: tuple[str, ...], days: int, hours: int
    ) -> None:
        self._report(self.now - days * DAY - hours * HOUR, {**said, "red_flags": flags})

    @rule(n=st.integers(3, 5), ago=st.integers(8, 20), pain=st.integers(0, 3))
    def tell_of_good_weeks_late(self, n: int, ago: int, pain: int) -> None:
        """Sessions and mornings of weeks ago, as from a diary on paper."""
        said = {**dict.fromkeys(("before", "during", "after"), pain), "effort": 4}
        for days in range(ago, ago - 2 * n, -2):
            at = self.now - days * DAY
            if days > 1 and self._is_in_the_plan(at):
                self._report(at, said)
                self._wake(self.plan.patient.today(at) + DAY, pain, 8)

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        """The same report once more, as from a phone that saw no answer."""
        said = data.draw(st.sampled_from(self.told))
        assume(said.id not in self.retold)
        before = rows(self.plan)
        sessions.report_session(self.plan, said, self.library, self.now)
        assert rows(self.plan) == before

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def tell_another_by_the_same_id(self, data: st.DataObject) -> None:
        said = data.draw(st.sampled_from(self.told))
        other = SessionReport(said.performed_at, before=10, note="another", id=said.id)
        before = rows(self.plan)
        with pytest.raises(Conflict):
            sessions.report_session(self.plan, other, self.library, self.now)
        assert rows(self.plan) == before

    @rule(
        ago=st.integers(0, 12),
        pain=st.one_of(st.just(3), st.integers(0, 10)),
        sleep=st.sampled_from([None, 2, 8]),
    )
    def wake(self, ago: int, pain: int, sleep: int | None) -> None:
        """Tell a morning, late or not, or tell it differently."""
        self._wake(self.plan.patient.today(self.now) - ago * DAY, pain, sleep)

    @precondition(lambda self: self.told)
    @rule(
        data=st.data(),
        said=reports,
        flags=flagged,
        moved=st.sampled_from([0, 0, 0, -30, -3, 2, 26]),
        keep=st.booleans(),
    )
    def correct(
        self, data: st.DataObject, said: dict[str, Any], flags: Any, moved: int, keep: bool
    ) -> None:
        """Tell a session differently, or at another time; with `keep` the ratings stand."""
        known = data.draw(st.sampled_from(self.told))
        session = db.session.get_one(Session, known.id)
        at = session.performed_at + moved * HOUR
        changes = {**({} if keep else said), "red_flags": flags, "performed_at": at}
        assume(self._is_in_the_plan(at))
        corrections.correct_session(session, self.plan, changes, "maya", self.library, self.now)
        self.retold.add(known.id)

    @rule(flags=flagged, days=st.sampled_from([0, 1]))
    def answer_the_questions(self, flags: tuple[str, ...], days: int) -> None:
        on = self.plan.patient.today(self.now) - days * DAY
        assume(on >= self.plan.starts_on - DAY)
        red_flags.answer(self.plan, ScreeningReport(on, flags), self.library, self.now)

    @rule(zone=st.sampled_from(ZONES))
    def travel(self, zone: str) -> None:
        enrolment.amend(self.plan.patient, {"zone": zone}, "maya", self.now)

    @rule(days=st.sampled_from([0, 1, 1, 3, 7, 15, 30]), hours=st.integers(0, 23))
    def time_goes_by(self, days: int, hours: int) -> None:
        self.now += days * DAY + hours * HOUR

    # What the clinician does

    @rule()
    def approve_all(self) -> None:
        for decision in invariants.standing(self.plan):
            if decision.state == PROPOSED:
                self._try(clinician_acts.approve, decision, self.ana, self.library)

    @rule(data=st.data(), step=st.integers(1, 5), dose=st.sampled_from([0.0, 0.5, 1.0]))
    def override(self, data: st.DataObject, step: int, dose: float) -> None:
        decisions = invariants.standing(self.plan)
        assume(decisions)
        latest = {decision.category: decision for decision in decisions}
        decision = latest[data.draw(st.sampled_from(sorted(latest)))]
        try:
            clinician_acts.override(decision, step, dose, "spoke", self.ana, self.library, self.now)
        except Invalid:
            bounds = self.plan.bounds[decision.category]
            assert not bounds["floor"] <= step <= bounds["ceiling"]

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        acts = [
            d for d in invariants.standing(self.plan) if d.inputs.get("act") in invariants.BY_HAND
        ]
        assume(acts)
        act = data.draw(st.sampled_from(acts))
        self._try(clinician_acts.undo, act, self.ana, "a slip", self.library)

    @rule()
    def pause(self) -> None:
        self._try(plan_changes.pause, self.plan, self.ana, "holiday", self.library)

    @precondition(lambda self: self.plan.status == PAUSED)
    @rule()
    def resume(self) -> None:
        self.trail.lift()
        plan_changes.resume(self.plan, self.ana, "seen", self.library, self.now)
        assert self.plan.status == ACTIVE

    @rule(data=st.data(), change=bounds_changes)
    def bind(self, data: st.DataObject, change: dict[str, Any]) -> None:
        category = data.draw(st.sampled_from(sorted(self.plan.bounds)))
        self._amend({"bounds": {category: change}})

    @rule(
        change=st.one_of(
            st.fixed_dictionaries({"usual_pain": usual_pains}),
            st.fixed_dictionaries({"track": st.sampled_from(["acute", "chronic"])}),
            st.fixed_dictionaries({"autonomy": autonomies}),
        )
    )
    def give_other_terms(self, change: dict[str, Any]) -> None:
        self._amend(change)

    @rule()
    def advance_phase(self) -> None:
        self._try(plan_changes.advance_phase, self.plan, self.ana, "", self.library)

    @rule(data=st.data())
    def close_an_alert(self, data: st.DataObject) -> None:
        alerts = invariants.alerts(self.plan, closed=False)
        assume(alerts)
        alert: Alert = data.draw(st.sampled_from(alerts))
        self.trail.lift()
        clinician_acts.close_alert(alert.id, "called", self.ana, self.library, self.now)

    # What holds, whatever happened

    @invariant()
    def nothing_unsafe_is_stored(self) -> None:
        if not hasattr(self, "plan"):
            return
        self.now += timedelta(seconds=1)
        db.session.expire_all()
        for check in invariants.OF_WHAT_STANDS:
            check(self.plan)
        self.trail.check(self.plan)

    @invariant()
    def today_shows_no_more_than_the_state_allows(self) -> None:
        if hasattr(self, "plan"):
            invariants.today_is_within_the_state(self.plan, self.now, self.library)
            invariants.nothing_is_texted_for_a_stopped_plan(self.plan, self.now)

    @invariant()
    def walking_it_again_changes_nothing(self) -> None:
        if hasattr(self, "plan"):
            invariants.is_a_fixed_point(self.plan, self.library, self.now)

    def _report(self, at: datetime, values: dict[str, Any]) -> None:
        if self._is_in_the_plan(at):
            said = SessionReport(performed_at=at, id=next(self.ids), **values)
            sessions.report_session(self.plan, said, self.library, self.now)
            self.told.append(said)

    def _is_in_the_plan(self, at: datetime) -> bool:
        began = self.plan.patient.today(at) >= self.plan.starts_on
        return began and at <= self.now + sessions.CLOCK_SKEW

    def _wake(self, on: date, pain: int, sleep: int | None) -> None:
        if on >= self.plan.starts_on:
            said = MorningReport(on, pain, sleep)
            mornings.report_morning(self.plan, said, self.library, self.now)

    def _amend(self, changes: dict[str, Any]) -> None:
        plan_changes.amend(self.plan, changes, self.ana, "reviewed", self.library, self.now)

    def _try(self, act: Any, *given: Any) -> None:
        """An act that may come too late: then it changes nothing."""
        before = rows(self.plan)
        try:
            act(*given, self.now)
        except Conflict:
            assert rows(self.plan) == before

    def _ids(self) -> list[str]:
        return [exercise["id"] for exercise in self.plan.program["exercises"]]


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[Flask]:
    """A server on a database of its own; it need not outlive a power cut."""
    app = server(tmp_path_factory.mktemp("machine"))
    CourseMachine.app, CourseMachine.library = app, library
    yield app
    with app.app_context():
        db.engine.dispose()


def server(folder: Path) -> Flask:
    app = create_app(Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'r.sqlite3'}"))
    with app.app_context():
        event.listen(db.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
        db.create_all()
    return app


def test_the_invariants_hold_whatever_happens_to_a_plan(lived_in: Flask) -> None:
    run_state_machine_as_test(
        CourseMachine,
        settings=settings(
            max_examples=35, stateful_step_count=25, suppress_health_check=list(HealthCheck)
        ),
    )
