"""Every route, asked by everybody: who gets in, who is refused, and who is told of nothing there.

A route without a row in `ROUTES` fails; so does a row without a route.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from rehab.extensions import db
from rehab.models.clinic import CLINICIAN, READ_ONLY, ApiToken, Clinician
from rehab.services import clinics, enrolment, tokens
from rehab.tenancy import nowhere
from tests.api.conftest import PLAN, SESSION
from tests.conftest import NOON

OPEN, SIGNED_IN, OWNERS, SIGNED_BY_TWILIO = "open", "signed in", "owners", "signed by twilio"
ENTRANCE, PAGE = "entrance", "page"

API = "/api/v1"
NEXT_DOOR = "next door's owner"
CLIENT_IDS = ("patient", "plan", "session", "decision", "alert", "clinician", "token")

ROUTES = {
    "GET /api/docs": OPEN,
    "GET /api/docs/assets/<path:name>": OPEN,
    "GET /api/docs/ours/<path:filename>": OPEN,
    "GET /api/v1/openapi.json": OPEN,
    "GET /bootstrap/static/<path:filename>": OPEN,
    "GET /static/<path:filename>": OPEN,
    "GET /healthz": OPEN,
    "GET /readyz": OPEN,
    "GET /metrics": OPEN,
    "GET /sign-in": ENTRANCE,
    "POST /sign-in": ENTRANCE,
    "GET /invitation/<token>": ENTRANCE,
    "POST /invitation/<token>": ENTRANCE,
    "GET /enter": ENTRANCE,
    "POST /enter": ENTRANCE,
    "GET /enter/code": ENTRANCE,
    "POST /enter/code": ENTRANCE,
    "POST /enter/who": ENTRANCE,
    "GET /l/<token>": ENTRANCE,
    "POST /l/<token>": ENTRANCE,
    "GET /<capability:token>": ENTRANCE,
    "POST /sign-out": ENTRANCE,
    "GET /sign-in/code": PAGE,
    "POST /sign-in/code": PAGE,
    "GET /account": PAGE,
    "GET /account/again": PAGE,
    "POST /account/again": PAGE,
    "GET /account/password": PAGE,
    "POST /account/password": PAGE,
    "POST /account/recovery-codes": PAGE,
    "GET /account/tokens": PAGE,
    "POST /account/tokens": PAGE,
    "POST /account/tokens/<string:id_>/revoke": PAGE,
    "GET /account/second-factor": PAGE,
    "POST /account/second-factor": PAGE,
    "POST /account/second-factor/confirm": PAGE,
    "POST /account/sign-ins/<uuid:id_>/end": PAGE,
    "POST /account/sign-ins/end-others": PAGE,
    "GET /clinic": PAGE,
    "GET /clinic/step-ups": PAGE,
    "POST /clinic/step-ups": PAGE,
    "GET /clinic/assign": PAGE,
    "POST /clinic/assign": PAGE,
    "POST /clinic/assign/preview": PAGE,
    "GET /clinic/assign/<uuid:id>": PAGE,
    "POST /clinic/assign/<uuid:id>/phone": PAGE,
    "GET /clinic/audit": PAGE,
    "POST /clinic/audit/check": PAGE,
    "GET /clinic/inbox": PAGE,
    "POST /clinic/inbox/alerts/<uuid:id>/close": PAGE,
    "POST /clinic/inbox/close": PAGE,
    "POST /clinic/inbox/replies/<uuid:id>/close": PAGE,
    "GET /clinic/news": PAGE,
    "GET /clinic/patients/<uuid:id>/exchange": PAGE,
    "POST /clinic/patients/<uuid:id>/exchange/calendar": PAGE,
    "POST /clinic/patients/<uuid:id>/exchange/calendar/revoke": PAGE,
    "GET /clinic/patients/<uuid:id>/exchange/days.csv": PAGE,
    "POST /clinic/patients/<uuid:id>/exchange/record": PAGE,
    "GET /clinic/patients/<uuid:id>/record": PAGE,
    "POST /clinic/patients/<uuid:id>/record": PAGE,
    "GET /clinic/patients/<uuid:id>/record/<string:measure_id>": PAGE,
    "POST /clinic/patients/<uuid:id>/record/<string:measure_id>": PAGE,
    "GET /clinic/patients/<uuid:id>/texts": PAGE,
    "POST /clinic/patients/<uuid:id>/texts": PAGE,
    "GET /clinic/patients/<uuid:id>": PAGE,
    "GET /clinic/decisions/<uuid:id>": PAGE,
    "POST /clinic/decisions/<uuid:id>/approve": PAGE,
    "POST /clinic/decisions/<uuid:id>/override": PAGE,
    "POST /clinic/decisions/<uuid:id>/undo": PAGE,
    "GET /clinic/plans/<uuid:id>": PAGE,
    "POST /clinic/plans/<uuid:id>/acts/<act>": PAGE,
    "POST /clinic/plans/<uuid:id>/change": PAGE,
    "GET /clinic/plans/<uuid:id>/swap/<exercise_id>": PAGE,
    "GET /clinic/plans/<uuid:id>/diary": PAGE,
    "GET /clinic/plans/<uuid:id>/handout": PAGE,
    "GET /clinic/plans/<uuid:id>/report": PAGE,
    "GET /clinic/policy": PAGE,
    "GET /clinic/policy/try": PAGE,
    "POST /clinic/policy/try": PAGE,
    "GET /clinic/settings": PAGE,
    "POST /clinic/settings": PAGE,
    "POST /clinic/settings/people": PAGE,
    "POST /clinic/settings/people/<uuid:id>": PAGE,
    "POST /clinic/settings/people/<uuid:id>/invite": PAGE,
    "GET /clinic/settings/texts": PAGE,
    "POST /clinic/settings/tokens/<string:id>/end": PAGE,
    "GET /clinic/library": PAGE,
    "GET /clinic/library/exercises/<id>": PAGE,
    "GET /clinic/library/programs/<id>": PAGE,
    "GET /clinic/library/own": PAGE,
    "GET /clinic/library/own.zip": PAGE,
    "POST /clinic/library/own/file": PAGE,
    "POST /clinic/library/own/<any(exercises, programs):folder>": PAGE,
    "GET /clinic/library/own/<any(exercises, programs):folder>/new": PAGE,
    "POST /clinic/library/own/<any(exercises, programs):folder>/<id>": PAGE,
    "GET /clinic/library/own/<any(exercises, programs):folder>/<id>.yaml": PAGE,
    "GET /clinic/library/own/<any(exercises, programs):folder>/<id>/edit": PAGE,
    "GET /clinic/library/own/<any(exercises, programs):folder>/<id>/history": PAGE,
    "POST /clinic/library/own/<any(exercises, programs):folder>/<id>/retire": PAGE,
    "POST /clinic/library/own/<any(exercises, programs):folder>/<id>/bring-back": PAGE,
    "GET /me": PAGE,
    "POST /<capability:token>/morning": ENTRANCE,
    "GET /<capability:token>/session": ENTRANCE,
    "POST /<capability:token>/session": ENTRANCE,
    "GET /<capability:token>/sessions/<uuid:id>": ENTRANCE,
    "GET /assets/<version>/<path:filename>": OPEN,
    "GET /calendar/<token>.ics": ENTRANCE,
    "GET /figures/<version>/<id>.still.svg": OPEN,
    "GET /figures/<version>/<id>.svg": OPEN,
    "GET /manifest.webmanifest": OPEN,
    "GET /me/data": PAGE,
    "GET /me/data/code": PAGE,
    "POST /me/data/code": PAGE,
    "POST /me/data/code/new": PAGE,
    "GET /me/data/erase": PAGE,
    "POST /me/data/erase": PAGE,
    "GET /me/data/take": PAGE,
    "POST /me/data/take": PAGE,
    "GET /me/data/wrong": PAGE,
    "POST /me/data/wrong": PAGE,
    "GET /me/devices": PAGE,
    "GET /me/entries": PAGE,
    "GET /me/kept": OPEN,
    "POST /me/morning": PAGE,
    "GET /me/offline": OPEN,
    "GET /me/progress": PAGE,
    "GET /me/session": PAGE,
    "POST /me/session": PAGE,
    "GET /me/sessions/<uuid:id>": PAGE,
    "GET /me/sessions/<uuid:id>/correct": PAGE,
    "POST /me/sessions/<uuid:id>/correct": PAGE,
    "GET /me/settings": PAGE,
    "GET /me/settings/bedtime": PAGE,
    "POST /me/settings/bedtime": PAGE,
    "GET /me/settings/calendar": PAGE,
    "POST /me/settings/calendar": PAGE,
    "POST /me/settings/calendar/revoke": PAGE,
    "POST /me/settings/language": PAGE,
    "GET /me/settings/quiet": PAGE,
    "POST /me/settings/quiet": PAGE,
    "GET /me/settings/texts": PAGE,
    "POST /me/settings/texts": PAGE,
    "GET /me/settings/times": PAGE,
    "POST /me/settings/times": PAGE,
    "GET /me/settings/zone": PAGE,
    "POST /me/settings/zone": PAGE,
    "GET /me/texts": PAGE,
    "GET /sw.js": OPEN,
    "POST /webhooks/twilio/inbound": SIGNED_BY_TWILIO,
    "POST /webhooks/twilio/status/<uuid:message_id>": SIGNED_BY_TWILIO,
    "GET /api/v1/programs": SIGNED_IN,
    "GET /api/v1/programs/<string:id>": SIGNED_IN,
    "POST /api/v1/programs": SIGNED_IN,
    "POST /api/v1/programs/<string:id>": SIGNED_IN,
    "GET /api/v1/exercises": SIGNED_IN,
    "POST /api/v1/exercises": SIGNED_IN,
    "POST /api/v1/exercises/<string:id>": SIGNED_IN,
    "GET /api/v1/exercises/<string:id>": SIGNED_IN,
    "GET /api/v1/exercises/<string:id>/figure.svg": SIGNED_IN,
    "GET /api/v1/fhir/ActivityDefinition/<string:id>": SIGNED_IN,
    "GET /api/v1/fhir/PlanDefinition/<string:id>": SIGNED_IN,
    "GET /api/v1/patients": SIGNED_IN,
    "POST /api/v1/patients": SIGNED_IN,
    "GET /api/v1/patients/<uuid:id>": SIGNED_IN,
    "PATCH /api/v1/patients/<uuid:id>": SIGNED_IN,
    "GET /api/v1/patients/<uuid:id>/plans": SIGNED_IN,
    "POST /api/v1/patients/<uuid:id>/plans": SIGNED_IN,
    "GET /api/v1/patients/<uuid:id>/messages": SIGNED_IN,
    "POST /api/v1/patients/<uuid:id>/messages": SIGNED_IN,
    "GET /api/v1/patients/<uuid:id>/notes": SIGNED_IN,
    "POST /api/v1/patients/<uuid:id>/notes": SIGNED_IN,
    "GET /api/v1/patients/<uuid:id>/consents": SIGNED_IN,
    "GET /api/v1/patients/<uuid:id>/export": SIGNED_IN,
    "POST /api/v1/patients/<uuid:id>/erase": OWNERS,
    "POST /api/v1/patients/<uuid:id>/hold": OWNERS,
    "POST /api/v1/patients/<uuid:id>/release": OWNERS,
    "GET /api/v1/plans/<uuid:id>": SIGNED_IN,
    "PATCH /api/v1/plans/<uuid:id>": SIGNED_IN,
    "GET /api/v1/plans/<uuid:id>/today": SIGNED_IN,
    "POST /api/v1/plans/<uuid:id>/pause": SIGNED_IN,
    "POST /api/v1/plans/<uuid:id>/resume": SIGNED_IN,
    "POST /api/v1/plans/<uuid:id>/advance-phase": SIGNED_IN,
    "POST /api/v1/plans/<uuid:id>/discharge": SIGNED_IN,
    "GET /api/v1/plans/<uuid:id>/sessions": SIGNED_IN,
    "POST /api/v1/plans/<uuid:id>/sessions": SIGNED_IN,
    "GET /api/v1/plans/<uuid:id>/adherence": SIGNED_IN,
    "GET /api/v1/plans/<uuid:id>/questions": SIGNED_IN,
    "POST /api/v1/plans/<uuid:id>/screenings": SIGNED_IN,
    "GET /api/v1/plans/<uuid:id>/mornings": SIGNED_IN,
    "POST /api/v1/plans/<uuid:id>/mornings": SIGNED_IN,
    "GET /api/v1/plans/<uuid:id>/measures": SIGNED_IN,
    "POST /api/v1/plans/<uuid:id>/measures": SIGNED_IN,
    "GET /api/v1/plans/<uuid:id>/decisions": SIGNED_IN,
    "GET /api/v1/sessions/<uuid:id>": SIGNED_IN,
    "PATCH /api/v1/sessions/<uuid:id>": SIGNED_IN,
    "GET /api/v1/sessions/<uuid:id>/versions": SIGNED_IN,
    "POST /api/v1/decisions/approve": SIGNED_IN,
    "POST /api/v1/decisions/<uuid:id>/approve": SIGNED_IN,
    "POST /api/v1/decisions/<uuid:id>/undo": SIGNED_IN,
    "POST /api/v1/decisions/<uuid:id>/override": SIGNED_IN,
    "GET /api/v1/alerts": SIGNED_IN,
    "POST /api/v1/alerts/<uuid:id>/close": SIGNED_IN,
    "GET /api/v1/tokens": SIGNED_IN,
    "DELETE /api/v1/tokens/<string:id>": SIGNED_IN,
    "GET /api/v1/clinic": OWNERS,
    "PATCH /api/v1/clinic": OWNERS,
    "GET /api/v1/clinicians": OWNERS,
    "POST /api/v1/clinicians": OWNERS,
    "PATCH /api/v1/clinicians/<uuid:id>": OWNERS,
    "GET /api/v1/clinicians/<uuid:id>/tokens": OWNERS,
    "DELETE /api/v1/clinicians/<uuid:id>/tokens/<string:token_id>": OWNERS,
}
"""Who may ask: everybody, whoever signs in (to write: not the read-only), or owners. An entrance
asks for proof itself; a page wants a cookie, which no bearer token stands in for."""

BODIES: dict[str, Any] = {
    "POST /api/v1/patients": {"given_name": "X", "phone": "+442079460199", "zone": "UTC"},
    "POST /api/v1/patients/<uuid:id>/plans": PLAN,
    "POST /api/v1/patients/<uuid:id>/messages": {"body": "Hello"},
    "POST /api/v1/patients/<uuid:id>/notes": {"body": "Hello"},
    "POST /api/v1/plans/<uuid:id>/sessions": SESSION,
    "POST /api/v1/plans/<uuid:id>/screenings": {"on": "2026-03-02", "red_flags": []},
    "POST /api/v1/plans/<uuid:id>/mornings": {"on": "2026-03-02", "pain": 3},
    "POST /api/v1/plans/<uuid:id>/measures": {
        "measure_id": "peg",
        "on": "2026-03-02",
        "answers": [{"item": item, "rating": 5} for item in ("pain", "enjoyment", "activity")],
    },
    "POST /api/v1/patients/<uuid:id>/hold": {"because": "x"},
    "POST /api/v1/decisions/approve": {"ids": ["<id>"]},
    "POST /api/v1/decisions/<uuid:id>/undo": {"reason": "x"},
    "POST /api/v1/decisions/<uuid:id>/override": {"step": 1, "dose": 1, "reason": "x"},
    "POST /api/v1/alerts/<uuid:id>/close": {"note": "x"},
    "POST /api/v1/clinicians": {"email": "new@riverside.example", "name": "New"},
}
"""What a write says, where it has to say something."""

CALLERS: dict[str, dict[str, int | None]] = {
    "owner": {},
    "clinician": {OWNERS: 403},
    "read-only": {OWNERS: 403, "write": 403},
    NEXT_DOOR: {"foreign": 404},
    "nobody": {SIGNED_IN: 401, OWNERS: 401},
    "a malformed token": {SIGNED_IN: 401, OWNERS: 401},
    "an expired token": {SIGNED_IN: 401, OWNERS: 401},
    "a revoked token": {SIGNED_IN: 401, OWNERS: 401},
    "a wrong secret": {SIGNED_IN: 401, OWNERS: 401},
    "somebody who left": {SIGNED_IN: 401, OWNERS: 401},
    "scope read": {"write": 403, OWNERS: 403},
    "scope write": {"read": 403, OWNERS: 403},
    "scope admin": {SIGNED_IN: 403},
}
"""What each caller is answered where it is not a success: by who may ask, by what is asked."""


@dataclass(frozen=True)
class Street:
    """Two clinics: what is in Riverside, and the callers' tokens."""

    client: FlaskClient
    ids: dict[str, str]
    bearers: dict[str, str]

    def ask(self, route: str, caller: str, ids: dict[str, str] | None = None) -> Any:
        method, _, path = route.partition(" ")
        noun = path.removeprefix(API).split("/")[1].removesuffix("s")
        names = {**self.ids, **(ids or {})}
        own = names.get(noun, "")
        for variable, value in (
            ("<uuid:id>", own),
            ("<string:id>", names.get(noun, "no-such-thing")),
            ("<string:token_id>", names.get("token", "")),
            ("<uuid:message_id>", str(uuid4())),
            ("<uuid:id_>", str(uuid4())),
            ("<string:id_>", "no-such-token"),
            ("<token>", "no-such-token"),
            ("<capability:token>", "no-such-token"),
            ("<path:name>", "swagger-ui.css"),
            ("<path:filename>", "no-such-file"),
        ):
            path = path.replace(variable, value)
        body = BODIES.get(route, {} if method in ("POST", "PATCH") else None)
        if body == {"ids": ["<id>"]}:
            body = {"ids": [names["decision"]]}
        bearer = self.bearers[caller]
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        with nowhere():
            return self.client.open(path, method=method, json=body, headers=headers)


