"""Load on the timeline: a flight of steps a category between its bounds, and each decision on it.

What held is drawn full, the dose as the depth of its colour and a broken edge; what was proposed
stands hollow at the step it would have led to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from rehab.charts.chart import Voice
from rehab.charts.journey import Ladder, of_category
from rehab.charts.marks import block, line
from rehab.charts.svg import Svg, across, down, element
from rehab.charts.timeline_decisions import Where, decision_links
from rehab.charts.timeline_facts import Course
from rehab.charts.timeline_lane import Lane, Link
from rehab.charts.window import LEFT, RIGHT, Window
from rehab.programs.state import FULL_DOSE

RISE = 0.95
"""Lines from one step to the next."""

ROOM = 1.0
"""Lines over the highest step, for a mark."""

WIDE_ENOUGH = 3.2
"""Per cent across in which a dose can stand."""


@dataclass(frozen=True, slots=True)
class Tread:
    """A stretch, in per cent across, on one step and dose."""

    start: float
    end: float
    step: int
    dose: float
    paused: bool


def load_lanes(course: Course, shown: Window, voice: Voice, where: Where) -> Iterator[Lane]:
    """One lane for each category of the plan."""
    for ladder in course.journey.ladders:
        yield Lane(
            _name(ladder, voice),
            ROOM + RISE * ladder.rungs,
            partial(_ground, course, ladder, shown, voice),
            partial(_links, course, ladder, shown, voice, where),
        )


def _name(ladder: Ladder, voice: Voice) -> str:
    key = "lane_locked" if ladder.locked else "lane_load"
    named = voice.category(ladder.category)
    return voice.say(key, category=named, step=ladder.step, rungs=ladder.rungs)


def _y(ladder: Ladder, top: float, step: float) -> float:
    return top + ROOM + RISE * (ladder.rungs - step)


def _ground(
    course: Course, ladder: Ladder, shown: Window, voice: Voice, top: float
) -> Iterator[Svg]:
    base = _y(ladder, top, 0)
    yield from _allowed(course, ladder, shown, voice, top)
    yield line("zero", LEFT, base, RIGHT, base)
    for step in range(1, ladder.rungs + 1, 2):
        yield element(
            "text",
            voice.number(step),
            class_="value",
            x=across(LEFT - 0.8),
            y=down(_y(ladder, top, step) + 0.35),
        )
    treads = list(_treads(course, ladder, shown))
    for tread in treads:
        yield from _tread(tread, ladder, top, base, voice)
    for one, other in pairwise(treads):
        if one.step != other.step:
            ends = (_y(ladder, top, one.step), _y(ladder, top, other.step))
            yield line("riser", other.start, ends[0], other.start, ends[1])


def _allowed(
    course: Course, ladder: Ladder, shown: Window, voice: Voice, top: float
) -> Iterator[Svg]:
    """The steps between floor and ceiling, as they were signed over time."""
    signed = [bound for bound in course.bounds if bound.category == ladder.category]
    ends = [shown.x(bound.since, 0) for bound in signed[1:]] + [RIGHT]
    for bound, end in zip(signed, ends, strict=False):
        start = max(LEFT, shown.x(bound.since, 0))
        if end <= start:
            continue
        high, low = _y(ladder, top, bound.ceiling + 0.5), _y(ladder, top, bound.floor - 0.5)
        title = voice.say("allowed", floor=bound.floor, ceiling=bound.ceiling)
        yield block("allowed", start, high, end - start, low - high, element("title", title))
        for step, y in ((bound.ceiling, high), (bound.floor, low)):
            if 1 < step < ladder.rungs:
                yield line("bound", start, y, end, y)


def _tread(tread: Tread, ladder: Ladder, top: float, base: float, voice: Voice) -> Iterator[Svg]:
    y = _y(ladder, top, tread.step)
    kind = "paused" if tread.paused else "part" if tread.dose < FULL_DOSE else "full"
    title = element("title", _stands(tread, voice))
    yield element(
        "rect",
        title,
        class_=f"load {kind}",
        x=across(tread.start),
        y=down(y),
        width=across(tread.end - tread.start),
        height=down(base - y),
        fill_opacity=0 if tread.paused else round(0.08 + 0.3 * tread.dose, 2),
    )
    yield line(f"tread {kind}", tread.start, y, tread.end, y)
    if kind != "full" and tread.end - tread.start >= WIDE_ENOUGH:
        middle = (tread.start + tread.end) / 2
        says = voice.say("paused" if tread.paused else "percent", n=round(100 * tread.dose))
        yield element("text", says, class_="dose", x=across(middle), y=down(base + 0.95))


def _stands(tread: Tread, voice: Voice) -> str:
    dose = voice.say("percent", n=round(100 * tread.dose))
    return voice.say("stood_paused" if tread.paused else "stood", step=tread.step, dose=dose)


def _treads(course: Course, ladder: Ladder, shown: Window) -> Iterator[Tread]:
    """From where the category stood when the window opens to where it stands today."""
    journey = course.journey
    stood = (ladder.began, FULL_DOSE, False)
    start = max(LEFT, shown.x(journey.starts_on, 0))
    for stand in of_category(journey.stands, ladder.category):
        stands = (stand.step, stand.dose, stand.paused)
        at = max(start, shown.x(stand.on))
        if stands != stood and at > start:
            yield Tread(start, at, *stood)
        start, stood = (at, stands) if stands != stood else (start, stood)
    end = min(shown.x(journey.today, 1), RIGHT)
    if end > start:
        yield Tread(start, end, *stood)


def _links(
    course: Course, ladder: Ladder, shown: Window, voice: Voice, where: Where, top: float
) -> Iterator[Link]:
    return decision_links(course, ladder, shown, voice, where, partial(_y, ladder, top))
