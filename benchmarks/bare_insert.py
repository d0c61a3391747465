"""What no report can be stored faster than: a bare Flask route that inserts one row and commits, on
the same web server with as many processes and threads, and a database that is as careful.
"""

import argparse
import gc
import sqlite3
from typing import Any
from uuid import UUID, uuid4

from flask import Flask, Response, jsonify, request
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Table,
    Uuid,
    create_engine,
    event,
)

from rehab import clock
from rehab.cli.serve import Server
from rehab.settings import Settings

PAIN = Table(
    "bare_insert",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("plan_id", Uuid),
    Column("at", DateTime(timezone=True)),
    Column("after", Integer),
)


def open_engine(url: str) -> Engine:
    """SQLite as the server sets it up: what is committed outlasts a power cut."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def tune(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def bare(url: str) -> Flask:
    app, engine = Flask("bare"), open_engine(url)

    @app.post("/api/v1/plans/<uuid:id>/sessions")
    def insert(id: UUID) -> tuple[Response, int]:
        said = request.get_json()
        row = {"id": uuid4(), "plan_id": id, "at": clock.now(), "after": said["after"]}
        with engine.begin() as connection:
            connection.execute(PAIN.insert(), row)
        return jsonify(id=row["id"], plan_id=id), 201

    return app


class BareServer(Server):
    """The web server as `rehab serve` sets it up, without the app behind it."""

    def __init__(self, settings: Settings, workers: int, url: str) -> None:
        self.url = url
        super().__init__(settings, workers)

    def load_config(self) -> None:
        super().load_config()
        self.cfg.set("post_worker_init", _freeze)

    def load(self) -> Flask:
        return bare(self.url)


def _freeze(_worker: object) -> None:
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bind")
    parser.add_argument("--url", required=True)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    made = open_engine(given.url)
    PAIN.metadata.create_all(made)
    made.dispose()
    BareServer(Settings(bind=given.bind), given.workers, given.url).run()
