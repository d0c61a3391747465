"""What makes the app installable, and its pages about nobody. What it does without a network is
tried in a browser, in tests/browser/test_offline.py."""

import json
import re
import struct

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from rehab import create_app
from rehab.extensions import db
from rehab.models.plan import Plan
from rehab.models.sign_in import SignIn
from rehab.settings import Settings
from rehab.web.patient import offline
from rehab.web.skeleton import FOLDER, assets
from rehab.web.words import LANGUAGES
from tests.web.sign_in.conftest import Browser, Page

PAGES = ("/me/offline", "/me/kept")
EVERYTHING = '"cache", "storage"'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One without a database: nothing here is about anybody."""
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("bare")))


@pytest.fixture
def stranger(server: Flask) -> FlaskClient:
    return server.test_client()


def told(stranger: FlaskClient) -> dict[str, object]:
    """What the server puts before the worker."""
    first = stranger.get("/sw.js").text.partition("\n")[0]
    found: dict[str, object] = json.loads(first.removeprefix("const APP = ").removesuffix(";"))
    return found


# The worker


def test_the_worker_is_a_script_for_the_app_alone(stranger: FlaskClient) -> None:
    answer = stranger.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/me"
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_file_that_the_worker_keeps_is_there_for_good(stranger: FlaskClient) -> None:
    files = told(stranger)["files"]
    assert isinstance(files, list)
    for path in files:
        answer = stranger.get(path)
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["Cache-Control"], path


def test_the_worker_keeps_every_script_and_style_of_the_app_and_no_others(
    stranger: FlaskClient,
) -> None:
    app = told(stranger)
    kept = {path.removeprefix(str(app["assets"])) for path in app["files"]}  # type: ignore[attr-defined]
    scripts = {name for name in assets() if name.startswith(("offline/", "player/"))}
    assert kept >= scripts - set(offline.WORKER)
    assert kept >= {"app.css", "foundation.css", "theme.css", "offline.css", "today.js"}
    assert not {name for name in kept if name.startswith(offline.NOT_ON_THE_PHONE)}


def test_a_script_imports_only_what_the_worker_keeps(stranger: FlaskClient) -> None:
    files = set(told(stranger)["files"])  # type: ignore[call-overload]
    for path in files:
        if not path.endswith(".js"):
            continue
        for name in re.findall(r'(?:from|import) "(\.[^"]+)"', stranger.get(path).text):
            assert _beside(path, name) in files, f"{path} imports {name}"


def _beside(path: str, name: str) -> str:
    steps = path.split("/")[:-1]
    for step in name.split("/"):
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def test_a_script_never_names_another_host() -> None:
    for name in assets():
        if name.endswith(".js"):
            text = (FOLDER / name).read_text()
            assert not re.search(r"https?://|\beval\b|innerHTML|document\.write", text), name


def test_new_words_are_a_new_version(
    server: Flask, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(stranger)["version"]
    with server.test_request_context():
        monkeypatch.setattr(offline, "_rendered", lambda name, language: f"{name} {language}")
        after = offline._app.__wrapped__()["version"]
    assert before != after


# The home screen


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_app_has_a_name_in_each_language(stranger: FlaskClient, language: str) -> None:
    answer = stranger.get(f"/manifest.webmanifest?lang={language}")
    manifest = json.loads(answer.data)
    assert answer.mimetype == "application/manifest+json"
    assert manifest["lang"] == language
    assert manifest["start_url"] == manifest["id"] == "/me"
    assert manifest["scope"] == "/"
    assert manifest["display"] == "standalone"
    assert len(manifest["short_name"]) <= 12
    assert manifest["background_color"] in (FOLDER / "theme.css").read_text()


def test_the_names_differ_by_language(stranger: FlaskClient) -> None:
    names = {stranger.get(f"/manifest.webmanifest?lang={la}").text for la in LANGUAGES}
    assert len(names) == len(LANGUAGES)


def test_the_icons_are_of_the_size_that_they_say(stranger: FlaskClient) -> None:
    icons = json.loads(stranger.get("/manifest.webmanifest").data)["icons"]
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}
    icons.append({"src": "icons/apple-touch.png", "sizes": "180x180"})
    for icon in icons:
        name = icon["src"].partition("/icons/")[2] or "apple-touch.png"
        picture = (FOLDER / "icons" / name).read_bytes()
        width, height = struct.unpack(">II", picture[16:24])
        assert picture[:4] == b"\x89PNG"
        assert f"{width}x{height}" == icon["sizes"]
        assert len(picture) < 24_000


# Pages about nobody


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_the_same_for_everybody(
    stranger: FlaskClient, her_phone: Browser, plan: Plan, path: str, language: str
) -> None:
    """They are kept on the phone, and stay there when another person uses it."""
    whole = f"{path}?lang={language}"
    page, hers = stranger.get(whole), her_phone.get(whole)
    assert page.status_code == 200
    assert page.text == hers.text
    assert Page(page.text).all("html")[0]["lang"] == language
    assert not page.headers.getlist("Set-Cookie")


@pytest.mark.parametrize("path", PAGES)
def test_they_speak_the_browsers_language_when_nobody_says_which(
    stranger: FlaskClient, path: str
) -> None:
    spanish = stranger.get(path, headers={"Accept-Language": "es-MX, es;q=0.9"})
    assert Page(spanish.text).all("html")[0]["lang"] == "es"
    unknown = stranger.get(f"{path}?lang=xx", headers={"Accept-Language": "de"})
    assert Page(unknown.text).all("html")[0]["lang"] == "en"


def test_what_is_kept_has_a_word_for_each_field_that_is_told(stranger: FlaskClient) -> None:
    names = {span["data-name"] for span in Page(stranger.get("/me/kept").text).all("span")} - {None}
    assert names >= {"before", "during", "after", "effort", "pain", "sleep", "note", "red_flags"}


# The way out


def test_who_signs_out_takes_everything_along(her_phone: Browser) -> None:
    answer = her_phone.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == EVERYTHING


def test_who_ends_this_very_sign_in_does_too(her_phone: Browser) -> None:
    mine = db.session.scalars(select(SignIn.id)).one()
    answer = her_phone.post(f"/account/sign-ins/{mine}/end")
    assert answer.headers["Location"] == "/enter"
    assert answer.headers["Clear-Site-Data"] == EVERYTHING


def test_nothing_else_clears_a_phone(her_phone: Browser, another: Browser, plan: Plan) -> None:
    for path in ("/me", "/me/session", "/account", "/sw.js", "/enter", *PAGES):
        assert "Clear-Site-Data" not in her_phone.get(path).headers, path
    entered = another.post("/enter", phone="+442079460123")
    assert "Clear-Site-Data" not in entered.headers
