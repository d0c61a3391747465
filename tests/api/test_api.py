"""The API's manners: who may ask, what a problem looks like, what is refused and how."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from rehab import clock, create_app
from rehab.extensions import db
from rehab.models.message import DeliveryState, Kind, OutboundMessage, SmsConsent
from rehab.models.patient import Patient
from rehab.models.session import Session
from rehab.services import outbox, replies
from rehab.services.outbox import Intention
from rehab.services.replies import Inbound
from rehab.services.tokens import issue_token
from rehab.services.transactions import transaction
from rehab.settings import Settings
from rehab.web import health
from tests.api.conftest import MAYA, PLAN, SESSION, problem, rows
from tests.conftest import NOON, Caller


def test_a_week_from_patient_to_eased_session(as_ana: Caller, at: Any, plan_id: str) -> None:
    log = [("02", 4, 4), ("04", 4, 4), ("06", 4, 4), ("09", 8, 9)]
    for day, worst, morning in log:
        noon = f"2026-03-{day}T12:00:00+00:00"
        next_day = f"2026-03-{int(day) + 1:02}"
        at(datetime.fromisoformat(noon))
        said = {"performed_at": noon, "before": 4, "during": worst, "after": worst}
        answer = as_ana("POST", f"/plans/{plan_id}/sessions", said)
        assert answer.status_code == 201, answer.text
        assert answer.json["decision"]["why"]
        at(datetime.fromisoformat(f"{next_day}T09:00:00+00:00"))
        woke = {"on": next_day, "pain": morning, "sleep": 6, "stiffness_minutes": 10}
        assert as_ana("POST", f"/plans/{plan_id}/mornings", woke).status_code == 201
        for proposed in as_ana("GET", f"/plans/{plan_id}/decisions").json["items"]:
            if proposed["state"] == "proposed":
                approved = as_ana("POST", f"/decisions/{proposed['id']}/approve")
                assert approved.json["state"] == "applied"

    decisions = as_ana("GET", f"/plans/{plan_id}/decisions").json["items"]
    latest = next(d for d in decisions if d["category"] == "strengthening")
    assert (latest["zone"], latest["move"], latest["step"]) == ("severe", "rest_regress", 1)
    assert "R1" in latest["rules"]
    assert latest["inputs"]["report"]["morning"] == 9
    today = as_ana("GET", f"/plans/{plan_id}/today?on=2026-03-11").json
    assert today["status"] == "due"
    assert {e["exercise_id"] for e in today["exercises"]} == {
        "rx-breathing",
        "sc-warm-pack",
        "li-walk",
    }
    assert today["why"]
    assert as_ana("GET", "/alerts").json["items"][0]["level"] == 2


def test_nobody_comes_in_without_a_token(app: Flask, as_ana: Caller) -> None:
    answer = app.test_client().get("/api/v1/patients")
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")
    for wrong in ("rehab_x_y", as_ana.token[:-1], as_ana.token + "0", "nonsense"):
        problem(Caller(app.test_client(), wrong)("GET", "/patients"), 401)


def test_a_token_reaches_as_far_as_its_scopes(app: Flask, as_ana: Caller, at: Any) -> None:
    reader = Caller(app.test_client(), issue_token("ana@riverside.example", ("read",), NOON))
    assert reader("GET", "/patients").status_code == 200
    problem(reader("POST", "/patients", MAYA), 403)


def test_another_clinics_things_do_not_exist(
    as_ana: Caller, as_boris: Caller, patient_id: str, plan_id: str
) -> None:
    as_ana("POST", f"/plans/{plan_id}/sessions", {**SESSION, "during": 9, "after": 9})
    decision = as_ana("GET", f"/plans/{plan_id}/decisions").json["items"][0]["id"]
    alert = as_ana("GET", "/alerts").json["items"][0]["id"]
    asked = [
        ("GET", f"/patients/{patient_id}", None),
        ("PATCH", f"/patients/{patient_id}", {"given_name": "Mine"}),
        ("POST", f"/patients/{patient_id}/plans", PLAN),
        ("GET", f"/patients/{patient_id}/messages", None),
        ("POST", f"/patients/{patient_id}/messages", {"body": "hello"}),
        ("GET", f"/plans/{plan_id}", None),
        ("GET", f"/plans/{plan_id}/today", None),
        ("GET", f"/plans/{plan_id}/decisions", None),
        ("POST", f"/plans/{plan_id}/sessions", SESSION),
        ("POST", f"/plans/{plan_id}/mornings", {"on": "2026-03-02", "pain": 1}),
        ("POST", f"/plans/{plan_id}/pause", {}),
        ("POST", f"/plans/{plan_id}/resume", {}),
        ("POST", f"/decisions/{decision}/approve", None),
        ("POST", f"/decisions/{decision}/override", {"step": 1, "dose": 1, "reason": "x"}),
        ("POST", f"/alerts/{alert}/close", {"note": "mine"}),
    ]
    for method, path, body in asked:
        theirs = problem(as_boris(method, path, body), 404)
        unknown = path.replace(path.split("/")[2], str(uuid4()), 1)
        assert problem(as_boris(method, unknown, body), 404) == theirs, path
    assert as_boris("GET", "/patients").json["items"] == []
    assert as_boris("GET", "/alerts").json["items"] == []


def test_a_session_sent_twice_is_stored_once(as_ana: Caller, plan_id: str) -> None:
    said = {**SESSION, "id": str(uuid4())}
    first = as_ana("POST", f"/plans/{plan_id}/sessions", said)
    again = as_ana("POST", f"/plans/{plan_id}/sessions", said)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert rows(Session) == 1
    other = as_ana("POST", f"/plans/{plan_id}/sessions", {**said, "after": 5})
    problem(other, 409)


def test_lists_come_in_pages(as_ana: Caller) -> None:
    ids = []
    for n in range(5):
        said = {**MAYA, "phone": f"+44207946012{n}"}
        ids.append(as_ana("POST", "/patients", said).json["id"])
    found, cursor = [], ""
    while cursor is not None:
        got = as_ana("GET", f"/patients?limit=2{'&cursor=' + cursor if cursor else ''}").json
        found += [p["id"] for p in got["items"]]
        cursor = got["next"]
    assert sorted(found) == sorted(ids)
    assert len(set(found)) == 5


def test_the_library_can_be_searched(as_ana: Caller) -> None:
    programs = as_ana("GET", "/programs").json
    assert (len(programs["items"]), programs["next"]) == (13, None)
    neck = as_ana("GET", "/exercises?region=neck&category=stretching").json["items"]
    assert {"neck-rotation", "neck-side-bend"} <= {e["id"] for e in neck}
    assert all(e["region"] == "neck" for e in neck)
    assert as_ana("GET", "/exercises?q=chin").json["items"]
    assert as_ana("GET", "/programs?track=chronic").json["items"]
    one = as_ana("GET", "/programs/lb-subacute-6w").json
    assert one["phases"][0]["exercises"] == [
        "lb-pelvic-tilt",
        "lb-bridge",
        "hip-figure4",
        "li-walk",
    ]
    problem(as_ana("GET", "/programs/none"), 404)
    assert set(problem(as_ana("GET", "/exercises?region=elbow"), 422)["errors"]) == {"region"}


def test_the_document_describes_every_route_and_every_problem(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    paths = {r.rule for r in app.url_map.iter_rules() if r.rule.startswith("/api/v1/")}
    assert len(document["paths"]) == len(paths - {"/api/v1/openapi.json"})
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            assert operation["summary"], path
            assert "default" in operation["responses"], path
    errors = document["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert set(errors) == {"application/problem+json"}


def test_the_docs_page_asks_no_other_host(app: Flask) -> None:
    client = app.test_client()
    html = client.get("/api/docs").text
    assert "http:" not in html
    assert "https:" not in html
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f"/api/docs/assets/{asset}" in html
        with client.get(f"/api/docs/assets/{asset}") as served:
            assert served.status_code == 200


def test_a_patients_details_can_be_amended(as_ana: Caller, patient_id: str) -> None:
    answer = as_ana("PATCH", f"/patients/{patient_id}", {"zone": "America/New_York"})
    assert (answer.json["zone"], answer.json["given_name"]) == ("America/New_York", "Maya")
    assert set(
        problem(as_ana("PATCH", f"/patients/{patient_id}", {"zone": "X"}), 422)["errors"]
    ) == {"zone"}


def test_an_alert_stays_open_until_it_is_closed_with_a_note(as_ana: Caller, plan_id: str) -> None:
    as_ana("POST", f"/plans/{plan_id}/sessions", {**SESSION, "red_flags": ["RF01"]})
    alert = as_ana("GET", "/alerts").json["items"][0]
    assert (alert["level"], alert["kind"]) == (3, "red_flag")
    problem(as_ana("POST", f"/alerts/{alert['id']}/close", {"note": " "}), 422)
    assert as_ana("POST", f"/alerts/{alert['id']}/close", {"note": "called"}).status_code == 200
    problem(as_ana("POST", f"/alerts/{alert['id']}/close", {"note": "again"}), 409)
    assert as_ana("GET", "/alerts").json["items"] == []
    assert len(as_ana("GET", "/alerts?state=closed").json["items"]) == 1


def test_a_paused_plan_offers_nothing(as_ana: Caller, plan_id: str) -> None:
    assert as_ana("POST", f"/plans/{plan_id}/pause", {"reason": "cold"}).json["status"] == "paused"
    today = as_ana("GET", f"/plans/{plan_id}/today").json
    assert (today["status"], today["exercises"]) == ("paused", [])
    problem(as_ana("POST", f"/plans/{plan_id}/pause", {}), 409)
    resumed = as_ana("POST", f"/plans/{plan_id}/resume", {"reason": "well again"}).json
    assert resumed["status"] == "active"
    assert {load["dose"] for load in resumed["loads"]} == {0.5}


def test_a_rest_day_says_so_and_offers_the_walk(as_ana: Caller, plan_id: str) -> None:
    today = as_ana("GET", f"/plans/{plan_id}/today?on=2026-03-03").json
    assert today["status"] == "rest"
    assert [e["exercise_id"] for e in today["exercises"]] == ["li-walk"]
    before = as_ana("GET", f"/plans/{plan_id}/today?on=2026-03-01").json
    assert before["status"] == "not_started"


def test_the_probes_answer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a server that has just been set up."""
    monkeypatch.setattr(health, "_BEGAN", clock.monotonic())
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_the_thread_holds_both_sides_and_a_text_by_hand(
    as_ana: Caller, maya: Patient, library: Any
) -> None:
    path = f"/patients/{maya.id}/messages"
    written = as_ana("POST", path, {"body": "See you on Friday."})
    assert written.status_code == 201, written.text
    assert written.json["body"] == "Riverside: See you on Friday."
    replies.receive(Inbound("SM1", maya.phone, "+15550000", "HELP"), library, NOON)
    thread = as_ana("GET", path).json["items"]
    assert {m["direction"] for m in thread} == {"in", "out"}
    assert [m["intent"] for m in thread if m["direction"] == "in"] == ["help"]
    one_by_one = as_ana("GET", f"{path}?limit=1").json
    assert len(one_by_one["items"]) == 1
    assert one_by_one["next"]


