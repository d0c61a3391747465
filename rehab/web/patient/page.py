"""How a page of the app is made: in the patient's language, about this visit, told to nobody."""

from typing import Any

from flask import Response, make_response, render_template, request

from rehab.programs.translation import is_translated, translated
from rehab.services.phones import as_written
from rehab.web import dates
from rehab.web.patient.visit import visit
from rehab.web.words import LANGUAGES, words
from rehab.wiring import library

UNPROCESSABLE = 422
"""The status of a form that is shown again with its faults."""


def language() -> str:
    """The language that the patient has chosen."""
    chosen = visit().patient.language
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def page(template: str, area: str, status: int = 200, **values: Any) -> Response:
    """The page `template` in the words of `area`."""
    spoken, here = language(), visit()

    def tr(text: str) -> str:
        return translated(text, spoken, library())

    def is_english(text: str) -> bool:
        return not is_translated(text, spoken, library())

    body = render_template(
        f"patient/{template}.html",
        visit=here,
        clinic=here.patient.clinic,
        language=spoken,
        say=words(area, spoken),
        tr=tr,
        is_english=is_english,
        dates=dates,
        as_written=as_written,
        **values,
    )
    return private(make_response(body, status))


def private(answer: Response) -> Response:
    """No search engine lists a patient's page. The address of a reminder is its key: it is told to
    ourselves alone, as every address is (guards.HEADERS), for a form must say where it is from."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def typed(name: str, longest: int = 1024) -> str:
    """What was typed into a field; a NUL, which no database keeps, is left out."""
    return request.form.get(name, "")[:longest].replace("\0", "")
