"""The last look at texts before they leave: what has happened since they were planned.

Everything that is asked of the database is asked once for all the texts of a claim.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from rehab.extensions import db
from rehab.models.message import (
    ABOUT_TODAYS_SESSION,
    ROUTINE,
    UNASKED,
    DeliveryState,
    Kind,
    OutboundMessage,
    Suppression,
)
from rehab.models.number import key_of
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.models.session import Morning, Session
from rehab.programs.schedule import (
    in_texting_hours,
    local_date,
    next_texting_time,
    occurrence,
    session_days,
)
from rehab.services import outbox

MOST_ROUTINE, MOST_SLEEP, MOST_UNASKED = 2, 1, 4
"""Texts a local day: reminders and questions as the patient was told (2), one about sleep where it
was chosen, and all that nobody asked for together."""

TO_GET_AWAY = timedelta(seconds=15)
"""With less than that until the night a text would be too late; it waits for the morning."""

LAST_WEEK = timedelta(days=8)
DAY = timedelta(days=1)

LEFT = (
    DeliveryState.SENDING,
    DeliveryState.ACCEPTED,
    DeliveryState.UNKNOWN,
    DeliveryState.FAILED,
)
"""States of a text that the patient may have had."""

Told = set[tuple[UUID, date]]


@dataclass(frozen=True, slots=True)
class Void:
    """Why a due text shall not leave: for good, or until another time."""

    reason: str
    state: DeliveryState = DeliveryState.CANCELLED
    until: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """What has happened since the texts of one claim were planned."""

    now: datetime
    suppressed: set[str]
    trained: Told
    woken: Told
    slept: Told
    overtaken: set[UUID]
    today: Counter[tuple[UUID, str]]
    asked: set[tuple[UUID, date | None]]

    def count(self, message: OutboundMessage) -> None:
        """One more text of today's for its patient."""
        if message.kind == Kind.MORNING:
            self.asked.add((message.patient_id, message.about_on))
        for group in _groups(message):
            self.today[message.patient_id, group] += 1


def facts_about(
    messages: Sequence[OutboundMessage], now: datetime, held: Collection[str] = ()
) -> Facts:
    """What has happened; `held` are the templates that may not leave at present."""
    plans = {m.plan_id for m in messages if m.plan_id}
    patients = {m.patient_id for m in messages}
    phones = {m.phone for m in messages}
    since = (now - LAST_WEEK).date()
    sessions = select(Session.plan_id, Session.on).where(
        Session.plan_id.in_(plans), Session.on >= since
    )
    mornings = select(Morning).where(Morning.plan_id.in_(plans), Morning.on >= since)
    reported = db.session.scalars(mornings).all() if plans else []
    return Facts(
        now=now,
        suppressed=suppressed(phones),
        trained={(row[0], row[1]) for row in db.session.execute(sessions)} if plans else set(),
        woken={(m.plan_id, m.on) for m in reported if m.pain is not None},
        slept={(m.plan_id, m.on) for m in reported if m.sleep is not None},
        overtaken=_overtaken(messages, now, held),
        today=_sent_today(patients, now),
        asked=_asked(patients, since),
    )


def suppressed(phones: set[str]) -> set[str]:
    """Those of the numbers that must get nothing."""
    keyed = {key_of(phone): phone for phone in phones}
    found = select(Suppression.phone_key).where(Suppression.phone_key.in_(keyed))
    return {keyed[key] for key in db.session.scalars(found)}


def why_not(message: OutboundMessage, facts: Facts) -> Void | None:
    """Why this text shall not leave now, if there is a reason."""
    if message.phone in facts.suppressed and message.kind != Kind.CONFIRMATION:
        return Void("the number has opted out", DeliveryState.SUPPRESSED)
    if message.kind in outbox.EXEMPT:
        return None
    patient, plan = message.patient, message.plan
    if not patient.sms_consent:
        return Void("no consent", DeliveryState.SUPPRESSED)
    if message.phone_key != patient.phone_key:
        return Void("the number has changed")
    if message.kind == Kind.SAFETY:
        return None
    running = (ACTIVE, PAUSED) if message.kind == Kind.NEWS else (ACTIVE,)
    if plan is not None and plan.status not in running:
        return Void(f"the plan is {plan.status}")
    if plan is not None and message.about_on is not None:
        void = _answered(message.kind, plan, message.about_on, facts)
        if void is not None:
            return void
    return _not_now(message, facts)


def leave_before(message: OutboundMessage, now: datetime) -> datetime:
    """The instant after which the patient wants this text no more, or must not be disturbed."""
    if message.kind in (*outbox.EXEMPT, Kind.SAFETY) or _is_for_the_night(message):
        return message.expires_at
    patient = message.patient
    night = occurrence(patient.today(now), patient.texting_hours.closes, patient.zone)
    return min(message.expires_at, night)


def _not_now(message: OutboundMessage, facts: Facts) -> Void | None:
    """What waits for the morning is judged by that day's number of texts, not by this one's."""
    if message.id in facts.overtaken:
        return Void("overtaken by a later text")
    if message.kind == Kind.MORNING and (message.patient_id, message.about_on) in facts.asked:
        return Void("asked already")
    if not _is_for_the_night(message):
        void = _quiet(message.patient, facts.now)
        if void is not None:
            return void
    for group in _groups(message):
        if facts.today[message.patient_id, group] >= MOST[group]:
            return Void("enough texts today already")
    return None


