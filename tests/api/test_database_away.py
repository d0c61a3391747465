"""What is answered while the database does not: 503, and when to ask again."""

from pathlib import Path
from shutil import rmtree

import pytest
from flask.testing import FlaskClient

from rehab import create_app
from rehab.extensions import db
from rehab.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """Of a server whose database cannot be opened any more."""
    folder = tmp_path / "disk"
    folder.mkdir()
    url = f"sqlite:///{folder / 'rehab.sqlite3'}"
    app = create_app(Settings(data_dir=tmp_path / "data", database_url=url))
    with app.app_context():
        db.engine.dispose()
    rmtree(folder)
    return app.test_client()


def test_a_program_is_told_as_a_problem(client: FlaskClient) -> None:
    bearer = {"Authorization": f"Bearer rehab_{'a' * 16}_{'b' * 64}"}
    answer = client.get("/api/v1/patients", headers=bearer)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "5"
    assert answer.json["detail"] == "The database does not answer. Please ask again."


def test_a_person_gets_a_page(client: FlaskClient) -> None:
    answer = client.post("/enter", data={"phone": "+442079460123"})
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert answer.headers["Retry-After"] == "5"


def test_nothing_of_the_question_is_shown(client: FlaskClient) -> None:
    answer = client.get("/api/v1/patients", headers={"Authorization": "Bearer rehab_a_secret"})
    assert answer.status_code == 503
    assert "select" not in answer.text.lower()


def test_a_database_that_answers_what_nobody_expected_is_a_fault_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One without tables: to ask again in five seconds would help nobody."""
    app = create_app(Settings(data_dir=tmp_path))
    answer = app.test_client().get(
        "/api/v1/patients", headers={"Authorization": f"Bearer rehab_{'a' * 16}_{'b' * 64}"}
    )
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "Traceback" in capsys.readouterr().err