@pytest.mark.parametrize("state", ["pending", "sending", "unknown", "accepted", "expired"])
def test_no_thread_shows_the_code_of_a_sign_in(as_ana: Caller, maya: Patient, state: str) -> None:
    """It is for the patient's phone alone, whatever becomes of it."""
    words, until = "Riverside: 123456 is your code.", NOON + timedelta(minutes=10)
    code = Intention(maya, Kind.SIGN_IN, "ac.code", "sign-in:1", NOON, until, body=words)
    outbox.enqueue([code], NOON)
    with transaction():
        sent = db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.SIGN_IN)).one()
        sent.state = DeliveryState(state)
    thread = as_ana("GET", f"/patients/{maya.id}/messages")
    shown = [each["body"] for each in thread.json["items"] if each["kind"] == "sign_in"]
    assert shown == [None]
    assert "123456" not in thread.text


def test_a_red_flag_comes_back_with_what_to_do(as_ana: Caller, plan_id: str) -> None:
    said = {**SESSION, "red_flags": ["RF12", "RF01"]}
    safety = as_ana("POST", f"/plans/{plan_id}/sessions", said).json["safety"]
    assert (safety["tier"], safety["name"]) == ("E", "Emergency")
    assert safety["meaning"] == "Stop, and call the emergency number now."
    assert len(safety["red_flags"]) == 2
    quiet = as_ana("POST", f"/plans/{plan_id}/sessions", SESSION)
    assert quiet.json["safety"] is None


