"""Columns whose content the database never sees: sealed on the way in, opened on the way out."""

import json
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, LargeBinary, Text, TypeDecorator
from sqlalchemy.sql.operators import OperatorType, eq, is_, is_not, ne

from rehab.vault.vault import PHONE_KEY_BYTES, Vault

_VAULTS: WeakKeyDictionary[Dialect, Vault] = WeakKeyDictionary()
"""Each engine has a dialect of its own, and a column type is told the dialect it works for: so two
apps in one process keep to their own keys."""

OF_NONE = (is_, is_not, eq, ne)


def entrust(dialect: Dialect, vault: Vault) -> None:
    """Let the sealed columns of `dialect`'s engine use `vault`."""
    _VAULTS[dialect] = vault


def vault_of(dialect: Dialect) -> Vault:
    """The vault of an engine. Raises LookupError when it was given none."""
    vault = _VAULTS.get(dialect)
    if vault is None:
        raise LookupError("this engine has no vault: entrust one to it when the app is built")
    return vault


class _NotCompared(TypeDecorator.Comparator[Any]):
    """Nothing is asked of a sealed column but whether it is there."""

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        if op in OF_NONE and all(value is None for value in other):
            return super().operate(op, *other, **kwargs)
        self._refuse()

    def reverse_operate(self, op: OperatorType, other: Any, **kwargs: Any) -> Any:
        self._refuse()

    def _refuse(self) -> NoReturn:
        place = getattr(self.type, "place", "this column")
        raise TypeError(f"{place} is sealed: it can be neither compared, searched nor sorted by")


class _Sealed(TypeDecorator[Any]):
    """What is sealed with AES-256-GCM; `place` is its own `table.column`, and binds it there."""

    impl = Text
    cache_ok = True
    comparator_factory = _NotCompared

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_literal_param(self, value: Any, dialect: Dialect) -> str:
        raise TypeError(f"{self.place} is sealed: it is never written into a statement")


class EncryptedText(_Sealed):
    """Sealed text."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else vault_of(dialect).seal(value, self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else vault_of(dialect).unseal(value, self.place)


class EncryptedJson(_Sealed):
    """A sealed JSON value. A change inside it is not noticed: set it anew."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else vault_of(dialect).seal(json.dumps(value), self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(vault_of(dialect).unseal(value, self.place))


class PhoneKey(TypeDecorator[Any]):
    """By what a number is found: `where(Patient.phone_key == "+442079460123")`.

    A number goes in and 16 bytes come out; bytes are taken to be a key already.
    """

    impl = LargeBinary(PHONE_KEY_BYTES)
    cache_ok = True

    def process_bind_param(self, value: str | bytes | None, dialect: Dialect) -> bytes | None:
        if value is None or isinstance(value, bytes):
            return value
        return vault_of(dialect).phone_key(value)
