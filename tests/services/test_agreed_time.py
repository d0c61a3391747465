"""The time that all workers agree on."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from rehab import clock
from rehab.extensions import db
from rehab.services.agreed_time import NOTICEABLE, Ahead, agreed
from tests.doubles.clock import SetClock

LONG_AGO = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOON = timedelta(seconds=30)
"""More than a slow machine needs from one line of a test to the next."""


def is_postgres() -> bool:
    return db.engine.dialect.name == "postgresql"


@pytest.mark.parametrize("off", [-timedelta(days=1), -timedelta(hours=1), timedelta(hours=1)])
def test_a_clock_that_is_wrong_goes_by_the_databases_where_it_has_one(
    app: Flask, off: timedelta
) -> None:
    wrong = SetClock(clock.now() + off)
    right = agreed(wrong)
    if is_postgres():
        assert abs(right.now() - clock.now()) < SOON
    else:
        assert right is wrong


def test_a_clock_that_is_right_stays_as_it_is(app: Flask) -> None:
    assert agreed(clock) is clock


def test_two_machines_agree_though_their_clocks_do_not(app: Flask) -> None:
    here, there = agreed(SetClock(LONG_AGO)), agreed(SetClock(LONG_AGO + timedelta(hours=5)))
    apart = abs(here.now() - there.now())
    assert apart < SOON if is_postgres() else apart == timedelta(hours=5)


def test_asking_leaves_no_transaction_open(app: Flask) -> None:
    agreed(SetClock(LONG_AGO))
    assert not db.session().in_transaction()


def test_a_clock_that_is_ahead_moves_with_the_one_below() -> None:
    below = SetClock(LONG_AGO, seconds=7.0)
    ahead = Ahead(below, timedelta(minutes=5))
    assert (ahead.now(), ahead.monotonic()) == (LONG_AGO + timedelta(minutes=5), 7.0)
    below.pass_by(seconds=10)
    assert (ahead.now(), ahead.monotonic()) == (LONG_AGO + timedelta(seconds=310), 17.0)


def test_what_counts_as_a_difference_is_less_than_anybody_would_see() -> None:
    assert timedelta(milliseconds=50) < NOTICEABLE < timedelta(seconds=1)
