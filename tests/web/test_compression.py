"""Texts leave packed for who can unpack them, and as they are for everybody else."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from rehab.web.skeleton import VERSION

THEME = f"/assets/{VERSION}/theme.css"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_stylesheet_leaves_at_a_third_of_its_size(client: FlaskClient) -> None:
    plain = client.get(THEME).data
    packed = client.get(THEME, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain) / 2.5
    assert gzip.decompress(packed.data) == plain


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_who_cannot_unpack_gets_it_plain(client: FlaskClient, accepted: str) -> None:
    answer = client.get(THEME, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert answer.data.startswith(b"/*")


def test_a_page_is_packed_and_a_short_answer_is_not(client: FlaskClient) -> None:
    packing = {"Accept-Encoding": "gzip"}
    page = client.get("/enter", headers=packing)
    assert b"<main" in gzip.decompress(page.data)
    assert "Content-Encoding" not in client.get("/healthz", headers=packing).headers


def test_what_is_known_already_is_not_sent_again(client: FlaskClient) -> None:
    packing = {"Accept-Encoding": "gzip"}
    first = client.get("/assets/an-old-version/theme.css", headers=packing)
    assert first.headers["Cache-Control"] == "public, no-cache"
    tag = first.headers["ETag"]
    again = client.get(
        "/assets/an-old-version/theme.css", headers={**packing, "If-None-Match": tag}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_an_assets_address_changes_with_its_bytes_and_is_kept_for_good(client: FlaskClient) -> None:
    assert client.get(THEME).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert f'href="{THEME}"' in client.get("/enter").text
