"""Many connections that stay open, each telling of another session as soon as it has its answer.

`plans` is a file with a plan's id and a token on each line; they are told of in turn, each session
with an id, a time and an Idempotency-Key of its own. It says in one line of JSON what `asker` says.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from uuid import uuid4

from benchmarks.asker import Asker, Round
from rehab import clock


class Telling(Round):
    """A round of reports: 201 is what is right."""

    def __init__(self, told: Iterator[bytes], connections: int, seconds: float) -> None:
        super().__init__([b""], connections, seconds)
        self.reports = told

    def note(self, answer: bytes, wait: float) -> None:
        super().note(answer.replace(b" 201 ", b" 200 ", 1), wait)


class Teller(Asker):
    """One connection."""

    def ask(self) -> None:
        if time.perf_counter() >= self.round.ends_at:
            self.transport.close()
            return
        assert isinstance(self.round, Telling)  # noqa: S101
        self.got, self.wanted, self.asked_at = b"", -1, time.perf_counter()
        self.transport.write(next(self.round.reports))


def reports(host: str, plans: list[str]) -> Iterator[bytes]:
    """POST after POST."""
    for line in cycle(plans):
        plan_id, token = line.split()
        body = json.dumps(_session()).encode()
        yield (
            f"POST /api/v1/plans/{plan_id}/sessions HTTP/1.1\r\nHost: {host}\r\n"
            f"Authorization: Bearer {token}\r\nIdempotency-Key: {uuid4()}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def _session() -> dict[str, object]:
    said = {"before": 4, "during": 4, "after": 4, "effort": 5}
    return {"id": str(uuid4()), "performed_at": clock.now().isoformat(), **said}


async def tell_all(host: str, told: Iterator[bytes], connections: int, seconds: float) -> Round:
    name, _, port = host.rpartition(":")
    loop, round_ = asyncio.get_running_loop(), Telling(told, connections, seconds)
    for _ in range(connections):
        await loop.create_connection(lambda: Teller(round_), name, int(port))
    await round_.over.wait()
    return round_


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("plans", type=Path)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args()
    told = reports(given.host, given.plans.read_text(encoding="utf-8").splitlines())
    found = asyncio.run(tell_all(given.host, told, given.connections, given.seconds))
    sys.stdout.write(json.dumps(found.told()) + "\n")
