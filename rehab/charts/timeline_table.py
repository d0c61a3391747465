"""The timeline's numbers, day by day, the newest first; every decision links to its page."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from rehab.charts.chart import Row, Table, Voice
from rehab.charts.journey import Rated, Woken
from rehab.charts.svg import Svg, element
from rehab.charts.timeline_decisions import Where, moved
from rehab.charts.timeline_facts import Course, Decided
from rehab.charts.window import Window

COLUMNS = ("date", "before", "during", "after", "effort", "done", "morning", "sleep", "decided")


UNSAID = "-"
"""What was asked and not said."""

A_DAY = timedelta(days=1)


def days_table(course: Course, shown: Window, voice: Voice, where: Where) -> Table:
    """Every day on which something was said, planned or decided."""
    return Table(
        voice.say("caption"),
        voice.heads(*COLUMNS),
        tuple(_rows(course, shown, voice, where)),
    )


def _rows(course: Course, shown: Window, voice: Voice, where: Where) -> Iterator[Row]:
    sessions: dict[date, list[Rated]] = defaultdict(list)
    decided: dict[date, list[Decided]] = defaultdict(list)
    for session in course.journey.sessions:
        sessions[session.on].append(session)
    for decision in course.decided:
        decided[decision.on].append(decision)
    mornings = {morning.on: morning for morning in course.journey.mornings}
    planned = {on for on in course.planned if on < course.journey.today}
    for on in sorted({*sessions, *decided, *mornings, *planned}, reverse=True):
        if shown.holds(on):
            links = _links(decided.get(on, []), voice, where)
            asked = UNSAID if on - A_DAY in sessions and on <= course.journey.today else ""
            words = (asked, voice.say("missed") if on in planned else "")
            yield from _day(on, sessions.get(on, []), mornings.get(on), words, links, voice)


def _day(
    on: date,
    sessions: Sequence[Rated],
    woke: Woken | None,
    words: tuple[str, str],
    links: Svg,
    voice: Voice,
) -> Iterator[Row]:
    """A row for each session of the day, and one for a day without; `words` stand for a morning
    and for a session that are not there."""
    asked, none = words
    morning = (_said(woke.pain), _said(woke.sleep)) if woke else (asked, asked)
    for n, session in enumerate(sessions or [None]):
        rated = _rated(session, voice) if session else ("", "", "", "", none)
        beside = (*morning, links) if n == 0 else ("", "", "")
        yield voice.day(on), *rated, *beside


def _rated(session: Rated, voice: Voice) -> Row:
    ratings = (session.before, session.during, session.after, session.effort)
    return *map(_said, ratings), voice.say("percent", n=session.completion)


def _said(value: int | None) -> str:
    """A number as it was said; a dash where nothing was, never 0."""
    return UNSAID if value is None else str(value)


def _links(decided: Sequence[Decided], voice: Voice, where: Where) -> Svg:
    links = [
        element("a", _said_shortly(d, voice), href=where(d.id), class_="waits" if d.waits else None)
        for d in decided
    ]
    return Svg(" ".join(links))


def _said_shortly(decided: Decided, voice: Voice) -> str:
    key = "row_waits" if decided.waits else "row"
    words = voice.say(key, category=voice.category(decided.category), moved=moved(decided, voice))
    return voice.say("row_by", row=words, by=decided.by) if decided.by else words