def test_an_exercise_that_was_stopped_counts_as_too_hard(as_ana: Caller, plan_id: str) -> None:
    today = as_ana("GET", f"/plans/{plan_id}/today").json
    assert {rule["id"] for rule in today["stop_rules"]} >= {"sharp_pain", "giving_way", "dizzy"}
    tick = {"exercise_id": "lb-bridge", "done": False, "stopped_because": "giving_way"}
    said = {**SESSION, "exercises": [tick, {"exercise_id": "li-walk"}]}
    answer = as_ana("POST", f"/plans/{plan_id}/sessions", said).json
    assert answer["completion"] == 50
    assert all(d["inputs"]["report"]["hard"] for d in answer["decisions"])
    tick["stopped_because"] = "bored"
    refused = as_ana("POST", f"/plans/{plan_id}/sessions", {**SESSION, "exercises": [tick]})
    assert set(problem(refused, 422)["errors"]) == {"exercises.0.stopped_because"}


def test_questions_are_asked_and_answered(as_ana: Caller, plan_id: str) -> None:
    asked = as_ana("GET", f"/plans/{plan_id}/questions").json
    assert (asked["occasion"], len(asked["red_flags"])) == ("intake", 19)
    answer = as_ana(
        "POST", f"/plans/{plan_id}/screenings", {"on": "2026-03-02", "red_flags": ["RF07"]}
    )
    assert answer.status_code == 201
    assert as_ana("GET", f"/plans/{plan_id}").json["status"] == "paused"
    wrong = {"on": "2026-03-02", "red_flags": "RF07"}
    refused = as_ana("POST", f"/plans/{plan_id}/screenings", wrong)
    assert set(problem(refused, 422)["errors"]) == {"red_flags"}


