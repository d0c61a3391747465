"""Buckets: what they let through, for whom, and that nobody gets two tokens for one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.rate import RateBucket
from rehab.services.access import limits
from rehab.services.access.errors import TooMany
from rehab.services.access.limits import Limit, network_of
from tests.conftest import NOON

DOOR = Limit("door", burst=3, per=timedelta(minutes=15))


def takes(limit: Limit, key: str, at: float) -> bool:
    try:
        limits.take(limit, key, NOON + timedelta(seconds=at))
    except TooMany:
        return False
    return True


def test_a_burst_goes_through_and_the_next_is_told_how_long_to_wait(app: Flask) -> None:
    assert [takes(DOOR, "a", 0) for _ in range(3)] == [True] * 3
    with pytest.raises(TooMany) as refused:
        limits.take(DOOR, "a", NOON)
    assert refused.value.retry_after_seconds == 300
    assert not takes(DOOR, "a", 299)
    assert takes(DOOR, "a", 300)
    assert not takes(DOOR, "a", 300)


def test_each_key_and_each_door_has_a_bucket_of_its_own(app: Flask) -> None:
    other = Limit("other door", DOOR.burst, DOOR.per)
    assert [takes(DOOR, "a", 0) for _ in range(4)] == [True, True, True, False]
    assert takes(DOOR, "b", 0)
    assert takes(other, "a", 0)


def test_the_table_names_nobody(app: Flask) -> None:
    limits.take(DOOR, "+442079460123", NOON)
    key = db.session.scalars(select(RateBucket.key)).one()
    assert len(key) == 32
    assert b"2079460123" not in key


def test_a_token_that_is_given_back_can_be_taken_again(app: Flask) -> None:
    for _ in range(3):
        limits.take(DOOR, "a", NOON)
    limits.give_back(DOOR, "a")
    assert [takes(DOOR, "a", 0) for _ in range(2)] == [True, False]


def test_a_refusal_by_one_bucket_leaves_the_others_as_they_were(app: Flask) -> None:
    wide = Limit("wide", burst=4, per=timedelta(hours=1))
    for _ in range(3):
        limits.take_all([(wide, "a"), (DOOR, "a")], NOON)
    with pytest.raises(TooMany):
        limits.take_all([(wide, "a"), (DOOR, "a")], NOON)
    assert [takes(wide, "a", 0) for _ in range(2)] == [True, False]


def test_a_sweep_forgets_full_buckets_and_no_other(app: Flask) -> None:
    limits.take(DOOR, "a", NOON)
    limits.take(DOOR, "b", NOON + timedelta(minutes=4))
    assert limits.sweep(NOON + timedelta(seconds=299)) == 0
    assert limits.sweep(NOON + timedelta(seconds=300)) == 1
    assert db.session.scalar(select(func.count()).select_from(RateBucket)) == 1


def test_many_machines_share_one_bucket(app: Flask) -> None:
    def knock(_: int) -> bool:
        with app.app_context():
            try:
                return takes(Limit("shared", 5, timedelta(hours=1)), "a", 0)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(knock, range(24))) == 5


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@example(burst=7, gaps=[0.0] * 20)
@example(burst=2, gaps=[0.0, 3000.0, 0.0, 0.0, 0.0, 0.0])
@given(
    burst=st.integers(1, 7),
    gaps=st.lists(st.just(0.0) | st.floats(0, 2000), min_size=1, max_size=25),
)
def test_no_stretch_of_time_lets_more_through_than_its_burst_and_refill(
    app: Flask, burst: int, gaps: list[float]
) -> None:
    limit = Limit(f"any {burst}", burst, timedelta(seconds=600))
    db.session.query(RateBucket).delete()
    db.session.commit()
    at, through = 0.0, []
    for gap in gaps:
        at += gap
        if takes(limit, "a", at):
            through.append(at)
    for i, first in enumerate(through):
        for j, last in enumerate(through[i:], start=1):
            assert j <= burst + (last - first) / limit.step + 0.001
    assert len(through) >= min(burst, len(gaps))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("no address", "no address"),
    ],
)
def test_an_address_counts_as_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
