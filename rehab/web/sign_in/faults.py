"""What goes wrong at a door, as a page: too many tries, a dead link, a form from elsewhere."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from rehab.errors import NotFound
from rehab.services.access.errors import NotFresh, Refused, TooMany
from rehab.web.sign_in import destination
from rehab.web.sign_in.page import page, unlisted

MINUTE = 60


def add_faults(blueprint: Blueprint) -> None:
    """Answer what the doors raise with pages."""
    blueprint.register_error_handler(TooMany, too_many)
    blueprint.register_error_handler(NotFound, dead)
    blueprint.register_error_handler(NotFresh, not_fresh)
    blueprint.register_error_handler(Refused, refused)
    blueprint.register_error_handler(HTTPException, of_http)


def too_many(error: TooMany) -> Response:
    """429, with when the next try counts."""
    seconds = error.retry_after_seconds
    minutes = -(-seconds // MINUTE)
    answer = page("too_many", HTTPStatus.TOO_MANY_REQUESTS, minutes=minutes)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def dead(_: NotFound) -> Response:
    return unlisted(page("dead", HTTPStatus.NOT_FOUND))


def not_fresh(_: NotFresh) -> Answer:
    """The person proves once more who they are, and comes back."""
    onward = destination.here() or url_for("sign_in.account.overview")
    return redirect(destination.address("sign_in.account.again", onward), 303)


def refused(_: Refused) -> Answer:
    """Refused behind a door: the sign-in has ended meanwhile, or was never enough for this."""
    return redirect(url_for("sign_in.staff.sign_in"), 303)


def of_http(error: HTTPException) -> Response | HTTPException:
    """A refusal of HTTP in a page's clothes; a redirect and what has a body stay as they are."""
    code = error.code or 500
    if error.response is not None or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return error
    return page("refused", code)
