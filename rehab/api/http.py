"""The API's own dialect of HTTP: its blueprints, its OpenAPI document, what a request must be."""

import json
from http import HTTPStatus
from typing import Any

import flask
import flask_smorest
from flask_smorest.utils import prepare_response
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from rehab.api.bearer import SAFE_METHODS, sign_in_bearer
from rehab.api.idempotency import PARAMETER, idempotent
from rehab.api.problems import PROBLEM_JSON, ProblemOut, problem_of
from rehab.errors import Invalid

JSON_LOCATIONS = ("json", "query")
WITH_BODY = ("POST", "PATCH", "PUT")


class StrictParser(FlaskParser):
    """Unknown names are errors, in a body as in a query."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(JSON_LOCATIONS, "raise")

    def _raw_load_json(self, req: flask.Request) -> Any:
        """A body nested too deep, or a number too long to read, is as broken as a missing brace."""
        try:
            return super()._raw_load_json(req)
        except json.JSONDecodeError:
            raise
        except (RecursionError, ValueError) as error:
            raise json.JSONDecodeError("cannot be read", "the body", 0) from error


class Blueprint(flask_smorest.Blueprint):
    """A noun of the API: behind a bearer token, JSON only, no query parameter that it ignores."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, about: str, signed_in: bool = True) -> None:
        super().__init__(name, __name__, description=about)
        if signed_in:
            self.before_request(sign_in_bearer)
        self.before_request(_only_json)
        self.before_request(_only_known_parameters)
        self.signed_in = signed_in

    def add_url_rule(
        self, rule: str, endpoint: Any = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        """A route; every write behind a sign-in takes an Idempotency-Key."""
        if self.signed_in and not SAFE_METHODS.issuperset(options.get("methods") or ("GET",)):
            told = getattr(view_func, "_apidoc", {}).get("manual_doc", {}).get("parameters", [])
            view_func = self.doc(parameters=[*told, PARAMETER])(idempotent(view_func))
        super().add_url_rule(rule, endpoint, view_func, *args, **options)


class Api(flask_smorest.Api):
    """The OpenAPI document, with every error as RFC 9457 problem+json."""

    ERROR_SCHEMA = ProblemOut

    def handle_http_exception(self, error: Any) -> flask.Response:
        return problem_of(error)

    def _register_responses(self) -> None:
        codes = {s.name: s.phrase for s in HTTPStatus if s >= HTTPStatus.BAD_REQUEST}
        for name, phrase in {**codes, "DEFAULT_ERROR": "A problem (RFC 9457)"}.items():
            response = {"description": phrase, "schema": self.ERROR_SCHEMA}
            prepare_response(response, self.spec, PROBLEM_JSON)
            self.spec.components.response(name, response, lazy=True)


def _only_json() -> None:
    request = flask.request
    has_body = bool(request.content_length or request.headers.get("Transfer-Encoding"))
    if request.method in WITH_BODY and has_body and not request.is_json:
        raise UnsupportedMediaType("the body must be application/json")


def _only_known_parameters() -> None:
    """Refuse query parameters of a route that takes none; the others' schemas refuse their own."""
    view = flask.current_app.view_functions[flask.request.endpoint or ""]
    doc = getattr(view, "_apidoc", {}).get("arguments", {})
    takes_query = any(p["in"] == "query" for p in doc.get("parameters", ()))
    if flask.request.args and not takes_query:
        raise Invalid({name: ["Unknown field."] for name in flask.request.args})
