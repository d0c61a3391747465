"""A record as FHIR: what each part of it says, and that another program can read all of it."""

import base64
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from rehab import create_app
from rehab.exchange import files
from rehab.exchange.fhir.chart import chart
from rehab.exchange.fhir.clinicians import clinicians_of
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.decision import PROPOSED, Decision
from rehab.models.message import Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.programs.measurements import Answer
from rehab.services import (
    alerts,
    clinician_acts,
    corrections,
    measures,
    mornings,
    notes,
    plan_changes,
    plans,
    safety,
    sessions,
)
from rehab.services.actors import acting_as, actor_of
from rehab.services.audit import SYSTEM
from rehab.services.demo import open_demo
from rehab.services.measures import MeasureReport
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.privacy.export import export
from rehab.services.privacy.own_copy import own_copy
from rehab.services.safety import ScreeningReport
from rehab.services.sessions import SessionReport
from rehab.settings import Settings
from tests.conftest import NOON
from tests.exchange.reader import Resource, codes, read
from tests.services.privacy.conftest import OPERATOR

DAY = timedelta(days=1)
START = NOON - 21 * DAY
SECRET = "Ana's own opinion"

Told = Callable[[], dict[str, list[Resource]]]


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("lb-subacute-6w", 4, starts_on=START.date(), autonomy="advise")
    return plans.assign(maya, wish, library, START)


@pytest.fixture
def told(maya: Patient, library: Library) -> Told:
    """Maya's record as it stands, as another program reads it."""

    def tell() -> dict[str, list[Resource]]:
        whole = export(maya, OPERATOR, NOON)
        return read(chart(whole, library, clinicians_of(whole)))

    return tell


def train(plan: Plan, library: Library, days: int, **said: Any) -> Session:
    """A session so many days after the plan's start; quiet unless something else is said."""
    at = START + days * DAY
    ratings = {"before": 2, "during": 2, "after": 2, "effort": 4, **said}
    return sessions.report_session(plan, SessionReport(at, **ratings), library, at)


def woke(plan: Plan, library: Library, days: int, pain: int | None = 2) -> None:
    on = (START + days * DAY).date()
    mornings.report_morning(plan, MorningReport(on, pain=pain), library, START + days * DAY)


def proposal(plan: Plan, library: Library) -> Decision:
    """Sessions that go well until the policy proposes a step up."""
    for days in (0, 2, 4, 7, 9, 11, 14):
        train(plan, library, days)
        woke(plan, library, days + 1)
        found = db.session.scalars(
            select(Decision).filter_by(plan_id=plan.id, state=PROPOSED, replaced_at=None)
        ).first()
        if found is not None:
            return found
    raise AssertionError("nothing was proposed")


def one(resources: list[Resource], id_: object) -> Resource:
    return next(each for each in resources if each["id"] == str(id_))


# All of it


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Flask:
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("demo")))
    with app.app_context():
        db.create_all()
        open_demo(library, NOON)
    return app


def test_every_demo_patient_is_read_whole_by_another_program(demo: Flask, library: Library) -> None:
    with demo.app_context():
        for patient in db.session.scalars(select(Patient)).all():
            whole = export(patient, OPERATOR, NOON)
            found = read(chart(whole, library, clinicians_of(whole)))
            counts = {kind: len(resources) for kind, resources in found.items()}
            assert counts["ServiceRequest"] == len(whole["decisions"]) if whole["decisions"] else 1
            assert counts.get("Procedure", 0) >= len(whole["sessions"])
            assert counts["CarePlan"] == len(whole["plan_terms"])
            texts = ("messages_sent", "messages_received", "messages_of_nobody")
            assert counts["Communication"] == sum(len(whole[noun]) for noun in texts)
            assert counts.get("DetectedIssue", 0) == len(whole["alerts"])


def test_the_same_record_is_told_in_the_same_words(maya: Patient, plan: Plan, told: Told) -> None:
    assert told() == told()


def test_the_patient_is_told_with_the_zone_and_the_language(plan: Plan, told: Told) -> None:
    (patient,) = told()["Patient"]
    assert patient["name"] == [{"family": "Lindqvist", "given": ["Maya"]}]
    assert patient["extension"][0]["valueCode"] == "Europe/London"
    assert "profile" not in patient.get("meta", {})


