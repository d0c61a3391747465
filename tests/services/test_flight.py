"""Calls to the provider: many at a time, none left behind."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from rehab.notifications.senders import Line
from rehab.services.flight import Flight
from tests.doubles.sender import RecordingSender

SOON = 5.0


def flights() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "flight"]


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert flights() == []


def all_landed(flight: Flight[int, int]) -> dict[int, int]:
    answers = {}
    while flight.aloft:
        answers.update({key: done.result() for key, done in flight.landed(SOON)})
    return answers


def test_many_calls_are_aloft_at_a_time() -> None:
    """Each waits for the last one, so they can only land together."""
    many = 200
    met = asyncio.Event()
    arrived = []

    async def call(number: int, line: Line) -> int:
        arrived.append(number)
        if len(arrived) == many:
            met.set()
        await asyncio.wait_for(met.wait(), SOON)
        return number * 2

    with Flight[int, int](RecordingSender()) as flight:
        flight.begin({number: partial(call, number) for number in range(many)})
        assert flight.aloft == many
        assert all_landed(flight) == {number: number * 2 for number in range(many)}


@pytest.mark.parametrize("turns", [0, 1, 30])
def test_each_of_some_calls_is_made_so_many_at_once_while_there_is_time(turns: int) -> None:
    """Once there is none, those that wait for their turn are not made at all."""
    under_way, most, left = 0, 0, iter(range(turns))

    async def call(number: int, line: Line) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await (asyncio.sleep(0) if turns == 30 else asyncio.Event().wait())
        under_way -= 1
        return number

    calls = {number: partial(call, number) for number in range(9)}
    with Flight[int, int](RecordingSender()) as flight:
        if turns == 1:
            flight.landed = lambda patience: []  # type: ignore[method-assign]
        each = flight.each(calls, 4, lambda: next(left, None) is not None)
        heard = {number: done.result() for number, done in each}
        assert flight.aloft == (4 if turns == 1 else 0)
    assert most <= 4
    assert heard == ({number: number for number in range(9)} if turns == 30 else {})


def test_one_thread_makes_all_the_calls() -> None:
    async def call(line: Line) -> int:
        return threading.get_ident()

    with Flight[int, int](RecordingSender()) as flight:
        flight.begin(dict.fromkeys(range(20), call))
        idents = set(all_landed(flight).values())
    assert len(idents) == 1
    assert threading.get_ident() not in idents


def test_an_exception_lands_as_one_and_costs_no_other_call() -> None:
    async def call(number: int, line: Line) -> int:
        if number == 1:
            raise OSError("cut")
        return number

    with Flight[int, int](RecordingSender()) as flight:
        flight.begin({number: partial(call, number) for number in range(3)})
        down = {}
        while flight.aloft:
            down.update(dict(flight.landed(SOON)))
    assert isinstance(down[1].exception(), OSError)
    assert (down[0].result(), down[2].result()) == (0, 2)


def test_a_call_that_fails_before_it_waits_for_anything_lands_too() -> None:
    def call(line: Line) -> asyncio.Future[int]:
        raise ValueError("no such question")

    with Flight[int, int](RecordingSender()) as flight:
        flight.begin({0: call})
        (((_, done),)) = flight.landed(SOON)
    assert isinstance(done.exception(), ValueError)


def test_nothing_lands_when_nothing_is_aloft() -> None:
    with Flight[int, int](RecordingSender()) as flight:
        assert flight.landed(0.0) == []
        assert flight.aloft == 0


async def forever(ended: list[str], began: threading.Event, line: Line) -> int:
    began.set()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        ended.append("cancelled")
        raise
    return 0


@pytest.mark.parametrize("error", [None, KeyError("elsewhere")])
def test_what_is_still_aloft_when_the_block_is_left_is_cancelled_and_the_line_closed(
    error: Exception | None,
) -> None:
    sender, ended, began = RecordingSender(), [], threading.Event()

    def fly() -> None:
        with Flight[int, int](sender) as flight:
            flight.begin({0: partial(forever, ended, began)})
            assert began.wait(SOON)
            assert sender.open == 1
            if error:
                raise error

    if error:
        with pytest.raises(KeyError, match="elsewhere"):
            fly()
    else:
        fly()
    assert ended == ["cancelled"]
    assert (sender.opened, sender.open) == (1, 0)


def test_a_line_that_cannot_be_opened_is_said_and_leaves_no_thread() -> None:
    class Deaf(RecordingSender):
        @asynccontextmanager
        async def connect(self) -> AsyncIterator[RecordingSender]:
            raise OSError("no such host")
            yield self

    with pytest.raises(OSError, match="no such host"), Flight[int, int](Deaf()):
        pytest.fail("it was opened")
    assert flights() == []


def test_a_line_that_fails_to_close_is_said_and_leaves_no_thread() -> None:
    class Sticky(RecordingSender):
        @asynccontextmanager
        async def connect(self) -> AsyncIterator[RecordingSender]:
            yield self
            raise OSError("cannot close")

    with pytest.raises(OSError, match="cannot close"), Flight[int, int](Sticky()):
        pass
    assert flights() == []
