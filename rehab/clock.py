"""The only place that reads the clock: everything below is handed the time."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never run backwards, whatever happens to the wall clock."""
    return time.monotonic()
