"""What the patient reports: sessions and mornings."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from rehab import clock
from rehab.api.bearer import (
    name_of_asker,
    patients_too,
    plan_in_reach,
    session_in_reach,
)
from rehab.api.decisions import DecisionOut
from rehab.api.http import Blueprint
from rehab.api.pages import PageIn, page, page_of
from rehab.api.schemas import In, Tick, choice, instant, local_date, rating, text
from rehab.api.seen import plan_seen, session_seen
from rehab.models.session import Morning, Session
from rehab.programs.body import Area
from rehab.services import corrections, mornings, sessions
from rehab.services.mornings import MorningReport
from rehab.services.safety import SafetyPage, safety_page
from rehab.services.sessions import SessionReport
from rehab.wiring import library

blueprint = Blueprint("sessions", "Sessions and mornings, as the patient reports them")


class ExerciseTickIn(In):
    exercise_id = text(1, 64, required=True)
    done = Tick(load_default=True)
    too_sore = Tick(load_default=False)
    stopped_because = text(1, 20, load_default=None, allow_none=True)


class SessionChangeIn(In):
    """What a correction may change; a name that is left out stays as it was told."""

    performed_at = instant()
    before = rating(allow_none=True)
    during = rating(allow_none=True)
    after = rating(allow_none=True)
    effort = rating(allow_none=True)
    completion = rating(100)
    not_completed_because = choice("time", "forgot", "sore", allow_none=True)
    exercises = fields.List(fields.Nested(ExerciseTickIn), validate=validate.Length(max=20))
    new_areas = fields.List(choice(*Area), validate=validate.Length(max=20))
    red_flags = fields.List(text(1, 16), validate=validate.Length(max=40))
    doms = Tick()
    note = text(0, 2000)


class SessionIn(SessionChangeIn):
    """A session. Its time and three ratings are required; the rest, left out, was not said."""

    id = fields.UUID()
    performed_at = instant(required=True)
    before = rating(required=True)
    during = rating(required=True)
    after = rating(required=True)
    completion = rating(100, allow_none=True)

    @post_load
    def as_report(self, said: dict[str, Any], **_: Any) -> SessionReport:
        lists = ("exercises", "new_areas", "red_flags")
        values: dict[str, Any] = {k: tuple(v) if k in lists else v for k, v in said.items()}
        return SessionReport(**values)


class SafetyOut(Schema):
    """What the gravest red flag of a session asks for, and which were ticked."""

    tier = fields.String()
    name = fields.String()
    meaning = fields.String()
    red_flags = fields.List(fields.String())


def _page(session: Session) -> SafetyPage | None:
    return safety_page(session.red_flags, library())


class SessionOut(Schema):
    """A session as it was stored, and what was decided so far: for each category it contained,
    and as `decision` the most cautious of them."""

    id = fields.UUID()
    plan_id = fields.UUID()
    on = fields.Date()
    performed_at = fields.AwareDateTime()
    before = fields.Integer(allow_none=True)
    during = fields.Integer(allow_none=True)
    after = fields.Integer(allow_none=True)
    effort = fields.Integer(allow_none=True)
    completion = fields.Integer()
    not_completed_because = fields.String(allow_none=True)
    exercises = fields.List(fields.Dict())
    categories = fields.List(fields.String())
    new_areas = fields.List(fields.String())
    red_flags = fields.List(fields.String())
    doms = fields.Boolean()
    note = fields.String()
    safety = fields.Function(
        lambda session: SafetyOut().dump(page) if (page := _page(session)) else None,
        metadata={"type": ["object", "null"]},
    )
    source = fields.String()
    decision = fields.Nested(DecisionOut)
    decisions = fields.List(fields.Nested(DecisionOut))


class VersionOut(Schema):
    """What a correction changed, as it was told before."""

    said = fields.Dict()
    corrected_at = fields.AwareDateTime()
    corrected_by = fields.String()


class MorningIn(In):
    """A morning: at least one of pain, sleep (0-10) and stiffness (minutes)."""

    on = local_date(required=True)
    pain = rating(load_default=None, allow_none=True)
    sleep = rating(load_default=None, allow_none=True)
    stiffness_minutes = rating(1440, load_default=None, allow_none=True)

    @post_load
    def as_report(self, said: dict[str, Any], **_: Any) -> MorningReport:
        return MorningReport(**said)


class MorningOut(Schema):
    plan_id = fields.UUID()
    on = fields.Date()
    pain = fields.Integer(allow_none=True)
    sleep = fields.Integer(allow_none=True)
    stiffness_minutes = fields.Integer(allow_none=True)


@blueprint.post("/plans/<uuid:id>/sessions")
@blueprint.arguments(SessionIn)
@blueprint.response(201, SessionOut)
@patients_too
def report_session(said: SessionReport, id: UUID) -> Session:
    """Report a session; the same id again changes nothing."""
    plan = plan_in_reach(id, to_change=True)
    return sessions.report_session(plan, said, library(), clock.now())


@blueprint.get("/plans/<uuid:id>/sessions")
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, page_of(SessionOut))
def sessions_of(wanted: dict[str, Any], id: UUID) -> dict[str, Any]:
    """A plan's sessions, newest first."""
    plan = plan_seen(id)
    query = select(Session).filter_by(plan_id=plan.id).options(selectinload(Session.decisions))
    return page((query, Session.performed_at, Session.id), **wanted)


@blueprint.get("/sessions/<uuid:id>")
@blueprint.response(200, SessionOut)
def session(id: UUID) -> Session:
    """One session."""
    return session_seen(id)


@blueprint.get("/plans/<uuid:id>/mornings")
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, page_of(MorningOut))
def mornings_of(wanted: dict[str, Any], id: UUID) -> dict[str, Any]:
    """A plan's mornings, the last reported first."""
    plan = plan_seen(id)
    query = select(Morning).filter_by(plan_id=plan.id)
    return page((query, Morning.reported_at, Morning.id), **wanted)


@blueprint.patch("/sessions/<uuid:id>")
@blueprint.arguments(SessionChangeIn)
@blueprint.response(200, SessionOut)
@patients_too
def correct_session(said: dict[str, Any], id: UUID) -> Session:
    """Correct a session; the plan is decided again from there."""
    session, plan = session_in_reach(id)
    by, now = name_of_asker(), clock.now()
    return corrections.correct_session(session, plan, said, by, library(), now)


@blueprint.get("/sessions/<uuid:id>/versions")
@blueprint.response(200, page_of(VersionOut))
def versions(id: UUID) -> dict[str, Any]:
    """What was told before each correction, the oldest first."""
    session = session_seen(id)
    return {"items": corrections.versions_of(session), "next": None}


@blueprint.post("/plans/<uuid:id>/mornings")
@blueprint.arguments(MorningIn)
@blueprint.response(201, MorningOut)
@patients_too
def report_morning(said: MorningReport, id: UUID) -> Morning:
    """Report a morning; it settles the decision of the session before."""
    plan = plan_in_reach(id, to_change=True)
    return mornings.report_morning(plan, said, library(), clock.now())
