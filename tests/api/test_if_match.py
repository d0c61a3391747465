"""A plan that somebody else has changed since it was read is not changed unseen."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from rehab.extensions import db
from rehab.programs.library import Library
from rehab.services import replies
from rehab.services.replies import Inbound
from tests.api.conftest import MAYA, PLAN, SESSION, problem
from tests.conftest import NOON, Caller

CHANGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "amended": ("PATCH", "", {"usual_pain": 6}),
    "paused": ("POST", "/pause", {}),
    "discharged": ("POST", "/discharge", {}),
}


def tag(as_ana: Caller, plan_id: str) -> str:
    found: str = as_ana("GET", f"/plans/{plan_id}").headers["ETag"]
    return found


def test_every_answer_that_is_a_plan_has_the_tag_to_go_on_with(
    as_ana: Caller, patient_id: str
) -> None:
    answer = as_ana("POST", f"/patients/{patient_id}/plans", PLAN)
    path = f"/plans/{answer.json['id']}"
    assert answer.headers["ETag"] == tag(as_ana, answer.json["id"])
    for method, suffix, body in (
        ("PATCH", "", {"usual_pain": 6}),
        ("POST", "/pause", {}),
        ("POST", "/resume", {}),
        ("POST", "/discharge", {}),
    ):
        was = answer.headers["ETag"]
        answer = as_ana(method, path + suffix, body, headers={"If-Match": was})
        assert answer.status_code == 200, answer.text
        assert answer.headers["ETag"] != was
        assert as_ana("GET", path).headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_plan_that_has_changed_since_is_left_as_it_is(
    as_ana: Caller, plan_id: str, change: str
) -> None:
    read = tag(as_ana, plan_id)
    as_ana("PATCH", f"/plans/{plan_id}", {"usual_pain": 2})
    now = as_ana("GET", f"/plans/{plan_id}").json
    method, suffix, body = CHANGES[change]
    path = f"/plans/{plan_id}{suffix}"
    problem(as_ana(method, path, body, headers={"If-Match": read}), 412)
    assert as_ana("GET", f"/plans/{plan_id}").json == now


def test_a_session_that_moves_the_plan_changes_its_tag(as_ana: Caller, plan_id: str) -> None:
    read = tag(as_ana, plan_id)
    as_ana("POST", f"/plans/{plan_id}/sessions", {**SESSION, "during": 9, "after": 9})
    assert tag(as_ana, plan_id) != read


def test_nobody_overrules_past_words_of_danger_that_came_since(
    as_ana: Caller, plan_id: str, library: Library
) -> None:
    as_ana("POST", f"/plans/{plan_id}/sessions", SESSION)
    decision = as_ana("GET", f"/plans/{plan_id}/decisions").json["items"][0]
    path = f"/decisions/{decision['id']}/override"
    said = {"step": 2, "dose": 1, "reason": "Does well"}
    read = tag(as_ana, plan_id)
    replies.receive(Inbound("SM1", MAYA["phone"], "+1", "chest pain"), library, NOON)
    problem(as_ana("POST", path, said, headers={"If-Match": read}), 412)
    again = {"If-Match": tag(as_ana, plan_id)}
    assert as_ana("POST", path, said, headers=again).status_code == 200


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("*", 200),
        ("{tag}", 200),
        ('"0", {tag}', 200),
        ("W/{tag}", 412),
        ('"0"', 412),
        ("nonsense", 412),
    ],
)
def test_what_may_stand_in_if_match(as_ana: Caller, plan_id: str, given: str, status: int) -> None:
    """RFC 9110, 13.1.1: the comparison is strong, so a weak tag fits nothing."""
    headers = {"If-Match": given.format(tag=tag(as_ana, plan_id))}
    answer = as_ana("PATCH", f"/plans/{plan_id}", {"usual_pain": 6}, headers=headers)
    assert answer.status_code == status, answer.text


def test_without_if_match_the_last_word_counts(as_ana: Caller, plan_id: str) -> None:
    for pain in (6, 7):
        answer = as_ana("PATCH", f"/plans/{plan_id}", {"usual_pain": pain})
        assert answer.json["usual_pain"] == pain


def test_of_two_who_have_read_the_same_one_wins(app: Flask, as_ana: Caller, plan_id: str) -> None:
    read = tag(as_ana, plan_id)
    db.session.rollback()

    def amend(pain: int) -> tuple[int, int]:
        caller = Caller(app.test_client(), as_ana.token)
        headers = {"If-Match": read}
        answer = caller("PATCH", f"/plans/{plan_id}", {"usual_pain": pain}, headers=headers)
        return answer.status_code, pain

    with ThreadPoolExecutor(2) as pool:
        answers = dict(pool.map(amend, (6, 7)))
    assert sorted(answers) == [200, 412]
    assert as_ana("GET", f"/plans/{plan_id}").json["usual_pain"] == answers[200]
