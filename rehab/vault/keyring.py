"""The keys: one that never changes, for what must stay findable, and field keys that rotate.

All begin with REHAB_SECRET_KEY, so that machines which share it share the first keyring without
another word. From then on the keyring is kept in the database, locked with a key of that secret:
a new secret locks it anew and touches no patient's row.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rehab.vault.sealing import UnknownKey, Unsealable, seal, unseal

KEY_BYTES = 32
PLACE = "keyring.locked"


def derive(material: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose, by HKDF-SHA256 (RFC 5869); no purpose tells of another."""
    info = f"rehab {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(material)


def cookie_key(secret: str) -> str:
    """What signs cookies: a new secret signs everybody out."""
    return derive(secret.encode(), "cookie").hex()


@dataclass(frozen=True, slots=True)
class Key:
    """A field key. `since` is None for the first one, which the secret itself yields."""

    material: bytes = field(repr=False)
    since: datetime | None = None
    retired_at: datetime | None = None

    @property
    def id(self) -> str:
        """Eight hexadecimal digits that name the key and tell nothing of it."""
        return derive(self.material, "key id").hex()[:8]


@dataclass(frozen=True, slots=True)
class Keyring:
    """`anchor` is behind phone keys and the audit; `keys`, oldest first, seal fields."""

    anchor: bytes = field(repr=False)
    keys: tuple[Key, ...]

    @classmethod
    def first(cls, secret: str) -> "Keyring":
        """The keyring of a database that has none yet: the same wherever the secret is."""
        material = secret.encode()
        return cls(derive(material, "anchor"), (Key(derive(material, "first field key")),))

    @property
    def newest(self) -> Key:
        return self.keys[-1]

    @property
    def in_use(self) -> tuple[Key, ...]:
        return tuple(key for key in self.keys if key.retired_at is None)

    @property
    def is_turning(self) -> bool:
        """A rotation has begun and an older key has not been retired yet."""
        return len(self.in_use) > 1

    def turned(self, now: datetime) -> "Keyring":
        """With a new key, from `now` the one that seals."""
        return replace(self, keys=(*self.keys, Key(secrets.token_bytes(KEY_BYTES), now)))

    def settled(self, now: datetime) -> "Keyring":
        """With every key but the newest retired. A retired key seals nothing and still opens."""
        older = (replace(key, retired_at=key.retired_at or now) for key in self.keys[:-1])
        return replace(self, keys=(*older, self.newest))

    def locked(self, secret: str) -> str:
        """The keyring as it is kept: of no use without the secret."""
        key = Key(derive(secret.encode(), "keyring"))
        return seal(AESGCM(key.material), key.id, json.dumps(_as_json(self)), PLACE)

    @classmethod
    def unlocked(cls, locked: str, secret: str) -> "Keyring":
        """Raises Unsealable, in words for the operator, under any other secret."""
        key = Key(derive(secret.encode(), "keyring"))
        try:
            kept = json.loads(unseal({key.id: AESGCM(key.material)}, locked, PLACE))
        except UnknownKey:
            raise Unsealable(
                "REHAB_SECRET_KEY is not the one that this database's keys are locked with"
            ) from None
        return _from_json(kept)


def _as_json(ring: Keyring) -> dict[str, Any]:
    return {
        "anchor": _text(ring.anchor),
        "keys": [
            {
                "material": _text(key.material),
                "since": key.since and key.since.isoformat(),
                "retired_at": key.retired_at and key.retired_at.isoformat(),
            }
            for key in ring.keys
        ],
    }


def _from_json(kept: dict[str, Any]) -> Keyring:
    keys = (
        Key(urlsafe_b64decode(key["material"]), _instant(key["since"]), _instant(key["retired_at"]))
        for key in kept["keys"]
    )
    return Keyring(urlsafe_b64decode(kept["anchor"]), tuple(keys))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
