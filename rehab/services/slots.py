"""The slots of a plan's local date: which reminders it has, when, and how long they are of use."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from rehab.models.message import Kind
from rehab.models.plan import Plan
from rehab.programs import sleep_series
from rehab.programs.schedule import TEXTS_FROM, TEXTS_UNTIL, occurrence, session_days, spread
from rehab.services.nights import Nights
from rehab.services.outbox import Intention

LATEST_EXERCISE = time(20, 30)
MORNING_ENDS = time(12)
LATEST_MORNING = time(11, 30)
"""A wish outside texting hours is moved to the nearest time that leaves half an hour to answer."""

FOLLOW_UP_AFTER = timedelta(hours=3)
LATEST_FOLLOW_UP = time(20, 30)
NOT_RIGHT_AFTER = timedelta(minutes=90)
"""The soft follow-up: three hours after the reminder, or at 20:30 if that is not right after it."""

SLEEP_WITHIN = timedelta(minutes=30)
"""A text that says that bedtime is in an hour is untrue soon."""

DAY = timedelta(days=1)


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
    return plan.starts_on <= on <= plan.ends_on and on.weekday() in plan.weekdays


def _of_a_session_day(plan: Plan, on: date) -> Iterator[Intention]:
    at = _between(plan.exercise_at, LATEST_EXERCISE)
    yield _reminder(plan, on, Kind.EXERCISE, "ex.today", at, TEXTS_UNTIL, on)
    later = _follow_up_at(on, at)
    if later is not None:
        yield _reminder(plan, on, Kind.FOLLOW_UP, "ex.soft", later, TEXTS_UNTIL, on)


def _of_the_day_after(plan: Plan, on: date) -> Iterator[Intention]:
    """Where another session follows at once, its own reminder is enough; after the last, nothing
    is left to pick up."""
    at = _between(plan.morning_at, LATEST_MORNING)
    yield _reminder(plan, on, Kind.MORNING, "ck.morning", at, MORNING_ENDS, on)
    if not is_session_day(plan, on) and session_days(on, plan.weekdays, on, plan.ends_on):
        at = _between(plan.exercise_at, LATEST_EXERCISE)
        yield _reminder(plan, on, Kind.MISSED_ONE, "ex.missed1", at, TEXTS_UNTIL, on - DAY)


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
        at = _between(plan.morning_at, LATEST_MORNING)
        yield _reminder(plan, on, Kind.SLEEP_QUESTION, "sl.q", at, MORNING_ENDS, on)


def _between(wish: time, latest: time) -> time:
    return min(max(wish, TEXTS_FROM), latest)


def _follow_up_at(on: date, exercise_at: time) -> time | None:
    first = datetime.combine(on, exercise_at)
    later = min(first + FOLLOW_UP_AFTER, datetime.combine(on, LATEST_FOLLOW_UP))
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
