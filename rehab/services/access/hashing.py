"""What turns a secret into its shadow: slowly for what a person can remember or guess, fast for
what is long and random.

The parameters follow the OWASP Password Storage Cheat Sheet: argon2id with 19 MiB and two passes
at the least; a password, which lives for years, gets 64 MiB and three.
"""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

PASSWORDS = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
CODES = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

TOKEN_BYTES = 32


def matches(hasher: PasswordHasher, shadow: str | None, said: str) -> bool:
    """Whether `said` is what casts this shadow. Without a shadow: no, after the same work."""
    if shadow is None:
        hasher.hash(said)
        return False
    try:
        return hasher.verify(shadow, said)
    except VerifyMismatchError:
        return False


def new_token() -> str:
    """256 random bits in 43 characters that need no escaping in a cookie or a path."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def shadow_of(token: str) -> bytes:
    """The SHA-256 of a random token: all that is kept of it."""
    return hashlib.sha256(token.encode()).digest()