@pytest.fixture
def street(app: Flask, ana: Clinician, boris: Clinician, maya: Any, at: Any) -> Street:
    all_scopes = tokens.SCOPES

    def somebody(name: str, role: str) -> Clinician:
        return clinics.add_clinician(ana.clinic_id, f"{name}@riverside.example", name, NOON, role)

    treats, looks, left = (
        somebody("treats", CLINICIAN),
        somebody("looks", READ_ONLY),
        somebody("left", CLINICIAN),
    )

    def bearer(person: Clinician, *scopes: str, days: int | None = None) -> str:
        return tokens.issue_token(
            person.email, scopes or all_scopes, NOON - timedelta(days=1), days
        )

    bearers = {
        "owner": bearer(ana),
        "clinician": bearer(treats),
        "read-only": bearer(looks),
        NEXT_DOOR: bearer(boris),
        "nobody": "",
        "a malformed token": "rehab_x",
        "an expired token": bearer(ana, days=1),
        "a revoked token": bearer(ana),
        "a wrong secret": bearer(ana)[:-1] + "_",
        "somebody who left": bearer(left),
        "scope read": bearer(ana, "read"),
        "scope write": bearer(ana, "write"),
        "scope admin": bearer(ana, "admin"),
    }
    tokens.revoke_token(bearers["a revoked token"].split("_")[1], NOON)
    clinics.amend_clinician(left, {"active": False}, NOON)
    client = app.test_client()
    ids = {"patient": str(maya.id), "clinician": str(treats.id)}
    ids["token"] = bearer(treats).split("_")[1]
    street = Street(client, ids, bearers)
    ids["plan"] = street.ask("POST /api/v1/patients/<uuid:id>/plans", "owner").json["id"]
    told = street.ask("POST /api/v1/plans/<uuid:id>/sessions", "owner").json
    ids["session"], ids["decision"] = told["id"], told["decisions"][0]["id"]
    _open_alert(maya)
    found = client.get(
        "/api/v1/alerts", headers={"Authorization": f"Bearer {bearers['owner']}"}
    ).json
    ids["alert"] = found["items"][0]["id"]
    return street


