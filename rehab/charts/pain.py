"""Pain over time: during, after and the morning after, with the plan's steps under it.

The quiet bands are the medians of a week's mornings, which are what steers the plan. There is no
trend line: ratings are few, and much in each of them means nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from rehab.charts.axes import HIGHEST, dates, scale
from rehab.charts.change import sentence, weekly
from rehab.charts.chart import Chart, Key, Panel, Voice
from rehab.charts.journey import Journey
from rehab.charts.marks import block, drawing, label, line, mark, sample, shapes, swatch
from rehab.charts.ratings import (
    medians_table,
    ratings_table,
    said,
    sessions,
    usual_pain,
    usual_table,
)
from rehab.charts.stairs import changes_tables, stairs, stairs_legend, stairs_lines
from rehab.charts.svg import Svg
from rehab.charts.window import Window
from rehab.programs.measurements import WeekMedian

NAME = "pain"
SERIES = ("during", "morning", "after")
"""The large hollow shapes first, so that a small full one of the same place stays seen."""

TOP, HEIGHT = 1.6, 11.5
"""Lines above a rating of 10, where the counts stand, and from there to 0."""

UNDER = 2.6
"""Lines from a rating of 0 to the steps, where the dates stand."""

PART_OF_DAY = {"morning": 0.2, "during": 0.35, "after": 0.55}
"""Where in its day a rating is drawn: a morning comes before the session of its date."""

TOO_LONG = timedelta(days=7)
"""After a week without a session it is another stretch, as it is for the plan (rule R6)."""

MOST_COUNTED = 10
"""Weeks with room for their counts."""


def pain_chart(journey: Journey, shown: Window, voice: Voice) -> Chart:
    """Pain in the weeks that are shown; while none was ever rated, what will stand here."""
    title = voice.say("pain_title")
    if not _is_rated(journey):
        return Chart(NAME, title, empty=voice.say("pain_empty"))
    woken = ((morning.on, morning.pain) for morning in journey.mornings)
    after = weekly(((s.on, s.after) for s in journey.sessions), journey.starts_on, shown)
    mornings = weekly(woken, journey.starts_on, shown)
    return Chart(
        NAME,
        title,
        panels=(Panel(_drawn(journey, shown, mornings, voice)),),
        legend=(
            *_legend(journey, shown, mornings, voice),
            *stairs_legend(journey, shown, voice),
        ),
        says=(
            *sentence("pain_after", after, voice),
            *sentence("pain_morning", mornings, voice),
        ),
        tables=(
            ratings_table(journey, shown, voice),
            medians_table(mornings, after, voice),
            usual_table(journey, shown, voice),
            *changes_tables(journey, shown, voice),
        ),
    )


def _is_rated(journey: Journey) -> bool:
    ratings = [rating for s in journey.sessions for rating in (s.during, s.after)]
    ratings += [morning.pain for morning in journey.mornings]
    return any(rating is not None for rating in ratings)


def _drawn(journey: Journey, shown: Window, mornings: Sequence[WeekMedian], voice: Voice) -> Svg:
    base = TOP + HEIGHT + UNDER
    return drawing(
        f"{NAME} crowded" if shown.is_crowded else NAME,
        base + stairs_lines(journey, shown),
        shapes(NAME, (*SERIES, "up", "down", "ease", "pause"), shown.mark_size),
        *scale(TOP, HEIGHT, range(0, HIGHEST + 1, 2), HIGHEST, voice),
        *dates(TOP + HEIGHT, shown, voice),
        *_layers(journey, shown, mornings, voice),
        *stairs(NAME, journey, shown, base, voice),
    )


def _layers(
    journey: Journey, shown: Window, mornings: Sequence[WeekMedian], voice: Voice
) -> Iterator[Svg]:
    """What stands on the ground: the bands lie under the marks, but over a crowd of them."""
    bands = tuple(_bands(mornings, shown, voice))
    yield from () if shown.is_crowded else bands
    yield from _usual(journey, shown)
    yield from _joined(journey, shown)
    yield from _marks(journey, shown, voice)
    yield from bands if shown.is_crowded else ()


def _y(rating: float) -> float:
    return TOP + HEIGHT * (1 - rating / HIGHEST)


def _bands(mornings: Sequence[WeekMedian], shown: Window, voice: Voice) -> Iterator[Svg]:
    for week in mornings:
        if week.median is None:
            continue
        start, end = shown.x(week.from_on, 0.1), shown.x(week.to_on, 0.9)
        yield block("median", start, _y(week.median) - 0.35, end - start, 0.7)
        if shown.weeks <= MOST_COUNTED:
            yield label("count", (start + end) / 2, TOP - 0.6, voice.number(week.count))


def _usual(journey: Journey, shown: Window) -> Iterator[Svg]:
    for since, until, usual in usual_pain(journey, shown):
        yield line("usual", shown.x(since, 0), _y(usual), shown.x(until, 1), _y(usual))


def _joined(journey: Journey, shown: Window) -> Iterator[Svg]:
    """Between two sessions that follow each other and both say how it was after them; over many
    months the medians alone show the way."""
    part = PART_OF_DAY["after"]
    for one, other in pairwise([] if shown.is_crowded else sessions(journey, shown)):
        if one.after is None or other.after is None or other.on - one.on >= TOO_LONG:
            continue
        ends = (shown.x(one.on, part), _y(one.after), shown.x(other.on, part), _y(other.after))
        yield line("joined", *ends)


def _marks(journey: Journey, shown: Window, voice: Voice) -> Iterator[Svg]:
    for name in SERIES:
        for on, rating in said(name, journey, shown):
            title = voice.say(f"mark_{name}", day=voice.day(on), rating=rating)
            yield mark(NAME, name, shown.x(on, PART_OF_DAY[name]), _y(rating), title)


def _legend(
    journey: Journey, shown: Window, mornings: Sequence[WeekMedian], voice: Voice
) -> Iterator[Key]:
    for name in ("during", "after", "morning"):
        yield Key(sample(name), voice.say(f"key_{name}"))
    if any(week.median is not None for week in mornings):
        counted = shown.weeks <= MOST_COUNTED
        band = block("median", 0, 0.15, 100, 0.7)
        yield Key(swatch(band), voice.say("key_median" if counted else "key_median_uncounted"))
    for *_, usual in list(usual_pain(journey, shown))[-1:]:
        dashes = line("usual", 0, 0.5, 100, 0.5)
        yield Key(swatch(dashes), voice.say("key_usual", usual=voice.number(usual)))
