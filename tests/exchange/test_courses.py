"""Whatever course a plan takes, and whatever was left out of it, the record can be read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from rehab.exchange.fhir.chart import chart
from rehab.exchange.fhir.clinicians import Clinician
from rehab.programs.acts import Act
from rehab.programs.library import Library
from rehab.programs.progression import Move
from tests.exchange.reader import codes, read

ROOT = UUID(int=7)
START = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = Clinician(str(uuid5(ROOT, "ana")), "Ana Ruiz", "ana@riverside.example")
SOMEBODY = str(uuid5(ROOT, "somebody who left"))
PATIENT, CLINIC, PLAN = (str(uuid5(ROOT, name)) for name in ("patient", "clinic", "plan"))
CATEGORIES = ("strengthening", "stretching")

ratings = st.none() | st.integers(0, 10)
words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)
people = st.sampled_from([None, ANA.id, SOMEBODY])


def instant(days: int, micros: int = 0) -> str:
    return (START + timedelta(days=days, microseconds=micros)).isoformat()


@st.composite
def sessions(draw: st.DrawFn, n: int) -> dict[str, Any]:
    tick = st.fixed_dictionaries(
        {
            "exercise_id": st.sampled_from(["lb-bridge", "li-walk", "no-such-exercise"]),
            "done": st.booleans(),
            "too_sore": st.booleans(),
        },
        optional={"stopped_because": st.sampled_from([None, "sharp", "unknown-rule"])},
    )
    return {
        "id": str(uuid5(ROOT, f"session {n}")),
        "plan_id": PLAN,
        "on": (START + timedelta(days=n)).date().isoformat(),
        "performed_at": instant(n),
        "reported_at": instant(n + 1),
        **{name: draw(ratings) for name in ("before", "during", "after", "effort")},
        "completion": draw(st.integers(0, 100)),
        "not_completed_because": draw(st.sampled_from([None, "time", "forgot", "sore"])),
        "exercises": draw(st.lists(tick, max_size=2)),
        "new_areas": draw(st.lists(st.sampled_from(["calf left", "neck"]), unique=True)),
        "red_flags": draw(st.lists(st.sampled_from(["RF01", "RF99"]), unique=True)),
        "doms": draw(st.booleans()),
        "note": draw(words),
    }


@st.composite
def decisions(draw: st.DrawFn, n: int, told: list[dict[str, Any]]) -> dict[str, Any]:
    session = draw(st.sampled_from([None, *(each["id"] for each in told)]))
    act = draw(st.sampled_from([None, *Act]))
    subject = str(uuid5(ROOT, f"decision {draw(st.integers(0, n))}"))
    is_proposal = draw(st.booleans())
    return {
        "id": str(uuid5(ROOT, f"decision {n}")),
        "plan_id": PLAN,
        "session_id": session,
        "category": draw(st.sampled_from(CATEGORIES)),
        "effective_at": instant(draw(st.integers(0, 5)), draw(st.integers(0, 1))),
        "zone": draw(st.sampled_from([None, "green", "amber_plus"])),
        "move": draw(st.sampled_from(list(Move))),
        "step": draw(st.integers(1, 5)),
        "dose": draw(st.floats(0, 1)),
        "rules": draw(st.lists(st.sampled_from(["R1", "STREAK"]))),
        "why": draw(words),
        "why_patient": draw(words),
        "inputs": {"act": act.value, "decision_id": subject} if act else {},
        "policy_version": "0" * 12,
        "state": draw(st.sampled_from(["proposed", "applied", "overridden"])),
        "accepted": {"step": 2} if is_proposal else None,
        "clinician_id": draw(people),
        "reason": draw(words),
        "undone_by_id": draw(people),
        "undone_because": draw(words),
        "decided_at": instant(6),
        "replaced_at": draw(st.sampled_from([None, instant(7)])),
    }


@st.composite
def exports(draw: st.DrawFn, library: Library) -> dict[str, Any]:
    told = [draw(sessions(n)) for n in range(draw(st.integers(0, 3)))]
    terms = {"usual_pain": 4.0, "track": "acute", "autonomy": "ease", "policy": {"version": "x"}}
    bounds = {c: {"floor": 1, "ceiling": 4, "locked": draw(st.booleans())} for c in CATEGORIES}
    plan = {
        "id": PLAN,
        "program_id": "lb-subacute-6w",
        "program": library.programs["lb-subacute-6w"].as_dict(),
        "starts_on": "2026-03-02",
        "ends_on": "2026-04-12",
        "status": draw(st.sampled_from(["active", "paused", "discharged", "finished"])),
        "created_at": instant(0),
        "bounds": bounds,
        **terms,
    }
    versions = [
        {
            "id": str(uuid5(ROOT, f"terms {n}")),
            "plan_id": PLAN,
            "effective_at": instant(draw(st.integers(-9, 60))),
            "recorded_at": instant(n),
            "bounds": bounds,
            "clinician_id": draw(people),
            "reason": draw(words),
            **terms,
        }
        for n in range(draw(st.integers(0, 3)))
    ]
    morning = st.fixed_dictionaries(dict.fromkeys(("pain", "sleep", "stiffness_minutes"), ratings))
    return {
        "exported_at": instant(9),
        "clinic": {"id": CLINIC, "name": "Riverside"},
        "patient": {
            "id": PATIENT,
            "given_name": draw(words.filter(str.strip)),
            "family_name": draw(words),
            "phone": "+442079460123",
            "zone": draw(st.sampled_from(["Europe/London", "Pacific/Auckland", "Asia/Kolkata"])),
            "language": "en",
        },
        "plans": [plan],
        "plan_terms": versions,
        "sessions": told,
        "mornings": [
            {
                "id": str(uuid5(ROOT, f"morning {n}")),
                "plan_id": PLAN,
                "on": date(2026, 3, 3 + n).isoformat(),
                "reported_at": instant(n + 1),
                **draw(morning),
            }
            for n in range(draw(st.integers(0, 2)))
        ],
        "decisions": [draw(decisions(n, told)) for n in range(draw(st.integers(0, 5)))],
    }


@settings(max_examples=60)
@given(data=st.data())
def test_any_course_is_read_whole(data: st.DataObject, library: Library) -> None:
    export = data.draw(exports(library))
    found = read(chart(export, library, {ANA.id: ANA}))
    requests = found.get("ServiceRequest", [])
    assert len(requests) == len(export["decisions"])
    in_force = [
        codes(each["category"][0])[0]
        for each in requests
        if each["intent"] == "order" and each["status"] in ("active", "on-hold")
    ]
    assert len(in_force) == len(set(in_force))
    for each in found.get("Observation", []):
        values = [name for name in each if name.startswith("value")]
        assert len(values) + ("dataAbsentReason" in each) == 1
    for each in found["CarePlan"]:
        start, end = each["period"].get("start"), each["period"].get("end")
        assert not (start and end) or start[:10] <= end[:10]


@settings(max_examples=30)
@given(data=st.data())
def test_every_rating_that_was_given_is_told_and_no_other(
    data: st.DataObject, library: Library
) -> None:
    export = data.draw(exports(library))
    found = read(chart(export, library, {}))
    pains = [
        each.get("valueInteger")
        for each in found.get("Observation", [])
        if codes(each["code"])[0] == "72514-3"
    ]
    said = [row[name] for row in export["sessions"] for name in ("before", "during", "after")]
    assert pains == [*said, *(row["pain"] for row in export["mornings"])]
