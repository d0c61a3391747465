"""The sleep texts: which tip on which evening, for how long, and when poor sleep is for a doctor.

Education on sleep habits, with stimulus control and relaxation in it; never sleep restriction
(clinical.md 5).
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rehab.programs.schedule import occurrence

FOUR_WEEKS = (
    *("sl.bed1", "sl.bed2", "sl.bed3", "sl.bed4"),
    *("sl.scr1", "sl.scr2", "sl.scr3"),
    *("sl.calm1", "sl.calm2", "sl.calm3", "sl.wind1"),
    *("sl.sleepy", "sl.20", "sl.caf"),
)
"""A regular bedtime, less screen time, a calm bedroom, then a mix: one tip every other evening.

Half the evenings stay quiet, an exercise day has texts enough without one, and so each week has as
many evenings as its subject has tips: none is said twice.
"""

AFTERWARDS = (
    *("sl.wind2", "sl.light", "sl.clock", "sl.alc", "sl.nap", "sl.move", "sl.meal"),
    *("sl.bed3", "sl.calm2", "sl.scr2", "sl.sleepy", "sl.20", "sl.wind1", "sl.caf"),
)
"""Two a week from the fifth week on, and round again after seven weeks."""

FIRST_DAYS = 28
EVENINGS_AFTERWARDS = (0, 3)
"""Days of each later week, counted from the one on which the series began."""

STILL_POOR = 5
"""A rating of sleep (0 very bad - 10 very good) up to which the series goes on after four weeks."""

AHEAD = {"sl.scr3": timedelta(minutes=30)}
USUALLY_AHEAD = timedelta(hours=1)
"""How long before bedtime a tip is sent."""

NOON = time(12)
WEEK = 7

POOR = 3
FEWEST_RATINGS = 6
THREE_MONTHS = timedelta(days=84)

STILL_KNOWN = timedelta(days=28)
"""A rating that is older says nothing of how somebody sleeps now."""


def runs_on(day: int, latest: int | None) -> bool:
    """Whether the series runs on its day `day` (0 is the first evening).

    `latest` is the last rating of sleep, 0-10; with none, four weeks are all.
    """
    return 0 <= day < FIRST_DAYS or (day >= 0 and latest is not None and latest <= STILL_POOR)


def tip_on(day: int, latest: int | None) -> str | None:
    """The key of the text for the evening of day `day`, or None on a quiet evening."""
    if not runs_on(day, latest):
        return None
    if day < FIRST_DAYS:
        return FOUR_WEEKS[day // 2] if day % 2 == 0 else None
    week, evening = divmod(day - FIRST_DAYS, WEEK)
    if evening not in EVENINGS_AFTERWARDS:
        return None
    number = week * len(EVENINGS_AFTERWARDS) + EVENINGS_AFTERWARDS.index(evening)
    return AFTERWARDS[number % len(AFTERWARDS)]


def ahead_of_bed(tip: str) -> timedelta:
    """How long before bedtime the text `tip` is sent."""
    return AHEAD.get(tip, USUALLY_AHEAD)


def bedtime_of(evening: date, bedtime: time, zone: str | ZoneInfo) -> datetime:
    """The instant of bedtime on an evening; one before noon (00:30) is that of the next date."""
    on = evening + timedelta(days=1) if bedtime < NOON else evening
    return occurrence(on, bedtime, zone)


def question_weekday(session_weekdays: Collection[int]) -> int | None:
    """The weekday (Monday is 0) on which sleep is asked about; None when every morning asks pain.

    Only one question may be open, and pain is asked on the morning after a session. A day that has
    no session either is preferred, and the later in the week.
    """
    free = [day for day in range(WEEK) if (day - 1) % WEEK not in session_weekdays]
    return max(free, key=lambda day: (day not in session_weekdays, day), default=None)


def poor_since(ratings: Sequence[tuple[date, int]], today: date) -> date | None:
    """Since when sleep has been 3 or less without a break, if that is 3 months or more.

    `ratings` are local dates with 0-10, the oldest first. Three months are at least 84 days from
    the first poor rating to the last, with at least 6 ratings, the last of them within 28 days.
    Sleep hygiene alone is no treatment for insomnia that has lasted so long (clinical.md 5).
    """
    last_good = max((n for n, (_, rating) in enumerate(ratings) if rating > POOR), default=-1)
    poor = [on for on, _ in ratings[last_good + 1 :]]
    if len(poor) < FEWEST_RATINGS or poor[-1] - poor[0] < THREE_MONTHS:
        return None
    return poor[0] if poor[-1] >= today - STILL_KNOWN else None
