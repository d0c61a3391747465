"""The vault of one database: its keyring, unlocked and at hand."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rehab.vault.keyring import Keyring, derive
from rehab.vault.sealing import UnknownKey, seal, unseal

PHONE_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class _AtHand:
    """What a keyring yields, worked out once."""

    ring: Keyring
    newest: str
    ciphers: Mapping[str, AESGCM] = field(repr=False)
    phone_key: bytes = field(repr=False)
    audit_key: bytes = field(repr=False)


class Vault:
    """Seals with the newest key, opens with any; safe to share among threads.

    `kept` returns the keyring as it is kept, or None while a database has none. It is asked at the
    first use, and again when a text names a key that is not known here: another machine has then
    rotated the keys.
    """

    def __init__(self, secret: str, kept: Callable[[], str | None] = lambda: None) -> None:
        self._secret, self._kept = secret, kept
        self._lock = Lock()
        self._at_hand: _AtHand | None = None

    def seal(self, text: str, place: str) -> str:
        """`text` as it is stored in `place`, which is `table.column`."""
        at_hand = self._unlocked()
        return seal(at_hand.ciphers[at_hand.newest], at_hand.newest, text, place)

    def unseal(self, sealed: str, place: str) -> str:
        """The text again. Raises Unsealable for what was not sealed for `place` by this vault."""
        try:
            return unseal(self._unlocked().ciphers, sealed, place)
        except UnknownKey:
            return unseal(self.refresh().ciphers, sealed, place)

    def phone_key(self, phone: str) -> bytes:
        """By what a number, written as it is kept, is found: HMAC-SHA256, its first 16 bytes.

        Never rotated: a STOP outlives its patient, and then the number is nowhere to be hashed
        again. Whoever has both the key and the rows can try all numbers.
        """
        return hmac.digest(self._unlocked().phone_key, phone.encode(), "sha256")[:PHONE_KEY_BYTES]

    @property
    def audit_key(self) -> bytes:
        """What the audit chain is made with; never rotated either, so that old links hold."""
        return self._unlocked().audit_key

    @property
    def ring(self) -> Keyring:
        return self._unlocked().ring

    def lock_with(self, ring: Keyring) -> str:
        """`ring` as it is to be kept, under this vault's secret."""
        return ring.locked(self._secret)

    def unlock(self, locked: str) -> Keyring:
        """Raises Unsealable when it was locked with another secret."""
        return Keyring.unlocked(locked, self._secret)

    def refresh(self) -> _AtHand:
        """Take the keyring as it is kept now."""
        with self._lock:
            self._at_hand = self._read()
            return self._at_hand

    def _unlocked(self) -> _AtHand:
        at_hand = self._at_hand
        return self.refresh() if at_hand is None else at_hand

    def _read(self) -> _AtHand:
        locked = self._kept()
        ring = Keyring.first(self._secret) if locked is None else self.unlock(locked)
        return _AtHand(
            ring=ring,
            newest=ring.newest.id,
            ciphers={key.id: AESGCM(derive(key.material, "field")) for key in ring.keys},
            phone_key=derive(ring.anchor, "phone-lookup"),
            audit_key=derive(ring.anchor, "audit"),
        )
