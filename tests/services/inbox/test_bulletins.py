"""What a desk that is being looked at is told: what came since, and how much waits."""

from datetime import timedelta

from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import alerts, replies
from rehab.services.alerts import INFORMATION, URGENT, open_alert
from rehab.services.inbox import bulletins
from rehab.services.inbox.bulletins import MOST, OVERLAP
from rehab.services.inbox.listing import Waiting
from rehab.services.replies import Inbound
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
