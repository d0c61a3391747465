"""A network that comes and goes, as the tests of the app without one need it: what is kept on the
phone, what waits there, and a road that loses answers."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Error, Page
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.session import Session
from rehab.web.patient import offline
from rehab.web.skeleton import VERSION
from tests.browser.cast import Person
from tests.browser.stage import Stage

OUTBOX = f"/assets/{VERSION}/offline/outbox.js"
START = f"/assets/{VERSION}/offline/start.js"
DRAFTS = f"/assets/{VERSION}/offline/drafts.js"
SEND = "([module, report]) => import(module).then(({ send }) => send(report))"
WAITING = "module => import(module).then(({ pending }) => pending())"
COPIES = """async (name) => (await (await caches.open(name)).keys()).map((request) => {
  const { pathname, search } = new URL(request.url);
  return pathname + search;
})"""
SIGN_OUT = """() => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: "/sign-out"});
  document.body.append(form);
  form.requestSubmit();
}"""
LINE = "[data-connection]"


def until(page: Page, holds: Callable[[], Any], what: str) -> None:
    """Wait for what no locator sees, also while the page is loaded anew."""
    for _ in range(160):
        with suppress(Error):
            if holds():
                return
        page.wait_for_timeout(50)
    raise AssertionError(f"this never came: {what}")


def come_in(stage: Stage, phone: Page) -> None:
    """Maya is signed in and looks at today; what the app does first is done."""
    stage.sign_in(phone)
    phone.goto("/me")
    phone.evaluate("module => import(module).then(() => {})", START)


def at_home(stage: Stage, phone: Page) -> None:
    """She has come in, and everything is kept that can be."""
    come_in(stage, phone)
    until(phone, lambda: "/me/session" in copies(phone), "the session is kept")


def copies(page: Page, cache: str = "rehab-pages") -> list[str]:
    found: list[str] = page.evaluate(COPIES, cache)
    return found


def report(who: Person, **said: str) -> dict[str, str]:
    """What the session's page hands to the outbox."""
    id_ = said.pop("id", str(uuid4()))
    told = {"before": "2", "during": "3", "after": "2", "effort": "4"}
    told |= {"started_at": "2026-03-02T11:30:00+00:00", "completion": "100"} | said
    body = urlencode({"id": id_, "plan": str(who.plan_id), **told})
    return {"id": id_, "plan": str(who.plan_id), "url": "/me/session", "body": body}


def send(page: Page, told: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = page.evaluate(SEND, [OUTBOX, told])
    return answer


def waiting(page: Page) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = page.evaluate(WAITING, OUTBOX)
    return entries


def sessions(stage: Stage) -> list[UUID]:
    with stage.backstage():
        return list(db.session.scalars(select(Session.id)))


def sent(stage: Stage, page: Page) -> None:
    until(page, lambda: not waiting(page), "all is sent")
    assert len(sessions(stage)) == 1


@dataclass
class Road:
    """The way to the server. What is in `ahead` happens to the next reports, in turn: "lost" on
    the way back, or a status; without, they get through. Pages that are `closed` do not."""

    answer: Callable[..., Any]
    ahead: list[Any] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    taken: int = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        if environ["REQUEST_METHOD"] != "POST":
            is_closed = environ["PATH_INFO"] in self.closed
            return _trouble(start, 503) if is_closed else self.answer(environ, start)
        self.taken += 1
        fate = self.ahead.pop(0) if self.ahead else None
        if isinstance(fate, int):
            return _trouble(start, fate)
        answer = self.answer(environ, start)
        if fate == "lost":
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return answer


def _trouble(start: Callable[..., Any], status: int) -> list[bytes]:
    rest = [("Retry-After", "120")] if status == 429 else []
    start(f"{status} Trouble", [("Content-Length", "0"), *rest])
    return []


@pytest.fixture
def road(stage: Stage) -> Iterator[Road]:
    app = stage.house.app
    road = Road(app.wsgi_app)
    app.wsgi_app = road  # type: ignore[method-assign]
    yield road
    app.wsgi_app = road.answer  # type: ignore[method-assign]


@pytest.fixture
def told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Tell the worker something else."""
    with stage.house.app.test_request_context():
        app = offline._app()
    return lambda **other: monkeypatch.setattr(offline, "_app", lambda: app | other)


@pytest.fixture
def simple(stage: Stage) -> Page:
    """A phone whose browser keeps no pages; what is told is kept there all the same."""
    return stage.open(service_workers="block")
