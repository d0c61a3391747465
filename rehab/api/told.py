"""What the OpenAPI document tells of every route alike: the problems that it may answer with."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

WITH_BODY = frozenset({"POST", "PATCH", "PUT"})

HEADERS: dict[HTTPStatus, dict[str, Any]] = {
    HTTPStatus.UNAUTHORIZED: {
        "WWW-Authenticate": {"schema": {"type": "string"}, "description": "Bearer"}
    },
    HTTPStatus.TOO_MANY_REQUESTS: {
        "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait"}
    },
}
"""What a problem carries besides its body."""

ETAG = {
    "ETag": {
        "schema": {"type": "string"},
        "description": "Of the plan as it is told here; to be sent back as If-Match.",
    }
}


def problems(rule: str, methods: Iterable[str], parameters: Iterable[Any]) -> dict[int, str]:
    """The problems of a route behind a sign-in, by status, as names of documented responses."""
    found = sorted(_problems(rule, set(methods), [p["name"] for p in parameters]))
    return {status.value: status.name for status in found}


def _problems(rule: str, methods: set[str], parameters: list[str]) -> Iterator[HTTPStatus]:
    yield HTTPStatus.UNAUTHORIZED
    yield HTTPStatus.FORBIDDEN
    yield HTTPStatus.UNPROCESSABLE_ENTITY
    yield HTTPStatus.TOO_MANY_REQUESTS
    if "<" in rule:
        yield HTTPStatus.NOT_FOUND
    if methods - {"GET", "HEAD", "OPTIONS"}:
        yield HTTPStatus.CONFLICT
    if methods & WITH_BODY:
        yield HTTPStatus.BAD_REQUEST
        yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if "If-Match" in parameters:
        yield HTTPStatus.PRECONDITION_FAILED