# Ratings


def test_zero_is_told_and_what_was_not_said_is_absent(
    plan: Plan, library: Library, told: Told
) -> None:
    session = train(plan, library, 0, before=0, during=None, effort=None)
    found = {codes(each["code"])[-1]: each for each in told()["Observation"]}
    assert found["pain-before"]["valueInteger"] == 0
    assert codes(found["pain-before"]["code"])[0] == "72514-3"
    assert found["pain-before"]["partOf"] == [
        {"reference": f"urn:uuid:{session.id}", "type": "Procedure"}
    ]
    for name in ("pain-during", "82289-0"):
        assert codes(found[name]["dataAbsentReason"]) == ["unknown"]
        assert not [key for key in found[name] if key.startswith("value")]
    assert found["completion"]["valueQuantity"]["value"] == 100


def test_a_morning_is_told_by_its_date_and_a_session_by_the_patients_clock(
    plan: Plan, library: Library, told: Told
) -> None:
    train(plan, library, 0)
    woke(plan, library, 1, pain=3)
    found = {codes(each["code"])[-1]: each for each in told()["Observation"]}
    assert found["pain-morning"]["effectiveDateTime"] == "2026-02-10"
    assert found["pain-during"]["effectiveDateTime"] == "2026-02-09T12:00:00+00:00"


def test_what_was_ticked_is_told_and_nothing_of_what_was_not(
    plan: Plan, library: Library, told: Told
) -> None:
    train(plan, library, 0, new_areas=("calf left",), doms=True)
    train(plan, library, 2)
    ticked = [o for o in told()["Observation"] if codes(o["code"])[-1] in ("new-area", "doms")]
    values = {codes(each["code"])[0]: each for each in ticked}
    assert len(ticked) == 2
    assert values["new-area"]["valueCodeableConcept"]["text"] == "calf left"
    assert values["doms"]["valueBoolean"] is True


# Sessions


@pytest.mark.parametrize(
    ("completion", "status"), [(100, "completed"), (40, "stopped"), (0, "not-done")]
)
def test_a_session_is_done_stopped_or_not_done(
    plan: Plan, library: Library, told: Told, completion: int, status: str
) -> None:
    because = None if completion == 100 else "time"
    row = train(plan, library, 0, completion=completion, not_completed_because=because)
    session = one(told()["Procedure"], row.id)
    assert session["status"] == status
    reason = session.get("statusReason")
    assert (codes(reason) if reason else []) == ([because] if because else [])


def test_each_exercise_is_told_with_why_it_was_not_done(
    plan: Plan, library: Library, told: Told
) -> None:
    ticks = (
        {"exercise_id": "lb-bridge", "done": True, "too_sore": False},
        {"exercise_id": "li-walk", "done": False, "too_sore": True},
    )
    row = train(plan, library, 0, exercises=ticks)
    parts = [p for p in told()["Procedure"] if p.get("partOf")]
    bridge, walk = sorted(parts, key=lambda part: codes(part["code"]))
    assert (bridge["status"], walk["status"]) == ("completed", "not-done")
    assert codes(walk["statusReason"]) == ["sore"]
    assert bridge["partOf"][0]["reference"] == f"urn:uuid:{row.id}"
    definition = next(d for d in told()["ActivityDefinition"] if d["title"] == "Bridge")
    named = f"{definition['url']}|{definition['version']}"
    assert bridge["instantiatesCanonical"] == [named]


# Decisions


def test_a_step_up_that_waits_is_a_proposal(plan: Plan, library: Library, told: Told) -> None:
    waiting = proposal(plan, library)
    request = one(told()["ServiceRequest"], waiting.id)
    assert (request["intent"], request["status"]) == ("proposal", "active")
    assert request["extension"][0]["valuePositiveInt"] == waiting.step == 2


