"""Calls to the provider under way: many at a time, one thread for all of them, no database.

The thread that claims and records begins calls here and collects what has landed. So nobody holds
a connection to the database while the provider thinks, and no call waits for the database.
"""

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Generic, TypeVar

from rehab.notifications.senders import Line, Sender

Key = TypeVar("Key")
Answer = TypeVar("Answer")
Call = Callable[[Line], Awaitable[Answer]]


class Flight(Generic[Key, Answer]):
    """`with Flight(sender) as flight:` opens a line; `aloft` is the number of calls under way.

    Calls that are still aloft when the block is left are cancelled.
    """

    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self.aloft = 0
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="flight", daemon=True)
        self._lines = AsyncExitStack()
        self._down: SimpleQueue[tuple[Key, Future[Answer]]] = SimpleQueue()

    def __enter__(self) -> "Flight[Key, Answer]":
        self._thread.start()
        try:
            opening = self._lines.enter_async_context(self.sender.connect())
            self._line = asyncio.run_coroutine_threadsafe(opening, self._loop).result()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        finally:
            self._end()

    def begin(self, calls: Mapping[Key, Call[Answer]]) -> None:
        """Start these calls; each one's answer lands under its key."""
        if calls:
            self.aloft += len(calls)
            self._loop.call_soon_threadsafe(self._start, calls)

    def landed(self, patience: float) -> list[tuple[Key, Future[Answer]]]:
        """All that has come down since the last time; waits up to `patience` seconds for one."""
        down: list[tuple[Key, Future[Answer]]] = []
        try:
            down.append(self._down.get(timeout=patience))
            while True:
                down.append(self._down.get_nowait())
        except Empty:
            self.aloft -= len(down)
            return down

    def each(
        self, calls: Mapping[Key, Call[Answer]], at_once: int, carry_on: Callable[[], bool]
    ) -> Iterator[tuple[Key, Future[Answer]]]:
        """Make these calls, so many at once; their answers as they land, until `carry_on`, asked
        every second, says no."""
        waiting = list(calls.items())
        while (waiting or self.aloft) and carry_on():
            room = at_once - self.aloft
            self.begin(dict(waiting[:room]))
            del waiting[:room]
            yield from self.landed(1.0)

    def _start(self, calls: Mapping[Key, Call[Answer]]) -> None:
        for key, call in calls.items():
            made = self._loop.create_task(_made(call, self._line))
            made.add_done_callback(partial(self._land, key))

    def _land(self, key: Key, done: Future[Answer]) -> None:
        self._down.put((key, done))

    async def _close(self) -> None:
        own = asyncio.current_task()
        calls = [task for task in asyncio.all_tasks() if task is not own]
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await self._lines.aclose()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _made(call: Call[Answer], line: Line) -> Answer:
    return await call(line)
