"""The clinic's patients, whoever needs somebody first; and the step-ups that one yes settles."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from rehab.charts.sparkline import sparkline
from rehab.services.caseload import step_ups as waiting
from rehab.services.caseload.listing import STANDS, Wish, caseload, colleagues
from rehab.services.caseload.needs import Need
from rehab.services.progression import ALERT_KINDS
from rehab.web.desk import here, matters
from rehab.web.desk.page import done, undone
from rehab.web.desk.page import page as _page
from rehab.wiring import library

blueprint = Blueprint("caseload", __name__)

LONGEST_NAME = 80
MOST_TOLD = 5
"""Refusals that are told one by one."""


@blueprint.get("")
def page() -> Response:
    """The clinic's patients as wished, each with what there is to do about them."""
    wish = _wish()
    found = caseload(here.clinic(), wish, here.now())
    return _page(
        "caseload",
        load=found,
        wish=wish,
        sifts=_sifts(wish),
        address=_address(wish),
        colleagues=colleagues(here.clinic().id),
        matters=matters,
        sparkline=sparkline,
        short=short,
        ago=ago,
        age=lambda since: age(here.now() - since),
    )


@blueprint.get("/step-ups")
def step_ups() -> Response:
    """The step-ups that can be approved together, each with its reason."""
    return _page(
        "caseload_step_ups",
        found=waiting.plain_ones(here.clinic().id, here.now()),
        most=waiting.MOST,
    )


@blueprint.post("/step-ups")
def approve() -> Response:
    """Approve those that are ticked, and say which could not be and why."""
    ids = [id_ for id_ in map(_id, request.form.getlist("decision")) if id_ is not None]
    if not ids:
        undone("Nothing was ticked, so nothing was approved.")
        return redirect(url_for("desk.caseload.step_ups"), 303)
    outcome = waiting.approve_each(ids, here.clinician(), library(), here.now())
    if outcome.approved:
        done(f"{_counted(outcome.approved, 'step up', 'steps up')} approved.")
    for refusal in outcome.refused[:MOST_TOLD]:
        undone(f"{refusal.whose} was not approved: {refusal.because}.")
    if len(outcome.refused) > MOST_TOLD:
        undone(f"{len(outcome.refused) - MOST_TOLD} more were not approved either.")
    where = "desk.caseload.step_ups" if outcome.refused else "desk.caseload.page"
    return redirect(url_for(where), 303)


def short(kind: str, about: str) -> str:
    """What an alert says, cut to one reason and without the names of rules: of what a decision
    says at length, the clause whose rule opened this kind of alert."""
    if not RULES.search(about):
        return about
    opening, colon, rest = about.removesuffix(".").partition(": ")
    clauses = (rest if colon else opening).split("; ")
    opened_by = {rule for rule, opens in ALERT_KINDS.items() if opens == kind}
    found = (clause for clause in clauses if opened_by & _rules_of(clause))
    words = RULES.sub("", next(found, clauses[0]))
    return f"{opening}{colon}{words}." if colon else f"{words}."


RULES = re.compile(r" \(([A-Z]+[0-9]*[a-z]?(?:, [A-Z]+[0-9]*[a-z]?)*)\)")
"""The names of rules behind a clause of a decision's reason."""


def _rules_of(clause: str) -> set[str]:
    named = RULES.search(clause)
    return set(named[1].split(", ")) if named else set()


def ago(on: date | None, today: date) -> str:
    """A day that is past, as people say it."""
    if on is None:
        return "none yet"
    days = (today - on).days
    return {0: "today", 1: "yesterday"}.get(max(days, 0), f"{days} days ago")


def age(waited: timedelta) -> str:
    """How long something has waited: `40 min`, `5 h`, `3 days`."""
    minutes = int(waited.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _wish() -> Wish:
    """What the address asks for; what it does not understand it leaves out."""
    said = request.args
    stands, need = said.get("stands", ""), said.get("need", "")
    return Wish(
        named=said.get("q", "")[:LONGEST_NAME].replace("\0", "").strip(),
        need=Need(need) if need in set(Need) else None,
        program_id=said.get("program", "")[:64].replace("\0", ""),
        track=said.get("track", "") if said.get("track") in ("acute", "chronic") else "",
        assigned_by=_id(said.get("by", "")),
        stands=stands if stands in STANDS else "",
        page=max(said.get("page", 1, type=_whole), 1),
    )


def _whole(said: str) -> int:
    return int(said[:6])


def _id(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


def _sifts(wish: Wish) -> bool:
    """Whether something is asked for that leaves people out."""
    return any((wish.named, wish.need, wish.program_id, wish.track, wish.assigned_by, wish.stands))


def _address(wish: Wish) -> Callable[..., str]:
    """The address of this page with something changed; the rest of what is wished stays."""
    said = {
        "q": wish.named,
        "need": wish.need,
        "program": wish.program_id,
        "track": wish.track,
        "by": wish.assigned_by,
        "stands": wish.stands,
    }

    def address(**changes: Any) -> str:
        kept = {name: value for name, value in {**said, **changes}.items() if value}
        return url_for("desk.caseload.page", **kept)

    return address
