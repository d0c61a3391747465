"""Dumps: backups of PostgreSQL, made and read by its own client programs."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, make_url

from rehab.errors import Conflict
from rehab.extensions import db
from rehab.services.backups import check_revision, draft_of

REVISIONS = "alembic_version"
PREFIX = re.compile(r"^\w+:(?:\S+:)? (?:error|detail): +")
LOCKS = "SET lock_timeout = '10s'"
"""A server that still runs holds locks: better no restore than one that waits for ever."""


def create(url: str, target: Path, tools: Path | None = None) -> None:
    """Dump the database at `url` to `target`, in pg_dump's custom format, whole or not at all.

    `tools` is the folder of pg_dump; without it, it is looked for on the PATH. Raises Conflict, one
    line, when it is missing, too old for the server, or fails.
    """
    with draft_of(target) as draft, _address(url) as address:
        file = f"--file={draft}"
        _run("pg_dump", tools, "--format=custom", "--no-owner", "--no-privileges", file, address)
        verify(draft, tools)


def verify(backup: Path, tools: Path | None = None) -> str:
    """The revision of a dump's tables. Raises Conflict when it cannot be read through."""
    _run("pg_restore", tools, "--file=/dev/null", str(backup))
    with TemporaryDirectory() as place:
        script = Path(place) / "script"
        only = ("--data-only", f"--table={REVISIONS}")
        _run("pg_restore", tools, *only, f"--file={script}", str(backup))
        with script.open(encoding="utf-8", errors="replace") as lines:
            revision = _revision(lines)
    if revision is None:
        raise Conflict(f"{backup}: is no backup of Rehab")
    check_revision(backup, revision)
    return revision


def restore(url: str, backup: Path, tools: Path | None = None) -> None:
    """Put a dump in the place of Rehab's tables, in one transaction: all of it or nothing.

    Tables that are not ours stay. Raises Conflict as `create` does.
    """
    ours = ", ".join(f'"{table}"' for table in (*db.metadata.tables, REVISIONS))
    with TemporaryDirectory() as place, _address(url) as address:
        script = Path(place) / "script"
        readable = ("--clean", "--if-exists", "--no-owner", "--no-privileges")
        _run("pg_restore", tools, *readable, f"--file={script}", str(backup))
        steps = ("-c", LOCKS, "-c", f"DROP TABLE IF EXISTS {ours} CASCADE", "-f", str(script))
        strict = ("-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", f"{place}/out")
        _run("psql", tools, *strict, *steps, address)


def _revision(lines: Iterator[str]) -> str | None:
    """The row of the table that names it, as a dump's script writes it."""
    for line in lines:
        if line.startswith(f"COPY public.{REVISIONS} "):
            return next(lines, "").strip()
    return None


@contextmanager
def _address(url: str) -> Iterator[str]:
    """The address as PostgreSQL's programs take it; the password is in a file, where no list of
    processes shows it."""
    plain = make_url(url).set(drivername="postgresql")
    with TemporaryDirectory() as place:
        if plain.password is not None:
            file = Path(place) / "pgpass"
            file.touch(mode=0o600)
            file.write_text(f"*:*:*:*:{_escaped(str(plain.password))}\n", encoding="utf-8")
            plain = _without_password(plain).update_query_dict({"passfile": str(file)})
        yield plain.render_as_string(hide_password=False)


def _without_password(url: URL) -> URL:
    return URL.create(
        url.drivername, url.username, None, url.host, url.port, url.database, url.query
    )


def _escaped(password: str) -> str:
    return password.replace("\\", "\\\\").replace(":", "\\:")


def _run(program: str, tools: Path | None, *arguments: str) -> None:
    found = shutil.which(program, path=tools)
    if found is None:
        where = "on the PATH" if tools is None else f"in {tools}"
        raise Conflict(
            f"{program} is not {where}: install PostgreSQL's client programs, of the server's"
            " version, or name their folder with --tools"
        )
    done = subprocess.run(  # noqa: S603 - a program that was looked up, and no shell
        [found, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [PREFIX.sub("", line) for line in done.stderr.splitlines()]
        raise Conflict(f"{program}: {'; '.join(said[:2]) or f'ended with {done.returncode}'}")
