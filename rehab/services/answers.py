"""What is done about a patient's text, meaning by meaning, and which words answer it."""

from collections.abc import Callable
from datetime import timedelta

from rehab.models.message import ABOUT_TODAYS_SESSION, DeliveryState, Kind, OutboundMessage
from rehab.models.plan import Plan
from rehab.notifications.intents import ASKS_A_NUMBER, Expects, Means
from rehab.programs.schedule import in_texting_hours, occurrence
from rehab.services import consent, conversations, outbox, reminders, texted_reports
from rehab.services.alerts import INFORMATION, REVIEW, URGENT, open_alert
from rehab.services.conversations import TO_THE_CLINIC
from rehab.services.outbox import Intention
from rehab.services.texted import BY, SOURCE, Answer, Texted, plan_of
from rehab.services.today import DUE, today
from rehab.services.transactions import hold


def to(texted: Texted) -> Answer | None:
    """Do what the text says; the answer to it, or None where none is due."""
    if texted.intent.means is not Means.UNREADABLE:
        conversations.forget_misses(texted.patient.id)
    return ACTIONS[texted.intent.means](texted)


def _opt_out(texted: Texted) -> Answer | None:
    """One scope: everything stops, for everybody at this number. Confirmed once, whoever else says
    it at this moment."""
    for patient in texted.sharing:
        hold(patient)
    consenting = [patient for patient in texted.sharing if patient.sms_consent]
    for patient in consenting:
        consent.revoke(patient, SOURCE, BY, texted.at, texted.kept.body)
    if texted.intent.why == "wrong number":
        about = "Somebody answered that this is the wrong number. Please check it."
        open_alert(texted.patient, "wrong_number", REVIEW, about, texted.now)
    if not consenting:
        return None
    return Answer("rp.stopped", kind=Kind.CONFIRMATION, always=True)


def _opt_in(texted: Texted) -> Answer:
    """For everybody at the number; but what one of them has refused in their own name, another
    one cannot take back for them."""
    consent.lift(texted.patient.phone)
    shared = len(texted.sharing) > 1
    for patient in texted.sharing:
        if shared and consent.was_refused_in_own_name(patient):
            continue
        consent.grant(patient, SOURCE, BY, texted.at, texted.kept.body)
        reminders.replan_patient(patient, texted.now)
    return Answer("rp.started", always=True)


def _help(texted: Texted) -> Answer:
    return Answer("rp.help", always=True)


def _safety(texted: Texted) -> Answer:
    """Never advice, and never only a machine: a person is told at once, of whoever may be meant."""
    about = f"A text held words of danger: {texted.intent.why}. Please call the patient."
    for patient in texted.sharing:
        plan = plan_of(texted) if patient is texted.patient else None
        open_alert(patient, "danger_words", URGENT, about, texted.now, plan)
    return Answer("rp.safety", always=True)


def _later(texted: Texted) -> Answer:
    plan = plan_of(texted)
    due = texted.at + timedelta(minutes=texted.intent.minutes or 0)
    zone, hours = texted.patient.zone, texted.patient.texting_hours
    until = occurrence(texted.today, hours.closes, zone)
    fits = texted.now <= due < until and in_texting_hours(due, zone, hours)
    if plan is None or not _is_due(texted, plan) or not fits:
        return Answer("rp.nothing_due")
    _take_back(plan, texted, "moved")
    shown = {"time": f"{due.astimezone(texted.patient.tz):%H:%M}"}
    outbox.enqueue(
        [
            Intention(
                patient=texted.patient,
                plan=plan,
                kind=Kind.LATER,
                template="ex.today",
                about_on=texted.today,
                dedupe_key=f"{plan.id}:{texted.today}:later:{texted.kept.provider_sid}",
                due_at=due,
                expires_at=until,
                values=shown,
            )
        ],
        texted.now,
    )
    return Answer("rp.later", shown, plan=plan)


def _skip(texted: Texted) -> Answer:
    if texted.expecting in ASKS_A_NUMBER:
        conversations.close(texted.patient.id)
        return Answer("rp.thanks")
    plan = plan_of(texted)
    if plan is None or not _is_due(texted, plan):
        return Answer("rp.nothing_due")
    _take_back(plan, texted, "skipped")
    return Answer("rp.skip", plan=plan)


def _reason(texted: Texted) -> Answer:
    """Why sessions were missed: the clinic sees it, and soreness is for a person to look at."""
    reason = texted.intent.why
    conversations.close(texted.patient.id)
    level = REVIEW if reason == "sore" else INFORMATION
    about = f"Sessions were missed: {MISSED_BECAUSE[reason]}."
    open_alert(texted.patient, f"missed_{reason}", level, about, texted.now, plan_of(texted))
    return Answer(f"rp.{reason}")


MISSED_BECAUSE = {"sore": "too sore", "busy": "too busy", "forgot": "forgot"}


def _maybe_opt_out(texted: Texted) -> Answer:
    return Answer("rp.confirm_stop")


def _acknowledgement(texted: Texted) -> None:
    return None


def _unreadable(texted: Texted) -> Answer | None:
    """Asked again once, with the exact form; then a person reads it; then nothing more is said."""
    patient, plan = texted.patient, plan_of(texted)
    misses = TO_THE_CLINIC
    if plan is not None:
        misses = conversations.count_miss(patient.id, plan.id, texted.today, texted.now)
    if misses < TO_THE_CLINIC:
        return Answer(ASKED_AGAIN[texted.expecting], plan=plan)
    about = "Two texts could not be read. Please look at the thread."
    open_alert(patient, "unread_text", REVIEW, about, texted.now, plan)
    return Answer("rp.clinic", plan=plan) if misses == TO_THE_CLINIC else None


ASKED_AGAIN = {
    **dict.fromkeys(Expects, "rp.again"),
    Expects.MORNING: "ck.bad",
    Expects.AFTER: "ck.bad",
    Expects.SLEEP: "ck.bad",
    Expects.DURING_AND_AFTER: "ck.after",
    Expects.REASON: "ex.missed3",
}


ACTIONS: dict[Means, Callable[[Texted], Answer | None]] = {
    Means.OPT_OUT: _opt_out,
    Means.HELP: _help,
    Means.OPT_IN: _opt_in,
    Means.SAFETY: _safety,
    Means.DONE: texted_reports.done,
    Means.PAIN: texted_reports.pain,
    Means.SLEEP: texted_reports.sleep,
    Means.CORRECTION: texted_reports.correction,
    Means.LATER: _later,
    Means.SKIP: _skip,
    Means.REASON: _reason,
    Means.MAYBE_OPT_OUT: _maybe_opt_out,
    Means.ACKNOWLEDGEMENT: _acknowledgement,
    Means.UNREADABLE: _unreadable,
}


def _is_due(texted: Texted, plan: Plan) -> bool:
    return today(plan, texted.today, texted.library).status == DUE


def _take_back(plan: Plan, texted: Texted, reason: str) -> None:
    outbox.withdraw(
        (OutboundMessage.plan_id == plan.id)
        & (OutboundMessage.about_on == texted.today)
        & OutboundMessage.kind.in_(ABOUT_TODAYS_SESSION),
        DeliveryState.CANCELLED,
        reason,
        texted.now,
    )
