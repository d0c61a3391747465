"""The `rehab` command: one module a command family, one plain line when something is wrong."""

from importlib import import_module
from typing import Any

import click
from flask.cli import FlaskGroup
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from rehab import starting
from rehab.errors import RehabError
from rehab.services.actors import acting_as
from rehab.services.audit import Actor, ActorKind
from rehab.settings import SettingsError

HOMES = {
    "audit": "rehab.cli.audit",
    "backup": "rehab.cli.backup",
    "clinic": "rehab.cli.clinic",
    "clinician": "rehab.cli.clinic",
    "db": "flask_migrate.cli",
    "demo": "rehab.cli.demo",
    "doctor": "rehab.cli.doctor",
    "export": "rehab.cli.patient",
    "keys": "rehab.cli.keys",
    "library": "rehab.cli.library",
    "patient": "rehab.cli.patient",
    "reminders": "rehab.cli.reminders",
    "replay": "rehab.cli.replay",
    "serve": "rehab.cli.serve",
    "simulate": "rehab.cli.simulate",
    "token": "rehab.cli.clinic",
    "transfer": "rehab.cli.transfer",
    "worker": "rehab.cli.worker",
}
"""Where each command lives, by its name; `db` is Flask-Migrate's own, for the migrations."""


def commands() -> dict[str, click.Command]:
    """Every command, for `rehab …` as for `flask --app wsgi …`; each is loaded once it is used."""
    return {name: _once_used(home, name) for name, home in HOMES.items()}


def _once_used(home: str, name: str) -> Any:
    return LocalProxy(lambda: getattr(import_module(home), name))


class Rehab(FlaskGroup):
    """A Flask group whose faults are one line on standard error, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with acting_as(Actor(ActorKind.OPERATOR)):
                return super().invoke(ctx)
        except (RehabError, SettingsError) as error:
            raise click.ClickException(str(error)) from error
        except SQLAlchemyError as error:
            line = str(error.__cause__ or error).splitlines()[0]
            raise click.ClickException(f"database: {line}") from error
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{where}{error.strerror or error}") from error
        except UnicodeError as error:
            raise click.ClickException(f"that is not text in UTF-8: {error}") from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Ours, and the migrations: help needs no settings and no database."""
        return sorted(self.commands)


def _create_app() -> Any:
    """The app that the commands work with: what serves makes one with doors of its own."""
    from rehab import create_app

    return create_app(doors=False)


def main() -> None:
    """Run the command line."""
    group = Rehab(
        name="rehab",
        help="Home-exercise and rehab programs for muscle pain.",
        create_app=_create_app,
        add_default_commands=False,
        add_version_option=False,
        load_dotenv=False,
    )
    group.params.clear()
    with starting():
        for name, command in commands().items():
            group.add_command(command, name)
    group.main()
