"""What a patient reports by text: DONE, and the numbers that were asked for."""

from collections.abc import Callable

from rehab.errors import RehabError
from rehab.extensions import db
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import Session
from rehab.notifications.replies import Expects
from rehab.services import conversations
from rehab.services.sessions import (
    MorningReport,
    SessionReport,
    complete_session,
    report_morning,
    report_session,
    session_on,
)
from rehab.services.texted import SOURCE, Answer, Texted, plan_of


def done(texted: Texted) -> Answer:
    """Report today's session with what the text adds, and ask for the pain now if it is missing."""
    plan = plan_of(texted)
    if plan is None or plan.status != ACTIVE:
        return Answer("rp.nothing_due")
    try:
        session = _reported(texted, plan)
    except RehabError:
        return Answer("rp.nothing_due")
    if session.after is not None:
        conversations.close(texted.patient.id)
        return Answer("rp.thanks", plan=plan)
    conversations.open_question(
        texted.patient.id, plan.id, Expects.AFTER, session.on, texted.now, session.id
    )
    return Answer("rp.after", plan=plan)


def _reported(texted: Texted, plan: Plan) -> Session:
    """Today's session with what the text adds to it; reported anew if it was not yet."""
    session = session_on(plan, texted.today)
    if session is not None:
        return _completed(texted, plan, session)
    said = SessionReport(
        performed_at=texted.now, during=texted.intent.during, after=texted.intent.pain
    )
    return report_session(plan, said, texted.library, texted.now, SOURCE)


def _completed(texted: Texted, plan: Plan, session: Session) -> Session:
    """Fill in ratings that are missing; what was said already is only changed by a correction."""
    said = {"during": texted.intent.during, "after": texted.intent.pain}
    missing = {
        name: rating
        for name, rating in said.items()
        if rating is not None and getattr(session, name) is None
    }
    if not missing:
        return session
    return complete_session(plan, session, missing, texted.library, texted.now)


def pain(texted: Texted) -> Answer | None:
    """Take a number as the answer to the question that is open."""
    asked = Expects(texted.conversation.expects) if texted.conversation else Expects.NOTHING
    return PAIN_ANSWERS[asked](texted)


def _morning_pain(texted: Texted) -> Answer:
    plan, conversation = plan_of(texted), texted.conversation
    if plan is None or conversation is None:
        return Answer("rp.nothing_due")
    said = MorningReport(on=conversation.about_on, pain=texted.intent.pain)
    try:
        report_morning(plan, said, texted.library, texted.now, SOURCE)
    except RehabError:
        return Answer("rp.nothing_due")
    conversations.close(texted.patient.id)
    return Answer("rp.noted_morning", plan=plan)


def _session_pain(texted: Texted) -> Answer:
    """The pain after DONE; or, unasked but labelled, of the session that was reported today."""
    plan, conversation = plan_of(texted), texted.conversation
    session = None
    if plan is not None and conversation is not None and conversation.session_id:
        session = db.session.get(Session, conversation.session_id)
    elif plan is not None:
        session = session_on(plan, texted.today)
    if plan is None or session is None:
        return Answer("rp.nothing_due")
    _completed(texted, plan, session)
    conversations.close(texted.patient.id)
    return Answer("rp.thanks", plan=plan)


PAIN_ANSWERS: dict[Expects, Callable[[Texted], Answer]] = {
    Expects.MORNING: _morning_pain,
    Expects.AFTER: _session_pain,
    Expects.DURING_AND_AFTER: done,
    Expects.NOTHING: _session_pain,
    Expects.REASON: _session_pain,
    Expects.START: _session_pain,
}
