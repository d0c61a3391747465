"""Changing a plan from its page, and two clinicians at one plan."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.message import OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, DISCHARGED, PAUSED, Plan
from rehab.programs.library import Library
from rehab.services import plan_changes, plans, preferences, safety
from rehab.services.actors import acting_as, actor_of
from rehab.services.look_over import look_over
from rehab.services.plans import Assignment
from rehab.services.safety import ScreeningReport
from tests.conftest import NOON
from tests.services.test_progression import SETTLED, report, settled_week, wake
from tests.web.desk.conftest import TODAY
from tests.web.desk.forms import Form, desk_at, form_of, forms_of, send
from tests.web.sign_in.conftest import Browser, Page

At = Callable[[datetime], None]
DeskOf = Callable[[Clinician], Browser]
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def tims(desk_of: DeskOf, treats: Clinician) -> Browser:
    """The desk of Tim, who treats in the same clinic."""
    return desk_of(treats)


def page(desk: Browser, plan: Plan) -> TestResponse:
    return desk.get(f"/clinic/plans/{plan.id}")


def the_form(desk: Browser, plan: Plan, what: str, action: str = "/change") -> Form:
    return form_of(page(desk, plan), action, what=what)


def act_form(desk: Browser, plan: Plan, act: str) -> Form:
    return form_of(page(desk, plan), f"/acts/{act}")


@pytest.mark.parametrize(
    ("what", "typed", "said"),
    [
        ("terms", {"usual_pain": "6"}, "Usual pain: 6"),
        ("terms", {"autonomy": "advise"}, "Who decides: Advise"),
        ("times", {"weekdays": ["1", "3"]}, "Session days: Tue, Thu"),
        ("times", {"bedtime": "22:30", "exercise_at": "17:00"}, "Bedtime: 22:30"),
        ("bounds-strengthening", {"bounds__strengthening__ceiling": "3"}, "highest step: 3"),
        ("bounds-strengthening", {"bounds__strengthening__locked": "1"}, "lock: locked"),
        ("pin-li-walk", {"pins__li-walk": "3"}, "Walking, held to: step 3"),
    ],
)
def test_what_is_typed_is_changed_and_said(
    desk: Browser, plan: Plan, what: str, typed: dict[str, str], said: str
) -> None:
    answer = send(desk, the_form(desk, plan, what).but(**typed, reason="new shifts"))
    seen = desk.follow(answer)
    assert said in Page(seen.text).text
    assert "new shifts" in seen.text
    assert plan.edition == 2


def test_a_form_that_changes_nothing_leaves_no_trace(desk: Browser, plan: Plan) -> None:
    answer = send(desk, the_form(desk, plan, "times"))
    assert "Nothing was changed" in desk.follow(answer).text
    assert plan.edition == 1


@pytest.mark.parametrize(
    ("what", "typed", "fault", "kept"),
    [
        ("terms", {"usual_pain": "12"}, "a number from 0 to 10", 'value="12"'),
        ("times", {"weekdays": []}, "choose at least one day", "checkbox"),
        ("times", {"exercise_at": "27:00"}, "write a time", 'value="27:00"'),
        (
            "bounds-strengthening",
            {"bounds__strengthening__floor": "4", "bounds__strengthening__ceiling": "2"},
            "must not be under the floor",
            '<option value="4" selected>',
        ),
        ("pin-lb-bridge", {"pins__lb-bridge": "9"}, "has 5 steps", "lb-bridge"),
    ],
)
def test_what_cannot_be_comes_back_with_all_that_was_typed(
    desk: Browser, plan: Plan, what: str, typed: dict[str, str], fault: str, kept: str
) -> None:
    answer = send(desk, the_form(desk, plan, what).but(**typed, reason="because so"))
    assert answer.status_code == 422
    assert fault in answer.text
    assert kept in answer.text
    assert "because so" in answer.text
    opened = [details for details in Page(answer.text).all("details") if "open" in details]
    assert [details["id"] for details in opened] == [what]
    assert plan.edition == 1


def test_an_exercise_is_swapped_from_its_chooser(desk: Browser, plan: Plan) -> None:
    chooser = desk.get(f"/clinic/plans/{plan.id}/swap/lb-bridge")
    form = form_of(chooser, "/change", what="swap")
    seen = desk.follow(send(desk, form.but(**{"swaps.lb-bridge": "lb-dead-bug"}, reason="knee")))
    assert "Bridge → Dead bug" in Page(seen.text).text
    assert "lb-dead-bug" in plan.program["phases"][0]["exercises"]


def test_a_swap_that_cannot_be_comes_back_to_the_chooser(desk: Browser, plan: Plan) -> None:
    chooser = desk.get(f"/clinic/plans/{plan.id}/swap/lb-bridge")
    form = form_of(chooser, "/change", what="swap")
    answer = send(desk, form.but(**{"swaps.lb-bridge": "li-swim"}, reason="knee"))
    assert answer.status_code == 422
    assert "is no exercise of the same category" in answer.text
    assert "Swap Bridge" in Page(answer.text).text
    assert 'value="knee"' in answer.text


def test_nothing_chosen_in_the_chooser_is_said_beside_it(desk: Browser, plan: Plan) -> None:
    chooser = desk.get(f"/clinic/plans/{plan.id}/swap/lb-bridge")
    answer = send(desk, form_of(chooser, "/change", what="swap"))
    assert answer.status_code == 422
    assert "choose an exercise" in answer.text


def test_pausing_and_resuming_need_a_click_each_and_tell_her(
    desk: Browser, plan: Plan, at: At
) -> None:
    assert send(desk, act_form(desk, plan, "pause")).status_code == 422
    assert plan.status == ACTIVE
    paused = desk.follow(send(desk, act_form(desk, plan, "pause").but(reason="a trip")))
    assert plan.status == PAUSED
    assert "a trip" in paused.text
    at(LATER)
    desk.follow(send(desk, act_form(desk, plan, "resume").but(reason="back")))
    assert plan.status == ACTIVE
    templates = {text.template for text in db.session.query(OutboundMessage)}
    assert {"pl.pause", "ex.restart"} <= templates


def test_a_plan_goes_on_to_its_next_phase_when_enough_is_done(
    app: Flask, ana: Clinician, desk: Browser, plan: Plan, library: Library, at: At
) -> None:
    assert "No session of this phase was due so far" in Page(page(desk, plan).text).text
    settled_week(plan, library)
    at(NOON + timedelta(days=7))
    desk = desk_at(app, ana, NOON + timedelta(days=7))
    form = act_form(desk, plan, "advance")
    seen = desk.follow(send(desk, form.but(reason="ready")))
    assert "Now: Build" in Page(seen.text).text
    assert plan.phase == 1


def test_a_discharge_says_why_and_ends_the_plan(desk: Browser, plan: Plan) -> None:
    assert "say why" in send(desk, act_form(desk, plan, "discharge")).text
    desk.follow(send(desk, act_form(desk, plan, "discharge").but(reason="does well")))
    assert plan.status == DISCHARGED


def test_the_review_is_put_off_in_one_click(app: Flask, ana: Clinician, plan: Plan, at: At) -> None:
    at(NOON + timedelta(days=15))
    desk = desk_at(app, ana, NOON + timedelta(days=15))
    form = form_of(page(desk, plan), "/change", reason="reviewed")
    desk.follow(send(desk, form))
    assert plan.review_on == (NOON + timedelta(days=29)).date()


def test_an_act_that_there_is_not_is_404(desk: Browser, plan: Plan) -> None:
    assert desk.post(f"/clinic/plans/{plan.id}/acts/erase").status_code == 404


# Two at one plan


def test_who_is_late_is_told_who_changed_what_from_what_to_what(
    desk: Browser, tims: Browser, plan: Plan, at: At
) -> None:
    anas = the_form(desk, plan, "times").but(weekdays=["1", "3"], reason="works Mondays")
    at(LATER)
    tims.follow(send(tims, the_form(tims, plan, "times").but(weekdays=["5"], reason="weekend")))
    at(LATER + timedelta(minutes=1))
    answer = send(desk, anas)
    assert answer.status_code == 409
    told = Page(answer.text).text
    assert "Tim changed the plan Mon 2 Mar 12:05" in told
    assert "Session days: Mon, Wed, Fri → Sat" in told
    assert "weekend" in told
    assert "Tue, Thu" in told
    assert "works Mondays" in told
    assert plan.weekdays == [5]


def test_mine_on_top_changes_what_i_changed_and_keeps_the_rest_of_theirs(
    desk: Browser, tims: Browser, plan: Plan, at: At
) -> None:
    anas = the_form(desk, plan, "times").but(weekdays=["1", "3"], reason="works Mondays")
    at(LATER)
    his = the_form(tims, plan, "times").but(weekdays=["5"], bedtime="22:30")
    tims.follow(send(tims, his))
    conflict = send(desk, anas)
    seen = desk.follow(send(desk, form_of(conflict, "/change")))
    assert (plan.weekdays, plan.bedtime) == ([1, 3], time(22, 30))
    assert "works Mondays" in seen.text


def test_mine_on_top_is_stopped_again_by_a_third_change(
    desk: Browser, tims: Browser, plan: Plan
) -> None:
    anas = the_form(desk, plan, "terms").but(usual_pain="6")
    tims.follow(send(tims, the_form(tims, plan, "terms").but(usual_pain="5")))
    conflict = send(desk, anas)
    tims.follow(send(tims, the_form(tims, plan, "terms").but(usual_pain="2")))
    again = send(desk, form_of(conflict, "/change"))
    assert again.status_code == 409
    assert plan.usual_pain == 2


def test_who_wants_what_the_other_has_done_already_has_nothing_left_to_do(
    desk: Browser, tims: Browser, plan: Plan
) -> None:
    anas = the_form(desk, plan, "terms").but(usual_pain="6")
    tims.follow(send(tims, the_form(tims, plan, "terms").but(usual_pain="6")))
    assert "it stands as you wanted it" in desk.follow(send(desk, anas)).text
    assert plan.edition == 2


@pytest.mark.parametrize("act", ["pause", "discharge"])
def test_a_second_click_is_no_conflict(desk: Browser, plan: Plan, act: str) -> None:
    form = act_form(desk, plan, act).but(reason="a trip")
    first, second = send(desk, form), send(desk, form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert plan.edition == 2


def test_a_session_in_between_stops_no_clinician(
    desk: Browser, plan: Plan, library: Library
) -> None:
    anas = the_form(desk, plan, "terms").but(usual_pain="6")
    report(plan, library, 0, SETTLED)
    wake(plan, library, 0, 4)
    assert send(desk, anas).status_code == 303
    assert plan.usual_pain == 6


def test_what_the_patient_chose_herself_is_not_overwritten_unseen(
    desk: Browser, plan: Plan, at: At
) -> None:
    anas = the_form(desk, plan, "times").but(exercise_at="16:00")
    at(LATER)
    with acting_as(actor_of(plan.patient)):
        preferences.choose_times(plan, time(17), plan.morning_at, LATER)
    answer = send(desk, anas)
    assert answer.status_code == 409
    assert "Maya changed the plan" in Page(answer.text).text
    assert plan.exercise_at == time(17)


def test_what_she_chose_in_another_field_is_kept_and_stops_nobody(
    desk: Browser, plan: Plan
) -> None:
    anas = the_form(desk, plan, "times").but(weekdays=["6"])
    preferences.choose_times(plan, time(17), plan.morning_at, LATER)
    assert send(desk, anas).status_code == 303
    assert (plan.exercise_at, plan.weekdays) == (time(17), [6])


def test_an_exercise_that_went_meanwhile_is_not_swapped(
    desk: Browser, tims: Browser, plan: Plan
) -> None:
    path, name = f"/clinic/plans/{plan.id}/swap/lb-bridge", "swaps.lb-bridge"
    anas = form_of(desk.get(path), "/change", what="swap").but(**{name: "lb-dead-bug"})
    his = form_of(tims.get(path), "/change", what="swap").but(**{name: "lb-curl-up"})
    tims.follow(send(tims, his))
    answer = send(desk, anas)
    assert answer.status_code == 409
    assert "is not in the plan any more" in answer.text
    assert not [form for form in forms_of(answer) if form.action.endswith("/change")]


def test_a_pause_of_a_plan_that_was_changed_meanwhile_is_asked_again(
    desk: Browser, tims: Browser, plan: Plan
) -> None:
    anas = act_form(desk, plan, "pause").but(reason="a trip")
    tims.follow(send(tims, the_form(tims, plan, "terms").but(usual_pain="5")))
    conflict = send(desk, anas)
    assert conflict.status_code == 409
    assert "You wanted to pause the plan" in Page(conflict.text).text
    assert plan.status == ACTIVE
    desk.follow(send(desk, form_of(conflict, "/acts/pause")))
    assert plan.status == PAUSED
    assert "a trip" in page(desk, plan).text


def test_who_pauses_what_is_paused_already_is_told_so_and_keeps_the_words(
    desk: Browser, tims: Browser, plan: Plan
) -> None:
    anas = act_form(desk, plan, "pause").but(reason="a trip")
    tims.follow(send(tims, act_form(tims, plan, "pause").but(reason="fever")))
    answer = send(desk, anas)
    assert answer.status_code == 409
    assert "fever" in answer.text
    assert "a trip" in answer.text
    assert not [form for form in forms_of(answer) if "/acts/" in form.action]


def test_a_step_that_is_refused_says_why_and_loses_no_word(
    app: Flask, plan: Plan, library: Library, ana: Clinician, at: At
) -> None:
    settled_week(plan, library)
    at(NOON + timedelta(days=7))
    desk = desk_at(app, ana, NOON + timedelta(days=7))
    form = act_form(desk, plan, "advance").but(reason="ready")
    report(plan, library, 7, (4, 10, 10))
    answer = send(desk, form)
    assert answer.status_code == 409
    assert "An alert is open: close it first." in Page(answer.text).text
    assert "ready" in answer.text
    assert plan.phase == 0


def test_nobody_resumes_past_a_red_flag_that_they_have_not_seen(
    desk: Browser, plan: Plan, library: Library, ana: Clinician, at: At
) -> None:
    """The flag is told under an alert that is open already, and nobody has changed the plan."""
    report(plan, library, 0, SETTLED, red_flags=("RF07",))
    assert plan.status == PAUSED
    at(LATER)
    form = act_form(desk, plan, "resume").but(reason="spoke to her")
    asked = ScreeningReport(NOON.date(), ("RF02",))
    safety.answer(plan, asked, library, LATER + timedelta(minutes=1))
    at(LATER + timedelta(minutes=2))
    answer = send(desk, form)
    assert answer.status_code == 409
    assert "RF02" in answer.text
    assert "spoke to her" in answer.text
    assert plan.status == PAUSED
    desk.follow(send(desk, form_of(answer, "/acts/resume")))
    assert plan.status == ACTIVE


def test_what_was_typed_into_a_plan_that_has_ended_meanwhile_is_not_lost(
    app: Flask, maya: Patient, library: Library, ana: Clinician, at: At
) -> None:
    plan = plans.assign(maya, Assignment("lb-acute-2w", 4, starts_on=TODAY), library, NOON)
    now = NOON + timedelta(days=13)
    desk = desk_at(app, ana, now)
    at(now)
    form = the_form(desk, plan, "terms").but(usual_pain="6", reason="careful words")
    look_over(library, now + timedelta(days=1))
    answer = send(desk, form)
    text = Page(answer.text).text
    assert answer.status_code == 409
    for told in ("The plan is finished.", "careful words", "Usual pain 4 4 6"):
        assert told in text, told
    assert not [f for f in forms_of(answer) if f.action.endswith("/change")]


def test_an_ended_plan_takes_no_change(desk: Browser, plan: Plan, ana: Clinician) -> None:
    form = the_form(desk, plan, "terms").but(usual_pain="6")
    plan_changes.discharge(plan, ana, "does well", NOON)
    answer = send(desk, form)
    assert answer.status_code == 409
    assert "the plan is discharged" in answer.text
    assert plan.usual_pain == 4
