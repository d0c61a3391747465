"""The pictures as a browser gets them: kept for good, by their version, with nothing to run."""

import re
from itertools import product

import pytest
from flask import Flask

from rehab.web.figures import figure_url

DRAWN, NOT_DRAWN = "lb-bridge", "no-such-exercise"


@pytest.mark.parametrize("still", [False, True])
def test_a_picture_is_kept_for_good_and_may_do_nothing(app: Flask, still: bool) -> None:
    with app.test_request_context():
        url = figure_url(DRAWN, still=still)
    assert re.fullmatch(rf"/figures/[0-9a-f]{{12}}/{DRAWN}{'.still' * still}\.svg", url or "")
    answer = app.test_client().get(url or "")
    assert answer.status_code == 200
    assert answer.content_type == "image/svg+xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")
    assert "Set-Cookie" not in answer.headers
    assert (b"<animate" in answer.data) is not still


def test_the_moving_and_the_still_picture_have_their_own_versions(app: Flask) -> None:
    with app.test_request_context():
        assert figure_url(DRAWN) != figure_url(DRAWN, still=True)


@pytest.mark.parametrize("still", [False, True])
def test_an_old_address_leads_to_the_new_one(app: Flask, still: bool) -> None:
    with app.test_request_context():
        now = figure_url(DRAWN, still=still)
    answer = app.test_client().get(f"/figures/000000000000/{DRAWN}{'.still' * still}.svg")
    assert (answer.status_code, answer.headers["Location"]) == (302, now)
    assert answer.headers["Cache-Control"] == "no-cache"


def test_who_has_it_already_gets_nothing_again(app: Flask) -> None:
    with app.test_request_context():
        url = figure_url(DRAWN) or ""
    client = app.test_client()
    tag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(("id_", "still"), list(product([NOT_DRAWN, "..%2fetc"], [False, True])))
def test_what_is_not_drawn_is_not_there(app: Flask, id_: str, still: bool) -> None:
    with app.test_request_context():
        assert figure_url(id_, still=still) is None
    address = f"/figures/000000000000/{id_}{'.still' * still}.svg"
    assert app.test_client().get(address).status_code == 404


def test_the_picture_in_a_page_heeds_who_wants_less_motion(app: Flask, library) -> None:
    with app.test_request_context():
        module = app.jinja_env.get_template("patient/_figure.html").make_module({})
        shown = str(module.figure(library.exercises[DRAWN]))
        moving, still = figure_url(DRAWN), figure_url(DRAWN, still=True)
    source = rf'<source media="\(prefers-reduced-motion: reduce\)" srcset="{still}">'
    assert re.search(source, shown)
    assert f'src="{moving}" alt=""' in shown
    assert "style=" not in shown
