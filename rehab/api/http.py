"""The API's own dialect of HTTP: its blueprints, its OpenAPI document, what a request must be."""

import json
from functools import cache
from http import HTTPStatus
from typing import Any

import flask
import flask_smorest
from flask_smorest.utils import prepare_response
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from rehab.api.bearer import SAFE_METHODS, actor, sign_in_bearer
from rehab.api.idempotency import PARAMETER, idempotent
from rehab.api.problems import PROBLEM_JSON, ProblemOut, problem_of
from rehab.api.rates import heed_rate
from rehab.api.told import HEADERS, WITH_BODY, problems
from rehab.errors import Invalid
from rehab.services.actors import enter
from rehab.services.audit import SYSTEM

JSON_LOCATIONS = ("json", "query")


class StrictParser(FlaskParser):
    """Unknown names are errors, in a body as in a query; a schema is made once, not each time."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(JSON_LOCATIONS, "raise")

    def _get_schema(self, argmap: Any, req: flask.Request) -> Schema:
        is_class = isinstance(argmap, type) and issubclass(argmap, Schema)
        return _made(argmap) if is_class else super()._get_schema(argmap, req)

    def _raw_load_json(self, req: flask.Request) -> Any:
        """A body nested too deep, or a number too long to read, is as broken as a missing brace."""
        try:
            return super()._raw_load_json(req)
        except json.JSONDecodeError:
            raise
        except (RecursionError, ValueError) as error:
            raise json.JSONDecodeError("cannot be read", "the body", 0) from error


@cache
def _made(schema: type[Schema]) -> Schema:
    return schema()


class Blueprint(flask_smorest.Blueprint):
    """A noun of the API: behind a bearer token, JSON only, no query parameter that it ignores."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, about: str, signed_in: bool = True) -> None:
        super().__init__(name, __name__, description=about)
        if signed_in:
            for step in (sign_in_bearer, heed_rate, act_as_asker):
                self.before_request(step)
        self.before_request(_only_json)
        self.before_request(_only_known_parameters)
        self.signed_in = signed_in

    def add_url_rule(
        self, rule: str, endpoint: Any = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        """A route; every write behind a sign-in takes an Idempotency-Key."""
        if self.signed_in and view_func is not None:
            methods = options.get("methods") or ("GET",)
            told = getattr(view_func, "_apidoc", {}).get("manual_doc", {}).get("parameters", [])
            if not SAFE_METHODS.issuperset(methods):
                told = [*told, PARAMETER]
                view_func = self.doc(parameters=told)(idempotent(view_func))
            view_func = self.doc(responses=problems(rule, methods, told))(view_func)
        super().add_url_rule(rule, endpoint, view_func, *args, **options)


class Api(flask_smorest.Api):
    """The OpenAPI document, with every error as RFC 9457 problem+json."""

    ERROR_SCHEMA = ProblemOut

    def handle_http_exception(self, error: Any) -> flask.Response:
        return problem_of(error)

    def _register_responses(self) -> None:
        codes = {s.name: (s.phrase, HEADERS.get(s)) for s in HTTPStatus if s >= 400}
        default = {"DEFAULT_ERROR": ("A problem (RFC 9457)", None)}
        for name, (phrase, headers) in {**codes, **default}.items():
            response = {"description": phrase, "schema": self.ERROR_SCHEMA}
            if headers:
                response["headers"] = headers
            prepare_response(response, self.spec, PROBLEM_JSON)
            self.spec.components.response(name, response, lazy=True)


def act_as_server(_error: object = None) -> None:
    """A request begins and ends with nobody: its thread serves somebody else next."""
    enter(SYSTEM)


def act_as_asker() -> None:
    """Whatever is done from here on, who has just signed in does it."""
    enter(actor())


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
