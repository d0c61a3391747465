"""How a page of the desk is made: in English, with what was typed kept and faults beside fields."""

from typing import Any

from flask import Response, make_response, render_template, request
from flask import flash as _flash

from rehab.services.inbox.listing import waiting
from rehab.services.phones import as_written
from rehab.web import dates
from rehab.web.desk import here

UNPROCESSABLE = 422
"""The status of a form that is shown again with its faults."""

LANGUAGE = "en"


def page(template: str, status: int = 200, **values: Any) -> Response:
    """The page `template` for whoever sits at the desk.

    Templates have `me`, `clinic`, `zone`, `now`, `dates`, `as_written`, `waiting` (what lies in the
    inbox, by kind), and `typed` and `faults`, which are empty unless they are given.
    """
    values.setdefault("faults", {})
    values.setdefault("typed", request.form)
    body = render_template(
        f"desk/{template}.html",
        me=here.clinician(),
        clinic=here.clinic(),
        zone=here.zone(),
        now=here.now(),
        language=LANGUAGE,
        dates=dates,
        as_written=as_written,
        waiting=waiting(here.clinic().id),
        **values,
    )
    answer = make_response(body, status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def typed(name: str, longest: int = 2000) -> str:
    """What was typed into a field; a NUL, which no database keeps, is left out."""
    return request.form.get(name, "")[:longest].replace("\0", "")


def done(message: str) -> None:
    """Say on the next page what was done."""
    _flash(message, "good")


def undone(message: str) -> None:
    """Say on the next page what was not done, and why."""
    _flash(message, "warm")
