"""The only map from what goes wrong to an HTTP answer: RFC 9457 problem+json, `errors` by field."""

from collections.abc import Iterator, Mapping
from typing import Any

import flask
from marshmallow import Schema, fields
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from rehab.errors import Conflict, Invalid, NotFound, RehabError
from rehab.services.access.errors import NotFresh, Refused, TooMany

PROBLEM_JSON = "application/problem+json"
MARSHMALLOW_ONLY = frozenset({"_schema", "key", "value"})
"""Steps of marshmallow's paths that are no field of the caller's."""

STATUS = {NotFound: 404, Conflict: 409, Invalid: 422, Refused: 401, NotFresh: 403, TooMany: 429}


class ProblemOut(Schema):
    """RFC 9457; `errors` maps a field's dotted path to what is wrong with it."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


def problem_of(error: Exception) -> flask.Response:
    """The answer to an error of ours or of HTTP."""
    if isinstance(error, RehabError):
        fields_at_fault = error.errors if isinstance(error, Invalid) else None
        headers = Headers(_headers(error))
        return problem(_status_of(error), str(error), fields_at_fault, headers)
    if isinstance(error, HTTPException) and (error.code or 500) < 500:
        return _problem_of_http(error)
    return problem(500, "Something went wrong here; it has been logged.")


def _status_of(error: RehabError) -> int:
    """That of the nearest kind of error which has one."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def _headers(error: RehabError) -> dict[str, str]:
    """What an answer of this status has to carry besides its body."""
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after_seconds)}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, Refused) else {}


def problem(
    status: int,
    detail: str,
    errors: Mapping[str, list[str]] | None = None,
    headers: Headers | None = None,
) -> flask.Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[status],
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = dict(errors)
    answer = flask.Response(flask.json.dumps(body), status, headers)
    answer.content_type = PROBLEM_JSON
    return answer


def _problem_of_http(error: HTTPException) -> flask.Response:
    """The error's own headers stay: `Allow` on 405, `WWW-Authenticate` on 401."""
    headers = Headers([h for h in error.get_headers() if h[0].lower() != "content-type"])
    messages = getattr(error, "data", {}).get("messages", {})
    errors = dict(_flat(body) for part in messages.values() for body in _walk(part))
    detail = "; ".join(f"{f}: {' '.join(m)}" for f, m in errors.items()) or error.description
    return problem(error.code or 500, detail or "", errors, headers)


def _walk(part: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    if isinstance(part, Mapping):
        for key, inner in part.items():
            yield from _walk(inner, (*path, str(key)))
    else:
        yield path, [str(message) for message in part]


def _flat(found: tuple[tuple[str, ...], list[str]]) -> tuple[str, list[str]]:
    path, messages = found
    return ".".join(p for p in path if p not in MARSHMALLOW_ONLY) or "body", messages
