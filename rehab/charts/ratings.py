"""The pain ratings of some weeks of a plan, and the tables that tell them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from rehab.charts.chart import Table, Voice
from rehab.charts.journey import Journey, Rated
from rehab.charts.window import Window
from rehab.programs.measurements import WeekMedian


def sessions(journey: Journey, shown: Window) -> list[Rated]:
    """The sessions of the weeks that are shown, in order."""
    return [session for session in journey.sessions if shown.holds(session.on)]


def said(name: str, journey: Journey, shown: Window) -> Iterator[tuple[date, int]]:
    """The dates and ratings of `during`, `after` or `morning`, without those not given."""
    of_mornings = ((m.on, m.pain) for m in journey.mornings if shown.holds(m.on))
    of_sessions = ((s.on, getattr(s, name, None)) for s in sessions(journey, shown))
    for on, rating in of_mornings if name == "morning" else of_sessions:
        if rating is not None:
            yield on, rating


def usual_pain(journey: Journey, shown: Window) -> Iterator[tuple[date, date, float]]:
    """Usual pain within the weeks that are shown: from, to, and how much."""
    ends = [since for since, _ in journey.usual[1:]] + [shown.until + timedelta(days=1)]
    for (since, usual), end in zip(journey.usual, ends, strict=True):
        first, last = max(since, shown.since), min(end - timedelta(days=1), shown.until)
        if first <= last:
            yield first, last, usual


def ratings_table(journey: Journey, shown: Window, voice: Voice) -> Table:
    """Every session and every morning, day by day; what was not said is said to be missing."""
    return Table(
        voice.say("ratings_caption"),
        voice.heads("date", "during", "after", "morning"),
        tuple(_rows(journey, shown, voice)),
    )


def _rows(journey: Journey, shown: Window, voice: Voice) -> Iterator[tuple[str, ...]]:
    mornings = dict(said("morning", journey, shown))
    told = sessions(journey, shown)
    for on in sorted({*mornings, *(session.on for session in told)}):
        woke = voice.rating(mornings.get(on))
        of_day = [
            (voice.rating(session.during), voice.rating(session.after))
            for session in told
            if session.on == on
        ]
        none = voice.say("no_session")
        for n, rated in enumerate(of_day or [(none, none)]):
            yield voice.day(on), *rated, woke if n == 0 else voice.say("as_above")


def medians_table(
    mornings: Sequence[WeekMedian], after: Sequence[WeekMedian], voice: Voice
) -> Table:
    """The middle rating of each week, of the mornings and of what sessions left behind."""
    return Table(
        voice.say("medians_caption"),
        voice.heads("week", "morning", "after"),
        tuple(
            (voice.day(woke.from_on), _middle(woke, voice), _middle(done, voice))
            for woke, done in zip(mornings, after, strict=True)
        ),
    )


def _middle(week: WeekMedian, voice: Voice) -> str:
    if week.median is None:
        return voice.say("too_few", count=week.count)
    return voice.say("median_of", median=voice.number(week.median), count=week.count)


def usual_table(journey: Journey, shown: Window, voice: Voice) -> Table:
    """Usual pain, and since when each was settled."""
    return Table(
        voice.say("usual_caption"),
        voice.heads("since", "usual"),
        tuple((voice.day(on), voice.number(usual)) for on, _, usual in usual_pain(journey, shown)),
    )
