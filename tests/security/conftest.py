"""Strangers at every door, and every door that there is, read off the server's own map."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from werkzeug.test import TestResponse

from rehab import create_app
from rehab.extensions import db
from rehab.settings import Settings
from rehab.web.demo import add_demo
from tests.services.access.conftest import AGENT, hasher  # noqa: F401
from tests.web.sign_in.conftest import (  # noqa: F401
    ana_in,
    ana_with_password,
    another,
    browser,
    phone_of_ana,
    public,
)

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = {"Sec-Fetch-Site": "same-origin", "User-Agent": AGENT}
VALUES = {
    "uuid": str(UUID(int=7)),
    "capability": "AbCdEfGh9",
    "path": "no-such-file",
    "string": "no-such-thing",
    "default": "no-such-token",
}


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    method: str
    path: str
    endpoint: str

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/v1/")

    @property
    def is_webhook(self) -> bool:
        return self.path.startswith("/webhooks/")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def filled(rule: str) -> str:
    """A rule's address with something in the place of each of its variables."""
    named = re.sub(r"<(\w+):\w+>", lambda found: VALUES[found[1]], rule)
    return re.sub(r"<\w+>", VALUES["default"], named)


def routes_of(app: Flask) -> list[Route]:
    """Every method of every address, once."""
    return sorted(
        (
            Route(method, filled(rule.rule), rule.endpoint)
            for rule in app.url_map.iter_rules()
            for method in rule.methods or ()
        ),
        key=str,
    )


def unsafe_routes_of(app: Flask) -> list[Route]:
    return [route for route in routes_of(app) if route.method not in SAFE]


def served(folder: Path, **settings: str) -> Flask:
    """A whole server with the demo's pages too, over tables that are empty."""
    app = create_app(Settings(data_dir=folder, **settings))  # type: ignore[arg-type]
    add_demo(app)
    with app.app_context():
        upgrade()
    return app


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = served(tmp_path_factory.mktemp("http"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def https_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = served(tmp_path_factory.mktemp("https"), public_url="https://rehab.example")
    yield app
    with app.app_context():
        db.engine.dispose()


@dataclass
class Stranger:
    """A browser at an address of its own, whose forms are from our pages."""

    client: FlaskClient
    address: str = "203.0.113.1"

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=OURS, environ_overrides=self._from())

    def post(self, path: str, **said: str) -> TestResponse:
        return self.client.post(path, data=said, headers=OURS, environ_overrides=self._from())

    def _from(self) -> dict[str, str]:
        return {"REMOTE_ADDR": self.address}


@pytest.fixture
def stranger(app: Flask, at: Callable[[datetime], None]) -> Callable[..., Stranger]:
    """A new browser, at one address or another."""

    def new(address: str = "203.0.113.1") -> Stranger:
        return Stranger(app.test_client(), address)

    return new
