"""Whose app a request opens: a signed-in patient's, or that of a reminder's link for one plan."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import g, request, url_for

from rehab import clock
from rehab.errors import NotFound
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services.access import entrance, people
from rehab.services.actors import actor_of, enter
from rehab.tenancy import across_clinics, enter_clinic
from rehab.web.sign_in import visitor

ME, REMINDER = "me", "reminder"
"""The two doors of the app, as its addresses name them."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a patient: `plan` is the one that the page is about, None without any.

    `plans` are those not ended, and `ever` all that there were, those not ended first. `token` is
    that of a reminder's link, which opens one plan's today and nothing else; what was begun before
    midnight is told after it.
    """

    patient: Patient
    plans: tuple[Plan, ...]
    ever: tuple[Plan, ...]
    plan: Plan | None
    now: datetime
    token: str | None = None

    @property
    def signed_in(self) -> bool:
        return self.token is None

    @property
    def today(self) -> date:
        return self.patient.today(self.now)

    def reaches(self, on: date) -> bool:
        """Whether a date may be told and shown by this door; by a link, yesterday and today."""
        return self.signed_in or self.today - DAY <= on <= self.today

    def at(self, endpoint: str, **values: Any) -> str:
        """The address of a page of the app by this door, about the same plan."""
        if self.token is not None:
            return url_for(f"{REMINDER}.{endpoint}", token=self.token, **values)
        if len(self.plans) > 1 and self.plan is not None:
            values.setdefault("plan", str(self.plan.id))
        return url_for(f"{ME}.{endpoint}", **values)


def visit() -> Visit:
    """The visit that this request belongs to."""
    found: Visit = g.visit
    return found


def the_plan() -> Plan:
    """The plan that the page is about. Raises NotFound for who has none yet."""
    plan = visit().plan
    if plan is None:
        raise NotFound("there is no plan yet")
    return plan


def begin_signed_in() -> None:
    """Open the app for the patient who is signed in; anybody else is sent to the door."""
    with across_clinics("whose app this is"):
        patient = people.patient_of(visitor.patient())
    _enter(patient)
    ever = people.plans_of(patient)
    plans = people.open_of(ever)
    g.visit = Visit(patient, plans, ever, _chosen(plans, ever), clock.now())


def begin_by_reminder(token: str) -> None:
    """Open one plan's today for whoever holds the link. Raises NotFound, also for a form of another
    plan, and TooMany."""
    now = clock.now()
    with across_clinics("whose reminder this is"):
        plan = people.plan_of(entrance.open_reminder(token, visitor.address(), now))
    _enter(plan.patient)
    g.visit = Visit(plan.patient, (plan,), (plan,), _chosen((plan,), (plan,)), now, token)


def _enter(patient: Patient) -> None:
    enter_clinic(patient.clinic_id)
    enter(actor_of(patient))


def _chosen(plans: tuple[Plan, ...], ever: tuple[Plan, ...]) -> Plan | None:
    """The plan that the request names, which may have ended since it was told of; else the first.

    Raises NotFound for any that is not of this visit.
    """
    named = request.values.get("plan")
    if named is None:
        return plans[0] if plans else None
    found = next((plan for plan in ever if str(plan.id) == named), None)
    if found is None:
        raise NotFound("there is no such plan")
    return found
