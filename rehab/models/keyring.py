"""The keyring as the database keeps it, and the vault that is opened with it."""

from datetime import datetime

from sqlalchemy import Engine, NullPool, Text, create_engine, inspect, select
from sqlalchemy.orm import Mapped, mapped_column

from rehab.extensions import Model, db
from rehab.vault import Vault
from rehab.vault.columns import entrust, vault_of

ONLY = 1


class KeptKeyring(Model):
    """One row: the keys of this database, locked with a key of REHAB_SECRET_KEY."""

    __tablename__ = "keyring"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=ONLY)
    locked: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]


def open_vault(engine: Engine, secret: str) -> Vault:
    """Give `engine` the vault of its database. Nothing is read before something is sealed."""
    vault = Vault(secret, lambda: kept_keyring(engine))
    entrust(engine.dialect, vault)
    return vault


def vault() -> Vault:
    """The vault of the app that is running now."""
    return vault_of(db.engine.dialect)


def kept_keyring(engine: Engine) -> str | None:
    """The locked keyring; None before the first was kept, or before there are tables.

    Read on a connection of its own: it is asked for in the middle of others' transactions, which
    may hold every connection of the pool and, on SQLite, the right to write.
    """
    aside = create_engine(engine.url, poolclass=NullPool)
    with aside.connect() as connection:
        if not inspect(connection).has_table(KeptKeyring.__tablename__):
            return None
        return connection.scalar(select(KeptKeyring.locked).where(KeptKeyring.id == ONLY))
