"""The folders: room, whether they can be written, who else may read, and how old a backup is."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rehab.errors import RehabError
from rehab.services import backups
from rehab.services.doctor.examination import Verdict, fail, ok, warn

GIB = 1024**3
LEAST_FREE, SCARCE_FREE = GIB // 8, GIB
FEWEST_FILES = 1000
BACKUP_EVERY = timedelta(hours=26)
"""A day, and time enough for a large one."""


def space(folder: Path) -> Iterator[Verdict]:
    """Room for data and files, and whether a file can be made there."""
    if not folder.is_dir():
        yield fail(f"{folder} is not there: `rehab db upgrade` makes it, or set REHAB_DATA_DIR")
        return
    free = shutil.disk_usage(folder).free
    told = f"{free / GIB:.1f} GiB are free in {folder}"
    if free < LEAST_FREE:
        yield fail(f"{told}: make room now, or writing stops")
    elif free < SCARCE_FREE:
        yield warn(f"{told}: make room")
    else:
        yield ok(told)
    seen = os.statvfs(folder)
    if seen.f_files and seen.f_favail < FEWEST_FILES:
        yield fail(f"no more than {seen.f_favail} files can be made in {folder}: remove some")
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"room")
            os.fsync(file.fileno())
    except OSError as error:
        yield fail(f"{folder} cannot be written: {error.strerror}; see who owns it")


def privacy(data_dir: Path, secrets: Sequence[Path]) -> Iterator[Verdict]:
    """Nobody else on this machine may read what is secret."""
    seen = [path for path in (data_dir / "secret_key", *secrets) if path.exists()]
    open_to_all = [path for path in seen if _mode(path) & stat.S_IRWXO]
    yield from (fail(f"everybody may read {path}: chmod o= {path}") for path in open_to_all)
    if data_dir.is_dir() and _mode(data_dir) & stat.S_IRWXO:
        yield warn(f"everybody on this machine may look into {data_dir}: chmod 700 {data_dir}")
    elif not open_to_all:
        yield ok("nobody else may read the data folder and the secrets")


def _mode(path: Path) -> int:
    return path.stat().st_mode


def backup_age(folder: Path, now: datetime) -> Iterator[Verdict]:
    """How old the newest backup in `folder` is, and whether it is one."""
    files = [path for path in folder.glob("*") if path.is_file()] if folder.is_dir() else []
    if not files:
        yield fail(f"no backup in {folder}: see that rehab-backup.timer is on")
        return
    newest = max(files, key=lambda path: path.stat().st_mtime)
    try:
        backups.kind_of(newest)
    except RehabError as error:
        yield fail(f"{error}: make one anew with `rehab backup create`")
        return
    age = now - datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    told = f"{newest} is {age.total_seconds() / 3600:.0f} hours old"
    if age > BACKUP_EVERY:
        yield fail(f"{told}: see why rehab-backup.service does not run")
    else:
        yield ok(told)
