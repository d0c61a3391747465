"""Which names are time zones: those that IANA publishes, as the tzdata package carries them."""

from functools import cache
from zoneinfo import available_timezones


@cache
def names() -> frozenset[str]:
    return frozenset(available_timezones() - {"localtime", "Factory"})


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone, such as Europe/Madrid."""
    return name in names()
