"""The patient's app: today, the session, what comes of it, progress and settings.

Two doors lead in: a sign-in opens all of it under `/me`; the link in a reminder opens one plan's
today and its session, with no name and no other day.
"""

from typing import Any

from flask import Blueprint, Flask, g

from rehab.tenancy import enter_all
from rehab.web.patient import (
    after,
    calendar,
    history,
    morning,
    offline,
    own_data,
    progress,
    session,
    today,
    visit,
)
from rehab.web.patient import settings as settings_pages
from rehab.web.patient.capability import Capability58
from rehab.web.sign_in import faults

me = Blueprint(visit.ME, __name__, url_prefix="/me", template_folder="templates")
reminder = Blueprint(
    visit.REMINDER, __name__, url_prefix="/<capability:token>", template_folder="templates"
)

BOTH = (today, morning, session, after)
SIGNED_IN = (*BOTH, history, progress, settings_pages, own_data, calendar)


@me.before_request
def signed_in() -> None:
    visit.begin_signed_in()


@reminder.url_value_preprocessor
def take_token(_: str | None, values: dict[str, Any] | None) -> None:
    g.token = values.pop("token") if values else None


@reminder.before_request
def by_reminder() -> None:
    enter_all("whose reminder this is")
    visit.begin_by_reminder(g.token)


for pages in SIGNED_IN:
    me.register_blueprint(pages.blueprint)
for pages in BOTH:
    reminder.register_blueprint(pages.blueprint)
faults.add_faults(me)
faults.add_faults(reminder)


def add_patient(app: Flask) -> None:
    """Serve the patient's app from `app`."""
    app.url_map.converters["capability"] = Capability58
    app.jinja_env.globals.setdefault("figure_url", lambda *_, **__: None)
    app.register_blueprint(me)
    app.register_blueprint(reminder)
    app.register_blueprint(offline.blueprint)
