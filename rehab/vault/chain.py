"""A chain of entries: each carries a keyed hash of what it says and of the entry before it."""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

START = "0" * 64
"""What stands before the first entry."""


def link(key: bytes, said: Mapping[str, Any], prev_hash: str) -> str:
    """The hash of an entry: HMAC-SHA256 of its canonical JSON and of the hash before, in hex."""
    return _keyed(key, {"entry": said, "prev_hash": prev_hash})


def head_mark(key: bytes, clinic_id: UUID, count: int, last_hash: str) -> str:
    """What shows that a head was made by who has the key."""
    return _keyed(key, {"clinic_id": clinic_id, "count": count, "hash": last_hash})


def _keyed(key: bytes, value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)
    return hmac.digest(key, canonical.encode(), "sha256").hex()


def _plain(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"a {type(value).__name__} has no place in a chain")
