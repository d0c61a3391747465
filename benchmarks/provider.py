"""A provider that costs little: it takes texts as Twilio does, and answers after `--delay` seconds.

It speaks just enough HTTP for one client on the loopback, so that what is measured is the client.
GET /counts tells how many texts it took, how many of them twice, and when.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qs

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "only a benchmark", "+15005550006"
WHEN = "Mon, 02 Mar 2026 12:00:00 +0000"
BACKLOG = 1024


class Book:
    """The texts of one run: how often each was taken, and the seconds of the first and the last."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.began = self.ended = 0.0
        self.aloft = self.most_aloft = 0
        self.cpu = time.process_time()

    def arrives(self) -> None:
        self.began = self.began or time.monotonic()
        self.aloft += 1
        self.most_aloft = max(self.aloft, self.most_aloft)

    def leaves(self, callback: str) -> None:
        self.ended = time.monotonic()
        self.aloft -= 1
        self.taken[callback] += 1

    def counts(self) -> dict[str, float]:
        return {
            "taken": self.taken.total(),
            "twice": sum(count - 1 for count in self.taken.values()),
            "seconds": round(self.ended - self.began, 3),
            "most_aloft": self.most_aloft,
            "provider_cpu": round(time.process_time() - self.cpu, 3),
        }


class Door(asyncio.Protocol):
    """One connection: a request at a time, as a client without pipelining sends them."""

    def __init__(self, provider: "Provider") -> None:
        self.provider = provider
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.WriteTransport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        head, found, body = self.waiting.partition(b"\r\n\r\n")
        if found and len(body) >= _length(head):
            self.waiting = b""
            self.provider.answer(head, body, self._say)

    def _say(self, status: str, body: bytes) -> None:
        if not self.transport.is_closing():
            head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
            self.transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


class Provider:
    """What stands behind the doors."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.book = Book()
        self.texts = 0

    def answer(self, head: bytes, body: bytes, say: Callable[[str, bytes], None]) -> None:
        if head.startswith(b"POST /counts"):
            self.book = Book()
        if b" /counts" in head[:16]:
            say("200 OK", json.dumps(self.book.counts()).encode())
            return
        self.book.arrives()
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self._take, body, say)
        else:
            self._take(body, say)

    def _take(self, body: bytes, say: Callable[[str, bytes], None]) -> None:
        self.texts += 1
        form = parse_qs(body.decode())
        self.book.leaves(form["StatusCallback"][0])
        say("201 CREATED", json.dumps(answer_of(f"SM{self.texts:032x}", form)).encode())


def answer_of(sid: str, form: dict[str, list[str]]) -> dict[str, object]:
    """A message as Twilio's API shows it: every field of its description is there."""
    home = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}"
    nothing = ("date_sent", "error_code", "error_message", "price", "messaging_service_sid")
    return {
        **dict.fromkeys(nothing),
        "sid": sid,
        "account_sid": ACCOUNT,
        "to": form["To"][0],
        "from": NUMBER,
        "body": form["Body"][0],
        "status": "queued",
        "direction": "outbound-api",
        "num_segments": "1",
        "num_media": "0",
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "date_created": WHEN,
        "date_updated": WHEN,
        "uri": f"{home}.json",
        "subresource_uris": {"media": f"{home}/Media.json"},
    }


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(provider: Provider) -> None:
    """Serve on any free port; the first line of the output is the address."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Door(provider), "127.0.0.1", 0, backlog=BACKLOG)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds until it answers")
    asyncio.run(serve(Provider(parser.parse_args().delay)))
