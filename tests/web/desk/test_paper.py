"""Paper: the hand-out in the patient's language, the diary alone, the report for a doctor."""

import re
from datetime import timedelta

import pytest

from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import plan_changes
from tests.conftest import NOON
from tests.web.desk.conftest import TODAY
from tests.web.sign_in.conftest import Browser, Page


def sheet(html: str) -> str:
    """What comes out of the printer, as markup."""
    found = re.search(r'<article class="paper.*</article>', html, re.DOTALL)
    assert found
    return found[0]


def words(html: str) -> str:
    return Page(sheet(html)).text.replace(" ,", ",")


@pytest.fixture
def spanish(maya: Patient, plan: Plan) -> Plan:
    maya.language = "es"
    db.session.commit()
    return plan


def test_the_hand_out_has_every_exercise_with_its_figure_dosage_and_cautions(
    desk: Browser, plan: Plan, library: Library
) -> None:
    page = sheet(desk.get(f"/clinic/plans/{plan.id}/handout").text)
    for id_ in plan.program["phases"][0]["exercises"]:
        exercise = library.exercises[id_]
        assert exercise.name in page
        assert re.search(rf'src="/figures/\w+/{id_}\.still\.svg"', page)
        for code in set(exercise.cautions) - {"C-NONE"}:
            assert library.cautions[code].text in Page(page).text
    assert "hold" in Page(page).text


def test_it_says_whom_to_call_and_when_somebody_answers(
    desk: Browser, plan: Plan, riverside: Clinic, library: Library
) -> None:
    riverside.hours = "Mon-Fri 8:00-18:00"
    db.session.commit()
    said = words(desk.get(f"/clinic/plans/{plan.id}/handout").text)
    assert "+44 20 7946 0100" in said
    assert "Mon-Fri 8:00-18:00" in said
    assert "call 999 now" in said
    assert "116 123" in said
    for flag in library.red_flags.values():
        assert (flag.question in said) == (flag.tier in ("E", "U"))


def test_it_speaks_the_patients_language_and_leaves_nothing_in_english(
    desk: Browser, spanish: Plan
) -> None:
    page = sheet(desk.get(f"/clinic/plans/{spanish.id}/handout").text)
    assert page.startswith('<article class="paper" lang="es">')
    assert "Tus ejercicios" in page
    assert "lunes" in page
    assert 'lang="en"' not in page


def test_another_language_may_be_asked_for_and_an_unknown_one_is_theirs(
    desk: Browser, spanish: Plan
) -> None:
    assert "Your exercises" in desk.get(f"/clinic/plans/{spanish.id}/handout?language=en").text
    assert "Tus ejercicios" in desk.get(f"/clinic/plans/{spanish.id}/handout?language=xx").text


def test_it_leads_to_the_entry_and_carries_no_secret(desk: Browser, plan: Plan) -> None:
    page = sheet(desk.get(f"/clinic/plans/{plan.id}/handout").text)
    assert re.findall(r"https?://[^\s<\"]+", Page(page).text) == ["http://127.0.0.1:8000/enter."]
    assert '<svg viewBox="0 0 ' in page
    assert str(plan.id) not in page


@pytest.mark.parametrize(
    ("chosen", "figures", "diary", "large"),
    [
        ("", True, True, False),
        ("?chosen=1", False, False, False),
        ("?chosen=1&with=diary&with=large", False, True, True),
    ],
)
def test_what_stands_on_it_may_be_chosen(
    desk: Browser, plan: Plan, chosen: str, figures: bool, diary: bool, large: bool
) -> None:
    page = sheet(desk.get(f"/clinic/plans/{plan.id}/handout{chosen}").text)
    assert ("<img" in page, "Your diary" in page, "paper-large" in page) == (figures, diary, large)


def test_a_paused_plans_paper_tells_to_do_nothing(
    desk: Browser, plan: Plan, ana: Clinician, library: Library
) -> None:
    plan_changes.pause(plan, ana, "a look first", library, NOON)
    said = words(desk.get(f"/clinic/plans/{plan.id}/handout").text)
    assert "Your plan is paused" in said
    assert "999" in said
    assert not any(e["name"] in said for e in plan.program["exercises"])


def test_the_diary_has_a_line_for_each_session_day_of_two_weeks(desk: Browser, plan: Plan) -> None:
    page = sheet(desk.get(f"/clinic/plans/{plan.id}/diary").text)
    days = [TODAY + timedelta(days=n) for n in range(14)]
    trained = [day for day in days if day.weekday() in plan.weekdays]
    assert page.count('<th scope="row">') == len(trained)
    assert page.count('class="box"') == 5 * len(trained)


def test_the_report_states_its_weeks_who_printed_it_and_what_it_is_not(
    desk: Browser, plan: Plan
) -> None:
    said = words(desk.get(f"/clinic/plans/{plan.id}/report").text)
    assert "From 2 Mar 2026 to 2 Mar 2026, in whole weeks of the plan" in said
    assert "Printed by Ana Ruiz on 2 Mar 2026, 12:00" in said
    assert "not validated and makes no diagnosis" in said
    assert "not answered" in said


def test_the_report_takes_a_window(desk: Browser, plan: Plan) -> None:
    page = desk.get(f"/clinic/plans/{plan.id}/report?since=2026-03-02&until=nonsense")
    assert page.status_code == 200
    assert "From 2 Mar 2026" in words(page.text)
