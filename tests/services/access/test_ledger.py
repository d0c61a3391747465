"""What a process counts by itself: as the database would, and told to it in time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.rate import RateBucket
from rehab.services.access import ledger, limits
from rehab.services.access.errors import TooMany
from rehab.services.access.ledger import Ledger
from rehab.services.access.limits import Limit, Tries
from rehab.services.actors import saw
from rehab.services.transactions import transaction
from tests.conftest import NOON

DOOR = Limit("door", burst=20, per=timedelta(seconds=40))
GAPS = st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.5, 2.0, 7.0, 60.0]), min_size=1, max_size=60)


def through(ledgers: list[Ledger], gaps: list[float], key: str = "a", untold: int = 5) -> list[int]:
    """The numbers of the tries that are let through, made at the ledgers in turn."""
    at, found = NOON, []
    for number, gap in enumerate(gaps):
        at += timedelta(seconds=gap)
        try:
            ledgers[number % len(ledgers)].take(DOOR, key, at, untold)
        except TooMany:
            continue
        found.append(number)
    return found


def straight(gaps: list[float], key: str = "b") -> list[int]:
    """The same, each try told to the database."""
    at, found = NOON, []
    for number, gap in enumerate(gaps):
        at += timedelta(seconds=gap)
        try:
            limits.take(DOOR, key, at)
        except TooMany:
            continue
        found.append(number)
    return found


@contextmanager
def written() -> Iterator[list[str]]:
    """What is written to the database meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "BEGIN")):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@given(st.floats(-50, 50), st.lists(st.floats(0, 9), min_size=1, max_size=30))
def test_tries_told_together_come_to_what_they_come_to_one_by_one(
    full_from: float, gaps: list[float]
) -> None:
    tries, second, one_by_one = Tries(), 0.0, full_from
    for gap in gaps:
        second += gap
        tries = tries.and_one(DOOR, second)
        one_by_one = max(one_by_one, second) + DOOR.step
    assert tries.upon(DOOR, full_from) == pytest.approx(one_by_one)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(gaps=GAPS)
def test_one_process_lets_through_what_the_database_would(app: Flask, gaps: list[float]) -> None:
    db.session.query(RateBucket).delete()
    db.session.commit()
    assert through([Ledger()], gaps) == straight(gaps)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(gaps=GAPS, processes=st.integers(2, 4))
def test_each_further_process_lets_through_no_more_than_it_keeps_untold(
    app: Flask, gaps: list[float], processes: int
) -> None:
    db.session.query(RateBucket).delete()
    db.session.commit()
    at_once = [0.0] * len(gaps)
    more = 5 * processes
    assert len(through([Ledger() for _ in range(processes)], at_once)) <= DOOR.burst + more


def test_most_tries_write_nothing_and_others_hear_of_them(app: Flask) -> None:
    here, there = Ledger(), Ledger()
    through([here], [0.0])
    with written() as found:
        through([here], [0.0] * 3)
    assert not [s for s in found if s.startswith("INSERT")]
    through([here], [0.0] * 16)
    assert through([there], [0.0] * 3) == []


def test_what_is_told_is_told_of_several_callers_together(app: Flask) -> None:
    here = Ledger()
    for key in "abc":
        through([here], [0.0] * 4, key)
    through([here], [0.0], "a")
    assert len(db.session.scalars(select(RateBucket.key)).all()) == 3


def test_who_read_the_bucket_just_now_is_believed(app: Flask) -> None:
    full = (NOON + DOOR.per).timestamp()
    with pytest.raises(TooMany):
        Ledger().take(DOOR, "a", NOON, 5, full)


def test_who_owes_nothing_is_let_go_when_too_many_are_kept_in_mind(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "MOST", 3)
    here = Ledger()
    through([here], [0.0] * 20, "busy")
    for number in range(5):
        here.take(DOOR, f"once {number}", NOON + timedelta(seconds=10 * number), 5)
    assert through([here], [0.0] * 2, "busy") == []
    assert len(here._accounts) <= 4


def looks() -> int:
    seen = select(AuditEntry.seq).where(AuditEntry.action == "patient.seen")
    return len(db.session.scalars(seen).all())


def test_a_look_is_on_record_once_an_hour_and_the_second_asks_nothing(
    ana: Clinician, maya: Patient
) -> None:
    saw(ana, maya, NOON)
    with written() as found:
        saw(ana, maya, NOON + timedelta(minutes=59))
    assert [s for s in found if not s.startswith("BEGIN")] == []
    assert looks() == 1
    saw(ana, maya, NOON + timedelta(minutes=61))
    assert looks() == 2


def test_a_look_whose_record_was_undone_is_recorded_the_next_time(
    ana: Clinician, maya: Patient
) -> None:
    with suppress(RuntimeError), transaction():
        saw(ana, maya, NOON)
        raise RuntimeError("undone")
    assert looks() == 0
    saw(ana, maya, NOON)
    assert looks() == 1
