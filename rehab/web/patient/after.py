"""What comes of a session: thanks and what was decided so far, or whom to call."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from rehab.errors import NotFound
from rehab.models.decision import PROPOSED, Decision
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import CAUTION, Session
from rehab.programs.schedule import session_days
from rehab.services import emergencies
from rehab.services.corrections import find_session
from rehab.services.mornings import morning_on
from rehab.services.safety import safety_page
from rehab.services.standing import latest
from rehab.web.patient.page import page
from rehab.web.patient.visit import DAY, Visit, visit
from rehab.wiring import library

blueprint = Blueprint("after", __name__)

SELF_HARM = "RF19"
"""The red flag that names a crisis line (clinical.md 3)."""


@blueprint.get("/sessions/<uuid:id>", endpoint="page")
def told(id: UUID) -> Response:
    """One session as it was told, and what comes next."""
    here = visit()
    session, plan = own_session(here, id)
    return page(
        "after",
        "after",
        session=session,
        plan=plan,
        safety=safety_page(session.red_flags, library()),
        decision=change_of(session),
        proposed=_is_proposed(session, plan),
        waits=_waits_for_the_morning(session, plan, here.today),
        next_on=_next_on(plan, max(session.on, here.today)),
        **whom_to_call(here, session.red_flags),
    )


def own_session(here: Visit, id: UUID) -> tuple[Session, Plan]:
    """A session of the visitor's own, on a date that this door reaches. Raises NotFound."""
    session, plan = find_session(here.patient.clinic_id, id)
    if plan not in here.ever or not here.reaches(session.on):
        raise NotFound("there is no such session")
    return session, plan


def change_of(session: Session) -> Decision | None:
    """What a session has changed, the most cautious of it; a step that waits for a clinician's yes
    has changed nothing, and is never shown as done (decision 0004)."""
    changes = (d for d in session.decisions if d.move != "hold" and d.accepted is None)
    return min(changes, key=lambda d: CAUTION.index(d.move), default=None)


def _is_proposed(session: Session, plan: Plan) -> bool:
    """Whether a change that comes of this session still waits for a clinician's yes."""
    return plan.status == ACTIVE and any(
        d.session_id == session.id and d.state == PROPOSED for d in latest(plan)
    )


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
    if plan.status != ACTIVE:
        return None
    days = session_days(plan.starts_on, plan.weekdays, on + DAY, plan.ends_on)
    return days[0] if days else None
