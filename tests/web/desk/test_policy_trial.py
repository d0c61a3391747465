"""Trying the policy: what is shown is what the rules do, and what was typed stays."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.programs.simulation.patients import Kind, patients
from rehab.programs.simulation.run import PLAN_LADDER, walk
from rehab.programs.simulation.steering import by_policy
from rehab.services import sessions
from rehab.services.sessions import SessionReport
from rehab.web.desk.policy_form import ASKED
from tests.conftest import NOON
from tests.web.sign_in.conftest import Browser, Page

TRY = "/clinic/policy/try"
LOG = "0 3 3 3 3\n3 3 4 3 2\n7 2 3 3 3"


def said(**changed: str) -> dict[str, str]:
    return {**ASKED, "way": "log", "log": LOG, "track": "acute", "usual_pain": "3", **changed}


def test_a_log_is_decided_session_by_session_with_its_reasons(desk: Browser) -> None:
    answer = desk.post(TRY, **said())
    words = Page(answer.text).text
    assert answer.status_code == 200
    assert "3 sessions by the acute policy, usual pain 3: 1 up, 0 down" in words
    assert "Up to step 3: 3 settled sessions at full dose (UP)." in words
    assert 'class="drawing pain' in answer.text


def test_what_was_typed_is_still_there(desk: Browser) -> None:
    page = desk.post(TRY, **said(ceiling="4")).text
    assert LOG in page
    assert 'name="ceiling" type="text" value="4"' in page


def test_a_fault_stands_beside_the_log_with_its_line_and_field(desk: Browser) -> None:
    answer = desk.post(TRY, **said(log="0 3 3 3\n1 3 11 3"))
    assert answer.status_code == 422
    assert "line 2: during: must be a whole number from 0 to 10" in answer.text
    assert "0 3 3 3\n1 3 11 3" in answer.text


@pytest.mark.parametrize(
    ("field", "value", "way"),
    [
        ("track", "both", "log"),
        ("category", "swimming", "log"),
        ("usual_pain", "nan", "log"),
        ("step", "6", "log"),
        ("floor", "-1", "log"),
        ("kind", "immortal", "simulated"),
        ("weeks", "27", "simulated"),
        ("seed", "1e9", "simulated"),
        ("track", "", "simulated"),
    ],
)
def test_a_field_that_makes_no_sense_is_named(
    desk: Browser, field: str, value: str, way: str
) -> None:
    answer = desk.post(TRY, **said(way=way, **{field: value}))
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text


def test_a_simulated_patient_is_the_simulators_own_and_their_log_can_be_run_again(
    desk: Browser, library: Library
) -> None:
    chosen = {"kind": "worsening", "weeks": "6", "seed": "7", "track": "chronic"}
    first = desk.post(TRY, **said(way="simulated", **chosen)).text
    person = next(p for p in patients(len(Kind), 6, 7) if p.kind == "worsening")
    days = [
        d for d in walk(person, by_policy(library.policies["chronic"]), PLAN_LADDER) if d.report
    ]
    last = days[-1].verdict.state
    summary = Page(first).text.split("What would happen ")[1].split("It ends at ")
    assert summary[0].startswith(f"{len(days)} sessions by the chronic policy")
    assert summary[1].startswith(f"step {last.step}, {100 * last.dose:.0f}% dose")

    log = first.split('name="log"')[1].split(">", 1)[1].split("</textarea>")[0]
    usual = f"{person.usual_pain:g}"
    again = desk.post(TRY, **said(log=log, track="chronic", usual_pain=usual)).text
    assert table(again) == table(first)


def table(page: str) -> str:
    return page.split('<table class="listing trial-table">')[1].split("</table>")[0]


def test_whoever_may_only_look_may_try_it(
    desk_of: Callable[[Clinician], Browser], looks: Clinician
) -> None:
    assert desk_of(looks).post(TRY, **said()).status_code == 200


def test_a_pause_is_told(desk: Browser) -> None:
    log = "day before during after red_flags\n0 3 3 3 RF04"
    words = Page(desk.post(TRY, **said(log=log)).text).text
    assert "paused" in words
    assert "alert 3" in words


def test_a_plans_own_log_decides_as_it_was_decided(
    desk: Browser, plan: Plan, library: Library
) -> None:
    plan.autonomy = "bounded"
    for day, ratings in ((0, (4, 4, 4)), (2, (3, 9, 9)), (4, (4, None, 4)), (7, (4, 5, 4))):
        at = NOON + timedelta(days=day)
        sessions.report_session(plan, SessionReport(at, *ratings, effort=4), library, at)
    page = desk.get(f"{TRY}?plan={plan.id}").text
    log = page.split('name="log"')[1].split(">", 1)[1].split("</textarea>")[0]
    assert "3 sessions; 1 with a rating missing" in Page(page).text
    typed = {"track": plan.track, "usual_pain": "4", "step": "1", "log": log}
    tried = Page(desk.post(TRY, **said(**typed)).text).text
    first, second = (
        min(session.decisions, key=lambda d: d.category != "strengthening")
        for session in db.session.scalars(select(Session).order_by(Session.on).limit(2))
    )
    assert first.why in tried
    assert second.why in tried


@pytest.mark.parametrize("which", ["x", str(UUID(int=1))])
def test_a_plan_that_is_none_is_not_there(desk: Browser, which: str) -> None:
    assert desk.get(f"{TRY}?plan={which}").status_code == 404


def test_next_doors_plan_is_not_tried(
    desk_of: Callable[[Clinician], Browser], boris: Clinician, plan: Plan
) -> None:
    assert desk_of(boris).get(f"{TRY}?plan={plan.id}").status_code == 404
