"""Once an hour over every running plan: what no report brings up by itself, told to the clinic.

A review that is due, a plan that has ended, silence, mornings that stay unanswered, a usual pain
that no longer fits, the three reasons to see a doctor, and sleep that stays poor. An alert that a
person has closed is not opened again until there is something new.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.message import Kind
from rehab.models.plan import ACTIVE, FINISHED, PAUSED, Plan
from rehab.models.screening import Screening
from rehab.models.session import Morning, Session
from rehab.programs.anchoring import WINDOW_DAYS, proposed_usual_pain
from rehab.programs.library import Library
from rehab.programs.policy import Policy
from rehab.programs.program import Track
from rehab.programs.schedule import TEXTS_UNTIL, occurrence
from rehab.programs.see_doctor import Evidence, triggers
from rehab.programs.sleep_series import poor_since
from rehab.programs.weekly import week_of, weekly_medians
from rehab.services import outbox, reminders
from rehab.services.adherence import missed_in_a_row
from rehab.services.alerts import INFORMATION, REVIEW, open_alert_anew
from rehab.services.course import day_of
from rehab.services.measures import measures_of
from rehab.services.outbox import Intention
from rehab.services.transactions import hold, transaction
from rehab.services.warnings import POOR_SLEEP, SEE_DOCTOR, warn

MISSED_ENOUGH = 3
"""Three missed sessions, or three unanswered mornings in a row, are asked about."""

DOCTOR_NOT_AGAIN_FOR = timedelta(days=28)


def look_over(library: Library, now: datetime) -> int:
    """Look over every running plan, each in a transaction of its own; the number of alerts."""
    ids = db.session.scalars(select(Plan.id).where(Plan.status.in_((ACTIVE, PAUSED)))).all()
    db.session.rollback()
    return sum(look_over_plan(db.session.get_one(Plan, id_), library, now) for id_ in ids)


@transaction()
def look_over_plan(plan: Plan, library: Library, now: datetime) -> int:
    """Look over one plan; the number of alerts that this opened."""
    hold(plan)
    if plan.status not in (ACTIVE, PAUSED):
        return 0
    view = View(plan, library, now)
    found = [finding for look in LOOKS for finding in look(view)]
    return sum(_tell(view, finding) for finding in found)


@dataclass(frozen=True)
class Finding:
    """What to tell the clinic, unless it was told since the local date `since`; `text` is the
    fixed text that the patient gets with it."""

    kind: str
    level: int
    about: str
    since: date
    text: str | None = None


@dataclass(frozen=True)
class View:
    """A plan with what its log says, read once."""

    plan: Plan
    library: Library
    now: datetime

    @cached_property
    def today(self) -> date:
        return self.plan.patient.today(self.now)

    @cached_property
    def mornings(self) -> list[Morning]:
        query = select(Morning).filter_by(plan_id=self.plan.id).order_by(Morning.on)
        return list(db.session.scalars(query))

    @cached_property
    def sessions(self) -> list[Session]:
        query = select(Session).filter_by(plan_id=self.plan.id).order_by(Session.performed_at)
        return list(db.session.scalars(query))

    @cached_property
    def nights(self) -> list[tuple[date, int]]:
        """Every rating of sleep of this patient's, also from an earlier plan."""
        query = select(Morning.on, Morning.sleep).join(Plan, Plan.id == Morning.plan_id)
        mine = query.where(Plan.patient_id == self.plan.patient_id).order_by(Morning.on)
        return [(on, rating) for on, rating in db.session.execute(mine) if rating is not None]

    @property
    def last_session_on(self) -> date:
        """The last session's date, or the plan's start when there was none yet."""
        return self.sessions[-1].on if self.sessions else self.plan.starts_on


def _tell(view: View, finding: Finding) -> bool:
    since = occurrence(finding.since, time(0), view.plan.patient.zone)
    told = (finding.kind, finding.level, finding.about, since, view.now)
    if open_alert_anew(view.plan, *told) is None:
        return False
    if finding.text is not None:
        warn(view.plan, finding.text, view.now, Kind.ADVICE)
    return True


def _review(view: View) -> Iterator[Finding]:
    if view.today >= view.plan.review_on:
        about = f"A review was due on {view.plan.review_on}."
        yield Finding("review_due", INFORMATION, about, view.plan.review_on)


