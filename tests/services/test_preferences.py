"""What a patient chooses for themselves: in force at once, on record, and never doubled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.message import DeliveryState, Kind, OutboundMessage, SmsConsent
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.schedule import TextingHours, spread
from rehab.services import consent, enrolment, plan_changes, plans, preferences, replies
from rehab.services.actors import acting_as, actor_of
from rehab.services.claims import Claim, claim
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from rehab.services.transactions import transaction

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = MONDAY + timedelta(minutes=1)
WISH = Assignment(
    "lb-subacute-6w",
    usual_pain=4,
    weekdays=(0, 2, 4),
    exercise_at=time(18),
    morning_at=time(8, 30),
)


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    return plans.assign(maya, WISH, library, MONDAY)


def waiting(*kinds: Kind) -> list[tuple[str, str]]:
    rows = db.session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.kind.in_(kinds), OutboundMessage.state == DeliveryState.PENDING)
        .order_by(OutboundMessage.due_at)
    )
    return [(r.kind, f"{r.due_at - spread(r.patient_id):%a %H:%M}") for r in rows]


def consents() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(SmsConsent).order_by(SmsConsent.at, SmsConsent.action))
    return [(row.action, row.channel, row.actor) for row in rows]


def acts(since: int = 0) -> list[tuple[str, dict[str, Any]]]:
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    return [(entry.action, entry.detail) for entry in entries[since:]]


# Times


def test_new_times_are_in_force_at_once(plan: Plan) -> None:
    preferences.choose_times(plan, time(19, 15), time(9), LATER)
    assert waiting(Kind.EXERCISE, Kind.MORNING) == [
        ("exercise", "Mon 19:15"),
        ("morning", "Tue 09:00"),
    ]
    assert acts()[-1] == ("plan.amended", {"fields": ["exercise_at", "morning_at"]})


def test_the_same_times_again_are_no_act(plan: Plan) -> None:
    before = len(acts())
    preferences.choose_times(plan, time(18), time(8, 30), LATER)
    assert acts(before) == []


@pytest.mark.parametrize(
    ("hours", "said", "faults"),
    [
        ((8, 21), (time(7, 59), time(9)), ["exercise_at"]),
        ((8, 21), (time(8), time(9)), []),
        ((8, 21), (time(20, 30), time(9)), []),
        ((8, 21), (time(20, 31), time(9)), ["exercise_at"]),
        ((8, 21), (time(18), time(6)), ["morning_at"]),
        ((8, 21), (time(18), time(11, 30)), []),
        ((8, 21), (time(18), time(11, 31)), ["morning_at"]),
        ((8, 21), (time(23), time(13)), ["exercise_at", "morning_at"]),
        ((10, 17), (time(16, 30), time(10)), []),
        ((10, 17), (time(16, 31), time(9, 59)), ["exercise_at", "morning_at"]),
        ((13, 21), (time(18), time(9)), []),
        ((13, 21), (time(18), time(12)), ["morning_at"]),
    ],
)
def test_a_new_time_at_which_no_text_leaves_is_said_to_be_none(
    plan: Plan, hours: tuple[int, int], said: tuple[time, time], faults: list[str]
) -> None:
    opens, closes = hours
    preferences.choose_hours(plan.patient, TextingHours(time(opens), time(closes)), MONDAY)
    if not faults:
        assert preferences.choose_times(plan, *said, LATER).exercise_at == said[0]
        return
    with pytest.raises(Invalid) as caught:
        preferences.choose_times(plan, *said, LATER)
    assert sorted(caught.value.errors) == faults
    assert (plan.exercise_at, plan.morning_at) == (time(18), time(8, 30))


def test_a_time_that_the_clinic_chose_outside_the_hours_may_stay(
    plan: Plan, ana: Clinician, library: Library
) -> None:
    plan_changes.amend(plan, {"exercise_at": time(6, 30)}, ana, "", library, MONDAY)
    preferences.choose_times(plan, time(6, 30), time(9), LATER)
    assert (plan.exercise_at, plan.morning_at) == (time(6, 30), time(9))


def test_a_plan_that_has_ended_has_no_times(plan: Plan, ana: Clinician) -> None:
    plan_changes.discharge(plan, ana, "well", MONDAY)
    with pytest.raises(Conflict, match="discharged"):
        preferences.choose_times(plan, time(9), time(9), LATER)


def test_each_plan_has_times_of_its_own(plan: Plan, library: Library) -> None:
    other = plans.assign(plan.patient, Assignment("sh-6w", usual_pain=3), library, MONDAY)
    kept = other.exercise_at
    preferences.choose_times(plan, time(10), time(9), LATER)
    assert (plan.exercise_at, other.exercise_at) == (time(10), kept)


# Bedtime


def test_a_bedtime_chosen_in_the_app_is_on_record_as_the_patients_own(plan: Plan) -> None:
    preferences.choose_bedtime(plan.patient, time(22, 30), LATER)
    assert consents()[-1] == ("bedtime", "app", "patient")
    kept = db.session.scalars(select(SmsConsent).filter_by(action="bedtime")).one()
    assert (kept.hours, kept.kinds, kept.most_a_day) == ("21:30-22:30", ["sleep"], 1)
    assert "22:30" in kept.wording
    assert acts()[-1] == ("consent.bedtime", {"channel": "app"})
    assert waiting(Kind.SLEEP) == [("sleep", "Mon 21:30")]
    assert preferences.bedtime_of(plan.patient, LATER) == time(22, 30)


def test_the_same_bedtime_again_is_not_on_record_twice(plan: Plan) -> None:
    for _ in range(2):
        preferences.choose_bedtime(plan.patient, time(22, 30), LATER)
    assert [action for action, *_ in consents()].count("bedtime") == 1


def test_a_bedtime_is_given_up_again(plan: Plan) -> None:
    preferences.choose_bedtime(plan.patient, time(22, 30), MONDAY)
    preferences.choose_bedtime(plan.patient, None, LATER)
    assert consents()[-1] == ("daytime", "app", "patient")
    assert (waiting(Kind.SLEEP), plan.bedtime) == ([], None)
    assert preferences.bedtime_of(plan.patient, LATER) is None


def test_one_bedtime_is_for_all_plans_that_run(
    plan: Plan, ana: Clinician, library: Library
) -> None:
    other = plans.assign(plan.patient, Assignment("sh-6w", usual_pain=3), library, MONDAY)
    ended = plans.assign(plan.patient, Assignment("sh-6w", usual_pain=3), library, MONDAY)
    plan_changes.discharge(ended, ana, "well", MONDAY)
    preferences.choose_bedtime(plan.patient, time(23), LATER)
    assert [p.bedtime for p in (plan, other, ended)] == [time(23), time(23), None]


def test_a_bedtime_does_not_outlive_a_stop(maya: Patient, library: Library) -> None:
    plans.assign(maya, replace(WISH, bedtime=time(22)), library, MONDAY)
    assert preferences.bedtime_of(maya, MONDAY) == time(22)
    consent.revoke(maya, "sms", "patient", LATER, "STOP")
    assert preferences.bedtime_of(maya, LATER) is None
    consent.grant(maya, "sms", "patient", LATER + timedelta(minutes=1), "START")
    assert preferences.bedtime_of(maya, LATER + timedelta(hours=1)) is None
    preferences.choose_bedtime(maya, time(22), LATER + timedelta(hours=1))
    assert preferences.bedtime_of(maya, LATER + timedelta(hours=1)) == time(22)


def test_texts_about_sleep_need_texts_and_a_plan(maya: Patient, library: Library) -> None:
    with pytest.raises(Conflict):
        preferences.choose_bedtime(maya, time(22), MONDAY)
    plans.assign(maya, WISH, library, MONDAY)
    consent.revoke(maya, "clinic", "ana", MONDAY)
    with pytest.raises(Conflict):
        preferences.choose_bedtime(maya, time(22), LATER)


# Hours


def test_hours_of_ones_own_are_kept_and_on_record(maya: Patient) -> None:
    preferences.choose_hours(maya, TextingHours(time(9), time(18, 30)), MONDAY)
    assert (maya.texts_from, maya.texts_until) == (time(9), time(18, 30))
    assert maya.texting_hours == TextingHours(time(9), time(18, 30))
    assert acts()[-1] == ("patient.amended", {"fields": ["texts_from", "texts_until"]})


def test_the_widest_hours_are_kept_as_no_choice(maya: Patient) -> None:
    preferences.choose_hours(maya, TextingHours(time(9), time(21)), MONDAY)
    assert (maya.texts_from, maya.texts_until) == (time(9), None)
    preferences.choose_hours(maya, TextingHours(), MONDAY)
    assert (maya.texts_from, maya.texts_until) == (None, None)


@pytest.mark.parametrize(
    ("opens", "closes", "faults"),
    [
        (time(7, 59), time(21), ["texts_from"]),
        (time(8), time(21, 1), ["texts_until"]),
        (time(7), time(22), ["texts_from", "texts_until"]),
        (time(9), time(10, 59), ["hours"]),
        (time(9), time(9), ["hours"]),
        (time(18), time(9), ["hours"]),
        (time(22), time(23), ["hours", "texts_until"]),
    ],
)
def test_hours_are_within_the_lawful_ones_and_leave_two(
    maya: Patient, opens: time, closes: time, faults: list[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        preferences.choose_hours(maya, TextingHours(opens, closes), MONDAY)
    assert sorted(caught.value.errors) == faults
    assert (maya.texts_from, maya.texts_until) == (None, None)


# Language and place


def test_another_language_changes_the_texts_that_wait(plan: Plan, library: Library) -> None:
    preferences.choose_language(plan.patient, "es", LATER)
    rows = db.session.scalars(select(OutboundMessage).filter_by(state=DeliveryState.PENDING)).all()
    assert {(row.language, row.body) for row in rows} == {("es", None)}
    assert Kind.WELCOME in {row.kind for row in rows}
    (first, *_) = claim(library, "https://rehab.example", LATER, Claim("w1", 40)).texts
    assert "AYUDA" in first.body
    assert acts()[-1] == ("patient.amended", {"fields": ["language"]})


@pytest.mark.parametrize("language", ["", "de", "EN", "es-MX"])
def test_a_language_that_we_do_not_speak_is_refused(maya: Patient, language: str) -> None:
    with pytest.raises(Invalid):
        preferences.choose_language(maya, language, MONDAY)


def test_somebody_who_travels_is_texted_by_the_clocks_there(plan: Plan) -> None:
    preferences.choose_zone(plan.patient, "America/New_York", LATER)
    assert waiting(Kind.EXERCISE, Kind.MORNING) == [
        ("exercise", "Mon 23:00"),
        ("morning", "Tue 13:30"),
    ]
    assert acts()[-1] == ("patient.amended", {"fields": ["zone"]})


@pytest.mark.parametrize("zone", ["", "Mars/Phobos", "localtime", "../etc/passwd"])
def test_a_place_without_clocks_is_refused(maya: Patient, zone: str) -> None:
    with pytest.raises(Invalid):
        preferences.choose_zone(maya, zone, MONDAY)


# Texts at all


def test_texts_refused_in_the_app_stop_at_once(plan: Plan) -> None:
    preferences.refuse_texts(plan.patient, "No more texts.", LATER)
    assert consents()[-1] == ("revoked", "app", "patient")
    kept = db.session.scalars(select(SmsConsent).filter_by(action="revoked")).one()
    assert kept.wording == "No more texts."
    states = set(db.session.scalars(select(OutboundMessage.state)))
    assert states == {DeliveryState.SUPPRESSED}
    assert acts()[-1] == ("consent.revoked", {"channel": "app"})


def test_texts_allowed_in_the_app_come_back_with_the_words_shown(plan: Plan) -> None:
    preferences.refuse_texts(plan.patient, "No more texts.", MONDAY)
    preferences.allow_texts(plan.patient, LATER)
    assert consents()[-1] == ("granted", "app", "patient")
    granted = select(SmsConsent).filter_by(action="granted", channel="app")
    assert db.session.scalars(granted).one().wording == consent.SHOWN["en"]
    assert ("exercise", "Mon 18:00") in waiting(Kind.EXERCISE)
    assert len(waiting(Kind.WELCOME)) == 1


def test_saying_the_same_again_is_not_on_record_twice(plan: Plan) -> None:
    before = len(consents())
    preferences.allow_texts(plan.patient, LATER)
    assert len(consents()) == before
    for _ in range(2):
        preferences.refuse_texts(plan.patient, "No more texts.", LATER)
    assert len(consents()) == before + 1


def test_a_stop_from_the_phone_is_not_taken_back_in_the_app(plan: Plan, library: Library) -> None:
    number = plan.patient.phone
    replies.receive(Inbound("SM1", number, "+15550100", "STOP"), library, MONDAY)
    with pytest.raises(Conflict, match="START"):
        preferences.allow_texts(plan.patient, LATER)
    assert (plan.patient.sms_consent, consent.stopped_by(number)) == (False, "sms")
    replies.receive(Inbound("SM2", number, "+15550100", "START"), library, LATER)
    assert (plan.patient.sms_consent, consent.stopped_by(number)) == (True, None)


@pytest.mark.parametrize(
    ("refuse", "texted_again"),
    [
        (lambda p: preferences.refuse_texts(p, "No.", LATER), False),
        (lambda p: consent.revoke(p, "clinic", "ana", LATER), False),
        (lambda p: consent.revoke(p, "sms", "patient", LATER, "STOP"), True),
    ],
    ids=["app", "clinic", "phone"],
)
def test_what_one_of_two_has_refused_the_other_cannot_allow_for_them(
    plan: Plan, library: Library, refuse: Callable[[Patient], None], texted_again: bool
) -> None:
    said = {"given_name": "Nils", "phone": plan.patient.phone, "zone": "UTC", "sms_consent": True}
    enrolment.enrol(plan.patient.clinic_id, said, "ana@riverside.example", MONDAY)
    refuse(plan.patient)
    text = Inbound("SM1", plan.patient.phone, "+15550100", "START")
    replies.receive(text, library, LATER + timedelta(minutes=1))
    assert plan.patient.sms_consent is texted_again


def test_what_a_patient_chooses_the_patient_did(plan: Plan) -> None:
    before = len(acts())
    with acting_as(actor_of(plan.patient)):
        preferences.choose_times(plan, time(10), time(9), LATER)
        preferences.choose_zone(plan.patient, "Europe/Madrid", LATER)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()[before:]
    assert {(e.actor_kind, e.actor_id) for e in entries} == {("patient", plan.patient_id)}


def test_what_fails_changes_nothing_and_is_not_on_record(plan: Plan) -> None:
    before = (len(acts()), len(consents()), waiting(*Kind))
    for choose in (
        lambda: preferences.choose_times(plan, time(3), time(9), LATER),
        lambda: preferences.choose_hours(plan.patient, TextingHours(time(3), time(4)), LATER),
        lambda: preferences.choose_zone(plan.patient, "nowhere", LATER),
    ):
        with pytest.raises(Invalid):
            choose()
    with transaction():
        db.session.expire_all()
    assert (len(acts()), len(consents()), waiting(*Kind)) == before
