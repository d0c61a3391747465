"""`rehab demo`: a clinic to look around in, from nothing to serving with one command."""

import errno
import os
import signal
import socket
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from rehab import clock, create_app
from rehab.cli.tables import upgrade
from rehab.notifications.senders.console import ConsoleSender
from rehab.services.demo import open_demo
from rehab.services.tokens import issue_token
from rehab.settings import Settings
from rehab.tenancy import across_clinics
from rehab.web.demo import add_demo
from rehab.wiring import library, wire, wiring
from rehab.worker import start_embedded

HOST = "127.0.0.1"
DATABASE = "demo.sqlite3"
SQLITE_FILES = ("", "-wal", "-shm")

READY = """\
The demo clinic is open (ready in {seconds:.1f} s).

  Start here   {address}/
  Sign in      {address}/demo/sign-in
  Demo phones  {address}/demo/phone
  API docs     {address}/api/docs
  API token    {token}
  Try          curl -H 'Authorization: Bearer {token}' {address}/api/v1/patients

Texts are printed here as they leave. Ctrl-C stops the demo; `rehab demo --fresh` starts it over.
"""


class Quiet(WSGIRequestHandler):
    """The open phone page looks for texts every two seconds: that is not worth a line each."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@click.command("demo")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--fresh", is_flag=True, help="Forget the last demo and start over.")
def demo(port: int, fresh: bool) -> None:
    """Serve a demo clinic on 127.0.0.1, with texts on the console and on a phone page.

    It has a database of its own (demo.sqlite3 in REHAB_DATA_DIR) and sends nothing to anybody.
    """
    began = clock.monotonic()
    with _listen(port) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        settings = demo_settings(Settings.from_env(), address)
        if fresh:
            _forget(settings)
        app = demo_app(settings)
        token = _open(app)
        click.echo(READY.format(seconds=clock.monotonic() - began, address=address, token=token))
        _serve(app, listener)


def demo_settings(settings: Settings, address: str) -> Settings:
    """The operator's settings as a demo may use them: its own database, nothing to a provider."""
    kept = Settings(data_dir=settings.data_dir).database_url
    own = f"sqlite:///{(settings.data_dir / DATABASE).resolve()}"
    url = own if settings.database_url == kept else settings.database_url
    return replace(settings, database_url=url, sms="console", public_url=address)


def demo_app(settings: Settings) -> Flask:
    """The server with the demo's pages, and with numbers shown whole: they are all fiction."""
    app = create_app(settings)
    add_demo(app)
    with app.app_context():
        wire(app, replace(wiring(), sender=ConsoleSender(demo=True)))
    return app


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        why = os.strerror(error.errno or errno.EADDRINUSE).lower()
        raise click.ClickException(f"port {port} on {HOST}: {why}; try another --port") from error


def _forget(settings: Settings) -> None:
    path = settings.database_url.removeprefix("sqlite:///")
    if Path(path).name != DATABASE:
        raise click.UsageError("--fresh forgets the demo's own file only: unset REHAB_DATABASE_URL")
    for suffix in SQLITE_FILES:
        Path(path + suffix).unlink(missing_ok=True)


def _open(app: Flask) -> str:
    """Migrate, seed when there is nothing yet, and hand out a token."""
    with app.app_context(), across_clinics("the demo opens its clinic"):
        upgrade()
        clinician = open_demo(library(), clock.now())
        return issue_token(clinician.email, (), clock.now())


def _serve(app: Flask, listener: socket.socket) -> None:
    """Werkzeug's threaded server: quick to start and to stop, and enough on loopback."""
    host, port = listener.getsockname()
    server = make_server(
        host, port, app, threaded=True, request_handler=Quiet, fd=listener.fileno()
    )
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    ticker = start_embedded(app)
    try:
        server.serve_forever()
    finally:
        ticker.stop()
