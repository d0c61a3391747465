"""Sessions and texts on the timeline: what was planned and done, what was sent and came back."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import partial

from rehab.charts.chart import Voice
from rehab.charts.journey import Journey
from rehab.charts.marks import block, line, mark
from rehab.charts.svg import Svg, element
from rehab.charts.timeline_facts import Course, Texted
from rehab.charts.timeline_lane import NAME, Lane
from rehab.charts.window import LEFT, RIGHT, Window
from rehab.programs.weekly import week_of

HIGH = 1.3
"""Lines of a session that was done in full, or of a week in which all were."""

ROW = 1.0
"""Lines of texts in one direction."""


def session_lane(course: Course, shown: Window, voice: Voice) -> Lane:
    """Each planned day, full when done; over many months each week's share."""
    draw = _weeks if shown.is_crowded else _days
    return Lane(voice.say("lane_sessions"), HIGH, partial(draw, course, shown, voice))


def _days(course: Course, shown: Window, voice: Voice, top: float) -> Iterator[Svg]:
    base = top + HIGH
    yield line("zero", LEFT, base, RIGHT, base)
    done: dict[date, int] = {}
    for session in course.journey.sessions:
        done[session.on] = max(done.get(session.on, 0), session.completion)
    for on in sorted({*course.planned, *done}):
        if shown.holds(on):
            yield from _day(on, done.get(on), course.journey.today, base, shown, voice)


def _day(
    on: date, done: int | None, today: date, base: float, shown: Window, voice: Voice
) -> Iterator[Svg]:
    start, width = shown.x(on, 0.2), shown.x(on, 0.8) - shown.x(on, 0.2)
    if done is None and on == today:
        return
    key = "session_missed" if done is None else "session_done"
    title = element("title", voice.say(key, day=voice.day(on), percent=done))
    kind = "cell missed" if done is None else "cell"
    yield block(kind, start, base - HIGH, width, HIGH, title)
    if done:
        yield block("cell done", start, base - HIGH * done / 100, width, HIGH * done / 100, title)


def _weeks(course: Course, shown: Window, voice: Voice, top: float) -> Iterator[Svg]:
    base = top + HIGH
    yield line("zero", LEFT, base, RIGHT, base)
    for week in course.journey.weeks:
        most = max(week.planned_so_far, week.done)
        if not most or not shown.holds(week.from_on):
            continue
        start, end = shown.x(week.from_on, 0.8), shown.x(week.to_on, 0.2)
        says = voice.say(
            "week_done", day=voice.day(week.from_on), done=week.done, planned=week.planned_so_far
        )
        title = element("title", says)
        yield block("cell", start, top, end - start, HIGH, title)
        if week.done:
            height = HIGH * week.done / most
            yield block("cell done", start, base - height, end - start, height, title)


def text_lane(course: Course, shown: Window, voice: Voice) -> Lane | None:
    """Texts out over texts in; over many months how many of each a week."""
    if not any(shown.holds(text.on) for text in course.texted):
        return None
    draw = _texts_of_weeks if shown.is_crowded else _texts
    return Lane(voice.say("lane_texts"), 2 * ROW, partial(draw, course, shown, voice))


def _texts(course: Course, shown: Window, voice: Voice, top: float) -> Iterator[Svg]:
    for text in course.texted:
        if shown.holds(text.on):
            y = top + ROW * (1.5 if text.is_from_patient else 0.5)
            x = shown.x(text.on, text.part_of_day)
            yield mark(NAME, _shape(text), x, y, _says(text, voice))


def _shape(text: Texted) -> str:
    return {"came": "came", "sent": "sent"}.get(text.fate, "unsent")


def _says(text: Texted, voice: Voice) -> str:
    kind = voice.words.get(f"text_{text.kind}", text.kind.replace("_", " "))
    return voice.say(f"text_was_{text.fate}", day=voice.day(text.on), kind=kind)


def _texts_of_weeks(course: Course, shown: Window, voice: Voice, top: float) -> Iterator[Svg]:
    """Bars up for texts out and down for texts in, from one line."""
    middle = top + ROW
    yield line("zero", LEFT, middle, RIGHT, middle)
    counts = Counter(
        (_week(text.on, course.journey), text.is_from_patient) for text in course.texted
    )
    most = max(counts.values(), default=1)
    for n, week in enumerate(course.journey.weeks):
        out, back = counts[n, False], counts[n, True]
        if not (out or back) or not shown.holds(week.from_on):
            continue
        start, end = shown.x(week.from_on, 1), shown.x(week.to_on, 0)
        says = voice.say("texts_of_week", day=voice.day(week.from_on), out=out, back=back)
        height = ROW * (out + back) / most
        yield block(
            "cell texts",
            start,
            middle - ROW * out / most,
            end - start,
            height,
            element("title", says),
        )


def _week(on: date, journey: Journey) -> int:
    """Which of the plan's weeks a date lies in, from 0."""
    return week_of((on - journey.starts_on).days)
