"""The forms of a page, filled in as they stand: what a browser would send if nothing was typed."""

from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from rehab.models.clinic import Clinician
from rehab.services.access import sign_ins
from rehab.web.cookies import Cookie
from tests.services.access.conftest import AGENT
from tests.web.sign_in.conftest import SAME_SITE, Browser

Attributes = dict[str, str | None]


class Form(MultiDict[str, str]):
    """One form: its fields, and where they are sent."""

    action: str = ""

    def but(self, **typed: str | list[str] | None) -> "Form":
        """The same, otherwise filled in; a `.` of a name is written `__`, None leaves it out."""
        other = Form(self)
        other.action = self.action
        for name, value in typed.items():
            field = name.replace("__", ".")
            other.poplist(field)
            if value is not None:
                other.setlist(field, [value] if isinstance(value, str) else value)
        return other


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.inside: Form | None = None
        self.select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.inside = Form()
            self.inside.action = said.get("action") or ""
            self.forms.append(self.inside)
        elif tag == "select":
            self.select = said.get("name") or ""
        elif tag == "option" and self.inside is not None and "selected" in said:
            self.inside.add(self.select, said.get("value") or "")
        elif tag == "input" and self.inside is not None:
            self._input(said)

    def _input(self, said: Attributes) -> None:
        name, kind = said.get("name"), said.get("type")
        if (
            name
            and self.inside is not None
            and (kind not in ("checkbox", "radio") or "checked" in said)
        ):
            self.inside.add(name, said.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None


def desk_at(app: Flask, clinician: Clinician, instant: datetime) -> Browser:
    """The browser of a clinician who has signed in at `instant`."""
    entered = sign_ins.start(clinician, AGENT, instant, passed_second_factor=True)
    browser = Browser(app.test_client())
    browser.client.set_cookie(str(Cookie.SIGN_IN), entered.token)
    return browser


def forms_of(answer: TestResponse) -> Iterator[Form]:
    """The forms of a page, in order."""
    yield from _Reader(answer.text).forms


def form_of(answer: TestResponse, action: str, **marks: str) -> Form:
    """The last form that is sent to where `action` ends and has these values. LookupError."""
    found = [
        form
        for form in forms_of(answer)
        if form.action.endswith(action)
        and all(form.get(name) == value for name, value in marks.items())
    ]
    if not found:
        raise LookupError(f"no form to {action} with {marks}")
    return found[-1]


def send(browser: Browser, form: Form) -> TestResponse:
    """Send the form from our own page."""
    return browser.client.post(form.action, data=form, headers=SAME_SITE)
