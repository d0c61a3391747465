"""Somebody who asks a host all the time, and notes what it answers and how long that takes."""

import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.hosts.network import Network
from benchmarks.results import Row

PORT = 8000
ASKED_FOR = 60
"""Seconds after which whoever asks gives up; it should never come to that."""


@dataclass
class Probe:
    """Somebody at a host who asks its web server for today's plan every half second."""

    net: Network
    host: str
    path: str
    token: str
    told: list[tuple[float, str, float]] = field(default_factory=list)
    """The second, the answer, and the seconds that it took."""

    def run(self, ended: threading.Event) -> None:
        self.net.enter(self.host)
        url = f"http://{self.net.address(self.host)}:{PORT}{self.path}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while not ended.wait(0.5):
            asked = urllib.request.Request(url)
            asked.add_header("Authorization", f"Bearer {self.token}")
            began = time.monotonic()
            try:
                with opener.open(asked, timeout=ASKED_FOR) as answer:
                    found = str(answer.status)
            except urllib.error.HTTPError as error:
                found = str(error.code)
            except OSError as error:
                found = type(error).__name__
            self.told.append((began, found, time.monotonic() - began))

    def between(self, first: float, last: float) -> Row:
        """What was answered in a stretch of time, and how long that took."""
        some = [(found, took) for at, found, took in self.told if first <= at < last]
        took = sorted(seconds for _, seconds in some) or [0.0]
        return {
            "answers": dict(Counter(found for found, _ in some)),
            "p50 s": round(took[len(took) // 2], 3),
            "longest s": round(took[-1], 3),
        }
