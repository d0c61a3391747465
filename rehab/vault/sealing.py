"""One text sealed and opened: AES-256-GCM, bound to its key and to the place where it is kept.

A sealed text reads `v1.<key id>.<nonce and ciphertext, base64url>`. The nonce is 96 random bits, so
one key should seal fewer than 2**32 texts (NIST SP 800-38D, 8.3).
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = "v1"
NONCE_BYTES = 12


class Unsealable(Exception):
    """What is stored cannot be opened here: another key, another place, or changed on the way."""


class UnknownKey(Unsealable):
    """The text names a key that is not at hand."""


def seal(cipher: AESGCM, key_id: str, text: str, place: str) -> str:
    """`text` sealed for `place`, such as `patient.phone`; never twice the same."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = cipher.encrypt(nonce, text.encode(), _bound_to(key_id, place))
    return f"{VERSION}.{key_id}.{urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(ciphers: Mapping[str, AESGCM], sealed: str, place: str) -> str:
    """The text of a `sealed` one; raises Unsealable, which never repeats what is stored."""
    version, _, rest = sealed.partition(".")
    key_id, _, body = rest.partition(".")
    if version != VERSION or not body:
        raise Unsealable(f"{place}: what is stored is not a sealed text")
    if key_id not in ciphers:
        raise UnknownKey(f"{place}: sealed with key {key_id[:8]!r}, which is not on the keyring")
    try:
        raw = _raw(body)
        bound = _bound_to(key_id, place)
        return ciphers[key_id].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound).decode()
    except (InvalidTag, ValueError):
        raise Unsealable(f"{place}: what is stored was not sealed there by us") from None


def _raw(body: str) -> bytes:
    """The bytes of `body`, which base64 would let one write in several ways: ours is the only."""
    raw = urlsafe_b64decode(body)
    if urlsafe_b64encode(raw).decode() != body:
        raise ValueError("not as it was written")
    return raw


def sealed_with(key_id: str) -> str:
    """How every text sealed with this key begins."""
    return f"{VERSION}.{key_id}."


def _bound_to(key_id: str, place: str) -> bytes:
    return f"rehab {VERSION} {key_id} {place}".encode()
