"""What a clinician does to a plan, as its patient hears of it by text."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.decision import PROPOSED, Decision
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import clinician_acts, consent, plan_changes, plans, safety
from rehab.services.plans import Assignment
from rehab.services.safety import ScreeningReport
from rehab.services.transactions import transaction
from tests.services.test_progression import FLARE, START, report, settled_week

FIVE = timedelta(minutes=5)


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def news(state: DeliveryState = DeliveryState.PENDING) -> list[str]:
    query = select(OutboundMessage.template).filter_by(kind=Kind.NEWS, state=state)
    return list(db.session.scalars(query.order_by(OutboundMessage.created_at)))


def proposals(plan: Plan) -> list[Decision]:
    query = select(Decision).filter_by(plan_id=plan.id, state=PROPOSED, replaced_at=None)
    return list(db.session.scalars(query.order_by(Decision.category)))


def all_sent() -> None:
    with transaction():
        for row in db.session.scalars(select(OutboundMessage).filter_by(kind=Kind.NEWS)):
            row.state, row.attempt = DeliveryState.ACCEPTED, 1


def test_an_approved_step_up_is_told_once_for_all_of_its_categories(
    eased: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(eased, library)
    assert news() == []
    ids = [decision.id for decision in proposals(eased)]
    assert len(ids) == 2
    clinician_acts.approve_all(ids, ana, library, after(5))
    assert news() == ["pl.up"]
    row = db.session.scalars(
        select(OutboundMessage).filter_by(kind=Kind.NEWS, state=DeliveryState.PENDING)
    ).one()
    assert row.values == {"n": 3}
    assert (row.due_at, row.expires_at) == (after(5) + FIVE, after(6))
    assert row.plan_id == eased.id


def test_what_the_policy_does_by_itself_is_not_texted(plan: Plan, library: Library) -> None:
    settled_week(plan, library)
    report(plan, library, 7, FLARE)
    assert news() == []


def test_an_undo_in_time_withdraws_the_news(eased: Plan, library: Library, ana: Clinician) -> None:
    settled_week(eased, library)
    clinician_acts.approve(proposals(eased)[0], ana, library, after(5))
    act = _last_act(eased)
    clinician_acts.undo(act, ana, "wrong click", library, after(5) + FIVE / 2)
    assert news() == []
    assert news(DeliveryState.CANCELLED) == ["pl.up"]


def test_an_undo_that_comes_too_late_is_told_too(
    eased: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(eased, library)
    clinician_acts.approve(proposals(eased)[0], ana, library, after(5))
    all_sent()
    clinician_acts.undo(_last_act(eased), ana, "wrong click", library, after(5.5))
    assert news() == ["pl.changed"]


def _last_act(plan: Plan) -> Decision:
    query = select(Decision).filter_by(plan_id=plan.id, session_id=None, replaced_at=None)
    return db.session.scalars(query).one()


def test_an_override_is_told_as_a_change_and_takes_the_place_of_what_waits(
    eased: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(eased, library)
    first, second = proposals(eased)
    clinician_acts.approve(first, ana, library, after(5))
    clinician_acts.override(second, 2, 0.5, "calmer", ana, library, after(5) + FIVE / 5)
    assert news() == ["pl.changed"]
    assert news(DeliveryState.CANCELLED) == ["pl.up"]


def test_an_override_that_changes_nothing_is_no_news(
    eased: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(eased, library)
    proposal = proposals(eased)[0]
    stands = eased.loads[proposal.category]
    clinician_acts.override(
        proposal, stands["step"], stands["dose"], "not yet", ana, library, after(5)
    )
    assert news() == []


Do = Callable[[Plan, Clinician, Library], object]


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda p, a, lib: plan_changes.pause(p, a, "holiday", lib, after(5)), ["pl.pause"]),
        (
            lambda p, a, lib: plan_changes.amend(
                p, {"bounds": {"strengthening": {"ceiling": 1}}}, a, "", lib, after(5)
            ),
            ["pl.changed"],
        ),
        (
            lambda p, a, lib: plan_changes.amend(
                p, {"bounds": {"strengthening": {"locked": True}}}, a, "", lib, after(5)
            ),
            [],
        ),
        (lambda p, a, lib: plan_changes.amend(p, {"usual_pain": 5.0}, a, "", lib, after(5)), []),
        (lambda p, a, lib: plan_changes.advance_phase(p, a, "", lib, after(5)), ["pl.changed"]),
        (lambda p, a, lib: plan_changes.discharge(p, a, "", after(5)), []),
    ],
)
def test_an_act_that_changes_what_comes_next_is_told(
    plan: Plan, library: Library, ana: Clinician, act: Do, told: list[str]
) -> None:
    settled_week(plan, library)
    act(plan, ana, library)
    assert news() == told


def test_a_plan_that_goes_on_says_so_in_place_of_its_pause(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    plan_changes.pause(plan, ana, "", library, START)
    plan_changes.resume(plan, ana, "a slip", library, START + FIVE / 5)
    assert news() == ["ex.restart"]


def test_of_a_paused_plan_only_the_pause_is_told(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(plan, library)
    plan_changes.pause(plan, ana, "", library, after(5))
    lower = {"bounds": {"strengthening": {"ceiling": 1}}}
    plan_changes.amend(plan, lower, ana, "", library, after(5) + FIVE / 5)
    assert news() == ["pl.pause"]


def test_news_that_a_flare_has_outrun_is_withdrawn(
    eased: Plan, library: Library, ana: Clinician
) -> None:
    """Approved late in the evening; the flare is reported before the news leaves in the morning."""
    settled_week(eased, library)
    clinician_acts.approve(proposals(eased)[0], ana, library, after(6.4))
    assert news() == ["pl.up"]
    report(eased, library, 7, FLARE)
    assert news() == []


def test_a_settled_session_leaves_the_news_as_it_is(
    eased: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(eased, library)
    clinician_acts.approve(proposals(eased)[0], ana, library, after(6.4))
    report(eased, library, 7, (4, 5, 4))
    assert news() == ["pl.up"]


def test_a_red_flag_withdraws_good_news_and_is_told_itself(
    eased: Plan, library: Library, ana: Clinician
) -> None:
    settled_week(eased, library)
    clinician_acts.approve(proposals(eased)[0], ana, library, after(5))
    said = ScreeningReport(after(5.1).date(), ("RF12",))
    safety.answer(eased, said, library, after(5.1))
    assert news() == []
    safe = select(OutboundMessage.template).filter_by(kind=Kind.SAFETY)
    assert list(db.session.scalars(safe)) == ["pl.pause"]


def test_a_red_flag_is_told_although_a_clinician_paused_the_same_day(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    plan_changes.pause(plan, ana, "", library, START)
    all_sent()
    plan_changes.resume(plan, ana, "", library, after(0.1))
    safety.answer(plan, ScreeningReport(START.date(), ("RF12",)), library, after(0.2))
    safe = select(OutboundMessage.template).filter_by(kind=Kind.SAFETY)
    assert list(db.session.scalars(safe)) == ["pl.pause"]


def test_a_discharge_withdraws_what_waits(plan: Plan, library: Library, ana: Clinician) -> None:
    plan_changes.pause(plan, ana, "", library, START)
    plan_changes.discharge(plan, ana, "moved away", START + FIVE / 5)
    assert news() == []


def test_without_consent_there_is_no_news(
    plan: Plan, maya: Patient, library: Library, ana: Clinician
) -> None:
    consent.revoke(maya, "clinic", "ana", START)
    plan_changes.pause(plan, ana, "", library, START)
    assert news() == []


def test_news_of_one_plan_leaves_that_of_another_alone(
    plan: Plan, maya: Patient, library: Library, ana: Clinician
) -> None:
    other = plans.assign(maya, Assignment("sh-6w", usual_pain=2), library, START)
    plan_changes.pause(plan, ana, "", library, START)
    plan_changes.pause(other, ana, "", library, START)
    assert news() == ["pl.pause", "pl.pause"]
