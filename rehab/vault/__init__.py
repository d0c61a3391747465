"""What keeps a clinic's data unreadable to whoever finds the database without its secret."""

from rehab.vault.keyring import Key, Keyring, cookie_key
from rehab.vault.sealing import Unsealable
from rehab.vault.vault import Vault

__all__ = ["Key", "Keyring", "Unsealable", "Vault", "cookie_key"]
