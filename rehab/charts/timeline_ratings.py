"""Pain and sleep on the timeline: every rating by its day, or over many months week by week."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

from rehab.charts.change import weekly
from rehab.charts.chart import Voice
from rehab.charts.journey import Journey
from rehab.charts.marks import block, line, mark
from rehab.charts.ratings import said, sessions, usual_pain
from rehab.charts.svg import Svg
from rehab.charts.timeline_lane import (
    NAME,
    RATING,
    SMALL_RATING,
    Lane,
    Scale,
    drawn_spreads,
    ruled,
    spreads,
)
from rehab.charts.window import LEFT, RIGHT, Window

SERIES = ("during", "morning", "after", "before")
"""The large hollow shapes first, so that a small one of the same place stays seen."""

IN_ORDER = ("before", "during", "after", "morning")
"""As a session goes."""

PART_OF_DAY = {"morning": 0.15, "before": 0.35, "during": 0.5, "after": 0.65}
"""Where in its day a rating is drawn: a morning comes before the session of its date."""

TOO_LONG = timedelta(days=7)
NEXT_DAY = timedelta(days=1)
"""Until when two sessions, or two nights, are joined; after that there is a gap."""


def rating_lanes(journey: Journey, shown: Window, voice: Voice) -> Iterator[Lane]:
    """Pain in one lane; over many months each of the four ratings in a lane of its own."""
    if not shown.is_crowded:
        yield Lane(
            voice.say("lane_pain"),
            RATING.lines,
            partial(_pain, journey, shown, voice),
            has_dates=True,
        )
        return
    for name in IN_ORDER:
        yield Lane(
            voice.say(f"lane_{name}"),
            SMALL_RATING.lines,
            partial(_pain_of_weeks, name, journey, shown, voice),
        )


def sleep_lane(journey: Journey, shown: Window, voice: Voice) -> Lane | None:
    """Sleep, where it was ever told."""
    if all(morning.sleep is None for morning in journey.mornings):
        return None
    draw = _sleep_of_weeks if shown.is_crowded else _sleep
    return Lane(voice.say("lane_sleep"), SMALL_RATING.lines, partial(draw, journey, shown, voice))


def _pain(journey: Journey, shown: Window, voice: Voice, top: float) -> Iterator[Svg]:
    yield from ruled(RATING, range(0, 11, 2), top, voice, LEFT, RIGHT)
    yield from _medians(journey, shown, voice, top)
    yield from _usual(journey, shown, RATING, top)
    yield from _joined(journey, shown, top)
    for name in SERIES:
        for on, rating in said(name, journey, shown):
            title = voice.say(f"mark_{name}", day=voice.day(on), rating=rating)
            yield mark(NAME, name, shown.x(on, PART_OF_DAY[name]), RATING.y(top, rating), title)


def _medians(journey: Journey, shown: Window, voice: Voice, top: float) -> Iterator[Svg]:
    woken = ((morning.on, morning.pain) for morning in journey.mornings)
    for week in weekly(woken, journey.starts_on, shown):
        if week.median is None:
            continue
        start, end = shown.x(week.from_on, 0.1), shown.x(week.to_on, 0.9)
        y = RATING.y(top, week.median)
        yield block("median", start, y - 0.3, end - start, 0.6)


def _usual(journey: Journey, shown: Window, scale: Scale, top: float) -> Iterator[Svg]:
    for since, until, usual in usual_pain(journey, shown):
        y = scale.y(top, usual)
        yield line("usual", shown.x(since, 0), y, shown.x(until, 1), y)


def _joined(journey: Journey, shown: Window, top: float) -> Iterator[Svg]:
    """Between two sessions that follow each other and both say how it was after them."""
    part = PART_OF_DAY["after"]
    for one, other in pairwise(sessions(journey, shown)):
        if one.after is None or other.after is None or other.on - one.on >= TOO_LONG:
            continue
        ends = (RATING.y(top, one.after), RATING.y(top, other.after))
        yield line("joined", shown.x(one.on, part), ends[0], shown.x(other.on, part), ends[1])


def _pain_of_weeks(
    name: str, journey: Journey, shown: Window, voice: Voice, top: float
) -> Iterator[Svg]:
    yield from ruled(SMALL_RATING, (0, 5, 10), top, voice, LEFT, RIGHT)
    weeks = spreads(said(name, journey, shown), journey.starts_on, shown)
    yield from drawn_spreads(name, weeks, SMALL_RATING, top, shown, voice)
    yield from _usual(journey, shown, SMALL_RATING, top)


def _slept(journey: Journey, shown: Window) -> list[tuple[date, int]]:
    told = ((m.on, m.sleep) for m in journey.mornings if shown.holds(m.on))
    return [(on, sleep) for on, sleep in told if sleep is not None]


def _sleep(journey: Journey, shown: Window, voice: Voice, top: float) -> Iterator[Svg]:
    yield from ruled(SMALL_RATING, (0, 5, 10), top, voice, LEFT, RIGHT)
    nights, part = _slept(journey, shown), PART_OF_DAY["morning"]
    for (one, before), (other, after) in pairwise(nights):
        if other - one == NEXT_DAY:
            ends = (SMALL_RATING.y(top, before), SMALL_RATING.y(top, after))
            yield line("joined", shown.x(one, part), ends[0], shown.x(other, part), ends[1])
    for on, sleep in nights:
        title = voice.say("mark_sleep", day=voice.day(on), value=sleep)
        yield mark(NAME, "sleep", shown.x(on, part), SMALL_RATING.y(top, sleep), title)


def _sleep_of_weeks(journey: Journey, shown: Window, voice: Voice, top: float) -> Iterator[Svg]:
    yield from ruled(SMALL_RATING, (0, 5, 10), top, voice, LEFT, RIGHT)
    weeks = spreads(_slept(journey, shown), journey.starts_on, shown)
    yield from drawn_spreads("sleep", weeks, SMALL_RATING, top, shown, voice)
