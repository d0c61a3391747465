"""The slots of a plan's local date: which reminders it has, when, and how long they are of use."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from rehab.models.message import Kind
from rehab.models.plan import Plan
from rehab.programs import sleep_series
from rehab.programs.schedule import TextingHours, occurrence, session_days, spread
from rehab.services.nights import Nights
from rehab.services.outbox import Intention

MORNING_ENDS = time(12)
TO_ANSWER = timedelta(minutes=30)
"""A wish outside texting hours is moved to the nearest time that leaves half an hour to answer."""

FOLLOW_UP_AFTER = timedelta(hours=3)
NOT_RIGHT_AFTER = timedelta(minutes=90)
"""The soft follow-up: three hours after the reminder, or half an hour before the end of texting
hours if that is not right after it."""

SLEEP_WITHIN = timedelta(minutes=30)
"""A text that says that bedtime is in an hour is untrue soon."""

DAY = timedelta(days=1)

Window = tuple[time, time]


def slots(plan: Plan, on: date, nights: Nights | None) -> Iterator[Intention]:
    """The reminders of the local date `on`, whatever was reported; `nights` where the patient has
    chosen texts about sleep."""
    if is_session_day(plan, on):
        yield from _of_a_session_day(plan, on)
    if is_session_day(plan, on - DAY):
        yield from _of_the_day_after(plan, on)
    if nights is not None and plan.bedtime is not None:
        yield from _of_the_night(plan, on, plan.bedtime, nights)


def is_session_day(plan: Plan, on: date) -> bool:
    """By the weekdays that hold now: of days that are over, the plan's calendar tells."""
    return plan.starts_on <= on <= plan.ends_on and on.weekday() in plan.weekdays


def exercise_window(hours: TextingHours) -> Window:
    """The first and the last local time at which the reminder of a session leaves."""
    return hours.opens, _before(hours.closes, TO_ANSWER)


def morning_window(hours: TextingHours) -> Window | None:
    """The first and the last local time at which somebody is asked how they woke; None when they
    want no text so early."""
    last = _before(min(hours.closes, MORNING_ENDS), TO_ANSWER)
    return (hours.opens, last) if hours.opens <= last else None


def exercise_text_at(plan: Plan) -> time:
    """The local time at which the reminder of a session leaves: the chosen one, or the nearest."""
    return _within(exercise_window(plan.patient.texting_hours), plan.exercise_at)


def morning_text_at(plan: Plan) -> time | None:
    """The local time at which the patient is asked how they woke, if by text at all."""
    window = morning_window(plan.patient.texting_hours)
    return None if window is None else _within(window, plan.morning_at)


def _of_a_session_day(plan: Plan, on: date) -> Iterator[Intention]:
    at, hours = exercise_text_at(plan), plan.patient.texting_hours
    yield _reminder(plan, on, Kind.EXERCISE, "ex.today", at, hours.closes, on)
    later = _follow_up_at(on, at, hours)
    if later is not None:
        yield _reminder(plan, on, Kind.FOLLOW_UP, "ex.soft", later, hours.closes, on)


def _of_the_day_after(plan: Plan, on: date) -> Iterator[Intention]:
    """Where another session follows at once, its own reminder is enough; after the last, nothing
    is left to pick up."""
    yield from _asked_in_the_morning(plan, on, Kind.MORNING, "ck.morning")
    if not is_session_day(plan, on) and session_days(on, plan.weekdays, on, plan.ends_on):
        at, until = exercise_text_at(plan), plan.patient.texting_hours.closes
        yield _reminder(plan, on, Kind.MISSED_ONE, "ex.missed1", at, until, on - DAY)


def _asked_in_the_morning(plan: Plan, on: date, kind: Kind, template: str) -> Iterator[Intention]:
    at = morning_text_at(plan)
    if at is not None:
        until = min(plan.patient.texting_hours.closes, MORNING_ENDS)
        yield _reminder(plan, on, kind, template, at, until, on)


def _of_the_night(plan: Plan, on: date, bedtime: time, nights: Nights) -> Iterator[Intention]:
    """The series counts from the choice, or from the plan's start if that is later."""
    day = (on - max(nights.since, plan.starts_on)).days
    tip = sleep_series.tip_on(day, nights.latest) if on <= plan.ends_on else None
    if tip is not None:
        in_bed = sleep_series.bedtime_of(on, bedtime, plan.patient.zone)
        due = in_bed - sleep_series.ahead_of_bed(tip) + spread(plan.patient_id)
        yield _intention(plan, on, Kind.SLEEP, tip, due, due + SLEEP_WITHIN, f"{bedtime:%H:%M}")
    asked = on.weekday() == sleep_series.question_weekday(plan.weekdays)
    if asked and on <= plan.ends_on + DAY and sleep_series.runs_on(day - 1, nights.latest):
        yield from _asked_in_the_morning(plan, on, Kind.SLEEP_QUESTION, "sl.q")


def _within(window: Window, wish: time) -> time:
    first, last = window
    return min(max(wish, first), last)


def _before(at: time, by: timedelta) -> time:
    return (datetime.combine(date.min, at) - by).time()


def _follow_up_at(on: date, exercise_at: time, hours: TextingHours) -> time | None:
    first = datetime.combine(on, exercise_at)
    last = datetime.combine(on, _before(hours.closes, TO_ANSWER))
    later = min(first + FOLLOW_UP_AFTER, last)
    return later.time() if later - first >= NOT_RIGHT_AFTER else None


def _reminder(
    plan: Plan, on: date, kind: Kind, template: str, at: time, until: time, about_on: date
) -> Intention:
    zone = plan.patient.zone
    due = occurrence(on, at, zone) + spread(plan.patient_id)
    return _intention(
        plan, about_on, kind, template, due, occurrence(on, until, zone), f"{at:%H:%M}"
    )


def _intention(
    plan: Plan, on: date, kind: Kind, template: str, due: datetime, until: datetime, shown: str
) -> Intention:
    return Intention(
        patient=plan.patient,
        plan=plan,
        kind=kind,
        template=template,
        about_on=on,
        dedupe_key=f"{plan.id}:{on}:{kind}",
        due_at=due,
        expires_at=until,
        values={"time": shown},
    )
