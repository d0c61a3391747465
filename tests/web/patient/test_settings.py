"""Maya's settings: every form says what it saved, or what is wrong beside the field."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.message import DeliveryState, Kind, OutboundMessage, SmsConsent
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.schedule import TextingHours
from rehab.services import consent, enrolment, plan_changes, plans, preferences, replies
from rehab.services.plans import Assignment
from rehab.services.replies import Inbound
from rehab.services.transactions import transaction
from rehab.web.patient.settings import OWN_NAMES, SAVED
from rehab.web.patient.times import half_hours, read
from rehab.web.words import LANGUAGES, words
from rehab.wiring import Wiring, wire
from tests.conftest import NOON
from tests.web.patient.conftest import MAYAS
from tests.web.sign_in.conftest import Browser, Page, code_on

PAGES = (
    "/me/settings",
    "/me/settings/times",
    "/me/settings/bedtime",
    "/me/settings/quiet",
    "/me/settings/texts",
    "/me/settings/zone",
    "/me/texts",
    "/me/devices",
)


@pytest.fixture
def sends_from(app: Flask) -> Iterator[Callable[[str], None]]:
    """Send texts from a number that is known."""
    built: Wiring = app.extensions["rehab"]

    def send_from(number: str) -> None:
        wire(app, replace(built, settings=replace(built.settings, twilio_from=number)))

    yield send_from
    wire(app, built)


def saved(browser: Browser, path: str, **said: str) -> str:
    """The notice after a form was sent."""
    answer = browser.post(path, **said)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith("/me/settings?saved=")
    page = browser.follow(answer)
    assert page.text.count('role="status">') >= 1
    return page.text


def faults_of(page: str) -> list[str]:
    """What is said to be wrong, as a screen reader finds it: by the field it describes."""
    found = Page(page)
    told = {attrs["id"]: attrs for attrs in found.all("p") if "fault" in str(attrs.get("class"))}
    fields = [*found.all("input"), *found.all("select"), *found.all("textarea")]
    wrong = [attrs for attrs in fields if attrs.get("aria-invalid")]
    for attrs in wrong:
        assert set(str(attrs["aria-describedby"]).split()) & set(told), attrs
    return [str(attrs["name"]) for attrs in wrong]


def acts(action: str) -> list[AuditEntry]:
    query = select(AuditEntry).filter_by(action=action).order_by(AuditEntry.seq)
    return list(db.session.scalars(query))


@pytest.mark.parametrize("path", PAGES)
def test_the_settings_are_for_whoever_is_signed_in(browser: Browser, plan: Plan, path: str) -> None:
    assert browser.get(path).headers["Location"].startswith("/enter")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_and_in_the_patients_language(
    her_phone: Browser, plan: Plan, path: str, language: str
) -> None:
    preferences.choose_language(plan.patient, language, NOON)
    answer = her_phone.get(path)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    page = Page(answer.text)
    assert len(page.all("h1")) == 1
    assert page.scripts in ([], [""] * len(page.scripts))
    assert not [a for _, a in page.tags if "style" in a or any(n.startswith("on") for n in a)]
    labelled = {attrs["for"] for attrs in page.all("label")}
    for attrs in (*page.all("input"), *page.all("select"), *page.all("textarea")):
        assert attrs.get("type") == "hidden" or attrs["id"] in labelled, attrs
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_the_overview_says_how_everything_is(her_phone: Browser, plan: Plan) -> None:
    page = Page(her_phone.get("/me/settings").text)
    at, woken = (f"{t:%H:%M}" for t in (plan.exercise_at, plan.morning_at))
    assert f"Exercises {at}, morning question {woken}" in page.text
    assert "From 08:00 to 21:00" in page.text
    assert "United Kingdom" in page.text
    pressed = {b["value"]: b["aria-pressed"] for b in page.all("button") if b.get("name")}
    assert pressed == {"en": "true", "es": "false"}
    assert any(form["action"] == "/sign-out" for form in page.all("form"))


@pytest.mark.parametrize("what", SAVED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_be_saved_has_words(what: str, language: str) -> None:
    assert words("settings", language)[f"saved_{what}"]


def test_a_notice_that_nobody_wrote_is_not_shown(her_phone: Browser, plan: Plan) -> None:
    answer = her_phone.get("/me/settings?saved=<b>everything")
    assert answer.status_code == 200
    assert 'class="notice"' not in answer.text


def test_languages_are_called_as_they_call_themselves() -> None:
    assert tuple(OWN_NAMES) == LANGUAGES


# Times


def test_new_times_are_saved_and_said(her_phone: Browser, plan: Plan) -> None:
    page = saved(her_phone, "/me/settings/times", exercise_at="19:15", morning_at="9:00")
    assert "The new times hold from now on" in page
    assert "Exercises 19:15, morning question 09:00" in page
    db.session.refresh(plan)
    assert (plan.exercise_at, plan.morning_at) == (time(19, 15), time(9))
    (entry,) = acts("plan.amended")
    assert (entry.actor_kind, entry.actor_id) == ("patient", plan.patient_id)


@pytest.mark.parametrize(
    ("exercise_at", "morning_at", "wrong", "told"),
    [
        ("06:30", "08:30", ["exercise_at"], "from 08:00 to 20:30"),
        ("22:00", "08:30", ["exercise_at"], "from 08:00 to 20:30"),
        ("18:00", "13:00", ["morning_at"], "from 08:00 to 11:30"),
        ("03:00", "03:00", ["exercise_at", "morning_at"], "from 08:00 to 11:30"),
        ("", "08:30", ["exercise_at"], "such as 18:30"),
        ("evening", "25:00", ["exercise_at", "morning_at"], "such as 18:30"),
    ],
)
def test_a_time_that_cannot_be_is_explained_beside_it_and_kept(
    her_phone: Browser, plan: Plan, exercise_at: str, morning_at: str, wrong: list[str], told: str
) -> None:
    before = (plan.exercise_at, plan.morning_at)
    said = {"exercise_at": exercise_at, "morning_at": morning_at}
    answer = her_phone.post("/me/settings/times", **said)
    assert answer.status_code == 422
    assert faults_of(answer.text) == wrong
    assert told in Page(answer.text).text
    assert "Check this" in answer.text
    shown = {i["name"]: i["value"] for i in Page(answer.text).all("input")}
    assert shown == said
    db.session.refresh(plan)
    assert (plan.exercise_at, plan.morning_at) == before


def test_a_time_that_the_clinic_set_at_night_is_explained_and_not_silently_moved(
    her_phone: Browser, plan: Plan, ana: Clinician, library: Library
) -> None:
    plan_changes.amend(plan, {"exercise_at": time(6, 30)}, ana, "", library, NOON)
    page = Page(her_phone.get("/me/settings/times").text)
    assert "The text leaves at 08:00: texts come between 08:00 and 21:00" in page.text
    assert "leave at another time" in her_phone.get("/me/settings").text


def test_who_wants_no_texts_in_the_morning_learns_where_the_question_waits(
    her_phone: Browser, plan: Plan
) -> None:
    preferences.choose_hours(plan.patient, TextingHours(time(13), time(21)), NOON)
    page = Page(her_phone.get("/me/settings/times").text)
    assert "no texts before 13:00. The question waits for you here" in page.text


def test_each_of_two_plans_has_a_form_of_its_own(
    her_phone: Browser, plan: Plan, library: Library
) -> None:
    other = plans.assign(plan.patient, Assignment("sh-6w", usual_pain=3), library, NOON)
    kept = other.exercise_at
    page = Page(her_phone.get("/me/settings/times").text)
    actions = [form["action"] for form in page.all("form")]
    assert sorted(actions) == sorted(f"/me/settings/times?plan={p.id}" for p in (plan, other))
    where = f"/me/settings/times?plan={plan.id}"
    assert her_phone.post(where, exercise_at="10:00", morning_at="09:00").status_code == 303
    for each in (plan, other):
        db.session.refresh(each)
    assert (plan.exercise_at, other.exercise_at) == (time(10), kept)
    wrong = her_phone.post(where, exercise_at="02:00", morning_at="09:00")
    values = [i["value"] for i in Page(wrong.text).all("input") if i["name"] == "exercise_at"]
    assert sorted(values) == sorted(["02:00", f"{kept:%H:%M}"])


def test_another_persons_plan_has_no_times_here(
    her_phone: Browser, plan: Plan, ana: Clinician, library: Library
) -> None:
    said = {"given_name": "Nils", "phone": "+442079460177", "zone": "UTC"}
    nils = enrolment.enrol(ana.clinic_id, said, ana.email, NOON)
    theirs = plans.assign(nils, Assignment("sh-6w", usual_pain=3), library, NOON)
    where = f"/me/settings/times?plan={theirs.id}"
    assert her_phone.post(where, exercise_at="10:00", morning_at="09:00").status_code == 404


def test_without_a_plan_the_pages_say_so(her_phone: Browser) -> None:
    assert "No plan runs" in her_phone.get("/me/settings").text
    assert "No plan runs" in her_phone.get("/me/settings/times").text
    assert "a plan has to be running" in her_phone.get("/me/settings/bedtime").text
    assert her_phone.post("/me/settings/times", exercise_at="10:00").status_code == 404


# Texts about sleep


def test_a_bedtime_is_chosen_and_given_up(her_phone: Browser, plan: Plan) -> None:
    where = "/me/settings/bedtime"
    page = saved(her_phone, where, bedtime="22:45", sleep="on")
    assert "In the hour before 22:45" in page
    assert 'value="22:45"' in her_phone.get(where).text
    kept = db.session.scalars(select(SmsConsent).filter_by(action="bedtime")).one()
    assert (kept.channel, kept.actor) == ("app", "patient")
    page = saved(her_phone, where, bedtime="22:45", sleep="off")
    assert "No more texts about sleep" in page
    db.session.refresh(plan)
    assert plan.bedtime is None


def test_a_bedtime_that_is_no_time_is_kept_with_what_is_wrong(
    her_phone: Browser, plan: Plan
) -> None:
    answer = her_phone.post("/me/settings/bedtime", bedtime="late", sleep="on")
    assert (answer.status_code, faults_of(answer.text)) == (422, ["bedtime"])
    assert 'value="late"' in answer.text


# Hours


def test_hours_of_ones_own_are_saved_and_said(her_phone: Browser, plan: Plan) -> None:
    page = saved(her_phone, "/me/settings/quiet", texts_from="09:30", texts_until="17:00")
    assert "From 09:30 to 17:00" in page
    db.session.refresh(plan.patient)
    assert plan.patient.texting_hours == TextingHours(time(9, 30), time(17))
    (entry,) = acts("patient.amended")
    assert entry.detail == {"fields": ["texts_from", "texts_until"]}


@pytest.mark.parametrize(
    ("texts_from", "texts_until", "told"),
    [
        ("17:00", "18:30", "at least two hours"),
        ("18:00", "12:00", "at least two hours"),
        ("07:00", "21:00", "between 08:00 and 21:00"),
        ("08:00", "23:00", "between 08:00 and 21:00"),
        ("", "21:00", "such as 18:30"),
    ],
)
def test_hours_that_leave_no_room_are_explained_and_kept(
    her_phone: Browser, plan: Plan, texts_from: str, texts_until: str, told: str
) -> None:
    said = {"texts_from": texts_from, "texts_until": texts_until}
    answer = her_phone.post("/me/settings/quiet", **said)
    assert (answer.status_code, faults_of(answer.text)) == (422, ["texts_until"])
    assert told in Page(answer.text).text
    chosen = [o["value"] for o in Page(answer.text).all("option") if "selected" in o]
    assert chosen == [texts_from or "08:00", texts_until]
    db.session.refresh(plan.patient)
    assert plan.patient.texts_from is None


# Language


def test_the_language_changes_at_once(her_phone: Browser, plan: Plan) -> None:
    page = saved(her_phone, "/me/settings/language", language="es")
    assert '<html lang="es">' in page
    assert "Desde ahora las páginas y los mensajes están en español" in page
    assert "Ajustes" in page
    waiting = select(OutboundMessage.language).filter_by(state=DeliveryState.PENDING)
    assert set(db.session.scalars(waiting.where(OutboundMessage.kind != Kind.SIGN_IN))) == {"es"}


def test_a_language_that_we_do_not_speak_changes_nothing(her_phone: Browser, plan: Plan) -> None:
    answer = her_phone.post("/me/settings/language", language="xx")
    assert answer.headers["Location"] == "/me/settings"
    assert '<html lang="en">' in her_phone.follow(answer).text


# Texts at all


def test_texts_are_stopped_and_allowed_with_the_words_on_the_page(
    her_phone: Browser, plan: Plan
) -> None:
    where = "/me/settings/texts"
    shown = Page(her_phone.get(where).text).text
    assert consent.SHOWN["en"] in shown
    page = saved(her_phone, where, texts="off")
    assert "We text you no more" in page
    revoked = db.session.scalars(select(SmsConsent).filter_by(action="revoked")).one()
    assert revoked.wording in shown
    assert (revoked.channel, revoked.actor) == ("app", "patient")
    off = Page(her_phone.get(where).text)
    assert consent.SHOWN["en"] in off.text
    saved(her_phone, where, texts="on")
    granted = select(SmsConsent).filter_by(action="granted", channel="app")
    assert db.session.scalars(granted).one().wording == consent.SHOWN["en"]
    db.session.refresh(plan.patient)
    assert plan.patient.sms_consent is True


def test_a_stop_is_taken_back_by_the_phone_alone(
    her_phone: Browser, plan: Plan, library: Library
) -> None:
    number = plan.patient.phone
    replies.receive(Inbound("SM1", number, "+15550100", "STOP"), library, NOON)
    page = Page(her_phone.get("/me/settings/texts").text)
    assert "by texting START" in page.text
    assert not [b for b in page.all("button") if b.get("name") == "texts"]
    assert "Stopped" in her_phone.get("/me/settings").text
    assert her_phone.post("/me/settings/texts", texts="on").status_code == 200
    db.session.refresh(plan.patient)
    assert plan.patient.sms_consent is False


def test_the_number_to_text_start_to_is_told_where_it_is_known(
    her_phone: Browser, plan: Plan, library: Library, sends_from: Callable[[str], None]
) -> None:
    replies.receive(Inbound("SM1", plan.patient.phone, "+15550100", "STOP"), library, NOON)
    assert "the number that our texts came from" in her_phone.get("/me/settings/texts").text
    sends_from("+442079460999")
    page = Page(her_phone.get("/me/settings/texts").text)
    assert "Text START to +442079460999" in page.text
    assert "sms:+442079460999?&body=START" in [a.get("href") for a in page.all("a")]


def test_a_number_that_texts_do_not_reach_is_for_the_clinic(her_phone: Browser, plan: Plan) -> None:
    consent.suppress(plan.patient.phone, "bad_number", NOON)
    page = Page(her_phone.get("/me/settings/texts").text)
    assert "Texts do not reach your number" in page.text
    assert "tel:+442079460100" in [a.get("href") for a in page.all("a")]


# Where the patient is


def test_who_travels_takes_the_clock_along(her_phone: Browser, plan: Plan) -> None:
    page = saved(her_phone, "/me/settings/zone", zone="America/New_York")
    assert "United States (New York)" in page
    db.session.refresh(plan.patient)
    assert plan.patient.zone == "America/New_York"


def test_a_place_that_is_none_is_said_to_be_none(her_phone: Browser, plan: Plan) -> None:
    answer = her_phone.post("/me/settings/zone", zone="Mars/Phobos")
    assert (answer.status_code, faults_of(answer.text)) == (422, ["zone"])


def test_an_old_name_of_a_zone_is_still_the_chosen_one(her_phone: Browser, plan: Plan) -> None:
    preferences.choose_zone(plan.patient, "Asia/Calcutta", NOON)
    options = Page(her_phone.get("/me/settings/zone").text).all("option")
    assert [o["value"] for o in options if "selected" in o] == ["Asia/Calcutta"]


# Texts and devices


def test_the_texts_of_the_last_weeks_are_by_day_and_carry_no_code(
    her_phone: Browser, plan: Plan, library: Library, at: Callable[[datetime], None]
) -> None:
    with transaction():
        for row in db.session.scalars(select(OutboundMessage)):
            row.state, row.accepted_at = DeliveryState.ACCEPTED, NOON
            row.body = row.body or "Riverside: time to move"
    replies.receive(Inbound("SM1", plan.patient.phone, "+15550100", "<b>hi"), library, NOON)
    at(NOON + timedelta(days=1))
    answer = her_phone.get("/me/texts")
    page = Page(answer.text)
    assert "Monday 2 March" in page.text
    assert "Riverside: time to move" in page.text
    assert "<b>hi" in page.text
    assert "<b>hi" not in answer.text
    assert "A code to sign in" in page.text
    assert "#" not in page.text
    assert "tel:+442079460100" in [a.get("href") for a in page.all("a")]


def test_devices_are_seen_and_ended_in_the_app(
    her_phone: Browser, another: Browser, maya: Patient, at: Callable[[datetime], None]
) -> None:
    at(NOON + timedelta(minutes=1))
    another.post("/enter", phone=MAYAS)
    another.post("/enter/code", code=code_on(MAYAS))
    answer = her_phone.get("/account")
    assert answer.headers["Location"] == "/me/devices"
    page = Page(her_phone.get("/me/devices").text)
    assert page.text.count("Firefox, Linux") == 2
    ends = [f for f in page.all("form") if str(f["action"]).endswith("/end")]
    mine, theirs = sorted(ends, key=lambda form: "data-leaving" not in form)
    her_phone.post(str(theirs["action"]))
    assert another.get("/me").status_code == 303
    assert her_phone.get("/me").status_code == 200
    her_phone.post(str(mine["action"]))
    assert her_phone.get("/me").status_code == 303


# As times are typed


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("18:30", time(18, 30)),
        ("8:05", time(8, 5)),
        ("18.30", time(18, 30)),
        ("18h30", time(18, 30)),
        (" 1830 ", time(18, 30)),
        ("00:00", time(0)),
        ("23:59", time(23, 59)),
        ("24:00", None),
        ("18:60", None),
        ("18", None),
        ("", None),
        ("-1:00", None),
        ("١٨:٣٠", None),
        ("18:30:00", None),
    ],
)
def test_a_time_is_read_as_people_type_it(text: str, meant: time | None) -> None:
    assert read(text) == meant


def test_half_hours_hold_what_is_chosen_too() -> None:
    offered = half_hours(time(8), timedelta(hours=1), time(8, 15))
    assert offered == ["08:00", "08:15", "08:30", "09:00"]
