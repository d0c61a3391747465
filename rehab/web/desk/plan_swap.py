"""Another exercise in the place of one: those of its category, with their figures."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, Response, request

from rehab.errors import NotFound
from rehab.models.plan import Plan
from rehab.programs.program import Exercise
from rehab.services.plan_settings import exercises_in
from rehab.web.desk import here
from rehab.web.desk.page import page as _page
from rehab.web.desk.plan import about
from rehab.wiring import library

blueprint = Blueprint("plan_swap", __name__)

NOTHING_SPECIAL = "C-NONE"
NO_EQUIPMENT = "none"


@blueprint.get("/plans/<uuid:id>/swap/<exercise_id>")
def page(id: UUID, exercise_id: str) -> Response:
    """What could stand in the place of an exercise of the plan."""
    return swap_page(here.plan_seen(id), exercise_id)


def swap_page(
    plan: Plan,
    exercise_id: str,
    status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None,
) -> Response:
    """The page; the query narrows it: `q` words, `region`, `without` a thing. Raises NotFound for
    what is no exercise of the plan."""
    if exercise_id not in exercises_in(plan):
        raise NotFound("there is no such exercise in the plan")
    known = next(e for e in plan.program["exercises"] if e["id"] == exercise_id)
    old = Exercise.from_dict(known)
    others = [
        other
        for other in library().exercises.values()
        if other.category is old.category and other.id not in exercises_in(plan)
    ]
    found = sorted((e for e in others if _fits(e)), key=lambda e: (e.region != old.region, e.name))
    return _page(
        "plan_swap",
        status,
        **about(plan),
        old=old,
        step=min(plan.loads[old.category]["step"], len(old.levels)),
        category_step=plan.loads[old.category]["step"],
        found=found,
        of=len(others),
        regions=sorted({e.region.value for e in others}),
        things=sorted({thing for e in others for thing in e.equipment} - {NO_EQUIPMENT}),
        asked=request.args,
        cautions={e.id: _cautions(e) for e in (old, *found)},
        faults=faults or {},
    )


def _fits(exercise: Exercise) -> bool:
    asked = request.args
    words = asked.get("q", "").casefold().split()
    told = f"{exercise.name} {exercise.region} {' '.join(exercise.muscles)}".casefold()
    return (
        all(word in told for word in words)
        and asked.get("region", "") in ("", exercise.region.value)
        and asked.get("without", "") not in exercise.equipment
    )


def _cautions(exercise: Exercise) -> list[str]:
    codes = (code for code in exercise.cautions if code != NOTHING_SPECIAL)
    return [library().cautions[code].text for code in codes if code in library().cautions]
