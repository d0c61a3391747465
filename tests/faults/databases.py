"""Databases of one test's own on the PostgreSQL that the tests share."""

from secrets import token_hex

import psycopg
from psycopg import sql


def database_beside(postgres_url: str) -> str:
    """The address of a new, empty database on the same server."""
    name = f"faults_{token_hex(4)}"
    plain = postgres_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        taken = connection.info.dbname
    head, _, tail = postgres_url.partition(f"/{taken}")
    return f"{head}/{name}{tail}"
