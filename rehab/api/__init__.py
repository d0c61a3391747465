"""The JSON API under /api/v1: one module a noun; a route loads, calls one service, and dumps."""

from flask import Flask
from sqlalchemy.exc import OperationalError

from rehab.api import (
    alerts,
    clinic,
    consents,
    decisions,
    docs,
    fhir,
    figures,
    library,
    measures,
    messages,
    notes,
    patients,
    plans,
    privacy,
    safety,
    sessions,
    today,
    tokens,
)
from rehab.api.http import Api, act_as_server
from rehab.api.problems import database_failed, problem_of
from rehab.errors import RehabError

PREFIX = "/api/v1"
ABOUT = """Home-exercise and rehab programs for muscle pain.

Send `Authorization: Bearer TOKEN`; times carry an offset, dates are the patient's own. What goes
wrong is `application/problem+json` with `errors` by field; what is not yours is 404."""
NOUNS = (
    library,
    fhir,
    figures,
    patients,
    plans,
    today,
    sessions,
    safety,
    measures,
    decisions,
    alerts,
    messages,
    notes,
    consents,
    privacy,
    clinic,
    tokens,
)


def add_api(app: Flask) -> None:
    """Serve the API and its documentation."""
    app.config.update(
        API_TITLE="Rehab",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        API_SPEC_OPTIONS={
            "info": {"description": ABOUT},
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
            "security": [{"bearer": []}],
        },
    )
    api = Api(app)
    for noun in NOUNS:
        api.register_blueprint(noun.blueprint, url_prefix=PREFIX)
    app.register_error_handler(RehabError, problem_of)
    app.register_error_handler(OperationalError, database_failed)
    app.before_request(act_as_server)
    app.teardown_request(act_as_server)
    app.register_blueprint(docs.blueprint)
