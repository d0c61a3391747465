"""What stands before the doors: proxies of ours, the operator's commands, the demo's clicks."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from rehab import create_app
from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.programs.library import Library
from rehab.services.access.errors import NotFresh, Refused, TooMany
from rehab.services.demo import open_demo
from rehab.settings import Settings, SettingsError
from rehab.web.demo import add_demo
from rehab.web.sign_in import destination, visitor
from tests.services.access.conftest import PASSWORD
from tests.web.sign_in.conftest import EMAIL, SAME_SITE, Browser, Page

# Proxies


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.5", "127.0.0.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        (2, "203.0.113.5, 10.0.0.1", "203.0.113.5"),
    ],
)
def test_an_address_is_believed_of_so_many_proxies_and_no_more(
    tmp_path: Path, proxies: int, forwarded: str, seen: str
) -> None:
    app = create_app(Settings(data_dir=tmp_path, trusted_proxies=proxies))
    app.add_url_rule("/address", view_func=lambda: visitor.address())
    answer = app.test_client().get("/address", headers={"X-Forwarded-For": forwarded})
    assert answer.text == seen


@pytest.mark.parametrize("text", ["-1", "x", "10", "1.5", ""])
def test_a_number_of_proxies_that_is_none_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="REHAB_TRUSTED_PROXIES: must be a number from 0 to 9"):
        Settings.from_env({"REHAB_TRUSTED_PROXIES": text})


# The way on


@pytest.mark.parametrize("path", ["/", "/clinic", "/account?x=1&y=/a//b", "/a/" + "b" * 400])
def test_a_path_of_ours_is_a_way_on(path: str) -> None:
    assert destination.local(path) == path


@pytest.mark.parametrize(
    "text", [None, "", "//x", "/\\x", "/x\\y", "http:/x", "/x y", "/\x00", "/é", "/" + "b" * 500]
)
def test_what_might_lead_elsewhere_is_none(text: str | None) -> None:
    assert destination.local(text) is None


# Commands


@pytest.fixture
def link(app: Flask, riverside: Clinic) -> str:
    """The invitation that the operator gets for Ana."""
    named = ["--clinic", str(riverside.id), "--name", "Ana Ruiz"]
    done = app.test_cli_runner().invoke(args=["clinician", "create", EMAIL, *named])
    assert done.exit_code == 0, done.output
    id_, link = done.output.split()
    assert re.fullmatch(r"[0-9a-f-]{36}", id_)
    return link


def test_the_operator_gets_a_link_by_which_a_clinician_chooses_a_password(
    link: str, browser: Browser
) -> None:
    path = link.removeprefix("http://127.0.0.1:8000")
    assert path.startswith("/invitation/")
    assert browser.post(path, password=PASSWORD).status_code == 303


def test_a_password_that_waits_on_standard_input_is_set_and_no_link_is_printed(
    app: Flask, riverside: Clinic, browser: Browser
) -> None:
    named = ["--clinic", str(riverside.id), "--name", "Ana Ruiz"]
    runner = app.test_cli_runner()
    done = runner.invoke(args=["clinician", "create", EMAIL, *named], input=f"{PASSWORD}\n")
    assert done.exit_code == 0
    assert "http" not in done.output
    assert PASSWORD not in done.output
    assert browser.post("/sign-in", email=EMAIL, password=PASSWORD).status_code == 303


def test_a_weak_password_adds_nobody(app: Flask, riverside: Clinic) -> None:
    named = ["--clinic", str(riverside.id), "--name", "Ana Ruiz"]
    runner = app.test_cli_runner()
    done = runner.invoke(args=["clinician", "create", EMAIL, *named], input="password\n")
    assert done.exit_code != 0
    assert db.session.scalars(db.select(Clinician)).all() == []


def test_starting_over_ends_what_was_and_prints_a_new_link(
    app: Flask, ana_in: Browser, another: Browser
) -> None:
    done = app.test_cli_runner().invoke(args=["clinician", "reset", EMAIL])
    assert done.exit_code == 0
    assert ana_in.get("/clinic").status_code == 303
    path = done.output.strip().removeprefix("http://127.0.0.1:8000")
    answer = another.post(path, password="four dry herons")
    assert answer.headers["Location"] == "/account/second-factor"


def test_nobody_unknown_is_reset(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["clinician", "reset", "x@y.example"]).exit_code != 0


# What programs are told


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (Refused(), 401, {"WWW-Authenticate": "Bearer"}),
        (NotFresh(), 403, {}),
        (TooMany(17), 429, {"Retry-After": "17"}),
    ],
)
def test_a_program_is_told_the_same_as_problem_json(
    tmp_path: Path, error: Exception, status: int, headers: dict[str, str]
) -> None:
    def refuse() -> str:
        raise error

    app = create_app(Settings(data_dir=tmp_path))
    app.add_url_rule("/x", view_func=refuse)
    answer = app.test_client().get("/x")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert headers.items() <= dict(answer.headers).items()


# The demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[FlaskClient]:
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("demo")))
    add_demo(app)
    with app.app_context():
        upgrade()
        open_demo(library, datetime(2026, 3, 2, 12, tzinfo=UTC))
        yield app.test_client()
        db.engine.dispose()


@pytest.fixture
def visitor_of_demo(demo: FlaskClient, at: object) -> Browser:
    demo.delete_cookie("rehab_sign_in")
    return Browser(demo)


def test_one_click_is_enough_in_the_demo(visitor_of_demo: Browser) -> None:
    page = Page(visitor_of_demo.get("/demo/sign-in").text)
    actions = [form["action"] or "" for form in page.all("form")]
    assert len(actions) == 13
    assert visitor_of_demo.post(actions[0]).headers["Location"] == "/clinic"
    caseload = visitor_of_demo.get("/clinic").text
    assert len(set(re.findall("/clinic/patients/[0-9a-f-]{36}", caseload))) == 12
    assert visitor_of_demo.post(actions[1]).headers["Location"] == "/me"
    assert visitor_of_demo.get("/me").status_code == 200


def test_the_demos_landing_page_offers_both_clicks(visitor_of_demo: Browser) -> None:
    page = Page(visitor_of_demo.get("/").text)
    for form in page.all("form"):
        assert visitor_of_demo.post(form["action"] or "").status_code == 303
    assert len(page.all("form")) == 2


def test_the_demos_click_from_elsewhere_is_refused(demo: FlaskClient) -> None:
    headers = {**SAME_SITE, "Sec-Fetch-Site": "cross-site"}
    assert demo.post("/demo/sign-in/clinician", headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/demo/sign-in", "/demo/sign-in/clinician"])
def test_a_clinics_own_server_has_no_such_click(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404
    assert browser.post(path).status_code == 404