def test_adherence_is_of_a_stated_window(as_ana: Caller, plan_id: str, at: Any) -> None:
    nothing = as_ana("GET", f"/plans/{plan_id}/adherence").json
    assert (nothing["prescribed"], nothing["share"]) == (0, None)
    as_ana("POST", f"/plans/{plan_id}/sessions", SESSION)
    at(datetime.fromisoformat("2026-03-09T12:00:00+00:00"))
    week = as_ana("GET", f"/plans/{plan_id}/adherence").json
    assert (week["since"], week["until"]) == ("2026-03-02", "2026-03-08")
    assert (week["prescribed"], week["completed"]) == (3, 1)
    assert week["share"] == pytest.approx(1 / 3)
    part = as_ana("GET", f"/plans/{plan_id}/adherence?since=2026-03-03&until=2026-03-05").json
    assert (part["prescribed"], part["completed"]) == (1, 0)


def test_a_clinician_changes_a_plan_and_takes_it_back(as_ana: Caller, plan_id: str) -> None:
    change = {
        "bounds": {"strengthening": {"ceiling": 3, "locked": True}},
        "usual_pain": 3,
        "reminders": {"exercise_at": "07:30"},
        "pins": {"li-walk": 2},
        "swaps": {"hip-figure4": "lb-knee-chest"},
        "reason": "asked on the phone",
    }
    plan = as_ana("PATCH", f"/plans/{plan_id}", change).json
    load = next(load for load in plan["loads"] if load["category"] == "strengthening")
    assert (load["ceiling"], load["locked"], plan["usual_pain"]) == (3, True, 3)
    assert plan["reminders"]["exercise_at"] == "07:30"
    today = {
        e["exercise_id"]: e["step"]
        for e in as_ana("GET", f"/plans/{plan_id}/today").json["exercises"]
    }
    assert today["li-walk"] == 2
    assert "lb-knee-chest" in today
    for wrong, field in (
        ({"bounds": {"dancing": {"floor": 1}}}, "bounds.dancing"),
        ({"bounds": {"stretching": {"floor": 0}}}, "bounds.stretching.floor"),
        ({"colour": "red"}, "colour"),
        ({"pins": {"li-walk": 99}}, "pins.li-walk"),
    ):
        assert set(problem(as_ana("PATCH", f"/plans/{plan_id}", wrong), 422)["errors"]) == {field}
    problem(as_ana("POST", f"/plans/{plan_id}/advance-phase", {}), 409)
    assert as_ana("POST", f"/plans/{plan_id}/discharge", {}).json["status"] == "discharged"


