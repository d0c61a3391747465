"""What a desk that is being looked at is told: what came since, and how much waits."""

from datetime import timedelta

import pytest

from rehab.errors import Conflict
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import alerts, replies, safety
from rehab.services.alerts import INFORMATION, URGENT, open_alert
from rehab.services.inbox import bulletins
from rehab.services.inbox.bulletins import MOST, OVERLAP
from rehab.services.inbox.listing import Waiting, open_matters
from rehab.services.inbox.matters import Form
from rehab.services.replies import Inbound
from rehab.services.safety import ScreeningReport
from tests.conftest import NOON

MINUTE = timedelta(minutes=1)


def test_it_tells_of_what_came_since_and_of_what_was_kept_late(
    maya: Patient, plan: Plan, library: Library
) -> None:
    open_alert(maya, "old", INFORMATION, "x", NOON - 5 * MINUTE)
    open_alert(maya, "begun_before", INFORMATION, "x", NOON - OVERLAP / 2)
    replies.receive(Inbound("SM1", maya.phone, "+1", "HELP"), library, NOON + MINUTE)
    open_alert(maya, "new", URGENT, "x", NOON + 2 * MINUTE)
    found = bulletins.since(maya.clinic_id, NOON, NOON + 3 * MINUTE)
    told = [matter.kind for matter in bulletins.told(maya.clinic_id, found)]
    assert told == ["begun_before", "help", "new"]
    assert found.waiting == Waiting(alerts=3, urgent=1, replies=1)


def test_a_text_that_was_found_late_is_news_when_it_is_found(
    maya: Patient, plan: Plan, library: Library
) -> None:
    lost = Inbound("SM1", maya.phone, "+1", "HELP", received_at=NOON - 60 * MINUTE)
    replies.receive(lost, library, NOON + MINUTE, swept=True)
    assert len(bulletins.since(maya.clinic_id, NOON, NOON + 2 * MINUTE).keys) == 1


def test_the_tag_changes_with_what_waits_and_with_nothing_else(
    maya: Patient, ana: Clinician
) -> None:
    def tag(minutes: int) -> str:
        return bulletins.since(maya.clinic_id, NOON, NOON + minutes * MINUTE).tag

    empty = tag(1)
    assert tag(2) == empty
    alert = open_alert(maya, "new", INFORMATION, "x", NOON + 3 * MINUTE)
    opened = tag(4)
    assert opened != empty
    alert.level = URGENT
    assert tag(5) not in (opened, empty)
    alerts.close_alert(maya.clinic_id, alert.id, ana.id, "seen", NOON + 6 * MINUTE)
    assert tag(7) == empty


def test_next_door_hears_nothing_of_it(maya: Patient, boris: Clinician) -> None:
    open_alert(maya, "new", URGENT, "x", NOON)
    found = bulletins.since(boris.clinic_id, NOON - MINUTE, NOON)
    assert (list(found.keys), found.waiting.all) == ([], 0)


def test_however_much_came_the_newest_are_told(maya: Patient) -> None:
    for n in range(MOST + 3):
        open_alert(maya, f"test_{n}", INFORMATION, "x", NOON + n * MINUTE)
    found = bulletins.since(maya.clinic_id, NOON, NOON + 60 * MINUTE)
    told = [matter.kind for matter in bulletins.told(maya.clinic_id, found)]
    assert told == [f"test_{n}" for n in range(3, MOST + 3)]


def test_what_comes_under_an_open_alert_is_news_and_no_stale_page_closes_it(
    maya: Patient, plan: Plan, library: Library, ana: Clinician
) -> None:
    replies.receive(Inbound("SM1", maya.phone, "+1", "chest pain"), library, NOON)
    (first,) = open_matters(maya.clinic_id).matters
    before = bulletins.since(maya.clinic_id, NOON + 5 * MINUTE, NOON + 6 * MINUTE)
    later = Inbound("SM2", maya.phone, "+1", "chest pain again, call me")
    replies.receive(later, library, NOON + 30 * MINUTE)
    after = bulletins.since(maya.clinic_id, NOON + 5 * MINUTE, NOON + 31 * MINUTE)
    assert (list(before.keys), list(after.keys)) == ([], [(Form.ALERT, first.id)])
    assert before.tag != after.tag
    now = NOON + 32 * MINUTE
    with pytest.raises(Conflict, match="more than you have seen"):
        alerts.close_alert(maya.clinic_id, first.id, ana.id, "called", now, first.seen)
    (second,) = open_matters(maya.clinic_id).matters
    assert len(second.texts) == 2
    alerts.close_alert(maya.clinic_id, second.id, ana.id, "called", now, second.seen)
    assert open_matters(maya.clinic_id).matters == []


def test_a_second_red_flag_is_told_beside_the_first(
    maya: Patient, plan: Plan, library: Library
) -> None:
    for flag, at in (("RF04", NOON), ("RF01", NOON + 30 * MINUTE)):
        safety.answer(plan, ScreeningReport(maya.today(NOON), (flag,)), library, at)
    (matter,) = open_matters(maya.clinic_id).matters
    newest, oldest = matter.about.splitlines()
    assert "RF01" in newest
    assert "RF04" in oldest
    found = bulletins.since(maya.clinic_id, NOON + 5 * MINUTE, NOON + 31 * MINUTE)
    assert list(found.keys) == [(Form.ALERT, matter.id)]
