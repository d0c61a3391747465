"""A language that nobody speaks: every text that a page takes from the words or the library stands
in brackets there, so what stands outside of them was written into the page and never translated."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from babel import Locale
from flask import Flask

from rehab.models.clinic import Clinic
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.dosage_words import dosage_text
from rehab.programs.library import Library
from rehab.services import mornings, sessions
from rehab.services.consent import BEFORE_BED, NOT_BEFORE_BED, SHOWN
from rehab.services.mornings import MorningReport
from rehab.services.sessions import SessionReport
from rehab.services.transactions import transaction
from rehab.web import words as catalogues
from rehab.wiring import Wiring, wire
from tests.conftest import NOON
from tests.web.patient.conftest import TODAY
from tests.web.sign_in.conftest import Browser

DAY = timedelta(days=1)
READ_ALOUD = ("alt", "aria-label", "placeholder", "title", "aria-description")
BY_SCRIPTS = re.compile(r"data-(?!on$|zone$|now$|lang$|plans$|worker$)")
"""Texts for scripts stand in data attributes; those named here hold facts."""

WORD = re.compile(r"[^\W\d_]{4,}")
NOTE = "the left side"


class Texts(HTMLParser):
    """What a page says: its text, and the attributes that are read aloud or shown by a script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        for name, value in attrs:
            is_text = " " in (value or "") and BY_SCRIPTS.match(name)
            if value and (name in READ_ALOUD or is_text):
                self.said.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.said.append(data.strip())


def in_brackets(text: str) -> str:
    """The text with every piece between its blanks in brackets."""
    pieces = re.split(r"(\{\w+\})", text)
    return "".join(p if p.startswith("{") or not p.strip() else f"⟦{p}⟧" for p in pieces)


@pytest.fixture
def nobodys_language(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Spanish, replaced by English in brackets."""
    read = catalogues._read

    def bracketed(area: str, language: str) -> Mapping[str, str]:
        english = read(area, "en")
        return english if language == "en" else {k: in_brackets(v) for k, v in english.items()}

    monkeypatch.setattr(catalogues, "_read", bracketed)
    catalogues.words.cache_clear()
    built: Wiring = app.extensions["rehab"]
    sources = built.library.translations["es"]
    bracketed_library = {source: f"⟦{source}⟧" for source in sources}
    wire(
        app, replace(built, library=replace(built.library, translations={"es": bracketed_library}))
    )
    yield
    wire(app, built)
    catalogues.words.cache_clear()


@pytest.fixture
def allowed(app: Flask, library: Library) -> list[str]:
    """What is of the language without being of the words: names, dates, dosages and sentences."""
    spanish = Locale("es")
    dates = [*spanish.months["format"]["wide"].values(), *spanish.days["format"]["wide"].values()]
    dates += [*spanish.months["format"]["abbreviated"].values()]
    dosages = {
        dosage_text(level, "es", app.extensions["rehab"].library)
        for exercise in library.exercises.values()
        for level in exercise.levels
    }
    consent = [SHOWN["es"], NOT_BEFORE_BED["es"], *BEFORE_BED["es"].split("{bedtime}")]
    names = ["Riverside", "Maya", "Lindqvist", "English", "Español", "Reino Unido", "Rehab"]
    return [*sorted(dosages, key=len, reverse=True), *consent, *names, NOTE, *map(str, dates)]


def left_over(html: str, allowed: list[str]) -> list[str]:
    """What stands in the page outside of brackets and is neither a name nor a number."""
    found = []
    for text in Texts(html).said:
        rest = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
        for known in allowed:
            rest = re.sub(re.escape(known), " ", rest, flags=re.IGNORECASE)
        if WORD.search(rest):
            found.append(rest.strip())
    return found


@pytest.mark.usefixtures("nobodys_language")
def test_nothing_is_written_into_a_page_of_the_app(
    her_phone: Browser,
    maya: Patient,
    plan: Plan,
    riverside: Clinic,
    library: Library,
    token: str,
    allowed: list[str],
    at: Callable[[datetime], None],
) -> None:
    with transaction():
        maya.language, riverside.phone = "es", "+442079460100"
    her_phone.language = "es"
    told = []
    for n, (flags, during) in enumerate([((), 3), ((), 8), (("RF12",), 3)]):
        when = NOON - DAY + n * timedelta(hours=6)
        said = SessionReport(when, 3, during, 3, red_flags=flags, new_areas=("knees",), note=NOTE)
        told.append(sessions.report_session(plan, said, library, NOON + DAY))
    mornings.report_morning(plan, MorningReport(TODAY, 5, 4, 30), library, NOON)
    sentences = [d.why_patient for session in told for d in session.decisions]
    paths = [
        *("/me", "/me?noted=pain", "/me?noted=more", "/me/session", "/me/session?again=1"),
        *("/me/session?again=1&before=4", f"/me/session?on={TODAY - DAY}", "/me/entries"),
        *(f"/me/sessions/{session.id}" for session in told),
        *(f"/me/sessions/{told[0].id}/correct", "/me/progress", "/me/settings"),
        *(f"/me/settings/{name}" for name in ("times", "bedtime", "quiet", "texts", "calendar")),
        *("/me/texts", "/me/data", "/me/data/wrong", "/me/data/erase", "/me/offline", "/me/kept"),
        *(f"/{token}", f"/{token}/session?before=3&again=1"),
    ]
    wrong = {}
    for path in paths:
        answer = her_phone.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        assert "⟦" in answer.text
        wrong[path] = left_over(answer.text, [*sentences, *allowed])
    assert {path: texts for path, texts in wrong.items() if texts} == {}


def test_a_text_that_was_written_into_a_page_is_found() -> None:
    page = '<p>⟦Thank⟧ Maya, well done</p><img alt="a knee"><p data-sent="It went out">3</p>'
    assert left_over(page, ["Maya"]) == [", well done", "a knee", "It went out"]
