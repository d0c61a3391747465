"""How often a program may ask: so that one that runs wild does not slow the clinic down."""

from datetime import timedelta

from flask import request

from rehab import clock
from rehab.api.bearer import asker
from rehab.services.access import limits
from rehab.services.access.limits import Limit

REQUESTS = Limit("api", burst=100, per=timedelta(seconds=10))
"""600 requests a minute, and 100 at once: by token, or by person where one comes with a cookie."""


def heed_rate() -> None:
    """Count this request of who has just signed in. Raises TooMany."""
    limits.take(REQUESTS, token_id() or str(asker().id), clock.now())


def token_id() -> str | None:
    """The id of the token that the request came with, once that was found good."""
    given = request.authorization
    if given is None or not given.token:
        return None
    return given.token.split("_")[1]
