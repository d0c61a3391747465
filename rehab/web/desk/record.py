"""A patient's record: notes of clinicians for clinicians, and outcome measures over time."""

from functools import partial
from uuid import UUID

from babel.numbers import format_decimal
from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.charts.chart import Chart, Row, Voice
from rehab.charts.scores import scores_chart
from rehab.charts.window import Window, window
from rehab.errors import Invalid, NotFound
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.measurements import Change, Towards
from rehab.programs.program import Track
from rehab.services import measures, notes
from rehab.services.access import people
from rehab.services.measures import MeasureCourse, PlanMeasures
from rehab.web import dates
from rehab.web.desk import here
from rehab.web.desk.form_key import key_of
from rehab.web.desk.page import LANGUAGE, UNPROCESSABLE, done, typed
from rehab.web.desk.page import page as _page
from rehab.wiring import library

blueprint = Blueprint("record", __name__)

A_PAGE = 10
"""Notes that are shown together."""

LAST_PAGE = 1000

WORDS = {
    "not_said": "not said",
    "score_empty": "Not answered yet. An answer that was not given stays a gap.",
    "score_caption": "Every answer, the newest first",
    "mark_score": "{day}: {value}",
    "head_date": "Date",
    "head_score": "Score",
}

WENT = {Towards.BETTER: "better", Towards.WORSE: "worse", Towards.NEITHER: "no change"}


@blueprint.get("/patients/<uuid:id>/record")
def page(id: UUID) -> Response:
    """Notes and measures; of another plan than the latest with `plan=`."""
    return _shown(here.patient_seen(id))


@blueprint.post("/patients/<uuid:id>/record")
def write(id: UUID) -> Response | Answer:
    """Add a note to the record."""
    patient, body = here.patient_seen(id), typed("body", notes.LONGEST + 500)
    try:
        notes.write(patient, body, here.clinician(), here.now(), key_of(request.form))
    except Invalid as error:
        return _shown(patient, UNPROCESSABLE, error)
    done("The note is in the record.")
    plan_id = request.form.get("plan") or None
    return redirect(url_for("desk.record.page", id=patient.id, plan=plan_id), 303)


def plan_in_view(patient: Patient) -> Plan | None:
    """The plan that the address names, else the latest. Raises NotFound for somebody else's."""
    named = request.values.get("plan")
    if not named:
        return people.current_plan(patient)
    theirs = (plan for plan in people.plans_of(patient) if str(plan.id) == named)
    found = next(theirs, None)
    if found is None:
        raise NotFound("there is no such plan")
    return found


def _shown(patient: Patient, status: int = 200, error: Invalid | None = None) -> Response:
    plan, number = plan_in_view(patient), _number()
    found = notes.latest(patient, A_PAGE + 1, (number - 1) * A_PAGE)
    told = measures.measures_of(plan, library(), here.now()) if plan else None
    return _page(
        "record",
        status,
        patient=patient,
        plan=plan,
        notes=found[:A_PAGE],
        number=number,
        has_more=len(found) > A_PAGE,
        longest=notes.LONGEST,
        told=told,
        takes_answers=bool(plan and measures.takes_answers(plan, here.now())),
        key=key_of(request.form),
        charts=_charts(told) if told else {},
        due={due.measure.id: due.since for due in told.due} if told else {},
        faults=error.errors if error else {},
    )


def _number() -> int:
    given = request.args.get("page", "1")
    return min(max(int(given), 1), LAST_PAGE) if given.isascii() and given.isdigit() else 1


def _charts(told: PlanMeasures) -> dict[str, Chart]:
    shown = window(told.plan.starts_on, told.on, everything=True)
    voice = _voice(shown)
    return {
        known.measure.id: scores_chart(
            known.measure,
            known.course,
            Track(told.plan.track),
            shown,
            voice,
            _change_of(known, voice),
        )
        for known in told.measures
    }


def _voice(shown: Window) -> Voice:
    within_a_year = shown.days < 330
    return Voice(
        words=WORDS,
        day=lambda on: dates.month_day(on, LANGUAGE) + ("" if within_a_year else f" {on.year}"),
        number=partial(format_decimal, locale=LANGUAGE),
        category=str,
    )


def _change_of(known: MeasureCourse, voice: Voice) -> Row:
    """How far the score has moved since the first, and whether that is as much as matters."""
    change = known.change
    if change is None:
        return ()
    first, latest = voice.rating(change.first.score), voice.rating(change.latest.score)
    by = f"{'+' if change.by > 0 else ''}{voice.number(change.by)}"
    since = f"From {first} on {voice.day(change.first.on)} to {latest} on"
    said = f"{since} {voice.day(change.latest.on)} ({by}): {WENT[change.towards]}."
    return (said, *_size_of(known, change, voice))


def _size_of(known: MeasureCourse, change: Change, voice: Voice) -> Row:
    mcid = known.measure.mcid
    if mcid is None:
        return ()
    reaches = "at least" if change.reaches_mcid else "less than"
    points = "1 point" if mcid.change == 1 else f"{voice.number(mcid.change)} points"
    return (f"What matters to patients is a change of {points}; this is {reaches} that.",)
