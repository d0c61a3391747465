"""What a clinician sees of a plan beyond its journey: decisions, texts, bounds and planned days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rehab.charts.journey import Journey
from rehab.charts.window import Window
from rehab.programs.dosage import Category


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that stands, with `step` and `dose` as they were decided.

    `waits` says that it differs from what then held: it was proposed, and `state` tells what became
    of that. `by` names the clinician behind it, `why` is the clinician's sentence.
    """

    id: UUID
    on: date
    at: datetime
    category: Category
    move: str
    step: int
    dose: float
    rules: tuple[str, ...]
    state: str
    waits: bool
    by: str = ""
    why: str = ""

    @property
    def is_quiet(self) -> bool:
        """Whether everything stayed as it was, and nobody had a hand in it."""
        return self.move == "hold" and not self.waits and not self.by

    @property
    def mark(self) -> str:
        """The name of its shape."""
        if self.move == "hold" and "RAMP" in self.rules:
            return "more"
        return SHAPE_OF.get(self.move, "hold")


SHAPE_OF = {
    "progress": "up",
    "regress": "down",
    "rest_regress": "down",
    "deload": "ease",
    "rest": "rest",
    "pause": "pause",
}


@dataclass(frozen=True, slots=True)
class Texted:
    """One text, on the patient's local date and at a share 0-1 of that day. `kind` is why it was
    sent, or how it was read; `fate` what became of it, `came` for one from the patient."""

    on: date
    part_of_day: float
    kind: str
    fate: str

    @property
    def is_from_patient(self) -> bool:
        return self.fate == "came"


@dataclass(frozen=True, slots=True)
class Bound:
    """The steps that a clinician allowed in a category from a local date on."""

    since: date
    category: Category
    floor: int
    ceiling: int


@dataclass(frozen=True, slots=True)
class Course:
    """All that the timeline draws; `planned` are the session days up to today.

    Decisions and texts are those of the weeks that are shown, in the order of time.
    """

    journey: Journey
    decided: tuple[Decided, ...]
    texted: tuple[Texted, ...]
    bounds: tuple[Bound, ...]
    planned: tuple[date, ...]

    def drawn(self, shown: Window) -> Iterator[Decided]:
        """The decisions with room for a mark: over many months those alone that changed something,
        or that a person made."""
        return (d for d in self.decided if not (shown.is_crowded and d.is_quiet))
