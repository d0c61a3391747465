"""What the pages of a plan call its settings, and how they say a value."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from rehab.programs.program import Exercise, Track
from rehab.services.course import ADVISE, BOUNDED, EASE
from rehab.services.plan_settings import Change
from rehab.services.plan_trail import Entry
from rehab.web import dates

LANGUAGE = "en"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

AUTONOMY = (
    (
        EASE,
        "Ease: it holds, shortens, steps back and pauses at once; each step up waits for you",
    ),
    (ADVISE, "Advise: every change waits for you, but for a pause"),
    (BOUNDED, "Bounded: it steps up too, inside the floor and ceiling set here"),
)

TRACK = (
    (Track.ACUTE, "Acute: pain sets the dose"),
    (Track.CHRONIC, "Chronic: the quota sets the dose; only a flare changes it"),
)

DID = {
    "plan.assigned": "assigned the program",
    "plan.amended": "changed the plan",
    "plan.paused": "paused the plan",
    "plan.resumed": "resumed the plan",
    "plan.advanced": "went on to the next phase",
    "plan.discharged": "discharged",
    "decision.approved": "approved a proposal",
    "decision.overridden": "set step and dose by hand",
    "decision.undone": "took an approval or an override back",
}

NAMES = {
    "usual_pain": "Usual pain",
    "track": "Track",
    "autonomy": "Who decides",
    "weekdays": "Session days",
    "exercise_at": "Reminder of the session",
    "morning_at": "Morning question",
    "bedtime": "Bedtime",
    "review_on": "Review",
    "phase": "Phase",
    "bounds": "Bounds",
    "pins": "Pins",
    "swaps": "Exercises",
    "floor": "lowest step",
    "ceiling": "highest step",
    "locked": "lock",
    "step": "step",
    "dose": "dose",
}

NOTHING = "none"


def name_of(setting: str, called: Callable[[str], str]) -> str:
    """A setting as the page calls it; `called` says the name of an exercise."""
    kind, _, rest = setting.partition(".")
    if kind == "bounds" and rest:
        category, _, bound = rest.rpartition(".")
        return f"{category.capitalize()}, {NAMES[bound]}"
    if kind in ("step", "dose"):
        return f"{rest.capitalize()}, {NAMES[kind]}"
    if kind == "pins" and rest:
        return f"{called(rest)}, held to"
    if kind == "swaps" and rest:
        return "Exercise"
    return NAMES.get(kind, kind)


def value_of(setting: str, value: Any, called: Callable[[str], str]) -> str:
    """A value of a setting in words."""
    kind = setting.partition(".")[0]
    if setting.endswith(".locked"):
        return "locked" if value else "not locked"
    if value is None:
        return {"pins": "its category", "bedtime": "no texts about sleep"}.get(kind, NOTHING)
    say = SAYS.get(kind)
    return say(value) if say else called(value) if kind == "swaps" else str(value)


def days(weekdays: Iterable[int]) -> str:
    """Weekdays in a row: `Mon, Wed, Fri`; all seven are every day."""
    chosen = sorted(set(weekdays))
    return "every day" if len(chosen) == len(WEEKDAYS) else ", ".join(WEEKDAYS[d] for d in chosen)


def short(options: Iterable[tuple[str, str]], value: str) -> str:
    """The first word of an option's description."""
    return next((words.partition(":")[0] for option, words in options if option == value), value)


def _day(value: str) -> str:
    return dates.short_day(date.fromisoformat(value), LANGUAGE)


SAYS: dict[str, Callable[[Any], str]] = {
    "usual_pain": lambda value: f"{value:g}",
    "track": lambda value: short(TRACK, value),
    "autonomy": lambda value: short(AUTONOMY, value),
    "weekdays": days,
    "review_on": _day,
    "phase": lambda value: str(value + 1),
    "dose": lambda value: f"{value:.0%}",
    "pins": lambda value: f"step {value}",
}


class Speaker:
    """Says settings, values and acts of one plan, whose exercises it knows by name."""

    def __init__(self, *known: Iterable[Exercise]) -> None:
        self._names = {exercise.id: exercise.name for shelf in known for exercise in shelf}

    def called(self, exercise_id: str) -> str:
        return self._names.get(exercise_id, exercise_id)

    def name(self, setting: str) -> str:
        return name_of(setting, self.called)

    def value(self, setting: str, value: Any) -> str:
        return value_of(setting, value, self.called)

    def did(self, entry: Entry) -> str:
        return DID.get(entry.did, entry.did)

    def change(self, change: Change) -> str:
        """`Usual pain: 4 → 6`, as one reads it."""
        was, now = (self.value(change.name, each) for each in (change.was, change.now))
        return f"{self.name(change.name)}: {was} \u2192 {now}"
