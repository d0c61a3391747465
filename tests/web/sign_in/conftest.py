"""Browsers at the doors: Ana's with her app, Maya's with her phone, and somebody else's."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from html.parser import HTMLParser

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.message import Kind, OutboundMessage
from rehab.models.number import key_of
from rehab.services.access import credentials, hashing, staff
from rehab.wiring import Wiring, wire
from tests.conftest import NOON
from tests.services.access.conftest import AGENT, HOME, PASSWORD, App

SAME_SITE = {"Sec-Fetch-Site": "same-origin", "User-Agent": AGENT}
EMAIL = "ana@riverside.example"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(hashing, "PASSWORDS", quick)
    monkeypatch.setattr(hashing, "CODES", quick)


@pytest.fixture
def public(app: Flask) -> Iterator[Callable[[str], None]]:
    """Reach the server under another address, such as one with https."""
    built: Wiring = app.extensions["rehab"]

    def reach(url: str) -> None:
        wire(app, replace(built, settings=replace(built.settings, public_url=url)))

    yield reach
    wire(app, built)


@dataclass
class Browser:
    """A person's browser, which says that its forms are from our own pages."""

    client: FlaskClient
    language: str = "en"
    pages: list[str] = field(default_factory=list)

    def get(self, path: str) -> TestResponse:
        return self._kept(self.client.get(path, headers=self._headers()))

    def post(self, path: str, **said: str) -> TestResponse:
        return self._kept(self.client.post(path, data=said, headers=self._headers()))

    def follow(self, answer: TestResponse) -> TestResponse:
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])

    def cookie(self, name: str = "rehab_sign_in") -> str | None:
        found = self.client.get_cookie(name)
        return found.value if found else None

    def _headers(self) -> dict[str, str]:
        return {**SAME_SITE, "Accept-Language": self.language}

    def _kept(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and answer.status_code != 303:
            self.pages.append(answer.text)
        return answer


@pytest.fixture
def browser(app: Flask, at: Callable[[datetime], None]) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def another(app: Flask, at: Callable[[datetime], None]) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def ana_with_password(ana: Clinician) -> Clinician:
    credentials.set_password(ana.id, PASSWORD, NOON)
    return ana


@pytest.fixture
def phone_of_ana(ana_with_password: Clinician) -> App:
    """The app, confirmed an hour before noon by the code of that hour."""
    earlier = NOON.replace(hour=11)
    entered = staff.sign_in(EMAIL, PASSWORD, address=HOME, agent=AGENT, now=earlier)
    offered = credentials.offer_second_factor(entered.sign_in, earlier)
    phone = App(offered.secret, [])
    _, phone.on_paper = credentials.confirm_second_factor(
        entered.sign_in, phone.shows(earlier), earlier
    )
    return phone


@pytest.fixture
def ana_in(browser: Browser, phone_of_ana: App) -> Browser:
    """Ana's browser, past both doors at noon."""
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    answer = browser.post("/sign-in/code", code=phone_of_ana.shows(NOON))
    assert answer.headers["Location"] == "/clinic"
    return browser


def code_on(phone: str) -> str:
    """The six digits of the newest code that waits to leave for this number."""
    texts = select(OutboundMessage).where(
        OutboundMessage.kind == Kind.SIGN_IN, OutboundMessage.phone_key == key_of(phone)
    )
    newest = db.session.scalars(texts.order_by(OutboundMessage.created_at.desc())).first()
    assert newest is not None
    assert newest.body is not None
    found = re.search(r"#(\d{6})$", newest.body)
    assert found
    return found[1]


class Page(HTMLParser):
    """What a reader, a screen reader or a policy finds in a page."""

    VOID = frozenset({"input", "meta", "link", "br", "img", "path"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.inside: list[str] = []
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.inside, tag
        assert self.inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] in ("script", "style"):
            self.scripts.append(data.strip())
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())
