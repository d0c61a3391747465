"""How long requests took, counted by all processes of a server together, for Prometheus.

Each process adds to a file of its own in one folder, in prometheus-client's own format for many
processes. Whichever is scraped sums them up, and those that have ended are kept in one file.
"""

import fcntl
import logging
import os
import socket
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from threading import Lock
from typing import Any
from weakref import finalize

from flask import Flask, Response, request
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from rehab import clock
from rehab.settings import Settings

log = logging.getLogger(__name__)

NAME = "rehab_request_duration_seconds"
ABOUT = "How long requests took, by route, method and status"
LABELS = ["route", "method", "status"]
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
BOUNDS = (*map(str, BUCKETS), "+Inf")

BEGAN = "rehab.began"
FOLDER, ENDED = "requests", "ended"
PROBES = frozenset({"metrics", "health"})
"""Who asks these is a machine of the operator's, time and again."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

ROOM = 2 * 1024 * 1024
"""Bytes of a process's counts: of all routes with some statuses each."""

Labels = tuple[str, str, str]


class RequestsSeen(Collector):
    """The counts of one server; this process adds to its own file in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._process: int | None = None
        self._has_told = False
        self._kept: Any = None
        self._close: Callable[[], object] = lambda: None
        self._keys: dict[Labels, tuple[str, ...]] = {}

    def add(self, labels: Labels, seconds: float) -> None:
        """Count one request; safe among threads and after a fork. What cannot be counted is not: a
        full disk is no reason not to answer."""
        with self._lock:
            try:
                kept = self._own()
            except OSError as error:
                self._tell_once(error)
                return
            keys = self._keys.get(labels)
            if keys is None:
                keys = self._keys[labels] = _keys(labels)
                for key in keys:
                    kept.read_value(key)
            bucket = keys[bisect_left(BUCKETS, seconds)]
            for key, amount in ((bucket, 1.0), (keys[-1], seconds)):
                kept.write_value(key, kept.read_value(key)[0] + amount, 0.0)

    def collect(self) -> Iterable[Metric]:
        """What all processes of the server have counted."""
        if not self.folder.is_dir():
            return []
        with _held(self.folder, fcntl.LOCK_SH):
            found: Iterable[Metric] = MultiProcessCollector(None, str(self.folder)).collect()
            return found

    def fold(self, process: int) -> None:
        """Move what a process that has ended counted to the file of all that have: otherwise each
        that was ever replaced would be read at every scrape."""
        left, ended = self._file(process), self._file(ENDED)
        if not left.exists():
            return
        try:
            with _held(self.folder, fcntl.LOCK_EX):
                _add(left, ended)
                left.unlink()
        except OSError as error:
            self._tell_once(error)

    def _file(self, process: int | str) -> Path:
        return self.folder / f"histogram_{process}.db"

    def _own(self) -> Any:
        """The file of this process, which may have been forked since."""
        if self._process != os.getpid():
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self._file(os.getpid())
            _take_room(path)
            self._close()
            self._keys.clear()
            kept = MmapedDict(str(path))
            self._kept, self._close = kept, finalize(self, kept.close)
            self._process = os.getpid()
        return self._kept

    def _tell_once(self, error: OSError) -> None:
        if not self._has_told:
            log.warning("requests are not counted: %s", error)
        self._has_told = True


def _take_room(path: Path) -> None:
    """Have all of the file on the disk before it is written to by way of memory: where the disk is
    full by then, the process would be ended. Raises OSError where there is no room."""
    with path.open("ab") as file:
        os.posix_fallocate(file.fileno(), 0, ROOM)


@contextmanager
def _held(folder: Path, how: int) -> Iterator[None]:
    """Scrapes hold the folder together, who moves counts in it alone: none is counted twice."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, how)
        yield
    finally:
        os.close(opened)


def _add(counted: Path, to: Path) -> None:
    """Add the counts in one file to those in another. Raises OSError where there is no room."""
    _take_room(to)
    sums = MmapedDict(str(to))
    for key, value, *_ in MmapedDict.read_all_values_from_file(str(counted)):
        sums.write_value(key, sums.read_value(key)[0] + value, 0.0)
    sums.close()


def _keys(labels: Labels) -> tuple[str, ...]:
    """Where each bucket is counted, and last the sum. To read one is to make it, at nought: a
    quantile over many routes is right only where each of them has every bucket."""
    buckets = (
        mmap_key(NAME, f"{NAME}_bucket", [*LABELS, "le"], [*labels, bound], ABOUT)
        for bound in BOUNDS
    )
    return (*buckets, mmap_key(NAME, f"{NAME}_sum", LABELS, list(labels), ABOUT))


def add_requests_seen(app: Flask, settings: Settings) -> RequestsSeen:
    """Count the requests of `app`; the processes of one server are of one process group."""
    home, host = settings.data_dir / FOLDER, socket.gethostname()
    for gone in _of_servers_gone(home, host):
        rmtree(gone, ignore_errors=True)
    seen = RequestsSeen(home / f"{host}.{os.getpgrp()}")
    app.wsgi_app = _timed(app.wsgi_app)  # type: ignore[method-assign]

    @app.after_request
    def count(response: Response) -> Response:
        began = request.environ.get(BEGAN)
        if began is not None and request.blueprint not in PROBES:
            route = request.url_rule.rule if request.url_rule else "none"
            method = request.method if request.method in METHODS else "other"
            labels = (route, method, str(response.status_code))
            seen.add(labels, clock.monotonic() - began)
        return response

    return seen


def _timed(answer: Callable[..., Any]) -> Callable[..., Any]:
    def serve(environ: Any, start_response: Any) -> Any:
        environ[BEGAN] = clock.monotonic()
        return answer(environ, start_response)

    return serve


def _of_servers_gone(home: Path, host: str) -> Iterator[Path]:
    """Folders of servers on this machine that have ended."""
    for folder in home.glob(f"{host}.*"):
        group = folder.name.rpartition(".")[2]
        if group.isdigit() and not _is_alive(int(group)):
            yield folder


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
