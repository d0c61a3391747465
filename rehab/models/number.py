"""Phone numbers in a table: the number itself is sealed, and a keyed hash of it finds the row."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import MappedColumn, mapped_column, validates

from rehab.models.keyring import vault
from rehab.vault.columns import PhoneKey


def key_of(number: str) -> bytes:
    """By what `number`, written as it is kept, is found in the database of the app that runs."""
    return vault().phone_key(number)


def found_by(number: str, **kwargs: Any) -> MappedColumn[bytes]:
    """The column that finds the rows whose column `number` holds one; an INSERT fills it itself."""
    return mapped_column(
        PhoneKey, default=lambda context: context.get_current_parameters()[number], **kwargs
    )


def keeps(key: str, number: str) -> Callable[[Any, str, str], str]:
    """Lets a row's `key` follow its `number`."""

    @validates(number)
    def follow(row: Any, _name: str, said: str) -> str:
        setattr(row, key, key_of(said))
        return said

    return follow
