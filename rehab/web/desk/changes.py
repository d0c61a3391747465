"""Changing a plan from its page; who has looked at an older one is told what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import Conflict, Invalid
from rehab.models.plan import Plan
from rehab.services import plan_changes, plan_trail
from rehab.services.editions import Stale, alarms_since, changing
from rehab.services.plan_settings import settings_of
from rehab.web.desk import here
from rehab.web.desk.page import UNPROCESSABLE, done, undone
from rehab.web.desk.page import page as _page
from rehab.web.desk.plan import about, plan_page
from rehab.web.desk.plan_form import Seen, Wish, reason_in, seen, understood
from rehab.web.desk.plan_swap import swap_page
from rehab.wiring import library

blueprint = Blueprint("changes", __name__)

CONFLICT = 409


@blueprint.post("/plans/<uuid:id>/change")
def amend(id: UUID) -> Response | Answer:
    """Change what was typed otherwise than it stood: terms, times, bounds, a pin or a swap."""
    plan = here.plan_seen(id)
    try:
        wish = understood(request.form, plan.patient.today(here.now()))
        if not wish.changed:
            undone("Nothing was changed: it stands as it was.")
            return _back(plan)
        with changing(plan, wish.fits):
            plan_changes.amend(
                plan, wish.as_changes, here.clinician(), wish.reason, library(), here.now()
            )
    except Stale:
        if _stands_so(plan, wish):
            undone("Nothing was left to change: it stands as you wanted it.")
            return _back(plan)
        return _changed_since(plan, wish)
    except Conflict as error:
        return _changed_since(plan, wish, str(error))
    except Invalid as error:
        return _again(plan, error)
    done(_says(plan, wish))
    return _back(plan)


@blueprint.post("/plans/<uuid:id>/acts/<act>")
def act(id: UUID, act: str) -> Response | Answer:
    """Pause, resume, go on to the next phase, or discharge."""
    plan = here.plan_seen(id)
    wanted = ACTS.get(act) or abort(404)
    looked, reason = seen(request.form), reason_in(request.form)
    if wanted.needs_reason and not reason:
        return plan_page(plan, UNPROCESSABLE, act, {"reason": ["say why"]})
    try:
        with changing(plan, lambda known: _has_seen_all(known, looked, wanted)):
            wanted.do(plan, reason)
    except Conflict as error:
        if not _was_mine(plan, wanted, reason):
            return _conflict(plan, looked, act, error, reason)
    done(wanted.done)
    return _back(plan)


@dataclass(frozen=True, slots=True)
class Act:
    """An act that is one click: how to do it, what it and its entry in the audit are called, and
    what is said afterwards."""

    do: Callable[[Plan, str], Any]
    called: str
    entry: str
    done: str
    needs_reason: bool = False
    lets_go_on: bool = False


def _by_us(use_case: Callable[..., Any]) -> Callable[[Plan, str], Any]:
    def do(plan: Plan, reason: str) -> Any:
        return use_case(plan, here.clinician(), reason, library(), here.now())

    return do


def _discharge(plan: Plan, reason: str) -> Any:
    return plan_changes.discharge(plan, here.clinician(), reason, here.now())


ACTS = {
    "pause": Act(
        _by_us(plan_changes.pause),
        "pause the plan",
        "plan.paused",
        "The plan is paused. Nothing is offered until somebody resumes it.",
        needs_reason=True,
    ),
    "resume": Act(
        _by_us(plan_changes.resume),
        "resume the plan",
        "plan.resumed",
        "The plan goes on, one step lower and at no more than half the dose.",
        lets_go_on=True,
    ),
    "advance": Act(
        _by_us(plan_changes.advance_phase),
        "go on to the next phase",
        "plan.advanced",
        "The plan has gone on to its next phase.",
        lets_go_on=True,
    ),
    "discharge": Act(
        _discharge,
        "discharge",
        "plan.discharged",
        "The plan has ended. Nothing is offered or texted any more.",
        needs_reason=True,
    ),
}


def _back(plan: Plan) -> Answer:
    return redirect(url_for("desk.plan.page", id=plan.id), 303)


def _has_seen_all(plan: Plan, looked: Seen, wanted: Act) -> bool:
    """Whether no clinician has changed the plan since; who lets it go on has seen every alarm."""
    unseen = alarms_since(plan, looked.at) if wanted.lets_go_on else ()
    return plan.edition == looked.edition and not unseen


def _stands_so(plan: Plan, wish: Wish) -> bool:
    """Whether all that is wanted is so already: somebody had the same wish, or clicked twice."""
    stands = settings_of(plan)
    return all(stands.get(name) == value for name, value in wish.changed.items())


def _was_mine(plan: Plan, wanted: Act, reason: str) -> bool:
    """Whether the last thing done to the plan is this very act: a second click is no conflict."""
    last = next(iter(plan_trail.trail(plan, most=1)), None)
    me = here.clinician().name
    return last is not None and (last.did, last.by, last.reason) == (wanted.entry, me, reason)


def _again(plan: Plan, error: Invalid) -> Response:
    """The form once more, with what was typed and what is wrong with it."""
    what = request.form.get("what", "")
    if what == "swap":
        name = next(iter(error.errors)).partition(".")[2]
        return swap_page(plan, name, UNPROCESSABLE, error.errors)
    return plan_page(plan, UNPROCESSABLE, what, error.errors)


def _says(plan: Plan, wish: Wish) -> str:
    speak = about(plan)["speak"]
    stands = settings_of(plan)
    told = [
        f"{speak.name(name)}: {speak.value(name, stands.get(name, value))}"
        for name, value in wish.changed.items()
    ]
    return f"Changed. {'; '.join(told)}."


@dataclass(frozen=True, slots=True)
class Row:
    """One choice in a conflict: what both had seen, what it is now, and what you want."""

    name: str
    was: str
    theirs: str
    yours: str
    is_same: bool


def _changed_since(plan: Plan, wish: Wish, why: str | None = None) -> Response:
    """What you wanted, beside what stands now; nothing that was typed is lost. `why` it cannot be
    as things stand."""
    stands, speak = settings_of(plan), about(plan)["speak"]
    rows = [
        Row(
            name=speak.name(name),
            was=speak.value(name, wish.was[name]),
            theirs=speak.value(name, stands.get(name)),
            yours=speak.value(name, value),
            is_same=stands.get(name) == value,
        )
        for name, value in wish.changed.items()
    ]
    return _page(
        "plan_conflict",
        CONFLICT,
        **about(plan),
        wanted="change the plan",
        rows=rows,
        names=tuple(wish.changed),
        typed_again=wish.typed,
        again=url_for("desk.changes.amend", id=plan.id),
        since=() if why else plan_trail.since(plan, wish.seen.at),
        alarms=(),
        reason=wish.reason,
        what=request.form.get("what", ""),
        can_be=why is None and all(name in stands for name in wish.changed),
        why=why,
    )


def _conflict(plan: Plan, looked: Seen, act: str, error: Conflict, reason: str) -> Response:
    """An act that came too late, or that cannot be as things stand."""
    is_stale = isinstance(error, Stale)
    is_changed = is_stale and plan.edition != looked.edition
    return _page(
        "plan_conflict",
        CONFLICT,
        **about(plan),
        wanted=ACTS[act].called,
        rows=(),
        names=(),
        typed_again=(),
        again=url_for("desk.changes.act", id=plan.id, act=act),
        since=plan_trail.since(plan, looked.at) if is_changed else (),
        alarms=alarms_since(plan, looked.at) if is_stale else (),
        reason=reason,
        what=act,
        can_be=is_stale and act in possible(plan),
        why=None if is_stale else str(error),
    )


def possible(plan: Plan) -> Mapping[str, Act]:
    """The acts that a plan of this status takes."""
    by_status = {"active": ("pause", "advance", "discharge"), "paused": ("resume", "discharge")}
    return {name: ACTS[name] for name in by_status.get(plan.status, ())}
