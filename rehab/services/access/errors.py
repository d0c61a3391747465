"""Why somebody may not come in, in words that tell a stranger nothing.

RehabError
├── Refused     what was given does not open this door; which part of it was wrong is not said
├── TooMany     too often; `retry_after_seconds` tells when the next try counts
└── NotFresh    signed in, but too long ago for this
"""

from rehab.errors import RehabError


class Refused(RehabError):
    """Unknown, wrong, used, run out: all the same."""

    def __init__(self) -> None:
        super().__init__("that did not work: check it, or ask for a new one")


class TooMany(RehabError):
    """Tried too often; `retry_after_seconds` is at least 1."""

    def __init__(self, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"too many tries: try again in {retry_after_seconds} seconds")


class NotFresh(RehabError):
    """The person has to prove once more who they are."""

    def __init__(self) -> None:
        super().__init__("sign in again for this")
