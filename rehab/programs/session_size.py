"""How much is asked of a person in one session, and when that is more than most people keep up."""

from collections.abc import Iterable

from rehab.programs.dosage import Dosage
from rehab.programs.program import Category

MOST_EXERCISES = 4
MOST_MINUTES = 20
"""Of people with 2 exercises or fewer 86% did them, of those with 4 or more 54% (Eckard 2015, by
way of jahan.blog 2020; clinical.md 1.9): 3 or 4 a session, and short."""


def session_minutes(dosages: Iterable[tuple[Category, Dosage]]) -> int:
    """About how long these take one after another, rounded up to whole minutes."""
    return -(-sum(dosage.seconds(category) for category, dosage in dosages) // 60)


def size_warning(exercises: int, minutes: int) -> str | None:
    """What to think of before so large a session is asked for; None for one of a usual size.

    Warns above 4 exercises or 20 minutes. It advises and never refuses.
    """
    if exercises <= MOST_EXERCISES and minutes <= MOST_MINUTES:
        return None
    return (
        f"{exercises} exercise{'' if exercises == 1 else 's'}, about {minutes} min: "
        f"that is a long session. Above {MOST_EXERCISES} exercises or {MOST_MINUTES} minutes "
        "fewer people keep it up; three or four short ones are done more often."
    )
