"""What goes wrong at the desk, as a page that says what to do next."""

from http import HTTPStatus

from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException

from rehab.errors import Conflict, NotFound
from rehab.services.access.errors import NotFresh, Refused, TooMany
from rehab.web.desk import here
from rehab.web.desk.page import page
from rehab.web.sign_in import faults as doors

SAYS = {
    HTTPStatus.FORBIDDEN: "You may look at this, but not change it.",
    HTTPStatus.NOT_FOUND: "There is nothing here, or it is not your clinic's.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "That was too much to send at once.",
}


def add_faults(blueprint: Blueprint) -> None:
    """Answer what the use cases raise with pages."""
    blueprint.register_error_handler(NotFound, missing)
    blueprint.register_error_handler(Conflict, conflict)
    blueprint.register_error_handler(NotFresh, doors.not_fresh)
    blueprint.register_error_handler(Refused, doors.refused)
    blueprint.register_error_handler(TooMany, doors.too_many)
    blueprint.register_error_handler(HTTPException, of_http)


def missing(_: NotFound) -> Response:
    return page("fault", HTTPStatus.NOT_FOUND, says=SAYS[HTTPStatus.NOT_FOUND])


def conflict(error: Conflict) -> Response:
    """What cannot be done as things stand, in the words of whoever refused it."""
    said = str(error)
    return page("fault", HTTPStatus.CONFLICT, says=f"{said[:1].upper()}{said[1:]}.")


def of_http(error: HTTPException) -> Response | HTTPException:
    """A refusal of HTTP in a page's clothes; a redirect and what has a body stay as they are."""
    code = error.code or 500
    if error.response is not None or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return error
    if not here.is_taken():
        return doors.of_http(error)
    return page("fault", code, says=SAYS.get(HTTPStatus(code), error.description))
