"""What became of a text, in a sentence that a clinician understands.

States and reasons are kept as words of ours; here they are spoken. A reason that nobody has put
into words yet is quoted as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fate:
    """A text's state and what is known of it; the moments are by the patient's own clock.

    `due_at` is when it leaves, `accepted_at` when the provider took it, `look_at` when the provider
    is next asked for it, `settled_at` when it came to rest.
    """

    state: str
    due_at: datetime
    reason: str | None = None
    provider_status: str | None = None
    accepted_at: datetime | None = None
    look_at: datetime | None = None
    settled_at: datetime | None = None


def in_words(fate: Fate) -> str:
    """One sentence, or two, about the text."""
    speak = STATES.get(fate.state)
    return speak(fate) if speak else f"{fate.state}: {fate.reason or 'no reason known'}."


def _pending(fate: Fate) -> str:
    if fate.reason is None:
        return f"Waiting; leaves {_at(fate.due_at)}."
    return f"{HELD_UP.get(fate.reason, _quoted(fate.reason))} Tried again {_at(fate.due_at)}."


def _sending(_: Fate) -> str:
    return "Being handed to the provider."


def _accepted(fate: Fate) -> str:
    status = fate.provider_status
    if status in ARRIVED:
        return f"{ARRIVED[status]} {_at(fate.settled_at)}."
    if fate.settled_at is not None:
        return f"Taken by the provider {_at(fate.accepted_at)}. Whether it arrived was never said."
    on_its_way = "passed on to the carrier" if status == "sent" else "no word of its arrival yet"
    return f"Taken by the provider {_at(fate.accepted_at)}; {on_its_way}."


def _unknown(fate: Fate) -> str:
    if fate.settled_at is not None:
        return "Whether it arrived was never found out. It is not sent again, not to come twice."
    when = "" if fate.look_at is None else f" {_at(fate.look_at)}"
    because = IN_DOUBT.get(fate.reason or "", _quoted(fate.reason or "no reason known"))
    return f"{because} We do not know yet whether it arrived; the provider is being asked{when}."


def _failed(fate: Fate) -> str:
    return f"Not delivered: {_because(fate.reason, FAILURES)}."


def _not_sent(fate: Fate) -> str:
    return f"Not sent: {_because(fate.reason, NOT_SENT)}."


STATES: dict[str, Callable[[Fate], str]] = {
    "pending": _pending,
    "sending": _sending,
    "accepted": _accepted,
    "unknown": _unknown,
    "failed": _failed,
    "expired": _not_sent,
    "cancelled": _not_sent,
    "suppressed": _not_sent,
}

ARRIVED = {"delivered": "Delivered", "read": "Delivered and read"}

HELD_UP = {
    "not_accepted": "The provider was busy and did not take it.",
    "ours_is_broken": "Our account with the provider needs mending.",
    "filtered": "The carriers filter the words of this text, so it is held back.",
    "the provider does not have it": "The provider never had it, so it is safe to send.",
}

IN_DOUBT = {
    "ambiguous": "The provider did not answer clearly.",
    "the worker did not come back": "Our server stopped while it was sending this.",
    "due while nobody was sending": "It fell due while our server was down.",
    "may have been answered before": "It may have been sent before our records were restored.",
}

FAILURES = {
    "opted_out": "the patient has opted out with the provider",
    "bad_number": "texts do not reach this number",
    "blocked": "the phone company blocks texts to this number",
    "ours_is_broken": "our account with the provider needs mending",
    "filtered": "the carriers filtered the words of this text",
    "not_accepted": "the provider did not take it",
    "undelivered": "the phone could not be reached",
    "refused": "the provider refused it",
    "failed": "the provider could not send it",
    "canceled": "the provider took it back",
    "too many tries": "the provider did not take it after many tries",
}

NOT_SENT = {
    "not sent in time": "its time had passed before it could leave",
    "outside texting hours": "it could not leave before the night",
    "reported already": "it was reported already",
    "asked about the whole silence": "more than one session was missed, and that is asked about",
    "overtaken by a later text": "a later text about the same session took its place",
    "overtaken by later news": "later news of the plan took its place",
    "enough texts today already": "the patient had as many texts today as they were told",
    "two texts today already": "the patient had as many texts today as they were told",
    "asked already": "the same question went out for another plan of theirs",
    "the plan is paused": "the plan is paused",
    "the plan is discharged": "the plan has ended",
    "the plan is finished": "the plan has ended",
    "the number has changed": "the patient's number has changed",
    "no consent": "the patient has not agreed to texts, or has taken that back",
    "the number has opted out": "this number has opted out of texts",
    "opted out meanwhile": "this number opted out just before it left",
    "number: sms": "this number has opted out of texts",
    "number: provider": "this number has opted out with the provider",
    "number: bad_number": "texts do not reach this number",
    "moved": "the patient moved the session to later",
    "skipped": "the patient skipped the session",
}


def _because(reason: str | None, known: dict[str, str]) -> str:
    if reason is None:
        return "no reason is known"
    if reason.startswith("no words: "):
        return "its words could not be made"
    return known.get(reason, _raw(reason))


def _quoted(reason: str) -> str:
    raw = _raw(reason)
    return raw[:1].upper() + raw[1:] + "."


def _raw(reason: str) -> str:
    return reason.replace("_", " ")


def _at(moment: datetime | None) -> str:
    if moment is None:
        return "at a time unknown"
    return f"at {moment:%H:%M} on {moment.day} {moment:%B}"
