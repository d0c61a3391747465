"""How the server is put together: settings, database, library, sender, doors."""

import secrets
from contextlib import suppress
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from rehab import clock
from rehab.cli import commands
from rehab.extensions import db, set_up_database
from rehab.log import set_up_log
from rehab.models import (  # noqa: F401 - all tables, whoever else names them
    alert,
    audit,
    calendar_feed,
    clinic,
    decision,
    kept_answer,
    keyring,
    measure,
    message,
    note,
    patient,
    plan,
    rate,
    screening,
    sending,
    session,
    shelf,
    sign_in,
)
from rehab.models.keyring import open_vault
from rehab.notifications.senders import sender_for
from rehab.programs.library import Library, read_library, shipped_folder
from rehab.server import Server
from rehab.settings import Settings
from rehab.vault import cookie_key
from rehab.wiring import Wiring, wire

LARGEST_BODY = 1024 * 1024
SILENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 8_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
"""A PostgreSQL that has fallen silent is given up within ten seconds, where TCP would wait a
quarter of an hour for an answer. Seconds, and milliseconds for what was sent and not confirmed."""


def build(settings: Settings | None = None, doors: bool = True) -> Flask:
    """The app of `settings`, the environment's when none are given; see `create_app`."""
    settings = settings or Settings.from_env()
    set_up_log(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    secret = settings.secret_key or _kept_secret(settings.data_dir)
    app = Server("rehab")
    app.config.from_mapping(
        SECRET_KEY=cookie_key(secret),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,
            "connect_args": {} if settings.is_sqlite else SILENCE,
        },
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        BOOTSTRAP_SERVE_LOCAL=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
    )
    _heed_proxies(app, settings.trusted_proxies)
    set_up_database(app, clock.monotonic)
    with app.app_context():
        open_vault(db.engine, secret)
    wire(app, Wiring(settings, _library(settings), sender_for(settings)))
    if doors:
        _open_doors(app)
    for name, command in commands().items():
        app.cli.add_command(command, name)
    return app


def _open_doors(app: Flask) -> None:
    """Pages, API and webhooks, which are loaded only where somebody may come in by them."""
    from flask_bootstrap import Bootstrap5

    from rehab.api import add_api
    from rehab.notifications.webhooks import blueprint as webhooks
    from rehab.web import add_pages
    from rehab.web.compression import add_compression
    from rehab.web.guards import add_guards

    Bootstrap5(app)
    add_guards(app)
    add_compression(app)
    add_api(app)
    add_pages(app)
    app.register_blueprint(webhooks)


def _heed_proxies(app: Flask, proxies: int) -> None:
    """Believe what so many proxies say of who asks and how; anybody else could write that too."""
    if proxies:
        inner = app.wsgi_app
        app.wsgi_app = ProxyFix(inner, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]


def _library(settings: Settings) -> Library:
    extra = [settings.library] if settings.library else []
    return read_library(shipped_folder(), *extra)


def _kept_secret(data_dir: Path) -> str:
    """The secret key kept in the data folder, made by whichever process starts first."""
    path = data_dir / "secret_key"
    if not path.exists():
        draft = data_dir / f".secret_key-{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32), encoding="ascii")
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text(encoding="ascii")