def test_an_approval_is_an_order_based_on_the_proposal(
    plan: Plan, library: Library, ana: Clinician, told: Told
) -> None:
    waiting = proposal(plan, library)
    clinician_acts.approve(waiting, ana, library, NOON)
    found = told()
    act = _act(plan, "approve")
    order = one(found["ServiceRequest"], act.id)
    assert (order["intent"], order["status"]) == ("order", "active")
    assert {"reference": f"urn:uuid:{waiting.id}", "type": "ServiceRequest"} in order["basedOn"]
    (before,) = order["replaces"]
    replaced = one(found["ServiceRequest"], before["reference"].removeprefix("urn:uuid:"))
    assert (replaced["intent"], replaced["status"]) == ("order", "completed")
    assert one(found["ServiceRequest"], waiting.id)["status"] == "completed"


def test_who_decided_is_told_a_rule_or_a_clinician(
    plan: Plan, library: Library, ana: Clinician, told: Told
) -> None:
    waiting = proposal(plan, library)
    clinician_acts.approve(waiting, ana, library, NOON)
    found = told()
    by = {
        each["target"][0]["reference"].removeprefix("urn:uuid:"): each["agent"][0]["who"]
        for each in found["Provenance"]
    }
    assert by[str(waiting.id)]["type"] == "Device"
    assert by[str(_act(plan, "approve").id)]["reference"] == f"urn:uuid:{ana.id}"
    (practitioner,) = found["Practitioner"]
    assert practitioner["name"] == [{"text": "Ana Ruiz"}]


def test_an_override_replaces_what_it_overrules(
    plan: Plan, library: Library, ana: Clinician, told: Told
) -> None:
    waiting = proposal(plan, library)
    clinician_acts.override(waiting, 1, 0.5, "too soon", ana, library, NOON)
    found = told()
    assert one(found["ServiceRequest"], waiting.id)["status"] == "revoked"
    order = one(found["ServiceRequest"], _act(plan, "override").id)
    overruled = {"reference": f"urn:uuid:{waiting.id}", "type": "ServiceRequest"}
    assert overruled in order["replaces"]
    assert order["extension"][1]["valueDecimal"] == 0.5


def test_what_was_taken_back_says_by_whom(
    plan: Plan, library: Library, ana: Clinician, told: Told
) -> None:
    waiting = proposal(plan, library)
    clinician_acts.approve(waiting, ana, library, NOON)
    act = _act(plan, "approve")
    clinician_acts.undo(act, ana, "a slip", library, NOON + timedelta(minutes=1))
    found = told()
    assert one(found["ServiceRequest"], act.id)["status"] == "revoked"
    assert one(found["ServiceRequest"], waiting.id)["status"] == "active"
    (undone,) = [p for p in found["Provenance"] if codes(p["activity"]) == ["ABORT"]]
    assert undone["reason"] == [{"text": "a slip"}]


def test_at_most_one_order_of_a_category_is_in_force(
    plan: Plan, library: Library, ana: Clinician, told: Told
) -> None:
    clinician_acts.approve(proposal(plan, library), ana, library, NOON)
    active: dict[str, int] = {}
    for each in told()["ServiceRequest"]:
        if each["intent"] == "order" and each["status"] == "active":
            category = codes(each["category"][0])[0]
            active[category] = active.get(category, 0) + 1
    assert active
    assert set(active.values()) == {1}


def _act(plan: Plan, name: str) -> Decision:
    rows = db.session.scalars(select(Decision).filter_by(plan_id=plan.id))
    return next(row for row in rows if row.inputs.get("act") == name)


# Plans


def test_new_terms_are_a_version_that_replaces_the_one_before(
    plan: Plan, library: Library, ana: Clinician, told: Told
) -> None:
    plan_changes.amend(plan, {"usual_pain": 6}, ana, "worse of late", library, NOON)
    first, latest = sorted(told()["CarePlan"], key=lambda each: "replaces" in each)
    assert (latest["id"], latest["status"]) == (str(plan.id), "active")
    assert first["status"] == "revoked"
    assert {each["detail"]["status"] for each in first["activity"]} == {"stopped"}
    assert latest["replaces"] == [{"reference": f"urn:uuid:{first['id']}", "type": "CarePlan"}]
    assert latest["note"][0]["text"].startswith("Usual pain 6 of 10")
    assert latest["author"]["reference"] == f"urn:uuid:{ana.id}"
    assert first["period"] == {"start": "2026-02-09", "end": latest["period"]["start"]}


