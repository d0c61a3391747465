"""News: what has just come into the inbox, for pages of the desk that stay open.

A page asks every few seconds, so the answer is a number and a few lines, and mostly `304`.
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from rehab.services.inbox import bulletins
from rehab.services.inbox.bulletins import Bulletin
from rehab.services.inbox.matters import Matter
from rehab.web.desk import here, matters
from rehab.web.sign_in.visitor import unattended

blueprint = Blueprint("news", __name__)

SHOWN = 160
"""Characters of what a matter is about that news show."""


@blueprint.get("/news")
@unattended
def latest() -> Response:
    """How much waits, and what came since the moment `since` that a page was told before."""
    asked_since = _since()
    bulletin = bulletins.since(here.clinic().id, asked_since, here.now())
    answer = Response(status=304)
    if bulletin.tag not in request.if_none_match:
        answer = jsonify(_told(bulletin, asked_since))
    answer.set_etag(bulletin.tag)
    return answer


def _since() -> datetime:
    """The moment that was asked for, which is now where none or nonsense was."""
    try:
        moment = datetime.fromisoformat(request.args.get("since", ""))
    except ValueError:
        return here.now()
    return here.now() if moment.tzinfo is None else min(moment, here.now())


def _told(bulletin: Bulletin, since: datetime) -> dict[str, Any]:
    return {
        "since": since.isoformat(),
        "waiting": {"all": bulletin.waiting.all, "urgent": bulletin.waiting.urgent},
        "items": [_item(m) for m in bulletins.told(here.clinic().id, bulletin)],
    }


def _item(matter: Matter) -> dict[str, Any]:
    said = matters.about(matter)
    return {
        "id": f"{matter.form}-{matter.id}-{matter.seen}".rstrip("-"),
        "level": matter.level,
        "soon": matters.SOON[matter.level],
        "who": matters.who(matter),
        "title": matters.title(matter),
        "about": said if len(said) <= SHOWN else f"{said[: SHOWN - 1]}…",
        "where": matters.place(matter),
    }
