"""Many connections that stay open, each asking its next question as soon as it has its answer.

`questions` is a file with a path and a token on each line; they are asked in turn. It says in one
line of JSON how many answers came, how many were no 200, and how long they took.
"""

import argparse
import asyncio
import json
import sys
import time
from itertools import cycle
from pathlib import Path

LENGTH = b"content-length: "


class Asker(asyncio.Protocol):
    """One connection."""

    def __init__(self, round_: "Round") -> None:
        self.round, self.got, self.wanted, self.asked_at = round_, b"", -1, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        if time.perf_counter() >= self.round.ends_at:
            self.transport.close()
            return
        self.got, self.wanted, self.asked_at = b"", -1, time.perf_counter()
        self.transport.write(next(self.round.questions))

    def data_received(self, data: bytes) -> None:
        self.got += data
        if self.wanted < 0:
            head, found, _ = self.got.partition(b"\r\n\r\n")
            if not found:
                return
            length = head.lower().partition(LENGTH)[2].partition(b"\r\n")[0]
            self.wanted = len(head) + 4 + int(length)
        if len(self.got) >= self.wanted:
            self.round.note(self.got, time.perf_counter() - self.asked_at)
            self.ask()

    def connection_lost(self, _error: Exception | None) -> None:
        self.round.ended(self)


class Round:
    """All connections for so many seconds; what went before is not counted."""

    def __init__(self, asked: list[bytes], connections: int, seconds: float) -> None:
        self.questions = cycle(asked)
        self.left, self.seconds = connections, seconds
        self.ends_at = time.perf_counter() + seconds
        self.waits: list[float] = []
        self.wrong: dict[str, int] = {}
        self.over = asyncio.Event()

    def note(self, answer: bytes, wait: float) -> None:
        status = answer[9:12].decode()
        if status == "200":
            self.waits.append(wait)
        else:
            self.wrong[status] = self.wrong.get(status, 0) + 1

    def ended(self, asker: Asker) -> None:
        if time.perf_counter() < self.ends_at:
            self.wrong["cut off"] = self.wrong.get("cut off", 0) + 1
        self.left -= 1
        if not self.left:
            self.over.set()

    def told(self) -> dict[str, object]:
        waits = sorted(self.waits) or [0.0]
        return {
            "answers": len(self.waits),
            "rate": round(len(self.waits) / self.seconds),
            "p50": round(1000 * waits[len(waits) // 2], 2),
            "p99": round(1000 * waits[len(waits) * 99 // 100], 2),
            "wrong": self.wrong,
        }


async def ask_all(host: str, asked: list[bytes], connections: int, seconds: float) -> Round:
    name, _, port = host.rpartition(":")
    loop, round_ = asyncio.get_running_loop(), Round(asked, connections, seconds)
    for _ in range(connections):
        await loop.create_connection(lambda: Asker(round_), name, int(port))
    await round_.over.wait()
    return round_


def request(host: str, path: str, token: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("questions", type=Path)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args()
    lines = given.questions.read_text(encoding="utf-8").splitlines()
    questions = [request(given.host, *line.split()) for line in lines]
    found = asyncio.run(ask_all(given.host, questions, given.connections, given.seconds))
    sys.stdout.write(json.dumps(found.told()) + "\n")
