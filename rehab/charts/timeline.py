"""A plan's course on one axis of time, as its clinician reads it: ratings, load, decisions, texts.

Every decision is a link to its page, in order of time. Under the drawing the same numbers stand in
a table, day by day.
"""

from collections.abc import Iterator, Sequence

from rehab.charts.axes import dates
from rehab.charts.change import sentence, weekly
from rehab.charts.chart import Chart, Key, Panel, Voice
from rehab.charts.journey import Journey
from rehab.charts.marks import block, label, line, sample, shapes, swatch
from rehab.charts.ratings import usual_pain
from rehab.charts.svg import Svg, down, element, joined
from rehab.charts.timeline_days import session_lane, text_lane
from rehab.charts.timeline_decisions import FEW, Where
from rehab.charts.timeline_facts import Course
from rehab.charts.timeline_lane import NAME, Lane, Link
from rehab.charts.timeline_load import load_lanes
from rehab.charts.timeline_ratings import IN_ORDER, rating_lanes, sleep_lane
from rehab.charts.timeline_table import days_table
from rehab.charts.window import A_YEAR, Window

CARD, HEAD, FOOT, BETWEEN = 1.4, 2.0, 2.1, 0.7
"""Lines for the sentence of the mark that is looked at, for a lane's name, for dates, and under a
lane."""

MOST_DATES, MOST_WITH_YEARS = 14, 7
"""Dates for which there is room on a desk, and such as need their year."""

DRAWN = ("before", "during", "after", "morning", "sleep", "sent", "unsent", "came")
MARKS = ("up", "down", "ease", "rest", "pause", "more", "hold")


def timeline(course: Course, shown: Window, voice: Voice, where: Where) -> Chart:
    """The weeks that are shown; `where` tells the address of a decision's page."""
    return Chart(
        NAME,
        voice.say("title"),
        panels=(Panel(_drawn(course, shown, voice, where)),),
        legend=tuple(_legend(course, shown, voice)),
        says=tuple(_says(course.journey, shown, voice)),
        tables=(days_table(course, shown, voice, where),),
    )


def _says(journey: Journey, shown: Window, voice: Voice) -> Iterator[str]:
    """Whether the latest of these weeks differs from the first, and what is left out of the drawing
    of many months."""
    woken = weekly(((m.on, m.pain) for m in journey.mornings), journey.starts_on, shown)
    after = weekly(((s.on, s.after) for s in journey.sessions), journey.starts_on, shown)
    yield from sentence("pain_after", after, voice)
    yield from sentence("pain_morning", woken, voice)
    if shown.is_crowded:
        yield voice.say("left_out")


def _lanes(course: Course, shown: Window, voice: Voice, where: Where) -> Iterator[Lane]:
    yield from rating_lanes(course.journey, shown, voice)
    yield from load_lanes(course, shown, voice, where)
    yield session_lane(course, shown, voice)
    for lane in (sleep_lane(course.journey, shown, voice), text_lane(course, shown, voice)):
        if lane is not None:
            yield lane


def _drawn(course: Course, shown: Window, voice: Voice, where: Where) -> Svg:
    placed, base = _placed(tuple(_lanes(course, shown, voice, where)))
    links: list[Link] = [link for top, lane in placed for link in lane.links(top)]
    in_order = [svg for _, svg in sorted(links, key=lambda link: link[0])]
    ground = element(
        "g",
        *_axis(course, shown, base, voice),
        *(part for top, lane in placed for part in _lane(top, lane, shown, voice)),
        aria_hidden="true",
    )
    return element(
        "svg",
        shapes(NAME, (*DRAWN, *MARKS, "ring", "reach", "narrow"), _size(shown)),
        ground,
        element("g", *in_order, class_="decisions"),
        class_=f"drawing {NAME}{' crowded' if shown.is_crowded else ''}",
        width="100%",
        height=down(base + FOOT),
        role="group",
        aria_label=voice.say("title"),
    )


def _size(shown: Window) -> float:
    """How large a mark is, in lines of text: larger where days are wide."""
    return 0.9 if shown.is_crowded else 1.2 if shown.weeks <= FEW else 1.05


def _placed(lanes: Sequence[Lane]) -> tuple[list[tuple[float, Lane]], float]:
    """Each lane with how far down it begins, and where the last one ends."""
    placed, top = [], CARD
    for lane in lanes:
        placed.append((top + HEAD, lane))
        top += HEAD + lane.lines + (FOOT if lane.has_dates else BETWEEN)
    return placed, top


def _lane(top: float, lane: Lane, shown: Window, voice: Voice) -> Iterator[Svg]:
    yield label("category", 0, top - 0.9, lane.name)
    yield from lane.ground(top)
    if lane.has_dates:
        yield from dates(top + lane.lines, shown, voice, _most_dates(shown))


def _most_dates(shown: Window) -> int:
    return MOST_DATES if shown.weeks < A_YEAR else MOST_WITH_YEARS


def _axis(course: Course, shown: Window, base: float, voice: Voice) -> Iterator[Svg]:
    """A line down at some of the weeks, and at today."""
    for on in shown.labelled(_most_dates(shown)):
        x = shown.x(on, 0)
        yield line("week", x, CARD + HEAD, x, base)
    today = course.journey.today
    if shown.holds(today):
        x = shown.x(today, 1)
        yield line("today", x, CARD + HEAD, x, base)
    yield from dates(base, shown, voice, _most_dates(shown))


def _legend(course: Course, shown: Window, voice: Voice) -> Iterator[Key]:
    if shown.is_crowded:
        bar = joined(
            block("spread during", 30, 0.1, 40, 0.8), line("middle during", 20, 0.5, 80, 0.5)
        )
        yield Key(swatch(bar), voice.say("key_spread"))
    else:
        for name in IN_ORDER:
            yield Key(sample(name), voice.say(f"key_{name}"))
        yield Key(swatch(block("median", 0, 0.15, 100, 0.7)), voice.say("key_median"))
    for *_, usual in list(usual_pain(course.journey, shown))[-1:]:
        dashes = swatch(line("usual", 0, 0.5, 100, 0.5))
        yield Key(dashes, voice.say("key_usual", usual=voice.number(usual)))
    yield from _decisions(course, shown, voice)


def _decisions(course: Course, shown: Window, voice: Voice) -> Iterator[Key]:
    """What the marks of decisions mean, those alone that are there."""
    drawn = [decided for decided in course.drawn(shown) if shown.holds(decided.on)]
    there = {decided.mark for decided in drawn}
    for name in MARKS:
        if name in there:
            yield Key(sample(name), voice.say(f"key_{name}"))
    if any(decided.waits for decided in drawn):
        yield Key(_in(element("g", sample("up"), class_="hollow")), voice.say("key_hollow"))
    if any(decided.by for decided in drawn):
        yield Key(sample("ring"), voice.say("key_ring"))


def _in(part: Svg) -> Svg:
    """A shape with the look of its surroundings, for a legend."""
    return element("span", part, class_="decision hollow") if part else part
