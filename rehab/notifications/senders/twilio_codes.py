"""Twilio's numbers and statuses, put into our words in one table."""

from rehab.notifications.senders import Kind, Outcome, Reason

SECONDS_TO_MEND = 300.0
"""How long to leave Twilio alone when the fault is ours: keys, sender or registration."""

WORDS = {
    21610: Reason.OPTED_OUT,
    **dict.fromkeys((21211, 21214, 21612, 21614, 30005, 30006), Reason.BAD_NUMBER),
    30004: Reason.BLOCKED,
    **dict.fromkeys(
        (20003, 20404, 21212, 21408, 21603, 21606, 21703, 21704, 21705),
        Reason.OURS_IS_BROKEN,
    ),
    **dict.fromkeys((30002, 30032, 30034, 63038), Reason.OURS_IS_BROKEN),
    30007: Reason.FILTERED,
    **dict.fromkeys((20429, 21611), Reason.NOT_ACCEPTED),
    **dict.fromkeys((30001, 30003, 30008, 30017, 30022, 30023, 30027), Reason.UNDELIVERED),
}
"""Twilio's codes in our words. A code that is not here is refused: never tried again unseen."""

CAN_BE_SENT_AGAIN = {
    Reason.NOT_ACCEPTED: None,
    Reason.OURS_IS_BROKEN: SECONDS_TO_MEND,
    Reason.FILTERED: SECONDS_TO_MEND,
}
"""What Twilio certainly did not take, and the seconds to wait before it is offered again."""

AMBIGUOUS = Outcome(Kind.UNKNOWN, reason=Reason.AMBIGUOUS)
NEVER_LEFT = Outcome(Kind.RETRY, reason=Reason.NOT_ACCEPTED)


def reason_for(code: int | None) -> Reason:
    """Our word for one of Twilio's error codes."""
    return WORDS.get(code, Reason.REFUSED) if code is not None else Reason.REFUSED


def outcome_for(status: int, code: int | None, retry_after: float | None = None) -> Outcome:
    """What an answer other than acceptance says of the text; `retry_after` is in seconds."""
    if status >= 500:
        return Outcome(Kind.UNKNOWN, code=code, reason=Reason.AMBIGUOUS)
    reason = Reason.NOT_ACCEPTED if status == 429 else reason_for(code)
    if reason not in CAN_BE_SENT_AGAIN:
        return Outcome(Kind.FAILED, code=code, reason=reason)
    wait = retry_after or CAN_BE_SENT_AGAIN[reason]
    return Outcome(Kind.RETRY, code=code, reason=reason, retry_after=wait)
