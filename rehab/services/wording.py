"""The words of a text, made at the last moment: of its library text and what is known by then."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from rehab.models.message import OutboundMessage
from rehab.models.plan import Plan
from rehab.notifications.messages import blanks, render
from rehab.programs.library import Library
from rehab.programs.program import Program
from rehab.services.access import links
from rehab.services.access.links import Purpose
from rehab.services.today import Today, programs_of, unreported

SIZE = ("n", "min")
"""The blanks that are filled with how many exercises are due, and how many minutes they take."""

LINK = "link"
"""The blank that is filled with a link to the plan's session of today."""

Programs = Mapping[UUID, Program]


def word(
    message: OutboundMessage, library: Library, public_url: str, programs: Programs | None = None
) -> None:
    """Put the words into the message, unless it has them. Raises KeyError and ValueError."""
    if message.body is not None:
        return
    texts = _texts(message, library)
    known = programs_for([message], library) if programs is None else programs
    values = _values(message, texts[message.template], library, public_url, known)
    message.body = render(texts, message.template, **values)


def programs_for(messages: Sequence[OutboundMessage], library: Library) -> Programs:
    """The programs, by plan, of the texts that tell a session's size: read once for all of them."""
    counting = [
        message.plan_id
        for message in messages
        if message.plan_id and message.about_on and message.body is None
        if _counts(_texts(message, library).get(message.template, ""))
    ]
    return programs_of(counting)


@lru_cache(maxsize=256)
def _counts(words: str) -> bool:
    """Whether the text tells a size; a claim asks it of a few texts over and over."""
    return not set(SIZE).isdisjoint(blanks(words))


@lru_cache(maxsize=256)
def _links(words: str) -> bool:
    return LINK in blanks(words)


def _texts(message: OutboundMessage, library: Library) -> Mapping[str, str]:
    return library.messages.get(message.language, library.messages["en"])


def _values(
    message: OutboundMessage, words: str, library: Library, public_url: str, programs: Programs
) -> dict[str, Any]:
    patient = message.patient
    values: dict[str, Any] = {
        "clinic": patient.clinic.name,
        "tel": patient.clinic.phone,
        "name": patient.given_name,
        LINK: public_url,
        **message.values,
    }
    if message.plan and _links(words) and LINK not in message.values:
        values[LINK] = f"{public_url}/{_capability(message.plan, message.due_at)}"
    if _counts(words) and SIZE[0] not in values and message.plan and message.about_on:
        program = programs[message.plan.id]
        values |= size_of(unreported(message.plan, program, message.about_on, library))
    return values


def size_of(day: Today) -> dict[str, int]:
    """What a text may tell of the size of a day's session."""
    return dict(zip(SIZE, (len(day.exercises), day.minutes), strict=True))


def _capability(plan: Plan, due_at: datetime) -> str:
    """What opens the page of today to whoever holds the text, for 36 hours from when it was due."""
    return links.issue(Purpose.REMINDER, plan, due_at)