def _end(view: View) -> Iterator[Finding]:
    """The day after the last one the plan is finished; a paused plan waits for its clinician."""
    if view.today > view.plan.ends_on and view.plan.status == ACTIVE:
        view.plan.status = FINISHED
        reminders.replan(view.plan, view.now)
        about = f"The plan ended on {view.plan.ends_on}. Discharge, or assign what comes next."
        yield Finding("plan_ended", INFORMATION, about, view.plan.ends_on)


def _silence(view: View) -> Iterator[Finding]:
    if view.plan.status != ACTIVE:
        return
    missed = missed_in_a_row(view.plan, view.today - timedelta(days=1))
    if missed >= MISSED_ENOUGH:
        if view.plan.patient.sms_consent:
            _ask_why(view)
        about = f"{missed} sessions in a row were missed; the last was on {view.last_session_on}."
        yield Finding("silent", INFORMATION, about, view.last_session_on)


def _ask_why(view: View) -> None:
    """Too sore, too busy or forgot: asked once for each silence."""
    question = Intention(
        patient=view.plan.patient,
        plan=view.plan,
        kind=Kind.MISSED,
        template="ex.missed3",
        about_on=view.today,
        dedupe_key=f"{view.plan.id}:missed-since:{view.last_session_on}",
        due_at=view.now,
        expires_at=occurrence(view.today + timedelta(1), TEXTS_UNTIL, view.plan.patient.zone),
    )
    outbox.enqueue([question], view.now)


def _unanswered_mornings(view: View) -> Iterator[Finding]:
    """R9: the last three sessions whose morning has passed have none."""
    answered = {morning.on for morning in view.mornings if morning.pain is not None}
    woken = [s.on + timedelta(1) for s in view.sessions if s.on + timedelta(1) < view.today]
    last = woken[-MISSED_ENOUGH:]
    if len(last) == MISSED_ENOUGH and not answered & set(last):
        about = "Three mornings in a row were not answered, so nothing can step up."
        yield Finding("mornings_missing", INFORMATION, about, last[0])


def _usual_pain(view: View) -> Iterator[Finding]:
    since = view.today - timedelta(days=WINDOW_DAYS)
    recent = [m.pain for m in view.mornings if m.on > since and m.pain is not None]
    proposed = proposed_usual_pain(recent, view.plan.usual_pain)
    if proposed is not None:
        about = (
            f"Usual pain is {view.plan.usual_pain:g}; the median of the last {len(recent)} mornings"
            f" in {WINDOW_DAYS} days is {proposed:g}. Change it?"
        )
        yield Finding("usual_pain", INFORMATION, about, since)


def _doctor(view: View) -> Iterator[Finding]:
    held = triggers(_evidence(view))
    if held:
        reasons = "; ".join(f"{id_}, {view.library.see_doctor[id_].says}" for id_ in held)
        kind = f"see_doctor_{'_'.join(held).lower()}"
        about, since = f"Advise a doctor: {reasons}.", view.today - DOCTOR_NOT_AGAIN_FOR
        yield Finding(kind, REVIEW, about, since, text=SEE_DOCTOR)


def _sleep(view: View) -> Iterator[Finding]:
    since = poor_since(view.nights, view.today)
    if since is not None:
        about = f"Sleep has been rated 3 or less ever since {since}. Advise a doctor."
        again = view.today - DOCTOR_NOT_AGAIN_FOR
        yield Finding("poor_sleep", REVIEW, about, again, text=POOR_SLEEP)


def _evidence(view: View) -> Evidence:
    plan = view.plan
    pairs = [(day_of(plan, morning.on) - 1, morning.pain) for morning in view.mornings]
    this_week = week_of(day_of(plan, view.today))
    courses = {c.measure.id: c for c in measures_of(plan, view.library, view.now).measures}
    stopped = select(Screening.daily_things_stopped).where(
        Screening.plan_id == plan.id, Screening.daily_things_stopped.is_not(None)
    )
    psfs = courses["psfs"].change if "psfs" in courses else None
    interference = courses["peg"].interference if "peg" in courses else None
    return Evidence(
        track=Track(plan.track),
        usual_pain=plan.usual_pain,
        medians=weekly_medians(pairs, this_week, Policy.from_dict(plan.policy)),
        new_areas=[session.new_areas for session in view.sessions if session.new_areas],
        peg_interference=interference.rating if interference else None,
        psfs_change=psfs.by if psfs else None,
        daily_things_stopped=[bool(value) for value in db.session.scalars(stopped)],
    )


LOOKS: tuple[Callable[[View], Iterator[Finding]], ...] = (
    _review,
    _end,
    _silence,
    _unanswered_mornings,
    _usual_pain,
    _doctor,
    _sleep,
)
