"""How often a program may ask: so that one that runs wild does not slow the clinic down."""

from datetime import timedelta

from rehab import clock
from rehab.api.bearer import actor, bearer
from rehab.services import tokens
from rehab.services.access.ledger import ledger
from rehab.services.access.limits import Limit

REQUESTS = Limit(tokens.REQUESTS, burst=100, per=timedelta(seconds=10))
"""600 requests a minute, and 100 at once: by token, or by person where one comes with a cookie."""


UNTOLD = 10
"""A process tells of a caller's requests by tens: each further process may let nine more through
than the hundred, which are then owed."""


def heed_rate() -> None:
    """Count this request of who has just signed in. Raises TooMany."""
    who, read = actor(), bearer()
    owed = None if read is None else read.full_from
    ledger().take(REQUESTS, who.token_id or str(who.id), clock.now(), UNTOLD, owed)
