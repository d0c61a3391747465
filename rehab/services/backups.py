"""Backups: the whole database in one file, whole or not there, and put back in one move.

On SQLite it is a copy made by the database's own online backup, while others go on working. No key
is in it: without REHAB_SECRET_KEY what is sealed in it stays shut. PostgreSQL's are in `dumps`.
"""

import os
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from urllib.parse import quote

from rehab.errors import Conflict, NotFound
from rehab.extensions import db, revisions
from rehab.services import outbox, pulse
from rehab.services.audit import Actor, ActorKind, Subject, record
from rehab.services.privacy import erasure
from rehab.services.transactions import transaction

SQLITE, POSTGRESQL = "sqlite", "postgresql"
MAGIC = {b"SQLite format 3\0": SQLITE, b"PGDMP": POSTGRESQL}

SHUT_OUT = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """What a backup holds: the revision of its tables, and how many patients."""

    revision: str
    patients: int


@dataclass(frozen=True, slots=True)
class Settled:
    """After a restore: who was erased again, and how many texts are looked up before any leaves."""

    erased: int
    doubted: int


LAST = "last_backup"


def note(data_dir: Path, now: datetime) -> None:
    """Write down on this machine that a whole backup was made, for whoever watches it."""
    (data_dir / LAST).write_text(now.isoformat(), encoding="ascii")


def noted(data_dir: Path) -> datetime | None:
    """When this machine last made one; None when it never did."""
    try:
        return datetime.fromisoformat((data_dir / LAST).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def kind_of(backup: Path) -> str:
    """SQLITE or POSTGRESQL. Raises NotFound, and Conflict for a file that is no backup."""
    if not backup.is_file():
        raise NotFound(f"{backup}: there is no such file")
    with backup.open("rb") as file:
        head = file.read(16)
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return kind
    raise Conflict(f"{backup}: is no backup")


def create(database: Path, target: Path) -> Found:
    """Copy a SQLite database to `target`, checked and flushed before it takes that name.

    Whatever had the name stays until then. Raises Conflict when the copy does not hold.
    """
    with draft_of(target) as draft:
        with (
            _plainly(database),
            closing(_open(database, "mode=rw")) as live,
            closing(sqlite3.connect(draft)) as copy,
        ):
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        found = verify(draft)
    return found


def verify(backup: Path) -> Found:
    """Read a SQLite backup through. Raises Conflict when it is damaged or of no known revision."""
    with _plainly(backup), closing(_open(backup, "mode=ro&immutable=1")) as copy:
        (said,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise Conflict(f"{backup}: is damaged: {said}")
        if copy.execute("PRAGMA foreign_key_check").fetchone():
            raise Conflict(f"{backup}: is damaged: a row hangs on none")
        (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
        (patients,) = copy.execute("SELECT count(*) FROM patient").fetchone()
    check_revision(backup, revision)
    return Found(revision, patients)


def check_revision(backup: Path, revision: str) -> None:
    """Raises Conflict for tables that this version of the server does not know."""
    if revision not in revisions():
        raise Conflict(f"{backup}: has the tables of {revision}, of another version of Rehab")


def stage(backup: Path, database: Path) -> Path:
    """A copy of the backup beside the database, to be brought up to date before it takes over."""
    staged = database.with_name(f".{database.name}.restoring")
    _empty_file(staged)
    shutil.copyfile(backup, staged)
    return staged


def drop(path: Path) -> None:
    """Remove a database and what was left beside it: an old journal would be played into the next
    file of that name."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def swap(staged: Path, database: Path, now: datetime) -> Path | None:
    """Put the staged copy in the database's place; where the one that it replaces is kept.

    Raises Conflict while another process has the database open: it would go on writing to a file
    that nobody reads any more.
    """
    with closing(_open(staged, "mode=rw")) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
    _flush(staged)
    if not database.exists():
        staged.replace(database)
        _flush(database.parent)
        return None
    kept = _free_name(database.with_name(f"{database.name}.replaced-{now:%Y%m%dT%H%M%SZ}"))
    with _shut(database, kept):
        kept.hardlink_to(database)
        staged.replace(database)
        _flush(database.parent)
    return kept


@transaction()
def settle(shadows: Collection[str], book: Path, now: datetime) -> Settled:
    """Make a restored database fit for the present: whoever was erased since is erased again, and
    what fell due since its last heartbeat is looked up with the provider first."""
    erased = erasure.erase_again(shadows, book, now)
    last = pulse.last_beat()
    doubted = outbox.doubt_gap(EVER if last is None else last - pulse.SILENCE, now)
    counts = {"erased": erased, "doubted": doubted}
    record("backup.restored", Subject("backup"), Actor(ActorKind.OPERATOR), counts, now)
    return Settled(erased, doubted)


def let_go() -> None:
    """Close this process's own connections to the database."""
    db.session.remove()
    db.engine.dispose()


@contextmanager
def draft_of(target: Path) -> Iterator[Path]:
    """An empty file, for nobody else's eyes, that takes the name of `target` if all goes well."""
    draft = target.with_name(f".{target.name}.part")
    try:
        _empty_file(draft)
        yield draft
        _flush(draft)
        draft.replace(target)
        _flush(target.parent)
    finally:
        drop(draft)


def _free_name(path: Path) -> Path:
    """`path`, or the first like it that nobody has."""
    others = (path.with_name(f"{path.name}-{n}") for n in count(2))
    return next(name for name in chain([path], others) if not name.exists())


def _empty_file(path: Path) -> None:
    drop(path)
    path.touch(mode=0o600, exist_ok=False)


@contextmanager
def _shut(database: Path, kept: Path) -> Iterator[None]:
    """Keep everybody out of a SQLite database, with nothing of it left outside its file.

    A log that was left beside it would be read into the file that takes its name.
    """
    with closing(_open(database, "mode=rw")) as alone:
        try:
            alone.execute("PRAGMA journal_mode=DELETE")
            alone.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode in SHUT_OUT:
                raise Conflict(
                    f"{database}: is open in another process: stop `rehab serve` and every worker"
                ) from error
            _set_aside(database, kept)
        yield


def _set_aside(database: Path, kept: Path) -> None:
    """What belongs to a database that is broken goes with it."""
    for suffix in ("-wal", "-journal"):
        beside = database.with_name(database.name + suffix)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + suffix))
    database.with_name(f"{database.name}-shm").unlink(missing_ok=True)


def _open(path: Path, how: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?{how}"
    return sqlite3.connect(address, uri=True, timeout=1, isolation_level=None)


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise Conflict(f"{path}: {error}") from error


def _flush(path: Path) -> None:
    """To the disk itself, a file's content or a folder's names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
