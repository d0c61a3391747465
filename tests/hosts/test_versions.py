"""Old tables under a new version, and new tables under an old one: one plain line, and no start."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from click import ClickException
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from rehab import create_app
from rehab.cli.tables import check_tables
from rehab.extensions import db
from rehab.places import folder
from rehab.settings import Settings

SCRIPTS = ScriptDirectory(str(folder("migrations")))
HEAD = str(SCRIPTS.get_current_head())
BEFORE = str(SCRIPTS.get_revision(HEAD).down_revision)
LATER = "9999"


def server_on(place: Path, revision: str) -> Flask:
    """A server whose database has the tables of `revision`, or of one it never heard of."""
    app = create_app(Settings(data_dir=place))
    with app.app_context():
        upgrade(revision=HEAD if revision == LATER else revision)
        if revision == LATER:
            with db.engine.begin() as line:
                line.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.engine.dispose()
    return app


@pytest.mark.parametrize("revision", [BEFORE, LATER])
def test_no_server_starts_on_the_tables_of_another_version(tmp_path: Path, revision: str) -> None:
    app = server_on(tmp_path, revision)
    with pytest.raises(ClickException) as refused:
        check_tables(app)
    assert revision in refused.value.message
    assert "\n" not in refused.value.message


def test_no_server_starts_on_tables_of_a_later_version_and_the_line_says_so(tmp_path: Path) -> None:
    with pytest.raises(ClickException, match="of a later version"):
        check_tables(server_on(tmp_path, LATER))


def test_one_that_runs_on_old_tables_is_not_ready(tmp_path: Path) -> None:
    """A balancer that asks /readyz takes it out; /healthz stays 200, as the process lives."""
    answer = server_on(tmp_path, BEFORE).test_client().get("/readyz")
    assert answer.status_code == 503
    assert BEFORE in answer.json["why"]


def test_one_that_runs_stays_ready_on_the_tables_of_a_later_version(tmp_path: Path) -> None:
    """In a rolling upgrade the earlier version serves until its turn comes."""
    assert server_on(tmp_path, LATER).test_client().get("/readyz").status_code == 200


def test_one_without_tables_is_not_ready(tmp_path: Path) -> None:
    answer = create_app(Settings(data_dir=tmp_path)).test_client().get("/readyz")
    assert answer.status_code == 503


def test_one_starts_on_its_own_tables(tmp_path: Path) -> None:
    check_tables(server_on(tmp_path, HEAD))
