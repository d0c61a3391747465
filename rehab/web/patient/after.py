"""What comes of a session: thanks and what was decided so far, or whom to call."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from rehab.errors import NotFound
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.models.session import Session
from rehab.programs.schedule import session_days
from rehab.services import emergencies
from rehab.services.corrections import find_session
from rehab.services.mornings import morning_on
from rehab.services.safety import safety_page
from rehab.web.patient.page import page
from rehab.web.patient.visit import Visit, visit
from rehab.wiring import library

blueprint = Blueprint("after", __name__)

DAY = timedelta(days=1)
SELF_HARM = "RF19"
"""The red flag that names a crisis line (clinical.md 3)."""


@blueprint.get("/sessions/<uuid:id>", endpoint="page")
def told(id: UUID) -> Response:
    """One session as it was told, and what comes next."""
    here = visit()
    session, plan = own_session(here, id)
    decision = session.decision
    return page(
        "after",
        "after",
        session=session,
        plan=plan,
        safety=safety_page(session.red_flags, library()),
        decision=decision if decision and decision.move != "hold" else None,
        waits=_waits_for_the_morning(session, plan, here.today),
        next_on=_next_on(plan, max(session.on, here.today)),
        **whom_to_call(here, session.red_flags),
    )


def own_session(here: Visit, id: UUID) -> tuple[Session, Plan]:
    """A session of the visitor's own; by a reminder's link, today's alone. Raises NotFound."""
    session, plan = find_session(here.patient.clinic_id, id)
    theirs = plan.patient_id == here.patient.id
    if not theirs or not (here.signed_in or (plan in here.plans and session.on == here.today)):
        raise NotFound("there is no such session")
    return session, plan


def whom_to_call(here: Visit, red_flags: list[str]) -> dict[str, Any]:
    """The numbers that a page of safety names."""
    phone = here.patient.phone
    return {
        "emergency": emergencies.emergency_number(phone),
        "crisis": emergencies.crisis_line(phone),
        "self_harm": SELF_HARM in red_flags,
    }


def _waits_for_the_morning(session: Session, plan: Plan, today: date) -> bool:
    """Whether the next morning can still settle what is decided."""
    if plan.status != ACTIVE or today > session.on + DAY:
        return False
    woke = morning_on(plan, session.on + DAY)
    return woke is None or woke.pain is None


def _next_on(plan: Plan, on: date) -> date | None:
    if plan.status == PAUSED:
        return None
    days = session_days(plan.starts_on, plan.weekdays, on + DAY, plan.ends_on)
    return days[0] if days else None
