"""What goes wrong in a page without anybody being told: each of it fails the test."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

NO_FAULT = frozenset({"net::ERR_ABORTED", "csp"})
"""Requests whose page was left before the answer came, and what the policy stopped: of that the
console tells more."""


@dataclass
class Faults:
    """What was seen so far, and what of it the test means to see."""

    seen: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """This test causes a fault that matches `pattern`; without one it fails. A page that is
        answered 422, for one, logs "the server responded with a status of 422"."""
        self.wanted.append(pattern)

    def allow(self, pattern: str) -> None:
        """This test may cause faults that match `pattern`."""
        self.allowed.append(pattern)

    def watch(self, context: BrowserContext) -> None:
        """Note errors on the console (broken policies are among them), scripts that fail, and
        requests that get no answer."""
        context.on("console", self._heard)
        context.on("weberror", self._failed)
        context.on("requestfailed", self._unanswered)

    def settle(self) -> None:
        """Raises AssertionError for what nobody meant, and for what was meant and never came.
        After that all is forgotten."""
        seen, wanted, meant = [*self.seen], [*self.wanted], [*self.wanted, *self.allowed]
        for each in (self.seen, self.wanted, self.allowed):
            each.clear()
        surprises = [fault for fault in seen if not _matches(meant, fault)]
        missing = [pattern for pattern in wanted if not _found(pattern, seen)]
        assert not surprises, "\n".join(["something went wrong unseen:", *surprises])
        assert not missing, f"this should have gone wrong, and did not: {missing}"

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "assert"):
            self.seen.append(f"console: {message.text} ({message.location['url']})")

    def _failed(self, error: WebError) -> None:
        self.seen.append(f"script: {error.error}")

    def _unanswered(self, request: Request) -> None:
        if request.failure not in NO_FAULT:
            self.seen.append(f"request: {request.method} {request.url}: {request.failure}")


def _matches(patterns: Iterable[str], fault: str) -> bool:
    return any(re.search(pattern, fault) for pattern in patterns)


def _found(pattern: str, faults: Iterable[str]) -> bool:
    return any(re.search(pattern, fault) for fault in faults)
