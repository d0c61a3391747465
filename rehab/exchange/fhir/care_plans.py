"""Plans as care plans: each change of a plan's terms is a version that replaces the one before."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from rehab.exchange.fhir.codes import PAIN, canonical, category, own
from rehab.exchange.fhir.record import Record
from rehab.exchange.fhir.resource import (
    Resource,
    concept,
    made_id,
    note,
    refer,
    resource,
    told,
)
from rehab.programs.program import fingerprint

STATUS = {
    "active": "active",
    "paused": "on-hold",
    "discharged": "revoked",
    "finished": "completed",
}
GOAL_STATUS = {
    "active": "active",
    "paused": "on-hold",
    "discharged": "cancelled",
    "finished": "completed",
}
TRACKS = {"acute": "Acute: pain sets the dose", "chronic": "Chronic: the quota sets the dose"}
AUTONOMY = {
    "advise": "Every change waits for the clinician",
    "ease": "Easing happens at once; a step up waits for the clinician",
    "bounded": "Changes happen at once inside the clinician's bounds",
}

Row = Mapping[str, Any]


def care_plans(record: Record) -> Iterator[Resource]:
    """Every plan as it stands, under its own id, and each of its former terms."""
    for plan in record.plans.values():
        versions = terms_of(record, plan["id"])
        for before, terms, after in _around(versions):
            is_latest = after is None
            yield _version(record, plan, terms, before, after, is_latest)
        if not versions:
            yield _version(record, plan, plan, None, None, True)


def goals(record: Record) -> Iterator[Resource]:
    """What each plan works towards: pain that settles, and what the patient wants to do again."""
    for plan in record.plans.values():
        yield _settled_pain(record, plan)
        for n, activity in enumerate(activities(record, plan["id"])):
            yield _goal(record, plan, made_id(plan["id"], "goal", n), activity)


def terms_of(record: Record, plan_id: str) -> list[Row]:
    """The terms of a plan in the order in which they were settled, as `TERMS_IN_ORDER` has it."""
    rows = (row for row in record.rows("plan_terms") if row["plan_id"] == plan_id)
    return sorted(rows, key=_place)


def _place(terms: Row) -> tuple[datetime, datetime, bool]:
    effective_at, recorded_at = (
        datetime.fromisoformat(terms[name]) for name in ("effective_at", "recorded_at")
    )
    return effective_at, recorded_at, terms["clinician_id"] is not None


def version_id(terms: Row, is_latest: bool) -> str:
    """The latest terms are the plan itself."""
    return str(terms["plan_id"] if is_latest else terms["id"])


def activities(record: Record, plan_id: str) -> list[str]:
    """The activities that the patient named, such as those of the PSFS."""
    named = {id_ for id_, measure in record.library.measures.items() if measure.activities}
    for row in record.rows("measurements"):
        if row["plan_id"] == plan_id and row["measure_id"] in named and not row["replaced_at"]:
            return [answer["item"] for answer in row["answers"]]
    return []


def _around(versions: list[Row]) -> Iterator[tuple[Row | None, Row, Row | None]]:
    """Each of the terms with those before and after it."""
    padded = [None, *versions, None]
    for (before, terms), (_, after) in pairwise(pairwise(padded)):
        if terms is not None:
            yield before, terms, after


def _version(
    record: Record,
    plan: Row,
    terms: Row,
    before: Row | None,
    after: Row | None,
    is_latest: bool,
) -> Resource:
    program = plan["program"]
    return resource(
        "CarePlan",
        plan["id"] if is_latest else terms["id"],
        status=STATUS[plan["status"]] if is_latest else "revoked",
        intent="plan",
        instantiatesCanonical=[
            canonical("PlanDefinition", plan["program_id"], fingerprint(program))
        ],
        replaces=[refer("CarePlan", before["id"])] if before else [],
        category=[
            own("track", terms["track"], TRACKS.get(terms["track"], "")),
            own("autonomy", terms["autonomy"], AUTONOMY.get(terms["autonomy"], "")),
        ],
        title=program["name"],
        description=program["summary"],
        subject=record.patient,
        period=_period(record, plan, terms, before, after),
        created=record.at(terms.get("recorded_at", plan["created_at"])),
        author=record.clinician(terms.get("clinician_id")),
        goal=_goals_of(record, plan) if is_latest else [],
        activity=[
            _activity(name, bounds, ACTIVITY_STATUS[plan["status"]] if is_latest else "stopped")
            for name, bounds in terms["bounds"].items()
        ],
        note=note(
            f"Usual pain {terms['usual_pain']:g} of 10. Policy {terms['policy']['version']}.",
            terms.get("reason"),
        ),
    )


def _period(
    record: Record, plan: Row, terms: Row, before: Row | None, after: Row | None
) -> dict[str, str]:
    """From when to when these terms held. A period that would end before it began, as that of terms
    changed before the plan's first day, keeps the end that is certain."""
    start = str(record.at(terms["effective_at"]) if before else plan["starts_on"])
    if after:
        end = str(record.at(after["effective_at"]))
        return told(start=start, end=end) if start[:10] <= end[:10] else told(end=end)
    end = start if plan["status"] == "discharged" else plan["ends_on"]
    return told(start=start, end=end) if start[:10] <= end[:10] else told(start=start)


def _activity(name: str, bounds: Row, status: str) -> dict[str, Any]:
    words = f"Levels {bounds['floor']} to {bounds['ceiling']}"
    return {
        "detail": {
            "kind": "ServiceRequest",
            "code": category(name),
            "status": status,
            "description": f"{words}; no steps up" if bounds["locked"] else words,
        }
    }


ACTIVITY_STATUS = {
    "active": "in-progress",
    "paused": "on-hold",
    "discharged": "stopped",
    "finished": "completed",
}


def _goals_of(record: Record, plan: Row) -> list[dict[str, str]]:
    made = range(len(activities(record, plan["id"])))
    ids = (made_id(plan["id"], "goal", n) for n in ("pain", *made))
    return [refer("Goal", id_) for id_ in ids]


def _settled_pain(record: Record, plan: Row) -> Resource:
    usual = plan["usual_pain"]
    text = f"By the morning after a session, pain is no higher than usual ({usual:g} of 10)"
    target = {
        "measure": concept(PAIN),
        "detailRange": {"high": {"value": usual, "unit": "of 10"}},
    }
    return _goal(record, plan, made_id(plan["id"], "goal", "pain"), text, target)


def _goal(
    record: Record, plan: Row, id_: str, text: str, target: dict[str, Any] | None = None
) -> Resource:
    return resource(
        "Goal",
        id_,
        lifecycleStatus=GOAL_STATUS[plan["status"]],
        description={"text": text},
        subject=record.patient,
        startDate=plan["starts_on"],
        target=[target] if target else [],
    )
