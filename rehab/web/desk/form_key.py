"""The key of a form: what tells a second click from a second wish."""

from collections.abc import Mapping
from uuid import UUID, uuid4


def key_of(said: Mapping[str, str]) -> UUID:
    """The key that a form was sent with; one of its own for a new form, and for one without."""
    try:
        return UUID(said.get("key", ""))
    except ValueError:
        return uuid4()
