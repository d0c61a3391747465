"""Who is asking: the clinician behind a bearer token."""

from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from rehab import clock
from rehab.models.clinic import Clinician
from rehab.services.clinics import token_bearer

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def sign_in_bearer() -> None:
    """Put the clinician behind the request's token in charge of it.

    Raises Unauthorized without a good token and Forbidden when its scopes do not reach that far.
    """
    given = request.authorization
    token = None
    if given is not None and given.type == "bearer" and given.token:
        token = token_bearer(given.token, clock.now())
    if token is None:
        raise Unauthorized("a bearer token is needed", www_authenticate=WWWAuthenticate("bearer"))
    needed = "read" if request.method in SAFE_METHODS else "write"
    if needed not in token.scopes:
        raise Forbidden(f"the token lacks the scope {needed}")
    g.clinician = token.clinician


def clinician() -> Clinician:
    """The clinician who is asking."""
    signed_in: Clinician = g.clinician
    return signed_in
