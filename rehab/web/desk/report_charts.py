"""The chart that paper and the policy's trial share: pain, and under it the plan's steps."""

from collections.abc import Callable
from datetime import date
from functools import partial

from rehab.charts.chart import Chart, Voice
from rehab.charts.journey import Journey
from rehab.charts.pain import pain_chart
from rehab.charts.window import Window
from rehab.web import dates
from rehab.web.desk.page import LANGUAGE
from rehab.web.words import words


def pain_over(journey: Journey, shown: Window, day: Callable[[date], str] | None = None) -> Chart:
    """Pain in the window in English; `day` says how a date is told, if not as a date."""
    voice = Voice(
        words=words("progress", LANGUAGE),
        day=day or partial(dates.month_day, language=LANGUAGE),
        number=lambda value: f"{value:g}",
        category=str.capitalize,
    )
    return pain_chart(journey, shown, voice)
