"""What a patient asks of the clinic about their own data: to put it right, or to erase it.

A person of the clinic does either; here it becomes an alert, and one at a time of a kind.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from rehab.errors import Invalid
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.patient import Patient
from rehab.notifications.replies import words_of_danger
from rehab.services.access import limits
from rehab.services.access.limits import Limit
from rehab.services.actors import acted
from rehab.services.alerts import INFORMATION, REVIEW, URGENT, open_alert
from rehab.services.transactions import hold, transaction

WRONG, ERASURE = "details_wrong", "erasure_asked"

LONGEST = 500
ASKED = Limit("own data asked", burst=5, per=timedelta(days=1))
"""What one patient may tell the clinic in this way: it is no way to talk with somebody."""

SAYS_WRONG = "The patient says that something on file is wrong:"
WANTS_ERASURE = (
    "The patient asks that everything about them is erased. Please talk to them, then erase them "
    "or say why not."
)


@transaction()
def say_what_is_wrong(patient: Patient, words: str, now: datetime) -> Alert:
    """Tell the clinic what on file is wrong, in the patient's own words (1 to 500 characters,
    a new line being one).

    Words of danger are for a person at once, wherever they are said. Raises Invalid (words) and
    TooMany.
    """
    said = words.replace("\r\n", "\n").strip()
    if not 1 <= len(said) <= LONGEST:
        raise Invalid({"words": [f"say what, in 1 to {LONGEST} characters"]})
    limits.take(ASKED, str(patient.id), now)
    alert = open_alert(patient, WRONG, INFORMATION, SAYS_WRONG, now)
    hold(alert)
    if said not in alert.about.splitlines():
        alert.about = f"{alert.about}\n{said}"
    danger = words_of_danger(said)
    if danger:
        about = f"A message about their data held words of danger: {danger}. Please call."
        open_alert(patient, "danger_words", URGENT, about, now)
    acted("data.disputed", patient, now)
    return alert


@transaction()
def ask_for_erasure(patient: Patient, now: datetime) -> Alert:
    """Ask the clinic to erase everything about the patient; what waits already is not doubled.

    Somebody under a legal hold is told the same: why they are not erased is the clinic's to say.
    """
    waiting = erasure_asked(patient)
    if waiting is not None:
        return waiting
    acted("erasure.asked", patient, now)
    return open_alert(patient, ERASURE, REVIEW, WANTS_ERASURE, now)


def erasure_asked(patient: Patient) -> Alert | None:
    """The request that waits for the clinic, if there is one."""
    waiting = select(Alert).filter_by(subject=patient.id, kind=ERASURE, closed_at=None)
    return db.session.scalar(waiting)
