"""`rehab serve`: the production web server, several processes over one database."""

import gc
import socket
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from rehab import create_app
from rehab.cli.tables import check_tables
from rehab.extensions import db
from rehab.settings import Settings
from rehab.web.metrics import fold_counts
from rehab.worker import start_embedded

THREADS = 4


class Server(BaseApplication):
    """gunicorn, told what to do by Settings rather than by a file of its own."""

    def __init__(self, settings: Settings, workers: int) -> None:
        self.settings, self.workers = settings, workers
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": self.settings.bind,
            "workers": self.workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "preload_app": True,
            "control_socket_disable": True,
            "post_worker_init": _begin,
            "worker_exit": _stop_scheduler,
            "child_exit": _keep_counts,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The app, made once in the master; its processes share what they only read of it."""
        app = create_app(self.settings)
        check_tables(app)
        _let_go_of_connections(app)
        gc.collect()
        gc.freeze()
        return app


def _let_go_of_connections(app: Flask) -> None:
    """No connection crosses a fork: two processes would speak on one."""
    with app.app_context():
        db.engine.dispose()


def _check_bind(bind: str) -> None:
    host, _, port = bind.rpartition(":")
    try:
        socket.create_server((host.strip("[]"), int(port))).close()
    except OSError as error:
        raise click.ClickException(f"REHAB_BIND: {bind}: {error.strerror}") from error


def _begin(worker: Any) -> None:
    """What a process has once it is ready lives as long as it does: the garbage collector, which
    would look through all of it time and again in the midst of a request, leaves it alone."""
    app = worker.app.wsgi()
    gc.collect()
    gc.freeze()
    if worker.app.settings.scheduler == "embedded":
        worker.ticker = start_embedded(app)


def _stop_scheduler(_server: Any, worker: Any) -> None:
    """In time: a process that takes over while it ends itself can start no thread any more."""
    ticker = getattr(worker, "ticker", None)
    if ticker is not None:
        ticker.stop()


def _keep_counts(server: Any, worker: Any) -> None:
    """In the master, which outlives its processes."""
    fold_counts(server.app.wsgi(), worker.pid)


@click.command("serve")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(workers: int) -> None:
    """Serve on REHAB_BIND with several processes; reminders too unless REHAB_SCHEDULER is off."""
    settings = Settings.from_env()
    _check_bind(settings.bind)
    server = Server(settings, workers)
    server.wsgi()
    server.run()
