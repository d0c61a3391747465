"""How a page of sign-in is made: in the reader's language, with what was typed kept."""

from typing import Any

from flask import Response, make_response, render_template, request

from rehab.web.words import LANGUAGES, words

REFUSED = 401
"""The status of a page that did not let somebody in; it says the same as the page itself."""


def language_asked_for() -> str:
    """The one of our languages that the browser likes best."""
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def page(template: str, status: int = 200, language: str | None = None, **values: Any) -> Response:
    """A page that both staff and patients may meet, in `language` or the browser's."""
    spoken = language if language in LANGUAGES else language_asked_for()
    say = words("sign_in", spoken)
    body = render_template(f"sign_in/{template}.html", language=spoken, say=say, **values)
    return make_response(body, status)


def staff_page(template: str, status: int = 200, **values: Any) -> Response:
    """A page for staff, which is in English."""
    return page(template, status, "en", **values)


def unlisted(answer: Response) -> Response:
    """A page for whoever holds the link alone: no search engine lists it."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def typed(name: str, longest: int = 1024) -> str:
    """What was typed into a field of the form; a NUL, which no database keeps, is left out."""
    return request.form.get(name, "")[:longest].replace("\0", "")
