"""`Idempotency-Key`: a write that is sent again, because its answer was lost, is done once."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, request

from rehab import clock
from rehab.api.bearer import actor
from rehab.errors import Invalid
from rehab.services import kept_answers
from rehab.services.kept_answers import Said

HEADER = "Idempotency-Key"
LONGEST = 128

PARAMETER = {
    "in": "header",
    "name": HEADER,
    "description": "Any text of your own; within a day the same request with it is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
}

View = Callable[..., Any]


def idempotent(view: View) -> View:
    """`view`, done once for each key of whoever asks."""

    @wraps(view)
    def once(**path: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None:
            return view(**path)
        if not 1 <= len(key) <= LONGEST:
            raise Invalid({HEADER: [f"must have 1 to {LONGEST} characters"]})

        def do() -> Said:
            answer = make_response(view(**path))
            words = answer.get_data(as_text=True)
            return Said(answer.status_code, words, answer.content_type, answer.headers.get("ETag"))

        said = kept_answers.once(_hash(_asked(key)), _hash(request.get_data()), do, clock.now())
        headers = {"ETag": said.etag} if said.etag else {}
        return Response(said.body, said.status, headers, content_type=said.content_type)

    return once


def _asked(key: str) -> bytes:
    who = actor().id
    return f"{who} {request.method} {request.path} {key}".encode()


def _hash(what: bytes) -> bytes:
    return hashlib.sha256(what).digest()
