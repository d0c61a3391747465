"""Trying the policy: over a log that is pasted, or a simulated patient. It keeps nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request

from rehab.models.plan import Plan
from rehab.programs.dosage import Category
from rehab.programs.simulation.patients import Kind
from rehab.programs.simulation.steering import CATEGORY
from rehab.services.plan_log import PlanLog, log_of
from rehab.web.desk import here
from rehab.web.desk.here import looking
from rehab.web.desk.page import UNPROCESSABLE, typed
from rehab.web.desk.page import page as _page
from rehab.web.desk.policy_course import trial_of
from rehab.web.desk.policy_form import (
    ASKED,
    LOG,
    MOST_WEEKS,
    TRACKS,
    Faulty,
    as_typed,
    simulated,
    typed_log,
)
from rehab.web.desk.policy_log import COLUMNS, Unreadable, as_table
from rehab.wiring import library

blueprint = Blueprint("policy_trial", __name__)

SIMULATED = "simulated"
LONGEST_LOG = 40_000


@blueprint.get("/policy/try")
def page() -> Response:
    """The form, with an example to begin with, or with the log of a plan that is named."""
    if "plan" not in request.args:
        return _shown(ASKED)
    try:
        plan = here.plan_seen(UUID(request.args["plan"]))
    except ValueError:
        abort(404)
    log = log_of(plan, _category(plan))
    return _shown(ASKED | _of_plan(plan, log), plan=plan, log=log)


@blueprint.post("/policy/try")
@looking
def run() -> Response:
    """What the policy would have done, session by session."""
    way, said = typed("way"), {name: typed(name, 20).strip() for name in ASKED}
    said[LOG] = typed(LOG, LONGEST_LOG)
    try:
        case = (simulated if way == SIMULATED else typed_log)(said, library())
    except Faulty as error:
        return _shown(said, UNPROCESSABLE, faults=error.faults)
    except Unreadable as error:
        return _shown(said, UNPROCESSABLE, faults={LOG: [f"{error.fault}."]})
    if way == SIMULATED:
        said |= as_typed(case)
    return _shown(said, trial=trial_of(case, library()))


def _category(plan: Plan) -> str:
    """The category that was asked for if the plan has it, else its first."""
    asked = request.args.get("category", CATEGORY.value)
    return asked if asked in plan.loads else min(plan.loads)


def _of_plan(plan: Plan, log: PlanLog) -> dict[str, str]:
    """A plan as the form would have it."""
    bounds = plan.bounds[log.category]
    return {
        "track": plan.track,
        "category": log.category,
        "usual_pain": f"{plan.usual_pain:g}",
        "step": str(plan.starting[log.category]["step"]),
        "floor": str(bounds["floor"]),
        "ceiling": str(bounds["ceiling"]),
        "log": as_table(log.sessions) if log.sessions else "",
    }


def _shown(said: Mapping[str, str], status: int = 200, **values: Any) -> Response:
    return _page(
        "policy_trial",
        status,
        said=said,
        tracks=[(track, track) for track in TRACKS],
        kinds=[(kind.value, kind.value) for kind in Kind],
        categories=[(category.value, category.value) for category in Category],
        columns=COLUMNS,
        most_weeks=MOST_WEEKS,
        trial=values.pop("trial", None),
        **values,
    )
