"""The plan's steps over time: one flight of stairs a category, with a mark at each change.

Only what held is drawn: a step up that waits for a clinician is not one yet.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from rehab.charts.chart import Key, Table, Voice
from rehab.charts.journey import Journey, Ladder, Stand, of_category
from rehab.charts.marks import OF_MOVES, label, line, mark, sample
from rehab.charts.svg import Svg
from rehab.charts.window import LEFT, RIGHT, Window
from rehab.programs.state import FULL_DOSE

RISE = 0.8
"""Lines from one step to the next."""

NAMED = 2.2
"""Lines for a category's name above its stairs."""

BETWEEN = 0.9
"""Lines under each flight."""

WIDE_ENOUGH = 6.0
"""Per cent across in which a step's number can stand."""

BESIDE_A_MARK = 2.4
"""Per cent across from a change to the number of its step."""

Tread = tuple[float, float, int]
"""A stretch on one step: from, to (per cent across), and which."""


def stairs_lines(journey: Journey, shown: Window) -> float:
    """How many lines all the flights take."""
    return sum(NAMED + _height(journey, ladder, shown) + BETWEEN for ladder in journey.ladders)


def _height(journey: Journey, ladder: Ladder, shown: Window) -> float:
    """From the ground up to the highest step that is shown."""
    return RISE * max(step for _, _, step in _treads(journey, ladder, shown))


def stairs(chart: str, journey: Journey, shown: Window, top: float, voice: Voice) -> Iterator[Svg]:
    """The flights of all categories under each other, from `top` lines down."""
    for ladder in journey.ladders:
        yield label("category", LEFT - 7, top + 1, voice.category(ladder.category))
        ground = top + NAMED + _height(journey, ladder, shown)
        yield from _flight(chart, journey, ladder, shown, ground, voice)
        top = ground + BETWEEN


def _flight(
    chart: str, journey: Journey, ladder: Ladder, shown: Window, ground: float, voice: Voice
) -> Iterator[Svg]:
    treads = list(_treads(journey, ladder, shown))
    yield line("grid", LEFT, ground, RIGHT, ground)
    for start, end, step in treads:
        yield line("tread", start, ground - RISE * step, end, ground - RISE * step)
        if end - start >= WIDE_ENOUGH:
            yield label(
                "step", start + BESIDE_A_MARK, ground - RISE * step - 0.3, voice.number(step)
            )
    for (_, at, before), (_, _, after) in pairwise(treads):
        yield line("riser", at, ground - RISE * before, at, ground - RISE * after)
    for stand in _told(journey, ladder, shown):
        title = voice.say("mark_change", day=voice.day(stand.on), why=stand.why)
        yield mark(
            chart, OF_MOVES[stand.move], shown.x(stand.on), ground - RISE * stand.step, title
        )


def _treads(journey: Journey, ladder: Ladder, shown: Window) -> Iterator[Tread]:
    """From where the category stood when the window opens to where it stands today."""
    start, step = LEFT, _before(journey, ladder, shown.since)[0]
    for stand in of_category(journey.stands, ladder.category):
        if shown.holds(stand.on) and stand.step != step:
            at = shown.x(stand.on)
            yield start, at, step
            start, step = at, stand.step
    yield start, max(start, min(shown.x(journey.today), RIGHT)), step


def _before(journey: Journey, ladder: Ladder, on: date) -> tuple[int, float]:
    """The step and the dose before a date."""
    earlier = [s for s in of_category(journey.stands, ladder.category) if s.on < on]
    return (earlier[-1].step, earlier[-1].dose) if earlier else (ladder.began, FULL_DOSE)


def _told(journey: Journey, ladder: Ladder, shown: Window) -> Iterator[Stand]:
    for stand in of_category(journey.stands, ladder.category):
        if shown.holds(stand.on) and stand.is_told:
            yield stand


def changes_tables(journey: Journey, shown: Window, voice: Voice) -> Iterator[Table]:
    """Where each category stood at first, and every change since, with the reason given then."""
    for ladder in journey.ladders:
        yield Table(
            voice.say("changes_caption", category=voice.category(ladder.category)),
            voice.heads("date", "step", "amount", "why"),
            tuple(_rows(journey, ladder, shown, voice)),
        )


def _rows(
    journey: Journey, ladder: Ladder, shown: Window, voice: Voice
) -> Iterator[tuple[str, ...]]:
    step, dose = _before(journey, ladder, shown.since)
    yield _row(shown.since, step, dose, voice.say("began"), voice)
    for stand in of_category(journey.stands, ladder.category):
        if shown.holds(stand.on):
            if stand.is_told or stand.step != step:
                yield _row(stand.on, stand.step, stand.dose, stand.why, voice)
            step = stand.step


def _row(on: date, step: int, dose: float, why: str, voice: Voice) -> tuple[str, ...]:
    return voice.day(on), voice.number(step), voice.say("percent", n=round(100 * dose)), why


def stairs_legend(journey: Journey, shown: Window, voice: Voice) -> Iterator[Key]:
    """What the marks on the stairs mean, those alone that are there."""
    told = {OF_MOVES[s.move] for lad in journey.ladders for s in _told(journey, lad, shown)}
    for name in ("up", "ease", "down", "pause"):
        if name in told:
            yield Key(sample(name), voice.say(f"key_{name}"))
