"""What can go wrong, in the clinic's words.

RehabError
├── NotFound    it does not exist, or it is another clinic's: the two look the same
├── Conflict    it cannot be done to the thing as it stands now
└── Invalid     what was said makes no sense; `errors` names the fields
"""

from collections.abc import Mapping, Sequence


class RehabError(Exception):
    """A fault that a person can be told about in one sentence."""


class NotFound(RehabError):
    """There is no such thing for whoever asks."""


class Conflict(RehabError):
    """The thing has moved on since the caller last saw it, or may not be moved at all."""


class Invalid(RehabError):
    """A value that makes no sense; `errors` maps each field to what is wrong with it."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {field: list(messages) for field, messages in errors.items()}
        super().__init__("; ".join(f"{f}: {' '.join(m)}" for f, m in self.errors.items()))
