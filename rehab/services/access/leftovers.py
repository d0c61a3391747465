"""What nobody can use any more: links, codes and sign-ins that ran out, buckets that are full."""

from datetime import datetime

from rehab.services.access import codes, limits, links, sign_ins
from rehab.services.transactions import transaction


@transaction()
def sweep(now: datetime) -> int:
    """Delete all of it; the number of rows. Once an hour is often enough."""
    return sum(noun.sweep(now) for noun in (codes, limits, links, sign_ins))