@pytest.mark.parametrize(
    ("act", "status"), [("pause", "on-hold"), ("resume", "active"), ("discharge", "revoked")]
)
def test_how_a_plan_stands(
    plan: Plan, library: Library, ana: Clinician, told: Told, act: str, status: str
) -> None:
    train(plan, library, 0)
    if act == "discharge":
        plan_changes.discharge(plan, ana, "moved away", NOON)
    else:
        plan_changes.pause(plan, ana, "away", library, NOON)
    if act == "resume":
        plan_changes.resume(plan, ana, "back", library, NOON + DAY)
    found = told()
    latest = one(found["CarePlan"], plan.id)
    assert latest["status"] == status
    requests = {each["status"] for each in found["ServiceRequest"]}
    assert status in requests
    assert (latest["period"]["end"][:10] == "2026-03-02") == (act == "discharge")


def test_terms_that_were_changed_before_the_first_day_have_no_backward_period(
    maya: Patient, library: Library, ana: Clinician, told: Told
) -> None:
    wish = Assignment("neck-desk-6w", 4, starts_on=NOON.date() + 9 * DAY)
    ahead = plans.assign(maya, wish, library, NOON)
    plan_changes.amend(ahead, {"usual_pain": 6}, ana, "", library, NOON + DAY)
    periods = [each["period"] for each in told()["CarePlan"]]
    assert all(p.get("start", "")[:10] <= p["end"][:10] for p in periods if "end" in p)


def test_a_swapped_exercise_makes_another_version_of_the_program(
    plan: Plan, library: Library, ana: Clinician, told: Told
) -> None:
    before = one(told()["CarePlan"], plan.id)["instantiatesCanonical"]
    swaps = {"lb-bridge": "lb-bird-dog"}
    plan_changes.amend(plan, {"swaps": swaps}, ana, "wrists", library, NOON)
    found = told()
    (definition,) = found["PlanDefinition"]
    after = one(found["CarePlan"], plan.id)["instantiatesCanonical"]
    assert after == [f"{definition['url']}|{definition['version']}"]
    assert after != before


# Questionnaires, texts, alerts and notes


def test_answers_are_told_with_their_score_and_an_open_item_has_no_answer(
    plan: Plan, library: Library, told: Told
) -> None:
    said = tuple(Answer(item, n) for item, n in (("pain", 0), ("enjoyment", 3), ("activity", None)))
    measures.report_measure(plan, MeasureReport("peg", NOON.date(), said), library, NOON)
    found = told()
    (response,) = found["QuestionnaireResponse"]
    assert response["status"] == "in-progress"
    assert [item.get("answer") for item in response["item"]] == [
        [{"valueInteger": 0}],
        [{"valueInteger": 3}],
        None,
    ]
    score = next(o for o in found["Observation"] if codes(o["code"]) == ["peg"])
    assert codes(score["dataAbsentReason"]) == ["unknown"]


def test_the_activities_that_the_patient_named_are_goals(
    plan: Plan, library: Library, told: Told
) -> None:
    named = ("Lift Otto", "Sit through a film", "Garden")
    said = tuple(Answer(each, 4) for each in named)
    measures.report_measure(plan, MeasureReport("psfs", NOON.date(), said), library, NOON)
    found = told()
    texts = [goal["description"]["text"] for goal in found["Goal"]]
    assert texts[1:] == list(named)
    assert "(4 of 10)" in texts[0]
    assert len(one(found["CarePlan"], plan.id)["goal"]) == 4


def test_the_list_of_danger_signs_is_told_as_it_was_ticked(
    plan: Plan, library: Library, told: Told
) -> None:
    safety.answer(plan, ScreeningReport(NOON.date()), library, NOON)
    (response,) = told()["QuestionnaireResponse"]
    items = {item["linkId"]: item.get("answer") for item in response["item"]}
    assert items == {"any": [{"valueBoolean": False}], "daily-things-stopped": None}


