"""How it goes: pain and the plan's steps, sessions done, the ladders, the nights."""

from datetime import date, timedelta
from functools import partial

from babel.numbers import format_decimal
from flask import Blueprint, Response, request

from rehab.charts.chart import Chart, Voice
from rehab.charts.ladder import ladder_chart
from rehab.charts.nights import nights_chart
from rehab.charts.pain import pain_chart
from rehab.charts.weeks import weeks_chart
from rehab.charts.window import Window, window
from rehab.models.plan import Plan
from rehab.programs.translation import translated
from rehab.services.journey import journey
from rehab.web import dates
from rehab.web.patient.page import language, page
from rehab.web.patient.visit import visit
from rehab.web.words import words
from rehab.wiring import library

blueprint = Blueprint("progress", __name__)

ALMOST_A_YEAR = timedelta(days=330)

ALL = "all"
"""The value of `span` that asks for more than the last weeks."""


@blueprint.get("/progress", endpoint="page")
def opened() -> Response:
    """The course of one plan: its last weeks, or all of it."""
    here = visit()
    if here.plan is None:
        return page("progress", "progress", charts=(), shown=None)
    everything = request.args.get("span") == ALL
    shown = window(here.plan.starts_on, here.today, everything)
    voice = _voice(language(), here.today)
    return page(
        "progress",
        "progress",
        charts=_charts(here.plan, shown, voice),
        shown=shown,
        since=voice.day(here.plan.starts_on),
        everything=everything,
    )


def _charts(plan: Plan, shown: Window, voice: Voice) -> tuple[Chart, ...]:
    course = journey(plan, visit().today, shown.since)
    return (
        pain_chart(course, shown, voice),
        weeks_chart(course, shown, voice),
        ladder_chart(course, voice),
        nights_chart(course, shown, voice),
    )


def _voice(spoken: str, today: date) -> Voice:
    return Voice(
        words=words("progress", spoken),
        day=partial(_day, today=today, spoken=spoken),
        number=partial(format_decimal, locale=spoken),
        category=lambda name: _capital(translated(name, spoken, library())),
    )


def _day(on: date, today: date, spoken: str) -> str:
    """A date without its year, as long as it can be no other."""
    said = dates.month_day(on, spoken)
    return said if today - on < ALMOST_A_YEAR else f"{said} {on.year}"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
