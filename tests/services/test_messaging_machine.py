"""Texts that live through anything: faults, crashes, doubled reports, STOP, journeys, clock jumps.

Whatever happens, nobody gets a text twice, none after STOP, none at night, and each ends in a state
with a name. The provider lists what it took later than it took it, but before the last look.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from itertools import count
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from rehab.errors import Conflict
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.message import DeliveryState, Kind, OutboundMessage, Suppression
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, Plan
from rehab.notifications.senders import Outcome, Received
from rehab.programs.library import Library
from rehab.programs.schedule import in_texting_hours
from rehab.services import (
    claims,
    clinics,
    delivery,
    enrolment,
    outbox,
    outcomes,
    plan_changes,
    plans,
    pulse,
    receipts,
    reconciliation,
    reminders,
    replies,
    sessions,
    sweeps,
)
from rehab.services.claims import Claim, Claimed
from rehab.services.delivery import Desk
from rehab.services.outbox import Intention
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from rehab.services.sessions import SessionReport
from tests.doubles.clock import SetClock
from tests.faults.databases import database_beside
from tests.services.messaging_street import (
    FATES,
    Known,
    Street,
    Taken,
    backup,
    empty,
    is_sound,
    next_moment,
    restore,
    serving,
)

URL = "https://rehab.example"
STARTS = [
    datetime(2026, 3, 2, 10, tzinfo=UTC),
    datetime(2026, 3, 28, 17, tzinfo=UTC),
    datetime(2026, 10, 24, 19, tzinfo=UTC),
]
"""Two of them on the eve of a change of the clocks in Europe."""

ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]
PHONES = {"Maya": "+442079460123", "Ravi": "+442079460124"}
AT_ANY_HOUR = (Kind.REPLY, Kind.CONFIRMATION, Kind.SAFETY, Kind.SLEEP)
STATUSES = ["queued", "sent", "delivered", "undelivered"]
HOUR = timedelta(hours=1)
SINCE_BACKUP = timedelta(hours=20)
"""What came in is asked of the provider for 24 hours."""

MEANWHILE = ["", "", "crash", "stop", "the lease runs out", "it is asked for", "another sends"]

workers = st.sampled_from(["w1", "w2"])
phones = st.sampled_from(sorted(PHONES.values()))
spans = st.sampled_from([5, 40, 130, 600, 3 * 3600, 10 * 3600])


class MessagingMachine(RuleBasedStateMachine):
    app: Flask
    library: Library

    @initialize(start=st.sampled_from(STARTS), zone=st.sampled_from([ZONES[0], *ZONES]))
    def open_the_clinic(self, start: datetime, zone: str) -> None:
        self.context = self.app.app_context()
        self.context.push()
        empty()
        self.clock = SetClock(start)
        self.street = Street(self.clock, start)
        self.desk = Desk(self.street, self.library, URL, self.clock, "w0")
        self.held: dict[str, list[Claimed]] = {}
        self.landed: dict[str, list[tuple[Claimed, Outcome]]] = {}
        self.known: dict[UUID, Known] = {}
        self.said_stop: set[str] = set()
        self.sids = count(1)
        self.pushes = 0
        self.kept: tuple[datetime, dict] | None = None  # type: ignore[type-arg]
        self.restored = False
        clinic = clinics.open_clinic("Riverside", "Europe/London", start, phone="+442079460100")
        clinics.add_clinician(clinic.id, "ana@riverside.example", "Ana Ruiz", start)
        for name, phone in PHONES.items():
            said = {"given_name": name, "family_name": "L", "phone": phone, "zone": zone}
            patient = enrolment.enrol(clinic.id, said | {"sms_consent": True}, "ana", start)
            bedtime = time(23, 30) if name == "Ravi" else None
            wish = Assignment("lb-subacute-6w", 4, weekdays=(0, 1, 2, 3, 4, 5, 6), bedtime=bedtime)
            plans.assign(patient, wish, self.library, start)
            self.write(phone, {7, 8, 9})
        self.beat()

    def teardown(self) -> None:
        if not hasattr(self, "context"):
            return
        try:
            self.run_until_quiet()
            self.all_came_to_rest()
        finally:
            db.session.remove()
            self.context.pop()

    # the workers, step by step

    @rule(worker=workers, limit=st.integers(1, 5))
    def claim(self, worker: str, limit: int) -> None:
        wish = Claim(worker, limit, ends=self.clock.monotonic() + 105)
        batch = claims.claim(self.library, URL, self.clock.now(), wish)
        self.held.setdefault(worker, []).extend(batch.texts)
        self.note(batch.texts)

    @rule(worker=workers, fates=st.lists(st.sampled_from(FATES), max_size=5))
    def send(self, worker: str, fates: list[str]) -> None:
        texts = delivery.still_wanted(self.held.pop(worker, []), self.clock.now())
        self.street.fates.extend(fates)
        self.landed.setdefault(worker, []).extend((mine, self.offered(mine)) for mine in texts)
        self.street.fates.clear()

    def offered(self, mine: Claimed) -> Outcome:
        before = len(self.street.offered)
        outcome = asyncio.run(delivery._offer(mine, self.desk, self.street))
        if len(self.street.offered) > before:
            self.may_leave(mine)
        return outcome

    @rule(worker=workers)
    def record(self, worker: str) -> None:
        results = self.landed.pop(worker, [])
        if results:
            outcomes.record(results, worker, self.clock.now())

    @rule(
        worker=workers,
        fates=st.lists(st.sampled_from(FATES), max_size=4),
        meanwhile=st.lists(st.sampled_from(MEANWHILE), min_size=2, max_size=2),
    )
    def work(self, worker: str, fates: list[str], meanwhile: list[str]) -> None:
        """A whole round, in which something else happens before and after the provider."""
        self.claim(worker, 5)
        self.happen(meanwhile[0], worker)
        self.send(worker, fates)
        self.happen(meanwhile[1], worker)
        self.record(worker)

    def happen(self, what: str, worker: str) -> None:
        match what:
            case "crash":
                self.crash(worker)
            case "stop":
                for phone in PHONES.values():
                    self.hear(phone, "STOP")
            case "the lease runs out":
                self.wait(130)
                self.let_go()
            case "it is asked for":
                self.reconcile()
            case "another sends":
                self.dispatch([])

    @rule(worker=workers)
    def crash(self, worker: str) -> None:
        """Whatever it held, and whatever it had heard, is gone with it."""
        self.held.pop(worker, None)
        self.landed.pop(worker, None)

    @rule(fates=st.lists(st.sampled_from(FATES), max_size=8))
    def dispatch(self, fates: list[str]) -> None:
        self.street.fates.extend(fates)
        before = len(self.street.offered)
        delivery.dispatch(self.desk)
        self.street.fates.clear()
        self.note_rows(id_ for id_, _, _ in self.street.offered[before:])

    @rule()
    def let_go(self) -> None:
        outbox.expire(self.clock.now())
        outbox.give_up_leases(self.clock.now())
        held = select(func.count()).where(
            OutboundMessage.state == DeliveryState.SENDING,
            OutboundMessage.lease_until <= self.clock.now(),
        )
        assert db.session.scalar(held) == 0

    @rule()
    def reconcile(self) -> None:
        """A text of a lost past may be found that nobody has claimed: it was meant as well, and it
        may have been found in the place of one that reads like it."""
        reconciliation.reconcile(self.street, self.library, URL, self.clock.now())
        found = select(OutboundMessage.id).where(OutboundMessage.provider_sid.is_not(None))
        self.note_rows(db.session.scalars(found).all())

    @precondition(lambda self: next_moment() is not None)
    @rule(late=st.sampled_from([0, 0, 5, 90]))
    def go_on(self, late: int) -> None:
        """To when something is due, a lease ends or the provider is to be asked."""
        coming = next_moment()
        assert coming is not None
        self.wait(max(int((coming - self.clock.wall).total_seconds()), 0) + late)
        self.let_go()
        self.reconcile()

    @rule()
    def beat(self) -> None:
        pulse.beat("w0", self.clock.now())

    @rule()
    def plan_ahead(self) -> None:
        reminders.plan_ahead(self.clock.now())

    @rule()
    def sweep(self) -> None:
        sweeps.sweep_statuses(self.street, self.clock.now())

    # the provider

    @precondition(lambda self: self.street.taken)
    @rule(data=st.data(), status=st.sampled_from(STATUSES), times=st.integers(1, 2))
    def call_back(self, data: st.DataObject, status: str, times: int) -> None:
        taken: Taken = data.draw(st.sampled_from(self.street.taken))
        if db.session.get(OutboundMessage, taken.callback) is None:
            return
        for _ in range(times):
            receipts.receive_status(
                taken.callback, taken.sent.provider_sid, status, None, None, self.clock.now()
            )

    # the patients and their clinic

    @rule(phone=phones, words=st.sampled_from(["STOP", "START", "HELP", "HELP", "DONE 3", "Q?"]))
    def hear(self, phone: str, words: str) -> None:
        sid = f"IN{next(self.sids):032x}"
        self.street.inbound.append(Received(sid, phone, "+15005550006", words, self.street.now()))
        replies.receive(Inbound(sid, phone, "+15005550006", words), self.library, self.clock.now())
        if words == "STOP":
            self.said_stop.add(phone)
        if words == "START":
            self.said_stop.discard(phone)

    @rule(phone=phones, zone=st.sampled_from(ZONES))
    def travel(self, phone: str, zone: str) -> None:
        enrolment.amend(self.patient(phone), {"zone": zone}, "ana", self.clock.now())

    @rule(phone=phones)
    def train(self, phone: str) -> None:
        plan = self.plan(phone)
        said = SessionReport(performed_at=self.clock.now(), before=3, during=3, after=3)
        if plan.status == ACTIVE and plan.patient.today(self.clock.now()) >= plan.starts_on:
            with suppress(Conflict):
                sessions.report_session(plan, said, self.library, self.clock.now())

    @rule(phone=phones)
    def pause_or_resume(self, phone: str) -> None:
        plan, ana = self.plan(phone), db.session.scalars(select(Clinician)).one()
        act = plan_changes.pause if plan.status == ACTIVE else plan_changes.resume
        act(plan, ana, "seen", self.library, self.clock.now())

    @rule(phone=phones, keys=st.sets(st.integers(0, 9), min_size=1, max_size=3))
    def write(self, phone: str, keys: set[int]) -> None:
        """By hand; a key that was used is used up, and every second text reads like the others."""
        now, patient = self.clock.now(), self.patient(phone)
        outbox.enqueue(
            [
                Intention(
                    *(patient, Kind.BY_HAND, "", f"hand:{phone}:{n}", now, now + 6 * HOUR),
                    body="See you soon." if n % 2 else f"See you on day {n}.",
                )
                for n in keys
            ],
            now,
        )

    # time

    @rule(seconds=spans)
    def wait(self, seconds: int) -> None:
        self.clock.pass_by(seconds=seconds)

    @precondition(lambda self: self.pushes < 1)
    @rule(minutes=st.sampled_from([-60, -5, 3, 60]))
    def push_the_clock(self, minutes: int) -> None:
        self.clock.wall += timedelta(minutes=minutes)
        self.pushes += 1

    @rule()
    def back_up(self) -> None:
        self.kept = (self.clock.wall, backup())

    @precondition(lambda self: self.kept and not self.restored and not self.pushes)
    @rule()
    def lose_and_restore(self) -> None:
        """The workers begin again with a past that knows nothing of the last hours."""
        assert self.kept is not None
        made, rows = self.kept
        if not timedelta(0) <= self.clock.wall - made < SINCE_BACKUP:
            return
        self.held, self.landed, self.restored = {}, {}, True
        restore(rows)
        self.clock.pass_by(minutes=3)
        self.beat()
        sweeps.sweep_inbound(self.street, self.library, self.clock.now())

    # what holds

    def note(self, texts: list[Claimed]) -> None:
        self.note_rows(mine.id for mine in texts)
        for mine in texts:
            known = self.known[mine.id]
            by_day = in_texting_hours(self.clock.now(), known.zone)
            assert by_day or known.kind in AT_ANY_HOUR, known

    def note_rows(self, ids: Iterable[UUID]) -> None:
        for id_ in ids:
            row = db.session.get_one(OutboundMessage, id_)
            words = (row.phone, reconciliation._without_links(row.body or ""))
            known = Known(row.dedupe_key, Kind(row.kind), words, row.patient.zone)
            self.known[id_] = known
        db.session.rollback()

    def may_leave(self, mine: Claimed) -> None:
        """What was just handed over was still wanted."""
        assert self.clock.now() < mine.leave_before
        if mine.kind != Kind.CONFIRMATION:
            assert mine.to not in self.said_stop
            stop = select(Suppression).filter_by(phone_key=key_of(mine.to))
            assert db.session.scalar(stop) is None
            db.session.rollback()

    @invariant()
    def nobody_is_texted_twice(self) -> None:
        """Two texts that read the same are each other's: there may be as many as were meant."""
        if not hasattr(self, "street"):
            return
        meant = Counter(
            words for words, _ in {(known.words, known.key) for known in self.known.values()}
        )
        for words, times in self.street.per_words().items():
            assert times <= meant[words], (words, self.street.taken)

    @invariant()
    def every_row_is_in_a_sound_state(self) -> None:
        if not hasattr(self, "street"):
            return
        for row in db.session.scalars(select(OutboundMessage)):
            assert is_sound(row), (row.state, row.state_reason, row.look_at, row.settled_at)
        db.session.rollback()

    def run_until_quiet(self) -> None:
        """Time goes on, nothing more goes wrong, and nobody says anything."""
        for _ in range(400):
            coming = next_moment()
            if coming is None:
                return
            passed = (coming - self.clock.wall).total_seconds()
            self.clock.pass_by(seconds=passed + 5 if passed > 0 else 300)
            self.let_go()
            self.dispatch([])
            self.reconcile()
        stuck = db.session.scalars(select(OutboundMessage).filter_by(settled_at=None))
        raise AssertionError([(r.state, r.state_reason, r.due_at, r.look_at) for r in stuck])

    def all_came_to_rest(self) -> None:
        self.nobody_is_texted_twice()
        sids = {taken.sent.provider_sid for taken in self.street.taken}
        accepted: Counter[tuple[str, str]] = Counter()
        for row in db.session.scalars(select(OutboundMessage)):
            assert row.state not in (DeliveryState.PENDING, DeliveryState.SENDING)
            if row.provider_sid is not None:
                assert row.provider_sid in sids
                assert row.state in (DeliveryState.ACCEPTED, DeliveryState.FAILED)
                accepted[row.phone, reconciliation._without_links(row.body or "")] += 1
            else:
                assert row.state is not DeliveryState.ACCEPTED
        if not self.restored:
            assert accepted == self.street.per_words()

    def patient(self, phone: str) -> Patient:
        return db.session.scalars(select(Patient).filter_by(phone_key=key_of(phone))).one()

    def plan(self, phone: str) -> Plan:
        return db.session.scalars(select(Plan).filter_by(patient_id=self.patient(phone).id)).one()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def street_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, library: Library
) -> Iterator[Flask]:
    """A server on a database of its own; it need not outlive a power cut."""
    folder = tmp_path_factory.mktemp("messaging")
    url = f"sqlite:///{folder / 'r.sqlite3'}"
    if request.param == "postgresql":
        url = database_beside(request.getfixturevalue("postgres_url"))
    app = serving(url, folder)
    MessagingMachine.app, MessagingMachine.library = app, library
    yield app
    with app.app_context():
        db.engine.dispose()


def test_no_text_twice_none_lost_whatever_happens(street_server: Flask) -> None:
    with street_server.app_context():
        examples = 25 if db.engine.dialect.name == "sqlite" else 5
    run_state_machine_as_test(
        MessagingMachine,
        settings=settings(
            max_examples=examples, stateful_step_count=50, suppress_health_check=list(HealthCheck)
        ),
    )