@pytest.mark.parametrize(
    ("source", "is_known", "author"),
    [
        ("clinic", True, "Practitioner"),
        ("desk", True, "Practitioner"),
        ("clinic", False, "Organization"),
        ("app", False, "Patient"),
        ("api", True, "Patient"),
    ],
)
def test_who_put_answers_in_is_their_author_and_the_patient_their_source(
    plan: Plan,
    library: Library,
    ana: Clinician,
    told: Told,
    source: str,
    is_known: bool,
    author: str,
) -> None:
    said = tuple(Answer(item, 3) for item in ("pain", "enjoyment", "activity"))
    with acting_as(actor_of(ana) if is_known else SYSTEM):
        report = MeasureReport("peg", NOON.date(), said)
        measures.report_measure(plan, report, library, NOON, source)
        safety.answer(plan, ScreeningReport(NOON.date()), library, NOON, source)
    found = told()
    responses = found["QuestionnaireResponse"]
    assert [each["author"]["type"] for each in responses] == [author] * 2
    assert {each["source"]["type"] for each in responses} == {"Patient"}
    named = [each["id"] for each in found.get("Practitioner", [])]
    assert named == ([str(ana.id)] if author == "Practitioner" else [])


def test_a_sign_in_code_is_never_told(maya: Patient, plan: Plan, told: Told) -> None:
    texts = list(db.session.scalars(select(OutboundMessage).filter_by(patient_id=maya.id)))
    texts[0].kind, texts[0].body = Kind.SIGN_IN, "Your code is 271828"
    texts[1].body = "Time for your exercises"
    db.session.flush()
    found = {each["id"]: each for each in told()["Communication"]}
    assert "payload" not in found[str(texts[0].id)]
    assert found[str(texts[1].id)]["payload"] == [{"contentString": "Time for your exercises"}]
    assert {each["status"] for each in found.values()} == {"preparation"}


def test_an_alert_is_preliminary_until_somebody_closes_it(
    maya: Patient, plan: Plan, library: Library, ana: Clinician, told: Told
) -> None:
    alert = alerts.open_alert(maya, "flare", 2, SECRET, NOON, plan)
    (issue,) = told()["DetectedIssue"]
    assert (issue["status"], issue["severity"], "mitigation" in issue) == (
        "preliminary",
        "moderate",
        False,
    )
    clinician_acts.close_alert(alert.id, "called her", ana, library, NOON)
    (issue,) = told()["DetectedIssue"]
    assert issue["status"] == "final"
    assert issue["mitigation"][0]["action"] == {"text": "called her"}
    assert issue["mitigation"][0]["author"]["reference"] == f"urn:uuid:{ana.id}"


def test_who_put_a_session_right_is_told(
    plan: Plan, library: Library, ana: Clinician, told: Told
) -> None:
    row = train(plan, library, 0)
    corrections.correct_session(row, plan, {"during": 3}, ana.email, library, NOON)
    (update,) = [p for p in told()["Provenance"] if codes(p["activity"]) == ["UPDATE"]]
    assert update["target"][0]["reference"] == f"urn:uuid:{row.id}"
    assert update["agent"][0]["who"]["reference"] == f"urn:uuid:{ana.id}"


def test_a_patients_own_bundle_holds_nothing_that_clinicians_wrote_for_each_other(
    maya: Patient, plan: Plan, library: Library, ana: Clinician
) -> None:
    notes.write(maya, SECRET, ana, NOON)
    alerts.open_alert(maya, "flare", 2, SECRET, NOON, plan)
    clinician_acts.override(proposal(plan, library), 1, 0.5, SECRET, ana, library, NOON)
    whole = files.written(export(maya, OPERATOR, NOON), files.FHIR, library).decode()
    encoded = base64.b64encode(SECRET.encode()).decode()
    assert SECRET in whole
    assert encoded in whole
    own = own_copy(maya, NOON)
    read(chart(own, library, clinicians_of(own)))
    text = files.written(own, files.FHIR, library).decode()
    assert SECRET not in text
    assert encoded not in text


def test_only_those_whom_the_record_names_are_in_it(
    maya: Patient, plan: Plan, library: Library, ana: Clinician, told: Told
) -> None:
    assert "Practitioner" not in told()
    plan_changes.pause(plan, ana, "away", library, NOON)
    assert [UUID(each["id"]) for each in told()["Practitioner"]] == [ana.id]
    assert date.fromisoformat(told()["CarePlan"][0]["period"]["start"][:10]) == START.date()
