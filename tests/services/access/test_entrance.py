"""Links: what each kind opens, how often, until when, and that none opens another kind's door."""

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from rehab.errors import NotFound
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.models.sign_in import Link, SignIn
from rehab.notifications.messages import LONGEST
from rehab.programs.library import Library
from rehab.services import plans
from rehab.services.access import entrance, links, sign_ins
from rehab.services.access.errors import TooMany
from rehab.services.access.links import Purpose
from rehab.services.plans import Assignment
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.services.access.conftest import AGENT, ELSEWHERE, HOME


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    return plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=4), library, NOON)


def test_looking_at_a_link_uses_nothing_up_and_entering_does(maya: Patient) -> None:
    token = links.issue(Purpose.ENTRY, maya, NOON)
    for _ in range(3):
        entrance.look(token, HOME, NOON)
    entered = entrance.enter(token, HOME, AGENT, NOON)
    assert entered.sign_in.patient_id == maya.id
    assert not sign_ins.is_fresh(entered.sign_in, NOON)
    for again in (lambda: entrance.look(token, HOME, NOON), lambda: enter_again(token)):
        with pytest.raises(NotFound):
            again()


def enter_again(token: str) -> None:
    entrance.enter(token, HOME, AGENT, NOON)


@pytest.mark.parametrize(("minutes", "good"), [(14.9, True), (15, False)])
def test_an_entry_link_lives_a_quarter_of_an_hour(
    maya: Patient, minutes: float, good: bool
) -> None:
    token, now = links.issue(Purpose.ENTRY, maya, NOON), NOON + timedelta(minutes=minutes)
    assert (links.find(Purpose.ENTRY, token, now) is not None) is good


def test_a_clinician_who_enters_by_a_link_has_no_second_factor(ana: Clinician) -> None:
    token = links.issue(Purpose.ENTRY, ana, NOON)
    sign_in = entrance.enter(token, HOME, AGENT, NOON).sign_in
    assert (sign_in.clinician_id, sign_in.passed_second_factor) == (ana.id, False)


def test_one_link_lets_one_of_many_threads_in(app: Flask, maya: Patient) -> None:
    token = links.issue(Purpose.ENTRY, maya, NOON)

    def enter(_: int) -> bool:
        with app.app_context():
            try:
                entrance.enter(token, HOME, AGENT, NOON)
            except NotFound:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, range(8))) == 1
    assert len(db.session.scalars(select(SignIn)).all()) == 1


def test_tokens_that_are_made_open_once_they_are_kept(plan: Plan) -> None:
    """A text that is not worded to its end leaves no door."""
    made = [links.made(Purpose.REMINDER, plan, NOON) for _ in range(3)]
    assert [links.find(Purpose.REMINDER, link.token, NOON) for link in made] == [None] * 3
    with transaction():
        links.keep([link.row for link in made[:2]])
    found = [links.find(Purpose.REMINDER, link.token, NOON) for link in made]
    assert [held and held.plan_id for held in found] == [plan.id, plan.id, None]


def test_a_reminder_opens_its_plans_today_for_36_hours_and_signs_nobody_in(plan: Plan) -> None:
    token = links.issue(Purpose.REMINDER, plan, NOON)
    last = NOON + timedelta(hours=35.9)
    for now in (NOON, NOON, last):
        opened = entrance.open_reminder(token, HOME, now)
        assert opened.plan_id == plan.id
        assert opened.grants == {"today", "check_in"}
    assert db.session.scalars(select(SignIn)).all() == []
    with pytest.raises(NotFound):
        entrance.open_reminder(token, HOME, NOON + timedelta(hours=36))


def test_no_link_opens_another_kinds_door(maya: Patient, ana: Clinician, plan: Plan) -> None:
    subjects = {
        Purpose.ENTRY: maya,
        Purpose.INVITATION: ana,
        Purpose.REMINDER: plan,
        Purpose.DEVICE: ana,
    }
    tokens = {purpose: links.issue(purpose, about, NOON) for purpose, about in subjects.items()}
    opened = {
        (made_for, tried)
        for made_for, token in tokens.items()
        for tried in Purpose
        if links.find(tried, token, NOON) is not None
    }
    assert opened == {(purpose, purpose) for purpose in Purpose}


def test_only_hashes_of_links_are_kept(maya: Patient, plan: Plan) -> None:
    tokens = [links.issue(Purpose.ENTRY, maya, NOON), links.issue(Purpose.REMINDER, plan, NOON)]
    kept = db.session.scalars(select(Link.token_hash)).all()
    assert {len(shadow) for shadow in kept} == {32}
    assert not any(token.encode() in shadow for token in tokens for shadow in kept)


def test_a_reminder_fits_into_a_text_and_has_52_bits(plan: Plan) -> None:
    token = links.issue(Purpose.REMINDER, plan, NOON)
    assert len(f"https://go.phy/{token}") == LONGEST["link"]
    assert set(token) <= set(links.BASE58)
    assert len(set(links.BASE58)) == 58
    assert links.REMINDER_LENGTH * math.log2(58) > 52.7


def test_guessing_at_links_gets_slow_for_the_guesser_alone(plan: Plan) -> None:
    token = links.issue(Purpose.REMINDER, plan, NOON)
    for n in range(10):
        with pytest.raises(NotFound):
            entrance.open_reminder(f"guess{n}", HOME, NOON)
    with pytest.raises(TooMany) as refused:
        entrance.open_reminder(token, HOME, NOON)
    assert refused.value.retry_after_seconds == 60
    assert entrance.open_reminder(token, ELSEWHERE, NOON).plan_id == plan.id
    assert entrance.open_reminder(token, HOME, NOON + timedelta(minutes=1)).plan_id == plan.id


def test_good_links_cost_no_tries(plan: Plan) -> None:
    token = links.issue(Purpose.REMINDER, plan, NOON)
    assert {entrance.open_reminder(token, HOME, NOON).plan_id for _ in range(40)} == {plan.id}


def test_links_can_be_made_void(plan: Plan, maya: Patient) -> None:
    reminder, entry = (
        links.issue(Purpose.REMINDER, plan, NOON),
        links.issue(Purpose.ENTRY, maya, NOON),
    )
    assert links.void(Purpose.REMINDER, plan) == 1
    assert links.find(Purpose.REMINDER, reminder, NOON) is None
    assert links.find(Purpose.ENTRY, entry, NOON) is not None


def test_a_link_is_about_one_person_or_plan(maya: Patient, ana: Clinician) -> None:
    links.issue(Purpose.ENTRY, maya, NOON)
    db.session.scalars(select(Link)).one().clinician_id = ana.id
    with pytest.raises(IntegrityError):
        db.session.flush()