def _quiet(patient: Patient, now: datetime) -> Void | None:
    """Whether the patient wants no texts now, or not by the time that this one is away."""
    zone, hours = patient.tz, patient.texting_hours
    moments = (now, now + TO_GET_AWAY)
    quiet = next((at for at in moments if not in_texting_hours(at, zone, hours)), None)
    if quiet is None:
        return None
    return Void("outside texting hours", until=next_texting_time(quiet, zone, hours))


def _is_for_the_night(message: OutboundMessage) -> bool:
    """A text about sleep, where the patient has chosen them for the hour before bedtime."""
    return message.kind == Kind.SLEEP and message.plan is not None and bool(message.plan.bedtime)


def _answered(kind: str, plan: Plan, on: date, facts: Facts) -> Void | None:
    """Whether the patient has said already what this text asks for."""
    day = (plan.id, on)
    said = {Kind.MORNING: facts.woken, Kind.SLEEP_QUESTION: facts.slept}.get(
        Kind(kind), facts.trained if kind in ABOUT_A_SESSION else set()
    )
    if day in said:
        return Void("reported already")
    if kind == Kind.MISSED_ONE and _missed_before(plan, on, facts):
        return Void("asked about the whole silence")
    return None


ABOUT_A_SESSION = (*ABOUT_TODAYS_SESSION, Kind.MISSED_ONE)


def _missed_before(plan: Plan, on: date, facts: Facts) -> bool:
    """Whether the session before that of `on` was missed too."""
    before = session_days(plan.starts_on, plan.weekdays, on - 7 * DAY, on - DAY)
    return bool(before) and not any((plan.id, day) in facts.trained for day in before[-1:])


SLEEP_TEXTS, ROUTINE_TEXTS, UNASKED_TEXTS = "sleep", "routine", "unasked"
MOST = {SLEEP_TEXTS: MOST_SLEEP, ROUTINE_TEXTS: MOST_ROUTINE, UNASKED_TEXTS: MOST_UNASKED}


def _groups(message: OutboundMessage) -> list[str]:
    """The limits that a text counts towards; what somebody is waiting for counts towards none."""
    return [] if message.priority else _groups_of(message.kind)


def _groups_of(kind: str) -> list[str]:
    groups = [UNASKED_TEXTS] if kind in UNASKED else []
    if kind in ROUTINE:
        groups.append(ROUTINE_TEXTS)
    return [*groups, SLEEP_TEXTS] if kind == Kind.SLEEP else groups


def _asked(patients: set[UUID], since: date) -> set[tuple[UUID, date | None]]:
    """The mornings that patients were asked about: once, however many plans they have."""
    questions = select(OutboundMessage.patient_id, OutboundMessage.about_on).where(
        OutboundMessage.patient_id.in_(patients),
        OutboundMessage.kind == Kind.MORNING,
        OutboundMessage.about_on >= since,
        OutboundMessage.state.in_(LEFT),
    )
    return {(row[0], row[1]) for row in db.session.execute(questions)}


def _sent_today(patients: set[UUID], now: datetime) -> Counter[tuple[UUID, str]]:
    """How many texts that nobody asked for each patient had on this day of theirs."""
    left_at = func.coalesce(OutboundMessage.claimed_at, OutboundMessage.offered_at)
    sent = (
        select(OutboundMessage.patient_id, OutboundMessage.kind, left_at)
        .join(Patient, Patient.id == OutboundMessage.patient_id)
        .add_columns(Patient.zone)
        .where(
            OutboundMessage.patient_id.in_(patients),
            OutboundMessage.created_at > now - 4 * DAY,
            left_at > now - DAY,
            OutboundMessage.kind.in_(UNASKED),
            OutboundMessage.priority == 0,
            OutboundMessage.state.in_(LEFT),
        )
    )
    counts: Counter[tuple[UUID, str]] = Counter()
    midnights: dict[str, datetime] = {}
    for patient_id, kind, at, zone in db.session.execute(sent):
        if zone not in midnights:
            midnights[zone] = _midnight(zone, now)
        if at >= midnights[zone]:
            for group in _groups_of(kind):
                counts[patient_id, group] += 1
    return counts


def _midnight(zone: str, now: datetime) -> datetime:
    return occurrence(local_date(now, zone), time(0), zone)


def _overtaken(
    messages: Sequence[OutboundMessage], now: datetime, held: Collection[str]
) -> set[UUID]:
    """After an outage only the newest text about today's session is worth sending."""
    mine = [m for m in messages if m.kind in ABOUT_TODAYS_SESSION]
    if not mine:
        return set()
    newer = select(OutboundMessage.plan_id, OutboundMessage.due_at).where(
        OutboundMessage.patient_id.in_({m.patient_id for m in mine}),
        OutboundMessage.kind.in_(ABOUT_TODAYS_SESSION),
        or_(
            OutboundMessage.state == DeliveryState.PENDING,
            OutboundMessage.state == DeliveryState.SENDING,
        ),
        OutboundMessage.due_at <= now,
        OutboundMessage.template.not_in(held),
    )
    newest: dict[UUID | None, datetime] = {}
    for plan_id, due_at in db.session.execute(newer):
        newest[plan_id] = max(due_at, newest.get(plan_id, due_at))
    return {m.id for m in mine if m.due_at < newest[m.plan_id]}
