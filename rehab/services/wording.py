"""The words of a text, made at the last moment: of its library text and what is known by then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from rehab.models.message import OutboundMessage
from rehab.notifications.messages import blanks, render
from rehab.programs.library import Library
from rehab.services.access import links
from rehab.services.access.links import Made, Purpose
from rehab.services.plan_copies import Copies, copies_of
from rehab.services.today import Today, unreported

SIZE = ("n", "min")
"""The blanks that are filled with how many exercises are due, and how many minutes they take."""

LINK = "link"
"""The blank that is filled with a link to the plan's session of today."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of some texts are made of; `links` are those that they lead to."""

    library: Library
    public_url: str
    copies: Mapping[UUID, Copies]
    links: list[Mapping[str, Any]] = field(default_factory=list)

    def of(self, message: OutboundMessage) -> str:
        """The words of a text: those that it has, or new ones. Raises KeyError and ValueError."""
        if message.body is not None:
            return message.body
        texts = _texts(message, self.library)
        text = texts[message.template]
        link = _link_in(text, message)
        values = self._values(message, text, link.token if link else None)
        words = render(texts, message.template, **values)
        if link is not None:
            self.links.append(link.row)
        return words

    def keep_links(self) -> None:
        """Let the links open that are in the words made so far."""
        links.keep(self.links)
        self.links.clear()

    def _values(self, message: OutboundMessage, text: str, token: str | None) -> dict[str, Any]:
        patient, plan = message.patient, message.plan
        values: dict[str, Any] = {
            "clinic": patient.clinic.name,
            "tel": patient.clinic.phone,
            "name": patient.given_name,
            LINK: f"{self.public_url}/{token}" if token else self.public_url,
            **message.values,
        }
        if _counts(text) and SIZE[0] not in values and plan and message.about_on:
            day = unreported(plan, self.copies[plan.id], message.about_on, self.library)
            values |= size_of(day)
        return values


def words_for(messages: Sequence[OutboundMessage], library: Library, public_url: str) -> Words:
    """What these texts are worded with, read once for all of them."""
    return Words(library, public_url, _copies_for(messages, library))


def _copies_for(messages: Sequence[OutboundMessage], library: Library) -> Mapping[UUID, Copies]:
    """The plans' own copies, by plan, of the texts that tell a session's size."""
    counting = [
        message.plan_id
        for message in messages
        if message.plan_id and message.about_on and message.body is None
        if _counts(_texts(message, library).get(message.template, ""))
    ]
    return copies_of(counting)


@lru_cache(maxsize=256)
def _counts(words: str) -> bool:
    """Whether the text tells a size; a claim asks it of a few texts over and over."""
    return not set(SIZE).isdisjoint(blanks(words))


@lru_cache(maxsize=256)
def _links(words: str) -> bool:
    return LINK in blanks(words)


def _link_in(text: str, message: OutboundMessage) -> Made | None:
    """What opens the page of today to whoever holds the text, for 36 hours from when it was due;
    None where it tells of no link, or has one."""
    if message.plan is None or LINK in message.values or not _links(text):
        return None
    return links.made(Purpose.REMINDER, message.plan, message.due_at)


def _texts(message: OutboundMessage, library: Library) -> Mapping[str, str]:
    return library.messages.get(message.language, library.messages["en"])


def size_of(day: Today) -> dict[str, int]:
    """What a text may tell of the size of a day's session."""
    return dict(zip(SIZE, (len(day.exercises), day.minutes), strict=True))
