"""What the patient's app weighs, and how soon it can be used: today's page and the session's, on
the first visit and on the second, by an old phone on a poor line.

A page can be used when the button on it does what it says: on today's page `Start` is there and the
page's scripts have run; on the session's the player has taken over, and `Go on` without an answer
asks for one. The phone is four times slower than this machine. The line lets 400 kbit/s through,
and each answer begins 400 ms after it was asked for; it is drawn out at the server, as a browser's
own brake does not reach the worker that keeps pages. What is counted are the server's answers,
packed, with their headers. What comes after the page can be used, figures and what is kept for a
time without a network, is counted as `afterwards`.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from benchmarks.results import Results, Row, machine, middle, options, say, table
from rehab import create_app
from tests.browser import cast
from tests.browser.chromium import chromium
from tests.browser.house import House, serving
from tests.browser.stage import Stage, staged

LATENCY = 0.4
BYTES_A_SECOND = 400_000 / 8
SLOWER = 4
CHUNK = 1400
QUIET = 3.0
"""Seconds without an answer after which nothing more is on its way."""

LONGEST = 60_000


@dataclass
class Line:
    """The poor line: it counts the answers, and draws them out. All of them share it."""

    inner: Callable[..., Iterable[bytes]]
    sent: int = 0
    answers: int = 0
    free_at: float = 0.0
    used_at: float = field(default_factory=time.monotonic)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        asked_at = time.monotonic()
        begun: list[Any] = []

        def noted(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            begun.append(sum(len(name) + len(value) + 4 for name, value in headers) + 30)
            return start(status, headers, *more)

        body = _whole(self.inner(environ, noted))
        time.sleep(max(0.0, asked_at + LATENCY - time.monotonic()))
        with self.turn:
            self.answers += 1
        self._wait_for(sum(begun))
        for at in range(0, len(body), CHUNK):
            yield self._wait_for(len(body[at : at + CHUNK])) or body[at : at + CHUNK]

    def _wait_for(self, size: int) -> None:
        with self.turn:
            self.sent += size
            self.free_at = max(self.free_at, time.monotonic()) + size / BYTES_A_SECOND
            wait = self.free_at - time.monotonic()
            self.used_at = self.free_at
        time.sleep(max(0.0, wait))

    def wait_until_quiet(self, page: Page) -> None:
        while time.monotonic() < self.used_at + QUIET:
            page.wait_for_timeout(200)


def _whole(answer: Iterable[bytes]) -> bytes:
    try:
        return b"".join(answer)
    finally:
        getattr(answer, "close", lambda: None)()


def today(page: Page) -> None:
    """`Start` is there, and what the page says of the network is in force."""
    page.goto("/me", wait_until="commit")
    expect(page.locator("[data-session]")).to_be_visible(timeout=LONGEST)
    page.wait_for_load_state("domcontentloaded", timeout=LONGEST)


def session(page: Page) -> None:
    """The player asks for the answer that is missing."""
    page.goto("/me/session", wait_until="commit")
    expect(page.locator("[data-bar] [data-way]")).to_be_visible(timeout=LONGEST)
    page.locator("[data-next]:visible").click(timeout=LONGEST)
    expect(page.locator("[data-before] .fault")).to_be_visible(timeout=LONGEST)


PAGES = {"today": today, "session": session}


def visits(stage: Stage, name: str, line: Line) -> Iterator[Row]:
    """A page on a phone that never saw the app, and on the same phone a little later."""
    page = stage.open()
    stage.sign_in(page)
    context = page.context
    for visit in ("first", "second"):
        page = context.new_page()
        brake = context.new_cdp_session(page)
        brake.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        yield {"page": name, "visit": visit, **_measured(page, PAGES[name], line)}
        page.close()


def _measured(page: Page, arrive: Callable[[Page], None], line: Line) -> Row:
    answers, sent, began = line.answers, line.sent, time.monotonic()
    arrive(page)
    seconds = time.monotonic() - began
    there_answers, there = line.answers, line.sent
    line.wait_until_quiet(page)
    return {
        "answers": there_answers - answers,
        "kB": round((there - sent) / 1000, 1),
        "seconds": round(seconds, 1),
        "answers afterwards": line.answers - there_answers,
        "kB afterwards": round((line.sent - there) / 1000, 1),
    }


@contextmanager
def poor(house: House) -> Iterator[Line]:
    """The house at the end of the line."""
    app = house.app
    line = Line(app.wsgi_app)
    app.wsgi_app = line  # type: ignore[method-assign,assignment]
    try:
        yield line
    finally:
        app.wsgi_app = line.inner  # type: ignore[method-assign]


def main() -> None:
    said = options(__doc__).parse_args()
    results, rows = Results(said.out), list[Row]()
    say(machine())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rehab-bench-")))
        house = stack.enter_context(serving(folder, create_app, cast.riverside))
        browser = stack.enter_context(stack.enter_context(chromium()).awake())
        for _ in range(said.rounds):
            for name in PAGES:
                with poor(house) as line, staged(house, browser) as stage:
                    rows += [results.keep("weight", row) for row in visits(stage, name, line)]
    table(_middles(rows))


def _middles(rows: list[Row]) -> list[Row]:
    kinds = list(dict.fromkeys((row["page"], row["visit"]) for row in rows))
    return [_middle([row for row in rows if (row["page"], row["visit"]) == kind]) for kind in kinds]


def _middle(rows: list[Row]) -> Row:
    numbers = [name for name, value in rows[0].items() if isinstance(value, (int, float))]
    return {**rows[0], **{name: middle(rows, name) for name in numbers}}


if __name__ == "__main__":
    main()
