"""Sessions done of those planned, week by week: a cell for each planned one, full when done."""

from collections.abc import Iterator

from rehab.charts.chart import Chart, Panel, Table, Voice
from rehab.charts.journey import Journey, Week
from rehab.charts.marks import block, drawing, label
from rehab.charts.svg import Svg
from rehab.charts.window import Window

NAME = "weeks"
TOP, CELL, UNDER = 1.8, 0.9, 1.9
"""Lines above the tallest column, of one cell, and under the columns."""

MOST_NUMBERED = 10
"""Weeks with room for a number over each column."""

PART_OF_WEEK, WIDEST = 0.72, 14.0
"""How much of a week's width its column takes, and per cent across at most."""


def weeks_chart(journey: Journey, shown: Window, voice: Voice) -> Chart:
    """The weeks that are shown; before the plan begins, when it will."""
    title = voice.say("weeks_title")
    if journey.today < journey.starts_on:
        empty = voice.say("weeks_empty", day=voice.day(journey.starts_on))
        return Chart(NAME, title, empty=empty)
    weeks = [week for week in journey.weeks if shown.holds(week.from_on)]
    return Chart(
        NAME,
        title,
        panels=(Panel(_drawn(weeks, shown, voice)),),
        says=(_said(journey, weeks, shown, voice),),
        tables=(_table(weeks, voice),),
    )


def _said(journey: Journey, weeks: list[Week], shown: Window, voice: Voice) -> str:
    done = sum(week.done for week in weeks)
    planned = sum(week.planned_so_far for week in weeks)
    since = voice.day(journey.starts_on if shown.whole else shown.since)
    if not (done or planned):
        return voice.say("weeks_first")
    key = {0: "weeks_none", 1: "weeks_one"}.get(done, "weeks_done")
    return voice.say(key, done=done, planned=planned, since=since)


def _drawn(weeks: list[Week], shown: Window, voice: Voice) -> Svg:
    tallest = max((max(week.planned, week.done) for week in weeks), default=1)
    base = TOP + CELL * max(tallest, 1)
    return drawing(
        NAME,
        base + UNDER,
        *(part for week in weeks for part in _column(week, shown, base, voice)),
        *_dates(weeks, shown, base, voice),
    )


def _column(week: Week, shown: Window, base: float, voice: Voice) -> Iterator[Svg]:
    start, end = shown.x(week.from_on, 0), shown.x(week.to_on, 1)
    width = min((end - start) * PART_OF_WEEK, WIDEST)
    x, middle = (start + end - width) / 2, (start + end) / 2
    for n in range(max(week.planned, week.done)):
        kind = "cell" if n >= week.done else "cell done" if n < week.planned else "cell more"
        yield block(kind, x, base - CELL * (n + 1), width, CELL * 0.82)
    if shown.weeks <= MOST_NUMBERED:
        height = CELL * max(week.planned, week.done, 1)
        yield label("done", middle, base - height - 0.4, _of(week, voice))


def _of(week: Week, voice: Voice) -> str:
    return f"{voice.number(week.done)}/{voice.number(week.planned)}"


def _dates(weeks: list[Week], shown: Window, base: float, voice: Voice) -> Iterator[Svg]:
    labelled = [on for on in shown.labelled() if weeks and on <= weeks[-1].from_on]
    for n, on in enumerate(labelled):
        middle = shown.x(on, 3.5)
        yield label("under" if n % 2 == 0 else "under second", middle, base + 1.4, voice.day(on))


def _table(weeks: list[Week], voice: Voice) -> Table:
    return Table(
        voice.say("weeks_caption"),
        voice.heads("week", "planned", "done"),
        tuple(
            (voice.day(week.from_on), voice.number(week.planned), voice.number(week.done))
            for week in weeks
        ),
    )
