"""The wire to Twilio: its own client over one pool of connections, which ask once and never wait
for ever."""

import logging
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

CONNECTIONS = 256
"""More than are ever in flight at once, so that no text waits here for another."""


@asynccontextmanager
async def client(account: str, token: str, api_url: str, timeout: float) -> AsyncIterator[Any]:
    """Twilio's REST client, speaking to `api_url`; each request has `timeout` seconds.

    Half of them are for connecting, so that a text that never left can be told from one that did.
    No proxy is taken from the environment, no cookie kept, no redirect followed, and no request to
    send is ever repeated.
    """
    from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
    from twilio.rest import Client

    async with ClientSession(
        connector=TCPConnector(limit=CONNECTIONS),
        timeout=ClientTimeout(total=timeout, connect=timeout / 2),
        cookie_jar=DummyCookieJar(),
    ) as session:
        yield Client(account, token, http_client=http_client(session, api_url))


def http_client(session: Any, api_url: str) -> Any:
    """What Twilio's client asks through. Theirs would log numbers and has no time limit."""
    from twilio.base.exceptions import TwilioRestException
    from twilio.http import AsyncHttpClient
    from twilio.http.response import Response

    class Wire(AsyncHttpClient):  # type: ignore[misc]
        async def request(
            self,
            method: str,
            url: str,
            params: Any = None,
            data: Any = None,
            headers: Any = None,
            auth: Any = None,
            timeout: float | None = None,
            allow_redirects: bool = False,
        ) -> Response:
            asking = session.request(
                method,
                at(api_url, url),
                params=params,
                data=data,
                headers={**headers, **_signed_in(auth)},
                allow_redirects=False,
            )
            async with asking as answer:
                text = await answer.text()
            if answer.status == 429:
                busy = TwilioRestException(429, url, "too many requests", 20429, method)
                busy.retry_after = _seconds(answer.headers.get("Retry-After"))
                raise busy
            return Response(answer.status, text, answer.headers)

    return Wire(logging.getLogger(__name__), True)


def _signed_in(auth: tuple[str, str] | None) -> dict[str, str]:
    pair = b64encode(":".join(auth).encode()).decode() if auth else ""
    return {"Authorization": f"Basic {pair}"} if pair else {}


def never_left(error: Exception) -> bool:
    """Whether Twilio cannot have read the request: refused, no such host, no handshake, no line.

    aiohttp raises these two while it connects and at no other time.
    """
    from aiohttp import ClientConnectorError, ConnectionTimeoutError

    return isinstance(error, ClientConnectorError | ConnectionTimeoutError)


def at(api_url: str, url: str) -> str:
    """The address of Twilio's `url` where the API is in truth."""
    there, asked = urlsplit(api_url), urlsplit(url)
    path = there.path.rstrip("/") + asked.path
    return urlunsplit((there.scheme, there.netloc, path, asked.query, ""))


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isascii() and header.isdecimal() else None
