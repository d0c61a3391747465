"""What every answer carries, whatever it answers: each route and method, and each kind of fault."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from rehab import create_app
from rehab.factory import LARGEST_BODY
from rehab.settings import Settings
from rehab.web.guards import HEADERS, POLICY
from tests.security.conftest import OURS, Route, routes_of, unsafe_routes_of

STATIC = ("/assets/", "/bootstrap/static/", "/static/", "/demo/assets/", "/api/docs/")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")


def every_answer(app: Flask) -> Iterator[tuple[str, TestResponse]]:
    """Every route by each of its methods, and what is no route or no method of it."""
    client = app.test_client()
    for route in routes_of(app):
        yield str(route), client.open(route.path, method=route.method, headers=OURS)
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        yield (
            f"{route} from elsewhere",
            client.open(route.path, method=route.method, headers=elsewhere),
        )
    for method in METHODS:
        for path in ("/", "/no-such-page", "/api/v1/no-such-noun", "/healthz", "/assets/", "//"):
            yield f"{method} {path}", client.open(path, method=method, headers=OURS)


def missing(answer: TestResponse, https: bool) -> list[str]:
    wrong = [name for name, value in HEADERS.items() if answer.headers.getlist(name) != [value]]
    hsts = answer.headers.getlist("Strict-Transport-Security")
    if hsts != (["max-age=31536000; includeSubDomains"] if https else []):
        wrong.append("Strict-Transport-Security")
    if not answer.headers.get("Cache-Control"):
        wrong.append("Cache-Control")
    return wrong


@pytest.mark.parametrize("kind", ["server", "https_server"])
def test_every_answer_carries_the_headers(request: pytest.FixtureRequest, kind: str) -> None:
    app: Flask = request.getfixturevalue(kind)
    answers = list(every_answer(app))
    bare = {what: missing(answer, kind == "https_server") for what, answer in answers}
    assert len(answers) > 300
    assert {status // 100 for status in (answer.status_code for _, answer in answers)} >= {2, 3, 4}
    assert {what: names for what, names in bare.items() if names} == {}


def test_what_breaks_carries_them_too(tmp_path: Path) -> None:
    """A server without tables: 500 and 503 are answers like others."""
    client = create_app(Settings(data_dir=tmp_path)).test_client()
    client.set_cookie("rehab_sign_in", "A" * 43)
    statuses = {}
    for path in ("/clinic", "/readyz", "/api/v1/patients", "/metrics"):
        answer = client.get(path)
        statuses[path] = answer.status_code
        assert missing(answer, https=False) == []
        assert "Traceback" not in answer.text
        assert "sqlite" not in answer.text.lower()
    assert statuses == {"/clinic": 500, "/readyz": 503, "/api/v1/patients": 500, "/metrics": 500}


def test_nothing_but_files_is_kept_by_a_cache(server: Flask) -> None:
    kept = {
        what: answer.headers["Cache-Control"]
        for what, answer in every_answer(server)
        if answer.headers["Cache-Control"] != "no-store"
        and not what.partition(" ")[2].startswith(STATIC)
    }
    assert kept == {}


def test_nothing_is_told_of_the_inside(server: Flask) -> None:
    """No version, no debugger, no echo of what was asked."""
    assert not server.debug
    assert server.test_client().open("/sign-in", method="TRACE").status_code == 405
    for _, answer in every_answer(server):
        assert "X-Powered-By" not in answer.headers
        assert "Server" not in answer.headers


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert not re.search(r"unsafe|\*|https?:|blob:|eval", POLICY)
    assert {value for name, value in rules.items() if name.endswith("-src")} <= {
        "'none'",
        "'self'",
        "'self' data:",
    }
    assert [name for name, value in rules.items() if "data:" in value] == ["img-src"]


# Cookies


@pytest.mark.parametrize("kind", ["server", "https_server"])
def test_every_cookie_of_every_route_is_kept_from_scripts_and_other_sites(
    request: pytest.FixtureRequest, kind: str
) -> None:
    app: Flask = request.getfixturevalue(kind)
    client, lines = app.test_client(), set()
    for route in routes_of(app):
        data = {"phone": "+442079460123"} if route.method == "POST" else None
        answer = client.open(route.path, method=route.method, headers=OURS, data=data)
        lines |= {(route.path, line) for line in answer.headers.getlist("Set-Cookie")}
    assert {"/enter", "/sign-out"} <= {path for path, _ in lines}
    for path, line in lines:
        parts = {part.strip() for part in line.split(";")}
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= parts, (path, line)
        assert not any(part.startswith("Domain") for part in parts), (path, line)
        assert ("Secure" in parts) == (kind == "https_server"), (path, line)
        if kind == "https_server" and not line.startswith("session="):
            assert line.startswith("__Host-"), (path, line)


# Bodies


def with_a_large_body(app: Flask, route: Route, **more: object) -> TestResponse:
    kind = "application/json" if route.is_api else "application/x-www-form-urlencoded"
    answer: TestResponse = app.test_client().open(
        route.path,
        method=route.method,
        data=b"a=" + b"x" * LARGEST_BODY,
        content_type=kind,
        headers={**OURS, "X-Twilio-Signature": "x"},
        **more,
    )
    return answer


DOORS_WITH_A_BODY = ("/sign-in", "/enter", "/enter/who", "/invitation/no-such-token")


def test_a_body_of_more_than_a_mebibyte_breaks_nothing_anywhere(server: Flask) -> None:
    statuses = {
        str(route): with_a_large_body(server, route).status_code
        for route in unsafe_routes_of(server)
    }
    assert {route: status for route, status in statuses.items() if status >= 500} == {}
    assert {statuses[f"POST {path}"] for path in DOORS_WITH_A_BODY} == {413}


def test_of_a_body_that_does_not_say_its_length_no_more_than_that_is_read(server: Flask) -> None:
    client = server.test_client()
    for path in (*DOORS_WITH_A_BODY, "/webhooks/twilio/inbound", "/api/v1/patients"):
        body = BytesIO(b"x" * 3 * LARGEST_BODY)
        answer = client.post(
            path,
            input_stream=body,
            headers={**OURS, "Transfer-Encoding": "chunked"},
            content_type="application/x-www-form-urlencoded",
            environ_overrides={"wsgi.input_terminated": True},
        )
        assert 400 <= answer.status_code < 500, path
        assert body.tell() <= LARGEST_BODY, path
