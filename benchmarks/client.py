"""Twilio's client alone, with so many texts in flight: what the server cannot be faster than.

`--line stock` is its async client as it comes, `--line threads` its usual one in as many threads;
`--line ours` is the server's own line to the provider, without a queue behind it.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

from benchmarks.provider import ACCOUNT, NUMBER, TOKEN
from rehab.notifications.senders import Outgoing, twilio_wire
from rehab.notifications.senders.twilio import TwilioSender

BODY = (
    "Riverside: Maya, your session is ready for 18:00: 4 exercises, about 15 min. "
    "http://127.0.0.1:8000 Reply LATER to move it, STOP to end texts."
)
VALIDITY = 30_000

Send = Callable[[], Awaitable[object]]


async def stock(url: str, stack: AsyncExitStack) -> Send:
    """Twilio's own HTTP client, sent to another address and otherwise as it comes."""
    from twilio.http.async_http_client import AsyncTwilioHttpClient
    from twilio.rest import Client

    class Redirected(AsyncTwilioHttpClient):  # type: ignore[misc]
        async def request(self, method: str, there: str, *args: Any, **more: Any) -> Any:
            here = there.replace("https://api.twilio.com", url)
            return await super().request(method, here, *args, **more)

    http = await stack.enter_async_context(Redirected())
    client = Client(ACCOUNT, TOKEN, http_client=http)

    async def send() -> object:
        return await client.messages.create_async(
            to="+447911000000",
            from_=NUMBER,
            body=BODY,
            validity_period=VALIDITY,
            status_callback=f"http://127.0.0.1:8000/webhooks/twilio/status/{uuid4()}",
        )

    return send


async def ours(url: str, stack: AsyncExitStack) -> Send:
    """The line that the server sends through."""
    sender = TwilioSender(ACCOUNT, TOKEN, NUMBER, "", url, "http://127.0.0.1:8000")
    line = await stack.enter_async_context(sender.connect())

    async def send() -> object:
        return await line.send(Outgoing(uuid4(), "+447911000000", BODY, VALIDITY))

    return send


LINES = {"stock": stock, "ours": ours}
THREADS = "threads"


def in_threads(url: str, texts: int, threads: int) -> dict[str, float]:
    """Send so many texts by Twilio's usual client, shared by so many threads."""
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    class Redirected(TwilioHttpClient):  # type: ignore[misc]
        def request(self, method: str, there: str, *args: Any, **more: Any) -> Any:
            return super().request(
                method, there.replace("https://api.twilio.com", url), *args, **more
            )

    client = Client(ACCOUNT, TOKEN, http_client=Redirected())

    def send(_: int) -> None:
        client.messages.create(
            to="+447911000000",
            from_=NUMBER,
            body=BODY,
            validity_period=VALIDITY,
            status_callback=f"http://127.0.0.1:8000/webhooks/twilio/status/{uuid4()}",
        )

    began, cpu = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(send, range(texts)))
    return _took(began, cpu)


async def send_all(url: str, line: str, texts: int, window: int) -> dict[str, float]:
    """Send so many texts with `window` of them in flight; the seconds and the CPU that took."""
    async with AsyncExitStack() as stack:
        send = await LINES[line](url, stack)
        left = iter(range(texts))

        async def lane() -> None:
            for _ in left:
                await send()

        began, cpu = time.monotonic(), time.process_time()
        await asyncio.gather(*(lane() for _ in range(window)))
        return _took(began, cpu)


def _took(began: float, cpu: float) -> dict[str, float]:
    return {
        "seconds": round(time.monotonic() - began, 3),
        "cpu": round(time.process_time() - cpu, 3),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--line", choices=[*LINES, THREADS], default="stock")
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--window", type=int, default=128)
    given = parser.parse_args()
    twilio_wire.CONNECTIONS = max(twilio_wire.CONNECTIONS, given.window)
    if given.line == THREADS:
        told = in_threads(given.url, given.texts, given.window)
    else:
        told = asyncio.run(send_all(given.url, given.line, given.texts, given.window))
    sys.stdout.write(json.dumps(told) + "\n")
