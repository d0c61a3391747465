"""Asking another server over HTTP: once, for a short time, by no proxy and along no redirect."""

import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

SECONDS = 4.0
LARGEST = 1 << 20


class Unreached(Exception):
    """There was no answer; why, in words for the operator."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is JSON as values, or None."""

    status: int
    headers: HTTPMessage
    body: Any

    @property
    def date(self) -> datetime | None:
        """When the other server says that it answered."""
        try:
            return parsedate_to_datetime(self.headers["Date"])
        except (TypeError, ValueError):
            return None


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def ask(url: str, headers: dict[str, str], form: dict[str, str] | None = None) -> Answer:
    """GET `url`, or POST `form` to it. Raises Unreached."""
    data = None if form is None else urlencode(form).encode()
    request = Request(url, data, headers)  # noqa: S310 - http_url checked its scheme
    opener = build_opener(ProxyHandler({}), _Stay())
    try:
        try:
            reply = opener.open(request, timeout=SECONDS)
        except HTTPError as refused:
            reply = refused
        with reply:
            return Answer(reply.status, reply.headers, _values(reply.read(LARGEST)))
    except (OSError, HTTPException) as error:
        raise Unreached(_why(error)) from None


def _values(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _why(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {reason.verify_message}"
    if isinstance(reason, TimeoutError):
        return f"no answer within {SECONDS:.0f} s"
    return str(getattr(reason, "strerror", None) or reason)
