"""What a text can mean, and what a patient may have been asked when they wrote it."""

from dataclasses import dataclass
from enum import StrEnum


class Means(StrEnum):
    """What a text can mean."""

    OPT_OUT = "opt_out"
    HELP = "help"
    OPT_IN = "opt_in"
    SAFETY = "safety"
    DONE = "done"
    PAIN = "pain"
    SLEEP = "sleep"
    CORRECTION = "correction"
    LATER = "later"
    SKIP = "skip"
    REASON = "reason"
    ACKNOWLEDGEMENT = "acknowledgement"
    MAYBE_OPT_OUT = "maybe_opt_out"
    UNREADABLE = "unreadable"


class Expects(StrEnum):
    """The open question: the answer a patient has been asked for, if any.

    CORRECTION is expected for a few minutes after a number was given.
    """

    NOTHING = "nothing"
    MORNING = "morning"
    AFTER = "after"
    DURING_AND_AFTER = "during_and_after"
    SLEEP = "sleep"
    REASON = "reason"
    START = "start"
    CORRECTION = "correction"


ASKS_PAIN = frozenset({Expects.MORNING, Expects.AFTER, Expects.DURING_AND_AFTER})
ASKS_A_NUMBER = ASKS_PAIN | {Expects.SLEEP}
UNASKED = frozenset({Expects.NOTHING, Expects.CORRECTION})


@dataclass(frozen=True, slots=True)
class Intent:
    """A meaning, with the ratings (0-10) or minutes that came with it, and what gave it away.

    A correction's numbers are `pain` and `during`, whatever it is that they correct.
    """

    means: Means
    pain: int | None = None
    during: int | None = None
    sleep: int | None = None
    minutes: int | None = None
    why: str = ""
