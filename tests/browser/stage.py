"""The stage of a browser test: a clinic that lives, a clock that is set, and phones to look at."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import BrowserContext, Error, Page
from sqlalchemy import select

from rehab import clock
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services import enrolment, mornings, plans, replies, sessions
from rehab.services.access import hashing, sign_ins
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from rehab.services.sessions import SessionReport
from rehab.tenancy import across_clinics
from rehab.web.cookies import Cookie
from rehab.wiring import Wiring, wire
from rehab.worker import DISPATCH, EXPIRE, LOOK_OVER, PLAN, Ticker
from tests.browser.cast import CLINIC_PHONE, Person, everybody, row_of
from tests.browser.chromium import Chromium
from tests.browser.faults import Faults
from tests.browser.house import House
from tests.conftest import NOON
from tests.doubles.clock import SetClock
from tests.doubles.sender import RecordingSender

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-GB",
    "timezone_id": "Europe/London",
}
DESK: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 800},
    "is_mobile": False,
    "has_touch": False,
}
"""What `Stage.open` shows pages on: a phone, or with `**DESK` the screen on a desk."""

PATIENCE = 8_000
"""Milliseconds that a locator waits; other tests may have both cores."""

CODE = re.compile(r"#(\d{6})$")
ADDRESS = re.compile(r"https?://\S+")


@dataclass(repr=False)
class Stage:
    """All that a browser test does and looks at, but for the pages themselves."""

    house: House
    chromium: Chromium
    clock: SetClock = field(default_factory=lambda: SetClock(NOON))
    sender: RecordingSender = field(default_factory=RecordingSender)
    faults: Faults = field(default_factory=Faults)
    contexts: list[BrowserContext] = field(default_factory=list)

    # Pages

    def open(self, **wishes: Any) -> Page:
        """A page in a browser of its own: a phone in London, signed in nowhere, its clock set.

        `wishes` are Playwright's: `locale="es-ES"`, `timezone_id=…`, `color_scheme="dark"`,
        `reduced_motion="reduce"`, `java_script_enabled=False`, `viewport={…}`, or `**DESK`.
        """
        context = self.chromium.browser.new_context(base_url=self.house.url, **(PHONE | wishes))
        self.contexts.append(context)
        self.faults.watch(context)
        context.set_default_timeout(PATIENCE)
        context.clock.install(time=self.clock.wall)
        return context.new_page()

    def sign_in(self, page: Page, who: Person | None = None) -> None:
        """Let the page's browser be somebody's who has come in, Maya's if not said whose. Staff
        have passed their second factor."""
        person = who or self.maya
        with self.backstage():
            entered = sign_ins.start(
                row_of(person), "Chrome", self.clock.wall, passed_second_factor=bool(person.email)
            )
        page.context.add_cookies(
            [
                {
                    "name": str(Cookie.SIGN_IN),
                    "value": entered.token,
                    "url": self.house.url,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )

    def enter(self, page: Page, who: Person | None = None) -> None:
        """Come in as a patient does, by the code on their phone; ends on their first page."""
        person = who or self.maya
        page.goto("/enter")
        page.locator("input[name=phone]").fill(person.phone)
        page.locator("main form button").click()
        page.locator("input[name=code]").fill(self.code_for(person))
        page.locator("main form button").click()
        page.wait_for_url("**/me")

    @contextmanager
    def offline(self, page: Page) -> Iterator[None]:
        """No network for the page's browser; that it complains of this is no fault."""
        self.faults.allow("ERR_INTERNET_DISCONNECTED")
        page.context.set_offline(True)
        try:
            yield
        finally:
            page.context.set_offline(False)

    # Time

    def now(self, instant: datetime) -> None:
        """Set every clock: the server's, which then stands, and the browsers', which go on."""
        self.clock.pass_by(seconds=(instant - self.clock.wall).total_seconds())
        for context in self.contexts:
            context.clock.set_system_time(instant)

    def later(self, **time: float) -> None:
        """Let time pass: `stage.later(hours=2)`."""
        self.now(self.clock.wall + timedelta(**time))

    def tick(self, *jobs: str) -> None:
        """Run these jobs of the scheduler, once; when none is named: plan, let go of what is late,
        look over the patients, send."""
        ticker = Ticker(self.house.app, self.clock)
        with self.backstage():
            for job in jobs or (PLAN, EXPIRE, LOOK_OVER, DISPATCH):
                ticker.jobs[job]()

    # Texts

    def texts(self, who: Person) -> list[str]:
        """Every text that has left for their phone, the oldest first."""
        return [text.body for text in self.sender.sent if text.to == who.phone]

    def text_back(self, who: Person, body: str) -> None:
        """A text from their phone. Its answer leaves with the next tick."""
        inbound = Inbound(f"SM{uuid4().hex}", who.phone, CLINIC_PHONE, body)
        with self.backstage():
            replies.receive(inbound, self.house.wiring.library, self.clock.wall)

    def code_for(self, who: Person) -> str:
        """The six digits that were texted last; what waits to be sent is sent first."""
        self.tick(DISPATCH)
        return [found[1] for text in self.texts(who) if (found := CODE.search(text))][-1]

    def link_for(self, who: Person) -> str:
        """The address in the newest text that has one."""
        return [found[0] for text in self.texts(who) if (found := ADDRESS.search(text))][-1]

    # People, and what they did before the curtain rose

    @property
    def maya(self) -> Person:
        """The patient; her plan begins at NOON of its first day."""
        return self.person("Maya")

    @property
    def ana(self) -> Person:
        """Maya's physiotherapist."""
        return self.person("Ana Ruiz")

    def person(self, name: str) -> Person:
        """Who has this given name, or as staff this whole name, as they are now. LookupError."""
        with self.backstage():
            found = [person for person in everybody() if person.name == name]
        if not found:
            raise LookupError(f"nobody here is called {name}")
        return found[0]

    def enrol(self, given_name: str, phone: str, **said: Any) -> Person:
        """Another patient of the clinic, who takes texts and has no plan yet.

        `said` may name `language`, `zone`, `family_name` and `sms_consent`.
        """
        agreed = {"zone": "Europe/London", "sms_consent": True, **said}
        with self.backstage():
            ana = db.session.scalars(select(Clinician)).one()
            details = {**agreed, "given_name": given_name, "phone": phone}
            enrolment.enrol(ana.clinic_id, details, ana.email, self.clock.wall)
        return self.person(given_name)

    def assign(self, who: Person, program_id: str, usual_pain: float = 4, **wish: Any) -> UUID:
        """Give them a plan; `wish` is the rest of its Assignment. The plan's id."""
        with self.backstage():
            patient = db.session.get_one(Patient, who.id)
            wished = Assignment(program_id, usual_pain, **wish)
            return plans.assign(patient, wished, self.house.wiring.library, self.clock.wall).id

    def trained(self, plan_id: UUID | None, at: datetime, **said: Any) -> UUID:
        """A session that was reported at `at`; `said` is the rest of its SessionReport. Its id."""
        ratings = {"before": 3, "during": 4, "after": 3, "effort": 4}
        report = SessionReport(performed_at=at, **(ratings | said))
        with self.backstage():
            plan = db.session.get_one(Plan, plan_id)
            return sessions.report_session(plan, report, self.house.wiring.library, at).id

    def woke(self, plan_id: UUID | None, at: datetime, pain: int = 3, sleep: int = 7) -> None:
        """A morning that was answered at `at`, on its own day."""
        with self.backstage():
            plan = db.session.get_one(Plan, plan_id)
            said = MorningReport(on=plan.patient.today(at), pain=pain, sleep=sleep)
            mornings.report_morning(plan, said, self.house.wiring.library, at)

    # Behind the stage

    @contextmanager
    def backstage(self) -> Iterator[None]:
        """Look at rows and call services. Keep it short: while it is open the server waits, and
        when it is left its rows are worth nothing."""
        with self.house.app.app_context(), across_clinics("behind the stage"):
            yield

    def close(self) -> None:
        """Close the browsers. Raises AssertionError for what went wrong unseen."""
        for context in self.contexts:
            for page in context.pages:
                _hear_out(page)
            self.chromium.close(context)
        self.contexts.clear()
        self.house.wait_until_empty()
        self.faults.seen += self.house.faults
        self.house.faults.clear()
        self.faults.settle()


@contextmanager
def staged(house: House, chromium: Chromium) -> Iterator[Stage]:
    """A stage at NOON, in a house as it was furnished."""
    house.put_back()
    stage, built = Stage(house, chromium), house.wiring
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", stage.clock.now)
        patch.setattr(hashing, "PASSWORDS", quick)
        patch.setattr(hashing, "CODES", quick)
        wire(house.app, Wiring(built.settings, built.library, stage.sender))
        try:
            yield stage
        finally:
            stage.close()
            wire(house.app, built)


def _hear_out(page: Page) -> None:
    """Whatever a page has said before it answers a question arrives before the answer."""
    try:
        page.evaluate("0")
    except Error:
        return
