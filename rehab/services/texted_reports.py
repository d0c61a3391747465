"""What a patient reports by text: DONE, a number that was asked for, one that corrects it."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from sqlalchemy import select

from rehab.errors import RehabError
from rehab.extensions import db
from rehab.models.message import ABOUT_TODAYS_SESSION, Conversation, OutboundMessage
from rehab.models.plan import ACTIVE, Plan
from rehab.models.session import Session
from rehab.notifications.intents import ASKS_PAIN, Expects
from rehab.programs.schedule import occurrence
from rehab.services import conversations
from rehab.services.corrections import correct_session
from rehab.services.mornings import MorningReport, report_waking
from rehab.services.news import SAME, TEXTS, changes_nothing, decided_since, news_of
from rehab.services.sessions import (
    SessionReport,
    complete_session,
    report_session,
    session_on,
)
from rehab.services.speakers import GONE_OUT
from rehab.services.texted import BY, SOURCE, Answer, Texted, plan_of

NOTHING_DUE, NOTED, NOTED_MORNING = "rp.nothing_due", "rp.thanks", "rp.noted_morning"

NIGHT_ENDS, LATE = time(4), time(23, 59)
"""Until then a session that is told of is the evening's, and counted as done late in it."""

TOLD_FOR = timedelta(hours=20)
"""A session and the morning after it: the same news is not told twice, and news that a correction
has overtaken is taken back."""


def done(texted: Texted) -> Answer:
    """Report today's session with what the text adds, and ask for the pain now if it is missing."""
    plan = plan_of(texted)
    if plan is None or plan.status != ACTIVE:
        return Answer(NOTHING_DUE)
    try:
        session, added = _reported(texted, plan)
    except RehabError:
        return Answer(NOTHING_DUE)
    if conversations.is_overtaken(texted.patient.id, texted.at):
        return _noted(texted, plan, NOTED)
    if session.after is None:
        _ask_pain(plan, session, texted, texted.now)
        return Answer("rp.after", plan=plan)
    if added:
        conversations.answer(_ask_pain(plan, session, texted, texted.at), texted.at)
    return _noted(texted, plan, NOTED)


def pain(texted: Texted) -> Answer:
    """Take a pain rating as the answer to the question that is open, or of today's session."""
    match texted.expecting:
        case Expects.MORNING:
            return _morning(texted)
        case Expects.DURING_AND_AFTER:
            return done(texted)
        case Expects.CORRECTION:
            return _pain_corrected(texted)
        case _:
            return _session_pain(texted)


def sleep(texted: Texted) -> Answer:
    """Take a number as the rating of the night that was asked about."""
    return _morning(texted)


def correction(texted: Texted) -> Answer:
    """Put a number in the place of the one that was given last."""
    asked = Expects(texted.conversation.expects) if texted.conversation else Expects.NOTHING
    return CORRECTIONS[asked](texted)


def _ask_pain(plan: Plan, session: Session, texted: Texted, at: datetime) -> Conversation:
    return conversations.open_question(
        texted.patient.id, plan.id, Expects.AFTER, session.on, at, session.id
    )


def _said(texted: Texted) -> dict[str, int]:
    said = {"during": texted.intent.during, "after": texted.intent.pain}
    return {name: rating for name, rating in said.items() if rating is not None}


def _reported(texted: Texted, plan: Plan) -> tuple[Session, bool]:
    """Today's session with what the text adds to it, reported anew if it was not yet; and whether
    it has added a rating."""
    at = _performed_at(texted, plan)
    session = session_on(plan, plan.patient.today(at))
    if session is not None and _is_correctable(session, texted):
        return session, _corrected(texted, plan, session)
    if session is not None:
        return session, _completed(texted, plan, session)
    during, after = texted.intent.during, texted.intent.pain
    report = SessionReport(performed_at=at, during=during, after=after)
    return report_session(plan, report, texted.library, texted.now, SOURCE), bool(_said(texted))


def _performed_at(texted: Texted, plan: Plan) -> datetime:
    """Now; or, after midnight, the evening before, if it was that evening's session that the
    patient was reminded of."""
    evening = texted.today - timedelta(days=1)
    if texted.at.astimezone(texted.patient.tz).time() >= NIGHT_ENDS:
        return texted.at
    reminded = select(OutboundMessage.id).where(
        OutboundMessage.plan_id == plan.id,
        OutboundMessage.kind.in_(ABOUT_TODAYS_SESSION),
        OutboundMessage.about_on == evening,
        OutboundMessage.state.in_(GONE_OUT),
    )
    if db.session.scalar(reminded.limit(1)) is None:
        return texted.at
    return occurrence(evening, LATE, texted.patient.zone)


