"""Red flags: asked on schedule, acted on at once, and told to the patient once a day at most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.plan import ACTIVE, DISCHARGED, FINISHED, Plan
from rehab.models.screening import Screening
from rehab.models.session import Session
from rehab.programs.acts import Act
from rehab.programs.explanations import red_flag_sentence
from rehab.programs.library import Library
from rehab.programs.safety import RedFlag, Tier, worst_tier
from rehab.programs.screening import Log, Occasion, occasion_on, pauses, questions
from rehab.services import reminders
from rehab.services.actors import acted
from rehab.services.deeds import Deed, moment_before, put_in, write_down
from rehab.services.transactions import hold, persistent, transaction

ALERT_LEVELS = {Tier.EMERGENCY: 3, Tier.URGENT: 3, Tier.SEE: 2}


@dataclass(frozen=True)
class Questions:
    """What to ask on a local date; `occasion` is None when only each log's questions are due."""

    on: date
    occasion: Occasion | None
    red_flags: tuple[RedFlag, ...]


@dataclass(frozen=True)
class ScreeningReport:
    """The list as it was answered: the ids that were ticked, none being an answer too."""

    on: date
    red_flags: tuple[str, ...] = ()
    daily_things_stopped: bool | None = None


@dataclass(frozen=True)
class SafetyPage:
    """A tier in words, and the questions that were ticked."""

    tier: Tier
    name: str
    meaning: str
    red_flags: tuple[str, ...]


def questions_on(plan: Plan, on: date, library: Library) -> Questions:
    """The red-flag questions of a local date."""
    occasion = occasion_on(on, _log(plan))
    return Questions(on, occasion, questions(library.red_flags, occasion))


@persistent
@transaction()
def answer(
    plan: Plan, said: ScreeningReport, library: Library, now: datetime, source: str = "api"
) -> Screening:
    """Keep the answers; a red flag among them acts at once, as in a session (R0).

    Raises Invalid by field (on, red_flags) and Conflict for a plan that has ended.
    """
    hold(plan)
    _check(plan, said, library, now)
    occasion = occasion_on(said.on, _log(plan)) or Occasion.WEEKLY
    screening = Screening(
        id=uuid4(),
        plan_id=plan.id,
        on=said.on,
        occasion=occasion,
        red_flags=sorted(set(said.red_flags)),
        daily_things_stopped=said.daily_things_stopped,
        source=source,
        answered_at=now,
    )
    db.session.add(screening)
    acted("screening.answered", screening, now)
    if screening.red_flags:
        stop(plan, screening.red_flags, library, now)
    return screening


def stop(plan: Plan, flags: list[str], library: Library, now: datetime) -> None:
    """A red flag that was told apart from any session stops the plan, which is held, and whatever
    else the patient is in; of tier S, it only holds steps where the policy says so."""
    _flag(plan, flags, library, now)
    _heed_elsewhere(plan, flags, library, now)
    reminders.replan(plan, now)


def heed(plan: Plan, flags: Sequence[str], library: Library, now: datetime) -> None:
    """A red flag acts when it is heard, in all of the patient's plans: one that was told late, of a
    day before a clinician last resumed the plan, is not cleared by that."""
    if flags:
        _heed(plan, flags, library, now)
        _heed_elsewhere(plan, flags, library, now)


def _heed_elsewhere(plan: Plan, flags: Sequence[str], library: Library, now: datetime) -> None:
    """A chest does not hurt for one plan alone."""
    theirs = select(Plan).filter_by(patient_id=plan.patient_id, status=ACTIVE)
    for other in db.session.scalars(theirs.where(Plan.id != plan.id).order_by(Plan.id)).all():
        hold(other)
        _heed(other, flags, library, now)
        reminders.replan(other, now)


def _heed(plan: Plan, flags: Sequence[str], library: Library, now: datetime) -> None:
    pausing = pauses(flags, library.red_flags, bool(plan.policy["tier_s_pauses"]))
    sign = "paused" if pausing else "review_open"
    if not all(load[sign] for load in plan.loads.values()):
        _flag(plan, list(flags), library, now)


def keep_stopped(plan: Plan, session: Session, now: datetime) -> datetime:
    """What a session's red flags stopped stays stopped when it is told differently.

    Only a clinician lets it go on: the stop takes its own place in the log, just before the
    session, and the plan is to be walked again from there. What held steps alone (tier S) and what
    paused are two stops, for either may stand where the other is gone.
    """
    flags = list(session.red_flags)
    stopped = [d.after for d in session.decisions]
    signs = [s for s in ("review_open", "paused") if any(after[s] for after in stopped)]
    at = session.performed_at
    for sign in signs:
        pausing = sign == "paused"
        deed = Deed(
            why=f"Red flag {', '.join(flags)} was taken back; a clinician decides (R0).",
            why_patient=red_flag_sentence(
                [], "pause" if pausing else "hold", language=plan.patient.language
            ),
            rules=("R0",),
        )
        act = {"act": Act.FLAG, "pausing": pausing, "red_flags": flags}
        at = moment_before(plan, session.performed_at)
        put_in(plan, dict.fromkeys(plan.loads, act), deed, at, session.on, now)
    return at


def unknown_flags(flags: Sequence[str], library: Library) -> dict[str, list[str]]:
    """What is wrong with each id that is no red flag, by its field."""
    return {
        f"red_flags.{n}": [f"there is no red flag {flag}"]
        for n, flag in enumerate(flags)
        if flag not in library.red_flags
    }


def safety_page(red_flags: Sequence[str], library: Library) -> SafetyPage | None:
    """What to tell whoever ticked these red flags, by the gravest tier; None for none."""
    tier = worst_tier(red_flags, library.red_flags)
    if tier is None:
        return None
    asked = tuple(library.red_flags[id_].question for id_ in red_flags)
    return SafetyPage(tier, library.tiers[tier].name, library.tiers[tier].meaning, asked)


def _log(plan: Plan) -> Log:
    return Log(
        starts_on=plan.starts_on,
        screened_on=_latest(Screening, plan),
        last_session_on=_latest(Session, plan),
    )


def _latest(model: type[Screening] | type[Session], plan: Plan) -> date | None:
    return db.session.scalar(select(func.max(model.on)).where(model.plan_id == plan.id))


def _check(plan: Plan, said: ScreeningReport, library: Library, now: datetime) -> None:
    if plan.status in (DISCHARGED, FINISHED):
        raise Conflict("the plan has ended")
    errors: dict[str, list[str]] = {}
    if said.on > plan.patient.today(now):
        errors["on"] = ["lies in the future"]
    elif said.on < plan.starts_on - timedelta(days=1):
        errors["on"] = ["lies before the plan's start"]
    errors |= unknown_flags(said.red_flags, library)
    if errors:
        raise Invalid(errors)


def _flag(plan: Plan, flags: list[str], library: Library, now: datetime) -> None:
    """A decision for every category that no person made: the red flag's own."""
    tier = worst_tier(flags, library.red_flags)
    if tier is None:
        return
    pausing = pauses(flags, library.red_flags, bool(plan.policy["tier_s_pauses"]))
    move = "pause" if pausing else "hold"
    deed = Deed(
        why=f"{'Paused' if pausing else 'No step up'}: red flag {', '.join(flags)} (R0).",
        why_patient=red_flag_sentence([tier], move, language=plan.patient.language),
        rules=("R0",),
        alert=ALERT_LEVELS[tier],
    )
    act = {"act": Act.FLAG, "pausing": pausing, "red_flags": flags}
    write_down(plan, dict.fromkeys(plan.loads, act), deed, library, now)