def _open_alert(maya: Any) -> None:
    from rehab.services.alerts import open_alert

    patient = enrolment.find_patient(maya.clinic_id, maya.id)
    open_alert(patient, "test", 1, "a test", NOON)
    db.session.commit()


def routes_of(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    assert routes_of(app) == set(ROUTES)


def expected(route: str, caller: str) -> int | None:
    """The status, or None for anything that is neither a refusal nor a fault."""
    method, _, path = route.partition(" ")
    who, says = ROUTES[route], CALLERS[caller]
    if who in (OPEN, SIGNED_BY_TWILIO):
        return 403 if who is SIGNED_BY_TWILIO else None
    if "foreign" in says:
        return 404 if "<uuid:id>" in path or ("token" in path and "<" in path) else None
    for what in (who, "read" if method == "GET" else "write"):
        if what in says and (who is SIGNED_IN or what is OWNERS):
            return says[what]
    return None


@pytest.mark.parametrize("caller", CALLERS)
def test_everybody_gets_what_is_theirs_of_every_route(street: Street, caller: str) -> None:
    """Own objects for all of Riverside; for next door's owner every object is foreign."""
    wrong = {}
    for route in sorted(ROUTES, key=lambda r: (r.endswith("/erase"), r.startswith("DELETE"))):
        if ROUTES[route] is OPEN and "<" in route:
            continue
        status = street.ask(route, caller).status_code
        if ROUTES[route] in (ENTRANCE, PAGE):
            if status >= 500 or (ROUTES[route] is PAGE and status < 300):
                wrong[route] = (status, None)
            continue
        wanted = expected(route, caller)
        refused = status in (401, 403, 500) or (status == 404 and "<uuid:id>" in route)
        if status != wanted if wanted else refused:
            wrong[route] = (status, wanted)
    assert wrong == {}


def test_what_is_next_door_is_answered_as_what_is_nowhere(street: Street) -> None:
    """The same status and the same words, but for the id that was asked for."""
    nowhere_ids = {name: str(uuid4()) for name in CLIENT_IDS} | {"token": "0" * 16}
    wrong = {}
    for route in ROUTES:
        if route.partition(" ")[2].startswith(API) and "<uuid:id>" in route:
            theirs = street.ask(route, NEXT_DOOR)
            nobodys = street.ask(route, NEXT_DOOR, nowhere_ids)
            said = _without(street.ids, theirs), _without(nowhere_ids, nobodys)
            if said[0] != said[1] or theirs.status_code != 404:
                wrong[route] = said
    assert wrong == {}


def _without(ids: dict[str, str], answer: Any) -> str:
    said: str = f"{answer.status_code} {answer.text}"
    for id_ in ids.values():
        said = said.replace(id_, "ID")
    return said


@pytest.mark.parametrize("kind", ["token", "many decisions"])
def test_what_is_named_in_a_body_or_by_a_word_is_hidden_too(street: Street, kind: str) -> None:
    route = {
        "token": "DELETE /api/v1/tokens/<string:id>",
        "many decisions": "POST /api/v1/decisions/approve",
    }[kind]
    theirs = street.ask(route, NEXT_DOOR)
    blank = {"token": "0" * 16, "decision": str(uuid4())}
    nobodys = street.ask(route, NEXT_DOOR, blank)
    assert theirs.status_code in (404, 422)
    assert _without(street.ids, theirs) == _without(blank, nobodys)


def test_a_session_id_of_next_door_is_free_to_use(
    street: Street, boris: Clinician, library: Any
) -> None:
    """Whoever posts it learns nothing: it is stored, and stored once, as any other."""
    said = {"given_name": "Nils", "phone": "+493012345678", "zone": "Europe/Berlin"}
    nils = enrolment.enrol(boris.clinic_id, said, boris.email, NOON)
    headers = {"Authorization": f"Bearer {street.bearers[NEXT_DOOR]}"}

    def post(path: str, body: Any) -> Any:
        return street.client.post(f"{API}{path}", json=body, headers=headers)

    plan_id = post(f"/patients/{nils.id}/plans", PLAN).json["id"]
    taken = {**SESSION, "id": street.ids["session"], "note": "other words"}
    first = post(f"/plans/{plan_id}/sessions", taken)
    again = post(f"/plans/{plan_id}/sessions", taken)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert first.json["plan_id"] == plan_id
    own = street.ask("GET /api/v1/sessions/<uuid:id>", "owner").json
    assert own["note"] == ""


def test_the_last_use_of_a_token_is_kept_to_the_minute(
    street: Street, at: Callable[[Any], None]
) -> None:
    def last_use() -> Any:
        token = db.session.get_one(ApiToken, street.bearers["clinician"].split("_")[1])
        db.session.refresh(token)
        return token.last_used_at

    for seconds, seen in ((0, 0), (59, 0), (60, 60), (90, 60)):
        at(NOON + timedelta(seconds=seconds))
        street.ask("GET /api/v1/patients", "clinician")
        assert last_use() == NOON + timedelta(seconds=seen)
