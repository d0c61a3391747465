"""The browser itself: the Chromium that tools/find-chromium names, driven by Playwright."""

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from playwright.sync_api import Browser, BrowserContext, BrowserType, Error, sync_playwright

FINDER = Path(__file__).parent.parent.parent / "tools/find-chromium"

CLOSING = 8
"""Seconds for a profile to close; it takes some hundredths of one."""


@dataclass
class Chromium:
    """A running browser. It works in the blocks of `awake()` only."""

    kind: BrowserType
    browser: Browser
    loop: asyncio.AbstractEventLoop

    @contextmanager
    def awake(self) -> Iterator["Chromium"]:
        """Lend the browser. Playwright's calls need its event loop to count as running, and
        everybody else's `asyncio.run` in this thread needs it not to."""
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self.loop)
        try:
            yield self
        finally:
            asyncio._set_running_loop(before)

    def close(self, context: BrowserContext) -> None:
        """Close a profile. Chromium now and then forgets to, when a service worker of it is just
        starting: then the whole browser goes, and another one comes."""
        try:
            with at_most(CLOSING):
                context.close()
        except TimeoutError:
            with suppress(Error, TimeoutError), at_most(CLOSING):
                self.browser.new_browser_cdp_session().send("Browser.crash")
            self.browser = launched(self.kind)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TimeoutError in a block that takes longer: a page may be asked for what never comes,
    and `evaluate` waits for ever. Again and again, so that cleaning up does not hang either."""

    def ring(*_: object) -> NoReturn:
        raise TimeoutError(f"this took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    rest = signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *rest)


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Start a Chromium, and end it when the block is left. Raises where none is installed."""
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        kind = playwright.chromium
        running = Chromium(kind, launched(kind), asyncio.get_running_loop())
        stack.callback(lambda: running.browser.close())
        stack.callback(asyncio._set_running_loop, running.loop)
        asyncio._set_running_loop(None)
        yield running


def launched(kind: BrowserType) -> Browser:
    """A browser that has just begun."""
    return kind.launch(executable_path=found())


def found() -> str:
    """The path of a Chromium that runs. Raises RuntimeError with the line that mends it."""
    told = subprocess.run([FINDER], capture_output=True, text=True, check=False)
    if told.returncode:
        raise RuntimeError(told.stderr.strip())
    return told.stdout.strip()
