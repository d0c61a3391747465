"""The `rehab` command: one module a command family, one plain line when something is wrong."""

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


def _migrations() -> click.Command:
    from flask_migrate.cli import db

    return db


MIGRATIONS: Any = LocalProxy(_migrations)
"""Flask-Migrate's own commands, which load Alembic once they are used."""


def commands() -> list[click.Command]:
    """Every command of ours, for `rehab …` as for `flask --app wsgi …`."""
    from rehab.cli.audit import audit
    from rehab.cli.backup import backup
    from rehab.cli.clinic import clinic, clinician, token
    from rehab.cli.demo import demo
    from rehab.cli.doctor import doctor
    from rehab.cli.keys import keys
    from rehab.cli.library import library
    from rehab.cli.patient import export, patient
    from rehab.cli.reminders import reminders
    from rehab.cli.replay import replay
    from rehab.cli.serve import serve
    from rehab.cli.simulate import simulate
    from rehab.cli.transfer import transfer
    from rehab.cli.worker import worker

    serving = [demo, serve, worker, reminders]
    people = [clinic, clinician, token, patient, export]
    keeping = [doctor, backup, transfer, keys, audit]
    return [*serving, *people, *keeping, library, replay, simulate]


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
    from rehab import create_app

    return create_app()


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
        for command in commands():
            group.add_command(command)
    group.add_command(MIGRATIONS, "db")
    group.main()