def _is_correctable(session: Session, texted: Texted) -> bool:
    answered = texted.conversation if texted.expecting is Expects.CORRECTION else None
    return answered is not None and answered.session_id == session.id


def _completed(texted: Texted, plan: Plan, session: Session) -> bool:
    """Fill in ratings that are missing; what was said already is only changed by a correction."""
    missing = {n: r for n, r in _said(texted).items() if getattr(session, n) is None}
    if missing:
        complete_session(plan, session, missing, texted.library, texted.now)
    return bool(missing)


def _corrected(texted: Texted, plan: Plan, session: Session) -> bool:
    """Tell the session differently; both versions are kept."""
    said = _said(texted)
    if said:
        correct_session(session, plan, said, BY, texted.library, texted.now)
    return bool(said)


def _morning(texted: Texted) -> Answer:
    """Store the morning that was asked about, or the rating that takes the place of its first."""
    plan, conversation, intent = plan_of(texted), texted.conversation, texted.intent
    if plan is None or conversation is None:
        return Answer(NOTHING_DUE)
    if intent.during is not None:
        return Answer("ck.bad", plan=plan)
    rating = intent.pain if intent.sleep is None else intent.sleep
    asked = "sleep" if conversation.expects == Expects.SLEEP else "pain"
    said = MorningReport(on=conversation.about_on, **{asked: rating})
    try:
        report_waking(plan, said, texted.library, texted.now, SOURCE)
    except RehabError:
        return Answer(NOTHING_DUE)
    conversations.answer(conversation, texted.at)
    return _noted(texted, plan, NOTED_MORNING)


def _pain_corrected(texted: Texted) -> Answer:
    """A labelled pain soon after another number: of pain it is a correction, of sleep it is not."""
    conversation = texted.conversation
    is_pain = conversation is not None and conversation.expects in ASKS_PAIN
    return correction(texted) if is_pain else _session_pain(texted)


def _session_pain(texted: Texted) -> Answer:
    """The pain after DONE; or, unasked but labelled, of the session that was reported today."""
    plan, session = plan_of(texted), _session_meant(texted)
    if plan is None or session is None:
        return Answer(NOTHING_DUE)
    added = _completed(texted, plan, session)
    if added and not conversations.is_overtaken(texted.patient.id, texted.at):
        conversations.answer(_ask_pain(plan, session, texted, texted.at), texted.at)
    return _noted(texted, plan, NOTED)


def _session_meant(texted: Texted) -> Session | None:
    plan, conversation = plan_of(texted), texted.conversation
    if conversation is not None and conversation.session_id:
        return db.session.get(Session, conversation.session_id)
    return session_on(plan, texted.today) if plan is not None else None


def _session_corrected(texted: Texted) -> Answer:
    plan, conversation, session = plan_of(texted), texted.conversation, _session_meant(texted)
    if plan is None or conversation is None or session is None:
        return Answer(NOTHING_DUE)
    try:
        _corrected(texted, plan, session)
    except RehabError:
        return Answer(NOTHING_DUE)
    conversations.answer(conversation, texted.at)
    return _noted(texted, plan, NOTED)


def _nothing_to_correct(texted: Texted) -> Answer:
    return Answer(NOTHING_DUE)


CORRECTIONS: dict[Expects, Callable[[Texted], Answer]] = {
    **dict.fromkeys(Expects, _nothing_to_correct),
    Expects.MORNING: _morning,
    Expects.SLEEP: _morning,
    Expects.AFTER: _session_corrected,
    Expects.DURING_AND_AFTER: _session_corrected,
}


def _noted(texted: Texted, plan: Plan, thanks: str) -> Answer:
    """The thanks, or what the report has changed in what comes next."""
    decisions = decided_since(plan, texted.now)
    news, told = news_of(decisions), _last_told(texted)
    if news is None and told not in (None, SAME) and changes_nothing(decisions):
        news = SAME, {}
    if news is None or news[0] == told:
        return Answer(thanks, plan=plan)
    return Answer(news[0], news[1], plan=plan)


def _last_told(texted: Texted) -> str | None:
    """The news that the patient had last, if that was not long ago."""
    told = select(OutboundMessage.template).where(
        OutboundMessage.patient_id == texted.patient.id,
        OutboundMessage.template.in_(TEXTS),
        OutboundMessage.created_at > texted.now - TOLD_FOR,
    )
    return db.session.scalar(told.order_by(OutboundMessage.created_at.desc()).limit(1))
