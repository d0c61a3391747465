"""The picture of an exercise over the API."""

from typing import Any

from tests.api.conftest import problem
from tests.conftest import Caller

BRIDGE = "/exercises/lb-bridge/figure.svg"


def test_a_figure_moves_unless_less_motion_is_asked_for(as_ana: Caller) -> None:
    moving, still = as_ana("GET", BRIDGE), as_ana("GET", f"{BRIDGE}?motion=reduce")
    for answer in (moving, still):
        assert answer.status_code == 200
        assert answer.content_type == "image/svg+xml; charset=utf-8"
        assert answer.headers["Cache-Control"] == "private, max-age=86400"
        assert "<title>Bridge</title>" in answer.text
    assert "<animate" in moving.text
    assert "<animate" not in still.text


def test_what_is_not_drawn_or_not_known_is_a_problem(as_ana: Caller) -> None:
    problem(as_ana("GET", "/exercises/no-such-one/figure.svg"), 404)
    problem(as_ana("GET", f"{BRIDGE}?motion=none"), 422)
    problem(as_ana("GET", f"{BRIDGE}?colour=1"), 422)


def test_nobody_gets_it_without_signing_in(app: Any) -> None:
    problem(app.test_client().get(f"/api/v1{BRIDGE}"), 401)
