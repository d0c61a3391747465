"""What stands over every page about one patient: their plan, how far it has come, what is next."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for

from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, DISCHARGED, FINISHED, PAUSED, Plan
from rehab.programs.schedule import session_days
from rehab.programs.weekly import DAYS_A_WEEK, week_of
from rehab.services.access import people
from rehab.web.desk import here

STATUS = {
    ACTIVE: ("active", "badge-good"),
    PAUSED: ("paused", "badge-warm"),
    DISCHARGED: ("discharged", ""),
    FINISHED: ("finished", ""),
}
"""How a plan stands, as a word and in which of the theme's badges."""


@dataclass(frozen=True, slots=True)
class Head:
    """`week` counts from 1 and is 0 before the plan begins; `next_on` is the next session day."""

    patient: Patient
    plan: Plan | None
    plans: tuple[Plan, ...]
    today: date
    week: int = 0
    weeks: int = 0
    next_on: date | None = None

    @property
    def status(self) -> tuple[str, str]:
        """The plan's status and its badge."""
        return STATUS[self.plan.status] if self.plan else ("no plan yet", "")

    @property
    def tabs(self) -> tuple[tuple[str, str, str], ...]:
        """The pages about this patient: a short name, its words, and where it is."""
        patient, plan = self.patient.id, self.plan.id if self.plan else None
        chosen = plan if len(self.plans) > 1 else None
        return (
            ("course", "Course", url_for("desk.patient.page", id=patient, plan=chosen)),
            ("plan", "Plan", _terms(patient, plan)),
            ("record", "Record", url_for("desk.record.page", id=patient)),
            ("texts", "Texts", url_for("desk.thread.page", id=patient)),
            ("files", "Paper and files", url_for("desk.exchange.page", id=patient)),
            ("audit", "Audit", url_for("desk.audit.page", patient=patient)),
        )


def _terms(patient: UUID, plan: UUID | None) -> str:
    """The page of the plan, or of making one."""
    if plan is None:
        return url_for("desk.assign.page", patient=patient)
    return url_for("desk.plan.page", id=plan)


def patient_head(patient: Patient, plan: Plan | None) -> Head:
    """The head of a patient's page; `plan` is the one that the page is about, if it has one."""
    plans, today = people.plans_of(patient), patient.today(here.now())
    if plan is None:
        return Head(patient, None, plans, today)
    weeks = week_of((plan.ends_on - plan.starts_on).days) + 1
    gone = (min(today, plan.ends_on) - plan.starts_on).days
    return Head(
        patient,
        plan,
        plans,
        today,
        week=gone // DAYS_A_WEEK + 1 if gone >= 0 else 0,
        weeks=weeks,
        next_on=_next_on(plan, today),
    )


def _next_on(plan: Plan, today: date) -> date | None:
    """The first session day from today on that is still to come; a pause has none."""
    if plan.status != ACTIVE:
        return None
    days = session_days(plan.starts_on, plan.weekdays, max(today, plan.starts_on), plan.ends_on)
    return days[0] if days else None
