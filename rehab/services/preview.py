"""A plan before it is assigned: its first week, and its first texts as they would be sent.

Nothing is kept: the plan is a draft, and so may its patient be.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rehab.models.message import ROUTINE, Kind, OutboundMessage
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.schedule import next_texting_time
from rehab.services import consent
from rehab.services.access.links import REMINDER_LENGTH
from rehab.services.course import day_of
from rehab.services.nights import Nights, nights_of
from rehab.services.outbox import Intention
from rehab.services.plan_copies import copies_in
from rehab.services.slots import is_session_day, slots
from rehab.services.today import DUE, Today, unreported
from rehab.services.wording import LINK, SIZE, Words, size_of

DAY = timedelta(days=1)
WEEK = 7
AFTER_THE_FIRST = 2
"""Days of texts that are shown after that of the first session: its morning, and one more."""

UNLESS_DONE = (Kind.FOLLOW_UP, Kind.MISSED_ONE)
"""The kinds that leave only when the session has not been reported by then."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text to come. `unless_done`: it leaves only if the session is not reported by then."""

    at: datetime
    kind: str
    body: str
    unless_done: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft's first seven days, and its texts up to two days after the first session."""

    plan: Plan
    week: tuple[Today, ...]
    texts: tuple[Text, ...]


def preview(draft: Plan, agreed: bool, library: Library, public_url: str, now: datetime) -> Preview:
    """What a draft (`plans.draft`) would bring; `agreed`: the patient takes texts from now on."""
    days = week(draft, library, now)
    coming = texts(draft, days, library, public_url, now) if agreed else ()
    return Preview(draft, days, coming)


def week(draft: Plan, library: Library, now: datetime) -> tuple[Today, ...]:
    """Seven days from the start on, or from today: each as it is if the sessions before are done,
    so that what needs a day of rest has it."""
    copies, stands = copies_in(draft), draft.loads
    days = []
    for on in _dates(max(draft.starts_on, draft.patient.today(now)), WEEK):
        day = unreported(draft, copies, on, library)
        days.append(day)
        if day.status == DUE:
            draft.loads = _trained(draft, day)
    draft.loads = stands
    return tuple(days)


def texts(
    draft: Plan, days: tuple[Today, ...], library: Library, public_url: str, now: datetime
) -> tuple[Text, ...]:
    """The texts of the first days in the patient's language; none to a number that said STOP.

    The link in a text is made when it leaves: here `x` stands for each of its letters.
    """
    patient = draft.patient
    if consent.is_suppressed(patient.phone):
        return ()
    sizes = {day.on: size_of(day) for day in days}
    link = f"{public_url}/{'x' * REMINDER_LENGTH}"
    intentions = [] if _takes_texts_already(draft) else [consent.welcome(patient, now)]
    intentions += upcoming(draft, now)
    return tuple(_worded(each, sizes, link, library, now) for each in intentions)


def upcoming(plan: Plan, now: datetime) -> list[Intention]:
    """The reminders of a plan, draft or not, from now until two days after its next session, in
    order and no more of them on a day than may leave."""
    today = max(plan.starts_on, plan.patient.today(now))
    first = next((on for on in _dates(today, WEEK) if is_session_day(plan, on)), today)
    nights = _nights(plan, now)
    length = (first - today).days + 1 + AFTER_THE_FIRST
    due = [
        each
        for on in _dates(today, length)
        for each in slots(plan, on, nights)
        if each.due_at > now
    ]
    return list(_within_limits(plan, sorted(due, key=lambda each: each.due_at)))


def _within_limits(plan: Plan, due: list[Intention]) -> Iterator[Intention]:
    """Of reminders and check-ins only so many leave on one day of the patient's."""
    left: Counter[date] = Counter()
    for each in due:
        on = each.due_at.astimezone(plan.patient.tz).date()
        if each.kind in ROUTINE:
            if left[on] >= consent.MOST_A_DAY:
                continue
            left[on] += 1
        yield each


def _nights(plan: Plan, now: datetime) -> Nights | None:
    """The series about sleep goes on where it was chosen before, else it begins today."""
    if plan.bedtime is None:
        return None
    chosen = nights_of([plan.patient.id], now)
    return chosen.get(plan.patient.id) or Nights(plan.patient.today(now))


def _worded(
    intention: Intention,
    sizes: Mapping[date, Mapping[str, int]],
    link: str,
    library: Library,
    now: datetime,
) -> Text:
    patient, plan, about = intention.patient, intention.plan, intention.about_on
    values: dict[str, Any] = {LINK: link, **intention.values}
    if about is not None:
        values |= sizes.get(about, dict.fromkeys(SIZE, 0))
    message = OutboundMessage(
        patient=patient,
        plan=plan,
        template=intention.template,
        values=values,
        language=patient.language,
        about_on=about,
        due_at=intention.due_at,
    )
    body = Words(library, link, {}).of(message)
    at = intention.due_at
    if intention.kind == Kind.WELCOME:
        at = next_texting_time(max(at, now), patient.tz, patient.texting_hours)
    return Text(at, intention.kind, body, intention.kind in UNLESS_DONE)


def _takes_texts_already(draft: Plan) -> bool:
    """A patient who is on file and has agreed before is not welcomed again."""
    return bool(draft.patient.sms_consent)


def _trained(draft: Plan, day: Today) -> dict[str, Any]:
    """Where the categories stand once the day's session is done."""
    done = {prescribed.exercise.category for prescribed in day.exercises}
    number = day_of(draft, day.on)
    return {
        category: {**load, "last_day": number} if category in done else load
        for category, load in draft.loads.items()
    }


def _dates(first: date, length: int) -> list[date]:
    return [first + n * DAY for n in range(length)]
