"""The only map from what goes wrong to an HTTP answer: RFC 9457 problem+json, `errors` by field."""

import logging
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

import flask
from marshmallow import Schema, fields
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.http import HTTP_STATUS_CODES

from rehab.errors import Conflict, Invalid, NotFound, RehabError
from rehab.services.access.errors import NotFresh, Refused, TooMany

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
SOON = 5
"""Seconds after which it is worth asking a server again whose database did not answer."""
PRIMARY = 0xFF
"""SQLite's result codes have more details in the higher bits."""

AWAY_ON_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
    }
)
AWAY_ON_POSTGRESQL = frozenset({"08", "40", "53", "55", "57"})
"""Classes of SQLSTATE: no connection, rolled back, no resources, locked, an operator's doing."""

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


def database_failed(error: OperationalError) -> flask.Response | HTTPException:
    """503 where the database is away or busy: nothing was done, or nobody knows; the same request
    again, with its id, is safe. Anything else is a fault of ours."""
    if not _is_away(error.orig):
        log.error("the database found a fault", exc_info=error)
        return problem_of(error) if _is_api() else InternalServerError()
    log.error("the database did not answer: %s", str(error.orig).partition("\n")[0])
    if not _is_api():
        return ServiceUnavailable(retry_after=SOON)
    wait = Headers({"Retry-After": str(SOON)})
    return problem(503, "The database does not answer. Please ask again.", headers=wait)


def _is_api() -> bool:
    return flask.request.path.startswith("/api/")


def _is_away(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return code & PRIMARY in AWAY_ON_SQLITE
    state = getattr(error, "sqlstate", None)
    return state is None or state[:2] in AWAY_ON_POSTGRESQL


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
