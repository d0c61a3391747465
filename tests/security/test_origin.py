"""A form on another site cannot act in anybody's name: every unsafe route, read off the map."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from rehab.extensions import db
from rehab.models.message import Kind, OutboundMessage
from tests.security.conftest import Route, Stranger, routes_of, unsafe_routes_of
from tests.web.sign_in.conftest import Browser

EVIL = "https://evil.example"
FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "SAME-ORIGIN "},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "same-origin, cross-site"},
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8001"},
    {"Origin": "https://localhost"},
    {"Origin": f"http://localhost {EVIL}"},
    {"Referer": "http://localhost/account"},
    {},
    {"Authorization": "Basic cmVoYWI6cmVoYWI=", "Sec-Fetch-Site": "cross-site"},
    {"Authorization": "Negotiate YII=", "Origin": EVIL},
    {"Authorization": "", "Origin": EVIL},
]
OURS = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
]


def ask(app: Flask, route: Route, headers: dict[str, str], **more: Any) -> TestResponse:
    client = app.test_client()
    client.set_cookie("rehab_sign_in", "A" * 43)
    answer: TestResponse = client.open(route.path, method=route.method, headers=headers, **more)
    return answer


def test_there_are_unsafe_routes_of_every_kind(server: Flask) -> None:
    paths = {route.path for route in unsafe_routes_of(server)}
    assert {"/sign-in", "/sign-out", "/enter/code", "/account/sign-ins/end-others"} <= paths
    assert {"/webhooks/twilio/inbound", "/api/v1/patients", "/demo/sign-in/clinician"} <= paths


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
def test_every_unsafe_route_refuses_a_cookie_from_elsewhere(
    server: Flask, headers: dict[str, str]
) -> None:
    statuses = {
        str(route): ask(server, route, headers).status_code for route in unsafe_routes_of(server)
    }
    assert {route: status for route, status in statuses.items() if status != 403} == {}


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_every_unsafe_page_hears_a_form_of_ours(server: Flask, headers: dict[str, str]) -> None:
    """So that the test above is not passed by refusing everybody."""
    heard = [route for route in unsafe_routes_of(server) if not route.is_webhook]
    statuses = {str(route): ask(server, route, headers).status_code for route in heard}
    assert len(statuses) > 40
    assert [route for route, status in statuses.items() if status == 403] == []


def test_somebody_from_elsewhere_cannot_sign_a_visitor_in_as_themselves(server: Flask) -> None:
    """A visitor without any cookie is guarded too, also one whose browser is too old for
    Sec-Fetch-Site."""
    for path in ("/sign-in", "/enter", "/enter/code", "/l/token", "/invitation/token"):
        for headers in ({"Origin": EVIL}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = server.test_client().post(path, headers=headers)
            assert answer.status_code == 403, (path, headers)
            assert "Set-Cookie" not in answer.headers


def test_a_refused_form_changes_nothing(ana_in: Browser) -> None:
    for headers in FROM_ELSEWHERE:
        for path in ("/sign-out", "/account/sign-ins/end-others", "/account/recovery-codes"):
            assert ana_in.client.post(path, headers=headers).status_code == 403
    assert ana_in.get("/clinic").status_code == 200


def test_no_page_and_no_answer_may_be_read_from_elsewhere(server: Flask) -> None:
    for path in ("/sign-in", "/api/v1/openapi.json", "/api/v1/patients", "/healthz"):
        for method in ("GET", "OPTIONS"):
            asked = {
                "Origin": EVIL,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization",
            }
            answer = server.test_client().open(path, method=method, headers=asked)
            found = [name for name, _ in answer.headers if name.startswith("Access-Control")]
            assert found == []


# Ways to another host

ELSEWHERE = [
    EVIL,
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\tevil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,evil.example",
    "/clinic\r\nLocation: https://evil.example",
    "/clinic\\..\\..\\evil.example",
    "evil.example",
    "@evil.example",
]


def as_a_browser_reads(where: str) -> tuple[str, str]:
    """Scheme and host, after the WHATWG's rules: tabs and line ends count for nothing, and a
    backslash is a slash."""
    plain = re.sub(r"[\t\r\n]", "", where).strip().replace("\\", "/")
    parts = urlsplit(urljoin("http://localhost/", re.sub("^/{2,}", "//", plain)))
    return parts.scheme, parts.netloc


def test_a_browser_would_follow_most_of_these_elsewhere() -> None:
    led = {as_a_browser_reads(onward) for onward in ELSEWHERE}
    assert {("https", "evil.example"), ("http", "evil.example")} <= led
    assert {("javascript", ""), ("data", "")} <= led


@pytest.mark.parametrize("onward", ELSEWHERE)
def test_no_route_leads_to_another_host(server: Flask, onward: str) -> None:
    """As a query and as a field, of every page."""
    client, led = server.test_client(), {}
    pages = [r for r in routes_of(server) if r.method in ("GET", "POST") and not r.is_api]
    for route in pages:
        answer = client.open(
            route.path,
            method=route.method,
            query_string={"next": onward},
            data={"next": onward} if route.method == "POST" else None,
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        where = answer.headers.get("Location", "/")
        if as_a_browser_reads(where)[:2] != ("http", "localhost"):
            led[str(route)] = where
    assert led == {}


@pytest.mark.parametrize("onward", ELSEWHERE)
def test_the_whole_way_in_ends_at_home_whatever_was_asked_for(ana_in: Browser, onward: str) -> None:
    for path in ("/sign-in/code", "/account/again", "/sign-in"):
        answer = ana_in.client.get(path, query_string={"next": onward})
        assert "evil.example" not in answer.headers.get("Location", "") + answer.text
    answer = ana_in.post("/sign-in/code", next=onward, code="1")
    assert answer.headers["Location"] == "/clinic"


def test_a_forged_host_is_named_in_no_text(maya: Any, stranger: Any, app: Flask) -> None:
    visitor: Stranger = stranger()
    visitor.client.post(
        "/enter",
        data={"phone": maya.phone},
        headers={
            "Sec-Fetch-Site": "same-origin",
            "Host": "evil.example",
            "X-Forwarded-Host": "evil.example",
        },
    )
    texts = db.session.scalars(
        select(OutboundMessage.body).where(OutboundMessage.kind == Kind.SIGN_IN)
    ).all()
    assert len(texts) == 1
    assert "@127.0.0.1 #" in str(texts[0])
    assert "evil" not in str(texts[0])