def test_pain_before_the_session_eases_today(as_ana: Caller, plan_id: str) -> None:
    def minutes(query: str) -> int:
        due = as_ana("GET", f"/plans/{plan_id}/today{query}").json["exercises"]
        return next(e["dosage"]["minutes"] for e in due if e["exercise_id"] == "li-walk")

    as_ana("PATCH", f"/plans/{plan_id}", {"pins": {"li-walk": 3}})
    assert (minutes(""), minutes("?before=4"), minutes("?before=6")) == (12, 12, 6)
    resting = as_ana("GET", f"/plans/{plan_id}/today?before=9").json
    assert {e["exercise_id"] for e in resting["exercises"]} == {
        "rx-breathing",
        "sc-warm-pack",
        "li-walk",
    }
    assert set(problem(as_ana("GET", f"/plans/{plan_id}/today?before=11"), 422)["errors"]) == {
        "before"
    }


def test_a_correction_keeps_what_was_told_first(as_ana: Caller, plan_id: str) -> None:
    session = as_ana("POST", f"/plans/{plan_id}/sessions", SESSION).json
    path = f"/sessions/{session['id']}"
    corrected = as_ana("PATCH", path, {"during": 9, "after": 9})
    assert corrected.status_code == 200, corrected.text
    assert corrected.json["decision"]["zone"] == "severe"
    versions = as_ana("GET", f"{path}/versions").json["items"]
    assert [v["said"] for v in versions] == [{"during": 4, "after": 4}]
    assert set(problem(as_ana("PATCH", path, {"during": 11}), 422)["errors"]) == {"during"}
    assert set(problem(as_ana("PATCH", path, {"id": session["id"]}), 422)["errors"]) == {"id"}


def test_what_was_reported_can_be_found_again(
    as_ana: Caller, patient_id: str, plan_id: str
) -> None:
    session = as_ana("POST", f"/plans/{plan_id}/sessions", SESSION).json
    as_ana("POST", f"/plans/{plan_id}/mornings", {"on": "2026-03-02", "pain": 0})
    assert [p["id"] for p in as_ana("GET", f"/patients/{patient_id}/plans").json["items"]] == [
        plan_id
    ]
    assert as_ana("GET", f"/plans/{plan_id}/sessions").json["items"] == [
        as_ana("GET", f"/sessions/{session['id']}").json
    ]
    mornings = as_ana("GET", f"/plans/{plan_id}/mornings").json["items"]
    assert [(m["on"], m["pain"], m["sleep"]) for m in mornings] == [("2026-03-02", 0, None)]


def test_a_new_number_needs_its_own_consent(as_ana: Caller, maya: Patient) -> None:
    path = f"/patients/{maya.id}"
    changed = as_ana("PATCH", path, {"phone": "+442079460999"}).json
    assert changed["sms_consent"] is False
    again = as_ana("PATCH", path, {"phone": "+442079460998", "sms_consent": True}).json
    assert again["sms_consent"] is True
    kept = db.session.scalars(select(SmsConsent)).all()
    assert {(c.phone[-3:], c.action) for c in kept} == {
        ("123", "granted"),
        ("123", "revoked"),
        ("998", "granted"),
    }


def test_a_server_without_its_tables_is_not_ready(tmp_path: Path) -> None:
    bare = create_app(Settings(data_dir=tmp_path)).test_client()
    answer = bare.get("/readyz")
    assert answer.status_code == 503
    assert "rehab db upgrade" in answer.json["why"]
