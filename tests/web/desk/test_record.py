"""The record: notes, and measures that a clinician fills in with the patient."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.measure import Measurement
from rehab.models.patient import Patient
from rehab.models.plan import FINISHED, Plan
from rehab.programs.library import Library
from rehab.programs.measurements import Answer
from rehab.services import measures, notes
from rehab.services.measures import MeasureReport
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.web.desk.conftest import TODAY
from tests.web.sign_in.conftest import Browser


@pytest.fixture
def path(maya: Patient) -> str:
    return f"/clinic/patients/{maya.id}/record"


def stored(measure_id: str) -> list[Measurement]:
    return list(db.session.scalars(select(Measurement).filter_by(measure_id=measure_id)))


def test_a_note_is_added_under_ones_name(desk: Browser, path: str) -> None:
    page = desk.follow(desk.post(path, body="<i>walks</i> well\nsleeps badly")).text
    assert "The note is in the record." in page
    assert "&lt;i&gt;walks&lt;/i&gt; well\nsleeps badly</p>" in page
    assert "<strong>Ana Ruiz</strong>" in page


def test_an_empty_note_and_a_letter_are_refused_and_kept(desk: Browser, path: str) -> None:
    for body in ("", "x" * 4100):
        answer = desk.post(path, body=body)
        assert answer.status_code == 422
        assert f">{body}</textarea>" in answer.text


def test_older_notes_are_a_page_away(
    desk: Browser, path: str, maya: Patient, ana: Clinician
) -> None:
    for n in range(12):
        notes.write(maya, f"note {n:02}", ana, NOON + timedelta(minutes=n))
    assert "note 02" in desk.get(path).text
    assert "note 01" not in desk.get(path).text
    assert "note 01" in desk.get(f"{path}?page=2").text


def test_answers_are_entered_and_an_open_one_stays_open(
    desk: Browser, path: str, plan: Plan
) -> None:
    form = desk.get(f"{path}/peg").text
    assert " checked" not in form
    answer = desk.post(
        f"{path}/peg", plan=str(plan.id), on=str(TODAY), **{"rating-0": "6", "rating-2": "0"}
    )
    assert "the answers are in the record" in desk.follow(answer).text
    (kept,) = stored("peg")
    assert ([each["rating"] for each in kept.answers], kept.score) == ([6, None, 0], None)
    assert kept.source == "clinic"


def test_scores_are_drawn_with_how_far_they_moved(
    desk: Browser, path: str, maya: Patient, plan: Plan, library: Library
) -> None:
    for days, rating in ((0, 6), (0, 7), (7, 3)):
        answers = tuple(Answer(item, rating) for item in ("pain", "enjoyment", "activity"))
        said = MeasureReport("peg", TODAY + timedelta(days=days), answers)
        measures.report_measure(plan, said, library, NOON + timedelta(days=days))
    page = desk.get(f"{path}?plan={plan.id}").text
    assert "From 7 on 2 Mar to 3 on 9 Mar (-4): better." in page
    assert page.count('class="mark after"') == 2


def test_the_activities_are_named_once_and_asked_by_name_from_then_on(
    desk: Browser, path: str, plan: Plan
) -> None:
    said = {f"item-{n}": name for n, name in enumerate(("stairs", "", "cello"))}
    ratings = {f"rating-{n}": "4" for n in range(3)}
    answer = desk.post(f"{path}/psfs", on=str(TODAY), **said, **ratings)
    assert answer.status_code == 422
    assert 'id="item-1-fault"' in answer.text
    assert 'value="cello"' in answer.text
    said["item-1"] = "shoelaces"
    desk.post(f"{path}/psfs", on=str(TODAY), **said, **ratings)
    assert len(stored("psfs")) == 1
    assert "shoelaces: How well can you do this today?" in desk.get(f"{path}/psfs").text


@pytest.mark.parametrize(
    ("on", "rating", "fault"),
    [
        ("2026-03-03", "4", "on-fault"),
        ("soon", "4", "on-fault"),
        ("2026-03-02", "11", "rating-0-fault"),
        ("2026-03-02", "x", "rating-0-fault"),
        ("2026-03-02", "", "The answers hold no rating."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    desk: Browser, path: str, plan: Plan, on: str, rating: str, fault: str
) -> None:
    answer = desk.post(f"{path}/fatigue", on=on, **{"rating-0": rating})
    assert answer.status_code == 422
    assert fault in answer.text
    assert stored("fatigue") == []


def test_answers_that_come_too_late_are_not_lost_from_the_page(
    desk: Browser, path: str, plan: Plan
) -> None:
    with transaction():
        plan.status, plan.ends_on = FINISHED, TODAY - timedelta(days=28)
    assert "Enter answers" in desk.get(path).text
    with transaction():
        plan.ends_on -= timedelta(days=1)
    assert "Enter answers" not in desk.get(path).text
    answer = desk.post(f"{path}/fatigue", on=str(TODAY), **{"rating-0": "4"})
    assert answer.status_code == 409
    assert "the plan ended more than 28 days ago" in answer.text
    assert re.search(r'id="rating-0-4"[^>]*checked', answer.text)
    assert stored("fatigue") == []


def test_what_the_morning_asks_and_what_is_unknown_has_no_form(
    desk: Browser, path: str, plan: Plan
) -> None:
    for measure_id in ("sleep", "no-such-measure"):
        assert desk.get(f"{path}/{measure_id}").status_code == 404


def test_without_a_plan_there_are_notes_alone(desk: Browser, path: str) -> None:
    assert "Measures belong to a plan" in desk.get(path).text
    assert desk.get(f"{path}/peg").status_code == 404


def test_the_read_only_read(
    desk_of: Callable[[Clinician], Browser], looks: Clinician, path: str, plan: Plan
) -> None:
    page = desk_of(looks).get(path).text
    assert "<textarea" not in page
    assert "Enter answers" not in page
    assert desk_of(looks).post(path, body="x").status_code == 403
    assert desk_of(looks).post(f"{path}/peg").status_code == 403
