"""Decisions on the timeline: a mark at the step that was decided, which leads to its page."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from uuid import UUID

from rehab.charts.chart import Voice
from rehab.charts.journey import Ladder
from rehab.charts.svg import Svg, across, down, element
from rehab.charts.timeline_facts import Course, Decided
from rehab.charts.timeline_lane import NAME, Link
from rehab.charts.window import LEFT, Window
from rehab.programs.state import FULL_DOSE

STACKED = 1.2
"""Lines between two marks of one day and step."""

LONGEST = 118
"""Letters of a sentence over the drawing."""

FEW = 5
"""Weeks in which a day is wide enough for a finger."""

Where = Callable[[UUID], str]
"""The address of a decision's page."""


def decision_links(
    course: Course,
    ladder: Ladder,
    shown: Window,
    voice: Voice,
    where: Where,
    height: Callable[[int], float],
) -> Iterator[Link]:
    """The marks of a category; `height` tells how far down a step lies."""
    taken: Counter[tuple[date, int]] = Counter()
    for decided in course.drawn(shown):
        if decided.category != ladder.category or not shown.holds(decided.on):
            continue
        place = (decided.on, decided.step)
        y = height(decided.step) - STACKED * taken[place]
        taken[place] += 1
        yield decided.at, _link(decided, shown.x(decided.on), y, shown, voice, where)


def _link(decided: Decided, x: float, y: float, shown: Window, voice: Voice, where: Where) -> Svg:
    says = said_of(decided, voice)
    return element(
        "a",
        _use("narrow" if shown.weeks > FEW else "reach", x, y),
        _use("ring", x, y) if decided.by else Svg(""),
        _use(decided.mark, x, y),
        element("text", _short(says), class_="card", x=across(LEFT), y=down(1.1)),
        class_="decision hollow" if decided.waits else "decision",
        href=where(decided.id),
        aria_label=says,
    )


def _use(name: str, x: float, y: float) -> Svg:
    return element("use", class_=f"mark {name}", href=f"#{NAME}-{name}", x=across(x), y=down(y))


def said_of(decided: Decided, voice: Voice) -> str:
    """A decision in one line: its day, what it is about, what became of it, and its sentence."""
    fate = voice.say(f"fate_{decided.state}") if decided.waits else ""
    about = voice.category(decided.category)
    sentence = decided.why or moved(decided, voice)
    if decided.by:
        now = {"step": decided.step, "dose": round(100 * decided.dose)}
        sentence = voice.say("by_hand", why=sentence, **now)
    return voice.say("decision", day=voice.day(decided.on), category=about, fate=fate, why=sentence)


def moved(decided: Decided, voice: Voice) -> str:
    """What a decision made of a category, in a few words."""
    words = voice.say(f"move_{decided.move}", step=decided.step)
    if decided.dose < FULL_DOSE and decided.move != "pause":
        return voice.say("at_dose", moved=words, dose=round(100 * decided.dose))
    return words


def _short(says: str) -> str:
    return says if len(says) <= LONGEST else says[: LONGEST - 1].rstrip() + "…"
